# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: nothing of the executor is in the host's network but what a skill
# with network host needs, where sandbox.hostNetwork allows it; such a run
# has TCP, UDP and names, and no other socket of the host.
#
# The host's network is one of this script's own here: a namespace with
# nothing but lo, and a daemon that is started in it, with an /etc of its own.
. "$SRC/tests/regress/lib.sh"

for tool in nsenter ip; do
	command -v $tool >/dev/null || skip_all "no $tool"
done

unshare -n sleep 100000 &
HOLD=$!
BG="$BG $HOLD"
until_true 60 sh -c "[ \"\$(readlink /proc/$HOLD/ns/net)\" != \
    \"\$(readlink /proc/self/ns/net)\" ]" || bail "no network namespace"
NET=$(readlink "/proc/$HOLD/ns/net")
nsenter -t "$HOLD" -n ip link set lo up || bail "lo is not up"
cp -a /etc "$T/etc" 2>/dev/null	# locks in there come and go
cat >"$T/wrap" <<END
mount --make-rprivate / && mount --bind '$T/etc' /etc && exec "\$@"
END
within="nsenter -t $HOLD -n unshare -m sh $T/wrap"
DAEMON_WRAP=$within

# What a host has: TCP, UDP, abstract and named Unix sockets, a name server
# that knows one name.
cat >"$T/servers" <<'END'
use IO::Socket; use IO::Socket::IP; use Socket; use IO::Select;
my ($dir) = @ARGV;
my $t = IO::Socket::INET->new(Listen => 9, LocalAddr => "127.0.0.1") or die;
my $t6 = IO::Socket::IP->new(Listen => 9, LocalHost => "::1") or die;
my $u = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1") or die;
my $dns = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1",
    LocalPort => 53) or die;
my %unix;
for my $n ("\0cbt-net", "$dir/net.sock") {
	socket($unix{$n}, PF_UNIX, SOCK_STREAM, 0) or die;
	bind($unix{$n}, pack_sockaddr_un($n)) or die;
	listen($unix{$n}, 9);
}
socket(my $ud, PF_UNIX, SOCK_DGRAM, 0) or die;
bind($ud, pack_sockaddr_un("\0cbt-dgram")) or die;
chmod 0777, "$dir/net.sock";
open(my $f, ">", "$dir/ports.new");
print $f join(" ", $t->sockport, $t6->sockport, $u->sockport), "\n";
close $f;
rename "$dir/ports.new", "$dir/ports";
my $s = IO::Select->new($t, $t6, $u, $dns, $ud, values %unix);
for (;;) {
	for my $fd ($s->can_read) {
		if ($fd == $u) {
			my $from = recv($u, my $b, 512, 0);
			send($u, "REACHED", 0, $from);
		} elsif ($fd == $ud) {
			recv($ud, my $b, 512, 0);
			open(my $g, ">>", "$dir/dgrams"); print $g "$b\n";
		} elsif ($fd == $dns) {
			my $from = recv($dns, my $q, 512, 0);
			next if length $q < 17;
			my ($end) = index($q, "\0", 12);
			my ($type) = unpack("n", substr($q, $end + 1, 2));
			my $name = lc substr($q, 12, $end - 12);
			my $yes = $name eq "\4name\3cbt\4test" && $type == 1;
			my $a = substr($q, 0, 2) . pack("n5", $yes || $name eq
			    "\4name\3cbt\4test" ? 0x8180 : 0x8183, 1,
			    $yes ? 1 : 0, 0, 0) .
			    substr($q, 12, $end - 12 + 5);
			$a .= pack("n3Nn", 0xc00c, 1, 1, 60, 4) .
			    inet_aton("192.0.2.7") if $yes;
			send($dns, $a, 0, $from);
		} else {
			my $c;
			accept($c, $fd); syswrite($c, "REACHED\n"); close $c;
		}
	}
}
END
nsenter -t "$HOLD" -n perl "$T/servers" "$T" &
BG="$BG $!"
until_true 60 test -s "$T/ports" || bail "no servers"
read -r tcp tcp6 udp <"$T/ports"

# What tries to reach them, in a run and, to show that it can, outside.
cat >"$W/reach" <<'END'
use Socket qw(:all);
my ($what, $arg, $port) = @ARGV;
my ($s, $b);
if ($what eq "tcp") {
	socket($s, AF_INET, SOCK_STREAM, 0) or die "socket: $!";
	connect($s, pack_sockaddr_in($port, inet_aton($arg))) or die $!;
} elsif ($what eq "tcp6") {
	socket($s, AF_INET6, SOCK_STREAM, 0) or die "socket: $!";
	connect($s, pack_sockaddr_in6($port, inet_pton(AF_INET6, $arg)))
	    or die $!;
} elsif ($what eq "udp") {
	socket($s, AF_INET, SOCK_DGRAM, 0) or die "socket: $!";
	connect($s, pack_sockaddr_in($port, inet_aton($arg))) or die $!;
	send($s, "x", 0) or die $!;
} elsif ($what eq "unix") {
	socket($s, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
	$arg =~ s/^@/\0/;
	connect($s, pack_sockaddr_un($arg)) or die $!;
} elsif ($what eq "dgram") {
	socket($s, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
	send($s, $port, 0, pack_sockaddr_un("\0$arg")) or die $!;
	exit 0;
} elsif ($what eq "pair") {
	socketpair($s, my $o, AF_UNIX, SOCK_DGRAM, 0) or die "socketpair: $!";
	send($s, $port, 0, pack_sockaddr_un("\0$arg")) or die $!;
	exit 0;
} elsif ($what eq "listen") {
	socket($s, AF_INET, SOCK_STREAM, 0) or die "socket: $!";
	bind($s, pack_sockaddr_in(0, inet_aton("127.0.0.1"))) or die $!;
	listen($s, 1) or die $!;
	print "REACHED\n";
	exit 0;
}
sysread($s, $b, 64) or die $!;
print $b;
END
# reaches NAME SKILL WHAT..., reaches_not NAME SKILL WHAT...
reaches() {
	rc_name=$1 rc_skill=$2
	shift 2
	cb cbtagent run -s "$rc_skill" -- perl "$W/reach" "$@"
	is "$rc_skill: reaches $rc_name" "$(cat "$T/out")/$S" REACHED/0
	[ "$S" -eq 0 ] || diag "$(cat "$T/err")"
}
reaches_not() {
	rc_name=$1 rc_skill=$2
	shift 2
	cb cbtagent run -s "$rc_skill" -- perl "$W/reach" "$@"
	ok "$rc_skill: does not reach $rc_name" sh -c \
	    "[ $S -ne 0 ] && grep -qE '(refused|permitted|denied|supported|No such file)' '$T/err' &&
	    ! grep -q REACHED '$T/out'"
}

# With the account of the runs, but no sandbox, all of it can be reached.
echo nameserver 127.0.0.1 >"$T/etc/resolv.conf"
printf '127.0.0.1 localhost\n192.0.2.9 listed.cbt.test\n' >"$T/etc/hosts"
for w in "tcp 127.0.0.1 $tcp" "tcp6 ::1 $tcp6" "udp 127.0.0.1 $udp" \
    "unix @cbt-net" "unix $T/net.sock"; do
	# shellcheck disable=SC2086 # words
	is "without a sandbox: $w" "$(nsenter -t "$HOLD" -n setpriv \
	    --reuid=clawbot --regid=clawbot --clear-groups \
	    perl "$W/reach" $w 2>&1)" REACHED
done
for w in dgram pair; do
	nsenter -t "$HOLD" -n perl "$W/reach" $w cbt-dgram "by $w"
	ok "without a sandbox: $w" until_true 60 grep -q "by $w" "$T/dgrams"
done

# in_net PID: in what is the host's network here
in_net() {
	[ "$(readlink "/proc/$1/ns/net")" = "$NET" ]
}
# those_in_net PID: of it and all beneath, those in the host's network
those_in_net() {
	for t_pid in $(family "$1"); do
		in_net "$t_pid" && echo "$t_pid"
	done
}

SKILLS='"web": { "default": "allow", "network": "host",
    "ask": ["touch asked"], "write": ["'$W'"], '$PATIENT' },'

### Not allowed: nobody is there

conf_default
daemon_start
x=$(role_pid executor)
ok "the daemon is in the host's network" in_net "$D"
is "not allowed: nobody of the executor's is" "$(those_in_net "$x")" ""
cb cbtagent run -s web -- true
is "not allowed: refused" "$S" 77
has "not allowed: the key is named" "$T/err" sandbox.hostNetwork
cb cbtagent status --all
has "not allowed: status" "$T/out" sandbox.hostNetwork
is "not allowed: told once" \
    "$(grep -v '^denial ' "$T/out" | grep -c hostNetwork)" 1
hasnot "not allowed: no layer says so" "$T/out" network_host
cbbg none cbtagent run -- sleep 2000
until_true 60 started "sleep 2000" || bail "no run"
is "not allowed: no run is" "$(those_in_net "$x")" ""
daemon_stop

### Allowed, but no skill has it: the same

MORE='"sandbox": { "hostNetwork": true },'
kept=$SKILLS
SKILLS=
conf_default
daemon_start
is "no skill has it: nobody of the executor's is there" \
    "$(those_in_net "$(role_pid executor)")" ""
daemon_stop
SKILLS=$kept

### Allowed

conf_default
daemon_start
x=$(role_pid executor)
cbbg none cbtagent run -- sleep 2000
until_true 60 started "sleep 2000" || bail "no run"
cbbg web cbtagent run -s web -- sleep 3000
until_true 60 running "sleep 3000" || bail "no run"
ok "the executor itself is not in the host's network" sh -c \
    "[ '$(readlink "/proc/$x/ns/net")' != '$NET' ]"
spawner=$(for p in $(children "$x"); do in_net "$p" && echo "$p"; done)
is "one child of the executor is: a spawner" \
    "$(echo "$spawner" | grep -c .)" 1
# those that are beneath it, and those of all that are; who comes and goes while
# that is looked at is in one of them alone
same_in_net() {
	[ "$(those_in_net "$x" | sort)" = "$(family "$spawner" | sort)" ]
}
ok "all who are, are beneath it" until_true 60 same_in_net
# by_text TEXT: the process itself
by_text() {
	for b_pid in $(family "$x"); do
		[ "$(cmdline "$b_pid" | tr '\n' ' ')" = "$1 " ] &&
		    echo "$b_pid"
	done
}
ok "the run of the skill with network is" in_net "$(by_text "sleep 3000")"
ok "the run without is not" sh -c "[ '$(readlink \
    "/proc/$(by_text "sleep 2000")/ns/net")' != '$NET' ]"
other_nets() {
	for p in $(family "$x"); do
		in_net "$p" || readlink "/proc/$p/ns/net"
	done | sort -u | wc -l
}
becomes "the executor is in one, and its other skill in another" 2 other_nets
is "which has no device but lo, and that is down" \
    "$(nsenter -t "$x" -n ip -o link | grep -c .)/$(nsenter -t "$x" -n \
    ip -o link show lo up)" "1/"

reaches "TCP" web tcp 127.0.0.1 "$tcp"
reaches "TCP over IPv6" web tcp6 ::1 "$tcp6"
reaches "UDP" web udp 127.0.0.1 "$udp"
reaches "a port to listen on" web listen
for skill in web default; do
	reaches_not "an abstract socket" $skill unix @cbt-net
	reaches_not "a socket in the file system" $skill unix "$T/net.sock"
	reaches_not "an abstract datagram socket" $skill dgram cbt-dgram \
	    "$skill run"
	reaches_not "it by a pair" $skill pair cbt-dgram "$skill pair"
done
reaches_not "TCP" default tcp 127.0.0.1 "$tcp"
reaches_not "TCP over IPv6" default tcp6 ::1 "$tcp6"
reaches_not "UDP" default udp 127.0.0.1 "$udp"
reaches_not "a port" default listen
hasnot "no datagram came" "$T/dgrams" run

# kinds SKILL FAMILY TYPE PROTOCOL WANT: a socket by number
cat >"$W/kind" <<'END'
my ($f, $t, $p) = @ARGV;
print socket(my $s, $f, $t, $p) ? "yes" : $!{EPERM} ? "EPERM" :
    $!{EAFNOSUPPORT} ? "EAFNOSUPPORT" :
    $!{EPROTONOSUPPORT} ? "EPROTONOSUPPORT" : "errno " . ($! + 0), "\n";
END
kind() {
	cb cbtagent run -s "$1" -- perl "$W/kind" "$3" "$4" "$5"
	is "$1: $2" "$(cat "$T/out")" "$6"
}
kind web "TCP" 2 1 6 yes
kind web "UDP" 2 2 17 yes
kind web "UDP over IPv6, close-on-exec" 10 $((2 + 02000000)) 0 yes
kind web "Unix" 1 1 0 yes
kind web "raw" 2 3 1 EPERM
kind web "raw, non-blocking" 2 $((3 + 04000)) 255 EPERM
kind web "raw over IPv6" 10 3 58 EPERM
kind web "sequenced packets" 2 5 132 EPERM
kind web "ping" 2 2 1 EPROTONOSUPPORT
kind web "MPTCP" 2 1 262 EPROTONOSUPPORT
kind web "SCTP" 2 1 132 EPROTONOSUPPORT
kind web "UDP-Lite" 2 2 136 EPROTONOSUPPORT
kind web "links and routes" 16 3 0 yes
for f in "netfilter 16 3 12" "generic netlink 16 3 16" \
    "packet 17 3 0" "vsock 40 1 0" "alg 38 5 0" \
    "bluetooth 31 3 0" "key 15 3 2" "xdp 44 3 0" "can 29 3 1" \
    "tipc 30 5 0" "rds 21 5 0" "smc 43 1 0"; do
	# shellcheck disable=SC2086 # words
	kind web "${f%% [0-9]*}" ${f#"${f%% [0-9]*}"} EAFNOSUPPORT
done
kind default "TCP" 2 1 6 EAFNOSUPPORT
kind default "UDP over IPv6" 10 2 17 EAFNOSUPPORT
cb cbtagent run -s web -- cat /proc/self/status
has "web: no capability there either" "$T/out" "CapEff:	0000000000000000"
cb cbtagent run -s web -- sh -c 'ls /sys/class; echo 0 \
    >/proc/sys/net/ipv4/ip_forward'
ok "web: nothing of the kernel's settings" test "$S" -ne 0 -a ! -s "$T/out"

### Names

cb cbtagent run -s web -- cat /etc/resolv.conf
is "web: resolv.conf" "$(cat "$T/out")" "nameserver 127.0.0.1"
cb cbtagent run -s web -- getent hosts name.cbt.test
is "web: a name from the name server" "$(tr -s ' ' <"$T/out")" \
    "192.0.2.7 name.cbt.test"
cb cbtagent run -s web -- getent hosts listed.cbt.test
is "web: a name from hosts" "$(tr -s ' ' <"$T/out")" \
    "192.0.2.9 listed.cbt.test"
agent getent hosts name.cbt.test
ok "default: no name from the name server" test "$S" -ne 0 -a "$S" -ne 77
agent ls /etc/resolv.conf
ok "default: no resolv.conf" test "$S" -ne 0
agent cat /etc/hosts
hasnot "default: not the host's hosts" "$T/out" listed
agent grep '^hosts' /etc/nsswitch.conf
is "default: names from files alone" "$(cat "$T/out")" "hosts: files"

### It is said

cbbg asked cbtagent run -s web -- touch asked
waiting
cb cbtadmin approvals show "$ID"
has "an approval shows it as a field" "$T/out" "  network         host"
has "and in words" "$T/out" "  NETWORK         this command can reach"
cb cbtadmin --json approvals
is "and in JSON" "$(json "$T/out" approvals.0.network)" host
cb cbtadmin deny "$ID"
cbbg asked cbtagent run -- touch asked
waiting
cb cbtadmin approvals show "$ID"
has "the approval of another has none" "$T/out" "  network         none"
hasnot "and no words" "$T/out" NETWORK
cb cbtadmin deny "$ID"
cb cbtagent status --all
ok "status names the skill" grep -qE \
    "network_host +active +the host's, for runs of skill web" "$T/out"
daemon_stop

### resolv.conf as a link, and what cannot be followed

echo nameserver 127.0.0.1 >"$T/stub"
chmod 644 "$T/stub"
# resolv NAME WANT: what a run finds, or why it is refused
resolv() {
	daemon_start
	cb cbtagent run -s web -- cat /etc/resolv.conf
	case $2 in
	refused)
		is "resolv.conf, $1: refused" "$S" 77
		has "resolv.conf, $1: named" "$T/err" /etc/resolv.conf
		cb cbtagent status --all
		has "resolv.conf, $1: status" "$T/out" /etc/resolv.conf ;;
	*)
		is "resolv.conf, $1" "$(cat "$T/out")" "$2" ;;
	esac
	cb cbtagent run -- true
	is "resolv.conf, $1: other skills run" "$S" 0
	daemon_stop
}
ln -sf "../${T#/}/stub" "$T/etc/resolv.conf"
resolv "a relative link" "nameserver 127.0.0.1"
ln -sf "$T/stub" "$T/etc/resolv.conf"
resolv "an absolute link" "nameserver 127.0.0.1"
ln -sf "$T/stub" "$T/second"
ln -sf "$T/second" "$T/etc/resolv.conf"
resolv "a link to a link" refused
ln -sf "$T/nothing" "$T/etc/resolv.conf"
resolv "a link to nothing" refused
ln -sf "$T/stub" "$T/etc/resolv.conf"
chmod 600 "$T/stub"
resolv "not for everybody" refused
rm "$T/etc/resolv.conf"
mkfifo "$T/etc/resolv.conf"
resolv "a pipe" refused
rm "$T/etc/resolv.conf" "$T/etc/hosts"
resolv "none at all" ""

### Where Landlock cannot keep runs off abstract sockets

echo nameserver 127.0.0.1 >"$T/etc/resolv.conf"
MORE='"sandbox": { "hostNetwork": true, "acceptMissing": ["landlock"] },'
conf_default
DAEMON_WRAP="$within $H/without landlock"
daemon_start
x=$(role_pid executor)
reaches "TCP" web tcp 127.0.0.1 "$tcp"
reaches "UDP" web udp 127.0.0.1 "$udp"
kind web "Unix, without scopes" 1 1 0 EAFNOSUPPORT
kind default "Unix, without scopes" 1 1 0 yes
cb cbtagent run -s web -- perl -MSocket -e 'socketpair(my $a, my $b, AF_UNIX,
    SOCK_STREAM, 0) or die; syswrite($a, "through\n"); sysread($b, $_, 99);
    print'
is "web, without scopes: pairs" "$(cat "$T/out")" through
for skill in web default; do
	reaches_not "an abstract socket, without scopes" $skill unix @cbt-net
	reaches_not "an abstract datagram socket, without scopes" $skill \
	    dgram cbt-dgram "$skill run"
done
reaches_not "it by a pair, without scopes" web pair cbt-dgram "web pair run"
hasnot "no datagram came" "$T/dgrams" run
reaches_not "TCP, without scopes" default tcp 127.0.0.1 "$tcp"
cb cbtagent status --all
has "status, without scopes" "$T/out" "without Unix sockets"
cbbg none cbtagent run -- sleep 2000
until_true 60 started "sleep 2000" || bail "no run"
ok "without scopes: a run's network is its own" sh -c "[ '$(readlink \
    "/proc/$(by_text "sleep 2000")/ns/net")' != '$(readlink \
    "/proc/$x/ns/net")' ]"
daemon_stop
finish
