# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2317
#
# Promise: a client that asks for something and goes before it is answered, as
# often and as fast as it likes, ends nothing: what comes of that later is
# known, however much it is, and not taken for a process that lies.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start
executor=$(role_pid executor)

# asks NUMBER: says what it is, and has no time to hear what comes of that
asks() {
	timeout -s KILL 0.3 setpriv --reuid=cbtagent \
	    --regid="$(id -g cbtagent)" --clear-groups \
	    "$B/clawbot" -S "$T/run" run --claim session="$1" -- true \
	    >/dev/null 2>&1 </dev/null
}

# More than anybody would remember one by one; no account has more than 32
# connections.
n=0
kill -STOP "$executor"
while [ "$n" -lt 150 ]; do
	pids=
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 \
	    24 25; do
		asks "s$n.$i" &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086 # words
	wait $pids
	n=$((n + 25))
done
kill -CONT "$executor"
answers() {
	cb cbtother run -- echo here && [ "$(cat "$T/out")" = here ]
}
never ok "150 that have gone: others are served" until_true 60 answers
is "by the same daemon" "$(role_pid executor)" "$executor"
ok "and nobody broke the protocol" sh -c \
    "! grep 'broke the protocol' '$T/d.err'"
cb cbtagent run --claim session=mine -- echo claimed
is "who waits is answered" "$S $(cat "$T/out")" "0 claimed"
daemon_stop
finish
