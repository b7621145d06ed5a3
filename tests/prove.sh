#!/bin/sh
# SPDX-License-Identifier: ISC
#
# prove.sh PLAIN CHECK ASAN [PREFIX ...]: all tests under one prove.
#
# PLAIN, CHECK and ASAN are build directories: as installed, with the test
# hooks, and with hooks and sanitizers.  Every test gets a small script in
# CHECK/t that sets its environment, so that one script can run in several
# builds: B (the build), SRC (this tree), PLAIN, RUNS (the build whose
# programs can be runs), and in trap mode CLAWBOT_TRAP.  PREFIX picks tests by the beginning of their names, and
# PROVE_OPTIONS are given on (--timer, -v).

set -eu
unset MAKEFLAGS MFLAGS MAKELEVEL

if [ $# -lt 3 ]; then
	echo "usage: prove.sh PLAIN CHECK ASAN [PREFIX ...]" >&2
	exit 64
fi
SRC=$(cd "$(dirname "$0")/.." && pwd)
PLAIN=$(cd "$1" && pwd)
CHECK=$(cd "$2" && pwd)
ASAN=$(cd "$3" && pwd)
shift 3
t=$CHECK/t
rm -rf "$t"
mkdir -p "$t"

# add NAME BUILD COMMAND [NAME=VALUE ...]: writes a test's script
add() {
	a_name=$1 a_build=$2 a_cmd=$3
	shift 3
	mkdir -p "$t/$(dirname "$a_name")"
	{
		echo '#!/bin/sh'
		printf "export B='%s' SRC='%s' PLAIN='%s' RUNS='%s'\n" \
		    "$a_build" "$SRC" "$PLAIN" "$CHECK"
		for a_var in "$@"; do
			printf "export '%s'\n" "$a_var"
		done
		echo "$a_cmd"
	} >"$t/$a_name"
	chmod +x "$t/$a_name"
}

# programs BUILD PREFIX: unit, wire and fault tests and the fuzz corpora
programs() {
	for p_dir in unit wire fault; do
		for p_src in "$SRC/tests/$p_dir"/*.c; do
			[ -f "$p_src" ] || continue
			p_name=$(basename "$p_src" .c)
			[ -x "$1/tests/$p_dir/$p_name" ] || continue
			add "$2$p_dir/$p_name" "$1" \
			    "exec sh '$SRC/tests/regress/accounts.sh' \
			    '$1/tests/$p_dir/$p_name'" \
			    CMOCKA_MESSAGE_OUTPUT=TAP
		done
	done
	for p_src in "$SRC/tests/fuzz"/*.c; do
		p_name=$(basename "$p_src" .c)
		[ -x "$1/tests/fuzz/$p_name-replay" ] || continue
		add "$2fuzz/$p_name" "$1" \
		    "exec '$1/tests/fuzz/$p_name-replay' '$SRC/tests/fuzz/corpus/$p_name'"
	done
}

# scripts BUILD NAMEPREFIX PATTERN [NAME=VALUE ...]
scripts() {
	s_build=$1 s_prefix=$2 s_pattern=$3
	shift 3
	for s_src in "$SRC/tests/regress"/$s_pattern.sh; do
		[ -f "$s_src" ] || continue
		add "$s_prefix$(basename "$s_src" .sh)" "$s_build" \
		    "exec sh '$s_src'" "$@"
	done
}

programs "$CHECK" ""
scripts "$CHECK" regress/ '[0-9][0-9][0-9]-*'
if [ "$ASAN" != "$CHECK" ]; then
	programs "$ASAN" asan/
	scripts "$ASAN" asan/regress/ '2[0-9][0-9]-*' \
	    ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1
	scripts "$CHECK" trap/regress/ '2[0-9][0-9]-*' CLAWBOT_TRAP=1
fi

# A machine, where the environment asks for it: CHECK_VM=short or full.
if [ -n "${CHECK_VM-}" ]; then
	add vm/debian12 "$PLAIN" \
	    "exec sh '$SRC/tests/vm/suite.sh' debian12" VM_FORM="$CHECK_VM"
fi

cd "$t"
list=$CHECK/t.list
if [ $# -eq 0 ]; then
	set -- unit wire fault fuzz regress asan trap vm
fi
for prefix in "$@"; do
	find . -type f -path "./$prefix*" | sed 's,^\./,,' | LC_ALL=C sort
done >"$list"
if [ ! -s "$list" ]; then
	echo "prove.sh: no test of that name" >&2
	exit 1
fi

# Agents of the scripts execute what is built here.
if grep -q regress/ "$list" && ! sh "$SRC/tests/regress/accounts.sh" \
    sh -c 'exec setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" \
    --clear-groups test -r "$1"' sh "$SRC/Makefile"; then
	echo "prove.sh: other accounts cannot reach $SRC, and the tests" \
	    "need that: put the tree elsewhere, below /opt for instance" >&2
	exit 1
fi

# shellcheck disable=SC2086 # options
prove ${PROVE_OPTIONS-} --exec '' - <"$list"
