# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: descriptors that a client is given and does not take are its own
# trouble.  The kernel counts all that are under way from one account, and
# passes none to a role any more once there are too many.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start
sock=$T/run/channels/cli.sock

# deaf.pl SOCKET VERSION CONNECTIONS REQUESTS ROUNDS: asks for records of a run that
# is none, which gives a descriptor each time, reads nothing, breaks the
# protocol, and keeps its ends; says "holding" and waits for its input's end.
cat >"$T/deaf.pl" <<'END'
use Socket;
use Time::HiRes qw(sleep);
my ($sock, $version, $n, $per, $rounds) = @ARGV;
my @kept;
$SIG{PIPE} = "IGNORE";
$| = 1;
sub frame {
	my ($type, $seq, $data) = @_;
	return pack("nnnnNNQ>", 0xcb01, $type, 0, 0, length $data, $seq, 5) .
	    $data;
}
for (1 .. $rounds) {
	my @fds;
	for (1 .. $n) {
		socket(my $s, PF_UNIX, SOCK_SEQPACKET, 0) or die "socket\n";
		connect($s, pack_sockaddr_un($sock)) or next;
		send($s, frame(0x101, 0, pack("NN/a*", $version, "deaf")), 0);
		push @fds, $s;
	}
	sleep(0.2);
	for my $i (1 .. $per) {
		send($_, frame(0x10d, $i, pack("CQ>Q>", 2, 0, 291)), 0)
		    for @fds;
		sleep(0.02);
	}
	send($_, "garbage", 0) for @fds;
	push @kept, @fds;
	sleep(0.2);
}
print "holding\n";
1 while defined($_ = <STDIN>);
END
chmod 644 "$T/deaf.pl"

fds() {
	find "/proc/$D/fd" -type l | wc -l
}

idle=$(fds)
idle_again() {
	[ "$(fds)" -le "$idle" ]
}

mkfifo "$T/fifo"
prlimit --nofile=4096:4096 setpriv --reuid=cbtagent \
    --regid="$(id -g cbtagent)" --init-groups \
    perl "$T/deaf.pl" "$sock" "$VERSION" 30 120 4 <"$T/fifo" >"$T/deaf" 2>&1 &
DEAF=$!
BG="$BG $DEAF"
exec 9>"$T/fifo"
ok "thousands of descriptors are asked for" \
    until_true $((120 * SCALE)) grep -q holding "$T/deaf"
gone "$D" && bail "that ended the daemon"
ok "few are open" test "$(fds)" -lt $((idle + 200))
for i in 1 2 3; do
	cb cbtother run -- echo hello
	is "another account gets its own, $i" "$S $(cat "$T/out")" "0 hello"
done
cb cbtadmin audit tail -n 1
is "an approver too" "$S" 0
cb cbtagent status --all
ok "who holds them is turned away" test "$S" -eq 75 -o "$S" -eq 69
exec 9>&-
until_true 60 gone "$DEAF"
ok "once they are closed, they are given back" until_true 60 idle_again
cb cbtagent run -- echo hello
is "and the account is served again" "$S $(cat "$T/out")" "0 hello"
finish
