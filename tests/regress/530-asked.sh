# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What a run starts is on disk before its result is told, and what it asks is
# for approvers: shown in full, answered once, withdrawn and expired.  The
# executor is one that says what the test wants; what none may say ends it.
. "$SRC/tests/regress/lib.sh"

SKILLS='"plain": { "default": "allow", '$PATIENT', "execs": "off", "write": ["'$W'"] },'
printf '#!/bin/sh\nuntil [ -e %s/go ]; do sleep 0.05; done\n' "$W" >"$W/waits"
chmod 755 "$W/waits"
LOG=$T/log/gateway.log

# false_executor RULE...: what it hears in answer it does not know
false_executor() {
	[ -z "$D" ] || daemon_stop
	rm -rf "$T/log" "$T/vault"
	rm -f "$W/go"
	middle executor "down X_EXECED * drop" "down X_ANSWER * drop" "$@"
	conf_default
}

# frame NAME WHAT...: a payload for its rules
frame() {
	f_name=$1
	shift
	"$H/execframes" "$@" >"$T/libexec/$f_name" || bail "$f_name"
}

# ev WORD: how many records of that
ev() {
	grep -c "\"ev\":\"$1\"" "$LOG"
}

# whole: every result has the execs that it tells of in front of it
whole() {
	perl -ne '
	    next unless /"ev":"(exec|result|abort|lost)","run":"(\w+)"/;
	    if ($1 eq "exec") { $n{$2}++; $bad = 1 if $over{$2}; next }
	    $over{$2} = 1;
	    $want = /"execs":(\d+)/ ? $1 : 0;
	    $bad = 1 if $1 eq "result" && $want != ($n{$2} // 0);
	    END { exit($bad ? 1 : 0) }' "$LOG"
}

### What it starts

false_executor "up X_STARTED * file X_EXECS rows" "up X_RESULT * body end"
frame rows execs 1:allow 2:allow 3:deny
frame end result 3 rm 'skills.plain.deny: rm **' 1 curl ask 2
daemon_start
cb cbtagent --json run -s plain -- sleep 1
is "rows: status" "$S" 0
is "rows: how many" "$(json "$T/out" execs)" 3
is "rows: refused program" "$(json "$T/out" denied.0.program)" rm
is "rows: refused rule" "$(json "$T/out" denied.0.rule)" \
    "skills.plain.deny: rm **"
is "rows: refused count" "$(json "$T/out" denied.1.count)" 2
run=$(json "$T/out" run)
is "rows: a record each, in order, before the result" \
    "$(sed -n 's/.*"ev":"\(exec\|result\)","run":"'"$run"'",*\("seq":[0-9]*\)*.*/\1 \2/p' \
    "$LOG" | tr '\n' ' ')" 'exec "seq":1 exec "seq":2 exec "seq":3 result  '
ok "rows: the result tells how many" \
    grep -q '"ev":"result".*"execs":3' "$LOG"
cb cbtadmin audit show -l "$run"
ok "audit show: a line each" \
    grep -qE " $run #2<1 allow rm -rf \"tree of .*2.*\"$" "$T/out"
ok "audit show: the rule of what was refused" \
    grep -qF '#3<2 deny rm -rf "tree of \"3\""  (skills.default.ask: rm **; removes files)' \
    "$T/out"
cb cbtadmin audit tail -l -n 100
is "audit tail has them" "$(grep -c "$run #" "$T/out")" 3
cb cbtagent --json audit show "$run"
is "audit show --json: whole records" \
    "$(json "$T/out" records.3.verdict)" deny
cb cbtagent run -s plain -- sleep 1
has "the end tells what was refused" "$T/err" \
    "3 programs were refused in the run: \"rm\" (skills.plain.deny: rm **), \"curl\" (ask, 2 times)"
ok "every result has its execs" whole
ok "the log is whole" sh -c "'$B/clawbot' audit verify '$T/log' >/dev/null"

### What it asks

# asks FILE END RULE...: a run that waits for a file, and asks at its start
asks() {
	a_row=$1 a_end=$2
	shift 2
	false_executor "up X_STARTED * file X_ASK ask" \
	    "down X_ANSWER * back X_EXECS row" "up X_RESULT * body end" "$@"
	frame ask ask 1
	frame row execs "$a_row"
	# shellcheck disable=SC2086 # words
	frame end result $a_end
	daemon_start
	cbbg one cbtagent run -s plain -r "to tidy up" -- "$W/waits"
	one=$BGPID
	until_true 60 asked_or_over || bail "nothing is asked"
}

# it may be over within the second that APPROVALS gives it
asked_or_over() {
	asked || grep -q '"ev":"timeout"' "$LOG"
}

asked() {
	cb cbtadmin --json approvals
	Q=$(json "$T/out" approvals.0.question)
}

# over [told]: lets the run end, once it has told what came of its question;
# its status in S
over() {
	[ $# -eq 0 ] || until_true 60 grep -q '"ev":"exec"' "$LOG"
	touch "$W/go"
	status_of "$one"
}

asks '1:allow!' 1
is "asked: of the run" "$(json "$T/out" approvals.0.run)" \
    "$(sed -n 's/.*"ev":"intent","run":"\([a-z0-9]*\)".*/\1/p' "$LOG")"
is "asked: its arguments" "$(json "$T/out" approvals.0.argv.2)" 'tree of "1"'
is "asked: the way" "$(json "$T/out" approvals.0.way.0.argv.1)" clean
is "asked: the request" "$(json "$T/out" approvals.0.request.0)" "$W/waits"
is "asked: the rule" "$(json "$T/out" approvals.0.rule)" \
    "skills.default.ask: rm **"
cb cbtadmin approvals show "$Q"
has "approvals: what it is" "$T/out" "$Q, a program of the run r"
has "approvals: command" "$T/out" 'command         rm -rf "tree of \"1\""'
has "approvals: started by" "$T/out" \
    "started by      make clean  (/usr/bin/make)"
has "approvals: and by" "$T/out" \
    "  by            sh build.sh  (/usr/bin/dash)"
has "approvals: of the request" "$T/out" "of the request  $W/waits"
has "approvals: why" "$T/out" 'caller says     "to tidy up"'
until_true 60 grep -q "waits for approval $Q" "$T/one.err"
has "the caller is told" "$T/one.err" \
    "(rule skills.default.ask: rm **); an approver lets it go: clawbot approve $Q"
cb cbtagent --json ps
is "ps: a program is held" "$(json "$T/out" runs.0.held)" 1
cb cbtother approve -y "$Q"
is "approve by somebody else: not theirs to see" "$S" 1
cb cbtadmin approve -y "$Q"
is "approve: status" "$S" 0
has "approve: shows it" "$T/out" 'command         rm -rf "tree of \"1\""'
over told
is "approved: the run ends" "$S" 0
is "approved: the request is recorded" "$(ev request)" 1
ok "approved: its words are where they are redacted, and nowhere else" \
    test "$(grep -c 'tree of' "$LOG")" -eq 1
ok "approved: consent, with number and digest" grep -qE \
    '"ev":"consent".*"exec":\{"seq":1,"digest":"[0-9a-f]{64}".*"by":\{"uid":' \
    "$LOG"
ok "approved: the program is recorded as answered" \
    grep -q '"ev":"exec".*"verdict":"allow","answered":true' "$LOG"
cb cbtadmin approve -y "$Q"
is "approve again: status" "$S" 1
ok "approved: every result has its execs" whole

asks '1:deny!' 1
cb cbtadmin deny -r "not that tree" "$Q"
is "deny: status" "$S" 0
over told
is "denied: the run goes on" "$S" 0
ok "denied: recorded with the words" grep -qE \
    '"ev":"deny".*"seq":1.*"reason":"denied by uid [0-9]+: not that tree"' \
    "$LOG"
cb cbtadmin deny "$Q"
is "deny again: status" "$S" 1

CHANNELS='"own": { "users": ["cbtadmin"], "access": "execute",
    "skills": ["plain"] },'
false_executor "up X_STARTED * file X_ASK ask" "up X_RESULT * body end"
frame ask ask 1
frame end result 0
daemon_start
cbbg one cbtadmin -c own run -s plain -- "$W/waits"
one=$BGPID
until_true 60 asked || bail "nothing is asked"
cb cbtadmin approve -y "$Q"
is "nobody approves what is his own: status" "$S" 77
has "nobody approves what is his own: why" "$T/err" "the same account"
over
CHANNELS=

APPROVALS='"timeoutSeconds": 1,'
asks 1:deny 1
until_true 60 grep -q '"ev":"timeout"' "$LOG"
ok "not answered: recorded" grep -qE \
    '"ev":"timeout".*"seq":1.*nobody approved it within 1 s' "$LOG"
over told
is "not answered: the run goes on" "$S" 0
APPROVALS=

asks 1:deny 0
over
ok "the run has ended: withdrawn" until_true 60 grep -qE \
    '"ev":"withdrawn".*"seq":1.*"reason":"the run has ended"' "$LOG"
ok "the run has ended: nothing waits" until_true 60 nothing_waits

false_executor "up X_STARTED * file X_ASK ask" \
    "up X_STARTED * file X_ASKED asked" "up X_STARTED * file X_EXECS row" \
    "up X_RESULT * body end"
frame ask ask 1
frame asked asked 1
frame row execs 1:deny 2:allow
frame end result 2
daemon_start
cb cbtagent run -s plain -- sleep 1
is "taken back: the run ends" "$S" 0
ok "taken back: recorded" until_true 60 grep -qE \
    '"ev":"withdrawn".*"reason":"nobody waits for it any more"' "$LOG"

false_executor "up X_STARTED * file X_ASK ask" \
    "down X_ANSWER * back X_EXECS row" "up X_RESULT * body end"
frame ask ask 1
frame row execs 1:deny
frame end result 1
daemon_start
cb cbtagent run --no-wait -s plain -- sleep 1
is "--no-wait: the run goes on" "$S" 0
is "--no-wait: nobody is asked" "$(ev request)" 0

# Seventeen: one too many for a run, and the others have their places.
set -- "up X_RESULT * body end"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
	set -- "$@" "up X_STARTED 1 file X_ASK ask$i"
done
APPROVALS='"maxPending": 64,'
false_executor "$@" "down X_ANSWER 1 back X_EXECS row"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do
	frame "ask$i" ask "$i"
done
frame row execs 17:deny
frame end result 1
daemon_start
cbbg one cbtagent run -s plain -- "$W/waits"
one=$BGPID
until_true 60 grep -q "X_ANSWER back" "$MITM"
cb cbtadmin --json approvals
is "no more than sixteen of a run" \
    "$(grep -o '"question"' "$T/out" | wc -l)" 16
over told
is "sixteen: the run ends" "$S" 0
becomes "sixteen: all are withdrawn" 16 ev withdrawn
APPROVALS=

### A log that takes nothing for a while

# not_taken TYPE N...: those messages of a run are refused, in front of its
# end or with it (N is "*": each)
not_taken() {
	false_executor "up X_STARTED * file X_EXECS rows" \
	    "up X_STARTED * file X_EXECS more" "up X_RESULT * body end"
	frame rows execs 1:allow 2:allow
	frame more execs 3:deny
	frame end result 3
	frame full refused "log directory is full"
	rm "$T/libexec/clawbot-auditor"
	install -m 755 "$H/mitm" "$T/libexec/clawbot-auditor"
	ln -s "$B/clawbot-auditor" "$T/libexec/clawbot-auditor.real"
	while [ $# -gt 0 ]; do
		printf 'down %s %s drop\n' "$1" "$2"
		printf 'down %s %s back A_REFUSED full\n' "$1" "$2"
		shift 2
	done >"$T/libexec/clawbot-auditor.rules"
}

# refusals: how many there were
refusals() {
	grep -c "A_.* back" "$T/libexec/clawbot-auditor.log"
}

not_taken A_CLOSE 1 A_EXECS 1 A_EXECS 2
daemon_start
cbbg one cbtagent --json run -s plain -- sleep 1
one=$BGPID
status_of "$one"
is "full: the run is not lost" "$S" 0
is "full: all is told" "$(json "$T/one.out" execs)" 3
is "full: it was tried until it went" "$(refusals)" 3
is "full: in order, and once" "$(sed -n 's/.*"ev":"exec".*"seq":\([0-9]*\).*/\1/p' \
    "$LOG" | tr '\n' ' ')" '1 2 3 '
ok "full: every result has its execs" whole
not_taken A_CLOSE "*" A_EXECS "*"
daemon_start
cbbg one cbtagent --json run -s plain -- sleep 1
one=$BGPID
until_true 60 grep -q "A_EXECS back" "$T/libexec/clawbot-auditor.log"
cb cbtadmin status --all
ok "still full: status tells of it" grep -qE \
    '^log +records +refused .*full' "$T/out"
sleep 1.5
ok "still full: nobody has heard of a result" test ! -s "$T/one.out"
daemon_stop
D=
status_of "$one"
is "still full, and the daemon ends: lost" "$(json "$T/one.out" outcome)" lost
ok "still full: there is no result in the log" \
    sh -c "! grep -q '\"ev\":\"result\"' '$LOG'"
LIBEXEC=$B
daemon_start
ok "it is closed as lost by the next start" grep -q '"ev":"lost"' "$LOG"

### Deaths in the middle of it

# batches N: for the rules of an executor; their frames with frames N
batches() {
	b_i=0
	while [ "$b_i" -lt "$1" ]; do
		printf 'up X_STARTED * file X_EXECS b%d\n' "$b_i"
		b_i=$((b_i + 1))
	done
}
frames() {
	b_i=0
	while [ "$b_i" -lt "$1" ]; do
		frame "b$b_i" many $((b_i * 25 + 1)) $((b_i * 25 + 25))
		b_i=$((b_i + 1))
	done
}

false_executor "$(batches 40)" "up X_RESULT * body end"
frames 40
frame end result 1000
daemon_start
cb cbtagent --json run -s plain -- sleep 1
is "a thousand: status" "$S" 0
is "a thousand: all are told" "$(json "$T/out" execs)" 1000
is "a thousand: a record each" "$(ev exec)" 1000
ok "a thousand: in front of the result" whole
ok "a thousand: the runner is told" until_true 60 grep -q \
    "down X_EXECED drop" "$MITM"
daemon_stop
D=
for i in 1 2 3 4 5 6; do
	for role in auditor executor; do
		daemon_start
		cbbg one cbtagent run -s plain -- sleep 0.4
		one=$BGPID
		until_true 60 grep -q X_STARTED "$MITM"
		sleep "0.$((i * 13 % 60 + 10))"
		kill -9 "$(role_pid "$role")"
		daemon_wait
		status_of "$one"
		: >"$MITM"
		whole || result 1 "$role killed, round $i: a result without" || :
	done
done
ok "killed twelve times: no result without its execs" whole
LIBEXEC=$B
daemon_start
ok "killed twelve times: the log is whole" \
    sh -c "'$B/clawbot' audit verify '$T/log' >/dev/null"
ok "nothing is left open" until_true 60 nothing_waits

### What none may say

# breach NAME RULE...: frames "a" and "b" are there
breach() {
	b_name=$1
	shift
	false_executor "up X_RESULT * body end" "$@"
	frame end result "${END-0}"
	frame a "${A1-execs}" "${A2-1:allow}"
	frame b "${B1-execs}" "${B2-1:allow}"
	daemon_start
	cb cbtagent run -s plain -- sleep 1
	daemon_wait || :
	is "$b_name" "$DSTATUS" 82
	[ "$DSTATUS" != running ] || daemon_stop
	D=
}

x="up X_STARTED * file X_EXECS"
END=1 A2=2:allow breach "a row out of order" "$x a"
END=2 breach "a row twice" "$x a" "$x b"
END=1 A2=1:ask breach "a row that is not decided" "$x a"
END=1 A2='1:allow!' breach "an answer to what was not asked" "$x a"
END=1 A2=1:^allow breach "a younger parent" "$x a"
END=2 breach "more rows than the result tells" "$x a"
END=0 A1=ask A2=1 B2='1:allow!' breach "an answer that nobody gave" \
    "up X_STARTED * file X_ASK a" "$x b"
END=0 A1=ask A2=1 B2=1:deny breach "a row of what is still asked" \
    "up X_STARTED * file X_ASK a" "$x b"
END=0 A1=ask A2=1 B1=ask B2=1 breach "a question twice" \
    "up X_STARTED * file X_ASK a" "up X_STARTED * file X_ASK b"
END=0 A1=asked A2=1 breach "what was not asked is taken back" \
    "up X_STARTED * file X_ASKED a"
END=1 breach "a row after the result" "up X_RESULT * file X_EXECS a"
END=1 breach "a row before the start" "up X_PLAN * file X_EXECS a"
END=0 breach "a row of another run" "up X_STARTED 1 sample X_EXECS"
END=0 breach "an answer of its own" \
    "up X_STARTED * sample X_ANSWER"

LIBEXEC=$B
finish
