#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Texts of files that are anybody's never reach a terminal with what it would obey: every command
# over a scenario and a trace whose every text has control characters, C1 and what turns lines around.
set -u
. "$(dirname "$0")/command.sh"
evil='\x1b|\x07|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xff'
db=$work/h.db name=$work/$(printf 'n\033[31m\302\233\342\200\256.db')

# clean WORD...: whatever comes of it, on both streams
clean()
{
	timeout 120 "$program" "$@" >"$work/out" 2>"$work/err" </dev/null
	[ $? -lt 124 ] || fail "swapscope $*: it ends badly"
	checks=$((checks + 1))
	for f in out err; do
		LC_ALL=C grep -qP "$evil" "$work/$f" || continue
		fail "swapscope $*: what a terminal obeys is in its output:"
		LC_ALL=C grep -haP "$evil" "$work/$f" | head -3 | cat -v
	done
}

# ---- a scenario: refused with a line of its own ----
for bytes in '\033[31m' '\302\233' '\342\200\256' '\177' '\377'; do
	for key in 'title = ' 'kernel = ' 'device = '  '[task ' '[' 'run = '; do
		while IFS= read -r line; do
			[[ $line == "$key"* ]] && line="$key$(printf "$bytes")${line#"$key"}"
			printf '%s\n' "$line"
		done <examples/debate.scn >"$work/h.scn"
		expect 2 'h.scn:[0-9]*: ' explore "$work/h.scn" --max-states 10
		for c in explore run matrix catalog; do
			clean $c "$work/h.scn"
		done
	done
done

# ---- a trace: every text of it ----
expect 0 '^saved' run debate --schedule 'T0*9' --save "$db"
cp "$db" "$name"		# a good one, whose name alone is hostile
sqlite3 "$db" "PRAGMA foreign_keys = 0;
	CREATE TEMP TABLE e AS SELECT char(27, 91, 155, 8238, 127, 7) AS t;
	UPDATE run SET title = t || title, kernel = t || kernel, scenario = t || scenario,
		verdict = t || verdict, schedule = t || schedule, device = t || device,
		scenario_text = t || scenario_text FROM e;
	UPDATE task SET name = t || name FROM e;
	UPDATE step SET text = t || text, op = t || op, file = t || file FROM e;
	UPDATE result SET text = t || text FROM e;
	UPDATE switch SET value = t || value FROM e;
	UPDATE source SET text = t || text FROM e;
	INSERT INTO finding SELECT 1, 3, t || 'UAF', t || 'page 0', NULL FROM e;
	INSERT INTO note (run, seq, kind, text) SELECT 1, 2, t, t FROM e;" || fail 'no hostile trace'
for f in "$db" "$name"; do
	for c in 'view --plain' 'findings' 'findings --all --json' 'explain' 'explain --json' \
		 'explain --finding 2' 'check' 'check --json' 'list runs' 'list runs --json' 'stories' 'explore' 'run' 'matrix' 'catalog' 'import'; do
		clean $c "$f"
	done
	clean view --plain "$f" "$f"
	for mode in box csv list; do
		clean sql "$f" --mode $mode 'SELECT title, kernel, verdict, scenario_text FROM run'
		clean sql "$f" --mode $mode 'SELECT * FROM v_run'
		clean sql "$f" --mode $mode "SELECT x'1b9b' || char(155)"
	done
	clean pack "$f" -o "$f"
	clean pack "$f" -o "$work/p.db"
	clean import "$f" -o "$f"
done
# ---- names on the command line ----
for c in view findings explain check stories sql explore run matrix catalog 'list runs' list import pack help; do
	clean $c "$(printf 'no\033[31m\302\233\342\200\256')"
done
clean run debate --schedule T0 --save "$name"
clean explore debate --kernel debate-a --property UAF --brief --save "$name"
clean findings "$name:3"
clean import traces/samples/fork-6.1.trace.zst -o "$name"
for c in check stories findings 'list runs' 'view --plain'; do
	clean $c "$name"
done
cp traces/samples/fork-6.1.trace.zst "$name.zst"
clean import "$name.zst" -o "$work/i.db"
for c in check stories findings 'list runs' 'list runs --json' 'view --plain'; do
	clean $c "$work/i.db"
done
clean live --seconds 0.2 --threads 2 -o "$name"
clean check "$name"
clean matrix debate --kernel v6.9 --save "$name"
clean tour --save "$name"
cp examples/debate.scn "$name.scn"
clean explore "$name.scn" --kernel debate-a --property UAF --save "$name"
grep -q "run '*\$'.*\\\\033" "$work/out" || fail "a name that a terminal obeys is not quoted"
clean explore "$name.scn" --kernel v6.9 --save-graph "$name"
clean run "$name.scn" --schedule T0
clean run "$name.scn" --schedule "$(printf 'T0 \302\233\033')"
clean matrix "$name.scn" --kernel v6.9
clean catalog "$name.scn"
cp examples/writeback-first.scn "$name.scn"
clean explore "$name.scn" --expect
clean catalog "$name.scn"
echo "$checks checks"
exit $bad
