# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A value that the vault has is hidden in the log wherever it stands, whoever
# has written it there: the executor knows it by its fingerprint.
. "$SRC/tests/regress/lib.sh"

V=Zk3mQ9xv7Rt2LwPa

# set NAME VALUE
set_secret() {
	printf %s "$2" >"$T/value"
	cbin cbtadmin secrets set "$1" <"$T/value"
	is "set $1" "$S" 0
}

# nowhere NAME VALUE: in no file of the log, once the record of $MARKER is there
nowhere() {
	ok "$1: it is recorded" log_has "$MARKER"
	ok "$1: without the value" sh -c '! grep -rqF -- "$1" "$2"' - "$2" \
	    "$T/log"
}

# marked NAME: the record of $MARKER has a mark of that value
marked() {
	ok "$1: a mark of its length" log_has "$MARKER" "[REDACTED:${#V}:"
}

SKILLS='"user": { "default": "allow", "secrets": { "TOKEN": "env" }, '$PATIENT' },'
conf_default
daemon_start
MARKER=before
cb cbtagent run -- echo "$MARKER" "$V"
ok "nobody knows it yet" log_has "$MARKER" "$V"
daemon_stop
rm -f "$T"/log/*
rm -rf "$T/vault"
daemon_start
set_secret TOKEN "$V"

### In what is asked for

MARKER=argument
cb cbtagent run -- echo "$MARKER" "x$V,y"
has "an argument: the command was given it" "$T/out" "x$V,y"
nowhere "an argument" "$V"
marked "an argument"
MARKER=line
cb cbtagent run -- sh -c "echo $MARKER; : $V; true"
nowhere "a line" "$V"
ok "a line: the rest stands" log_has "$MARKER; : [REDACTED:" "; true"
MARKER=variable
cb cbtagent run -d -e "$V=$V" -- echo "$MARKER"
ID=$(cat "$T/out")
cb cbtadmin approve -y "$ID"
is "a variable: approved" "$S" 0
ok "a variable: it is recorded" log_has '"ev":"result"' "$ID"
nowhere "a variable's name and value" "$V"
ok "a variable's name: a mark" log_has '"env":' '"[REDACTED:'"${#V}:"
MARKER=because
cb cbtagent run -r "$MARKER of $V" -- true
nowhere "a reason" "$V"
marked "a reason"
mkdir "$W/$V"
chmod 755 "$W/$V"
cp -L /bin/true "$W/$V/prog"
MARKER=paths
cb cbtagent run -C "$W/$V" -- "$W/$V/prog" "$MARKER"
nowhere "directory and program" "$V"
marked "directory and program"
MARKER=refused
cb cbtagent run -- touch denied "$MARKER" "$V"
is "a refusal: status" "$S" 77
nowhere "a refusal" "$V"
marked "a refusal"
MARKER=missing
cb cbtagent run -- "no-$V-such" "$MARKER"
is "an error: status" "$S" 127
nowhere "an error" "$V"
MARKER=nested
cb cbtagent run -- sh -c "f() { echo $MARKER \$1\$2 | cat; }
    f Zk3mQ9xv7 Rt2LwPa | /bin/sh -c 'read a b; /bin/echo \$a \$b'"
nowhere "a program in a run" "$V"
ok "a program in a run: a mark" log_has '"ev":"exec"' "[REDACTED:${#V}:"
MARKER=changed
cb cbtagent run -- sh -c "a=Zk3mQ9xv7; : $MARKER; >$W/\${a}Rt2LwPa.txt"
ok "a name that a run changes: it is there" test -e "$W/$V.txt"
nowhere "a name that a run changes" "$V"
ok "a name that a run changes: a mark" log_has "file: " "[REDACTED:${#V}:"

### An approval shows it to the approver, and nobody else

MARKER=asked
cb cbtagent run -d -- touch asked "$V"
ID=$(cat "$T/out")
nowhere "a question" "$V"
cb cbtadmin deny "$ID"
is "a denial: status" "$S" 0
ok "a denial is recorded" log_has '"ev":"deny"' "$ID"
nowhere "a denial" "$V"

### As long as the vault has it, and by the next start too

daemon_stop
daemon_start
MARKER=restarted
cb cbtagent run -- echo "$MARKER" "$V"
nowhere "after a start" "$V"
NEW=other-value-0017
set_secret TOKEN "$NEW"
MARKER=rotated
cb cbtagent run -- echo "$MARKER" "$NEW"
nowhere "a new value" "$NEW"
printf 'first line of it 1\nsecond line of it 2\nx\n' >"$T/value"
cbin cbtadmin secrets set LINES <"$T/value"
MARKER=lines
cb cbtagent run -- echo "$MARKER" "second line of it 2" x
nowhere "a line of a value" "second line of it 2"
ok "what is too short to be one stays" log_has "$MARKER" '"x"]'
cb cbtadmin secrets rm TOKEN
cb cbtadmin secrets rm LINES
MARKER=removed
cb cbtagent run -- echo "$MARKER" "$NEW"
ok "what the vault has no more is no secret" log_has "$MARKER" "$NEW"
cb cbtadmin audit verify
is "the log is good" "$S" 0
finish
