#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `swapscope judge`: shipped claims hold; texts as people paste them, and texts that are none.
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() { echo "$*"; bad=1; }

# every shipped claim is what it expects, in every kernel that it names
"$program" judge --check >"$work/check" 2>"$work/err" || complain "judge --check: exit $?
$(grep -v '^ok' "$work/check" "$work/err")"
[ "$(grep -c '^ok' "$work/check")" -ge 60 ] || complain "judge --check: few expectations: $(wc -l <"$work/check")"

# a wrong expectation is found
sed 's/^expect: v6.8 impossible/expect: v6.8 possible/' examples/claims/aba.claim >"$work/wrong.claim"
"$program" judge --check "$work/wrong.claim" >"$work/out" 2>&1
[ $? = 1 ] && grep -q 'WRONG.*v6.8: impossible, line [0-9]* expects possible' "$work/out" ||
	complain "--check does not find a wrong expectation: $(cat "$work/out")"

# judged STATUS REGEX ARGUMENT...: the claim on standard input
judged()
{
	local want=$1 says=$2 got
	shift 2
	"$program" judge - "$@" >"$work/out" 2>"$work/err" <"$work/claim"
	got=$?
	[ $got = "$want" ] || complain "judge $*: exit $got, not $want: $(head -qc 2000 "$work/claim" "$work/out" "$work/err")"
	cat "$work/out" "$work/err" | tr '\n' ' ' | tr -s ' ' | grep -qE -- "$says" ||
		complain "judge $*: should say '$says': $(head -qc 2000 "$work/claim" "$work/out" "$work/err")"
	LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$work/out" "$work/err" &&
		complain "judge $*: control characters: $(head -c 2000 "$work/claim" | cat -v)"
}

# slips of the hand, tabs and blanks, columns the other way round, an unknown function
cat >"$work/claim" <<'EOF'
CPU1                            CPU0
				zswap_lod()
zswap_writback_entry()
    zswap_entry_fre()
	flush_tlb_range()
				zswap_decompres()   // use after free
EOF
judged 1 "line 5 'flush_tlb_range\(\)': no step of the model; left out.*possible in debate under debate-a.*UAF on the way" \
	--scenario debate --kernel debate-a --brief
judged 0 "impossible in debate under v6.9.*the swap cache since [0-9]+" --scenario debate --kernel v6.9 --brief
# several kernels, in their order
judged 1 'debate-a *possible.*impossible in v6.9, possible in debate-a' \
	--scenario debate --kernel debate-a --kernel v6.9

# called like tasks that they are not: that is said
printf 'T0: zap_pte_range()\nT1: shrink_folio_list()\nT0: ptep_get_and_clear()\n' >"$work/claim"
judged 2 'no task that makes all steps' --scenario aba
printf 'K: do_swap_page: pte_same(orig_pte)? = same\nT1: shrink_folio_list: __remove_mapping()\n' >"$work/claim"
judged 1 'possible in aba' --scenario aba --kernel v6.5 --brief

# three CPUs, and no scenario: one is found
cat >"$work/claim" <<'EOF'
CPU0			CPU1			CPU2
zswap_load()
			swap_free()
						shrink_folio_list()
			set_pte_at()
EOF
judged 1 'tried .*verdict possible in' --brief

# a mail: what is around the diagram is left alone, and its quotes
cat >"$work/claim" <<'EOF'
On Monday, somebody wrote:
> From: Somebody <x@y.z>
> Subject: [PATCH] mm: swap_free() races with zswap_load()
>
> When swap_free() comes before zswap_load(), as in the next picture, the load
> has to find nothing; set_pte_at() is never reached by the other thread then:
>
>	T0				T1
>	--				--
>	swap_free(entry)
>					zswap_load() = NULL
>
> So swap_free() must not be called before set_pte_at() has been, in no case at all.
>
> Signed-off-by: Somebody <x@y.z>
> ---
> diff --git a/mm/swapfile.c b/mm/swapfile.c
> +	swap_free(entry);
EOF
"$program" judge - --reading <"$work/claim" >"$work/out" 2>&1
[ "$(grep -c '^T[01]:' "$work/out")" = 2 ] || complain "the mail is read as: $(cat "$work/out")"

# the reading of a reading is the same, and so is its verdict
for claim in aba store-disabled no-two-decompress; do
	kernel=$(sed -n 's/^expect: \(v[^ ]*\) .*/\1/p' "examples/claims/$claim.claim" | tail -1)
	"$program" judge $claim --reading | grep -v '^;' >"$work/one.claim"
	"$program" judge "$work/one.claim" --reading | diff "$work/one.claim" - >"$work/out" ||
		complain "$claim is read again otherwise: $(cat "$work/out")"
	"$program" judge $claim --kernel "$kernel" --json >"$work/a" 2>/dev/null
	"$program" judge "$work/one.claim" --kernel "$kernel" --json >"$work/b" 2>/dev/null
	for f in a b; do
		grep -E '"(verdict|schedule|states)"' "$work/$f" >"$work/$f.says"
	done
	cmp -s "$work/a.says" "$work/b.says" || complain "$claim: its exact form has another verdict"
done

# the schedule can be made, and what it violates is so; it is saved, and opens
"$program" judge aba --kernel v6.7 --save "$work/j.db" >"$work/out" 2>"$work/err"
[ $? = 1 ] || complain "judge aba --kernel v6.7: exit $?"
replay=$(sed -n 's/^ *replay: swapscope //p' "$work/out")
eval "\"$program\" $replay" >"$work/run" 2>&1
grep -q 'STALE' "$work/run" || complain "the replay violates nothing: $replay"
"$program" list runs "$work/j.db" | grep -q 'STALE' || complain "the saved run: $("$program" list runs "$work/j.db")"
"$program" judge aba --kernel v6.7 --view </dev/null >"$work/out" 2>&1 || complain "--view: exit $?"
grep -q 'aba' "$work/out" || complain "--view shows nothing: $(head -3 "$work/out")"

# of a pair of operations the scenario is printed by the command that is told
printf 'T0: zswap_enabled_param_set()\nT1: move_pages_pte()\n' >"$work/claim"
judged 1 'swapscope matrix --show move,zswap_o[a-z]*,[a-z-]* >' --brief
(cd "$work" && PATH=$(dirname "$(readlink -f "$program")"):$PATH
 eval "$(sed -n 's/^ *replay: //p' out)" >"$work/run" 2>&1) ; [ $? -le 1 ] ||
	complain "a pair's replay: $(cat "$work/run")"

# JSON
"$program" judge move-race --json >"$work/out" 2>/dev/null
for key in claim read guessed left_out outcome lines cases verdict schedule columns made violated summary; do
	grep -q "\"$key\":" "$work/out" || complain "JSON lacks $key"
done

# what is no claim
: >"$work/claim"
judged 2 'it has no lines'
head -c 5000 "$program" >"$work/claim"
judged 2 'is text, and this is none'
head -c 1000000 /dev/zero | tr '\0' 'x' >"$work/claim"
judged 2 'nothing in it is a step'
for i in $(seq 20000); do echo 'It is said that this happens, and nobody knows when or why it does so.'; done >"$work/claim"
judged 2 'nothing in it is a step'
seq -f 'T1: some_function_of_mine(%g)' 40000 >"$work/claim"
judged 2 'it is no claim'
for i in $(seq 200); do printf 'CPU%d  ' "$i"; done >"$work/claim"
printf '\nswap_free()\n' >>"$work/claim"
judged 2 'columns are more than the 7'
printf 'T0: swap_free()\nT1: \033]0;x\007flush\033[31m_tlb()\nT0: set_pte_at() \302\233\n' >"$work/claim"
judged 1 'no step of the model' --scenario aba --brief
printf 'T\033[31m0: zap\033[2J()\n\342\200\256\n' >"$work/claim"
judged 2 'step'
# refused STDERR-REGEX ARGUMENT...
refused()
{
	local says=$1
	shift
	"$program" judge "$@" >/dev/null 2>"$work/err" </dev/null
	[ $? = 2 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -qE -- "$says" "$work/err" ||
		complain "judge $*: should say '$says': $(cat "$work/err")"
}
refused "did you mean 'aba'" abba
refused 'a folder' "$work"
refused 'one claim is needed'
refused 'one claim is needed' aba move-race
refused 'no kernel' aba --kernel v5.1
refused 'no scenario or file' aba --scenario nothing
refused 'no task that makes all steps' aba --scenario writeback-swapoff
refused '--check stands alone' --check --json
refused 'are of one kernel' aba --kernel v6.8 --kernel v6.9 --save "$work/x.db"
printf 'T0: swap_free()\n' >"$work/none.claim"
refused "no 'expect:' line" --check "$work/none.claim"
printf 'T0: set_pte_at()\nT0: do_swap_page()\n' >"$work/claim"
judged 3 'unknown in debate under v6.9: a bound was hit, max_states' --scenario debate --max-states 100
exit $bad
