#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two bugs that the model found, in the kernels that have them (docs/found.md).  Debian's kernels 6.12
# and 6.1 are booted under QEMU.  On 6.12 pages of zeroes are read as what they were before; where one of
# three conditions is missing none is, nor with the repair, and without the repair again some are.  On
# 6.1 a page is read as another one, and on 6.12 the same program reads none so.  Three to six minutes,
# and 200 MB of packages the first time.
#
#	SWAPSCOPE_LONG=1 tests/found.sh build/release/swapscope
#
# GUESTS=FOLDER keeps packages and guests; else they are in /var/cache/swapscope-guests.  Exit status
# 77: it was not tried.
# shellcheck disable=SC1091,SC2015
set -u
swapscope=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 1
skip() { echo "found: SKIPPED, no kernel was booted: $*"; exit 77; }
[ "${SWAPSCOPE_LONG:-0}" != 0 ] || skip "scripts/test --long does"
. scripts/packages.sh
need qemu-system-x86 busybox-static cpio kmod make || skip "packages are missing"
PATH=$PATH:/usr/sbin:/sbin
guests=${GUESTS:-/var/cache/swapscope-guests}
mkdir -p "$guests" 2>/dev/null && [ -w "$guests" ] || skip "$guests cannot be written"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() { echo "found: FAILED: $*"; bad=1; }

# newest REGEX: the release of the newest such kernel that apt knows
newest()
{
	apt-cache search --names-only "^linux-image-$1-amd64-unsigned\$" |
		sed -nE 's/^linux-image-([^ ]*[0-9]-amd64)-unsigned .*/\1/p' | sort -V | tail -n 1
}
# guest NAME PACKAGE...: fetch what is not there, and make a guest of it; 1: it cannot be fetched
guest()
{
	local name=$1 package debs=()
	shift
	for package in "$@"; do
		ls "$guests/${package}_"*.deb >/dev/null 2>&1 ||
			(cd "$guests" && apt-get -qq -o APT::Sandbox::User=root download "$package") \
				>"$work/apt" 2>&1 || return 1
		debs+=("$(find "$guests" -name "${package}_*.deb" | sort -V | tail -n 1)")
	done
	nice traces/kit/mkguest.sh "$guests/$name" "$swapscope" "${debs[@]}" >"$work/mkguest" 2>&1 && return
	cat "$work/mkguest"
	complain "no guest of $name was made"
	exit 1
}
# boot NAME RUN WORD...: its log is in $work/RUN; a kernel may stop under emulation
boot()
{
	local name=$1 run=$2
	shift 2
	for _ in 1 2 3; do
		TIMEOUT=240 traces/kit/boot.sh "$guests/$name" "$run" "$work/$run" "$@" 2>/dev/null && break
	done
	[ -f "$work/$run/run.log" ] && return
	complain "$name did not come to the end of $run"
	exit 1
}
# runs of a log, in their order: "MODE LEFT WRITTEN WRONG CHECKED"
runs()
{
	awk '/^entries left/ { left = $3; written = $6 } /^written back/ { written = $3 }
		/^(zero|late).*: checked/ { sub(":", "", $1); print $1, left + 0, written + 0, $5, $3 }' \
		"$work/$1/run.log"
}
# run FILE NUMBER MODE WHAT: left, written and wrong are set
run()
{
	local mode=""
	left=0 written=0 wrong=none checked=0
	read -r mode left written wrong checked < <(sed -n "$2p" "$work/$1.runs")
	[ "$mode" = "$3" ] || { complain "run $2 of $1 is '${mode:-missing}', not $3"; return; }
	echo "found: $4: $wrong of $checked reads wrong, $left entries left, $written written back"
}

new=$(newest '6\.12\.[0-9]+.*') old=$(newest '6\.1\.[0-9]+-[0-9]+')
[ -n "$new" ] || skip "apt knows no linux-image-6.12.*-amd64-unsigned: apt-get update?"
base=${new%-amd64}
guest 6.12 "linux-image-$new-unsigned" "linux-headers-$new" "linux-headers-$base-common" \
	"linux-kbuild-$base" || skip "the packages of $new: $(tail -n 1 "$work/apt")"
boot 6.12 zero-test ROUNDS=6 PAGES=48
runs zero-test >"$work/zero-test.runs"
run zero-test 1 zero "$new: zeroes"
[ "$left" -gt 0 ] && [ "$wrong" -gt 0 ] || complain "no read was wrong"
run zero-test 2 zero-alone "$new: nobody reads meanwhile"
[ "$wrong" = 0 ] || complain "a read was wrong"
run zero-test 3 zero-data "$new: other data"
[ "$left" -gt 0 ] && [ "$written" -gt 0 ] && [ "$wrong" = 0 ] ||
	complain "a read was wrong, or nothing was left or written back"
run zero-test 4 zero-still "$new: nothing is written back"
[ "$left" -gt 0 ] && [ "$wrong" = 0 ] || complain "a read was wrong, or nothing was left"
run zero-test 5 zero "$new: with the repair"
[ "$left" -gt 0 ] && [ "$wrong" = 0 ] || complain "a read was wrong, or nothing was left"
grep -qE 'zero_erase: [1-9][0-9]* pages of zeroes' "$work/zero-test/run.log" ||
	complain "the repair saw no page of zeroes"
run zero-test 6 zero "$new: without it again"
[ "$wrong" -gt 0 ] || complain "no read was wrong"
[ $bad = 0 ] || cat "$work/zero-test/run.log"

boot 6.12 late ROUNDS=60
runs late >"$work/late.runs"
run late 1 late "$new: an object whose slot is another's"
[ "$written" -gt 0 ] && [ "$wrong" = 0 ] || complain "a read was wrong, or nothing was written back"
if [ -n "$old" ] && guest 6.1 "linux-image-$old-unsigned"; then
	for _ in 1 2 3; do	# probes make the race more frequent
		rm -rf "$work/late"
		boot 6.1 late ROUNDS=150 STOP=1 RECORD=1
		runs late >"$work/late.runs"
		grep -q ' 0 [0-9]*$' "$work/late.runs" || break
	done
	run late 1 late "$old: an object whose slot is another's"
	[ "$wrong" -gt 0 ] || complain "no read was wrong"
else
	echo "found: the second bug was not tried: apt has no linux-image-6.1.*-amd64-unsigned"
fi
exit $bad
