# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A request that waits for an approver does not end with its caller, who can
# come back to it; what it prints goes to whoever has come.
. "$SRC/tests/regress/lib.sh"

SKILLS='"all": { "default": "ask", "write": ["'$W'"] },'
conf_default
daemon_start

# left COMMAND...: asked for, and its caller has left; ID
left() {
	cb cbtagent run --wait 0 -s all -C "$W" -- "$@"
	is "it is told to come back" "$S" 75
	ID=$(sed -n 's/.*clawbot wait \(r[0-9a-z]*\);.*/\1/p' "$T/err")
}

state_is() {
	cb root --json ps && [ "$(json "$T/out" runs.0.state)" = "$1" ]
}

left sh -c 'cat /dev/null; echo err >&2; exit 3'
has "who can approve is told" "$T/err" "(group:clawbot-admin)"
cb cbtadmin --json approvals
is "it still waits" "$(json "$T/out" approvals.0.run)" "$ID"
cb cbtother wait "$ID"
is "others do not come to it" "$S" 1
cbbg back cbtagent wait "$ID"
back=$BGPID
until_true 60 grep -q "waiting for approval" "$T/back.err" ||
    bail "it is not claimed"
cbbg other cbtadmin wait "$ID"
other=$BGPID
cbbg late cbtagent wait "$ID"
late=$BGPID
asking "$other"
asking "$late"
cb cbtadmin approve -y "$ID"
status_of "$back"
is "who came first has its end" "$S" 3
has "... and its streams" "$T/back.err" err
status_of "$other"
is "an approver only looks on: status" "$S" 3
is "an approver only looks on: output" "$(cat "$T/other.out")" ""
status_of "$late"
is "who came later only looks on, too" "$S $(cat "$T/late.out")" "3 "
echo text >"$T/in"

left sh -c 'cat; echo out; echo err >&2; exit 4'
cb cbtadmin approve -y "$ID"
is "approved while nobody is there: status" "$S" 0
ok "... it waits for its caller" state_is approved
cb cbtother wait "$ID"
is "... for nobody else" "$S" 1
cbin cbtagent --json wait "$ID" <"$T/in"
is "... who gets its status" "$S" 4
is "... its output" "$(json "$T/out" stdout)" "text${NL}out"
is "... and errors" "$(json "$T/out" stderr)" err
cb cbtagent wait "$ID"
is "... once" "$S" 1
ok "... by a record that names the approval" sh -c \
    "grep '\"ev\":\"intent\"' '$T/log/gateway.log' | tail -n 1 | grep -q approver"

left sh -c 'cat; echo none'
cb cbtadmin approve -y "$ID"
cbin cbtagent wait -n "$ID" <"$T/in"
is "wait -n: no input" "$S $(cat "$T/out")" "0 none"

left touch denied
cb cbtadmin deny -r "not so" "$ID"
cb cbtagent wait "$ID"
is "denied while nobody is there: status" "$S" 77
has "denied while nobody is there: why" "$T/err" "not so"
ok "denied while nobody is there: nothing happened" test ! -e "$W/denied"

cb cbtagent --json run --wait 1 -s all -C "$W" -- touch made
is "--json: status" "$S" 75
is "--json: outcome" "$(json "$T/out" outcome)" waiting
for member in changed denied refused; do
	is "--json: $member, as of every outcome" \
	    "$(json "$T/out" $member)" "[]"
done
is "--json: who" "$(json "$T/out" approvers)" '["group:clawbot-admin"]'
ID=$(json "$T/out" run)
is "--json: how" "$(json "$T/out" claim)" "[\"clawbot\",\"wait\",\"$ID\"]"
cb cbtagent --json wait --wait 0 "$ID"
is "wait --wait: likewise" "$S $(json "$T/out" outcome)" "75 waiting"
cb cbtagent kill "$ID"
cb cbtagent wait "$ID"
is "killed: it did not run" "$S" 75
ok "killed: nothing happened" test ! -e "$W/made"

### Callers that end

for sig in KILL TERM HUP; do
	cbbg "sig$sig" cbtagent run -s all -C "$W" -- touch "by$sig"
	waiting
	kill "-$sig" "$BGPID"
	status_of "$BGPID"
	[ "$sig" = KILL ] || has "SIG$sig: how to come back" \
	    "$T/sig$sig.err" "clawbot wait $ID"
	cb cbtadmin approve -y "$ID"
	is "SIG$sig: it can still be approved" "$S" 0
	cb cbtagent wait "$ID"
	is "SIG$sig: and be claimed" "$S" 0
	ok "SIG$sig: and has run" test -e "$W/by$sig"
done
as cbtagent perl -e '
    my $p = fork; exec @ARGV if !$p; sleep 1; kill "INT", $p;
    waitpid $p, 0; print $? & 127, "\n"' "$B/clawbot" -S "$T/run" run -s all \
    -C "$W" -- touch interrupted >"$T/out" 2>"$T/err" </dev/null
is "SIGINT: it ends by that" "$(cat "$T/out")" 2
ok "SIGINT: and does not want it any more" until_true 60 nothing_waits

# Who waits for it when its caller ends has come back to it.
for how in KILL wait; do
	if [ "$how" = wait ]; then
		cbbg first cbtagent run --wait 2 -s all -C "$W" -- touch "next$how"
	else
		cbbg first cbtagent run -s all -C "$W" -- touch "next$how"
	fi
	first=$BGPID
	waiting
	cbbg next cbtagent wait "$ID"
	next=$BGPID
	cbbg looks cbtadmin wait "$ID"
	looks=$BGPID
	asking "$next"
	asking "$looks"
	[ "$how" = wait ] || kill "-$how" "$first"
	status_of "$first"
	ok "$how: who waits has come back to it" \
	    until_true 60 grep -q "waiting for approval" "$T/next.err"
	cb cbtadmin approve -y "$ID"
	status_of "$next"
	is "$how: and it runs: status" "$S" 0
	ok "$how: and it runs" test -e "$W/next$how"
	status_of "$looks"
	is "$how: an approver still looks on" "$S" 0
done

### An approval that crosses with it

n=0
wrong=
while [ $n -lt 12 ]; do
	rm -f "$W/count"
	cbbg cross cbtagent run --wait 1 -s all -C "$W" -- \
	    sh -c 'cat /dev/null; echo x >>count'
	waiting
	sleep "0.$((n * 7 % 10))"
	cb cbtadmin approve -y "$ID"
	[ "$S" -eq 0 ] || wrong="$wrong approve:$S"
	status_of "$BGPID"
	if [ "$S" -eq 75 ]; then
		cb cbtagent wait "$ID"
	fi
	[ "$S $(cat "$W/count")" = "0 x" ] || wrong="$wrong $n:$S"
	n=$((n + 1))
done
is "approved at that very moment: runs once" "$wrong" ""

### As the configuration says

daemon_stop
APPROVALS='"waitSeconds": 1'
conf_default
daemon_start
cb cbtagent run -s all -C "$W" -- touch made
is "waitSeconds: status" "$S" 75
P=$T/pty
install -d -o cbtagent "$P"
printf 'expect waiting for\nwait 2500\ntype \\x03\n' >"$P/script"
S=0
as cbtagent "$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" run -s all \
    -C "$W" -- touch made >"$T/out" 2>&1 </dev/null || S=$?
is "waitSeconds: not on a terminal" "$S" 130
cb cbtagent run --wait 2 -t -s all -- true
is "--wait and -t" "$S" 64
cb cbtagent run --wait x -s all -- true
is "--wait: no time" "$S" 64
ok "nothing of all that happened" test ! -e "$W/made"
cb cbtadmin audit verify
is "the log is whole" "$S" 0
daemon_stop
finish
