# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: nothing is found outside of the grants while a run exchanges a
# directory with a link that leads out, 100000 times (less in other builds): not by the run, and not
# by requests whose program or directory is behind it.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/escape.sh
. "$SRC/tests/regress/escape.sh"

ROUNDS=100000
[ "$ASAN${CLAWBOT_TRAP-}" = no ] || ROUNDS=20000
R=$(mktemp -d /srv/cbt.XXXXXX)
UNDO="rm -rf '$R'; $UNDO"
chmod 755 "$R"

# place DIR WORD: what is found where the race goes on
place() {
	mkdir -p "$1"
	printf '%s' "$2" >"$1/secret"
	printf '#!/bin/sh\nprintf %s\n' "$2" >"$1/prog"
	chmod 755 "$1/prog"
}

place "$R" outside
place "$W/d" inside
chown -R clawbot "$W/d"
hostile escape_race

### Outside of a run the race is lost

mkdir "$T/race"
place "$T/race/d" inside
ln -s "$R" "$T/race/l"
r=0
"$H/escape_race" open $ROUNDS "$T/race" inside >"$T/told" 2>&1 || r=$?
is "outside of a run: status" "$r" 1
has "outside of a run: the link was followed" "$T/told" ESCAPED

### Within a run

# as long as it takes
CB_TIMEOUT=580
[ "$ASAN" = no ] || mb=', "memoryMB": 0'
LIMITS='"limits": { "timeoutSeconds": 550'${mb-}' }'
# the executor's view has the other skill's grant as well
SKILLS='"other": { "default": "allow", "read": ["'$R'"] },'
conf_default
daemon_start
cb cbtagent run -s other -- cat "$R/secret"
is "the other skill reads it" "$(cat "$T/out")" outside

# link TARGET
link() {
	rm -rf "$W/l"
	[ -L "$W/d" ] && bail "the exchange has ended the wrong way round"
	ln -s "$1" "$W/l"
	chown -h clawbot "$W/l"
}

link "$R"
agent "$W/escape_race" open $ROUNDS "$W" inside
never is "in a run: nothing but its own was read" "$S $(cat "$T/err")" "0 "
diag "$(cat "$T/out")"

### Requests through it

TIMES=8
[ "$ASAN" = no ] || TIMES=4
# at least so often for each link, beside the rounds of above
EACH=1000
both_seen() {
	grep -q '^0 ' "$T/answers" && grep -qv '^0 ' "$T/answers"
}

# through NAME TARGET: programs and directories behind the link
through() {
	link "$2"
	rm -f "$W/stop"
	cbbg swap cbtagent run -- "$W/escape_race" swap $EACH "$W"
	swap=$BGPID
	until_true 60 running "escape_race swap" || bail "no race"
	: >"$T/answers"
	i=0
	until [ $i -ge $TIMES ] && both_seen || [ $i -ge 100 ]; do
		agent "$W/d/prog"
		echo "$S $(cat "$T/out")" >>"$T/answers"
		cb cbtagent run -C "$W/d" -- cat secret
		echo "$S $(cat "$T/out")" >>"$T/answers"
		cb cbtagent run -C "$W" -- cat d/secret
		echo "$S $(cat "$T/out")" >>"$T/answers"
		i=$((i + 1))
	done
	touch "$W/stop"
	status_of "$swap" 500
	is "$1: it was exchanged $EACH times and more" "$S" 0
	diag "$(sort "$T/answers" | uniq -c)"
	never hasnot "$1: followed" "$T/answers" outside
	has "$1: some came before it" "$T/answers" "0 inside"
	ok "$1: some came after it" grep -qv '^0 ' "$T/answers"
}

through "link to a directory" "$R"
through "link through the executor's view" "../../v/1$R"
through "link to its own place there" "/v/1$R"
through "link by /proc" "/proc/1/root$R"
through "link up and up" "../../../../../../../../..$R"
daemon_stop
finish
