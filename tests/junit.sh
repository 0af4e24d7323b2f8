#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# JUnit XML of every command that writes it: valid by a schema, the counts those of the cases, and
# what is not known never passed.
set -u
. "$(dirname "$0")/command.sh"
data=$(dirname "$(realpath "$0")")/data
x=$work/j.xml

# junit TESTS FAILURES ERRORS SKIPPED: what the last command wrote; '' is any number above 0
junit()
{
	checks=$((checks + 1))
	xmllint --noout --nonet --schema "$data/junit.xsd" "$x" 2>"$work/xmllint" ||
		fail "not valid: $(head -5 "$work/xmllint")"
	python3 - "$x" "$@" <<'END' || fail "$(head -c 1500 "$x")"
import sys
import xml.etree.ElementTree as ET

suite = ET.parse(sys.argv[1]).getroot().find("testsuite")
cases = suite.findall("testcase")
counted = [len(cases)] + [sum(c.find(t) is not None for c in cases)
                          for t in ("failure", "error", "skipped")]
said = [int(suite.get(k)) for k in ("tests", "failures", "errors", "skipped")]
wanted = sys.argv[2:6]
if counted != said or any(w and int(w) != n or not w and not n for w, n in zip(wanted, said)):
    sys.exit(f"tests/junit.sh: tests, failures, errors, skipped: the suite says {said}, it has "
             f"{counted}, wanted {wanted}")
END
}
# says TEXT: it stands there
says() { checks=$((checks + 1)); grep -qF -- "$1" "$x" || fail "no '$1' in: $(head -c 1500 "$x")"; }
silent() { ! grep -qF -- "$1" "$x" || fail "'$1' in: $(head -c 1500 "$x")"; }

# a property each; a violation has its schedule, and the command that makes it again
expect 1 '' explore writeback-first --kernel debate-a --brief --junit "$x"
properties=$("$program" list properties | grep -c '^  *[A-Z]')
junit '' '' 0 0
says 'name="debate-a: UAF"'
says '<failure message="UAF after 19 steps'
again=$(sed -n 's/^again: swapscope //p' "$x" | head -1 | sed "s/&amp;/\\&/g")
eval "set -- $again"
expect 1 '' "$@"
expect 0 '' explore writeback-first --kernel v6.9 --brief --junit "$x"
junit '' 0 0 0
# a bound: nothing has passed
expect 3 '' explore writeback-first --kernel v6.9 --brief --max-states 20 --junit "$x"
tests=$(grep -c '<testcase' "$x")
junit "$tests" 0 "$tests" 0
says 'type="unknown"'
# what was asked for, and was not looked for any more when another was found
expect 1 '' explore writeback-first --kernel debate-a --property UAF --property LEAK --brief \
	--junit "$x"
junit 2 1 1 0
# expectations, met and not
expect 0 '' explore writeback-first --expect --junit "$x"
junit '' 0 0 0
sed 's/^case = debate-a.*/case = debate-a -> safe/' examples/writeback-first.scn >"$work/wrong.scn"
if grep -q 'debate-a -> safe' "$work/wrong.scn"; then
	expect 1 '' explore "$work/wrong.scn" --expect --junit "$x"
	junit '' '' 0 0
fi

# a matrix: a cell each
expect 0 '' matrix writeback-first aba --kernel debate-a --kernel v6.9 --text --junit "$x"
junit '' 0 0 0
says 'classname="matrix.aba" name="v6.9"'
expect 3 '' matrix writeback-first aba --kernel v6.9 --max-states 20 --text --junit "$x"
tests=$(grep -c '<testcase' "$x")
junit "$tests" 0 "$tests" 0
# a violation that no file speaks of
sed '/^\[expect\]/,$d' examples/writeback-first.scn >"$work/none.scn"
"$program" matrix "$work/none.scn" --kernel debate-a --text --junit "$x" >"$work/out" 2>&1
junit 1 1 0 0
says "again: swapscope explore $work/none.scn --kernel debate-a"
says 'UAF after 19 steps, schedule: '

# two verdicts of a run
expect 0 '' import traces/captures/d-loss-uffdwp-6.8.trace.zst -o "$work/d.db"
expect 1 '' check "$work/d.db" --junit "$x"
junit 2 1 0 0
says 'message="the kernel lost data 66 times'
expect 1 '' check "$work/d.db" --kernel v6.9 --junit "$x"
junit 2 2 0 0
zstd -dcq traces/captures/d-loss-uffdwp-6.8.trace.zst | sed -n '13,60p' >"$work/part.txt"
expect 0 '' import "$work/part.txt" -o "$work/p.db"
expect 3 '' check "$work/p.db" --kernel v6.8 --set load=exclusive --junit "$x"
junit 2 0 1 0
says 'whether data was lost is not known'
expect 1 '' findings "$work/d.db" --junit "$x"
junit '' '' 0 0
expect 3 '' findings "$work/p.db" --junit "$x"
junit 1 0 1 0
expect 0 '^saved' run writeback-first --seed 1 --save "$work/r.db"
expect 0 '' findings "$work/r.db" --junit "$x"
junit 1 0 0 0

# claims
expect 0 '' judge --check aba --junit "$x"
junit '' 0 0 0
expect 2 'is for --check' judge aba --junit "$x"
expect 0 '' present B1 --check --junit "$x"
junit '' 0 0 0
expect 2 'is for --check' present B1 --junit "$x"

# a name that is no XML
odd="$work/"$'<a&"\001\n]]>\377.db'
cp "$work/r.db" "$odd"
expect 0 '' check "$odd" --junit "$x"
junit 2 0 0 0
sed $'s/^title = .*/title = <b>&"\'\xef\xbf\xbe]]>/' examples/writeback-first.scn >"$work/<&>.scn"
expect 1 '' explore "$work/<&>.scn" --kernel debate-a --brief --junit "$x"
junit '' '' 0 0

# an error writes nothing, and what was there stays
echo before >"$x"
expect 2 'no scenario' explore nosuch --junit "$x"
[ "$(cat "$x")" = before ] || fail "an error has changed the file: $(cat "$x")"

# the report
expect 1 '' explore writeback-first --kernel debate-a --markdown
output '^# writeback-first under debate-a$'
output '^\| UAF \| \*\*violated\*\* after 19 steps \|'
output '^\| DEADLOCK \| holds \|'
output '^    swapscope run writeback-first --kernel debate-a --schedule'
[ "$(grep -c '^```$' "$work/out")" = $((2 * (1 + $(grep -c '^## ' "$work/out")))) ] ||
	fail "fences: $(grep -n '^```' "$work/out")"
expect 3 '' explore writeback-first --kernel v6.9 --max-states 20 --markdown
output '^\| UAF \| unknown \|'
output 'unknown\*\*: a bound was hit'
silent_out() { ! grep -q "$1" "$work/out" || fail "'$1' in the report of a bound"; }
silent_out '| holds |'
output '^    swapscope explore writeback-first --kernel v6.9 --max-states 20$'
# what was asked for, and no more
expect 0 '' explore aborted-bypass --kernel v6.9-rc1 --property UAF --property PIN --markdown
output '^\| verdict \| \*\*safe\*\*: no property asked for is violated in any interleaving \|$'
output '^    swapscope explore aborted-bypass --kernel v6.9-rc1 --property UAF --property PIN$'
expect 0 '' explore aborted-bypass --kernel v6.9 --reach 'zswap_load: spin_lock' --markdown
output '^\| reached \| zswap\\_load: spin\\_lock, after [0-9]+ steps \|$'
output "^    swapscope explore aborted-bypass --kernel v6.9 --reach 'zswap_load: spin_lock'$"
output '^    swapscope run aborted-bypass --kernel v6.9 --schedule '

exit $bad
