# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What a run prints of its secrets, in the forms that programs make of them,
# on pipes, terminals and in detached runs: none of it arrives, and all that
# is around it does.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "read": ["'$W'"],
	"secrets": { "TOKEN": "env", "KEY": "file" } },'
conf_default
daemon_start
value='p@ss/0123 "word" %41+$x'
printf '%s' "$value" >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"
is "set a value: status" "$S" 0
{
	echo '-----BEGIN PRIVATE KEY-----'
	echo 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ'
	echo '    indented+line/of=it'
	echo 'Xy9='
	echo '-----END PRIVATE KEY-----'
} >"$T/key"
cbin cbtadmin secrets set KEY <"$T/key"
is "set a key of several lines: status" "$S" 0

# no_line NAME FILE: no line of the key, nor of the value, in any way
no_line() {
	l_bad=
	for l_word in 'BEGIN PRIVATE' MIIEvQIBADANBgkqhk indented+line \
	    'END PRIVATE' p@ss 0123; do
		grep -qF -e "$l_word" "$2" && l_bad="$l_bad $l_word"
	done
	is "$1: nothing of it is shown" "$l_bad" ""
}

# form NAME TEXT: what the script prints between two marks, masked
form() {
	printf 'printf "begin: "\n%s\nprintf " :end\\n"\n' "$2" \
	    >"$W/script.sh"
	cb cbtagent run -s one -- sh "$W/script.sh"
	is "$1: status" "$S" 0
	has "$1: what is around it" "$T/out" "begin: " " :end"
	has "$1: masked" "$T/out" "[REDACTED]"
	no_line "$1" "$T/out"
	for f_word in $(printf '%s' "$value" | base64 | cut -c1-12) \
	    $(printf '%s' "$value" | base64 | cut -c14-24) \
	    $(printf '%s' "$value" | od -An -tx1 | tr -d ' \n' |
	    cut -c1-20) cEBzcy8wMTI 'p%40ss'; do
		hasnot "$1: not $f_word" "$T/out" "$f_word"
	done
}

form "as it is" 'printf %s "$TOKEN"'
form "base64" 'printf %s "$TOKEN" | base64'
form "base64 behind a byte" 'printf "x%s" "$TOKEN" | base64'
form "base64 in short lines" 'printf "xy%s" "$TOKEN" | base64 -w 11'
form "hexadecimal" 'printf %s "$TOKEN" | od -An -tx1 | tr -d " \n"'
form "UTF-16" 'printf %s "$TOKEN" | iconv -t UTF-16LE'
form "set -x" 'sh -xc ": \"\$TOKEN\"" 2>&1'
form "percent" 'printf %s "$TOKEN" | perl -pe \
    "s/([^A-Za-z0-9])/sprintf(q(%%%02X),ord(\$1))/ge"'
form "JSON" 'printf %s "$TOKEN" | perl -pe "s/([\\\\\"])/\\\\\$1/g"'
form "the key" 'cat "$KEY_FILE"'
form "the key with CR LF" 'sed "s/\$/\r/" "$KEY_FILE"'
form "the key, indented" 'sed "s/^/    /" "$KEY_FILE"'
form "one line of the key" 'sed -n 2p "$KEY_FILE"'
form "numbered lines of the key" 'grep -n "..." "$KEY_FILE"'
form "the key in base64" 'base64 <"$KEY_FILE"'
form "the key in one line" 'tr -d "\n" <"$KEY_FILE"'

### On a terminal, where LF becomes CR LF

printf 'cat "$KEY_FILE"; printf "%%s\\n" "$TOKEN"; printf "the %%s" end\n' \
    >"$W/script.sh"
mkdir -m 777 "$T/pty"
echo 'expect the end' >"$T/pty/script"
S=0
as cbtagent env TERM=xterm "$H/onpty" "$T/pty/script" \
    "$B/clawbot" -S "$T/run" run -s one -t -- sh "$W/script.sh" \
    >"$T/out" 2>"$T/err" </dev/null || S=$?
is "a terminal: status" "$S" 0
has "a terminal: masked" "$T/out" "[REDACTED]" "the end"
no_line "a terminal" "$T/out"

# A prompt is there before anything is typed, whatever the secrets are.
printf '%s\n' 'printf "%s\n$ " "$TOKEN"; read -r x; echo "got $x"' \
    >"$W/script.sh"
printf '%s\n' 'expect $ ' 'type yes\r' 'expect got yes' >"$T/pty/script"
S=0
as cbtagent env TERM=xterm "$H/onpty" "$T/pty/script" \
    "$B/clawbot" -S "$T/run" run -s one -t -- sh "$W/script.sh" \
    >"$T/out" 2>"$T/err" </dev/null || S=$?
is "a prompt is not held: status" "$S" 0
no_line "a prompt" "$T/out"

### In a detached run

printf 'base64 <"$KEY_FILE"; cat "$KEY_FILE"; echo "$TOKEN" >&2\n' \
    >"$W/script.sh"
cb cbtagent run -s one -d -- sh "$W/script.sh"
is "detached: status" "$S" 0
id=$(tr -d '\n' <"$T/out")
cb cbtagent wait "$id"
is "detached: its end" "$S" 0
cb cbtagent logs "$id"
cat "$T/err" >>"$T/out"
has "detached: masked" "$T/out" "[REDACTED]"
no_line "detached" "$T/out"
hasnot "detached: no base64" "$T/out" TUlJRXZRSUJBREFOQm
daemon_stop
ok "nothing of it is in the log" sh -c \
    "! cat '$T'/log/* | grep -qF -e p@ss -e MIIEvQIBADAN"
finish
