# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Starting, stopping, starting again; two at a time; the service manager.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start
is "pid file" "$(cat "$T/run/clawbotd.pid")" "$D"
ok "socket" test -S "$T/run/channels/cli.sock"
is "three roles" "$(children "$D" | wc -l)" 3
# shellcheck disable=SC2046 # a list
pids=$(births $(family "$D"))

# A second one on the same directories.
S=0
CLAWBOT_LIBEXEC=$B CLAWBOT_EMPTYDIR=$T/empty timeout 240 \
    "$B/clawbotd" -d -f "$CONF" >"$T/out" 2>"$T/err" </dev/null || S=$?
is "second instance: status" "$S" 71
has "second instance: reason" "$T/err" "already running" "$D"
is "second instance: pid file untouched" "$(cat "$T/run/clawbotd.pid")" "$D"
agent echo hello
is "second instance: the first one works" "$(cat "$T/out")" hello

for sig in TERM INT; do
	cbbg sleeper cbtagent run -- sleep 1000
	sleeper=$BGPID
	until_true 60 running "sleep 1000" || bail "no sleeper"
	kill -$sig "$D"
	daemon_wait
	is "SIG$sig: status" "$DSTATUS" 0
	status_of "$sleeper"
	ok "SIG$sig: the client of a run is told" test "$S" -ne 0 -a \
	    "$S" != running
	none_left "SIG$sig: no process is left" "$pids"
	ok "SIG$sig: results are in the log" log_has '"ev":"result"' \
	    '"killed"'
	ok "SIG$sig: its end is in the log" log_has 'session: ' '"ev":"stop"'
	ok "SIG$sig: the log is whole" "$B/clawbot" audit verify "$T/log"
	daemon_start
	# shellcheck disable=SC2046 # a list
	pids=$(births $(family "$D"))
done
agent echo hello
is "started again" "$(cat "$T/out")" hello
is "nothing was lost" "$(grep -c '"ev":"lost"' "$T/log/gateway.log")" 0
daemon_stop

# A second daemon beside the first, with directories of its own.
daemon_start
first=$D
cp -a "$CONF" "$T/first.conf"
mkdir "$T/b"
sed "s,$T/\(log\|run\|vault\)\",$T/b/\1\",g" "$T/first.conf" >"$T/b.conf"
CLAWBOT_LIBEXEC=$B CLAWBOT_EMPTYDIR=$T/empty "$B/clawbotd" -d \
    -f "$T/b.conf" >/dev/null 2>"$T/b.err" </dev/null &
second=$!
BG="$BG $second"
until_true 240 timeout 240 "$B/clawbot" -S "$T/b/run" ps
ok "two daemons: the second answers" "$B/clawbot" -S "$T/b/run" ps
ok "two daemons: so does the first" answers
kill -TERM "$second"
until_true 60 gone "$second"
D=$first
daemon_stop

# Into the background: the command returns when the daemon is ready.
S=0
CLAWBOT_LIBEXEC=$B CLAWBOT_EMPTYDIR=$T/empty timeout 240 \
    "$B/clawbotd" -f "$CONF" >"$T/out" 2>"$T/err" </dev/null || S=$?
is "background: status" "$S" 0
D=$(cat "$T/run/clawbotd.pid")
ok "background: answers at once" answers
is "background: standard error is elsewhere" \
    "$(readlink "/proc/$D/fd/2")" /dev/null
is "background: a session of its own" \
    "$(awk '{ print $6 }' "/proc/$D/stat")" \
    "$(awk '{ print $5 }' "/proc/$D/stat")"
kill -TERM "$D"
until_true 60 gone "$D"
ok "background: stops" gone "$D"
D=
S=0
LIBEXEC=/nowhere
CLAWBOT_LIBEXEC=/nowhere CLAWBOT_EMPTYDIR=$T/empty timeout 240 \
    "$B/clawbotd" -f "$CONF" >"$T/out" 2>"$T/err" </dev/null || S=$?
is "background: a failure has its status" "$S" 93
ok "background: and its reason" test -s "$T/err"
LIBEXEC=$B

# The service manager's socket.
service_manager 200000
daemon_start
unset NOTIFY_SOCKET WATCHDOG_USEC
until_true 60 grep -q READY=1 "$T/notified"
has "notify: ready, and who it is" "$T/notified" "READY=1" "MAINPID=$D"
until_true 60 grep -q WATCHDOG=1 "$T/notified"
has "notify: alive" "$T/notified" "WATCHDOG=1"
ok "notify: alive again and again" until_true 60 sh -c \
    "test \$(grep -c WATCHDOG=1 '$T/notified') -ge 5"
hasnot "notify: not stopping yet" "$T/notified" "STOPPING"
daemon_stop
until_true 60 grep -q STOPPING=1 "$T/notified"
has "notify: stopping" "$T/notified" "STOPPING=1"
hasnot "notify: ready only once" "$T/notified" "READY=1 READY=1"
is "notify: ready once" "$(grep -c READY=1 "$T/notified")" 1

# The auditor of one that crashed has its log for a moment.
flock -F "$T/log" sh -c ': >"$1"; sleep 0.5' sh "$T/locked" &
BG="$BG $!"
until_true 60 test -e "$T/locked" || bail "no lock"
daemon_start
result 0 "a log that is let go of: starts"
daemon_stop
flock -F "$T/log" sleep 1000 &
BG="$BG $!"
until_true 60 sh -c "! flock -n '$T/log' true" || bail "no second lock"
if daemon_try; then
	result 1 "a log that another one has: does not start" || :
	daemon_stop
else
	daemon_wait
	is "a log that another one has: status" "$DSTATUS" 78
	has "a log that another one has: said" "$T/d.err" "another auditor"
fi
finish
