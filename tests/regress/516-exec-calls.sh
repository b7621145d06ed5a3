#!/bin/sh
# SPDX-License-Identifier: ISC
# What one more execve of a run costs its init in system calls, and how often
# init waits for a word of its runner, which for equal ones holds where it may.
# shellcheck disable=SC2016,SC2317 # scripts of runs
. "$SRC/tests/regress/lib.sh"

N=100			# execs that are counted
SKILLS='"judged": { "default": "allow", "deny": ["touch denied"],
	"write": ["'"$W"'"], "protect": [], "limits": { "timeoutSeconds": 300 } },
    "recorded": { "default": "allow", "execs": "record",
	"write": ["'"$W"'"], "protect": [], "limits": { "timeoutSeconds": 300 } },'
conf_default
daemon_start
cd "$W" || exit 1

# count CLASS SKILL WORDS: $CALLS of this class (as faultat has them, -1: all)
# that init makes for N times WORDS, after the first ones
count() {
	rm -f begun go
	printf '%s\n' '# counted' 'i=0; while [ $i -lt 4 ]; do' "$3" \
	    'i=$((i + 1)); done; : >begun' 'while [ ! -e go ]; do :; done' \
	    'while [ $i -lt '$((N + 4))' ]; do' "$3" 'i=$((i + 1)); done' \
	    >"$W/counted"
	cbbg one cbtagent run -s "$2" -C "$W" -- /bin/sh counted
	until_true 60 test -e begun || bail "it does not run"
	until_true 60 init_with counted || bail "where is it?"
	"$H/faultat" -p "$INIT" -- "$1" 1000000000 >"$T/calls" 2>&1 &
	c_counting=$!
	BG="$BG $c_counting"
	until_true 60 grep -q ready "$T/calls" ||
	    bail "nobody counts: $(cat "$T/calls")"
	touch go
	status_of "$BGPID"
	is "$2, $3: it ran" "$S" 0
	until_true 60 grep -q after "$T/calls" || bail "not counted"
	wait "$c_counting"
	CALLS=$(sed -n 's/.* after \([0-9]*\)$/\1/p' "$T/calls")
	diag "$2, $3: $CALLS calls ($1) of init for $N"
}

for skill in judged recorded; do
	count -1:5 $skill '/bin/true'
	ok "... with few calls of init" test "$CALLS" -le $((44 * N))
	count recv:EINTR $skill '/bin/true'
	ok "... and few words of the runner" test "$CALLS" -le $((N / 2))
done
# each another one: a word, and the look whether there is one more
count -1:5 judged '/bin/true $i'
ok "... with few calls of init" test "$CALLS" -le $((52 * N))
count recv:EINTR judged '/bin/true $i'
ok "... and a word for each" test "$CALLS" -ge "$N" -a \
    "$CALLS" -le $((3 * N))
daemon_stop
finish
