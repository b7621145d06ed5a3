# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Commands that wait for a human.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start

# ask NAME COMMAND...: in the background; ID is its run
ask() {
	a_name=$1
	shift
	cbbg "$a_name" cbtagent run -C "$W" -r "for $a_name" -- "$@"
	waiting
}

### Approved

ask one touch asked
one=$BGPID
ok "waits: nothing happened" test ! -e "$W/asked"
ok "waits: the client says so" grep -qi 'approv' "$T/one.err"
cb cbtadmin approvals show "$ID"
has "approvals: shown in full" "$T/out" touch asked "$W" "for one" cbtagent
has "approvals: with the digest of its file" "$T/out" \
    "$(b2sum -l 256 "$(command -v touch)" | cut -c1-16)"
cb cbtadmin --json approvals
is "approvals --json: argv" "$(json "$T/out" approvals.0.argv)" \
    '["touch","asked"]'
is "approvals --json: uid" "$(json "$T/out" approvals.0.uid)" \
    "$(id -u cbtagent)"
cb cbtagent ps
has "ps: waiting" "$T/out" "$ID" waiting
cb cbtagent approve -y "$ID"
is "approved by the requester: status" "$S" 77
ok "approved by the requester: nothing happened" test ! -e "$W/asked"
cb cbtother approve -y "$ID"
is "approved by no approver: not even there" "$S" 1
ok "approved by no approver: nothing happened" test ! -e "$W/asked"
cb cbtother deny "$ID"
is "denied by no approver: status" "$S" 77
cb cbtother approvals
hasnot "others do not see it" "$T/out" "$ID"
cb cbtadmin approve -y r000000000001
is "another id: status" "$S" 1
cb cbtadmin approve -y "$ID"
is "approved: status" "$S" 0
has "approved: shown before" "$T/out" touch asked
status_of "$one"
is "approved: runs" "$S" 0
ok "approved: it happened" test -e "$W/asked"
cb cbtadmin approve -y "$ID"
is "approved twice: status" "$S" 1
rm "$W/asked"

# Once means once.
ask again touch asked
again=$BGPID
ok "the same again: waits again" test ! -e "$W/asked"
cb cbtadmin deny -r "not today" "$ID"
is "denied: status" "$S" 0
status_of "$again"
is "denied: status of the client" "$S" 77
has "denied: the reason" "$T/again.err" "not today"
ok "denied: nothing happened" test ! -e "$W/asked"
cb cbtadmin approve -y "$ID"
is "approved after it was denied: status" "$S" 0
ok "approved after it was denied: nobody waited" test ! -e "$W/asked"

# Root's own wish needs somebody else, too.
conf_root='"root": { "users": ["root", "cbtadmin"], "skills": ["*"] },'
daemon_stop
CHANNELS=$conf_root
conf_default
daemon_start
cbbg root root -c root run -C "$W" -- touch asked
root=$BGPID
waiting
cb root -c root approve -y "$ID"
is "root approves root: status" "$S" 77
cb cbtadmin approve -y "$ID"
is "somebody else approves root: status" "$S" 0
status_of "$root"
is "root's command runs" "$S" 0
rm -f "$W/asked"
# and an approver's
cbbg admin cbtadmin -c root run -C "$W" -- touch asked
admin=$BGPID
waiting
cb cbtadmin approve -y "$ID"
is "an approver approves itself: status" "$S" 77
cb cbtsecond approve -y "$ID"
is "the second approver: status" "$S" 0
status_of "$admin"
is "the approver's command runs" "$S" 0
rm -f "$W/asked"

# The caller leaves, kills, or does not want to wait.
ask leave touch asked
kill -TERM "$BGPID"
status_of "$BGPID"
cb cbtadmin --json approvals
is "the caller left: it still waits" "$(json "$T/out" approvals.0.run)" "$ID"
cb cbtagent kill "$ID"
cb cbtadmin approve -y "$ID"
is "the caller does not want it: nothing to approve" "$S" 1
ask kill touch asked
killed=$BGPID
cb cbtagent kill "$ID"
is "killed while it waits: status" "$S" 0
status_of "$killed"
ok "killed while it waits: the client ends" test "$S" -ne 0 -a \
    "$S" != running
cb cbtagent run --no-wait -C "$W" -- touch asked
is "--no-wait: status" "$S" 77
ok "--no-wait: reason" grep -qi approv "$T/err"
cb cbtagent --json run --no-wait -C "$W" -- touch asked
is "--no-wait --json: outcome" "$(json "$T/out" outcome)" denied
ok "nothing of all that happened" test ! -e "$W/asked"

# Variables of the caller's are shown and asked about.
cbbg env cbtagent run -e "DEPLOY=yes please" -- printenv DEPLOY
env=$BGPID
waiting
cb cbtadmin approvals show "$ID"
has "-e: shown" "$T/out" "DEPLOY" "yes please"
cb cbtadmin approve -y "$ID"
status_of "$env"
is "-e: the variable is there" "$(cat "$T/env.out")" "yes please"

# What could deceive is shown escaped.
cbbg trick cbtagent run -C "$W" -- touch asked \
    "$(printf 'a\033[2Jb\342\200\256c')" "$(printf 'x\n\n\n\ny')"
trick=$BGPID
waiting
cb cbtadmin approvals show "$ID"
ok "escaped: no control characters" \
    sh -c "! LC_ALL=C grep -q '[[:cntrl:]]' '$T/out'"
ok "escaped: no right-to-left" \
    sh -c "! grep -q '$(printf '\342\200\256')' '$T/out'"
cb cbtadmin deny "$ID"
status_of "$trick"

# A script that changes between approval and run is not run.
printf '#!/bin/sh\ntouch %s/first\n' "$W" >"$W/ask.sh"
cbbg script cbtagent run -C "$W" -- sh ask.sh
script=$BGPID
waiting
cb cbtadmin approve -y "$ID"
status_of "$script"
is "a script: runs" "$S" 0

### Watching

cbbg watch cbtadmin --json approvals --watch
watch=$BGPID
ask seen touch asked
seen=$BGPID
ok "--watch: sees it come" until_true 60 grep -q "$ID" "$T/watch.out"
cb cbtadmin deny "$ID"
status_of "$seen"
kill "$watch"
status_of "$watch"
ok "--watch --json: a document a line" json_lines "$T/watch.out"

### Limits

daemon_stop
APPROVALS='"timeoutSeconds": 1, "maxPending": 3'
conf_default
daemon_start
cb cbtagent run -C "$W" -- touch asked
is "nobody answers: status" "$S" 75
cb cbtagent --json run -C "$W" -- touch asked
is "nobody answers: outcome" "$(json "$T/out" outcome)" denied
ok "nobody answers: nothing happened" test ! -e "$W/asked"
daemon_stop
APPROVALS='"maxPending": 4'
conf_default
daemon_start
pids=
for who in cbtagent cbtagent cbtother; do
	cbbg "pend$who" "$who" run -C "$W" -- touch asked
	pids="$pids $BGPID"
done
pending() {
	cb cbtadmin --json approvals && json "$T/out" "approvals.$1"
}
until_true 60 pending 2
cb cbtagent run -C "$W" -- touch asked
is "too many waiting of one account: status" "$S" 75
has "too many waiting of one account: reason" "$T/err" maxPending
cbbg pendlast cbtother run -C "$W" -- touch asked
pids="$pids $BGPID"
until_true 60 pending 3
cb cbtadmin run -C "$W" -- touch asked
cb cbtother run -C "$W" -- touch asked
is "too many waiting: status" "$S" 75
daemon_stop
for p in $pids; do
	status_of "$p"
	ok "stopped while it waits: status" test "$S" -ne 0 -a \
	    "$S" != running
done

### What is recorded

ok "recorded: the request" log_has 'approval: ' '"ev":"request"'
ok "recorded: the approval" log_has 'approval: ' '"ev":"approve"'
ok "recorded: the denial" log_has 'approval: ' '"ev":"deny"'
ok "recorded: who" log_has '"ev":"approve"' "$(id -u cbtadmin)"
ok "recorded: why it was denied" log_has '"ev":"deny"' "not today"
ok "recorded: intents name the approver" sh -c \
    "grep '\"ev\":\"intent\"' '$T/log/exec.log' | grep -q approver"
is "the log is whole" \
    "$("$B/clawbot" audit verify "$T/log" |
    sed -n '1s,\([A-Z]*\) .*,\1,p')" OK
finish
