# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What is said to somebody who does not know it yet: what was read, which term
# is none, why nothing could be written, and what a vault is already.
. "$SRC/tests/regress/lib.sh"

SKILLS='"all": { "default": "allow" }'
conf_default
daemon_start
cb root secrets unlock -k "$T/key"
is "unlock, and it is open: status" "$S" 1
has "unlock, and it is open: what is said" "$T/err" "open already"

# terms of audit search that no record could have
for term in secret=X@abc secret=@ secret=X@ secret=@7 secret=a/b; do
	cb cbtadmin audit search "$term"
	is "$term: status" "$S" 64
	has "$term: what it is instead" "$T/err" "$term: not a secret"
done
for term in secret=X secret=X@7 'secret=X*@?' 'secret=*'; do
	cb cbtadmin audit search "$term"
	is "$term: is looked for" "$S $(cat "$T/err")" \
	    "1 clawbot: no such record"
done

# words as they are
cb cbtagent policy why -s all -- ls "a b" ""
is "policy why: the command twice" "$(grep -c 'ls "a b" ""$' "$T/out")" 2
cb cbtagent --json policy why -s all -- ls "a b" ""
is "policy why: and in JSON" "$(json "$T/out" found.0.command)" 'ls "a b" ""'

# nothing can be written
S=0
as cbtagent "$B/clawbot" -S "$T/run" --json status >/dev/full 2>"$T/err" ||
    S=$?
is "status: status" "$S" 74
has "status: why" "$T/err" "standard output: No space left"
S=0
as cbtagent "$B/clawbot" -S "$T/run" hook claude <&- >"$T/out" 2>"$T/err" ||
    S=$?
has "hook: standard input that is closed" "$T/err" "standard input: Bad file"
daemon_stop
for o in T V; do
	S=0
	"$B/clawbotd" -$o -f "$CONF" >/dev/full 2>"$T/err" || S=$?
	is "clawbotd -$o: status" "$S" 74
	has "clawbotd -$o: why" "$T/err" "standard output: No space left"
done
finish
