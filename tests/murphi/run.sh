#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Search zswap.m with rumur and say which properties each cell violates: a kernel with
# some of its rules changed, the tasks, and where the page is at the start.
#
#   run.sh                 all of them, the many ones only with SWAPSCOPE_LONG=1; then
#                          "N passed, N failed"
#   run.sh NAME...         only these; `run.sh -l` lists them
#   run.sh -c PROGRAM [NAME...]    have swapscope explore the same worlds, too: each
#                          property has to be violated there where it is here, and
#                          nowhere else; but for a few differences (below)
#   run.sh -t NAME PROPERTY        print a shortest schedule of it
#   run.sh -s NAME         print the scenario that swapscope is given for it
#
# All cells are start states of one search, and each property of each is a cover of
# rumur, which counts the states that have it: so no property stops the search for
# another.  -t asks for one as an invariant, alone.
#
# What cannot be violated swapscope is asked for STATES states only, which is enough for
# most; with SWAPSCOPE_LONG=1 for all.
#
# Then the model is broken (MUTANT in zswap.m), and the verdict on a cell has to change; one of
# the mutations makes a kernel look safe that is not.
# JOBS is the number of programs at a time.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 2
CC=${CC:-gcc}
JOBS=${JOBS:-$(nproc)}
STATES=${STATES:-1000000}
[ "${SWAPSCOPE_LONG:-0}" != 0 ] || SWAPSCOPE_LONG=
PROPERTIES="UAF MAPPED LOST STALE LEAK"
for tool in rumur "$CC"; do
	command -v "$tool" >/dev/null || { echo "run.sh: no $tool" >&2; exit 77; }
done
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

# name | kernel and switches | tasks | where the page is
cells() {
	local pin refcount load unlink kernel
	for pin in none has_cache; do for refcount in off on; do
	for load in exclusive nonexclusive if-cached; do
		tasks "$pin-$refcount-$load" "v6.9 pin=$pin refcount=$refcount load=$load"
	done; done; done
	cat <<-END
		debate-a             | debate-a | T0 T1 W | zswap
		debate-b             | debate-b | T0 T1 W | zswap
		debate-b-last        | debate-b unlink=last | T0 T1 W | zswap
		debate-c             | debate-c | T0 T1 W K | zswap
		v6.9-last            | v6.9 unlink=last | T0 T1 W K | zswap
		v6.9-decompressed    | v6.9 unlink=decompressed | T0 T1 W K | zswap
		v6.9-drain           | v6.9 invalidate=drain | T0 T1 W K | zswap
		v6.9-never           | v6.9 invalidate=never | T0 T1 W K | zswap
		v6.9-free-writeback  | v6.9 free_writeback=off | T0 T1 W K | zswap
		v6.9-clean           | v6.9 load_dirty=off | T0 T1 W K | zswap
		v6.9-no-recheck      | v6.9 recheck=off | T0 T1 W K | zswap
		v6.9-rc1             | v6.9-rc1 | T0 T1 W K | zswap
		v6.8                 | v6.8 | T0 T1 W K | zswap
		v6.8-exclusive       | v6.8 load=exclusive | T0 T1 W K | zswap
		v6.1.y               | v6.1.y | T0 T1 W K | zswap
		v6.1.0-T0+W          | v6.1.0 | T0 W | zswap
		v6.1.0-T1+W+K        | v6.1.0 | T1 W K | zswap
		v6.1.0-T0+T1+K       | v6.1.0 | T0 T1 K | zswap
		v6.17                | v6.17 | T0 T1 W K | zswap
		v7.0                 | v7.0 | T0 T1 W K | zswap
		v7.0-clean           | v7.0 load_dirty=off | T0 T1 W K | zswap
		v7.0-no-match        | v7.0 match=off | T0 T1 W K | zswap
		v6.9-rc1-aborted     | v6.9-rc1 | T0 C M | zswap
		v6.9-aborted         | v6.9 | T0 C M | zswap
		v6.9-exclusive-count-aborted | v6.9 load=exclusive refcount=on | T0 C M | zswap
		v6.8-aborted         | v6.8 | T0 C M | zswap
		v6.8-exclusive-aborted | v6.8 load=exclusive | T0 C M | zswap
		v6.17-exclusive-aborted | v6.17 load=exclusive | T0 C M | zswap
		v7.0-exclusive-aborted | v7.0 load=exclusive | T0 C M | zswap
		v6.5-aba             | v6.5 | T0 T1 K | device
		v6.1.0-aba           | v6.1.0 | T0 T1 K | device
		v6.1.y-aba           | v6.1.y | T0 T1 K | device
		v6.8-aba             | v6.8 | T0 T1 K | device
		v6.8-late-aba        | v6.8 pin=late | T0 T1 K | device
		v6.8-early-aba       | v6.8 pin=early | T0 T1 K | device
		v6.9-aba             | v6.9 | T0 T1 K | device
		v6.9-none-aba        | v6.9 pin=none | T0 T1 K | device
		v6.9-none-count-aba  | v6.9 pin=none refcount=on | T0 T1 K | device
		v7.0-aba             | v7.0 | T0 T1 K | device
	END
	[ -n "$SWAPSCOPE_LONG" ] || return 0
	for pin in none has_cache late early; do for refcount in off on; do
	for load in exclusive nonexclusive if-cached; do for unlink in first decompressed last; do
		case $pin-$unlink in none-first | has_cache-first) continue ;; esac
		kernel=v6.9
		[ "$refcount" = on ] && kernel=debate-b
		tasks "$pin-$refcount-$load-$unlink" "$kernel pin=$pin load=$load unlink=$unlink"
	done; done; done; done
	cat <<-END
		v6.9-late            | v6.9 pin=late | T0 T1 W K | zswap
		v6.9-early           | v6.9 pin=early | T0 T1 W K | zswap
		v6.1.0               | v6.1.0 | T0 T1 W K | zswap
		v6.5                 | v6.5 | T0 T1 W K | zswap
		v6.5-exclusive       | v6.5 load=exclusive | T0 T1 W K | zswap
		v6.12                | v6.12 | T0 T1 W K | zswap
		debate-b-drain       | debate-b invalidate=drain | T0 T1 W K | zswap
		debate-b-erase-first | debate-b dup=erase-first | T0 T1 W K | zswap
	END
}

tasks() {
	echo "$1-T0+W | $2 | T0 W | zswap"
	echo "$1-T0+T1 | $2 | T0 T1 | zswap"
	echo "$1-all | $2 | T0 T1 W K | zswap"
}

# cell | what swapscope violates there and zswap.m does not: kernels that never were, and a
# difference that docs/truth.md tells.  It has to be there.
differences() {
	cat <<-END
		none-off-exclusive-decompressed-T0+W | STALE
		none-off-exclusive-decompressed-all | LEAK
		none-off-exclusive-last-T0+W | MAPPED STALE
		late-off-exclusive-decompressed-T0+W | STALE
		late-off-exclusive-decompressed-all | LEAK
		late-off-exclusive-last-T0+W | STALE
		none-on-exclusive-decompressed-T0+W | UAF STALE
		none-on-exclusive-decompressed-all | UAF
		late-on-exclusive-decompressed-T0+W | UAF STALE
		late-on-exclusive-decompressed-all | UAF
	END
}

# the mutation of zswap.m | a cell whose verdict it has to change
mutants() {
	cat <<-END
		EEXIST_IGNORED | has_cache-off-if-cached-T0+W
		UNPIN_EARLY | has_cache-off-if-cached-T0+W
		PTE_NOT_COMPARED | debate-c
		OLD_ENTRY_KEPT | v6.8
		DIRTY_DROPPED | v7.0
		LOWEST_FIRST | v6.9-no-recheck
	END
}

# rules KERNEL: what that kernel does of what zswap.m has.  Not asked of swapscope: what it takes
# a kernel's rules to be is compared as well.
rules() {
	local rest
	rest="refcount=off load=if-cached erase=found pin=has_cache recheck=on unlink=first
		shrinker=rotate eexist=skip invalidate=free free=parked dup=replace match=on
		zeromap=off load_dirty=on free_writeback=on"
	case $1 in
	debate-a) rest+=" pin=none" ;;
	debate-b) rest+=" pin=none refcount=on" ;;
	v6.9 | debate-c) ;;
	v6.12) rest+=" zeromap=on" ;;
	v6.9-rc1) rest+=" load=exclusive" ;;
	v6.17) rest+=" zeromap=on free=at-once erase=decompressed unlink=decompressed" ;;
	v7.0) rest+=" zeromap=on free=at-once erase=decompressed unlink=decompressed pin=folio" ;;
	v6.8 | v6.5 | v6.1.0 | v6.1.y)
		rest+=" refcount=on load=nonexclusive unlink=last shrinker=isolate"
		rest+=" invalidate=drain dup=erase-first"
		case $1 in
		v6.5) rest+=" pin=none eexist=wait" ;;
		v6.1.0) rest+=" pin=none eexist=wait shrinker=zpool recheck=off" ;;
		v6.1.y) rest+=" eexist=wait shrinker=zpool" ;;
		esac ;;
	*) echo "run.sh: no kernel $1" >&2; return 1 ;;
	esac
	echo "$rest"
}

# start NUMBER KERNEL-AND-SWITCHES TASKS PLACE: a start state of zswap.m
start() {
	local s t all
	read -ra s <<<"$2"
	all="$(rules "${s[0]}") ${s[*]:1}" || return 1
	echo "startstate begin"
	echo "	cell := $1;"
	for s in $all; do	# a later one counts
		t=${s//[=-]/_}
		echo "	sw.${s%%=*} := $t;"
	done
	if [ "$4" = device ]; then t=brd; else t=zram; fi
	echo "	sw.device := device_$t;"
	echo "	begin_world();"
	[ "$4" = device ] && echo "	on_device();"
	for t in $3; do echo "	has_$t();"; done
	echo "end;"
}

predicate() {
	case $1 in
	UAF) echo "uaf()" ;;
	MAPPED) echo "not_mapped()" ;;
	LOST) echo "lost()" ;;
	STALE) echo "stale()" ;;
	LEAK) echo "leak()" ;;
	*) return 1 ;;
	esac
}

# scenario KERNEL-AND-SWITCHES TASKS PLACE: the same world, for swapscope
scenario() {
	local s t device=zram
	[ "$3" = device ] && device=brd
	read -ra s <<<"$1"
	echo "[scenario]"
	echo "device = $device"
	echo "slots = 1"
	echo "pool = 2"
	echo "kernel = ${s[0]}"
	for t in "${s[@]:1}"; do echo "set = $t"; done
	echo "[page 0]"
	echo "at = $3 0"
	for t in $2; do
		echo "[task $t]"
		case $t in
		T0) echo "run = read page 0" ;;
		T1) echo "run = write page 0" ;;
		W) echo "run = shrink" ;;
		K) echo "run = reclaim page 0" ;;
		M) echo "run = isolate" ;;
		C) echo "run = clear_refs page 0" ;;
		esac
	done
}

# build FOLDER MUTANT CELLS OPTION...: a verifier, FOLDER/verifier; what is asked is in FOLDER/asked
build() {
	local folder=$1 mutant=$2 cells=$3 option=()
	shift 3
	{
		echo "const CELLS: $cells;"
		echo "MUTANT: $mutant;"
		cat "$here/zswap.m" "$folder/asked"
	} >"$folder/model.m"
	# compare and swap of 16 bytes, which x86 has only if one asks for it
	case $(uname -m) in x86_64) option=(-mcx16) ;; esac
	rumur --quiet --deadlock-detection off "$@" --output "$folder/model.c" "$folder/model.m" &&
		"$CC" "${CFLAGS:--O1}" -w "${option[@]}" "$folder/model.c" -o "$folder/verifier" \
			-lpthread -latomic
}

# verdicts FOLDER MUTANT NAME...: search these cells; FOLDER/verdict has a line for each, with its
# properties
verdicts() {
	local folder=$1 mutant=$2 name kernel tasks place p n=0
	shift 2
	mkdir "$folder" || return 1
	: >"$folder/asked"
	for name; do
		IFS='|' read -r kernel tasks place <<<"${cell[$name]}"
		{
			start "$n" "$kernel" "$tasks" "$place" || return 1
			for p in $PROPERTIES; do
				echo "cover \"$name $p\" cell = $n & $(predicate "$p");"
			done
		} >>"$folder/asked"
		n=$((n + 1))
	done
	build "$folder" "$mutant" "$n" --threads 1 --counterexample-trace off \
		--output-format machine-readable || return 1
	"$folder/verifier" >"$folder/out" 2>"$folder/err"
	# to rumur a cover that no state has is an error, too; to us what has no answer to each is one
	if grep -q '<error' "$folder/out" || ! grep -q '<summary' "$folder/out" ||
	   [ "$(grep -c '<cover_result' "$folder/out")" != "$(grep -c '^cover' "$folder/asked")" ]; then
		cp "$folder/out" "$folder/err"
		cat "$folder/err"
		return 1
	fi
	sed -n 's/.*cover_result message="\(.*\) \([A-Z]*\)" count="\(.*\)".*/\1 \2 \3/p' "$folder/out" |
		awk -v names="$*" '
			$3 != 0 { has[$1] = has[$1] " " $2 }
			END {
				n = split(names, name, " ")
				for (i = 1; i <= n; i++)
					print name[i] has[name[i]]
			}' >"$folder/verdict"
}

# asked NAME OPTION...: what swapscope says of that cell, asked for some properties
asked() {
	local bound=(--max-states "$STATES")
	[ -n "$SWAPSCOPE_LONG" ] && bound=()
	out=$("$program" explore "$tmp/$1.scn" --brief "${bound[@]}" "${@:2}" 2>&1)
	status=$?
}

# explored NAME: swapscope's verdict on that cell; says where it is another than zswap.m's
explored() {
	local name=$1 p rest=() safe out status bad=0
	scenario_of "$name" >"$tmp/$name.scn"
	for p in $PROPERTIES; do
		case " ${verdict[$name]} ${differs[$name]} " in
		*" $p "*) ;;
		*) rest+=(--property "$p"); continue ;;
		esac
		asked "$name" --property "$p"
		[ "$status" = 1 ] && continue
		bad=1
		echo "$name: $p is violated${differs[$name]:+, or should differ}," \
			"but to swapscope (exit status $status):"
		grep '^verdict' <<<"$out" || echo "$out"
		again "$name" "$p"
	done
	[ ${#rest[@]} = 0 ] || asked "$name" "${rest[@]}"
	if [ ${#rest[@]} != 0 ] && [ "$status" = 3 ] && [ -z "$SWAPSCOPE_LONG" ]; then
		echo "$name: swapscope was asked for $STATES states"
	elif [ ${#rest[@]} != 0 ] && [ "$status" != 0 ]; then
		bad=1
		safe=${rest[*]}
		echo "$name: ${safe//--property /} cannot be violated," \
			"but to swapscope (exit status $status):"
		grep '^verdict' <<<"$out" || echo "$out"
		again "$name" "${rest[1]}"
	fi
	return $bad
}

again() {
	echo "replay: tests/murphi/run.sh -t $1 $2"
	echo "        tests/murphi/run.sh -s $1 >x.scn; $program explore x.scn --property $2"
}

scenario_of() {
	local kernel tasks place
	IFS='|' read -r kernel tasks place <<<"${cell[$1]}"
	scenario "$kernel" "$tasks" "$place"
}

# broken MUTATION CELL: zswap.m with that mutation has to come to another verdict on that cell
broken() {
	local n got
	n=$(sed -n "s/^	$1:[	 ]*\([0-9]*\);.*/\1/p" "$here/zswap.m")
	if CFLAGS=-O0 verdicts "$tmp/$1" "$n" "$2" >/dev/null; then
		got=$(sed -n "s/^$2 *//p" "$tmp/$1/verdict")
	else
		got=$(sed -n 's/.*<message>\(.*\)<.*/\1/p' "$tmp/$1/err")
		got=${got##*: }
		[ -n "$got" ] || { echo "$1: no search"; cat "$tmp/$1/err"; return 1; }
	fi
	if [ "$got" = "${verdict[$2]}" ]; then
		echo "$1: $2 is as without this mutation: ${got:-safe}"
		return 1
	fi
	echo "$1 noticed: $2 ${got:-safe}, not ${verdict[$2]:-safe}"
}

# parallel COMMAND WORDS...: COMMAND with each of them, JOBS at a time; their output, in order
parallel() {
	local command=$1 n=0 words
	shift
	for words; do
		if [ $n -ge "$JOBS" ]; then wait -n; fi
		n=$((n + 1))
		# shellcheck disable=SC2086
		(
			$command $words >"$tmp/said.$n" 2>&1
			echo $? >"$tmp/status.$n"
		) &
	done
	wait
	good=0
	for ((n = 1; n <= $#; n++)); do
		cat "$tmp/said.$n"
		[ "$(cat "$tmp/status.$n")" = 0 ] && good=$((good + 1))
	done
	[ $good = $# ]
}

declare -A cell verdict differs
names=()
while IFS='|' read -r name rest; do
	name=${name// /}
	names+=("$name")
	# the blanks around the columns go
	cell[$name]=$(sed 's/ *| */|/g; s/^ *//; s/ *$//' <<<"$rest")
done < <(SWAPSCOPE_LONG=1 cells)
while IFS='|' read -r name rest; do
	differs[${name// /}]=${rest# }
done < <(differences)
program=
what=check
while getopts lc:t:s: option; do
	case $option in
	l) what=list ;;
	c) program=$(realpath "$OPTARG") || exit 2 ;;
	t) what=trace; name=$OPTARG ;;
	s) what=scenario; name=$OPTARG ;;
	*) sed -n 's/^#   //p' "$0" >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
case $what in
trace | scenario) asked_for=("$name") ;;
*) asked_for=("$@") ;;
esac
for name in "${asked_for[@]}"; do
	[ -n "${cell[$name]}" ] || { echo "run.sh: no cell '$name'; -l lists them" >&2; exit 2; }
done

case $what in
list)
	for name in "${names[@]}"; do echo "$name: ${cell[$name]//|/, }"; done
	exit 0
	;;
scenario)
	scenario_of "$name"
	exit 0
	;;
trace)
	IFS='|' read -r kernel tasks place <<<"${cell[$name]}"
	property=$(predicate "$1") || { echo "run.sh: -t NAME PROPERTY, of $PROPERTIES" >&2; exit 2; }
	{
		start 0 "$kernel" "$tasks" "$place"
		echo "invariant \"$1\" !$property;"
	} >"$tmp/asked"
	build "$tmp" 0 1 --threads 1 || exit 2
	"$tmp/verifier"
	exit
	;;
esac

all=$#
[ $# = 0 ] && mapfile -t asked_for < <(cells | sed 's/ *|.*//; s/^ *//')
# several searches, each of every so-manyth cell, for costly ones stand side by side
searches=$(((${#asked_for[@]} + 29) / 30))
[ $searches -lt "$JOBS" ] && searches=$JOBS
list=()
for ((i = 0; i < searches && i < ${#asked_for[@]}; i++)); do
	group="$tmp/group$i 0"
	for ((j = i; j < ${#asked_for[@]}; j += searches)); do group+=" ${asked_for[j]}"; done
	list+=("$group")
done
if ! parallel verdicts "${list[@]}"; then
	echo "run.sh: a search failed" >&2
	exit 1
fi
for group in "${list[@]}"; do
	while read -r name rest; do verdict[$name]=$rest; done <"${group%% *}/verdict"
done
for name in "${asked_for[@]}"; do echo "$name: ${verdict[$name]:-safe}"; done
passed=${#asked_for[@]}
total=$passed
if [ -n "$program" ]; then
	parallel explored "${asked_for[@]}"
	passed=$good
fi
if [ "$all" = 0 ]; then
	mapfile -t list < <(mutants | sed 's/|//')
	parallel broken "${list[@]}"
	passed=$((passed + good))
	total=$((total + ${#list[@]}))
fi
echo "$passed passed, $((total - passed)) failed"
[ "$passed" = "$total" ]
