#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Check zswap.pml: build each configuration of the table below, search it
# exhaustively and compare the verdict with the expected one.
#
#   run.sh            all of them; one line each, then "N passed, N failed"
#   run.sh NAME...    only these
#   run.sh -t NAME    print a shortest schedule of a violated one
#
# Expected-safe configurations are searched depth first, the others breadth
# first, so that the schedule found is a shortest one; neither uses partial order
# reduction.  JOBS is the number of searches at a time.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 2
model=$here/zswap.pml
CC=${CC:-gcc}
CFLAGS=${CFLAGS:--O0}	# for most configurations -O2 costs more than it gains
JOBS=${JOBS:-$(nproc)}
LIMIT=${LIMIT:-100}	# seconds for one search
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

# name | switches | properties (END: nobody waits for ever) | verdict
table() {
	cat <<-END
	debate-a             | $A UNLINK=1 | UAF | violated
	debate-a-t0-w        | $A UNLINK=1 $T0_W | UAF | violated
	debate-a-t0-t1       | $A UNLINK=1 $T0_T1 | UAF | violated
	debate-b-last-uaf    | $B UNLINK=0 | UAF | safe
	debate-b-last-mapped | $B UNLINK=0 | MAPPED | violated
	debate-b-last-lost   | $B UNLINK=0 | LOST | violated
	debate-b-last-stale  | $B UNLINK=0 | STALE | violated
	debate-b-last-nowr   | $B UNLINK=0 HAS_W=0 WR1=0 | MAPPED | violated
	debate-b-last-no-k   | $B UNLINK=0 HAS_K=0 NW=2 | UAF MAPPED LOST | safe
	debate-b-first-uaf   | $B UNLINK=1 | UAF | safe
	debate-b-first-mapped| $B UNLINK=1 | MAPPED | violated
	debate-b-first-lost  | $B UNLINK=1 | LOST | violated
	debate-b-first-t0-w  | $B UNLINK=1 $T0_W | MAPPED | violated
	v6.9-uaf             | $C UNLINK=1 | UAF | safe
	v6.9-mapped          | $C UNLINK=1 | MAPPED | safe
	v6.9-lost            | $C UNLINK=1 | LOST | safe
	v6.9-stale           | $C UNLINK=1 | STALE | safe
	v6.9-end             | $C UNLINK=1 N0=2 NW=2 | END | safe
	v6.9-longer          | $C UNLINK=1 N0=2 NW=2 NK=3 WR0=1 | UAF MAPPED LOST | safe
	v6.9-cache-readers   | $C UNLINK=1 RA=1 HAS_R=1 | UAF MAPPED LOST | safe
	v6.9-toggle          | $C UNLINK=1 TOGGLE=1 | UAF MAPPED LOST STALE | safe
	v6.9-two-slots       | $C UNLINK=1 NS=2 | UAF MAPPED LOST | safe
	v6.9-late-invalidate | $C UNLINK=1 INVAL=1 | UAF MAPPED LOST STALE | safe
	v6.9-unlocked-inv-uaf| $C UNLINK=1 INVAL=2 | UAF | violated
	v6.9-unlocked-inv-lost| $C UNLINK=1 INVAL=2 | LOST | violated
	v6.17                | $C UNLINK=0 | UAF MAPPED LOST STALE | safe
	v6.9-rc1             | PIN=1 LOAD=0 $ONLY_T0 TOGGLE=1 | LOST | violated
	v6.9-rc1-refcount    | PIN=1 LOAD=0 REFCOUNT=1 $ONLY_T0 TOGGLE=1 | LOST | violated
	v6.9-rc1-fixed       | PIN=1 LOAD=2 $ONLY_T0 TOGGLE=1 | LOST | safe
	v6.9-rc1-no-toggle   | PIN=1 LOAD=0 | UAF MAPPED LOST | safe
	v6.8-exclusive       | PIN=1 REFCOUNT=1 LOAD=0 UNLINK=0 INVAL=1 $ONLY_T0 TOGGLE=1 | LOST | violated
	v6.8                 | PIN=1 REFCOUNT=1 LOAD=1 UNLINK=0 INVAL=1 TOGGLE=1 | UAF MAPPED LOST STALE | safe
	v6.3-no-recheck      | PIN=1 REFCOUNT=1 LOAD=1 UNLINK=0 INVAL=1 RECHECK=0 | MAPPED | violated
	double-swapin        | PIN=0 LOAD=0 WR1=0 $T0_T1 | MAPPED | violated
	double-swapin-pin    | PIN=1 LOAD=0 WR1=0 $T0_T1 | MAPPED LOST | safe
	double-swapin-refcnt | PIN=0 LOAD=2 REFCOUNT=1 WR1=0 $T0_T1 | UAF MAPPED LOST | safe
	END
}

# the schedule of the trail in the current directory; $@: defines
schedule() {
	spin "$@" -k zswap.pml.trail -T "$model" 2>&1 |
	sed -e '/^spin: trail ends/,$d' -e '/^spin:/d' -e 's/^ *//'
}

# $1 name, $2 switches, $3 properties, $4 expected; leaves out, verdict
check() {
	local d=$tmp/$1 p w opts=(-DNOREDUCE) args=() defs=() found steps=
	mkdir -p "$d" && cd "$d" || return
	for w in $2; do defs+=("-D$w"); done
	args+=(-m200000)
	case " $3 " in
	*" END "*) ;;
	*) args+=(-E); for p in $3; do defs+=("-D$p"); done ;;
	esac
	if [ "$4" = violated ]; then opts+=(-DBFS); else opts+=(-DCOLLAPSE); fi
	# shellcheck disable=SC2086
	if spin -a "${defs[@]}" "$model" >log 2>&1 &&
	   "$CC" $CFLAGS -w -DSAFETY -DMEMLIM=4000 "${opts[@]}" -o pan pan.c >>log 2>&1; then
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
	elif grep -q 'assertion violated' out 2>/dev/null; then
		p=$(sed -n 's/.*assertion violated.*broken_\([A-Z]*\).*/\1/p' out | head -n 1)
		case " $3 " in
		*" $p "*) found=violated ;;
		*) found="wrong assertion ($p)" ;;
		esac
		schedule "${defs[@]}" >steps
		steps="$p in $(wc -l <steps) steps"
	fi
	if [ "$found" = "$4" ]; then
		printf 'ok   %-23s %-22s %-9s %s\n' "$1" "$3" "$found" "$steps" >line
	else
		printf 'FAIL %-23s %-22s %s, expected %s; %s\n' "$1" "$3" "$found" "$4" "$steps" >line
	fi
	rm -f pan pan.[a-z]
}

trail=
[ "$1" = -t ] && { trail=1; shift; [ $# -eq 1 ] || { echo "usage: run.sh -t NAME" >&2; exit 2; }; }

names=() passed=0 failed=0
while IFS='|' read -r name switches props want; do
	read -r name <<<"$name"; read -r switches <<<"$switches"
	read -r props <<<"$props"; read -r want <<<"$want"
	if [ $# -gt 0 ]; then
		case " $* " in *" $name "*) ;; *) continue ;; esac
	fi
	names+=("$name")
	while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n; done
	(check "$name" "$switches" "$props" "$want") &
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
