# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Every way out that a message names is gone, by the words that stand there, in
# the state in which the message appears.  At the end these are compared with
# all the commands that messages in the sources name.
. "$SRC/tests/regress/lib.sh"

# reload executes it
CLAWBOT_CLAWBOTD=$B/clawbotd
export CLAWBOT_CLAWBOTD
: >"$T/gone"
# names WHAT FILE PATTERN: the message in FILE has the command that the group
# of PATTERN matches, behind "clawbot "; its words are in WAY
names() {
	WAY=$(perl -e 'my ($file, $p) = @ARGV; open my $f, "<", $file or exit;
	    local $/; my $t = <$f> // ""; $t =~ s/\n(clawbot: )?/ /g;
	    print $1 if $t =~ /clawbot $p/' "$2" "$3")
	r=0
	[ -n "$WAY" ] || {
		r=1
		diag "/$3/ is not in: $(cat "$2")"
	}
	result "$r" "$1: named: ${WAY:-nothing}"
	printf '%s\n' "$WAY" >>"$T/gone"
}
# go ACCOUNT [MORE...]: what was named, and what it leaves open
go() {
	g_user=$1
	shift
	# shellcheck disable=SC2086 # words, as they stand there
	cb "$g_user" $WAY "$@"
}
# asks NAME ARGUMENT...: in the background; ID once it waits, ASKING
asks() {
	a_name=$1
	shift
	cbbg "$a_name" cbtagent run -n "$@"
	ASKING=$BGPID
	waiting
	until_true 60 grep -q "waiting for approval\|waits" "$T/$a_name.err"
}

SKILLS='"all": { "default": "ask", "write": ["'$W'"] },
    "build": { "default": "allow", "execs": "judge",
	"ask": ["rm **"], "write": ["'$W'"] },'
CHANNELS='"few": { "users": ["cbtother"], "access": "execute",
    "skills": ["*"] },'
BREAKER=3
LOGGING='"output": "excerpt",'
conf_default

### No daemon, and the ways to one

cb cbtagent status
is "no daemon: status" "$S" 69
has "no daemon: what to do" "$T/err" "clawbotd as root" "-S"
unit=$(sed -n 's/.*systemctl start \([^ ,]*\).*/\1/p' "$T/err")
ok "no daemon: the unit's name" test -e "$SRC/etc/$unit" -o \
    -e "$SRC/etc/$unit.in"
daemon_start
as cbtagent "$B/clawbot" -S "$T/run" status >/dev/null
is "no daemon: started as root, and named with -S" "$?" 0
cb cbtagent -c none ps
is "no such channel: status" "$S" 69
has "no such channel: which there are" "$T/err" " -c cli" " -c few"
# shellcheck disable=SC2046 # words
cb cbtagent $(grep -o -- '-c cli' "$T/err") ps
is "no such channel: one that was named" "$S" 0
for dir in "$T/run" "$T/run/channels"; do
	chmod 700 "$dir"
	cb cbtagent ps
	is "${dir#"$T/"} is shut: status" "$S" 77
	hasnot "${dir#"$T/"} is shut: nobody's fault" "$T/err" "users"
	eval "$(sed -n 's/.*as root, \(chmod .*\)/\1/p' "$T/err")"
	cb cbtagent ps
	is "${dir#"$T/"} is shut: as it says" "$S" 0
done
chmod 600 "$T/run/channels/cli.sock"
cb cbtagent ps
is "the socket is shut: status" "$S" 77
eval "$(sed -n 's/.*as root, \(chmod .*\)/\1/p' "$T/err")"
cb cbtagent ps
is "the socket is shut: as it says" "$S" 0

# Not among the users: what it names is changed, and reloaded.
cb cbtagent -c few run -- true
is "not a user: status" "$S" 77
has "not a user: where that is said" "$T/err" "channels.NAME.users"
CHANNELS='"few": { "users": ["cbtother", "cbtagent"], "access": "execute",
    "skills": ["*"] },'
conf_default
cb root doctor
names "a newer file" "$T/out" '(reload)'
go root
is "a newer file: reload" "$S" 0
cb cbtagent -c few run -- true
is "not a user: that was it" "$S" 0
S=0
"$B/clawbotd" -R -f "$CONF" >"$T/out" 2>"$T/err" </dev/null || S=$?
if [ "$S" -eq 64 ]; then
	names "clawbotd -R" "$T/err" '(reload)'
	go root
	is "clawbotd -R: reload" "$S" 0
fi
kill -HUP "$D"
ok "SIGHUP: said" until_true 60 grep -q "SIGHUP: " "$T/d.err"
grep "SIGHUP: " "$T/d.err" >"$T/hup"
names "SIGHUP" "$T/hup" '(reload)'
go root
is "SIGHUP: reload" "$S" 0

### A request that waits

asks one -s all -C "$W" -- touch one
names "a request waits" "$T/one.err" '(approve r[a-z0-9]+)'
go cbtadmin -y
is "a request waits: approve" "$S" 0
status_of "$ASKING"
is "a request waits: it runs" "$S" 0
printf x >"$W/held"
cbbg held cbtagent run -n -s build -C "$W" -- sh -c 'rm held; echo past'
HELD=$BGPID
until_true 60 grep -q "waits for approval" "$T/held.err"
names "a program waits" "$T/held.err" '(approve r[a-z0-9]+)'
go cbtadmin -y
is "a program waits: approve" "$S" 0
status_of "$HELD"
is "a program waits: it runs" "$S $(cat "$T/held.out")" "0 past"

S=0
cb cbtagent run -n --wait 1 -s all -C "$W" -- touch two
is "waited for long enough: status" "$S" 75
names "waited for long enough" "$T/err" '(wait r[a-z0-9]+)'
ID=${WAY#wait }
cb cbtadmin approve -y "$ID"
go cbtagent -n
is "waited for long enough: wait" "$S" 0
ok "waited for long enough: it ran" test -e "$W/two"

S=0
cb cbtagent run -d -s all -C "$W" -- touch three
[ "$S" -ne 75 ] || names "detached, and it waits" "$T/err" '(wait r[a-z0-9]+)'
waiting
cb cbtagent kill "$ID"

asks three -s all -C "$W" -- touch three
mkdir -p "$T/pty"
chown cbtadmin "$T/pty"
printf 'pages Enter: on|let it run?\ntype \\r\n' >"$T/pty/script"
S=0
as cbtadmin "$H/onpty" -s 24x80 "$T/pty/script" "$B/clawbot" -S "$T/run" \
    approve "$ID" </dev/null 2>&1 | tr -d '\r' >"$T/screen" || S=$?
names "not approved" "$T/screen" '(deny r[a-z0-9]+)'
go cbtadmin -r "no"
is "not approved: deny" "$S" 0
status_of "$ASKING"
is "not approved: it is refused" "$S" 77

asks four -s all -C "$W" -- printf four
cb cbtadmin approve -y --digest "$(head -c 64 /dev/zero | tr '\0' 0)" "$ID"
is "another digest: status" "$S" 1
names "another digest" "$T/err" '(approvals show r[a-z0-9]+)'
go cbtadmin
is "another digest: approvals show" "$S" 0
has "another digest: shown" "$T/out" "printf four"
cb cbtadmin approve -y --for 1h "$ID"
names "a standing approval" "$T/out" '(revoke s[a-z0-9]+)'
status_of "$ASKING"
again() {
	cb cbtagent run -n --no-wait -s all -C "$W" -- printf four
}
again
is "a standing approval: unasked" "$S" 0
go cbtadmin
is "a standing approval: revoke" "$S" 0
again
is "a standing approval: asked again" "$S" 77
has "... and how" "$T/err" "without --no-wait"
cb cbtadmin revoke nonsense
is "revoke of nothing: status" "$S" 64
names "revoke of nothing" "$T/err" '(standing)'
go cbtadmin
is "revoke of nothing: standing" "$S" 0

# What does not wait any more.
cb cbtadmin approve -y "$ID"
is "nothing waits: status" "$S" 1
names "nothing waits" "$T/err" '(approvals)'
go cbtadmin
is "nothing waits: approvals" "$S" 0
go cbtadmin --lapsed
is "nothing waits: with --lapsed" "$S" 0
has "... which has what was denied" "$T/out" "touch three"
cb cbtagent kill nonsense
is "no run's name: status" "$S" 64
names "no run's name" "$T/err" '(ps)'
go cbtagent
is "no run's name: ps" "$S" 0

### Refused

cb cbtagent run -- touch denied
is "by a rule: status" "$S" 77
names "by a rule" "$T/err" '(policy why) -- CMD'
go cbtagent -- touch denied
is "by a rule: policy why" "$S" 1
has "by a rule: which" "$T/out" "touch denied"
cb cbtagent run -- touch denied
names "by a rule" "$T/err" '(policy list)'
go cbtagent
is "by a rule: policy list" "$S" 0
has "by a rule: what may be asked for" "$T/out" "skill all"
cb cbtagent run -s nosuch -- true
names "no such skill" "$T/err" '(policy list)'
go cbtagent
has "no such skill: which there are" "$T/out" "skill all" "skill build"
cb cbtagent run -C /root -- true
names "no such place" "$T/err" '(policy list)'
go cbtagent
has "no such place: which there are" "$T/out" "$W"
cbbg no cbtagent run -n -s all -C "$W" -- touch five
waiting
cb cbtadmin deny "$ID"
status_of "$BGPID"
names "denied" "$T/no.err" '(approvals --lapsed)'
go cbtadmin
has "denied: it is there" "$T/out" "$ID"
cb cbtadmin approve -y "$ID"
cb cbtagent run -n --no-wait -s all -C "$W" -- touch five
is "denied: approved late, the same request runs" "$S" 0

### What doctor and status say, and what ends it

# well WHAT: nothing is refused any more
well() {
	cb root doctor
	is "$1: doctor, afterwards" "$S" 0
	cb root status
	is "$1: status, afterwards" "$S" 0
}
for what in "" "-u cbtagent" "-s default" "-c cli"; do
	# shellcheck disable=SC2086 # words
	cb root stop $what -r drill
	is "stop $what: status" "$S" 0
	names "stop $what" "$T/out" '(resume(?: -\S \S+)?)'
	cb cbtagent run -n -- true
	is "stop $what: refused" "$S" 75
	names "stop $what, refused" "$T/err" '(status)'
	go cbtagent
	is "stop $what: status tells" "$S" 1
	has "stop $what: why" "$T/out" drill
	cb root doctor
	is "stop $what: doctor" "$S" 1
	names "stop $what, doctor" "$T/out" '(resume(?: -\S \S+)?) ends'
	go root
	is "stop $what: ended" "$S" 0
	well "stop $what"
done
cb root stop -u cbtagent
cb root stop -u cbtother
cb root resume
is "another stop: status" "$S" 1
names "another stop" "$T/err" '(status)'
go root
has "another stop: which" "$T/out" "user $(id -u cbtagent)" \
    "user $(id -u cbtother)"
cb root resume -u cbtagent
cb root resume -u cbtother
well "another stop"

broken() {
	cb cbtagent run -n -- sh -c 'kill -SEGV $$'
	[ "$S" -eq 75 ]
}
ok "a breaker opens" until_true 60 broken
names "a breaker is open" "$T/err" '(status)'
go cbtagent
is "a breaker is open: status" "$S" 1
has "a breaker is open: which" "$T/out" breaker
cb cbtadmin doctor
is "a breaker is open: doctor" "$S" 1
cp "$T/out" "$T/doctor"
names "a breaker is open" "$T/doctor" '(audit tail)'
go cbtadmin
has "a breaker is open: what failed" "$T/out" SEGV
names "a breaker is open" "$T/doctor" '(breaker reset)'
go cbtadmin
is "a breaker is open: reset" "$S" 0
well "a breaker is open"

# More of everything than status has room for.
for i in 1 2 3 4; do
	cbbg "more$i" cbtagent run -n -- sleep 1000
	cbbg "wait$i" cbtagent run -n -s all -C "$W" -- touch "more$i"
done
full() {
	cb root status
	grep -q "more: clawbot approvals" "$T/out" &&
	    grep -q "more: clawbot ps" "$T/out"
}
ok "more than fits" until_true 60 full
cp "$T/out" "$T/status"
names "more than fits" "$T/status" '(approvals)'
go root
is "more than fits: approvals" "$(grep -c "touch more" "$T/out")" 4
names "more than fits" "$T/status" '(ps)'
go root
is "more than fits: ps" "$(grep -c "sleep 1000" "$T/out")" 4
MANY="-s_default -s_all -s_build -c_cli -c_few -u_cbtagent -u_cbtother"
for what in $MANY; do
	# shellcheck disable=SC2046 # words
	cb root stop $(echo "$what" | tr _ ' ')
done
cb root status
names "more than fits" "$T/out" '(doctor)'
go root
is "more than fits: doctor" "$(grep -c '^bad .*stop of ' "$T/out")" 7
sed -n 's/^bad .*stop of .*clawbot \(resume .*\) ends it/\1/p' "$T/out" >"$T/all"
while read -r WAY <&3; do
	go root
done 3<"$T/all"
cb root kill --all
well "more than fits"

# A file that would not be taken.
printf '{ "skills": 1 }\n' >"$T/bad.conf"
cb root policy diff "$T/bad.conf"
is "policy diff, not sound: status" "$S" 2
names "policy diff, not sound" "$T/err" '(policy check \S+)'
go root
is "policy diff, not sound: policy check" "$S" 1
has "policy diff, not sound: why" "$T/out" "skills"

### The daemon goes away under a run

cbbg lost cbtagent run -n -- sleep 1000
until_true 60 started "sleep 1000"
LOST=$BGPID
daemon_kill
status_of "$LOST"
is "lost: status" "$S" 125
names "lost" "$T/lost.err" '(audit show r[a-z0-9]+)'
daemon_start
go cbtagent
is "lost: audit show" "$S" 0
has "lost: what was recorded" "$T/out" "lost"
go cbtadmin
has "lost: and all of it for an approver" "$T/out" "sleep 1000" "lost"
daemon_stop

# Detached runs have all places.
MORE='"detached": { "maxRuns": 2 },'
conf_default
daemon_start
cb cbtagent run -d -- sleep 1000
cb cbtother run -d -- sleep 1000
cb cbtagent run -d -- sleep 1000
is "no place: status" "$S" 75
names "no place" "$T/err" '(status)'
go cbtagent
is "no place: status tells" "$S" 1
cb root doctor
is "no place: doctor" "$S" 1
cp "$T/out" "$T/doctor"
names "no place" "$T/doctor" '(ps)'
go root
RUN=$(sed -n 's/^\(r[a-z0-9]*\) .*sleep 1000/\1/p' "$T/out" | head -n 1)
names "no place" "$T/doctor" '(kill) RUN'
go root "$RUN"
is "no place: kill" "$S" 0
ended() {
	cb root doctor
	[ "$S" -eq 0 ]
}
ok "no place: doctor, afterwards" until_true 60 ended
cb root kill --all
MORE=
daemon_stop

# A sandbox that does not hold.
conf_default
leave_out seccomp@build
daemon_start
cb root doctor
is "it does not hold: doctor" "$S" 1
names "it does not hold" "$T/out" '(doctor --sandbox)'
go root
is "it does not hold: doctor --sandbox" "$S" 1
has "it does not hold: what went through" "$T/out" "skill build"
leave_out ""
daemon_start
cb root doctor
is "it does not hold: mended, and restarted" "$S" 0

### The vault, and the log

printf 'TOKEN=abcdefgh\n' >"$T/token"
daemon_stop
for f in "$T/vault/"*; do
	[ ! -e "$f" ] || rm -f "$f"
done
install -m 600 -o _clawbot-vault -g _clawbot-vault "$T/token" \
    "$T/vault/secrets.env"
daemon_try || :
cb root doctor
cat "$T/d.err" "$T/out" >"$T/said"
names "a dotenv file" "$T/said" '(secrets set) NAME'
rm -f "$T/vault/secrets.env"
daemon_stop
daemon_start
printf abcd-efgh >"$T/value"
# shellcheck disable=SC2086 # words
cbin cbtadmin $WAY TOKEN <"$T/value"
is "a dotenv file: secrets set" "$S" 0
cb cbtadmin secrets list
has "a dotenv file: it is there" "$T/out" TOKEN
cb cbtadmin run -- true

# A skill whose runs get secrets: none is there, or the vault is locked.
daemon_stop
SKILLS=$SKILLS' "deploy": { "default": "allow",
    "secrets": { "OTHER": "env" } },'
conf_default
daemon_start
cb cbtagent run -n -s deploy -- true
is "no such secret: status" "$S" 77
names "no such secret" "$T/err" '(secrets set OTHER)'
# shellcheck disable=SC2086 # words
cbin cbtadmin $WAY <"$T/value"
is "no such secret: secrets set" "$S" 0
cb cbtagent run -n -s deploy -- true
is "no such secret: it runs" "$S" 0
daemon_stop
cp "$CONF" "$T/unlocked.conf"
perl -0pi -e 's/"unlock": \[[^]]*\]/"unlock": []/' "$CONF"
daemon_start
cb cbtagent run -n -s deploy -- true
is "a locked vault: status" "$S" 75
names "a locked vault" "$T/err" '(status)'
go cbtagent
is "a locked vault: status tells" "$S" 1
has "a locked vault: which skill, and why" "$T/out" "skill deploy" \
    "vault.unlock"
cb root doctor
is "a locked vault: doctor" "$S" 1
ok "a locked vault: which skill" grep -q \
    "^bad .*skill deploy: .*vault is locked.*restart the daemon" "$T/out"
cb cbtagent run -n -- true
is "a locked vault: others run" "$S" 0
daemon_stop
cp "$T/unlocked.conf" "$CONF"
daemon_start
well "a locked vault"
cb cbtagent run -n -s deploy -- true
is "a locked vault: unlocked, and restarted" "$S" 0

# A byte of an old record.
perl -e 'open my $f, "+<", $ARGV[0] or die; local $/; my $t = <$f>;
    my $at = index($t, "cbt", 100); die if $at < 0; seek $f, $at, 0;
    print $f "x"; close $f or die' "$T/log/gateway.log"
cb root doctor
is "tampered: doctor" "$S" 1
names "tampered" "$T/out" '(audit verify)'
go root
is "tampered: audit verify" "$S" 2
daemon_stop
daemon_try || :
ok "tampered: it does not start" child_over "$D"
names "tampered, no start" "$T/d.err" '(audit verify [^" ]+)'
go root
is "tampered, no start: audit verify" "$S" 2
mv "$T/log" "$T/log.old"
daemon_start
cb cbtagent run -- true
is "tampered, no start: a new log" "$S" 0
daemon_stop

### The doors of agents

daemon_start
# called TOOL INPUT: what an agent's hook is told
called() {
	printf '{"hook_event_name":"PreToolUse","cwd":"%s","tool_name":"%s",' \
	    "$W" "$1"
	printf '"tool_input":%s}\n' "$2"
}
called Nonesuch '{}' >"$T/in"
cbin cbtagent hook generic <"$T/in"
has "a tool of the agent's own: refused" "$T/out" '"deny"'
names "a tool of the agent's own" "$T/out" '(run)'
go cbtagent -- true
is "a tool of the agent's own: the way is open" "$S" 0
cb cbtagent connect generic
names "an agent that is not known" "$T/out" '(hook generic)'
called Bash '{"command":"true"}' >"$T/in"
# shellcheck disable=SC2086 # words
cbin cbtagent $WAY <"$T/in"
has "an agent that is not known: its hook answers" "$T/out" '"allow"'
"$B/clawbot-sh" -i >"$T/out" 2>"$T/err" </dev/null || :
names "a shell that is talked to" "$T/err" '(run)'
"$B/clawbot-sh" --help >"$T/out"
names "a shell" "$T/out" '(run --shell)'
go cbtagent 'true && true'
is "a shell: the way is open" "$S" 0
install -d -o cbtagent "$T/home"
as cbtagent env HOME="$T/home" "$B/clawbot" connect --write codex \
    >"$T/out" 2>&1 </dev/null
is "set up" "$?" 0
names "what is in the agent's file" "$T/home/.codex/config.toml" '(connect)'
# shellcheck disable=SC2086 # words
as cbtagent env HOME="$T/home" "$B/clawbot" $WAY --remove codex \
    >"$T/out" 2>&1 </dev/null
is "what is in the agent's file: taken out" "$?" 0
ok "what is in the agent's file: is gone" \
    test ! -s "$T/home/.codex/config.toml"
daemon_stop

### A long page

daemon_start
cb cbtagent run -s build -- sh -c \
    'for i in $(seq 50); do : >"$1/many.$i"; done' sh "$W"
is "many files: status" "$S" 0
run=$(sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
    "$T/log/gateway.log" | tail -n 1)
cb cbtagent audit show "$run"
names "many files" "$T/out" '(audit show --all r[a-z0-9]+)'
go cbtadmin
has "many files: all of them" "$T/out" many.1 many.50

### What a run has printed

cb cbtagent --json run -- echo printed
run=$(json "$T/out" run)
cb cbtadmin audit show "$run"
names "printed" "$T/out" '(audit show --output r[a-z0-9]+)'
go cbtadmin
is "printed: it is shown" "$(cat "$T/out")" printed

### A vault that is locked, older, or not there

printf %s value-of-token-1 >"$T/value"
cbin cbtadmin secrets set A_TOKEN <"$T/value"
cp -p "$T/vault/secrets.env" "$T/older"
cbin cbtadmin secrets set A_TOKEN <"$T/value"
cb cbtadmin secrets lock
is "locked: status" "$S" 0
cb cbtadmin secrets list
is "locked: list" "$S" 75
names "locked" "$T/err" '(secrets lock)'
go cbtadmin
is "locked: it is that already" "$S" 1
cb cbtadmin secrets list
names "locked" "$T/err" '(secrets unlock)'
go root -k "$T/key"
is "locked: its key file opens it" "$S" 0
daemon_stop
cp -p "$T/older" "$T/vault/secrets.env"
daemon_start
names "older" "$T/d.err" '(secrets recover --accept-rollback)'
go cbtadmin -r "from a copy"
is "older: gone on with" "$S" 0
cb cbtadmin secrets list
has "older: it has what the copy had" "$T/out" A_TOKEN
daemon_stop
mv "$T/vault" "$T/vault.old"
mv "$T/log" "$T/log.old.2"
sed 's|"keyfile:[^"]*"|"passphrase"|' "$CONF" >"$T/new" &&
    cat "$T/new" >"$CONF"
daemon_start
printf 'any passphrase of some length\n' >"$T/in"
cbin cbtadmin secrets unlock <"$T/in"
names "no vault" "$T/err" '(secrets slots add passphrase)'
# shellcheck disable=SC2086 # words
cbin cbtadmin $WAY <"$T/in"
is "no vault: it is made" "$S" 0
cbin cbtadmin secrets set A_TOKEN <"$T/value"
is "no vault: and open" "$S" 0
daemon_stop

### A log that is damaged

perl -e 'open my $f, "+<", $ARGV[0] or die; local $/; my $t = <$f>;
    my $at = index($t, "cbt", 100); die if $at < 0; seek $f, $at, 0;
    print $f "x"; close $f or die' "$T/log/gateway.log"
daemon_try || :
ok "damaged: it does not start" child_over "$D"
names "damaged" "$T/d.err" '(audit recover)'
go root -f "$CONF"
is "damaged: audit recover tells" "$S" 2
names "damaged" "$T/out" '(audit recover --accept-loss)'
go root -f "$CONF" -r "a damaged disk"
is "damaged: gone on with" "$S" 0
daemon_start
cb cbtagent run -- true
is "damaged: an emergency stop is in force" "$S" 75
cb root resume -r "looked at"
cb cbtagent run -- true
is "damaged: it goes on" "$S" 0
daemon_stop

### A log directory that is full

mkdir "$T/disk"
mount -t tmpfs -o size=3m,mode=755 none "$T/disk" ||
    bail "cannot mount a small file system"
UNDO="umount -l '$T/disk' 2>/dev/null; $UNDO"
install -d -o _clawbot-audit -m 700 "$T/disk/log"
conf_default
sed "s,\"$T/log\",\"$T/disk/log\"," "$CONF" >"$CONF.new"
mv "$CONF.new" "$CONF"
daemon_start
dd if=/dev/zero of="$T/disk/filler" bs=4096 2>/dev/null
S=0
n=0
big=$(head -c 60000 /dev/zero | tr '\0' x)
while [ "$S" -ne 75 ] && [ $n -lt 1000 ]; do
	cb cbtagent run -- true "$big"
	n=$((n + 1))
done
cp "$T/err" "$T/full"
names "full" "$T/full" '(audit prune)'
go cbtadmin --keep-days 1 -r "for room"
is "full: nothing is so old, and it is said: status" "$S" 0
has "full: what is said" "$T/out" "nothing"
names "full, or elsewhere" "$T/full" '(audit archive)'
mkdir "$T/elsewhere"
go root --before 1d -r "for room" "$T/elsewhere"
has "full, or elsewhere: what is said" "$T/out" "nothing"
rm "$T/disk/filler"
daemon_stop

### All of them

# commands: what messages in the sources name, each by the words of a command
# and its long options
commands() {
	"$B/clawbot" --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\).*/\1/p' |
	    sed 's/  .*//' >"$T/commands"
	find "$SRC/client" "$SRC/supervisor" "$SRC/auditor" "$SRC/vault" \
	    "$SRC/executor" "$SRC/common" -name '*.c' |
	perl -e 'open my $c, "<", $ARGV[0] or die;
	    my @c = sort { length $b <=> length $a } map { chomp; $_ } <$c>;
	    my $c = join "|", map quotemeta, @c; my %seen;
	    while (my $name = <STDIN>) { chomp $name;
		open my $f, "<", $name or die; local $/; my $s = <$f>;
		$s =~ s{/\*.*?\*/}{}gs; $s =~ s/"\s*"//g;
		while ($s =~ /"((?:[^"\\\n]|\\.)*)"/g) {
		    my $t = $1;
		    $seen{"$1$2"} = 1
			# " clawbot top: 3 runs" is a head
			while $t =~ /\bclawbot ($c)\b(?!: %)((?: --[a-z][a-z-]*)?)/g;
		} }
	    print map "$_\n", sort keys %seen' "$T/commands"
}
commands >"$T/named"
ok "messages name commands" test "$(wc -l <"$T/named")" -ge 20
while read -r named; do
	r=0
	grep -qE "^$named( |\$)" "$T/gone" || r=1
	result "$r" "clawbot $named: was gone where it is named"
done <"$T/named"
finish
