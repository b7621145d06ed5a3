# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2154
#
# What the profile developer makes of known abuses and of everyday command
# lines, against what it is to make of them (tests/judging).
. "$SRC/tests/regress/lib.sh"
. "$SRC/tests/regress/judging.sh"

judging_conf
judge_all || bail "the lists cannot be judged"
sed 's/^/# /' "$T/numbers"

# number NAME: how many, of how many
number() {
	awk -v "name=$1" '$1 == name { print $2, $3 }' "$T/numbers"
}

# at_most NAME PERCENT
at_most() {
	# shellcheck disable=SC2046 # two words
	set -- "$1" "$2" $(number "$1")
	ok "$1: $3 of $4" test $(($3 * 100)) -lt $(($2 * $4))
}

# The lists themselves: one that is cut off is no measure.
lines() {
	grep -c '^[^#]' "$SRC/tests/judging/$1"
}
ok "abuses: 400 lines" test "$(lines abuses)" -ge 400
ok "everyday: 500 lines" test "$(lines everyday)" -ge 500
is "no line is there twice" "$(grep -h '^[^#]' "$SRC/tests/judging/abuses" |
    cut -f2 | LC_ALL=C sort | uniq -d; grep '^[^#]' \
    "$SRC/tests/judging/everyday" | LC_ALL=C sort | uniq -d)" ""

at_most abuses_that_reach_their_program 1
is "false refusals" "$(awk -F '\t' '$1 == "deny" && $2 != "deny"' \
    "$T/everyday")" ""
# shellcheck disable=SC2046 # two words
set -- $(number everyday_lines_that_pass)
ok "everyday lines that pass: $1 of $2" test $(($1 * 100)) -gt $((90 * $2))
finish
