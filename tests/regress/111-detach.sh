# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Detached runs: they go on without their caller; logs and wait find them
# again, for as long and as far as the configuration says.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start

# detach COMMAND...: RUN is its id
detach() {
	cb cbtagent run -d -- "$@"
	RUN=$(cat "$T/out")
}

# stored: files in memory that the executor keeps
stored() {
	find "/proc/$exec/fd" -type l -lname '*memfd:output*' | wc -l
}

exec=$(role_pid executor)

### Going on

detach sh -c 'echo out; echo err >&2; while test ! -e "$1"; do sleep 0.05
    done; echo late; exit 5' - "$W/go"
is "status" "$S" 0
ok "nothing but its id" test "$(wc -lc <"$T/out" | tr -s ' ')" = " 1 14"
started_is() {
	cb cbtagent --json ps
	[ "$(json "$T/out" runs.0.run) $(json "$T/out" runs.0.state)" = \
	    "$RUN $1" ]
}
ok "ps lists it" until_true 60 started_is running
is "ps: detached" "$(json "$T/out" runs.0.detached)" true
printed() {
	cb cbtagent logs "$RUN"
	[ -s "$T/out" ] && [ -s "$T/err" ]
}
ok "logs while it runs" until_true 60 printed
is "logs while it runs: status" "$S" 0
is "logs while it runs: output" "$(cat "$T/out")" out
is "logs while it runs: errors" "$(cat "$T/err")" err
cbbg follow cbtagent logs -f "$RUN"
follow=$BGPID
cbbg wait cbtagent wait "$RUN"
wait=$BGPID
cbbg wait2 cbtadmin --json wait "$RUN"
wait2=$BGPID
ok "logs -f: what there is" until_true 60 grep -q out "$T/follow.out"
ok "logs -f goes on" sh -c "! grep -qs '^State:	Z' /proc/$follow/status"
touch "$W/go"
status_of "$follow"
is "logs -f: status" "$S" 0
is "logs -f: all of it" "$(tr '\n' ' ' <"$T/follow.out")" "out late "
is "logs -f: errors" "$(cat "$T/follow.err")" err
status_of "$wait"
is "wait ends as it ended" "$S $(cat "$T/wait.out")" "5 "
status_of "$wait2"
is "an approver waits for it too" "$S $(json "$T/wait2.out" exit)" "5 5"
is "wait --json: no output in there" \
    "$(json "$T/wait2.out" stdout)" ""
cb cbtagent wait "$RUN"
is "wait for what is over" "$S" 5
cb cbtagent --json logs "$RUN"
is "logs --json" "$(json "$T/out" stdout) $(json "$T/out" stderr)" \
    "out${NL}late err"
ok "ps lists what is over" until_true 60 started_is finished
is "ps: how it ended" "$(json "$T/out" runs.0.outcome)" exited
cb cbtagent kill "$RUN"
is "kill of what is over" "$S" 1
ok "the log tells that it is detached" log_has '"ev":"intent"' \
    '"detached":true'
ok "the log has its result" log_has '"ev":"result"' "$RUN"
cb cbtagent --json run -d -- true
ok "--json: a document" test \
    "$(json "$T/out" state) $(json "$T/out" detached)" = "running true"
detach cat
cb cbtagent wait "$RUN"
is "standard input is empty" "$S" 0
detach sh -c 'kill -9 $$'
cb cbtagent wait "$RUN"
is "wait: a signal" "$S" 137
cb cbtagent run -d --timeout 1 -- sleep 1000
cb cbtagent wait "$(cat "$T/out")"
is "wait: out of time" "$S" 124

# its caller is killed, and a run that is not detached ends with its own
cbbg gone cbtagent run -- sh -c 'sleep 1001'
gone=$BGPID
detach sleep 1000
both_run() {
	running "sleep 1000" && running "sleep 1001"
}
ok "both run" until_true 60 both_run
kill -9 "$gone"
ok "a caller that is gone ends its run" until_true 60 \
    not_running "sleep 1001"
ok "but not the detached one" running "sleep 1000"
cbbg wait cbtagent wait "$RUN"
wait=$BGPID
cb cbtother kill "$RUN"
is "kill is not for others" "$S" 1
cb cbtagent kill "$RUN"
is "kill" "$S" 0
status_of "$wait"
is "wait: killed" "$S" 143
ok "it is gone" until_true 60 not_running "sleep 1000"

### Bytes

head -c 1000000 /dev/urandom >"$W/bytes"
detach sh -c 'cat "$1"; cat "$1" >&2' - "$W/bytes"
cb cbtagent wait "$RUN"
cb cbtagent logs "$RUN"
ok "any bytes: output" cmp "$W/bytes" "$T/out"
ok "any bytes: errors" cmp "$W/bytes" "$T/err"
detach sh -c 'cat "$1"; cat "$1" >&2' - "$W/bytes"
cb cbtagent logs -f "$RUN"
ok "any bytes, followed: output" cmp "$W/bytes" "$T/out"
ok "any bytes, followed: errors" cmp "$W/bytes" "$T/err"

# A reader that has stopped holds pages of what is kept; it is sealed all the
# same once the run is over.
rm -f "$W/go"
detach sh -c 'until [ -e "$1" ]; do sleep 0.02; done
    head -c 300000 /dev/zero; sleep 1' - "$W/go"
held=$RUN
cbbg held cbtagent logs -f "$held"
HELD=$BGPID
reads() {
	[ "$(find "/proc/$HELD/fd" -lname 'pipe:*' | wc -l)" -ge 2 ]
}
ok "it has a reader" until_true 60 reads
kill -STOP "$HELD"
touch "$W/go"
cb cbtagent wait "$held"
is "a run whose reader has stopped ends" "$S" 0
open=0
# shellcheck disable=SC2044 # names without blanks
for f in $(find "/proc/$exec/fd" -lname "*memfd:output*"); do
	{ printf x >>"$f"; } 2>/dev/null && open=$((open + 1))
done
is "nobody can write to what it has printed" "$open" 0
kill -CONT "$HELD"
status_of "$HELD"
is "and the reader gets all of it" "$S $(wc -c <"$T/held.out")" "0 300000"

as cbtagent "$B/clawbot" -S "$T/run" logs "$RUN" 2>/dev/null |
    head -c 10 >"$T/out"
is "a reader of logs that has enough" "$(wc -c <"$T/out")" 10

### Approvals

detach touch asked
is "one that needs approval: status" "$S" 0
has "one that needs approval: said" "$T/err" "waiting for approval $RUN"
cb cbtagent logs "$RUN"
is "logs before its start" "$S" 75
cbbg wait cbtagent wait "$RUN"
wait=$BGPID
cbbg follow cbtagent logs -f "$RUN"
follow=$BGPID
cbbg leaves cbtagent logs -f "$RUN"
asking "$BGPID"
kill "$BGPID"
status_of "$BGPID"
cb cbtadmin approvals show "$RUN"
ok "an approver sees that it is detached" grep -qE 'detached +yes' "$T/out"
cb cbtadmin approve -y "$RUN"
status_of "$wait"
is "approved without its caller" "$S" 0
status_of "$follow"
is "who followed it before it started is served" "$S" 0
detach touch asked
cbbg follow cbtagent logs -f "$RUN"
follow=$BGPID
asking "$follow"
cb cbtadmin deny -r 'not today' "$RUN"
cb cbtagent wait "$RUN"
is "denied: status" "$S" 77
has "denied: said" "$T/err" "not today"
cb cbtagent logs "$RUN"
is "denied: logs" "$S" 1
status_of "$follow"
is "denied: who followed it is told" "$S" 1
has "denied: logs: said" "$T/err" "never started"
detach touch asked
kill=$RUN
cb cbtagent kill "$RUN"
cb cbtagent wait "$RUN"
is "withdrawn: status" "$S" 75
cb cbtagent run -d --no-wait -- touch asked
is "--no-wait" "$S $(cat "$T/out")" "77 "
detach touch denied
is "refused: status" "$S $RUN" "77 "
detach nosuchcommand
is "not found: status" "$S $RUN" "127 "

### Whose

detach echo mine
cb cbtagent wait "$RUN"
for cmd in logs wait; do
	cb cbtother $cmd "$RUN"
	is "$cmd: not for others" "$S $(cat "$T/out")" "1 "
	has "$cmd: not for others: said" "$T/err" "no such run"
	cb cbtagent $cmd r000000000001
	is "$cmd: there is none" "$S" 1
	cb cbtagent $cmd nonsense
	is "$cmd: no id" "$S" 64
done
cb cbtadmin logs "$RUN"
is "logs: for approvers" "$(cat "$T/out")" mine
cb cbtother ps
hasnot "ps: not for others" "$T/out" "$RUN"
cbbg plain cbtagent run -- sleep 1002
plain=$BGPID
ok "a run with a caller" until_true 60 running "sleep 1002"
cb cbtagent --json ps
id=$(json "$T/out" runs.0.run)
cb cbtagent logs "$id"
is "logs: not detached" "$S" 1
has "logs: not detached: said" "$T/err" "not detached"
cbbg wait cbtagent wait "$id"
wait=$BGPID
asking "$wait"
kill -TERM "$plain"
status_of "$plain"
status_of "$wait"
is "wait for one that is not detached" "$S" 143

### Readers that do not read

detach sh -c 'yes | head -c 10000000; while test ! -e "$1"; do sleep 0.05
    done' - "$W/end"
i=0
while [ $i -lt 4 ]; do
	cbbg stuck$i cbtagent logs -f "$RUN"
	kill -STOP "$BGPID"
	i=$((i + 1))
done
cb cbtagent logs "$RUN"
is "stopped readers hold up nobody" "$S" 0
agent echo hello
is "stopped readers: others run" "$(cat "$T/out")" hello
# all that one account may have
readers=0
i=4
while [ $i -lt 30 ]; do
	cbbg stuck$i cbtagent logs -f "$RUN"
	i=$((i + 1))
done
full() {
	cb cbtagent logs "$RUN"
	[ "$S" -eq 75 ]
}
ok "one account has so many readers" until_true 60 full
has "one account has so many readers: said" "$T/err" "too many"
cb root logs "$RUN"
ok "one account has so many readers: a run too" test "$S" -eq 75
touch "$W/end"
cb cbtagent wait "$RUN"
is "its end is not held up" "$S" 0
for p in $BG; do
	! is_child "$p" || kill -9 "$p" 2>/dev/null
done
again() {
	cb cbtagent logs "$RUN"
	[ "$S" -eq 0 ]
}
ok "readers that are killed make way" until_true 60 again
is "and nothing was lost" "$(wc -c <"$T/out")" 10000000
cb cbtadmin audit verify
is "the log is whole" "$S" 0

### An end of the daemon

detach sleep 1000
until_true 60 started "sleep 1000"
cbbg wait cbtagent wait "$RUN"
wait=$BGPID
cbbg follow cbtagent logs -f "$RUN"
follow=$BGPID
asking "$wait"
asking "$follow"
daemon_stop
status_of "$wait"
is "the daemon stops: wait" "$S" 143
status_of "$follow"
is "the daemon stops: logs -f" "$S" 69
daemon_start
cb cbtagent wait "$RUN"
is "nothing is kept over a restart" "$S" 1
cb cbtadmin audit show -l "$RUN"
is "but the log has it" "$(grep -c '"ev":"result"' "$T/out")" 1
daemon_stop

### How many, how much, how long

MORE='"detached": { "maxRuns": 3, "maxMB": 4, "outputMB": 1,
    "keepSeconds": 3600 },'
conf_default
daemon_start
exec=$(role_pid executor)
detach sleep 1000
two_stored() {
	[ "$(stored)" -eq 2 ]
}
ok "the executor keeps two files" until_true 60 two_stored
first=$RUN
detach sleep 1000
detach true
is "all of one account under way: status" "$S" 75
has "all of one account under way: said" "$T/err" \
    "half of detached.maxRuns"
cb cbtother run -d -- sleep 1000
others=$(cat "$T/out")
is "another account has its share" "$S" 0
cb cbtother run -d -- true
is "all under way: status" "$S" 75
has "all under way: said" "$T/err" "detached.maxRuns is 3"
cb cbtother kill "$others"
cb cbtagent kill "$first"
cb cbtagent wait "$first"
detach true
is "there is room for one more" "$S" 0
cb cbtagent wait "$RUN"
detach true
is "one that is over makes way" "$S" 0
cb cbtagent wait "$first"
is "and is forgotten" "$S" 1
cb cbtagent logs "$first"
is "with what it has printed" "$S" 1
cb cbtagent wait "$RUN"
cb cbtother run -d -- echo other
other=$(cat "$T/out")
cb cbtother wait "$other"
is "room is made for others too" "$S" 0
cb cbtagent status --all
has "status tells" "$T/out" detached "of 4 MB"
cb root kill "$(cb root --json ps; json "$T/out" runs.0.run)"
detach sh -c 'head -c 3000000 /dev/zero; echo not reached'
cb cbtagent wait "$RUN"
ok "too much output: status" test "$S" -ne 0
has "too much output: said" "$T/err" "limit of output"
cb cbtagent logs "$RUN"
is "too much output: kept" "$(wc -c <"$T/out")" 1048576
has "too much output: the mark" "$T/err" "cut off"
daemon_stop
MORE='"detached": { "keepSeconds": 1 },'
conf_default
daemon_start
exec=$(role_pid executor)
i=0
while [ $i -lt 10 ]; do
	detach echo $i
	i=$((i + 1))
done
forgotten() {
	cb cbtagent wait "$RUN"
	[ "$S" -eq 1 ]
}
ok "kept for a while" until_true 60 forgotten
nothing_stored() {
	[ "$(stored)" -eq 0 ]
}
ok "and nothing of it is left in the executor" until_true 60 nothing_stored
daemon_stop
MORE='"detached": { "maxRuns": 0 },'
conf_default
daemon_start
detach true
is "none at all: status" "$S" 75
agent true
is "none at all: others run" "$S" 0
daemon_stop
MORE=
finish
