# SPDX-License-Identifier: GPL-2.0-only
# The program on a terminal's screen (tmux), for the tests that source this.  They set `socket`,
# `program` and bad=0; bad is 1 when something was never shown.
tm() { tmux -L "$socket" -f /dev/null "$@"; }
screen() { tm capture-pane -p; }
keys() { for k in "$@"; do tm send-keys "$k"; done; }
# settled: the screen when nothing is painted any more
settled()
{
	local is was i
	is=$(screen)
	for i in $(seq 100); do
		was=$is
		sleep 0.05
		is=$(screen)
		[ "$is" = "$was" ] && break
	done
	printf '%s\n' "$is"
}
# shows REGEX: the screen does, within ten seconds
shows()
{
	local i
	for i in $(seq 100); do
		screen | grep -qE -- "$1" && return 0
		sleep 0.1
	done
	echo "the screen never showed '$1' (replay: tests/${0##*/} $program):"
	screen
	bad=1
	return 1
}
