# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# mcp, judged by the official conformance suite, as it requires it of servers of
# 2025-11-25 and of 2026-07-28.  The suite speaks HTTP only, so a bridge stands
# between (tests/helpers/mcphttp.py), which also has the tools that the suite
# looks for be calls of ours.  What a server of tools alone has not (resources,
# prompts, sampling, logging) is tried, too, and not counted.  make judges
# installs it, JUDGES is where that is; LONG=yes has progress told, which takes
# half a minute.
. "$SRC/tests/regress/lib.sh"

: "${JUDGES:=$SRC/build/judges}"
SUITE=$JUDGES/node_modules/@modelcontextprotocol/conformance/dist/index.js
[ -e "$SUITE" ] || skip_all "no conformance suite: make judges installs it"
command -v python3 >/dev/null || skip_all "needs python3"
NODE=$(find "$JUDGES/node_modules/" -path '*/node-linux-*/bin/node' \
    2>/dev/null | head -n 1)
[ -x "$NODE" ] || NODE=$(command -v node || :)
[ -n "$NODE" ] || skip_all "no node"
[ "$("$NODE" -p 'process.versions.node.split(".")[0]')" -ge 20 ] ||
    skip_all "the suite needs node 20, this is $("$NODE" --version)"
[ "$ASAN" = no ] || skip_all "one build is enough"

SKILLS='"c": { "default": "allow", "deny": ["touch denied"],
    "ask": ["touch asked"], "confirm": ["touch asked"] },'
conf_default
daemon_start
mkdir -m 777 "$T/bridge" "$T/home"
cat >"$T/alias" <<'END'
{ "test_simple_text": { "name": "run_command",
    "arguments": { "command": "echo hi" } },
  "test_error_handling": { "name": "run_command",
    "arguments": { "command": "touch denied" } },
  "test_tool_with_progress": { "name": "run_command",
    "arguments": { "command": "sleep 27" } },
  "test_input_required_result_tampered_state": { "name": "run_command",
    "arguments": { "command": "touch asked", "wait_s": 0 } },
  "test_input_required_result_capabilities": { "name": "run_command",
    "arguments": { "command": "touch asked", "wait_s": 0 } },
  "test_input_required_result_elicitation": { "name": "run_command",
    "arguments": { "command": "touch asked", "wait_s": 0 } },
  "test_input_required_result_request_state": { "name": "run_command",
    "arguments": { "command": "touch asked", "wait_s": 0 } },
  "test_elicitation": { "name": "run_command",
    "arguments": { "command": "touch asked", "wait_s": 2 } } }
END
[ "${LONG-}" = yes ] || sed -i 's/sleep 27/true/' "$T/alias"
mkfifo "$T/hold"
# not through as(): it is to be our child.  It never comes to the end of that.
setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" --init-groups \
    python3 "$SRC/tests/helpers/mcphttp.py" "$T/bridge/port" \
    --alias "$T/alias" -- "$B/clawbot" -S "$T/run" mcp -s c \
    --elicit \
    <>"$T/hold" >"$T/bridge.err" 2>&1 &
BG="$BG $!"
until_true 60 test -s "$T/bridge/port" || bail "$(cat "$T/bridge.err")"
URL=http://127.0.0.1:$(cat "$T/bridge/port")/mcp

# conform VERSION: all that the suite requires of that, results in $T/VERSION
conform() {
	mkdir -m 777 "$T/$1"
	as cbtagent env HOME="$T/home" timeout -k 10 240 "$NODE" "$SUITE" \
	    server --url "$URL" --requirements "$1" --timeout 60000 \
	    -o "$T/$1" >"$T/$1.log" 2>&1 </dev/null
	grep -q SUMMARY "$T/$1.log" || bail "$(tail -n 20 "$T/$1.log")"
}

# verdict VERSION SCENARIO: what it has found, "pass" for nothing, but for what
# it says that it could not test, having found no tool that does so
verdict() {
	# shellcheck disable=SC2086 # words
	cat "$T/$1/server-$2"-[0-9]*/checks.json 2>/dev/null | python3 -c '
import json, sys
try:
    checks = json.load(sys.stdin)
except ValueError:
    sys.exit("no result")
bad = [c["id"] + ": " + str(c.get("errorMessage")) for c in checks
       if c["status"] in ("FAILURE", "WARNING") and
       not str(c.get("errorMessage")).startswith("Not testable") and
       c["id"] not in sys.argv[1:]]
good = [c for c in checks if c["status"] == "SUCCESS"]
print("; ".join(bad) if bad else "pass" if good else "nothing was tested")
' ${NOT_OURS-} 2>&1
}

judge() {
	j_version=$1
	shift
	for scenario; do
		is "$j_version: $scenario" "$(verdict "$j_version" "$scenario")" \
		    pass
	done
}

# of 2026-07-28 the suite waits 10 seconds for an answer, and no longer
PROGRESS=
[ "${LONG-}" != yes ] || PROGRESS=tools-call-with-progress
conform 2025-11-25
judge 2025-11-25 server-initialize ping tools-list tools-call-simple-text \
    tools-call-error server-sse-multiple-streams tools-call-elicitation \
    $PROGRESS
conform 2026-07-28
judge 2026-07-28 server-stateless tools-list tools-call-simple-text \
    tools-call-error server-sse-multiple-streams \
    input-required-result-unsupported-methods \
    input-required-result-validate-input \
    input-required-result-request-state \
    input-required-result-tampered-state \
    input-required-result-result-type \
    input-required-result-missing-input-response
# there are no lists of these
NOT_OURS='sep-2549-prompts-list-caching-hints
    sep-2549-resources-list-caching-hints
    sep-2549-resources-templates-list-caching-hints'
judge 2026-07-28 caching
is "the bridge has nothing to complain of" "$(cat "$T/bridge.err")" ""
finish
