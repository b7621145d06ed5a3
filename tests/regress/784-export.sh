# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# secrets export and import --from: all secrets go to another machine in a file
# that is cipher text, whole or not at all, recorded on both, and what is there
# with another value is replaced only where that is said.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "secrets": { "ALPHA": "env" } },'
conf_default
daemon_start
PHRASE="correct horse battery"
P="$T/pty"
OUT="$T/carried"
mkdir "$P" "$OUT"
chown cbtadmin "$OUT"
head -c 64 /dev/urandom >"$T/key2"
chmod 600 "$T/key2"
set_secret() {
	printf '%s' "$2" >"$T/value"
	cbin cbtadmin secrets set "$1" <"$T/value"
	is "set $1: status" "$S" 0
}
set_secret ALPHA first-value-of-alpha
set_secret BETA first-value-of-beta
printf '%s' second-value-of-beta >"$T/value"
cbin cbtadmin secrets rotate BETA <"$T/value"
is "rotate BETA: status" "$S" 0
# more than a pipe has room for
perl -e 'print "0123456789abcdef" x 4000' >"$T/value"
cbin cbtadmin secrets set LARGE <"$T/value"
is "set LARGE: status" "$S" 0

# exports FILE ARGUMENT...: of root, who has the key file
exports() {
	e_file=$1
	shift
	cb root secrets export -k "$T/key" "$@" "$e_file"
}

### Out

mkdir -m 777 "$T/theirs"
cp "$T/key2" "$T/theirs/key"
chown -R cbtagent "$T/theirs"
cb cbtagent secrets export -k "$T/theirs/key" --to "keyfile:$T/theirs/key" \
    "$T/theirs/none"
is "export, of who is no approver: status" "$S" 77
exports "$OUT/none"
is "export without --to: status" "$S" 64
exports "$OUT/none" --to "keyfile:$T/none"
is "export to a key file that is none: status" "$S" 74
has "export to a key file that is none: its name" "$T/err" "$T/none"
cb cbtadmin secrets export --to "keyfile:$T/key2" -k "$T/key2" "$OUT/none"
is "export, of who cannot read a key: status" "$S" 74
cb root secrets export --to "keyfile:$T/key2" -k "$T/key2" "$OUT/none"
is "export, by what opens nothing: status" "$S" 77
cb root secrets export --to "keyfile:$T/key2" -k "$T/key" "$T/none/none"
is "export to where nothing can be: status" "$S" 74
ok "no file is left of all these" sh -c '! ls -A "$1" | grep .' sh "$OUT"
ok "and no record of an export" sh -c '! grep -q "\"ev\":\"export\"" "$1"' \
    sh "$T/log/gateway.log"

# what was tried has to be waited for
exported() {
	exports "$OUT/bundle" --to "keyfile:$T/key2"
	[ "$S" -ne 75 ]
}
until_true 60 exported
is "export: what it says" "$(cat "$T/out")" "exported 3 to $OUT/bundle"
is "export: nobody else may read it" "$(stat -c %a "$OUT/bundle")" 600
for word in first-value second-value 0123456789abcdef ALPHA BETA; do
	hasnot "export: no $word in it" "$OUT/bundle" "$word"
done
SUM=$(b2sum -l 256 "$OUT/bundle" | cut -d ' ' -f 1)
ok "export: recorded, with its digest" log_has '"ev":"export"' \
    '"secrets":["ALPHA","BETA","LARGE"]' '"to":"keyfile"' "\"bundle\":\"$SUM\""
exports "$OUT/bundle" --to "keyfile:$T/key2"
is "export over a file: status" "$S" 74
is "export over a file: it stays" \
    "$(b2sum -l 256 "$OUT/bundle" | cut -d ' ' -f 1)" "$SUM"
printf '%s\n%s\n' "$PHRASE" "$PHRASE" >"$T/in"
printf '%s\n' "expect new passphrase: 
type $PHRASE\\n" "expect once more: 
type $PHRASE\\n" >"$P/script"
S=0
"$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" secrets export -k "$T/key" \
    --to passphrase "$OUT/phrase" >"$T/out" 2>&1 || S=$?
is "export to a passphrase: status" "$S" 0
hasnot "export to a passphrase: it is not shown" "$T/out" "$PHRASE"
# by a reader that has the manual page alone
S=0
python3 -B "$SRC/tests/helpers/vault_read.py" "$OUT/bundle" "$T/key2" \
    >"$T/out" 2>"$T/err" || S=$?
if [ "$S" -eq 77 ]; then
	skip 2 "no Python with cryptography"
else
	is "the reader opens it: status" "$S" 0
	has "the reader opens it: values" "$T/out" \
	    "ALPHA=first-value-of-alpha" "BETA=second-value-of-beta"
fi
daemon_stop

### And in, elsewhere

sed "s,$T/vault,$T/vault2,; s,$T/log\",$T/log2\"," "$CONF" >"$T/conf.new"
cat "$T/conf.new" >"$CONF"
head -c 64 /dev/urandom >"$T/key"
daemon_start
set_secret BETA another-value-of-beta
set_secret OWN a-value-of-its-own
cb root secrets import --from "$OUT/bundle"
is "import without its key: status" "$S" 64
cb root secrets import --from "$OUT/bundle" -k "$T/key"
is "import by another key: status" "$S" 77
has "import by another key: why" "$T/err" "does not open"
cb root secrets import --from "$T/vault2/secrets.env" -k "$T/key"
is "import of no bundle: status" "$S" 64
cb cbtagent secrets import --from /dev/null
is "import of no file: status" "$S" 64
cb root secrets import --from "$OUT/bundle" -k "$T/key2"
is "import, one is there with another value: status" "$S" 77
has "import, one is there with another value: which" "$T/err" \
    "nothing was stored" "BETA" "--replace"
cb cbtadmin secrets list
hasnot "import, one is there with another value: nothing came" "$T/out" ALPHA
printf '%s\n' "expect replace BETA, with other values here? [y/N] " \
    'type n\n' >"$P/script"
S=0
"$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" secrets import \
    --from "$OUT/bundle" -k "$T/key2" >"$T/out" 2>&1 || S=$?
is "import, no on a terminal: status" "$S" 77
# who said yes did not say it of what another approver stored meanwhile
printf '%s' value-that-nobody-was-shown >"$T/value"
printf '%s\n' "expect replace BETA, with other values here? [y/N] " \
    "shell $B/clawbot -S $T/run secrets rotate BETA <$T/value >/dev/null" \
    'type y\n' >"$P/script"
S=0
"$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" secrets import \
    --from "$OUT/bundle" -k "$T/key2" >"$T/out" 2>&1 || S=$?
is "import, yes to what was changed meanwhile: status" "$S" 75
has "import, yes to what was changed meanwhile: why" "$T/out" \
    "than those that were shown" "nothing was stored"
cb cbtadmin secrets list
hasnot "import, yes to what was changed meanwhile: nothing came" "$T/out" \
    ALPHA
cb cbtadmin --json secrets list
is "import, yes to what was changed meanwhile: it stays" \
    "$(json "$T/out" secrets.0.version)" 2
printf '%s\n' "expect replace BETA, with other values here? [y/N] " \
    'type y\n' >"$P/script"
S=0
"$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" secrets import \
    --from "$OUT/bundle" -k "$T/key2" >"$T/out" 2>&1 || S=$?
is "import, yes on a terminal: status" "$S" 0
has "import: what it says" "$T/out" \
    "imported 3: 2 created, 1 replaced, 0 kept"
ok "import: recorded, with the digest" sh -c \
    'grep -q "\"ev\":\"import\".*\"ALPHA\",\"BETA\".*$1" "$2"' sh "$SUM" \
    "$T/log2/gateway.log"
cb cbtagent run -s one -- sh -c 'test "$ALPHA" = first-value-of-alpha'
is "a run gets it here" "$S" 0
cb cbtadmin secrets list
has "what was here stays" "$T/out" OWN
printf '%s\n' "$PHRASE" >"$T/in"
cbin root --json secrets import --from "$OUT/phrase" <"$T/in"
is "import by a passphrase, again: status" "$S" 0
is "import again: as json" "$(json "$T/out" result)" imported
cb root secrets import --from "$OUT/bundle" -k "$T/key2"
is "import again: all is kept" "$(cat "$T/out")" \
    "imported 3: 0 created, 0 replaced, 3 kept"
cb cbtadmin --json secrets list
is "import again: no new version" "$(json "$T/out" secrets.0.version)" 1
cb cbtadmin audit search secret=ALPHA
has "audit search secret= finds it" "$T/out" "import"
finish
