# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh
#
# What quickstart has left: the daemon under systemd, with the example.
. "$(dirname "$0")/lib.sh"

fact distribution "$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)"
fact kernel "$(uname -r)"
fact systemd "$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')"
[ "$(sysctl -n kernel.apparmor_restrict_unprivileged_userns 2>/dev/null)" \
    != 1 ] || diag "AppArmor restricts user namespaces here"

ok "quickstart has built nothing anew" \
    sh -c "! grep -E '^  (CC|LD|AR) ' '$HERE/../../../build/quickstart.log'"
is "the unit is enabled" "$(systemctl is-enabled clawbotd)" enabled
is "the unit is active" "$(prop ActiveState)" active
is "it was started once" "$(prop NRestarts)" 0
is "the daemon is in its group" "$(cat "/proc/$(prop MainPID)/cgroup")" \
    "0::/system.slice/clawbotd.service/daemon"

cb clawbot-demo-admin status --all
is "status: status" "$S" 0
has "status: the processes" "$T/out" supervisor executor auditor vault
good='^KIND|^people |^[a-z]+ .* (up|active|open|available|execute|written|ask|newest|in force|free|closed|[0-9]+) |^log +immutable +none '
is "status: nothing is missing, broken or down" \
    "$(grep -vE "$good" "$T/out")" ""
fact landlock "ABI $(sed -n 's/.*executor landlock.*ABI \([0-9]*\).*/\1/p' \
    "$T/out")"
fact controllers "$(sed -n 's/.*executor cgroup.*controllers \(.*\)/\1/p' \
    "$T/out")"
cb clawbot-demo-admin doctor
is "doctor: status" "$S" 0
is "doctor: all is well" "$(grep -v '^ok ' "$T/out")" ""
cb clawbot-demo-admin doctor --sandbox
is "doctor --sandbox: status" "$S" 0
has "doctor --sandbox: every sandbox holds" "$T/out" "every sandbox holds"
set -- "$(sed -n 's/^skill .* held \([0-9]*\) of [0-9]*.*/\1/p' "$T/out" |
    sort -un | tr '\n' ' ')" "$(sed -n \
    's/^skill .* held [0-9]* of \([0-9]*\).*/\1/p' "$T/out" | sort -un |
    tr '\n' ' ')"
is "doctor --sandbox: every attempt held: $1" "$1" "$2"
ok "doctor --sandbox: there were some hundred" test "${1% }" -ge 90
fact attempts "${1% } of ${2% }"
finish
