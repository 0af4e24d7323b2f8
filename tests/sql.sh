#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# swapscope sql, pack and unpack from a shell: answers, one-line errors, exit statuses.
set -u
. "$(dirname "$0")/command.sh"
a=$work/a.db packed=$work/packed.db

# answer TEXT WORD...: what it prints
answer()
{
	local want=$1
	shift
	expect 0 "" "$@"
	[ "$(cat "$work/out")" = "$want" ] || fail "$*: '$(cat "$work/out")' is not '$want'"
}

"$program" explore debate --kernel debate-a --brief --save "$a" >"$work/out" 2>&1

# ---- pack and unpack ----
expect 0 '^saved: .*packed.db, 4 runs packed, 129 transitions; ' pack "$a" -o "$packed"
expect 0 '^saved: .*, 4 runs unpacked, 129 transitions; ' unpack "$packed" -o "$work/again.db"
expect 0 ', 0 runs unpacked, 0 transitions; ' unpack -o "$work/again.db" "$a"
expect 2 'FILE.db -o OUT.db is needed' pack "$a"
expect 2 "-o needs a value" pack "$a" -o
expect 2 "no option '-x'" unpack "$a" -x
expect 2 'one file at a time' pack "$a" "$a" -o "$work/x.db"
expect 2 'is what is read' pack "$a" -o "$a"
expect 2 'No such file' pack "$work/none.db" -o "$work/x.db"
echo hello >"$work/text"
expect 2 'is not a swapscope trace; it is left as it is' pack "$a" -o "$work/text"
[ "$(cat "$work/text")" = hello ] || fail "pack: a file that is no trace was written to"
for t in event change keyframe; do
	for f in a again; do
		sqlite3 "$work/$f.db" "SELECT * FROM $t" >"$work/$f.$t"
	done
	diff "$work/a.$t" "$work/again.$t" || fail "unpack: $t is not what it was"
	[ "$(sqlite3 "$packed" "SELECT count(*) FROM $t")" = 0 ] || fail "pack: rows of $t are left"
done
[ -z "$(sqlite3 "$packed" "PRAGMA foreign_key_check")" ] || fail "pack: references are wrong"

# ---- the same answers, by the cookbook and by the page ----
"$program" sql "$a" >"$work/list" <<<".cookbook"
count=$(wc -l <"$work/list")
[ "$count" -ge 16 ] || fail ".cookbook lists $count"
[ "$count" = "$(grep -c '^### [0-9]' docs/trace-format.md)" ] || fail ".cookbook is not the page"
for n in $(seq "$count"); do
	"$program" sql "$a" --mode box <<<".cookbook $n" | grep -qE 'FROM v_(fault|loss|slot_story)' &&
		continue		# of captures: tests/stories.sh
	for f in "$a" "$packed"; do
		"$program" sql "$f" >"$work/$(basename "$f").out" 2>&1 <<<".cookbook $n" ||
			fail ".cookbook $n: $(cat "$work/$(basename "$f").out")"
	done
	[ -s "$work/a.db.out" ] || fail ".cookbook $n has no answer"
	diff "$work/a.db.out" "$work/packed.db.out" || fail ".cookbook $n: packed is another"
done
"$program" sql "$a" >"$work/out" <<<".cookbook 13"
sqlite3 "$a" "SELECT seq, task, op, changes FROM slot_history WHERE run = 1 AND
	slot = 'slot 0' ORDER BY seq" | diff - "$work/out" || fail ".cookbook 13 is not sqlite3's"
"$program" sql "$packed" --mode box >"$work/out" <<<".cookbook 2"
grep -q '^-- Which step freed entry 1' "$work/out" && grep -q '18.*W.*zswap_entry_free' "$work/out" ||
	fail "--mode box: $(cat "$work/out")"

# ---- one question ----
answer '4' sql "$packed" "SELECT count(*) FROM run"
answer '1|
x' sql "$a" "SELECT 1, NULL; SELECT 'x' ; -- and no more"
answer $'a,b\r\n1,"x,""y"\r' sql "$a" --mode csv "SELECT 1 AS a, 'x,\"y' AS b"
answer 'T0?[31m' sql "$a" "SELECT 'T0' || char(27) || '[31m'"
expect 2 'no such column: nosuch' sql "$a" "SELECT nosuch"
expect 2 'only reads' sql "$a" "DELETE FROM run"
expect 2 'only reads' sql "$a" "CREATE TEMP TABLE x (y)"
expect 2 'only reads' sql "$a" "ATTACH '$work/again.db' AS b"
expect 2 'may not be modified' sql "$a" "UPDATE sqlite_master SET type = 'x'"
expect 2 'only reads' sql "$a" "PRAGMA user_version = 9"
expect 2 'only reads' sql "$a" "PRAGMA query_only = 0"
expect 2 'only reads' sql "$a" "VACUUM INTO '$work/copy.db'"
expect 2 'not authorized' sql "$a" "SELECT load_extension('x')"
expect 2 'no such function: readfile' sql "$a" "SELECT readfile('/etc/passwd')"
expect 0 '' sql "$a" .cookbook
cmp "$work/out" "$work/list" || fail "sql FILE .cookbook is what the shell says"
expect 2 "mode html" sql "$a" --mode html "SELECT 1"
expect 2 'which trace' sql
expect 2 "too much" sql "$a" "SELECT 1" "SELECT 2"
expect 2 'is not a swapscope trace' sql "$work/text" "SELECT 1"
"$program" sql "$a" "SELECT 1" >/dev/full 2>"$work/err"
[ $? = 2 ] || fail "sql: standard output that is full"

# ---- views of a file are never run ----
cp "$packed" "$work/hostile.db"
sqlite3 "$work/hostile.db" "DROP VIEW v_run; CREATE VIEW v_run AS SELECT 666 AS run;
	CREATE VIEW mine AS SELECT 667"
answer '1' sql "$work/hostile.db" "SELECT min(run) FROM v_run"
expect 2 'prohibited' sql "$work/hostile.db" "SELECT * FROM mine"
expect 2 'prohibited' sql "$work/hostile.db" "SELECT * FROM main.v_run"

# ---- the shell, from a pipe ----
"$program" sql "$packed" >"$work/out" 2>"$work/err" <<'END'
.mode list
SELECT seq,
       task	-- two lines; and a ';' that ends nothing
FROM v_event WHERE run = 1 AND seq = 18;
SELECT ';'; SELECT 2;
.schema blocked_time
.quit
SELECT 3;
END
[ $? = 0 ] || fail "a shell: $(cat "$work/err")"
[ "$(head -3 "$work/out")" = '18|W
;
2' ] || fail "a shell: $(cat "$work/out")"
grep -q '^CREATE VIEW blocked_time AS' "$work/out" || fail ".schema: $(cat "$work/out")"
grep -q '^3' "$work/out" && fail ".quit goes on"
"$program" sql "$a" >"$work/out" 2>"$work/err" <<<$'SELECT 1;\nSELECT x;\nSELECT 2;'
[ $? = 2 ] && [ "$(cat "$work/out")" = 1 ] || fail "an error in a pipe does not end it"
"$program" sql "$a" >"$work/out" 2>"$work/err" <<<'.tables'
for t in blocked_time change entry_life event run slot_history step_counts v_world who_held_pin; do
	grep -q "^$t|" "$work/out" || fail ".tables: no $t"
done
"$program" sql "$a" >"$work/out" 2>"$work/err" <<<'.nothing'
[ $? = 2 ] && grep -q "no command '.nothing'" "$work/err" || fail ".nothing"
[ "$("$program" sql "$a" <<<'SELECT 7')" = 7 ] || fail "a last statement without a ;"

# ---- ^C ----
long="WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
timeout --foreground -s INT -k 20 1 "$program" sql "$a" "$long" >"$work/out" 2>"$work/err"
grep -q '^swapscope: interrupted$' "$work/err" || fail "^C: $(cat "$work/err")"
exit $bad
