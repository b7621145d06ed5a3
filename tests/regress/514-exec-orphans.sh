#!/bin/sh
# SPDX-License-Identifier: ISC
# A process whose parents have ended is judged as strictly as what the request
# starts, and as what that starts; nobody in a run can take it for a child, or
# make one for others.
# shellcheck disable=SC2016,SC2317,SC2002 # lines of runs
. "$SRC/tests/regress/lib.sh"

SKILLS='"free": { "default": "allow", "execsDefault": "deny",
	"allow": ["sh *", "sleep *"], "write": ["'"$W"'"] },
    "asks": { "default": "allow", "ask": ["touch asked"],
	"write": ["'"$W"'"] },
    "off": { "default": "allow", "execs": "off", "write": ["'"$W"'"] },'
conf_default
daemon_start
install -m 755 "$RUN_H/exec_odd" "$W/odd"
LOG=$T/log/gateway.log
chmod 1777 "$W"

waits() {
	cb cbtadmin --json approvals &&
	    ID=$(json "$T/out" approvals.0."$1")
}

# by the shell of the request: its parent ends, and it lives on
printf '(sleep 0.2; touch two) & :\n' >"$W/nested"
cb cbtagent run -s free -C "$W" -- /bin/sh -c \
    'sh nested; sleep 0.6; touch one; :'
ok "what the request starts has the default" test -e "$W/one"
ok "an orphan has that of what was started in turn, too" test ! -e "$W/two"
ok "... which is said" grep -q 'denied by skills.free.execsDefault' "$T/err"
ok "... and it is recorded as that" sh -c 'grep "\"argv\":\[\"touch\",\"two\"" "$1" |
    grep -q "\"how\":\"orphan\""' sh "$LOG"

# as the child of what has nothing to do with it
cb cbtagent run -s free -C "$W" -- ./odd reaper /bin/sh nested
is "nobody gets orphans" "$S" 1
ok "... and it says so" grep -q 'reaper: Operation not permitted' "$T/err"
cb cbtagent run -s off -C "$W" -- ./odd reaper /bin/true
is "... but where nothing is judged" "$S" 0
cb cbtagent run -s off -C "$W" -- ./odd directory
is "no process is in another one's directory" "$S" 1
ok "... and it says so" grep -q 'clone: Operation not permitted' "$T/err"

# the same words as the request's own, by somebody else's child
cbbg one cbtagent run -s asks -C "$W" -- /bin/sh -c \
    'sh orphan; sleep 1; touch asked'
printf '(sleep 0.3; mkdir -p x && cd x && touch asked) & :\n' >"$W/orphan"
until_true 40 waits run || bail "it is not asked about"
cb cbtadmin approve -y "$ID"
ok "an orphan is asked about, though the request was approved" \
    until_true 20 waits question
is "... with no way that nobody knows" \
    "$(json "$T/out" approvals.0.way.1.argv.0)" ""
cb cbtadmin deny "$ID"
status_of "$BGPID" 60
ok "... and refused" test ! -e "$W/x/asked"
ok "... and the request's own runs" test -e "$W/asked"
daemon_stop
finish
