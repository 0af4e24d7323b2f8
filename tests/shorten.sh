#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# swapscope shorten: what it says, what it writes, what it refuses.
set -u
. "$(dirname "$0")/command.sh"
program=$(realpath "$program")
here=$(pwd)
cd "$work" || exit 1

# ---- a schedule ----

expect 1 '' shorten debate --kernel debate-a --schedule 'T1*2 T0*3 T1 T0*4 W*11 T0'
output '^debate under debate-a: UAF$'
output '^22 steps, 5 switches -> 19 steps, 2 switches: shortest there is$'
output '^  tried: [0-9,]+ runs with moves left out or in another order; '
output '^T0\*7 W\*11 T0$'
output "^  see: swapscope run debate --kernel debate-a --schedule 'T0\*7 W\*11 T0'$"
# what it prints makes that run
eval "$(sed -n "s/^  see: swapscope/expect 1 ''/p" out)"
output '^19 steps; violated$'

# ---- a run of a file, and the shorter one beside it ----

expect 1 'saved: r.db, run 1' run aborted-bypass --kernel v6.9-rc1 --seed 7 --save r.db
"$program" explore aborted-bypass --kernel v6.9-rc1 --save r.db >explored 2>/dev/null
for run in $("$program" list runs r.db | sed -n 's/^  \([0-9]*\)  .*steps.*at step.*/\1/p'); do
	"$program" shorten "r.db:$run" --json >"short.$run"
	[ $? = 1 ] || fail "shorten r.db:$run: it violates nothing?"
	python3 - "short.$run" <<-'END' || fail "shorten r.db:$run --json"
		import json, sys
		o = json.load(open(sys.argv[1]))
		before, after = o["before"], o["after"]
		assert (after["steps"], after["switches"]) <= (before["steps"], before["switches"]), o
		assert o["result"] in ("shortest there is", "locally minimal"), o
		assert o["tried"]["runs"] > 0 and o["scenario"] == "aborted-bypass", o
	END
done
ls short.* >/dev/null || fail "there was no failing run"
"$program" list runs r.db >before
expect 1 'saved: r.db, run' shorten r.db:2 --save r.db
"$program" list runs r.db >after
[ "$(grep -c '^  [0-9]' after)" = $(($(grep -c '^  [0-9]' before) + 1)) ] ||
	fail "the shorter run is not beside the others"
last=$(sed -n 's/^  \([0-9][0-9]*\)  .*/\1/p' after | tail -1)
"$program" sql r.db "SELECT title, verdict FROM run WHERE id = $last" >out
output 'shortened from r.db:2: [0-9]+ steps'
output 'violated: [A-Z]+, [0-9]+ steps, (shortest there is|locally minimal)'
expect 0 '' check --conformance "r.db:$last"
# -o: a trace of its own, in the place of one that is there; not of the one that is read
expect 1 'saved: s.db, run 1' shorten r.db:2 -o s.db
expect 1 'saved: s.db, run 1' shorten r.db:2 -o s.db
"$program" list runs s.db | grep -q '^  2 ' && fail "-o adds to a trace"
expect 2 'is what is read' shorten r.db:2 -o r.db

# ---- a cost, a property of several, bounds ----

expect 0 '' shorten slept --kernel v6.9 --property SLEPT --schedule "$("$program" explore slept \
	--kernel v6.9 --json --property SLEPT | python3 -c '
import json, sys
print(json.load(sys.stdin)["costs"][0]["schedule"])')"
output 'under v6.9: SLEPT$'
expect 1 '' shorten debate --kernel debate-a --states 10 --schedule 'T0*7 W*11 T0'
output '^19 steps, 2 switches -> 19 steps, 2 switches: locally minimal$'
output 'a longer (one|search)'

# ---- in the debugger ----

lines() { checks=$((checks + 1)); "$program" step debate "$@" --lines <commands >out 2>&1; }
printf 'shorten\nquit\n' >commands
lines --kernel debate-a --schedule 'T1*2 T0*3 T1 T0*4 W*11 T0'
output '^step 22 of 22: T0: zswap_load: zswap_decompress'
output '^right: step 19 of 19: T0: zswap_load: zswap_decompress'
output '^19 steps, 2 switches; there 22, 5: the shortest there is$'
lines --kernel v6.9 --schedule 'T0*3'
output 'this run violates nothing'
printf 'shorten NOTHING\nshorten LOST\nquit\n' >commands
lines --kernel debate-a --schedule 'T0*7 W*11 T0'
output "no property 'NOTHING'"
output 'this run violates no such property'

# ---- refused, in one line ----

expect 2 'violates nothing: there is nothing to keep' shorten debate --schedule 'T0*3'
expect 2 'does not violate LOST; it has UAF' shorten debate --kernel debate-a \
	--schedule 'T0*7 W*11 T0' --property LOST
expect 2 'of a run without end' shorten debate --schedule 'T0*3' --property LIVELOCK
expect 2 "at 'T9'" shorten debate --schedule 'T0 T9'
expect 2 'move 3' shorten debate --schedule 'T0 T0 T1/9'
expect 2 'SCENARIO --schedule TEXT' shorten r.db --kernel v6.9
expect 2 'one --property at a time' shorten r.db:2 --property UAF --property LOST
expect 2 'debate is a scenario: --schedule TEXT says which run of it' shorten debate
expect 2 'is a scenario' shorten "$here/examples/debate.scn"
expect 2 'No such file' shorten nothing
expect 2 'a run is needed' shorten
expect 2 'r.db' shorten r.db:99
expect 2 'a run is needed' shorten a b
expect 2 '/nowhere/x.db' shorten debate --kernel debate-a \
	--schedule 'T0*7 W*11 T0' -o /nowhere/x.db
"$program" live --kernel v6.9 --seconds 0.2 -o live.db >/dev/null 2>&1
expect 2 'recorded from threads' shorten live.db
zstd -dqc "$here/traces/samples/two-threads-6.1.trace.zst" >trace.txt
cp "$here/traces/samples/two-threads-6.1.meta" trace.txt.meta
"$program" import trace.txt -o capture.db >/dev/null 2>&1
expect 2 'capture' shorten capture.db

echo "$checks checks"
exit $bad
