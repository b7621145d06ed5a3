# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Who asked and who decided, as the log has it: names beside numbers, the
# connection, the login that a change of account leaves as it was, the directory
# itself, and what a run was given to read.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start

# member PATH: of the last record that log_has TEXT... found
member() {
	json "$T/record" "$1" 2>/dev/null || echo none
}

# record TEXT TEXT: the newest with both, for member
record() {
	log_has "$1" "$2" || diag "no record with $1 $2"
	grep -F -- "$1" "$T/log/gateway.log" | grep -F -- "$2" | tail -n 1 |
	    sed 's/^[^{]*//' >"$T/record"
}

# b2 FILE
b2() {
	b2sum -l 256 <"$1" | cut -d' ' -f1
}

### Names, and the connection

cb cbtagent --json run -C "$W" -- true
ID=$(json "$T/out" run)
record '"ev":"intent"' "$ID"
is "who asked, by name" "$(member why.account)" cbtagent
is "and by number" "$(member why.uid)" "$(id -u cbtagent)"
CONN=$(member why.conn)
ok "the connection has an id" expr "$CONN" : 'c[0-9a-z]\{12\}$'
is "the directory's device" "$(member cwd_dev)" "$(stat -c %d "$W")"
is "and inode" "$(member cwd_ino)" "$(stat -c %i "$W")"
is "the program's inode" "$(member exe.ino)" \
    "$(stat -L -c %i /bin/true)"
is "what comes from no run has no chain" "$(member why.chain)" none
cb cbtagent run -- true
record '"ev":"intent"' '"conn":"c'
ok "another connection, another id" test "$(member why.conn)" != "$CONN"
cb cbtadmin audit search "conn=$CONN"
is "search by connection" "$(grep -c "$ID" "$T/out")" 1
cb cbtagent run -d -- touch asked
ID=$(cat "$T/out")
cb cbtadmin approve -y "$ID"
record '"ev":"approve"' "$ID"
is "an approver, by name" "$(member by.account)" cbtadmin
is "what is approved" "$(expr "$(member plan)" : '[0-9a-f]\{64\}$')" 64
ok "an approver's connection" expr "$(member by.conn)" : 'c[0-9a-z]\{12\}$'
record '"ev":"intent"' "$ID"
is "approved by, by name" "$(member why.approver_account)" cbtadmin
cb cbtadmin stop -u cbtother -r containment
record '"ev":"stop","scope":"user"' containment
is "a stop: of whom" "$(member account)" cbtother
is "a stop: before" "$(member before)" 0
is "a stop: after" "$(member after)" 1
cb cbtadmin stop -r everything
record '"ev":"stop","scope":"all"' everything
is "another one: before" "$(member before)" 1
is "another one: after" "$(member after)" 2
cb cbtadmin resume
record '"ev":"resume"' '"scope":"all"'
is "a resume: before" "$(member before)" 2
is "a resume: after" "$(member after)" 1
cb cbtadmin resume -u cbtother
cb "$(id -un 65534)" run -- true
record 'auth: ' '"cause":"connect"'
is "a wrong peer: nobody knows the name" "$(member why.account)" none
is "a wrong peer" "$(member why.uid)" 65534
ok "a wrong peer's connection" expr "$(member why.conn)" : 'c[0-9a-z]\{12\}$'

### Who has logged in before

# The kernel lets root say so for a process, once.
logged_in() {
	(echo "$1" >/proc/self/loginuid) 2>/dev/null &&
	    python3 -c 'import socket as s; a, b = s.socketpair()
a.getsockopt(s.SOL_SOCKET, 77)' 2>/dev/null
}

other=$(id -u cbtother)
if logged_in "$other"; then
	(echo "$other" >/proc/self/loginuid
	cat /proc/self/sessionid >"$T/session"
	cb cbtagent run -r "logged in" -- true
	cb cbtagent run -d -- touch asked
	cb cbtadmin deny -r "by somebody" "$(cat "$T/out")")
	record '"ev":"intent"' "logged in"
	is "a login: who asks" "$(member why.uid)" "$(id -u cbtagent)"
	is "a login: as whom" "$(member why.login_uid)" "$other"
	is "a login: by name" "$(member why.login)" cbtother
	is "a login: its session" "$(member why.audit_session)" \
	    "$(cat "$T/session")"
	record '"ev":"deny"' "by somebody"
	is "an approver's login" "$(member by.login_uid)" "$other"
	cb cbtadmin audit search login=cbtother
	is "search by login" "$(grep -c intent "$T/out")" 1
else
	skip 6 "this kernel lets nobody log in, or says not who connects"
fi
cb cbtagent run -r "not logged in" -- true
record '"ev":"intent"' "not logged in"
if [ "$(cat /proc/self/loginuid)" = 4294967295 ]; then
	is "without a login there is none" "$(member why.login_uid)" none
else
	is "a login is that of the kernel" "$(member why.login_uid)" \
	    "$(cat /proc/self/loginuid)"
fi

### What a run was given

head -c 300000 /dev/urandom >"$T/given"
cbin cbtagent --json run -- sha256sum <"$T/given"
ID=$(json "$T/out" run)
record '"ev":"result"' "$ID"
is "standard input: bytes" "$(member in_bytes)" 300000
is "standard input: digest" "$(member in_digest)" "$(b2 "$T/given")"
cb cbtadmin audit search "digest=$(b2 "$T/given")"
is "search by what was given" "$(grep -c "$ID" "$T/out")" 1
cbin cbtagent --json run -- sh -c 'head -c 10 >/dev/null; exec 0<&-; exit 3' \
    <"$T/given"
record '"ev":"result"' "$(json "$T/out" run)"
n=$(member in_bytes)
ok "not all of it read: less is given" test "$n" -ge 10 -a "$n" -le 300000
head -c "$n" "$T/given" >"$T/part"
is "not all of it read: the digest of that" "$(member in_digest)" \
    "$(b2 "$T/part")"
cb cbtagent --json run -- cat
record '"ev":"result"' "$(json "$T/out" run)"
is "nothing given: no digest" "$(member in_digest)" none
cb cbtadmin audit verify
is "the log is good" "$S" 0
finish
