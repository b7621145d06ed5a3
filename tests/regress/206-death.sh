# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: killing any role takes the daemon down within a second, with the
# exit code that names it, and no run survives.
. "$SRC/tests/regress/lib.sh"

conf_default
# leaves the session, forks twice, hears no signal
cat >"$W/daemon.pl" <<'END'
$SIG{$_} = "IGNORE" for qw(HUP INT TERM QUIT USR1 PIPE);
use POSIX;
fork and exit; POSIX::setsid(); fork and exit;
fork for 1..3;
sleep 1 while 1;
END

# die NAME SIGNAL STATUS: NAME's process is hit
die() {
	d_who=$1 d_sig=$2 d_want=$3 d_try=1
	until d_once; do
		d_try=$((d_try + 1))
	done
	ok "$d_who, signal $d_sig: within a second ($took ms)" \
	    test "$took" -le $((1000 * SCALE))
}

# killed SIGNAL PID MAIN: milliseconds from the signal to the end of MAIN, without
# the time that a shell takes to look
killed() {
	perl -MTime::HiRes=time,sleep -e '
	    my ($sig, $pid, $main) = @ARGV;
	    sub there { open(my $f, "<", "/proc/$main/stat") or return 0;
		return <$f> !~ /\) [ZX]/ }
	    my $t0 = time;
	    kill $sig, $pid or die "kill: $!";
	    sleep 0.002 while there() && time < $t0 + 60;
	    printf "%d\n", (time - $t0) * 1000' "$@"
}

# d_once: that, once; fails if it is to be tried again: on a machine that is
# busy with other things it may come late, but not five times
d_once() {
	daemon_start
	cbbg plain cbtagent run -- sleep 1000
	plain=$BGPID
	cbbg tree cbtagent run -- perl -e "do '$W/daemon.pl'; sleep 1000"
	# it goes on while one that asks for it is there
	cbbg keep cbtagent run -- sh -c "perl '$W/daemon.pl'; sleep 1000"
	until_true 60 running "sleep 1000" || bail "no run"
	until_true 60 running daemon.pl || bail "no tree"
	victim=$D
	[ "$d_who" = clawbotd ] || victim=$(role_pid "$d_who")
	# shellcheck disable=SC2046 # a list
	pids=$(births $(family "$D"))
	took=$(killed "$d_sig" "$victim" "$D")
	daemon_wait
	is "$d_who, signal $d_sig: exit status" "$DSTATUS" "$d_want"
	none_left "$d_who, signal $d_sig: no process survives" "$pids"
	status_of "$plain"
	ok "$d_who, signal $d_sig: the client is told" test "$S" -ne 0 -a \
	    "$S" != running
	[ "$took" -le $((1000 * SCALE)) ] || [ "$d_try" -ge 5 ]
}

die executor KILL 92
die auditor KILL 93
die vault KILL 95
die clawbotd KILL 137
die auditor ABRT 93
die vault TERM 95
die vault BUS 95

# With an executor that does not notice, because it hangs or is somebody
# else's by now.
daemon_start
cbbg plain cbtagent run -- sleep 1000
cbbg keep cbtagent run -- sh -c "perl '$W/daemon.pl'; sleep 1000"
until_true 60 running "sleep 1000" || bail "no run"
until_true 60 running daemon.pl || bail "no tree"
x=$(role_pid executor)
# shellcheck disable=SC2046 # a list
pids=$(births $(family "$D" | grep -vx "$x"))
# shellcheck disable=SC2086 # one word
xborn=$(births $x)
kill -STOP "$x"
kill -9 "$D"
daemon_wait
none_left "clawbotd killed, the executor hangs: no run survives, nor what starts any" \
    "$pids"
kill -CONT "$x"
ok "clawbotd killed, the executor hangs: it ends when it goes on" \
    until_true 60 gone "$xborn"

# A spawner of the executor is a part of it.
daemon_start
x=$(role_pid executor)
victim=$(children "$x" | head -n 1)
kill -9 "$victim"
daemon_wait
is "spawner killed: exit status" "$DSTATUS" 92
has "spawner killed: the log says how" "$T/d.err" \
    "spawner of skill default was ended by signal 9 (Killed)"

# So is what looks names up for it.
daemon_start
kill -9 "$(resolvers)"
daemon_wait
is "resolver killed: exit status" "$DSTATUS" 92
has "resolver killed: the log says how" "$T/d.err" \
    "resolver of skill default was ended by signal 9 (Killed)"
has "resolver killed: and what ended with it" "$T/d.err" \
    "spawner of skill default exited with status 71"

# A runner is an ordinary event: its run ends, the daemon goes on.
daemon_start
cbbg one cbtagent --json run -- sleep 1000
one=$BGPID
cbbg two cbtother run -- sleep 2000
until_true 60 running "sleep 1000" || bail "no run"
until_true 60 running "sleep 2000" || bail "no second run"
runner=
for p in $(family "$(role_pid executor)"); do
	for c in $(children "$p"); do
		for g in $(children "$c"); do
			[ "$(cmdline "$g" | tr '\n' ' ')" = "sleep 1000 " ] &&
			    runner=$p
		done
	done
done
ok "there is a runner" test -n "$runner"
kill -9 "$runner"
status_of "$one"
ok "runner killed: the client is told" test "$S" -ne 0 -a "$S" != running
ok "runner killed: the log says how" until_true 60 grep -q \
    "a runner of skill default was ended by signal 9 (Killed)" "$T/d.err"
ok "runner killed: its run is gone" until_true 60 \
    not_running "sleep 1000"
ok "runner killed: others go on" running "sleep 2000"
ok "runner killed: the daemon goes on" answers
daemon_stop

### After all that

daemon_start
cb cbtadmin audit verify
is "the log is whole" "$S" 0
ok "what was under way is closed as lost" log_has '"ev":"lost"'
is "every intent has exactly one end" "$(perl -ne '
    my ($ev, $run) = /exec: \{"v":1,"ev":"(\w+)","run":"(\w+)"/ or next;
    $i{$run}++ if $ev eq "intent";
    $e{$run}++ if $ev =~ /^(?:result|abort|lost)$/;
    END { for (keys %i) { print "$_ " if ($e{$_} // 0) != 1 } }' \
    "$T/log/gateway.log")" ""
daemon_stop
finish
