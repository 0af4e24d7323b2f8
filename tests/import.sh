#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# swapscope import: what it says, what it refuses and leaves alone, files that mean harm.
set -u
. "$(dirname "$0")/command.sh"
captures=traces/captures

# ask QUERY WANT: of $work/x.db
ask()
{
	local got
	checks=$((checks + 1))
	got=$("$program" sql "$work/x.db" "$1" 2>&1)
	[ "$got" = "$2" ] || fail "$1: '$got', want '$2'"
}
nothing() { [ ! -e "$work/$1" ] || fail "$1 was made"; }

# ---- the command line ----
loss=$captures/d-loss-uffdwp-6.8.trace.zst
expect 2 'CAPTURE... -o FILE.db is needed' import
expect 2 'CAPTURE... -o FILE.db is needed' import "$loss"
expect 2 'CAPTURE... -o FILE.db is needed' import -o "$work/x.db"
expect 2 "no option '--no'" import --no "$loss" -o "$work/x.db"
expect 2 '-o needs a value' import "$loss" -o
expect 2 'one of zram, brd, disk' import "$loss" -o "$work/x.db" --device tape
expect 2 "no kernel 'v6.88'" import "$loss" -o "$work/x.db" --kernel v6.88
expect 2 'load is one of' import "$loss" -o "$work/x.db" --set load=sideways
expect 2 'meta is about one capture' import "$loss" "$loss" -o "$work/x.db" --meta x
expect 2 'No such file' import "$loss" -o "$work/x.db" --meta "$work/none"
expect 2 'No such file' import "$work/none" -o "$work/x.db"
expect 2 'is a folder, and a capture' import "$work" -o "$work/x.db"
nothing x.db

# ---- what is no capture, and what is there already ----
: >"$work/empty"
head -c 1000000 /dev/urandom >"$work/binary"
printf 'hello\nworld\n' >"$work/text"
expect 2 'is no capture' import "$work/empty" -o "$work/x.db"
expect 2 'is no capture' import "$work/binary" -o "$work/x.db"
expect 2 'is no capture' import "$work/text" -o "$work/x.db"
expect 2 'is a trace of recorded runs, and a capture' import tests/data/format1.db -o "$work/x.db"
# the kernel's own tracer of calls: not of what (import_forms.sh has function_graph)
nothing x.db
printf '# tracer: function\n%s\n' '  swapwork-90      [001] .....   12.345678: do_swap_page <-__handle_mm_fault' >"$work/function"
expect 0 '' import "$work/function" -o "$work/x.db"
output 'it is of the tracer function, .*no slot'
rm "$work/x.db"
cp tests/data/format1.db "$work/same.db"
expect 2 'same.db is what is read' import "$work/same.db" -o "$work/same.db"
expect 2 'same.db is what is read' import "$loss" "$work/same.db" -o "$work/../${work##*/}/same.db"
cmp -s tests/data/format1.db "$work/same.db" || fail "what was to be read was written over"
expect 2 'is a trace of recorded runs, and a capture' import "$work/same.db" -o "$work/y.db"
nothing y.db
expect 2 '/dev/null is no capture' import /dev/null -o "$work/y.db"
! grep -q events "$work/out" || fail "a report of nothing"
rm -f "$work/y.db"
expect 2 'not a swapscope trace; it is left as it is' import "$loss" -o "$work/text"
[ "$(cat "$work/text")" = "$(printf 'hello\nworld')" ] || fail "text was changed"
cp tests/data/format1.db "$work/x.db"
expect 2 'is no capture' import "$loss" "$work/binary" -o "$work/x.db"
cmp -s tests/data/format1.db "$work/x.db" || fail "a trace was replaced for what is no capture"
if [ "$(id -u)" != 0 ]; then
	cp "$loss" "$work/secret"
	chmod 0 "$work/secret"
	expect 2 'Permission denied' import "$work/secret" -o "$work/x.db"
fi

# ---- a capture twice in one file: pages that are mapped, and slots that are given out again ----
twice=b-zram-sync-6.1
for i in 1 2; do zstd -qdc "$captures/$twice.trace.zst"; done >"$work/twice.trace"
cp "$captures/$twice.meta" "$work/twice.meta"
expect 0 '' import "$work/twice.trace" -o "$work/y.db"
output '1,454 lives of them that began'
rm "$work/y.db"

# ---- what is said ----
expect 0 '' import "$loss" $captures/d-ok-uffdwp-6.12.trace.zst -o "$work/x.db"
output '^traces/captures/d-loss-uffdwp-6.8.trace.zst: run 1$'
output '39,152 events of 2 threads on 2 CPUs, 124 swap slots; stamps are a counter'
output 'kernel: v6.8 load=exclusive, as its sidecar says; device: zram'
output 'not understood: none'
output 'd-ok-uffdwp-6.12.trace.zst: run 2'
output 'kernel: 6.12.117, as its sidecar says'
ask "SELECT run, kernel, source FROM v_run" '1|v6.8 load=exclusive|capture
2|6.12.117|capture'
ask "SELECT value FROM capture_meta WHERE run = 1 AND key = 'zswap.exclusive_loads'" Y
ask "SELECT count(*) FROM switch WHERE run = 1 AND name || '=' || value = 'load=exclusive'" 1
ask "SELECT min(bad_references), min(integrity) FROM (SELECT (SELECT count(*)
	FROM pragma_foreign_key_check) AS bad_references, (SELECT integrity_check
	FROM pragma_integrity_check LIMIT 1) AS integrity)" '0|ok'
zstdcat "$loss" >"$work/plain"
[ "$("$program" sql "$work/x.db" --mode list "SELECT text FROM capture_line WHERE run = 1
	ORDER BY line" | md5sum)" = "$(md5sum <"$work/plain")" ] || fail "lines are not as they were"
expect 0 '' import "$loss" -o "$work/x.db" --kernel v6.8 --set pin=none --device brd
output 'kernel: v6.8 pin=none, as --kernel says; device: brd'
expect 0 '' import "$loss" -o "$work/x.db" --set pin=none
output 'kernel: v6.8 load=exclusive pin=none, as its sidecar'

# ---- sidecars ----
head -200 "$work/plain" >"$work/short"
expect 0 '' import "$work/short" -o "$work/x.db"
output 'kernel: not known: nothing says which kernel it was'
ask "SELECT count(*) FROM switch" 0
expect 2 'of which kernel' import "$work/short" -o "$work/x.db" --set pin=none
{ echo '# uname: Linux host 6.8.3-x x86_64'; cat "$work/short"; } >"$work/named"
expect 0 '' import "$work/named" -o "$work/x.db"
output "kernel: 6.8.3, by its release, 'Linux host 6.8.3-x x86_64'"
printf '[capture]\nrelease = 5.10.1\n' >"$work/short.meta"
expect 0 '' import "$work/short" -o "$work/x.db"
output 'kernel: not known: there are no rules for 5.10.1'
printf '[capture]\nkernel = v6.9 lode=x\n' >"$work/short.meta"
expect 2 "short.meta: kernel = .*'lode=x' is no switch" import "$work/short" -o "$work/x.db"
printf '[capture]\nkernel v6.9\n' >"$work/short.meta"
expect 2 'short.meta:2: KEY = VALUE is needed' import "$work/short" -o "$work/x.db"
printf '[other]\nkernel = v6.9\n' >"$work/short.meta"
expect 2 'has no section .capture' import "$work/short" -o "$work/x.db"
printf '[capture]\ndevice = tape\n' >"$work/short.meta"
expect 2 'device = tape: it is one of' import "$work/short" -o "$work/x.db"
rm "$work/short.meta"

# ---- the same in other clothes ----
expect 0 '' import "$work/plain" -o "$work/x.db"
want=$("$program" sql "$work/x.db" 'SELECT id, stamp, slot, call, ret, thread FROM capture_event' |
	md5sum)
same() # FILE
{
	expect 0 '' import "$1" -o "$work/x.db"
	checks=$((checks + 1))
	[ "$("$program" sql "$work/x.db" 'SELECT id, stamp, slot, call, ret, thread
		FROM capture_event' | md5sum)" = "$want" ] || fail "$1 is read otherwise"
}
gzip -k "$work/plain" && same "$work/plain.gz"
command -v xz >/dev/null && xz -k "$work/plain" && same "$work/plain.xz"
command -v bzip2 >/dev/null && bzip2 -k "$work/plain" && same "$work/plain.bz2"
sed 's/$/\r/' "$work/plain" >"$work/crlf" && same "$work/crlf"
mkfifo "$work/pipe"
zstdcat "$loss" >"$work/pipe" &
same "$work/pipe"
wait

expect 0 '' import traces/samples/two-threads-6.1-dat.dat -o "$work/x.db"
output 'kernel: 6.1.192, by its release'
output '1,474 events of 3 threads'
cp traces/samples/two-threads-6.1-dat.dat "$work/alone.dat"
expect 0 '' import "$work/alone.dat" -o "$work/x.db"
output "kernel: not known: its release, 'Linux .none. 6.1.0-56-amd64 x86_64', is a distribution's"
expect 0 '' import "$work/alone.dat" -o "$work/x.db" --kernel 6.1.192
output 'kernel: 6.1.192, as --kernel says'

# ---- damage ----
head -c 100000 "$loss" >"$work/half.zst"
expect 2 'half.zst is damaged' import "$work/half.zst" -o "$work/x.db"
output 'events of 2 threads'
output 'lines: not read to the end'
# what came before the damage is there, and nobody takes it for the whole
expect 3 '' check "$work/x.db" --kernel v6.8 --set load=exclusive --device zram --conformance
output 'was not read to its end'
expect 3 '' check "$work/x.db" --kernel v6.8 --set load=exclusive --device zram --json --conformance
output '"finished":	false'
ask "SELECT count(*) > 1000, (SELECT lines IS NULL AND events > 1000 FROM capture)
	FROM capture_event" '1|1'
head -c 100 "$loss" >"$work/stump.zst"
expect 2 'stump.zst is (damaged|no capture)' import "$work/stump.zst" -o "$work/y.db"
head -c 20000 "$work/plain.gz" >"$work/half.gz"
expect 2 'half.gz is damaged' import "$work/half.gz" -o "$work/x.db"
for size in 10 100 5000; do
	{ printf '\x17\x08Dtracing6\0\0\x08'; head -c $size /dev/urandom; } >"$work/x.dat"
	expect 2 'x.dat is damaged' import "$work/x.dat" -o "$work/y.db"
	zstd -qf "$work/x.dat"
	expect 2 'x.dat.zst is damaged' import "$work/x.dat.zst" -o "$work/y.db"
done
nothing y.db
{ head -30 "$work/plain"; head -c 3000000 /dev/urandom; tail -30 "$work/plain"; } >"$work/mixed"
# a head that tells of more than there is, and numbers that are none
zstd -qdc "$loss" | head -500 | sed 's,39152/39152,39152/40000,; s/ usage=0x40/ usage=99999999999999999999/' >"$work/cut"
grep -q 'usage=9999' "$work/cut" || fail "no number was changed"
expect 0 '' import "$work/cut" -o "$work/y.db"
output 'its head says that 39,152 events were in the buffer, 488 are here: it is not whole$'
output '848 events were overwritten in the buffer before it was read$'
output 'line [0-9]+: a number that does not fit'
expect 0 '' import "$work/mixed" -o "$work/x.db"
output "line 31: no 'comm-pid"
ask "SELECT count(*) >= 46 AND count(*) < 50 FROM capture_event" 1

# ---- killed: what was there is, and nothing of it is left running ----
expect 0 '' import "$work/plain" -o "$work/x.db"
cp "$work/x.db" "$work/was.db"
{ zstdcat $captures/a-disk-writeback-6.1.trace.zst; exec sleep 60; } >"$work/pipe" &
feeder=$!
"$program" import "$work/pipe" -o "$work/x.db" >"$work/out" 2>"$work/err" &
import=$!
# written beside it, under a name that says so, and readable there
part() { ls "$work"/x.db.*.part 2>"$work/ls.err"; }
count() { "$program" sql "$(part)" "SELECT count(*) FROM capture_line" 2>"$work/sql.err"; }
for _ in $(seq 200); do
	[ -e "$(part)" ] && [ "$(count)" -gt 20000 ] 2>"$work/sql.err" && break
	sleep 0.1
done
kill -9 $import
wait $import 2>"$work/err"
kill $feeder
wait $feeder 2>"$work/err"
cmp "$work/x.db" "$work/was.db" || fail "an import that was killed changed the trace before"
[ "$(count)" -gt 20000 ] || fail "lines that were committed are lost: $(count)"
# what it left behind is in nobody's way
expect 0 '' import "$work/plain" -o "$work/x.db"
rm -f "$work"/x.db.*.part*
checks=$((checks + 2))

# ---- much ----
# a line of a gigabyte, and many of what is kept a number for, within little memory
{ head -20 "$work/plain"; head -c 1G /dev/zero | tr '\0' x; echo; tail -5 "$work/plain"; } |
	zstd -q -1 >"$work/long.zst"
awk 'BEGIN { for (i = 0; i < 200000; i++)
	printf "t-%d [000] ..... %d: e%d: (swap_free+0x0/0x4) ent=%d\n", i, i, i % 9000, i + 1 }' \
	>"$work/many"
limit=400000
[ -z "${SWAPSCOPE_SANITIZE:-}" ] || limit=unlimited
(
	ulimit -v $limit
	expect 0 '' import "$work/long.zst" -o "$work/x.db"
	output 'not understood: 1; cut'
	ask "SELECT why FROM capture_line WHERE why IS NOT NULL" \
		"no 'comm-pid [cpu] flags stamp:' at its start"
	ask "SELECT count(*) FROM capture_event" 13
	expect 0 '' import "$work/many" -o "$work/x.db"
	output 'too many'
	exit $bad
) || bad=1

[ $bad = 0 ] && echo "$checks checks passed"
exit $bad
