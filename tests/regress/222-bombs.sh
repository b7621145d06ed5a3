# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: whatever a run uses up, the daemon goes on answering, and when the
# run is ended nothing of it is left.  How long answers take is printed,
# beside that of the same daemon without a bomb.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/escape.sh
. "$SRC/tests/regress/escape.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "about what the kernel shares out; done in one build"

ANSWERS=10
hostile escape_bomb
# In "watched" init has a hand in each file that is made.
limits='"limits": { "timeoutSeconds": 600, "memoryMB": 64, "processes": 100, "outputMB": 0,
    "fileMB": 100 }'
SKILLS='"bomb": { "default": "allow", "write": ["'$W'"], "protect": [],
    '$limits' },
    "watched": { "default": "allow", "write": ["'$W'"], '$limits' },'
conf_default
daemon_start

# worst N: asks so often, and sets LAST and MAX in milliseconds; fails when
# there is no answer, or none before the run has ended
worst() {
	MAX=0
	w_i=0
	while [ "$w_i" -lt "$1" ]; do
		w_t0=$(now_ms)
		answers || return 1
		LAST=$(($(now_ms) - w_t0))
		[ "$LAST" -le "$MAX" ] || MAX=$LAST
		[ -z "${BOMB-}" ] || ! gone "$BOMB" || return 1
		w_i=$((w_i + 1))
	done
}

ok "idle: answers" worst $ANSWERS
IDLE=$MAX

# bomb WHAT SKILL
bomb() {
	what=$1
	rm -f "$W/hit"
	setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" --init-groups \
	    "$B/clawbot" -S "$T/run" run -s "$2" -- "$W/escape_bomb" \
	    "$what" "$W" >/dev/null 2>&1 </dev/null &
	BOMB=$!
	BG="$BG $BOMB"
	until_true 60 test -e "$W/hit" || bail "$what: no bomb"
	[ "$2" = bomb ] || what="$what, $2"
	ok "$what: the daemon answers meanwhile" worst $ANSWERS
	diag "$what: worst answer $MAX ms, idle $IDLE ms"
	cb cbtother run -- echo alive
	is "$what: another run goes through" "$S $(cat "$T/out")" "0 alive"
	ok "$what: which was while the bomb went on" test -n \
	    "$(images escape_bomb)"
	cb cbtadmin --json ps
	cb cbtadmin kill "$(json "$T/out" runs.0.run)"
	is "$what: it is ended by clawbot kill" "$S" 0
	status_of "$BOMB"
	ok "$what: the client is told" test "$S" -ne 0 -a "$S" != running
	BOMB=
	ok "$what: nothing of it is left" until_true 60 no_images escape_bomb
}

for b in fork memory disk inodes output signals zombies; do
	bomb $b bomb
done
bomb disk watched
daemon_stop
finish
