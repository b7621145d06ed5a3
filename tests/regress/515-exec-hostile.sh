#!/bin/sh
# SPDX-License-Identifier: ISC
# An init that was taken over by its run, and tells its runner more than there
# is, ends that run at most: the runner does not grow without bound, and other
# people are not disturbed.  A run that asks and is gone at once, likewise.
. "$SRC/tests/regress/lib.sh"

CLAWBOT_HOSTILE=1
export CLAWBOT_HOSTILE
SKILLS='"judged": { "default": "allow", "ask": ["touch asked **"],
	"write": ["'"$W"'"], "limits": { "timeoutSeconds": 4 } },
    "many": { "default": "allow", "ask": ["touch asked **"],
	"write": ["'"$W"'"], "limits": { "timeoutSeconds": 60 } },
    "recorded": { "default": "allow", "execs": "record",
	"write": ["'"$W"'"], "limits": { "timeoutSeconds": 4 } },'
conf_default
daemon_start
install -m 755 "$RUN_H/exec_odd" "$W/odd"

# The most memory that a runner had, in MB.
watch_runners() {
	while sleep 0.05; do
		for pid in $(runners); do
			sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' \
			    "/proc/$pid/status" 2>/dev/null
		done
	done >"$T/most"
}
watch_runners &
WATCH=$!
BG="$BG $WATCH"

# hostile SKILL WHAT [PROGRAM WORD...]: the run ends, and nothing else
hostile() {
	h_skill=$1 h_what=$2
	shift 2
	[ $# -ne 0 ] || set -- /bin/true
	printf '%s\n' "$* hostile=$h_what" : >"$W/script"
	cb cbtagent --json run -s "$h_skill" -C "$W" -- \
	    /bin/sh script
	ok "$h_what ($h_skill): it ends, badly" grep -Eq \
	    '"outcome":"(lost|timeout)"' "$T/out"
	diag "$(cut -c -300 "$T/out" "$T/err")"
	cb cbtagent run -s many -- echo alive
	is "... and others are served" "$(cat "$T/out")" alive
}

hostile many held
ok "... which says why" grep -q "more programs wait to be executed than can" \
    "$T/log/gateway.log"
hostile judged keys
hostile judged images
hostile judged gone
hostile judged places
hostile judged again
hostile recorded again
hostile many asks /usr/bin/touch asked
hostile recorded ran

# with the init that there is
cb cbtagent --json run -s many -C "$W" -- ./odd asks 500 \
    /usr/bin/touch asked
is "asked and gone: the run goes on" "$(json "$T/out" outcome)" exited ||
    diag "$(cat "$T/out" "$T/err")"
cb cbtagent run -s many -- echo alive
is "... and others are served" "$(cat "$T/out")" alive
ok "... and nothing waits" until_true 60 nothing_waits
kill "$WATCH"
most=$(sort -n "$T/most" | tail -n 1)
diag "a runner had at most $((most / 1024)) MB"
ok "no runner had 256 MB" test "$most" -lt 262144
daemon_stop
is "the daemon ends well" "$DSTATUS" 0
finish
