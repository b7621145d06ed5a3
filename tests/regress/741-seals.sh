# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: who has the first public key, which is said once, finds whatever was
# done to a log before its end, also by who has all the keys of later.
. "$SRC/tests/regress/lib.sh"

conf_default
log=$T/log/gateway.log

# says_key: the daemon has said its key, into $KEY
says_key() {
	KEY=$(sed -n 's/.* public key \(clawbot[^ ;]*\).*/\1/p' "$T/d.err" |
	    head -n 1)
	[ -n "$KEY" ]
}

# verify STATUS NAME ARGUMENT...
verify() {
	v_want=$1 v_name=$2
	shift 2
	S=0
	"$B/clawbot" audit verify "$@" >"$T/out" 2>"$T/err" || S=$?
	is "$v_name: status" "$S" "$v_want"
}

daemon_start
ok "a new log: its public key is said" until_true 60 says_key
echo "$KEY" >"$T/key.pub"
is "the secret ones are the auditor's" \
    "$(stat -c '%a %U' "$T/log/seal.key")" "600 _clawbot-audit"
agent echo one
cb cbtadmin audit verify -k "$KEY"
is "while it runs, before the first seal: status" "$S" 5
cb cbtadmin stop -r "a stop is sealed"
cb cbtadmin resume
daemon_stop
is "the last record is a seal" "$(tail -n 1 "$log" | cut -d' ' -f3)" seal:
is "so is the one behind the stop" \
    "$(grep -A 1 -F '"ev":"stop","scope"' "$log" | tail -n 1 |
    cut -d' ' -f3)" seal:
verify 0 "a copy, by the key" -k "$KEY" "$T/log"
has "a copy, by the key: sealed to the end" "$T/out" \
    "sealed=$(grep -c . "$log")"
verify 0 "by a file with the key" -k "$T/key.pub" "$T/log"
printf %s "$(cat "$T/key.pub")" >"$T/key.bare"
verify 0 "whose line has no end" -k "$T/key.bare" "$T/log"
cp -a "$T/log" "$T/first"
daemon_start
agent echo two
cb cbtadmin audit verify -k "$KEY"
is "while it runs, behind a seal: status" "$S" 0
ok "its key is said once" sh -c "! grep -q 'public key' '$T/d.err'"
daemon_stop
verify 0 "after a restart, by the first key" -k "$KEY" "$T/log"
"$B/clawbot" --json audit verify -k "$KEY" "$T/log" >"$T/out"
NEXT=$(json "$T/out" next)
verify 5 "by the key of the next epoch" -k "$NEXT" "$T/log"
daemon_start
agent echo three
daemon_stop
verify 0 "by the key of a later epoch" -k "$NEXT" "$T/log"

### Others

verify 64 "no key" -k "$T/nothing" "$T/log"
verify 64 "a key that is none" -k "clawbot/0+0+0" "$T/log"
cp -a "$T/log" "$T/mine"
rm -rf "$T/log"
daemon_start
agent echo other
daemon_stop
verify 7 "the log of other keys" -k "$KEY" "$T/log"
rm -rf "$T/log"
cp -a "$T/mine" "$T/log"
# an older log, with the key of now
cp -a "$T/first/gateway.log" "$T/log/gateway.log"
daemon_try && daemon_stop
daemon_wait
is "an older log does not start" "$DSTATUS" 78
has "an older log: said" "$T/d.err" "log and key are not of one time"
rm "$T/log/seal.key"
daemon_try && daemon_stop
daemon_wait
is "without the key it does not start" "$DSTATUS" 78
has "without the key: said" "$T/d.err" "seal.key is missing"
ok "and none was made" test ! -e "$T/log/seal.key"
finish
