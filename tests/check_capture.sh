#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `swapscope check` of captures: what it says, its exit statuses, and its JSON.
set -u
. "$(dirname "$0")/command.sh"

loss=traces/captures/d-loss-uffdwp-6.8.trace.zst
expect 0 '' import "$loss" -o "$work/d.db"

# two verdicts: it conforms, and it lost data
expect 1 '' check "$work/d.db"
output 'd\.db: the kernel lost data 66 times, and the workload saw wrong contents 66 times; .*stories'
output 'd\.db: all 6,213 events of 124 slots are a run of the model, under v6\.8 load=exclusive$'
output 'as it was read: 39 times what was written last, 66 times not'
output 'after 3,760 events more than one world is possible, at most 25 at once; they differ in:'
output 'calls of the model that no event shows: '
output 'not checked: other slots'

expect 1 '' check "$work/d.db" --set pin=none --conformance
output 'd\.db: event 28 is impossible, under v6\.8 load=exclusive pin=none$'
output 'line 40, stamp 30, CPU 1, kcapwl-90:$'
output '^    prep: \(swapcache_prepare\+0x4/0x20\) ent=0x313$'
output 'the model would have: swap_read_folio\(\), in zswap_load: spin_lock'
output 'swap slot 0x313 before it, in one of the possible worlds:'
output '105 stretches of slots end in an event that is impossible'
output 'swapcache_prepare\(\), and not swap_read_folio.*; 105 in all$'
# the command that it names shows the slot's events
query=$(sed -n 's/^  all of this slot: swapscope sql [^ ]* "\(.*\)"$/\1/p' "$work/out")
expect 0 '' sql "$work/d.db" "$query"
output 'swapcache_prepare'

expect 1 '' check "$work/d.db" --kernel v6.9 --conformance
output 'event 34 is impossible, under v6\.9$'
expect 1 '' check "$work/d.db" --kernel v7.3 --device disk --conformance
expect 1 '' check "$work/d.db" --kernel v6.8 --set load=exclusive
expect 0 '' check "$work/d.db" --kernel v6.8 --set load=exclusive --conformance

expect 1 '' check "$work/d.db" --json
jq -e '.[0] | .data == "lost" and .losses == 66 and .wrong_contents == 66 and
       .events_lost == 0 and .losses_unordered == 0' \
	"$work/out" >/dev/null || fail "JSON of a loss: $(head -c 600 "$work/out")"
jq -e '.[0] | .kind == "capture" and .verdict == "conforms" and .events == 6213 and
       .explained == 6213 and .refuted == 0 and .read_wrong == 66 and (.impossible | length) == 0 and
       .kernel == "v6.8 load=exclusive" and .device == "zram" and (.not_shown | length) > 0' \
	"$work/out" >/dev/null || fail "JSON of a run of the model: $(head -c 600 "$work/out")"
expect 1 '' check "$work/d.db" --set pin=none --json --conformance
jq -e '.[0] | .verdict == "refuted" and .refuted == 105 and (.impossible[0] |
       .event == 28 and .stamp == 30 and .line == 40 and .thread == "kcapwl-90" and
       .swap == "0x313" and .times == 105 and (.instead | length) == 1)' \
	"$work/out" >/dev/null || fail "JSON of an impossible event: $(head -c 600 "$work/out")"

# several files, one of them a run of the model itself
expect 1 '^saved: ' explore debate --kernel debate-a --save "$work/m.db"
expect 0 '' check "$work/d.db" "$work/m.db:1" --json --conformance
jq -e 'length == 2 and .[1].kind == "model" and .[1].verdict == "conforms"' "$work/out" >/dev/null ||
	fail "JSON of two files: $(head -c 300 "$work/out")"
# a run of the model that violates a property is one, and violates it
expect 1 '' check "$work/m.db:1"
output 'all 19 transitions are as the model makes them'
output 'it violates UAF: in the model at transition 19$'
expect 2 'are for captures' check "$work/m.db" --kernel v6.9
expect 2 "no kernel 'v9'" check "$work/d.db" --kernel v9
expect 2 'pin is one of' check "$work/d.db" --set pin=maybe
expect 2 'zram, brd, disk' check "$work/d.db" --device tape
expect 2 "no option '--frobnicate'" check "$work/d.db" --frobnicate
expect 2 'which trace' check

# a kernel that nothing says, and a part of a capture
zstd -dcq "$loss" | sed -n '13,60p' >"$work/part.txt"
expect 0 '' import "$work/part.txt" -o "$work/p.db"
expect 2 'which kernel was captured is not known; --kernel NAME' check "$work/p.db"
expect 2 'which kernel was captured is not known' check "$work/p.db" --set load=exclusive
# a part that says nothing of allocations: it conforms, and nothing is known of losses
expect 3 '' check "$work/p.db" --kernel v6.8 --set load=exclusive
output 'whether data was lost is not known: '
expect 0 '' check "$work/p.db" --kernel v6.8 --set load=exclusive --conformance
expect 1 '' check "$work/p.db" --kernel v6.9 --conformance

# nothing to check, and lost events
grep -v 'ent=\|off=\|fault\|alloc' "$work/part.txt" >"$work/none.txt"
expect 0 '' import "$work/none.txt" -o "$work/n.db"
expect 3 '' check "$work/n.db" --kernel v6.8
output 'nothing to check'
sed '20,25d' "$work/part.txt" | sed '19a CPU:0 [LOST 6 EVENTS]' >"$work/lost.txt"
expect 0 '' import "$work/lost.txt" -o "$work/l.db"
expect 3 '' check "$work/l.db" --kernel v6.8 --set load=exclusive
output 'whether data was lost is not known: '
expect 0 '' check "$work/l.db" --kernel v6.8 --set load=exclusive --conformance
output 'the kernel lost events in 1 places'
output 'not looked at: [0-9]+ events of calls that were under way'

# what no kernel does: a world that would have to break a rule of the kernel's own is none
for name in unlock-other two-allocations no-slot; do
	expect 0 '' import "tests/data/conform/$name.trace" -o "$work/odd.db"
	expect 0 '' check "$work/odd.db" --conformance
done

# a loss that only the order of the clock decides is none, and "none" is not said either
expect 0 '' import traces/captures/f-ok-twothreads-6.8.trace.zst -o "$work/ok.db"
output '  data: no loss of data is seen$'
expect 0 '' check "$work/ok.db"
output 'ok\.db: no loss of data is seen$'
sqlite3 "$work/ok.db" "UPDATE capture_total SET times = 2 WHERE what LIKE 'lives whose order%'"
expect 3 '' check "$work/ok.db"
output 'whether data was lost is not known: in 2 lives of slots the order of'
expect 0 '' check "$work/ok.db" --conformance
sqlite3 "$work/ok.db" "UPDATE capture_total SET times = 1 WHERE what = 'losses of data'"
expect 1 '' check "$work/ok.db"
output 'the kernel lost data 1 time; there may be more: in 2 lives of slots'
sqlite3 "$work/ok.db" "DELETE FROM capture_total"
expect 3 '' check "$work/ok.db"
output 'not known: its story was not told to its end'

# a call about very many slots costs no more than those of them that the capture has
sed 's/nr=8$/nr=65536/' <<END >"$work/many.txt"
# SPDX-License-Identifier: GPL-2.0-only
$(for i in $(seq 1 200); do
	echo "            task-100   [000] ......     $i: fsac_nr: (free_swap_and_cache_nr+0x4/0x490) ent=0x226 nr=8"
done)
END
expect 0 '' import "$work/many.txt" -o "$work/many.db" --plain
SECONDS=0
timeout 60 "$program" check "$work/many.db" --kernel v6.12 >"$work/out" 2>&1
[ $SECONDS -lt 20 ] || fail "200 calls with nr=65536 took $SECONDS s"
output 'impossible|run of the model'

exit $bad
