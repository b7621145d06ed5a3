# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What a run starts and asks, with the executor as it is: each program is on
# disk before the result is told, one that must be approved is held while its
# siblings go on, and the answer is one person's.
. "$SRC/tests/regress/lib.sh"

grep -q HEARD_ASK "$SRC/executor/runnerctl.h" ||
    skip_all "the executor judges no programs of runs"

SKILLS='"in": { "default": "allow", '$PATIENT', "write": ["'$W'"],
    "ask": ["touch asked"], "deny": ["cat secret"] },'
conf_default
daemon_start
LOG=$T/log/gateway.log

# script NAME LINE...: in the workspace
script() {
	s_name=$W/$1
	shift
	printf '%s\n' '#!/bin/sh' "$@" >"$s_name"
	chmod 755 "$s_name"
}

# of RUN EV: records of it
of() {
	grep -c "\"ev\":\"$2\",\"run\":\"$1\"" "$LOG"
}

# last RUN: the last record of it
last() {
	sed -n 's/.*"ev":"\([a-z]*\)","run":"'"$1"'".*/\1/p' "$LOG" | tail -n 1
}

### What it starts

script many 'i=0' 'while [ $i -lt 200 ]; do /bin/true; i=$((i + 1)); done' \
    'cat secret 2>/dev/null' 'exit 3'
cb cbtagent --json run -s in -C "$W" -- "$W/many"
is "judged: status" "$S" 3
run=$(json "$T/out" run)
execs=$(json "$T/out" execs)
ok "judged: all are told" test "$execs" -ge 201
is "judged: a record each" "$(of "$run" exec)" "$execs"
is "judged: their numbers are in order" "$(sed -n \
    's/.*"ev":"exec","run":"'"$run"'","seq":\([0-9]*\),.*/\1/p' "$LOG" |
    sort -n -c 2>&1)" ""
has "judged: the program that was refused" "$T/out" '"denied":[{"program":"'
is "judged: its rule" "$(json "$T/out" denied.0.rule)" \
    "skills.in.deny: cat secret"
is "judged: the result comes behind them" "$(last "$run")" result
cb cbtagent run -s in -C "$W" -- "$W/many"
has "the end tells of it" "$T/err" "refused in the run" \
    "skills.in.deny: cat secret"
cb cbtadmin audit show -l "$run"
ok "audit show: what was refused" \
    grep -qE " $run #[0-9]+<0 deny cat secret  .skills.in.deny: cat secret.$" \
    "$T/out"

### What it asks

asked() {
	cb cbtadmin --json approvals
	Q=$(json "$T/out" approvals.0.question)
}

script job 'touch asked && echo done' "echo \$? >$W/was"
script all "$W/job &" 'touch sibling' 'wait'

ask() {
	rm -f "$W/asked" "$W/sibling" "$W/was"
	cbbg one cbtagent run -s in -C "$W" -- "$W/all"
	one=$BGPID
	until_true 60 asked || bail "nothing is asked"
}

ask
until_true 60 test -e "$W/sibling"
ok "its sibling goes on" test -e "$W/sibling"
ok "it is held" test ! -e "$W/asked"
is "asked: argv" "$(json "$T/out" approvals.0.argv.1)" asked
cb cbtadmin approvals show "$Q"
has "asked: the way" "$T/out" "started by      $W/job" "  by            $W/all"
has "asked: what it may reach" "$T/out" "  network         none" \
    "  may write       $W" "  secrets         -"
cb cbtadmin approve -y "$Q"
is "approve: status" "$S" 0
status_of "$one"
is "approved: the run's status" "$S" 0
ok "approved: it was executed" test -e "$W/asked"
ok "approved: recorded as answered" grep -q \
    '"verdict":"allow","answered":true,"argv":\["touch","asked"\]' "$LOG"

was=$(grep -c '"ev":"request"' "$LOG")
ask
cb cbtadmin deny -r no "$Q"
status_of "$one"
ok "denied: it was not executed" test ! -e "$W/asked"
is "denied: the call failed" "$(cat "$W/was")" 126
is "denied: it was asked once, whatever the directory" \
    "$(grep -c '"ev":"request"' "$LOG")" $((was + 1))

ask
kill -TERM "$one"
status_of "$one"
ok "the caller leaves: withdrawn" log_has '"ev":"withdrawn"'
ok "the caller leaves: nothing waits" until_true 60 nothing_waits

rm -f "$W/asked"
cb cbtagent --json run --no-wait -s in -C "$W" -- "$W/job"
is "--no-wait: status" "$S" 0
ok "--no-wait: refused" test ! -e "$W/asked"

### Shell lines

cb cbtagent run -s in -C "$W" --shell 'for i in 1 2; do echo $i; done | wc -l'
is "--shell: runs" "$(tr -d ' ' <"$T/out")" 2
cb cbtagent policy why -s in -C "$W" --shell 'cat secret'
has "policy why --shell: verdict, rule, line" "$T/out" "verdict         deny" \
    "rule            skills.in.deny: cat secret" "at            $CONF:" \
    "judged later    every program that it starts"
daemon_stop
is "the daemon ends well" "$DSTATUS" 0
finish
