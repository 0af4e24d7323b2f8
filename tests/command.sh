# SPDX-License-Identifier: GPL-2.0-only
# The command line contract, for the tests that source this with the program's path as $1: the
# program's last output is $work/out and $work/err, bad is 1 when a check failed.
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0 checks=0

fail() { echo "$*"; bad=1; }

# expect STATUS STDERR-REGEX ARGUMENT...: the status, and one line (or with '' nothing) on stderr
expect()
{
	local status=$1 says=$2 got lines
	shift 2
	timeout 300 "$program" "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	lines=$(wc -l <"$work/err")
	checks=$((checks + 1))
	# nothing is said where nothing is wrong, and one line where something is
	if [ $got != "$status" ] || { [ -z "$says" ] && [ "$lines" != 0 ]; } ||
	   { [ -n "$says" ] && ! grep -qE -- "$says" "$work/err"; } ||
	   { [ "$status" = 2 ] && [ "$lines" != 1 ]; }; then
		fail "swapscope $*: exit $got, want $status; standard error should say '$says':"
		cat "$work/err"
	fi
}
# output REGEX: the last command printed it
output()
{
	checks=$((checks + 1))
	grep -qE -- "$1" "$work/out" || { fail "the output lacks '$1':"; head -40 "$work/out"; }
}
