# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# secrets rotate --run: what a provider's hook prints becomes the new value,
# and nobody but the vault has it, however the hook, its caller or an approver
# ends it; who may not store a value may not have one made so.
. "$SRC/tests/regress/lib.sh"

LOGGING='"output": "full", "outputMB": 4,'
SKILLS='"ops": { "default": "allow", "ask": ["sh asked.sh"],
    "deny": ["sh denied.sh"], "secrets": { "TOKEN": "env" },
    "write": ["'$W'"], "limits": { "outputMB": 2 } },
    "caller": { "default": "allow", "runAs": "caller" },'
CHANNELS='"ops": { "users": ["cbtadmin", "cbtagent"],
    "access": "execute", "skills": ["ops", "caller"] },'
conf_default
daemon_start
FIRST=first-value-of-token-1
printf '%s' "$FIRST" >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"

# hook TEXT: a script of the provider
hook() {
	printf '%s\n' "$1" >"$W/hook.sh"
}
# rotate ARGUMENT...: by an approver who is a user of a channel
rotate() {
	cb cbtadmin -c ops secrets rotate TOKEN --run -s ops "$@"
}
# is_still NAME VALUE
is_still() {
	cb cbtagent -c ops run -s ops -- sh -c "test \"\$TOKEN\" = $2"
	is "$1: the value is what it was" "$S" 0
}
version() {
	cb cbtadmin --json secrets list
	json "$T/out" secrets.0.version
}
# nowhere NAME WORD: in nothing that is kept
nowhere() {
	grep -rlF -e "$2" "$T/log" "$T/vault" "$T/run" "$W" >"$T/found"
	is "$1: in no file" "$(cat "$T/found")" ""
	cb cbtadmin audit show --all "$RUN"
	hasnot "$1: not in audit show" "$T/out" "$2"
	cb cbtadmin audit show --output "$RUN"
	hasnot "$1: not in audit show --output" "$T/out" "$2"
}
last_run() {
	sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
	    "$T/log/gateway.log" | tail -n 1
}

### It is rotated

# the value is made inside, so that nobody else's file has it
NEW='printf "new-%s-value\n" "$(printf canary | tr a-y b-z)"'
VALUE=new-dbobsz-value
hook "echo asking the provider >&2; echo \"old was \$TOKEN\" >&2; $NEW"
rotate -r 'a new quarter' -- sh "$W/hook.sh"
RUN=$(last_run)
is "rotate --run: status" "$S" 0
has "rotate --run: what it says" "$T/out" \
    "TOKEN: rotated, version 2; version 1 is kept until 20"
hasnot "rotate --run: not the value" "$T/out" "$VALUE"
has "rotate --run: the hook's own words" "$T/err" "asking the provider" \
    "old was [REDACTED]"
hasnot "rotate --run: no value in them" "$T/err" "$FIRST" "$VALUE"
is_still "rotate --run: without its newline" "$VALUE"
nowhere "rotate --run" "$VALUE"
in_log "recorded: what it was for" 'exec: ' '"ev":"intent"' \
    '"rotates":"TOKEN"'
grep "\"ev\":\"result\",\"run\":\"$RUN\"" "$T/log/gateway.log" >"$T/end"
has "recorded: its end" "$T/end" '"outcome":"exited"' '"err_bytes":'
hasnot "recorded: no digest of the value, and no length" "$T/end" \
    '"digest"' '"out_bytes"' '"output'
cb cbtadmin audit show "$RUN"
has "audit show: what it was for" "$T/out" \
    "what it prints becomes the secret TOKEN"
printf '%s' "$VALUE" >"$T/value"
cbin cbtadmin secrets identify <"$T/value"
has "identify knows it" "$T/out" "TOKEN, version 2, current"
rm "$T/value"
cb cbtadmin audit search secret=TOKEN ev=rotate
is "audit search secret=: the change" "$(grep -c rotate "$T/out")" 1

# as it is: also what the one before had, which would be hidden in output
hook 'printf "%s" "$TOKEN-and-more"'
rotate --json -- sh "$W/hook.sh"
is "the value before in the new one: status" "$S" 0
is "--json" "$(json "$T/out" result)" rotated
is_still "the value before in the new one" "$VALUE-and-more"
rotate --shell 'echo a-shell-line-value' -n
is "--shell: status" "$S" 0
is_still "--shell" a-shell-line-value
LAST=a-shell-line-value
at=$(version)

### It is not

# fails NAME STATUS TEXT: the last one did, and nothing has changed
fails() {
	is "$1: status" "$S" "$2"
	has "$1: why" "$T/err" "$3" "TOKEN keeps its value"
	hasnot "$1: nothing of it is told" "$T/out" .
	is "$1: the version" "$(version)" "$at"
	RUN=$(last_run)
}
hook "$NEW; echo the provider is down >&2; exit 3"
rotate -- sh "$W/hook.sh"
has "the hook fails: what to do, and which it was" "$T/err" \
    "the provider is down" "call the hook again; it was r"
hasnot "the hook fails: no value" "$T/err" "$VALUE"
fails "the hook fails" 3 "the hook failed"
nowhere "the hook fails" "$VALUE"
rotate --json -- sh "$W/hook.sh"
is "the hook fails, --json" "$(json "$T/out" exit)" 3
hasnot "the hook fails, --json: no output" "$T/out" stdout
hook "$NEW; kill -9 \$\$"
rotate -- sh "$W/hook.sh"
fails "the hook is killed" 137 "the hook failed"
nowhere "the hook is killed" "$VALUE"
hook 'head -c 70000 /dev/zero | tr "\0" x'
rotate -- sh "$W/hook.sh"
fails "it prints too much" 64 "more than a secret can have"
hook 'head -c 5000000 /dev/zero | tr "\0" x; exit 0'
rotate -- sh "$W/hook.sh"
is "it prints more than its limit: not 0" "$((S != 0))" 1
has "it prints more than its limit" "$T/err" "TOKEN keeps its value"
hook 'sleep 600'
rotate --timeout 1 -- sh "$W/hook.sh"
fails "it takes too long" 124 "timed out"
for value in '' ' ' '\0abcdefghijk' 'password'; do
	hook "printf '$value'"
	rotate -- sh "$W/hook.sh"
	is "value '$value': status" "$S" 64
	has "value '$value': what became of it" "$T/err" \
	    "TOKEN keeps its value, though the hook ended well"
	is "value '$value': the version" "$(version)" "$at"
done
rotate -C "$W" -- sh denied.sh
fails "denied by policy" 77 "the hook was not called"
rotate -- /no/such/program
fails "no such program" 127 "the hook was not called"
hook 'touch called; echo a-value-for-nobody'
cb cbtadmin -c ops secrets rotate NONE --run -s ops -C "$W" -- sh hook.sh
is "of what is not there: status" "$S" 1
has "of what is not there: beforehand" "$T/err" "secrets set NONE" \
    "the hook was not called, and nothing has changed"
is "of what is not there: beforehand" "$(ls "$W")" hook.sh
cb cbtadmin secrets lock
rotate -C "$W" -- sh hook.sh
is "the vault is locked: status" "$S" 75
has "the vault is locked" "$T/err" "vault is locked" "was not called"
cb root secrets unlock -k "$T/key"
is "the vault is locked: beforehand" "$(ls "$W")" hook.sh

### Who may not

hook "touch called; $NEW"
cb cbtagent -c ops secrets rotate TOKEN --run -s ops -C "$W" -- sh hook.sh
is "by no approver: status" "$S" 77
is "by no approver: it is not called" "$(ls "$W")" hook.sh
ok "by no approver, by frames of its own" as cbtagent \
    "$H/hostile_streams" "$T/run/channels/ops.sock" rotates
in_log "by no approver: recorded" 'auth: ' '"cause":"rotate"'
cb cbtagent -c ops policy why -s ops --rotate TOKEN -- true
is "by no approver, policy why: status" "$S" 77
cb cbtadmin -c ops secrets rotate TOKEN --run -s caller -- echo a-value-of-it
is "it would act as who asks: status" "$S" 77
has "it would act as who asks: why" "$T/err" "could read the new value"
cb cbtadmin -c ops policy why -s ops --rotate TOKEN -- true
is "policy why: status" "$S" 0
has "policy why: what it prints becomes" "$T/out" "becomes secret  TOKEN"
cb cbtagent secrets rotate TOKEN -s ops
is "options of a run alone: status" "$S" 64

### Somebody is asked

hook "$NEW"
mv "$W/hook.sh" "$W/asked.sh"
cbbg asked cbtadmin -c ops secrets rotate TOKEN --run -s ops -C "$W" \
    -- sh asked.sh
P_ASKED=$BGPID
waiting
cb cbtsecond approvals show "$ID"
has "approval: what it prints becomes" "$T/out" "becomes secret  TOKEN"
cb cbtsecond deny -r 'not today' "$ID"
status_of "$P_ASKED"
is "denied: status" "$S" 77
has "denied" "$T/asked.err" "not today" "TOKEN keeps its value"
cb cbtadmin -c ops secrets rotate TOKEN --run --wait 0 -s ops -C "$W" \
    -- sh asked.sh
is "not approved in time: status" "$S" 75
has "not approved in time" "$T/err" "it is withdrawn"
ok "not approved in time: nothing waits" until_true 60 nothing_waits
cb cbtadmin -c ops secrets rotate TOKEN --run --no-wait -s ops -C "$W" \
    -- sh asked.sh
is "--no-wait: status" "$S" 77
cbbg asked cbtadmin -c ops secrets rotate TOKEN --run -s ops -C "$W" \
    -- sh asked.sh
P_ASKED=$BGPID
waiting
kill -9 "$P_ASKED"
status_of "$P_ASKED"
ok "its caller is killed while it waits: it does not go on" until_true 60 \
    nothing_waits
cbbg asked cbtadmin -c ops secrets rotate TOKEN --run -s ops -C "$W" \
    -- sh asked.sh
P_ASKED=$BGPID
waiting
RUN=$ID
cbbg beside cbtadmin -c ops wait -n "$RUN"
P_BESIDE=$BGPID
asking "$P_BESIDE"
cb cbtsecond approve -y "$RUN"
status_of "$P_ASKED"
is "approved: status" "$S" 0
status_of "$P_BESIDE"
hasnot "approved: who waits for its end has nothing of it" \
    "$T/beside.out" "$VALUE"
nowhere "approved" "$VALUE"
is_still "approved" "$VALUE"
at=$(version)

### Its caller ends

hook "$NEW; echo printed >&2; sleep 600"
cbbg kill cbtadmin -c ops secrets rotate TOKEN --run -s ops -- sh "$W/hook.sh"
P_KILL=$BGPID
printed() {
	grep -q printed "$T/kill.err"
}
until_true 60 printed
kill -9 "$P_KILL"
status_of "$P_KILL"
nothing_runs() {
	cb root --json ps && [ "$(json "$T/out" runs)" = "[]" ]
}
ok "killed while the hook runs: it ends, too" until_true 60 nothing_runs
is "killed while the hook runs: the version" "$(version)" "$at"
cbbg kill cbtadmin -c ops secrets rotate TOKEN --run -s ops -- sh "$W/hook.sh"
P_KILL=$BGPID
until_true 60 printed
kill -TERM "$P_KILL"
status_of "$P_KILL"
is "told to end while the hook runs: status" "$S" 143
has "told to end while the hook runs" "$T/kill.err" "TOKEN keeps its value"
is "told to end while the hook runs: the version" "$(version)" "$at"

# The hook has ended well, and the vault takes no value: it is tried again,
# and what is not stored is told.
hook "$NEW; echo printed >&2; while test ! -e $W/go; do sleep 0.05; done"
late() {
	rm -f "$W/go"
	cbbg kill cbtadmin -c ops secrets rotate TOKEN --run -s ops \
	    -- sh "$W/hook.sh"
	P_KILL=$BGPID
	until_true 60 printed
	cb cbtadmin secrets lock
	touch "$W/go"
	until_true 60 grep -q 'is here alone' "$T/kill.err"
}
late
has "locked in between: what it says" "$T/kill.err" "vault is locked" \
    "trying for 120 s to store it"
cb root secrets unlock -k "$T/key"
status_of "$P_KILL"
is "locked in between, and opened: status" "$S" 0
is "locked in between, and opened: the version" "$(version)" $((at + 1))
late
kill -TERM "$P_KILL"
status_of "$P_KILL"
is "told to end before it is stored: status" "$S" 143
has "told to end before it is stored: what to do" "$T/kill.err" \
    "though the hook ended well" "call the hook again; it was r"
hasnot "told to end before it is stored: no value" "$T/kill.err" "$VALUE"
cb root secrets unlock -k "$T/key"
late
kill -9 "$P_KILL"
status_of "$P_KILL"
cb root secrets unlock -k "$T/key"
is "killed before it is stored: the version" "$(version)" $((at + 1))
is_still "killed before it is stored" "$VALUE"
ok "the log is whole" "$B/clawbot" -S "$T/run" audit verify
daemon_stop
finish
