# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: whatever a person says why, and wherever that goes into the log, what
# looks like a secret there is hidden, and so is what the vault has.
. "$SRC/tests/regress/lib.sh"

V=Zk3mQ9xv7Rt2LwPa
SHAPE=ghp_16C7e42F292c6912E7710c838347Ae178B4a
WHY="by $SHAPE, of $V"
SKILLS='"asks": { "default": "ask" },'
conf_default
daemon_start
printf %s "$V" >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"

# hidden WHAT EV [MORE]: the last record of that has both hidden
hidden() {
	grep -F "\"ev\":\"$2\"" "$T/log/gateway.log" | grep -F "${3-}" |
	    tail -n 1 >"$T/line"
	ok "$1: it is recorded" test -s "$T/line"
	has "$1: a known shape" "$T/line" "by [REDACTED:40"
	has "$1: what the vault has" "$T/line" "of [REDACTED:16:"
}
# waits: a request that does; its id
waits() {
	cb cbtagent run -s asks -d -r "$WHY" -- touch "$1"
	cat "$T/out"
}
id=$(waits one)
hidden "of a request" request
cb cbtadmin deny -r "$WHY" "$id"
is "deny: status" "$S" 0
hidden "of a denial" deny
id=$(waits two)
cb cbtadmin approve -y --for 1h "$id"
cb cbtadmin --json standing
cb cbtadmin revoke -r "$WHY" "$(json "$T/out" standing.0.standing)"
is "revoke: status" "$S" 0
hidden "of the end of a standing approval" revoked
cb cbtadmin stop -s asks -r "$WHY"
is "stop: status" "$S" 0
hidden "of a stop" stop
cb cbtadmin resume -s asks -r "$WHY"
hidden "of its end" resume
cb cbtadmin breaker reset -s asks -r "$WHY"
is "breaker reset: status" "$S" 0
hidden "of a reset" reset
cb cbtadmin audit prune --before 0s -r "$WHY"
is "prune: status" "$S" 0
hidden "of a prune" none '"reason"'
cb cbtagent run --claim "session=$WHY" -- true
hidden "of a claim" intent '"session":"by '
cb cbtagent run -s asks -r "$WHY" -- "$SHAPE"
ok "the secret is nowhere in the log" sh -c '! grep -rqF -- "$1" "$2"' - \
    "$V" "$T/log"
ok "nor is what looks like one" sh -c '! grep -rqF -- "$1" "$2"' - \
    "$SHAPE" "$T/log"
cb cbtadmin audit verify
is "the log is good" "$S" 0
daemon_stop

### By hand, while no daemon runs

size=$(stat -c %s "$T/log/gateway.log")
printf X | dd of="$T/log/gateway.log" bs=1 seek=$((size - 300)) \
    conv=notrunc 2>/dev/null
cb root audit recover -f "$CONF" --accept-loss -r "by $SHAPE"
is "recover: status" "$S" 0
grep -F '"ev":"lost"' "$T/log/gateway.log" | tail -n 1 >"$T/line"
grep -F recover "$T/log/gateway.log" | tail -n 1 >>"$T/line"
has "recover: a known shape is hidden" "$T/line" "by [REDACTED:40"
ok "recover: it is nowhere in the log" sh -c '! grep -qF -- "$1" "$2"' - \
    "$SHAPE" "$T/log/gateway.log"
finish
