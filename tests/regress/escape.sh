# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
#
# What the scripts have in common that let hostile programs run
# (tests/helpers/escape_*.c); comes after lib.sh.

# A sanitized program reserves more than any limit of memory.
[ "$ASAN" = no ] || LIMITS='"limits": { "memoryMB": 0 }'

# hostile PROGRAM...: into the grant
hostile() {
	for h_prog; do
		install -m 755 -o clawbot "$H/$h_prog" "$W/$h_prog"
	done
}

# told NAME FILE: what the program said of this attempt
told() {
	grep -E '^(held|missing|WRONG|ESCAPED) ' "$2" |
	    awk -v n="$1: " 'substr($0, index($0, " ") + 1, length(n)) == n'
}

# attempts PROGRAM [-o NAME=VALUE ...]: as the command of a run; every attempt
# in its table must have been made, and answered as the table says
attempts() {
	a_prog=$1
	shift
	"$H/$a_prog" -l >"$T/attempts"
	agent "$W/$a_prog" "$@"
	cp "$T/out" "$T/told"
	is "$a_prog: status" "$S" 0
	is "$a_prog: says nothing else" "$(cat "$T/err")" ""
	while IFS= read -r a_name; do
		a_line=$(told "$a_name" "$T/told")
		case $a_line in
		"held $a_name: "*)
			result 0 "$a_prog: ${a_line#held }" ;;
		"missing $a_name: "*)
			skip "$a_prog: $a_name" "${a_line##*: }" ;;
		*)
			result 1 "never: $a_prog: $a_name" || :
			diag "$a_line" ;;
		esac
	done <"$T/attempts"
	is "$a_prog: as many attempts as the table has" \
	    "$(wc -l <"$T/told")" "$(wc -l <"$T/attempts")"
}

# escapes PROGRAM WHAT ATTEMPT [-o NAME=VALUE ...]: outside of a run it
# succeeds, so the program can tell
escapes() {
	e_prog=$1 e_name=$2
	shift 2
	as cbtagent "$H/$e_prog" "$@" "$e_name" >"$T/told" 2>&1
	ok "outside of a run: $e_prog: $e_name" grep -qF \
	    "ESCAPED $e_name: " "$T/told"
}

# images PROGRAM: processes that execute it, also those whose first thread
# has ended; one a line
images() {
	find /proc/[0-9]*/task/*/exe -maxdepth 0 -lname "$W/$1" \
	    2>/dev/null | cut -d / -f 3 | sort -u
}

no_images() {
	[ -z "$(images "$1")" ]
}
