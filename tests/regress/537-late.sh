# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Late approvals: what was denied, or not approved in time, is approved
# afterwards, and the next identical request runs, once.
. "$SRC/tests/regress/lib.sh"

SKILLS='"all": { "default": "ask", "write": ["'$W'"] },'
APPROVALS='"timeoutSeconds": 1'
DENIED=600
conf_default
daemon_start
echo here >"$W/here"

# lapses COMMAND...: asked for until nobody has answered in time; ID
lapses() {
	cb cbtagent run -s all -C "$W" -- "$@"
	is "nobody answers: $*" "$S" 75
	newest
}

# newest: the last one that lapsed, in ID
newest() {
	cb cbtadmin --json approvals --lapsed
	ID=$(perl -MJSON::PP -e '
	    local $/; my $v = JSON::PP->new->utf8->decode(<STDIN>);
	    print $v->{approvals}[-1]{run} // ""' <"$T/out")
}

again() {
	cb cbtagent run --no-wait -s all -C "$W" -- "$@"
}

### Not approved in time

lapses cat here
cb cbtadmin approvals --lapsed
has "approvers see it" "$T/out" "$ID" cbtagent "cat here"
cb cbtagent --json approvals --lapsed
is "its account sees it" "$(json "$T/out" approvals.0.run)" "$ID"
is "how it lapsed" "$(json "$T/out" approvals.0.lapsed)" expired
cb cbtother --json approvals --lapsed
is "nobody else does" "$(json "$T/out" approvals)" "[]"
cb cbtadmin approvals show "$ID"
has "all of it can be shown" "$T/out" "cat here" "can be approved late"
again cat here
is "before: it is asked about" "$S" 77
cb cbtagent approve -y "$ID"
is "not by who asked: status" "$S" 77
again cat here
is "not by who asked: it is asked about" "$S" 77
cb cbtadmin approve -y --digest \
    0000000000000000000000000000000000000000000000000000000000000000 "$ID"
is "not by another digest" "$S" 1
cb cbtadmin approve -y --for 1h "$ID"
is "not for longer" "$S" 64
cb cbtadmin approve -y "$ID"
is "late: status" "$S" 0
ok "late: recorded so" log_has '"ev":"approve"' '"late":true'
cb cbtadmin --json approvals --lapsed
is "it has gone from the list" "$(json "$T/out" approvals)" "[]"
cb cbtagent --json standing
is "it is one use" "$(json "$T/out" standing.0.left)" 1
is "a late one" "$(json "$T/out" standing.0.late)" true
again cat here here
is "another request: asked about" "$S" 77
cb cbtother run --no-wait -s all -C "$W" -- cat here
is "another account's: asked about" "$S" 77
again cat here
is "the next identical one: status" "$S" 0
is "the next identical one: it ran" "$(cat "$T/out")" here
again cat here
is "the one after that: asked about" "$S" 77
cb cbtadmin approve -y "$ID"
is "twice: status" "$S" 1

### Two approvers at once, one use

lapses cat here
both_approve "$ID"
is "two at once: one of them" "$OK" 1
again cat here
is "two at once: it runs" "$S" 0
again cat here
is "two at once: once" "$S" 77

### It is kept within bounds, and nobody drives out others

cb cbtother run -s all -C "$W" -- cat here
N=0
while [ "$N" -lt 18 ]; do
	N=$((N + 1))
	cbbg "many$N" cbtagent run -s all -C "$W" -- cat here "$N"
	eval "P$N=\$BGPID"
	[ $((N % 6)) -ne 0 ] || status_of "$BGPID"
done
status_of "$P18"
none_waits() {
	cb cbtadmin --json approvals && [ "$(json "$T/out" approvals)" = "[]" ]
}
until_true 60 none_waits
cb cbtagent --json approvals --lapsed
is "16 of one account" "$(grep -o '"lapsed"' "$T/out" | grep -c .)" 16
cb cbtother --json approvals --lapsed
is "others keep theirs" "$(grep -o '"lapsed"' "$T/out" | grep -c .)" 1

### A restart ends it

newest
daemon_stop
APPROVALS=
conf_default
daemon_start
cb cbtadmin approve -y "$ID"
is "after a restart: there is none" "$S" 1

### Denied

cbbg denied cbtagent run -s all -C "$W" -- cat here
waiting
cb cbtadmin deny -r "not now" "$ID"
is "denied in time" "$S" 0
status_of "$BGPID"
is "denied: status" "$S" 77
cb cbtagent run -s all -C "$W" -- cat here
has "it is remembered" "$T/err" "denied by"
newest
cb cbtadmin --json approvals --lapsed
has "denied: by whom, and why" "$T/out" '"lapsed":"denied"' '"not now"'
cb cbtsecond approve -y "$ID"
is "denied, approved late: status" "$S" 0
has "denied, approved late: who had denied it" "$T/out" \
    "denied by     cbtadmin ($(id -u cbtadmin))"
again cat here
is "denied, approved late: it runs" "$S" 0
again cat here
is "and once: asked about" "$S" 77
cbbg waits cbtagent run -s all -C "$W" -- cat here
waiting
ok "and it is not remembered as denied: it waits" test -n "$ID"
cb cbtadmin approve -y "$ID"
status_of "$BGPID"

cb cbtadmin audit verify
is "the log is whole" "$S" 0
daemon_stop
finish
