# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2010,SC2016,SC2034,SC2317
#
# Promise: clawbot agent finds an agent by its caller's PATH, hands on shell,
# colours and who makes commits, switches off the agent's own sandbox and says
# so; and a skill of the profile "agent" has a home in which agents keep what is
# theirs, and the administrator's settings for them.
. "$SRC/tests/regress/lib.sh"

A=$(mktemp -d /srv/cbta.XXXXXX)
UNDO='rm -rf "$A"'
chmod 755 "$A"
mkdir "$A/bin" "$A/lib" "$A/home"
P=$W/project
install -d -o cbtagent -g "$(id -g cbtagent)" "$P"
cat >"$A/lib/agent" <<'END'
#!/bin/sh
for w; do printf '<%s>' "$w"; done
echo
pwd
env | grep -E '^(SHELL|COLORTERM|HOME|GIT_(AUTHOR|COMMITTER)_|DISABLE_A|PATH)' |
    LC_ALL=C sort
END
chmod 755 "$A/lib/agent"
for name in claude codex opencode gemini; do
	ln -s ../lib/agent "$A/bin/$name"
done
# one whose interpreter is found by the same PATH alone
printf '#!/usr/bin/env cbtnode\necho script "$0" "$@"\n' >"$A/bin/qwen"
ln -s /bin/sh "$A/bin/cbtnode"
chmod 755 "$A/bin/qwen"
printf '[user]\n\tname = Some One\n\temail = one@localhost\n' \
    >"$A/home/.gitconfig"
mkdir /etc/claude-code || bail "no /etc of our own"
echo '{ "managed": true }' >/etc/claude-code/managed-settings.json

SKILLS='"agent": { "profile": "agent", "write": ["'$P'"], "read": ["'$A'"],
	"deny": ["touch denied"] },
    "plain": { "default": "allow", "read": ["'$A'"], "env": {
	"GIT_AUTHOR_NAME": "the skill" } },'
MORE='"homeDirectory": "'$T/homes'",'
conf_default
daemon_start
HOME_R=$T/homes/agent/$(id -u cbtagent)

# line ARGUMENT...: clawbot agent, as an account with variables of its own
line() {
	S=0
	as cbtagent env -C "${HERE-/tmp}" PATH="$A/bin:$PATH" \
	    HOME="$A/home" SHELL="${SH-/bin/bash}" COLORTERM="${CT-truecolor}" \
	    ${ID+"$ID"} timeout -k 10 240 "$B/clawbot" -S "$T/run" agent \
	    "$@" >"$T/out" 2>"$T/err" </dev/null || S=$?
}
line -C "$P" claude -- -p 'a b'
is "claude: status" "$S" 0
is "claude: its words" "$(head -n 1 "$T/out")" \
    '<--settings><{"sandbox":{"enabled":false}}><-p><a b>'
is "claude: where" "$(sed -n 2p "$T/out")" "$P"
has "claude: says what is off" "$T/err" "claude: its own sandbox is off"
has "shell, colours, home" "$T/out" "SHELL=/bin/bash" "COLORTERM=truecolor" \
    "HOME=$HOME_R"
has "who makes commits" "$T/out" "GIT_AUTHOR_NAME=Some One" \
    "GIT_COMMITTER_EMAIL=one@localhost"
has "what the profile sets" "$T/out" "DISABLE_AUTOUPDATER=1"
hasnot "PATH is that of runs" "$T/out" "$A/bin"
line codex -C "$P" -- exec x
is "options may stand behind the name" "$(sed -n 1,2p "$T/out" |
    tr '\n' ' ')" "<-c><sandbox_mode=\"danger-full-access\"><exec><x> $P "
line -C "$P" codex -- --sandbox read-only
is "not if it is said otherwise" "$(head -n 1 "$T/out")" \
    "<--sandbox><read-only>"
is "nor is anything told" "$(cat "$T/err")" ""
line -C "$P" opencode
is "one without a sandbox" "$(head -n 1 "$T/out") $(cat "$T/err")" " "
HERE=$P
line gemini
is "in the directory where it is called" "$(sed -n 2p "$T/out")" "$P"
unset HERE
line -C "$P" qwen -- one
is "with the interpreter that its own PATH leads to" "$S $(cat "$T/out")" \
    "0 script $A/bin/qwen one"

ID="GIT_AUTHOR_NAME=Two <x>"
line -C "$P" gemini
hasnot "no name that git does not take" "$T/out" "GIT_AUTHOR_NAME"
ID="GIT_AUTHOR_NAME=Two"
line -C "$P" gemini
has "the environment goes before" "$T/out" "GIT_AUTHOR_NAME=Two" \
    "GIT_COMMITTER_NAME=Some One"
unset ID
line -C /tmp -s plain gemini
has "and the skill before that" "$T/out" "GIT_AUTHOR_NAME=the skill"
for SH in "$A/lib/agent" /usr/bin/../../bin/bash ../bin/sh "/bin/sh x"; do
	line -C "$P" gemini
	has "no shell that is none of the system's: $SH" "$T/out" \
	    "SHELL=/bin/sh"
	is "and nothing else of it: $SH" "$(grep -c ^SHELL= "$T/out")" 1
done
SH=/bin/bash
CT='$(id)'
line -C "$P" gemini
hasnot "no colours that are none" "$T/out" COLORTERM
unset CT

line nosuch
is "an agent that nobody knows" "$S" 64
has "what to do" "$T/err" "clawbot run -t -s agent"
line
is "none" "$S" 64
rm "$A/bin/codex"
line codex
is "one that is not there: status" "$S" 127
has "one that is not there: why" "$T/err" "codex is not in your PATH"
line -C "$P" -s nosuch gemini
is "a skill that there is not" "$S" 77

### State

inside() {
	cb cbtagent run -s agent -C "$P" -- sh -c "$1"
}
inside 'cd; mkdir .claude .codex .gemini && echo "{}" >.claude/settings.json &&
    echo x >.codex/new && mv .codex/new .codex/config.toml'
is "agents keep their state" "$S" 0
inside 'cat ~/.claude/settings.json ~/.codex/config.toml'
is "from one run to the next" "$(cat "$T/out")" "{}${NL}x"
inside 'echo x >~/.bashrc; mkdir -p ~/.claude/x/.ssh; mkdir ~/x/.claude \
    ~/y ~/y/.codex; mkdir .claude; echo x >.mcp.json; true'
is "nothing else, and not in projects" "$(ls -A "$P" "$HOME_R/y" "$HOME_R" |
    grep -v -e "^/" -e '^$' | LC_ALL=C sort | tr '\n' ' ')" ".claude .codex .gemini y "
ok "nor what is protected below" test ! -e "$HOME_R/.claude/x/.ssh"
inside 'cat /etc/claude-code/managed-settings.json;
    echo x >>/etc/claude-code/managed-settings.json'
has "the administrator's settings are there" "$T/out" managed
ok "and stay" test "$S" -ne 0
inside 'touch denied'
is "what the skill refuses" "$S" 77
daemon_stop
finish
