# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# On what conditions a secret is released: only after an approval, so often a
# minute, from a version on.  Who asks, who approves and who administers sees
# them; a reload takes others at once.
. "$SRC/tests/regress/lib.sh"

CLAWBOT_CLAWBOTD=$B/clawbotd
export CLAWBOT_CLAWBOTD

# conf: with ${MAX-2} and ${OLDEST-1} and ${AS-env}
conf() {
	SKILLS='"one": { "default": "allow", "secrets": { "TOKEN": {
		"as": "'${AS-env}'", "maxReleasesPerMinute": '${MAX-2}' } } },
	    "asks": { "default": "allow", "confirm": ["true"],
		"secrets": { "TOKEN": { "approval": true } } },
	    "late": { "default": "allow", "secrets": { "TOKEN": {
		"minVersion": '${OLDEST-2}' } } },'
	conf_default
}

intents() {
	grep -c '"ev":"intent"' "$T/log/gateway.log"
}

conf
daemon_start
printf 'tok-0123456789abcdef' >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"
is "a secret is set" "$S" 0

### So often a minute

for i in 1 2; do
	cb cbtagent run -s one -- sh -c 'test ${#TOKEN} = 20'
	is "release $i: status" "$S" 0
done
N=$(intents)
cb cbtagent run -s one -- true
is "one too many: status" "$S" 75
has "one too many: which, and when again" "$T/err" \
    "secret TOKEN: 2 of 2 releases to runs of skill one" "try again in"
is "one too many: nothing was to run" "$(intents)" "$N"
ok "one too many: recorded" log_has 'quota: ' '"cause":"releases"'
cb cbtagent policy why -s one -- true
is "why: status" "$S" 0
has "why: it is shown" "$T/out" \
    "TOKEN as env, 2 of 2 releases in the last minute"
cb cbtagent policy list
has "list: it is shown" "$T/out" "TOKEN as env, only after an approval" \
    "TOKEN as env, 2 of 2 releases" "TOKEN as env, version 2 or a later one" \
    "not now"

### Only after an approval

cb cbtagent run -s asks --no-wait -- true
is "unapproved: status" "$S" 77
has "unapproved: the rule" "$T/err" "released only after an approval"
cb cbtagent --json policy why -s asks -- true
is "why: it would wait" "$S" 2
is "why: by which rule" "$(json "$T/out" rule)" \
    skills.asks.secrets.TOKEN.approval
is "why: the conditions" "$(json "$T/out" releases.0)" '{"approval":true,'\
'"as":"env","min_version":1,"secret":"TOKEN"}'
cbbg asks cbtagent run -s asks -- sh -c 'test ${#TOKEN} = 20'
waiting
cb cbtagent approve -y "$ID"
is "who asks cannot confirm it" "$S" 77
cb cbtadmin approvals show "$ID"
has "the question: the conditions" "$T/out" \
    "TOKEN as env, only after an approval"
cb cbtadmin approve -y "$ID"
is "approved: status" "$S" 0
status_of "$BGPID"
is "approved: it has the secret" "$S" 0

### From a version on

cb cbtagent run -s late -- true
is "too old: status" "$S" 77
has "too old: both versions" "$T/err" "the vault has version 1" \
    "version 2 or a later one"
printf 'tok-0123456789abcdeg' >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"
cb cbtagent run -s late -- sh -c 'test ${#TOKEN} = 20'
is "a new version: status" "$S" 0

### A reload

OLDEST=3 MAX=3 conf
cb root reload
is "reload: status" "$S" 0
cb cbtagent run -s late -- true
is "reload: another oldest version" "$S" 77
cb cbtagent run -s one -- true
is "reload: one more a minute" "$S" 0
cb cbtagent run -s one -- true
is "reload: what was released still counts" "$S" 75
OLDEST=3 MAX=3 AS=file conf
cb root reload
is "how it is handed over: status" "$S" 77
has "how it is handed over: named" "$T/out" skills.one.secrets.TOKEN.as
daemon_stop
finish
