# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: when memory is short runs end before what keeps them, and that
# before the roles; no dump of any process of clawbot is made; and runs of two
# skills share no network namespace, so that neither sees the other's names.
. "$SRC/tests/regress/lib.sh"

SKILLS="\"one\": { \"default\": \"allow\", $PATIENT },
    \"two\": { \"default\": \"allow\" },"
MORE='"sandbox": { "warm": 0 },'
conf_default
daemon_start
x=$(role_pid executor)
until_true 60 no_runners || bail "somebody is left of the start"

# score PID
score() {
	cat "/proc/$1/oom_score_adj"
}

# hold NAME SKILL COMMAND...: a run that stays; RUN is its command
hold() {
	h_name=$1 h_skill=$2
	shift 2
	cbbg "$h_name" cbtagent run -s "$h_skill" -- "$@"
	until_true 60 grep -q there "$T/$h_name.out" ||
	    bail "$(cat "$T/$h_name.err")"
}

### The order

hold first one sh -c 'echo there; exec sleep 300'
run=$(for p in $(family "$x"); do
	[ "$(name_of "$p")" != sleep ] || echo "$p"
done)
# up to the executor: init, runner, spawner
parent() {
	sed -n 's/^PPid:[^0-9]*//p' "/proc/$1/status"
}
init=$(parent "$run")
runner=$(parent "$init")
spawner=$(parent "$runner")
is "the chain of a run" "$(parent "$spawner") $(name_of "$spawner")" \
    "$x clawbot-spawner"
for r in executor auditor vault; do
	is "$r: as what started it" "$(score "$(role_pid $r)")" "$(score "$D")"
done
is "the order: run, init, runner, spawner" "$(score "$run") $(score \
    "$init") $(score "$runner") $(score "$spawner")" "800 800 700 600"
ok "the spawner: after the roles" test "$(score "$D")" -lt 600
cb cbtagent run -s one -- sh -c 'echo 700 >/proc/self/oom_score_adj'
if grep -q 'landlock *missing' "$T/out"; then
	skip "a run cannot go behind others" "no Landlock"
else
	ok "a run cannot go behind others" test "$S" -ne 0
	has "a run cannot go behind others: why" "$T/err" "Read-only file system"
fi
cb cbtagent run -s one -- cat /proc/self/oom_score_adj
is "a run after that" "$(cat "$T/out")" 800

### Dumps

# core PID: its limits in bytes; the sanitizer lowers the first one itself
core() {
	sed -n 's/^Max core file size *\([0-9a-z]*\) *\([0-9a-z]*\) .*/\1 \2/p' \
	    "/proc/$1/limits" |
	    if [ "$ASAN" = no ]; then cat; else sed 's/^0 /1 /'; fi
}
for p in "$D" $(family "$x") "$(role_pid auditor)" "$(role_pid vault)"; do
	is "no core of $(name_of "$p")" "$(core "$p")" "1 1"
done
for p in $(family "$x"); do
	is "no memory of $(name_of "$p") for a handler" \
	    "$(cat "/proc/$p/coredump_filter")" 00000000
done
# A script may turn dumps off: with a limit of 0 handlers are started.
cb cbtagent run -s one -- sh -c 'ulimit -c 0; cat /proc/self/coredump_filter'
is "whatever a run says of its core" "$S $(cat "$T/out")" "0 00000000"

cb cbtadmin status --all
ok "status: no core" grep -qE '^layer +executor +cores +active ' "$T/out"

### The network namespaces

# An abstract name, held by a run of one skill.
name=cbt-$$-name
perl='socket(S, 1, 1, 0) or die; bind(S, pack("S a*", 1, "\0$ARGV[0]"))
    or die "bind: $!\n"; listen(S, 9); $| = 1; print "there\n"; sleep 300'
hold holder one perl -e "$perl" "$name"
cb cbtagent run -s two -- sh -c 'cat /proc/self/net/unix'
hasnot "names of another skill are not to be seen" "$T/out" "$name"
perl2='socket(S, 1, 1, 0) or die; bind(S, pack("S a*", 1, "\0$ARGV[0]"))
    or die "bind: $!\n"; print "bound\n"'
cb cbtagent run -s two -- perl -e "$perl2" "$name"
is "nor taken from it" "$S $(cat "$T/out")" "0 bound"
a=$(readlink "/proc/$spawner/ns/net")
for p in $(children "$x"); do
	[ "$p" = "$spawner" ] ||
	    ok "a namespace of its own: $p" test \
	    "$(readlink "/proc/$p/ns/net")" != "$a"
done
ok "a namespace" test -n "$a"
ok "nor the executor's" test "$(readlink "/proc/$x/ns/net")" != "$a"
ok "nor the host's" test "$(readlink /proc/self/ns/net)" != "$a"
cb cbtagent run -s one -- sh -c 'cat /proc/self/net/dev'
is "with nothing in it but lo" "$(grep -c : "$T/out")" 1
daemon_stop

### Where dumps go to a socket, which no limit stops

CLAWBOT_CORE_SOCKET=1
export CLAWBOT_CORE_SOCKET
daemon_start
cb cbtadmin status --all
ok "dumps to a socket: status says so" grep -qE \
    '^layer +executor +cores +missing .*registers.*core_pattern' "$T/out"
cb cbtagent run -s one -- echo works
is "dumps to a socket: runs go on" "$S $(cat "$T/out")" "0 works"
daemon_stop
unset CLAWBOT_CORE_SOCKET

### Started with a worse score, as in many containers

DAEMON_WRAP="choom -n 900 --"
daemon_start
cb cbtagent run -s one -- cat /proc/self/oom_score_adj
is "started with a worse one: a run has it, too" "$S $(cat "$T/out")" "0 900"
daemon_stop
finish
