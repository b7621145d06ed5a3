# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# status, ps and kill.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start

cb cbtagent status --all
is "status: status" "$S" 0
has "status: roles" "$T/out" executor auditor vault
has "status: layers" "$T/out" seccomp landlock
ok "status: something is active" grep -q active "$T/out"
ok "status: what was counted once is said to be" \
    grep -q '^daemon  *auditor records  .*  at the start$' "$T/out"
cb cbtagent --json status
ok "status --json: JSON" json "$T/out" status.0
for role in executor auditor vault; do
	ok "status --json: $role" grep -q "\"name\":\"$role\"" "$T/out"
done
# disk KEY: of the directory of the log
disk() {
	perl -MJSON::PP -e '
	    local $/; open(my $f, "<", $ARGV[0]) or die;
	    for my $r (@{JSON::PP->new->utf8->decode(<$f>)->{status}}) {
		print $r->{$ARGV[2]}, "\n"
		    if $r->{kind} eq "disk" && $r->{name} eq $ARGV[1];
	    }' "$T/out" "$T/log" "$1"
}
is "status --json: the disk of the log: its size" "$(disk size_bytes)" \
    "$(($(stat -f -c '%b * %S' "$T/log")))"
ok "status --json: ... and what is free of it" sh -c \
    "[ $(disk free_bytes) -gt 0 ] && [ $(disk free_bytes) -le $(disk size_bytes) ]"
is "status --json: ... below which it refuses" "$(disk refuses_below)" \
    $((4 * 65536))
has "status --json: the vault's" "$T/out" "\"name\":\"$T/vault\""
ok "status: no terminal codes" sh -c "! grep -q '$(printf '\033')' '$T/out'"

# short ANSWER: one screen of it, the six things in their order
short() {
	ok "$1: at most 20 lines" test "$(wc -l <"$T/out")" -le 20
	is "$1: six things" "$(cut -c 1-9 "$T/out" | tr -s ' ' '\n' |
	    grep . | tr '\n' ' ')" \
	    "daemon refused waiting running log last no "
}
cb cbtagent status
is "status, nothing is wrong: status" "$S" 0
short "status, nothing is wrong"
has "status, nothing is wrong: it says so" "$T/out" \
    "refused    nothing, now" "running    nothing" \
    "waiting    nothing" "last no    none"
ok "status: how much room there is" grep -qE \
    "^ +$T/log: [0-9.]+[BKMGTPE] of [0-9.]+[KMGTPE] free \([0-9]+%\); refuses below 256K" \
    "$T/out"
has "status: the mode" "$T/out" "tools.exec.approval is ask"

cb cbtagent --json ps
ok "ps --json, no runs: JSON" json "$T/out" runs
is "ps --json, no runs" "$(json "$T/out" runs)" "[]"
cbbg sleeper cbtagent run -s default -- sleep 1000
sleeper=$BGPID
has_run() {
	cb cbtagent --json ps && ID=$(json "$T/out" runs.0.run)
}
until_true 60 has_run
until_true 60 started "sleep 1000"
has_run
is "ps: state" "$(json "$T/out" runs.0.state)" running
is "ps: argv" "$(json "$T/out" runs.0.argv)" '["sleep","1000"]'
is "ps: uid" "$(json "$T/out" runs.0.uid)" "$(id -u cbtagent)"
is "ps: skill" "$(json "$T/out" runs.0.skill)" default
cb cbtother --json ps
is "ps: others do not see it" "$(json "$T/out" runs)" "[]"
cb cbtadmin ps
has "ps: approvers do" "$T/out" "$ID" "sleep 1000"
cb cbtother kill "$ID"
is "kill by somebody else: status" "$S" 1
ok "kill by somebody else: it goes on" running "sleep 1000"
cb cbtagent kill "$ID"
is "kill: status" "$S" 0
status_of "$sleeper"
ok "kill: the client is told" test "$S" -ne 0 -a "$S" != running
ok "kill: it is gone" until_true 60 not_running "sleep 1000"
cb cbtagent kill "$ID"
is "kill again: status" "$S" 1
cb cbtagent kill r000000000001
is "kill of nothing: status" "$S" 1
ok "kill: recorded" log_has '"ev":"result"' killed

# by an approver; of one that ignores everything
cbbg stubborn cbtagent --json run -- sh -c \
    'trap "" TERM INT HUP QUIT; while :; do sleep 1000; done'
stubborn=$BGPID
until_true 60 started "sleep 1000"
until_true 60 has_run
cb cbtadmin kill "$ID"
is "kill by an approver: status" "$S" 0
status_of "$stubborn"
is "kill by an approver: outcome" "$(json "$T/stubborn.out" outcome)" killed
ok "kill by an approver: it is gone" until_true 60 not_running "sleep 1000"

# the client is killed without a word
cbbg silent cbtagent run -- sleep 1000
silent=$BGPID
until_true 60 started "sleep 1000"
kill -9 "$silent"
ok "a client that is killed: its run is, too" until_true 60 \
    not_running "sleep 1000"
answers || bail "the daemon is gone"

# What waits, runs, and was refused, for those who may see it.
cbbg asks cbtagent run -- touch asked
asks=$BGPID
waiting
cbbg sleeper cbtagent run -- sleep 1000
sleeper=$BGPID
runs() {
	cb cbtadmin status && grep -q '^running .*sleep 1000$' "$T/out"
}
ok "status: it runs" until_true 60 runs
agent touch denied
is "one that is denied" "$S" 77
for who in cbtadmin cbtagent; do
	cb "$who" status
	is "status, $who: status" "$S" 0
	short "status, $who"
	ok "status, $who: what waits" grep -qE \
	    "^waiting +$ID, [0-9]+m[0-9]+s left, cbtagent .*: touch asked\$" \
	    "$T/out"
	ok "status, $who: what runs" grep -qE \
	    '^running +r[0-9a-z]+ for [0-9ms]+, cbtagent .*: sleep 1000$' \
	    "$T/out"
	ok "status, $who: what was refused last" grep -qE \
	    "^last no .* uid $(id -u cbtagent) on channel cli, skill default" \
	    "$T/out"
done
install -d -o cbtadmin "$T/pty"
: >"$T/pty/script"
on_terminal() {
	as cbtadmin "$H/onpty" -s "$1" "$T/pty/script" "$B/clawbot" -S "$T/run" ps \
	    </dev/null 2>&1 | tr -d '\r' >"$T/screen"
}
for size in 24x80 24x200; do
	on_terminal "$size"
	ok "ps at $size: what runs" grep -qE \
	    '^r[0-9a-z]+ .*running.* cbtagent .*  sleep 1000$' "$T/screen"
	ok "ps at $size: no line is longer" \
	    sh -c "! grep -q '.\{$((${size#*x} + 10))\}' '$T/screen'"
done
has "ps, a wide one: all columns" "$T/screen" CHANNEL PID
cb cbtother status
has "status, somebody else: nothing of others" "$T/out" \
    "waiting    nothing" "running    nothing" "last no    none"

# Whatever is refused now makes it 1.
cb cbtadmin stop -c cli -r "what is it doing"
status_of "$sleeper"
status_of "$asks"
for opts in "" --all; do
	# shellcheck disable=SC2086 # none, or one
	cb cbtother status $opts
	is "status $opts while it is stopped: status" "$S" 1
	has "status $opts while it is stopped: why" "$T/out" \
	    "what is it doing"
done
cb cbtother status
short "status while it is stopped"
has "status while it is stopped: what" "$T/out" \
    "refused    emergency stop of "
cb cbtother --json status
is "--json status while it is stopped: status" "$S" 1
cb cbtadmin resume -c cli
cb cbtother status
is "status after it: status" "$S" 0

# More than there is room for is counted.
i=0
while [ $i -lt 5 ]; do
	cbbg "asks$i" cbtagent run -- touch asked
	i=$((i + 1))
done
five_wait() {
	cb cbtadmin status && grep -q 'and 2 more: clawbot approvals' "$T/out"
}
ok "status: five wait, and three are named" until_true 60 five_wait
short "status, when five wait"
daemon_stop
is "the log is whole" \
    "$("$B/clawbot" audit verify "$T/log" |
    sed -n '1s,\([A-Z]*\) .*,\1,p')" OK

# a directory that is closed to who asks says nothing about its disk
mkdir -m 700 "$T/shut"
sed -i "s#\"$T/vault\"#\"$T/shut/vault\"#" "$CONF"
daemon_start
cb cbtadmin --json status --all
is "status: a disk that may not be looked at" "$(perl -MJSON::PP -e '
    local $/; open(my $f, "<", $ARGV[0]) or die;
    print map { $_->{state} } grep { $_->{kind} eq "disk" &&
	$_->{name} =~ m,/shut/, } @{JSON::PP->new->decode(<$f>)->{status}}' \
    "$T/out")" closed
cb cbtadmin doctor
hasnot "doctor: it is nothing to do anything about" "$T/out" "$T/shut"
cb root doctor
has "doctor: root may look" "$T/out" "disk of $T/shut/vault: "
daemon_stop
finish
