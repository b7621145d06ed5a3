# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# clawbot hook: what each agent is answered, by the rules, by an approver, and
# where nothing can be told: a refusal.
. "$SRC/tests/regress/lib.sh"

SKILLS='"two": { "default": "allow" },'
conf_default
daemon_start
install -d -m 777 "$T/hook"
AGENTS="claude codex gemini qwen copilot opencode openclaw generic"

# call TOOL INPUT: what an agent would say
call() {
	printf '{"session_id":"s","hook_event_name":"PreToolUse","cwd":"%s",' \
	    "$W"
	printf '"tool_name":"%s","tool_input":%s}\n' "$1" "$2"
}

# hook AGENT [OPTION ...]: is told what stands in $T/in; S
hook() {
	S=0
	as cbtagent timeout 240 "$B/clawbot" -S "${SOCKETS-$T/run}" hook "$@" \
	    <"$T/in" >"$T/out" 2>"$T/err" || S=$?
}

# verdict AGENT: what that agent makes of it: allow, ask, deny, or runs, which
# is what it does with all that it does not understand
verdict() {
	case $S in
	2)	echo deny; return ;;
	0)	;;
	*)	echo runs; return ;;
	esac
	[ -s "$T/out" ] || { echo runs; return; }
	case $1 in
	claude|codex|qwen)
		v_path=hookSpecificOutput.permissionDecision ;;
	copilot)
		v_path=permissionDecision ;;
	*)	v_path=decision ;;
	esac
	json "$T/out" "$v_path"
}

### The rules, to each of them

for a in $AGENTS; do
	want=allow
	[ "$a" != codex ] || want=runs
	call Bash '{"command":"touch fine"}' >"$T/in"
	hook "$a"
	is "$a: allowed" "$(verdict "$a") $S" "$want 0"
	call Bash '{"command":"cd . && touch denied"}' >"$T/in"
	hook "$a"
	is "$a: denied" "$(verdict "$a")" deny
	has "$a: denied: why" "$T/out" skills.default.deny
	printf '%s' 'no JSON' >"$T/in"
	hook "$a"
	is "$a: garbage" "$(verdict "$a")" deny
	: >"$T/in"
	hook "$a"
	is "$a: nothing" "$(verdict "$a")" deny
	call Unknown '{}' >"$T/in"
	hook "$a"
	is "$a: a tool that is not known" "$(verdict "$a")" deny
	call Bash '{"command":"touch fine"}' >"$T/in"
	SOCKETS=$T/none hook "$a"
	is "$a: no daemon" "$(verdict "$a")" deny
	hook "$a" --nonsense
	is "$a: an option that there is not" "$(verdict "$a")" deny
done
ok "nothing of that was executed" test ! -e "$W/fine" -a ! -e "$W/denied"
grep '"ev":"intent"' "$T/log/gateway.log" | tail -n 1 |
    sed 's/.*exec: //' >"$T/i"
is "what stands in the log" "$(json "$T/i" argv)" \
    '["/bin/sh","-n","-c","touch fine"]'
hook nobody
is "an agent that is not known" "$S" 2
head -c 9000000 /dev/zero | tr '\0' ' ' >"$T/in"
hook claude
is "far too much" "$(verdict claude)" deny
{
	printf '{"cwd":"%s","tool_name":"Bash","tool_input":{"command":"' "$W"
	head -c 300000 /dev/zero | tr '\0' a
	echo '"}}'
} >"$T/in"
hook claude
is "a command that is too long" "$(verdict claude)" deny
call Bash '{"command":"touch fine"}' >"$T/in"
S=0
as cbtagent "$B/clawbot" -S "$T/run" hook claude <"$T/in" >/dev/full \
    2>"$T/err" || S=$?
is "allowed, and nobody can be told: the agent's own rules" "$S" 0
call Bash '{"command":"touch denied"}' >"$T/in"
S=0
as cbtagent "$B/clawbot" -S "$T/run" hook claude <"$T/in" >/dev/full \
    2>"$T/err" || S=$?
is "denied, and nobody can be told" "$S" 2
has "... but why" "$T/err" skills.default.deny

### What there is besides shells

call TodoWrite '{"todos":[]}' >"$T/in"
hook claude
is "a tool that does nothing: nothing is said" "$S$(cat "$T/out")" 0
call mcp__clawbot__run_command '{"command":"touch denied"}' >"$T/in"
hook claude
is "our own server" "$S$(cat "$T/out")" 0
call mcp__else__run '{}' >"$T/in"
hook claude -p Other -p mcp__else__run
is "-p" "$S$(cat "$T/out")" 0
for t in Read:read Write:write; do
	kind=${t#*:} t=${t%:*}
	call "$t" '{"file_path":"'"$W/new/er"'"}' >"$T/in"
	hook claude
	is "$kind in a grant" "$(verdict claude)" allow
	call "$t" '{"file_path":"/etc/shadow"}' >"$T/in"
	hook claude
	is "$kind elsewhere" "$(verdict claude)" deny
done
call Write '{"file_path":"/etc/passwd"}' >"$T/in"
hook claude
is "write what can only be read" "$(verdict claude)" deny
call apply_patch '{"command":"*** Begin Patch\n*** Add File: a\n+x\n*** Delete File: /etc/passwd\n*** End Patch"}' >"$T/in"
hook codex
is "a patch: all of its files" "$(verdict codex)" deny
call apply_patch '{"command":"*** Begin Patch\n*** Add File: a\n+x\n*** End Patch"}' >"$T/in"
hook codex
is "a patch: in a grant" "$(verdict codex) $S" "runs 0"

### Approvals

# later NAME AGENT OPTION...: in the background; BGPID
later() {
	l_name=$1
	shift
	setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" --init-groups \
	    "$B/clawbot" -S "$T/run" hook "$@" <"$T/in" \
	    >"$T/$l_name.out" 2>"$T/$l_name.err" &
	BGPID=$!
	BG="$BG $BGPID"
}

call Bash '{"command":"touch asked"}' >"$T/in"
later yes claude --wait 10m
waiting
has "an approver sees the line" "$T/out" "touch asked"
cb cbtadmin approve -y "$ID"
status_of "$BGPID"
cp "$T/yes.out" "$T/out"
is "approved" "$(verdict claude) $S" "allow 0"
later no codex --wait 10m
waiting
cb cbtadmin deny -r "not today" "$ID"
status_of "$BGPID"
cp "$T/no.out" "$T/out"
is "not approved" "$(verdict codex)" deny
has "not approved: why" "$T/no.out" "not today"

hook codex --wait 0
is "not yet: it is a refusal" "$(verdict codex)" deny
has "not yet: with how to come back" "$T/out" "clawbot approve r"
have_waiting
first=$ID
hook claude --wait 0
is "the same again" "$(verdict claude)" deny
have_waiting
is "... is the same request" "$ID" "$first"
hook claude --wait 0 --ask
is "--ask: whoever is there" "$(verdict claude)" ask
hook codex --wait 0 --ask
is "--ask: not where that runs it" "$(verdict codex)" deny
cb cbtadmin approve -y "$ID"
is "approved while nobody waits" "$S" 0
hook claude
is "it is come back to" "$(verdict claude)" allow
hook claude --wait 0
is "... once" "$(verdict claude)" deny
have_waiting
cb cbtagent kill "$ID"
later ended claude --wait 10m
waiting
kill -TERM "$BGPID"
status_of "$BGPID"
cp "$T/ended.out" "$T/out"
is "ended while it waits: a refusal all the same" "$(verdict claude) $S" \
    "deny 0"

### clawbot-sh does it

call Bash '{"command":"touch asked"}' >"$T/in"
CLAUDE_CODE_SHELL_PREFIX=$T/bin/clawbot-sh
export CLAUDE_CODE_SHELL_PREFIX
mkdir "$T/bin"
printf '#!/bin/sh\nexec /bin/sh -c "$1"\n' >"$T/bin/clawbot-sh"
chmod 755 "$T/bin/clawbot-sh"
hook claude --wait 0
is "another program of that name is none" "$(verdict claude)" deny
CLAUDE_CODE_SHELL_PREFIX=clawbot-sh
hook claude --wait 0
is "nor is whatever PATH has" "$(verdict claude)" deny
CLAUDE_CODE_SHELL_PREFIX=$B/clawbot-sh
hook claude --wait 0
is "nobody is asked twice" "$(verdict claude)" allow
hook qwen --wait 0
is "... but where that holds" "$(verdict qwen)" deny

daemon_stop
finish
