# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: what a run takes of that which the kernel counts for the machine,
# for an account or for a namespace, it does not take from the host's root nor
# from runs of another account; and where the daemon cannot see to that, it
# says so.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/escape.sh
. "$SRC/tests/regress/escape.sh"

LIMITS='"limits": { "memoryMB": 0, "processes": 200, "timeoutSeconds": 600,
    "openFiles": 1000 }'
SKILLS="\"greedy\": { \"default\": \"allow\", \"runAs\": \"cbtother\",
    \"write\": [\"$W\"], $LIMITS },
\"other\": { \"default\": \"allow\", \"write\": [\"$W\"], $LIMITS },"
install -m 755 "$RUN_H/taker" "$W/taker"

# counters: how status shows them
counters() {
	cb cbtadmin status --all
	grep -E '^layer +executor +counters ' "$T/out"
}

conf_default
daemon_start
ok "status: who pays" sh -c 'echo "$1" | grep -q " active .*no account of the host"' - \
    "$(counters)"
x=$(role_pid executor)
has "nothing beneath can make a user namespace" "$T/out" \
    "none can be made beneath it"

### What can be had at all

# got KIND: how many, and why no more
got() {
	sed -n "s/^$1: //p" "$T/greedy.out"
}

KINDS="inotify watches timers signals locked queues shm sem aio pty leases delegations
    keys namespaces flight inodes"
# shellcheck disable=SC2086 # a list
mkfifo "$T/hold"
# shellcheck disable=SC2086
as cbtagent "$B/clawbot" -S "$T/run" run -s greedy -- "$W/taker" $KINDS \
    <"$T/hold" >"$T/greedy.out" 2>"$T/greedy.err" &
GREEDY=$!
BG="$BG $GREEDY"
exec 8>"$T/hold"
until_true 400 grep -q '^all' "$T/greedy.out" ||
    bail "$(cat "$T/greedy.out" "$T/greedy.err")"

host=$(cat /proc/sys/user/max_inotify_instances)
n=$(got inotify)
is "inotify: the share of an account" "${n#* }" EMFILE
ok "inotify: and no more" test "${n%% *}" -le "$host"
# one may be waiting for init just then: a child has ended
ok "timers and signals: RLIMIT_SIGPENDING" \
    grep -qxE 'timers: 409[56] EAGAIN' "$T/greedy.out"
is "signals: counted with the timers" "$(got signals)" "0 EAGAIN"
is "locked memory: RLIMIT_MEMLOCK" "$(got locked)" "4 ENOMEM"
# Landlock keeps what has no place in the file system from runs
queues=$(got queues)
ok "message queues: none, or by RLIMIT_MSGQUEUE" test "${queues%% *}" -le 2
is "aio: the machine's are left alone" "$(got aio)" "0 ENOSYS"
is "terminals: those of its own devpts" "$(got pty)" "64 ENOSPC"
is "leases" "$(got leases)" "0 EPERM"
is "delegations" "$(got delegations)" "0 EPERM"
is "keys" "$(got keys)" "0 EPERM"
is "user namespaces" "$(got namespaces)" "0 EPERM"
n=$(got inodes)
ok "inodes of /dev/shm" test "${n%% *}" -lt 16384
is "inodes of /dev/shm: why" "${n#* }" ENOSPC

### Everybody else goes on

ONE="inotify watches timers signals locked queues shm sem pty epoll pipes
    flight inodes processes"
all_one() {
	for o_kind in $ONE; do
		case "$o_kind $1: $queues" in
		"queues "*" account: 0 "*)
			skip "$1: queues" "no run has any here"
			continue ;;
		esac
		is "$1: $o_kind" "$(sed -n "s/^$o_kind: //p" "$T/out")" \
		    "2 enough"
	done
}

# shellcheck disable=SC2086 # a list
cb cbtagent run -s other -- "$W/taker" -n 2 $ONE
all_one "a run of another account"
# What is counted for root of the host is shared with the other tests that run
# on it, so one of them at a time takes from it.
root_takes() {
	flock "$LOCKS/clawbot-counters" timeout 120 setsid "$H/taker" "$@" \
	    </dev/null >"$T/out" 2>&1 || :
}
LOCKS=/run/lock
# shellcheck disable=SC2086
root_takes -n 2 $ONE aio keys
all_one "root on the host"
is "root on the host: aio" "$(sed -n 's/^aio: //p' "$T/out")" "2 enough"
n=$(sed -n 's/^inotify: \([0-9]*\) .*/\1/p' "$T/greedy.out")
root_takes -n 100 inotify
ok "root on the host: inotify as before" grep -qE \
    '^inotify: (100 enough|[5-9][0-9] EMFILE)$' "$T/out"
exec 8>&-
wait "$GREEDY" || :

### Those that fill what is left

mkfifo "$T/hold2"
as cbtagent "$B/clawbot" -S "$T/run" run -s greedy -- "$W/taker" \
    pipes <"$T/hold2" >"$T/pipes.out" 2>&1 &
BG="$BG $!"
as cbtagent "$B/clawbot" -S "$T/run" run -s greedy -- "$W/taker" \
    processes <"$T/hold2" >"$T/procs.out" 2>&1 &
BG="$BG $!"
exec 8>"$T/hold2"
until_true 400 grep -q '^all' "$T/pipes.out" || bail "$(cat "$T/pipes.out")"
until_true 400 grep -q '^all' "$T/procs.out" || bail "$(cat "$T/procs.out")"
ok "processes: the account's" grep -q '^processes: .* EAGAIN' "$T/procs.out"
ok "pipes: as many as it may have open" grep -q '^pipes: .* EMFILE' \
    "$T/pipes.out"
# shellcheck disable=SC2086
cb cbtagent run -s other -- "$W/taker" -n 2 $ONE
all_one "with processes and pipes, another account"
exec 8>&-

### A lease in a grant would hold up whoever opens the file on the host

cb cbtagent run -s other -- perl -MFcntl -e 'open(F, ">", $ARGV[0]) or die;
    close F; open(F, "<", $ARGV[0]) or die;
    print fcntl(F, 1024, 1) ? "has it" : "$!\n"' "$W/leased"
is "a write lease in a grant" "$(cat "$T/out")" "Operation not permitted"
daemon_stop

### Where it cannot be helped it is said

CLAWBOT_APPARMOR=1
export CLAWBOT_APPARMOR
daemon_start
n=$(counters)
ok "root pays: status says so" sh -c 'echo "$1" | grep -q " missing "' - "$n"
ok "root pays: and why" sh -c 'echo "$1" |
    grep -q apparmor_restrict_unprivileged_userns' - "$n"
cb cbtadmin doctor
has "root pays: doctor, and what to do" "$T/out" "executor counters" \
    "load the profile"
ok "no namespace of an account: doctor, why, and what to do" grep -qE \
    'executor accounts: runs can read .*apparmor_restrict.*; load the profile' \
    "$T/out"
cb cbtagent run -s other -- echo works
is "root pays: runs go on" "$S $(cat "$T/out")" "0 works"
daemon_stop
unset CLAWBOT_APPARMOR
finish
