#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The real program, driven in a real terminal (tmux) by tests/keys/*.keys, as terminals of several
# kinds: tests/keys.sh PROGRAM [NAME [TERM]]
#
#	make WORDS	swapscope WORDS first, in a folder of its own
#	file NAME	the lines up to "." become a file there
#	start WORDS	swapscope WORDS on a new screen of 100x32
#	key NAME [N]	a key, N times, as tmux calls it
#	type TEXT	characters
#	send BYTES	bytes as bash's $'..' has them: a mouse, a paste
#	resize COLS ROWS
#	sees REGEX	what the screen has to show, within ten seconds
#	not REGEX	and what it must not, now
#	ends [STATUS]	the program has to end by itself, with this status (0)
#	run REGEX WORDS	swapscope WORDS has to print it
set -u
program=$(realpath "$1")
only=${2:-} terms=${3:-xterm-256color screen linux vt100}
[ -n "${3:-}" ] || [ -z "${SWAPSCOPE_SANITIZE:-}" ] || terms=xterm-256color
work=$(mktemp -d)
socket=none
trap 'tmux -L "$socket" kill-server 2>/dev/null; rm -rf "$work"' EXIT
bad=0 servers=0 checks=0 jobs=()
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/.." || exit 2
. tests/screen.sh

complain()
{
	echo "tests/keys/$name.keys line $line: $*"
	echo "replay: tests/keys.sh $program $name $term"
	bad=1
}

# In the words of a file, FOLDER is the one of its own.
begin()
{
	tm kill-server 2>/dev/null
	socket=swapscope-keys-$$-$term-$((++servers))
	rm -f "$work/status-$term"
	tm new-session -d -x 100 -y 32 "cd $folder; env -u XDG_CONFIG_HOME -u XDG_CACHE_HOME \
		HOME=$folder TERM=$term $program $*; echo \$? >$work/status-$term; sleep 60"
}

ended()
{
	for _ in $(seq 100); do
		[ -s "$work/status-$term" ] && break
		sleep 0.1
	done
	[ "$(cat "$work/status-$term" 2>/dev/null)" = "$1" ] ||
		complain "it did not end with status $1 but '$(cat "$work/status-$term" 2>/dev/null)'"
}

drive()
{
	local text what rest key times
	line=0
	while IFS= read -r text; do
		line=$((line + 1)) what=${text%% *} rest=
		[ "$what" = "$text" ] || rest=${text#* }
		case $what in
		'' | '#'*) ;;
		make) (cd "$folder" && eval "HOME=$folder $program $rest" >/dev/null 2>&1) ;;
		file) mkdir -p "$(dirname "$folder/$rest")"
			: >"$folder/$rest"
			while IFS= read -r text && line=$((line + 1)) && [ "$text" != . ]; do
				printf '%s\n' "$text" >>"$folder/$rest"
			done ;;
		start) begin "$rest" ;;
		type) tm send-keys -l -- "${rest/%;/\\;}" ;;	# tmux's own separator
		send) eval "text=\$'$rest'"
			tm send-keys -l -- "$text" ;;
		key) read -r key times <<<"$rest"
			for _ in $(seq "${times:-1}"); do tm send-keys "$key"; done ;;
		resize) tm resize-window -x "${rest% *}" -y "${rest#* }" ;;
		sees) checks=$((checks + 1))
			shows "$rest" >"$work/screen-$term" || {
				cat "$work/screen-$term"
				complain "not seen: $rest"
				return
			} ;;
		not) screen | grep -qE -- "$rest" && complain "seen: $rest" ;;
		ends) ended "${rest:-0}" ;;
		run) checks=$((checks + 1))
			(cd "$folder" && eval "HOME=$folder $program ${rest#* }" 2>&1) |
				grep -qE -- "${rest%% *}" || complain "not printed: $rest" ;;
		*) complain "no such word: $what" ;;
		esac
	done <"tests/keys/$name.keys"
	tm kill-server 2>/dev/null
}

# All files as one kind of terminal, beside the others: most of it is waiting.
all_as()
{
	term=$1
	trap 'tmux -L "$socket" kill-server 2>/dev/null' EXIT
	for file in tests/keys/${only:-*}.keys; do
		name=$(basename "$file" .keys)
		folder=$work/$name-$term
		mkdir "$folder"
		drive
	done
	echo "$checks" >"$work/checks-$term"
	exit $bad
}

for term in $terms; do
	(all_as "$term") >"$work/out-$term" 2>&1 &
	jobs+=($!)
done
for job in "${jobs[@]}"; do
	wait "$job" || bad=1
done
for term in $terms; do
	cat "$work/out-$term"
	checks=$((checks + $(cat "$work/checks-$term")))
done
[ -n "$only" ] || [ $checks -ge $((100 * $(wc -w <<<"$terms"))) ] || { echo "only $checks screens were looked at"; bad=1; }
[ -n "$only" ] || scripts/cast --check tests/keys/by-hand.keys docs/by-hand.cast || bad=1
exit $bad
