# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What opens the vault: passphrases, files and credentials, locking and
# unlocking while the daemon runs, a new key, and a value shown to a person.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "secrets": { "TOKEN": "env" } },'
conf_default
daemon_start
PHRASE="correct horse battery"
P="$T/pty"
mkdir "$P"
chown cbtadmin "$P"

# said LINES ACCOUNT ARGUMENT...: by standard input
said() {
	printf '%b' "$1" >"$T/in"
	shift
	cbin "$@" <"$T/in"
}
# uses NAME: a run has the secret
uses() {
	cb cbtagent run -s one -- sh -c 'test "$TOKEN" = value-of-token-1'
	is "$1: a run has its secret" "$S" 0
}
said value-of-token-1 cbtadmin secrets set TOKEN
is "set: status" "$S" 0

# Who is no approver may do nothing of this.
for m_command in unlock lock slots "slots rm 1" rekey; do
	# shellcheck disable=SC2086
	said "$PHRASE\n" cbtagent secrets $m_command
	is "$m_command, of who is no approver: status" "$S" 77
done

said "$PHRASE\n" root secrets slots -k "$T/key" add passphrase mine
is "slots add passphrase: status" "$S $(cat "$T/out")" \
    "0 slot 2 (argon2id) was added"
cb cbtadmin secrets slots
has "slots: both are shown" "$T/out" "1     keyfile   $T/key" \
    "2     argon2id  mine" "MiB"
said "too short\n" root secrets slots -k "$T/key" add passphrase
is "a short passphrase: status" "$S" 64

# Locked, and open again.
cb cbtadmin secrets lock
is "lock: status" "$S" 0
cb cbtagent run -- echo here
is "locked: a run without secrets" "$S $(cat "$T/out")" "0 here"
cb cbtagent run -s one -- true
is "locked: a run with one: status" "$S" 75
has "locked: the way out is named" "$T/err" "clawbot secrets unlock"
cb cbtadmin status --all
has "locked: status says so, and since when" "$T/out" \
    "locked since 20" "clawbot secrets lock has locked it"
said "no passphrase of it\n" cbtadmin secrets unlock
is "a wrong passphrase: status" "$S" 77
has "a wrong passphrase: that one has to wait" "$T/err" "in 1 s"
said "$PHRASE\n" root secrets unlock
is "the right one, at once, of another: status" "$S" 75
unlocked() {
	said "$PHRASE\n" cbtadmin secrets unlock
	test "$S" = 0
}
ok "a second later: it opens" until_true 20 unlocked
uses "unlocked"
cb cbtadmin status --all
has "unlocked: status says so" "$T/out" "open since 20"

# Another start, at which nothing opens it.
daemon_stop
cp -p "$T/key" "$T/key.good"
sed 's|"keyfile:[^"]*"|"passphrase"|' "$CONF" >"$T/conf.new"
cp "$CONF" "$T/conf.was"
cat "$T/conf.new" >"$CONF"
daemon_start
cb cbtagent run -s one -- true
is "a start without a file: a run with a secret: status" "$S" 75
has "a start without a file: the way out" "$T/err" "secrets unlock"
printf '%s\n' "expect passphrase of the vault: 
type $PHRASE\\n" >"$P/script"
as cbtadmin "$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" secrets \
    unlock >"$T/out" 2>&1
is "unlock on a terminal: status" "$?" 0
hasnot "unlock on a terminal: it is not shown" "$T/out" "$PHRASE"
uses "unlocked on a terminal"

# What is removed opens nothing, and the last one stays.
said "$PHRASE\n" root secrets rekey
is "rekey, by what a slot names and no configuration does: status" "$S" 64
has "rekey: nothing was read" "$T/err" "slot 1 names" "-k 1=FILE"
hasnot "rekey: and no other complaint" "$T/err" "conf:1:1:"
chmod 644 "$T/key"
said "$PHRASE\n" root secrets rekey -k "1=$T/key"
is "rekey, by a file that others may read: status" "$S" 74
chmod 600 "$T/key"
said "$PHRASE\n" root secrets rekey -k "1=$T/key"
is "rekey: status" "$S" 0
uses "a new key"
cb cbtadmin secrets slots rm 1
is "slots rm: status" "$S" 0
has "slots rm: what that means for a start" "$T/out" "no slot is left that"
cb cbtadmin secrets slots rm 1
is "slots rm of the last one: status" "$S" 77

# A value, on a terminal and nowhere else.
said "$PHRASE\n" cbtadmin secrets get --reveal TOKEN -r why
is "get, by pipes: status" "$S" 64
hasnot "get, by pipes: nothing is shown" "$T/out" value-of-token
printf '%s\n' "expect passphrase of the vault: 
type $PHRASE\\n" >"$P/script"
as cbtadmin "$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" secrets get \
    --reveal TOKEN -r "it moves house" >"$T/out" 2>&1
is "get on a terminal: status" "$?" 0
has "get on a terminal: the value" "$T/out" value-of-token-1
printf '%s\n' "expect passphrase of the vault: 
type something else\\n" >"$P/script"
as cbtadmin "$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" secrets get \
    --reveal TOKEN -r "it moves house" >"$T/out" 2>&1
is "get with another passphrase: status" "$?" 77
hasnot "get with another passphrase: nothing" "$T/out" value-of-token
daemon_stop
for ev in slot-add slot-rm rekey lock unlock refused reveal; do
	ok "the log has $ev" grep -q "secret: .*\"ev\":\"$ev\"" "$T/log"/*.log
done
ok "the log has who has seen it, and why" grep -q \
    '"ev":"reveal","name":"TOKEN","reason":"it moves house"' "$T/log"/*.log
hasnot "the log has no passphrase" "$T/log"/*.log "$PHRASE"

# A credential of the service manager's.
mkdir "$T/cred"
head -c 32 /dev/urandom >"$T/cred/clawbot.key"
chmod 600 "$T/cred/clawbot.key"
rm -rf "$T/vault" "$T/log"
sed 's|"passphrase"|"credential"|' "$CONF" >"$T/conf.new"
cat "$T/conf.new" >"$CONF"
export CREDENTIALS_DIRECTORY="$T/cred"
daemon_start
said value-of-token-1 cbtadmin secrets set TOKEN
is "a credential: set: status" "$S" 0
cb cbtadmin secrets slots
has "a credential: its slot" "$T/out" "credential  $T/cred/clawbot.key"
daemon_stop
S=0
python3 -B "$SRC/tests/helpers/vault_read.py" "$T/vault/secrets.env" \
    "$T/cred/clawbot.key" >"$T/out" 2>"$T/err" || S=$?
if [ "$S" = 77 ]; then
	skip "a credential: an independent reader" "no cryptography for Python"
else
	is "a credential: an independent reader" "$(cat "$T/out")" \
	    "TOKEN=value-of-token-1"
fi
sed 's|"vault": {|&"lockAfterSeconds": 1,|' "$CONF" >"$T/conf.new"
cat "$T/conf.new" >"$CONF"
daemon_start
is_locked() {
	cb cbtadmin secrets list
	test "$S" = 75
}
ok "after lockAfterSeconds it is locked" until_true 20 is_locked
has "after lockAfterSeconds: that is why" "$T/err" "lockAfterSeconds"
opened_by_file() {
	cb root secrets unlock -k "$T/cred/clawbot.key"
	cb cbtagent run -s one -- sh -c 'test "$TOKEN" = value-of-token-1'
	test "$S" = 0
}
ok "its file opens it, and a run has its secret" \
    until_true 20 opened_by_file
daemon_stop
unset CREDENTIALS_DIRECTORY
ok "the log has the lock that nobody asked for" grep -q \
    '"ev":"lock","reason":"it was open for' "$T/log"/*.log
daemon_start
cb cbtagent run -s one -- true
is "without the service manager it is locked" "$S" 75
has "without the service manager: why" "$T/err" "CREDENTIALS_DIRECTORY"
daemon_stop
finish
