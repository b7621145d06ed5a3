# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no way leads out of a run by sockets: every family, abstract names,
# the sockets of D-Bus, containers and agents, and clawbot's own.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/escape.sh
. "$SRC/tests/regress/escape.sh"

hostile escape_sock

# One in a grant, to write and to read.
SKILLS='"reader": { "default": "allow", "read": ["'$W'"] },'
# An agent's socket where agents put it, and abstract ones.
mkdir "$T/ssh-XXXX"
perl -MSocket -e '
    my ($path, $name, $grant) = @ARGV;
    sub on { my ($type, $addr) = @_; socket(my $s, PF_UNIX, $type, 0) or die;
	bind($s, pack_sockaddr_un($addr)) or die; push @s, $s;
	listen($s, 5) if $type == SOCK_STREAM; }
    on(SOCK_STREAM, $path); on(SOCK_DGRAM, "$path.dgram");
    on(SOCK_STREAM, $grant);
    on(SOCK_STREAM, "\0$name"); on(SOCK_DGRAM, "\0$name.dgram");
    chmod 0777, $path, "$path.dgram", $grant; open(my $f, ">", "$path.ready");
    sleep 1000' "$T/ssh-XXXX/agent.1" "cbt-escape-$$" "$W/service" &
BG="$BG $!"
until_true 60 test -e "$T/ssh-XXXX/agent.1.ready" || bail "no sockets"

conf_default
daemon_start
O="-o abstract=cbt-escape-$$ -o path=$T/ssh-XXXX/agent.1
    -o channel=$T/run/channels/cli.sock"
# Outside of a run these are reached.
for name in "abstract name" "abstract name, datagram" \
    "abstract name, sendto" path "path, datagram" "path by /proc/self/root" \
    "clawbot's channel" "family inet" "family netlink"; do
	# shellcheck disable=SC2086 # options
	escapes escape_sock "$name" $O
done
# shellcheck disable=SC2086 # options
attempts escape_sock $O

# Nor does one run reach another, which has the same account.
cbbg listener cbtagent run -- perl -MSocket -e '$| = 1;
    socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
    bind($s, pack_sockaddr_un("\0cbt-run")) && listen($s, 5) or die;
    print "listens\n"; sleep 1000'
until_true 60 grep -q listens "$T/listener.out" || bail "no listener"
agent "$W/escape_sock" -o abstract=cbt-run "abstract name"
ok "abstract name of another run" grep -qxE \
    'held abstract name: (EPERM|ECONNREFUSED)' "$T/out"

# What SECURITY.md does not promise is what this kernel cannot.
abi=$(perl -e 'print syscall(444, 0, 0, 1)')
want=EACCES
[ "$abi" -ge 9 ] || want=reached
for skill in default reader; do
	cb cbtagent run -s $skill -- perl -MErrno -MSocket -e '
	    socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
	    print connect($s, pack_sockaddr_un($ARGV[0])) ? "reached" :
		$!{EACCES} ? "EACCES" : $!' "$W/service"
	is "a socket in a grant of $skill, Landlock ABI $abi" \
	    "$(cat "$T/out")" $want
done
ok "the daemon goes on" answers
daemon_stop
finish
