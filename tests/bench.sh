#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every figure of scripts/bench can be made, by its quick form.  How large one is does not matter.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() { echo "$*"; bad=1; }

# What has to be printed: on how many lines, how many numbers above 0 behind the name, the name.
figures='1|2|a world: shared memory of
1|8|writeback-race +v6\.8 
1|8|debate +v6\.9 
1|8|debate +v6\.8 
1|8|debate +debate-a 
1|8|debate +v6\.1 
1|8|debate +v7\.0 
1|8|tests/scenarios/for-ever\.scn +v6\.9 
1|8|tests/scenarios/five-tasks\.scn +v6\.9 
1|9|certificate of (aba|debate) v6\.9:
1|3|transitions
1|2|recorded
1|2|bare inserts
1|1|ratio
1|4|plain
1|5|packed
1|8|a run of
2|2|open  
2|2|open and draw the first screen
2|2|world at a random position
2|2|world a step forward
2|2|world a step back
2|2|go to, drawn \(200x50\)
2|2|a step forward, drawn
2|2|a step back, drawn
1|2|to a cause, 3 in turn
2|2|no change in the whole run
1|4|swapscope view to its first frame
6|4|key to frame: [a-z -,()]+[a-z)]
1|1|idle for
1|2|what can happen next
1|2|a move by hand, recorded and read back
1|2|a move that begins a branch
1|2|ask writeback-first +debate-a
1|3|ask debate +v6\.9
2|10|v6\.9 
2|10|v6\.12 
2|10|v7\.0 
1|3|.*/record\.db:
1|8|d-fixed-uffdwp-6\.8 .* import
1|3| +[0-9]+ bytes an event as text; compressed by
1|2|memory of a story:
1|4|d-fixed-uffdwp-6\.8 .* as rows'
# check OUTPUT FIGURES: says which of them are not there
check()
{
	local lines numbers name
	while IFS='|' read -r lines numbers name; do
		name=$name awk -v lines="$lines" -v numbers="$numbers" '
		match($0, "^" ENVIRON["name"]) {
			rest = substr($0, RLENGTH + 1)
			for (n = 0; match(rest, /[0-9][0-9.]*/); n++) {
				if (substr(rest, RSTART, RLENGTH) + 0 <= 0)
					break
				rest = substr(rest, RSTART + RLENGTH)
			}
			good += n >= numbers && !/nan|inf/
		}
		END { exit good != lines }' "$1" || echo "not there: $name"
	done <<<"$2"
}

# usage ARGUMENT...: is wrong
usage()
{
	scripts/bench "$@" >"$work/out" 2>"$work/err"
	[ $? = 2 ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" = 1 ] &&
		grep -qE '^usage: scripts/bench |there is no folder' "$work/err" ||
		complain "scripts/bench $* does not say what is wrong"
}
usage --fast
usage 1
usage --quick --build
usage --build "$work/nowhere"

scripts/bench --quick --build "$1" >"$work/out" 2>"$work/err" ||
	complain "scripts/bench --quick: exit $?: $(cat "$work/err")"
says=$(check "$work/out" "$figures")
[ -z "$says" ] || complain "$says
$(cat "$work/out")"

# a figure that is 0 is missed, one that is not there, and a program
while IFS= read -r figure; do
	name=${figure#*|*|} awk 'match($0, "^" ENVIRON["name"]) {
		rest = substr($0, RLENGTH + 1)
		gsub(/[0-9]/, "0", rest)
		$0 = substr($0, 1, RLENGTH) rest
	} 1' "$work/out" >"$work/zero"
	for output in "$work/zero" /dev/null; do
		[ -n "$(check "$output" "$figure")" ] || complain "not missed: $figure"
	done
done <<<"$figures"
mkdir "$work/empty"
scripts/bench --quick --build "$work/empty" >/dev/null 2>&1 &&
	complain "scripts/bench is content without its programs"
exit $bad
