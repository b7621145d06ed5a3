# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Finding records: each kind of term, all of them together, and lines that a
# person can read.
. "$SRC/tests/regress/lib.sh"

SKILLS='"closed": { "default": "deny", "allow": ["true"] },'
TRUE=$(readlink -f /bin/true)
conf_default
daemon_start
cb cbtagent --json run -r "to see it" -- sh -c 'exit 7'
ONE=$(json "$T/out" run)
cb cbtother --json run -s closed -- true
TWO=$(json "$T/out" run)
cb cbtagent run -- touch denied
cb cbtagent run -d -- touch asked "word with  blanks"
THREE=$(cat "$T/out")
cb cbtadmin deny -r "not today" "$THREE"
ok "all of it is recorded" log_has '"ev":"deny"' "$THREE"
ok "and the end" log_has '"ev":"result"' "$TWO"
ok "and the refusal" log_has '"ev":"refused"' denied

# finds NAME NUMBER TERM...: so many records, by number of lines and as JSON
finds() {
	f_name=$1 f_n=$2
	shift 2
	cb cbtadmin --json audit search "$@"
	is "$f_name: as JSON" "$(grep -c '^{"number":' "$T/out")" "$f_n"
	cb cbtadmin audit search "$@"
	is "$f_name: lines" "$(grep -c . "$T/out")" "$f_n"
}

finds "a run" 2 "run=$ONE" ev!=exec
finds "a run, its result" 1 "run=$ONE" ev=result
has "in words: what, who, how it ended" "$T/out" "exec result $ONE" "exited 7"
finds "a run, its intent" 1 "run=$ONE" ev=intent
has "in words: the command" "$T/out" "cbtagent  sh -c \"exit 7\"" \
    "allow by " "because \"to see it\""
ok "in words: the time is the local one" grep -qE \
    '^[0-9]+ [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} exec' \
    "$T/out"
finds "a kind and an outcome" 2 kind=exec outcome=exited
finds "another kind" 0 kind=file outcome=exited
finds "a skill" 1 skill=closed ev=intent
finds "an account by its name" 1 account=cbtother ev=intent
finds "an account by its number" 1 "account=$(id -u cbtother)" ev=intent
finds "who decided" 1 approver=cbtadmin
has "in words: a denial" "$T/out" "approval deny $THREE cbtagent" \
    "not today" "by cbtadmin"
finds "a rule" 1 ev=refused "rule=skills.default.deny: touch denied"
finds "a verdict" 1 ev=refused verdict=deny
finds "another verdict" 0 ev=refused verdict=allow
finds "a pattern" 1 ev=refused "rule=*.deny: *"
finds "a program by its name" 1 program=true ev=intent
finds "and by its path" 1 "program=$TRUE" \
    ev=intent
finds "a digest" 1 "digest=$(b2sum -l 256 "$TRUE" | cut -d' ' -f1)" ev=intent
finds "a word, of either size" 1 ev=request "BLANKS"
has "in words: words are told from each other" "$T/out" \
    "touch asked \"word with  blanks\""
finds "a channel" 2 channel=cli ev=intent
finds "since, which all are" 2 since=1h ev=intent
cb cbtadmin audit search until=2001-02-03
is "until: none" "$S" 1
has "none: it is said" "$T/err" "no such record"
finds "not" 1 ev=intent skill!=closed
cb cbtagent audit search kind=exec
is "not for everybody" "$S" 77
cb cbtadmin audit search colour=red
is "no key: usage" "$S" 64
has "no key: it is said" "$T/err" colour
cb cbtadmin audit search since=noon
is "no time: usage" "$S" 64
cb cbtadmin audit search account=cbtnobody
is "no account: usage" "$S" 64
cb cbtagent run -- echo "$(printf '\033[31m\342\200\256')"
finds "hostile words" 1 program=echo ev=intent
hasnot "hostile words: no escape reaches the terminal" "$T/out" \
    "$(printf '\033')" "$(printf '\342\200\256')"
for short in "" -s; do
	# shellcheck disable=SC2086 # or nothing
	cb cbtadmin audit tail $short -n 1
	ok "tail $short is in short" \
	    grep -qE '^[0-9]+ [0-9-]{10} [0-9:]{8} ' "$T/out"
done
cb cbtadmin audit tail -l -n 1
is "tail -l: as the log has it" "$(cat "$T/out")" \
    "$(tail -n 1 "$T/log/gateway.log")"
finish
