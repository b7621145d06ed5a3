# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# mcp: whatever a client sends, each request is answered once and the server
# goes on; two hundred calls at one time, and more requests than it takes.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/mcp.sh
. "$SRC/tests/regress/mcp.sh"

conf_default
daemon_start

### Messages that are none

perl -e 'print "x" x (4 * 1024 * 1024 + 1), "\n"' >"$T/long"
perl -e 'print "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",",
    "\"params\":{\"a\":\"", "y" x (4 * 1024 * 1024 - 200), "\"}}\n"' \
    >"$T/longest"
perl -e 'print "[" x 100000, "\n"' >"$T/deep"
perl -e 'print "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\",",
    "\"params\":", "{\"a\":" x 80, "1", "}" x 80, "}\n"' >"$T/deeper"
printf '\000\001\377\n{"jsonrpc":"2.0",\r\n\n' >"$T/bytes"
cat >"$T/script" <<END
> {"jsonrpc":"2.0","id":"early","method":"tools/list"}
> {"jsonrpc":"2.0","id":"early2","method":"tools/call","params":{"name":"run_command","arguments":{"command":"touch $W/early"}}}
= early early2
< $T/long
< $T/deep
< $T/deeper
< $T/bytes
< $T/longest
= 1
> {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}
= 0
> {"jsonrpc":"2.0","id":"twice","method":"initialize","params":{"protocolVersion":"2025-03-26"}}
= twice
> {"jsonrpc":"2.0","id":"nil","method":null}
> {"jsonrpc":"2.0","id":"none","method":"no/such"}
> {"jsonrpc":"2.0","id":"params","method":"tools/call","params":[]}
> {"jsonrpc":"2.0","id":"tool","method":"tools/call","params":{"name":"rm"}}
> {"jsonrpc":"2.0","id":"noname","method":"tools/call","params":{}}
> {"jsonrpc":"2.0","id":"args","method":"tools/call","params":{"name":"run_command","arguments":{"command":["ls"]}}}
> {"jsonrpc":"2.0","id":"cursor","method":"tools/list","params":{"cursor":"x"}}
= nil none params tool noname args cursor
> [{"jsonrpc":"2.0","id":"b1","method":"ping"},{"jsonrpc":"2.0","id":"b2","method":"ping"},7]
= b1 b2
> {"jsonrpc":"2.0","id":"held","method":"tools/call","params":{"name":"run_command","arguments":{"command":"cat $W/fifo"}}}
> {"jsonrpc":"2.0","id":"held","method":"tools/call","params":{"name":"run_command","arguments":{"command":"touch $W/second"}}}
> {"jsonrpc":"2.0","id":"held","method":"ping"}
> {"jsonrpc":"2.0","id":"there","method":"ping"}
= there
> {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"held"}}
$(call modern run_command '{"command":"echo both"}')
= modern
END
mkfifo "$W/fifo"
chmod 666 "$W/fifo"
mcp odd
is "it goes on, and ends well" "$S $(cat "$T/odd/status")" "0 0"
is "before initialize there is nothing" "$(json "$T/odd/early.json" \
    error.code) $(json "$T/odd/early2.json" error.code)" "-32602 -32602"
ok "and nothing is run" test ! -e "$W/early"
# long, deep, deeper, two of bytes, 7 of the batch, held twice
is "what has no id is an error without one" \
    "$(wc -l <"$T/odd/null")" 8
has "too long" "$T/odd/null" "at most 4194304 bytes"
has "too deep" "$T/odd/null" "nested too deep"
is "a large one is taken" "$(json "$T/odd/1.json" result)" "{}"
is "id 0 is an id" "$(json "$T/odd/0.json" result.protocolVersion)" \
    2025-03-26
for want in twice:-32600 nil:-32600 none:-32601 params:-32602 tool:-32602 \
    noname:-32602 cursor:-32602; do
	is "error of ${want%%:*}" "$(json "$T/odd/${want%%:*}.json" \
	    error.code)" "${want#*:}"
done
is "wrong arguments are for the model to read" "$(json "$T/odd/args.json" \
    result.isError) $(json "$T/odd/args.json" result.content.0.text)" \
    "true command is a string"
is "an id that is in use: refused without it" \
    "$(grep -c 'this id is under way' "$T/odd/null")" 2
ok "and not run" test ! -e "$W/second"
is "nothing is answered twice, or is no message" "$(find "$T/odd" \
    -mindepth 1 -name twice -o -mindepth 1 -name odd)" ""
is "both eras in one process" "$(got odd modern stdout)" both
is "a result of the one era" "$(json "$T/odd/modern.json" \
    result.resultType)" complete

### Floods

# answers are read when all has been asked: it stops reading, and goes on
yes '{"jsonrpc":"2.0","id":1,"method":"ping"}' | head -n 200000 >"$T/flood"
S=0
as cbtagent timeout -k 10 120 "$B/clawbot" -S "$T/run" mcp <"$T/flood" \
    2>"$T/err" | (sleep 1; wc -l) >"$T/out" || S=$?
is "200,000 pings, read late: each has its answer" "$S $(cat "$T/out")" \
    "0 200000"

# answers NAME N: the lines of NAME.in at one time, and the answers 0 to N - 1
answers() {
	{
		echo "< $T/$1.in"
		a_id=0
		while [ $a_id -lt "$2" ]; do
			echo "= $a_id"
			a_id=$((a_id + 1))
		done
	} >"$T/script"
	mcp "$1"
}

i=0
while [ $i -lt 700 ]; do
	call $i get_status '{}'
	i=$((i + 1))
done | sed 's/^> //' >"$T/many.in"
answers many 700
is "700 requests at once: all are answered" "$S" 0
is "nothing is answered twice, or is no message" "$(find "$T/many" \
    -name twice -o -name odd -o -name null)" ""

### Two hundred commands at one time

i=0
while [ $i -lt 200 ]; do
	call $i run_command '{"command":"/bin/echo","args":["n'$i'"]}'
	i=$((i + 1))
done | sed 's/^> //' >"$T/two.in"
answers two 200
is "200 commands at once: all are answered" "$S" 0
i=0 bad=
while [ $i -lt 200 ]; do
	[ "$(sed 's/.*"stdout":"\([^\\"]*\).*/\1/' "$T/two/$i.json")" = \
	    n$i ] || bad="$bad $i"
	i=$((i + 1))
done
is "each with its own output" "$bad" ""
ok "nothing goes on" until_true 60 no_runs
{
	i=0
	while [ $i -lt 40 ]; do
		call $i run_command '{"command":"sleep 600","wait_s":300}'
		i=$((i + 1))
	done
	call status get_status '{}'
	call policy check_policy '{"command":"true"}'
	echo '= status policy'
} >"$T/script"
mcp busy
is "more commands than there are places: questions are answered" \
    "$(got busy status agent) $(got busy policy decision)" "cbtagent allow"
ok "none of them is left" until_true 60 no_runs
idle=$(find "/proc/$D/fd" -type l | wc -l)
two_again() {
	[ "$(find "/proc/$D/fd" -type l | wc -l)" -le "$idle" ]
}
mcp two2
ok "descriptors of the daemon are given back" until_true 60 two_again

finish
