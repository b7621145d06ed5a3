# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2317
#
# A role that hangs is said to, and the service manager's watchdog ends that.
. "$(dirname "$0")/lib.sh"

cp "$HERE/clawbot.conf" "$CONF"
ok "systemctl restart" restart

unhealthy() {
	cb agent status
	! grep -qE "^role +$1 +up " "$T/out"
}
replaced() {
	[ "$(prop MainPID)" -ne "$main" ] && runs_again
}
for role in executor auditor; do
	systemctl reset-failed clawbotd
	ok "$role: it runs commands" until_true "$BACK" runs_again
	main=$(prop MainPID)
	processes >"$T/before"
	begin=$(date +%s)
	kill -STOP "$(pid_of "clawbot-$role")"
	ok "$role hangs: status says so" until_true 30 unhealthy "$role"
	diag "after $(($(date +%s) - begin)) s: $(grep -E "^role +$role" \
	    "$T/out")"
	ok "$role hangs: another daemon takes over" until_true 240 replaced
	diag "after $(($(date +%s) - begin)) s"
	is "$role hangs: nothing is left" "$(left "$T/before")" ""
done
cb boss audit verify
is "the log is whole" "$S" 0
finish
