# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a vault that was taken over can neither run anything nor reach the
# network or a file beyond its own, and what it gives a run in place of a
# secret is in that secret's name, or the run does not go on.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "read": ["'$W'"],
	"secrets": { "TOKEN": "env" } },
    "two": { "default": "allow", "secrets": { "OTHER": "env" } },'
CLAWBOT_HOSTILE=1
CLAWBOT_TRAP=1
export CLAWBOT_HOSTILE CLAWBOT_TRAP

# left_out WHAT: a daemon without that, or with all of it if it is ""
left_out() {
	leave_out "$1"
	rm -rf "$T/vault" "$T/log"
	conf_default
	daemon_start
	printf 'token-of-one-5678' | cbin cbtadmin secrets set TOKEN
	printf 'other-of-two-1234' | cbin cbtadmin secrets set OTHER
}

# evil WHAT [ARGUMENT...]: the vault does WHAT when a run is to get TOKEN
cat >"$W/show.sh" <<'END'
env | sed -n 's/^\(TOKEN\|TWO\|OTHER\)=.*/\1/p'
printenv TOKEN | tr a-z A-Z
END
evil() {
	e_what=$1
	shift
	echo "$e_what" >"$T/vault/hostile"
	chown _clawbot-vault "$T/vault/hostile"
	cb cbtagent --json run -s one "$@" -- sh "$W/show.sh"
	rm -f "$T/vault/hostile"
	RUN=$(json "$T/out" run 2>/dev/null)
}

# does_not_run WHAT REASON
does_not_run() {
	e_limit=60
	[ "$1" != silent ] || e_limit=3
	evil "$1" --timeout $e_limit
	is "$1: the command does not run" "$(json "$T/out" stdout)" ""
	ok "$1: the caller is told" test "$S" -ne 0
	has "$1: why" "$T/out" "$2"
	ok "$1: so is the log" sh -c "grep -F '\"run\":\"$RUN\"' \
	    '$T/log/gateway.log' | grep -qE '\"ev\":\"(abort|result)\"'"
	cb cbtagent run -s one -- true
	is "$1: the next one runs" "$S" 0
}

left_out ""
cb cbtagent run -s one -- sh "$W/show.sh"
is "honest: it has its secret" "$(tr '\n' ' ' <"$T/out")" \
    "TOKEN TOKEN-OF-ONE-5678 "
does_not_run "no answer" "was not released"
does_not_run nothing "was not released"
does_not_run much "is too long"
does_not_run nul "has a NUL"
does_not_run little "is too short"
does_not_run text 'of two'
is "text: it is one line of the log, without control characters" \
    "$(grep -c 'of two' "$T/log/gateway.log") $(LC_ALL=C grep -c \
    '[^[:print:]	]' "$T/log/gateway.log")" "1 0"
does_not_run silent timeout
evil reads
becomes "what it is given is to write only" refused \
    sed -n 's/.*hostile: reads: //p' "$T/d.err"
evil line
hasnot "a value of several lines: is one variable" "$T/out" '^TWO$'

# what it can do: the value of another secret, in the name of this one
evil other
cb cbtadmin audit show -l "$RUN"
has "another's value: the record has this one's name" "$T/out" TOKEN
hasnot "another's value: and no other" "$T/out" OTHER
cb cbtagent run -s one -- printenv OTHER
is "another's value: never in the name of the other" "$S" 1

### What it can do by itself

# calls: each attempt, and what came of it, in $T/calls
calls() {
	evil calls
	until_true 60 grep -qF "hostile: call open proc" "$T/d.err"
	sed -n 's/.*hostile: call //p' "$T/d.err" >"$T/calls"
}
calls
for call in execve fork kill ptrace process_vm_readv pidfd_open unshare \
    setresuid chroot mount "executable memory" mknod link bind; do
	is "call $call" "$(sed -n "s/^$call: //p" "$T/calls")" \
	    "refused by the filter"
done
for call in "socket unix" "socket inet" "socket netlink"; do
	is "call $call" "$(sed -n "s/^$call: //p" "$T/calls")" \
	    "refused: Permission denied"
done
for call in "open host" "open proc"; do
	ok "call $call: refused" grep -qE "^$call: refused" "$T/calls"
done
v=$(role_pid vault)
is "it has no capability" "$(grep -c '^Cap.*:	0000000000000000$' \
    "/proc/$v/status")" 5
is "its network has no interface that is up" \
    "$(nsenter -t "$v" -n cat /proc/net/dev 2>/dev/null | grep -c :)" 1
left_out "filter@vault"
calls
for call in "executable memory" "socket unix" "socket inet" pidfd_open; do
	is "without its filter: call $call" "$(sed -n "s/^$call: //p" \
	    "$T/calls")" DONE
done
for call in "open host" execve mount chroot; do
	ok "without its filter: call $call: still refused" \
	    grep -qE "^$call: refused" "$T/calls"
done

### Nothing of it is forgiven

for how in id twice; do
	left_out ""
	evil "$how"
	daemon_wait
	is "an answer ($how): the daemon's end" "$DSTATUS" 85
	ok "an answer ($how): the log is whole" "$B/clawbot" audit verify \
	    "$T/log"
	[ "$DSTATUS" != running ] || daemon_stop
	D=
done
finish
