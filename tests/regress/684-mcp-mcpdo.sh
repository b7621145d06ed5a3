# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# mcp --elicit, judged by a client of others: mcpdo, whose user is asked and
# answers later, in both eras.  make judges installs it with the MCP inspector,
# JUDGES is where that is; LONG=yes tries every kind of answer.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/mcp.sh
. "$SRC/tests/regress/mcp.sh"

: "${JUDGES:=$SRC/build/judges}"
NODE=$(find "$JUDGES/node_modules/" -path '*/node-linux-*/bin/node' \
    2>/dev/null | head -n 1)
MCPDO=$JUDGES/node_modules/.bin/mcpdo
[ -e "$MCPDO" ] || skip_all "no mcpdo: make judges installs it"
[ -x "$NODE" ] || NODE=$(command -v node || :)
[ -n "$NODE" ] || skip_all "no node"
[ "$("$NODE" -p 'process.versions.node.split(".")[0]')" -ge 22 ] ||
    skip_all "mcpdo needs node 22, this is $("$NODE" --version)"
[ "$ASAN" = no ] || skip_all "one build is enough"

SKILLS='"c": { "default": "allow", "write": ["'$W'"],
    "ask": ["touch asked", "touch grave"], "confirm": ["touch asked"],
    "limits": { "timeoutSeconds": 600 } },'
conf_default
daemon_start
install -d -m 700 -o cbtagent "$T/home"

# mcpdo ARGUMENT...: output in $T/out, S
mcpdo() {
	S=0
	as cbtagent env -C "$W" HOME="$T/home" XDG_RUNTIME_DIR="$T/home" \
	    TMPDIR="$T/home" MCP_INSPECTOR_SECRET_STORE=memory \
	    timeout -k 10 120 "$NODE" "$MCPDO" --format json "$@" \
	    >"$T/out" 2>"$T/err" </dev/null || S=$?
}
UNDO="mcpdo daemon stop; $UNDO"

# runs WORD SECONDS: run_command of "touch WORD", waiting so long
runs() {
	mcpdo @"$era" tools/call run_command '{"command":"touch",
	    "args":["'"$1"'"],"cwd":"'"$W"'","wait_s":'"$2"'}'
	QUESTION=$(json "$T/out" elicitationPending.elicitationId)
}
state() {
	json "$T/out" structuredContent.status
}

# more: what 683-mcp-elicit tries by a client of our own, too
more() {
	mcpdo connect --era "$era" --server "$era" -- \
	    "$B/clawbot" -S "$T/run" mcp -s c --elicit
	runs asked 3
	mcpdo elicitation/respond "$QUESTION" --cancel
	is "$era: neither" "$S $(state)" "0 pending_approval"
	runs asked 3
	mcpdo elicitation/respond "$QUESTION" confirm:=false
	is "$era: a yes to nothing" "$S $(state)" "0 pending_approval"
	mcpdo disconnect "$era"
	mcpdo connect --era "$era" --server "$era" --elicit off -- \
	    "$B/clawbot" -S "$T/run" mcp -s c --elicit
	runs asked 1
	is "$era: who cannot be asked" "$S $(state)" "0 pending_approval"
	mcpdo disconnect "$era"
	ok "$era: nothing happened then" test ! -e "$W/asked"
}

for era in legacy modern; do
	mcpdo connect --era "$era" --server "$era" -- \
	    "$B/clawbot" -S "$T/run" mcp -s c --elicit
	is "$era: it connects" "$(json "$T/out" protocolEra)" "$era" ||
	    bail "$(cat "$T/err")"
	runs asked 60
	has "$era: its user is asked" "$T/out" "Run this command?" "touch asked"
	mcpdo elicitation/respond "$QUESTION" confirm:=true
	is "$era: a yes" "$S $(state)" "0 completed"
	ok "$era: it happened" test -e "$W/asked"
	rm -f "$W/asked"
	runs asked 3
	mcpdo elicitation/respond "$QUESTION" --decline
	is "$era: a no" "$S $(state)" "0 pending_approval"
	runs grave 1
	is "$era: it is not asked about what is graver" "$S $(state)" \
	    "0 pending_approval"
	ok "$era: nothing else happened" test ! -e "$W/asked" -a \
	    ! -e "$W/grave"
	mcpdo disconnect "$era"
	[ "${LONG-}" != yes ] || more
done
mcpdo daemon stop
is "its daemon ends" "$S" 0
ok "nothing is left" until_true 60 no_runs
is "confirmed twice, and approved nothing" \
    "$(grep -c '"ev":"confirm"' "$T/log/gateway.log") \
$(grep -c '"ev":"approve"' "$T/log/gateway.log")" "2 0"
daemon_stop
finish
