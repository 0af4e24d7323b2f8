#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# swapscope why, as a user meets it: tables, formats, exit statuses; docs/rules.md is what it prints.
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() { echo "$*"; bad=1; }

# run STATUS WORDS...: into $work/out and $work/err
run()
{
	local want=$1 status
	shift
	"$program" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ $status = "$want" ] || complain "exit status $status instead of $want: $program $*" \
		"$(head -c 400 "$work/err")"
	last="$program $*"
}
says() { grep -Eq -- "$1" "$work/out" || complain "no '$1' in: $last"; }
never() { grep -Eq -- "$1" "$work/out" && complain "'$1' in: $last"; }
error() { [ "$(wc -l <"$work/err")" = 1 ] && grep -Eq -- "$1" "$work/err" ||
	complain "no single line '$1' on standard error of: $last: $(cat "$work/err")"; }

# the debate's two rules, with the pin and without
run 0 why aba --kernel v6.9 --rule pin=none --rule refcount
says '^as it is     safe, 13,806 states'
says '^needed: without it'
says '^  pin=has_cache +none +MAPPED LOST UAF STALE +46 +53,077'
says '^absent and not missed$'
says '^  refcount=off +on '
says '      \+ zswap_load: zswap_entry_put\(tree, entry\) \([0-9,]+ transitions\)'
says 'RETRIED gone: in [0-9,]+ of the transitions, then 0'
run 1 why aba --kernel v6.9 --set pin=none --rule refcount --rule pin=has_cache
says '^would be needed: with it less is violated'
says '^  refcount=off +on +UAF .*is not enough: MAPPED LOST STALE'
says '^  pin=none +has_cache +MAPPED LOST UAF STALE .*is enough'

# what a scenario does not put to the test
run 0 why tests/scenarios/alone.scn --kernel v6.9 --text
says "a test that always has one answer: recheck=on -> off \('zswap_rb_search\(tree, offset\) == entry"
says 'load_put=linked -> blind \(refcount=off\)'
never '^  (recheck|pte_recheck|fork_exclusive)=on +off'

# whole tables, in each format
for scenario in aborted-bypass double-invalidate uffd-wp; do
	run 0 why $scenario --kernel v6.9 --json
	[ "$(jq '[.rules[] | select(.verdict == "needed" and .rule == "load=if-cached")] | length > 0' \
		"$work/out")" = true ] || [ $scenario = double-invalidate ] ||
		complain "$scenario: no need of if-cached in JSON"
	[ "$(jq '.rules | length' "$work/out")" -gt 60 ] || complain "$scenario: too few rules"
	[ "$(jq '[.rules[] | select(.verdict == "waits" or .verdict == "unknown")] | length' \
		"$work/out")" = 0 ] || complain "$scenario: a rule is undecided"
	[ "$(jq '[.rules[] | select(.verdict == "needed") | select((.schedule | length) < 2)] | length' \
		"$work/out")" = 0 ] || complain "$scenario: a need without its schedule"
done
# each need can be replayed by its own command
jq -r '.rules[] | select(.verdict == "needed") | .command' "$work/out" | head -3 >"$work/commands"
while read -r command; do
	(set -- $command; shift; "$program" "$@" >/dev/null 2>&1)
	[ $? = 1 ] || complain "does not show a violation: $command"
done <"$work/commands"
run 0 why uffd-wp --kernel v6.9 --markdown
says '^\| `load=if-cached` \| `exclusive` \| needed for MAPPED LOST \| 21 \| 180 \|'

# pairs: each can go, but not both
run 0 why reclaim-swapoff --kernel v6.9 --set invalidate=drain --rule inuse --rule off_lock --pairs
says '^1 pairs of flips that alone break nothing: 1 break something'
says 'inuse=late off_lock=on +inuse=early off_lock=off +OFF '

# many scenarios: the smallest that needs a rule, or that none does
run 0 why uffd-wp double-invalidate aba --all --kernel v6.9 --rule load=exclusive --rule pin=none \
	--rule refcount
says '^every rule of v6.9, over 3 scenarios'
says '^  load=if-cached +exclusive +needed for MAPPED LOST +uffd-wp +21 +180'
says '^  refcount=off +on +missed in none of the [23] scenarios that exercise it'

# the thesis and its proof
run 0 why aborted-bypass --kernel v6.9 --thesis --proof --json
[ "$(jq '.thesis | length' "$work/out")" = 12 ] || complain "the thesis has 12 cells"
[ "$(jq '[.proof.steps[] | select(.failed > 0)] | length' "$work/out")" = 0 ] ||
	complain "a step of the proof fails in v6.9"
run 0 why aborted-bypass --kernel v6.9 --thesis --text
says "^pin=has_cache, no count +MAPPED LOST +safe +safe"
run 0 why aborted-bypass --kernel v6.9 --thesis --markdown
says "pin=has_cache, no count"
run 0 why writeback-race --kernel v6.8 --proof
says '^  u3  .* FAILS in [0-9,]+ of [0-9,]+$'
says '^  r5  fails after [0-9]+ steps: swapscope run writeback-race --kernel v6.8 --schedule'
run 0 why uffd-wp swapoff --all --proof --kernel v7.0
says 'the pin is the folio in the swap table'
says '^  T   .*never put to the test'

# wrong words, bounds, files
run 2 why
error 'one SCENARIO is needed, or --all'
run 2 why aba aborted-bypass
error 'one SCENARIO is needed'
run 2 why aba --rule pinn=none
error "pinn"
run 2 why aba --rule pin=nine
error 'pin is one of none'
run 2 why aba --kernel v6.9 --rule pin=has_cache
error '^swapscope: --rule pin=has_cache: so it is in this kernel'
run 2 why aba --json --markdown
error 'one of --text, --json and --markdown'
run 2 why aba --thesis --pairs
error 'not with --pairs'
run 2 why aba --text -o "$work/none/x"
error 'No such file or directory'
run 2 why no-such-scenario
run 3 why aba --kernel v6.9 --rule pin=none --max-states 1000
says '^as it is     bounded'
says '^not known within the bound'
never '^(redundant|needed|absent and not missed)'

# the rules in words
run 0 why --rules --markdown
if ! diff -u docs/rules.md "$work/out" >"$work/diff"; then
	head -40 "$work/diff"
	complain "docs/rules.md is not what the program prints now; this makes it anew:
	$program why --rules --markdown >docs/rules.md"
fi
run 0 why --rules --json
[ "$(jq '[.[] | select(.shown)] | length' "$work/out")" -ge 40 ] || complain "too few rules are shown"

exit $bad
