#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The debugger in lines: commands from standard input, answers without anything drawn.
set -u
. "$(dirname "$0")/command.sh"

# lines STATUS COMMANDS ARGUMENT...: run it with these commands, separated by ';'
lines()
{
	local status=$1 commands=$2 got
	shift 2
	tr ';' '\n' <<<"$commands" | timeout 300 "$program" "$@" >"$work/out" 2>"$work/err"
	got=${PIPESTATUS[1]}
	checks=$((checks + 1))
	[ "$got" = "$status" ] || { fail "swapscope $*, $commands: exit $got, want $status"; cat "$work/err"; }
	if grep -qP '[^\x00-\x7f]|\x1b' "$work/out"; then
		fail "swapscope $*, $commands: a line has more than letters:"
		grep -P '[^\x00-\x7f]|\x1b' "$work/out"
	fi
}
# without REGEX: the last command did not print it
without()
{
	checks=$((checks + 1))
	! grep -qE -- "$1" "$work/out" || fail "the output has '$1'"
}

"$program" explore debate --kernel debate-a --brief --save "$work/a.db" >/dev/null 2>&1
"$program" run debate --kernel v6.9 --schedule 'T0*7 W*5' --save "$work/b.db" >/dev/null 2>&1

# what was done is told, with what it changed, and nothing else
lines 0 'forward 5;f;where' view "$work/a.db" --lines
output '^debate under debate-a: violated'
output '^step 0 of 19: the start$'
output '^step 5 of 19: T0: '
output '^step 19 of 19: T0: zswap_load: zswap_decompress'
output '^  !! UAF: T0 reads entry 1'
lines 0 '4;change;back 3;first' view "$work/a.db" --lines
output '^which object\?'
output '^step 1 of 19: T0: '

# keys, searches, marks, copies, as in the debugger
lines 0 '/decompress;n;N;esc;m;mark a;3;to-mark a;copy schedule;$' view "$work/a.db" --lines
output '^step 16 of 19: W: .*zswap_decompress.*begin$'
output '^step 16 is a'
output '^T0\*7 W\*9$'
output "^swapscope run debate --kernel debate-a --schedule 'T0\*7 W\*9'$"
lines 0 "copy diagram $work/d.txt;copy diagram $work/d.txt" view "$work/a.db" --lines
output "which was replaced"
grep -q 'zswap_decompress' "$work/d.txt" || fail "no diagram in a file"

# views by their names, and nothing drawn
lines 0 'finding;objects;next;source;backtrace;switches;notes;words;look slot 0;life;view copies' \
	view "$work/a.db" --lines
output '^entry 1 free +FREED UNDER T0'
output 'T0> .*zswap_decompress'
output '^slot 0$'

# two runs, each by its name
lines 0 'd;pane right;where' view "$work/a.db" "$work/b.db" --lines
output '^left: step '
output '^right: step '
output '^right: debate under v6.9.*\(commands are for this one\)'

# what is no command is said, and the others are done
lines 2 'frowards;forward;# a remark;;search;Z;quit;forward' view "$work/a.db" --lines
output "there is no command 'frowards'; did you mean 'forward'"
output '^step 1 of 19'
output '^what for\?'
without '^step 2 of 19'
grep -q '^swapscope: line 1 was no command' "$work/err" || fail "which line was no command is not said"
lines 2 "$(printf '%400s' | tr ' ' f);forward" view "$work/a.db" --lines
output 'the line is too long'
output '^step 1 of 19'
lines 0 'help' view "$work/a.db" --lines
output '^forward \[N\] \(right l space\): one step forward'
expect 2 'one of the two' view "$work/a.db" --lines --plain
lines 0 '' view "$work/a.db" --lines

# by hand
lines 0 'choose 1;choose W;next;undo;copy schedule' step debate --kernel debate-a --lines
output '^step 2 of 2: W: '
output '^T0$'

echo "$checks checks"
exit $bad
