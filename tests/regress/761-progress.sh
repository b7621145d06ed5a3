# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2317
#
# How far a backup is: on the terminal of script(1) while it is made, checked
# and restored, and nowhere else.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] || skip_all "one build is enough"
command -v script >/dev/null || skip_all "script is not installed"

conf_default
daemon_start
K=$T/backup.key
head -c 32 /dev/urandom >"$K"
chmod 400 "$K"
cb cbtagent run -- true

# shown COMMAND...: on a terminal, into $T/tty, rows as they were overwritten
shown() {
	S=0
	timeout -k 5 120 script -qec "'$B/clawbot' -S '$T/run' $*" /dev/null \
	    >"$T/tty" 2>&1 </dev/null || S=$?
}
# counts WORD: that is counted up to its end and taken away
counts() {
	c_rows=$(tr '\r' '\n' <"$T/tty" |
	    sed -n "s/^$1: *\([0-9]*\)% of [0-9.]* MB *\$/\1/p")
	[ -n "$c_rows" ] && [ "$(echo "$c_rows" | sort -nu)" = "$c_rows" ] &&
	    [ "$(echo "$c_rows" | head -n 1)" = 0 ] &&
	    [ "$(echo "$c_rows" | tail -n 1)" = 100 ] &&
	    tr '\r' '\n' <"$T/tty" | grep -A 1 "^$1: 100%" | grep -q '^ *$'
}

shown backup -f "$CONF" -k "$K" "$T/one"
is "backup: status" "$S" 0
ok "backup: it is counted" counts backup || diag "$(cat -v "$T/tty")"
shown restore --verify-only -k "$K" "$T/one"
is "restore --verify-only: status" "$S" 0
ok "restore --verify-only: it is counted" counts verify ||
    diag "$(cat -v "$T/tty")"
is "restore --verify-only: what it says begins its row" \
    "$(tr '\r' '\n' <"$T/tty" | grep -c '^OK backup=')" 1
shown restore --into "$T/into" -k "$K" "$T/one"
is "restore: status" "$S" 0
ok "restore: it is counted" counts restore || diag "$(cat -v "$T/tty")"

S=0
"$B/clawbot" -S "$T/run" backup -f "$CONF" -k "$K" "$T/two" >"$T/out" \
    2>"$T/err" </dev/null || S=$?
is "into a file: nothing" "$S $(grep -c % "$T/out" "$T/err" | tr '\n' ' ')" \
    "0 $T/out:0 $T/err:0 "
finish
