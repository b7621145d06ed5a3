# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh
#
# After a boot: the emergency stop that upgrade.sh has left is in force.
. "$(dirname "$0")/lib.sh"

ok "it answers after a boot" until_true "$BACK" active
is "the package's unit is enabled" "$(systemctl is-enabled clawbotd)" enabled
cb agent run -s token -- printenv DEMO_TOKEN
is "after a boot: the stop is in force: status" "$S" 75
has "after a boot: its reason" "$T/err" "not this one"
cb boss resume -s token
is "resume: status" "$S" 0
cb agent run -s token -- printenv DEMO_TOKEN
is "resumed: the secret is there, too: status" "$S" 0
cb boss audit verify
is "the log is whole" "$S" 0
finish
