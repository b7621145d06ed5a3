# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh
#
# Reloads, while commands are asked for and run: none is lost.
. "$(dirname "$0")/lib.sh"

cp "$HERE/clawbot.conf" "$CONF"
ok "systemctl restart" restart
ok "it runs commands" runs_again

# asks NUMBER: for one command after the other, until it is enough
asks() {
	while [ ! -e "$T/enough" ]; do
		# on a slow machine it tells on standard error that it waits
		a_said=$(as agent timeout 240 clawbot run -- echo "said $1" \
		    </dev/null)
		echo "$? $a_said"
	done >"$T/asked.$1" 2>>"$T/asked.err"
}

cb agent run -d -- sh -c 'sleep 30; exit 7'
is "a run goes on: status" "$S" 0
id=$(cat "$T/out")
main=$(prop MainPID)
asking=
for n in 1 2 3; do
	asks "$n" &
	asking="$asking $!"
done
for n in 1 2 3 4 5 6; do
	sed "s/\"memoryMB\": 64, \"processes\": 20/\"memoryMB\": 64, \"processes\": 2$n/" \
	    "$HERE/clawbot.conf" >"$CONF"
	ok "reload $n" timeout 120 systemctl reload clawbotd
done
cb boss policy list -u agent
has "the last one is in force" "$T/out" "26 processes"
touch "$T/enough"
# shellcheck disable=SC2086 # numbers
wait $asking
is "it is the same daemon" "$(prop MainPID)" "$main"
ok "there were some" test "$(cat "$T"/asked.? | wc -l)" -ge 6
is "none of them failed" "$(cat "$T"/asked.? | grep -vE '^0 said [123]$')" ""
[ "$FAILED" -eq 0 ] || diag "$(tail -n 20 "$T/asked.err")"
cb agent wait "$id"
is "what went on has ended by itself: status" "$S" 7
cb boss audit verify
is "the log is whole" "$S" 0
finish
