# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh
#
# The page that tells what the self-check tries is that of the programs.
. "$SRC/tests/regress/lib.sh"

# attempts of one architecture are left out on others
case $(uname -m) in
x86_64) ;;
*) skip_all "the page is that of x86-64" ;;
esac
"$H/attempts" >"$T/attempts"
ok "executor/ATTEMPTS is what make attempts writes" \
    cmp "$T/attempts" "$SRC/executor/ATTEMPTS"
# no more and no less than what is tried
conf_default
daemon_start
cb cbtadmin --json doctor --sandbox
n=$(awk 'last == "" && /^  [^ ]/ { n++ } { last = $0 }
    END { print n - 1 }' "$T/attempts")	# but for the legend
is "as many as the daemon tries" "$(tr '{' '\n' <"$T/out" |
    sed -n 's/.*"of":\([0-9]*\).*/\1/p' | awk '{ s += $1 } END { print s }')" \
    "$n"
daemon_stop
finish
