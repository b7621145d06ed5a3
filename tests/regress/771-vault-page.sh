# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A reader that knows the vault's file by its manual page alone opens what was
# written here, and refuses what was changed.
. "$SRC/tests/regress/lib.sh"

read_vault() {
	S=0
	python3 -B "$SRC/tests/helpers/vault_read.py" "$@" >"$T/out" \
	    2>"$T/err" || S=$?
}
read_vault /dev/null /dev/null
[ "$S" -ne 77 ] || skip_all "no Python with cryptography"

conf_default
daemon_start
set_secret() {
	printf '%s' "$2" >"$T/value"
	cbin cbtadmin secrets set "$1" <"$T/value"
	is "set $1: status" "$S" 0
}
set_secret FIRST "first value"
set_secret SECOND "a value that is replaced"
set_secret SECOND "another in its place"
set_secret THIRD "gone again soon"
# over two chunks of a message
perl -e 'print "0123456789abcdef" x 2500' >"$T/large"
cbin cbtadmin secrets set LARGE <"$T/large"
is "set a large one: status" "$S" 0
cb cbtadmin secrets rm THIRD
is "rm: status" "$S" 0
daemon_stop
key=$(sed -n 's/.*keyfile:\([^"]*\)".*/\1/p' "$CONF" | head -n 1)
read_vault "$T/vault/secrets.env" "$key"
is "read: status" "$S" 0
is "read: names" "$(sed 's/=.*//' "$T/out" | tr '\n' ' ')" \
    "FIRST LARGE SECOND "
has "read: values" "$T/out" "FIRST=first value" "SECOND=another in its place"
ok "read: the large one" sh -c "sed -n 's/^LARGE=//p' '$T/out' |
    tr -d '\n' | cmp - '$T/large'"

# Each line with one bit changed, and another key.
n=$(wc -l <"$T/vault/secrets.env")
i=1
while [ "$i" -le "$n" ]; do
	perl -e 'my ($i, $k) = @ARGV; while (<STDIN>) {
	    substr($_, -6, 1) ^= "\001" if $. == $i; print }' "$i" \
	    <"$T/vault/secrets.env" >"$T/bad"
	read_vault "$T/bad" "$key"
	is "line $i changed: status" "$S" 1
	hasnot "line $i changed: not all values" "$T/out" "SECOND=another"
	i=$((i + 1))
done
head -c 64 /dev/urandom >"$T/key2"
read_vault "$T/vault/secrets.env" "$T/key2"
is "another key: status" "$S" 1
is "another key: nothing" "$(cat "$T/out")" ""
finish
