# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a runner that was taken over ends its run and no other, whatever it
# says; a spawner reaches no network, no file beyond its skill's, and not the
# executor.
. "$SRC/tests/regress/lib.sh"

SKILLS='"judged": { "default": "allow", "write": ["'$W'"],
	"ask": ["touch asked **"] },
    "plain": { "default": "allow", "execs": "off", "files": "off",
	"write": ["'$W'"] },
    "keyed": { "default": "allow", '$PATIENT',
	"secrets": { "TOKEN": "env" } },'
MORE='"sandbox": { "warm": 0 },'

left_out() {
	leave_out "$1"
	conf_default
	daemon_start
}

### A runner

CLAWBOT_HOSTILE=$W/word
export CLAWBOT_HOSTILE

# evil SKILL WHAT: its runner does WHAT in place of the run
evil() {
	rm -f "$W/ran"
	cb cbtagent --json run -s "$1" -C "$W" -- \
	    touch ran "runner=$2"
	RUN=$(json "$T/out" run 2>/dev/null)
}

# ends SKILL WHAT OUTCOMES: that run alone
ends() {
	evil "$1" "$2"
	ok "$2: $3" grep -qE "\"outcome\":\"($3)\"" "$T/out" ||
	    diag "$S $(cut -c -300 "$T/out" "$T/err")"
	ok "$2: nothing ran" test ! -e "$W/ran"
	if gone "$D"; then
		result 1 "$2: the daemon goes on"
		daemon_wait
		daemon_start
	else
		agent echo alive
		is "$2: others are served" "$(cat "$T/out")" alive
	fi
	ok "$2: one end in the log" test "$(grep -F "\"run\":\"$RUN\"" \
	    "$T/log/gateway.log" | grep -cE '"ev":"(result|abort|lost)"')" \
	    -eq 1
}

left_out ""
for what in hole again answered undecided "asks twice" "asks far" \
    "asks, does not wait" "takes back what it did not ask" \
    "takes back twice" floods "floods long" "names, a hole" "names, empty" \
    "another count" "not started, exited" "denied" "no outcome" \
    "ran twice" "a letter of others" "no letter" "a descriptor" cut; do
	ends judged "$what" lost
done
ends plain names lost
# early WHAT: before its run is recorded, or has a word to go
early() {
	e_auditor=$(role_pid auditor)
	rm -f "$W/ran"
	e_before=$(grep -c "runner=early $1" "$T/log/gateway.log")
	kill -STOP "$e_auditor"
	cbbg early cbtagent --json run -s judged -C "$W" -- touch ran \
	    "runner=early $1"
	until_true 3 running "runner=early $1"
	sleep 0.5
	recorded=$(grep -c "runner=early $1" "$T/log/gateway.log")
	recorded=$((recorded - e_before))
	kill -CONT "$e_auditor"
	status_of "$BGPID"
	is "early $1: an error" "$(json "$T/early.out" outcome)" error
	agent echo alive
	is "early $1: others are served" "$(cat "$T/out")" alive
}
for what in start claims hole "asks twice" denied; do
	early "$what"
	ok "early $what: nothing ran" test ! -e "$W/ran"
done
# it has all that it takes to start a command, and so it does
# who ends it may be quicker than the command
for try in 1 2 3 4 5 6 7 8; do
	early go
	[ ! -e "$W/ran" ] || break
done
ok "early go: runs" test -e "$W/ran"
is "early go: without a record" "$recorded" 0
ok "nothing waits of them" until_true 60 nothing_waits
cb cbtadmin audit verify
is "the log is whole" "$S" 0
# what cannot be told from the truth, and what it says after that
ends judged claims exited
ends judged "ends twice" exited
# it does not hear: an emergency stop ends it, and the daemon with it
cbbg deaf cbtagent run -s judged -- true "runner=is deaf"
until_true 60 running "runner=is deaf"
# shellcheck disable=SC2046 # a list
pids=$(births $(family "$D"))
kill -USR1 "$D"
daemon_wait
ok "one that is deaf: a stop ends it at last" test "$DSTATUS" != running
none_left "one that is deaf: nothing of it is left" "$pids"
rm -rf "$T/log"
D=

left_out "order@executor"
for what in hole "asks twice" "takes back twice" "floods"; do
	evil judged "$what"
	daemon_wait
	is "without a look at the order: $what ends the daemon" "$DSTATUS" 82
	[ "$DSTATUS" != running ] || daemon_stop
	D=
	daemon_start
done

### A spawner

# does WHAT: the spawner of skill default, before the next sandbox is built
does() {
	echo "$1" >"$W/word"
	chmod 644 "$W/word"
	agent echo alive
	rm -f "$W/word"
	is "a spawner, $1: the run" "$(cat "$T/out")" alive
}
# looks: what it gets of a run of another skill, of the same account
looks() {
	rm -rf "$T/vault" "$T/log"
	left_out "$1"
	printf 'token-of-one-5678' | cbin cbtadmin secrets set TOKEN
	cbbg victim cbtother run -s keyed -- sh -c 'sleep 1000; : victim'
	until_true 60 running "victim" || bail "no victim"
	does look
	until_true 60 grep -q 'spawner: end of the executor' "$T/d.err"
	sed -n 's/.*hostile: spawner: //p' "$T/d.err" >"$T/look"
}
u=$(id -u clawbot)
looks ""
is "it can be the account" "$(grep -c "^account as $u: DONE" "$T/look")" 1
is "files, network, the executor: refused" \
    "$(sed -n '/^\//,$p' "$T/look" | grep -v 'refused$')" ""
for what in "other account" logs speaks; do
	does "$what"
done
becomes "an account that no run has: refused" refused \
    sed -n 's/.*spawner: account as 1: //p' "$T/d.err"
# so many a second, and the machine may need some to print them
ok "5,000 lines at once: not all are there" test \
    "$(grep -c "hostile: a line" "$T/d.err")" -lt 4500
cb cbtother run -s plain -- echo others
is "others are served" "$(cat "$T/out")" others
daemon_stop
ok "5,000 lines at once: how many were dropped is said" grep -q \
    "[0-9] lines dropped" "$T/d.err"
finish
