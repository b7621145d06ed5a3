#!/bin/sh
# SPDX-License-Identifier: ISC
# What one more execve of a run costs: calls of its init, and turns of its
# runner, whose word for one holds for equal ones where that may be.
# shellcheck disable=SC2016 # scripts of runs
. "$SRC/tests/regress/lib.sh"

N=200			# execs that are counted
SKILLS='"judged": { "default": "allow", "deny": ["touch denied"],
	"write": ["'"$W"'"], "protect": [], "limits": { "timeoutSeconds": 300 } },
    "recorded": { "default": "allow", "execs": "record",
	"write": ["'"$W"'"], "protect": [], "limits": { "timeoutSeconds": 300 } },'
conf_default
daemon_start
cd "$W" || exit 1

# The runner that has a run with this script, and its init.
find_run() {
	for pid in $(runners); do
		for INIT in $(children "$pid"); do
			for cmd in $(children "$INIT"); do
				RUNNER=$pid
				cmdline "$cmd" | grep -q counted && return
			done
		done
	done
	return 1
}

# counts PID WHAT NAME: starts to count its calls
counts() {
	"$H/faultat" -p "$1" -- "$2" 1000000000 >"$T/$3" 2>&1 &
	COUNTING=$!
	BG="$BG $COUNTING"
	until_true 60 grep -q ready "$T/$3" || bail "nobody counts: $(cat "$T/$3")"
}

# count SKILL WORDS: $CALLS of init and $TURNS of the runner for N times WORDS,
# after the first ones
count() {
	rm -f begun go
	printf '%s\n' '# counted' 'i=0; while [ $i -lt 4 ]; do' "$2" \
	    'i=$((i + 1)); done; : >begun' 'while [ ! -e go ]; do :; done' \
	    'while [ $i -lt '$((N + 4))' ]; do' "$2" 'i=$((i + 1)); done' \
	    >"$W/counted"
	cbbg one cbtagent run -s "$1" -C "$W" -- /bin/sh counted
	until_true 60 test -e begun || bail "it does not run"
	until_true 60 find_run || bail "where is it?"
	counts "$INIT" -1:5 calls
	c_init=$COUNTING
	counts "$RUNNER" wait:EINTR turns
	touch go
	status_of "$BGPID" 120
	is "$1, $2: it ran" "$S" 0
	until_true 60 grep -q after "$T/calls" || bail "not counted"
	until_true 60 grep -q after "$T/turns" || bail "not counted"
	wait "$c_init" "$COUNTING"
	CALLS=$(sed -n 's/.* after \([0-9]*\)$/\1/p' "$T/calls")
	TURNS=$(sed -n 's/.* after \([0-9]*\)$/\1/p' "$T/turns")
	CALLS=$((CALLS / N))
	diag "$1, $2: $CALLS calls of init, $TURNS turns of the runner for $N"
}

# equal ones: the runner is not waited for
for skill in judged recorded; do
	count $skill '/bin/true'
	ok "... with few calls of init each" test "$CALLS" -le 44
	ok "... and few turns" test "$TURNS" -le $((2 * N - N / 4))
	count $skill '/bin/true $i'
	ok "each another one: few calls" test "$CALLS" -le 52
	ok "... and turns" test "$TURNS" -le $((5 * N / 2))
done
daemon_stop
finish
