# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: what a run makes as its caller has the mode that it would have if
# the caller made it; other accounts have one umask.
. "$SRC/tests/regress/lib.sh"

install -d -o cbtagent -m 755 "$W/own"
install -d -o clawbot -m 755 "$W/their"
SKILLS='"me": { "default": "allow", "runAs": "caller",
	"write": ["'$W/own'"] },
    "plain": { "default": "allow", "runAs": "caller",
	"write": ["'$W/own'"], "protect": [] },
    "they": { "default": "allow", "write": ["'$W/their'"] },'
conf_default
daemon_start

# modes SKILL UMASK DIRECTORY WANTED
modes() {
	m_was=$(umask)
	umask "$2"
	cb cbtagent run -s "$1" -- sh -c "umask; cd '$3' && rm -rf f d &&
	    echo x >f && mkdir d && stat -c %a f d"
	umask "$m_was"
	is "$1 with umask $2" "$(tr '\n' ' ' <"$T/out")" "$4 " ||
	    sed 's/^/# /' "$T/err"
}
for skill in me plain; do
	modes $skill 077 "$W/own" "0077 600 700"
	modes $skill 002 "$W/own" "0002 664 775"
	modes $skill 022 "$W/own" "0022 644 755"
done
modes they 077 "$W/their" "0022 644 755"
modes they 000 "$W/their" "0022 644 755"
daemon_stop
finish
