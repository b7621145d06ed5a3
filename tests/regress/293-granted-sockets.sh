# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a run reaches the Unix sockets that its skill names, and no other
# one; it is the one that was there when the daemon started.  Sockets that make
# whoever connects root are not granted.
. "$SRC/tests/regress/lib.sh"

P=$(mktemp -d /srv/cbtp.XXXXXX)
UNDO='rm -rf "$P"'
chmod 755 "$P"
mkdir "$P/in"

# serve FILE NAME: says NAME and who asks, for ever
serve() {
	perl -MSocket -e '
	    my ($path, $name) = @ARGV;
	    socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
	    unlink $path; bind($s, pack_sockaddr_un($path)) or die;
	    chmod 0666, $path; listen($s, 5) or die;
	    while (accept(my $c, $s)) {
		my (undef, $uid) = unpack "iII",
		    getsockopt($c, SOL_SOCKET, SO_PEERCRED);
		syswrite $c, "$name $uid\n"; close $c;
	    }' "$1" "$2" &
	SERVER=$!
	BG="$BG $SERVER"
	until_true 60 listens "$1" || bail "$1: nobody serves"
}
cat >"$T/ask.pl" <<'END'
use Socket; use Errno;
for my $path (@ARGV) {
	socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
	if (connect($s, pack_sockaddr_un($path))) { print scalar <$s> }
	else { print "no ", $!+0, "\n" }
}
END
cp "$T/ask.pl" "$P/in/ask.pl"
listens() {
	perl "$T/ask.pl" "$1" | grep -qv '^no'
}
serve "$P/a.sock" a
server=$SERVER
serve "$P/b.sock" b
serve "$T/late.sock" late
serve "$W/w.sock" w

SKILLS='"some": { "default": "allow", "read": ["'$P'/in"],
	"sockets": ["'$P'/a.sock", "'$T'/late.sock"] },
    "within": { "default": "allow", "read": ["'$P'/in"], "write": ["'$W'"],
	"sockets": ["'$W'/w.sock"] },
    "none": { "default": "allow", "read": ["'$P'/in"] },'
conf_default
daemon_start
uid=$(id -u clawbot)

# asks SKILL FILE...: what a run is told there
asks() {
	a_skill=$1
	shift
	cb cbtagent run -s "$a_skill" -C "$P/in" -- perl ask.pl "$@"
	ASKED=$(tr '\n' ' ' <"$T/out")
}
asks some "$P/a.sock" "$P/b.sock" "$T/late.sock"
is "those that are granted, and no other" "$S $ASKED" \
    "0 a $uid no 2 late $uid "
cb cbtagent run -s some -- ls "$P" "$T"
is "nothing else is there" "$(grep sock "$T/out" | sort | tr '\n' ' ')" \
    "a.sock late.sock "
asks none "$P/a.sock" "$T/late.sock"
is "no other skill has them" "$S $ASKED" "0 no 2 no 2 "
asks within "$W/w.sock"
is "in a grant to write" "$S $ASKED" "0 w $uid "
cb cbtagent run -s within -- rm -f "$W/w.sock"
ok "it stays where it is" test "$S" -ne 0 -a -S "$W/w.sock"
cb cbtagent --json policy list
has "policy list tells of them" "$T/out" "$P/a.sock"
cb cbtagent run -s some -- sh -c 'echo x >"$1"; chmod 777 "$1"; rm "$1"' - \
    "$P/a.sock"
ok "a run changes nothing of it" test "$S" -ne 0 -a -S "$P/a.sock"

### Another one in its place

kill "$server"
serve "$P/a.sock" new
asks some "$P/a.sock"
is "another one is not granted before a restart" "$S" 77
has "which is said" "$T/err" "$P/a.sock" "restart of clawbotd"
daemon_stop
daemon_start
asks some "$P/a.sock"
is "after it, it is" "$S $ASKED" "0 new $uid "
daemon_stop

### What is not granted

mount -t tmpfs none /run || bail "no /run of our own"
serve /run/docker.sock docker
ln /run/docker.sock /run/other.sock
mkdir "$P/dir"
# says SOCKET WORD...: so says clawbotd -n of it
says() {
	s_sock=$1
	shift
	SKILLS='"x": { "sockets": ["'$s_sock'"] },'
	conf_default
	S=0
	"$B/clawbotd" -n -f "$CONF" >"$T/out" 2>&1 || S=$?
	for s_word; do
		has "$s_sock: $s_word" "$T/out" "$s_word"
	done
}
says /run/docker.sock "is a socket of docker" "a proxy that takes"
is "docker: the status" "$S" 78
says /run/other.sock "root by, under another name"
is "by another name: the status" "$S" 78
ln -s /run/docker.sock "$P/link.sock"
says "$P/link.sock" "is a socket of docker"
says "$T/run/channels/cli.sock" "which no run may reach"
is "clawbot's own: the status" "$S" 78
says "$P/dir" "is no socket"
is "a note: the status" "$S" 0
says "$P/nothing" "No such file"
says "$P/b.sock" "belongs to root"
SKILLS='"x": { "default": "allow", "sockets": ["'$P/nothing'"] },'
conf_default
daemon_start
cb cbtagent run -s x -- true
is "one that is not there: refused" "$S" 77
has "with the reason" "$T/err" "socket grant $P/nothing"
daemon_stop
finish
