#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# swapscope monitor: files that the kernel's tools read, what it says, what it refuses.
set -u
. "$(dirname "$0")/command.sh"
program=$(realpath "$program")
here=$(pwd)
slot=$here/tests/scenarios/slot-forever.scn
pin=swapcache_prepare,zswap_load,swapcache_clear
cd "$work" || exit 1

judge() { "$here/tests/rv_dot.py" "$@" >judged || fail "$(cat judged)"; checks=$((checks + 1)); }
says() { grep -qxE -- "$1" "$2" || fail "no '$1' in: $(cat "$2")"; checks=$((checks + 1)); }

# ---- files ----

n=0
while read -r scenario kernel what; do
	n=$((n + 1))
	# shellcheck disable=SC2086
	expect 0 '' monitor "$scenario" --kernel "$kernel" $what -o "$n.dot"
	output '^[0-9]+ states, [0-9]+ events: all interleavings under '
	judge "$n.dot"
	read -r states _ events _ <<<"$(sed 's/.*: //' judged)"
	output "^$states states?, $events events?: "
	# large ones take it minutes to lay out
	if [ "$states" -lt 40 ] && command -v dot >/dev/null; then
		dot -Tsvg -o "$n.svg" "$n.dot" || fail "graphviz does not take $n.dot"
	fi
done <<END
debate v6.9 --task T0 --functions $pin
debate v6.9 --task W
debate v7.0 --task T0
$slot v6.9 --slot 1
$slot v6.9 --slot 1 --functions swapcache_prepare,swapcache_clear,swap_range_free
swapoff v6.1 --task T
shmem v6.12 --task T0
END

# the same text on standard output, and figures on the other
"$program" monitor debate --task T0 --functions $pin >same.dot 2>figures
cmp -s same.dot <(sed 's/ --kernel v6.9//' 1.dot) || cmp -s same.dot 1.dot ||
	fail "standard output is not the file: $(diff same.dot 1.dot)"
says '5 states, 8 events: .*' figures

# ---- the order of the pin ----

"$here/tests/rv_dot.py" --accepts 1.dot >order <<END
swapcache_prepare_0 zswap_load zswap_load_1 swapcache_clear swapcache_clear_ret
swapcache_prepare_EEXIST swapcache_prepare_0 zswap_load zswap_load_0 swapcache_clear
zswap_load
swapcache_prepare_EEXIST zswap_load
swapcache_prepare_0 swapcache_clear
swapcache_prepare_0 zswap_load swapcache_clear
END
cat >wanted <<END
yes
yes
no: zswap_load at 1, in idle
no: zswap_load at 2, in idle
no: swapcache_clear at 2, in s1_swapcache_prepare_0
no: swapcache_clear at 3, in s2_zswap_load
END
cmp -s order wanted || fail "the order of the pin: $(diff wanted order)"

# ---- the judge itself refuses what is wrong ----

wrong()
{
	sed "$2" 1.dot >wrong.dot
	cmp -s 1.dot wrong.dot && fail "nothing was changed: $2"
	"$here/tests/rv_dot.py" wrong.dot >judged && fail "it is taken: $2"
	grep -q "$1" judged || fail "'$2' should be refused for '$1': $(cat judged)"
	checks=$((checks + 1))
}
wrong 'first line' '1s/state_automaton/automaton/'
wrong 'no initial state' '/__init_/d'
wrong 'no C identifier' 's/idle/idle-now/g'
wrong 'two ways' 's/swapcache_prepare_EEXIST\\n/swapcache_prepare_0\\n/'
wrong 'has no node' 's/"__init_idle"/"__init_other"/g'
wrong 'never reached' 's/-> "s4_/-> "s1_swapcache_prepare_0" [ label = "x" ];\n\t"s1_swapcache_prepare_0" -> "idle" [ label = "y_/;s/y_swapcache_clear" \[ label = ".*/y" ];/'
wrong 'blank line' '2s/.*//'

# ---- another kernel ----

expect 1 '' monitor "$slot" --slot 1 --functions swapcache_prepare,swapcache_clear,swap_range_free \
	--against debate-a
output 'violated, and an error is raised by then in some runs, not in all: .*UAF'
output 'runs that violate nothing raise errors, too'
# no step violates LIVELOCK; of a part of the runs nothing is said of every run
expect 3 '' monitor pin-busy --kernel v6.8 --task B --against 'v6.8 wait=none' -o "$work/busy.dot"
output 'violated by what never comes, and it is not known whether an error is raised: LIVELOCK'
expect 0 '' monitor "$slot" --slot 1 --against v6.9
output 'nothing is violated'
output 'runs that violate nothing raise no error'

# ---- refused ----

expect 2 'of what' monitor debate
expect 2 'of what' monitor debate --task T0 --slot 1
expect 2 "no task 'T9'" monitor debate --task T9
expect 2 "no function 'zswap_laod'" monitor debate --task T0 --functions zswap_laod
expect 2 'cannot be probed' monitor debate --kernel v7.0 --task T0 --functions swapcache_prepare
expect 2 'none of the functions is called' monitor debate --task W --functions zswap_store
expect 2 '2 slots' monitor "$(grep -l '^slots *= *2' "$here"/examples/*.scn | head -1)" --slot 1
expect 2 'more than 2000 states' monitor "$slot" --kernel v6.8 --slot 1
expect 3 'not all interleavings were seen .max_states 1000.' monitor debate --task T0 --max-states 1000
expect 2 '/nowhere/x.dot' monitor "$slot" --task T0 -o /nowhere/x.dot
expect 2 "kernel" monitor "$slot" --task T0 --against v6.99
expect 2 'one scenario' monitor

echo "$checks checks"
exit $bad
