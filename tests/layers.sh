#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# House rules that a reader of the tree can check: includes point one way (ui -> replay ->
# traces -> core; inside core, mm knows nothing of what runs it), sqlite3.h, curses.h and uv.h
# stay in their files, sizes keep within bounds, and every file has its licence line.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0
complain() { echo "$*"; bad=1; }

# no_include FOLDER-PATTERN REGEX WHY
no_include()
{
	local hits
	hits=$(grep -nE "^#include [\"<]($2)" $1 2>/dev/null)
	[ -z "$hits" ] || complain "$3:
$hits"
}
no_include 'core/*.[ch] core/*/*.[ch]' '(traces|replay|ui)/' 'core includes a layer above it'
no_include 'traces/*.[ch] traces/*/*.[ch]' '(replay|ui)/' 'traces includes a layer above it'
no_include 'replay/*.[ch] replay/*/*.[ch]' 'ui/' 'replay includes a layer above it'
no_include 'core/mm/*.[ch]' 'core/(explore|scenario|property)' \
	'core/mm knows what runs it'
no_include 'core/world.[ch] core/kernel.[ch] core/bytes.[ch]' 'core/(scenario|property|explore)' \
	'the state knows what runs it'
hits=$(grep -lE '^#include <sqlite3' -r core replay ui | head)
[ -z "$hits" ] || complain "sqlite3.h outside traces/: $hits"
hits=$(grep -lE '^#include <(n?curses|ncursesw)' -r core traces replay ui | grep -v '^ui/terminal/tty\.c$')
[ -z "$hits" ] || complain "curses outside ui/terminal/tty.c: $hits"
hits=$(grep -lE '^#include <uv' -r core traces replay ui | grep -v '^ui/terminal/loop\.c$')
[ -z "$hits" ] || complain "libuv outside ui/terminal/loop.c: $hits"

files=$(git ls-files 2>/dev/null)
[ -n "$files" ] || files=$(find . -path ./build -prune -o -type f -print | sed 's,^\./,,')
for f in $files; do
	case $f in
	.gitignore | *.screen | *.db | *.zst | *.dat | *.md | LICENSE | tests/screens/* | tests/fuzz/*/*) ;;
	*) head -3 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' ||
		complain "$f: no SPDX line" ;;
	esac
	case $f in
	*.[ch])
		[ "$(wc -l <"$f")" -le 700 ] || complain "$f: more than 700 lines"
		expand "$f" | awk -v f="$f" 'length > 100 {
			printf "%s:%d: %d columns\n", f, FNR, length; n++ }
			END { exit n > 0 }' || bad=1
		;;
	esac
done

# Functions: 70 lines, operation bodies 120.
for f in $(git ls-files 'core/*.c' 'traces/*.c' 'replay/*.c' 'ui/*.c'); do
	awk -v f="$f" '
		/^OP\(/ { limit = 120 }
		/^[a-z].*[^;:]$/ && !/^OP\(/ { limit = 70 }
		/^\{/ { start = FNR }
		/^\}/ && start {
			if (FNR - start - 1 > limit) {
				printf "%s:%d: a function of %d lines\n", f, start, FNR - start - 1
				n++
			}
			start = 0
		}
		END { exit n > 0 }' "$f" || bad=1
done
exit $bad
