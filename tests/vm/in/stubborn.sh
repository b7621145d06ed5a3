# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2016
#
# Restart and stop, with runs that take no hint.
. "$(dirname "$0")/lib.sh"

cp "$HERE/clawbot.conf" "$CONF"
ok "systemctl restart" restart

# Detached, deaf, and with children of the same kind.
stubborn() {
	cb agent run -d -- sh -c 'trap "" TERM INT HUP QUIT
	    sleep 1002 & (while :; do sleep 1002; done) &
	    while :; do sleep 1002; done'
	ok "$1: a stubborn run goes on" test "$S" -eq 0 -a -s "$T/out"
	ok "$1: with all its processes" until_true 20 sh -c \
	    '[ "$(pgrep -cfx "sleep 1002")" -ge 3 ]'
	processes >"$T/before"
}

stubborn restart
begin=$(date +%s)
systemctl restart clawbotd
is "restart: status" "$?" 0
took=$(($(date +%s) - begin))
diag "it took $took s"
ok "restart: in time" test "$took" -lt 60
is "restart: nothing is left" "$(left "$T/before")" ""
ok "restart: commands are run" until_true "$BACK" runs_again

stubborn stop
begin=$(date +%s)
systemctl stop clawbotd
is "stop: status" "$?" 0
took=$(($(date +%s) - begin))
diag "it took $took s"
ok "stop: in time" test "$took" -lt 40
is "stop: nothing is left" "$(left "$T/before")" ""
ok "stop: the group is gone" test ! -e "$SLICE"
is "stop: the service manager calls it a success" "$(prop Result)" success
is "stop: it is not running" "$(prop ActiveState)" inactive
cb agent status --all
is "stop: clients are told: status" "$S" 69

ok "it starts again" systemctl start clawbotd
cb boss audit verify
is "the log is whole" "$S" 0
finish
