# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# skills.NAME.confirm: what waits for an approver may be confirmed by the account
# that asked for it, and by nobody else, where its patterns name all of it; that
# is no approval, and is recorded as what it is.
. "$SRC/tests/regress/lib.sh"
CLAWBOT_CLAWBOTD=$B/clawbotd
export CLAWBOT_CLAWBOTD

SKILLS='"c": { "default": "allow", "write": ["'$W'"],
    "ask": ["touch asked", "touch grave", "rm **"],
    "confirm": ["touch asked", "touch refused", "rm -r **", "env **"],
    "deny": ["touch refused"], "limits": { "timeoutSeconds": 600 } },'
CHANNELS='"other": { "users": ["cbtagent"], "access": "execute",
    "skills": ["*"] },
  "look": { "users": ["cbtagent"], "access": "read-only", "skills": ["*"] },'
MORE='"tools": { "exec": { "approvalPatterns": ["rm -r"] } },'
conf_default
daemon_start

# ask NAME COMMAND...: in the background; ID is its run
ask() {
	a_name=$1
	shift
	cbbg "$a_name" cbtagent run -s c -C "$W" -- "$@"
	ASKER=$BGPID
	waiting
}
# waits: it still does
waits() {
	cb cbtadmin --json approvals
	is "$1" "$(json "$T/out" approvals.0.run)" "$ID"
}
# no NAME: the requester cannot confirm it; then it is denied
no() {
	cb cbtagent approve -y "$ID"
	is "$1: status" "$S" 77
	has "$1: why" "$T/err" "does not let that be confirmed"
	waits "$1: it still waits"
	cb cbtadmin deny "$ID"
	status_of "$ASKER"
	is "$1: an approver decides" "$S" 77
}

ask one touch asked
cb cbtagent -c other approve -y "$ID"
is "from another channel: status" "$S" 77
has "from another channel: why" "$T/err" "where that was asked"
cb cbtagent -c look approve -y "$ID"
is "from a channel that only looks" "$S" 77
cb cbtother approve -y "$ID"
is "by somebody else: not even there" "$S" 1
cb cbtagent approve --digest \
    0000000000000000000000000000000000000000000000000000000000000000 -y "$ID"
is "another plan" "$S" 1
cb cbtagent approve --count 3 -y "$ID"
is "no standing approval" "$S" 77
waits "it waits"
ok "nothing has happened" test ! -e "$W/asked"
cb cbtagent approve -y "$ID"
is "who asked confirms it" "$S" 0
has "it is told as that" "$T/out" "confirmed $ID"
hasnot "and as no approval" "$T/out" "approved"
status_of "$ASKER"
is "it runs" "$S" 0
ok "it happened" test -e "$W/asked"
ok "recorded: as a confirmation" log_has '"ev":"confirm"' \
    "\"run\":\"$ID\""
ok "recorded: with what was done" log_has "\"run\":\"$ID\"" \
    '"confirmed":true'
is "recorded: no approval, no approver" \
    "$(grep -c '"ev":"approve"\|"approver"' "$T/log/gateway.log")" 0
rm "$W/asked"

# the one that waits, and is not just being judged anew
is_open() {
	cb cbtadmin --json approvals
	json "$T/out" approvals.0.run
}

### What is not

ask grave touch grave
no "one that confirm does not name"
ask both sh -c 'touch asked; touch grave'
no "a line of which it names a part"
ask rest sh -c 'touch asked; date'
no "a line with what neither it nor allow names"
mkdir "$W/dir"
ask destructive rm -r dir
no "what is destructive"
ask eval sh -c 'touch asked; eval "$X"'
no "what cannot be told"
ask wrapped env X=1 rm -r dir
no "what another one runs"
cb cbtagent run -s c -C "$W" -- touch refused
is "what is denied is denied" "$S" 77

ask line sh -c 'touch asked && touch asked'
cb cbtagent approve -y "$ID"
status_of "$ASKER"
is "a line of which it names all" "$S" 0

### Once more, another configuration, approvers

ask again touch asked
cb cbtadmin approve -y "$ID"
is "an approver may, too" "$S" 0
status_of "$ASKER"
is "and it runs" "$S" 0
ask reload touch asked
sed 's/"confirm": \["touch asked", /"confirm": [/' "$CONF" >"$T/new"
mv "$T/new" "$CONF"
cb root reload
is "a configuration without it" "$S $(cat "$T/err")" "0 "
becomes "the request waits by that" "$ID" is_open
no "which does not let it be confirmed"
cb root audit verify
is "the log is whole" "$S" 0
daemon_stop
finish
