#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The command line contract: exit statuses, one clear line for every bad input, JSON keys.
set -u
. "$(dirname "$0")/command.sh"

# verdicts and exit statuses
expect 1 '' explore debate --kernel debate-a
output '^verdict +violated: UAF'
output "replay: swapscope run debate --kernel debate-a --schedule 'T0\*7 W\*11 T0'"
expect 0 '' explore debate --kernel debate-c
output '^verdict +safe'
output 'exact'
expect 0 '' explore debate --kernel v6.9
expect 1 '' explore debate --kernel debate-b
output '^verdict +violated: MAPPED LOST STALE$'
output '^MAPPED, after 22 steps'
expect 1 '' explore debate --kernel debate-b --set unlink=last
output '^verdict +violated: MAPPED'
for set in "" "--set refcount=on"; do
	# shellcheck disable=SC2086
	expect 1 '' explore aborted-bypass --kernel v6.9 --set load=exclusive $set
	output '^verdict +violated: LOST'
done
expect 1 '' explore aborted-bypass --kernel v6.9-rc1
output '^LOST, after 17 steps'
expect 0 '' explore aborted-bypass --kernel v6.9
expect 1 '' explore debate --kernel v7.0 --set match=off
output '^STALE, after 42 steps'
expect 1 '' explore --kernel debate-a debate --property MAPPED --brief
output 'verdict +violated: MAPPED .the search stopped there.'
expect 3 '' explore debate --max-states 500
output '^verdict +bounded'
output '^bound hit +max_states'
expect 3 '' explore debate --max-depth 5
output '^covered +the first 6 steps of every run$'
# memory for all states, but not for their edges: what is unknown is LIVELOCK alone
mib=0
until mib=$((mib + 1)); "$program" explore debate --kernel v6.9 --brief --max-memory $mib >"$work/out"; [ $? != 3 ] ||
	! grep -q 'no violation within the bound' "$work/out"; do :; done
expect 3 '' explore debate --kernel v6.9 --brief --max-memory $mib
output '^verdict +bounded: all states were seen, and no property but LIVELOCK is violated; of that, unknown$'
output "^bound hit +memory .--max-memory $mib.: all states were seen, but LIVELOCK was not looked for to the end$"
expect 0 '' explore debate --kernel v6.9 --brief --max-memory $mib --property UAF
expect 3 '' explore debate --kernel v6.9 --max-memory $mib --json
output '"complete":	true'
output '"unknown":	\["LIVELOCK"\]'
expect 3 '' matrix debate --kernel v6.9 --max-memory $mib --text
output '^debate  LIVELOCK\?$'
output "LIVELOCK\?, and line [0-9]+ expects safe; bound hit: memory"
output 'all states were seen, but LIVELOCK was not looked'
output '^0 as the files expect, 0 not, 1 undecided'
expect 3 '' matrix debate --kernel v6.9 --max-memory $mib --json
output '"unknown":	\["LIVELOCK"\]'
expect 3 'run 1' explore debate --kernel v6.9 --brief --max-memory $mib --save "$work/reach.db" \
	--reach 'swapin_bypass: schedule_timeout'
sqlite3 "$work/reach.db" 'SELECT verdict FROM run' | grep -q '^bounded, safe of all but LIVELOCK, not looked for' ||
	{ echo "a recorded run: its verdict does not say that LIVELOCK alone is unknown"; bad=1; }
expect 0 '' explore writeback-first --reach 'swapin_bypass: schedule_timeout'
output '^reached after [0-9]+ steps'
expect 0 '' explore writeback-first --count-depth 10
output '^schedules +[0-9]+ of 10 steps'

# what can follow some moves: schedules are from the start, and lengths say what was given
expect 1 '' explore debate --kernel debate-a --after 'T0*7 W*5' --property UAF
output '^after +12 moves: T0\*7 W\*5$'
output '^UAF, after 12 \+ 7 steps: '
output "^ +replay: swapscope run debate --kernel debate-a --schedule 'T0\*7 W\*11 T0'"
expect 1 '' explore debate --kernel debate-a --after 'T0*7 W*10' --property UAF --json
output '^		"length":	17,'
output '^	"length":	19,'
output '^	"schedule":	"T0\*7 W\*11 T0",'
expect 3 '' explore debate --after 'T0*7 W' --max-depth 3 --brief
output '^covered +the first 4 steps of every run from there$'
expect 1 'run 1' explore debate --kernel debate-a --after 'T0*7' --property UAF --save "$work/after.db"
[ "$(sqlite3 "$work/after.db" 'SELECT schedule FROM run')" = 'T0*7 W*11 T0' ] ||
	fail 'the run that --after saves does not begin at the start'
expect 1 '' explore readahead-livelock --kernel v6.9 --set relax=cond_resched --after 'A*5 B*7' --brief
output '^LIVELOCK, 12 \+ 4 steps, of which the last 4 repeat for ever'
expect 0 '' explore writeback-first --kernel v6.9 --after 'W*4 T0*2' --brief
output '^verdict +safe'
expect 2 "after: move 30: T0 finished at 29" explore writeback-first --after 'W T0*500'
expect 2 "after: move 19 violates UAF: nothing follows" explore debate --kernel debate-a --after 'T0*7 W*11 T0'
expect 2 "after: at 'X': a word is" explore debate --after X
expect 2 'excludes --save-graph' explore debate --after T0 --save-graph "$work/g0.db"

# the schedule that explore prints runs again, and breaks the same property
expect 1 '' run debate --kernel debate-a --schedule 'T0*7 W*11 T0'
output '!! UAF'
expect 0 '' run debate --seed 3
# one that cannot be made to its end is made as far as it can, and it is said what is in the way
expect 2 "move 1: 'W: shrinker: pick the coldest.*' has one outcome, 0; there is no 1$" \
	run debate --schedule 'W/1'
output '^0 steps; nothing violated'
expect 2 'move 13: W finished at 12 with -EEXIST: T0 holds SWAP_HAS_CACHE since 4; 12 moves are saved: .*part.db, run 1$' \
	run debate --kernel v6.9 --schedule 'T0*8 W*9' --save "$work/part.db"
output '^12 steps; nothing violated'
output 'swapcache_prepare\(entry\) = -EEXIST'
expect 0 '' sql "$work/part.db" 'SELECT schedule, events FROM run'
output 'T0\*8 W\*4.*12'
expect 2 'move 4: T1 waits for the page table lock of mm 0, which T0 holds since 2$' \
	run two-cow --schedule 'T0*2 T1*2'
expect 2 "at 'X': .*tasks are T0, T1, W, K" run debate --schedule 'T0 X'

# a step that is not reached is said so; a file's own expectations
expect 0 '' explore debate --reach 'zap_pte_range: ptep_get_and_clear()'
output '^not reached +zap_pte_range'
expect 0 '' explore writeback-first --expect
output '^ok .*debate-a -> violated UAF'
expect 0 '' explore tests/scenarios/empty-page.scn --expect
output '^ok .*v6.8 -> violated RMAP'
sed 's/^case = v6.9 -> safe/case = v6.9 -> UAF/' examples/writeback-first.scn >"$work/wrong.scn"
expect 1 '' explore "$work/wrong.scn" --expect
output '^WRONG .*v6.9 -> safe'

# the matrix: rows, columns, further cases; what the files expect decides the status
expect 0 '' matrix writeback-first aborted-bypass --kernel debate-a --kernel v6.9 --kernel v6.9-rc1
output '^2 scenarios under 3 kernels'
output '^ +debate-a +v6.9 +v6.9-rc1$'
output '^writeback-first +UAF 19 +safe +safe$'
output '^aborted-bypass +safe +safe +LOST 17$'
output '^ +aborted-bypass +v6.9 load=exclusive refcount=on +LOST 19 +as expected$'
output ' as the files expect, 0 not, 0 undecided'
expect 0 '' matrix --scenarios writeback-first --set pin=none --threads 3 --quick --text
output '^every kernel with pin=none$'
expect 0 '' matrix writeback-first --markdown --kernel v6.9
output '^\| writeback-first \| safe \|$'
expect 0 '' matrix writeback-first --json
for key in mode kernels rows cells scenario kernel switches verdict property length schedule \
	states transitions seconds expected command further; do
	output "\"$key\":"
done
output '"expected":	true'
expect 0 '' matrix writeback-first --width 30 -o "$work/narrow"
awk 'length > 30 && !/under|kernels with|expect/ { exit 1 }' "$work/narrow" ||
	{ echo "matrix --width 30 is wider"; cat "$work/narrow"; bad=1; }
"$program" matrix writeback-first double-swapin --threads 1 --json | grep -v seconds >"$work/one"
"$program" matrix writeback-first double-swapin --threads 4 --json | grep -v seconds >"$work/four"
cmp "$work/one" "$work/four" || { echo "matrix: threads change the answer"; bad=1; }
expect 1 '' matrix tests/scenarios/wrong-expectation.scn
output '^wrong-expectation .* safe! '
output 'wrong-expectation.scn under v6.9: safe, but line 13 expects$'
output '^    swapscope explore tests/scenarios/wrong-expectation.scn --kernel v6.9$'
output '^    swapscope explore .*scn --kernel v6.9 --set pin=none --set load=exclusive$'
expect 1 '' matrix tests/scenarios/wrong-expectation.scn --kernel v6.9 --max-states 100000 --json
output '"expected":	false'
expect 1 '' matrix tests/scenarios/wrong-expectation.scn tests/scenarios/bounded.scn
expect 0 '' matrix tests/scenarios/bounded.scn --kernel v6.9 --width 200
output 'bound hit: max_states; the first fifty'
expect 3 '' matrix writeback-first --kernel v6.9 --max-states 50
output '^writeback-first +bounded$'
output '3 undecided'
expect 3 '' matrix debate --kernel v6.9 --max-memory 1
expect 0 '' matrix --operations
output 'under v6.9'
output '^shrink( +safe)+$'
expect 1 '' matrix --operations --kernel v6.9-rc1 --text
output '^  read,clear_refs,zswap: LOST 21$'
expect 1 '' matrix --operations --set load=exclusive --json
output '"mode":	"operations"'
expect 1 'saved: .*pairs, [0-9]+ scenarios' matrix --operations --kernel v6.9-rc1 \
	--save-scenarios "$work/pairs"
output 'explore .*pairs/A-B-WORLD.scn --kernel v6.9-rc1'
expect 1 '' explore "$work/pairs/read-clear_refs-zswap.scn"
output '^LOST, after 21 steps'
expect 0 '' matrix --show read,shrink --kernel debate-a
cp "$work/out" "$work/pair.scn"
expect 1 '' explore "$work/pair.scn"
output '^kernel +debate-a'
expect 0 '' matrix --show read,shrink,present-read
output '^at = present'
expect 2 "did you mean 'debate'" matrix debat
expect 2 "did you mean 'v6.9'" matrix --kernel v6.99
expect 2 'twice' matrix --kernel v6.9 --kernel v6.9
expect 2 "no switch 'pinn'" matrix --set pinn=none
expect 2 'exclude each other' matrix --scenarios --operations
expect 2 'too much' matrix --operations debate
expect 2 'one --kernel' matrix --operations --kernel v6.8 --kernel v6.9
expect 2 'one of --text, --json' matrix --json --markdown
expect 2 'a number from 1' matrix --threads 0
expect 2 'a number from 1' matrix --width x
expect 2 'a number from 1' matrix --max-memory 0
expect 2 'needs a value' matrix --kernel
expect 2 "no option '--fast'" matrix --fast
expect 2 "did you mean 'shrink'" matrix --show read,shrnk
expect 2 'WORLD is needed' matrix --show read
expect 2 'the worlds are' matrix --show read,read,nowhere
expect 2 '/nonexistent' matrix --operations --save-scenarios /nonexistent/folder
expect 2 '/nonexistent' matrix writeback-first --kernel v6.9 -o /nonexistent/file

# ctrl-c leaves what there is (one: timeout in the background gives two, and a second one ends)
timeout --foreground -s INT --preserve-status 2 "$program" matrix debate-forever --kernel v6.5 --text >"$work/out"
[ $? = 3 ] || { echo "an interrupted matrix has status 3"; bad=1; }
output '1 not explored: interrupted'

timeout --foreground -s INT --preserve-status 2 "$program" explore tests/scenarios/five-tasks.scn --expect >"$work/out" 2>"$work/err"
[ $? = 3 ] || { echo "an interrupted explore --expect has status 3"; bad=1; }
output '^left '

# ctrl-c of explore: what it covered, and what it found; --save has it
for scenario in debate-forever:v6.9:3 debate:debate-a:1; do
	IFS=: read -r name kernel status <<<"$scenario"
	"$program" explore "$name" --kernel "$kernel" --brief --save "$work/cut-$status.db" \
		>"$work/out" 2>"$work/err" &
	sleep 1
	kill -INT $!
	wait $!
	[ $? = "$status" ] || fail "an interrupted explore of $name has not status $status"
	output '^bound hit +interrupted$'
	output '^covered +the first [0-9]+ steps of every run$'
	output '^states +[0-9,]+, exact'
done
output '^verdict +violated: UAF'
[ "$(sqlite3 "$work/cut-1.db" 'SELECT count(*) FROM run')" -gt 0 ] || fail "ctrl-c saved nothing"
[ ! -e "$work/cut-3.db" ] || fail 'a file is there although nothing was found'

# a file that cannot be written is refused before anything is explored
printf 'hello' >"$work/no-trace"
for save in --save --save-graph; do
	expect 2 '/nonexistent/a.db: No such file' explore debate-forever $save /nonexistent/a.db
	expect 2 'Not a directory' explore debate-forever $save "$work/no-trace/a.db"
	expect 2 'Is a directory' explore debate-forever $save "$work"
	expect 2 'is not a swapscope trace; it is left' explore debate-forever $save "$work/no-trace"
	[ ! -s "$work/out" ] || fail "something was explored for a file that cannot be written"
done
if [ "$(id -u)" != 0 ]; then
	mkdir -m 500 "$work/closed"
	expect 2 'closed/a.db: .*Permission denied' explore debate-forever --save "$work/closed/a.db"
fi

# several that save at once, and make the file: none is lost, each has its runs in a row
saving=()
for i in 1 2 3 4 5 6; do
	"$program" explore writeback-first --kernel debate-a --brief --save "$work/many.db" \
		>/dev/null 2>"$work/many.$i" &
	saving+=($!)
done
for p in "${saving[@]}"; do
	wait "$p"
	[ $? = 1 ] || fail "one of several that save at once failed"
done
[ "$(cat "$work"/many.? | sort | uniq -c | grep -c 'saved: .*runs [0-9]* to [0-9]* ')" = 6 ] ||
	fail "several that save at once: $(cat "$work"/many.?)"
[ "$(sqlite3 "$work/many.db" "SELECT group_concat(id) FROM run; PRAGMA integrity_check" | xargs)" = \
	'1,2,3,4,5,6,7,8,9,10,11,12 ok' ] || fail 'several that save at once: runs are missing'
[ -z "$(find "$work" -name '.swapscope-*')" ] || fail 'files are left beside a trace'

# JSON
expect 1 '' explore debate --kernel debate-a --json
for key in scenario kernel switches verdict property length schedule states transitions exact \
	seconds findings interleavings; do
	output "^	\"$key\":"
done
expect 0 '' explore debate --json
output '"verdict":	"safe"'
expect 0 '' list --json
for list in scenarios kernels switches operations properties steps; do
	expect 0 '' list $list
	expect 0 '' list $list --json
	output "\"$list\":"
done

# traces
expect 1 'saved: .*a.db, runs 1 to 4' explore debate --kernel debate-a --save "$work/a.db"
expect 1 'saved: .*a.db, runs 5 to 8' explore debate --kernel debate-a --save "$work/a.db" --brief
expect 0 'saved: .*a.db, run 9 ' run debate --save "$work/a.db"
expect 0 '' view "$work/a.db"
output 'zswap_entry_free'
expect 0 '' view "$work/a.db:2" "$work/a.db:1"
expect 0 '' tour --plain --save "$work/t.db"
output 'SWAP_HAS_CACHE'
expect 0 'saved: .*r.db, run 1 ' run debate --save "$work/r.db"
expect 0 '' view "$work/r.db"
expect 0 'a graph of 260 states and 461 transitions' explore writeback-first --save-graph "$work/g.db"
[ "$(sqlite3 "$work/g.db" 'SELECT count(*) FROM graph_state')" = 260 ] ||
	{ echo "the graph of writeback-first has 260 states"; bad=1; }
expect 2 'cut short' explore debate --max-states 500 --save-graph "$work/cut-graph.db"
for option in --json '--max-states 5' '--max-depth 5' '--max-memory 1' '--property UAF' '--kernel v6.9' \
	'--set pin=none' '--count-depth 3' '--graph-limit 5' '--reach swapoff:' "--save $work/e.db"; do
	# shellcheck disable=SC2086
	expect 2 'stands alone' explore debate --expect $option
done
expect 2 'states and --graph-limit is 100' explore debate --save-graph "$work/h.db" --graph-limit 100

# the same program from any folder, and a scenario of one's own
cp examples/debate.scn "$work/own.scn"
expect 0 '' explore "$work/own.scn"

# bad input of every kind: status 2 and one line that says what is right
sed 's/^pool/pol/' examples/debate.scn >"$work/typo.scn"
expect 2 "typo.scn:[0-9]+: no key 'pol'" explore "$work/typo.scn"
expect 2 "did you mean 'debate'" explore debat
expect 2 'a.b' explore $'a\nb'
expect 2 "file '\?\?31m\?é'" explore $'\xc2\x9b31m\xffé'
expect 2 "no scenario or file 'y{200}'\.\. \(File name too long\); 'sw" explore "$(printf 'y%.0s' {1..9999})"
expect 0 '' explore B2 --kernel v6.9 --brief
output '^aba: '
expect 1 '' explore cve-2024-26759 --kernel v6.5 --property MAPPED --brief
output 'replay: swapscope run cve-2024-26759 --kernel v6.5'
expect 2 "did you mean 'v6.9'" explore debate --kernel v6.99
expect 2 "no kernel 'v5.18': it is older than the model, which has v6.1 to v6.19 and v7.0 to v7.3; 'sw" \
	explore debate --kernel v5.18
expect 2 "not release 6.1.0; 'uname -v' on Debian" explore debate --kernel 6.1.0-56-amd64
expect 2 'like v6.9' matrix debate --kernel v6.9-rc3
expect 2 "no kernel 'x{60}'\.\.: there are v6.1" run debate --schedule T0 --kernel "$(printf 'x%.0s' {1..999})"
expect 2 "no kernel '6.9.\[31m.': there" live --kernel $'6.9\e[31m\n'
expect 0 '^swapscope: --kernel 6.12.117\+deb13-amd64: taken for v6.12.117$' \
	explore aba --kernel 6.12.117+deb13-amd64
output '^kernel +v6.12.117$'
expect 0 'mainline: taken for v7.3' matrix aba --kernel mainline --kernel 6.6.7-amd64 --text
output '^ +v7.3 +v6.6.7$'
expect 2 'is one of exclusive' explore debate --set load=sometimes
expect 2 "no switch 'pinn'; did you mean 'pin'" explore debate --set pinn=none
expect 2 'pin is one of none.has_cache' explore debate --set pin=nonee
expect 2 "did you mean 'UAF'" explore debate --property UFA
expect 2 "no kernel 'v5.4': it is older than the model, which has v6.1" explore debate --kernel v5.4
expect 2 'pin is one of' explore debate --set pin
expect 2 'SWITCH=VALUE is needed' explore debate --set nothing
expect 1 'inuse=early: without effect where free=at-once' explore relisted-swapoff --kernel v6.17 \
	--set inuse=early --set avail=early
expect 0 '' explore relisted-swapoff --kernel v6.8 --set inuse=late
expect 2 "did you mean 'MAPPED'" explore debate --property MAPED
expect 2 "no step 'foo: bar'; 'swapscope list" explore debate --reach 'foo: bar'
recheck='zswap_writeback_entry: zswap_rb_search(tree, offset) == entry?'
expect 2 "the step has no result 'maybe'; 'sw" explore debate --reach "$recheck = maybe"
expect 0 '' explore writeback-race --kernel v6.9 --reach "$recheck = no"
output '^reached after [0-9]+ steps: .* = no$'
output '^ +zswap_store: compress the folio into a new entry: always stored'
expect 0 '' matrix writeback-race --kernel v6.9 --text --unreached
output '^  zswap_enabled_param_set: zswap_enabled = ... = Y$'
expect 0 '' matrix writeback-race --kernel v6.9 --json
output '"results_not_had"'
expect 0 '' list steps
output 'hit \| miss'
expect 2 'a number from 1' explore debate --max-states -5
expect 2 'a number from 1' explore debate --max-states 0
expect 2 'needs a value' explore debate --save
expect 2 "no option '--fast'" explore debate --fast
expect 2 'one scenario' explore debate debate
expect 2 'one scenario' explore
expect 2 'one scenario' run
expect 2 "did you mean 'explore'" explroe
expect 2 "no list 'kernel'" list kernel
expect 2 'the runs of which file' list runs
expect 2 "'x.db' is too much" list kernels x.db
expect 1 '^saved' explore debate --kernel debate-a --property UAF --brief --save "$work/runs.db"
expect 0 '^saved' run debate --schedule T0 --save "$work/runs.db"
expect 0 '' list runs "$work/runs.db"
output '^  1  debate under debate-a: 19 steps, UAF at step 19$'
output '^  2  debate under v6.9: 1 step$'
output '^ *recorded 20[0-9-]* [0-9:]*$'
expect 0 '' view "$work/runs.db"
output "runs.db: run 1 of 2; 'swapscope list runs FILE.db' shows all"
expect 0 '' view "$work/runs.db:2"
grep -q 'run 2 of' "$work/out" && fail 'view: others are told where one was asked for'
expect 0 '' list runs --json "$work/runs.db"
output '"recorded":	"20.*Z"'
expect 2 'it takes a whole file' list runs "$work/runs.db:2"

expect 0 '' list scenarios
grep -qF '[]' "$work/out" && fail "list scenarios: a scenario without a bug has brackets"
expect 0 '' run debate --schedule T0
output '^1 step; nothing violated$'

# ---- a file that is of another kind: what it is, and which command takes it ----
zstd -dqf traces/samples/two-threads-6.1.trace.zst -o "$work/kind.txt"
cp examples/debate.scn "$work/kind.scn"
sqlite3 "$work/kind.other" 'CREATE TABLE x (a)'
mkdir "$work/kind.folder"
cp "$work/runs.db" "$work/kind.db"
for file in \
	'kind.db:is a trace of recorded runs, and:view, list runs, findings and check take it' \
	'kind.scn:is a scenario, and:explore, run and matrix take it' \
	'kind.txt:is a capture of a kernel, and:import makes a trace of it' \
	'traces/samples/two-threads-6.1-dat.dat:is a capture of a kernel, and:import makes' \
	'traces/samples/two-threads-6.1.trace.zst:is a compressed file, and:import takes it if' \
	'kind.other:is an SQLite database, but not a swapscope trace, and:no command takes it' \
	'kind.folder:is a folder, and:one of its files may be meant'; do
	IFS=: read -r name is takes <<<"$file"
	[ -e "$name" ] || name=$work/$name
	for command in 'explore' 'run' 'matrix' 'catalog' 'view' 'stories' 'check' 'findings' \
		       'sql' "pack -o $work/x.db" "unpack -o $work/x.db" 'list runs' \
		       "import -o $work/x.db"; do
		case $command in
		explore|run|matrix|catalog) needed='a scenario';;
		import*) needed='a capture of a kernel';;
		*) needed='a trace of recorded runs';;
		esac
		case "$is $command" in		# these are right
		*' a trace '*stories) is='is a run of the model:' takes='stories are of captures' needed=;;
		*' a scenario'*explore|*' a scenario'*run|*' a scenario'*matrix) continue;;
		*' a scenario'*catalog) is='is of no bug' takes= needed=;;
		*'a capture'*import*|*'a compressed'*import*) continue;;
		esac
		[[ $is == *' a trace '* && $needed == *' trace '* ]] && continue
		expect 2 "$(basename "$name") $is.*$needed.*$takes" $command "$name"
		IFS=: read -r _ is takes <<<"$file"
	done
done
expect 2 'kind.db is a trace .*, and a scenario' explore "$work/kind.db:1"
expect 2 "no option '--kernel'; it is one of explore, " view --kernel v6.9 "$work/kind.db"
[ ! -e "$work/x.db" ] || fail "a file was written from what is of another kind"
expect 2 'which run' view
expect 2 'missing.db' view "$work/missing.db"
printf 'hello' >"$work/text.db"
expect 2 'text.db' view "$work/text.db"
: >"$work/empty.db"
expect 2 'empty.db' view "$work/empty.db"
sqlite3 "$work/foreign.db" 'CREATE TABLE event(x)'
expect 2 'not a swapscope trace' view "$work/foreign.db"
head -c 20000 "$work/a.db" >"$work/cut.db"
expect 2 'cut.db' view "$work/cut.db"
expect 2 'run 99' view "$work/a.db:99"
expect 2 'follow takes one file' view --follow "$work/a.db" "$work/a.db"
expect 0 '' view --follow "$work/a.db"
expect 2 'foreign.db' explore debate --kernel debate-a --save "$work/foreign.db"
expect 2 '/nonexistent/x.db' explore debate --kernel debate-a --save /nonexistent/x.db
expect 2 'is a folder, and a scenario is needed' explore "$work"
head -c 300000 /dev/zero >"$work/zero.scn"
expect 2 'zero.scn' explore "$work/zero.scn"

# an answer that cannot be written is no answer
"$program" explore writeback-first --json >/dev/full 2>"$work/err"
[ $? = 2 ] && grep -q 'standard output' "$work/err" || { echo "explore >/dev/full"; bad=1; }
expect 2 "no switch 'pim'" explore debate --set pim=none
expect 2 'excludes' run debate --seed 1 --schedule T0

echo "$checks checks"
exit $bad
