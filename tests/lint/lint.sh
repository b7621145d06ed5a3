#!/bin/sh
# SPDX-License-Identifier: ISC
#
# lint.sh BUILD: every checker that is installed over everything; names
# those that are missing.  BUILD is configured.

set -u
cd "$(dirname "$0")/../.." || exit 1
B=$1
JOBS=$(nproc)
ROLES="common supervisor executor auditor vault notifier forwarder file client"
bad=0
missing=

sources() {
	for d in "$@"; do
		[ ! -d "$d" ] || find "$d" -name '*.c' | LC_ALL=C sort
	done
}

flags="-std=gnu11 -I. -I$B"

# check NAME PROGRAM COMMAND...
check() {
	c_name=$1 c_prog=$2
	shift 2
	if ! command -v "$c_prog" >/dev/null; then
		missing="$missing $c_prog"
		return
	fi
	printf '  LINT %s\n' "$c_name"
	"$@" || bad="$bad $c_name"
}

# Prints findings but those that tests/lint/known has; 1 if any is left.
unknown() {
	awk '
	NR == FNR {
		if ($0 !~ /^#/)
			known[$1, $2] = 1
		next
	}
	!/: (warning|error|style|portability|performance):? .*\[[^]]*\]$/ {
		if (show)
			print
		next
	}
	{
		file = $0
		sub(/:.*/, "", file)
		sub(ENVIRON["PWD"] "/", "", file)
		check = $0
		sub(/.*\[/, "", check)
		sub(/\]$/, "", check)
		sub(/^-W(error=)?/, "", check)
		show = !((file, check) in known)
		if (show) {
			print
			bad = 1
		}
	}
	END { exit bad }' tests/lint/known -
}

# clang_tidy OPTION SOURCE...
clang_tidy() {
	option=$1
	shift
	printf '%s\n' "$@" | xargs -P "$JOBS" -n 4 sh -c \
	    "clang-tidy --quiet --config-file=tests/lint/clang-tidy $option \
	    \"\$@\" -- $flags" sh 2>/dev/null
}

# The analyzer does not know that cmocka's assertions do not return.
tidy() {
	# shellcheck disable=SC2046,SC2086 # lists
	{
		clang_tidy "" $(sources $ROLES)
		clang_tidy "--checks=-clang-analyzer-*,-cert-err34-c" \
		    $(sources tests)
	} | unknown
}

# What is not thread-safe is fine here; it takes no pattern for these names.
not_threaded="fgetpwent getgrgid getgrnam getpwent getpwnam getpwuid readdir"

cpp() {
	c_out=$(mktemp)
	# shellcheck disable=SC2046,SC2086 # lists
	cppcheck -q -j "$JOBS" --std=c11 --language=c -I. "-I$B" \
	    --library=posix --library=gnu --library=bsd \
	    $(printf -- '--suppress=%sCalled ' $not_threaded) \
	    --template='{file}:{line}: {severity}: {message} [{id}]' \
	    --enable=warning,portability,performance --inline-suppr \
	    $(sources $ROLES) >"$c_out" 2>&1
	c_status=$?
	if [ $c_status -ne 0 ]; then	# findings are no failure of it
		cat "$c_out"
	else
		unknown <"$c_out" || c_status=1
	fi
	rm -f "$c_out"
	return $c_status
}

analyzer() {
	# shellcheck disable=SC2086 # lists
	sources $ROLES | xargs -P "$JOBS" -n 1 \
	    gcc $flags -O1 -fanalyzer -fdiagnostics-plain-output \
	    -Wno-analyzer-too-complex -c -o /dev/null 2>&1 | unknown
}

shells() {
	find tests -name '*.sh' -print0 |
	    xargs -0 shellcheck -x quickstart .ci/run etc/notify/* \
	    etc/complete/candidates
}

manuals() {
	mandoc -T lint -W warning man/*.[1578]
}

check style awk tests/lint/style.sh
check rooms nm tests/lint/rooms.sh "$B" supervisor executor auditor vault \
    notifier forwarder file client
check names nm tests/lint/names.sh "$B"
check protocol awk env "B=$B" tests/lint/protocol.sh
check dead-code ld tests/lint/dead.sh "$B"
check unread-keys cc tests/lint/keys.sh "$B"
check mandoc mandoc manuals
check shellcheck shellcheck shells
check cppcheck cppcheck cpp
check gcc-fanalyzer gcc analyzer
check clang-tidy clang-tidy tidy
[ -z "$missing" ] || echo "lint: not installed:$missing" >&2
if [ "$bad" != 0 ]; then
	echo "lint: found something:${bad#0}" >&2
	exit 1
fi
[ -z "$missing" ]
