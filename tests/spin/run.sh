#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Check zswap.pml and the small models beside it: build each configuration of the
# table below, search it exhaustively and compare the verdict with the expected one.
#
#   run.sh            all of them, the costly ones only with SWAPSCOPE_LONG=1; one
#                     line each, then "N passed, N failed"
#   run.sh NAME...    only these
#   run.sh -t NAME    print a shortest schedule of a violated one
#   run.sh -c PROGRAM [NAME...]   have swapscope explore the same worlds, too
#
# With -c, a configuration that names a kernel is written down as a scenario - the
# same tasks, rounds, slots - and PROGRAM has to come to the same verdict: no property
# of a safe one is violated, and one at least of a violated one is.
#
# Expected-safe configurations are searched depth first, the others breadth
# first, so that the schedule found is a shortest one; neither uses partial order
# reduction.  PROGRESS: no cycle without progress, under weak fairness.
# JOBS is the number of searches at a time.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 2
CC=${CC:-gcc}
CFLAGS=${CFLAGS:--O0}	# for most configurations -O2 costs more than it gains
JOBS=${JOBS:-$(nproc)}
LIMIT=${LIMIT:-1000}	# seconds for one search that never ends; a busy machine needs hundreds
for tool in spin "$CC"; do
	command -v "$tool" >/dev/null || { echo "run.sh: no $tool" >&2; exit 77; }
done
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

A="PIN=0 REFCOUNT=0 LOAD=2"
B="PIN=0 REFCOUNT=1 LOAD=2"
C="PIN=1 REFCOUNT=0 LOAD=2"
T0_W="HAS_T1=0 HAS_K=0"
T0_T1="HAS_W=0 HAS_K=0"
ONLY_T0="HAS_T1=0 HAS_W=0 HAS_K=0"

T="TABLE=1 FREE=1 ERASE=1 UNLINK=0"
AT_ONCE="$C FREE=1 ERASE=1 UNLINK=0"
DEFER="$C UNLINK=1 HAS_T1=0 N0=2 WR0=1 NK=1 HAS_D=1"	# 14d: write, then read

# name | switches | properties (END: nobody waits for ever) | verdict | kernel, switches
table() {
	cat <<-END
		debate-a             | $A UNLINK=1 NK=1 | UAF | violated | debate-a
		debate-a-t0-w        | $A UNLINK=1 $T0_W | UAF | violated | debate-a
		debate-a-t0-t1       | $A UNLINK=1 $T0_T1 | UAF | violated | debate-a
		debate-b-last-uaf    | $B UNLINK=0 NK=1 | UAF | safe | debate-b unlink=last
		debate-b-last-mapped | $B UNLINK=0 NK=1 | MAPPED | violated | debate-b unlink=last
		debate-b-last-lost   | $B UNLINK=0 NK=1 | LOST | violated | debate-b unlink=last
		debate-b-last-stale  | $B UNLINK=0 NK=1 | STALE | violated | debate-b unlink=last
		debate-b-last-nowr   | $B UNLINK=0 HAS_W=0 WR1=0 | MAPPED | violated | debate-b unlink=last
		debate-b-last-no-k   | $B UNLINK=0 HAS_K=0 NW=2 | UAF MAPPED LOST | safe | debate-b unlink=last
		debate-b-first-uaf   | $B UNLINK=1 NK=1 | UAF | safe | debate-b
		debate-b-first-mapped| $B UNLINK=1 NK=1 | MAPPED | violated | debate-b
		debate-b-first-lost  | $B UNLINK=1 NK=1 | LOST | violated | debate-b
		debate-b-first-t0-w  | $B UNLINK=1 $T0_W | MAPPED | violated | debate-b
		v6.9                 | $C UNLINK=1 | UAF MAPPED LOST STALE | safe | v6.9
		v6.9-end             | $C UNLINK=1 N0=2 NK=1 | END | safe
		v6.9-longer          | $C UNLINK=1 N0=2 WR0=3 | UAF MAPPED LOST | safe
		v6.9-cache-readers   | $C UNLINK=1 RA=1 HAS_R=1 NK=1 | UAF MAPPED LOST | safe
		v6.9-toggle          | $C UNLINK=1 TOGGLE=1 NK=1 | UAF MAPPED LOST STALE | safe | v6.9
		v6.9-two-slots       | $C UNLINK=1 NS=2 NK=1 | UAF MAPPED LOST | safe | v6.9
		v6.9-late-invalidate | $C UNLINK=1 INVAL=1 | UAF MAPPED LOST STALE | safe | v6.9 invalidate=drain
		14d                  | $DEFER | UAF MAPPED LOST STALE | safe | v6.9
		14d-deferred         | $DEFER INVAL=1 | UAF MAPPED LOST STALE | safe | v6.9 invalidate=drain
		14d-deferred-longer  | $DEFER INVAL=1 HAS_T1=1 ND=2 | UAF MAPPED LOST STALE | safe | v6.9 invalidate=drain
		14d-unlocked-uaf     | $DEFER INVAL=2 | UAF | violated | v6.9 invalidate=drain drain_lock=off
		14d-unlocked-mapped  | $DEFER INVAL=2 | MAPPED | violated | v6.9 invalidate=drain drain_lock=off
		14d-unlocked-lost    | $DEFER INVAL=2 | LOST | violated | v6.9 invalidate=drain drain_lock=off
		14d-unlocked-stale   | $DEFER INVAL=2 | STALE | violated | v6.9 invalidate=drain drain_lock=off
		v6.17                | $AT_ONCE | UAF MAPPED LOST STALE | safe | v6.17
		v6.17-end            | $AT_ONCE N0=2 NK=1 | END | safe
		v6.17-longer         | $AT_ONCE N0=2 WR0=3 NK=1 | UAF MAPPED LOST STALE | safe | v6.17
		v6.17-cache-readers  | $AT_ONCE RA=1 HAS_R=1 NK=1 | UAF MAPPED LOST | safe
		v6.17-toggle         | $AT_ONCE TOGGLE=1 NK=1 | UAF MAPPED LOST STALE | safe | v6.17
		v6.17-no-pin         | $AT_ONCE PIN=0 NK=1 | UAF | violated | v6.17 pin=none
		v7.0                 | $T NK=1 | UAF MAPPED LOST STALE | safe | v7.0
		v7.0-end             | $T NK=1 N0=2 | END | safe
		v7.0-longer          | $T WR0=1 | UAF MAPPED LOST STALE | safe
		v7.0-toggle          | $T TOGGLE=1 NK=1 | UAF MAPPED LOST STALE | safe | v7.0
		v7.0-two-slots       | $T NS=2 NK=1 | UAF MAPPED LOST STALE | safe | v7.0
		v7.0-no-match-uaf    | $T MATCH=0 NK=1 | UAF | safe | v7.0 match=off
		v7.0-no-match-mapped | $T MATCH=0 NK=1 | MAPPED | violated | v7.0 match=off
		v7.0-no-match-lost   | $T MATCH=0 NK=1 | LOST | violated | v7.0 match=off
		v7.0-no-match-stale  | $T MATCH=0 NK=1 | STALE | violated | v7.0 match=off
		v7.0-no-match-no-w   | $T MATCH=0 HAS_W=0 | MAPPED | violated | v7.0 match=off
	v7.0-no-match-no-wb  | $T MATCH=0 HAS_W=0 REJECT=0 | UAF MAPPED LOST STALE | safe | v7.0 match=off
		v6.9-rc1             | PIN=1 LOAD=0 $ONLY_T0 TOGGLE=1 | LOST | violated | v6.9-rc1
		v6.9-rc1-refcount    | PIN=1 LOAD=0 REFCOUNT=1 $ONLY_T0 TOGGLE=1 | LOST | violated | v6.9-rc1 refcount=on
		v6.9-rc1-fixed       | PIN=1 LOAD=2 $ONLY_T0 TOGGLE=1 | LOST | safe | v6.9
		v6.9-rc1-no-toggle   | PIN=1 LOAD=0 NK=1 | UAF MAPPED LOST | safe
		v6.8-exclusive       | PIN=1 REFCOUNT=1 LOAD=0 UNLINK=0 INVAL=1 $ONLY_T0 TOGGLE=1 | LOST | violated | v6.8 load=exclusive
		v6.8                 | PIN=1 REFCOUNT=1 LOAD=1 UNLINK=0 INVAL=1 TOGGLE=1 NK=1 | UAF MAPPED LOST STALE | safe | v6.8
		v6.3-no-recheck      | PIN=1 REFCOUNT=1 LOAD=1 UNLINK=0 INVAL=1 RECHECK=0 | MAPPED | violated
		double-swapin        | PIN=0 LOAD=0 WR1=0 $T0_T1 | MAPPED | violated | v6.9-rc1 pin=none
		double-swapin-pin    | PIN=1 LOAD=0 WR1=0 $T0_T1 | MAPPED LOST | safe
		double-swapin-refcnt | PIN=0 LOAD=2 REFCOUNT=1 WR1=0 $T0_T1 | UAF MAPPED LOST | safe | debate-b
	fork                 | MODEL=fork | EXCL | safe | v7.0
	fork-parent-keeps-it | MODEL=fork CLEAR=0 | EXCL | violated | v7.0 fork_exclusive=off
	swapoff              | MODEL=swapoff | OFF | safe | v6.9
	swapoff-b9           | MODEL=swapoff DEVREF=0 | OFF | violated | v6.9 device_ref=off
	swapoff-b6           | MODEL=swapoff PINNED=0 | OFF | violated | v6.9 shrinker=isolate
	b15                  | MODEL=progress SKIP=0 | PROGRESS | violated | v6.7
	b15-fixed            | MODEL=progress SKIP=1 | PROGRESS | safe | v6.8
	b15-charge-later     | MODEL=progress SKIP=0 CHARGE=1 | PROGRESS | safe | v7.0
	b14                  | MODEL=progress SHMEM=1 WAIT=0 | PROGRESS | violated | v6.18
	b14-fixed            | MODEL=progress SHMEM=1 WAIT=1 | PROGRESS | safe | v6.18 shmem=bypass-wait
	END
}

# the schedule of the trail in the current directory; $1: model, the rest: defines
schedule() {
	local model=$1
	shift
	spin "$@" -k "${model##*/}.trail" -T "$model" 2>&1 |
	sed -e '/^spin: trail ends/,$d' -e '/^spin:/d' -e 's/^ *//'
}

# the world that the switches $1 make, as a scenario
world()
{
	local MODEL=zswap HAS_T0=1 HAS_T1=1 HAS_W=1 HAS_K=1 HAS_D=0 TOGGLE=0 REJECT=1
	local N0=1 N1=1 NW=1 NK=2 ND=1 WR0=0 WR1=1 NS=1 SHMEM=0 w t i
	for w in $1; do local "$w"; done
	case $MODEL in
	fork)
		printf '%s\n' '[scenario]' 'title = fork' '[page 0]' 'at = zswap 0' '[page 1]' 'mm = 1' \
			'at = unborn' '[task P]' 'run = fork page 0 to 1' 'run = write page 0' \
			'[task C]' 'run = write page 1'
		return ;;
	progress)
		if [ "$SHMEM" = 1 ]; then
			printf '%s\n' '[scenario]' 'title = b14' '[page 0]' 'shmem = 1' 'at = zswap 0' \
				'[task A]' 'priority = 1' 'run = read page 0' \
				'[task B]' 'priority = 2' 'run = read page 0'
		else
			printf '%s\n' '[scenario]' 'title = b15' 'device = disk' 'charge_reclaims = 1' \
				'[page 0]' 'at = zswap 0' '[task T]' 'run = read page 0'
		fi
		return ;;
	swapoff)
		printf '%s\n' '[scenario]' 'title = swapoff' '[page 0]' 'at = zswap 0' \
			'[task Z]' 'run = zap page 0' '[task W]' 'run = shrink' '[task R]' 'run = swapoff'
		return ;;
	esac
	printf '[scenario]\ntitle = zswap.pml\ndevice = zram\nslots = %s\npool = 5\n' "$NS"
	[ "$REJECT" = 1 ] && echo "may_fail = store"
	[ "$HAS_D" = 1 ] && echo "slot_cache = 1"
	printf '[page 0]\nat = zswap 0\n'
	for t in 0 1; do
		local has=HAS_T$t n=N$t wr=WR$t
		[ "${!has}" = 1 ] || continue
		echo "[task T$t]"
		for ((i = 0; i < ${!n}; i++)); do
			if (((${!wr} >> i) & 1)); then echo "run = write page 0"
			else echo "run = read page 0"; fi
		done
	done
	[ "$HAS_W" = 1 ] && printf '[task W]\nrun = shrink, %s times\n' "$NW"
	[ "$HAS_K" = 1 ] && printf '[task K]\nrun = reclaim page 0, %s times\n' "$NK"
	[ "$HAS_D" = 1 ] && printf '[task D]\nrun = drain, %s times\n' "$ND"
	[ "$TOGGLE" = 1 ] && printf '[task G]\nrun = clear_refs page 0\n'
	return 0
}

# $1 switches, $2 properties, $3 verdict, $4 kernel and switches: what PROGRAM
# disagrees in, or nothing
second()
{
	local kernel=${4%% *} said w p args=() any= known
	for w in ${4#"$kernel"}; do args+=(--set "$w"); done
	world "$1" >world.scn
	# rows that differ in the property alone are one search
	known=$tmp/said.$({ cat world.scn; echo "$4"; } | cksum | tr ' ' .)
	[ -s "$known" ] || {
		timeout "$LIMIT" "$program" explore world.scn --kernel "$kernel" "${args[@]}" --brief 2>&1 |
			sed -n 's/^verdict *//p;/:[0-9]*: /p' | head -n 1 >said
		mv said "$known"
	}
	said=$(<"$known")
	case $said in
	safe[:,]* | violated:*) ;;
	*) echo "${said:-nothing}"; return ;;
	esac
	said=" ${said%%[:,]*} ${said#*:} "
	for p in $2; do
		[ "$p" = PROGRESS ] && p=LIVELOCK
		case $said in " violated "*" $p "*) any+=" $p" ;; esac
	done
	case $3 in
	safe) [ -z "$any" ] || echo "violated$any" ;;
	*) [ -n "$any" ] || echo "$2 holds" ;;
	esac
}

# $1 name, $2 switches, $3 properties, $4 expected, $5 kernel; leaves out, verdict
check() {
	local d=$tmp/$1 p w other= opts=(-DNOREDUCE) args=() defs=() found steps=
	mkdir -p "$d" && cd "$d" || return
	local model=$here/zswap.pml mode=-DSAFETY
	for w in $2; do
		case $w in
		MODEL=*) model=$here/${w#*=}.pml ;;
		*) defs+=("-D$w") ;;
		esac
	done
	args+=(-m200000)
	case " $3 " in
	*" END "*) ;;
	*" PROGRESS "*) mode="-DNP -DNFAIR=3"; args+=(-l -f) ;;
	*) args+=(-E); for p in $3; do defs+=("-D$p"); done ;;
	esac
	if [ "$3" = PROGRESS ]; then :
	elif [ "$4" = violated ]; then opts+=(-DBFS); else opts+=(-DCOLLAPSE); fi
	# shellcheck disable=SC2086
	if spin -a "${defs[@]}" "$model" >log 2>&1 &&
	   "$CC" $CFLAGS -w $mode -DMEMLIM=4000 "${opts[@]}" -o pan pan.c >>log 2>&1; then
		timeout "$LIMIT" ./pan "${args[@]}" >out 2>&1
		[ $? -eq 124 ] && echo "timeout" >>log
	fi
	found="no verdict ($(tail -n 1 log 2>/dev/null))"
	if grep -q 'errors: 0$' out 2>/dev/null &&
	   ! grep -qE 'not completed|depth too small|memory limit|out of memory' out; then
		found=safe
		steps="$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1 states/p' out)"
	elif grep -q '^pan:1: invalid end state' out 2>/dev/null; then
		found=deadlock
		case " $3 " in *" END "*) found=violated ;; esac
	elif grep -q '^pan:1: non-progress cycle' out 2>/dev/null; then
		found=violated steps="a cycle without progress"
	elif grep -q 'assertion violated' out 2>/dev/null; then
		p=$(sed -n 's/.*assertion violated.*broken_\([A-Z]*\).*/\1/p' out | head -n 1)
		case " $3 " in
		*" $p "*) found=violated ;;
		*) found="wrong assertion ($p)" ;;
		esac
		schedule "$model" "${defs[@]}" >steps
		[ -s steps ] && steps="$p in $(wc -l <steps) steps"
	fi
	if [ -n "$program" ] && [ -n "$5" ]; then
		other=$(second "$2" "$3" "$4" "$5")
		[ -n "$other" ] || steps+="${steps:+; }$5 agrees"
	fi
	if [ "$found" = "$4" ] && [ -z "$other" ]; then
		printf 'ok   %-23s %-22s %-9s %s\n' "$1" "$3" "$found" "$steps" >line
	elif [ "$found" = "$4" ]; then
		printf 'FAIL %-23s %-22s %s, but swapscope with %s: %s\n' "$1" "$3" "$found" "$5" "$other" >line
	else
		printf 'FAIL %-23s %-22s %s, expected %s; %s\n' "$1" "$3" "$found" "$4" "$steps" >line
	fi
	rm -f pan pan.[a-z]
}

trail= program=
if [ "$1" = -c ]; then
	program=$(realpath "$2") && [ -x "$program" ] || { echo "run.sh: no program '$2'" >&2; exit 2; }
	shift 2
fi
[ "$1" = -t ] && { trail=1; shift; [ $# -eq 1 ] || { echo "usage: run.sh -t NAME" >&2; exit 2; }; }

names=() passed=0 failed=0
while IFS='|' read -r name switches props want kernel; do
	read -r name <<<"$name"; read -r switches <<<"$switches"
	read -r props <<<"$props"; read -r want <<<"$want"
	read -r kernel <<<"$kernel"
	if [ $# -gt 0 ]; then
		case " $* " in *" $name "*) ;; *) continue ;; esac
	elif [ "${SWAPSCOPE_LONG:-0}" != 1 ]; then
		# what the others nearly say already, at most of the price
		case $name in
		*-longer | *-cache-readers | v?.*-toggle | debate-b-last-[muls]*) continue ;;
		esac
	fi
	names+=("$name")
	while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n; done
	(check "$name" "$switches" "$props" "$want" "$kernel") &
done < <(table)
wait

[ ${#names[@]} -ge $(($# > 0 ? $# : 1)) ] || { echo "run.sh: no such configuration" >&2; exit 2; }
if [ -n "$trail" ]; then
	cat "$tmp/${names[0]}/line"
	cat "$tmp/${names[0]}/steps" 2>/dev/null
	exit
fi
for name in "${names[@]}"; do
	cat "$tmp/$name/line" 2>/dev/null || echo "FAIL $name: did not run"
	case $(cat "$tmp/$name/line" 2>/dev/null) in
	ok*) passed=$((passed + 1)) ;;
	*) failed=$((failed + 1)) ;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
