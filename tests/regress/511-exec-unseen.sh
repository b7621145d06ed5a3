#!/bin/sh
# SPDX-License-Identifier: ISC
# What was approved with a request is not asked about again, and nothing else
# passes as that: not the same words of a file that nobody has seen, in another
# directory, by another program or by somebody else's child.
# shellcheck disable=SC2016,SC2317,SC2002 # arguments of sh -c
. "$SRC/tests/regress/lib.sh"

mkdir "$W/other"
chmod 1777 "$W/other"
SKILLS='"judged": { "default": "allow", "ask": ["touch asked", "mkdir **", "tool"],
    "write": ["'"$W"'"], "limits": { "timeoutSeconds": 600 } },'
conf_default
daemon_start
install -m 755 "$RUN_H/exec_odd" "$W/odd"
echo 'cd other; touch asked' >"$W/cd"
echo 'touch asked <cd' >"$W/same"
echo './odd as /usr/bin/mkdir touch asked' >"$W/as"
echo './odd parent touch asked' >"$W/parent"

waits() {
	cb cbtadmin --json approvals &&
	    ID=$(json "$T/out" approvals.0."$1")
}

# request LINE: it waits, and is approved
request() {
	rm -rf "$W/asked" "$W/other/asked"
	until_true 60 nothing_waits || bail "one is asked about still"
	cbbg one cbtagent run -s judged -C "$W" -- /bin/sh -c "$1"
	until_true 60 waits run || bail "it is not asked about"
	cb cbtadmin approve -y "$ID" || bail "it is not approved"
}

# seen NAME LINE FILE: what is asked about in there runs
seen() {
	request "$2"
	status_of "$BGPID"
	is "$1: not asked again" "$S" 0
	ok "... and done" test -e "$W/$3"
}

# Denies what is asked about, and again, until the request is over.
denied_all() {
	case $(ps -o stat= -p "$BGPID") in
	'' | Z*)	return 0 ;;
	esac
	waits question && cb cbtadmin deny "$ID"
	return 1
}

# unseen NAME LINE: something in there is asked about on its own
unseen() {
	request "$2"
	ok "$1: asked about" until_true 60 waits question
	until_true 60 denied_all
	status_of "$BGPID"
	ok "... and refused" grep -q denied "$T/one.err" || diag "$(cat "$T/one.err")"
}

seen "a line" 'touch asked' asked
seen "elsewhere, in the line" 'cd other && touch asked' other/asked
seen "a wrapper" 'nice timeout 9 touch asked' asked
seen "a line in a line" 'env sh -c "nice touch asked"; true' asked
unseen "read by the shell, elsewhere" '. ./cd; touch asked'
unseen "by another shell" 'sh same; touch asked'
unseen "by its input" 'sh <same; touch asked'
unseen "another program" 'sh as; touch asked'
# no program makes its parent's children
request 'sh parent; touch asked'
status_of "$BGPID"
ok "no children of others" grep -q "clone: Op" "$T/one.err" || diag "$(cat "$T/one.err")"

# bytes that change in memory, of which times do not tell
until_true 60 nothing_waits || bail "one is asked about still"
cbbg one cbtagent run -s judged -C "$W" -- /bin/sh -c \
    'cp /bin/true /tmp/tool; ./odd mapped /tmp/tool go gone'
until_true 60 waits question || bail "a program is not asked about"
touch "$W/go"
ok "it changes while it waits" until_true 60 test -e "$W/gone"
cb cbtadmin approve -y "$ID"
status_of "$BGPID"
never is "... and what nobody has approved does not run" "$S" 1
daemon_stop
finish
