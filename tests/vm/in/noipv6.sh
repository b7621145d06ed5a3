# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh
#
# Booted with ipv6.disable=1.
. "$(dirname "$0")/lib.sh"

ok "there is no IPv6" test ! -e /proc/net/if_inet6
ok "it answers after a boot" until_true "$BACK" answers
ok "it runs commands" runs_again
cb boss doctor --sandbox
is "every sandbox holds" "$S" 0
finish
