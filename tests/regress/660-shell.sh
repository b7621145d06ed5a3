# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# clawbot-sh: what a shell is given is asked for, line for line as it was
# meant, and ends as a shell does.
. "$SRC/tests/regress/lib.sh"

SKILLS='"two": { "default": "allow", "write": ["'$W'"] },'
conf_default
daemon_start
SH=$B/clawbot-sh
CLAWBOT_SOCKETS=$T/run
export CLAWBOT_SOCKETS
P=$T/pty
install -d -o cbtagent "$P"

# by ARG...: the shell with these, as the agent, with $T/in for its input; S
by() {
	S=0
	# shellcheck disable=SC2086 # words
	(cd "$W" && as cbtagent env CLAWBOT_SOCKETS="$T/run" ${SKILL-} \
	    timeout 240 "$SH" "$@") <"$T/in" >"$T/out" 2>"$T/err" || S=$?
}

# meant NAME LINE: the last request had that line
meant() {
	grep '"ev":"intent"' "$T/log/gateway.log" | tail -n 1 >"$T/intent"
	is "$1: what was asked for" "$(sed 's/.*exec: //' "$T/intent" \
	    >"$T/i"; json "$T/i" argv.2)" "$2"
}

: >"$T/in"
### Its ways

by -c 'echo out; echo err >&2; exit 3'
is "-c: status" "$S" 3
is "-c: output" "$(cat "$T/out")" out
is "-c: errors" "$(cat "$T/err")" err
by -lc 'pwd'
is "-lc: where its caller is" "$S $(cat "$T/out")" "0 $W"
by -l -c 'kill -TERM $$'
is "a signal" "$S" 143
by --login --norc -c 'nonesuch'
is "no such command" "$S" 127
by -c 'echo "$0 $1 $#"' name 'a b'
is "-c with operands" "$(cat "$T/out")" "name a b 1"
echo data >"$T/in"
by -c cat
is "standard input is the command's" "$(cat "$T/out")" data
printf 'a=1\nfor i in 1 2; do\n\techo "$i$a"\ndone\nexit 4' >"$T/in"
by
is "standard input: a script" "$S $(tr '\n' ' ' <"$T/out")" "4 11 21 "
by -s one two <"$T/in"
is "-s: a script with operands" "$S" 4
echo 'echo "$0" "$1" "$2" $#; exit 4' >"$T/in"
by -s one two <"$T/in"
is "... which are its parameters" "$S $(cat "$T/out")" "4 sh one two 2"
: >"$T/in"
echo 'echo "script $1"' >"$W/s.sh"
by "$W/s.sh" arg
is "a script" "$S $(cat "$T/out")" "0 script arg"
by 'echo "one operand"; exit 5'
is "a line as the only operand" "$S $(cat "$T/out")" "5 one operand"
by -c ''
is "an empty line" "$S" 0
by -i
is "interactive: status" "$S" 77
has "interactive: a word" "$T/err" "no interactive shell"
cat >"$P/keys" <<END
expect no interactive shell
END
S=0
as cbtagent env CLAWBOT_SOCKETS="$T/run" "$H/onpty" "$P/keys" "$SH" \
    >"$T/out" 2>&1 </dev/null || S=$?
is "on a terminal: status" "$S" 77
by -c
is "-c without a line" "$S" 64
by -e -c true
is "an option of a shell: status" "$S" 64
has "an option of a shell: a word" "$T/err" "set -e"
by --help
has "--help" "$T/out" "clawbot-sh(1)"
printf 'a\0b' >"$T/in"
by
is "a NUL in a script" "$S" 64
head -c 200000 /dev/zero | tr '\0' a >"$T/in"
by
is "a script that is too long" "$S" 64
: >"$T/in"

### As clawbot run is

by -c 'touch denied'
is "denied: status" "$S" 77
has "denied: why" "$T/err" "skills.default.deny"
ok "denied: nothing was done" test ! -e "$W/denied"
SKILL=CLAWBOT_SKILL=two by -c 'touch denied'
is "CLAWBOT_SKILL" "$S" 0
S=0
setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" --init-groups \
    env CLAWBOT_SOCKETS="$T/run" "$SH" -c "cd $W && touch asked; exit 6" \
    >"$T/bg.out" 2>"$T/bg.err" </dev/null &
BGPID=$!
BG="$BG $BGPID"
waiting
cb cbtadmin approve -y "$ID"
status_of "$BGPID"
is "approved" "$S" 6
as cbtagent env CLAWBOT_SOCKETS="$T/none" "$SH" -c true >"$T/out" \
    2>"$T/err" </dev/null
is "no daemon" "$?" 69
by -c 'cat /etc/shadow || ls /root'
ok "it is a run: nothing that runs do not see" test "$S" -ne 0

### What agents put around it

X='/h/.claude/shell-snapshots/s.sh'
CLAUDE="source $X 2>/dev/null || true && { \\builtin shopt -u extglob ||"
CLAUDE="$CLAUDE \\builtin setopt NO_A; } >/dev/null 2>&1 || true && eval "
by "$CLAUDE'echo \"it'\"'\"'s\" | cat' < /dev/null && pwd -P >| /tmp/c-1-cwd"
is "Claude Code" "$S $(cat "$T/out")" "0 it's"
meant "Claude Code" "echo \"it's\" | cat"
by "$CLAUDE'touch denied' < /dev/null && pwd -P >| /tmp/c-1-cwd"
is "Claude Code: denied" "$S" 77
by -lc "if . '$X' >/dev/null 2>&1; then :; fi

exec '/bin/bash' -c 'echo codex'"
meant "Codex" "echo codex"
by -c 'shopt -u promptvars nullglob extglob nocaseglob dotglob; { echo g; }; __code=$?; pgrep -g 0 >/tmp/p 2>&1; exit $__code;'
meant "Gemini CLI" "echo g"
by -c 'make -s && eval ls'
meant "what is none of these" "make -s && eval ls"

### Our own client, started through it

by 'clawbot mcp -s two' <"$T/in"
is "clawbot mcp ends with its input" "$S" 0
cat >"$T/in" <<END
{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
END
by "$B/clawbot mcp"
has "clawbot mcp is executed as it is" "$T/out" serverInfo
: >"$T/in"
by 'clawbot mcp; id -u >&2'
hasnot "but nothing beside it" "$T/err" "$(id -u cbtagent)"

### A login shell

# as in passwd(5): root's word for it, as the host's /etc/shells stays as it is
S=0
env CLAWBOT_SOCKETS="$T/run" su -m cbtagent -s "$SH" -c 'echo in; exit 9' \
    >"$T/out" 2>"$T/err" </dev/null || S=$?
is "su -c" "$S $(cat "$T/out")" "9 in"

daemon_stop
finish
