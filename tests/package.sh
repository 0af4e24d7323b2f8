#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What `cpack` makes is a package of Debian: lintian has nothing against it but what is excused in
# cmake/debian/lintian-overrides, and it installs and works on a machine that has nothing.
#
#	SWAPSCOPE_LONG=1 tests/package.sh BUILD-FOLDER
#
# Exit status 77: it was not tried.
set -u
build=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 1
. scripts/packages.sh
[ "${SWAPSCOPE_LONG:-0}" != 0 ] || { echo "package: SKIPPED: scripts/test --long tries it"; exit 77; }
need lintian dpkg-dev file || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "package: FAILED: $*"; exit 1; }

cpack --config "$build/CPackConfig.cmake" -B "$work" >"$work/log" 2>&1 || fail "$(cat "$work/log")"
deb=$(echo "$work"/swapscope_*.deb)
[ -e "$deb" ] || fail "no package: $(cat "$work/log")"
lintian --allow-root --fail-on error,warning "$deb" || fail "lintian"
# each excuse is one that is needed
lintian --allow-root --show-overrides "$deb" >"$work/said"
sed -n 's/^swapscope: \([a-z-]*\).*/\1/p' cmake/debian/lintian-overrides | while read -r tag; do
	grep -q "^O: swapscope: $tag" "$work/said" || echo "$tag"
done >"$work/unused"
[ ! -s "$work/unused" ] || fail "overrides that override nothing: $(cat "$work/unused")"
# what it needs is libraries, and the program and the library are stripped
depends=$(dpkg-deb -f "$deb" Depends)
[[ $depends == *libc6* && $depends != *-dev* ]] || fail "it depends on $depends"
dpkg-deb -x "$deb" "$work/x"
file "$work"/x/usr/bin/swapscope "$work"/x/usr/lib/*/libswapscope.so.*.*.* >"$work/files"
[ "$(grep -c ', stripped' "$work/files")" = 2 ] || fail "$(cat "$work/files")"
echo "package: $(basename "$deb"), $(stat -c %s "$deb") bytes"
tests/fresh.sh --package "$deb"
