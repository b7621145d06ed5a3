#!/bin/sh
# SPDX-License-Identifier: ISC
# A program inside of a run that needs an approval waits for one; what else
# there is in the run goes on.
# shellcheck disable=SC2317 # called by until_true and ok
. "$SRC/tests/regress/lib.sh"

SKILLS='"judged": { "default": "allow", "ask": ["touch asked"],
    "write": ["'"$W"'"], "limits": { "timeoutSeconds": 600 } },'
conf_default
daemon_start
cat >"$W/script" <<'END'
(touch asked; echo "touch: $?") &
/bin/echo sibling
wait
END

asks() {
	cb cbtadmin --json approvals &&
	    ID=$(json "$T/out" approvals.0.question)
}

start() {
	rm -f "$W/asked"
	cbbg one cbtagent run -s judged -C "$W" -- /bin/sh script
	until_true 60 asks || bail "nobody is asked"
}

start
ok "siblings go on" until_true 60 grep -qx sibling "$T/one.out"
cb cbtadmin approvals show "$ID"
ok "program and way are shown" grep -q 'touch asked' "$T/out"
ok "... and the request" grep -q '/bin/sh script' "$T/out"
ok "it did not run" test ! -e "$W/asked"
cb cbtadmin ps
ok "ps tells that something is held" grep -q 'running, 1 held' "$T/out"
# on a terminal: what is longer than the screen has to be read to its end
install -d -o cbtadmin "$T/pty"
cat >"$T/pty/script" <<'END'
expect Enter: on
type y\r
expect not yet
pages Enter: on|\nlet it run?
type n\r
END
S=0
as cbtadmin "$H/onpty" -s 10x80 "$T/pty/script" "$B/clawbot" -S "$T/run" \
    approve "$ID" >"$T/screen" 2>&1 || S=$?
is "a question that is longer than the screen is read first" "$S" 1
is "... with the command next to the answer" "$(tr -d '\r' <"$T/screen" |
    grep -B 1 '^let it run?' | head -n 1)" 'command    | touch asked'
cb cbtadmin approve -y "$ID"
is "it can be approved" "$S" 0
status_of "$BGPID"
is "... and then it runs" "$(grep touch "$T/one.out")" "touch: 0"
ok "... as the log says" log_has '"ev":"exec"' '"answered":true'

start
cb cbtadmin deny "$ID"
status_of "$BGPID"
is "it can be refused" "$(grep touch "$T/one.out")" "touch: 126"
ok "... and then does not run" test ! -e "$W/asked"
is "... and is asked about once, be it that execvp(3) goes on" \
    "$(grep -c 'waits for approval' "$T/one.err")" 1
ok "... and the run is told by whom, and by which rule" grep -q \
    'touch: denied by uid [0-9]* (skills.judged.ask: touch asked)$' "$T/one.err"
cb cbtadmin audit tail -l -n 12
ok "... and so does the log" grep -qF "deny touch asked  (skills.judged.ask: \
touch asked; denied by uid $(id -u cbtadmin))" "$T/out"

start
cb root kill "$(json "$T/out" approvals.0.run)"
status_of "$BGPID"
ok "a run with a question ends" test "$S" != running
ok "... and nothing runs of it" test ! -e "$W/asked"
ok "... and nobody is asked any more" until_true 60 nothing_waits
daemon_stop
finish
