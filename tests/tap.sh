# SPDX-License-Identifier: ISC
# shellcheck shell=sh
#
# TAP, for the lib.sh of regress/ and for that of vm/in/, which machines read
# out of their own copy of the tree.  $T is a directory of the script.  Lines
# have numbers if NUMBERED is set; else somebody adds them, and the plan.

TESTS=0
FAILED=0

diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

# result STATUS NAME
result() {
	TESTS=$((TESTS + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok%s - %s\n' "${NUMBERED:+ $TESTS}" "$2"
		return 0
	fi
	FAILED=$((FAILED + 1))
	printf 'not ok%s - %s\n' "${NUMBERED:+ $TESTS}" "$2"
	return 1
}

# never CHECK NAME ...: CHECK of something that must not be once in a thousand
# times.  tests/twice.sh knows it by the name that it has then.
never() {
	n_check=$1 n_name=$2
	shift 2
	"$n_check" "never: $n_name" "$@"
}

# ok NAME COMMAND...: the command must succeed
ok() {
	o_name=$1
	shift
	if "$@" >"$T/ok.out" 2>&1; then
		result 0 "$o_name"
	else
		result 1 "$o_name" || :
		diag "$* failed"
		head -n 20 "$T/ok.out" | sed 's/^/#   /'
	fi
}

# is NAME GOT WANT
is() {
	if [ "$2" = "$3" ]; then
		result 0 "$1"
	else
		result 1 "$1" || :
		diag "got:  $2"
		diag "want: $3"
	fi
}

# has NAME FILE TEXT...: every text is in the file
has() {
	h_name=$1 h_file=$2
	shift 2
	for h_text; do
		if ! grep -qF -- "$h_text" "$h_file"; then
			result 1 "$h_name" || :
			diag "no \"$h_text\" in:"
			head -n 30 "$h_file" | sed 's/^/#   /'
			return 0
		fi
	done
	result 0 "$h_name"
}

# hasnot NAME FILE TEXT
hasnot() {
	if grep -qF -- "$3" "$2"; then
		result 1 "$1" || :
		diag "\"$3\" in:"
		grep -nF -- "$3" "$2" | head -n 5 | sed 's/^/#   /'
	else
		result 0 "$1"
	fi
}

# skip NAME WHY
skip() {
	TESTS=$((TESTS + 1))
	printf 'ok%s - %s # SKIP %s\n' "${NUMBERED:+ $TESTS}" "$1" "$2"
}
