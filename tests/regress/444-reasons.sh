# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What people give as reasons is recorded like what agents give: without what
# the vault has and without what logging.redact matches, and what is hidden in
# there already stays as it is.  An executor that does not answer hides all of
# it, and keeps no emergency stop out of the log.
. "$SRC/tests/regress/lib.sh"

V=Zk3mQ9xv7Rt2LwPa
LOGGING='"redact": ["ticket-[0-9]+"],'
CHANNELS='"reader": { "users": ["cbtagent"], "access": "read-only",
    "skills": ["*"] },'
conf_default
daemon_start
printf %s "$V" >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"
is "the vault has a value" "$S" 0

# hidden NAME TEXT TEXT: the record is there, and has a mark in place of it
hidden() {
	ok "$1: recorded" log_has "$2" "$3"
	ok "$1: with a mark" sh -c 'grep -F -- "$1" "$3" | grep -F -- "$2" |
	    grep -qF "[REDACTED:16:"' - "$2" "$3" "$T/log/gateway.log"
}

cb cbtagent run -d -- touch asked
ID=$(cat "$T/out")
cb cbtadmin deny -r "because of $V and ticket-123, password=hunter2hunter2" "$ID"
is "a denial" "$S" 0
hidden "a denial" '"ev":"deny"' "$ID"
ok "a denial: what a pattern matches" in_log '"ev":"deny"' \
    "and [REDACTED:10:"
ok "a denial: a known shape has one mark" in_log '"ev":"deny"' \
    "password=[REDACTED:14]\""
cb cbtadmin stop -r "because of $V"
is "a stop" "$S" 0
hidden "a stop" '"ev":"stop"' '"scope":"all"'
cb cbtadmin resume -r "no more $V"
is "a resume" "$S" 0
hidden "a resume" '"ev":"resume"' '"scope":"all"'
cb cbtadmin breaker reset -r "mended $V"
is "a reset" "$S" 0
hidden "a reset" '"ev":"reset"' 'mended'
cb cbtagent run -d -- touch asked
ID=$(cat "$T/out")
cb cbtadmin approve -y --for 1h "$ID"
is "a standing approval" "$S" 0
cb cbtadmin --json standing
STANDING=$(json "$T/out" standing.0.standing)
cb cbtadmin revoke -r "enough $V" "$STANDING"
is "it is revoked" "$S" 0
hidden "a revocation" '"ev":"revoked"' enough
cb cbtagent run -s "no$V" -- true
ok "a skill that there is not: refused" test "$S" -ne 0
cb cbtagent run -d -- touch asked
cb cbtadmin deny -r "an ordinary reason" "$(cat "$T/out")"
ok "what hides nothing is as it was given" log_has '"ev":"deny"' \
    ': an ordinary reason"'
ok "the value is nowhere in the log" sh -c '! grep -rqF -- "$1" "$2"' - "$V" \
    "$T/log"

### An executor that hangs

x=$(role_pid executor)
kill -STOP "$x"
cb cbtadmin stop -r "it hangs"
is "a stop without an executor" "$S" 0
ok "it is recorded, and nobody has looked at the text" log_has \
    '"ev":"stop"' '"reason":"[REDACTED]"'
kill -CONT "$x"
cb cbtadmin resume -r "it goes on"
is "what answers late is no breach" "$S" 0
ok "and is heard again" log_has '"ev":"resume"' '"reason":"it goes on"'
cb cbtadmin audit verify
is "the log is good" "$S" 0
daemon_stop
is "it stops as ever" "$DSTATUS" 0
finish
