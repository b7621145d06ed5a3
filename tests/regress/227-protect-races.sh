# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: protected names in writable grants stay as they are, also while
# what leads to them changes, by the run itself or by another one.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/protect.sh
. "$SRC/tests/regress/protect.sh"

[ -z "${CLAWBOT_TRAP-}" ] ||
    skip_all "races of a minute; done in the two other builds"

conf_default
daemon_start

attack "races $((100000 / SCALE))"
is "races: the other file was written" "$(cat "$W/plain/config")" PWNED

# Two runs in the same grant, each served by an init of its own.  How much each
# gets to is a matter of who is scheduled; so again, until both got to some.
pair() {
	prepare
	owner 'mkdir -p pair/d'
	cbbg first cbtagent run -- sh -c "cd '$W' && ./attack first \
	    $((20000 / SCALE))"
	first=$BGPID
	agent sh -c "cd '$W' && ./attack second $((20000 / SCALE))"
	PAIR=$S
	moved=$(sed -n 's/^moved //p' "$T/out")
	status_of "$first" 500
	made=$(sed -n 's/^made //p' "$T/first.out")
}
for try in 1 2 3 4 5 6 7 8; do
	pair
	[ "$PAIR" -eq 0 ] || break
	grep -qF "reached 0" "$T/out" || break
	[ "${made:-0}" -eq 0 ] || [ "${moved:-0}" -eq 0 ] || break
done
is "two runs: status" "$PAIR" 0
never has "two runs: nothing is reached" "$T/out" "reached 0"
ok "two runs: both got to something ($made, $moved)" test \
    "${made:-0}" -gt 0 -a "${moved:-0}" -gt 0
never ok "two runs: nothing is left" test ! -e "$W/pair/.git/config"

# The same, where an exchange is taken back while others exchange.
exchange() {
	prepare
	owner 'mkdir -p pair/.git pair/x pair/y pair/z'
	cbbg fourth cbtagent run -- sh -c "cd '$W' && ./attack fourth"
	fourth=$BGPID
	agent sh -c "cd '$W' && ./attack third $((50000 / SCALE))"
	PAIR=$S
	back=$(sed -n 's/^back //p' "$T/out")
	kill "$fourth"
	status_of "$fourth"
}
for try in 1 2 3 4 5 6 7 8; do
	exchange
	[ "$PAIR" -eq 0 ] || break
	[ "${back:-0}" -eq 0 ] || break
done
is "two exchange: status" "$PAIR" 0
never has "two exchange: nothing is left" "$T/out" "reached 0"
ok "two exchange: some were taken back ($back)" test "${back:-0}" -gt 0
daemon_stop
finish
