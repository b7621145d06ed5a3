# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh
#
# After a boot with the unit enabled.
. "$(dirname "$0")/lib.sh"

ok "it answers after a boot" until_true "$BACK" answers
is "it was started once" "$(prop NRestarts)" 0
ok "it runs commands" runs_again
cb agent status --all
ok "runs have groups" grep -q 'memoryMB.*cgroup memory.max' "$T/out"
cb boss doctor
is "doctor: status" "$S" 0
cb boss audit verify
is "the log goes on and is whole" "$S" 0
is "no unit has failed" "$(systemctl --failed --plain --no-legend)" ""
finish
