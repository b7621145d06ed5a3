# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Who only reads the log cannot keep others from it: an account has few places
# at one time, all of them together leave some, and following it counts.
. "$SRC/tests/regress/lib.sh"

MORE='"audit": { "readers": ["cbtother", "cbtsecond"] },'
conf_default
sed -i 's/"cbtagent", "cbtother"/"cbtagent"/; s/group:clawbot-admin/cbtadmin/' \
    "$CONF"
daemon_start

for n in 1 2 3; do
	ok "place $n of an account" follow "own$n" cbtother
	[ $n -ne 1 ] || FIRST=$BGPID
done
cb cbtother audit tail
is "no fourth one" "$S" 75
has "it is told why" "$T/err" "too many questions about the log"
for n in 4 5; do
	ok "place $n, of another account" follow "other$n" cbtsecond
done
cb cbtsecond audit tail
is "that has two: all of them have five" "$S" 75
cb root audit verify
is "root checks the log" "$S" 0
cb cbtadmin audit tail
is "an approver reads it" "$S" 0
ok "and follows it" follow admin cbtadmin
cb root audit verify
is "and root still checks it" "$S" 0
kill "$FIRST"
reads_again() {
	cb cbtother audit tail
	[ "$S" -eq 0 ]
}
ok "a place that is left is free again" until_true 60 reads_again
finish
