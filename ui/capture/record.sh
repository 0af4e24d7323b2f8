#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
@HEAD@
#
#   sh FILE start          define the probes and begin to record (the same without a word, so that
#                          it can be piped to sh; with a word: ... | sh -s end)
#   sh FILE mark TEXT...   write TEXT into the trace
#   sh FILE save NAME      stop, and write the capture and its NAME.meta
#   sh FILE end            stop and take the probes away
#
# Variables: BUFFER_KB  ring buffer of each CPU (16384: about 400,000 events each)
#            CLOCK      counter: an order and no time; see docs/capture.md before another
#            SKIP       events not to record: SKIP="sc_get ffs"
#            COMM       trace the system calls of programs of this name too
#            NOTE       a line for NAME.meta
#            FORMAT     trace: the kernel's text, NAME.trace; dat: NAME.dat, written by trace-cmd
# shellcheck disable=SC2016	# $arg1 is for the kernel
set -u
TRACEFS=${TRACEFS:-/sys/kernel/tracing}
BUFFER_KB=${BUFFER_KB:-16384}
CLOCK=${CLOCK:-counter}
SKIP=${SKIP:-}
COMM=${COMM:-}
NOTE=${NOTE:-}
FORMAT=${FORMAT:-@FORMAT@}
CALLS="madvise munmap mremap swapon swapoff clone clone3 fork vfork exit_group userfaultfd ioctl"
refused=
defined=" "

die() { echo "swapscope probes: $*" >&2; exit 2; }
put() { { echo "$1" >"$TRACEFS/$2"; } 2>/dev/null; }
define() { { echo "$1" >>"$TRACEFS/kprobe_events"; } 2>/dev/null; }
ours() { sed -n 's,^[pr][^:]*:swapscope/\([^ ]*\).*,\1,p' "$TRACEFS/kprobe_events"; }
skipped() { case " $SKIP " in *" $1 "*) return 0 ;; esac; return 1; }
have() { case $defined in *" $1 "*) return 0 ;; esac; skipped "$1"; }

# probe EVENT FUNCTION ENTER RETURN WITHOUT: what is recorded of either side, - for nothing
probe()
{
	skipped "$1" && return
	if { [ "$3" = - ] || define "p:swapscope/$1 $2 $3"; } &&
		{ [ "$4" = - ] || define "r64:swapscope/$1_r $2 $4"; }; then
		defined="$defined$1 "
	else
		refused="$refused $1"
		echo "swapscope probes: $2 cannot be probed; not known: $5" >&2
	fi
}

probes()
{
@PROBES@
}

# take our probes away, and nobody else's
forget()
{
	for event in $(ours); do
		define "-:swapscope/$event" || die "$event cannot be removed: somebody is using it"
	done
}

calls() # 0|1
{
	for call in $CALLS; do
		for side in enter exit; do
			dir=events/syscalls/sys_${side}_$call
			[ -d "$TRACEFS/$dir" ] || continue
			[ "$1" = 0 ] || put "comm == \"$COMM\" || comm == \"swapoff\"" "$dir/filter"
			put "$1" "$dir/enable"
		done
	done
}

start()
{
	stop
	forget
	put "" trace
	put "$BUFFER_KB" buffer_size_kb || die "no memory for BUFFER_KB=$BUFFER_KB a CPU"
	put "$CLOCK" trace_clock || die "no clock '$CLOCK'; $TRACEFS/trace_clock lists them"
	probes
	[ "$defined" != " " ] || die "not one probe could be defined: is CONFIG_KPROBE_EVENTS set?"
	if [ -n "$COMM" ]; then calls 1; fi
	put 1 events/swapscope/enable || die "the probes cannot be switched on"
	put 1 tracing_on
	echo "recording $(echo "$defined" | wc -w) functions; refused:${refused:- none}" >&2
}

stop()
{
	put 0 tracing_on
	calls 0
	if [ -d "$TRACEFS/events/swapscope" ]; then put 0 events/swapscope/enable; fi
}

device()
{
	while read -r name rest; do
		case $name in
		*/zram*) echo zram; return ;;
		*/ram*) echo brd; return ;;
		/*) echo disk; return ;;
		esac
	done </proc/swaps
}

# the sum of a field of every CPU's stats
lost()
{
	cat "$TRACEFS"/per_cpu/cpu*/stats |
		while IFS=: read -r key n; do [ "$key" != "$1" ] || echo "$n"; done |
		{ sum=0; while read -r n; do sum=$((sum + n)); done; echo $sum; }
}

meta()
{
	echo "[capture]"
	echo "release = $(cat /proc/version)"
	echo "machine = $(uname -m)"
	echo "device = $(device)"
	echo "clock = $(sed 's/.*\[\(.*\)\].*/\1/' "$TRACEFS/trace_clock")"
	echo "made-by = swapscope probes --kernel @KERNEL@"
	[ -z "$NOTE" ] || echo "note = $NOTE"
	echo "probes = $(ours | tr '\n' ' ')"
	echo "overrun = $(lost overrun)"
	echo "dropped = $(lost 'dropped events')"
	echo "missed = $(awk '{ n += $3 } END { print n + 0 }' "$TRACEFS/kprobe_profile")"
	for file in /sys/module/zswap/parameters/*; do
		[ ! -f "$file" ] || echo "zswap.${file##*/} = $(cat "$file")"
	done
}

save()
{
	stop
	if [ "$FORMAT" = dat ]; then
		trace-cmd extract -o "$1.dat" >&2 || die "$1.dat: trace-cmd cannot write it"
	else
		cat "$TRACEFS/trace" >"$1.trace" || die "$1.trace: cannot be written"
	fi
	meta >"$1.meta" || die "$1.meta: cannot be written"
	echo "saved: $1.$FORMAT, $1.meta; events overwritten: $(lost overrun)" >&2
}

[ -w "$TRACEFS/kprobe_events" ] ||
	die "$TRACEFS/kprobe_events: not to be written; be root, and mount -t tracefs none $TRACEFS"
case ${1:-start} in
start) start ;;
mark) shift; echo "$*" >"$TRACEFS/trace_marker" ;;
save) [ $# = 2 ] || die "save needs a name: save NAME"; save "$2" ;;
end) stop; forget ;;
*) die "no word '$1'; start, mark TEXT, save NAME or end is needed" ;;
esac
