#!/bin/sh
# SPDX-License-Identifier: ISC
# What a run executes in odd ways ends that run at most, and never what other
# people need.
# shellcheck disable=SC2016,SC2317,SC2002 # arguments of sh -c
. "$SRC/tests/regress/lib.sh"

N=${CBT_ROUNDS-200}
mkdir -m 755 "$W/other"
SKILLS='"judged": { "default": "allow", "ask": ["touch asked"],
    "deny": ["touch denied"], "write": ["'"$W"'"], "protect": [],
    "limits": { "timeoutSeconds": 600 } },'
conf_default
daemon_start
install -m 755 "$RUN_H/exec_odd" "$W/odd"

# alive NAME: the daemon is, and runs programs
alive() {
	cb cbtagent run -s judged -C "$W" -- /bin/echo alive
	is "$1" "$(cat "$T/out")" alive
}

# the longest paths that there are
LONG=$(printf '%0200d' 0)
DEEP=$W
while [ ${#DEEP} -lt 3850 ]; do
	DEEP=$DEEP/$LONG
done
(cd "$W" && D=$W && while [ "$D" != "$DEEP" ]; do
	mkdir -m 755 "$LONG" && cd "$LONG" || exit 1
	D=$D/$LONG
done && install -m 755 "$RUN_H/exec_odd" odd) || bail "no long paths"
cbbg deep cbtagent run -s judged -C "$W" -- /bin/sh -c \
    'touch begin; "$0" chain 20 "$1" /usr/bin/touch asked &
    sleep 1; /bin/true; /bin/true; wait; touch end' \
    "$DEEP/odd" "$(printf "%01900d" 0)"
asks() {
	cb cbtadmin --json approvals &&
	    ID=$(json "$T/out" approvals.0.question)
}
ok "a long way is asked about, too" until_true 60 asks
cb cbtadmin --json approvals
diag "$(wc -c <"$T/out") bytes"
cb cbtadmin approve -y "$ID"
is "... and approved" "$S" 0
status_of "$BGPID"
ok "... and then runs" test -e "$W/asked" -a -e "$W/end"
alive "... and the daemon goes on"

# refused without being held
cp /bin/true "$W/unreadable"
chown "$RUN_UID" "$W/unreadable" 2>/dev/null
cb cbtagent run -s judged -C "$W" -- /bin/sh -c \
    'cp /bin/true hidden; chmod 111 hidden; ./odd hidden 20000 ./hidden'
is "what cannot be read is refused, often" "$S" 0
diag "$(cat "$T/err" | head -3)"
alive "... and the daemon goes on"

CB_TIMEOUT=600 cb cbtagent run -s judged -C "$W" -- ./odd threads "$N" \
    /bin/true
is "many threads execute at once" "$S" 0
diag "$(head -3 "$T/err")"
alive "... and the daemon goes on"
diag "$(tail -3 "$T/d.err")"
daemon_stop
finish
