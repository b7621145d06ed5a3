# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh
#
# A script that is red beside others has a second try, alone, which is told; of
# more than a few, and of what must not be once in a thousand times, red is red.
. "$SRC/tests/regress/lib.sh"

twice() {
	S=0
	sh "$SRC/tests/twice.sh" "$@" >"$T/out" 2>"$T/err" || S=$?
}

printf 'ok 1 - a\nnot ok 2 - b\n# got: c\nok 3 - d\n1..3\n' >"$T/tap"
: >"$T/list"
twice told "$T/list"
is "nothing to be told" "$S $(cat "$T/out")" \
    "0 1..1${NL}ok 1 - none needed a second try"
twice 0 regress/x "$T/tap" "$T/list" 2
is "what is green has none" "$S $(wc -c <"$T/list")" "1 0"
twice 1 regress/x "$T/tap" "$T/list" 2
is "what is red has one" "$S" 0
has "and says at once what was red" "$T/err" "not ok 2 - b" "# got: c"
twice 143 asan/regress/y "$T/tap" "$T/list" 2
is "another too" "$S" 0
twice 1 regress/z "$T/tap" "$T/list" 2
is "more have none" "$S $(grep -c ^script "$T/list")" "1 2"
printf 'ok 1 - a\nnot ok 2 - never: b\n1..2\n' >"$T/never"
: >"$T/other"
twice 1 regress/x "$T/never" "$T/other" 2
is "nor has what must not be once" "$S $(wc -c <"$T/other")" "1 0"
# shellcheck disable=SC2034 # read by result
(never is b 1 2; NUMBERED=; never ok b false) | grep '^not' >"$T/never"
is "which is told by its name" "$(cat "$T/never")" \
    "not ok $((TESTS + 1)) - never: b${NL}not ok - never: b"
while read -r line; do
	echo "$line" >"$T/tap.one"
	twice 1 regress/x "$T/tap.one" "$T/other" 2
	is "... by a second try too: $line" "$S $(wc -c <"$T/other")" "1 0"
done <"$T/never"
twice told "$T/list"
is "each is told, and none counts" "$S $(grep -v '^#' "$T/out")" \
    "0 not ok 1 - regress/x is green beside others # TODO had a second try, \
alone${NL}not ok 2 - asan/regress/y is green beside others # TODO had a second \
try, alone${NL}1..2"
has "with what was red" "$T/out" "# not ok 2 - b" "# # got: c"
hasnot "and not what was green" "$T/out" "ok 3"

### All of it, in a tree of a few scripts

mkdir -p "$T/tree/tests/regress" "$T/build"
cp "$SRC"/tests/*.sh "$SRC/tests/one.pl" "$T/tree/tests"
cp "$SRC/tests/regress/accounts.sh" "$T/tree/tests/regress"
touch "$T/tree/Makefile"
# red the first time that it is run
script() {
	cat >"$T/tree/tests/regress/$1.sh" <<-'END'
		echo "ran $0" >>"$RAN"
		n=$(grep -c "^ran $0$" "$RAN")
		[ "$n" -gt "$RED" ] || { echo "not ok 1 - sound"; echo 1..1
		    exit 1; }
		echo "ok 1 - sound"
		echo 1..1
	END
}
all() {
	: >"$T/ran"
	S=0
	env -u CHECK_VM -u PROVE_OPTIONS -u LIMIT -u JOBS RAN="$T/ran" \
	    RED="$1" LOCK="$T/lock" sh "$T/tree/tests/prove.sh" \
	    "$T/build" "$T/build" "$T/build" >"$T/out" 2>"$T/err" || S=$?
}
script 001-any
all 0
is "a green one runs once" "$S $(wc -l <"$T/ran")" "0 1"
all 1
is "one that is green at its second try is good" "$S $(wc -l <"$T/ran")" "0 2"
has "what it was is told" "$T/err" "red beside others: regress/001-any" \
    "regress/001-any, beside others: not ok 1 - sound"
has "in one summary" "$T/out" "Files=2, Tests=2" "Result: PASS"
all 2
is "one that is red twice is red" "$S $(wc -l <"$T/ran")" "1 2"
rm "$T/tree/tests/regress/001-any.sh"
for i in 1 2 3 4 5; do
	script "00$i-any"
done
all 1
is "nor for more than three" "$S $(wc -l <"$T/ran")" "1 8"
finish
