#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The same screens on terminals of several kinds: ncurses says it in their words, and the text is
# the same; where the locale has no more than ASCII, in ASCII.
set -u
program=$(realpath "$1")
work=$(mktemp -d)
socket=swapscope-terms-$$ servers=0
trap 'tmux -L "$socket" kill-server 2>/dev/null; rm -rf "$work"' EXIT
bad=0
export LC_ALL=C.UTF-8 HOME=$work
unset NO_COLOR XDG_CONFIG_HOME
. "$(dirname "$0")/screen.sh"
complain() { echo "$* (replay: tests/terms.sh $program)"; bad=1; }

"$program" tour --plain --save "$work/tour.db" >/dev/null
# screens NAME SIZE COMMAND: after some keys each, to $work/NAME.1 and so on
screens()
{
	local name=$1
	tm kill-server 2>/dev/null
	servers=$((servers + 1)) socket=swapscope-terms-$$-$servers
	# shellcheck disable=SC2086
	tm new-session -d -x ${2% *} -y ${2#* } "$3; sleep 30"
	shows ' 0/19'
	settled >"$work/$name.1"
	keys d d
	shows 'debate-a.* 11/19' || return
	settled >"$work/$name.2"
	keys f o
	shows 'only debate-a' || return
	settled >"$work/$name.3"
	keys '?'
	shows 'one step back'
	settled >"$work/$name.4"
	keys Escape q
}
# same NAME OTHER
same()
{
	local i
	for i in 1 2 3 4; do
		diff "$work/$1.$i" "$work/$2.$i" >"$work/diff" ||
			complain "screen $i of $1 is another than that of $2: $(cat "$work/diff")"
	done
}
pair="$work/tour.db:1 $work/tour.db:2"
for size in "80 24" "120 40" "200 60"; do
	screens xterm "$size" "env TERM=xterm-256color $program view $pair"
	for term in screen linux vt100; do
		screens $term "$size" "env TERM=$term $program view $pair"
		same $term xterm
	done
	# without UTF-8
	mkdir -p "$work/.config/swapscope"
	echo 'ascii = yes' >"$work/.config/swapscope/config"
	screens ascii "$size" "env TERM=xterm-256color $program view $pair"
	rm "$work/.config/swapscope/config"
	grep -qP '[^\x00-\x7f]' "$work"/ascii.? && complain "ascii = yes is not ASCII"
	for term in xterm-256color screen linux vt100; do
		screens $term-c "$size" "env TERM=$term LC_ALL=C $program view $pair"
		same $term-c ascii
	done
done

# grown while it runs, also where ncurses keeps to a part of the screen
for term in xterm-256color vt100; do
	tm kill-server 2>/dev/null
	servers=$((servers + 1)) socket=swapscope-terms-$$-$servers
	tm new-session -d -x 80 -y 24 "env TERM=$term $program view $pair; sleep 30"
	shows ' 0/19'
	tm resize-window -x 200 -y 60
	shows '^.{150,}0/32'
	keys d d
	shows 'debate-a.* 11/19'
	settled >"$work/grown-$term"
	diff "$work/grown-$term" "$work/xterm.2" >"$work/diff" ||
		complain "$term, grown, is another screen: $(cat "$work/diff")"
	keys q
done

# what is copied is in tmux' own clipboard, where tmux lets programs have it
for term in xterm-256color vt100; do
	tm kill-server 2>/dev/null
	servers=$((servers + 1)) socket=swapscope-terms-$$-$servers
	tm new-session -d -x 120 -y 24 "sleep 0.5; env TERM=$term $program view $work/tour.db:1; sleep 30"
	tm set -s set-clipboard on
	shows ' 0/19'
	keys End
	shows ' 19/19'
	tm send-keys -l ':copy schedule'
	keys Enter
	if [ $term = vt100 ]; then
		shows 'this terminal .TERM=vt100. has no clipboard'
	elif shows 'the schedule is copied'; then
		sleep 0.3
		tm show-buffer 2>&1 | grep -qE '^T0.* W' || complain "not copied: $(tm show-buffer 2>&1)"
	fi
	keys q
done

# ctrl-z and fg: the shell has its terminal meanwhile, and gets it back
tm kill-server 2>/dev/null
socket=swapscope-terms-$$-stop
tm new-session -d -x 120 -y 24 "PS1='ready> ' bash --norc --noprofile -i"
shows 'ready>'
tm send-keys -l "$program view $work/tour.db:1"
keys Enter
shows ' 0/19'
for _ in 1 2; do
	keys C-z
	shows 'Stopped'
	tm send-keys -l 'clear; stty -a | tr " " "\n" | grep -cxE "icanon;?|echo;?|icrnl;?|onlcr;?"'
	keys Enter
	shows '^4$'
	tm send-keys -l 'fg'
	keys Enter
	shows ' 0/19'
done
keys Right
shows ' 1/19'
keys q
shows 'ready>'
tm send-keys -l 'clear; stty -a | tr " " "\n" | grep -cxE "icanon;?|echo;?|icrnl;?|onlcr;?"; exit'
tm send-keys -l ''
keys Enter
for _ in $(seq 100); do tm has-session 2>/dev/null || break; sleep 0.1; done
tm has-session 2>/dev/null && complain 'the shell that was given its terminal back did not end'
exit $bad
