# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# The self-check: it runs at the start and on demand, it finds each layer
# that is left out, and a skill whose sandbox does not hold is refused.
. "$SRC/tests/regress/lib.sh"

SKILLS="\"other\": { \"default\": \"allow\", \"ask\": [\"touch asked\"],
    \"write\": [\"$W\"] },"

# layer NAME: its state in $T/out, which is status
layer() {
	awk -v n="$1" '$1 == "layer" && $2 == "run" && $3 == n {
	    print $4 }' "$T/out"
}

# on SKILL: a run under it
on() {
	cb cbtagent run -s "$1" -- echo "went through"
}

### At the start

conf_default
daemon_start
cb cbtagent status --all
for l in account capabilities no_new_privs namespaces view mounts devices \
    landlock seccomp sockets terminal processes limits environment session \
    descriptors modes; do
	is "status: layer $l of runs" "$(layer $l)" active
done
n=$(sed -n 's/.* \([0-9]*\) attempts refused; skills tried: 2$/\1/p' \
    "$T/out" | awk '{ s += $1 } END { print s + 0 }')
ok "sixty attempts and more, under both skills" test "$n" -ge 60

### On demand

cb cbtadmin doctor
is "doctor: status" "$S" 0
has "doctor: what it looks at" "$T/out" "ok    daemon" "ok    versions" \
    "ok    process executor" "ok    layer run seccomp" "ok    log"
cb cbtadmin --json doctor
ok "doctor --json: one document" json "$T/out" doctor.0.check
cb cbtagent doctor
is "doctor by a user: status" "$S" 0
has "doctor by a user: not the log" "$T/out" "note  log"
cb cbtadmin doctor --sandbox
is "doctor --sandbox: status" "$S" 0
has "doctor --sandbox: every skill" "$T/out" "skill default: held $n of $n" \
    "skill other: held $n of $n" "every sandbox holds"
cb cbtadmin --json doctor --sandbox
ok "doctor --sandbox --json: one document" json "$T/out" doctor.0.skill
ok "doctor --sandbox: recorded" log_has '"ev":"doctor"' \
    "\"skills\":2,\"attempts\":$((2 * n)),\"open\":0"
cb cbtagent doctor --sandbox
is "doctor --sandbox by a user: status" "$S" 77
cb cbtother doctor --sandbox
is "doctor --sandbox by another one: status" "$S" 77

# two at once: the executor is held, so that the first cannot be over
x=$(role_pid executor)
kill -STOP "$x"
cbbg first cbtadmin doctor --sandbox
first=$BGPID
asking "$first"
cb cbtadmin doctor --sandbox
is "two at once: the second one is told to try again" "$S" 75
kill -CONT "$x"
status_of "$first"
is "two at once: the first one" "$S" 0
cb cbtadmin doctor --sandbox
is "two at once: and then again" "$S" 0

# who asked goes away
kill -STOP "$x"
cbbg gone cbtadmin doctor --sandbox
asking "$BGPID"
kill -9 "$BGPID"
kill -CONT "$x"
again() {
	cb cbtadmin doctor --sandbox && [ "$S" = 0 ]
}
ok "who asked is gone: others can" until_true 60 again

# runs are answered meanwhile
cbbg while cbtadmin doctor --sandbox
on default
is "a run meanwhile" "$S $(cat "$T/out")" "0 went through"
status_of "$BGPID"
is "a run meanwhile: doctor" "$S" 0

# orderly end in the middle
kill -STOP "$x"
cbbg stopped cbtadmin doctor --sandbox
asking "$BGPID"
kill -TERM "$D"
status_of "$BGPID"
is "stopped in the middle: the client is told" "$S" 69
kill -CONT "$x"
daemon_wait
is "stopped in the middle: the daemon" "$DSTATUS" 0

# killed in the middle
daemon_start
x=$(role_pid executor)
kill -STOP "$x"
cbbg killed cbtadmin doctor --sandbox
asking "$BGPID"
daemon_kill
status_of "$BGPID"
is "killed in the middle: the client is told" "$S" 69
daemon_start
cb cbtadmin doctor --sandbox
is "killed in the middle: afterwards" "$S" 0
daemon_stop
cb cbtadmin doctor
is "no daemon: status" "$S" 1
has "no daemon: what to do" "$T/out" "bad   daemon" "start it"

### Found: each layer that is left out

# without WHAT LAYER...: the layers in which that shows
without() {
	w_what=$1
	shift
	CLAWBOT_WITHOUT=$w_what@other
	export CLAWBOT_WITHOUT
	daemon_start
	cb cbtagent status --all
	for l; do
		is "without $w_what: layer $l" "$(layer "$l")" broken
	done
	on other
	is "without $w_what: the skill is refused" "$S" 77
	has "without $w_what: why" "$T/err" sandbox "went through"
	on default
	is "without $w_what: the other skill" "$S $(cat "$T/out")" \
	    "0 went through"
	cb cbtadmin doctor --sandbox
	is "without $w_what: doctor --sandbox" "$S" 1
	has "without $w_what: it names what is open" "$T/out" \
	    "    open: " "that means: " "skill default: held $n of $n"
	daemon_stop
	unset CLAWBOT_WITHOUT
}

without account account
without capabilities capabilities
without seccomp seccomp sockets terminal
without ipc namespaces
without cgroup namespaces
without proc view processes
without mounts mounts
without devices devices
without dumpable processes environment
without limits limits
without session session
without descriptors descriptors
without landlock landlock
without modes modes

# and if no sandbox holds
SKILLS=
conf_default
CLAWBOT_WITHOUT=seccomp@default
export CLAWBOT_WITHOUT
daemon_try && result 1 "no sandbox holds: the daemon does not start"
is "no sandbox holds: it ends" "$(gone "$D" && echo yes)" yes
has "no sandbox holds: it says why" "$T/d.err" "skill default" seccomp
wait "$D" || :
D=

### Lost and found while the daemon runs

SKILLS="\"other\": { \"default\": \"allow\", \"ask\": [\"touch asked\"],
    \"write\": [\"$W\"] },"
conf_default
CLAWBOT_WITHOUT=seccomp@other@$W/leave-out
daemon_start
on other
is "whole: the skill works" "$S" 0
cbbg asked cbtagent run -s other -C "$W" -- touch asked
asked=$BGPID
waiting
touch "$W/leave-out"
cb cbtadmin doctor --sandbox
is "lost: doctor --sandbox" "$S" 1
has "lost: it names what is open" "$T/out" "    open: " clone3
hasnot "lost: not the other skill" "$T/out" "skill default: its runs"
on other
is "lost: the skill is refused from now on" "$S" 77
cb cbtadmin approve -y "$ID"
status_of "$asked"
ok "lost: what was approved before is refused too" test "$S" -ne 0
ok "lost: and did not run" test ! -e "$W/asked"
cb cbtagent status --all
is "lost: status" "$(layer seccomp)" broken
ok "lost: status: the skill" grep -q '^skill .*other .*refused' "$T/out"
cb cbtadmin doctor
is "lost: doctor" "$S" 1
has "lost: doctor: what to do" "$T/out" "bad   layer run seccomp" \
    "doctor --sandbox"
cb cbtadmin --json doctor --sandbox
is "lost: doctor --sandbox --json: status" "$S" 1
ok "lost: doctor --sandbox --json" grep -q '"verdict":"open"' "$T/out"
ok "lost: recorded" sh -c "grep '\"ev\":\"doctor\"' '$T/log/gateway.log' |
    grep -qv '\"open\":0'"
rm "$W/leave-out"
cb cbtadmin doctor --sandbox
is "whole again: doctor --sandbox" "$S" 0
on other
is "whole again: the skill works" "$S $(cat "$T/out")" "0 went through"
cb cbtagent status --all
is "whole again: status" "$(layer seccomp)" active
daemon_stop
is "the log is whole" \
    "$("$B/clawbot" audit verify "$T/log" |
    sed -n '1s,\([A-Z]*\) .*,\1,p')" OK
finish
