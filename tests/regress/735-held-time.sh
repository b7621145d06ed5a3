#!/bin/sh
# SPDX-License-Identifier: ISC
# The time of a run stands still while a program of it is held for an approver,
# and goes on behind it; and who ends with the run was refused by nobody.
# shellcheck disable=SC2317 # called by until_true and ok
. "$SRC/tests/regress/lib.sh"

SKILLS='"judged": { "default": "allow", "ask": ["touch asked"],
    "write": ["'"$W"'"], "limits": { "timeoutSeconds": 2 } },'
conf_default
daemon_start
cat >"$W/script" <<'END'
touch asked; echo "touch: $?"
sleep 600
END

asks() {
	cb cbtadmin --json approvals &&
	    ID=$(json "$T/out" approvals.0.question)
}

# older MS: the run has gone on for so long
older() {
	cb root --json ps &&
	    [ "$(json "$T/out" runs.0.started_ago_ms)" -gt "$1" ]
}

# start ARGUMENT...: of clawbot, in front of the command
start() {
	rm -f "$W/asked"
	cbbg one cbtagent "$@" -C "$W" -- /bin/sh script
	until_true 60 asks || bail "nobody is asked"
}

start run -s judged
ok "it is told for how long somebody is asked" grep -q \
    "clawbot approve $ID (within 30m00s)" "$T/one.err"
ok "a run is held for longer than it may run" until_true 60 older 3000
cb cbtadmin approve -y "$ID"
is "... and can be let go on" "$S" 0
status_of "$BGPID"
is "... when it has done what it was held for" "$(cat "$T/one.out")" "touch: 0"
is "its time goes on from there" "$S" 124
hasnot "what was approved was not refused" "$T/one.err" "in the run" waited

start --json run -s judged
cb root kill "$(json "$T/out" approvals.0.run)"
status_of "$BGPID"
is "what is held when the run ends is named" \
    "$(json "$T/one.out" unanswered.0.program)" touch
is "... with its rule" "$(json "$T/one.out" unanswered.0.rule)" \
    "skills.judged.ask: touch asked"
is "... and was not refused" "$(json "$T/one.out" denied)" "[]"
start run -s judged --wait 0 --wait 600
ok "of --wait the last one counts" asks
cb root kill "$(json "$T/out" approvals.0.run)"
status_of "$BGPID"
has "... nor is that said" "$T/one.err" \
    "1 program still waited for an approver: \"touch\" ("
hasnot "... in other words" "$T/one.err" "refused in the run"

rm -f "$W/asked"
echo 'touch asked; echo "touch: $?"' >"$W/script"
cb cbtagent run -s judged --wait 0 -C "$W" -- /bin/sh script
is "--wait 0: nothing is held" "$S $(cat "$T/out")" "0 touch: 126"
has "--wait 0: and why is said" "$T/err" "the run does not wait for any"
ok "--wait 0: it did not run" test ! -e "$W/asked"
ok "--wait 0: nobody is asked" nothing_waits
daemon_stop
finish
