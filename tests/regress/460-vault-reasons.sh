# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Why somebody sees a value of the vault, or goes on with another vault, is
# recorded without what the vault has and without what logging.redact matches.
. "$SRC/tests/regress/lib.sh"

V=Zk3mQ9xv7Rt2LwPa
PHRASE="correct horse battery"
LOGGING='"redact": ["ticket-[0-9]+"],'
conf_default
daemon_start
P=$T/pty
install -d -o cbtadmin "$P"
printf %s "$V" >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"
cp -p "$T/vault/secrets.env" "$T/first"
printf '%s\n' "$PHRASE" >"$T/in"
cbin root secrets slots -k "$T/key" add passphrase mine <"$T/in"
is "a passphrase" "$S" 0
printf '%s\n' "expect passphrase of the vault: 
type $PHRASE\\n" >"$P/script"

# reveal REASON
reveal() {
	S=0
	as cbtadmin "$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" secrets \
	    get --reveal TOKEN -r "$1" >"$T/out" 2>&1 || S=$?
}
reveal "is it $V, of ticket-123"
is "reveal: status" "$S" 0
has "reveal: the value" "$T/out" "$V"
ok "reveal: its reason has marks" log_has '"ev":"reveal"' \
    '"reason":"is it [REDACTED:16:'
ok "reveal: for what a pattern matches, too" in_log '"ev":"reveal"' \
    ', of [REDACTED:10:'
reveal "an ordinary one"
ok "reveal: what hides nothing is as it was given" log_has '"ev":"reveal"' \
    '"reason":"an ordinary one"'

### An executor that hangs

x=$(role_pid executor)
kill -STOP "$x"
reveal "it hangs with $V"
kill -CONT "$x"
is "reveal without an executor: status" "$S" 0
ok "reveal without an executor: nobody has looked" log_has '"ev":"reveal"' \
    '"reason":"[REDACTED]"'
reveal "it goes on"
is "what answers late is no breach" "$S" 0

### Another vault

daemon_stop
cp -p "$T/first" "$T/vault/secrets.env"
daemon_start
cb cbtadmin secrets recover --accept-rollback -r "by ticket-456"
is "recover: status" "$S" 0
ok "recover: its reason has a mark" log_has '"ev":"recover"' \
    '"reason":"by [REDACTED:10:'
ok "the value is nowhere in the log" sh -c '! grep -rqF -- "$1" "$2"' - "$V" \
    "$T/log"
cb cbtadmin audit verify
is "the log is good" "$S" 0
finish
