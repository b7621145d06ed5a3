# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh
#
# The package is removed, while a run goes on, and purged.
. "$(dirname "$0")/lib.sh"

# What sysusers.d has made, and may own files for ever.
ACCOUNTS=$(awk '$1 == "u" { print $2 }' /usr/lib/sysusers.d/clawbot.conf)
ok "the package has accounts of its own" test \
    "$(echo "$ACCOUNTS" | wc -l)" -ge 7

# locked NAME: none was deleted, none can be used, no process has one
locked() {
	is "$1: accounts stay, locked" "$(for a in $ACCOUNTS; do
		getent shadow "$a" | cut -d : -f 8
	done | sort | uniq -c | tr -s ' ')" \
	    " $(echo "$ACCOUNTS" | wc -l) 1"
	is "$1: no process has one of them" "$(for a in $ACCOUNTS; do
		pgrep -l -u "$a"
	done)" ""
}

cb agent run -d -- sleep 1004
is "a run goes on: status" "$S" 0
processes >"$T/before"
ok "there were processes" test -s "$T/before"
ok "apt-get remove" apt_get remove clawbot
is "no process is left" "$(left "$T/before")" ""
locked removed
ok "the group is gone" test ! -e "$SLICE"
ok "log, vault, key and configuration are left" test -s \
    /var/log/clawbot/gateway.log -a -d /var/lib/clawbot/vault \
    -a -s /etc/clawbot.key -a -s "$CONF"
is "no unit has failed" "$(systemctl --failed --plain --no-legend)" ""

ok "apt-get purge" apt_get purge clawbot clawbot-client
is "log, vault and configuration are gone" \
    "$(ls -d /var/log/clawbot /var/lib/clawbot "$CONF" 2>/dev/null)" ""
ok "the key stays" test -s /etc/clawbot.key
locked purged
is "systemd knows no such unit" "$(prop LoadState)" not-found
finish
