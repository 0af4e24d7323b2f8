#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The command `note`, and notes in all that prints a run: tests/note.sh PROGRAM
set -u
. "$(dirname "$0")/command.sh"
export HOME=$work TZ=UTC SWAPSCOPE_AUTHOR='Anna Example'
unset XDG_CONFIG_HOME
mkdir -p "$work/.config/swapscope"
without()
{
	checks=$((checks + 1))
	! grep -qE -- "$1" "$work/out" || { fail "the output has '$1':"; cat "$work/out"; }
}
# lines COMMANDS ARGUMENT...: the debugger in lines, commands separated by ';'
lines()
{
	local commands=$1
	shift
	checks=$((checks + 1))
	tr ';' '\n' <<<"$commands" | timeout 300 "$program" "$@" --lines >"$work/out" 2>"$work/err" ||
		fail "swapscope $*, $commands: exit $?"
}

cd "$work" || exit 2
"$program" explore debate --kernel debate-a --brief --save a.db >/dev/null 2>&1

# ---- written, listed, changed, taken away ----

expect 0 '' note a.db
output '^nothing is noted$'
expect 0 '^noted: a.db, note 1 at step 12$' note a.db:1 12 nothing pins 'the slot'
expect 0 '^noted: a.db, note 2 at step 0$' note a.db --author Karl 'of the run'
expect 0 '^noted: a.db, note 3 at step 19$' note a.db:1 19 --mark u 'read here
and freed before'
expect 0 '^noted: a.db, note 4 at step 2$' note a.db:2 2 --mark u
expect 0 '' note a.db
output '^   1  run 1 step 12  note by Anna Example, 20[0-9]{2}-[0-9-]+ [0-9:]+$'
output '^      nothing pins the slot$'
output '^   2  run 1 step 0  note by Karl, '
output '^   3  run 1 step 19  bookmark u by Anna Example, '
output '^      and freed before$'
output '^   4  run 2 step 2  bookmark u by '
expect 0 '' note a.db:2
without 'run 1'
expect 0 '' note a.db --json
python3 - "$work/out" <<'P' || fail "the JSON is not what was noted"
import json, sys
n = json.load(open(sys.argv[1]))["notes"]
assert [(x["note"], x["run"], x["step"], x.get("mark")) for x in n] == [
    (2, 1, 0, None), (1, 1, 12, None), (3, 1, 19, "u"), (4, 2, 2, "u")], n
assert n[2]["text"] == "read here\nand freed before" and n[0]["author"] == "Karl"
P
expect 0 '^noted: a.db, note 1 says that now$' note a.db --edit 1 'no pin, no lock'
expect 0 '' note a.db:1
output 'no pin, no lock'
without 'nothing pins'
expect 0 '^deleted: a.db, note 4$' note a.db --delete 4
expect 0 '' note a.db:2
output '^nothing is noted$'

# ---- who ----

echo 'author = Otto of the file' >.config/swapscope/config
(unset SWAPSCOPE_AUTHOR; "$program" note a.db 1 by whom 2>/dev/null)
expect 0 '' note a.db
output 'run 1 step 1  note by Otto of the file, '
rm .config/swapscope/config
(unset SWAPSCOPE_AUTHOR; "$program" note a.db 2 by whom 2>/dev/null)
expect 0 '' note a.db
output "run 1 step 2  note by $(id -un), "
"$program" note a.db --delete 4 2>/dev/null; "$program" note a.db --delete 5 2>/dev/null

# ---- what is wrong ----

expect 2 'run 1 has 19 steps: none is number 20$' note a.db:1 20 x
expect 2 'there is no step 1{30}' note a.db:1 "$(printf '1%.0s' {1..30})" x
expect 2 'run 1 has a bookmark u already, note 3 at step 19' note a.db:1 3 --mark u
expect 2 'what is there to say of step 3' note a.db:1 3
expect 2 'has no run 77' note a.db:77 x
expect 2 'has no run 77' note a.db:77
expect 2 'has no note 99' note a.db --delete 99
expect 2 'run 2 has no note 1$' note a.db:2 --delete 1
expect 2 'a letter, a to z' note a.db --mark 12 x
expect 2 'a letter, a to z' note a.db --mark 1 x
expect 2 'at most 8192 bytes, and this one 100000' note a.db "$(printf 'x%.0s' {1..100000})"
expect 2 'control characters' note a.db $'\e[31mred'
expect 2 'one line of UTF-8' note a.db --author $'a\nb' x
expect 2 'at most 80 bytes' note a.db --author "$(printf 'x%.0s' {1..81})" x
expect 2 'one of them' note a.db --edit 1 --delete 1 x
expect 2 'takes no text' note a.db --delete 1 x
expect 2 'The text is needed' note a.db --edit 1
expect 2 'No such file' note none.db x
expect 2 'which run' note
echo hello >hello.txt
expect 2 'hello.txt' note hello.txt x
[ "$(cat hello.txt)" = hello ] || fail "a file that is no trace was written to"
if [ "$(id -u)" != 0 ]; then
	chmod a-w a.db
	expect 2 'cannot be written' note a.db x
	chmod u+w a.db
fi

# ---- kept ----

cp a.db copy.db
expect 0 '^saved' pack a.db -o packed.db
expect 0 '^noted: packed.db, note 4 at step 4' note packed.db 4 'in a packed run'
expect 0 '^saved' unpack packed.db -o plain.db
"$program" run debate --kernel v6.9 --schedule 'T0*7' --save copy.db >/dev/null 2>&1
for file in copy.db packed.db plain.db; do
	expect 0 '' note "$file"
	output 'no pin, no lock'
	output 'and freed before'
done
expect 0 '' list runs copy.db
output '^ +3 notes: swapscope note copy.db:1$'
expect 0 '' list runs copy.db --json
output '"notes":	3,'
expect 0 '' sql a.db "SELECT note, seq, letter, author, text FROM v_note WHERE letter = 'u'"
output 'Anna Example'

# ---- shown ----

"$program" view a.db:1 >out 2>/dev/null
grep -A1 '^Step 12, note by Anna Example, ' out | grep -q '^  no pin, no lock$' || fail "view in a pipe has no note"
expect 1 '' findings a.db:1
output '^    bookmark u by Anna Example, '
output '^      and freed before$'
expect 1 '' findings a.db:1 --json
output '"author":	"Anna Example"'

# ---- in the debugger ----

lines '12;note-next;note-before;to-mark u;notes' view a.db:1
output '^step 19 of 19'
output '^    no pin, no lock$'
output '^>? +19 bookmark u by Anna Example.*: read here$'
lines '5;note a second look;mark k kept;6;mark z;to-mark k;note-list;to-mark z' view a.db:1
output 'noted at step 5, in a.db: note [0-9]'
output 'step 6 is z'
output 'a second look'
lines 'note-list;down;delete;delete;note-list' view a.db:1
output '^delete once more, and the file is without this note$'
output '^deleted$'
expect 0 '' note a.db:1
output 'step 5  bookmark k by Anna Example'
without 'a second look|bookmark z'
lines 'note x' present debate
output 'this run is in no file'
lines 'choose 1;choose 1;choose 1;note by hand;mark b a bookmark;back;choose 2;save later.db' step debate --save hand.db
output 'noted at step 3 of the branch'
expect 0 '' note hand.db
output 'run 1 step 3  note by Anna Example'
output 'run 1 step 3  bookmark b by Anna Example'

# ---- while it is recorded ----

"$program" live --kernel v6.9 --seconds 1 -o live.db >/dev/null 2>&1 &
recorder=$!
noted=0
for _ in $(seq 100); do
	"$program" note live.db 1 'while it runs' >/dev/null 2>&1 && noted=$((noted + 1))
	[ $noted -ge 3 ] && break
	kill -0 $recorder 2>/dev/null || break
	sleep 0.05
done
wait $recorder
[ $noted -gt 0 ] || fail "nothing could be noted while a run was recorded"
expect 0 '' note live.db
[ "$(grep -c 'while it runs' "$work/out")" = $noted ] || fail "$noted notes were written, and others are there"
expect 0 '' check live.db
output 'are as the model makes them'
lines 'goto 1;note-before;last;note at the end;notes' view live.db
output 'while it runs'
output 'at the end'

# ---- of a capture ----

if "$program" import "$OLDPWD/traces/captures/d-loss-uffdwp-6.8.trace.zst" -o c.db >/dev/null 2>&1 &&
   "$program" check c.db >/dev/null 2>&1; then
	expect 0 '^noted: c.db, note [0-9]+ at step 700' note c.db 700 'of a kernel'
	lines '700' view c.db
	output 'of a kernel'
	expect 1 '' findings c.db
fi

[ $checks -gt 90 ] || fail "only $checks checks"
exit $bad
