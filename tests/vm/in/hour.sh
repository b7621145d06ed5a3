# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2016,SC2317
#
# The first hour of an administrator, as README.md has it, with two accounts.
. "$(dirname "$0")/lib.sh"

# typed by hand there: these must be its lines
README=$HERE/../../../README.md
for line in 'clawbot run -r '\''what is there'\'' -- ls -l /srv/clawbot' \
    'clawbot run -r '\''make room'\'' -- rm -rf /srv/clawbot/old' \
    'clawbot run -t -- python3' \
    'id=$(clawbot run -d -- make -C /srv/clawbot test)' \
    'clawbot logs -f "$id"; clawbot wait "$id"' \
    'clawbot policy why -- sudo id' 'clawbot approvals --watch' \
    'clawbot deny -r '\''not today'\''' 'clawbot secrets set DEPLOY_TOKEN' \
    'clawbot audit verify'; do
	has "README.md: $line" "$README" "$line"
done

### Who is who, and what may be asked

sed -i 's/"clawbot-demo-agent"/"agent"/; s/"group:clawbot-agent"/"agent"/' \
    "$CONF"
ok "clawbotd -n takes the configuration" clawbotd -n -f "$CONF"
ok "systemctl restart" restart
cb agent status --all
is "status, by the agent: status" "$S" 0
cb boss doctor
is "doctor, by the approver: status" "$S" 0

### The agent asks

install -d -o clawbot -g clawbot /srv/clawbot/old
printf 'test:\n\t@sleep 2\n\t@echo tested\n' >/srv/clawbot/Makefile
cb agent run -r 'what is there' -- ls -l /srv/clawbot
is "what is allowed runs: status" "$S" 0
has "what is allowed runs: output" "$T/out" Makefile old

# ask NAME ARGUMENT...: a request that waits, in the background; ID, ASKED
ask() {
	a_name=$1
	shift
	as agent timeout 120 clawbot "$@" >"$T/$a_name.out" \
	    2>"$T/$a_name.err" </dev/null &
	ASKED=$!
	ID=
	until_true 30 have_waiting
	ok "$a_name: it waits for an approver" test -n "$ID"
}

# answer NAME STATUS: how that one ended
answer() {
	S=0
	wait "$ASKED" || S=$?
	is "$1: status" "$S" "$2"
}

as boss timeout 120 clawbot approvals --watch >"$T/watch" 2>&1 </dev/null &
WATCH=$!
ask "make room" run -r 'make room' -- rm -rf /srv/clawbot/old
ok "approvals --watch: it comes by itself" \
    until_true 30 grep -qF "$ID" "$T/watch"
kill "$WATCH"
cb boss approvals show "$ID"
has "approvals: all of it" "$T/out" "$ID" /srv/clawbot/old "make room"
ok "nothing has happened yet" test -d /srv/clawbot/old
cb agent approve -y "$ID"
is "nobody approves his own: status" "$S" 77
cb boss approve -y "$ID"
is "approve: status" "$S" 0
answer "make room" 0
ok "what was approved has happened" test ! -e /srv/clawbot/old
SHOWN=$ID

install -d -o clawbot -g clawbot /srv/clawbot/old
ask "not today" run -r 'make room' -- rm -rf /srv/clawbot/old
cb boss deny -r 'not today' "$ID"
is "deny: status" "$S" 0
answer "not today" 77
has "deny: the reason is told" "$T/not today.err" "not today"
ok "what was denied has not happened" test -d /srv/clawbot/old

cb agent run -- mount /dev/vda /mnt
is "what is refused does not wait: status" "$S" 77

# on a terminal
mkfifo "$T/keys"
chown agent "$T/keys"
install -o agent /dev/null "$T/screen"
as agent env TERM=dumb timeout 120 script -qfec 'clawbot run -t -- python3' \
    "$T/screen" <"$T/keys" >/dev/null 2>&1 &
ASKED=$!
exec 3>"$T/keys"
ok "run -t: a prompt" until_true 30 grep -q '>>>' "$T/screen"
echo 'print(6 * 7)' >&3
ok "run -t: it answers" until_true 30 grep -q '^42' "$T/screen"
echo 'exit(5)' >&3
answer "run -t" 5
exec 3>&-

# without its caller
cb agent run -d -- make -C /srv/clawbot test
is "run -d: status" "$S" 0
id=$(cat "$T/out")
as agent timeout 120 clawbot logs -f "$id" >"$T/logs" 2>&1 &
ASKED=$!
answer "logs -f" 0
has "logs -f: what it printed" "$T/logs" tested
cb agent wait "$id"
is "wait: its status" "$S" 0
cb agent policy why -- sudo id
has "policy why: the rule" "$T/out" deny sudo

cb agent run -d -- sleep 1000
id=$(cat "$T/out")
sleeps() {
	cb boss ps && grep -q 'running.*sleep 1000' "$T/out"
}
ok "ps: it runs" until_true 30 sleeps
cb boss kill "$id"
is "kill: status" "$S" 0
cb agent wait "$id"
ok "kill: it was ended" test "$S" -ne 0 -a "$S" -ne 124
ok "kill: nothing is left" sh -c "! pgrep -fx 'sleep 1000'"

### Secrets, and the log

for name in DEPLOY_TOKEN DEMO_TOKEN; do
	token=tok-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
	printf '%s' "$token" | as boss clawbot secrets set "$name" \
	    >"$T/out" 2>&1
	is "secrets set: status" "$?" 0
done
cb boss secrets list
has "secrets list" "$T/out" DEPLOY_TOKEN DEMO_TOKEN
cb agent run -s token -- printenv DEMO_TOKEN
is "a secret reaches its command: status" "$S" 0
has "a secret is masked" "$T/out" REDACTED
hasnot "a secret is not shown" "$T/out" "$token"
cb agent secrets list
is "the agent does not see secrets: status" "$S" 77
ok "no secret in the log" sh -c "! grep -r '$token' /var/log/clawbot"

cb boss audit tail -l -n 100
has "audit tail" "$T/out" '"rm","-rf"' '"make","-C"' DEMO_TOKEN "not today"
cb boss audit show -l "$SHOWN"
has "audit show" "$T/out" request approve intent result
cb boss audit verify
is "audit verify: status" "$S" 0
ok "audit verify: OK" grep -q '^OK ' "$T/out"
ok "the log is plain text" grep -q 'exec:' /var/log/clawbot/gateway.log
finish
