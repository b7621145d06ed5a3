# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2317
#
# A start that another would only repeat: systemd does not try again, and starts
# the unit of the package's examples for that, which tells nobody of a start anew.
. "$(dirname "$0")/lib.sh"

EXAMPLE=/usr/share/doc/clawbot/onfailure.conf
DROPIN=/etc/systemd/system/clawbotd.service.d
UNIT=$(sed -n 's/^OnFailure=//p' "$EXAMPLE")
is "the example names one" "$UNIT" clawbot-failed.service
mkdir -p "$DROPIN" "/etc/systemd/system/$UNIT.d"
cp "$EXAMPLE" "$DROPIN"
cp "${EXAMPLE%/*}/$UNIT" /etc/systemd/system
rm -f /run/clawbot-failed
printf '[Service]\nExecStart=\nExecStart=/usr/bin/touch %s\n' \
    /run/clawbot-failed >"/etc/systemd/system/$UNIT.d/touch.conf"
systemctl daemon-reload
is "systemd takes the units" "$(systemd-analyze verify --man=no \
    "$(prop FragmentPath)" "$UNIT" 2>&1)" ""
ok "it starts with that" restart

failed() {
	[ "$(prop ActiveState)" = failed ]
}

cp "$CONF" "$T/good"
echo '{' >>"$CONF"
ok "a restart with what cannot be: fails" sh -c \
    '! timeout 120 systemctl restart clawbotd'
ok "it stays down" until_true "$BACK" failed
is "its status" "$(prop ExecMainStatus)" 78
is "it was not tried again" "$(prop NRestarts)" 0
ok "the unit of the example was started" \
    until_true "$BACK" test -e /run/clawbot-failed
cp "$T/good" "$CONF"

# One process of it is killed: that another start mends.
rm -f /run/clawbot-failed
ok "mended: it starts" restart
main=$(prop MainPID)
kill -9 "$(pid_of clawbot-auditor)"
another() {
	active && [ "$(prop MainPID)" != "$main" ]
}
ok "a process is killed: it is started anew" until_true "$BACK" another
nobody_told() {
	[ "$(systemctl show -P ActiveState "$UNIT")" = inactive ]
}
ok "a process is killed: what tells is over" until_true "$BACK" nobody_told
is "that is no failure for anybody to look at" \
    "$(ls /run/clawbot-failed 2>/dev/null)" ""
is "nor is what tells one" "$(systemctl --failed --plain --no-legend)" ""

rm -r "$DROPIN" "/etc/systemd/system/$UNIT" "/etc/systemd/system/$UNIT.d"
systemctl daemon-reload
finish
