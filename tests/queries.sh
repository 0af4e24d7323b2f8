#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The worked queries of docs/trace-format.md, on a fresh recording, with the sqlite3 shell alone.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" explore debate --kernel debate-a --brief --save "$work/a.db" >/dev/null && exit 1
tests/test_queries.sh "$work/a.db"
# and the question that the format is for
answer=$(sqlite3 "$work/a.db" "SELECT freed_op || ': ' || freed_step, freed_by, readers FROM entry_life
	WHERE run = 1 AND entry = 1")
[ "$answer" = "zswap_writeback_entry: zswap_entry_free(entry)|W|T0" ] || {
	echo "which step freed entry 1, and who was reading it: '$answer'"
	exit 1
}
