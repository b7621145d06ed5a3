# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh
#
# Every process of the daemon is killed: systemd brings it back, and nothing
# is left of what was there.
. "$(dirname "$0")/lib.sh"

cp "$HERE/clawbot.conf" "$CONF"
ok "systemctl restart" restart

for victim in clawbotd clawbot-executor clawbot-auditor clawbot-vault; do
	# so that restarts of earlier ones do not count
	systemctl reset-failed clawbotd
	ok "$victim: a run goes on" runs_again
	cb agent run -d -- sleep 1001
	processes >"$T/before"
	main=$(prop MainPID)
	begin=$(date +%s)
	kill -9 "$(pid_of "$victim")"
	ok "$victim is killed: nothing of it is left" \
	    until_true "$BACK" none_left "$T/before"
	ok "$victim is killed: another daemon runs commands" \
	    until_true "$BACK" runs_again
	diag "back after $(($(date +%s) - begin)) s"
	ok "$victim is killed: it is another one" \
	    test "$(prop MainPID)" -ne "$main"
	left "$T/before" >"$T/left"
	is "$victim is killed: nothing is left" "$(cat "$T/left")" ""
done

# One skill's sandboxes, or all of it: runs are possible again.
systemctl reset-failed clawbotd
spawner=$(pid_of clawbot-spawner)
processes | grep "^$spawner " >"$T/before"
kill -9 "$spawner"
ok "a spawner is killed: it is gone" until_true 30 none_left "$T/before"
ok "a spawner is killed: commands are run" until_true "$BACK" runs_again
for skill in writes small slow; do
	cb agent run -s "$skill" -- true
	is "a spawner is killed: those of skill $skill: status" "$S" 0
done
cb agent status --all
ok "and runs have groups again" \
    grep -q 'memoryMB.*cgroup memory.max' "$T/out"

cb boss audit verify
is "the log is whole" "$S" 0
finish
