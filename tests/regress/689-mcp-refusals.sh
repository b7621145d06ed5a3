# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# mcp: commands that do not run though nothing is wrong with them: no approver
# has answered, a quota is used up, everything is stopped.  Each has a status of
# its own, with what to do next; and get_status tells of it beforehand.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/mcp.sh
. "$SRC/tests/regress/mcp.sh"

APPROVALS='"timeoutSeconds": 1'
CHANNELS='"few": { "users": ["cbtagent"], "access": "execute",
    "skills": ["*"], "rateLimit": { "maxExecutionsPerMinute": 1 } },'
conf_default
daemon_start

# tells NAME ID STATUS TEXT: an error of the tool, the same in both forms
tells() {
	is "$2: status" "$(got "$1" "$2" status)" "$3"
	is "$2: is an error of the tool" "$(json "$T/$1/$2.json" \
	    result.isError)" true
	json "$T/$1/$2.json" result.content.0.text >"$T/text"
	is "$2: the text says the same" "$(json "$T/text" status)" "$3"
	has "$2: and why" "$T/text" "$4"
}

{
	call expired run_command '{"command":"touch asked","wait_s":60}'
	echo '= expired'
} >"$T/script"
mcp waits
is "all are answered" "$S" 0
tells waits expired expired approver
is "it did not run" "$(test -e "$W/asked" && echo ran)" ""

{
	call first run_command '{"command":"echo one"}'
	echo '= first'
	call second run_command '{"command":"echo two"}'
	call written write_file '{"path":"'"$W/new"'","content":"x"}'
	call left get_status '{}'
	call policy check_policy '{"command":"echo two"}'
	echo '= second written left policy'
} >"$T/script"
mcp quota -c few
is "the first one runs" "$(got quota first status)" completed
tells quota second quota_exceeded "try again"
is "second: when to come back" "$([ "$(got quota second retry_after_s)" -gt 0 \
    ] && echo later)" later
is "a file is not written either" "$(got quota written status)" \
    quota_exceeded
ok "... and is not there" test ! -e "$W/new"
is "what is left is told" "$(json "$T/quota/left.json" \
    result.structuredContent.quotas | grep -o '"remaining":0' | head -n 1)" \
    '"remaining":0'
is "the verdict is another matter, and costs nothing" \
    "$(got quota policy decision)" allow

cb root stop -r "hands off"
{
	call stopped run_command '{"command":"echo three"}'
	call status get_status '{}'
	echo '= stopped status'
} >"$T/script"
mcp stop
tells stop stopped quota_exceeded "hands off"
is "get_status tells that beforehand" "$(got stop status stopped)" true
has "... and why" "$T/stop/status.json" "hands off"
cb root resume
{
	call gone run_command '{"command":"echo four"}'
	echo '= gone'
} >"$T/script"
mcp resumed
is "afterwards it runs" "$(got resumed gone status)" completed
daemon_stop
finish
