# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What was denied is not asked about again for a while, and who is denied
# again and again waits.
. "$SRC/tests/regress/lib.sh"

SKILLS='"all": { "default": "ask", "write": ["'$W'"] },'
DENIED=600
conf_default
daemon_start

# denied WHY COMMAND...: asked for and refused by a person
denied() {
	d_why=$1
	shift
	cbbg denied cbtagent run -s all -C "$W" -- "$@"
	waiting
	cb cbtadmin deny -r "$d_why" "$ID"
	status_of "$BGPID"
	is "denied: $*: status" "$S" 77
}

requests() {
	grep -c '"ev":"request"' "$T/log/gateway.log"
}

denied "wrong tree" touch made
cb cbtagent run -s all -C "$W" -- touch made
is "the same again: status" "$S" 77
has "the same again: who, and why" "$T/err" "denied by uid $(id -u cbtadmin)" \
    "wrong tree" "the same is not asked about for another"
is "the same again: nobody was asked" "$(requests)" 1
cb cbtagent --json run -s all -C "$W" -r "please" -- touch made
is "with other words for it: status" "$S" 77
is "with other words for it: outcome" "$(json "$T/out" outcome)" denied
has "with other words for it: why" "$T/out" "wrong tree"
# whoever else wants it is asked about
cbbg other cbtother run -s all -C "$W" -- touch made
waiting
cb cbtadmin approve -y "$ID"
status_of "$BGPID"
is "of another account: runs" "$S" 0
# another plan too, and an approval ends a row
cbbg next cbtagent run -s all -C "$W" -- touch next
waiting
cb cbtadmin approve -y "$ID"
status_of "$BGPID"
is "another command: runs" "$S" 0
denied "no" touch a
denied "no" touch b
denied "no" touch c
cb cbtagent run -s all -C "$W" -- touch d
is "after three in a row: status" "$S" 75
has "after three in a row: why" "$T/err" "3 requests in a row were denied"
cb cbtagent run -C "$W" -- true
is "after three in a row: what needs nobody runs" "$S" 0
cbbg free cbtother run -s all -C "$W" -- touch e
waiting
cb cbtadmin approve -y "$ID"
status_of "$BGPID"
is "after three in a row: others are not held up" "$S" 0
ok "nothing of all that happened" test ! -e "$W/a" -a ! -e "$W/d"
ok "the refusals are recorded" log_has '"ev":"refused"' "wrong tree"

daemon_stop
DENIED=3
conf_default
daemon_start
# on a machine that is busy with other things that time may be over too soon
for try in 1 2 3 4 5; do
	denied "not now" touch later
	cb cbtagent run --wait 0 -s all -C "$W" -- touch later
	[ "$S" -eq 75 ] || break
	have_waiting && cb cbtagent kill "$ID"
	until_true 60 nothing_waits
done
is "within its time: status" "$S" 77
has "within its time: who, and why" "$T/err" "denied by" "not now"
sleep 3.1
cbbg later cbtagent run -s all -C "$W" -- touch later
waiting
cb cbtadmin approve -y "$ID"
status_of "$BGPID"
is "after its time: it is asked about, and runs" "$S" 0
cb cbtadmin audit verify
is "the log is whole" "$S" 0
daemon_stop
finish
