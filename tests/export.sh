#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `export`: every bug of the catalog as a diagram for a commit message, whose command makes the run
# again; files that are whole or not there; what is said where something is wrong.
set -u
. "$(dirname "$0")/command.sh"
program=$(realpath "$program")
mkdir "$work/bin"
ln -s "$program" "$work/bin/swapscope"

# ---- the catalog ----

# The lines behind the heading's rule, up to the blank one, as one line of words.
body() { sed '1,/^--*/d; /^$/,$d' "$1" | tr -s ' \t\n' ' '; }

ids=$("$program" catalog | sed -n 's/^\([A-Z][A-Za-z0-9]*\)  .*/\1/p')
[ "$(wc -w <<<"$ids")" -ge 28 ] || fail "too few bugs: $ids"
for id in $ids; do
	expect 0 '' export --format cpu "$id"
	cp "$work/out" "$work/$id.cpu"
	output '^CPU0'
	output '^-----'
	output '<- [A-Z]{3,}'		# where it goes wrong
	output '^[A-Z]{3,8}: '		# and what that is
	output '^  swapscope run '
	# a rule alone reads as if it held
	! grep -qE '^(MAPPED: a page|OFF: nobody|LISTED: a swap|RMAP: a mapped)' "$work/out" ||
		fail "$id: what is said of the finding is the rule that it breaks"
	expand "$work/out" | awk 'length > 72 { print; exit 1 }' || fail "$id: wider than 72"
	! grep -qP ' +\t|^ {8}|\t {8}' "$work/out" || fail "$id: blanks where tabs belong"
	! grep -q ' $' "$work/out" || fail "$id: a line ends in a blank"
	[ "$(grep -c . "$work/out")" -le 75 ] || fail "$id: no diagram for a commit message:
		$(grep -c . "$work/out") lines"

	# no word is broken: they are those of the same diagram on lines without end
	expect 0 '' export --format cpu "$id" --width 1000
	[ "$(body "$work/$id.cpu")" = "$(body "$work/out")" ] || {
		fail "$id: words are broken or lost"
		diff <(body "$work/$id.cpu" | tr ' ' '\n') <(body "$work/out" | tr ' ' '\n')
	}

	# the whole run has what the short one leaves out
	expect 0 '' export --format cpu --part whole "$id"
	! grep -q '\.\.\.$' "$work/out" || fail "$id: --part whole leaves steps out"

	# the command under it makes the run again, broken over lines as it is
	sed -n '/^  swapscope run /,$p' "$work/$id.cpu" >"$work/command"
	PATH=$work/bin:$PATH sh "$work/command" >"$work/again" 2>"$work/err"
	status=$?
	property=$(sed -n 's/^\([A-Z]\{3,8\}\): .*/\1/p' "$work/$id.cpu" | tail -1)
	case $property in
	LIVELOCK) wanted=0 ;;			# of which no single run is one
	SLEPT | DEADWB | RETRIED | NOMEM)	# costs
		wanted=0
		grep -q "~~ $property: " "$work/again" || fail "$id: no $property made again" ;;
	*)
		wanted=1
		grep -q "!! " "$work/again" && grep -q "$property: " "$work/again" || fail "$id: no $property made again" ;;
	esac
	[ $status = $wanted ] || fail "$id: its command ends with $status: $(cat "$work/err")"
done

# where data is old, the write that it lacks is shown, and where that went
expect 0 '' export --format cpu zero-page
output 'access the page <- written'
output 'zeromap'
output 'has v1, not zeroes'
output '^CPU0 \(T\).*CPU1 \(K\).*CPU2 \(W\)'
expect 0 '' export --format cpu B8
output '<- rejected'

# it can be read back
"$program" export --format cpu debate --kernel debate-a |
	"$program" judge - --scenario debate --kernel debate-a >"$work/out" 2>"$work/err"
[ $? = 1 ] || fail "judge does not find its own diagram possible: $(cat "$work/err")"

# the page shows what the program prints
while read -r arguments; do
	# shellcheck disable=SC2086
	"$program" export --format cpu $arguments >"$work/out"
	awk -v mark="<!-- swapscope export --format cpu $arguments -->" '
		$0 == mark { on = 1; next } on && /^```/ { if (++n == 2) exit; next } on' \
		docs/export.md | diff - "$work/out" >"$work/diff" || {
		fail "docs/export.md does not show export --format cpu $arguments:"
		cat "$work/diff"
	}
done < <(sed -n 's/^<!-- swapscope export --format cpu \(.*\) -->$/\1/p' docs/export.md)
[ "$(grep -c '^<!-- swapscope export' docs/export.md)" = 3 ] || fail "docs/export.md shows no three"

# ---- files ----

"$program" catalog B2 --save "$work/b2.db" >/dev/null 2>&1
expect 0 'note 1 at step 3' note "$work/b2.db" 3 unpinned
for format in cpu text markdown json svg dot html cast; do
	expect 0 '' export --format $format "$work/b2.db:1"
	output 'unpinned'
done
expect 0 '' import traces/captures/b-zram-sync-6.1.trace.zst -o "$work/zram.db"
expect 2 'nothing is found in these' export --format cpu "$work/zram.db"
expect 0 '' export --format cpu "$work/zram.db" --steps 3..40
expect 2 'the run has [0-9]' export --format cpu "$work/b2.db" --finding 99
expect 0 '' export "$work/b2.db:1" -o "$work/b2.md"
grep -q '^```' "$work/b2.md" || fail "-o x.md is no Markdown"
expect 0 '' export "$work/b2.db:1" "$work/b2.db:2" -o "$work/b2.json"
python3 - "$work/b2.json" <<'END' || fail "the JSON is not what docs/export.md says"
import json, sys
o = json.load(open(sys.argv[1]))
assert o["format"] == "swapscope export" and o["version"] == 1 and len(o["runs"]) == 2
left = o["runs"][0]
assert [s["step"] for s in left["steps"]] == list(range(1, left["events"] + 1))
assert any("finding" in s for s in left["steps"]) and "rule pin" in o["why"]
parts = o["left_parts_after"]
assert all(s["partner"] for s in left["steps"][:parts]), parts
for h in left["holds"]:
    assert h["task"] in left["tasks"] and (h["to"] is None or h["from"] is None or h["from"] < h["to"])
END
cp "$work/b2.md" "$work/before"
expect 2 'the run has 47' export "$work/b2.db:1" --steps 40..99 -o "$work/b2.md"
cmp -s "$work/b2.md" "$work/before" || fail "an export that failed changed the file"
expect 2 'is what is read' export "$work/b2.db:1" --format cpu -o "$work/b2.db"
cp "$work/b2.db" "$work/other.db"
expect 2 'trace' export "$work/b2.db:1" --format cpu -o "$work/other.db"
[ -z "$(find "$work" -name '*.part')" ] || fail "parts are left"
expect 0 '' export "$work/b2.db:1" --format text --steps 3..5
[ "$(grep -cE '^ +[0-9]+ ' "$work/out")" = 3 ] || fail "--steps 3..5 is not three steps"

# ---- wrong usage ----

expect 2 "did you mean 'cpu'" export --format cpi debate
expect 2 'no format has files called like' export debate -o "$work/x.unknown"
expect 2 'it is no part of a run' export debate --steps 3-5
expect 2 'at least 40' export debate --width 20
expect 2 'safe under v6.9' export debate --kernel v6.9
expect 3 'bound' export debate --kernel v6.9 --max-states 100
expect 2 'for a scenario' export "$work/b2.db" --kernel v6.9
expect 2 'did you mean' export debat

# ---- from the debugger ----

"$program" view "$work/b2.db:1" --lines >"$work/out" 2>&1 <<END
export markdown $work/line.md
export cpu
export cpu 3..5 $work/part.txt
export nothing
copy diagram
END
output 'markdown export is in'
output '^CPU0 '
output "not 'nothing'"
[ -s "$work/line.md" ] && [ -s "$work/part.txt" ] || fail "the debugger's exports are not there"
[ "$checks" -ge 100 ] || fail "only $checks checks"
exit $bad
