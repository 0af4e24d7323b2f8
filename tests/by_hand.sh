#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/by_hand.keys, pressed in a real terminal: two bugs are found by hand, and turned away by
# the rule that repairs them.  docs/by-hand.cast has the same keys.
set -u
program=$(realpath "$1")
work=$(mktemp -d)
socket=swapscope-by-hand-$$
trap 'tmux -L "$socket" kill-server 2>/dev/null; rm -rf "$work"' EXIT
bad=0
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/.." || exit 2
. tests/screen.sh

begin()
{
	tm kill-server 2>/dev/null
	socket=swapscope-by-hand-$$-$((++servers))
	rm -f "$work/status"
	tm new-session -d -x 100 -y 32 "env -u XDG_CONFIG_HOME HOME=$work TERM=xterm-256color \
		$program $*; echo \$? >$work/status; sleep 60"
}

ended()
{
	for _ in $(seq 100); do
		[ -s "$work/status" ] && break
		sleep 0.1
	done
	[ "$(cat "$work/status" 2>/dev/null)" = 0 ] || { echo "line $line: it did not end well"; bad=1; }
}

servers=0 line=0 checks=0
while IFS= read -r text; do
	line=$((line + 1))
	what=${text%% *} rest=${text#* }
	case $what in
	'' | '#'*) ;;
	start) begin "$rest" ;;
	type) tm send-keys -l -- "$rest" ;;
	key) read -r name times <<<"$rest"
		for _ in $(seq "${times:-1}"); do tm send-keys "$name"; done ;;
	sees) shows "$rest" || { echo "tests/by_hand.keys line $line"; break; }
		checks=$((checks + 1)) ;;
	ends) ended ;;
	*) echo "tests/by_hand.keys line $line: no such word: $what"; bad=1 ;;
	esac
done <tests/by_hand.keys
[ $checks -ge 15 ] || { echo "only $checks screens were looked at"; bad=1; }
scripts/cast --check tests/by_hand.keys docs/by-hand.cast || bad=1
exit $bad
