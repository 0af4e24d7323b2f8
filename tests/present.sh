#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Decks: what they claim is true, they are exported, shown on a terminal, and followed on another.
set -u
. "$(dirname "$0")/command.sh"
program=$(realpath "$program")
export LC_ALL=C.UTF-8 XDG_RUNTIME_DIR=$work TMPDIR=$work
unset XDG_CACHE_HOME
cd "$work" || exit 1

# ---- as a test: the shipped decks, and every bug of the catalog ----

expect 0 '' list decks
decks=$(sed -n 's/^  \([a-z]*\) .*/\1/p' "$work/out")
for deck in tour debate; do
	[[ " ${decks//$'\n'/ } " == *" $deck "* ]] || fail "no deck $deck"
done
bugs=$("$program" catalog | sed -n 's/^\([A-Z][A-Za-z0-9]*\)  .*/\1/p')
[ "$(wc -w <<<"$bugs")" -ge 20 ] || fail "too few bugs"
for deck in $decks $bugs; do
	expect 0 '' present "$deck" --check
	output '^[^ ]*: [0-9]+ beats, [0-9]+ claims: all true$'
done
[ -z "$(find "$work" -name 'swapscope-*')" ] || fail "a folder of runs is left: $(ls "$work")"

# what is false is told with its line, what is so, and the command that shows it
cat >false.deck <<'END'
[beat]
title = The pin
scenario = writeback-first
kernel = v6.9
schedule = T0*7 W*4
at = W: swapcache_prepare(entry)
must = slot 0 pin = T0
must = W: swapcache_prepare(entry) = 0
must = not safe
END
expect 1 '' present false.deck --check
output "^false.deck:8: beat 1, 'The pin': 'W: swapcache_prepare\(entry\) = 0' is not so:"
output "at step 11 it is 'W:$"
output "swapscope run writeback-first --kernel v6.9 --schedule 'T0\*7 W\*4'"
output "^false.deck:9: .* safe in every interleaving"
output 'swapscope explore writeback-first --kernel v6.9$'
output '^false.deck: 1 beat, 3 claims: 2 not true$'
cp "$work/out" false.out
sed -n 's/^ *swapscope run/run/p' false.out >false.run
expect 0 '' run writeback-first --kernel v6.9 --schedule 'T0*7 W*4'
output 'swapcache_prepare\(entry\) = -EEXIST'
grep -q 'run writeback-first' false.run || fail "no command is told"

# a scenario beside the deck, whatever the folder one is in
mkdir talks
cp "$OLDPWD/examples/writeback-first.scn" talks/mine.scn
sed 's/writeback-first/mine.scn/; /must = W:/d; /must = not/d' false.deck >talks/mine.deck
expect 0 '' present talks/mine.deck --check

# ---- what cannot be used ----

expect 2 "did you mean 'debate'" present debat
printf 'must = it is\n' | cat false.deck - >bad.deck
expect 2 '^swapscope: bad.deck:10: .it is. claims nothing' present bad.deck --check
expect 2 'not a file' present talks --check
expect 2 'one of --plain, --markdown' present tour --plain --check
expect 2 '40x14 to' present tour --html --size 1x1
expect 2 'no-such-folder' present tour --plain --save no-such-folder/a.db
expect 2 'no-such-folder' present tour --html -o no-such-folder/a.html

# ---- in print ----

expect 0 '' present debate --plain
output 'page 0|The last copy is gone'
output '^Left: v6.9-rc1: step 17 of 17, M: folio_putback_lru'
output '^Look at slot 0'
grep -q '^Note:' "$work/out" && fail "notes that nobody asked for"
expect 0 '' present debate --plain --notes
output '^Note:'
expect 0 '' present debate --markdown --size 80x24
[ "$(grep -c '^## ' "$work/out")" = 10 ] || fail "ten beats are not ten headings"
[ "$(grep -c '^```' "$work/out")" = 20 ] || fail "ten beats are not ten screens"
output 'Checked: .*`right: safe`'
expect 0 '' present debate --html --notes -o debate.html
python3 - debate.html <<'END' || fail "debate.html"
import html.parser, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
class Page(html.parser.HTMLParser):
    open, pre = [], 0
    def handle_starttag(self, tag, attrs):
        assert not {"src", "srcset", "data"} & {k for k, _ in attrs}, (tag, attrs)
        assert all(k != "href" or v.startswith("#beat") for k, v in attrs), attrs
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)
        self.pre += tag == "pre"
        assert tag not in ("link", "script", "iframe"), tag
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag
page = Page()
page.feed(text)
assert not page.open and page.pre == 10, (page.open, page.pre)
assert "@import" not in text and not re.search(r"url\(|https?:", text)
assert 'class="bad"' in text and "<aside>" in text
END
expect 0 '' present B1 --markdown
output '^# B1: mm: zswap: fix data loss'

expect 0 '' present "$OLDPWD/examples/aba.scn" --check
output '^B2: 3 beats'
expect 2 'sections are .deck. and .beat.' present "$OLDPWD/examples/debate.scn" --check
cp "$OLDPWD/examples/aba.scn" "it's.scn"
"$program" catalog "it's.scn" | sed -n 's/^ *swapscope present \(.*\)/echo \1/p' | sh |
	grep -qxF "it's.scn" || fail "a name with a quote is not quoted"

# in lines, for screen readers: beats, steps, and moves by hand
printf 'chapter\nforward\nchapter\n1\n' | "$program" present debate --lines >"$work/out" 2>&1 ||
	fail "present --lines: exit $?"
output '^The load takes the entry, and holds the pin$'
output '^left: step 11 of 17: T0: zswap_load: folio_mark_dirty'
output '^left: step 14 of 17: T0: do_swap_page: folio_lock_or_retry'

# runs are kept where one says so, and can be looked at
expect 0 '' present B1 --plain --save b1.db
expect 0 '' view b1.db:1 b1.db:2
output 'LOST'

# ---- a puzzle, line by line ----

# solves STATUS SCENARIO-AND-OPTIONS LINE...
solves()
{
	local status=$1 what=$2 got
	shift 2
	# shellcheck disable=SC2086
	printf '%s\n' "$@" | "$program" puzzle --lines $what >"$work/out" 2>"$work/err"
	got=$?
	checks=$((checks + 1))
	[ $got = "$status" ] || fail "puzzle $what: exit $got, want $status: $(cat "$work/err")"
}
solves 0 '' 'T0*7 W*11 T0'
output 'debate under debate-a.*The shortest way has 19 steps'
output '^broken in 19 steps; the shortest way has 19: 100 of 100$'
output "swapscope run debate --kernel debate-a --schedule 'T0\*7 W\*11 T0'"
solves 0 'debate --kernel debate-a' 'K' 'undo' 'T1' 'T0*7' 'hint' 'W*11' 'T0*5'
output '^W: then UAF can be violated in 11 more steps$'
output '^broken in 20 steps and 1 hint; the shortest way has 19: 90 of 100$'
solves 3 'debate' 'T0*3' 'undo' 'undo' 'X' 'quit' 'T0'
output '^  3 T0: SWP_SYNCHRONOUS_IO'
output 'tasks are T0, T1, W, K'
output '^not broken after 1 steps?$'
solves 3 'writeback-first --kernel debate-a' 'W*4' 'T0*5' 'undo' 'W*99'
output 'W (has )?finished|W: .*finished'
solves 0 'aborted-bypass' 'T0*12 M T0/1 T0 M*2'
output 'aborted-bypass under v6.9-rc1'
output '100 of 100'
solves 3 'debate --kernel v6.9' 'T0'
grep -q 'it is safe in every interleaving' "$work/err" || fail "a puzzle without a solution"
# hints alone lead to the end, and the score says that they were hints
timeout 60 "$program" puzzle --lines writeback-first --kernel debate-a < <(
	for _ in $(seq 19); do echo hint; done) >"$work/out"
output '^W: then UAF can be violated in 18 more steps$'

# two tours at once have nothing in common
"$program" tour --plain >one & "$program" tour --plain >two
wait
cmp -s one two || fail "two tours at once are not alike"
[ -e "$HOME/.cache/swapscope/tour.db" ] && [ "$HOME/.cache/swapscope/tour.db" -nt one ] &&
	fail "the tour writes into the user's cache"

# ---- on a terminal ----

cd "$OLDPWD" || exit 1
. tests/screen.sh
start()
{
	socket=swapscope-present-$$-$1
	tm new-session -d -x "$2" -y "$3" "env XDG_RUNTIME_DIR=$work TMPDIR=$work $4; \
		echo \$? >$work/status; sleep 30"
}
trap 'for i in 1 2 3 4; do tmux -L swapscope-present-$$-$i kill-server 2>/dev/null; done
	rm -rf "$work"' EXIT
on() { socket=swapscope-present-$$-$1; }

start 1 80 24 "$program present debate"
shows 'A page is read back as zeroes' && shows '^ 1/10 .* 0 of 20 min'
shows 'n next  p back'
keys n
shows '^ 2/10' && shows 'slot 0  held by T0 .sync. since 4 .*◂◂'
keys NPage Space
shows '^ 4/10' && shows '!! v6.9-rc1: LOST at step 17'
shows 'page 0 .LOST .*◂◂'
keys PPage p
shows '^ 2/10'
keys s
shows 'this beat has no note'
keys n n
shows 'note: The pin was held'

# the second terminal has the notes, follows, and says what comes next
start 2 80 24 "$program present debate --notes"
shows '^ 4/10  [0-9]+:[0-9][0-9] of 20 min; by the end of this beat 7'
shows 'The pin was held all the time' && shows 'next: What keeps the entry alive now'
on 1
keys n
on 2
shows '^ 5/10' && shows 'The worry is a good one'
on 1
keys Escape			# off the path: the debugger, where the beat stands
shows '^ esc: back' && shows '1   T0 spin_unlock'
keys Right
shows ' 7/19'
on 2
shows 'stepping by hand'
on 1
keys Escape
shows '^ 5/10 ' && shows ' 6/19'
keys '?'
shows 'off the path'
keys q				# which leaves the help and no more
shows '^ 5/10 '
keys End
shows '^10/10|^ 10/10'
keys n
shows 'this is the last beat'
tm resize-window -x 20 -y 5
sleep 0.3
tm resize-window -x 120 -y 40
shows 'What became of the bit'
keys q
for _ in $(seq 50); do [ -s "$work/status" ] && break; sleep 0.1; done
[ "$(cat "$work/status")" = 0 ] || fail "present: exit status $(cat "$work/status")"
on 2
shows 'nobody presents this deck now'
keys p
shows '^ 9/10'
keys q
[ -z "$(find "$work/swapscope" -type f)" ] || fail "left: $(ls "$work/swapscope")"

# a puzzle is the debugger, by hand
start 4 80 24 "$program puzzle writeback-first"
shows 'step 0, shortest 19'
keys 1
shows 'step 1, shortest 19'
keys q

# without colour, without UTF-8, on an old terminal
start 3 80 24 "env TERM=vt100 LC_ALL=C NO_COLOR=1 $program present debate"
shows '^ 1/10'
keys n
shows 'slot 0  held by T0 .sync. since 4 *<<'
keys q

echo "$checks checks"
exit $bad
