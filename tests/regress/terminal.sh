# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034
#
# A terminal that is looked at and typed on, behind lib.sh: tmux has it.
command -v tmux >/dev/null || skip_all "tmux is not there"
TM=
TERMINALS=0

# A shell on a terminal of its own, which starts what is watched.  So is the
# server: one that is ending answers nobody who comes meanwhile.
terminal() {
	[ -z "$TM" ] || $TM kill-server 2>/dev/null
	TERMINALS=$((TERMINALS + 1))
	TM="tmux -f /dev/null -S $T/tmux.$TERMINALS"
	UNDO="$TM kill-server 2>/dev/null; $UNDO"
	$TM new-session -d -x "${1%x*}" -y "${1#*x}" \
	    "env PS1='shell$ ' ENV= TERM=screen sh -i" \; \
	    set-option -g status off || bail "tmux does not start"
	until_true 60 screen 'shell\$' || bail "no shell"
}
typed() {
	$TM send-keys -t 0 "$@"
}
look() {
	$TM capture-pane -p -t 0 >"$T/screen"
}
# screen PATTERN: a row of it has that; sees waits SEES seconds for one
screen() {
	look && grep -qE -- "$1" "$T/screen"
}
sees() {
	s_failed=0
	until_true "${SEES:-60}" screen "$2" || s_failed=1
	is "$1" "$s_failed" 0
	[ "$s_failed" -eq 0 ] || cut -c 1-76 "$T/screen" | grep . |
	    head -n 24 | sed 's/^/# |/'
}
state() {
	$TM display-message -p -t 0 \
	    '#{alternate_on} #{cursor_flag} #{pane_current_command}'
}
is_state() {
	[ "$(state)" = "$1" ]
}
# as_it_was WHAT STATUS: the shell has its terminal back
as_it_was() {
	ok "$1: the screen is the one before" until_true 60 is_state "0 1 sh"
	typed 'echo S=$?' Enter
	sees "$1: its status" "^S=$2"
	typed "stty -a" Enter
	ok "$1: lines and echo again" until_true 60 screen \
	    '(^| )icanon .*( |$)' || cat "$T/screen"
	ok "$1: echo" screen '(^| )echo '
	typed clear Enter
	until_true 60 screen '^shell. *$'
}
