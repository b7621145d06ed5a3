# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# secrets set says what it did, and takes nothing that cannot be hidden.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "secrets": { "TOKEN": "env" } },'
conf_default
daemon_start

# give VALUE ARGUMENT...: S, out, err
give() {
	printf '%s' "$1" >"$T/value"
	shift
	cbin cbtadmin "$@" <"$T/value"
}

give first-value-1 secrets set TOKEN
is "the first: status" "$S" 0
is "the first: created" "$(cat "$T/out")" "TOKEN: created"
give second-value-2 secrets set TOKEN
is "the second: replaced" "$S $(cat "$T/out")" "0 TOKEN: replaced, version 2"
give third-value-3 --json secrets set TOKEN
is "--json: replaced" "$(json "$T/out" name) $(json "$T/out" result)" \
    "TOKEN replaced"
give third-value-3 --json secrets set OTHER
is "--json: created" "$(json "$T/out" result)" created
cb cbtadmin secrets rm OTHER
give third-value-3 secrets set OTHER
is "removed in between: created" "$(cat "$T/out")" "OTHER: created"

# refused NAME VALUE WHY
refused() {
	give "$2" secrets set TOKEN
	is "$1: status" "$S" 64
	has "$1: why, and what to do" "$T/err" "$3" "--unmaskable"
	hasnot "$1: the value is not shown" "$T/err" "$2"
	give "$2" secrets set --unmaskable WORD
	is "$1: with --unmaskable: status" "$S" 0
	cb cbtadmin secrets rm WORD
	is "$1: with --unmaskable: it was there" "$S" 0
}
refused "seven bytes" "a-b/c.d" "it is short"
refused "one word" production "it is one word"
refused "one word, capitalized" Localhost "it is one word"
refused "one word in capitals" PRODUCTION "it is one word"
for value in production-1 correcthorsebattery ABCDEFGHIJKLM pro.ductio; do
	give "$value" secrets set MORE
	is "$value: status" "$S" 0
done
cb cbtagent run -s one -- sh -c 'test "$TOKEN" = third-value-3'
is "what was refused has replaced nothing" "$S" 0
daemon_stop
finish
