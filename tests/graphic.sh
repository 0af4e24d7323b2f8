#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The graphical exports as others read them: xmllint, graphviz, asciinema on a terminal (tmux).  Of
# runs of the explorer, pairs, live runs, parts.
set -u
program=$(realpath "$1")
work=$(mktemp -d)
socket=swapscope-graphic-$$
trap 'tmux -L "$socket" kill-server 2>/dev/null; rm -rf "$work"' EXIT
bad=0
export LC_ALL=C.UTF-8 HOME=$work
unset NO_COLOR XDG_CONFIG_HOME
. "$(dirname "$0")/screen.sh"
complain() { echo "$* (replay: tests/graphic.sh $program)"; bad=1; }

# refused WHAT WORDS..: exit status 2, one line with WHAT, and no file
refused()
{
	local what=$1
	shift
	"$program" export "$@" >"$work/out" 2>"$work/err"
	[ $? = 2 ] || complain "export $*: is not refused"
	[ "$(wc -l <"$work/err")" = 1 ] && grep -qE -- "$what" "$work/err" ||
		complain "export $*: not '$what': $(cat "$work/err")"
	[ -s "$work/out" ] && complain "export $*: writes something and fails"
}

"$program" tour --plain --save "$work/tour.db" >/dev/null
sqlite3 "$work/tour.db" "INSERT INTO note (run, seq, kind, text) VALUES
	(1, 0, 'note', 'before-all'), (1, 3, 'note', 'at-three'), (2, 3, 'note', 'right-three')"
live=tests/data/live
# NAME WORDS..: every format of it, and what others say of them
n=0
while read -r name words; do
	n=$((n + 1))
	for format in svg dot html cast; do
		# shellcheck disable=SC2086
		"$program" export $words -o "$work/$name.$format" 2>"$work/err" ||
			complain "export $words to $format: $(cat "$work/err")"
	done
	xmllint --noout "$work/$name.svg" 2>"$work/err" || complain "$name.svg: $(cat "$work/err")"
	# nothing from elsewhere: the one address is the name space
	grep -oE '(https?:|url\(|href)[^ >)]*' "$work/$name.svg" | sort -u >"$work/refers"
	grep -vxF -e 'http://www.w3.org/2000/svg"' -e 'url(#arrow' "$work/refers" &&
		complain "$name.svg refers to that"
	dot -Tsvg "$work/$name.dot" -o "$work/$name.dot.svg" 2>"$work/err" || complain "$name.dot"
	[ -s "$work/err" ] && complain "$name.dot: $(cat "$work/err")"
	# every step is in the picture, and in the graph
	# shellcheck disable=SC2086
	"$program" export $words --format json >"$work/json"
	steps=$(jq '[.runs[].steps[]] | length' "$work/json")
	[ "$steps" -gt 0 ] || complain "$name: no steps"
	[ "$(grep -c '<g class="row"' "$work/$name.svg")" = "$steps" ] || complain "$name.svg: steps"
	[ "$(grep -cE '^\s+s[01]_[0-9]+ \[' "$work/$name.dot")" = "$steps" ] ||
		complain "$name.dot: steps"
	# and in the recording a screen each, those of both at once
	jq -se '.[0].version == 2 and ([.[1:][][0]] | . == sort)' "$work/$name.cast" >/dev/null ||
		complain "$name.cast: its head, or its times"
	left=$(jq '.runs[0].steps | length' "$work/json")
	[ "$(jq -s '[.[1:][] | select(.[1] == "o")] | length' "$work/$name.cast")" -ge $((left + 2)) ] ||
		complain "$name.cast: screens"
	found=$(jq '[.runs[].steps[] | select(.finding)] | length' "$work/json")
	marks=$(jq -s '[.[1:][] | select(.[1] == "m")] | length' "$work/$name.cast")
	[ "$marks" -ge "$found" ] || complain "$name.cast: $marks markers, $found findings"
done <<END
pair $work/tour.db:1 $work/tour.db:2
one $work/tour.db:2
middle $work/tour.db:1 --steps 5..12
pair-middle $work/tour.db:1 $work/tour.db:2 --steps 9..14
scenario self-deadlock
livelock readahead-livelock --property LIVELOCK
lost $live-lost.db --steps 1100..1150
freed $live-freed.db --steps 440..484 --width 150
END
[ $n = 8 ] || complain "$n of 8 runs"

# notes are in all of them
for format in svg dot html cast; do
	for note in before-all at-three right-three; do
		grep -q "$note" "$work/pair.$format" || complain "pair.$format: no note $note"
	done
done

# what is too long, or has no room, is refused
refused '1,162 steps are too many for dot, .*: --steps A..B' $live-lost.db --format dot
refused 'no room for 2 lanes: --width [0-9]+ is the least' "$work/tour.db:1" --format svg --width 40
"$program" export "$work/tour.db:1" --format svg --width "$(grep -oE 'width [0-9]+ is' "$work/err" |
	tr -dc 0-9)" >"$work/narrow.svg" || complain "the least width is none"
refused 'no version 1 of asciicast' "$work/tour.db:1" --format cast --cast-version 1
refused 'a screen of 100x5' "$work/tour.db:1" --format cast --rows 5

# version 3: times since the event before, the end
"$program" export "$work/tour.db:1" --format cast --cast-version 3 --speed 200 >"$work/3.cast"
"$program" export "$work/tour.db:1" --format cast >"$work/2.cast"
jq -se '.[0].version == 3 and .[0].term.cols == 100 and .[-1][1] == "x"' "$work/3.cast" \
	>/dev/null || complain "version 3: head or end"
[ "$(jq -s '[.[1:][][0] * 1000 | round] | add' "$work/3.cast")" = \
	"$(jq -s '.[-1][0] * 500 | round' "$work/2.cast")" ] || complain "version 3: times"

# asciinema plays it, and what is on the terminal then is what the debugger shows at the end
cast=tests/screens/graphic/debate.cast
tm new-session -d -x 140 -y 36 "asciinema cat $cast >$work/cat 2>&1; echo cat \$? >>$work/status
	asciinema play -s 1000 $cast 2>$work/err; echo play \$? >>$work/status
	touch $work/done; sleep 60"
for _ in $(seq 600); do
	[ -e "$work/done" ] && break
	sleep 0.05
done
settled >"$work/screen"
printf 'cat 0\nplay 0\n' | diff - "$work/status" >/dev/null ||
	complain "asciinema: $(cat "$work/status" "$work/err")"
# tmux leaves blanks at the ends of lines away, as the golden screen does
diff tests/screens/graphic/debate-last.screen "$work/screen" >"$work/diff" ||
	complain "the last screen of $cast: $(cat "$work/diff")"
jq -rj 'arrays | select(.[1] == "o") | .[2]' $cast >"$work/want"
tr -d '\r' <"$work/cat" | cmp -s - "$work/want" || complain "asciinema cat gives something else"
exit $bad
