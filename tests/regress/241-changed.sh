# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Kernels change their answers.  What the self-check tries is judged by its
# effect and by who refuses it: a kernel that refuses in another way, or does
# not know a call any more, is worth a note and stops nothing; only what went
# through does.
. "$SRC/tests/regress/lib.sh"

SKILLS="\"other\": { \"default\": \"allow\", \"write\": [\"$W\"] },"
KERNEL=$(uname -r)

# number NAME: of a system call here, or nothing
number() {
	printf '#include <sys/syscall.h>\nSYS_%s\n' "$1" |
	    cc -E -P -x c - 2>/dev/null | tail -n 1 | grep -x '[0-9]*'
}
[ -n "$(number getpid)" ] || skip_all "needs a C preprocessor"

on() {
	cb cbtagent run -s "$1" -- echo "went through"
}

### A kernel without a call: a filter around the whole daemon

# Nobody but the battery makes this one, and any run may.
DAEMON_WRAP="$H/without $(number sched_setscheduler):38"
conf_default
daemon_start
DAEMON_WRAP=
on default
is "a call that is not there: runs go on" "$S $(cat "$T/out")" \
    "0 went through"
cb cbtadmin status --all
has "a call that is not there: status has a note" "$T/out" \
    "limits: taking priority over others: Function not implemented" \
    "EPERM (capabilities)" "Linux $KERNEL" "skills: 2"
ok "a call that is not there: status: the layer holds" \
    grep -q 'run limits  *active .*others noted' "$T/out"
is "status: the kernel" "$(awk '$1 == "daemon" && $2 == "kernel" { print $5 }' \
    "$T/out")" "$KERNEL"
cb cbtadmin doctor
is "a call that is not there: doctor: status" "$S" 0
has "a call that is not there: doctor has a note" "$T/out" \
    "note  self-check: limits: taking priority" "no hole"
cb cbtadmin doctor --sandbox
is "a call that is not there: doctor --sandbox: status" "$S" 0
has "a call that is not there: doctor --sandbox" "$T/out" \
    "noted: taking priority over others" "every sandbox holds" \
    "expected: EPERM (capabilities), EACCES (limits)"
cb cbtadmin --json doctor --sandbox
ok "a call that is not there: --json" grep -q '"verdict":"noted"' "$T/out"
daemon_stop

### Every call that the battery makes, every kind of answer

# Left out is what the battery cannot work without (files, memory, children).
# Those that the runs' filter answers: before any kernel is asked.  A kernel
# that does not know them is not asked either.
FILTERED="$(sed -n 's/^	[AR][LU][LN](\([a-z0-9_]*\), .*/\1/p' \
    "$SRC/common/refused.c") unshare personality"
# Those that the kernel answers, in whatever way it likes.
KERNELS="setgroups setresuid setuid setresgid setgid setfsuid setfsgid capset
    chmod fchmodat truncate rename renameat renameat2 utimensat mknod mknodat
    connect kill setrlimit prlimit64 setpriority getpriority
    sched_setscheduler sched_getscheduler ioprio_get
    landlock_create_ruleset landlock_restrict_self"

# changed ERRNO NAME...: no hole is found, whatever these answer
changed() {
	c_errno=$1
	shift
	for c_call; do
		c_nr=$(number "$c_call")
		[ -z "$c_nr" ] || echo "$c_nr $c_errno"
	done >"$W/changed"
	ok "errno $c_errno of: $*" test -s "$W/changed"
	cb cbtadmin doctor --sandbox
	is "errno $c_errno: no hole" "$S" 0
	grep -A4 ' open: \|unexamined' "$T/out" | sed 's/^/# /'
	[ "$c_errno" = 1 ] ||
	    has "errno $c_errno: but something is noted" "$T/out" "noted: "
	rm -f "$W/changed"
}

CLAWBOT_CHANGED=other@$W/changed
export CLAWBOT_CHANGED
conf_default
daemon_start
cb cbtadmin doctor --sandbox
is "unchanged: holds" "$S" 0
# shellcheck disable=SC2086 # lists
{
	changed 38 $FILTERED
	changed 1 $FILTERED
	# ENOSYS, EPERM, EACCES, EINVAL, ENOMEM, EOPNOTSUPP
	for e in 38 13 22 12 95; do
		changed $e $KERNELS
	done
}
# "went well", and had no effect; limits tell what is, and what they tell is
# believed
for c in $KERNELS; do
	case $c in
	prlimit64|kill) continue ;;
	esac
	[ -n "$(number "$c")" ] && echo "$(number "$c") 0"
done >"$W/changed"
cb cbtadmin doctor --sandbox
is "calls that say they went well: no hole" "$S" 0
grep -A4 ' open: \|unexamined' "$T/out" | sed 's/^/# /'
has "calls that say they went well: noted" "$T/out" \
    "noted: becoming root with setuid(2)" "noted: making a device" \
    "noted: changing files of the system"
rm -f "$W/changed"
cb cbtadmin doctor --sandbox
is "unchanged again: holds" "$S" 0
hasnot "unchanged again: nothing is noted" "$T/out" "noted: "

### What must not pass as a note

# The kernel's own answer from behind a filter that is not there.
for c in bpf:22 io_uring_setup:14 keyctl:95 setns:9 unshare:28 clone3:22 \
    socket:22 ptrace:3; do
	echo "$(number "${c%:*}") ${c#*:}" >"$W/changed"
	cb cbtadmin doctor --sandbox
	is "errno ${c#*:} of ${c%:*}: the kernel was asked" "$S" 1
	has "errno ${c#*:} of ${c%:*}: open" "$T/out" "open: "
done
rm -f "$W/changed"
cb cbtadmin doctor --sandbox
is "and without: holds" "$S" 0

# No process for an attempt: that says nothing about the sandbox.
echo "$(number clone) 11" >"$W/changed"
cb cbtadmin doctor --sandbox
is "no process to try with: status" "$S" 1
has "no process to try with: not examined" "$T/out" "exited 71"
hasnot "no process to try with: no hole" "$T/out" "open: "
daemon_stop
# another try may end otherwise, so the service manager is to make one
SKILLS=
conf_default
CLAWBOT_CHANGED=default@$W/changed
daemon_try && result 1 "no process to try with: does not start"
daemon_wait
is "no process to try with: status of the daemon" "$DSTATUS" 71
rm -f "$W/changed"

# Landlock is gone, and how many domains there are cannot be counted.
SKILLS="\"other\": { \"default\": \"allow\", \"write\": [\"$W\"] },"
conf_default
CLAWBOT_CHANGED=other@$W/changed
CLAWBOT_WITHOUT=landlock@other
export CLAWBOT_WITHOUT
echo "444 38" >"$W/changed"
daemon_start
cb cbtadmin doctor --sandbox
is "no Landlock, and nothing to count: found" "$S" 1
has "no Landlock, and nothing to count: open" "$T/out" \
    "open: making a link where copies of programs are"
daemon_stop
rm -f "$W/changed"
unset CLAWBOT_CHANGED CLAWBOT_WITHOUT

### A setting of the host

CLAWBOT_YAMA=2
export CLAWBOT_YAMA
conf_default
daemon_start
unset CLAWBOT_YAMA
on other
is "ptrace_scope 2: protected names: refused" "$S" 77
has "ptrace_scope 2: why, and what to do" "$T/err" \
    "kernel.yama.ptrace_scope is 2" "set it to 1" "skills.other.protect"
hasnot "ptrace_scope 2: nothing went through" "$T/err" "went through"
cb cbtadmin status --all
has "ptrace_scope 2: status" "$T/out" "kernel.yama.ptrace_scope is 2" \
    "skills.other.protect to []"
is "ptrace_scope 2: status: the skill, once, and how it would be" \
    "$(grep -cE '^skill +other +refused +sandbox: kernel\.yama\..*; execs: [a-z]+.*, files: changes, shell lines: yes$' "$T/out")" 1
is "ptrace_scope 2: status: no other row for it" \
    "$(grep -cE '^skill +other ' "$T/out")" 1
cb cbtadmin doctor
is "ptrace_scope 2: doctor: status" "$S" 1
has "ptrace_scope 2: doctor" "$T/out" "kernel.yama.ptrace_scope is 2"
cb cbtadmin doctor --sandbox
is "ptrace_scope 2: doctor --sandbox: status" "$S" 1
has "ptrace_scope 2: doctor --sandbox" "$T/out" \
    "kernel.yama.ptrace_scope is 2"
daemon_stop
CLAWBOT_YAMA=1
export CLAWBOT_YAMA
daemon_start
unset CLAWBOT_YAMA
on other
is "ptrace_scope 1: works" "$S" 0
cb cbtadmin status --all
ok "ptrace_scope 1: status: available" grep -qE \
    '^skill +other +available +execs: [a-z]+.*, files: changes' "$T/out"
cb cbtadmin doctor
hasnot "ptrace_scope 1: doctor: nothing about it" "$T/out" "skill other"
daemon_stop
finish
