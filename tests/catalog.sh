#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# docs/catalog.md is what the program prints; and what else `catalog` promises.
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
complain() { echo "$*"; bad=1; }

"$program" catalog --markdown >"$work/catalog.md" || complain "catalog --markdown: exit $?"
if ! diff -u docs/catalog.md "$work/catalog.md" >"$work/diff"; then
	head -40 "$work/diff"
	complain "docs/catalog.md is not what the program prints now; this makes it anew:
	$program catalog --markdown >docs/catalog.md"
fi
"$program" catalog --markdown | cmp -s - "$work/catalog.md" || complain "printed twice, it differs"

# ids are unique, and each is told by id and by the name of its scenario
"$program" catalog >"$work/all" || complain "catalog: exit $?"
ids=$(sed -n 's/^\([A-Z][A-Za-z0-9]*\)  .*/\1/p' "$work/all")
[ -n "$ids" ] || complain "no bug in the catalog"
[ -z "$(echo "$ids" | sort | uniq -d)" ] || complain "an id is there twice: $ids"
for id in $ids; do
	"$program" catalog "$id" >"$work/one" || complain "catalog $id: exit $?"
	scenario=$(sed -n 's/^scenario  *\([^:]*\):.*/\1/p' "$work/one")
	"$program" catalog "$scenario" | cmp -s - "$work/one" || complain "$scenario is not $id"
	grep -Eq '!! |~~ |repeats from step' "$work/one" || complain "$id: no violation in its diagram"
	grep -q '^The repair is the rule' "$work/one" || complain "$id: no rule is its repair"
	"$program" list scenarios | grep -qF "[$id]" || complain "$id: not in the list of scenarios"
done

# both runs are recorded, and open side by side
"$program" catalog b2 --save "$work/b2.db" >"$work/out" 2>"$work/err" || complain "--save: exit $?"
grep -q 'runs 1 to 2' "$work/err" || complain "--save says: $(cat "$work/err")"
"$program" view "$work/b2.db:1" "$work/b2.db:2" </dev/null | grep -q 'rule pin' ||
	complain "the recorded runs do not part at the rule pin"

# a recording of a livelock says where it repeats
"$program" catalog B14 --save "$work/b14.db" >/dev/null 2>&1 || complain "--save of B14: exit $?"
"$program" view "$work/b14.db:1" --plain </dev/null | grep -q 'back to position' ||
	complain "the recorded livelock does not repeat"

# commands are for a shell, whatever a file is called
cp examples/aba.scn "$work/it's.scn"
"$program" catalog "$work/it's.scn" | sed -n 's/^ *swapscope catalog \(.*\) --save.*/echo \1/p' | sh |
	grep -qxF "$work/it's.scn" || complain "a name with a quote is not quoted"

for key in id subject commits introduced fixed scenario found_in safe_in tell not_expressed; do
	"$program" catalog --json | grep -q "\"$key\":" || complain "JSON lacks $key"
done
for key in length schedule repaired_by same_steps; do
	"$program" catalog B2 --json | grep -q "\"$key\":" || complain "JSON of B2 lacks $key"
done
"$program" catalog B16 | grep -q '^not expressed: ' || complain "B16 is not told"
"$program" catalog examples/aba.scn | grep -q '^B2 ' || complain "a file's bug is not told"

# refused STDERR-REGEX ARGUMENT...: status 2 and one line
refused()
{
	local says=$1
	shift
	"$program" catalog "$@" >/dev/null 2>"$work/err"
	[ $? = 2 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -qE -- "$says" "$work/err" ||
		complain "catalog $*: should say '$says': $(cat "$work/err")"
}
refused "no bug, scenario or file 'B99'" B99
refused "did you mean 'debate'" debat
refused 'debate is of no bug' debate
refused 'one bug at a time' B1 B2
refused "no option '--fast'" --fast
refused '--save needs a value' B2 --save
refused '--save is for the runs of one bug' --save "$work/x.db"
refused '--json excludes' --json --markdown
# by what people call it: a CVE, a commit of seven digits or more, words of the subject
# called ID ARGUMENT...: that bug is told
called()
{
	local id=$1
	shift
	"$program" catalog "$@" >"$work/out" 2>&1 && head -1 "$work/out" | grep -q "^$id  " ||
		complain "catalog $*: should tell $id: $(head -1 "$work/out")"
}
called B2 CVE-2024-26759
called B2 cve-2024-26759
called B3 CVE-2023-53178
called B4 CVE-2024-26832
called B9 CVE-2024-26960
called B11 CVE-2025-21984
called B11 CVE-2025-38242
called B17 CVE-2026-23161
called B22 CVE-2025-21693
called B9 82b1c07
called B9 82B1C07A0AF603e3c47b906c8e991dc96f01688e
called B9 7c00bafee87c
called B16 a05dd8ae5cbb
called B6 'lru writeback and swapoff'
called B8 corruption on DUPLICATE store
for names in '13ddaf26be32' '13ddaf2' '13ddaf26be324a7f951891ecd9ccd04466d27458'; do
	"$program" catalog "$names" | sed -n 's/^\(B[0-9]*b*\)  .*/\1/p' | tr -d ' \n' | grep -qx 'B1bB2B12B33B33b' ||
		complain "$names is the repair of B1b, B2, B33 and B33b, and introduced B12"
done
"$program" catalog duplicate --json | tr -d ' \t\n' | grep -q '"bugs":\[{"id":"B7".*{"id":"B8".*"not_expressed":\[\]' ||
	complain "JSON of several bugs"
"$program" catalog CVE-2024-26759 --json | tr -d ' \t\n' | grep -q '"cves":\["CVE-2024-26759"\]' ||
	complain "JSON has no CVE"
"$program" list scenarios --json | tr -d ' \t\n' | grep -q '"cves":"CVE-2025-21984,CVE-2025-38242"' ||
	complain "the list of scenarios has no CVE"
# the beginning of a number is another CVE; six digits and a commit's middle are no commit
refused "no bug, scenario or file 'CVE-2024-2675'" CVE-2024-2675
refused "no bug, scenario or file 'CVE-2024-267590'" CVE-2024-267590
refused "no bug, scenario or file '3ddaf26be32'" 3ddaf26be32
refused "no bug, scenario or file '13ddaf26be33'" 13ddaf26be33
refused "no bug, scenario or file '13ddaf26be32 swapoff'" 13ddaf26be32 swapoff
refused 'a commit or words are needed' ' '
refused "file '.\[31m', and no bug's CVE" $'\e[31m'
refused 'a name is at most 4094 bytes' "$(printf 'x%.0s' {1..5000})"
refused "2 bugs are called 'duplicate'; one is needed" duplicate --save "$work/x.db"

sed 's/^property = .*/property = UAF/' examples/aba.scn >"$work/wrong.scn"
refused 'v6.5 shows UAF, which is not so' "$work/wrong.scn"

# wrong SED-SCRIPT REGEX: a [bug] of examples/aba.scn that has a mistake
wrong()
{
	sed "$1" examples/aba.scn >"$work/wrong.scn"
	refused "$2" "$work/wrong.scn"
}
wrong 's/^id = .*/id = 2/' 'wrong.scn:[0-9]+: id = 2: a letter'
wrong 's/^id = .*/id = B-2/' 'id = B-2: a letter'
wrong 's/^id = .*/id = B12345678/' 'a letter and up to 7'
wrong '/^id = /d' "wrong.scn: .bug. lacks 'id = ...'"
wrong '/^tell = /d' "lacks 'tell = ...'"
wrong 's/^id = .*/&\n&/' 'id stands in .bug. twice'
wrong 's/^commit = .*/commit = 13ddaf26be3/' '12 to 40 hexadecimal digits'
wrong 's/^commit = .*/commit = 13ddaf26be32, x3ddaf26be32/' '12 to 40 hexadecimal digits'
wrong 's/^commit = .*/commit = ,/' 'a commit is needed'
wrong 's/^cve = .*/cve = 2024-26759/' 'cve = 2024-26759: CVE-YEAR-NUMBER is needed'
wrong 's/^cve = .*/cve = CVE-2024-267/' 'CVE-YEAR-NUMBER is needed'
wrong 's/^cve = .*/cve = CVE-2024-26759x/' 'CVE-YEAR-NUMBER is needed'
wrong 's/^cve = .*/cve = CVE-2024-26759 CVE-24-26759/' 'cve = CVE-24-26759: CVE-YEAR'
wrong 's/^cve = .*/cve =/' 'cve = : a CVE is needed'
wrong 's/^cve = .*/cve = CVE-2024-1111 CVE-2024-1112 CVE-2024-1113 CVE-2024-1114 CVE-2024-1115/' 'at most 4 CVEs'
wrong 's/^cve = .*/&\n&/' 'cve stands in .bug. twice'
wrong 's/^subject = .*/subject =/' 'subject = : a text is needed'
wrong 's/^subject = .*/subject = a|b/' "no '.'"
wrong 's/^shows = .*/shows = v9/' 'shows = v9: no such kernel: there are v6.1 to'
wrong 's/^shows = .*/shows = v5.18/' 'shows = v5.18: no such kernel: it is older'
wrong 's/^shows = .*/shows =/' 'shows = : a kernel is needed'
wrong 's/^shows = .*/shows = v6.5 pim=none/' "no switch in 'pim=none'"
wrong 's/^beside = .*/beside = v6.8 pin=no/' 'pin is one of none.has_cache'
wrong 's/^property = .*/property = OLD/' 'property = OLD: no such property'
wrong 's/^tell = T1 writes.*/&\n&\n&\n&\n&\n&\n&\n&\n&/' 'at most 12 sentences'
wrong 's/^fixed = .*/solved = v1/' "no key 'solved' in .bug.; there are id"
exit $bad
