# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: what a run is as a process.  Its keyring, session, limits, bits
# and environment come from clawbot and not from who started it; what the
# system call filter kills is told as that.
. "$SRC/tests/regress/lib.sh"

case $(uname -m) in
x86_64) keyctl=250 prctl=157 getsid=124 ioctl=16 ;;
aarch64) keyctl=219 prctl=167 getsid=156 ioctl=29 ;;
*) skip_all "no system call numbers for this machine" ;;
esac

### The session of whoever starts the daemon

# in_ring NAME COMMAND...: in a session keyring of that name
cat >"$T/in_ring" <<END
my \$n = shift; syscall($keyctl, 1, \$n) == -1 and die "keyctl: \$!";
exec @ARGV;
END
# The name of the caller's own: "_ses" if nobody has given it one.
cat >"$T/ring" <<END
my \$b = "\\0" x 256; my \$n = syscall($keyctl, 6, -3, \$b, 256);
\$n > 1 or die "keyctl: \$!"; print((split /;/, substr(\$b, 0, \$n - 1))[4]);
END
export LEAK=from-the-daemon LD_LEAK=x
if [ -r /proc/keys ] && perl "$T/in_ring" cbt.try true; then
	is "a session's keyring can be told" \
	    "$(perl "$T/in_ring" cbt.try perl "$T/ring")" cbt.try
	# each role says which it is started with, and then is what it was
	mkdir "$T/libexec"
	for r in executor auditor vault; do
		cat >"$T/libexec/clawbot-$r" <<-END
		#!/bin/sh
		perl "$T/ring" >"$T/ring.$r" 2>&1
		exec "$B/clawbot-$r" "\$@"
		END
		chmod 755 "$T/libexec/clawbot-$r"
	done
	LIBEXEC=$T/libexec
	DAEMON_WRAP="perl $T/in_ring cbt.daemon"
	conf_default
	daemon_start
	for r in executor auditor vault; do
		is "$r: not the keyring of who started the daemon" \
		    "$(cat "$T/ring.$r")" _ses
	done
	cb cbtagent status --all
	ok "status: session keyring" grep -qE \
	    'session keyring +active' "$T/out"
	DAEMON_WRAP=
else
	skip "session keyrings" "this kernel has none"
	conf_default
	daemon_start
fi
unset LEAK LD_LEAK

### Environment

S=0
LEAK=from-the-client LANG=C.UTF-8 TERM=vt100 as cbtagent "$B/clawbot" \
    -S "$T/run" run -- env >"$T/out" 2>"$T/err" </dev/null || S=$?
is "the environment of a run" "$(grep -v '^GIT_' "$T/out" | sort | tr '\n' ' ' |
    sed 's/LC_ALL=[^ ]* //')" \
    "HOME=/tmp LANG=C.UTF-8 LOGNAME=clawbot PATH=$(sed -n \
    's/^PATH=//p' "$T/out") SHELL=/bin/sh TERM=vt100 USER=clawbot "
hasnot "nothing of the daemon's or the client's" "$T/out" LEAK

### Limits, session, bits

agent sh -c 'ulimit -c; ulimit -Hc; ulimit -c 1 2>/dev/null || echo fixed'
# in units of 512 or 1024 bytes: it is one byte
is "no core, and no way to have one" "$(tr '\n' ' ' <"$T/out")" "0 0 fixed "
agent sh -c 'cat /proc/self/limits /proc/self/coredump_filter'
ok "no handler of dumps either" grep -qE '^Max core file size +1 +1 ' \
    "$T/out"
is "and no memory for one" "$(tail -n 1 "$T/out")" 00000000
# the run's command itself: perl
agent perl -e "print syscall($getsid, 0) == \$\$ ? 'own' : 'not own', ' ',
    getpgrp() == \$\$ ? 'own' : 'not own', ' ',
    open(my \$t, '<', '/dev/tty') ? 'tty' : 'none', \"\\n\""
is "a session and a group of its own, and no terminal" "$(cat "$T/out")" \
    "own own none"
# NOROOT and NO_CAP_AMBIENT_RAISE on, the other two off, all locked
agent perl -e "print syscall($prctl, 27, 0, 0, 0, 0), ' ',
    syscall($prctl, 28, 0, 0, 0, 0), ' ', \$!{EPERM} ? 'EPERM' : 0, ' ',
    syscall($prctl, 39, 0, 0, 0, 0), \"\\n\""
is "securebits are set and locked; no new privileges" "$(cat "$T/out")" \
    "235 -1 EPERM 1"
agent sh -c 'umask; cat /proc/self/oom_score_adj; ls -l /proc/self/fd |
    grep -c " -> "'
is "umask, first to go when memory is short, four descriptors" \
    "$(tr '\n' ' ' <"$T/out")" "0022 800 4 "

### Keys cannot be asked for

agent perl -e "print syscall($keyctl, \$_, -3, 0) == -1 && \$!{EPERM} ?
    'EPERM ' : 'done ' for 0 .. 31"
is "keyctl: nothing works" "$(tr -d '\n' <"$T/out")" \
    "$(printf 'EPERM %.0s' $(seq 32))"

### A terminal of its own, and what is typed into it

# a pseudo terminal that the run has opened: only the filter is in the way
agent perl -e 'open(my $m, "+<", "/dev/ptmx") or die "ptmx: $!";
    my $c = "x"; my $none = "";
    for my $cmd (0x5412, 0x541c, 0x5423, 0x100005412) {
	print syscall('$ioctl', fileno($m), $cmd, $c) == -1 && $!{EPERM} ?
	    "EPERM " : "done:$! ";
    }
    my $ws = pack("S4", 0, 0, 0, 0);
    print syscall('$ioctl', fileno($m), 0x5413, $ws) == 0 ? "size" :
	"no size: $!", "\n"'
is "TIOCSTI, TIOCLINUX, TIOCSETD refused, TIOCGWINSZ works" \
    "$(cat "$T/out")" "EPERM EPERM EPERM EPERM size"

### What the filter kills

told() {
	is "$1: status" "$S" 159
	has "$1: told" "$T/err" "killed by the system call filter"
	cb cbtagent --json run -- "$2" ${3+"$3"} ${4+"$4"}
	is "$1: outcome" "$(json "$T/out" outcome)" signaled
	is "$1: reason" "$(json "$T/out" reason)" \
	    "killed by the system call filter"
}
if [ "$(uname -m)" = x86_64 ]; then
	agent perl -e 'syscall(0x40000000 + 39); print "REACHED"'
	hasnot "x32: it does not go on" "$T/out" REACHED
	told "x32" perl -e 'syscall(0x40000000 + 39)'
	install -m 755 "$RUN_H/oldcall" "$W/oldcall"
	agent "$W/oldcall"
	if [ "$S" -eq 139 ]; then
		skip "int 0x80" "this kernel has no such gate"
	else
		is "int 0x80: no result" "$(cat "$T/out")" ""
		told "int 0x80" "$W/oldcall"
	fi
	ok "the log says it" log_has '"outcome":"signaled"' \
	    '"reason":"killed by the system call filter"'
	# in a child of the command it is the command's business
	agent perl -e 'if (fork() == 0) { syscall(0x40000000 + 39); exit 3 }
	    wait; print $? & 127, "\n"'
	is "x32 in a child: its parent sees SIGSYS" "$(cat "$T/out")/$S" 31/0
else
	skip "x32 and i386" "not x86-64"
fi
agent sh -c 'kill -TERM $$'
is "another signal: status" "$S" 143
hasnot "another signal: is not the filter's" "$T/err" filter
daemon_stop
finish
