# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2016,SC2317
#
# Debian's package, in place of what quickstart has installed.
. "$(dirname "$0")/lib.sh"

ok "quickstart uninstall" "$HERE/../../../quickstart" uninstall
is "quickstart uninstall: the log keeps its owner" \
    "$(stat -c %U /var/log/clawbot)" _clawbot-audit
is "quickstart uninstall: who is locked" \
    "$(getent shadow _clawbot-audit | cut -d : -f 8)" 1
rm -rf /var/log/clawbot /var/lib/clawbot /srv/clawbot /etc/clawbot.key

ok "apt-get install" apt_get install "$DEBS"/1/*.deb
is "accounts are not locked any more" \
    "$(getent shadow _clawbot-audit | cut -d : -f 8)" ""
is "the unit is enabled" "$(systemctl is-enabled clawbotd)" enabled
ok "the unit is active" until_true "$BACK" active
is "it was started once" "$(prop NRestarts)" 0
is "it is the package's" "$(readlink "/proc/$(prop MainPID)/exe")" \
    /usr/sbin/clawbotd
is "the key is root's" "$(stat -c '%U %a %s' /etc/clawbot.key)" "root 400 32"
ok "systemd-analyze verify" sh -c '! systemd-analyze verify --man=no "$1" 2>&1 |
    grep clawbotd' - "$(prop FragmentPath)"
diag "$(systemd-analyze security --no-pager clawbotd | tail -n 1)"
ok "what systemd holds back from it" sh -c \
    "! systemctl show -P CapabilityBoundingSet clawbotd | grep cap_sys_module"
ok "the manual" sh -c "zcat /usr/share/man/man8/clawbotd.8.gz |
    grep '/usr/libexec/clawbot'"

# Nobody is in the groups yet.
cb agent run -- true
is "an agent that is in no group: status" "$S" 77
usermod -aG clawbot-agent agent
usermod -aG clawbot-admin boss
ok "systemctl restart" restart
ok "an agent in clawbot-agent: it runs" runs_again
cb boss doctor
is "doctor, by one in clawbot-admin: status" "$S" 0
cb boss doctor --sandbox
is "every sandbox holds" "$S" 0

cp "$CONF" "$T/good"
main=$(prop MainPID)
echo '{' >>"$CONF"
systemctl reload clawbotd
ok "a reload of what cannot be: fails" test "$?" -ne 0
cp "$T/good" "$CONF"
is "a reload of what cannot be: the same daemon" "$(prop MainPID)" "$main"
ok "a reload of what cannot be: it goes on" runs_again
ok "a reload" systemctl reload clawbotd
is "a reload: the same daemon" "$(prop MainPID)" "$main"

processes >"$T/before"
kill -9 "$(pid_of clawbot-executor)"
ok "the executor is killed: nothing of it is left" \
    until_true "$BACK" none_left "$T/before"
ok "the executor is killed: systemd brings all back" \
    until_true "$BACK" runs_again
finish
