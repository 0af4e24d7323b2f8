#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `swapscope diff`: what it prints, what it exits with, and that the other way round it says the same.
set -u
screens=$(realpath "$(dirname "$0")/screens")
here=$(realpath "$(dirname "$0")/..")
. "$(dirname "$0")/command.sh"
program=$(realpath "$program")
cd "$work" || exit 1

# golden NAME: the last command's output is tests/screens/NAME
golden()
{
	checks=$((checks + 1))
	if [ "${SWAPSCOPE_GOLDEN-}" = update ]; then
		cp out "$screens/$1"
	elif ! cmp -s "$screens/$1" out; then
		fail "$1 is different; if that is meant: SWAPSCOPE_GOLDEN=update ctest -R '^diff\$'"
		diff "$screens/$1" out | head -40
	fi
}

# the same words with left and right exchanged, as JSON
cat >turned.py <<'END'
import json, sys
other = {"left": "right", "right": "left"}
def turn(o):
    if isinstance(o, dict):
        return {other.get(k, k): turn(v) for k, v in o.items() if k != "why"}
    if isinstance(o, list):
        o = [turn(x) for x in o]
        return sorted(o, key=json.dumps) if o and "property" in str(o[0]) else o
    return o
def straight(o):
    return turn(turn(o))
a, b = (json.load(open(f)) for f in sys.argv[1:3])
if turn(a) != straight(b):
    sys.exit("the other way round it is not the same")
why = [o.get("life", {}).get("why", "") for o in (a, b)]
words = why[0].replace("left", "\0").replace("right", "left").replace("\0", "right")
if words != why[1]:
    sys.exit("'%s' is not '%s' the other way round" % tuple(why))
END
# mirrored STATUS A B: both ways
mirrored()
{
	local want=$1 left=$2 right=$3
	shift 3
	expect "$want" '' diff --json "$left" "$right" "$@"
	cp out there.json
	expect "$want" '' diff --json "$right" "$left" "$@"
	python3 turned.py there.json out || fail "swapscope diff $left $right"
	expect "$want" '' diff --quiet "$left" "$right"
	[ -s out ] && fail "--quiet prints"
	expect "$want" '' diff "$left" "$right"
}

# ---- bugs of the catalog, with their repairs ----

for bug in B1 B2 B5 B6 B12 B14 B26; do
	"$program" catalog $bug --save $bug.db >/dev/null 2>&1 || fail "catalog $bug"
	mirrored 1 $bug.db:1 $bug.db:2
	cp out two
	expect 1 '' diff $bug.db
	cmp -s two out || fail "diff $bug.db is not diff $bug.db:1 $bug.db:2"
done
expect 1 '' diff B2.db
golden diff-aba.screen
expect 1 '' diff B12.db --all
golden diff-slept-all.screen
expect 1 '' diff B14.db
golden diff-livelock.screen
mirrored 0 B2.db:1 B2.db:1
output '^The same throughout: 47 steps, and the same state after each\.$'
mirrored 1 B1.db:1 B2.db:2
output '^the scenarios differ: aborted-bypass left, aba right; device: zram left, brd right$'
output '^tasks: '

# ---- one schedule under two kernels ----

expect 1 '' diff aba --kernel v6.7 --kernel v6.8
golden diff-kernels.screen
for side in v6.9-rc1:v6.9 v6.9:v6.9-rc1; do
	expect 1 '' diff aborted-bypass --kernel ${side%:*} --kernel ${side#*:} --json
	cp out $side.json
done
python3 turned.py v6.9-rc1:v6.9.json v6.9:v6.9-rc1.json || fail "two kernels"
expect 1 '' diff debate --kernel debate-a --kernel v6.9 --schedule 'T0*7 W*11 T0'
output '^UAF at step 19 of the left run alone; turned away by rule pin: none left, has_cache right$'
output '^[0-9]+ +after step 10 \| 11: another result; rule pin: none left, has_cache right$'
expect 1 '' diff aba --kernel v6.8 --kernel 'v6.8 pin=none' --property MAPPED
output '^the kernels differ in 1 rule: pin: has_cache left, none right$'
expect 0 '' diff debate --kernel v6.9 --kernel 'v6.9 pin=has_cache' --schedule 'T0*7'

# ---- orders ----

"$program" run debate --schedule 'T0 T1 T0*3' --save order.db >/dev/null 2>&1
"$program" run debate --schedule 'T1 T0*4' --save order.db >/dev/null 2>&1
mirrored 1 order.db:1 order.db:2
expect 1 '' diff order.db
golden diff-order.screen

# ---- runs of threads, and captures ----

data=$here/tests/data
mirrored 0 "$data/live-lost.db" "$data/live-lost.db"
mirrored 1 "$data/live-lost.db" "$data/live-reclaim.db"
output '^Not compared: all that is neither in these lives nor before the first difference\.$'
mirrored 1 "$data/live-freed.db" B1.db:1
timeout 100 "$program" live --kernel v6.9 --seconds 0.1 -o live.db >/dev/null 2>&1 || fail live
"$program" unpack live.db -o plain.db >/dev/null 2>&1 || cp live.db plain.db
mirrored 0 live.db plain.db
for c in d-loss-uffdwp-6.8 d-fixed-uffdwp-6.8; do
	"$program" import "$here/traces/captures/$c.trace.zst" -o $c.db >/dev/null 2>&1 ||
		fail "import $c"
done
mirrored 1 d-loss-uffdwp-6.8.db d-fixed-uffdwp-6.8.db
golden diff-captures.screen
cp d-loss-uffdwp-6.8.db again.db
mirrored 0 d-loss-uffdwp-6.8.db again.db
mirrored 1 d-loss-uffdwp-6.8.db B1.db:1
# the same run of the model, but not the same events: that is no same capture
sqlite3 again.db 'UPDATE capture_event SET usage = 77 WHERE id = (SELECT max(id) FROM capture_event)' ||
	fail "capture_event"
mirrored 1 d-loss-uffdwp-6.8.db again.db
output '^The runs are the same, step by step; the events of the captures are not\.$'
# of a kernel that nobody knows there is no run
for c in loss fixed; do
	cp "$here/traces/captures/d-$c-uffdwp-6.8.trace.zst" unknown.trace.zst
	"$program" import unknown.trace.zst -o unknown-$c.db >/dev/null 2>&1
done
mirrored 1 unknown-loss.db unknown-fixed.db
output '^No kernel explains the two captures: there is no run of the model to compare\.$'
output '^Not compared: steps and states;'
mirrored 1 unknown-loss.db B1.db:1
output '^No kernel explains the left capture'
cp unknown-loss.db unknown-again.db
mirrored 0 unknown-loss.db unknown-again.db
output '^The same: all events of the captures\.$'

# ---- what is wrong ----

"$program" explore debate --kernel debate-a --property UAF --save one.db >/dev/null 2>&1
expect 2 'has 1 run, not two' diff one.db
expect 2 'B1.db:1 is one run; which is the other' diff B1.db:1
cp B1.db four.db
"$program" catalog B1 --save four.db >/dev/null 2>&1
expect 2 'has 4 runs, not two' diff four.db
expect 2 'two kernels are needed' diff debate
expect 2 'given twice' diff debate --kernel v6.8
expect 2 'given twice' diff B1.db B2.db --kernel v6.8 --kernel v6.9
expect 2 'for a scenario under two' diff B1.db --schedule T0
expect 2 'one of the two' diff debate --kernel v6.8 --kernel v6.9 --schedule T0 --property UAF
expect 2 'violates that in debate: --schedule' diff debate --kernel v6.8 --kernel v6.9 --property UAF
expect 2 'no kernel .v6.99' diff debate --kernel v6.8 --kernel v6.99
expect 2 'no switch' diff debate --kernel v6.8 --kernel 'v6.8 pim=none'
expect 2 'move 20 can be made under neither kernel' diff debate --kernel v6.8 --kernel v6.9 \
	--schedule 'W*30'
expect 2 'task' diff debate --kernel v6.8 --kernel v6.9 --schedule 'X*3'
expect 2 'one of the two' diff B1.db --json --quiet
expect 2 'No such file' diff missing.db B1.db:1
expect 2 'no run 7' diff B1.db:7 B1.db:1
expect 2 'what is compared' diff
expect 2 'two runs' diff a b c
expect 2 'a scenario' diff "$here/examples/aba.scn" B1.db:1
head -c 20000 B1.db >cut.db
expect 2 'damaged|not a database|malformed' diff cut.db B1.db:1

echo "$checks checks"
exit $bad
