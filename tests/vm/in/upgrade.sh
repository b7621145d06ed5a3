# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2317
#
# An upgrade of the package: one start anew, and what is kept over it, which
# a standing approval is not.  An emergency stop is in force afterwards.
. "$(dirname "$0")/lib.sh"

systemctl reset-failed clawbotd
ok "it runs commands" runs_again
printf tok-0123456789 | as boss clawbot secrets set DEMO_TOKEN >"$T/out" 2>&1
is "secrets set: status" "$?" 0
cb agent run -s token -- printenv DEMO_TOKEN
is "the secret reaches its command: status" "$S" 0
cb boss stop -s token -r 'not this one'
is "stop: status" "$S" 0

as agent timeout 300 clawbot run -- rm -rf /srv/clawbot/nothing \
    >"$T/stands.out" 2>"$T/stands.err" </dev/null &
ASKED=$!
ok "what is to be approved for an hour waits" until_true 60 have_waiting
cb boss approve -y --for 1h "$ID"
is "approve --for: status" "$S" 0
S=0
wait "$ASKED" || S=$?
is "what was approved runs: status" "$S" 0
cb agent run --no-wait -- rm -rf /srv/clawbot/nothing
is "and again, unasked: status" "$S" 0

# used: of the runs that the example has in a minute
used() {
	cb boss --json policy list -u agent
	json policy.0.quota_all.minute.used
}

# one after the other, while it is the same daemon; when the last began of those
# that went well
go_on() {
	while go_began=$(date +%s) && [ "$(prop MainPID)" = "$main" ] &&
	    as agent timeout 120 clawbot run -- true </dev/null; do
		echo "$go_began" >"$T/last"
		sleep 3
	done >/dev/null 2>&1
}

install -d -o clawbot -g clawbot /srv/clawbot/old
as agent timeout 300 clawbot run -- rm -rf /srv/clawbot/old \
    >"$T/waits.out" 2>"$T/waits.err" </dev/null &
ASKED=$!
ok "a request waits" until_true 60 have_waiting
cb agent run -d -- sleep 1003
is "a run goes on: status" "$S" 0
ok "runs are counted" test "$(used)" -gt 0
echo '// of the administrator' >>"$CONF"
cp "$CONF" "$T/conf"
processes >"$T/before"
main=$(prop MainPID)
begin=$(date +%s)
echo 0 >"$T/last"
go_on &
GO_ON=$!

ok "apt-get install, of the next version" apt_get install "$DEBS"/2/*.deb
ok "it is back" until_true "$BACK" answers
counted=$(used)
wait "$GO_ON"
ok "it is another daemon" test "$(prop MainPID)" -ne "$main"
journalctl --sync
is "it was started once" "$(journalctl -u clawbotd -o cat --no-pager \
    --since "@$begin" | grep -c '^Started ') $(prop NRestarts)" "1 0"
if [ $(($(date +%s) - $(cat "$T/last"))) -lt 60 ]; then
	ok "those of the last minute are counted on" test "$counted" -gt 0
else
	skip "those of the last minute are counted on" "it is over"
fi
is "nothing is left of the one before" "$(left "$T/before")" ""
ok "the configuration is the administrator's" cmp "$CONF" "$T/conf"
S=0
wait "$ASKED" || S=$?
ok "what was waiting: refused" test "$S" -ne 0 -a "$S" -ne 124
ok "what was waiting: it has not happened" test -d /srv/clawbot/old
cb boss audit show -l "$ID"
has "what was waiting: recorded" "$T/out" "clawbot is stopping"
cb boss --json standing
is "no standing approval is left" "$S $(json standing.0.standing)" "0 "
cb agent run --no-wait -- rm -rf /srv/clawbot/nothing
is "what one had let run is asked about: status" "$S" 77
cb agent run -- cat /etc/hostname
is "other skills: it runs commands: status" "$S" 0
cb agent run -s token -- printenv DEMO_TOKEN
is "the stop is in force: status" "$S" 75
cb boss audit verify
is "the log goes on and is whole" "$S" 0
finish
