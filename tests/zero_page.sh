#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A bug that the model found, in the kernel that has it (docs/found.md): a Debian kernel 6.12 is booted
# under QEMU, and pages of zeroes are read as what they were before.  Where one of three conditions is
# missing none is, nor with the repair, and without the repair again some are.  Two to four minutes, and
# 125 MB of packages the first time.
#
#	SWAPSCOPE_LONG=1 tests/zero_page.sh build/release/swapscope
#
# GUESTS=FOLDER keeps packages and guest; else they are in /var/cache/swapscope-guests, where that
# can be written.  Exit status 77: it was not tried.
# shellcheck disable=SC1091
set -u
swapscope=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 1
skip() { echo "zero_page: SKIPPED, no kernel was booted: $*"; exit 77; }
[ "${SWAPSCOPE_LONG:-0}" != 0 ] || skip "scripts/test --long does"
. scripts/packages.sh
need qemu-system-x86 busybox-static cpio kmod make || skip "packages are missing"
PATH=$PATH:/usr/sbin:/sbin
guests=${GUESTS:-/var/cache/swapscope-guests}
mkdir -p "$guests" 2>/dev/null && [ -w "$guests" ] || skip "$guests cannot be written"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# the newest 6.12 that Debian has, and its headers
release=$(apt-cache search --names-only '^linux-image-6\.12\.[0-9]+.*-amd64-unsigned$' |
	sed -nE 's/^linux-image-([^ ]*[0-9]-amd64)-unsigned .*/\1/p' | sort -V | tail -n 1)
[ -n "$release" ] || skip "apt knows no linux-image-6.12.*-amd64-unsigned: apt-get update?"
base=${release%-amd64}
packages="linux-image-$release-unsigned linux-headers-$release linux-headers-$base-common linux-kbuild-$base"
for package in $packages; do
	ls "$guests/${package}_"*.deb >/dev/null 2>&1 && continue
	(cd "$guests" && apt-get -qq -o APT::Sandbox::User=root download "$package") >"$work/apt" 2>&1 ||
		skip "$package cannot be fetched: $(tail -n 1 "$work/apt")"
done
debs=()
for package in $packages; do
	debs+=("$(find "$guests" -name "${package}_*.deb" | sort -V | tail -n 1)")
done
nice traces/kit/mkguest.sh "$guests/$release" "$swapscope" "${debs[@]}" >"$work/mkguest" 2>&1 || {
	cat "$work/mkguest"
	echo "zero_page: FAILED: no guest of $release was made"
	exit 1
}
for _ in 1 2 3; do	# a kernel may stop under emulation
	traces/kit/boot.sh "$guests/$release" zero-test "$work/out" ROUNDS=4 PAGES=48 && break
done
[ -f "$work/out/run.log" ] || { echo "zero_page: FAILED: $release did not come up"; exit 1; }

# runs of the log: "MODE LEFT WRITTEN WRONG", in their order
awk '/^entries left/ { left = $3; written = $6 } /^zero.*: checked/ {
	sub(":", "", $1); print $1, left, written, $5, $3 }' "$work/out/run.log" >"$work/runs"
bad=0
complain() { echo "zero_page: $*"; bad=1; }
# run NUMBER MODE WHAT: left, written and wrong are set
run()
{
	local mode
	read -r mode left written wrong checked < <(sed -n "$1p" "$work/runs")
	[ "${mode:-}" = "$2" ] || { complain "FAILED: run $1 is '${mode:-missing}', not $2"; mode=$2; }
	echo "zero_page: $release: $3: ${wrong:=none} of ${checked:=0} reads wrong," \
		"${left:=0} entries left, ${written:=0} written back"
}
run 1 zero "zeroes"
[ "$left" -gt 0 ] && [ "$wrong" -gt 0 ] || complain "FAILED: no read was wrong"
run 2 zero-alone "nobody reads meanwhile"
[ "$wrong" = 0 ] || complain "FAILED: a read was wrong"
run 3 zero-data "other data"
[ "$left" -gt 0 ] && [ "$written" -gt 0 ] && [ "$wrong" = 0 ] ||
	complain "FAILED: a read was wrong, or nothing was left or written back"
run 4 zero-still "nothing is written back"
[ "$left" -gt 0 ] && [ "$wrong" = 0 ] || complain "FAILED: a read was wrong, or nothing was left"
run 5 zero "with the repair"
[ "$left" -gt 0 ] && [ "$wrong" = 0 ] || complain "FAILED: a read was wrong, or nothing was left"
grep -qE 'zero_erase: [1-9][0-9]* pages of zeroes' "$work/out/run.log" ||
	complain "FAILED: the repair saw no page of zeroes"
run 6 zero "without it again"
[ "$wrong" -gt 0 ] || complain "FAILED: no read was wrong"
[ $bad = 0 ] || cat "$work/out/run.log"
exit $bad
