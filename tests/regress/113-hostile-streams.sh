# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Clients that abuse terminals and detached runs: sizes at any time, others'
# output, readers without end.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start
sock=$T/run/channels/cli.sock
pids=$(children "$D" | sort | tr '\n' ' ')

fds() {
	find "/proc/$1/fd" -type l | wc -l
}

# attack ACCOUNT MODE [N [RUN]]
attack() {
	a_who=$1 a_mode=$2
	shift 2
	a_status=0
	as "$a_who" timeout 300 "$H/hostile_streams" "$sock" "$a_mode" "$@" \
	    >"$T/attack" 2>&1 </dev/null || a_status=$?
	is "$a_who, $a_mode: no surprise" \
	    "$a_status $(grep -v '^[0-9]*$' "$T/attack" | head -n 5)" "0 "
	if gone "$D"; then
		bail "$a_mode ended the daemon"
	fi
}

attack cbtagent sizes 1000
attack cbtagent both

# More sizes than its runner reads are no reason that a run does not end.
rm -f "$T/fifo"
mkfifo "$T/fifo"
as cbtagent "$H/hostile_streams" "$sock" flood 3000 <"$T/fifo" \
    >"$T/flood" 2>&1 &
FLOOD=$!
BG="$BG $FLOOD"
exec 9>"$T/fifo"
parent() {
	awk '/^PPid:/ { print $2 }' "/proc/$1/status"
}
slept() {
	for pid in $(family "$D"); do
		[ "$(cmdline "$pid" | tr '\n' ' ')" != "sleep 1002 " ] ||
		    { SLEEP=$pid; return 0; }
	done
	return 1
}
ok "it runs" until_true 60 slept
until_true 60 grep -qx 0 "$T/flood"
runner=$(parent "$(parent "$SLEEP")")
kill -STOP "$runner"
exec 9>&-
told() {
	[ "$(grep -cx 0 "$T/flood")" -eq 2 ]
}
ok "it is told of sizes and of its end" until_true 60 told
cb cbtagent status --all
cb cbtother run -- echo hello
is "meanwhile others are served" "$S $(cat "$T/out")" "0 hello"
kill -CONT "$runner"
status_of "$FLOOD"
is "it ends" "$S $(grep -vx 0 "$T/flood")" "0 "
ok "and is gone" until_true 60 not_running "sleep 1002"
cb cbtagent run -d -- sh -c 'yes secret | head -c 1000000; exec sleep 1000'
run=$(cat "$T/out")
until_true 60 running "sleep 1000"
attack cbtother prying 1000 "$run"
hasnot "nothing of it came" "$T/attack" secret

# held ACCOUNT N: readers that hold their pipes and leave
held() {
	rm -f "$T/fifo"
	mkfifo "$T/fifo"
	as "$1" "$H/hostile_streams" "$sock" held "$2" "$run" <"$T/fifo" \
	    >"$T/held" 2>&1 &
	HELD=$!
	BG="$BG $HELD"
	exec 9>"$T/fifo"
	until_true 60 grep -qx 0 "$T/held"
}

exec=$(role_pid executor)
before=$(fds "$exec")
held cbtagent 500
is "pipes that are held: no surprise" "$(cat "$T/held")" 0
few() {
	[ "$(fds "$exec")" -le $((before + 8)) ]
}
ok "pipes that are held cost the executor nothing" until_true 60 few
cb cbtadmin logs "$run"
is "pipes that are held: others read" "$S $(wc -c <"$T/out")" "0 1000000"
cb cbtagent logs "$run"
is "pipes that are held: the same account reads" "$S" 0
exec 9>&-
until_true 60 gone "$HELD"

# what a run is given to write in its own output is not more than bytes
cb cbtagent kill "$run"
cb cbtagent wait "$run"
is "the run ends as ever" "$S" 143
# a thousand that come and go
i=0
while [ $i -lt 100 ]; do
	as cbtagent timeout 240 "$B/clawbot" -S "$T/run" logs "$run" \
	    2>/dev/null </dev/null | head -c 1 >/dev/null
	i=$((i + 1))
done
cb cbtagent logs "$run"
is "a hundred that leave in the middle" "$S $(wc -c <"$T/out")" "0 1000000"
ok "and cost nothing" until_true 60 few
agent echo still
is "in the end it still works" "$(cat "$T/out")" still
is "the same processes" "$(children "$D" | sort | tr '\n' ' ')" "$pids"
cb cbtadmin audit verify
is "the log is whole" "$S" 0
# requests that come while the daemon stops
i=0
while [ $i -lt 5 ]; do
	cb cbtagent run -d -- sleep 1000
	run=$(cat "$T/out")
	until_true 60 running "sleep 1000"
	as cbtagent timeout 300 "$H/hostile_streams" "$sock" late 1000 "$run" \
	    >"$T/late" 2>&1 </dev/null &
	late=$!
	until_true 60 grep -qx 0 "$T/late"
	kill -TERM "$D"
	daemon_wait
	is "requests while it stops ($i): its end" "$DSTATUS" 0
	status_of "$late"
	is "requests while it stops ($i): no surprise" \
	    "$S $(grep -v '^0$' "$T/late")" "0 "
	ok "requests while it stops ($i): the run's result" grep -q \
	    "\"ev\":\"result\",\"run\":\"$run\"" "$T/log/gateway.log"
	daemon_start
	i=$((i + 1))
done
daemon_stop
finish
