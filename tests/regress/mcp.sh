# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC2317
#
# What scripts about clawbot mcp share: clients, and what they were answered.

M='"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",'
M=$M'"io.modelcontextprotocol/clientCapabilities":{}}'

# mcp NAME [OPTION ...]: a client that does what $T/script says; its answers
# are in $T/NAME, S is its status; of the account MCP_AS
mcp() {
	m_name=$1
	shift
	install -d -m 777 "$T/$m_name"
	S=0
	as "${MCP_AS-cbtagent}" env SECRET_OF_CLIENT=hunter2 \
	    perl "$SRC/tests/helpers/mcp.pl" "$T/$m_name" \
	    "$B/clawbot" -S "$T/run" mcp "$@" \
	    <"$T/script" >"$T/out" 2>"$T/err" || S=$?
	[ "$S" -eq 0 ] || diag "$(cat "$T/err")"
}

# the same in the background; BGPID
mcpbg() {
	m_name=$1
	shift
	install -d -m 777 "$T/$m_name"
	cat >"$T/$m_name.in"
	setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" --init-groups \
	    perl "$SRC/tests/helpers/mcp.pl" "$T/$m_name" \
	    "$B/clawbot" -S "$T/run" mcp "$@" <"$T/$m_name.in" \
	    >"$T/$m_name.out" 2>"$T/$m_name.err" &
	BGPID=$!
	BG="$BG $BGPID"
}

# call ID TOOL ARGUMENTS: a request of the stateless version
call() {
	printf '> {"jsonrpc":"2.0","id":"%s","method":"tools/call",' "$1"
	printf '"params":{"name":"%s","arguments":%s,%s}}\n' "$2" "$3" "$M"
}

# got NAME ID PATH: a value of the record
got() {
	json "$T/$1/$2.json" "result.structuredContent.$3"
}

# those that have ended may be kept
no_runs() {
	cb root --json ps && json "$T/out" runs >"$T/runs" &&
	    ! sed 's/"state":"finished"//g' "$T/runs" | grep -q '"state"'
}
