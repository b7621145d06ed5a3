# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2016,SC2317
#
# Every process of the daemon is killed: systemd brings it back, and nothing
# is left of what was there; what does without one goes on without it.
. "$(dirname "$0")/lib.sh"

conf_all_roles
ok "systemctl restart" restart

# The socket is the journal's here.
forwards() {
	cb agent run -- echo "$1" && [ "$S" -eq 0 ] && until_true 30 \
	    sh -c 'journalctl -b -o cat --no-pager | grep -qF "\"$1\""' - "$1"
}
ok "records are forwarded" forwards "said-$$-before"

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

gone() {
	! has_pid "$1"
}
noted() {
	cb boss doctor && [ "$S" -eq 0 ] &&
	    grep -q "^note  $1: .*restart the daemon" "$T/out"
}

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


# Nothing rests on those of the configuration.
systemctl reset-failed clawbotd
main=$(prop MainPID)
for key in approvals.notify logging.forward; do
	victim=clawbot-notifier
	[ "$key" = approvals.notify ] || victim=clawbot-forwarder
	kill -9 "$(pid_of "$victim")"
	ok "$victim is killed: it is gone" until_true 30 gone "$victim"
	ok "$victim is killed: doctor says so" until_true 30 noted "$key"
	ok "$victim is killed: commands are run" runs_again
	is "$victim is killed: by the same daemon" "$(prop MainPID)" "$main"
done
ok "systemctl restart" restart
for victim in clawbot-notifier clawbot-forwarder; do
	ok "$victim is there again" has_pid "$victim"
done
ok "records are forwarded again" forwards "said-$$-after"

cb boss audit verify
is "the log is whole" "$S" 0
finish
