# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: an auditor that was taken over runs nothing and reads no secret.
# What it gives for a ticket starts that run with that plan, once, or nothing.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "secrets": { "TOKEN": "env" } },
    "other": { "default": "allow", "write": ["'$W'"] },'
CLAWBOT_HOSTILE=1
CLAWBOT_TRAP=1
export CLAWBOT_HOSTILE CLAWBOT_TRAP

left_out() {
	leave_out "$1"
	rm -rf "$T/log" "$T/vault"
	conf_default
	daemon_start
	printf 'token-of-one-5678' | cbin cbtadmin secrets set TOKEN
	printf 'other-of-two-1234' | cbin cbtadmin secrets set OTHER
	rm -f "$W/lied"
}

# evil WHAT ARGUMENT...: the auditor does WHAT with the ticket of this run
evil() {
	echo "$1" >"$T/log/hostile"
	chown _clawbot-audit "$T/log/hostile"
	shift
	cb cbtagent --json run "$@"
	rm -f "$T/log/hostile"
}

# refused WHAT REASON
refused() {
	rm -f "$W/lied"
	evil "$1" -- touch "$W/lied"
	has "ticket, $1: refused" "$T/out" "$2"
	ok "ticket, $1: nothing ran" test ! -e "$W/lied"
	agent touch "$W/next"
	is "ticket, $1: the next one runs" "$S" 0
}

left_out ""
refused plan "ticket for something else"
refused run "ticket for"
refused kind "ticket"
refused expired "expired"
refused skill "ticket with a wrong mac"
evil keep -- true
is "a ticket is kept: it runs" "$S" 0
refused kept "ticket for"
# that of the second record of all: it was used once by then
evil record -- true
refused record "ticket used before"
evil late -- touch "$W/late"
is "a late one: runs, late" "$S" 0
evil secret -s one -- printenv TOKEN
hasnot "a ticket for another secret: not released" "$T/out" of-two of-one
has "a ticket for another secret: why" "$T/out" "ticket for"
is "the daemon goes on" "$(agent echo alive; cat "$T/out")" alive

# It has the log, and can tell what is in it to who asks, and to nobody else.
cb cbtother --json run -- echo others
others=$(json "$T/out" run)
cb cbtagent audit show "$others"
is "another's run is not shown" "$S" 1
echo "shows all" >"$T/log/hostile"
chown _clawbot-audit "$T/log/hostile"
cb cbtagent audit show "$others"
is "another's run, by a false auditor: is shown to who asks" "$S" 0
rm -f "$T/log/hostile"

### What it can do by itself

calls() {
	evil calls -- true
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

### The same, where nobody looks

left_out "ticket@default"
for what in plan run expired; do
	rm -f "$W/lied"
	evil "$what" -- touch "$W/lied"
	ok "without a look at tickets: $what runs" test -e "$W/lied"
done
left_out "once@default"
evil record -- true
rm -f "$W/lied"
evil record -- touch "$W/lied"
ok "without a memory of records: runs" test -e "$W/lied"
left_out "filter@auditor"
calls
for call in "executable memory" "socket unix" "socket inet" pidfd_open; do
	is "without its filter: call $call" "$(sed -n "s/^$call: //p" \
	    "$T/calls")" DONE
done

### Nothing of it is forgiven

left_out ""
evil "more secrets" -- touch "$W/lied"
daemon_wait
is "tickets for more secrets: the daemon's end" "$DSTATUS" 83
ok "tickets for more secrets: nothing ran" test ! -e "$W/lied"
D=

finish
