#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A trace is watched in a real terminal (tmux) while another process writes it.
set -u
program=$(realpath "$1")
writer=$(dirname "$program")/tests/slow_writer
work=$(mktemp -d)
socket=swapscope-follow-$$
trap 'touch "$work/run.db.stop"; tmux -L "$socket" kill-server 2>/dev/null; wait; rm -rf "$work"' EXIT
bad=0
export LC_ALL=C.UTF-8
. "$(dirname "$0")/screen.sh"

# the cursor, and how long the run is
cursor() { screen | sed -n '2s,.* \([0-9]*\)/[0-9]*$,\1,p'; }
length() { screen | sed -n '2s,.*/\([0-9]*\)$,\1,p'; }
# grows WHAT: it does, within ten seconds
grows()
{
	local before i
	before=$($1)
	for i in $(seq 100); do
		sleep 0.1
		[ "$($1)" -gt "$before" ] && return 0
	done
	echo "the $1 stays at $before:"
	screen
	bad=1
}

# watched before there is anything
tm new-session -d -x 100 -y 30 "$program view --follow $work/run.db; echo \$? >$work/status; sleep 30"
sleep 0.3
"$writer" "$work/run.db" &
shows 'following, [0-9]+ transitions'
grows cursor
keys w
shows 'paused, [0-9]+ transitions'
at=$(cursor)
grows length
[ "$(cursor)" = "$at" ] || { echo "paused, and moved from $at to $(cursor)"; bad=1; }
keys Left			# a step back from there
shows " $((at - 1))/"
keys w
shows 'following'
grows cursor
keys PageUp			# looking back is a pause too
shows 'paused'
keys End
shows 'following'
touch "$work/run.db.break"
shows 'MAPPED at step [0-9]+: f goes there'
keys Home f
shows 'page [0-9]+ < .*not v'
keys c c
shows 'frees entry [0-9]+ of slot [0-9]+ in .* while T[0-9]+ reads it'
touch "$work/run.db.stop"
shows 'ended, [0-9]+ transitions'
keys End
shows ' ([0-9]+)/\1$'
keys q
for _ in $(seq 100); do [ -s "$work/status" ] && break; sleep 0.1; done
[ "$(cat "$work/status")" = 0 ] || { echo "exit status $(cat "$work/status")"; bad=1; }
exit $bad
