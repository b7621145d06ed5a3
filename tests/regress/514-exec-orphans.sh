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

# orphan LINE: a line of a process that goes on when its parent has ended, and
# says that it is over by a file
orphan() {
	printf '(until read -r a b c d e </proc/self/stat && [ "$d" = 1 ]; do
	    sleep 0.05; done; %s; : >%s/tried) & :\n' "$1" "$W"
}
tried='until [ -e tried ]; do sleep 0.05; done'

# by the shell of the request: its parent ends, and it lives on
orphan 'touch two' >"$W/nested"
cb cbtagent run -s free -C "$W" -- /bin/sh -c "sh nested; $tried; touch one; :"
rm -f "$W/tried"
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
orphan 'mkdir -p x; cd x; touch asked' >"$W/orphan"
cbbg one cbtagent run -s asks -C "$W" -- /bin/sh -c \
    "sh orphan; $tried; touch asked"
until_true 60 waits run || bail "it is not asked about"
cb cbtadmin approve -y "$ID"
ok "an orphan is asked about, though the request was approved" \
    until_true 60 waits question
is "... with no way that nobody knows" \
    "$(json "$T/out" approvals.0.way.1.argv.0)" ""
cb cbtadmin deny "$ID"
status_of "$BGPID"
ok "... and refused" test ! -e "$W/x/asked"
ok "... and the request's own runs" test -e "$W/asked"
daemon_stop
finish
