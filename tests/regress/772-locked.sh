# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Where no key opens the vault the daemon starts all the same: what needs no
# secret runs, what needs one is refused with the reason, and the file stays
# as it is.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "secrets": { "TOKEN": "env" } },'
conf_default
daemon_start
echo value-of-the-token >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"
is "set: status" "$S" 0
daemon_stop
cp -p "$T/key" "$T/key.good"
cp -p "$T/vault/secrets.env" "$T/before"

# locked NAME TEXT
locked() {
	daemon_start
	cb cbtagent run -- echo here
	is "$1: a run without secrets" "$S $(cat "$T/out")" "0 here"
	cb cbtagent run -s one -- true
	is "$1: a run with one: status" "$S" 75
	has "$1: a run with one: the reason" "$T/err" "vault is locked" "$2"
	cb cbtadmin secrets list
	is "$1: list: status" "$S" 75
	cbin cbtadmin secrets set OTHER <"$T/value"
	is "$1: set: status" "$S" 75
	has "$1: set: the reason" "$T/err" "$2"
	cb cbtadmin secrets rm TOKEN
	is "$1: rm: status" "$S" 75
	cb cbtagent status --all
	has "$1: status tells" "$T/out" "$2"
	has "$1: and what it is for the log" "$T/out" \
	    "until it is open, its values are not hidden in the log"
	daemon_stop
	ok "$1: the file is as it was" cmp "$T/before" "$T/vault/secrets.env"
}

rm "$T/key"
locked "no key file" "vault key file $T/key: No such file"
head -c 32 /dev/urandom >"$T/key"
chmod 600 "$T/key"
locked "another key" "does not open"
head -c 31 "$T/key.good" >"$T/key"
locked "a short key" "shorter than 32 bytes"
cp -p "$T/key.good" "$T/key"
chmod 640 "$T/key"
locked "a key for others" "group or others have access to it"
rm "$T/key"
cp -p "$T/key.good" "$T/key"
daemon_start
cb cbtagent run -s one -- sh -c 'test "$TOKEN" = value-of-the-token'
is "the key is back: a run has its secret" "$S" 0
daemon_stop

# An owner or a mode that others have given it: the message has the command.

# mended NAME PATTERN
mended() {
	if daemon_try; then
		daemon_stop
		m_started=yes
	else
		daemon_wait
		m_started=no
	fi
	is "$1: it does not start" "$m_started $DSTATUS" "no 78"
	command=$(sed -n "s|.*: \\($2 .*secrets.env\\).*|\\1|p" "$T/d.err" |
	    tail -n 1)
	ok "$1: the command is named: $command" test -n "$command"
	ok "$1: it succeeds" sh -c "$command"
	daemon_start
	cb cbtagent run -s one -- true
	is "$1: a run has its secret" "$S" 0
	daemon_stop
}
chmod 644 "$T/vault/secrets.env"
mended "a mode" chmod
chown root "$T/vault/secrets.env"
mended "an owner" chown

# No vault yet, and no key either.
rm -rf "$T/vault" "$T/log" "$T/key"
daemon_start
cb cbtagent run -- true
is "nothing there yet: a run without secrets" "$S" 0
cbin cbtadmin secrets set TOKEN <"$T/value"
is "nothing there yet: set: status" "$S" 75
daemon_stop
ok "nothing there yet: no vault was made" test ! -e "$T/vault/secrets.env"
finish
