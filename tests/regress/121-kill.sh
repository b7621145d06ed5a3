# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2086,SC2154,SC2317
#
# kill: several runs at once, by the beginnings of their ids, and by what they
# have in common; and beginnings of ids in other commands.
. "$SRC/tests/regress/lib.sh"

SKILLS='"web": { "default": "allow" },'
CHANNELS='"mcp": { "users": ["cbtagent"], "access": "execute",
    "skills": ["*"] },'
conf_default
daemon_start

# begin NAME ACCOUNT WORD...: a detached run, its id in $NAME
begin() {
	b_name=$1 b_who=$2
	shift 2
	cb "$b_who" "$@" run -d ${SKILL-} -- sleep 7777
	eval "$b_name=\$(cat \"\$T/out\")"
}

# live: ids of what runs, sorted
live() {
	cb root --json ps
	json "$T/out" runs >"$T/runs"
	perl -MJSON::PP -e 'local $/;
	    print join(" ", sort map { $_->{run} }
	    grep { $_->{state} ne "finished" } @{decode_json(<>)}), "\n"' \
	    "$T/runs"
}

sorted() {
	# shellcheck disable=SC2048 # words
	printf '%s\n' $* | sort | tr '\n' ' ' | sed 's/ $//'
}

is_live() {
	[ "$(live)" = "$(sorted "$@")" ]
}

begin a cbtagent
begin b cbtagent
begin c cbtother
SKILL='-s web' begin d cbtother
begin e cbtagent -c mcp
until_true 60 is_live "$a $b $c $d $e" || bail "not all run: $(live)"

cb cbtagent kill "$a" "$c" "$b"
is "somebody else's among several: status" "$S" 1
has "somebody else's among several: told" "$T/err" "$c: no such run"
is "the others have been told of" "$(cat "$T/out")" \
    "$(printf 'killed %s\nkilled %s' "$a" "$b")"
ok "and end" until_true 60 is_live "$c $d $e"

cb cbtother kill --all
ok "all are one's own for who is no approver" until_true 60 is_live "$e"

begin a cbtagent
begin c cbtother
SKILL='-s web' begin d cbtother
until_true 60 is_live "$a $c $d $e" || bail "not all run"
cb cbtadmin kill -c mcp
ok "those of a channel" until_true 60 is_live "$a $c $d"
cb cbtadmin kill -s web
ok "those of a skill" until_true 60 is_live "$a $c"
cb cbtadmin kill -u cbtagent -s web
is "what nothing has in common" "$S $(cat "$T/out")" "0 "
ok "ends nothing" is_live "$a $c"
cb cbtadmin kill -u cbtagent
ok "those of an account" until_true 60 is_live "$c"
cb cbtadmin kill --all
ok "all" until_true 60 is_live ""

for command in kill stop resume "breaker reset" "policy why"; do
	# shellcheck disable=SC2086 # two words
	cb cbtadmin $command -u "$(printf 'no\033such')"
	is "$command: nobody's account: status" "$S" 64
	has "$command: nobody's account: escaped" "$T/err" \
	    'there is no account no\x1bsuch'
done

### The beginning of an id

begin a cbtagent
until_true 60 is_live "$a" || bail "it does not run"
short=$(printf %.6s "$a")
cb cbtother kill "$short"
is "of somebody else's: status" "$S" 1
ok "of somebody else's: not even its id is told" \
    sh -c '! grep -q "$1" "$2"' sh "$a" "$T/err"
cb cbtagent kill r1
is "too short" "$S" 64
cb cbtagent logs "$short"
is "logs" "$S" 0
cb cbtagent --json kill "$short"
is "kill" "$S $(json "$T/out" run)" "0 $a"
cb cbtagent wait "$short"
is "wait" "$S" 143
# so many that two begin with the same three characters
n=0
until cb cbtagent --json ps; dup=$(json "$T/out" runs | grep -o \
    '"run":"r..' | sort | uniq -d | head -n 1); [ -n "$dup" ]; do
	n=$((n + 1))
	[ "$n" -lt 120 ] || break
	cb cbtagent run -d -- true
done
if [ -n "$dup" ]; then
	dup=${dup#*:\"}
	cb cbtagent logs "$dup"
	is "two begin so: status" "$S" 64
	has "two begin so: both are told" "$T/err" \
	    "$dup is the beginning of $dup"
else
	result 0 "two begin so # SKIP no two did"
fi
cbbg asks cbtagent run -- touch asked
asks=$BGPID
waiting
cb cbtadmin deny "$(printf %.8s "$ID")"
is "deny" "$S" 0
status_of "$asks"
is "deny: its run" "$S" 77
cbbg asks cbtagent run -- touch asked
asks=$BGPID
waiting
cb cbtadmin approve -y "$(printf %.8s "$ID")"
is "approve unseen: status" "$S" 64
has "approve unseen: said" "$T/err" "takes the whole id"
cb cbtadmin --json approvals
digest=$(json "$T/out" approvals.0.plan)
cb cbtadmin approve -y --digest "$digest" "$(printf %.8s "$ID")"
is "approve" "$S" 0
ok "approve: by its whole id" grep -q "approved $ID" "$T/out"
status_of "$asks"

finish
