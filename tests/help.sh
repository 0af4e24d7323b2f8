#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# One table a command: --help, the man pages, completion and what is accepted are the same.
set -u
. "$(dirname "$0")/command.sh"
program=$(realpath "$program")
commands=$("$program" help --complete -- "" | grep -v '^-' | cut -f1)
[ "$(wc -w <<<"$commands")" -ge 17 ] || fail "too few commands: $commands"

# ---- help, as people ask for it ----

expect 0 '' help
for c in $commands; do
	output "^  $c +[a-z]"
done
cp "$work/out" "$work/overview"
awk 'length > 80 { exit 1 }' "$work/out" || fail "help is wider than 80"
for ask in --help -h; do
	expect 0 '' $ask
	cmp -s "$work/out" "$work/overview" || fail "swapscope $ask is not 'swapscope help'"
done
expect 0 '' --version
output '^swapscope [0-9]+\.[0-9]+'
expect 0 '' -V
for c in $commands; do
	expect 0 '' help "$c"
	cp "$work/out" "$work/help.$c"
	output "^swapscope $c: "
	output '^exit status:'
	awk 'length > 80 { exit 1 }' "$work/out" || fail "help $c is wider than 80"
	for ask in "$c --help" "$c -h" "--help $c" "$c word --help more"; do
		# shellcheck disable=SC2086
		expect 0 '' $ask
		cmp -s "$work/out" "$work/help.$c" || fail "swapscope $ask is not 'swapscope help $c'"
	done
done
expect 2 "did you mean 'explore'" help explroe
expect 2 "did you mean 'explore'" exlpore
expect 2 "did you mean '--?kernel'" explore debate --kernal v6.9
expect 2 "no option '-x'" explore -x
expect 2 "no option '-z'" explore debate -zq
expect 2 "no option '-x'" live -ox.db -xo
expect 2 "did you mean '--help'" explore --hel
expect 2 "did you mean '--help'" --hlp
expect 2 "'--max' is the beginning of --max-states, --max-depth, --max-memory" explore debate --max 5
expect 2 "did you mean 'UAF'" explore debate --property uaf
expect 2 'a name is needed' explore debate --save=
expect 2 'a name is needed' explore debate --kernel ''
expect 2 'at most 1000000' live --seconds inf
expect 2 'twice' matrix aba debate aba
expect 2 'takes --kernel and --set only' matrix --show read,write --json
expect 2 'takes no value' explore debate --json=yes
expect 2 'is too much' help explore run
expect 2 'is too much' tour debate

# ---- man pages ----

mkdir -p "$work/man/man1"	# tests/install.sh has mandoc judge them
"$program" help --man >"$work/man/man1/swapscope.1"
for c in $commands; do
	"$program" help --man "$c" >"$work/man/man1/swapscope-$c.1"
done
for page in "$work"/man/man1/*; do
	mandoc -Tascii "$page" | sed 's/.\x08//g' >"$page.txt"
	grep -q '^EXIT STATUS' "$page.txt" || fail "${page##*/} has no exit status"
done

# ---- what is accepted is what the man page has, and the other way round ----

# accepts COMMAND OPTION: not with "no option"; an option behind it keeps it from being run
accepts()
{
	! "$program" "$1" "$2" v6.9 --no-such-option 2>&1 >/dev/null </dev/null |
		grep -qE "no option '$2'"
}
listed() { sed -n 's/^\.It .*Fl -\([a-z-]*\).*/\1/p' "$work/man/man1/swapscope-$1.1"; }
tried=0
words=$(for c in $commands; do listed "$c"; done
	grep -ohE '"[a-z][a-z-]{1,20}"' ui/command/*.c ui/usage/*.c | tr -d '"')
words=$(sort -u <<<"$words")
[ "$(wc -w <<<"$words")" -gt 80 ] || fail "too few words to try as options"
for c in $commands; do
	has=" $(listed "$c" | tr '\n' ' ')"
	for w in $words; do
		[ "$w" = help ] && continue
		tried=$((tried + 1))
		if accepts "$c" "--$w"; then
			# a beginning that only one option has is that option
			[[ $has == *" $w"* ]] || fail "$c takes --$w, its man page has it not"
		elif [[ $has == *" $w "* ]]; then
			fail "the man page of $c has --$w, which it does not take"
		fi
		[[ $has != *" $w "* ]] || grep -q -- "--$w" "$work/help.$c" ||
			fail "help $c lacks --$w"
	done
	for w in $has; do
		[ "$w" = help ] || "$program" help --complete -- "$c" "--$w" | grep -q "^--$w	" ||
			fail "completion of $c lacks --$w"
	done
done
# the check can fail
accepts explore --no-such && fail "an option that there is not is accepted"
accepts explore --kernel || fail "an option that there is is not accepted"

# ---- the examples ----

(
	cd "$work" || exit 1
	mkdir bin && ln -s "$program" bin/swapscope
	PATH=$work/bin:$PATH
	export XDG_CACHE_HOME=$work
	zstd -dqc "$OLDPWD/traces/samples/two-threads-6.1.trace.zst" >trace.txt
	cp "$OLDPWD/traces/samples/two-threads-6.1.meta" trace.txt.meta
	swapscope import trace.txt -o c.db >/dev/null 2>&1
	swapscope explore debate --kernel debate-a --save a.db >/dev/null 2>&1
	swapscope pack a.db -o small.db 2>/dev/null
	swapscope explore debate --kernel v6.9 --certificate debate.cert >/dev/null 2>&1
	slot=$(swapscope sql c.db 'SELECT printf("0x%x", offset) FROM capture_slot LIMIT 1')
	for c in $commands; do
		sed -n '/^examples:/,/^exit status/s/^  \(swapscope.*\)/\1/p' "help.$c" >lines
		[ "$(wc -l <lines)" = 2 ] || echo "help $c has no two examples"
		while read -r line; do
			line=${line//0x313/$slot}
			timeout 300 bash -c "$line" >example.out 2>example.err </dev/null
			status=$?
			[ $status -lt 2 ] && [ -s example.out -o -s example.err -o -s "${line##*>}" ] ||
				echo "example: $line: exit $status: $(cat example.err)"
		done <lines
	done
) >"$work/examples"
[ -s "$work/examples" ] && fail "$(cat "$work/examples")"

# ---- completion ----

# offers REGEX WORD...: the program completes the last word so
offers()
{
	local regex=$1
	shift
	checks=$((checks + 1))
	"$program" help --complete -- "$@" | grep -qE -- "$regex" || fail "complete $*: no $regex"
}
offers '^explore	' exp
offers '^--max-states	' explore --max
offers '^v6\.9	' explore debate --kernel v6
offers '^--kernel=v6\.9	' explore debate --kernel=v6
offers '^pin=	' explore --set p
offers '^pin=has_cache$' explore --set pin=
offers '^debate-forever	' explore deb
offers '^:files$' explore deb
offers '^MAPPED	' explore debate --property M
offers '^B2	' catalog B
offers '^CVE-2024-26759	' catalog CVE-2024
offers '^kernels$' list k
offers '^tour	' present t
offers '^B2	' present B
offers '^:files$' view ''
offers '^zram$' live --device ''
offers '^debate-forever	' explore --kern v6.9 deb	# as getopt_long() reads it
offers '^--kern=v6\.9	' explore debate --kern=v6
offers '^--max-states	' explore --
offers '^:files	--output=$' live --output=my
offers '^:files	-o$' live -omy
offers '^:files$' explore -- ''
offers '^debate	' explore --max-states 9 -- deb
"$program" help --complete -- explore -- -- | grep -q '^-' && fail "options are offered behind --"
"$program" help --complete -- explore --max v | grep -qv '^:' && fail "--max is not one option"
[ -z "$("$program" help --complete -- tour x)" ] || fail "tour takes no operand"
[ -z "$("$program" help --complete -- explore --max-states 1)" ] || fail "a number is not completed"

# what a user sees: the keys typed in a shell, TAB, and the line then
. tests/screen.sh
completes_in()
{
	checks=$((checks + 1))
	servers=$((servers + 1))	# one that is being killed may still take a connection
	socket=swapscope-help-$$-$servers
	tm new-session -d -x 100 -y 24 "$1"
	shows READY
	tm send-keys -l "$2"
	keys Tab
	shows "${3//[.]/\\.}"
	tm kill-server
}
servers=0
mkdir -p "$work/bash" "$work/zsh" "$work/home/bin" "$work/my dir"
ln -s "$program" "$work/home/bin/swapscope"
ln -s "$program" "$work/my dir/swapscope"
touch "$work/my file.db" "$work/a:b.db"
cat >"$work/bash/rc" <<RC
PS1='READY '
PATH=$work/bin:\$PATH HOME=$work/home
. $PWD/scripts/completion/swapscope.bash
cd $work
set -u
IFS=:/
RC
cat >"$work/zsh/.zshrc" <<RC
PROMPT='READY '
PATH=$work/bin:\$PATH HOME=$work/home
fpath=($PWD/scripts/completion \$fpath)
autoload -U compinit && compinit -u -D
cd $work
RC
cat >"$work/fish" <<RC
function fish_prompt; echo -n 'READY '; end
set -g fish_greeting
set -g fish_autosuggestion_enabled 0
set -gx PATH $work/bin \$PATH
source $PWD/scripts/completion/swapscope.fish
cd $work
RC
in_bash="bash --noprofile --rcfile $work/bash/rc -i"
in_zsh="env ZDOTDIR=$work/zsh zsh -i"
in_fish="env HOME=$work/home XDG_CONFIG_HOME=$work/home fish -C 'source $work/fish' -i"
for shell in "$in_bash" "$in_zsh" "$in_fish"; do
	completes_in "$shell" 'swapscope explo' '^READY swapscope explore'
	# shellcheck disable=SC2088
	completes_in "$shell" '~/bin/swapscope explo' '^READY ~/bin/swapscope explore'
	completes_in "$shell" 'my\ dir/swapscope explo' '^READY my[\] dir/swapscope explore'
	completes_in "$shell" 'swapscope explore debate --kernel v6.9-' '--kernel v6.9-rc1'
	completes_in "$shell" 'swapscope explore debate --set pin=has' '--set pin=has_cache'
	completes_in "$shell" 'swapscope run --schedule "T0 W" aborted-by' '"T0 W" aborted-bypass'
	completes_in "$shell" 'swapscope explore debate --save "my f' '--save "my file.db"'
	completes_in "$shell" 'swapscope live --output=my\ f' '--output=my[\] file.db'
	completes_in "$shell" 'swapscope live -osma' '-osmall.db'
done
completes_in "$in_bash" 'swapscope view a:b' 'view a:b.db'
completes_in "$in_bash" 'swapscope explore --max-st' '--max-states'
completes_in "$in_bash" 'swapscope explore debate --kernel=v6.12' '--kernel=v6.12'
completes_in "$in_bash" 'swapscope explore debate --property MAPP' '--property MAPPED'
completes_in "$in_bash" "swapscope view $work/sma" "view $work/small.db"
completes_in "$in_bash" "swapscope import x -o ~/../sma" "/small.db"

echo "$checks checks, $tried options tried"
exit $bad
