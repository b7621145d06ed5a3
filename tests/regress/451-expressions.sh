# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Terms of audit search that are mistakes, each told by its name and with what
# there is; and what reads the log only as far back as it must.
. "$SRC/tests/regress/lib.sh"

printf 'a-value-of-its-own' >"$T/value"
SKILLS='"keyed": { "default": "allow", "secrets": { "MYKEY": "env" } },'
conf_default
daemon_start
cbin cbtadmin secrets set MYKEY <"$T/value"
cb cbtagent --json run -s keyed -- true
KEYED=$(json "$T/out" run)
cb cbtagent run -- true
ok "all is recorded" until_true 60 log_has '"ev":"result"' "$KEYED"

# which runs had a secret
cb cbtadmin --json audit search secret=MYKEY ev=intent
is "a secret: the run that had it, and no other" \
    "$(grep -c . "$T/out") $(json "$T/out" run)" "1 $KEYED"
cb cbtadmin audit search secret=MYKEY
has "a secret: and that it was stored" "$T/out" "secret set"
cb cbtadmin audit search "secret=MY*" secret!=MYKEY
is "a secret: none of another name" "$S" 1

# wrong TERM TEXT: a usage error that says so
wrong() {
	cb cbtadmin audit search "$1"
	is "$1: status" "$S" 64
	has "$1: why" "$T/err" "$2"
}
wrong kynd=exec "did you mean kind?"
wrong colour=red "text=colour=red"
wrong kind=exe "there are exec, auth"
wrong ev=intend "intent"
wrong verdict=yes "allow, ask, deny"
wrong outcome=failed "exited, signaled"
wrong digest=0xFF "hexadecimal"
wrong "run=R1 2" "id of a run"
wrong skill= "nothing to look for"
wrong text= "nothing to look for"
wrong since=noon "90m, 2h, 7d"
wrong since!=2h "no other side"
wrong approver=cbtnobody "no such account"
cb cbtadmin audit search since=1h until=2h
is "a time that cannot be: status" "$S" 64
cb cbtadmin audit search kind=ex* outcome=exit*
is "patterns of what there is are taken" "$S" 0

# no more is asked for than there must be: a log of some thousand records
cb cbtagent run -- sh -c 'i=0
while [ $i -lt 4200 ]; do /bin/true; i=$((i + 1)); done'
cb cbtadmin --json audit search since=1h ev=start
is "a time before all records: the first is found" \
    "$(json "$T/out" ev)" start
cb cbtadmin --json audit search since=1h program=true ev=exec
is "and every one behind it" "$(grep -c . "$T/out")" 4200
is "each once, in order" "$(sed 's/^{"number":\([0-9]*\),.*/\1/' "$T/out" |
    sort -n -u | wc -l)" 4200
finish
