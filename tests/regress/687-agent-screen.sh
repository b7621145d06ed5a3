# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2119,SC2317
#
# Promise: a real agent with its screen, which make judges installs, is one run
# by clawbot agent, and its user works with it as outside: it edits a file, runs
# a test, commits, is refused what the skill refuses, waits for an approver; its
# user leaves it for a while by Ctrl-Z, changes the size of the window, pastes,
# ends it, and goes on with the session another time; and the terminal is as it
# was however it ends.
#
# It takes longer than make check has: LONG=yes tries all that are there,
# AGENTS='claude gemini' these.
. "$SRC/tests/regress/lib.sh"
[ "${LONG-}" = yes ] || skip_all "LONG=yes tries it"
[ "$ASAN" = no ] || skip_all "one build is enough"
# shellcheck source=tests/regress/agents.sh
. "$SRC/tests/regress/agents.sh"
# shellcheck source=tests/regress/terminal.sh
. "$SRC/tests/regress/terminal.sh"
some_agent
SEES=240		# they start slowly where nothing is cached

model_start
# some do not want their home below /tmp
HOMES=$(mktemp -d /srv/cbth.XXXXXX)
UNDO="rm -rf '$HOMES'; $UNDO"
chmod 755 "$HOMES"
P=$W/project
install -d -o cbtagent -g "$(id -g cbtagent)" "$P"
as cbtagent git init -q "$P"
mkdir "$T/bin"
vars() {
	agent_env | sed 's/\([A-Z_]*\)=\(.*\)/"\1": "\2",/'
}
SKILLS='"agent": { "profile": "agent", "write": ["'$P'"], "network": "host",
    "read": ["'$JUDGES'"], "deny": ["git push --force"],
    "ask": ["touch asked"], "env": { '$(vars)' } },'
MORE='"homeDirectory": "'$HOMES/of'", "sandbox": { "hostNetwork": true },'
conf_default
daemon_start
HOME_R=$HOMES/of/agent/$(id -u cbtagent)

# screen_of AGENT: what its screen and its keys are.  FIRST and AGAIN, its
# arguments; PROMPT, a row of it that can be typed to; WIDE, a row where the
# window has 70 columns, and no other number of them; END, a word that ends it,
# and how often Ctrl-C is pressed for that
screen_of() {
	FIRST='' AGAIN=--continue END=/exit INTS=2
	WIDE='^─{70}$'		# a line across the window
	case $1 in
	claude)	FIRST='--permission-mode default' AGAIN="--continue $FIRST"
		PROMPT='^ *(❯|>)' ;;
	codex)	FIRST='-a never' AGAIN="resume --last $FIRST" END=/quit INTS=1
		PROMPT='^› ' WIDE='^.{57,60}f2 to view$' ;;
	opencode)
		PROMPT='ctrl\+p commands' WIDE='^.{50,54}ctrl\+p commands$'
		INTS=1 ;;
	gemini)	FIRST='-m gemini-2.5-pro --yolo' END=/quit
		AGAIN="$FIRST --resume latest" PROMPT='Type your message' ;;
	qwen)	FIRST='-m m --yolo' END=/quit
		AGAIN="$FIRST --continue" PROMPT='Type your message' ;;
	esac
}

# settle AGENT: its program, by that name, and its home, in which it has been
# started before and knows the project
settle() {
	# shellcheck disable=SC2086 # the last word is a script or a program
	{ set -- "$1" $PROGRAM; }
	s_agent=$1
	shift $(($# - 1))
	ln -s "$1" "$T/bin/$s_agent"
	case $1 in
	*.js)	ln -sf "${PROGRAM%% *}" "$T/bin/node" ;;
	esac
	agent_home "$s_agent" "http://127.0.0.1:$PORT"
	case $s_agent in
	claude)	echo '{ "hasCompletedOnboarding": true, "numStartups": 5,
		    "theme": "dark",
		    "customApiKeyResponses": { "approved": ["the-key"] },
		    "projects": { "'"$P"'": { "hasTrustDialogAccepted": true,
		    "hasCompletedProjectOnboarding": true } } }' \
		    >"$HOME_A/.claude.json"
		echo '{ "permissions": { "allow": ["Bash", "Write"] } }' \
		    >"$HOME_A/.claude/settings.json"
		chown cbtagent "$HOME_A"/.claude/* ;;
	codex)	printf '[projects."%s"]\ntrust_level = "trusted"\n' "$P" \
		    >>"$HOME_A/.codex/config.toml" ;;
	esac
	cp -a "$HOME_A/." "$HOME_R/"
}

scripts() {
	cat >"$M/$1_works.script" <<-END
	{"write": "$P/$1.sh", "text": "test 1 -eq 1 && echo passed"}
	{"shell": "sh $1.sh"}
	{"shell": "git add $1.sh && git commit -q -m $1 && git log -1 --format='%an <%ae>'"}
	{"shell": "git push --force; echo it was \$?"}
	{"shell": "touch asked; echo it was \$?"}
	{"say": "that is the first word"}
	END
	echo '{"say": "a word after that"}' >"$M/$1_again.script"
	echo '{"say": "a word of another day"}' >"$M/$1_later.script"
}

cat >"$T/go" <<END
#!/bin/sh
agent=\$1
shift
exec setpriv --reuid=cbtagent --regid=$(id -g cbtagent) --init-groups \
    env PATH=$T/bin:/usr/bin:/bin HOME=/nonexistent TERM=\$TERM \
    GIT_AUTHOR_NAME="A Person" GIT_AUTHOR_EMAIL=a@localhost \
    GIT_COMMITTER_NAME="A Person" GIT_COMMITTER_EMAIL=a@localhost \
    $B/clawbot -S $T/run agent "\$agent" -C $P -- "\$@"
END
chmod 755 "$T/go"

# says WHAT SCRIPT: typed to it, seen, and sent; again if it did not listen yet
says() {
	for _ in $(seq 24); do
		typed " script:$2"
		! until_true 10 screen "script:$2" || break
	done
	sees "$1" "script:$2"
	typed Enter
}

held() {
	cb cbtadmin --json approvals &&
	    ID=$(json "$T/out" approvals.0.question)
}

works() {
	agent=$1
	rm -f "$P/asked"
	typed "$T/go $agent $FIRST" Enter
	sees "$agent: starts, and has its prompt" "$PROMPT"
	says "$agent: is typed to" "${agent}_works"
	ok "$agent: a command of it waits for an approver" until_true 240 held
	cb cbtadmin approve -y "$ID"
	sees "$agent: its model has had all answers" 'that is the first word'
	has "$agent: runs a test of what it has written" \
	    "$M/${agent}_works.told.2" passed
	has "$agent: commits, as who it works for" \
	    "$M/${agent}_works.told.3" "A Person <a@localhost>"
	has "$agent: is refused" "$M/${agent}_works.told.4" "it was 126"
	has "$agent: is let go on by the approver" \
	    "$M/${agent}_works.told.5" "it was 0"
}

# sent PATTERN: by Enter, which right behind a paste some take for a part of it
sent() {
	for _ in $(seq 24); do
		typed Enter
		! until_true 10 screen "$1" || return 0
	done
	return 1
}

leaves() {
	typed C-z
	ok "$agent: Ctrl-Z: the screen is the one before" until_true 60 \
	    is_state "0 1 sh"
	typed 'echo I am $((6 * 7))' Enter
	sees "$agent: ... and the shell has the keys" '^I am 42'
	typed fg Enter
	sees "$agent: back: what was said is there" 'that is the first word'
	$TM resize-window -t 0 -x 70 -y 24
	sees "$agent: another size" "$WIDE"
	printf 'script:%s_again\n~.\nlast line' "$agent" >"$T/paste"
	$TM load-buffer "$T/paste"
	$TM paste-buffer -p -t 0
	sees "$agent: what is pasted is its text, of several lines" \
	    'last line|Pasted '
	ok "$agent: ... and what its model hears" sent 'a word after that'
	ok "$agent: ... all of it" grep -qF \
	    "${agent}_again"'\n~.\nlast line' "$M/requests"
	typed "$END"
	sees "$agent: its own end is typed" "$END"
	typed Enter
	as_it_was "$agent: its own end" 0
}

# interrupted: by Ctrl-C, which where something goes on only ends that
interrupted() {
	for _ in $(seq 12); do
		typed C-c
		[ "$INTS" -eq 1 ] || typed C-c
		! until_true 10 is_state "0 1 sh" || return 0
	done
	return 1
}

returns() {
	$TM resize-window -t 0 -x 90 -y 30
	typed "$T/go $agent $AGAIN" Enter
	sees "$agent: another time: what was said is there" \
	    'a word after that'
	sees "$agent: ... and its prompt" "$PROMPT"
	says "$agent: is typed to again" "${agent}_later"
	sees "$agent: its model is asked again" 'a word of another day'
	interrupted
	as_it_was "$agent: its end by Ctrl-C" 0
}

is_killed() {
	typed "$T/go $agent $FIRST" Enter
	sees "$agent: once more" "$PROMPT"
	cb root --json ps
	cb root kill "$(json "$T/out" runs.0.run)"
	is "$agent: it is told to end: status" "$S" 0
	as_it_was "$agent: a forced end" '[0-9]+'
}

for agent in $AGENTS; do
	if program_of "$agent"; then
		screen_of "$agent"
		settle "$agent"
		scripts "$agent"
		terminal 90x30
		works "$agent"
		leaves
		returns
		is_killed
	else
		skip "$agent" "make judges installs it"
	fi
done
daemon_stop
finish
