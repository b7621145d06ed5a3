# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Looking commands up is work for the executor: who asks for a lot of it and
# goes away neither ends the daemon nor keeps others waiting.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start

# A client that speaks frames: flood.pl SOCKET KIND COUNT COMMAND...
cat >"$T/flood.pl" <<'END'
use strict;
use Socket;
my ($path, $kind, $count, @argv) = @ARGV;
my $seq = 0;
sub str { pack("N/a*", $_[0]) }
sub list { pack("N", scalar @_) . join("", map { str($_) } @_) }
sub connected {
	socket(my $s, AF_UNIX, SOCK_SEQPACKET, 0) or die "socket: $!";
	connect($s, pack_sockaddr_un($path)) or die "connect: $!";
	$seq = 0;
	frame($s, 0x0101, pack("N", 1) . str("flood"));
	return $s;
}
sub frame {
	my ($s, $type, $p) = @_;
	return send($s, pack("nnnnNNQ>", 0xcb01, $type, 0, 0, length $p,
	    $seq++, 1) . $p, 0);
}
my $req = pack("NN", 0, 0) . str("") . str("/tmp") . str("") . list(@argv) .
    list() . list();
$SIG{PIPE} = "IGNORE";
if ($kind eq "cancel") {
	my $s = connected();
	for (1 .. $count) {
		frame($s, 0x0102, $req) && frame($s, 0x0103, "") or last;
		# two answers at most wait to be read
		while (defined recv($s, my $m, 16384, MSG_DONTWAIT)) {
			last if $m eq "";
		}
	}
} else {
	for (1 .. $count) {
		my $s = connected();
		frame($s, 0x010e, $req);
		close $s;
	}
}
END
flood() {
	as cbtagent timeout 120 perl "$T/flood.pl" "$T/run/channels/cli.sock" \
	    "$@" >"$T/flood.out" 2>&1
}

### Runs that are cancelled before they are looked up

chmod 711 "$T"
chmod 644 "$T/flood.pl"
for round in 1 2 3 4; do
	flood cancel 3000 true &
	BG="$BG $!"
	FLOODS="${FLOODS-} $!"
done
for pid in $FLOODS; do
	status_of "$pid"
done
if gone "$D"; then r=1; else r=0; fi
result "$r" "12000 runs and cancels: the daemon is there"
agent echo still
is "and runs what it is asked" "$(cat "$T/out")" still

### Large files to be hashed, asked for and left

truncate -s 200M "$W/large"
chmod 755 "$W/large"
flood why 200 "$W/large"
cb cbtother run -- echo other
is "another account is served" "$(cat "$T/out")" other
cb cbtother ps
is "and gets answers" "$S" 0
if gone "$D"; then r=1; else r=0; fi
result "$r" "200 large files: the daemon is there"

finish
