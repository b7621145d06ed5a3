# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh
#
# The package is removed, while a run goes on, and purged.
. "$(dirname "$0")/lib.sh"

cb agent run -d -- sleep 1004
is "a run goes on: status" "$S" 0
processes >"$T/before"
ok "there were processes" test -s "$T/before"
ok "apt-get remove" apt_get remove clawbot
is "no process is left" "$(left "$T/before")" ""
ok "the group is gone" test ! -e "$SLICE"
ok "log, vault, key and configuration are left" test -s \
    /var/log/clawbot/gateway.log -a -d /var/lib/clawbot/vault \
    -a -s /etc/clawbot.key -a -s "$CONF"
is "no unit has failed" "$(systemctl --failed --plain --no-legend)" ""

ok "apt-get purge" apt_get purge clawbot clawbot-client
is "log, vault and configuration are gone" \
    "$(ls -d /var/log/clawbot /var/lib/clawbot "$CONF" 2>/dev/null)" ""
ok "the key stays" test -s /etc/clawbot.key
ok "accounts stay, locked" sh -c \
    "getent shadow _clawbot-vault | cut -d : -f 8 | grep -x 1"
is "systemd knows no such unit" "$(prop LoadState)" not-found
finish
