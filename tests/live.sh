#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Real threads from the command line: what a run comes to, that its record checks, that a record
# that was changed does not; and that the sanitizers see the bug of the debate and nothing else.
# SWAPSCOPE_SANITIZE is what the program was built with; SWAPSCOPE_LONG=1 runs more of it.
set -u
program=$1 failed=0 checks=0
folder=$(mktemp -d) && cd "$folder" || exit 1
trap 'rm -rf "$folder"' EXIT
sanitize=${SWAPSCOPE_SANITIZE:-} long=${SWAPSCOPE_LONG:-0}

# expect STATUS COMMAND...: run it; its output is in `out` and `err`
expect()
{
	local want=$1 got
	shift
	timeout 300 "$@" >out 2>err </dev/null
	got=$?
	checks=$((checks + 1))
	[ $got = "$want" ] && return 0
	echo "FAILED: exit status $got instead of $want: $*" >&2
	tail -n 5 out err >&2
	failed=1
	return 1
}

# says PATTERN: the last command's output has it
says()
{
	checks=$((checks + 1))
	grep -Eq -- "$1" out err && return
	echo "FAILED: no '$1' in:" >&2
	cat out err >&2
	failed=1
}

# A run of a kernel that must be clean, and its record.
safe()
{
	local kernel=$1 seconds=$2
	shift 2
	rm -f live.db
	expect 0 "$program" live --kernel "$kernel" --threads 4 --seconds "$seconds" -o live.db "$@" ||
		grep -E 'again:' out >&2
	says 'every page that was read was what its owner wrote'
	expect 0 "$program" check live.db
	says 'all [0-9,]+ transitions are as the model makes them'
}

# ---- kernels ----

for kernel in v6.9 v6.12 v7.0; do
	safe $kernel 1
	safe $kernel 1 --widen --device disk
done
safe v6.9 1 --zeroes
if [ "$long" = 1 ]; then
	for kernel in v6.9 v6.12 v7.0; do
		safe $kernel 10
	done
	for i in $(seq 50); do
		set -- v6.9 v6.12 v6.17 v6.18 v7.0 v7.3
		shift $((i % 6))
		safe "$1" 2 --seed $RANDOM$RANDOM --threads $((1 + i % 9)) $([ $((i % 3)) = 0 ] && echo --widen)
	done
fi

# ---- the sanitizers ----

if [ "$sanitize" = thread ]; then
	# a safe kernel is silent (above: a report is another exit status); the broken one is not
	for i in $(seq 20); do
		"$program" live --kernel debate-a --widen --seconds 5 --seed "$i" >out 2>err
		[ $? = 66 ] && break
	done
	says 'WARNING: ThreadSanitizer: data race'
	says 'object_free'
elif [ -n "$sanitize" ]; then
	# a page can be lost before a freed object is read: other seeds then
	for i in $(seq 40); do
		"$program" live --kernel debate-a --widen --seconds 5 --seed "$i" >out 2>err
		grep -q AddressSanitizer err && break
	done
	says 'ERROR: AddressSanitizer: heap-use-after-free'
	says ' in load '
	says ' in object_free '
fi
# the rest of it stops at the first report
if [ -n "$sanitize" ]; then
	[ $failed = 0 ] && echo "$checks checks passed"
	exit $failed
fi

# ---- the broken kernel ----

for i in $(seq 20); do
	"$program" live --kernel debate-a --widen --seconds 10 --seed "$i" -o da.db >out 2>err && continue
	break
done
says 'violated: MAPPED: T[0-9]+ reads page [0-9]+: byte [0-9]+ is 0x'
says "again: swapscope live --kernel debate-a --threads 4 --seed $i"
expect 0 "$program" check da.db --conformance
expect 1 "$program" check da.db
says 'all [0-9,]+ transitions are as the model makes them, under debate-a'
says 'it violates (UAF|MAPPED): in the model at transition'

# ---- records that were changed ----

# with a load that finds an entry in a fault around the swap cache, which has pinned its slot: that
# is where the kernels below differ
loads="WITH made AS (SELECT event.task, step.op, step.text,
		max(CASE WHEN step.op NOT IN ('zswap_load', 'swap_read_folio') THEN seq END)
		OVER (PARTITION BY event.task ORDER BY seq) AS caller
		FROM event JOIN step ON step.id = event.step)
	SELECT count(*) FROM made JOIN event ON seq = caller JOIN step ON step.id = event.step
	WHERE made.op = 'zswap_load' AND made.text = 'zswap_decompress(entry, folio): begin' AND
	      step.op = 'swapin_bypass'"
for seed in $(seq 50); do
	expect 0 "$program" live --kernel v6.9 --operations 300 --seed "$seed" --plain -o plain.db
	[ "$("$program" sql plain.db "$loads" | tail -1)" -gt 0 ] && break
done
expect 0 "$program" check plain.db
# changed SQL PATTERN: after the change the check fails, and says so
changed()
{
	cp plain.db changed.db
	python3 -c 'import sqlite3, sys
db = sqlite3.connect("changed.db"); db.execute(sys.argv[1]); db.commit()' "$1"
	expect 1 "$program" check changed.db
	says "$2"
	says 'before it the model has:'
}
changed "UPDATE switch SET value = 'none' WHERE name = 'pin'" 'transition [0-9,]+ is impossible'
changed "UPDATE switch SET value = 'exclusive' WHERE name = 'load'" 'is impossible'
changed "UPDATE switch SET value = 'on' WHERE name = 'refcount'" 'is impossible'
changed "UPDATE event SET choice = 60000 WHERE seq = 500" 'transition 500 is impossible'
changed "UPDATE event SET task = (task + 1) % 4 WHERE seq = 500" 'transition 500 is impossible'
# a step may lead to itself: of several, some task must have moved
changed "DELETE FROM change WHERE seq BETWEEN 700 AND 740 AND field IN
	 (SELECT id FROM field WHERE kind = 'task' AND name LIKE '%.pc')" 'is impossible'

# another version's step is no violation
cp plain.db other.db
python3 -c 'import sqlite3
db = sqlite3.connect("other.db"); db.execute("UPDATE step SET text = text || \" once\""); db.commit()'
expect 2 "$program" check other.db
says "this program has no step '[a-z_]+: .* once'"
expect 1 "$program" explore writeback-first --kernel debate-a --save other-model.db
python3 -c 'import sqlite3
db = sqlite3.connect("other-model.db")
db.execute("UPDATE step SET text = text || \" once\""); db.commit()'
expect 2 "$program" check other-model.db
says "this program has no step '[a-z_]+: .* once'"
changed "UPDATE event SET result = 99999 WHERE seq = (SELECT min(seq) FROM event WHERE result IS NULL)" \
	'its result is not in the file'

# ---- losing, and saying so ----

expect 0 "$program" live --seconds 1 --drop --plain -o drop.db
if grep -q 'dropped: ' out; then
	expect 3 "$program" check drop.db
	says 'transitions that came after were dropped and are not checked'
fi
"$program" live --seconds 60 -o killed.db >/dev/null 2>&1 &
sleep 1.5
kill -9 $!
wait $! 2>/dev/null
expect 3 "$program" check killed.db
says 'all [0-9,]+ transitions are as the model makes them'
says 'the run was not ended by its writer'
"$program" live --seconds 60 -o ended.db >out 2>err &
sleep 1
kill -INT $!
wait $!
checks=$((checks + 1))
[ $? = 0 ] || { echo "FAILED: a run that is interrupted ends badly" >&2; failed=1; }
expect 0 "$program" check ended.db

# ---- wrong usage ----

expect 2 "$program" live --kernel v9.9
expect 2 "$program" live --threads 32
says '31'
expect 2 "$program" live --seconds 0
expect 2 "$program" live --seconds 1 --operations 1
expect 2 "$program" live --device tape
says 'zram, brd, disk'
expect 2 "$program" live --drop
expect 2 "$program" live --pages 3
expect 2 "$program" live surplus
expect 2 "$program" live --seconds 1 -o /no/such/folder/x.db
expect 2 "$program" live --operations 10 --swap-folder /no/such/folder
expect 2 "$program" check
expect 2 "$program" check no.db
expect 2 "$program" check /dev/null
expect 2 "$program" check --fast plain.db

[ $failed = 0 ] && echo "$checks checks passed"
exit $failed
