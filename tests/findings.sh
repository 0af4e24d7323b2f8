#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Where properties break in captures of real kernels, by two ways that know nothing of each other:
# the run of the model that explains a capture, and the ledger of its events alone.  And every
# capture that is shipped is explained; under the kernel before or after it, it is not.
set -u
. "$(dirname "$0")/command.sh"

# value QUERY: of the file that is looked at
value() { "$program" sql "$work/$name.db" "$1" | tail -1; }

import()
{
	name=$1
	expect 0 '' import "traces/captures/$name.trace.zst" -o "$work/$name.db"
	output "model: all [0-9,]+ events of slots are a run of it"
}

import d-loss-uffdwp-6.8
expect 1 '' findings "$work/$name.db"
output ': 66 LOST, 66 MAPPED in 7,346 transitions, under v6\.8 load=exclusive$'
output '^  LOST at step 47, stamp 552: kcapwl-90 drops the last copy of page 54 \(slot 787, 0x313\)\.$'
output 'by stamp: the fault at 27; zswap.s copy is erased at 37; lost: the fault gives its copy up at 552; a read finds nothing at 566; what it found is mapped at 571; the workload sees it at 580$'
output 'step 47, stamp 552: kcapwl-90 frees folio 1 in do_swap_page\(\): the last copy of v1 of page 54'
output 'step 17, stamp 16: kcapwl-89 stores entry 1 of slot 787'
output 'losses of data that the events alone tell: 66; wrong contents that the workload saw: 66$'
expect 1 '' findings "$work/$name.db" --all
[ "$(grep -c '^  LOST at step' "$work/out")" = 66 ] || fail "--all does not show all"
# both say the same of every page
python3 - "$work/$name.db" <<'PYTHON' || fail "the model's losses are not the ledger's"
import re, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
model = sorted(int(re.search(r'page (\d+)', text)[1]) for (text,) in
               db.execute("SELECT text FROM finding WHERE property = 'LOST'"))
ledger = sorted(page for (page,) in db.execute('SELECT page FROM capture_loss'))
sys.exit(model != ledger or len(model) != 66)
PYTHON
expect 1 '' findings "$work/$name.db" --json
python3 - "$work/out" <<'PYTHON' || fail "JSON: $(head -c 800 "$work/out")"
import json, sys
o = json.load(open(sys.argv[1]))
f = o['findings'][0]
assert o['kernel'] == 'v6.8 load=exclusive' and o['losses_told_by_events'] == 66
assert f['property'] == 'LOST' and f['step'] == 47 and f['stamp'] == 552
assert f['stamps'] == dict(page=54, lost=552, fault=27, erase=37, abort=552, read=566, mapped=571,
                           corrupt=580)
assert [c['step'] for c in f['causes']] == [47, 37, 17, 1]
PYTHON

import f-loss-twothreads-6.8-nopin
expect 1 '' findings "$work/$name.db"
output ': 1 MAPPED in 114,393 transitions, under v6\.8 load=exclusive pin=none$'
output '^  MAPPED at step [0-9]+, stamp 82253: page 82 gets zeroes \(slot 2343, 0x927\)\.$'
output 'the fault at 82230; zswap.s copy is erased at 82239; a read finds nothing at 82242; lost: what it found is mapped at 82248'
output 'kcapwl-92 reads block 2343 into folio [0-9]+ and finds no data: zeroes'
output 'kcapwl-93 takes entry [0-9]+ of slot 2343 out of the tree in zswap_load\(\)'

for name in d-fixed-uffdwp-6.8 d-ok-uffdwp-6.12 f-ok-twothreads-6.8; do
	import $name
	expect 0 '' findings "$work/$name.db"
	output ': no finding in [0-9,]+ transitions, under '
	output 'losses of data that the events alone tell: 0; wrong contents that the workload saw: 0$'
done

# a kernel without rules here: what the events alone tell
cp traces/captures/d-loss-uffdwp-6.8.trace.zst "$work/unknown.trace.zst"
expect 0 '' import "$work/unknown.trace.zst" -o "$work/x.db"
output 'kernel: not known'
expect 1 '' findings "$work/x.db"
output 'not explained by the model; losses of data that its events alone tell: 66$'
output '^  swap 0x313, page 54: '
expect 1 '' findings "$work/x.db" --json
[ "$(jq '.losses | length' "$work/out")" = 66 ] || fail 'not 66 losses as JSON'
[ "$(jq -c '.losses[0] | [.swap, .stamps.page, .stamps.lost]' "$work/out")" = '["0x313",54,552]' ] ||
	fail 'the first loss is not that of page 54'
expect 2 '--kernel' check "$work/x.db"
expect 2 'which kernel was captured is not known' view "$work/x.db"

# a wrong kernel: where its model has no run for the capture
expect 0 '' import traces/captures/d-loss-uffdwp-6.8.trace.zst -o "$work/w.db" --kernel v6.9
output 'model: [0-9,]+ stretches of slots end in an event that is impossible'
expect 1 '' findings "$work/w.db"
output '^  CONFORM at step [0-9]+, stamp 34: slot 787: the model cannot do what kcapwl-90 did at stamp [0-9]+: z_invent'
[ "$(grep -c 'its events, by stamp' "$work/out")" = "$(grep -cE '^  (LOST|MAPPED)' "$work/out")" ] ||
	fail 'what is no loss has the events of one'

# missing probes: explained by what there is, and nothing is claimed that is only possible
text=$work/f-ok.trace
zstd -qdc traces/captures/f-ok-twothreads-6.8.trace.zst >"$text"
missing()
{
	expect 0 '' import "$work/part.trace" -o "$work/p.db" --kernel v6.8 --set load=exclusive
	output "model: all $1 events of slots are a run of it"
	expect 3 '' findings "$work/p.db"	# none is seen, and not all can be
	output ': no finding in '
	output '^  whether data was lost is not known: '
}
grep -vE ' alloc(_r)?: ' "$text" >"$work/part.trace"
missing 49,726
grep -vE ' fault(_r)?: ' "$text" >"$work/part.trace"
missing 47,854
grep -E '^#|WL| z_[a-z]*(_r)?: ' "$text" >"$work/part.trace"
missing 7,560
output 'possible, but not certain by what the capture shows: [0-9]+'
expect 1 '' check "$work/p.db" --set load=nonexclusive --conformance
grep -vE '_r: ' "$text" >"$work/part.trace"
missing 19,915

# runs of the model have findings too
expect 1 '^saved: ' explore aborted-bypass --kernel v6.9-rc1 --save "$work/m.db"
expect 1 '' findings "$work/m.db:1"
output ': 1 LOST in [0-9]+ transitions, under v6\.9-rc1$'
expect 2 'findings: of which run' findings
expect 2 'No such file' findings "$work/nothing.db"

# ---- the samples: five kernels ----

for sample in traces/samples/*.trace.zst traces/samples/*.dat; do
	expect 0 '' import "$sample" -o "$work/s.db"
	output 'model: all [0-9,]+ events of slots are a run of it'
	expect 0 '' check "$work/s.db" --conformance
	output ': all [0-9,]+ events of [0-9]+ slots are a run of the model, under'
	case $sample in
	*/zero-page-6.12.*)	# the model and the events alone find the same six
		expect 1 '' findings "$work/s.db"
		output ': 6 MAPPED, 6 WBOLD in 2,255 transitions, under 6\.12\.117$'
		output '^  MAPPED at step 1902, stamp 1771: page 4 gets old data in the swap cache \(slot 5, 0x5\)\.$'
		output 'losses of data that the events alone tell: 6; wrong contents that the workload saw: 6$' ;;
	*-few.*)		# without probes that tell of losses
		expect 3 '' findings "$work/s.db"
		output '^  whether data was lost is not known: ' ;;
	*) expect 0 '' findings "$work/s.db" ;;
	esac
done
# SWAP_HAS_CACHE around it, or the locked folio in the swap table: neither is the other
expect 0 '' import traces/samples/two-threads-6.18.trace.zst -o "$work/s.db"
expect 1 '' check "$work/s.db" --kernel v7.3 --conformance
expect 1 '' check "$work/s.db" --kernel v6.12 --conformance
expect 1 '' check "$work/s.db" --set pin=none --conformance
expect 0 '' import traces/samples/two-threads-7.3.trace.zst -o "$work/s.db"
expect 1 '' check "$work/s.db" --kernel v6.18 --conformance
expect 1 '' check "$work/s.db" --set load=if-cached --set pin=has_cache --set bypass=on --conformance
expect 0 '' check "$work/s.db" --kernel v7.3 --conformance
# rules that none of traces/captures can refute
expect 0 '' import traces/samples/uffdmove-7.3.trace.zst -o "$work/s.db"
expect 1 '' check "$work/s.db" --set move=absent --conformance
expect 1 '' check "$work/s.db" --set move=blind --conformance
expect 0 '' import traces/samples/fork-7.3.trace.zst -o "$work/s.db"
expect 1 '' check "$work/s.db" --set fork_exclusive=off --conformance
expect 1 '' check "$work/s.db" --set ttrs=folio --conformance
expect 0 '' import traces/samples/zero-page-6.12.trace.zst -o "$work/s.db"
expect 1 '' check "$work/s.db" --set zero_store=erase --conformance
expect 1 '' check "$work/s.db" --kernel v6.11 --conformance

exit $bad
