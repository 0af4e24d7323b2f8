#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Where there is no apt: scripts/packages.sh says which programs and pkg-config modules are
# missing, one a line, and scripts/demo stops there.  A folder of programs stands for the system.
# shellcheck disable=SC2016,SC2015
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/pc"
failed=0
for name in bash sed dirname pkg-config; do
	ln -s "$(command -v $name)" "$work/bin/$name"
done
modules=$(sed -n 's/^pkg_check_modules(.* IMPORTED_TARGET \(.*\))/\1/p' CMakeLists.txt)
for name in $modules libtracefs cmocka; do
	printf 'Name: %s\nDescription: none\nVersion: 1\n' "$name" >"$work/pc/$name.pc"
done
echo "Requires: libtracefs" >>"$work/pc/libtracecmd.pc"
for name in cc cmake ninja python3 clang llvm-symbolizer sqlite3 zstd xz jq tmux spin rumur ps \
	mandoc zsh fish asciinema dot xmllint chromium; do
	printf '#!/bin/sh\n' >"$work/bin/$name"
	chmod +x "$work/bin/$name"
done

# there COMMAND...: it is run on that system; its standard error is in `err`
there()
{
	env -i PATH="$work/bin" PKG_CONFIG_LIBDIR="$work/pc" "$@" >"$work/out" 2>"$work/err"
}
need() { there bash -c '. scripts/packages.sh; need $BUILD_PACKAGES '"${1:-}"; }
# lacks LINE...: the build's needs are not met, and that is said in these lines
lacks()
{
	need && { echo "FAILED: nothing is missing, but should be: $*" >&2; failed=1; }
	printf 'swapscope: %s\n' "$@" "please install what is missing; README.md has names of packages" |
		diff - "$work/err" >&2 || failed=1
}

need '$TEST_PACKAGES' && [ ! -s "$work/err" ] || { cat "$work/err" >&2; failed=1; }
rm "$work/pc/cmocka.pc" "$work/bin/tmux"
need || { cat "$work/err" >&2; failed=1; }	# tests need those, a build does not
need '$TEST_PACKAGES' && { echo "FAILED: tests without cmocka" >&2; failed=1; }
grep -q 'cmocka' "$work/err" && grep -qx 'swapscope: the program tmux is not there' "$work/err" ||
	{ cat "$work/err" >&2; failed=1; }

rm "$work/pc/libtracefs.pc"
lacks "pkg-config: Package 'libtracefs', required by 'libtracecmd', not found"
rm "$work/bin/cmake" "$work/bin/ninja"
lacks "the program cmake is not there" "the program ninja is not there" \
	"pkg-config: Package 'libtracefs', required by 'libtracecmd', not found"
there bash scripts/demo && { echo "FAILED: scripts/demo went on" >&2; failed=1; }
grep 'building' "$work/err" >&2 && failed=1

rm "$work"/pc/*
need
for name in $modules; do
	grep -q "pkg-config: .*'$name'" "$work/err" ||
		{ echo "FAILED: $name is missing, and that is not said" >&2; failed=1; }
done
rm "$work/bin/pkg-config"
lacks "the program cmake is not there" "the program ninja is not there" \
	"the program pkg-config is not there"
exit $failed
