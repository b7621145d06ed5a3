# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: every process has the descriptors that PRIVSEP and roles.h give
# it, no more, also after work was done.
. "$SRC/tests/regress/lib.sh"

# fds PID: what is open, one line a kind: "COUNT KIND"
fds() {
	for f_fd in "/proc/$1/fd/"*; do
		readlink "$f_fd"
	done | sed -e 's/:\[[0-9]*\]$//' -e 's/^anon_inode://' \
	    -e "s,^$T/,T/," \
	    -e 's/^\[\(.*\)\]$/\1/' | sort | uniq -c |
	    sed 's/^ *//' | tr '\n' ';'
}

# where PID: 0 to 4 and what they are
std() {
	for s_fd in 0 1 2 3 4; do
		printf '%s ' "$(readlink "/proc/$1/fd/$s_fd" |
		    sed -e 's/:.*//' -e "s,^$T/,T/,")"
	done
}

conf_default
daemon_start
a=$(role_pid auditor)
v=$(role_pid vault)
x=$(role_pid executor)

# As roles.h says: null device on 0, 1 and as the spare; d.err is standard
# error with -d; pipes of the three logs and of the signals; sockets of the
# roles and of the one channel; the /proc of logins.
supervisor="1 /;3 /dev/null;1 T/d.err;1 T/run/clawbotd.pid;1 eventpoll;5 pipe;4 socket;"
# The pipe of its log and one of signals; the directory and two logs; what tells
# that the clock was set.
auditor="3 /dev/null;1 T/log;1 T/log/exec.log;1 T/log/gateway.log;1 eventpoll;1 inotify;3 pipe;1 socket;1 timerfd;"
vault="3 /dev/null;1 T/vault;1 eventpoll;3 pipe;1 socket;"
# Its log and a pipe of signals; sockets to the supervisor and, for each
# skill, to a spawner and a resolver, and one that no run may reach.  What it
# cannot open any more: a null device, what tells of memory and of Yama.  From
# spawner and runners to the resolver there is one socket: digests to be kept.
proc="1 /meminfo;1 /null;"
[ ! -r /proc/pressure/memory ] || proc="${proc}1 /pressure/memory;"
yama=sys/kernel/yama/ptrace_scope
[ ! -r /proc/$yama ] || proc="${proc}1 /$yama;"
# Changes of the host's /etc it hears of; a spawner has what that takes to read.
executor="3 /dev/null;${proc}1 eventpoll;1 inotify;3 pipe;4 socket;"
spawner="1 /;3 /dev/null;1 pipe;2 socket;1 user;"
resolver="1 /;3 /dev/null;1 pipe;2 socket;"

# what is closed is closed behind the answer
check() {
	becomes "$1: supervisor" "$supervisor" fds "$D"
	becomes "$1: auditor" "$auditor" fds "$a"
	becomes "$1: vault" "$vault" fds "$v"
	becomes "$1: executor" "$executor" fds "$x"
	for p in $(children "$x"); do
		becomes "$1: spawner" "$spawner" fds "$p"
	done
	is "$1: one resolver" "$(resolvers | wc -l)" 1
	becomes "$1: resolver" "$resolver" fds "$(resolvers)"
}


check "at first"
for p in $a $v $x; do
	is "$(name_of "$p"): 0 to 4" "$(std "$p")" \
	    "/dev/null /dev/null /dev/null socket pipe "
done

### While a run runs

cbbg sleeper cbtagent run -- sleep 1000
sleeper=$BGPID
until_true 60 running "sleep 1000" || bail "no run"
for p in $(family "$x"); do
	[ "$(name_of "$p")" = sleep ] && run=$p
done
is "run: three pipes" "$(fds "$run")" "3 pipe;"
until_true 60 nwaiting 2 || bail "no sandboxes wait"
# Sandboxes that wait.  The runner: null device on 0, 1 and 2; to the executor,
# and to the resolver; three ends of pipes and that of troubles; init by its pidfd; two sockets into
# the sandbox.  Init: its socket and a signalfd; /proc and its own descriptors, what
# tells how many tasks there were,
# and where the calls that it is to serve will come from.  The command: its
# pipes, where the plan will come from, the pipe of troubles, and init's socket;
# and where copies of programs are made.
two_wait() {
	w=$(for p in $(family "$x"); do
		[ "$(fds "$p")" != "$waiting_runner" ] || echo "$p"
	done)
	[ "$(echo "$w" | wc -w)" -eq 2 ]
}
waiting_runner="3 /dev/null;1 pidfd;4 pipe;4 socket;"
ok "two runners wait, with what they need" until_true 60 two_wait
for p in $w; do
	init=$(children "$p")
	becomes "waiting: init" \
	    "3 /dev/null;1 /loadavg;1 /proc;1 /proc/1/fd;1 signalfd;2 socket;" \
	    fds "$init"
	becomes "waiting: command" "1 /;4 pipe;2 socket;" \
	    fds "$(children "$init")"
done
becomes "while it runs: supervisor has one more, its client" \
    "1 /;3 /dev/null;1 T/d.err;1 T/run/clawbotd.pid;1 eventpoll;5 pipe;5 socket;" \
    fds "$D"
is "while it runs: auditor" "$(fds "$a")" "$auditor"
is "while it runs: vault" "$(fds "$v")" "$vault"
kill "$sleeper"
status_of "$sleeper"

### After work: runs, refusals, approvals, secrets, queries, failures

printf 'value-1234567' >"$T/v"
for i in 1 2 3; do
	agent true
	agent nosuchcommand
	agent touch denied
	agent sh -c 'head -c 3000000 /dev/zero'
	cb cbtagent run --timeout 1 -- sleep 1000
	cb cbtagent run --no-wait -- touch asked
	cbbg w cbtagent run -- touch asked
	waiting
	cb cbtadmin deny "$ID"
	status_of "$BGPID"
	cbin cbtadmin secrets set "TOKEN$i" <"$T/v"
	cb cbtadmin secrets list
	cb cbtadmin secrets rm "TOKEN$i"
	cb cbtadmin audit tail
	cb cbtadmin audit verify
	cb cbtagent policy why -- true
	cb nobody status --all
	cb cbtagent ps
done
# and a socket for each sandbox that waits
executor="3 /dev/null;${proc}1 eventpoll;1 inotify;3 pipe;6 socket;"
check "after work"

# A role closes what it inherits: descriptors of whoever starts the daemon
# are in none of its processes.
daemon_stop
exec 7<"$CONF" 8>"$T/inherited"
daemon_start
exec 7<&- 8>&-
left=
for p in $(family "$D"); do
	for fd in "/proc/$p/fd/"*; do
		case $(readlink "$fd") in
		"$CONF" | "$T/inherited")	left="$left $p" ;;
		esac
	done
done
is "inherited descriptors" "$left" ""
daemon_stop
finish
