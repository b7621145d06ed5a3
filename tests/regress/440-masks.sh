# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What stands in the log in place of a secret: how long it was, and a digest
# that tells two uses of one from two secrets, for as long as the installation
# lasts.  Who can read the log cannot make one.
. "$SRC/tests/regress/lib.sh"

LOGGING='"redact": ["(q+)+(y|z)"],'
conf_default
daemon_start

# mark_of WORD: the mark in the intent whose last argument WORD is
mark_of() {
	grep '"ev":"intent"' "$T/log/gateway.log" | grep -F "\"$1\"]" |
	    sed 's/.*"argv":\["echo","--password","\([^"]*\)".*/\1/'
}

# says WORD VALUE: a run with that, whose mark is then in $MARK
says() {
	cb cbtagent run -- echo --password "$2" "$1"
	has "$1: it was given the words" "$T/out" "$2"
	MARK=$(mark_of "$1")
}

is "the key is root's alone" "$(stat -c '%u %a %s' "$T/mask.key")" "0 400 32"
says one xyzzy17
ONE=$MARK
ok "a mark has a length and a digest" \
    sh -c 'echo "$1" | grep -qxE "\[REDACTED:7:[0-9a-f]{12}\]"' - "$ONE"
says two plugh18
ok "another value, another mark" test "$MARK" != "$ONE"
says again xyzzy17
is "the same value, the same mark" "$MARK" "$ONE"
is "it is not the bare digest" "$(grep -cF "$(printf xyzzy17 |
    b2sum -l 128 | cut -c -12)" "$T/log/gateway.log")" 0
says forged "[REDACTED:7:000000000000] --password xyzzy17"
cb cbtagent run -- echo "[REDACTED:7:000000000000]" mine
has "a mark of the agent's: it was given it" "$T/out" \
    "[REDACTED:7:000000000000]"
hasnot "a mark of the agent's is none" "$T/log/gateway.log" \
    "[REDACTED:7:000000000000]"

### Nobody else sees a digest

cb cbtagent run -d -- sh -c 'sleep 600 # --password xyzzy17'
ID=$(cat "$T/out")
cb cbtother --json ps
hasnot "ps: no value" "$T/out" xyzzy17
hasnot "ps: no digest" "$T/out" "[REDACTED:"
cb cbtadmin --json ps
has "ps: something is shown instead" "$T/out" "[REDACTED]"
hasnot "ps, of an approver: no digest" "$T/out" "[REDACTED:"
cb cbtagent kill "$ID"
for role in executor auditor vault; do
	ls -l "/proc/$(role_pid "$role")/fd" >"$T/fds"
	hasnot "$role: no descriptor of the key" "$T/fds" mask.key
done

### It takes nothing else along

# shown NAME TEXT: of a request for it the log has the command as well
shown() {
	cb cbtagent run -- sh -c ": evil-$1
# $2"
	is "$1: status" "$S" 0
	ok "$1: the log has the command" in_log ": evil-$1" ''
}
shown tail "$(yes 'token=a;' | head -n 9000 | tr -d '\n')"
shown spaced "$(yes 'pwd=a ' | head -n 9000 | tr -d '\n')"
cb cbtagent run -- sh -c 'A_SECRET=": evil-quoted; ls /"; eval "$A_SECRET"'
ok "quoted: the log has the command" in_log " evil-quoted; ls /" ''
cb cbtagent run -- echo "$(printf %0100d 0 | tr 0 q)" evil-long
is "what cannot be searched does not run: status" "$S" 77
has "what cannot be searched: it is said why" "$T/err" "logging.redact"
ok "what cannot be searched: it is recorded" log_has '"ev":"refused"' \
    evil-long

### It outlives a start, and is one or none

daemon_stop
daemon_start
says later xyzzy17
is "after a start: the same mark" "$MARK" "$ONE"
daemon_stop
: >"$T/mask.key"
"$B/clawbotd" -n -f "$CONF" >"$T/out" 2>&1
is "a key that is none: -n finds it" "$?" 78
has "a key that is none: it is named" "$T/out" "$T/mask.key: must be"
daemon_try || :
daemon_wait
is "a key that is none: no start" "$DSTATUS" 78
rm "$T/mask.key"
head -c 32 /dev/urandom >"$T/mask.key"
chmod 444 "$T/mask.key"
daemon_try || :
daemon_wait
is "a key that others can read: no start" "$DSTATUS" 78
rm "$T/mask.key"
ln -s "$T/key" "$T/mask.key"
daemon_try || :
daemon_wait
is "a link: no start" "$DSTATUS" 78
rm "$T/mask.key"
daemon_start
says anew xyzzy17
ok "another key: another mark" test "$MARK" != "$ONE"
cb cbtadmin audit verify
is "the log is good" "$S" 0
finish
