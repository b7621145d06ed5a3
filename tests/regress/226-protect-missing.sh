# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: where the kernel cannot do what protected names need, runs of the
# skills that have some are refused, with the reason; no others are.
. "$SRC/tests/regress/lib.sh"

SKILLS='"off": { "default": "allow", "write": ["'$W'"], "protect": [] },
    "none": { "default": "allow" },'
printf 'cd %s && echo x >file && cat file && echo x >.bashrc\n' "$W" \
    >"$W/script"

# others: skills without protected names work
others() {
	cb cbtagent run -s off -- sh "$W/script"
	is "without $1: an empty list works" "$S $(cat "$T/out")" "0 x"
	rm -f "$W/.bashrc"
	cb cbtagent run -s none -- true
	is "without $1: no writable grant works" "$S" 0
}

DAEMON_WRAP="$H/without listener"
conf_default
daemon_start
agent true
is "without listener: refused" "$S" 77
has "without listener: says why" "$T/err" \
    "calls that init does not serve (no seccomp notifications"
cb root status --all
has "without listener: status says why" "$T/out" \
    "calls that init does not serve"
others listener
daemon_stop

# Signals may interrupt calls then, but they are watched all the same.
DAEMON_WRAP="$H/without killable"
daemon_start
agent sh "$W/script"
is "without killable: works" "$(cat "$T/out")" x
has "without killable: watched" "$T/err" "Read-only file system"
ok "without killable: nothing was made" test ! -e "$W/.bashrc"
daemon_stop

# No way into the run: what ptrace_scope above 1 comes to.
DAEMON_WRAP="$H/without memory"
daemon_start
agent true
is "without memory: refused" "$S" 77
has "without memory: says why" "$T/err" \
    "calls that init does not serve"
daemon_stop

# Sockets get their names by init, with Landlock and without.
DAEMON_WRAP="$H/without landlock"
MORE='"sandbox": { "acceptMissing": ["landlock"] },'
conf_default
daemon_start
agent sh "$W/script"
is "without landlock: works" "$(cat "$T/out")" x
has "without landlock: watched" "$T/err" "Read-only file system"
cat >"$W/bind.pl" <<'END'
use Socket;
socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die;
print bind($s, pack_sockaddr_un($ARGV[0])) ? "bound" : "$!", "\n";
END
agent perl "$W/bind.pl" "$W/.ssh"
is "without landlock: no socket" "$(cat "$T/out")" "Read-only file system"
daemon_stop
DAEMON_WRAP=
daemon_start
agent perl "$W/bind.pl" "$W/.ssh"
is "a socket under a protected name" "$(cat "$T/out")" "Read-only file system"
agent perl "$W/bind.pl" /tmp/socket
is "a socket in /tmp" "$(cat "$T/out")" bound
ok "no socket was made" test ! -e "$W/.ssh"
daemon_stop
finish
