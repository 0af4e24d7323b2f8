#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# swapscope probes: what it prints for five releases, what a list of symbols changes, one-line
# errors; that what it prints runs, over a folder that stands for tracefs; and the kit's workload and
# scripts.  UPDATE=1 writes the golden texts anew.
# usage: probes.sh SWAPSCOPE SWAPWORK
set -u
. "$(dirname "$0")/command.sh"
swapwork=${2:-}
golden=tests/data/probes

has() { grep -qF -- "$1" "$work/out" || fail "the output lacks '$1'"; }
lacks() { ! grep -qF -- "$1" "$work/out" || fail "the output has '$1'"; }

# ---- what is particular to a release: all but the frame, ui/capture/record.sh ----
for release in 6.1 6.8 6.12 6.18 7.0; do
	expect 0 '' probes --kernel "$release"
	awk '/^#   sh FILE start/ { skip = 1 }
	     /^probes\(\)/ { skip = 0 }
	     !skip { print }
	     /^}/ && !skip { exit }' "$work/out" >"$work/part"
	[ -z "${UPDATE:-}" ] || cp "$work/part" "$golden/v$release.txt"
	diff -u "$golden/v$release.txt" "$work/part" || fail "the probes of v$release changed"
	bash -n "$work/out" || fail "v$release: not a script"
	if command -v shellcheck >/dev/null; then
		shellcheck -s sh "$work/out" || fail "v$release: shellcheck"
	fi
done
expect 0 '' probes --kernel 6.8
cp "$work/out" "$work/v6.8.sh"
expect 0 '' probes --kernel v6.8
diff <(grep -v 'kernel v\?6.8' "$work/v6.8.sh") <(grep -v 'kernel v\?6.8' "$work/out") ||
	fail "v6.8 is not 6.8"
lacks 'are taken from the releases around this one'
expect 0 '' probes --kernel debate-a
has '# Linux v6.9:'
has 'are taken from the releases around this one'
expect 0 '' probes --kernel 6.8 --dat
has 'FORMAT=${FORMAT:-dat}'

# ---- a list of symbols ----
printf 'ffffffff8100%04x t %s\n' 1 do_swap_page 2 swapcache_clear.constprop.0 3 swap_duplicate \
	4 zswap_load.isra.0 >"$work/symbols"
expect 0 '' probes --kernel 6.8 --symbols "$work/symbols"
has 'probe clr swapcache_clear.constprop.0 '
has '# the compiler made zswap_load.isra.0 of it'
has 'probe sdup swap_duplicate '
lacks 'have dup'
lacks 'probe prep '
has '#   swapcache_prepare (prep); not known: who takes SWAP_HAS_CACHE'
expect 0 '' probes --kernel 6.8 --symbols "$work/symbols" --list
grep -q '^prep .*not among the symbols' "$work/out" || fail "--list does not say what is missing"
echo "ffffffff81000001 t __swap_duplicate" >>"$work/symbols"
expect 0 '' probes --kernel 6.8 --symbols "$work/symbols"
lacks 'probe sdup'
expect 0 '' probes --list
grep -q '^z_load    *zswap_load    *v6.15  -' "$work/out" || fail "--list: spans of releases"

# ---- errors ----
# as uname -r has it
for name in 6.8.0-31-generic v6.8-rc1+; do
	expect 0 '' probes --kernel $name
	diff <(grep -v 'kernel v\?6.8' "$work/v6.8.sh") <(grep -v 'kernel v\?6.8' "$work/out") ||
		fail "--kernel $name is not that of 6.8"
done
expect 2 '^swapscope: probes: --kernel NAME is needed' probes
expect 0 'taken for v6.12.117' probes --kernel 6.12.117+deb13-amd64
grep -q '^# Linux v6.12: ' "$work/out" || fail '--kernel 6.12.117+deb13-amd64 is not 6.12'
expect 2 "no kernel '5.4': it is older than the model, which has v6.1 to" probes --kernel 5.4
expect 2 "no kernel '6.8-.touch': there are" probes --kernel $'6.8-\ntouch'
expect 2 'a name is needed' probes --kernel ''
expect 2 '--kernel needs a value' probes --kernel
expect 2 '--symbols needs a value' probes --kernel 6.8 --symbols
expect 2 "no option '--dta'" probes --kernel 6.8 --dta
expect 2 "'6.8' is too much" probes 6.8
expect 2 '--list excludes --dat' probes --kernel 6.8 --dat --list
expect 2 'No such file' probes --kernel 6.8 --symbols "$work/none"
expect 2 'Is a directory' probes --kernel 6.8 --symbols "$work"
expect 2 'no function of the swap path' probes --kernel 6.8 --symbols /dev/null
expect 2 'no function of the swap path' probes --kernel 6.8 --symbols "$(command -v gzip)"

# ---- what is printed runs: a folder with tracefs's files ----
tracefs=$work/tracefs
mkdir -p "$tracefs"/events/swapscope "$tracefs"/per_cpu/cpu{0,1}
for name in kprobe_events trace buffer_size_kb trace_clock tracing_on trace_marker kprobe_profile \
	events/swapscope/enable; do
	: >"$tracefs/$name"
done
printf 'entries: 5\noverrun: 3\ndropped events: 1\n' | tee "$tracefs/per_cpu/cpu0/stats" \
	>"$tracefs/per_cpu/cpu1/stats"
record() { (cd "$work" && TRACEFS=$tracefs sh v6.8.sh "$@") >"$work/out" 2>"$work/err"; }

SKIP="ffs" BUFFER_KB=128 record start || fail "start: $(cat "$work/err")"
has_line() { grep -qxF -- "$2" "$tracefs/$1" || fail "$1 lacks '$2'"; }
has_line kprobe_events 'p:swapscope/fault do_swap_page addr=+24($arg1):x64 fl=+40($arg1):x32 pte=+64($arg1):x64'
has_line kprobe_events 'r64:swapscope/fault_r do_swap_page ret=$retval:x32'
has_line kprobe_events 'p:swapscope/z_load zswap_load folio=$arg1:x64 flags=+0($arg1):x64 ent=+40($arg1):x64'
has_line buffer_size_kb 128
has_line trace_clock counter
has_line tracing_on 1
has_line events/swapscope/enable 1
! grep -q folio_free_swap "$tracefs/kprobe_events" || fail "SKIP is not obeyed"
! grep -q 'sdup' "$tracefs/kprobe_events" || fail "the stand-in is defined beside its probe"
record mark WL phase two || fail "mark"
has_line trace_marker 'WL phase two'
echo 'local global [counter] mono' >"$tracefs/trace_clock"
echo 'an event' >"$tracefs/trace"
record save one || fail "save: $(cat "$work/err")"
has_line tracing_on 0
[ "$(cat "$work/one.trace")" = 'an event' ] || fail "save: not the trace"
for line in '[capture]' 'clock = counter' 'overrun = 6' 'dropped = 2' 'missed = 0' \
	'made-by = swapscope probes --kernel 6.8'; do
	grep -qxF -- "$line" "$work/one.meta" || fail "one.meta lacks '$line'"
done
grep -q '^probes = fault fault_r ' "$work/one.meta" || fail "one.meta does not name the probes"
# the probes are taken away one by one, and nobody else's with them
echo 'p:other/mine vfs_read' >>"$tracefs/kprobe_events"
sed -n 's,^[pr][0-9]*:swapscope/\([^ ]*\) .*,-:swapscope/\1,p' "$tracefs/kprobe_events" >"$work/gone"
record end || fail "end: $(cat "$work/err")"
[ "$(wc -l <"$work/gone")" -gt 40 ] && diff "$work/gone" <(grep '^-' "$tracefs/kprobe_events") ||
	fail "end does not take the probes away, or more than those"
# a kernel that takes nothing
for why in none words; do
	case $why in
	none) tracefs=$work/nothing; says='be root, and mount' ;;
	words) tracefs=$work/tracefs; set -- wrong; says="no word 'wrong'" ;;
	esac
	record "$@"
	[ $? = 2 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -q "$says" "$work/err" ||
		fail "$why: $(cat "$work/err")"
done

# ---- the samples were made with these probes ----
for meta in traces/samples/*.meta; do
	kernel=$(sed -n 's/^made-by = swapscope probes --kernel //p' "$meta")
	"$program" probes --kernel "$kernel" --list | awk '/^[a-z]/ { print $1 }' >"$work/events"
	for event in $(sed -n 's/^probes = //p' "$meta"); do
		grep -qx "${event%_r}" "$work/events" || fail "$meta: no probe is called $event"
	done
done

# ---- the kit ----
for script in ui/capture/record.sh traces/kit/*.sh traces/samples/*.sh traces/kit/guest-init; do
	bash -n "$script" || fail "$script: not a script"
done
if command -v shellcheck >/dev/null; then
	shellcheck traces/kit/*.sh traces/samples/*.sh traces/kit/guest-init || fail "shellcheck"
fi
if [ -n "$swapwork" ]; then
	for mode in check refault same fork reuse uffdwp uffdmove; do
		timeout 60 "$swapwork" "$mode" -r 4 -p 64 >"$work/out" 2>"$work/err"
		case $?:$mode in
		0:* | 77:uffd*) ;;
		*) fail "swapwork $mode: $(cat "$work/out" "$work/err")" ;;
		esac
	done
	for words in '' 'none' 'check -r 0' 'check -p x' 'check -t 65' 'check more' 'swapoff'; do
		# shellcheck disable=SC2086
		"$swapwork" $words >"$work/out" 2>"$work/err"
		[ $? = 2 ] || fail "swapwork $words: not refused"
	done
fi
exit $bad
