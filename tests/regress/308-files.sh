# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: whoever starts clawbotd with a small soft limit of open files has
# the runs that the configuration allows, and they do not end the daemon.
. "$SRC/tests/regress/lib.sh"

MORE='"detached": { "maxRuns": 128, "maxMB": 256, "outputMB": 1 },'
conf_default
# shellcheck disable=SC3045 # every sh that there is has it
{
	[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 4096 ] ||
	    skip_all "the hard limit of open files is too low"
	old=$(ulimit -Sn)
	ulimit -Sn 128
	daemon_start
	ulimit -Sn "$old"
}
n=0
while [ "$n" -lt 60 ]; do
	cb cbtagent run -d -- sleep 1000
	[ "$S" -eq 0 ] || break
	n=$((n + 1))
done
is "sixty detached runs" "$n" 60
cb cbtother run -- echo hello
is "and one that is not" "$S $(cat "$T/out")" "0 hello"
ok "the daemon is there" answers
all_run() {
	cb root --json ps
	[ "$(grep -o '"state": *"running"' "$T/out" | wc -l)" -eq 60 ]
}
ok "all of them run" until_true 60 all_run

### No descriptor at all: nothing spins, and it goes on when there is one

ticks() {
	awk '{ print $14 + $15 }' "/proc/$D/stat"
}
connects() {
	"$B/clawbot" -S "$T/run" ps >/dev/null 2>&1
}
hard=$(awk '/^Max open files/ { print $5 }' "/proc/$D/limits")
soft=$(awk '/^Max open files/ { print $4 }' "/proc/$D/limits")
# allow N: so many descriptors to the daemon, by its own account
allow() {
	setpriv --reuid=_clawbot --regid=_clawbot --clear-groups \
	    prlimit --pid "$D" --nofile="$1:$hard"
}
ok "no descriptor is left" allow 3
connects &
caller=$!
BG="$BG $caller"
sleep 1
before=$(ticks)
sleep 3
after=$(ticks)
ok "a lasting error of accept does not spin ($((after - before)) ticks)" \
    test $((after - before)) -lt 50
ok "the daemon says so" until_true 60 grep -q "clients" "$T/d.err"
ok "all are there again" allow "$soft"
status_of "$caller"
is "who waited is answered then" "$S" 0
cb cbtother run -- echo hello
is "and all others" "$S $(cat "$T/out")" "0 hello"
daemon_stop

### A limit of the size of files is an error like others, no signal

# prlimit: what the shell itself writes is not limited
DAEMON_WRAP="prlimit --fsize=512"
if daemon_try; then
	daemon_stop
else
	daemon_wait
fi
DAEMON_WRAP=
ok "files that cannot grow: an error, and no signal ($DSTATUS)" \
    test "$DSTATUS" -ge 64 -a "$DSTATUS" -lt 128
ok "files that cannot grow: nothing was killed by one" \
    sh -c "! grep -q 'signal 25' '$T/d.err'"
has "files that cannot grow: said" "$T/d.err" "too large"
finish
