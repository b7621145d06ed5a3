# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What is typed without echo: the terminal is as it was whatever happens, and
# who is stopped in the middle of it has read nothing.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "secrets": { "TOKEN": "env" } },'
conf_default
daemon_start
P="$T/pty"
mkdir "$P"
chown cbtadmin "$P"

# typed NAME SCRIPT COMMAND...: S, out, and the terminal is as it was
typed() {
	m_name=$1
	printf '%s\n' "$2" >"$P/script"
	chown cbtadmin "$P/script"
	shift 2
	S=0
	"$@" >"$T/out" 2>&1 || S=$?
	ok "$m_name: the terminal is as it was" \
	    cmp "$P/script.before" "$P/script.after"
}
set_typed() {
	typed "$1" "$2" as cbtadmin "$H/onpty" "$P/script" "$B/clawbot" \
	    -S "$T/run" secrets set TOKEN
}

set_typed "a value typed twice" 'expect value of TOKEN:
type first-value-1\n
expect once more:
type first-value-1\n'
is "a value typed twice: status" "$S" 0
hasnot "a value typed twice: it is not shown" "$T/out" first-value

for at in 'expect value of TOKEN:' 'expect value of TOKEN:
type second-value-2\n
expect once more:'; do
	set_typed "stopped" "$at
type \\x1a"
	is "stopped: it has read nothing: status" "$S" 74
	has "stopped: it says so" "$T/out" "nothing was read"
	hasnot "stopped: what was typed is not shown" "$T/out" second-value
	set_typed "interrupted" "$at
type \\x03"
	is "interrupted: it ends by the signal" "$S" 130
done
set_typed "two that differ" 'expect value of TOKEN:
type second-value-2\n
expect once more:
type third-value-3\n'
is "two that differ: status" "$S" 64
cb cbtagent run -s one -- sh -c 'test "$TOKEN" = first-value-1'
is "none of these has set it" "$S" 0
daemon_stop

# The passphrase of a backup comes by the same way.
typed "a passphrase, stopped" 'expect passphrase of the backup:
type a passphrase of many words\n
expect once more:
type \x1a' "$H/onpty" "$P/script" "$B/clawbot" backup -f "$CONF" "$T/p"
is "a passphrase, stopped: status" "$S" 74
has "a passphrase, stopped: it says so" "$T/out" "nothing was read"
ok "a passphrase, stopped: no backup was written" test ! -e "$T/p"
finish
