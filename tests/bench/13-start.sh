# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh
#
# What grows with a configuration: the start with many skills, and a request
# where a skill has a thousand patterns.

. "$SRC/tests/bench/lib.sh"

ROUNDS=$((ROUNDS / 2 > 3 ? ROUNDS / 2 : 3))

# skills N
skills() {
	seq -f '"s%g": { "default": "allow", "write": ["'"$W"'"] },' "$1"
}

# started N: milliseconds until it answers
started() {
	SKILLS=$(skills "$1")
	s_begin=$(now_ms)
	daemon_in "skills$1"
	printf '%-44s %9d ms\n' "start with $(($1 + 1)) skills" \
	    $(($(now_ms) - s_begin))
	eval "D=\$D_skills$1"
	daemon_kill
}

# patterns N: of a skill
patterns() {
	echo '"many": { "default": "allow", "allow": ['
	seq -f '"program%g **",' "$1"
	echo '"true"] },'
}

printf '\nstart\n'
for n in 1 25 250; do
	started "$n"
done
for n in 1 1000; do
	SKILLS=$(patterns "$n")
	daemon_in "patterns$n"
done
list_begin
for n in 1 1000; do
	resident "$n patterns" "patterns$n" cbtagent /bin/true
done
measure -n "$ROUNDS"
table "a request, of the only skill" "1 patterns" "1000 patterns"
