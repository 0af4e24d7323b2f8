#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Run every worked query of docs/trace-format.md on a trace with the sqlite3 shell:
#	test_queries.sh FILE.db [trace-format.md]
# Fails when one has an error or no answer.
set -eu

if [ $# -lt 1 ]; then
	echo "usage: $0 FILE.db [trace-format.md]" >&2
	exit 2
fi
db=$1
doc=${2:-$(dirname "$0")/../docs/trace-format.md}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Every "<!-- query: NAME -->" is followed by its block; that becomes NAME.sql.
awk -v work="$work" '
	/^<!-- query: / { name = $3; next }
	/^```sql$/ && name != "" { out = work "/" name ".sql"; next }
	/^```$/ { out = ""; name = ""; next }
	out != "" { print > out }
' "$doc"

count=0
failed=0
for query in "$work"/*.sql; do
	name=$(basename "$query" .sql)
	count=$((count + 1))
	if ! answer=$(sqlite3 -readonly -bail "$db" <"$query" 2>&1); then
		echo "$name: $answer" >&2
		failed=1
	elif [ -z "$answer" ]; then
		echo "$name: no row" >&2
		failed=1
	fi
done
if [ "$count" -lt 10 ]; then
	echo "$doc has only $count queries" >&2
	failed=1
fi
echo "$count queries"
exit $failed
