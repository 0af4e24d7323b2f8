#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What `cmake --install` puts in place is whole, and is all that is needed: the headers compile
# alone, the library has exactly what they declare, pkg-config finds both wherever they are, the
# manual is sound, and the installed program needs nothing of the source tree.
#
#	tests/install.sh PROGRAM BUILD-FOLDER
set -u
. "$(dirname "$0")/command.sh"
source=$PWD build=$2
prefix=$work/somewhere/else
cmake --install "$build" --prefix "$prefix" >"$work/log" || { cat "$work/log"; exit 1; }
cd "$prefix" || exit 1

# ---- what is there ----

lib=$(dirname "$(find . -name libswapscope.so)")
share=share/doc/swapscope
version=$(bin/swapscope --version | awk '{ print $2; exit }')
commands=$(bin/swapscope help --complete -- "" | grep -v '^-' | cut -f1)
{
	echo bin/swapscope
	echo "${lib#./}"/libswapscope.so{,."${version%.*}",."$version"} "${lib#./}"/pkgconfig/swapscope.pc
	echo share/man/man1/swapscope.1 share/man/man5/swapscope-{certificate,deck,scenario,trace}.5
	for c in $commands; do echo share/man/man1/swapscope-"$c".1; done
	echo share/bash-completion/completions/swapscope share/zsh/site-functions/_swapscope
	echo share/fish/vendor_completions.d/swapscope.fish
	echo $share/LICENSE $share/README.md $share/traces/schema.sql
	[ ! -e "$source/NEWS" ] || echo $share/NEWS
	for f in "$source"/{docs/*.md,examples/*.*,examples/decks/*,examples/claims/*}; do echo "$share/${f#"$source/"}"; done
	# every header of the library is one that shows something, or that such a one includes
	for f in $(cd "$source" && grep -l '^#pragma GCC visibility push' {core,traces,replay}/*{,/*}.h); do
		echo "include/swapscope/$f"
	done
	echo include/swapscope/core/size.h include/swapscope/traces/{row,trace}.h
} | tr ' ' '\n' | sort >"$work/want"
find . -type f -o -type l | sed 's,^\./,,' | sort | diff "$work/want" - || fail "what is installed"
grep -rlE "$source|$build" include share "$lib"/pkgconfig && fail "paths of the build"

# ---- its headers ----

headers=$(cd include/swapscope && find . -name '*.h' | sed 's,^\./,,' | sort)
for cc in gcc clang; do
	for h in $headers; do
		echo "#include \"$h\"" | $cc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -x c \
			-I include/swapscope - || fail "$cc: $h does not compile alone"
		checks=$((checks + 1))
	done
done
grep -rl '#include <\(sqlite3\|archive\|lz4\|xxhash\|ini\|gmp\|curses\|uv\|cmocka\)' include &&
	fail "a header that includes another library's"

# what they declare, and what is exported
printf '#include "%s"\n' $headers >"$work/all.c"
gcc -std=gnu11 -I include/swapscope -aux-info "$work/protos" -fsyntax-only "$work/all.c" 2>"$work/log" ||
	fail "$(cat "$work/log")"
{
	sed -nE '\,^/\* [^ ]*include/swapscope/[^ ]*:NC \*/ extern ,s,^[^(]*[ *]([a-z_0-9]+) \(.*,\1,p' \
		"$work/protos"
	sed -nE 's/^extern .*[ *]([a-z_0-9]+)(\[.*)?;.*/\1/p' $(printf 'include/swapscope/%s\n' $headers)
} | sort -u >"$work/declared"
nm -D --defined-only "$lib/libswapscope.so" |
	awk '$2 != "A" { sub(/@@.*/, "", $3); print $3 }' | sort >"$work/exported"
diff "$work/declared" "$work/exported" || fail "what is declared (<) is not what is exported (>)"
[ "$(wc -l <"$work/declared")" -gt 200 ] || fail "too few functions: $(cat "$work/declared")"
grep -qx explore "$work/declared" && grep -qx properties "$work/declared" || fail "explore, properties"
# the program's own names stay its own: a library that it uses could take one for another's
nm -D --defined-only bin/swapscope | awk '{ sub(/@.*/, "", $3); print $3 }' | sort |
	comm -12 - "$work/declared" | grep . && fail "the program shows names"
readelf -d "$lib/libswapscope.so" | grep -qF "soname: [libswapscope.so.${version%.*}]" || fail "no SONAME"
readelf -d bin/swapscope | grep -q 'NEEDED.*swapscope' && fail "the program needs the library"

# ---- a program of somebody else ----

# builds ENVIRONMENT..: shortest.c with what pkg-config says and nothing else
builds()
{
	local cc
	for cc in gcc clang; do
		# shellcheck disable=SC2046
		env "$@" bash -c "$cc -o '$work/shortest' \$(pkg-config --cflags swapscope) \
			'$prefix/$share/examples/shortest.c' \$(pkg-config --libs swapscope)" ||
			{ fail "$cc with $*"; continue; }
		(cd / && LD_LIBRARY_PATH=$prefix/$lib "$work/shortest" writeback-first debate-a) |
			grep -q '19 T0   zswap_decompress' || fail "$cc: what shortest.c finds"
		checks=$((checks + 1))
	done
}
builds PKG_CONFIG_PATH="$prefix/$lib/pkgconfig"
[ "$(PKG_CONFIG_PATH=$prefix/$lib/pkgconfig pkg-config --modversion swapscope)" = "$version" ] || fail "versions differ"

# a name of the program's own is not called by the library
cat >"$work/own.c" <<C
#include <stdio.h>
#include "core/explore/explore.h"
int kernel_set(struct kernel *k, const char *assignment)
{
	(void)k;
	return printf("mine: %s\n", assignment);
}
int main(void)
{
	struct scenario_error err;
	struct scenario s;

	return scenario_load(&s, "aba", &err);
}
C
PKG_CONFIG_PATH=$prefix/$lib/pkgconfig bash -c "gcc -o '$work/own' \$(pkg-config --cflags swapscope) \
	'$work/own.c' \$(pkg-config --libs swapscope)" || fail "own.c"
own=$(LD_LIBRARY_PATH=$prefix/$lib "$work/own") && [ -z "$own" ] || fail "own.c: $own"

# ---- the manual ----

for page in share/man/man?/*; do
	lint=$(cd share/man && mandoc -Tlint "../../$page" 2>&1 | while read -r line; do
		[[ $line =~ 'manual not found: Xr '(swapscope[a-z-]*)' '([15])$ ]] &&
			[ -e "man${BASH_REMATCH[2]}/${BASH_REMATCH[1]}.${BASH_REMATCH[2]}" ] ||
			echo "$line"
	done)
	[ -z "$lint" ] || fail "mandoc -Tlint: $lint"
	checks=$((checks + 1))
done
# text and tables fit; code is as wide as it is in docs/
for page in deck scenario trace; do
	mandoc -Tascii -O width=78 "share/man/man5/swapscope-$page.5" | sed 's/.\x08//g' >"$work/$page.txt"
	expand "$source/docs/$page-format.md" | sed -n 's/^ *//; /.\{70\}/p' >"$work/wide"
	awk 'length > 80 { sub(/^ +/, ""); print }' "$work/$page.txt" | grep -vFf "$work/wide" &&
		fail "swapscope-$page(5) is too wide"
	# no heading is lost, and no mark of Markdown is left in the text
	grep -E '^##+ ' "$source/docs/$page-format.md" | sed -E 's/^#+ //; s/`//g' |
		while read -r line; do
			grep -qixF -- "$line" <(sed 's/^ *//' "$work/$page.txt") || echo "$line"
		done >"$work/lost"
	[ ! -s "$work/lost" ] || fail "swapscope-$page(5) lacks: $(cat "$work/lost")"
	grep -nE '\]\(|\*\*|^ *\|.*\|$|<!--' "$work/$page.txt" && fail "swapscope-$page(5) has Markdown"
done

# ---- the program, away from its sources ----

mkdir "$work/away" && cd "$work/away" || exit 1
program=$prefix/bin/swapscope
expect 1 '^saved: a.db' explore debate --kernel debate-a --save a.db
expect 0 '' view a.db
output zswap_entry_free
expect 0 '' explore "$prefix/$share/examples/writeback-first.scn" --expect
python3 "$prefix/$share/examples/read_trace.py" a.db 1 | grep -q zswap_decompress ||
	fail "the installed read_trace.py"
sqlite3 new.db <"$prefix/$share/traces/schema.sql" && expect 2 'no run' view new.db
if [ "${SWAPSCOPE_LONG:-0}" != 0 ]; then	# its whole contract
	(cd "$source" && tests/cli.sh "$program" && tests/catalog.sh "$program") || bad=1
fi

echo "$checks checks"
exit $bad
