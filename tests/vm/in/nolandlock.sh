# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2317
#
# Booted with lsm= without landlock: a clear refusal, unless it is accepted.
. "$(dirname "$0")/lib.sh"

hasnot "the kernel has no Landlock now" /sys/kernel/security/lsm landlock
refused() {
	[ "$(prop ActiveState)" = failed ]
}
ok "clawbotd is not started" until_true "$BACK" refused
cb agent status --all
is "nothing answers: status" "$S" 69
journalctl -q -b -u clawbotd -o cat --no-pager >"$T/journal"
has "the journal has the reason and what helps" "$T/journal" \
    landlock "lsm=" sandbox.acceptMissing

cp "$CONF" "$T/conf"
sed 's,//MORE,"sandbox": { "acceptMissing": ["landlock"] }\,,' \
    "$HERE/clawbot.conf" >"$CONF"
ok "accepted: it starts" restart
ok "accepted: it runs commands" runs_again
cb agent status --all
ok "accepted: status has it as missing" \
    grep -qE '^layer +executor landlock +missing' "$T/out"
cb boss doctor
is "accepted: doctor only notes it: status" "$S" 0
cb boss doctor --sandbox
is "accepted: every sandbox holds" "$S" 0
cp "$T/conf" "$CONF"
finish
