# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A role that hangs is noticed: status and doctor say which and since when,
# who waits for it is told, the service manager hears nothing any more; and
# when it goes on, so does everything else.
. "$SRC/tests/regress/lib.sh"

service_manager 2000000
conf_default
daemon_start
unset NOTIFY_SOCKET WATCHDOG_USEC
until_true 60 grep -q READY=1 "$T/notified"
has "notify: more time for the start" "$T/notified" "EXTEND_TIMEOUT_USEC=" \
    "STATUS=trying the sandboxes"

# role ROLE: its state in status, and the rest of the row in $T/row
role() {
	cb cbtadmin status --all
	awk -v n="$1" '$1 == "role" && $2 == n' "$T/out" >"$T/row"
	awk '{ print $3 }' "$T/row"
}
is_silent() {
	[ "$(role "$1")" = silent ]
}
is_up() {
	[ "$(role "$1")" = up ]
}
alive() {
	grep -c WATCHDOG=1 "$T/notified"
}
alive_again() {
	[ "$(alive)" -gt "$1" ]
}

no_sign() {
	h_n=$(alive)
	sleep 3
	[ "$(alive)" -eq "$h_n" ]
}

# hang ROLE CLIENT...: what waits for the role is told, and then goes on
hang() {
	h_role=$1 h_what=$3
	shift
	h_pid=$(role_pid "$h_role")
	is "$h_role: up" "$(role "$h_role")" up
	kill -STOP "$h_pid"
	cbbg waits "$@"
	h_waits=$BGPID
	ok "$h_role: silent" until_true 60 is_silent "$h_role"
	has "$h_role: status: since when" "$T/row" \
	    "has not answered since 20" "pid $h_pid"
	ok "$h_role: the client says what it waits for" until_true 60 \
	    grep -q "waiting for the $h_role of clawbotd, which has not" \
	    "$T/waits.err"
	cb cbtadmin doctor
	is "$h_role: doctor: status" "$S" 1
	has "$h_role: doctor" "$T/out" "bad   process $h_role" "it hangs"
	has "$h_role: the daemon's log" "$T/d.err" \
	    "$h_role (pid $h_pid) has not answered for"
	# what was said before may still be on its way to the file
	ok "$h_role: no sign of life" until_true 60 no_sign
	ok "$h_role: the client still waits" test -d "/proc/$h_waits"
	kill -CONT "$h_pid"
	ok "$h_role: up again" until_true 60 is_up "$h_role"
	status_of "$h_waits"
	is "$h_role: the client goes on" "$S" 0
	# the answer itself may come before that
	[ "$h_what" != run ] ||
	    has "$h_role: the client says so" "$T/waits.err" "answers again"
	ok "$h_role: a sign of life again" until_true 60 alive_again "$h_n"
	cb cbtadmin doctor
	is "$h_role: doctor is content" "$S" 0
}

hang executor cbtagent run -- true
hang auditor cbtagent run -- true
hang vault cbtadmin secrets list

# who does not wait for it hears nothing of it
x=$(role_pid vault)
kill -STOP "$x"
until_true 60 is_silent vault
cb cbtagent policy why -- true
hasnot "vault: who does not need it is told nothing" "$T/err" "waiting for"
kill -CONT "$x"
ok "vault: up again" until_true 60 is_up vault

# the supervisor itself: its client says so
kill -STOP "$D"
cbbg waits cbtagent run -- true
ok "supervisor: the client says what it waits for" until_true 60 \
    grep -q "waiting for clawbotd, which has not answered" "$T/waits.err"
cbbg asks cbtadmin status
ok "supervisor: status says it, too" until_true 60 \
    grep -q "waiting for clawbotd, which has not answered" "$T/asks.err"
kill -CONT "$D"
status_of "$BGPID"
is "supervisor: status goes on" "$S" 0

# an end in the middle
x=$(role_pid executor)
xborn=$(births "$x")
kill -STOP "$x"
until_true 60 is_silent executor
kill -TERM "$D"
daemon_wait
is "a hanging role keeps nobody from stopping" "$DSTATUS" 0
gone "$xborn" || kill -CONT "$x"
ok "and is gone" until_true 60 gone "$xborn"
daemon_start
cb cbtagent run -- true
is "and again" "$S" 0
daemon_stop
is "the log is whole" \
    "$("$B/clawbot" audit verify "$T/log" |
    sed -n '1s,\([A-Z]*\) .*,\1,p')" OK

### How far the start is, while it is not over

# of nine skills, the battery of one waits until the others were told of
for i in 1 2 3 4 5 6 7; do
	SKILLS="${SKILLS-} \"s$i\": { \"default\": \"allow\" },"
done
SKILLS="$SKILLS \"slow\": { \"default\": \"allow\",
    \"write\": [\"$W\"] },"
mkfifo -m 644 "$W/fifo" || bail "no fifo"
(
	until_true 120 grep -q "8 of 9 skills" "$T/notified" && : >"$T/told"
	# the one that reads it goes on
	timeout 120 sh -c ': >"$1"' sh "$W/fifo"
) &
BG="$BG $!"
CLAWBOT_CHANGED=slow@$W/fifo
NOTIFY_SOCKET=$T/notify
export CLAWBOT_CHANGED NOTIFY_SOCKET
conf_default
daemon_start
unset CLAWBOT_CHANGED NOTIFY_SOCKET
ok "start: told of eight skills while the ninth is tried" test -e "$T/told"
cb cbtagent run -s slow -- echo "went through"
is "start: and that one holds" "$S $(cat "$T/out")" "0 went through"
daemon_stop
finish
