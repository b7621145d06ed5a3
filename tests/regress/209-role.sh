# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a role that breaks the protocol ends the daemon, with 80+role as
# its exit status, and no run survives.  For each role: types that are not
# its own, its own where they do not belong, broken frames, descriptors.
. "$SRC/tests/regress/lib.sh"

conf_default

# breach NAME STATUS [COMMAND...]: with the rules in place, after COMMAND
breach() {
	b_name=$1 b_want=$2
	shift 2
	rm -rf "$T/log" "$T/vault"
	if daemon_try; then
		# it may come at once, or be brought about
		[ $# -eq 0 ] || "$@"
	fi
	daemon_wait || :
	is "$b_name" "$DSTATUS" "$b_want"
	if [ "$DSTATUS" = running ]; then
		tail -n 3 "$T/d.err" | sed 's/^/#   /'
		daemon_kill
	elif ! grep -q 'broke the protocol' "$T/d.err"; then
		result 1 "$b_name: said" || :
	fi
	grep -qv '^up$' "$MITM" || {
		result 1 "$b_name: it was tried" || :
	}
}

runs_true() {
	cb cbtagent run -- true
}

sets_secret() {
	printf 'value-1234567' >"$T/v"
	cbin cbtadmin secrets set TOKEN <"$T/v"
}

lists() {
	cb cbtadmin secrets list
}

tails() {
	cb cbtadmin audit tail
}

# What the table does not let a role send; and one that is in no table.
executor_not="SHUTDOWN HELLO RUN RESULT PIPE X_CONFIG X_GO X_BUILD A_TICKET
    A_DONE V_DONE V_PREPARED 0x4711 0xffff"
auditor_not="SHUTDOWN HELLO STATUS END A_CONFIG A_INTENT A_QUERY X_PLAN
    X_RESULT X_MAPME V_DONE V_NAMES 0x4711"
vault_not="SHUTDOWN HELLO APPROVE STARTED V_CONFIG V_RELEASE V_COMMIT X_PLAN
    X_STARTED A_TICKET A_DONE 0x4711"
# Its own, in the wrong state or about nothing that was asked.
executor_own="READY FAILED STOPPED X_MAPME X_PLAN X_UNRESOLVED X_STARTED
    X_RESULT"
auditor_own="READY FAILED STOPPED A_TICKET A_REFUSED A_DONE A_QUERIED A_FIX"
vault_own="READY FAILED STOPPED V_NAMES V_PREPARED V_DONE"

for role in executor:82 auditor:83 vault:85; do
	name=${role%:*}
	status=${role#*:}
	not='' own=''
	eval "not=\$${name}_not own=\$${name}_own"
	for type in $not $own; do
		middle "$name" "up READY 1 sample $type"
		breach "$name sends $type" "$status"
	done
	for how in magic seq length flags runt long nfds "surplus 1" \
	    "surplus 40"; do
		middle "$name" "up READY 1 $how"
		breach "$name's first frame: $how" "$status"
	done
done

### With the daemon at work

at_work() {
	w_role=$1 w_status=$2 w_rule=$3
	shift 3
	middle "$w_role" "$w_rule"
	breach "$w_rule" "$w_status" "$@"
}

for how in magic seq length flags runt "surplus 1" "id 1" "flip 0" "flip 40"
do
	at_work executor 82 "up X_PLAN 1 $how" runs_true
done
at_work executor 82 "up X_PLAN 1 twice" runs_true
at_work executor 82 "up X_STARTED 1 twice" runs_true
at_work executor 82 "up X_STARTED 1 id 1" runs_true
at_work executor 82 "up X_STARTED 1 drop" runs_true
at_work executor 82 "up X_RESULT 1 twice" runs_true
at_work executor 82 "up X_RESULT 1 id 1" runs_true
at_work executor 82 "up X_RESULT 1 flip 0" runs_true
at_work executor 82 "up X_PLAN 1 send X_RESULT 80 0" runs_true
for how in magic seq length flags "surplus 1" "id 1" twice; do
	at_work auditor 83 "up A_TICKET 1 $how" runs_true
done
at_work auditor 83 "up A_DONE 1 id 1" runs_true
at_work auditor 83 "up A_DONE 1 twice" runs_true
at_work auditor 83 "up A_TICKET 1 send A_QUERIED 46 0" runs_true
at_work auditor 83 "up A_QUERIED 1 twice" tails
at_work auditor 83 "up A_QUERIED 1 id 1" tails
for how in magic seq flags "surplus 1" "id 1" twice; do
	at_work vault 85 "up V_PREPARED 1 $how" sets_secret
done
at_work vault 85 "up V_DONE 1 id 1" sets_secret
at_work vault 85 "up V_DONE 1 twice" sets_secret
at_work vault 85 "up V_NAMES 1 id 1" lists
at_work vault 85 "up V_NAMES 1 flip 3" lists
at_work vault 85 "up V_PREPARED 1 sample V_NAMES" sets_secret

### A plan that is not what was asked for

for off in 8 12 24 30 36 48 60 100 150; do
	middle executor "up X_PLAN 1 flip $off"
	rm -f "$W/other"
	rm -rf "$T/log" "$T/vault"
	daemon_start
	cb cbtagent run -- touch "$W/other"
	ok "a plan changed at $off: does not run" test ! -e "$W/other"
	ok "a plan changed at $off: the client is told" test "$S" -ne 0
	if gone "$D"; then
		daemon_wait
		is "a plan changed at $off: status" "$DSTATUS" 82
	else
		daemon_stop
	fi
done

### Ends of the connection

# ends NAME STATUS: the daemon ends during its start
ends() {
	rm -rf "$T/log" "$T/vault"
	daemon_try || :
	daemon_wait || :
	is "$1" "$DSTATUS" "$2"
	[ "$DSTATUS" != running ] || daemon_kill
}

for role in executor:92 auditor:93 vault:95; do
	name=${role%:*}
	middle "$name" "up READY 1 empty"
	ends "$name: an empty datagram is an end" "${role#*:}"
	middle "$name" "up READY 1 close"
	ends "$name: leaves its connection" "${role#*:}"
done

LIBEXEC=$B
conf_default
daemon_start
agent echo hello
is "in the end it still works" "$(cat "$T/out")" hello
daemon_stop
is "every diagnostic is one printable line" \
    "$(LC_ALL=C grep -c '[^[:print:]	]' "$T/d.err")" 0
finish
