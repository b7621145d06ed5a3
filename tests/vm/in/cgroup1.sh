# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2016
#
# Booted with control groups of version 1: status says what is left.
. "$(dirname "$0")/lib.sh"

# newer versions of systemd do not do that any more
if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
	skip "control groups of version 1" "this systemd has version 2 all the same"
	finish
fi
ok "it answers after a boot" until_true "$BACK" answers
ok "it runs commands" runs_again
cb agent status --all
ok "status: runs have no group" \
    grep -qE '^layer +cgroup +missing' "$T/out"
has "status: memory of each process" "$T/out" RLIMIT_DATA
hasnot "status: no group limits it" "$T/out" memory.max
cb agent run -s slow -- true
is "what needs one is refused: status" "$S" 77
has "what needs one is refused: the reason" "$T/err" limits.cpuPercent cgroup
sed '/"slow"/,/"light"/d' "$HERE/clawbot.conf" >"$CONF"
ok "it starts without such skills" restart
cb boss doctor
is "doctor: status" "$S" 0
cb boss doctor --sandbox
is "every sandbox holds" "$S" 0
cb agent --json run -s late -- perl -e 'while (1) { my $p = fork; if (!$p) {
    my $e = (times)[0] + 0.1; 1 while (times)[0] < $e; exit } wait }'
is "a limit is kept without" "$(json outcome)" limited
cp "$HERE/clawbot.conf" "$CONF"
finish
