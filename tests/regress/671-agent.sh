# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2119,SC2317
#
# Promise: a whole agent works in a run, started by one line, under the profile
# that is made for it: clawbot agent.  Real ones, which make judges installs,
# edit a file, run a test, commit, are refused what the skill refuses, wait for
# an approver, and go on in a session that they had before, as a model that
# follows a script says.
#
# make check tries the first one that is there; AGENTS='claude gemini' tries
# those, and LONG=yes all of them.
. "$SRC/tests/regress/lib.sh"
[ "$ASAN" = no ] || skip_all "one build is enough"
# shellcheck source=tests/regress/agents.sh
. "$SRC/tests/regress/agents.sh"
some_agent

model_start
# a project, of the account's
P=$W/project
install -d -o cbtagent -g "$(id -g cbtagent)" "$P"
as cbtagent git init -q "$P"
mkdir "$T/bin"

# as the skill has them: keys would come from the vault, or stay outside
vars() {
	agent_env | sed 's/\([A-Z_]*\)=\(.*\)/"\1": "\2",/'
}
SKILLS='"agent": { "profile": "agent", "write": ["'$P'"], "network": "host",
    "read": ["'$JUDGES'"], "deny": ["git push --force"],
    "ask": ["touch asked"], "env": { '$(vars)' } },'
MORE='"homeDirectory": "'$T/homes'", "sandbox": { "hostNetwork": true },'
conf_default
daemon_start
HOME_R=$T/homes/agent/$(id -u cbtagent)
ok "the profile gives it a home that lasts" test -d "$HOME_R"

# started AGENT SCRIPT: by one line, in the background; BGPID, $T/AGENT.out
starts() {
	s_agent=$1
	shift
	agent_words "$s_agent" "script:$1" agent "$s_agent" -C "$P" --
	s_old=$IFS
	IFS=$NL
	# shellcheck disable=SC2086 # words, a line each
	setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" --init-groups \
	    env PATH="$T/bin:$PATH" SHELL=/bin/bash HOME=/nonexistent \
	    GIT_AUTHOR_NAME="A Person" GIT_AUTHOR_EMAIL=a@localhost \
	    GIT_COMMITTER_NAME="A Person" GIT_COMMITTER_EMAIL=a@localhost \
	    "$B/clawbot" -S "$T/run" $WORDS \
	    >"$T/$s_agent.out" 2>"$T/$s_agent.err" </dev/null &
	BGPID=$!
	IFS=$s_old
	BG="$BG $BGPID"
}

whole() {
	agent=$1 SCRIPT=$1
	# shellcheck disable=SC2086 # the last word is a script or a program
	{ set -- $PROGRAM; shift $(($# - 1)); }
	ln -s "$1" "$T/bin/$agent"
	case $1 in
	*.js)	ln -sf "${PROGRAM%% *}" "$T/bin/node" ;;
	esac
	agent_home "$agent" "http://127.0.0.1:$PORT"
	cp -a "$HOME_A/." "$HOME_R/"
	HOME_A=$HOME_R
	cat >"$M/$SCRIPT.script" <<-END
	{"write": "$P/$agent.sh", "text": "test 1 -eq 1 && echo passed"}
	{"shell": "sh $agent.sh; echo \$SHELL \$HOME"}
	{"shell": "git add $agent.sh && git commit -q -m $agent && git log -1 --format='%an <%ae>'"}
	{"shell": "git push --force; echo it was \$?"}
	{"shell": "touch asked; echo it was \$?"}
	{"say": "that is all"}
	END
	echo '{"shell": "cat '"$agent.sh"'"}' >"$M/${agent}_more.script"
	starts "$agent" "$SCRIPT"
	until_true 240 held_or_over && cb cbtadmin approve -y "$ID"
	status_of "$BGPID" 240
	is "$agent: it ends" "$S" 0
	[ "$S" = 0 ] || diag "$(tail -c 1500 "$T/$agent.err")"
	has "$agent: runs a test of what it has written" \
	    "$M/$SCRIPT.told.2" passed
	has "$agent: in the home of the skill, with the account's shell" \
	    "$M/$SCRIPT.told.2" "/bin/bash $HOME_R"
	has "$agent: commits, as who it works for" \
	    "$M/$SCRIPT.told.3" "A Person <a@localhost>"
	has "$agent: is refused" "$M/$SCRIPT.told.4" "it was 126"
	has "$agent: waits for an approver" "$M/$SCRIPT.told.5" "it was 0"
	has "$agent: its model has the last word" "$T/$agent.out" \
	    "that is all"
	is "$agent: nothing else was asked" "$(grep -c '"state":"waiting"' \
	    "$T/log/gateway.log")" 0
}

# a program of the run is held
held_or_over() {
	{ cb cbtadmin --json approvals &&
	    ID=$(json "$T/out" approvals.0.question); } || child_over "$BGPID"
}

n=0
for agent in $AGENTS; do
	if program_of "$agent"; then
		whole "$agent"
		n=$((n + 1))
		[ "${LONG-}" = yes ] || [ -n "$WANTED" ] || break
	else
		skip "$agent" "make judges installs it"
	fi
done
finish
