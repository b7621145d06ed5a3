# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# mcp --elicit: the client's user is asked about what the skill lets be confirmed,
# in both eras; nothing else is, a no leaves the request waiting, and a client
# that makes up, alters, repeats or swaps requestState gets nowhere.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/mcp.sh
. "$SRC/tests/regress/mcp.sh"

SKILLS='"c": { "default": "allow", "write": ["'$W'"],
    "ask": ["touch asked", "touch other", "touch grave"],
    "confirm": ["touch asked", "touch other"], "limits": { "timeoutSeconds": 600 } },'
conf_default
daemon_start

# ask ID ARGUMENTS [MORE]: run_command of a stateless client whose user can be
# asked; MORE is behind it in params
M2=$(printf %s "$M" | sed 's/clientCapabilities":{}/clientCapabilities":{"elicitation":{"form":{}}}/')
ask() {
	printf '> {"jsonrpc":"2.0","id":"%s","method":"tools/call",' "$1"
	printf '"params":{"name":"run_command","arguments":%s,%s%s}}\n' "$2" \
	    "$M2" "${3-}"
}
# back STATE [ANSWER]: what a client comes back with
YES='{"action":"accept","content":{"confirm":true}}'
back() {
	printf ',"inputResponses":{"confirm":%s},"requestState":"%s"' \
	    "${2-$YES}" "$1"
}
A='{"command":"touch","args":["asked"],"cwd":"'$W'","wait_s":60}'
O='{"command":"touch","args":["other"],"cwd":"'$W'","wait_s":1}'
SHORT='{"command":"touch","args":["asked"],"cwd":"'$W'","wait_s":1}'
code() {
	json "$T/$1/$2.json" error.code
}

### The stateless version

{
	ask one "$A"
	echo '= one'
	echo 'take S one result.requestState'
	# before it is taken for what it is
	ask altered "$A" "$(back 'x@S@')"
	ask longer "$A" "$(back '@S@A')"
	ask none "$A" "$(back '')"
	ask args "$O" "$(back '@S@')"
	call tool wait_execution '{"exec_id":"r000000000001"}' |
	    sed 's/,"_meta"/'"$(back '@S@' | sed 's/[&/]/\\&/g')"'&/'
	echo '= altered longer none args tool'
	ask two "$A" "$(back '@S@')"
	echo '= two'
	ask again "$A" "$(back '@S@')"
	echo '= again'
	echo 'take E two result.structuredContent.exec_id'
} >"$T/script"
mcp modern -s c --elicit
is "asked: all are answered" "$S" 0
is "asked: what kind of answer" "$(json "$T/modern/one.json" \
    result.resultType)" input_required
is "asked: how" "$(json "$T/modern/one.json" \
    result.inputRequests.confirm.method)" elicitation/create
has "asked: about what" "$T/modern/one.json" "touch asked" "$W"
for i in altered longer none args tool again; do
	is "requestState: $i" "$(code modern $i)" -32602
done
is "a yes: it runs" "$(got modern two status) $(got modern two exit_code)" \
    "completed 0"
is "a yes: and is no approval" "$(got modern two decision.by)" confirmation
ok "a yes: it happened" test -e "$W/asked"
ok "a yes: recorded as a confirmation" log_has '"ev":"confirm"' \
    "$(got modern two exec_id)"
rm -f "$W/asked"
STATE=$(json "$T/modern/one.json" result.requestState)

{
	ask other "$A" "$(back "$STATE")"
	call silent run_command "$SHORT"
	ask grave '{"command":"touch","args":["grave"],"cwd":"'"$W"'","wait_s":1}'
	ask denied '{"command":"touch denied; touch asked","cwd":"'"$W"'","wait_s":1}'
	ask shown '{"command":"touch","args":["asked","'"$(printf '%5000s' '' |
	    tr ' ' x)"'"],"cwd":"'"$W"'","wait_s":1}'
	echo '= other silent grave denied shown'
	ask first "$SHORT"
	echo '= first'
	echo 'take S first result.requestState'
	ask no "$SHORT" "$(back '@S@' '{"action":"decline"}')"
	echo '= no'
	ask late "$SHORT" "$(back '@S@')"
	ask second "$O"
	echo '= late second'
	echo 'take S second result.requestState'
	ask odd "$O" "$(back '@S@' '{"action":"accept","content":{"confirm":"true"}}')"
	echo '= odd'
	ask third "$O"
	echo '= third'
	echo 'take S third result.requestState'
	ask nothing "$O" ',"requestState":"@S@"'
	echo '= nothing'
} >"$T/script"
mcp more -s c --elicit
is "another process" "$(code more other)" -32602
is "a client that cannot ask" "$(got more silent status)" pending_approval
is "what may not be confirmed" "$(got more grave status)" pending_approval
is "a part of which may not" "$(got more denied status)" pending_approval
is "what cannot be shown whole" "$(got more shown status)" pending_approval
is "a no: it still waits" "$(got more no status)" pending_approval
is "a no that becomes a yes" "$(code more late)" -32602
is "a yes that is none" "$(got more odd status)" pending_approval
is "no answer at all" "$(got more nothing status)" pending_approval
ok "nothing has happened" test ! -e "$W/asked" -a ! -e "$W/other"

{
	ask one "$SHORT"
	ask state "$SHORT" "$(back "$STATE")"
	echo '= one state'
} >"$T/script"
mcp off -s c
is "without --elicit nobody is asked" "$(got off one status)" \
    pending_approval
is "and there is no state" "$(code off state)" -32602

### With a handshake

hello() {
	printf '> {"jsonrpc":"2.0","id":"hi","method":"initialize","params":{'
	printf '"protocolVersion":"2025-11-25","capabilities":%s,' "$1"
	printf '"clientInfo":{"name":"x","version":"1"}}}\n= hi\n'
}
old() {
	printf '> {"jsonrpc":"2.0","id":"%s","method":"tools/call",' "$1"
	printf '"params":{"name":"run_command","arguments":%s}}\n' "$2"
}
said() {
	printf '> {"jsonrpc":"2.0","id":"clawbot-confirm-%s","result":%s}\n' \
	    "$1" "$2"
}
{
	hello '{"elicitation":{}}'
	said 1 "$YES"
	old one "$A"
	echo '~ 1'
	said 2 "$YES"
	said 01 "$YES"
	said 1 "$YES"
	echo '= one'
	said 1 "$YES"
	old no "$SHORT"
	echo '~ 2'
	said 2 '{"action":"cancel"}'
	said 2 "$YES"
	echo '= no'
	old late "$O"
	echo '~ 3'
	echo '= late'
	echo 'take E late result.structuredContent.exec_id'
	said 3 "$YES"
	printf '> {"jsonrpc":"2.0","id":"w","method":"tools/call","params":{'
	printf '"name":"wait_execution","arguments":{"exec_id":"@E@"}}}\n'
	echo '= w'
} >"$T/script"
mcp old -s c --elicit
is "handshake: all are answered" "$S" 0
has "handshake: the client is asked" "$T/old/notes" elicitation/create \
    clawbot-confirm-1 "touch asked"
is "handshake: a yes" "$(got old one status)" completed
ok "handshake: it happened" test -e "$W/asked"
is "handshake: a no, which stays one" "$(got old no status)" pending_approval
is "handshake: who answers late" "$(got old late status) \
$(got old w status)" "pending_approval completed"
is "handshake: asked once each" "$(wc -l <"$T/old/notes")" 3
rm -f "$W/asked" "$W/other"

{
	hello '{"elicitation":{"url":{}}}'
	old one "$SHORT"
	echo '= one'
} >"$T/script"
mcp url -s c --elicit
is "handshake: one that has no forms" "$(got url one status)" \
    pending_approval
ok "nothing is left" until_true 60 no_runs
daemon_stop
finish
