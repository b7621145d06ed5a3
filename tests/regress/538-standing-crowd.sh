# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Standing approvals that many want at once: none is used oftener than it is
# good for, and what does not come to run is given back.
. "$SRC/tests/regress/lib.sh"

SKILLS='"all": { "default": "ask", "write": ["'$W'"] },'
mkdir -p "$T/log"
mount -t tmpfs -o "size=8m,mode=700,uid=$(id -u _clawbot-audit),gid=$(id -g \
    _clawbot-audit)" cbt "$T/log" || skip_all "needs to mount a tmpfs"
UNDO="umount -l '$T/log'; $UNDO"
conf_default
daemon_start
echo here >"$W/here"

# asked: somebody waits with "cat here"; BGPID, ID
asked() {
	cbbg asked cbtagent run -s all -C "$W" -- cat here
	waiting
}

# stands OPTION...: that, and approved with these
stands() {
	asked
	cb cbtadmin approve -y "$@" "$ID"
	is "approved with $*" "$S" 0
	status_of "$BGPID"
}

again() {
	cb cbtagent run --no-wait -s all -C "$W" -- cat here
}

cat >"$T/one" <<END
exec setpriv --reuid=cbtagent --regid=$(id -g cbtagent) --init-groups \
    timeout 240 "$B/clawbot" -S "$T/run" run --no-wait -s all -C "$W" \
    -- cat here </dev/null >>"$T/ran" 2>/dev/null
END
chmod 644 "$T/one"

# crowd N: so many at once, as many as one account may have; RAN of them
crowd() {
	: >"$T/ran"
	chmod 666 "$T/ran"
	seq "$1" | timeout 500 xargs -P 24 -I '{}' sh "$T/one" || :
	RAN=$(grep -c here "$T/ran")
}

stands --count 2
crowd 100
is "100 at once, with one use left: so many ran" "$RAN" 1
again
is "none is left" "$S" 77
stands --count 11
crowd 60
is "60 at once, with ten uses left: so many ran" "$RAN" 10

### Two approvers, one request

asked
both_approve --count 3 "$ID"
is "two approvers at once: one of them" "$OK" 1
crowd 20
is "two approvers at once: the uses of one" "$RAN" 2

### Its caller leaves while it is approved

asked
kill -KILL "$BGPID"
cb cbtadmin approve -y --count 2 "$ID"
is "its caller has gone: status" "$S" 0
again
is "what holds is not his who left" "$S" 0
again
is "once" "$S" 77

### The log refuses the intent

stands --count 2
big=$(head -c 100000 /dev/zero | tr '\0' x)
dd if=/dev/zero of="$T/log/filler" bs=64k 2>/dev/null
dd if=/dev/zero of="$T/log/filler2" bs=512 2>/dev/null
# until_refused WORD: what is set aside in advance takes some runs
until_refused() {
	I=0
	S=0
	while [ "$S" -eq 0 ] && [ "$I" -lt 200 ]; do
		I=$((I + 1))
		cb cbtagent run -- true "$1"
	done
}
until_refused "$big"
until_refused small
ok "the log is full" test "$S" -ne 0
again
is "with a full log: not now" "$S" 75
rm -f "$T/log/filler" "$T/log/filler2"
has_room() {
	cb cbtagent run -- true
	[ "$S" -eq 0 ]
}
until_true 60 has_room
again
is "the use was given back" "$S" 0
again
is "and was one" "$S" 77

### Its time is over

stands --for 1
log_has '"ev":"ended"' "its time is over"
ok "its end is recorded" log_has '"ev":"ended"' "its time is over"
again
is "after its time: asked about" "$S" 77
cb cbtadmin audit verify
is "the log is whole" "$S" 0
daemon_stop
finish
