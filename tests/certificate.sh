#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Certificates at the command line: what is written, what is refused and what is said, by exit status.
set -u
. "$(dirname "$0")/command.sh"
program=$(realpath "$program")
cd "$work" || exit 1
ln -s "$OLDPWD/examples" examples

# ---- written and accepted ----

expect 0 'saved: a.cert, a certificate of 260 states' explore writeback-first --kernel v6.9 --brief --certificate a.cert
output '^verdict      safe: '
expect 0 'saved: ' explore writeback-first --kernel v6.9 --brief --certificate b.cert --certify
output '^verdict      safe, certified: no property is violated'
output 'safety only: LIVELOCK is not certified'
cmp -s a.cert b.cert || fail "two certificates of one search differ"
expect 0 '' explore writeback-first --kernel v6.9 --certify --json
output '"certified":	true'
expect 0 '' explore writeback-first --kernel v6.9 --json
output '"certified":	null'
expect 0 '' verify a.cert
output '^certified    safe in all 260 states, 461 transitions of writeback-first under v6.9 '
output 'safety only: LIVELOCK is not certified'
output '^scenario     the shipped scenario of that name'
output '^kernel       v6.9$'
output 'pin=has_cache'
expect 0 '' verify a.cert --json
jq -e '.certified and .states == 260 and .transitions == 461 and .switches.pin == "has_cache" and
	(.properties | index("DEADLOCK")) and .not_certified == "LIVELOCK"' out >/dev/null || fail "verify --json"
expect 0 '' verify a.cert --scenario
tail -n "$(wc -l <examples/writeback-first.scn)" out | cmp -s - examples/writeback-first.scn ||
	fail "the scenario's text is not in the certificate"
# a file of one's own stands alone
sed 's/^title = .*/title = mine/' examples/writeback-first.scn >mine.scn
expect 0 'saved' explore mine.scn --kernel v6.8 --set cleanup=on --brief --certificate mine.cert
rm mine.scn
expect 0 '' verify mine.cert
output '^mine.scn: mine$'
output '^scenario     no shipped scenario'
output ' under v6.8 cleanup=on '
sed 's/^title = .*/title = mine/' examples/writeback-first.scn >writeback-first
expect 0 'saved' explore ./writeback-first --brief --certificate own.cert
# a name is only a name: what is shipped is told by its text
LC_ALL=C sed 's/^scenario .*/scenario writeback-first/' own.cert >named.cert
expect 2 'damaged' verify named.cert

# ---- refused before the search, or behind it ----

for no in '--property UAF' '--after T0' '--expect' '--reach x'; do
	expect 2 "excludes --${no:2:4}" explore writeback-first --certificate c.cert $no
	expect 2 "excludes --${no:2:4}" explore writeback-first --certify $no
done
expect 1 'no certificate: violated: MAPPED, UAF' explore writeback-first --kernel debate-a --brief --certificate c.cert
expect 1 'no certificate: violated: MAPPED, UAF' explore writeback-first --kernel debate-a --brief --certify
expect 3 'no certificate: not all states were found .max_states' explore writeback-first --max-states 100 --brief --certificate c.cert
expect 3 'no certificate: not all states were found .max_depth' explore writeback-first --max-depth 5 --brief --certify
echo mine >mine.txt
expect 2 'is no certificate; it is left as it is' explore writeback-first --certificate mine.txt
expect 2 'is no file' explore writeback-first --certificate /dev/null
expect 2 'No such file' explore writeback-first --certificate nowhere/c.cert
# a disk that is full, nearly, and a folder that is none
(ulimit -f 100; trap '' XFSZ; exec "$program" explore debate --kernel v6.9 --brief --certificate c.cert) >out 2>err
[ $? = 2 ] && grep -q 'c.cert: File too large' err || fail "a certificate that does not fit: $(cat err)"
TMPDIR=/nonexistent expect 3 'not certified: no certificate can be written: No such file' explore writeback-first --brief --certify
[ -e c.cert ] && fail "a certificate that was refused is there"
ls ./*.part 2>/dev/null && fail "a part of a certificate is left"

# safe and violated by LIVELOCK alone
expect 1 'saved: ' explore readahead-livelock --kernel v6.9 --set relax=cond_resched --brief --certificate live.cert --certify
output '^verdict      violated: LIVELOCK$'
output 'safety only: LIVELOCK is not certified'
expect 0 '' verify live.cert

# ---- files that are none ----

head -c 1000 a.cert >cut.cert
expect 2 'cut.cert: it is damaged or cut short' verify cut.cert
{ cat a.cert; echo; } >more.cert
expect 2 'damaged' verify more.cert
LC_ALL=C sed 's/pin=has_cache/pin=has_cachE/' a.cert >bit.cert
expect 2 'damaged' verify bit.cert
expect 2 'is a scenario, and a certificate of states is needed' verify examples/aba.scn
expect 2 'is a certificate of states, and a scenario is needed; verify takes it' explore a.cert
expect 2 'is a folder' verify .
expect 2 'is no file' verify /dev/zero
expect 2 'no certificate of swapscope' verify mine.txt
expect 2 'No such file' verify nothing
expect 2 'one certificate is needed' verify
mkfifo pipe
expect 2 'is no file' verify pipe

# ---- memory, ctrl-c ----

expect 0 'saved' explore debate --kernel v6.9 --brief --certificate d.cert
expect 3 '' verify d.cert --max-memory 1
output '^unknown      not verified to the end: memory .--max-memory 1.'
expect 3 '' verify d.cert --max-memory 1 --json
output '"certified":	null'
expect 0 '' verify d.cert --max-memory 64
expect 0 'saved' explore debate --kernel v6.8 --brief --certificate long.cert
timeout --foreground -s INT --preserve-status 1 "$program" verify long.cert >out 2>err
case $? in
3) output '^unknown      not verified to the end: interrupted|' ;;
0) ;;	# a fast machine
*) fail "an interrupted verify: $(cat err)" ;;
esac

# ---- the matrix ----

cd "$OLDPWD" || exit 1
expect 0 '' matrix writeback-first --kernel v6.9 --kernel debate-a --certify --text
output '^writeback-first +certified +UAF 19'
output '^2 safe \(2 certified: of safety, not of LIVELOCK; 0 refused\), 2 violated'
expect 0 '' matrix writeback-first --kernel v6.9 --certify --markdown
output '\| certified \|'
expect 0 '' matrix writeback-first --kernel v6.9 --certify --json
jq -e '.refused == 0 and .certified >= 1 and .rows[0].cells[0].certified and .rows[0].cells[0].verdict == "safe"' \
	"$work/out" >/dev/null || fail "matrix --certify --json"
expect 0 '' matrix writeback-first --kernel v6.9 --json
jq -e '.rows[0].cells[0].certified == null and .certified == 0' "$work/out" >/dev/null || fail "matrix --json"
TMPDIR=/nonexistent expect 3 '' matrix writeback-first --kernel v6.9 --certify --text
output 'not certified: no certificate can'
expect 2 'takes --kernel and --set only' matrix --show read,write --certify

echo "$checks checks"
exit $bad
