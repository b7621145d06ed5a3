# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2119,SC2317
#
# Promise: a real agent with its screen, which make judges installs, is one run
# by clawbot agent, and its user works with it as outside: is asked by it, runs a
# command, leaves it for a while by Ctrl-Z, changes the size of the window,
# pastes, ends it, and goes on with the session another time.
#
# It takes longer than make check has: LONG=yes tries it.
. "$SRC/tests/regress/lib.sh"
[ "${LONG-}" = yes ] || skip_all "LONG=yes tries it"
[ "$ASAN" = no ] || skip_all "one build is enough"
# shellcheck source=tests/regress/agents.sh
. "$SRC/tests/regress/agents.sh"
# shellcheck source=tests/regress/terminal.sh
. "$SRC/tests/regress/terminal.sh"
AGENTS=claude
some_agent

model_start
P=$W/project
install -d -o cbtagent -g "$(id -g cbtagent)" "$P"
vars() {
	agent_env | sed 's/\([A-Z_]*\)=\(.*\)/"\1": "\2",/'
}
SKILLS='"agent": { "profile": "agent", "write": ["'$P'"], "network": "host",
    "read": ["'$JUDGES'"], "env": { '$(vars)' } },'
MORE='"homeDirectory": "'$T/homes'", "sandbox": { "hostNetwork": true },'
conf_default
daemon_start
HOME_R=$T/homes/agent/$(id -u cbtagent)
agent_home claude "http://127.0.0.1:$PORT"
echo '{ "hasCompletedOnboarding": true, "numStartups": 5, "theme": "dark",
    "customApiKeyResponses": { "approved": ["the-key"] },
    "projects": { "'"$P"'": { "hasTrustDialogAccepted": true,
    "hasCompletedProjectOnboarding": true } } }' >"$HOME_A/.claude.json"
echo '{ "permissions": { "allow": ["Bash"] } }' >"$HOME_A/.claude/settings.json"
chown cbtagent "$HOME_A/.claude.json" "$HOME_A/.claude/settings.json"
cp -a "$HOME_A/." "$HOME_R/"
echo '{"shell": "echo $((6 * 7)) >answer"}' >"$M/works.script"
echo '{"say": "that is the first word"}' >>"$M/works.script"
echo '{"say": "a word after that"}' >"$M/again.script"
echo '{"say": "a word of another day"}' >"$M/later.script"
program_of claude
mkdir "$T/bin"
ln -s "$PROGRAM" "$T/bin/claude"
cat >"$T/go" <<END
#!/bin/sh
exec setpriv --reuid=cbtagent --regid=$(id -g cbtagent) --init-groups \
    env PATH=$T/bin:/usr/bin:/bin HOME=/nonexistent TERM=\$TERM \
    $B/clawbot -S $T/run agent claude -C $P -- "\$@"
END
chmod 755 "$T/go"

terminal 90x30
typed "$T/go" Enter
sees "it starts, and has its prompt" '^ *(❯|>)'
typed 'script:works'
sees "it is typed to" 'script:works'
typed Enter
sees "its model is asked, and answers" 'that is the first word'
is "its command has run" "$(cat "$P/answer")" 42
typed C-z
sees "Ctrl-Z: the shell is there" 'Stopped|shell\$ *$'
typed 'echo I am $((6 * 7))' Enter
sees "it has the keys" '^I am 42'
typed fg Enter
sees "back: what was said is there" 'that is the first word'
$TM resize-window -t 0 -x 70 -y 24
# a line across the window is as long as that is wide
sees "another size" '^─{70}$'
printf 'script:again\n~.\nlast line' >"$T/paste"
$TM load-buffer "$T/paste"
$TM paste-buffer -p -t 0
sees "what is pasted is its text, of several lines" 'last line|Pasted text'
typed Enter
sees "... and what its model hears" 'a word after that'
has "... all of it" "$M/requests" '~.\nlast line'
typed '/exit' 
sees "its own end" '/exit'
typed Enter
as_it_was "its end" 0

typed "$T/go --continue" Enter
sees "another time: what was said is there" 'a word after that'
typed 'script:later'
sees "it is typed to again" 'script:later'
typed Enter
sees "its model is asked again" 'a word of another day'
typed C-c
typed C-c
as_it_was "its end by Ctrl-C, twice" 0
daemon_stop
finish
