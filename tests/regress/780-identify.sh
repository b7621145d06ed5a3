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
daemon_stop
finish
