# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2119,SC2317
#
# mcp, as real agents use it: each starts it as its server, and calls its tools
# as a model that follows a script says.  What counts is what the model is told
# in its next request: status and output of a command, of one that an approver
# lets go, of one that is refused, of a long one, of one that is taken back; and
# that nothing runs any more when an agent has been ended.
#
# make check tries the first one that is there; AGENTS='claude gemini' tries
# those, and LONG=yes all of them, and waits for more than a minute.
. "$SRC/tests/regress/lib.sh"
[ "$ASAN" = no ] || skip_all "one build is enough"
# shellcheck source=tests/regress/agents.sh
. "$SRC/tests/regress/agents.sh"
some_agent

conf_default
chmod 777 "$W"
daemon_start
model_start

# value N NAME: the first word of that in the record that the Nth tool has told,
# which one agent quotes in a text of its own
value() {
	told "$SCRIPT" "$1" | perl -e 'local $/; $_ = <STDIN>;
	    print /"$ARGV[0]\\*": ?\\*"?(\w*)/ ? $1 : "no record in $_"' "$2"
}

# told_or_over N: the model was told so much, or the agent has ended too early
told_or_over() {
	[ -e "$M/$SCRIPT.told.$1" ] || child_over "$BGPID"
}

# what is done meanwhile by others: the approver, and whoever the command that
# goes on waits for
meanwhile() {
	until_true 300 told_or_over 3 && have_waiting &&
	    cb cbtadmin approve -y "$ID"
	touch "$M/$SCRIPT.approved"
	until_true 300 told_or_over 5
	[ "${LONG-}" != yes ] || sleep 25
	touch "$W/$SCRIPT.go"
}

uses() {
	agent=$1 SCRIPT=$1 wait_s=1
	[ "${LONG-}" != yes ] || wait_s=45
	cat >"$M/$SCRIPT.script" <<-END
	{"mcp": "run_command", "args": {"command": "echo out; echo err >&2; exit 3"}}
	{"mcp": "run_command", "args": {"command": "touch denied"}}
	{"mcp": "run_command", "args": {"command": "touch asked", "wait_s": 0}}
	{"mcp": "wait_execution", "args": {"exec_id": "@EXEC@"}, "until": "$M/$SCRIPT.approved"}
	{"mcp": "run_command", "args": {"command": "until test -e $SCRIPT.go; do sleep 0.1; done; echo late", "wait_s": $wait_s}}
	{"mcp": "wait_execution", "args": {"exec_id": "@EXEC@"}, "until": "$W/$SCRIPT.go"}
	{"mcp": "run_command", "args": {"command": "sleep 1001", "wait_s": 0}}
	{"mcp": "cancel_execution", "args": {"exec_id": "@EXEC@"}}
	{"say": "that is all"}
	END
	agent_bg "$agent" "script:$SCRIPT"
	meanwhile
	status_of "$BGPID"
	is "$agent: it ends" "$S" 0
	is "$agent: a command" "$(value 1 status) $(value 1 exit_code) \
$(value 1 stdout) $(value 1 stderr)" "completed 3 out err"
	is "$agent: one that is refused" "$(value 2 status)" denied
	is "$agent: one that is asked about" "$(value 3 status)" \
	    pending_approval
	is "$agent: has run when it was approved" \
	    "$(value 4 status) $(value 4 exit_code)" "completed 0"
	is "$agent: one that is long" "$(value 5 status)" running
	is "$agent: has ended later" "$(value 6 status) $(value 6 stdout)" \
	    "completed late"
	is "$agent: one that is taken back" "$(value 7 status) \
$(value 8 status)" "running cancelled"
	has "$agent: its model has the last word" "$T/$agent.out" \
	    "that is all"
	[ "$S" = 0 ] || diag "$(tail -c 1500 "$T/$agent.err")"
}

# those that have ended may be kept
no_runs() {
	cb root --json ps && json "$T/out" runs >"$T/runs" &&
	    ! sed 's/"state":"finished"//g' "$T/runs" | grep -q '"state"'
}

ends() {
	agent=$1 SCRIPT=$1_ends
	echo '{"mcp": "run_command", "args": {"command": "sleep 1002"}}' \
	    >"$M/$SCRIPT.script"
	agent_bg "$agent" "script:$SCRIPT"
	ok "$agent: its command runs" until_true 240 running "sleep 1002"
	kill "-$2" "$BGPID"
	status_of "$BGPID" 60
	ok "$agent: $2 ends it" test "$S" != running
	[ "$S" != running ] || kill -9 "$BGPID"
	ok "$agent: $2, and what it has run" until_true 60 no_runs
}

n=0
for agent in $AGENTS; do
	if program_of "$agent"; then
		agent_home "$agent" "http://127.0.0.1:$PORT" \
		    '["-S", "'"$T/run"'", "mcp"]'
		uses "$agent"
		ends "$agent" INT
		n=$((n + 1))
		[ "${LONG-}" = yes ] || [ -n "$WANTED" ] || break
	else
		skip "$agent" "make judges installs it"
	fi
done
finish
