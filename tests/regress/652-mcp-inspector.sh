# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# mcp, judged by a client of others: the MCP inspector, in both eras, with the
# schemas of all tools looked at by its own rules, and many calls at one time.
# make judges installs it, JUDGES is where that is.
. "$SRC/tests/regress/lib.sh"

: "${JUDGES:=$SRC/build/judges}"
NODE=$(find "$JUDGES/node_modules/" -path '*/node-linux-*/bin/node' \
    2>/dev/null | head -n 1)
INSPECTOR=$JUDGES/node_modules/@modelcontextprotocol/inspector/package.json
[ -e "$INSPECTOR" ] || skip_all "no MCP inspector: make judges installs it"
[ -x "$NODE" ] || NODE=$(command -v node || :)
[ -n "$NODE" ] || skip_all "no node"
[ "$("$NODE" -p 'process.versions.node.split(".")[0]')" -ge 22 ] ||
    skip_all "the MCP inspector needs node 22, this is $("$NODE" --version)"
as cbtagent test -r "$INSPECTOR" || skip_all "others cannot read $JUDGES"
[ "$ASAN" = no ] || skip_all "one build is enough"

conf_default
daemon_start
mkdir "$T/home"
chmod 777 "$T/home"
cat >"$T/servers" <<END
{ "mcpServers": {
    "modern": { "command": "$B/clawbot", "args": ["-S", "$T/run", "mcp",
	"--permission-prompt"],
	"protocolEra": "modern" },
    "auto": { "command": "$B/clawbot", "args": ["-S", "$T/run", "mcp",
	"--permission-prompt"],
	"protocolEra": "auto" },
    "legacy": { "command": "$B/clawbot", "args": ["-S", "$T/run", "mcp",
	"--permission-prompt"],
	"protocolEra": "legacy" } } }
END

# inspect ERA ARGUMENT...: output in $T/out, S
inspect() {
	i_era=$1
	shift
	S=0
	as cbtagent env HOME="$T/home" MCP_INSPECTOR_SECRET_STORE=memory \
	    timeout -k 10 120 "$NODE" \
	    "$JUDGES/node_modules/.bin/mcp-inspector" --cli \
	    --config "$T/servers" --server "$i_era" --format json -q "$@" \
	    >"$T/out" 2>"$T/err" </dev/null || S=$?
	[ "$S" -eq 0 ] || diag "$(head -c 2000 "$T/err")"
}

for era in auto modern legacy; do
	case $era in
	legacy)	version=2025-11-25 ;;
	*)	version=2026-07-28 ;;
	esac
	inspect $era --method initialize
	is "$era: status" "$S" 0
	is "$era: version" "$(json "$T/out" result.protocolVersion)" \
	    "$version"
	inspect $era --method tools/list --strict
	is "$era: tools and their schemas" "$S" 0
	inspect $era --method tools/call --tool-name run_command \
	    --tool-args-json '{"command":"echo hi; exit 3"}'
	is "$era: a command" "$S $(json "$T/out" \
	    result.structuredContent.stdout)" "0 hi"
	# which is one of the other two from here on
	[ "$era" != auto ] || continue
	for tool in get_status check_policy; do
		inspect $era --method tools/call --tool-name $tool \
		    --tool-args-json '{"command":"true"}'
		is "$era: $tool" "$S" 0
	done
	inspect $era --method tools/call --tool-name write_file \
	    --tool-args-json '{"path":"'"$W/$era"'","content":"of '"$era"'"}'
	is "$era: a file is written" "$S $(cat "$W/$era")" "0 of $era"
	inspect $era --method tools/call --tool-name read_file \
	    --tool-args-json '{"path":"'"$W/$era"'"}'
	is "$era: and read" "$S $(json "$T/out" \
	    result.structuredContent.content)" "0 of $era"
	inspect $era --method tools/call --tool-name read_file \
	    --tool-args-json '{"path":"'"$W/none"'"}'
	is "$era: one that there is not is an error of the tool" "$S" 5
	inspect $era --method tools/call --tool-name permission_prompt \
	    --tool-args-json '{"tool_name":"Bash","input":{"command":"true"}}'
	is "$era: the agent's own tools" "$S $(json "$T/out" \
	    result.structuredContent.behavior)" "0 allow"
	inspect $era --method tools/call --tool-name run_command \
	    --tool-args-json '{"command":"touch denied"}'
	is "$era: what is refused is an error of the tool" "$S" 5
done
inspect modern --method tools/call --tool-name run_command \
    --tool-args-json '{"command":"true","args":[]}' --load \
    --load-concurrency 200 --load-requests 400
is "400 commands, 200 at one time" "$S" 0
diag "$(head -c 1000 "$T/out")"
finish
