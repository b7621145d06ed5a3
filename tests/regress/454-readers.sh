# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# audit.readers: they read and check all of the log, and do nothing else, on any
# channel; and only they, and only as long as they are.
. "$SRC/tests/regress/lib.sh"

CLAWBOT_CLAWBOTD=$B/clawbotd
export CLAWBOT_CLAWBOTD

CHANNELS='"closed": { "users": ["cbtother"], "access": "none" },'
MORE='"audit": { "readers": ["cbtother"] }'
conf_default
# cbtother is nothing else
sed -i 's/"cbtagent", "cbtother"/"cbtagent"/' "$CONF"
daemon_start
cb cbtagent --json run -r "for readers" -- true
RUN=$(json "$T/out" run)
cb cbtagent run -d -- touch asked
ASKED=$(cat "$T/out")

### What they may

# reads NAME ARGUMENT...: of clawbot, with something to see
reads() {
	r_name=$1
	shift
	cb cbtother "$@"
	is "$r_name: status" "$S" 0
	ok "$r_name: there is something" test -s "$T/out"
}
reads tail audit tail
reads search audit search "run=$RUN"
reads show audit show "$RUN"
has "show: of another account" "$T/out" "for readers"
reads report audit report
has "report: what it cannot know" "$T/out" "are not known"
reads "report --html" audit report --html -
reads export audit export --format ocsf
reads verify audit verify
reads "on a channel without access" -c closed audit tail
S=0
cbbg follow cbtother audit tail -f -n 1
follow=$BGPID
ok "tail -f: the last one" until_true 60 test -s "$T/follow.out"
kill "$follow"
status_of "$follow"

### What they may not

# may_not NAME ARGUMENT...
may_not() {
	m_name=$1
	shift
	cb cbtother "$@"
	is "no $m_name: status" "$S" 77
}
may_not run run -- true
may_not approve approve -y "$ASKED"
has "no approve: why" "$T/err" "audit.readers may read and check the log"
may_not deny deny "$ASKED"
may_not kill kill "$RUN"
may_not stop stop -r x
may_not ps ps
may_not approvals approvals
may_not secrets secrets list
may_not "policy why" policy why -- true
may_not "policy list" policy list
may_not status status
may_not "run elsewhere" -c closed run -- true
ok "that is recorded" until_true 60 log_has '"ev":"refused"' "audit.readers"
cb cbtadmin approvals
has "and what waited waits" "$T/out" "$ASKED"

### As long as they are

sed 's/"readers": \["cbtother"\]/"readers": []/' "$CONF" >"$T/new.conf"
cat "$T/new.conf" >"$CONF"
cb root reload
is "it is reloaded" "$S $(cat "$T/err")" "0 "
cb cbtother audit tail
is "no reader any more: status" "$S" 77
hasnot "no reader any more: nothing" "$T/out" "$RUN"
finish
