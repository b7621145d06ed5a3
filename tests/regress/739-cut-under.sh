#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2034,SC2317
#
# A closed part of the log that is cut, damaged or taken away under the running
# daemon gets a verdict of audit verify, by the daemon as well as without it.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] || skip_all "done in one build"

LOGGING='"segmentMB": 1,'
conf_default
log=$T/log
big=$(head -c 120000 /dev/zero | tr '\0' x)
first=$log/gateway-000000000001.log.zst

fill() {
	for f_i in 1 2 3 4 5 6 7 8 9 10; do
		cb cbtagent run -- printf '%.1s' "$big" "$f_i"
	done
}
packed() {
	[ -f "$first" ] && [ ! -e "${first%.zst}" ]
}

daemon_start
fill
ok "a part is closed" until_true 60 packed
cp -p "$first" "$T/good"
cb root audit verify
is "it is whole" "$S" 0

# found WHAT: a verdict, one of those that the page has for what is wrong
found() {
	cb root audit verify
	ok "$1: status $S is a verdict" test "$S" -ge 2 -a "$S" -le 8
	ok "$1: which is told" grep -qE '^(TAMPERED|TRUNCATED|MISSING|ERROR)' \
	    "$T/out"
	hasnot "$1: and no question failed" "$T/err" "cannot be read"
}
truncate -s 1000 "$first"
found "cut"
: >"$first"
found "emptied"
cp -p "$T/good" "$first"
perl -e 'open F, "+<", $ARGV[0]; seek F, 500, 0; print F "\xff\x00\xff"' \
    "$first"
found "changed"
rm "$first"
found "gone"
cp -p "$T/good" "$first"
cb root audit verify
is "what is back is whole" "$S" 0
daemon_stop
finish
