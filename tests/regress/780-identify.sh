# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# secrets identify: which secret, and which version, a text that was found has,
# recorded without it; and the runs that had it.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "secrets": { "TOKEN": "env" } },'
conf_default
daemon_start

# give VALUE ARGUMENT...: S, out, err
give() {
	printf '%s' "$1" >"$T/value"
	shift
	cbin cbtadmin secrets "$@" <"$T/value"
}
give first-value-of-it-1 set TOKEN
give second-value-2 rotate TOKEN
give "a line of sixteen bytes${NL}another line of such a length" set PEM
cb cbtagent run -s one -- true
give "x=first-value-of-it-1;" identify
is "an earlier version: status" "$S" 0
is "an earlier version" "$(cat "$T/out")" "TOKEN, version 1, kept"
give second-value-2 identify --json
is "--json" "$(json "$T/out" secrets.0.name) $(json "$T/out" \
    secrets.0.version) $(json "$T/out" secrets.0.state)" "TOKEN 2 current"
give "> here${NL}another line of such a length${NL}<" identify
is "a line of one" "$(cat "$T/out")" "PEM, version 1, current"
give "first-value-of-it- a line of sixteen byte" identify
is "none: status" "$S" 1
is "none" "$(cat "$T/out")" "no secret that is in the vault"
give "is it second-value-2 then" identify
is "a short one among others: status" "$S" 1
give "" identify
is "no text: status" "$S" 64
head -c 65537 /dev/zero >"$T/value"
cbin cbtadmin secrets identify <"$T/value"
is "too long a text: status" "$S" 64
cbin cbtagent secrets identify <"$T/value"
is "by no approver: status" "$S" 77
ok "recorded" log_has '"ev":"identify","secrets":["TOKEN"]'
hasnot "recorded without the text" "$T/log/gateway.log" -value-
cb cbtadmin --json audit search secret=TOKEN ev=intent
is "the run that had it" "$(grep -c '"ev":"intent"' "$T/out")" 1

# the runs that had a version, and the change that made it
had() {
	cb cbtadmin --json audit search "secret=TOKEN@$1" "ev=$2"
	grep -c "\"ev\":\"$2\"" "$T/out"
}
give third-value-of-it-3 set TOKEN
cb cbtagent run -s one -- sh -c 'test "$TOKEN" = third-value-of-it-3'
is "a run has what is in force" "$S" 0
is "no run had the first version" "$(had 1 intent)" 0
is "one had the second" "$(had 2 intent)" 1
has "one had the second: as identify tells it" "$T/out" '"argv":["true"]'
is "one had the third" "$(had 3 intent)" 1
has "one had the third: another" "$T/out" '"argv":["sh"'
is "what made the first" "$(had 1 set)" 1
is "what made the second" "$(had 2 rotate)" 1
in_log "the record of a run names the version" 'exec: ' '"ev":"intent"' \
    '"secrets":["TOKEN"],"given":["TOKEN@3"]'
cb cbtadmin audit show "$(sed -n \
    's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' "$T/log/gateway.log" |
    tail -n 1)"
has "audit show tells it" "$T/out" "secrets TOKEN@3"
# a vault that was never opened has none that anybody knows of
daemon_stop
mv "$T/key" "$T/key.away"
daemon_start
cb cbtagent run -s one -- true
is "a locked vault gives none" "$S" 75
in_log "and the record says so" '"given":["TOKEN@0"]'
cb root secrets unlock -k "$T/key.away"
cb cbtagent run -s one -- sh -c 'test "$TOKEN" = third-value-of-it-3'
is "once it is open it has" "$S" 0
is "and the record has which" "$(had 3 intent)" 2
mv "$T/key.away" "$T/key"
daemon_stop
finish
