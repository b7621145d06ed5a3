# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# mcp: the tools, each way that an execution can end, what is told while it
# goes on, and that nothing is left when the server ends, however it ends.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/mcp.sh
. "$SRC/tests/regress/mcp.sh"

DENIED=0
LIMITS='"limits": { "timeoutSeconds": 600 }'
SKILLS='"two": { "default": "allow" },'
CHANNELS='"look": { "users": ["cbtagent"], "access": "read-only",
    "skills": ["*"] },'
conf_default
daemon_start

### How executions end

{
	call run run_command '{"command":"echo out; echo err >&2; exit 3"}'
	call args run_command '{"command":"/bin/echo","args":["$HOME;","a b"],
	    "foo":1,"cwd":"'"$W"'"}' | tr -d '\n'
	echo
	call in run_command '{"command":"cat","stdin":"one\ntwo\u0000"}'
	call env run_command '{"command":"env; ls /proc/self/fd"}'
	call denied run_command '{"command":"touch denied"}'
	call none run_command '{"command":"/nonexistent/x","args":[]}'
	call signal run_command '{"command":"kill -9 $$"}'
	call inner run_command '{"command":"touch /usr/x; exit 4"}'
	call slow run_command '{"command":"sleep 60","timeout_s":1}'
	call bytes run_command '{"command":"printf \"a\\377\\303\\251\""}'
	call dry run_command '{"command":"touch denied","dry_run":true}'
	call secret run_command '{"command":"true","secrets":["NO_SUCH"]}'
	call noskill run_command '{"command":"true"}'
	call dir run_command '{"command":"pwd","args":[],"cwd":"'"$W"'"}'
	echo '= run args in env denied none signal inner slow bytes dry secret dir'
	call check check_policy '{"command":"touch asked"}'
	call no check_policy '{"command":"touch","args":["denied"]}'
	call status get_status '{}'
	echo '= check no status noskill'
} >"$T/script"
mcp ends
is "all are answered" "$S" 0
is "a shell line: how it ended" "$(got ends run status) \
$(got ends run exit_code)" "completed 3"
is "its output" "$(got ends run stdout) $(got ends run stderr)" "out err"
is "that is no error of the tool" "$(json "$T/ends/run.json" \
    result.isError)" false
is "the text says the same" "$(json "$T/ends/run.json" \
    result.content.0.text >"$T/text"; json "$T/text" exit_code)" 3
is "an id that the log knows" "$(cb cbtagent --json audit show \
    "$(got ends run exec_id)"; grep -c intent "$T/out")" 1
is "arguments are words, and no shell sees them" \
    "$(got ends args stdout)" '$HOME; a b'
is "an argument that there is not is named" \
    "$(got ends args ignored_arguments)" '["foo"]'
is "standard input, every byte of it" \
    "$(got ends in output_bytes)" 8
hasnot "nothing of the server's environment" "$T/ends/env.json" hunter2 \
    SECRET_OF_CLIENT
is "denied" "$(got ends denied status) $(got ends denied decision.action)" \
    "denied deny"
is "that is an error" "$(json "$T/ends/denied.json" result.isError)" true
has "with the rule" "$T/ends/denied.json" "skills.default.deny"
is "no such program" "$(got ends none status)" failed_to_start
is "... of which no rule was asked" "$(got ends none decision 2>/dev/null)" ""
is "ended by a signal" "$(got ends signal status) \
$(got ends signal signal) $(got ends signal exit_code)" \
    "completed SIGKILL 137"
is "what was refused inside of it is told" "$(got ends inner message)" \
    "Exited with 4. 1 change was refused in the run: skills.default.write."
is "out of its own time" "$(got ends slow status)" timed_out
is "what is not UTF-8" "$(got ends bytes stdout 2>/dev/null)" \
    "$(printf 'a\357\277\275\303\251')"
is "dry run: status" "$(got ends dry status) \
$(got ends dry decision.action)" "dry_run deny"
is "a secret that there is not" "$(got ends secret status)" denied
is "a directory" "$(got ends dir stdout)" "$W"
is "check_policy: ask" "$(got ends check decision)" ask
is "check_policy: deny" "$(got ends no decision)" deny
has "check_policy: by which rule" "$T/ends/no.json" "skills.default.deny"
is "check_policy: each reason once" "$(got ends check reasons |
    sed 's/^\[//; s/\]$//; s/","/"\n"/g' | sort | uniq -cd)" ""
is "get_status: who" "$(got ends status agent) $(got ends status channel)" \
    "cbtagent cli"
is "get_status: where" "$(got ends status roots.0)" "$W"
is "get_status: nothing is stopped" "$(got ends status stopped)" false
is "nothing was said that is no message" "$(find "$T/ends" -name odd \
    -o -name twice -o -name null)" ""
is "it ends with its input" "$(cat "$T/ends/status")" 0

### Approvals, waiting, cancelling

mcpbg ask <<END
$(call one run_command '{"command":"touch asked","wait_s":1,"reason":"why not"}')
$(call two run_command '{"command":"touch asked","wait_s":0}')
= one two
take ONE one result.structuredContent.exec_id
take TWO two result.structuredContent.exec_id
touch $T/ask/waits
$(call oned wait_execution '{"exec_id":"@ONE@","wait_s":60}')
= oned
$(call twod cancel_execution '{"exec_id":"@TWO@"}')
= twod
$(call again cancel_execution '{"exec_id":"@TWO@"}')
$(call finished cancel_execution '{"exec_id":"@ONE@"}')
$(call unknown cancel_execution '{"exec_id":"r23456789abcd"}')
$(call nobody wait_execution '{"exec_id":"r23456789abcd"}')
$(call odd wait_execution '{"exec_id":"../../etc"}')
= again finished unknown nobody odd
END
until_true 60 test -e "$T/ask/waits" || diag "$(cat "$T/ask.err")"
is "waits for an approver" "$(got ask one status) \
$(got ask one decision.action)" "pending_approval ask"
is "whom to ask, and how" "$(got ask one approval_id)" \
    "$(got ask one exec_id)"
has "until when" "$T/ask/one.json" approval_expires_at
cb cbtadmin approve -y "$(got ask one exec_id)"
is "it is approved" "$S" 0
status_of "$BGPID"
is "all are answered" "$S" 0
is "and has run" "$(got ask oned status) $(got ask oned exit_code)" \
    "completed 0"
is "one that waits is withdrawn" "$(got ask twod status)" cancelled
is "once more does nothing" "$(got ask again status)" cancelled
is "nor to one that has ended" "$(got ask finished status)" completed
for id in unknown nobody odd; do
	is "an id that there is not: $id" "$(json "$T/ask/$id.json" \
	    result.isError)" true
done
ok "nothing waits any more" until_true 60 no_runs

mcpbg deny <<END
$(call one run_command '{"command":"touch asked"}')
= one
END
waiting
cb cbtadmin deny -r "not today" "$ID"
status_of "$BGPID"
is "an approver says no" "$(got deny one status) \
$(got deny one decision.by)" "denied approver"
has "and why" "$T/deny/one.json" "not today"

### Output that goes on, progress

# for clients that we can let wait for seconds: twice a second here
CLAWBOT_PROGRESS=1
export CLAWBOT_PROGRESS
mcpbg flow <<END
$(call big run_command '{"command":"yes 123456789 | head -c 100000","max_output_bytes":1000}')
= big
take BIG big result.structuredContent.exec_id
$(call more wait_execution '{"exec_id":"@BIG@"}')
$(call from wait_execution '{"exec_id":"@BIG@","stdout_offset":99990}')
= more from
$(call bg run_command '{"command":"echo first; until test -e '"$W"'/go; do sleep 0.1; done; echo last","wait_s":0}')
= bg
take BG bg result.structuredContent.exec_id
> {"jsonrpc":"2.0","id":"tell","method":"tools/call","params":{"name":"wait_execution","arguments":{"exec_id":"@BG@","wait_s":300},"_meta":{"progressToken":0,"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
$(call open get_status '{}')
= open
~ 3
touch $W/go
= tell
$(call all wait_execution '{"exec_id":"@BG@","stdout_offset":0}')
= all
END
unset CLAWBOT_PROGRESS
chown cbtagent "$W"
status_of "$BGPID" 90
is "all are answered" "$S" 0
is "a part of what was printed" "$(got flow big truncated) \
$(got flow big output_bytes)" "true 100000"
is "as much as was wanted" "$(got flow big stdout | wc -c)" 1001
is "then what follows" "$(got flow more stdout | wc -c)" 1001
is "or what is at a place" "$(got flow from stdout)" 123456789
is "in the background" "$(got flow bg status)" running
is "what goes on is open" "$(got flow open open.0.exec_id)" \
    "$(got flow bg exec_id)"
is "progress has the token, 0 too" "$(head -n 1 "$T/flow/notes" \
    >"$T/note"; json "$T/note" params.progressToken)" 0
ok "progress goes on, and grows" test "$(sed \
    's/.*"progress": *\([0-9.]*\).*/\1/' "$T/flow/notes" | sort -n -u |
    wc -l)" -ge 3
has "what was told is not told again" "$T/flow/tell.json" last
is "but when it is asked for" "$(got flow all stdout)" "first
last"

### Requests that the client takes back

mcpbg back <<END
$(call one run_command '{"command":"sleep 601"}')
$(call two run_command '{"command":"sleep 602","wait_s":0}')
= two
take TWO two result.structuredContent.exec_id
$(call three wait_execution '{"exec_id":"@TWO@"}')
> {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"one"}}
> {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"three"}}
> {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"nobody"}}
> {"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}
$(call four cancel_execution '{"exec_id":"@TWO@"}')
= four
$(call five get_status '{}')
= five
END
status_of "$BGPID"
is "all are answered that should be" "$S" 0
is "those that were taken back are not" "$(find "$T/back" \
    -name one.json -o -name three.json)" ""
is "the command of one is ended, that of a wait goes on until it is told" \
    "$(got back four status)" cancelled
ok "nothing goes on" until_true 60 no_runs

### The end

for how in eof 'kill INT' 'kill TERM' 'kill HUP' 'kill KILL' deaf; do
	name=end.$(echo "$how" | tr -d ' ')
	mcpbg "$name" <<-END
	$(call one run_command '{"command":"trap : TERM; sleep 603 & sleep 604; sleep 605","wait_s":0}')
	$(call two run_command '{"command":"sleep 606"}')
	$(call three run_command '{"command":"touch asked","wait_s":0}')
	= one three
	$how
	end
	END
	status_of "$BGPID"
	is "$how: it ends" "$S" 0
	case $how in
	*KILL)	is "$how: status" "$(cat "$T/$name/status")" sig9
		# nobody is there to withdraw it
		cb cbtagent kill --all ;;
	*)	is "$how: status" "$(cat "$T/$name/status")" 0 ;;
	esac
	ok "$how: no run is left" until_true 60 no_runs
done

### Channels and skills

printf '> {"jsonrpc":"2.0","id":1,"method":"tools/list","params":{%s}}\n= 1\n' \
    "$M" >"$T/script"
mcp list
is "the tools, in order" "$(json "$T/list/1.json" result.tools |
    grep -o '"name":"[a-z_]*"' | cut -d'"' -f4 | tr '\n' ' ')" \
    "run_command wait_execution cancel_execution check_policy get_status \
read_file write_file "
mcp look -c look
is "a channel that executes nothing" "$(json "$T/look/1.json" result.tools |
    grep -o '"name":"[a-z_]*"' | cut -d'"' -f4 | tr '\n' ' ')" \
    "check_policy get_status "
call one get_status '{}' >"$T/script"
echo '= one' >>"$T/script"
mcp digest <"$T/script"
mcp digest2 -c look <"$T/script"
is "the digest of the tools is the same in every process" \
    "$(got digest one tools_digest)" "$(got ends status tools_digest)"
is "... and that of another list" "$([ \
    "$(got digest one tools_digest)" != "$(got digest2 one tools_digest)" ] &&
    echo another)" another
{
	call one run_command '{"command":"touch denied; pwd"}'
	echo '= one'
} >"$T/script"
mcp skill -s two
is "another skill" "$(got skill one status)" completed
{
	call one run_command '{"command":"true"}'
	echo '= one'
} >"$T/script"
mcp skill3 -s nosuch
is "a skill that there is not" "$(got skill3 one status)" denied
daemon_stop
{
	call one run_command '{"command":"true"}'
	call two get_status '{}'
	echo '= one two'
} >"$T/script"
mcp down
is "without a daemon" "$(got down one status)" failed_to_start
is "that is told" "$(json "$T/down/two.json" result.isError)" true

finish
