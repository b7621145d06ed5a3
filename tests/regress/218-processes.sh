# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no way leads out of a run by other processes, by namespaces or
# control groups, and none to more privileges or higher limits.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/escape.sh
. "$SRC/tests/regress/escape.sh"

hostile escape_proc escape_ns

# With a limit of everything, so that there is something to raise.  A
# sanitized program reserves more than any limit of memory.
mb=4096
[ "$ASAN" = no ] || mb=0
LIMITS='"limits": { "cpuSeconds": 100, "memoryMB": '$mb', "processes": 200,
    "openFiles": 100, "fileMB": 10 }'
conf_default
daemon_start
cbbg sleeper cbtagent run -- sleep 1000
until_true 60 running "sleep 1000" || bail "no run"
until_true 60 nwaiting 2 || bail "no sandboxes wait"
for p in $(family "$(role_pid executor)"); do
	[ "$(name_of "$p")" = sleep ] && other=$p
done
sleep 2000 &
mine=$!
BG="$BG $mine"
pids=$(family "$D" | tr '\n' ,)$mine,$$

# Of the host, for a run to find.
perl -e 'shmget(0x0cb7e5c4, 4096, 01666) // die;
    semget(0x0cb7e5c4, 1, 01666) // die; msgget(0x0cb7e5c4, 01666) // die' ||
    bail "no System V objects"
UNDO="ipcrm -M 0x0cb7e5c4 -S 0x0cb7e5c4 -Q 0x0cb7e5c4; $UNDO"
mq_open=180 mq_unlink=181
[ "$(uname -m)" != x86_64 ] || mq_open=240 mq_unlink=241
perl -e '$q = "cbt-escape"; umask 0;
    exit(syscall($ARGV[0], $q, 0102, 0666, 0) < 0)' $mq_open ||
    bail "no message queue"
UNDO="perl -e '\$q = \"cbt-escape\"; syscall($mq_unlink, \$q)'; $UNDO"

# Outside of a run these succeed, but on hosts where they do for nobody.
yama=$(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0)
if [ "$yama" -lt 2 ]; then
	for name in "ptrace me" "ptrace a child" kcmp \
	    "process_vm_readv of a child" "process_vm_writev of a child" \
	    "pidfd_getfd of a child"; do
		escapes escape_proc "$name" -o "pids=$mine"
	done
else
	skip "outside of a run: ptrace" "kernel.yama.ptrace_scope is $yama"
fi
escapes escape_proc "pidfd_open the host's" -o "pids=$mine"
if as cbtagent unshare -U true 2>/dev/null; then
	for name in "clone user" "unshare user" "clone user, high bits"; do
		escapes escape_ns "$name"
	done
else
	skip "outside of a run: user namespaces" "only root makes them here"
fi
for name in clone3 "System V memory of the host" \
    "System V semaphores of the host" "System V messages of the host" \
    "message queue of the host"; do
	escapes escape_ns "$name"
done

nice=$(ps -o ni= -p "$other")
ionice=$(ionice -p "$other")
attempts escape_proc -o "pids=$pids"
attempts escape_ns
# which was after all those signals
ok "the other run lives" running "sleep 1000"
ok "so does a process of the host" kill -0 "$mine"
ok "so does the daemon" answers
is "the other run is as nice as before" "$(ps -o ni= -p "$other")" "$nice"
is "and has its class of disk priority" "$(ionice -p "$other")" "$ionice"
agent hostname
is "the name of the host in a run is the same" "$(cat "$T/out")" clawbot
daemon_stop
finish
