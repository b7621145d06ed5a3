# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317,SC2154
#
# clawbot reload: what can change while everything runs is in force at once,
# with a record; what is wrong, or needs a restart, is named and changes
# nothing; runs go on, and what waits is judged anew.
. "$SRC/tests/regress/lib.sh"

CLAWBOT_CLAWBOTD=$B/clawbotd
export CLAWBOT_CLAWBOTD

# conf: with more from ${DEFAULT-allow}, ${SKILL-}, ${USERS-}, ${MORE-}
conf() {
	cat >"$T/new.conf" <<-END
	{
	"skills": {
		"default": { "default": "${DEFAULT-allow}",
		    "ask": [${ASK-}], "deny": [${DENY-}], "allow": [],
		    "write": ["$W"], "limits": {
		    ${LIMITS:-"\"timeoutSeconds\": 600"} } ${SKILL-} },
		"other": { "default": "allow" } ${SKILLS-}
	},
	"channels": {
		"cli": { "users": [${USERS-"\"cbtagent\", \"cbtother\""}],
		    "access": "${ACCESS-execute}",
		    "skills": [${REACH-"\"*\""}],
		    "rateLimit": { ${RATE-} } } ${CHANNELS-}
	},
	"approvals": { "approvers": [${ADMINS-"\"group:clawbot-admin\""}],
	    "deniedSeconds": 0, "timeoutSeconds": ${TIMEOUT-1800} },
	"circuitBreaker": { "failures": 1000000, "repeats": 0 },
	$(conf_paths)
	${MORE-}
	}
	END
	mv "$T/new.conf" "$CONF"
}

policy() {
	cb root --json status
	json "$T/out" status.0.detail | sed 's/.*policy //'
}

# reload NAME: it is in force afterwards
reload() {
	r_old=$(policy)
	cb root reload
	is "$1: status" "$S $(cat "$T/err")" "0 "
	cp "$T/out" "$T/reloaded"
	ok "$1: the policy is another" test "$r_old" != "$(policy)"
}

# unchanged NAME STATUS TEXT...: says so, and changes nothing
unchanged() {
	u_name=$1 u_status=$2
	shift 2
	u_old=$(policy)
	cb root reload
	is "$u_name: status" "$S" "$u_status"
	cat "$T/out" "$T/err" >"$T/said"
	has "$u_name: says why" "$T/said" "$@"
	is "$u_name: changes nothing" "$(policy)" "$u_old"
}

conf
daemon_start
daemon=$D
spawners=$(children "$(role_pid executor)" | sort)

### What is in force at once

agent touch "$W/a"
is "allowed to begin with" "$S" 0
DENY='"touch"'
conf
cb root status
has "status: another file on disk" "$T/out" "$CONF" "changed" \
    "is another by now"
cb cbtadmin doctor
has "doctor: the same" "$T/out" "is another by now" "clawbot reload"
agent touch "$W/a"
is "what was not reloaded is not in force" "$S" 0
reload "a deny"
has "a deny: names the file and the key" "$T/reloaded" "$CONF is in force" \
    "skills.default.deny"
cb root status
hasnot "status: what is in force is on disk" "$T/out" "is another by now"
agent touch "$W/a"
is "a deny: in force for requests" "$S" 77
has "a deny: by its rule" "$T/err" "skills.default.deny: touch"
agent sh -c "touch '$W/b'; :"
ok "a deny: in force inside of runs" test ! -e "$W/b"
agent cp /usr/bin/touch "$W/copy"
agent "$W/copy" "$W/b"
ok "a deny: for a copy under another name" test ! -e "$W/b"
cb cbtagent run -s other -- touch /tmp/x
is "a deny: of this skill alone" "$S" 0
DENY=
conf
reload "without it"
agent touch "$W/b"
is "without it: again" "$S" 0
is "nobody was started anew" "$(children "$(role_pid executor)" | sort)" \
    "$spawners"

LIMITS='"processes": 7, "openFiles": 33'
conf
reload "limits"
agent sh -c 'ulimit -n'
is "limits: of the next run" "$S $(cat "$T/out")" "0 33"
LIMITS='"timeoutSeconds": 1'
conf
reload "a shorter time"
agent sleep 60
is "a shorter time" "$S" 124
LIMITS=

a_quota() {
	[ "$TRY" -eq 1 ] || sleep 61
	RATE='"maxExecutionsPerMinute": 3'
	conf
	reload "a quota"
	for i in 1 2 3; do agent true; done
	within=$S
	agent true
	used_up=$S
	RATE='"maxExecutionsPerMinute": 4'
	conf
	reload "a larger quota"
	agent true
	more=$S
	agent true
}
in_a_minute a_quota
is "a quota: in it" "$within" 0
is "a quota: used up" "$used_up" 75
is "a larger quota: one more" "$more" 0
is "a larger quota: what was counted counts" "$S" 75
RATE=
conf
reload "no quota"

cbbg inside cbtother run -- sleep 1000
inside=$BGPID
until_true 60 running "sleep 1000" || bail "no run"
USERS='"cbtagent"'
conf
reload "fewer users"
cb cbtother run -- true
is "fewer users: refused" "$S" 77
ok "fewer users: whose run goes on" running "sleep 1000"
kill -TERM "$inside"
status_of "$inside"
ok "fewer users: who can end it" until_true 60 not_running "sleep 1000"
unset USERS
ADMINS='"cbtother", "cbtagent"'
conf
reload "other approvers"
cb cbtadmin doctor --sandbox
is "other approvers: none any more" "$S" 77
unset ADMINS
REACH='"other"'
conf
reload "fewer skills"
cb cbtagent run -s default -- true
is "fewer skills: refused" "$S" 77
unset REACH
conf
reload "as it was"

### The record

has "the record: digest, path and who" "$T/log/gateway.log" \
    '"ev":"load","path":"'"$CONF"
is "the record: of the policy in force" "$(grep '"ev":"load"' \
    "$T/log/gateway.log" | tail -n 1 | \
    sed 's/.*"digest":"\(.\{16\}\).*/\1/')" "$(policy)"
has "the record: by root" "$T/log/gateway.log" '"by":{"uid":0,'
grep '"ev":"text"' "$T/log/gateway.log" | tail -n 1 | \
    sed 's/^[^{]*//' >"$T/text.json"
is "the record: all of its text" "$(json "$T/text.json" text)" \
    "$(cat "$CONF")"
ok "the log is whole" "$B/clawbot" audit verify "$T/log"

### What changes nothing

cp -p "$CONF" "$T/good.conf"
echo '{ "skills": { "default": { "defualt": "deny", "deny": 3 } } }' >"$CONF"
unchanged "a bad file" 78 "$CONF:1:" 'did you mean "default"' \
    "nothing has changed"
printf '{ "channels": { "cli": { "users": ["nosuchuser"] } } }' >"$CONF"
unchanged "an account that there is not" 78 nosuchuser
chmod 666 "$CONF"
unchanged "a file that others can write to" 78 "writable by group or others"
rm "$CONF"
unchanged "no file" 78 "nothing has changed"
mv "$T/good.conf" "$CONF"
sed -i "s,$T/vault,$T/vault2," "$CONF"
install -m 777 -d "$T/vault2"
unchanged "what a start would refuse" 78 "$T/vault2"
rm -r "$T/vault2"
MORE='"sandbox": { "warm": 7 },'
SKILL=', "read": ["/opt"]'
SKILLS=', "third": {}'
DENY='"touch"'
conf
unchanged "what needs a restart" 77 "sandbox.warm: needs a restart" \
    "skills.default.read: needs" "skills.third: needs" "3 keys"
agent touch "$W/b"
is "what needs a restart: nothing else of it is in force" "$S" 0
cb root --json reload
is "what needs a restart: for programs" \
    "$(json "$T/out" reload.0.key)" "sandbox.warm"
MORE='' SKILL='' SKILLS='' DENY=''
conf
cb cbtadmin reload
is "not root: status" "$S" 77
has "not root: said" "$T/err" "only root may reload"
reload_log=$(grep -c '"ev":"load"' "$T/log/gateway.log")
is "refused ones are not recorded as loads" "$reload_log" \
    "$(grep -c 'was reloaded' "$T/d.err" | awk '{ print $1 + 1 }')"
cp "$CONF" "$T/elsewhere.conf"
echo '// another one' >>"$T/elsewhere.conf"
cb root reload -f "$T/elsewhere.conf"
is "-f: status" "$S" 0
has "-f: in force" "$T/out" "$T/elsewhere.conf is in force"
cb root reload -f "$CONF"
is "-f: back" "$S" 0
kill -HUP "$D"
ok "SIGHUP: said in the log" until_true 60 grep -q "clawbot reload" "$T/d.err"

### What runs, and what waits

ASK='"sh ask*"'
conf
reload "an ask"
for name in stays denied allowed gone; do
	printf '#!/bin/sh\necho ran %s\n' "$name" >"$W/ask$name"
done

# asked NAME: it waits, as $ID
asked() {
	cbbg "$1" cbtagent run -C "$W" -- sh "ask$1"
	eval "P$1=\$BGPID"
	until_true 60 has_waiting "ask$1" || bail "$1 does not wait"
}

has_waiting() {
	cb cbtadmin approvals && grep -q "$1" "$T/out"
}

id_of() {
	cb cbtadmin --json approvals
	perl -MJSON::PP -e 'local $/; my $v = decode_json(<STDIN>);
	    for (@{$v->{approvals}}) {
		my $c = join " ", map { ref $_ ? () : $_ }
		    @{$_->{plan}{argv} || $_->{argv} || []};
		print "$_->{run}\n" if $c =~ /$ARGV[0]/ }' "$1" <"$T/out"
}

waits_anew() {
	cb root --json ps
	! grep -q "judged anew" "$T/out"
}

asked stays
ID1=$(id_of askstays)
asked denied
asked allowed
cb cbtagent run --wait 0 -C "$W" -- sh askgone
is "its caller has left" "$S" 75
DENY='"sh askdenied"'
ASK='"sh askstays"'
conf
reload "while four wait"
has "while four wait: told" "$T/reloaded" "judged anew: 4"
status_of "$Pdenied"
is "denied now: refused" "$S" 77
has "denied now: by the new rule" "$T/denied.err" "skills.default.deny"
status_of "$Pallowed"
is "allowed now: runs" "$S $(cat "$T/allowed.out")" "0 ran allowed"
until_true 60 waits_anew
is "asked for still: the same question" "$(id_of askstays)" "$ID1"
ok "asked for still: asked once" test "$(grep -c '"ev":"request".*askstays' \
    "$T/log/gateway.log")" -eq 1
cb cbtadmin approve -y "$ID1"
is "asked for still: can be approved" "$S" 0
status_of "$Pstays"
is "asked for still: runs" "$S $(cat "$T/stays.out")" "0 ran stays"
gone=$(id_of askgone)
cb cbtagent wait "$gone"
is "allowed now, and its caller comes back: runs" "$S $(cat "$T/out")" \
    "0 ran gone"
ok "what was refused is recorded" \
    log_has '"ev":"refused"' askdenied

# An approval that nobody has used, for another policy.
DENY='' ASK='"sh ask*"'
conf
reload "all asked again"
cb cbtagent run --wait 0 -C "$W" -- sh askgone
gone=$(id_of askgone)
cb cbtadmin approve -y "$gone"
is "approved while nobody is there" "$S" 0
LIMITS='"openFiles": 44'
conf
reload "other limits"
until_true 60 has_waiting askgone
is "an approval under another policy is none" "$(id_of askgone)" "$gone"
cbbg back cbtagent wait "$gone"
back=$BGPID
until_true 60 grep -q "waiting for approval" "$T/back.err" ||
    bail "it is not claimed"
cb cbtadmin approve -y "$gone"
status_of "$back"
is "approved anew: runs" "$S $(cat "$T/back.out")" "0 ran gone"
is "approved twice, each in the log" "$(grep '"ev":"approve"' \
    "$T/log/gateway.log" | grep -c "$gone")" 2

# A run, and a program that it asks for, by the rules that it was born with.
ASK='"touch"' LIMITS=
conf
reload "an ask inside"
printf 'touch one\ntouch two\necho end\n' >"$W/held"
cbbg held cbtagent run -C "$W" -- sh held
held=$BGPID
until_true 60 has_waiting touch || bail "nothing is held"
ASK='' DENY='"touch"'
conf
reload "while one is held"
until_true 60 has_waiting "touch one" || bail "it is not held any more"
cb cbtadmin approve -y "$(awk 'NR == 2 { print $1 }' "$T/out")"
is "a program that is held can be approved" "$S" 0
until_true 60 has_waiting "touch two" || bail "no second one is held"
cb cbtadmin approve -y "$(awk 'NR == 2 { print $1 }' "$T/out")"
status_of "$held"
is "a run keeps the rules that it was born with" "$S $(cat "$T/held.out")" \
    "0 end"
ok "... to its end" test -e "$W/two"
agent touch "$W/three"
is "... and no other one does" "$S" 77

is "the same daemon" "$D" "$daemon"
ok "the log is whole at the end" "$B/clawbot" audit verify "$T/log"
daemon_stop
is "it stops as ever" "$DSTATUS" 0
daemon_start
agent touch "$W/three"
is "a restart has the same in force" "$S" 77
finish
