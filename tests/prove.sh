#!/bin/sh
# SPDX-License-Identifier: ISC
#
# prove.sh PLAIN CHECK ASAN [PREFIX ...]: all tests under one prove.
#
# PLAIN, CHECK and ASAN are build directories: as installed, with the test
# hooks, and with hooks and sanitizers.  Every test gets a small script in
# CHECK/t that sets its environment, so that one script can run in several
# builds: B (the build), SRC (this tree), PLAIN, RUNS (the build whose
# programs can be runs), and in trap mode CLAWBOT_TRAP.  Beside it, as
# NAME.tap, is what the test said.  PREFIX picks tests by the beginning of
# their names; "races" are those in which a race is what is tried.  JOBS run
# at the same time, or twice as many as there are processors; PROVE_OPTIONS
# are given on (--timer, -v).  A test that goes on for longer than LIMIT
# seconds (900) is shown, ended and fails; the one with a machine has four
# times that.

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

# Those that take longest, longest first.
LONG="vm/debian12 regress/237-hostile-spawner regress/227-protect-races
    regress/107-limits regress/310-hang regress/312-campaign regress/209-role regress/213-protocol
    regress/217-races regress/111-detach regress/112-streams
    regress/303-hostile-names regress/241-changed regress/214-remains
    regress/207-intent regress/210-secret regress/224-tools
    regress/230-network regress/240-doctor"
# Those that wear the machine out.
ALONE="regress/222-bombs regress/005-switch"
# Those that change the host for a moment.  While one runs, no other script
# does, of no suite on this host; and none begins while one waits for that.
HOST='005-switch 445-clock'
LOCK=${LOCK:-/run/lock/clawbot-tests}
export LOCK
mkdir -p "${LOCK%/*}"
# Races that are run for their own sake.
RACES="regress/217-races regress/227-protect-races"

# So many scripts that are red beside others are tried again (twice.sh).
AGAIN=3

LIMIT=${LIMIT:-900}
ONE="perl '$SRC/tests/one.pl'"

# add NAME BUILD COMMAND AGAIN [NAME=VALUE ...]: writes a test's script; AGAIN
# is the command of a second try, or nothing
add() {
	a_name=$1 a_build=$2 a_cmd=$3 a_again=$4
	shift 4
	mkdir -p "$t/$(dirname "$a_name")"
	{
		echo '#!/bin/sh'
		printf "export B='%s' SRC='%s' PLAIN='%s' RUNS='%s'\n" \
		    "$a_build" "$SRC" "$PLAIN" "$CHECK"
		for a_var in "$@"; do
			printf "export '%s'\n" "$a_var"
		done
		case $a_cmd in
		exec*)	echo "$a_cmd" ;;
		*)	printf "%s >'%s'\n" "$a_cmd" "$t/$a_name.tap"
			printf "S=\$?\n"
			[ -z "$a_again" ] || printf "%s\n%s >'%s'\n%s\n" \
			    "if sh '$SRC/tests/twice.sh' \$S '$a_name' \
			    '$t/$a_name.tap' '$t.again' $AGAIN; then" \
			    "	$a_again" "$t/$a_name.tap" "	S=\$?; fi"
			printf "exec sh '%s' \$S '%s' '%s'\n" \
			    "$SRC/tests/said.sh" "$a_name" "$t/$a_name.tap" ;;
		esac
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
			    "$ONE any $LIMIT \
			    sh '$SRC/tests/regress/accounts.sh' \
			    '$1/tests/$p_dir/$p_name'" "" \
			    CMOCKA_MESSAGE_OUTPUT=TAP
		done
	done
	for p_src in "$SRC/tests/fuzz"/*.c; do
		p_name=$(basename "$p_src" .c)
		[ -x "$1/tests/fuzz/$p_name-replay" ] || continue
		add "$2fuzz/$p_name" "$1" \
		    "$ONE any $LIMIT '$1/tests/fuzz/$p_name-replay' \
		    '$SRC/tests/fuzz/corpus/$p_name'" ""
	done
}

# scripts BUILD NAMEPREFIX PATTERN [NAME=VALUE ...]
scripts() {
	s_build=$1 s_prefix=$2 s_pattern=$3
	shift 3
	for s_src in "$SRC/tests/regress"/$s_pattern.sh; do
		[ -f "$s_src" ] || continue
		s_name=$(basename "$s_src" .sh)
		case " $HOST " in
		*" $s_name "*)
			s_mode=alone ;;
		*)	s_mode=with-others ;;
		esac
		s_again="$ONE alone $LIMIT sh '$s_src'"
		add "$s_prefix$s_name" "$s_build" \
		    "$ONE $s_mode $LIMIT sh '$s_src'" "$s_again" "$@"
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

# A machine, where the environment asks for it: CHECK_VM=short or full.  The
# scripts beside it wait more than they work.
if [ -n "${CHECK_VM-}" ]; then
	add vm/debian12 "$PLAIN" \
	    "exec $ONE aside $((LIMIT * 4)) sh '$SRC/tests/vm/suite.sh' \
	    debian12" "" VM_FORM="$CHECK_VM"
fi

# Behind all others.
: >"$t.again"
add twice/again "$CHECK" "exec sh '$SRC/tests/twice.sh' told '$t.again'" ""

cd "$t"
list=$CHECK/t.list
if [ $# -eq 0 ]; then
	set -- unit wire fault fuzz regress asan trap vm
fi
set -- "$@" twice
find . -type f | sed 's,^\./,,' | LC_ALL=C sort >"$list.all"

# among NAMES: those of the list, in the order of NAMES and in every build
among() {
	for m_name in $1; do
		grep -xE "([a-z]*/)?$m_name" "$list.all" || :
	done
}

for prefix in "$@"; do
	case $prefix in
	races)	among "$RACES" ;;
	*)	find . -type f -path "./$prefix*" | sed 's,^\./,,' ;;
	esac
done | LC_ALL=C sort -u >"$list.some"
mv "$list.some" "$list.all"
if [ ! -s "$list.all" ]; then
	echo "prove.sh: no test of that name" >&2
	exit 1
fi

# Agents of the scripts execute what is built here.
if grep -q regress/ "$list.all" && ! sh "$SRC/tests/regress/accounts.sh" \
    sh -c 'exec setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" \
    --clear-groups test -r "$1"' sh "$SRC/Makefile"; then
	echo "prove.sh: other accounts cannot reach $SRC, and the tests" \
	    "need that: put the tree elsewhere, below /opt for instance" >&2
	exit 1
fi

# First the long ones, then the other scripts, then programs; what wants the
# machine for itself comes behind all of them, one after the other.
among "$ALONE twice/again" >"$list.alone"
{
	among "$LONG"
	grep regress/ "$list.all" || :
	cat "$list.all"
} | grep -vxF -f "$list.alone" | awk '!seen[$0]++' >"$list.together"
cat "$list.together" "$list.alone" >"$list"
{
	echo "---"
	echo "seq:"
	if [ -s "$list.together" ]; then
		echo "  - par:"
		sed 's/^/    - /' "$list.together"
	fi
	sed 's/^/  - /' "$list.alone"
} >testrules.yml
# shellcheck disable=SC2086 # options
prove -j "${JOBS:-$(($(nproc) * 2))}" ${PROVE_OPTIONS-} --exec '' - <"$list"
