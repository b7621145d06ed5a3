# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: an executor that was taken over after its start acts as no account
# but its own, and starts nothing that is not recorded or not what its skill
# allows.  Where what refuses it is left out, the same attempts succeed.
. "$SRC/tests/regress/lib.sh"

SKILLS='"other": { "default": "allow", "write": ["'$W'"] },'
CHANNELS='"more": { "users": ["cbtadmin"], "access": "execute",
    "skills": ["caller"] },'
SKILLS=$SKILLS'"caller": { "default": "allow", "runAs": "caller" },'
LIMITS='"protect": [".git/config"],'
CLAWBOT_HOSTILE=1
export CLAWBOT_HOSTILE

# left_out WHAT@SKILL: a daemon without that, or with all of it if it is ""
left_out() {
	[ -z "$D" ] || daemon_stop
	unset CLAWBOT_WITHOUT
	if [ -n "$1" ]; then
		CLAWBOT_WITHOUT=$1
		export CLAWBOT_WITHOUT
	fi
	conf_default
	daemon_start
	rm -f "$W/lied" "$W/count"
}

# evil WHAT [ARGUMENT...]: the hostile executor does WHAT with a command that
# nobody wants to have run; the supervisor has only asked what it would be
evil() {
	e_what=$1
	shift
	cb cbtagent policy why "$@" -- touch "$W/lied" "hostile=$e_what"
}

# said WHAT: what came of it
said() {
	until_true 60 grep -qF "hostile: $1:" "$T/d.err"
	sed -n "s/.*hostile: $1: //p" "$T/d.err" | tail -n 1
}

# refused WHAT REASON [ARGUMENT...]
refused() {
	r_what=$1 r_reason=$2
	shift 2
	evil "$r_what" "$@"
	is "$r_what: refused" "$(said "$r_what")" "refused: $r_reason"
	ok "$r_what: nothing ran" test ! -e "$W/lied"
}

# another WHAT
another() {
	echo "the executor asked for another $1 than skill default has"
}

### Starting what is not recorded, or not allowed

left_out ""
refused unrecorded "ticket with a wrong mac"
refused grants "$(another write)"
refused limits "$(another timeoutSeconds)"
refused memory "$(another memoryMB)"
refused network "$(another network)"
refused protect "$(another protect)"
refused secrets "$(another secrets)"
refused environment "$(another environment)"
refused account "$(another account)"
refused root "$(another account)"
ok "the spawner has seen it, too" until_true 60 grep -qF \
    "executor: the executor asked for another account than skill default" \
    "$T/d.err"
ok "nothing of that is in the log" sh -c "! grep -q lied '$T/log/exec.log'"

agent sh -c "echo x >>'$W/count'" hostile=keep
is "a run whose ticket is kept: runs" "$(wc -l <"$W/count")" 1
refused replay "ticket used before"
is "replay: it ran once" "$(wc -l <"$W/count")" 1
refused another "ticket for something else"
evil skill
is "skill: refused" "$(said skill)" \
    "refused: the executor asked for another skill than skill other has"
refused another "ticket with a wrong mac" -s other

### Telling one thing and running another

agent true "hostile=tell digest"
is "another digest is told: status" "$S" 75
has "another digest is told: does not run" "$T/err" "is not the file any more"
agent touch "$W/lied" "hostile=tell name"
is "another name is told: status" "$S" 75
has "another name is told: does not run" "$T/err" "is not the file any more"
ok "another name is told: nothing ran" test ! -e "$W/lied"
agent touch "$W/honest"
ok "what is told as it is runs" test -e "$W/honest"

### The same, where nobody looks

left_out "ticket@default"
evil unrecorded
is "without tickets: unrecorded" "$(said unrecorded)" RAN
ok "without tickets: it ran" test -e "$W/lied"
left_out "once@default"
agent sh -c "echo x >>'$W/count'" hostile=keep
evil replay
is "without a memory of records: replay" "$(said replay)" RAN
is "without a memory of records: it ran twice" "$(wc -l <"$W/count")" 2
left_out "terms@default"
for what in limits protect environment; do
	evil $what
	is "without a look at terms: $what" "$(said $what)" \
	    "refused: ticket with a wrong mac"
done
left_out "terms+ticket@default"
evil limits
is "without both: other limits" "$(said limits)" RAN
ok "without both: it ran" test -e "$W/lied"
left_out "terms+ticket+profile@default"
evil account
is "without an account of its own: another account's run" \
    "$(said account)" RAN

### What it can do by itself

# calls: each attempt, and what came of it, in $T/calls
calls() {
	echo theirs >"$W/theirs"
	chown clawbot:clawbot "$W/theirs"
	chmod 600 "$W/theirs"
	chown clawbot:clawbot "$W"
	cb cbtagent policy why -- true "$W" hostile=calls
	# what it says comes by another way than the answer
	until_true 60 grep -qF "hostile: call executable memory" "$T/d.err"
	sed -n 's/.*hostile: call //p' "$T/d.err" >"$T/calls"
}
CLAWBOT_TRAP=1
export CLAWBOT_TRAP
left_out ""
calls
for call in fork execve unshare mount fsopen open_tree chroot setns setresuid \
    setresgid setgroups kill tgkill pidfd_open ptrace process_vm_readv \
    mknod chmod "executable memory"; do
	is "call $call" "$(sed -n "s/^$call: //p" "$T/calls")" \
	    "refused by the filter"
done
for call in "socket unix" "socket inet" "socket netlink" connect; do
	is "call $call" "$(sed -n "s/^$call: //p" "$T/calls")" \
	    "refused: Permission denied"
done
for call in "open memory" "open grant" create mkdir; do
	ok "call $call: refused" grep -qE "^$call: refused: (Permission|No such)" \
	    "$T/calls"
done
ok "nothing was left" test ! -e "$W/made"
left_out "lockin@executor"
calls
for call in fork unshare mount fsopen open_tree chroot setresuid \
    setresgid setgroups kill pidfd_open "socket unix" "open memory" \
    "open grant" create mkdir chmod; do
	is "without a lock: call $call" "$(sed -n "s/^$call: //p" \
	    "$T/calls")" DONE
done
ok "without a lock: something was left" test -e "$W/made"
rm -rf "$W/made" "$W/made.d"

### Nothing of it is forgiven

unset CLAWBOT_TRAP
left_out ""
is "it has no capability" "$(grep -c '^Cap.*:	0000000000000000$' \
    "/proc/$(role_pid executor)/status")" 5
is "it has no file" "$(find "/proc/$(role_pid executor)/root/" -mindepth 1)" ""
cb cbtagent policy why -- true hostile=die
ok "a call that it must not make: the client is told" test "$S" -ne 0
daemon_wait
is "a call that it must not make: exit status" "$DSTATUS" 92
has "a call that it must not make: why" "$T/d.err" "executor" "signal 31"
finish
