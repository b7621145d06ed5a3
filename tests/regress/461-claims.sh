# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What an agent says of itself is recorded as its claims, hidden where it has
# to be, bounded, shown as such, and found again; it changes no verdict.
. "$SRC/tests/regress/lib.sh"

V=Zk3mQ9xv7Rt2LwPa
LOGGING='"redact": ["ticket-[0-9]+"],'
conf_default
daemon_start
printf %s "$V" >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"
cb cbtagent run --claim session=s-1 --claim "model=a \"b\" 7" \
    --claim client=tester -- true
is "a run with claims" "$S" 0
ok "they are in its record" log_has '"ev":"intent"' \
    '"claims":{"session":"s-1","model":"a \"b\" 7","client":"tester"}'
RUN=$(grep -F '"session":"s-1"' "$T/log/gateway.log" |
    sed -n 's/.*"run":"\([^"]*\)".*/\1/p' | head -n 1)
ok "it has an id" test -n "$RUN"
cb cbtadmin audit show "$RUN"
has "audit show: as claims" "$T/out" "claims: client tester model" \
    "session s-1"
cb cbtadmin audit search s-1
has "search finds it" "$T/out" "$RUN"
for term in session=s-1 'model=a "b" *' client=test?r; do
	cb cbtadmin audit search "$term" ev=intent
	is "search $term: that run and no other" \
	    "$(grep -c . "$T/out") $(grep -c "$RUN" "$T/out")" "1 1"
done
cb cbtadmin audit search session=tester
is "search: a claim is searched by its own name" "$S" 1
cb cbtadmin audit search client=s-1
is "search: and by no other's" "$S" 1
cb cbtagent run --claim session=s-2 -- touch denied
is "refused as ever" "$S" 77
ok "and claims are in that record" log_has '"ev":"refused"' \
    '"claims":{"session":"s-2"}'
cb cbtagent run -- true
cb cbtagent run --claim "session=of $V" --claim client=ticket-12 \
    --claim model=password=hunter2hunter2 -- true
is "claims with secrets" "$S" 0
ok "what the vault has is hidden, and what a pattern matches" log_has \
    '"claims":{"session":"of [REDACTED:16:' '"client":"[REDACTED:9:'
ok "and known shapes" in_log '"model":"password=[REDACTED:14' ''
ok "the value is nowhere in the log" sh -c '! grep -rqF -- "$1" "$2"' - "$V" \
    "$T/log"
for bad in session who=me "session=$(printf '%0129d' 7)" \
    "session=$(printf 'a\nb')"; do
	cb cbtagent run --claim "$bad" -- true
	is "not a claim: status" "$S" 64
done
cb cbtadmin audit search "session=*" ev=refused
is "search finds the refused one" "$(grep -c 'touch denied' "$T/out")" 1
cb cbtadmin audit search "session!=*" ev=intent
is "search finds who claims nothing" "$(grep -c . "$T/out")" 1
is "who claims nothing has none" "$(grep '"ev":"intent"' \
    "$T/log/gateway.log" | grep -vc '"claims"')" 1

### Those of others

printf '{"session_id":"hook-7","hook_event_name":"PreToolUse","cwd":"%s",%s}' \
    "$W" '"tool_name":"Bash","tool_input":{"command":"echo hooked"}' >"$T/in"
cbin cbtagent hook claude <"$T/in"
ok "a hook: its session" log_has '"session":"hook-7"' '"client":"'
printf '%s\n' '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"tell\u0007er","version":"9.1"}}}' \
    '{"jsonrpc":"2.0","method":"notifications/initialized"}' \
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"run_command","arguments":{"command":"echo by mcp"}}}' >"$T/in"
{
	cat "$T/in"
	until_true 60 in_log '"client":"teller 9.1"' || :
} | as cbtagent "$B/clawbot" -S "$T/run" mcp >"$T/out" 2>"$T/err"
ok "mcp: its client" log_has '"claims":{"client":"teller 9.1"}' 'by mcp'
cb cbtadmin audit verify
is "the log is good" "$S" 0
finish
