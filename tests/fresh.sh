#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A machine that has nothing yet: a new Debian (debootstrap's minbase) and git.  In a clone of the
# commit that is checked out here, README.md's first command and scripts/test have to succeed.
# Before that, with a package taken off the list, the first command has to fail and to say what is
# missing, or this test would tell nothing.
#
#	tests/fresh.sh [SUITE...]		bookworm; of scripts/test, the release build
#	tests/fresh.sh --all [SUITE...]		bookworm; all of scripts/test
#	tests/fresh.sh --long [SUITE...]	bookworm and trixie; all of scripts/test
#	tests/fresh.sh --without PACKAGE [SUITE...]	only that it fails without this package
#	tests/fresh.sh --package FILE.deb [SUITE...]	only that this package installs and works there
#
# Exit status 77: no such machine can be made here.  What was fetched is kept in /var/cache.
# shellcheck disable=SC1091,SC2086,SC2317
set -u
here=$(realpath "$0") from=$PWD
cd "$(dirname "$0")/.." || exit 1
. scripts/packages.sh
cache=/var/cache/swapscope-fresh

# step WHAT COMMAND...: how long it took; when it fails, all that it said
step()
{
	local what=$1 begun=$SECONDS
	shift
	if "$@" >"$log" 2>&1; then
		echo "fresh: $suite: $what: $((SECONDS - begun)) s"
		return 0
	fi
	cat "$log"
	echo "fresh: $suite: FAILED: $what, after $((SECONDS - begun)) s"
	return 1
}

# new FOLDER COMMAND...: there, on the new machine
new()
{
	local folder=$1
	shift
	chroot "$root" env -i --chdir="$folder" HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		${http_proxy:+http_proxy="$http_proxy"} "$@" </dev/null
}

# the mirror of a Debian that has one, else everybody's
mirror()
{
	local uri
	uri=$(. /etc/os-release && [ "$ID" = debian ] && apt-get --print-uris update 2>/dev/null |
		sed -n "s,^'\(http[^']*\)/dists/$VERSION_CODENAME/InRelease'.*,\1,p" | head -n 1)
	echo "${uri:-http://deb.debian.org/debian}"
}

# a new Debian in $root, with the commit in /root/swapscope.bundle
make_new()
{
	local from packages=git proxy=""
	[ -z "$deb" ] || packages=bash-completion,man-db	# and nothing that could build it
	from=$(mirror)
	case $from in https:*) packages=$packages,ca-certificates ;; esac
	eval "$(apt-config shell proxy Acquire::http::Proxy 2>/dev/null)"
	export http_proxy=${http_proxy:-$proxy}
	debootstrap --variant=minbase --include=$packages --cache-dir="$cache/$suite" \
		"$suite" "$root" "$from" &&
	mount -t proc proc "$root/proc" &&
	mount -t sysfs -o ro sys "$root/sys" &&
	mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts" &&
	mount -t tmpfs tmpfs "$root/dev/shm" &&
	mount --bind "$cache/$suite" "$root/var/cache/apt/archives" &&
	git -c safe.directory='*' bundle create "$root/root/swapscope.bundle" HEAD
}

# without PACKAGE: the first command fails, and names what is missing
without()
{
	local package=$1 begun=$SECONDS name
	step "clone" new /root git clone -q swapscope.bundle without || return 1
	new /root/without sed -E -i "s/(^|[\"[:space:]])$package([\"[:space:]]|$)/\1\2/" \
		scripts/packages.sh
	if new /root/without git diff --quiet; then
		echo "fresh: $suite: FAILED: scripts/packages.sh does not name $package"
		return 1
	fi
	if new /root/without scripts/demo >"$log" 2>&1; then
		echo "fresh: $suite: FAILED: scripts/demo succeeds without $package"
		return 1
	fi
	name=${package%-dev} name=${name#lib} name=${name%%[0-9]*}
	if ! grep -iE "(${name//-/.?}.*not found|(could not find|no package).*${name//-/.?})" "$log"; then
		cat "$log"
		echo "fresh: $suite: FAILED: scripts/demo does not say that ${name} is missing"
		return 1
	fi
	echo "fresh: $suite: scripts/demo fails without $package: $((SECONDS - begun)) s"
}

# what a user of the package does first; bash -x says where it ended
try_package()
{
	cp "$deb" "$root/srv/swapscope.deb" &&
	new / bash -ex -c '
		for tool in gcc cc make cmake pkg-config git; do type -p $tool && exit 1; done
		apt-get -qq update
		apt-get -qq -y --no-install-recommends install /srv/swapscope.deb
		dpkg --verify swapscope
		ldconfig -p | grep libswapscope
		cd /root
		swapscope --version
		swapscope tour --plain | grep SWAP_HAS_CACHE
		swapscope explore debate --kernel debate-a --save a.db && exit 1
		swapscope sql a.db "SELECT freed_step FROM entry_life WHERE run = 1" | grep zswap_entry_free
		for page in swapscope swapscope-explore "5 swapscope-certificate" "5 swapscope-deck" "5 swapscope-scenario" "5 swapscope-trace"; do
			man -w $page
		done
		MANWIDTH=80 man 5 swapscope-trace | grep "Rebuilding a world" -i
		. /usr/share/bash-completion/bash_completion
		_completion_loader swapscope || [ $? = 124 ]
		COMP_LINE="swapscope explo" COMP_POINT=15 COMP_WORDS=(swapscope explo) COMP_CWORD=1
		compopt() { :; }
		_swapscope swapscope explo swapscope
		[ "${COMPREPLY[*]}" = explore ]
		apt-get -qq -y purge swapscope
		! find / -xdev -name "*swapscope*" -not -path "/root/*" -not -path "/srv/*" \
			-not -path "/var/cache/*" -not -path "/proc/*" | grep .'
}

# inside: all of it, in a process that has mounts and processes of its own, which end with it
inside()
{
	step "debootstrap" make_new || return 1
	if [ -n "$deb" ]; then
		step "${deb##*/}" try_package
		return
	fi
	without "${package:-libtracefs-dev}" || return 1
	[ -z "$package" ] || return 0
	step "clone" new /root git clone -q swapscope.bundle swapscope &&
	step "scripts/demo" new /root/swapscope scripts/demo || return 1
	grep -q 'docs/catalog.md has all' "$log" || { echo "fresh: FAILED: no tour"; return 1; }
	step "scripts/test${only:+ $only}" new /root/swapscope scripts/test $only || return 1
	grep -E '^==|: +[0-9]+/[0-9]+ Test' "$log"
	echo "fresh: $suite: $(tail -n 1 "$log")"
	new / apt-get -qq autoclean
}

if [ "${1:-}" = --inside ]; then
	suite=$2 root=$3/root log=$3/log only=$4 package=$5 deb=$6
	inside
	exit
fi

usage()
{
	echo "usage: tests/fresh.sh [--all | --long] [--without PACKAGE | --package FILE.deb] [SUITE...]" >&2
	exit 2
}
skip() { echo "fresh: SKIPPED, nothing was tested: $*"; exit 77; }
suites="" default=bookworm only=release package="" deb=""
while [ $# -gt 0 ]; do
	case $1 in
	--all) only="" ;;
	--long) only="" default="bookworm trixie" ;;
	--without) package=${2:-}; [ -n "$package" ] || usage; shift ;;
	--package)
		[ $# -ge 2 ] || usage
		deb=$(cd "$from" && realpath -qe -- "$2") || { echo "tests/fresh.sh: there is no $2" >&2; exit 2; }
		shift ;;
	*[!a-z]* | "") usage ;;
	*) suites="$suites $1" ;;
	esac
	shift
done
[ "$(id -u)" = 0 ] || skip "only root can make a new Debian"
need debootstrap || skip "there is no debootstrap"
own="unshare --mount --propagation private --pid --fork --kill-child --mount-proc"
$own true || skip "no mounts of its own can be made"
git -c safe.directory='*' diff --quiet HEAD ||
	echo "fresh: what is not committed is not tested"

mkdir -p "$cache" || exit 1
for old in "$cache"/run.*; do	# what was killed left; no mount is below it
	[ -e "/proc/${old##*.}" ] || rm -rf --one-file-system "$old"
done
run=$cache/run.$$ child="" failed=0
clean()
{
	[ -z "$child" ] || kill -KILL "$child" 2>/dev/null
	wait 2>/dev/null	# and say nothing of it
	for _ in 1 2 3; do	# its last processes may still be ending
		rm -rf --one-file-system "$run" 2>/dev/null && break
		sleep 1
	done
}
trap clean EXIT
trap 'exit 130' INT TERM HUP
for suite in ${suites:-$default}; do
	mkdir -p "$run/root" "$cache/$suite"
	# in the background, where a signal is heeded at once; the tests need SIGINT, though
	env --default-signal=INT,QUIT setpriv --pdeathsig KILL $own \
		bash "$here" --inside "$suite" "$run" "$only" "$package" "$deb" &
	child=$!
	wait $child || failed=1
	child=""
	clean
done
exit $failed
