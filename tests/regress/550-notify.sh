# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2016,SC2317
#
# approvals.notify: a program is told of what begins to wait, by a process that
# holds nothing.  Whatever it is told of, and whatever it does, is its own
# affair: it gets no descriptor, no right and no word that means anything to a
# shell, and what waits is decided as ever.
. "$SRC/tests/regress/lib.sh"

### A program that writes down what it is told, and does what $T/do says

install -d -o _clawbot-notify -m 755 "$T/said"
cat >"$T/tell" <<END
#!/bin/sh
exec 2>&1
n=\$\$
env >$T/said/\$n.env
cat >$T/said/\$n.text
grep -E '^(Cap|NoNewPrivs|Seccomp:|Uid|Gid|Groups)' /proc/self/status \
    >$T/said/\$n.status
ls -l /proc/self/fd >$T/said/\$n.fds
. $T/do
: >$T/said/\$n.over
END
chmod 755 "$T/tell"
: >"$T/do"
chmod 644 "$T/do"
APPROVALS="\"notify\": \"$T/tell\", \"maxPending\": 200"
conf_default

# So many were told, to the end.
told() {
	find "$T/said" -name '*.over' | wc -l
}
# notice_of ID: that one, in NOTICE, was told
notice_of() {
	NOTICE=$(grep -lx "CLAWBOT_RUN=$1" "$T"/said/*.env 2>/dev/null) &&
	    NOTICE=${NOTICE%.env} && [ -e "$NOTICE.over" ]
}
# ask NAME COMMAND...: a request that waits, in ID and NAME's background
ask() {
	a_name=$1
	shift
	cbbg "$a_name" cbtagent run -r "${REASON-because}" -- "$@"
	APID=$BGPID
	waiting
}
approve() {
	cb cbtadmin approve -y "$ID"
	status_of "$APID"
}

daemon_start
N=$(role_pid notifier) || N=
ok "there is a notifier" test -n "$N"
is "nobody looks into it" "$(stat -c %U "/proc/$N/fd" "/proc/$N/mem")" \
    "root${NL}root"
is "its account" "$(awk '/^Uid:/ { print $2, $3, $4 }' \
    "/proc/$N/status")" "$(id -u _clawbot-notify) $(id -u \
    _clawbot-notify) $(id -u _clawbot-notify)"
is "its capabilities" "$(awk '/^Cap/ { print $2 }' "/proc/$N/status" |
    sort -u)" 0000000000000000
is "no new privileges, and a filter" "$(awk \
    '/^(NoNewPrivs|Seccomp):/ { print $2 }' "/proc/$N/status" |
    tr '\n' ' ')" "1 2 "
is "its descriptors: what is a socket or a pipe" "$(find "/proc/$N/fd" \
    -type l \( -lname 'socket:*' -o -lname 'pipe:*' \) | wc -l)" 2
is "its descriptors: all" "$(find "/proc/$N/fd" -type l | wc -l)" 6

### What it is told

REASON="make room"
ask one touch asked "$W/a"
ok "it is told" until_true 60 notice_of "$ID"
has "text: what waits" "$NOTICE.text" "request $ID waits" "channel cli" \
    "skill default" "touch asked $W/a" "make room" \
    "clawbot approve $ID"
has "environment: facts" "$NOTICE.env" CLAWBOT_KIND=request \
    CLAWBOT_CHANNEL=cli CLAWBOT_SKILL=default CLAWBOT_MISSED=0 \
    "CLAWBOT_UID=$(id -u cbtagent)" CLAWBOT_WAITING=1
is "environment: and nothing else" "$(grep -vcE \
    '^(CLAWBOT_[A-Z]*|PATH|HOME|LANG|PWD|OLDPWD|SHLVL|_)=' "$NOTICE.env")" 0
is "nothing that the log hides, no test's own" \
    "$(grep -c "$T/run\|LIBEXEC" "$NOTICE.env")" 0
is "its account and nobody else's" "$(awk '/^(Uid|Gid):/ { print $2, $5 }' \
    "$NOTICE.status" | sort -u)" "$(id -u _clawbot-notify) $(id -u \
    _clawbot-notify)"
is "no group" "$(sed -n 's/^Groups:[[:space:]]*//p' "$NOTICE.status")" ""
is "no capability" "$(awk '/^Cap/ { print $2 }' "$NOTICE.status" |
    sort -u)" 0000000000000000
is "no new privileges, and a filter, for the program" "$(awk \
    '/^(NoNewPrivs|Seccomp):/ { print $2 }' "$NOTICE.status" |
    tr '\n' ' ')" "1 2 "
is "descriptors: three, and the one of who looks" \
    "$(grep -c ' -> ' "$NOTICE.fds")" 4
approve
is "what waited is decided: status" "$S" 0

### Text of others

E=$(printf '\033')
REASON="\$(touch $T/said/reason)${NL}From: root$NL.$NL${E}[2J \`id\`"
ask two touch asked "--help" "\$(touch $T/said/word)" "a;b|c" \
    "line${NL}Subject: x" "$(printf 'b\342\200\256i')" "${E}]0;x" \
    "$(printf 'bad\377')" "token=hidden-value" "$(printf '%060000d' 7)"
ok "hostile words: told" until_true 60 notice_of "$ID"
has "hostile words: as they are" "$NOTICE.text" "\$(touch $T/said/word) a;b|c"
is "hostile words: no control character" "$(LC_ALL=C tr -d '\n -~' \
    <"$NOTICE.text" | wc -c)" 0
is "hostile words: no line of theirs" "$(grep -cE '^(Subject|From|\.$)' \
    "$NOTICE.text")" 0
is "hostile words: nothing was run" "$(find "$T/said" -name word -o \
    -name reason | wc -l)" 0
hasnot "hostile words: none that the log hides" "$NOTICE.text" hidden-value
ok "hostile words: a short text" test "$(wc -c <"$NOTICE.text")" -lt 1500
approve

### What it may do

# The kernel refuses each; a line for each that it does not.
cat >"$T/do" <<END
{
for f in /etc/cbt /run/cbt /var/lib/cbt /usr/cbt /dev/shm/cbt $T/cbt $T/log/cbt \
    $T/vault/cbt $T/run/channels/cbt $W/cbt; do
	(: >\$f) 2>/dev/null && echo "wrote \$f"
done
cat $T/key $T/log/gateway.log $T/vault/secrets.env 2>/dev/null &&
    echo "read what is not its own"
for p in $D $N \$(cat /proc/$D/task/$D/children); do
	kill -9 \$p 2>/dev/null && echo "killed \$p"
	head -c 1 /proc/\$p/mem >/dev/null 2>&1 && echo "read \$p"
	ls /proc/\$p/fd >/dev/null 2>&1 && echo "saw descriptors of \$p"
done
kill -9 1 2>/dev/null; kill -STOP 1 2>/dev/null
unshare -U true 2>/dev/null && echo "made a namespace"
unshare -Um true 2>/dev/null && echo "made a namespace"
cp /bin/true $T/said/suid && chmod 4755 $T/said/suid 2>/dev/null &&
    echo "made it set-user-ID"
for c in "approve -y \$CLAWBOT_RUN" "deny \$CLAWBOT_RUN" "approvals" \
    "run -- true" "stop -r x" "secrets list" "audit tail"; do
	$B/clawbot -S $T/run -c cli \$c </dev/null >/dev/null 2>&1 &&
	    echo "clawbot \$c"
done
echo x >$T/said/written && echo "its own place"
} >$T/said/tries
END
REASON=because
ask three touch asked "$W/c"
ok "what it may do: told" until_true 60 notice_of "$ID"
is "what it may do: nothing but write beneath /tmp" \
    "$(cat "$T/said/tries")" "its own place"
ok "what it may do: it still waits" have_waiting
is "what it may do: the notifier is the same" "$(role_pid notifier)" "$N"
approve
is "what it may do: decided by another one" "$S" 0
has "its way to the socket is refused" "$T/log/gateway.log" \
    "\"uid\":$(id -u _clawbot-notify)"

### What it leaves behind, and how it fails

cat >"$T/do" <<END
for i in 1 2 3; do setsid sleep 7654 & done
: >$T/said/\$n.over
echo "cannot reach ${E}[1mthe chat" >&2
exit 3
END
ask four touch asked "$W/d"
ok "it fails: told" until_true 60 notice_of "$ID"
ok "it fails: the log of the daemon has it" until_true 60 grep -q \
    "approvals.notify: $T/tell exited with status 3" "$T/d.err"
has "it fails: and what it said" "$T/d.err" "it said: cannot reach "
hasnot "it fails: no control character of its" "$T/d.err" "$E"
ok "what it left behind is gone" until_true 60 not_running "sleep 7654"
cb cbtagent status
has "it fails: status" "$T/out" "$T/tell: fails"
is "it fails: nothing is refused for it" "$S" 0
cb cbtadmin doctor
has "it fails: doctor" "$T/out" "note  approvals.notify" \
    "exited with status 3"
approve
is "it fails: what waited is decided" "$S" 0

# More processes than it may have, and no end: its time is up.
cat >"$T/do" <<END
exec >/dev/null 2>&1
trap '' TERM
: >$T/said/\$n.over
(for i in \$(seq 200); do setsid sleep 7655 & done)
exec sleep 7655
END
ask five touch asked "$W/e"
ok "it hangs: told" until_true 60 notice_of "$ID"
approve
is "it hangs: what waits is decided meanwhile" "$S" 0
: >"$T/do"
ask six touch asked "$W/f"
ok "it hangs: its time ends, and the next one is told" \
    until_true 90 notice_of "$ID"
has "it hangs: the log of the daemon has it" "$T/d.err" "was ended after"
ok "it hangs: nothing of it is left" until_true 60 not_running "sleep 7655"
ok "it works again: said" until_true 60 grep -q "works again" "$T/d.err"
approve

### Programs inside of runs

cat >"$W/ask.sh" <<END
touch asked $W/inside token=inside-value
END
cbbg inside cbtagent run -- env sh "$W/ask.sh"
APID=$BGPID
held() {
	cb cbtadmin --json approvals &&
	    ID=$(json "$T/out" approvals.0.question)
}
ok "a program inside: it waits" until_true 60 held
ok "a program inside: told" until_true 60 notice_of "$ID"
has "a program inside: text" "$NOTICE.text" "a program of a run, $ID waits" \
    "touch inside of: env sh $W/ask.sh"
hasnot "a program inside: none of its words" "$NOTICE.text" inside-value
has "a program inside: kind" "$NOTICE.env" CLAWBOT_KIND=program
approve
daemon_stop

### A flood

rm -f "$T"/said/*
MORE='"detached": { "maxRuns": 256, "maxMB": 65536 }'
conf_default
# each of them takes its time, so that the machine may take its own
echo "sleep 1000" >"$T/do"
daemon_start
n=0
while [ "$n" -lt 70 ]; do
	n=$((n + 1))
	cb cbtagent run -d -- touch asked "$W/flood$n"
done
is "a flood: all wait" "$(cb cbtadmin --json approvals; grep -o \
    '"run":' "$T/out" | wc -l)" 70
begun() {
	find "$T/said" -name '*.env' | wc -l
}
some_begun() {
	[ "$(begun)" -gt 0 ]
}
ok "a flood: some are told" until_true 60 some_begun
missed() {
	cb cbtagent status --all
	grep -qE "notices, [0-9]+ failed, [1-9][0-9]* left out" "$T/out" &&
	    return 0
	grep -qhE '^CLAWBOT_MISSED=[1-9]' "$T"/said/*.env
}
ok "a flood: what was left out is counted" until_true 60 missed
cb cbtother run -d -- touch asked "$W/flood-other"
told_of_other() {
	grep -q flood-other "$T"/said/*.text
}
ok "a flood: of another account somebody is told" until_true 90 told_of_other
ok "a flood: nobody runs it all at once" test "$(begun)" -lt 35
cb cbtadmin kill --all
daemon_stop
: >"$T/do"
MORE=

### Its process dies

rm -f "$T"/said/*
daemon_start
kill -9 "$(role_pid notifier)"
ok "it dies: said" until_true 60 grep -q "notifier was ended by signal 9" \
    "$T/d.err"
cb cbtagent status --all
has "it dies: status" "$T/out" "the notifier was ended by signal 9"
ask seven touch asked "$W/g"
approve
is "it dies: what waits is decided" "$S" 0
is "it dies: nobody is told" "$(told)" 0
cb cbtadmin doctor
has "it dies: doctor" "$T/out" "note  approvals.notify" "restart the daemon"
daemon_stop
is "it dies: the daemon ends in order" "$DSTATUS" 0

### Its process was taken over

# taken NAME REASON RULE
taken() {
	middle_start notifier "$3"
	ask "t$1" touch asked "$W/t$1"
	ok "taken over, $1: said" until_true 60 grep -q \
	    "notifier broke the protocol: $2\|notifier $2" "$T/d.err"
	ok "taken over, $1: the daemon goes on" have_waiting
	approve
	is "taken over, $1: what waits is decided" "$S" 0
	daemon_stop
	is "taken over, $1: the daemon's end" "$DSTATUS" 0
}
taken again N_DONE 'up N_DONE 1 twice'
taken other N_DONE 'up N_DONE 1 id 1'
taken value "" 'up N_DONE 1 long'
taken foreign "" 'up N_DONE 1 send A_TICKET 122 0'
taken early PONG 'up N_DONE 1 send PONG 0 0'
taken gone "closed its connection" 'up N_DONE 1 close'
LIBEXEC=$B

### The examples

rm -f "$T"/said/*
sed "s|^SENDMAIL=.*|SENDMAIL=$T/sendmail|" "$SRC/etc/notify/mail" >"$T/mail"
cat >"$T/sendmail" <<END
#!/bin/sh
printf '%s\n' "\$@" >$T/said/arguments
cat >$T/said/letter
: >$T/said/sent
END
chmod 755 "$T/mail" "$T/sendmail"
APPROVALS="\"notify\": \"$T/mail\""
conf_default
daemon_start
REASON="please${NL}Bcc: everybody"
ask mail touch asked "$W/mail"
ok "a mail: sent" until_true 60 test -e "$T/said/sent"
is "a mail: to whom" "$(tr '\n' ' ' <"$T/said/arguments")" \
    "-i -f _clawbot-notify -- root "
has "a mail: about what" "$T/said/letter" "To: root" \
    "Subject: clawbot: request $ID waits (channel cli, skill default)" \
    "touch asked $W/mail"
is "a mail: no head of the agent's" "$(sed '/^$/q' "$T/said/letter" |
    grep -c Bcc)" 0
REASON=because
approve
daemon_stop
# What the other one would post, to a server that only writes it down.
cat >"$T/server.pl" <<'END'
use Socket;
my ($ready, $to) = @ARGV;
socket(my $s, PF_INET, SOCK_STREAM, 0) or die;
bind($s, sockaddr_in(0, INADDR_LOOPBACK)) && listen($s, 1) or die;
my ($port) = sockaddr_in(getsockname($s));
open(my $f, ">", "$ready.new") or die;
print $f "$port\n";
close $f;
rename("$ready.new", $ready);
accept(my $c, $s) or die;
my $got = "";
until ($got =~ /^Content-Length: (\d+)\r\n.*?\r\n\r\n(.*)/ims &&
    length $2 >= $1) {
	sysread($c, $got, 4096, length $got) or last;
}
print $c "HTTP/1.0 200 OK\r\n\r\n";
open($f, ">", "$to.new") or die;
print $f $got;
close $f;
rename("$to.new", $to);
END
if command -v curl >/dev/null; then
	timeout 120 perl "$T/server.pl" "$T/port" "$T/post" &
	BG="$BG $!"
	until_true 60 test -s "$T/port" || bail "no server"
	install -m 640 -g _clawbot-notify /dev/null "$T/address"
	echo "url = \"http://127.0.0.1:$(cat "$T/port")/topic\"" >"$T/address"
	sed "s|^ADDRESS=.*|ADDRESS=$T/address|" "$SRC/etc/notify/chat" \
	    >"$T/chat"
	chmod 755 "$T/chat"
	APPROVALS="\"notify\": \"$T/chat\""
	conf_default
	daemon_start
	ask chat touch asked "$W/chat" @/etc/passwd
	ok "a chat: posted" until_true 60 test -s "$T/post"
	has "a chat: what" "$T/post" "POST /topic" \
	    "Title: clawbot: request $ID waits" "touch asked $W/chat"
	approve
	daemon_stop
else
	skip "a chat: posted" "curl is not there"
fi

### Configurations

APPROVALS="\"notify\": \"$T/tell\", \"maxPending\": 200"
conf_default
d() {
	S=0
	timeout 240 "$B/clawbotd" "$@" >"$T/out" 2>"$T/err" </dev/null || S=$?
}
# bad NAME TEXT
bad() {
	d -n -f "$CONF"
	is "$1: -n: status" "$S" 78
	has "$1: -n says" "$T/err" "approvals.notify" "$2"
	if daemon_try; then
		daemon_stop
		result 1 "$1: it does not start" || :
	else
		daemon_wait 30
		is "$1: it does not start" "$DSTATUS" 78
	fi
}
chmod 775 "$T/tell"
bad "writable by its group" "$T/tell is writable by group or others"
chmod 644 "$T/tell"
bad "no program" "$T/tell is no program"
chmod 755 "$T/tell"
chown cbtagent "$T/tell"
bad "somebody's" "$T/tell is not owned by root"
chown root "$T/tell"
chmod 777 "$T"
bad "in a place that is everybody's" "$T is writable by group or others"
chmod 755 "$T"
mv "$T/tell" "$T/tell.there"
bad "not there" "$T/tell: No such file"
ln -s tell.there "$T/tell"
bad "a link" "there is a link in $T/tell"
rm "$T/tell"
mv "$T/tell.there" "$T/tell"
APPROVALS='"notify": "tell"'
conf_default
d -n -f "$CONF"
is "a relative path: status" "$S" 78
has "a relative path: says" "$T/err" "must be an absolute path"

APPROVALS=
conf_default
daemon_start
ok "without the key: no notifier" test -z "$(role_pid notifier)"
APPROVALS="\"notify\": \"$T/tell\""
conf_default
CLAWBOT_CLAWBOTD=$B/clawbotd
export CLAWBOT_CLAWBOTD
cb root reload
ok "a reload: refused" test "$S" -ne 0
cat "$T/out" "$T/err" >"$T/both"
has "a reload: names the key" "$T/both" approvals.notify "a restart"
finish
