# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A thousand clients of one account, requests that never get complete,
# answers that nobody reads: who does it is limited, all others are served.
. "$SRC/tests/regress/lib.sh"

SKILLS='"keyed": { "default": "allow" },'
conf_default
daemon_start
sock=$T/run/channels/cli.sock
# shellcheck disable=SC3045 # every sh that there is has it
ulimit -n 4096

# crowd.pl SOCKET VERSION N [PART ...]: N connections that say HELLO and then
# parts of a RUN, of so many bytes each, that is never complete.  Prints how
# many were welcomed; holds them until its input ends, and prints how many of
# them are still open then.
cat >"$T/crowd.pl" <<'END'
use Socket;
use IO::Poll qw(POLLIN);
my ($sock, $version, $n, @parts) = @ARGV;
my @fds;
$SIG{PIPE} = "IGNORE";
$| = 1;
sub frame {
	my ($type, $flags, $seq, $id, $data) = @_;
	return pack("nnnnNNQ>", 0xcb01, $type, $flags, 0, length $data,
	    $seq, $id) . $data;
}
for (1 .. $n) {
	socket(my $s, PF_UNIX, SOCK_SEQPACKET, 0) or die "socket: $!\n";
	connect($s, pack_sockaddr_un($sock)) or die "connect: $!\n";
	send($s, frame(0x101, 0, 0, 0, pack("NN/a*", $version, "crowd")), 0);
	push @fds, $s;
}
my ($welcome, $told, $closed) = (0, 0, 0);
my @in;
for my $s (@fds) {
	my $m = "";
	defined recv($s, $m, 65536, 0) or $m = "";
	if (length $m < 24) { $closed++; next }
	my $type = unpack("x2n", $m);
	if ($type == 0x201) { $welcome++; push @in, $s } else { $told++ }
}
for my $s (@in) {
	my $seq = 1;
	for my $part (@parts) {
		send($s, frame(0x102, 1, $seq++, 7, "\0" x $part), 0);
	}
}
print "$welcome $told $closed\n";
1 while defined($_ = <STDIN>);
my $open = 0;
for my $s (@in) {
	my $p = IO::Poll->new;
	$p->mask($s => POLLIN);
	$open++ if $p->poll(0) == 0;
}
print "$open\n";
END

# crowd NAME ACCOUNT N [PART ...]: in the background; $T/NAME.crowd
crowd() {
	name=$1 account=$2
	shift 2
	mkfifo "$T/$name.fifo"
	setpriv --reuid="$account" --regid="$(id -g "$account")" \
	    --init-groups perl "$T/crowd.pl" "$sock" "$VERSION" "$@" \
	    <"$T/$name.fifo" >"$T/$name.crowd" 2>&1 &
	CROWD=$!
	BG="$BG $CROWD"
	# whoever holds it, holds the crowd
	sleep 1000 >"$T/$name.fifo" &
	HOLD=$!
	BG="$BG $HOLD"
	until_true 240 test -s "$T/$name.crowd" ||
	    bail "$name: no crowd"
}

disperse() {
	kill "$HOLD"
	wait "$HOLD" 2>/dev/null
	until_true 60 gone "$CROWD" || bail "the crowd stays"
	rm -f "$T"/*.fifo
}

rss() {
	awk '/^VmRSS:/ { print $2 }' "/proc/$D/status"
}

fds() {
	find "/proc/$D/fd" -type l | wc -l
}

# others NAME: everybody else is served
others() {
	cb cbtother run -- echo "$1"
	is "$1: another account is served" "$S $(cat "$T/out")" "0 $1"
	cb cbtadmin status --all
	is "$1: an approver is served" "$S" 0
}

back() {
	as cbtagent timeout 240 "$B/clawbot" -S "$T/run" run -- true </dev/null
}

idle=$(fds)
idle_again() {
	[ "$(fds)" -le "$idle" ]
}

# once: what caches there are, are filled
others first
before=$(rss)

### Connections

crowd thousand cbtagent 1000
read -r welcome told closed <"$T/thousand.crowd"
ok "a thousand: some are welcome ($welcome)" test "$welcome" -ge 8
ok "a thousand: most are not ($told told, $closed closed)" \
    test "$welcome" -le 128
ok "a thousand: some are told why" test "$told" -ge 1
# only so many are told at once, the others are just turned away
one_more() {
	cb cbtagent run -- true
	[ "$S" -eq 75 ]
}
ok "a thousand: one more of them: status" until_true 60 one_more
has "a thousand: one more of them: reason" "$T/err" connections
others thousand
cb root status --all
is "a thousand: root is served" "$S" 0
disperse
ok "a thousand: afterwards it is welcome again" until_true 60 back
ok "a thousand: descriptors are given back" until_true 60 idle_again

crowd strangers nobody 1000
read -r welcome told closed <"$T/strangers.crowd"
is "strangers: none is welcome" "$welcome" 0
others strangers
cb cbtagent run -- true
is "strangers: users of the channel are served" "$S" 0
disperse

# identities are free: nine accounts that nobody knows, 64 connections each
crowds=
i=1
while [ $i -le 9 ]; do
	mkfifo "$T/many$i.fifo"
	setpriv --reuid=$((61000 + i)) --regid=$((61000 + i)) --clear-groups \
	    perl "$T/crowd.pl" "$sock" "$VERSION" 64 \
	    <"$T/many$i.fifo" >"$T/many$i.crowd" 2>&1 &
	crowds="$crowds $!"
	BG="$BG $!"
	sleep 1000 >"$T/many$i.fifo" &
	BG="$BG $!"
	crowds="$crowds $!"
	i=$((i + 1))
done
bad=
i=0
while [ $i -lt 10 ]; do
	for who in root cbtadmin cbtagent; do
		cb $who status
		[ "$S" -eq 0 ] || bad="$bad $who"
	done
	i=$((i + 1))
done
is "many strangers: root, approvers and users are served" "$bad" ""
hardly_more() {
	[ "$(fds)" -le $((idle + 20)) ]
}
ok "many strangers: hardly a descriptor more" until_true 60 hardly_more
all_many() {
	[ "$(find "$T" -name 'many*.crowd' -size +0 | wc -l)" -eq 9 ]
}
ok "many strangers: all are through" until_true 240 all_many
is "many strangers: none is welcome" \
    "$(cat "$T"/many*.crowd | awk '{ n += $1 } END { print n }')" 0
for p in $crowds; do
	! is_child "$p" || kill "$p" 2>/dev/null
done
rm -f "$T"/*.fifo
cb root --json audit tail -n 1000
ok "many strangers: a few records stand for all" \
    test "$(grep -c '"cause":"connect"' "$T/out")" -le 40
several() {
	in_log '"cause":"connect"' '"uids":["'
}
ok "many strangers: which name several" until_true 60 several
ok "many strangers: descriptors are given back" until_true 60 idle_again

### Requests that are never complete

# as much as it takes, and no end
crowd loris cbtagent 200 16360 16360 16360 16360 16360 16360 16360 16360 \
    16360 16360 16360 16360 16360 16360 16360
others loris
after=$(rss)
ok "loris: memory stays bounded ($before to $after kB)" \
    test "$after" -lt $((before + 32768 * (SCALE > 1 ? 4 : 1)))
disperse
ok "loris: afterwards it is welcome again" until_true 60 back
crowd dribble cbtagent 200 16360 1
others dribble
disperse
crowd endless cbtagent 20 16360 16360 16360 16360 16360 16360 16360 16360 \
    16360 16360 16360 16360 16360 16360 16360 16360 16360 16360 16360 16360
disperse
is "a request above the limit ends its connection" \
    "$(tail -n 1 "$T/endless.crowd")" 0
ok "descriptors are given back" until_true 60 idle_again

### Answers that nobody reads

# deaf NAME COMMAND...: as cbtagent or, NAME admin*, as an approver
deafs=
deaf() {
	d_name=$1
	shift
	d_user=cbtagent
	case $d_name in
	admin*)	d_user=cbtadmin ;;
	esac
	mkfifo "$T/$d_name.fifo"
	sleep 1000 <>"$T/$d_name.fifo" &
	BG="$BG $!"
	deafs="$deafs $!"
	setpriv --reuid="$d_user" --regid="$(id -g "$d_user")" --init-groups \
	    "$B/clawbot" -S "$T/run" "$@" >"$T/$d_name.fifo" 2>/dev/null \
	    </dev/null &
	BG="$BG $!"
	deafs="$deafs $!"
}

for i in 1 2 3 4; do
	deaf "yes$i" run -- yes "$i"
	deaf "admin$i" audit tail -f -n 1000000
	deaf "adminwatch$i" approvals --watch
done
all_yes() {
	[ "$(for p in $(family "$D"); do name_of "$p"; done |
	    grep -cx yes)" -ge 4 ]
}
until_true 60 all_yes || bail "no deaf runs"
bad=
i=0
while [ $i -lt $((20 / SCALE + 5)) ]; do
	cb cbtother run -- echo $i
	[ "$S $(cat "$T/out")" = "0 $i" ] || bad="$bad $i"
	i=$((i + 1))
done
is "deaf: others run" "$bad" ""
# what waits is told to those that watch and do not read
waits=
i=0
while [ $i -lt 10 ]; do
	cbbg "ask$i" cbtother run -r "$(head -c 2000 /dev/zero | tr '\0' r)" \
	    -- touch asked $i
	waits="$waits $BGPID"
	i=$((i + 1))
done
ten() {
	cb cbtadmin --json approvals && json "$T/out" approvals.9.run
}
ok "deaf: what waits can be seen" until_true 60 ten
others deaf
after=$(rss)
ok "deaf: memory stays bounded ($before to $after kB)" \
    test "$after" -lt $((before + 32768 * (SCALE > 1 ? 4 : 1)))
for p in $deafs $waits; do
	! is_child "$p" || kill -9 "$p" 2>/dev/null
done
ok "deaf: their runs end with them" until_true 60 not_running yes
ok "deaf: descriptors are given back" until_true 60 idle_again
others afterwards
is "the same daemon" "$(cat "$T/run/clawbotd.pid")" "$D"
daemon_stop
is "stops as ever" "$DSTATUS" 0
ok "the log is whole" "$B/clawbot" audit verify "$T/log"
finish
