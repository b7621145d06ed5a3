# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# mcp: what it leaves alone.  A run that was detached is waited for like any
# other and outlives every server; what a client has in its environment is
# nowhere afterwards.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/mcp.sh
. "$SRC/tests/regress/mcp.sh"

conf_default
daemon_start

### Detached

cb cbtagent run -d -C "$W" -- sh -c \
    'echo first; until test -e go; do sleep 0.1; done; echo last; exit 7'
RUN=$(cat "$T/out")
for how in eof 'kill INT' 'kill TERM'; do
	name=$(echo "$how" | tr -d ' ')
	{
		call one run_command '{"command":"sleep 606","wait_s":0}'
		echo '= one'
		# a wait is under way when it ends
		call three wait_execution '{"exec_id":"'"$RUN"'","wait_s":300}'
		call four get_status '{}'
		echo '= four'
		echo "$how"
		echo end
	} >"$T/script"
	mcp "$name"
	is "$how: it ends" "$S $(cat "$T/$name/status")" "0 0"
	has "$how: who is detached is waited for" "$T/$name/four.json" "$RUN"
	cb cbtagent --json ps
	json "$T/out" runs >"$T/runs"
	is "$how: it is left, and nothing else" "$(grep -o \
	    '"state":"[a-z]*"' "$T/runs" | sort | uniq -c |
	    tr -s ' ')" ' 1 "state":"running"'
done

{
	call one wait_execution '{"exec_id":"'"$RUN"'","wait_s":0}'
	echo '= one'
} >"$T/script"
MCP_SECONDS=4
export MCP_SECONDS
mcp now
unset MCP_SECONDS
is "with wait_s 0 it is told at once, without the seconds that a decision has" \
    "$S $(got now one status)" "0 running"
cbbg go cbtagent run -C "$W" -- touch go
{
	call one wait_execution '{"exec_id":"'"$RUN"'","wait_s":60}'
	echo '= one'
} >"$T/script"
mcp later
is "its end is told to who waits for it" "$(got later one status) \
$(got later one exit_code)" "completed 7"
cb cbtagent logs "$RUN"
has "... and its output is where that of detached runs is" "$T/out" last

### What others of the account asked for is cancelled by its id

asked() {
	{
		call one cancel_execution '{"exec_id":"'"$RUN"'"}'
		call two cancel_execution '{"exec_id":"r23456789abcd"}'
		echo '= one two'
	} >"$T/script"
}
cb cbtagent run -d -C "$W" -- sleep 607
RUN=$(cat "$T/out")
{
	call one wait_execution '{"exec_id":"'"$RUN"'","wait_s":0}'
	echo '= one'
	call two cancel_execution '{"exec_id":"'"$RUN"'"}'
	echo '= two'
	call three cancel_execution '{"exec_id":"'"$RUN"'"}'
	echo '= three'
} >"$T/script"
mcp told
is "one that was waited for" "$(got told one status) \
$(got told two status) $(got told three status)" \
    "running cancelled cancelled"
ok "... and nothing is left" until_true 60 no_runs
cb cbtagent run -d -C "$W" -- sleep 608
RUN=$(cat "$T/out")
asked
mcp unknown
is "one that was not" "$(got unknown one status)" cancelled
ok "... and nothing is left" until_true 60 no_runs
is "one that there is not" "$(json "$T/unknown/two.json" \
    result.isError)" true
mcp over
is "one that is over" "$(json "$T/over/one.json" result.isError)" true
{
	call one run_command '{"command":"touch asked","wait_s":0}'
	echo '= one'
	echo 'kill KILL'
	echo end
} >"$T/script"
mcp asks
have_waiting
RUN=$ID
is "a request whose server is gone waits" "$RUN" "$(got asks one exec_id)"
asked
mcp withdraws
is "... and is withdrawn by the next one" "$(got withdraws one status)" \
    cancelled
ok "... and nothing is left" until_true 60 no_runs
cbbg theirs cbtother run -C "$W" -- sleep 609
ok "a run of another account's" until_true 60 running "sleep 609"
cb cbtother --json ps
RUN=$(json "$T/out" runs.0.run)
asked
mcp foreign
is "... is nobody's to cancel" "$(json "$T/foreign/one.json" \
    result.isError)" true
ok "... and goes on" running "sleep 609"
MCP_AS=cbtadmin
mcp approver
unset MCP_AS
is "... and none of an approver's server" "$(json "$T/approver/one.json" \
    result.isError)" true
ok "... and goes on, too" running "sleep 609"
cb cbtother kill "$RUN"

### ... and waited for

# told_of RUN: what a server of MCP_AS says of waiting for it
told_of() {
	call one wait_execution '{"exec_id":"'"$1"'","wait_s":0}' >"$T/script"
	echo '= one' >>"$T/script"
	mcp "$2"
	json "$T/$2/one.json" result.content.0.text
}
cb cbtother run -d -C / -- sh -c 'sleep 610; exit 3'
RUN=$(cat "$T/out")
MCP_AS=cbtadmin
told_of "$RUN" waits >"$T/theirs"
told_of r23456789abcd none | sed "s/r23456789abcd/$RUN/" >"$T/nobodys"
ok "one of others is to an approver's server as one that there is not" \
    cmp -s "$T/theirs" "$T/nobodys"
is "... which is no execution" "$(json "$T/waits/one.json" \
    result.isError)" true
cbbg approver cbtadmin wait -n "$RUN"
asking "$BGPID"
cb cbtother kill "$RUN"
status_of "$BGPID"
is "... and the approver waits for it" "$S" 143
MCP_AS=cbtadmin
told_of "$RUN" kept >"$T/theirs"
ok "... nor is there one whose end is kept" cmp -s "$T/theirs" "$T/nobodys"
MCP_AS=cbtother
told_of "$RUN" ours >"$T/own"
unset MCP_AS
has "... which its own is told" "$T/own" killed cancelled

### The environment

{
	call one run_command '{"command":"env","reason":"look around"}'
	call two run_command '{"command":"touch denied"}'
	call three check_policy '{"command":"env"}'
	call four get_status '{}'
	echo '= one two three four'
	echo '> {"jsonrpc":"2.0","id":"odd","method":"nonesuch"}'
	echo '= odd'
} >"$T/script"
mcp secret
is "all are answered" "$S" 0
hasnot "the client's environment is in no answer" /dev/stdin \
    hunter2 SECRET_OF_CLIENT <<END
$(cat "$T/secret"/*)
END
hasnot "... in nothing that it says besides" "$T/err" hunter2
daemon_stop
find "$T/log" "$T/run" "$T/d.err" "$T/d.out" -type f -exec cat {} + >"$T/all"
has "... the log has the run" "$T/all" "look around"
hasnot "... and nothing of it" "$T/all" hunter2 SECRET_OF_CLIENT
finish
