# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# secrets rotate --run: a value that somebody stores while the hook runs is not
# overwritten unseen, what is stored is stored once though its answer is lost
# or the daemon ends, and no other secret comes out of a hook, whose output is
# recorded as handed over.
. "$SRC/tests/regress/lib.sh"

SKILLS='"ops": { "default": "allow", "write": ["'$W'"] },
    "two": { "default": "allow", "secrets": { "TOKEN": "env",
    "OTHER": "env" } },'
CHANNELS='"ops": { "users": ["cbtadmin"], "access": "execute",
    "skills": ["ops", "two"] },'
chmod 777 "$W"
conf_default
daemon_start

set_to() {
	printf '%s' "$2" >"$T/value"
	cbin cbtadmin secrets set "$1" <"$T/value"
	[ "$S" -eq 0 ] || bail "secrets set"
}
# is_now NAME VERSION STATE [N]: what identify says of $T/value, in N lines
is_now() {
	cbin cbtadmin secrets identify <"$T/value"
	is "$1" "$(grep -c . "$T/out") $(grep -x "TOKEN, version $2, $3" \
	    "$T/out")" "${4-1} TOKEN, version $2, $3"
}
# hook_waits: a hook that has begun, and ends with a value once $W/go is there
hook_waits() {
	rm -f "$W/go" "$W/begun"
	cbbg hook cbtadmin -c ops secrets rotate TOKEN --run -s ops -n -- \
	    sh -c "touch $W/begun; until test -e $W/go; do sleep 0.05; done
	    printf %s $1"
	HOOK=$BGPID
	ok "$1: the hook is called" until_true 60 test -e "$W/begun"
}
# go: it ends
go() {
	touch "$W/go"
	until_true 60 log_has '"ev":"result"' "$(last_run)"
}
last_run() {
	sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
	    "$T/log/gateway.log" | tail -n 1
}

### Somebody stores another value

set_to TOKEN first-value-of-token-1
hook_waits from-the-hook-value-a
set_to TOKEN set-in-between-value
go
status_of "$HOOK"
is "set in between: status" "$S" 77
has "set in between: why" "$T/hook.err" "TOKEN has version 2 by now" \
    "made for version 1" "TOKEN keeps its value"
is_now "set in between: it is what was set" 2 current

### No other secret comes out, and that it comes out is recorded

printf '%s\n' '-----BEGIN A KEY-----' 'c2Vjb25kLXNlY3JldC1saW5l' \
    '-----END A KEY-----' >"$T/other"
cbin cbtadmin secrets set OTHER <"$T/other"
cb cbtadmin -c ops secrets rotate TOKEN --run -s two -n -- \
    sh -c 'echo "$OTHER" | sed -n 2p'
is "another secret: status" "$S" 64
has "another secret: why" "$T/err" "the value of another secret" \
    "TOKEN keeps its value"
is_now "another secret: nothing is stored" 2 current
cb cbtadmin -c ops secrets rotate TOKEN --run -s two -n -- \
    sh -c 'echo "$OTHER" | sed "2s/.*/$TOKEN/"'
is "the frame of another, and the value before: status" "$S" 0
printf '%s\n' '-----BEGIN A KEY-----' set-in-between-value \
    '-----END A KEY-----' | head -c -1 >"$T/value"
# the line in it is the value before, too
is_now "the frame of another, and the value before: as they are" 3 current 2
in_log "handed over: recorded" 'secret: ' '"ev":"handed","name":"TOKEN"' \
    "\"run\":\"$(last_run)\"" '"channel":"ops"' '"account":"cbtadmin"'
cb cbtadmin audit search kind=secret ev=handed secret=TOKEN
is "handed over: each time" "$(grep -c handed "$T/out")" 3

### The daemon is told to end while the vault hangs with the value

hook_waits from-the-hook-value-b
kill -STOP "$(role_pid vault)"
go
kill -TERM "$D"
daemon_wait
daemon_start
status_of "$HOOK"
is "the vault hangs, the daemon ends: status" "$S" 0
printf %s from-the-hook-value-b >"$T/value"
is_now "the vault hangs, the daemon ends: stored, once" 4 current
daemon_stop

### The answer is lost

# those of identify have none, and MAY_ROTATE has the first
middle_start vault "up V_DONE 2 drop"
hook_waits from-the-hook-value-c
go
until_true 60 log_has '"ev":"rotate","name":"TOKEN"' '"secret_version":5'
until_true 60 grep -q 'V_DONE.*drop' "$MITM"
kill -TERM "$D"
daemon_wait || :
LIBEXEC=$B
daemon_start
status_of "$HOOK"
is "the answer is lost: status" "$S" 0
has "the answer is lost: what it says" "$T/hook.out" "rotated, version 5"
printf %s from-the-hook-value-c >"$T/value"
is_now "the answer is lost: stored, once" 5 current
daemon_stop
finish
