#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a green verdict says of tasks that were never in each other's way, and of overlaps that a file
# demands: exact texts, JSON, exit statuses.
set -u
program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$(dirname "$0")/.." || exit 1
bad=0
export LC_ALL=C.UTF-8
scn=tests/scenarios

# Run `swapscope ARGUMENTS`; the status must be STATUS.
runs()
{
	local status=$1
	shift
	"$program" "$@" >"$work/out" 2>"$work/err"
	local got=$?
	replay="swapscope $*"
	[ $got -eq "$status" ] || complain "exit status $got, not $status: $(head -3 "$work/err")"
}
complain() { echo "$* (replay: $replay)"; bad=1; }
# Its lines from the verdict to the figures, and those on overlaps, must be standard input.
says()
{
	sed -n '/^verdict/,/^states/p;/^overlaps/,/^never made/p' "$work/out" |
		grep -v '^states\|^never made\|^interleavings\|^costs' >"$work/got"
	diff - "$work/got" >"$work/diff" || complain "it says something else: $(cat "$work/diff")"
}
has() { grep -qE -- "$1" "$work/out" || complain "no '$1'"; }
hasnt() { grep -qE -- "$1" "$work/out" && complain "there is '$1'"; }
complains() { grep -qE -- "$1" "$work/err" || complain "no '$1': $(cat "$work/err")"; }
json() { python3 -c "import json; x = json.load(open('$work/out')); assert $1, x" 2>"$work/err" ||
	complain "not so: $1: $(tail -1 "$work/err")"; }

# one waits until the other is done
runs 0 explore $scn/apart-waits.scn
says <<'EOF'
verdict      safe, but these overlaps were never reached: P (fork page 0 to 1) and C (read page 1)
             no property is violated in any interleaving
overlaps     never at the same time: P (fork page 0 to 1) and C (read page 1)
EOF
# nothing in common
runs 0 explore $scn/apart-pages.scn
says <<'EOF'
verdict      safe, but these overlaps were never reached: T0 (read page 0) and T1 (read page 1)
             no property is violated in any interleaving
overlaps     at the same time, but it never matters which of the two moves first: T0 (read page 0)
               and T1 (read page 1)
EOF
# the same where zswap's tree has one lock
runs 0 explore $scn/apart-pages.scn --kernel v6.9
says <<'EOF'
verdict      safe: no property is violated in any interleaving
overlaps     it matters only where one waits for the other's lock: T0 (read page 0) and T1 (read
               page 1)
EOF
# an interrupted task; both operations of the other one
runs 0 explore $scn/apart-priority.scn
says <<'EOF'
verdict      safe, but these overlaps were never reached: H (read page 0, zap page 0) and L (read
             page 1)
             no property is violated in any interleaving
overlaps     at the same time, but it never matters which of the two moves first: H (read page 0,
               zap page 0) and L (read page 1)
EOF
# all of them meet
runs 0 explore debate
says <<'EOF'
verdict      safe: no property is violated in any interleaving
             SLEPT   after 10 steps, in 31,906 of the transitions: a task sleeps on although what it waits for is there
             NOMEM   after 44 steps, in 4,898 of the transitions: a fault says that memory is out because it lost a race, and is repeated
EOF
# not known beyond a bound, and so it says
runs 3 explore $scn/apart-pages.scn --max-states 100
says <<'EOF'
verdict      bounded: no violation within the bound; beyond it, unknown
covered      the first 13 steps of every run
bound hit    max_states
overlaps     demanded, and not reached within the bounds: zswap_load: zswap_decompress(entry,
               folio): end while zswap_load: zswap_decompress(entry, folio): begin ..
               zswap_decompress(entry, folio): end
             not reached within the bounds: T0 (read page 0) and T1 (read page 1)
EOF
# what never begins: there is no page for it; a task that a file names, not the device
cat >"$work/idle.scn" <<'EOF'
[scenario]
device = disk
[page 0]
[page 1]
mm = 1
at = unborn
[task A]
run = read page 0, for ever
[task B]
run = read page 1, for ever
EOF
runs 0 explore "$work/idle.scn"
says <<'EOF'
verdict      safe, but these overlaps were never reached: A (read page 0) and B (read page 1)
             no property is violated in any interleaving
overlaps     never begun: B (read page 1)
EOF

# JSON
runs 0 explore $scn/apart-waits.scn --json
json "x['overlaps_never_reached'] == [{'one': {'task': 'P', 'operation': 'fork page 0 to 1'},
	'other': {'task': 'C', 'operation': 'read page 1'}, 'how': 'never_at_the_same_time'}]"
json "x['overlaps_at_locks_only'] == [] and x['overlaps_bound'] is None and x['never_begun'] == []"
runs 0 explore $scn/apart-pages.scn --json
json "[p['how'] for p in x['overlaps_never_reached']] == ['never_mattered']"
runs 0 explore $scn/apart-pages.scn --json --kernel v6.9
json "x['overlaps_never_reached'] == [] and len(x['overlaps_at_locks_only']) == 1"
runs 3 explore $scn/apart-pages.scn --json --max-states 100
json "x['overlaps_bound'] == 'max_states' and len(x['overlaps_demanded_not_reached']) == 1"
runs 0 explore "$work/idle.scn" --json
json "x['never_begun'] == [{'task': 'B', 'operation': 'read page 1'}]"

# demands: met, not met, and not understood
end='zswap_load: zswap_decompress(entry, folio): end'
pick='zswap_shrink: shrinker: pick the coldest = picked'
pin='__read_swap_cache_async: swapcache_prepare(entry)'
runs 0 explore debate --reach "$end while $pick .. $pin"
has "^reached after 11 steps: $(sed 's/[().*]/\\&/g' <<<"$end while $pick .. $pin")$"
has "schedule: T0\*9 W T0$"
runs 0 explore debate --reach "$end while $pick .. $pin" --json
json "x['reach']['reached'] and x['reach']['length'] == 11"
runs 1 explore $scn/overlap-unreached.scn --expect
has '^WRONG .*:12: v6.9 -> safe.*, but never made: zswap_load: .* while zswap_writeback_entry: .*: end$'
runs 0 explore $scn/overlap-unreached.scn
has '^overlaps     demanded, and never reached: zswap_load: zswap_decompress\(entry, folio\): end while'
# as soon as the rule is gone that keeps them apart it is reached
runs 1 explore $scn/overlap-unreached.scn --set pin=none
hasnt 'demanded'
runs 1 matrix $scn/overlap-unreached.scn --kernel v6.9 --text --width 400
has 'but line 12 expects safe, but never made: zswap_load'
runs 0 explore $scn/overlap-unreached.scn --json
json "len(x['overlaps_demanded_not_reached']) == 1"
runs 0 explore debate --reach "$end while zswap_writeback_entry: zswap_decompress(entry, folio): begin .. \
zswap_decompress(entry, folio): end"
has '^not reached  zswap_load'
runs 3 explore debate --max-states 50 --reach "$end while $pick .. $pin"
has '^not reached .*, as far as was searched$'
runs 2 explore debate --reach "$end while $pick"
complains "^swapscope: --reach: behind 'while' two steps are needed"
runs 2 explore debate --reach "$end while zswap_shrink: dance .. $pin"
complains "^swapscope: --reach: no step 'zswap_shrink: dance'; 'swapscope list steps' shows them"
runs 2 explore debate --reach "$end while $pick .. $pin = maybe"
complains "no result 'maybe'"
runs 2 explore debate --after 'T0*3' --reach "$end while $pick .. $pin"
complains '^swapscope: explore: --after excludes a --reach with .while.'
sed "s/^reach.*/reach = $end while dance .. $pin/" $scn/apart-pages.scn >"$work/bad.scn"
runs 2 explore "$work/bad.scn"
complains "^swapscope: $work/bad.scn:26: no step 'dance'; 'swapscope list steps' shows them as"
# what was made before --after is not asked for
runs 0 explore $scn/overlap-unreached.scn --after 'T0*3'
hasnt 'demanded'
runs 0 explore $scn/overlap-unreached.scn --after 'T0*3' --json
json "x['overlaps_demanded_not_reached'] == []"
runs 1 explore debate --kernel debate-a --property UAF --json
json "x['overlaps_bound'] == 'stopped'"

# a matrix: what no cell has
runs 0 matrix $scn/apart-pages.scn $scn/apart-waits.scn --kernel v7.0 --text
has '^of 153 pairs of operations, in no scenario together: 151; never at the same$'
runs 0 matrix $scn/apart-pages.scn $scn/apart-waits.scn --kernel v7.0 --text --unreached
has '^  read        = read$'
has '^  fork        - ([.] ){11}fork$'
runs 0 matrix $scn/apart-pages.scn $scn/apart-waits.scn --kernel v7.0 --kernel v6.9 --json
json "x['pairs_not_met']['never_at_the_same_time'] == [['read', 'fork']]"
json "x['pairs_not_met']['at_locks_only'] == [['read', 'read']]"
json "x['pairs_not_met']['never_mattered'] == [] and len(x['pairs_not_met']['not_together']) == 151"
exit $bad
