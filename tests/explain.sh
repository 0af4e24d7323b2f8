#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `explain`: whole texts of findings, of every kind of run, and of lives; JSON; what it refuses.
# SWAPSCOPE_GOLDEN=update writes the golden texts anew.
set -u
. "$(dirname "$0")/command.sh"
golden=tests/screens
seen=$work/seen

# golden NAME: the last output is that text, without the scratch folder's name
golden()
{
	checks=$((checks + 1))
	sed "s,$work/,," "$work/out" >"$seen"
	[ "${SWAPSCOPE_GOLDEN:-}" != update ] || cp "$seen" "$golden/explain-$1.screen"
	diff -u "$golden/explain-$1.screen" "$seen" || fail "explain $1 changed (SWAPSCOPE_GOLDEN=update writes it)"
	[ "$(wc -l <"$seen")" -le 45 ] || fail "explain $1 is longer than 45 lines"
	awk 'length > 100 { exit 1 }' "$seen" || fail "explain $1 is wider than 100"
}

# ---- findings of the model: the debate, v6.9-rc1, and what has another shape ----

expect 1 '' explain debate --kernel debate-a --property UAF
golden uaf
expect 1 '' explain aborted-bypass --kernel v6.9-rc1
golden lost
expect 1 '' explain writeback-cleanup --kernel v6.5 --property FOLIO
golden folio
expect 1 '' explain alloc-swapoff --kernel v6.12 --set alloc_check=off --property OFF
golden off
expect 1 '' explain pin-busy --kernel v6.8 --set wait=none --property LIVELOCK
golden livelock
expect 1 '' explain store-disabled --kernel v6.7 --property MAPPED
golden mapped
expect 0 '' explain slept --kernel v6.8 --property SLEPT
golden slept
# where the runs part first is not what turns the violation away
for of in '1 writeback-cleanup v6.7 FOLIO|is turned away by the rule cleanup (off here, on there)' \
	  '0 slept v6.9 SLEPT|each of these rules alone turns the SLEPT away: wait (tick here, wakeup there), tree'; do
	set -- ${of%%|*}
	expect "$1" '' explain "$2" --kernel "$3" --property "$4"
	tr -s '\n ' ' ' <"$work/out" | grep -qF "${of#*|}" || fail "explain $2: which rule turns it away"
done

# safe of what was asked for is not safe, and one run is not the file
expect 0 '' explain aba --kernel v6.7 --property UAF
output 'in any interleaving, of what was asked for$'
expect 0 saved run debate --kernel v6.9 --seed 1 --save "$work/two.db"
expect 1 saved run debate --kernel debate-a --schedule 'T0*7 W*11 T0' --save "$work/two.db"
expect 0 '' explain "$work/two.db"
output 'nothing is violated in this run .run 1 of a file of 2 runs.$'

# a graph has no steps: nothing is said of them, least of all that they are the same or safe
expect 1 'a graph' explore aba --kernel v6.7 --save-graph "$work/graph.db"
for command in explain findings shorten diff; do
	expect 2 'is a graph' $command "$work/graph.db" $([ $command != diff ] || echo "$work/graph.db")
done

# ---- of threads, and of captures: with their lines and stamps ----

for name in freed unlinked; do
	expect 1 '' explain tests/data/live-$name.db
	golden live-$name
done
for name in d-loss-uffdwp-6.8 f-loss-twothreads-6.8-nopin; do
	expect 0 '' import traces/captures/$name.trace.zst -o "$work/$name.db"
	expect 1 '' explain "$work/$name.db"
	golden "${name%-6*}"
done
# a line and a stamp are those of an event beside the step
expect 1 '' explain "$work/d-loss-uffdwp-6.8.db" --json
python3 - "$work/out" "$work/d-loss-uffdwp-6.8.db" <<'PYTHON' || fail "the events of a capture"
import json, sqlite3, sys
steps = json.load(open(sys.argv[1]))['steps']
events = {(line, stamp) for line, stamp in
          sqlite3.connect(sys.argv[2]).execute('SELECT line, stamp FROM capture_event')}
assert all((s['line'], s['stamp']) in events for s in steps if 'line' in s)
assert sum('line' in s for s in steps) > 5
PYTHON

# ---- lives ----

expect 1 'saved' explore debate --kernel debate-a --property UAF --brief --save "$work/a.db"
expect 0 '' explain "$work/a.db" entry 1
golden life-entry
expect 0 '' explain "$work/a.db" s0
expect 0 '' explain "$work/a.db" 0x0
output 'slot 0, changed by 3 steps of 19'
expect 0 '' explain "$work/d-loss-uffdwp-6.8.db" 0x313
golden life-capture
expect 0 '' explain "$work/f-loss-twothreads-6.8-nopin.db" entry 2
output '^ +\.\.  the first [0-9]+ are left out: --all shows them$'
[ "$(grep -c '^ *[0-9]* *line [0-9]' "$work/out")" -le 100 ] || fail "more than a hundred events"
expect 0 '' explain "$work/d-loss-uffdwp-6.8.db" page 54
output '^ *62  line [0-9]+, @574  !! MAPPED  kcapwl-90 maps folio 1 .zeroes. as page 54'

# ---- one of several; as data ----

expect 1 '' explain "$work/d-loss-uffdwp-6.8.db" --finding 2
output ': MAPPED at step 62 of 7346'
expect 1 '' explain "$work/d-loss-uffdwp-6.8.db" --property MAPPED
output ': MAPPED at step 62 of 7346'
expect 1 '' explain "$work/a.db" --json
python3 - "$work/out" <<'PYTHON' || fail "JSON: $(head -c 800 "$work/out")"
import json, sys
o = json.load(open(sys.argv[1]))
assert o['property'] == 'UAF' and o['step'] == 19 and not o['cost']
steps = o['steps']
assert [s['step'] for s in steps] == [2, 6, 8, 11, 12, 14, 17, 18, 19]
assert [s['role'] for s in steps][-2:] == ['free', 'finding']
assert steps[7]['object'] == dict(kind='entry', number=1) and steps[7]['task'] == 'W'
assert o['switches_needed'] == 1 and o['switches'][0]['after_step'] == 7
assert o['switches'][0]['task'] == 'T0' and o['schedule'] == 'T0*7 W*14 T0'
PYTHON
expect 0 '' explain "$work/a.db" entry 1 --json
python3 - "$work/out" <<'PYTHON' || fail "JSON: $(head -c 800 "$work/out")"
import json, sys
o = json.load(open(sys.argv[1]))
assert [e['step'] for e in o['life']] == [6, 14, 18]
assert o['life'][2]['role'] == 'free' and 'state live -> free' in o['life'][2]['changes']
PYTHON

# ---- nothing to explain; nothing known; what is wrong ----

expect 0 '' explain debate --kernel v6.9 --property UAF
output '^debate under v6\.9: nothing is violated'
expect 3 '' explain debate --kernel v6.9 --max-states 1000
output 'nothing was found as far as was searched'
expect 0 'saved' run debate --kernel v6.9 --steps 20 --save "$work/n.db"
expect 0 '' explain "$work/n.db"
output 'nothing is violated in this run$'
expect 2 "has 1 finding: --finding is 1 \.\. 1" explain "$work/a.db" --finding 2
expect 2 "'foo' is no object" explain "$work/a.db" foo
expect 2 "has no folio 9" explain "$work/a.db" folio 9
expect 2 "is a recorded run" explain "$work/a.db" --kernel v6.8
expect 2 "is for a recorded run" explain debate --finding 1
expect 2 "excludes --property" explain "$work/a.db" --finding 1 --property UAF
expect 2 "a finding or an object" explain "$work/a.db" --finding 1 slot 0
expect 2 "debatte" explain debatte
expect 2 "No such file" explain "$work/none.db"
expect 2 "README" explain traces/captures/README.md

[ $bad = 0 ] && echo "$checks checks"
exit $bad
