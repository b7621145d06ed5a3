# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Where no memory can be locked for keys and secrets the daemon does not start,
# unless the configuration accepts that; then everything works, and everybody
# is told.
. "$SRC/tests/regress/lib.sh"

# memfd_secret(2) counts to the same limit
for prog in setpriv prlimit; do
	command -v "$prog" >/dev/null && continue
	skip "memory that cannot be locked" "no $prog here"
	finish
	exit
done
UNLOCKED="setpriv --bounding-set=-ipc_lock prlimit --memlock=0:0"
SKILLS='"one": { "default": "allow", "secrets": { "TOKEN": "env" } },'

conf_default
DAEMON_WRAP=$UNLOCKED
if daemon_try; then
	result 1 "not accepted: it does not start" || :
	daemon_stop
else
	daemon_wait
	is "not accepted: it does not start" "$DSTATUS" 71
	has "not accepted: why, and what to do" "$T/d.err" "cannot lock memory" \
	    "sandbox.acceptMissing"
fi

MORE='"sandbox": { "acceptMissing": ["memlock"] },'
conf_default
"$B/clawbotd" -T -f "$CONF" >"$T/out" 2>&1
has "-T shows that it is accepted" "$T/out" '"acceptMissing"' '"memlock"'
daemon_start
printf '%s' value-of-the-token-1 >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"
is "accepted: a secret is stored" "$S" 0
cb cbtagent run -s one -- sh -c 'echo "it is $TOKEN"'
is "accepted: a run has it" "$S" 0
is "accepted: and it is hidden" "$(cat "$T/out")" "it is [REDACTED]"
cb cbtadmin --json status --all
for role in vault auditor executor; do
	ok "accepted: status shows it, $role" grep -q \
	    "\"name\":\"$role keymem\",\"state\":\"missing\"" "$T/out"
done
has "accepted: and what that means" "$T/out" "can be written to swap"
cb root doctor
has "accepted: doctor notes it" "$T/out" "layer vault keymem" \
    "encrypt swap"
daemon_stop

# what is there is used
DAEMON_WRAP=
daemon_start
cb cbtadmin --json status --all
ok "accepted, and there: it is used" grep -qE \
    '"name":"vault keymem","state":"active","detail":"(memfd_secret|mlock)"' \
    "$T/out"
hasnot "accepted, and there: nothing is missing" "$T/out" "written to swap"
daemon_stop
finish
