#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# swapscope export --format kunit: one C comment in the kernel's style, whose command makes the run.
set -u
. "$(dirname "$0")/command.sh"
program=$(realpath "$program")
here=$(pwd)
cd "$work" || exit 1

# held FILE: a comment, and nothing else, of 80 columns
held()
{
	checks=$((checks + 1))
	expand "$1" | awk -v file="$1" '
		length > 80 { print file ":" NR ": " length " columns"; bad = 1 }
		NR == 1 && $0 != "/*" { print file ": it begins with " $0; bad = 1 }
		NR > 1 && !/^ \*/ { print file ":" NR ": no line of a comment: " $0; bad = 1 }
		NR > 1 && /\/\*/ { print file ":" NR ": a comment in a comment"; bad = 1 }
		/\*\// && $0 != " */" { print file ":" NR ": it ends in the middle"; bad = 1 }
		{ last = $0 }
		END { if (last != " */") { print file ": it has no end"; bad = 1 } exit bad }
	' >wrong || fail "$(cat wrong)"
	grep -q '[[:blank:]]$' "$1" && fail "$1: blanks at the end of a line"
	(cat "$1"; echo 'int kunit;') | ${CC:-cc} -xc -Wall -Wcomment -Werror -fsyntax-only - 2>wrong ||
		fail "$1: $(cat wrong)"
}

n=0
for bug in $("$program" catalog --json | jq -r '.bugs[].id'); do
	"$program" export "$bug" --format kunit -o "$bug.c" 2>err || continue
	n=$((n + 1))
	held "$bug.c"
	# as many holds as there are context switches, and one more
	command=$(sed -n 's/^ \*\t  //p' "$bug.c" | sed -n '/^swapscope run/,$p' | sed 's/\\$//' |
		tr '\n' ' ')
	schedule=$(sed "s/.*--schedule '\([^']*\)'.*/\1/" <<<"$command")
	blocks=$(tr ' ' '\n' <<<"$schedule" | sed 's/[*/].*//' | uniq | wc -l)
	[ "$(grep -cE '^ \* {1,2}[0-9]+\. ' "$bug.c")" = "$blocks" ] ||
		fail "$bug: $schedule: not $blocks turns: $(cat "$bug.c")"
	[ "$n" -gt 8 ] && continue	# the others take their time
	grep -q 'a kernel that is repaired' "$bug.c" ||
		continue		# a cost
	eval "set -- $command"
	shift
	"$program" "$@" >out 2>&1
	[ $? = 1 ] || fail "$bug: $command violates nothing: $(tail -3 out)"
	checks=$((checks + 1))
done
[ "$n" -ge 20 ] || fail "only $n bugs were drawn: $(cat err)"

expect 0 '' export debate --kernel debate-a --format kunit
output '^ \* debate under debate-a: an interleaving of 2 threads, as swapscope made it\.$'
output '^ \*  1\. T0 goes on until it has made, in zswap_load\(\),$'
output '^ \*	KUNIT_EXPECT_EQ\(test, swapcache_prepare\(entry\), 0\);$'
output '^ \*	KUNIT_EXPECT_FALSE\(test, read_after_free\);$'
output "^ \*	  swapscope run debate --kernel debate-a --schedule 'T0\*7 W\*11 T0'$"

"$program" live --kernel v6.9 --seconds 0.2 -o live.db >/dev/null 2>&1
expect 2 'kunit is of a run of the model' export live.db --steps 1..20 --format kunit
"$program" explore debate --kernel debate-a --save a.db >/dev/null 2>&1
expect 2 'it goes round for ever' export shmem-livelock --kernel v6.18 --format kunit
expect 2 'kunit is of one run' export a.db:1 a.db:2 --format kunit

echo "$checks checks, $n bugs"
exit $bad
