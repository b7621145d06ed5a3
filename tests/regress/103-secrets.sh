# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# The vault: set, list, remove; a run gets what its skill says, and what it
# prints of it is masked.  That the bytes are nowhere else is 210's.
. "$SRC/tests/regress/lib.sh"

SKILLS='"deploy": { "default": "allow", "read": ["'$W'"],
	"secrets": { "TOKEN": "env", "OTHER": "env" } },
    "one": { "default": "allow", "read": ["'$W'"],
	"secrets": { "TOKEN": "env" } },
    "file": { "default": "allow", "read": ["'$W'"],
	"secrets": { "TOKEN": "file" } },'
conf_default
daemon_start

# set NAME VALUE [ACCOUNT]
set_secret() {
	printf '%s' "$2" >"$T/value"
	cbin "${3-cbtadmin}" secrets set "$1" <"$T/value"
	rm -f "$T/value"
}

cb cbtadmin secrets list
is "no vault yet: list" "$S" 0
cb cbtagent run -s one -- true
is "a secret that does not exist: status" "$S" 77
has "a secret that does not exist: named" "$T/err" TOKEN
value=tok-0123456789abcdef
set_secret TOKEN "$value" cbtagent
is "set by no approver: status" "$S" 77
set_secret TOKEN "$value"
is "set: status" "$S" 0
hasnot "set: the value is not shown" "$T/out" "$value"
for name in 1BAD 'BAD NAME' 'BAD=X'; do
	set_secret "$name" x
	is "the name \"$name\": status" "$S" 64
	has "the name \"$name\": the rule" "$T/err" \
	    "names are letters, digits and"
done
set_secret "" x
is "no name: status" "$S" 64
has "no name: it is missed" "$T/err" "an argument is empty, and should be NAME"
for name in PATH LD_PRELOAD BASH_ENV; do
	set_secret "$name" x
	is "the name $name: status" "$S" 64
	has "the name $name: the rule" "$T/err" "load or steer programs"
done
set_secret "$(printf '%0129d' 0 | tr 0 N)" x
is "a name of 129 bytes: status" "$S" 64
has "a name of 129 bytes: the rule" "$T/err" "128 bytes"
set_secret EMPTY ''
ok "an empty value: refused" test "$S" -ne 0
set_secret OTHER "other-value-98765$NL"
is "set with a newline at the end: status" "$S" 0
cb cbtadmin secrets list
has "list: names" "$T/out" TOKEN OTHER
hasnot "list: no values" "$T/out" tok-
cb cbtadmin --json secrets list
is "list --json: name" "$(json "$T/out" secrets.1.name)" TOKEN
is "list --json: version" "$(json "$T/out" secrets.1.version)" 1
cb cbtagent secrets list
is "list by no approver: status" "$S" 77
ok "the file is not readable" test "$(stat -c %a "$T/vault/secrets.env")" \
    = 600
is "the file is the vault's" "$(stat -c %U "$T/vault/secrets.env")" \
    _clawbot-vault
ok "the file: every line is a comment" sh -c \
    "! grep -v '^#' '$T/vault/secrets.env'"
ok "the file: no value" sh -c "! grep -q tok- '$T/vault/secrets.env'"
ok "the file: no name" sh -c "! grep -q TOKEN '$T/vault/secrets.env'"

### What a run gets

# script SKILL TEXT: the text as a script in that skill
script() {
	printf '%s\n' "$2" >"$W/script.sh"
	cb cbtagent run -s "$1" -- sh "$W/script.sh"
}

script one "test \"\$TOKEN\" = $value"
is "env: the run has it" "$S" 0
script deploy \
    "test \"\$TOKEN\" = $value && test \"\$OTHER\" = other-value-98765"
is "env: two of them, the newline is gone" "$S" 0
script default 'echo "${TOKEN-unset}"'
is "env: another skill has none" "$(cat "$T/out")" unset
script one 'echo "${OTHER-unset}"'
is "env: only those of the skill" "$(cat "$T/out")" unset

# A file that only the run's account reads, gone with the run.
script file 'test "$(cat "$TOKEN_FILE")" = '"$value"
is "file: the run has it" "$S" 0
script file 'stat -c "%U %a" "$TOKEN_FILE"; echo "${TOKEN-unset}"'
is "file: whose it is, and no variable" "$(tr '\n' ' ' <"$T/out")" \
    "clawbot 400 unset "
script file 'cat "$TOKEN_FILE"'
is "file: masked" "$(cat "$T/out")" "[REDACTED]"
script file 'stat -f -c %T "$TOKEN_FILE"'
is "file: on no disk, and never swapped" "$(cat "$T/out")" ramfs
script file 'cmp "$CREDENTIALS_DIRECTORY/TOKEN" "$TOKEN_FILE" &&
    stat -c "%U %a" "$CREDENTIALS_DIRECTORY"; ls "$CREDENTIALS_DIRECTORY"'
is "file: in a directory of the run's own" "$(tr '\n' ' ' <"$T/out")" \
    "clawbot 500 TOKEN "
script file 'echo more >>"$TOKEN_FILE"; chmod 600 "$TOKEN_FILE"
    rm -f "$TOKEN_FILE"; chmod 700 "$CREDENTIALS_DIRECTORY"
    echo new >"$CREDENTIALS_DIRECTORY/OTHER"
    test "$(cat "$TOKEN_FILE")" = '"$value"' && ls "$CREDENTIALS_DIRECTORY"'
is "file: nobody changes it, or adds one" "$(cat "$T/out")" TOKEN
script file 'ls -l /proc/self/fd | grep -c secrets; ls /proc/self/fd | wc -l'
is "file: no descriptor of it is left" "$(tr '\n' ' ' <"$T/out")" "0 4 "
script one 'ls -A /run/secrets; echo "${CREDENTIALS_DIRECTORY-unset}"'
is "file: no directory where there are none" "$(cat "$T/out")" unset

### Masking

mask() {
	m_name=$1
	shift
	script one "$*"
	hasnot "masked: $m_name" "$T/out" "$value"
	hasnot "masked: $m_name: error" "$T/err" "$value"
}
mask "printed" 'printenv TOKEN'
has "masked: something is shown instead" "$T/out" "[REDACTED]"
mask "on standard error" 'printenv TOKEN >&2'
has "masked: on standard error: something instead" "$T/err" "[REDACTED]"
mask "inside a line" 'echo "x${TOKEN}y"'
has "masked: the rest of the line" "$T/out" "x" "y"
mask "many times" 'i=0; while [ $i -lt 500 ]; do printf "$TOKEN"; i=$((i+1));
    done'
mask "split over writes" 'printf "%.7s" "$TOKEN"; sleep 0.2;
    printf "%s" "${TOKEN#???????}"'
mask "byte by byte" 't=$TOKEN; while [ -n "$t" ]; do r=${t#?};
    printf "%s" "${t%"$r"}"; t=$r; sleep 0.01; done'
mask "over a large buffer" 'head -c 65530 /dev/zero; printf "%s" "$TOKEN";
    head -c 70000 /dev/zero'
is "masked: nothing is lost around it" \
    "$(tr -d '\0' <"$T/out")" "[REDACTED]"
cb cbtagent run -s one -- printf '%s\n' tok-0123456789abcde
is "masked: not what is only like it" "$(cat "$T/out")" tok-0123456789abcde
cb cbtagent --json run -s one -- printenv TOKEN
hasnot "masked: --json" "$T/out" "$value"

### Changing

set_secret TOKEN new-value-4711
is "set again: status" "$S" 0
script one 'test "$TOKEN" = new-value-4711'
is "set again: the new one" "$S" 0
cb cbtadmin --json secrets list
is "set again: version" "$(json "$T/out" secrets.1.version)" 2
daemon_stop
daemon_start
script one 'test "$TOKEN" = new-value-4711'
is "after a restart" "$S" 0
cb cbtadmin secrets rm TOKEN
is "rm: status" "$S" 0
cb cbtadmin secrets rm TOKEN
is "rm again: status" "$S" 1
cb cbtagent run -s one -- true
is "rm: runs that need it are refused" "$S" 77
cb cbtadmin secrets list
hasnot "rm: not in the list" "$T/out" TOKEN
ok "recorded: set" log_has 'secret: ' '"ev":"set"'
ok "recorded: rm" log_has 'secret: ' '"ev":"rm"'
ok "recorded: by whom" log_has 'secret: ' "$(id -u cbtadmin)"

# useless NAME: it does not start, or nothing of the vault is to be had
useless() {
	if daemon_try; then
		cb cbtagent run -s deploy -- true
		is "$1: no secret is released" "$S" 75
		daemon_stop
	else
		daemon_wait
		is "$1: does not start" "$DSTATUS" 78
	fi
}

# An older file than the log remembers; 779 has the way back.
cp -a "$T/vault/secrets.env" "$T/old.env"
set_secret OTHER newer-value
daemon_stop
cp -a "$T/vault/secrets.env" "$T/new.env"
cp -a "$T/old.env" "$T/vault/secrets.env"
useless "an older vault"

# One changed bit, anywhere.
size=$(stat -c %s "$T/new.env")
for part in 0 1 2 3 4 5 6 7 8 9; do
	cp -a "$T/new.env" "$T/vault/secrets.env"
	perl -e 'open(my $f, "+<", $ARGV[0]) or die; seek $f, $ARGV[1], 0;
	    read $f, my $c, 1; seek $f, $ARGV[1], 0;
	    print $f chr(ord($c) ^ 1);' "$T/vault/secrets.env" \
	    $((size * part / 10 + 3))
	useless "a changed bit at $part/10"
done
cp -a "$T/new.env" "$T/vault/secrets.env"
daemon_start
is "the right file again: starts" "$(cb cbtadmin secrets list; echo "$S")" 0
daemon_stop

# No file where the log remembers one.
rm -f "$T/vault/secrets.env"
useless "the file is gone"

# A plaintext file of that name.
printf 'TOKEN=plain\n' >"$T/vault/secrets.env"
chown _clawbot-vault "$T/vault/secrets.env"
chmod 600 "$T/vault/secrets.env"
daemon_try
started=$?
ok "a plaintext file: does not start" test "$started" -ne 0
[ "$started" -ne 0 ] && daemon_wait
is "a plaintext file: status" "$DSTATUS" 78
has "a plaintext file: says what to do" "$T/d.err" "secrets set"
is "a plaintext file: untouched" "$(cat "$T/vault/secrets.env")" TOKEN=plain

# Without a key the vault stays locked, and says so.
rm -rf "$T/vault" "$T/log"
conf_default
sed "s/\"keyfile:.*\"/\"passphrase\"/" "$CONF" >"$CONF.new"
mv "$CONF.new" "$CONF"
daemon_start
set_secret TOKEN x-value-123
is "locked: set" "$S" 75
cb cbtagent run -s one -- true
is "locked: run" "$S" 75
cb cbtagent run -- true
is "locked: a run without secrets" "$S" 0
cb cbtagent status --all
ok "locked: status says so" grep -qi lock "$T/out"
daemon_stop
finish
