# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What a run prints of a version before the one that it was given is hidden as
# long as that version is kept, and the run itself has no other than its own.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "read": ["'$W'"],
	"secrets": { "TOKEN": "env", "KEY": "file" } },
    "two": { "default": "allow", "secrets": { "OTHER": "env" } },'
conf_default
daemon_start

# give VALUE ARGUMENT...: S, out, err
give() {
	printf '%s' "$1" >"$T/value"
	shift
	cbin cbtadmin secrets "$@" <"$T/value"
	is "secrets $1: status" "$S" 0
}
give first-value-of-1 set TOKEN
give second-value-of-2 rotate TOKEN
give third-value-of-3 rotate TOKEN
give key-one-of-1234 set KEY
give key-two-of-5678 rotate KEY
give other-value-9 set OTHER

# it has them from elsewhere: a file that it may read
cat >"$W/old" <<'END'
<first-value-of-1> <second-value-of-2> <third-value-of-3>
<key-one-of-1234> <key-two-of-5678> <other-value-9>
END
printf 'cat "%s"; base64 -w 0 <"%s"\n' "$W/old" "$W/old" >"$W/show.sh"
hidden='<[REDACTED]> <[REDACTED]> <[REDACTED]>
<[REDACTED]> <[REDACTED]> <other-value-9>'
cb cbtagent run -s one -- sh "$W/show.sh"
is "all versions of its secrets: hidden" "$(sed -n 1,2p "$T/out")" "$hidden"
b64=$(printf 'first-value-of-1' | base64 | cut -c5-16)
hasnot "also in base64" "$T/out" "$b64"
ok "base64: hidden as well" sh -c \
    "tail -1 '$T/out' | grep -qF '[REDACTED]'"
cb cbtagent run -s two -- sh -c "echo first-value-of-1 other-value-9"
is "a run without the grant: hides its own" "$(cat "$T/out")" \
    "first-value-of-1 [REDACTED]"
cb cbtagent run -s one -- sh -c 'env | rev
    ls "$CREDENTIALS_DIRECTORY"; rev "$CREDENTIALS_DIRECTORY"/*; echo'
has "the run has its own" "$T/out" "$(echo third-value-of-3 | rev)" \
    "$(echo key-two-of-5678 | rev)"
hasnot "and no other version: of a variable" "$T/out" \
    "$(echo second-value-of-2 | rev)"
hasnot "and no other version: of a file" "$T/out" \
    "$(echo key-one-of-1234 | rev)"

# one that is long: both are hidden, and neither holds the run up
head -c 49000 /dev/urandom | base64 -w 0 | head -c 65000 >"$T/long"
head -c 49000 /dev/urandom | base64 -w 0 | head -c 65000 >"$T/longer"
cp "$T/long" "$W/old"
cbin cbtadmin secrets set KEY <"$T/long"
cbin cbtadmin secrets rotate KEY <"$T/longer"
is "a long one: status" "$S" 0
cb cbtagent run -s one -- sh -c 'cat "$KEY_FILE" '"$W/old; echo; echo end"
is "a long one: hidden" "$(cat "$T/out")" "[REDACTED]${NL}end"

# what is not kept is not given to anybody
give fourth-value-of-4 set TOKEN
cb cbtagent run -s one -- echo first-value-of-1 fourth-value-of-4
is "what is not kept: shown" "$(cat "$T/out")" "first-value-of-1 [REDACTED]"
daemon_stop
finish
