#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the program tells of every shipped capture, compared with a witness that reads the text by
# itself; and what `stories` says to good and bad questions.
set -u
swapscope=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() { echo "$*"; bad=1; }

# ---- two opinions ----

shopt -s nullglob
shipped=(traces/captures/*.trace.zst traces/samples/*.trace.zst)
for capture in "${shipped[@]}"; do
	name=$(basename "$capture" .trace.zst)
	"$swapscope" import "$capture" -o "$work/$name.db" >"$work/import" ||
		complain "$name: import ended with $?"
	grep -q 'faults, by what they came to' "$work/import" || complain "$name: import tells no outcomes"
	"$swapscope" stories "$work/$name.db" --json >"$work/$name.json" ||
		complain "$name: stories ended with $?"
done
python3 tests/capture_witness.py "${shipped[@]}" >"$work/witness" || complain "no witness"
python3 - "$work" <<'END' || bad=1
import json
import sys

work, bad = sys.argv[1], 0
wrong = {"d-loss-uffdwp-6.8": 66, "f-loss-twothreads-6.8-nopin": 1, "zero-page-6.12": 6}  # losses
for line in open(work + "/witness"):
    want = json.loads(line)
    name = want["capture"]
    told = json.load(open(work + "/" + name + ".json"))
    totals = told["totals"]
    pairs = [("faults", told["faults"], want["faults"]),
             ("stores", totals["stores"] + totals["refused"], want["stores"]),
             ("loads", totals["loads"] + totals["misses"], want["loads"]),
             ("corrupt", totals["corrupt"], want["corrupt"]),
             ("losses", len(told["losses"]), wrong.get(name, 0)),
             ("swap_map", want["swap_map"]["differ"] + want["swap_map"]["unknown"], 0)]
    for what, program, witness in pairs:
        if program != witness:
            print("%s: %s: told %s, the witness %s" % (name, what, program, witness))
            bad = 1
    if any("corrupt" not in loss for loss in told["losses"]):
        print("%s: a loss that the workload did not see" % name)
        bad = 1
sys.exit(bad)
END
[ "$(wc -l <"$work/witness")" -ge 7 ] || complain "fewer than seven captures"

# ---- a slot, a page, all faults ----

db=$work/d-loss-uffdwp-6.8.db
loss=$("$swapscope" stories "$db" | grep -A2 'page 54: the last copy')
case $loss in
*"552  swap 0x313, life 1"*"the fault at 27, zswap's copy goes at 37"*"the workload sees it at 580"*) ;;
*) complain "the first loss: $loss" ;;
esac
"$swapscope" stories "$db" 0x313 >"$work/slot" || complain "a slot: $?"
[ "$(wc -l <"$work/slot")" = 35 ] || complain "slot 0x313 has $(wc -l <"$work/slot") lines"
grep -q '^ *38  kcapwl-90 *\[001\]   zswap_load: loaded from zswap$' "$work/slot" ||
	complain "slot 0x313: no load at 38, indented under its fault"
grep -qE '^ *580 .*WL CORRUPT .*pg=54 .*got=0' "$work/slot" || complain "slot 0x313: nobody sees the loss"
"$swapscope" stories "$db" $((0x313)) | cmp -s - "$work/slot" || complain "787 is not 0x313"
"$swapscope" stories "$db" page 54 >"$work/page" || complain "a page: $?"
[ "$(grep -c -e '^---- swap' "$work/page")" = 2 ] || complain "page 54 is not in two slots"
grep -q 'WL CORRUPT who=uffdwp t=1 pg=54' "$work/page" || complain "page 54: its marks are missing"
[ "$("$swapscope" stories "$db" --faults | wc -l)" = 196 ] || complain "not 196 faults"
for question in "" --faults 0x313 "page 54"; do
	"$swapscope" stories "$db" $question --json | python3 -m json.tool >/dev/null ||
		complain "'$question' --json is not JSON"
done
views=$("$swapscope" sql "$db" "SELECT outcome, faults FROM v_fault_outcomes; SELECT count(*) FROM v_slot_story
	WHERE swap = '0x313'; SELECT count(*), min(lost), min(erased) FROM v_loss; SELECT count(*) FROM v_fault")
[ "$views" = "bypass, mapped|105
bypass, discarded (pte changed)|91
32
66|552|37
196" ] || complain "views: $views"

# ---- the cookbook's recipes of captures, which say the answers ----
for n in $(grep -n '' docs/trace-format.md | sed -n 's/^[0-9]*:### \([0-9]*\)\..* capture.*/\1/p') 18; do
	"$swapscope" sql "$db" >"$work/answer" <<<".cookbook $n" && [ -s "$work/answer" ] ||
		complain ".cookbook $n has no answer"
	cat "$work/answer" >>"$work/answers"
done
for answer in 'bypass, discarded (pte changed)|91' '54|0x313|27|37|552|566|571|580' \
	'1|7|kcapwl-89|0|allocated|' '1|22544|kcapwl-90|1|zram drops its block|'; do
	grep -qxF "$answer" "$work/answers" || complain "the cookbook does not answer '$answer'"
done

# ---- a capture that is changed: lost events, another return value, a line less ----

text=$work/text.trace
zstd -qdc traces/captures/d-loss-uffdwp-6.8.trace.zst >"$text"
# change SED-SCRIPT: import what it makes of the capture, in place of the one before
change()
{
	sed -E "$1" "$text" >"$work/changed.trace"
	"$swapscope" import "$work/changed.trace" --kernel v6.8 -o "$work/changed.db" >"$work/import" ||
		complain "changed by $1: import ended with $?"
	"$swapscope" stories "$work/changed.db" --json >"$work/changed.json"
	"$swapscope" stories "$work/changed.db" --faults | head -1 >"$work/first"
}
# expect LOSSES TEXT: so many, and the first fault with that in its line
expect()
{
	local losses
	losses=$(python3 -c 'import json, sys; print(len(json.load(sys.stdin)["losses"]))' \
		<"$work/changed.json")
	[ "$losses" = "$1" ] || complain "$losses losses, not $1: $2"
	grep -qF -- "$2" "$work/first" || complain "not '$2': $(cat "$work/first")"
}
# agree: the witness says the same of the changed text
agree()
{
	python3 tests/capture_witness.py "$work/changed.trace" >"$work/witness"
	python3 - "$work" <<'END' || bad=1
import json
import sys

told = json.load(open(sys.argv[1] + "/changed.json"))["faults"]
want = json.load(open(sys.argv[1] + "/witness"))["faults"]
if told != want:
    print("changed: told %s, the witness %s" % (told, want))
sys.exit(told != want)
END
}
change '/ 40: tracing_mark/i CPU:1 [LOST 12 EVENTS]'
expect 65 'not known (events were lost)'
change '/ 33: prep_r/s/ret=0/ret=-17/; / (3[4-9]|55[2-5]|567): /d; / 566: /s/ret=0/ret=1/'
expect 65 'bypass refused (swapcache_prepare -17)'
agree
change '/ 552: /{s/clr: .*/sfree: (swap_free+0x4\/0x30) ent=0x313/}'
expect 66 'bypass, mapped (bypass, from zswap)'
agree
change '/ (3[67]): /d; / 566: /s/ret=0/ret=1/; / 567: /d'
expect 65 'bypass, discarded (pte changed) (bypass, from zswap)'
agree
change '/ 556: /d'
expect 66 'not over'

# ---- a page of zeroes whose slot's old entry was written back; the same with one line more or less ----

zstd -qdc traces/samples/zero-page-6.12.trace.zst >"$text"
# old LOSSES SED-SCRIPT [TEXT]: so many are told of what it makes of the capture, the first with that
old()
{
	sed -E "$2" "$text" >"$work/changed.trace"
	"$swapscope" import "$work/changed.trace" --kernel v6.12 -o "$work/changed.db" >"$work/import" ||
		complain "zeroes changed by $2: import ended with $?"
	"$swapscope" sql "$work/changed.db" "SELECT lost, swap, page, erased, mapped, corrupt, text
		FROM v_loss ORDER BY lost" >"$work/losses"
	[ "$(wc -l <"$work/losses")" = "$1" ] || complain "$(wc -l <"$work/losses") losses, not $1: $2"
	grep -qxF "${3:-}" <(head -1 "$work/losses") || complain "not '${3:-}': $(head -1 "$work/losses")"
}
told='a fault mapped older content, which zswap had kept and written back'
second="1966|0x7|6|1788|1966|1968|$told"
old 6 '' "1950|0x5|4|1771|1950|1952|$told"
# the entry is not seen to be written back; it is replaced by a store; nobody is seen to map the page
old 5 '/ 1771: z_free/d' "$second"
old 5 '/ 1646: ffs/s,ffs: .* folio,z_store: (zswap_store+0x4/0x910) folio,
	/ 1647: /s,ffs_r: .*,z_store_r: (swap_writepage+0x109/0x300 <- zswap_store) ret=1,' "$second"
old 5 '/ 1950: sfree_nr/d' "$second"

# ---- v7.x, of which nothing says which kernel it is, and all of it but the lookups ----

zstd -qdc traces/samples/two-threads-7.3.trace.zst >"$text"
for changed in 's/^$//' '/ sc_get(_r)?: /d'; do
	sed -E "$changed" "$text" >"$work/changed.trace"
	"$swapscope" import "$work/changed.trace" -o "$work/changed.db" >"$work/import" ||
		complain "v7.3 changed by $changed: import ended with $?"
	"$swapscope" stories "$work/changed.db" --json >"$work/changed.json"
	"$swapscope" stories "$work/changed.db" --faults | sed -n 2p >"$work/first"
	expect 0 'folio found in swap cache (swap_cache_alloc_folio -17)'
	[ "$("$swapscope" sql "$work/changed.db" "SELECT sum(faults) FROM v_fault_outcomes
		WHERE outcome LIKE 'read through%'")" -ge 32 ] || complain "v7.3: who read is not told"
done
"$swapscope" stories "$work/changed.db" 0x21 | grep -q 'zswap_load: loaded from zswap$' ||
	complain "v7.3: a load that returns 0 has not loaded"

# ---- what cannot be answered: one line, 2 ----

refuse()
{
	local text=$1
	shift
	"$swapscope" stories "$@" >"$work/out" 2>"$work/err"
	local status=$?
	[ $status = 2 ] || complain "stories $*: exit status $status"
	[ "$(wc -l <"$work/err")" = 1 ] && grep -qF -- "$text" "$work/err" ||
		complain "stories $*: '$(cat "$work/err")' is not the line about '$text'"
}
refuse 'which trace?'
refuse 'no event about swap slot 0x63' "$db" 99
refuse 'is no swap slot' "$db" slot
refuse 'no fault on page 999' "$db" page 999
refuse 'is no page' "$db" page x
refuse 'too much' "$db" 1 2
refuse 'no slot and no page' "$db" --faults 0x313
refuse 'is a run of the model' tests/data/format1.db
refuse 'no-such' "$work/no-such.db"
refuse '--bad' "$db" --bad
exit $bad
