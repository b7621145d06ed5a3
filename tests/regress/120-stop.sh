# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# The emergency stop: all that it covers ends at once, whatever it does about
# signals, new requests are refused with who and why, over every restart,
# until somebody resumes; with a full disk, no place and a hanging process,
# too, and by a signal.
. "$SRC/tests/regress/lib.sh"

mkdir -p "$T/log"
mount -t tmpfs -o "size=8m,mode=700,uid=$(id -u _clawbot-audit),gid=$(id -g \
    _clawbot-audit)" cbt "$T/log" || skip_all "needs to mount a tmpfs"
UNDO="umount -l '$T/log'; $UNDO"
SKILLS='"web": { "default": "allow", "write": ["'$W'"] },'
CHANNELS='"mcp": { "users": ["cbtagent"], "access": "execute",
    "skills": ["*"] },'
APPROVALS='"maxPending": 2,'
conf_default

# Hears no signal, and what it starts neither, stopped or in another session.
cat >"$W/deaf" <<'END'
#!/bin/sh
trap '' TERM HUP INT QUIT
setsid sh -c 'trap "" TERM; sleep 7777 & sleep 7777 & kill -STOP $$; wait' &
sh -c 'kill -STOP $$' &
sleep 7777
END
# Prints more than anybody reads, once nobody does.
cat >"$W/loud" <<'END'
#!/bin/sh
trap '' TERM
until test -e "${0%/*}/unread"; do sleep 0.1; done
yes
END
chmod 755 "$W/deaf" "$W/loud"

runs_are() {
	cb root --json ps
	[ "$(json "$T/out" runs | grep -o "\"state\":\"${2-running}\"" |
	    wc -l)" -eq "$1" ]
}

# Of what runs here.
no_run_left() {
	not_running "sleep 7777" && not_running "$W/" && not_running yes
}

# refused ACCOUNT WORD...: its request, because of a stop
refused() {
	r_who=$1
	shift
	cb "$r_who" "$@" -- true
	[ "$S" -eq 75 ] && grep -q 'was stopped by' "$T/err"
}

takes() {
	r_who=$1
	shift
	cb "$r_who" "$@" -- true
	[ "$S" -eq 0 ]
}

daemon_start

### Who may

cb cbtagent stop -r 'no more'
is "an agent may not stop: status" "$S" 77
cb cbtagent resume
is "nor resume" "$S" 77
cb cbtadmin resume
is "nothing is stopped: status" "$S" 1
has "nothing is stopped: said" "$T/err" "nothing is stopped"
cb cbtadmin stop -s nosuch
is "a skill that there is not" "$S" 1
cb cbtadmin stop -u nosuchaccount
is "an account that there is not" "$S" 64
cb cbtadmin stop -u cbtagent -s web
is "of two things at once" "$S" 64
ok "and nothing is stopped by any of that" takes cbtagent run

### Everything

cbbg one cbtagent run -- "$W/deaf"
one=$BGPID
cbbg two cbtother run -s web -- "$W/deaf"
two=$BGPID
cb cbtagent run -d -- "$W/deaf"
kept=$(cat "$T/out")
cbbg loud cbtagent run -- "$W/loud"
loud=$BGPID
# not before it has asked
until_true 60 runs_are 4 || bail "the runs do not start"
kill -STOP "$loud"
touch "$W/unread"
cbbg asks cbtagent run -- touch asked
asks=$BGPID
cbbg full cbtother run -- touch asked
full=$BGPID
until_true 60 runs_are 2 waiting || bail "nothing waits"
cb cbtagent run -- touch asked
is "no place is left for requests that wait" "$S" 75
cb cbtadmin --json stop -r 'it deletes "everything"'
is "stop: status" "$S" 0
is "stop: how many runs" "$(json "$T/out" stopped.0.runs)" 4
is "stop: how many requests" "$(json "$T/out" stopped.0.waiting)" 2
ok "no process of a run is left" until_true 60 no_run_left
kill -CONT "$loud"
for p in $one $two $loud $asks $full; do
	status_of "$p"
	ok "a client is told" test "$S" -ne 0 -a "$S" != running
done
cb cbtagent wait "$kept"
ok "and whoever waits for a run" test "$S" -ne 0
ok "the log says who and why" log_has ' stop: {"v":1,"ev":"stop","scope":"all"' \
    '"by":{"uid":'"$(id -u cbtadmin)"
ok "and how many" log_has '"ev":"stop","scope":"all"' \
    '"runs":4,"waiting":2'
ok "a request is refused" refused cbtagent run
ok "with who" grep -q "by uid $(id -u cbtadmin) " "$T/err"
ok "and why" grep -q 'it deletes' "$T/err"
ok "of root, too" refused cbtother run -s web
ok "one that would not be kept for an approver either" \
    refused cbtagent run -d
cb cbtagent --json run -- true
is "told to a program: rule" "$(json "$T/out" rule)" stopped
cb cbtagent status --all
ok "status tells" grep -qE '^stop +everything +stopped ' "$T/out"
cb cbtadmin doctor
is "doctor: status" "$S" 1
ok "doctor tells what to do" grep -q '^bad .*clawbot resume' "$T/out"

### It lasts

daemon_kill
daemon_start
ok "after kill -9 of all" refused cbtagent run
ok "with the reason" grep -q 'it deletes' "$T/err"
daemon_stop
daemon_start
ok "after a restart" refused cbtagent run
cb cbtadmin resume -u cbtagent
is "the end of another stop: status" "$S" 1
has "the end of another stop: which there is" "$T/err" "but of everything"
cb cbtadmin resume -r 'all is well'
is "resume: status" "$S" 0
ok "it goes on" takes cbtagent run
ok "and that is in the log" log_has '"ev":"resume","scope":"all"' \
    '"reason":"all is well"'
daemon_kill
daemon_start
ok "it goes on after kill -9, too" takes cbtagent run

### Only a part

# only WHAT OPTION VALUE: what is refused, what goes on
for what in "-u cbtagent" "-s web" "-c mcp"; do
	# shellcheck disable=SC2086 # words
	cb root stop $what -r part
	is "stop $what: status" "$S" 0
	case $what in
	-u*)	ok "$what: refused" refused cbtagent run
		ok "$what: others go on" takes cbtother run ;;
	-s*)	ok "$what: refused" refused cbtother run -s web
		ok "$what: others go on" takes cbtother run ;;
	-c*)	ok "$what: refused" refused cbtagent -c mcp run
		ok "$what: others go on" takes cbtagent run ;;
	esac
	# shellcheck disable=SC2086
	cb root resume $what
	is "resume $what: status" "$S" 0
	ok "$what: and goes on" takes cbtagent -c mcp run
	ok "$what: and goes on" takes cbtother run -s web
done
cbbg one cbtagent run -- "$W/deaf"
one=$BGPID
cbbg two cbtother run -- "$W/deaf"
two=$BGPID
until_true 60 runs_are 2 || bail "the runs do not start"
cb cbtadmin --json stop -u cbtagent
is "of one account: how many" "$(json "$T/out" stopped.0.runs)" 1
status_of "$one"
ok "of one account: that ends" test "$S" -ne 0 -a "$S" != running
ok "of one account: the other goes on" until_true 60 runs_are 1
cb cbtadmin resume -u cbtagent

### A full disk

dd if=/dev/zero of="$T/log/filler" bs=64k 2>/dev/null
dd if=/dev/zero of="$T/log/filler2" bs=512 2>/dev/null
until [ "$S" -eq 75 ]; do
	cb cbtagent run -- true "$(head -c 60000 /dev/zero | tr '\0' x)"
done
cb cbtadmin stop -r 'full'
is "full disk: stop: status" "$S" 0
status_of "$two"
ok "full disk: what ran has ended" test "$S" -ne 0 -a "$S" != running
rm -f "$T/log/filler" "$T/log/filler2"
daemon_kill
daemon_start
ok "full disk: it lasts" refused cbtagent run
cb cbtadmin resume
is "with room: resume: status" "$S" 0

# One for which there is no more room at all, and which is ended while the
# auditor hangs: it is not written down behind its own end.
dd if=/dev/zero of="$T/log/filler" bs=64k 2>/dev/null
dd if=/dev/zero of="$T/log/filler2" bs=512 2>/dev/null
cb cbtagent run -- true "$(head -c 60000 /dev/zero | tr '\0' x)"
until [ "$S" -eq 75 ]; do
	cb cbtagent run -- true "$(head -c 60000 /dev/zero | tr '\0' x)"
done
long=$(head -c 500 /dev/zero | tr '\0' '\001')
n=0
cb cbtadmin stop -s web -r "$long"
while [ "$S" -eq 0 ] && [ "$n" -lt 400 ]; do
	cb cbtadmin stop -s web -r "$long"
	n=$((n + 1))
done
is "no room for another stop: status" "$S" 75
ok "and it holds" refused cbtother run -s web
auditor=$(role_pid auditor)
kill -STOP "$auditor"
rm -f "$T/log/filler" "$T/log/filler2"
cbbg resume cbtadmin resume -s web
resume=$BGPID
sleep 3
kill -CONT "$auditor"
status_of "$resume"
is "its end: status" "$S" 0
ok "its end: and it goes on" takes cbtother run -s web

### A signal

cbbg one cbtagent run -- "$W/deaf"
one=$BGPID
until_true 60 runs_are 1 || bail "the run does not start"
kill -USR1 "$D"
status_of "$one"
ok "SIGUSR1: what ran has ended" test "$S" -ne 0 -a "$S" != running
ok "SIGUSR1: requests are refused" refused cbtagent run
ok "SIGUSR1: recorded" log_has '"ev":"stop","scope":"all"' \
    '"by":{"signal":"SIGUSR1"}'
daemon_kill
daemon_start
ok "SIGUSR1: it lasts" refused cbtagent run
ok "SIGUSR1: and is told" grep -q 'stopped by a signal' "$T/err"
cb root resume
daemon_stop

# While it starts, it waits until the daemon can hear it.
CLAWBOT_LIBEXEC=$LIBEXEC CLAWBOT_EMPTYDIR=$T/empty "$B/clawbotd" -d \
    -f "$CONF" >"$T/d.out" 2>"$T/d.err" </dev/null &
D=$!
until_true 60 role_pid auditor
kill -USR1 "$D"
until_true 60 daemon_up
ok "SIGUSR1 at the start: requests are refused" refused cbtagent run
cb root resume

### Somebody hangs

cbbg one cbtagent run -- "$W/deaf"
one=$BGPID
until_true 60 runs_are 1 || bail "the run does not start"
# shellcheck disable=SC2046 # a list
pids=$(births $(family "$D"))
for p in $(runners); do
	kill -STOP "$p"
done
cb cbtadmin stop -r 'it hangs'
is "a runner hangs: stop: status" "$S" 0
# who is in fear stops again and again
n=0
while [ "$S" -eq 0 ] && [ "$n" -lt $((30 * SCALE)) ]; do
	sleep 2
	cb cbtadmin stop -s web -r "it hangs still"
	[ "$S" -ne 0 ] || cb cbtadmin stop -r 'it hangs'
	n=$((n + 1))
done
ok "a runner hangs: other stops do not put the end off" test "$S" -ne 0
daemon_wait || bail "the daemon goes on"
is "a runner hangs: the daemon ends" "$DSTATUS" 92
none_left "a runner hangs: nothing is left" "$pids"
status_of "$one"
daemon_start
ok "a runner hangs: it lasts" refused cbtagent run
cb root resume
is "the log is whole" "$("$B/clawbot" audit verify "$T/log" >/dev/null;
    echo $?)" 0

finish
