#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What commands write is whole or not there, and where it is no file it is written as it is.  What
# happens when they are killed is in tests/kills.py.
set -u
. "$(dirname "$0")/command.sh"
text=(why writeback-first --kernel v6.9 --rule pin)
cd "$work" || exit 1
ours() { ls -A "$work" | grep -vxE 'out|err' | tr '\n' ' '; }
# stays FILE TEXT
stays() { checks=$((checks + 1)); [ "$(cat "$1")" = "$2" ] || fail "$1 is $(head -c 200 "$1")"; }
# only NAME...: nothing else is in the folder
only() { checks=$((checks + 1)); [ "$(ours)" = "$* " ] || fail "there is $(ours), and not $*"; }

expect 0 '' "${text[@]}" -o new
mkdir f && mv new f/new && cp f/new reference
expect 0 '' "${text[@]}"
cmp "$work/out" reference || fail "a file has other text than the terminal"
# replaced, with its mode; a link stays one, to a file that is there or not
echo before >old && chmod 640 old && ln -s old link && ln -s f/made dangling
expect 0 '' "${text[@]}" -o old
cmp old reference || fail "old was not replaced"
[ "$(stat -c %a old)" = 640 ] || fail "the mode is $(stat -c %a old)"
echo before >old
expect 0 '' "${text[@]}" -o link
[ -L link ] && cmp old reference || fail "the link is none any more, or names something else"
expect 0 '' "${text[@]}" -o dangling
[ -L dangling ] && cmp f/made reference || fail "the file that a link names was not made"
umask 027
expect 0 '' "${text[@]}" -o masked
[ "$(stat -c %a masked)" = 640 ] || fail "a new file has the mode $(stat -c %a masked)"
umask 022
rm -f link dangling masked f/made old

# what is no file
expect 0 '' "${text[@]}" -o /dev/null
[ -c /dev/null ] || fail "/dev/null is none any more"
expect 0 '' "${text[@]}" -o /dev/stdout
cmp "$work/out" reference || fail "/dev/stdout got something else"
echo before >log
"$program" "${text[@]}" -o /dev/stdout >>log
"$program" "${text[@]}" -o /dev/fd/7 7>>log
{ echo before; cat reference reference; } >both
cmp log both || fail "what is appended to a file replaces it"
mkfifo pipe
cat pipe >piped &
expect 0 '' "${text[@]}" -o pipe
wait $!
cmp piped reference || fail "a FIFO got something else"
[ -p pipe ] || fail "the FIFO is none any more"
rm -f log both pipe piped
expect 2 '/dev/full: No space left on device' "${text[@]}" -o /dev/full
expect 2 '/dev/full: No space left on device' "${text[@]}" --json -o /dev/full
expect 2 'f: Is a directory' "${text[@]}" -o f
expect 2 'Is a directory' "${text[@]}" -o none/
expect 2 'none/x: No such file or directory' "${text[@]}" -o none/x
expect 2 'reference/x: Not a directory' "${text[@]}" -o reference/x
expect 2 'File name too long' "${text[@]}" -o "$(printf '%0300d' 0)"
expect 2 'a name is needed' "${text[@]}" -o ''
long=$(printf '%0255d' 0)
expect 0 '' "${text[@]}" -o "$long"
cmp "$long" reference || fail "a name of 255 bytes"
rm -f "$long"

# a bad place is seen before the work: this search takes a minute and more
for option in --junit --certificate --save --save-graph; do
	SECONDS=0
	expect 2 'none/x: No such file or directory' explore debate-forever "$option" none/x
	[ $SECONDS -lt 20 ] || fail "$option none/x was noticed after $SECONDS s"
done

# what is read is not written, two outputs are two files, and a trace is no text
expect 0 '^saved' run debate --seed 1 --save r.db
cp r.db was.db
ln -s r.db alias.db
for to in r.db ./r.db alias.db "$PWD/r.db"; do
	expect 2 'is what is read' pack r.db -o "$to"
	expect 2 'is what is read' check r.db:1 --junit "$to"
done
expect 2 'a trace of runs, and a text would take its place' "${text[@]}" -o r.db
expect 2 'is no certificate; it is left|a text would take its place' explore aba --certificate r.db
expect 2 'are one file' explore aba --junit a --certificate ./a
expect 2 'not a swapscope trace; it is left as it is' run debate --save reference
expect 2 'not a swapscope trace; it is left as it is' pack r.db -o reference
expect 2 'is not a file|exists and is not' pack r.db -o /dev/null
cmp r.db was.db || fail "a refused command has changed the trace"
rm -f alias.db
# a name that is no file's yet can be a scenario's
expect 0 '' why writeback-first --kernel v6.9 --rule pin -o writeback-first
rm -f writeback-first

# saved is added, in every command that saves; written is replaced
runs() { "$program" sql r.db 'SELECT count(*) FROM run' | tail -1; }
n=$(runs)
saves() { expect "$@"; checks=$((checks + 1)); [ "$(runs)" -gt "$n" ] || fail "no run was added"; n=$(runs); }
saves 0 '^saved' run debate --seed 2 --save r.db
saves 1 '^saved' explore writeback-first --kernel debate-a --save r.db
saves 0 '^saved' catalog B1 --save r.db
saves 1 '^saved' judge aba --kernel v6.7 --save r.db
saves 0 '' present B1 --plain --save r.db
saves 0 '^saved' step debate --lines --schedule T0 --save r.db
expect 0 '^saved: p.db' pack was.db -o p.db
expect 0 '^saved: p.db' pack was.db -o p.db
[ "$("$program" sql p.db 'SELECT count(*) FROM run' | tail -1)" = 1 ] || fail "pack added a run"
expect 0 'p.db is replaced at the end; until then the record is .*p.db\.[0-9a-f]{6}\.part' \
	live --operations 100 --seed 1 -o p.db
[ "$("$program" sql p.db 'SELECT count(*) FROM run' | tail -1)" = 1 ] || fail "live added a run"
# the same where the search is refused, or finds nothing: no file is made
expect 2 'no scenario' explore nosuch --save none.db
expect 0 'nothing was found' explore writeback-first --kernel v6.9 --brief --save none.db

# a disk that is full in the middle: nothing is left, and the file before stays
echo before >small
for to in small p.db; do
	cp "$to" kept
	( trap '' XFSZ; ulimit -f 1
	  if [ "$to" = small ]; then
		"$program" explore aba --kernel v6.9 --brief --certificate new.cert
		"$program" present B1 --html -o small
	  else
		"$program" pack r.db -o p.db
	  fi ) >"$work/out" 2>"$work/err"
	grep -q 'File too large\|disk' "$work/err" || fail "no error: $(cat "$work/err")"
	cmp "$to" kept || fail "$to has changed"
done

# a folder that cannot be written to
chmod 555 f
if [ "$(id -u)" != 0 ]; then
	expect 2 'its folder cannot be written to' "${text[@]}" -o f/new
	cmp f/new reference || fail "f/new has changed"
fi
chmod 755 f
only f kept p.db r.db reference small was.db
[ "$(ls f)" = new ] || fail "in f there is $(ls f)"

exit $bad
