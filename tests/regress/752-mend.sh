# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# clawbot doctor --fix mends owners, modes and directories, having shown them,
# and nothing else; --routine does what can be done and tells the rest.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN" = no ] || skip_all "one build is enough"

conf_default
daemon_start
cb cbtagent run -- true
daemon_stop

# fix ARGUMENT...: as root
fix() {
	S=0
	timeout -k 10 240 "$B/clawbot" doctor --fix -f "$CONF" "$@" \
	    >"$T/out" 2>"$T/err" </dev/null || S=$?
}
# all: owners and modes of what is there
all() {
	stat -c '%n %u %a' "$CONF" "$T/key" "$T/run" "$T/run/channels" \
	    "$T/log" "$T"/log/* "$T/vault" "$T/empty"
}

fix
is "nothing to mend" "$S $(cat "$T/out")" \
    "0 owners, modes and directories are as they should be"
all >"$T/was"

chown root "$T/log" "$T/log/gateway.log"
chmod 755 "$T/vault"
chmod 666 "$CONF"
chmod 440 "$T/key"
rmdir "$T/empty"
all 2>/dev/null >"$T/broken"
fix
is "it is shown: status" "$S" 1
has "it is shown: all of it" "$T/out" "$T/log:" "$T/log/gateway.log:" \
    "$T/vault:" "$CONF:" "$T/key:" "$T/empty: is missing"
is "nothing is mended without a yes" "$(all 2>/dev/null)" \
    "$(cat "$T/broken")"
S=0
daemon_try || S=1
is "the daemon does not start like that" "$S" 1
D=
chmod 755 "$T/vault"
rm -rf "$T/empty"
all 2>/dev/null >"$T/broken"
S=0
as cbtadmin "$B/clawbot" doctor --fix -y -f "$CONF" >"$T/out" 2>"$T/err" ||
    S=$?
is "not by others" "$S" 1
is "nothing is mended by them" "$(all 2>/dev/null)" "$(cat "$T/broken")"
printf 'expect mend this?\ntype n\\r\n' >"$T/script"
S=0
"$H/onpty" "$T/script" "$B/clawbot" doctor --fix -f "$CONF" >"$T/out" 2>&1 ||
    S=$?
is "a no" "$S $(all 2>/dev/null)" "1 $(cat "$T/broken")"
printf 'expect mend this?\ntype y\\r\nexpect mended\n' >"$T/script"
S=0
"$H/onpty" "$T/script" "$B/clawbot" doctor --fix -f "$CONF" >"$T/out" 2>&1 ||
    S=$?
is "a yes" "$S" 0
is "all is as it was" "$(all)" \
    "$(cat "$T/was")"
daemon_start
cb cbtagent run -- true
is "the daemon starts, and runs things" "$S" 0
daemon_stop

# What is a link, or has another name, is nothing to be given away.
echo precious >"$T/precious"
ln "$T/precious" "$T/log/linked"
ln -s "$T/precious" "$T/log/symlinked"
was=$(stat -c '%u %a' "$T/precious")
chmod 755 "$T/log"
fix -y
is "links: status" "$S" 1
has "links: they are told" "$T/out" "$T/log/linked: " "another name" \
    "$T/log/symlinked: is a link"
is "links: are left alone" "$(stat -c '%u %a' "$T/precious")" "$was"
is "links: the rest is mended" "$(stat -c %a "$T/log")" 700
rm "$T/log/linked" "$T/log/symlinked"
fix --json
is "--json" "$S $(json "$T/out" doctor)" "0 []"

### Routines

daemon_start
# due PERIOD
due() {
	S=0
	timeout -k 10 240 "$B/clawbot" -S "$T/run" doctor --routine "$1" \
	    -f "$CONF" >"$T/out" 2>&1 </dev/null || S=$?
	grep '^== clawbot' "$T/out" >"$T/did"
	# what is said of the accounts before the list for people
	sed -n '/^== clawbot audit report --since 91d/,/^== for you/p' \
	    "$T/out" | sed '1,/^-- /d' >"$T/each"
	sed -n '/^== for you/,$p' "$T/out" | grep -c '^ *[0-9]*\. ' >"$T/people"
}
last=0
for period in daily weekly monthly quarterly; do
	due "$period"
	is "$period: status" "$S" 0
	has "$period: looks" "$T/did" "clawbot doctor" "clawbot approvals" \
	    "clawbot audit report --since 24h"
	n=$(($(cat "$T/people") + $(grep -c . "$T/did")))
	ok "$period: more than the one before" test "$n" -gt "$last"
	last=$n
done
uid=$(id -u cbtagent)
has "quarterly: what an account may ask for" "$T/out" \
    "== clawbot policy list -u $uid" "on channel cli: execute"
has "quarterly: all of it" "$T/did" "clawbot doctor --sandbox" \
    "clawbot policy check" "clawbot secrets list" \
    "clawbot audit report --since 91d"
due yearly
is "no such routine" "$S" 64
daemon_stop
due daily
is "without a daemon: status" "$S" 1
has "without a daemon: people are told all the same" "$T/out" "for you to do" \
    "did not end well"
due quarterly
has "accounts that cannot be had: it is told why" "$T/each" "clawbot: "
finish
