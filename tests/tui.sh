#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The real program in a real terminal (tmux): keys go in, screens come out.
set -u
program=$(realpath "$1")
work=$(mktemp -d)
socket=swapscope-test-$$ servers=0
trap 'tmux -L "$socket" kill-server 2>/dev/null; rm -rf "$work"' EXIT
bad=0
export LC_ALL=C.UTF-8
. "$(dirname "$0")/screen.sh"

# start WIDTH HEIGHT COMMAND: in a fresh session; its exit status goes to $work/status
start()
{
	# a server of its own each time: one that is being killed may still take the connection
	tm kill-server 2>/dev/null
	servers=$((servers + 1))
	socket=swapscope-test-$$-$servers
	rm -f "$work/status"
	tm new-session -d -x "$1" -y "$2" "$3; echo \$? >$work/status; sleep 30"
}
left() { for _ in $(seq 100); do [ -s "$work/status" ] && return 0; sleep 0.1; done
	echo "the program did not end"; screen; bad=1; }

for size in "80 24" "200 50" "200 60"; do
	# shellcheck disable=SC2086
	start $size "$program tour --save $work/tour.db"
	shows 'debate-a.* 0/19' && shows 'v6.9.* 0/32'
	keys Right Right
	shows 'debate-a.* 2/19' && shows 'v6.9.* 2/32'
	keys Left
	shows ' 1/19'
	keys End
	shows ' 19/19' && shows 'UAF'
	keys Home
	shows ' 0/19' && shows ' 0/32'
	keys f			# the next finding moves both
	shows ' 19/19'
	keys Home d		# the first difference: a step of its own
	shows 'step of its own'
	keys d			# the second is where they part: the rule
	shows 'parted after step 10' && shows 'has_cache'
	shows 'T0 .sync'	# who holds the slot
	keys '?'
	shows 'one step back'
	keys Escape n
	shows '2/6'
	keys p
	shows '1/6'
	keys q
	left
	[ "$(cat "$work/status")" = 0 ] || { echo "exit status $(cat "$work/status")"; bad=1; }
done

# the matrix fills in; a cell opens in the debugger, and q comes back from there
start 80 24 "env NO_COLOR=1 $program matrix writeback-first aborted-bypass --kernel v6.9 --kernel v6.9-rc1 --kernel debate-a"
shows 'as expected, 0 not'
shows 'writeback-first >safe'
keys Right Right
shows '>UAF 19' && shows 'UAF after 19 steps'
tm resize-window -x 60 -y 16
shows '>UAF 19'
tm resize-window -x 100 -y 30
keys Enter
shows 'debate-a.* 0/19' && shows 'v6.9 .*safe'
keys f
shows ' 19/19'
keys q
shows '>UAF 19'
keys Left
shows '>safe'
keys Enter			# a safe cell: the nearest kernel that is not, on the left
shows 'debate-a !! .*v6.9-rc1 .*safe'
keys q
shows '>safe'
keys '?'
shows 'one column to the left'
keys q q
left
[ "$(cat "$work/status")" = 0 ] || { echo "matrix: exit status $(cat "$work/status")"; bad=1; }
start 80 24 "$program matrix --operations --kernel v6.9-rc1"
shows ' [1-9][0-9]* violated'
keys f
shows '>LOST 21'
keys Enter
shows 'v6.9-rc1 !! LOST.* 0/21' && shows 'v6.9 .*safe'
keys q q
left
[ "$(cat "$work/status")" = 1 ] || { echo "matrix: exit status $(cat "$work/status")"; bad=1; }

# resize while it runs: smaller than anything useful, and back
start 120 40 "$program view $work/tour.db:1 $work/tour.db:2"
shows 'debate-a'
tm resize-window -x 20 -y 5
sleep 0.5
screen >"$work/small"
[ -s "$work/small" ] || { echo "nothing on a small screen"; bad=1; }
tm resize-window -x 120 -y 40
keys Right
shows ' 1/19'
keys q
left

# no colours; a terminal that cannot; no terminal
start 80 24 "env NO_COLOR=1 $program view $work/tour.db"
shows 'debate-a'
tm capture-pane -p -e | grep -qE $'\e\\[[0-9;]*3[0-7]m' && { echo "colours in spite of NO_COLOR"; bad=1; }
keys q
left
start 80 24 "env TERM=vt100 LC_ALL=C $program view $work/tour.db"
shows 'debate-a'
keys q
left
start 80 24 "env TERM=dumb $program view $work/tour.db"
shows 'zswap_decompress'
left
# the picture in the README is what one sees
start 100 30 "$program tour --save $work/tour.db"
shows ' 0/19'
keys d d
shows '-EEXIST right'
sed -n '/^```$/,/^```$/p' README.md | sed '1d;/^```$/,$d' >"$work/picture"
screen | sed 's/ *$//' | diff "$work/picture" - >"$work/diff" || {
	echo "README.md shows another screen than 'swapscope', d, d at 100x30:"
	cat "$work/diff"
	bad=1
}
keys q
left
"$program" view "$work/tour.db" </dev/null | grep -q 'zswap_entry_free' || { echo "no text in a pipe"; bad=1; }
exit $bad
