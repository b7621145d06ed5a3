# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a hostile client loses its connection and changes nothing else.
# Every type in every state, broken frames, descriptors, noise, crowds.
. "$SRC/tests/regress/lib.sh"

MORE='"sandbox": { "warm": 0 },'
conf_default
daemon_start
sock=$T/run/channels/cli.sock
# those that tried the sandboxes end behind the first answer
until_true 60 no_runners || bail "somebody is left of the start"
pids=$(family "$D" | sort | tr '\n' ' ')

fds() {
	find "/proc/$1/fd" -type l | wc -l
}

rss() {
	awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"
}

idle=$(fds "$D")
idle_again() {
	[ "$(fds "$D")" -le "$idle" ]
}

# attack ACCOUNT MODE [N]
attack() {
	a_status=0
	as "$1" timeout 300 "$H/hostile_client" "$sock" "$2" ${3+"$3"} \
	    >"$T/attack" 2>&1 </dev/null || a_status=$?
	is "$1, $2: no surprise" "$a_status $(grep -v '^[0-9]*$' "$T/attack" |
	    head -n 5)" "0 "
	gone "$D" && bail "$2 ended the daemon"
	ok "$1, $2: descriptors are given back" until_true 60 idle_again
}

many=1000
[ $ASAN = no ] || many=200
for who in cbtagent cbtadmin; do
	attack $who types
	attack $who headers
	attack $who bodies
	attack $who fds
done
# what an approver's SECRET_SET of the walk began is not in the way
is "nothing is stored" "$(cb cbtadmin --json secrets list
    json "$T/out" secrets)" "[]"
attack cbtagent noise $many
attack cbtagent flood $many
before=$(rss "$D")
attack cbtagent deaf 200000
after=$(rss "$D")
ok "deaf: memory stays bounded ($before to $after kB)" \
    test "$after" -lt $((before + 65536))
attack cbtagent hasty $((many * 2))
attack cbtagent fickle $many
ok "no run is left of it" until_true 60 not_running "sleep 1000"
same_family() {
	[ "$(family "$D" | sort | tr '\n' ' ')" = "$pids" ]
}
ok "the same processes" until_true 60 same_family

### Who may not connect is not read from

for mode in headers noise; do
	S=0
	as nobody timeout 300 "$H/hostile_client" "$sock" $mode 10 \
	    >"$T/attack" 2>&1 </dev/null || S=$?
	is "a stranger, $mode: gets no WELCOME" \
	    "$S $(tail -n 1 "$T/attack")" "2 hostile_client: no WELCOME"
done

### Crowds

# crowd ACCOUNT N: connections that say nothing; CROWD is its pid
crowd() {
	mkfifo "$T/fifo"
	prlimit --nofile=4096:4096 setpriv --reuid="$1" \
	    --regid="$(id -g "$1")" --clear-groups \
	    "$H/hostile_client" "$sock" crowd "$2" <"$T/fifo" \
	    >"$T/crowd" 2>&1 &
	CROWD=$!
	BG="$BG $CROWD"
	exec 9>"$T/fifo"
	until_true 60 test -s "$T/crowd"
}

disperse() {
	exec 9>&-
	until_true 60 gone "$CROWD"
	rm -f "$T/fifo"
}


crowd cbtagent 1000
diag "connections: $(cat "$T/crowd")"
cb cbtother run -- echo hello
is "a thousand silent clients: others are served" "$(cat "$T/out")" hello
cb root status --all
is "a thousand silent clients: root is served" "$S" 0
ok "a thousand silent clients: few descriptors" test "$(fds "$D")" -lt 100
cb cbtagent status --all
ok "a thousand silent clients: the crowd itself has to wait" \
    test "$S" -eq 75 -o "$S" -eq 69
disperse
mine() {
	cb cbtagent status --all
	[ "$S" -eq 0 ]
}
ok "afterwards: served again" until_true 60 mine
ok "afterwards: descriptors are given back" until_true 60 idle_again
# those that never say HELLO are sent away
crowd cbtagent 20
ok "silent ones are sent away" until_true 60 idle_again
disperse

# A client in the middle of something that stops reading its output.
S=0
cbbg stuck cbtagent run -- sh -c 'yes'
kill -STOP "$BGPID"
for i in 1 2 3; do
	cb cbtother run -- echo hello
	is "a client that stops reading: others go on ($i)" \
	    "$(cat "$T/out")" hello
done
kill -CONT "$BGPID"
kill "$BGPID"
status_of "$BGPID"

agent echo still
is "in the end it still works" "$(cat "$T/out")" still
cb cbtadmin audit verify
is "the log is whole" "$S" 0
daemon_stop
finish
