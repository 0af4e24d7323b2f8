#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The file of settings: where it is, what is said of a wrong one, what a screen makes of it.
set -u
program=$(realpath "$1")
work=$(mktemp -d)
socket=swapscope-config-$$
trap 'tmux -L "$socket" kill-server 2>/dev/null; rm -rf "$work"' EXIT
bad=0
export LC_ALL=C.UTF-8
unset NO_COLOR XDG_CONFIG_HOME
export HOME=$work/home
. "$(dirname "$0")/screen.sh"
complain() { echo "$* (replay: tests/config.sh $program)"; bad=1; }
# refuses TEXT ARGUMENT...: one line with TEXT, exit status 2
refuses()
{
	local text=$1
	shift
	timeout 20 "$program" "$@" >"$work/out" 2>"$work/err"
	[ $? = 2 ] && [ "$(wc -l <"$work/err")" = 1 ] && grep -qF -- "$text" "$work/err" &&
		[ ! -s "$work/out" ] || complain "swapscope $*: $(cat "$work/out" "$work/err")"
}

# ---- which file ----

"$program" config >"$work/out" || complain "config: exit $?"
grep -qF "$HOME/.config/swapscope/config, which is not there" "$work/out" || complain "no path"
"$program" config "$work/out" >"$work/again" || complain "what config prints is not taken"
sed -n '/^$/,$p' "$work/out" >"$work/a"; sed -n '/^$/,$p' "$work/again" >"$work/b"
cmp "$work/a" "$work/b" || complain "config prints something else of its own output"
mkdir -p "$HOME/.config/swapscope" "$work/xdg/swapscope"
echo 'theme = dark' >"$HOME/.config/swapscope/config"
echo 'theme = light' >"$work/xdg/swapscope/config"
"$program" config | grep -q '^theme = dark' || complain "\$HOME/.config is not read"
XDG_CONFIG_HOME=$work/xdg "$program" config | grep -q '^theme = light' || complain "no XDG"
XDG_CONFIG_HOME=relative "$program" config | grep -q '^theme = dark' || complain "a relative XDG"
env -u HOME "$program" config | grep -q '^theme = default' || complain "no HOME"
HOME=/dev/null "$program" config | grep -q '^theme = default' || complain "HOME is no folder"

# ---- a wrong one ----

config=$HOME/.config/swapscope/config
printf 'ascii = yes\nteme = dark\n' >"$config"
refuses "$config:2: no setting is called 'teme'; did you mean 'theme'?" config
"$program" list kernels >/dev/null 2>"$work/err" || complain "list reads the settings"
printf 'key \033[2J = help\n' >"$config"
refuses "$config:1: there is a control character" config
head -c 70000 /dev/zero | tr '\0' '\n' >"$config"
refuses 'more than 65536 bytes' config
refuses 'No such file' config "$work/nowhere"
refuses 'Is a directory' config "$work"
mkfifo "$work/pipe"
refuses 'no file of text' config "$work/pipe"
refuses 'no file of text' config /dev/zero
refuses 'one FILE' config "$work/out" "$work/out"

# ---- what a screen makes of it ----

"$program" tour --plain --save "$work/tour.db" >/dev/null
# shown SETTINGS ENVIRONMENT...: the screen with its colours, to $work/screen; its text is there
shown()
{
	printf '%b' "$1" >"$config"
	shift
	tm kill-server 2>/dev/null
	socket=swapscope-config-$$-$RANDOM
	tm new-session -d -x 80 -y 24 "env $* $program view $work/tour.db:1; echo \$? >$work/status; sleep 30"
	if shows 'debate-a'; then
		tm send-keys End
		shows ' 19/19'
	fi
	tm capture-pane -p -e >"$work/screen"
	screen >"$work/text"
	tm send-keys q
}
coloured() { grep -qE $'\e\\[([0-9]*;)*(3[0-7]|4[0-7]|[34]8)[;m]' "$work/screen"; }
has() { grep -qE -- "$1" "$work/screen" || complain "settings $2: the screen has no $1"; }
shown 'theme = mono\n' TERM=screen-256color
coloured && complain "theme = mono has colours"
cp "$work/text" "$work/plain"
for theme in default dark light colour-blind; do
	shown "theme = $theme\n" TERM=screen-256color
	coloured || complain "theme = $theme has no colours"
	cmp "$work/text" "$work/plain" || complain "theme = $theme has another text"
	shown "theme = $theme\n" NO_COLOR=1 TERM=screen-256color
	coloured && complain "theme = $theme has colours in spite of NO_COLOR"
done
shown 'colour bar = black on 214\n' TERM=screen-256color
has '48;5;214' 'colour bar'
shown 'colour bar = black on 214\n' TERM=screen	# of eight: yellow
has $'\e\\[([0-9]*;)*43m' 'colour bar, 8 colours'
shown 'ascii = yes\n'
grep -qP '[^\x00-\x7f]' "$work/text" && complain "ascii = yes, and $(grep -P '[^\x00-\x7f]' "$work/text")"

# a wrong one is told before there is a screen
printf 'theme = blue\n' >"$config"
tm kill-server 2>/dev/null
socket=swapscope-config-$$-wrong
rm -f "$work/status"
tm new-session -d -x 120 -y 24 "$program view $work/tour.db:1; echo \$? >$work/status; sleep 30"
shows 'config:1: theme = blue: there are default, dark'
for _ in $(seq 50); do [ -s "$work/status" ] && break; sleep 0.1; done
[ "$(cat "$work/status")" = 2 ] || complain "a wrong file: exit $(cat "$work/status")"
exit $bad
