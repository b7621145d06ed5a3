# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC1003,SC2016,SC2034,SC2317
#
# mcp --permission-prompt: no tool of the agent's own acts outside of clawbot by
# our word.  A shell line comes back as one that clawbot runs, whatever is in
# it; a denied one does not come back.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/mcp.sh
. "$SRC/tests/regress/mcp.sh"

SKILLS='"two": { "default": "allow", '$PATIENT' },'
conf_default
daemon_start
chmod 777 "$W"

# prompt ID TOOL INPUT
prompt() {
	call "$1" permission_prompt '{"tool_name":"'"$2"'","input":'"$3"`
	    `',"tool_use_id":"toolu_1"}'
}

# said ID PATH: of the answer's text, which is what the agent reads
said() {
	json "$T/$DIR/$1.json" result.content.0.text >"$T/said"
	json "$T/said" "$2"
}

printf '> {"jsonrpc":"2.0","id":1,"method":"tools/list","params":{%s}}\n= 1\n' \
    "$M" >"$T/script"
{
	prompt line Bash '{"command":"echo out; echo err >&2; exit 3"}'
	echo '= line'
} >>"$T/script"
mcp off
hasnot "without the option it is not listed" "$T/off/1.json" \
    permission_prompt
is "nor known" "$(json "$T/off/line.json" error.code)" -32602

ODD='echo \"$HOME\" '"'"'it\\'"'"''"'"'s'"'"' \\\\ `echo x` $(id -u); exit 7 # \n'
{
	printf '> {"jsonrpc":"2.0","id":1,"method":"tools/list","params":{%s}}\n' \
	    "$M"
	prompt line Bash '{"command":"echo out; echo err >&2; exit 3",
	    "timeout":5000,"description":"d","run_in_background":false}' |
	    tr -d '\n'
	echo
	prompt odd Bash '{"command":"'"$ODD"'"}'
	prompt dash Bash '{"command":"-n"}'
	prompt denied Bash '{"command":"touch denied"}'
	prompt asked Bash '{"command":"touch asked"}'
	prompt hidden Bash '{"command":"true && touch denied"}'
	prompt ours Bash '{"command":"'"$B/clawbot"' status"}'
	for tool in Read Write Edit MultiEdit NotebookEdit Glob Grep LS \
	    WebFetch NoSuchTool mcp__other__run_command bash \
	    mcp__clawbot__no_such; do
		prompt "no.$tool" "$tool" '{"file_path":"'"$W/x"'"}'
	done
	for tool in TodoWrite mcp__clawbot__run_command \
	    mcp__clawbot__write_file; do
		prompt "yes.$tool" "$tool" '{"a":[1,null]}'
	done
	prompt none Bash '{}'
	prompt list Bash '{"command":["ls"]}'
	prompt nul Bash '{"command":"true\u0000; id"}'
	prompt empty Bash '{"command":""}'
	call noname permission_prompt '{"input":{}}'
	call noinput permission_prompt '{"tool_name":"Bash","input":"ls"}'
	echo '= 1 line odd dash denied asked hidden ours none list nul empty'
	echo '= noname noinput no.Read no.bash yes.TodoWrite'
} >"$T/script"
DIR=on
mcp on -s default --permission-prompt
is "all are answered" "$S" 0
has "with it it is listed" "$T/on/1.json" permission_prompt
is "a line: allowed" "$(said line behavior)" allow
is "the rest of its input is left alone" "$(said line \
    updatedInput.timeout) $(said line updatedInput.description)" "5000 d"
is "the same as structure" "$(got on line behavior)" allow
said line updatedInput.command >"$T/line"
has "but as one that clawbot runs" "$T/line" "$B/clawbot" "'run'" "'-s'" \
    "'default'"
# as the agent's shell does it
as cbtagent sh -c "$(cat "$T/line")" >"$T/out" 2>"$T/err"
is "its status, output and errors" "$? $(cat "$T/out") $(cat "$T/err")" \
    "3 out err"
cb root audit tail -n 3
has "it is in the log" "$T/out" "echo out"
said odd updatedInput.command >"$T/line"
as cbtagent sh -c "$(cat "$T/line")" >"$T/out" 2>"$T/err"
is "whatever stands in it" "$?" 7
is "no shell but that of the run reads it" "$(cat "$T/out")" \
    "$(HOME=/tmp sh -c 'echo "$HOME" '"'it\\''s'"' \\ `echo x`') $(id -u clawbot)"
said dash updatedInput.command >"$T/line"
as cbtagent sh -c "$(cat "$T/line")" >"$T/out" 2>"$T/err"
ok "one that looks like an option is none of ours" test "$?" -ne 64
is "denied" "$(said denied behavior)" deny
is "denied: no input comes back" "$(said denied updatedInput)" ""
has "denied: by which rule" "$T/on/denied.json" "skills.default.deny"
is "what asks is asked about when it is run" "$(said asked behavior)" allow
said asked updatedInput.command >"$T/line"
setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" --init-groups \
    sh -c "cd $W; $(cat "$T/line")" >"$T/asked.out" 2>&1 &
pid=$!
BG="$BG $pid"
waiting
cb cbtadmin approve -y "$ID"
wait "$pid"
is "and runs when it is approved" "$? $(test -e "$W/asked" && echo made)" \
    "0 made"
is "denied within a line" "$(said hidden behavior)" deny
said ours updatedInput.command >"$T/line"
has "our own name is no way out" "$T/line" "--shell' '$B/clawbot status'"
for tool in Read Write Edit MultiEdit NotebookEdit Glob Grep LS WebFetch \
    NoSuchTool mcp__other__run_command bash mcp__clawbot__no_such; do
	is "$tool: denied" "$(said "no.$tool" behavior)" deny
done
has "with the tool that does it here" "$T/on/no.Edit.json" \
    "Use write_file of clawbot"
for tool in TodoWrite mcp__clawbot__run_command mcp__clawbot__write_file; do
	is "$tool: goes on as it is" "$(said "yes.$tool" behavior) \
$(said "yes.$tool" updatedInput)" 'allow {"a":[1,null]}'
done
for id in none list nul empty; do
	is "a command that is none: $id" "$(said $id behavior)" deny
done
for id in noname noinput; do
	is "arguments that are none: $id" "$(json "$T/on/$id.json" \
	    result.isError)" true
done

daemon_stop
{
	prompt line Bash '{"command":"true"}'
	echo '= line'
} >"$T/script"
DIR=down
mcp down --permission-prompt
is "without a daemon: denied" "$(said line behavior)" deny

finish
