# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A vault that is older than the log remembers, or lost, is no dead end: the
# daemon starts, names the way out, and goes on with it when an approver says
# so, which is recorded.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "secrets": { "TOKEN": "env" } },'
conf_default
daemon_start
F=$T/vault/secrets.env

# give VALUE
give() {
	printf '%s' "$1" >"$T/value"
	cbin cbtadmin secrets set TOKEN <"$T/value"
}
recover() {
	cb "$1" secrets recover --accept-rollback -r "the disk was full"
}
# shut NAME TEXT: the daemon starts, and says what to do
shut() {
	daemon_start
	has "$1: the daemon says so" "$T/d.err" "$2" \
	    "clawbot secrets recover --accept-rollback -r WHY"
	cb cbtagent run -- true
	is "$1: a run without secrets" "$S" 0
	cb cbtagent run -s one -- true
	is "$1: a run with one: status" "$S" 75
	has "$1: a run with one: the way out" "$T/err" "secrets recover"
	cb cbtagent status --all
	has "$1: status tells" "$T/out" "$2"
	give value-in-between-1
	is "$1: set: status" "$S" 75
}
give first-value-1
cp -p "$F" "$T/first"
recover cbtadmin
is "nothing to recover: status" "$S" 77
give second-value-2
daemon_stop

### Older by one set

cp -p "$T/first" "$F"
shut "older" "older than version 2"
ok "older: the file is as it was" cmp "$T/first" "$F"
cb cbtadmin secrets recover -r because
is "without --accept-rollback: status" "$S" 64
cb cbtadmin secrets recover --accept-rollback
is "without a reason: status" "$S" 64
recover cbtagent
is "by no approver: status" "$S" 77
recover cbtadmin
is "recover: status" "$S" 0
has "recover: what it says" "$T/out" recovered
cb cbtagent run -s one -- sh -c 'test "$TOKEN" = first-value-1'
is "recover: a run has what the copy had" "$S" 0
cb cbtagent status --all
hasnot "recover: status has nothing of it" "$T/out" "secrets recover"
ok "recorded" log_has '"ev":"recover","was":1,"reason":"the disk was full"' \
    '"version":3'
give third-value-3
is "recover: set goes on" "$S" 0
daemon_stop

### Lost

rm "$F"
shut "lost" "is missing, but the log remembers version 4"
recover cbtadmin
is "lost: recover: status" "$S" 0
cb cbtagent run -s one -- true
is "lost: there is no such secret any more" "$S" 77
give fourth-value-4
daemon_stop
daemon_start
cb cbtagent run -s one -- sh -c 'test "$TOKEN" = fourth-value-4'
is "after a restart: all is well" "$S" 0
daemon_stop
cp -p "$T/first" "$F"
shut "the old copy again" "older than version 6"
daemon_stop
finish
