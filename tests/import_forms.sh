#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# swapscope import of function_graph, perf script and bpftrace: lines of each as they are written,
# and shipped captures in each form, which come to what they come to as ftrace's text.
# SWAPSCOPE_LONG=1: all of the shipped captures.
set -u
. "$(dirname "$0")/command.sh"
forms=tests/fuzz/fuzz_forms

import() # FILE OPTION...
{
	rm -f "$work/x.db"
	expect 0 '' import "$@" -o "$work/x.db"
}
# ask QUERY WANT: of $work/x.db
ask()
{
	local got
	checks=$((checks + 1))
	got=$("$program" sql "$work/x.db" --mode list "$1" 2>&1)
	[ "$got" = "$2" ] || fail "$1: '$got', want '$2'"
}
events="SELECT e.line, e.stamp, t.pid || '@' || e.cpu, p.symbol || ' ' || p.side, e.call, e.entry,
	coalesce(e.ret, e.folio, e.left) FROM capture_event e JOIN capture_probe p USING (run, probe)
	JOIN capture_thread t USING (run, thread) ORDER BY id"

# ---- what cannot be taken says what would do ----
expect 2 'graph-plain is no capture that can be read: .*funcgraph-proc.*swapscope probes' \
	import $forms/graph-plain -o "$work/x.db"
expect 2 'perf-few is no capture that can be read: .*perf script -F comm,tid,cpu,time,event,trace' \
	import $forms/perf-few -o "$work/x.db"
[ ! -e "$work/x.db" ] || fail "x.db was made"

# ---- function_graph ----
import $forms/graph-switch
output 'of function_graph; .* not said of swapcache_prepare, zswap_store: .*'
output 'line 5: of function_graph, without the task'
ask "$events" '10|1|90@0|do_swap_page enter|4||
11|2|90@0|swapcache_prepare other|0||
11|3|90@0|swapcache_prepare other|0||
12|4|90@0|do_swap_page return|1||
13|5|90@0|zswap_store other|0||
13|6|90@0|zswap_store other|0||'
ask "SELECT value FROM capture_meta WHERE key = 'clock'" local
expect 3 '' check "$work/x.db" --kernel v6.18
output 'nothing to check'
output 'not looked at: calls of which the slot or the value is not said: swapcache_prepare, zswap_store'

import $forms/graph-args
output 'not said of zswap_load:'
output 'lost by the kernel: 12 events in 1 places'
output '1  bypass refused \(swapcache_prepare -17\)'
ask "$events" '5|100000010000|90@0|do_swap_page enter|20||
6|100000011000|90@0|swap_cache_get_folio enter|3|787|
6|100000011402|90@0|swap_cache_get_folio return|2||0
7|100000012000|91@1|do_swap_page enter|17||
8|100000013000|91@1|swap_cache_get_folio enter|6|787|
8|100000013312|91@1|swap_cache_get_folio return|5||0
9|100000014000|90@0|swapcache_prepare enter|10|787|
14|100000027000|90@0|__swap_duplicate enter|9|787|
14|100000028000|90@0|__swap_duplicate return|8||0
15|100000030000|90@0|swapcache_prepare return|7||0
16|100000031000|91@1|swapcache_prepare enter|14|787|
17|100000032000|91@1|__swap_duplicate enter|13|787|
17|100000032600|91@1|__swap_duplicate return|12||-17
18|100000033000|91@1|swapcache_prepare return|11||-17
19|100000034000|90@0|zswap_load other|0||-24189254618112
19|100000034500|90@0|zswap_load other|0||
20|100000036000|91@1|do_swap_page return|4||0
21|100000037000|90@0|swapcache_clear enter|19|787|
21|100000037100|90@0|swapcache_clear return|18||
22|100000038000|90@0|do_swap_page return|1||
24|100000040000|91@1|__read_swap_cache_async return|0||0'

import $forms/graph-report
ask "$events" '2|100000010000|90@0|do_swap_page enter|6||
3|100000011000|90@0|swap_cache_get_folio enter|3|787|
3|100000011402|90@0|swap_cache_get_folio return|2||0
4|100000012000|91@1|do_swap_page enter|5||
5|100000013000|91@1|do_swap_page return|4||
6|100000038000|90@0|do_swap_page return|1||0'

# ---- perf script ----
import $forms/perf
output 'of perf script; .* not said of zswap_load: '
output "its release, '6.8.0-31-generic', is a distribution's"
output 'lost by the kernel: 12 events in 1 places'
ask "$events" '8|100000010000|90@0|do_swap_page enter|0||
9|100000011000|90@0|swapcache_prepare enter|3|787|
10|100000013000|90@0|swapcache_prepare return|2||-17
11|100000014000|91@1|zswap_load other|0||
12|100000015000|90@0|zswap_load other|0||1
17|100000017000|90@0|do_swap_page return|0||0
18|100000018000|90@0|__swap_entry_free_locked enter|8|787|
19|100000019000|90@0|__swap_entry_free_locked return|7||1
20|100000020000|90@0|sys_madvise syscall|10||
21|100000021000|90@0|sys_madvise syscall-return|9||0'
ask "SELECT comm FROM capture_thread WHERE pid = 91" 'my work: er'
ask "SELECT value FROM capture_meta WHERE key = 'clock'" mono
ask "SELECT addr FROM capture_event WHERE line = 20" $((0x7f756fb93000))
grep -v '^#\|LOST' $forms/perf >"$work/headless"
import "$work/headless"
output 'that perf lost events would be seen only where perf script had --show-lost-events'
ask "SELECT value FROM capture_meta WHERE key = 'clock'" perf

# ---- bpftrace ----
import $forms/bpftrace
output 'lost by the kernel: 3 events in 2 places'	# one is missed by a number
ask "$events" '4|100000010000|90@0|do_swap_page enter|6||
5|100000011000|90@0|swapcache_prepare enter|4|787|
6|100000011500|91@1|__swap_entry_free_locked enter|0|787|
7|100000012000|90@0|swapcache_prepare return|2||-17
8|100000013000|91@1|__swap_entry_free_locked return|0||1
9|100000014000|90@0|do_swap_page return|1||0'
ask "SELECT why FROM capture_line WHERE line = 8" 'lost: 1 events of its CPU before it'
for kernel in 6.1 6.8 6.12 6.15 7.0 7.3; do
	expect 0 '' probes --kernel $kernel --bpftrace
	cp "$work/out" "$work/x.bt"
	# what it prints import reads: each function of its printf()s, with values of its form
	sed -n 's/.*printf("\(@ [^"]*\)\\n".*/\1/p; s/.*printf("\(# [^"]*\)\\n".*/\1/p' "$work/x.bt" |
		awk '{ sub(/@ %llu %d %llu %d/, "@ " NR " 0 " NR - 1 " 5"); gsub(/%llx/, "1")
		       sub(/%s/, "x"); print }' >"$work/x.printed"
	import "$work/x.printed"
	output 'not understood: none'
	grep -q 'not said of' "$work/out" && fail "$kernel: its script leaves out what its probes say"
	ask "SELECT count(*) > 40, (SELECT count(*) FROM capture_probe WHERE side = 'other')
		FROM capture_event" '1|0'
	if command -v bpftrace >/dev/null; then
		bpftrace -d "$work/x.bt" >"$work/bt" 2>&1 || { fail "$kernel: bpftrace says:"
			grep -m3 'ERROR\|error' "$work/bt"; }
	fi
	checks=$((checks + 1))
done
expect 2 'list excludes --dat and --bpftrace' probes --kernel 6.8 --bpftrace --list

# ---- lines that do not say what they are about: not all of it, and nothing is impossible ----
import $forms/graph-args --kernel v6.8
output 'model: 18 of 18 events of slots are a run of it, others do not say what they are about'
expect 3 '' check "$work/x.db" --conformance
output ': 18 of 18 events of 1 slots are a run of the model, under v6.8; others are not known$'
expect 3 '' findings "$work/x.db"
output '^  whether data was lost is not known: '
import $forms/perf --kernel v6.8
output 'model: 1 stretches of slots end in an event that is not explained'
expect 3 '' findings "$work/x.db"
output ': no finding in 2 transitions'
output '^  not all of its events are explained: there may be more$'
for command in "import $forms/perf --kernel v6.8 -o" check findings; do
	"$program" $command "$work/x.db" >"$work/out" 2>&1
	grep -v 'whether the event is impossible is not known' "$work/out" | grep 'impossible\|cannot do' &&
		fail "$command says that of lines that do not say what they are about"
done

# ---- shipped captures in each form ----
# What the capture in $work/NAME comes to, in $work/NAME.told
told() # NAME told|checked
{
	cp "$work/$1" "$work/in"
	cp "$work/meta" "$work/in.meta"
	import "$work/in"
	"$program" sql "$work/x.db" --mode list "SELECT id, stamp, slot, call, cpu, thread, folio,
		entry, ret, usage, left, nr, pte, addr, flags & 0xffff FROM capture_event" \
		>"$work/$1.events"
	"$program" stories "$work/x.db" >"$work/$1.told"
	status=
	[ "$2" = checked ] || return
	"$program" check "$work/x.db" --json >"$work/check"
	status=$?
	grep -E '"(events|explained|skipped|refuted|ambiguous|slots|lives|read_.*)":' "$work/check" \
		>>"$work/$1.told"
}
# same NAME told|checked: as ftrace's text, in its story, or by the model too
same()
{
	local want
	told "$1.ftrace" "$2"
	want=$status
	told "$1" "$2"
	for what in events told; do
		checks=$((checks + 1))
		cmp -s "$work/$1.ftrace.$what" "$work/$1.$what" || {
			fail "$capture as $1 comes to something else (tests/forms.py):"
			diff "$work/$1.ftrace.$what" "$work/$1.$what" | head -6; }
	done
	# what a graph does not explain is not said to be impossible
	[ "$status" = "$want" ] || { [ "$want" = 1 ] && [ $1 = graph ] && [ "$status" = 3 ]; } ||
		fail "$capture as $1: check ends with $status, and as ftrace's text with $want"
}
# convert CAPTURE [RELEASE]: its forms; with a distribution's release, of which there are no rules
convert()
{
	capture=$1
	sed "/^clock/d${2:+;/^kernel/d;s/^release =.*/release = $2/}" "$1.meta" >"$work/meta"
	python3 "$(dirname "$0")/forms.py" "$1.trace.zst" "$work" || fail "forms.py $1"
}
# the order between CPUs is not known: nothing that it would have to show is said
order()
{
	told order told
	grep -q ' losses\? of data' "$work/order.told" && fail "$capture as order has losses"
	checks=$((checks + 1))
}
convert traces/samples/two-threads-7.3 7.3.0-31-generic
for form in report perf bpftrace; do same $form told; done
order
convert traces/captures/d-loss-uffdwp-6.8 6.8.0-31-generic
same graph told
order
convert traces/captures/d-loss-uffdwp-6.8
import "$work/graph"
expect 1 '' findings "$work/x.db" --junit "$work/j.xml"
output '^  the workload saw wrong contents 66 times, which no loss explains; there may be more: '
grep -q '<failure message="the workload saw wrong contents 66 times' "$work/j.xml" ||
	fail "wrong contents are no failure: $(cat "$work/j.xml")"
same bpftrace checked
sed 1000,1100d "$work/bpftrace" >"$work/gap"	# what was lost is known of a CPU when its next event comes
import "$work/gap" --kernel v6.8 --set load=exclusive
expect 3 '' check "$work/x.db" --conformance
output ': event 999 is not explained, under'
output '^  whether the event is impossible is not known\)$'
grep -q '66 losses of data' "$work/bpftrace.told" || fail "d-loss as bpftrace has not its 66 losses"
[ "${SWAPSCOPE_LONG:-0}" = 0 ] || for capture in traces/captures/*.zst; do
	convert "${capture%.trace.zst}"
	for form in report perf bpftrace graph; do same $form checked; done
	order
done

[ $bad = 0 ] && echo "$checks checks passed"
exit $bad
