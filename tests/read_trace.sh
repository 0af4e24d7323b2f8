#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# examples/read_trace.py, which knows nothing but the format, sees what `swapscope sql` sees.
set -eu
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$*"; exit 1; }
read_trace() { python3 examples/read_trace.py "$@"; }

"$program" explore debate --kernel debate-a --brief --save "$work/a.db" >"$work/out" 2>&1 && exit 1
"$program" pack "$work/a.db" -o "$work/packed.db" 2>"$work/out"
"$program" unpack "$work/packed.db" -o "$work/plain.db" 2>"$work/out"

for file in "$work/a.db" "$work/plain.db" tests/data/format1.db; do
	runs=$("$program" sql "$file" "SELECT run FROM v_run")
	[ "$(read_trace "$file" | cut -d' ' -f1)" = "$runs" ] || fail "$file: runs"
	for run in $runs; do
		read_trace "$file" "$run" >"$work/read"
		"$program" sql "$file" "SELECT printf('%5d %-4s %s: %s', seq, task, op, step) ||
			coalesce(' -> ' || result, '') FROM v_event WHERE run = $run ORDER BY seq" \
			>"$work/want"
		grep -v '^           ' "$work/read" | diff "$work/want" - || fail "$file: events"
		"$program" sql "$file" "SELECT printf('           %s %s: %s -> %s', object, field, old,
			new) FROM v_change WHERE run = $run ORDER BY seq" | sort >"$work/want"
		grep '^           ' "$work/read" | sort | diff "$work/want" - || fail "$file: changes"
		for position in 0 7 18; do
			read_trace "$file" "$run" $position >"$work/read"
			"$program" sql "$file" "SELECT object || ' | ' || field || ' | ' || text
				FROM v_world WHERE run = $run AND seq = $position
				ORDER BY object, field" >"$work/want"
			diff "$work/want" "$work/read" || fail "$file: the world at $position"
		done
	done
done

# what it cannot read, it says; a change that does not fit, it notices
read_trace "$work/packed.db" 1 2>"$work/err" && fail "a packed run"
grep -q "swapscope unpack" "$work/err" || fail "$(cat "$work/err")"
sqlite3 "$work/plain.db" "UPDATE change SET old = old + 1 WHERE run = 1 AND seq = 9"
read_trace "$work/plain.db" 1 >"$work/out" 2>"$work/err" && fail "a damaged run"
grep -q "^damaged: transition 9" "$work/err" || fail "$(cat "$work/err")"
[ "$(wc -l <examples/read_trace.py)" -le 100 ] || fail "examples/read_trace.py is too long"
