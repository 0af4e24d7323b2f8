#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# guest-run.sh RUN: one run inside the guest: swap, zswap, the workload once to warm up, then with
# probes; the capture is left in the current folder.  From the environment: CLOCK, SKIP, NOTE for the
# script of `swapscope probes`; ROUNDS, PAGES, THREADS for the workload.
set -u
ROUNDS=${ROUNDS:-4} THREADS=${THREADS:-2}
# a pool of 1 % has to be filled to be written back
case $1 in writeback) PAGES=${PAGES:-6000} ;; *) PAGES=${PAGES:-32} ;; esac
export CLOCK="${CLOCK:-counter}" SKIP="${SKIP:-}" NOTE="${NOTE:-}" FORMAT="${FORMAT:-trace}"
export COMM=swapwork BUFFER_KB="${BUFFER_KB:-8192}"
parameters=/sys/module/zswap/parameters

work() { mode=$1; shift; /kit/swapwork "$mode" -r "$ROUNDS" -p "$PAGES" -t "$THREADS" "$@"; }
counters()
{
	echo "-- $1"
	grep -E '^(zswp|pswp|swap_ra)' /proc/vmstat
	for file in /sys/kernel/debug/zswap/*; do
		echo "zswap ${file##*/} $(cat "$file")"
	done
}
# zswap PERCENT POOL ACCEPT-PERCENT
zswap()
{
	for set in compressor=lz4 "zpool=$2" "max_pool_percent=$1" "accept_threshold_percent=$3" \
		"exclusive_loads=${EXCLUSIVE:-Y}" enabled=Y; do
		[ -f "$parameters/${set%%=*}" ] || continue
		echo "${set#*=}" 2>/dev/null >"$parameters/${set%%=*}" || echo "zswap takes no $set"
	done
}
zram() # SIZE
{
	echo "$1" >/sys/block/zram0/disksize
	mkswap /dev/zram0 >/dev/null
	swapon /dev/zram0
}
disk() { mkswap /dev/vda >/dev/null; swapon /dev/vda; }

# record NAME COMMAND...
record()
{
	name=$1
	shift
	counters before
	sh /kit/probes.sh start || return
	"$@"
	echo "the workload ended with $?"
	# trace-cmd stores all symbols: those of the swap path are enough, and a tenth of the size
	if [ "$FORMAT" = dat ]; then
		grep -E 'swap|swp|fault|zram|reclaim|pageout|unuse|remove_mapping|shrink' \
			/proc/kallsyms >/kallsyms
		mount -o bind /kallsyms /proc/kallsyms
	fi
	sh /kit/probes.sh save "$name"
	counters after
	sh /kit/probes.sh end
}

case $1 in
same | refault | fork | uffdwp | uffdmove)
	zswap 20 zsmalloc 90
	zram 64M
	work "$1" >/dev/null
	record "$1" work "$1" -m
	;;
swapoff)
	zswap 20 zsmalloc 90
	zram 64M
	work refault
	record swapoff work swapoff -m -d /dev/zram0
	;;
writeback)
	# zbud: zsmalloc of 6.1 cannot give entries up.  6.1 writes back one page a time and refuses
	# stores until the threshold is reached; later ones write back until it is, and give every
	# entry a second chance.
	case $(uname -r) in
	6.1.*) zswap 1 zbud 100 ;;
	*) zswap 1 zbud 50 ;;
	esac
	disk
	work refault >/dev/null
	record writeback work refault -m
	;;
zero)
	zswap 20 zsmalloc 90
	disk
	record zero work zero -m
	;;
late | late-bug)
	# a device of 13 slots, all but one of which are in use; of zsmalloc 6.1 writes nothing back
	zswap 20 zbud 100
	mkswap /dev/vda 56 >/dev/null
	swapon /dev/vda
	if [ -n "${RECORD:-}" ]; then
		record late work late -m ${STOP:+-x}
	else
		work "$1" ${STOP:+-x} | tee /dev/console	# the kernel may stop
	fi
	;;
zero-test)
	# what can go wrong, what cannot, and the first once more, with and without its repair
	zswap 20 zsmalloc 90
	disk
	for mode in zero zero-alone zero-data zero-still; do
		work $mode
	done
	insmod /kit/zero_erase.ko && echo "with the repair" && work zero
	rmmod zero_erase && echo "without it" && work zero
	dmesg | grep zero_erase:
	;;
reuse)
	zswap 20 zsmalloc 90
	zram 600K
	record reuse work reuse -m
	;;
cost)
	# the same work without, with marks, and with marks and probes, in turn; the first is of warming up
	zswap 20 zsmalloc 90
	zram 64M
	for how in plain plain marks probes plain marks probes plain marks probes plain marks probes; do
		marks=-m
		case $how in
		plain) marks= ;;
		marks) echo 1 >/sys/kernel/tracing/tracing_on ;;
		probes) sh /kit/probes.sh start 2>/dev/null ;;
		esac
		begin=$(cut -d' ' -f1 /proc/uptime)
		# shellcheck disable=SC2086	# there may be no word
		work refault $marks >/dev/null
		echo "$how $begin $(cut -d' ' -f1 /proc/uptime)"
		[ $how = probes ] || continue
		grep -hE '^(entries|overrun|bytes)' /sys/kernel/tracing/per_cpu/cpu*/stats | tr '\n' ' '
		begin=$(cut -d' ' -f1 /proc/uptime)
		bytes=$(wc -c </sys/kernel/tracing/trace)
		echo "as text $bytes bytes, $begin $(cut -d' ' -f1 /proc/uptime)"
		sh /kit/probes.sh end
	done
	;;
*)
	echo "no run '$1'"
	exit 2
	;;
esac
