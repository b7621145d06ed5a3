# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Quotas of runs, and quotas on runs.
. "$SRC/tests/regress/lib.sh"

SKILLS='"small": { "default": "allow", "write": ["'$W'"], "limits": {
	"timeoutSeconds": 600, "cpuSeconds": 1, "memoryMB": 200,
	"processes": 20, "openFiles": 32, "fileMB": 1, "outputMB": 1,
	"tmpMB": 3, "shmMB": 2 } },
	"rest": { "default": "allow", "limits": { "outputMB": 1,
	"outputExcess": "discard", "nice": 3, "ioClass": "idle" } },
	"low": { "default": "allow", "limits": { "ioClass": "low",
	"memoryMB": 0, "tmpMB": 0 } },'
CHANNELS='"narrow": { "users": ["cbtagent"], "skills": ["*"],
	"limits": { "timeoutSeconds": 1, "tmpMB": 2, "nice": 9 } },'
MORE='"sandbox": { "cgroup": "off" },'
conf_default
# Whoever runs this may have given up priority, and not everybody gets it back.
renice -n 0 -p $$ >/dev/null 2>&1
# given_up N: that of a run which is to give up so much
given_up() {
	[ "$(nice)" -ge "$1" ] && nice || echo "$1"
}
# a service manager may have given it more than runs are to have
more='prlimit --nice=40 --rtprio=50'
DAEMON_WRAP=$($more echo "$more" 2>/dev/null) || DAEMON_WRAP=
daemon_start
DAEMON_WRAP=

small() {
	cb cbtagent --json run -s small -- "$@"
}

small head -c 500000 /dev/zero
is "output below the limit: outcome" "$(json "$T/out" outcome)" exited
small head -c 3000000 /dev/zero
is "output: outcome" "$(json "$T/out" outcome)" limited
cb cbtagent run -s small -- yes
ok "output: status" test "$S" -ne 0
ok "output: not much more than allowed" test "$(wc -c <"$T/out")" -le 1200000
has "output: said" "$T/err" "clawbot: output cut off at the limit of 1 MB"
small sh -c 'trap "" PIPE; head -c 3000000 /dev/zero; exit 5'
is "output: the run's pipe breaks, it goes on: outcome" \
    "$(json "$T/out" outcome)" exited
is "output: the run's own status" "$(json "$T/out" exit)" 5
is "output: the limit is in the result" "$(json "$T/out" limit)" output
small sh -c 'head -c 3000000 /dev/zero; exit $?'
is "output: SIGPIPE in there" "$(json "$T/out" exit)" 141
cb cbtagent --json run -s rest -- perl -e '$| = 1; for (1 .. 300) {
    print "x" x 10000 or die; print STDERR "y" or die } exit 6'
is "output is thrown away: outcome" "$(json "$T/out" outcome)" exited
is "output is thrown away: the run's own status" "$(json "$T/out" exit)" 6
is "output is thrown away: the limit is in the result" \
    "$(json "$T/out" limit)" output
cb cbtagent run -s rest -- perl -e 'print "x" x 10000 for 1 .. 300;
    warn "not seen"'
is "output is thrown away: so much is left" "$(wc -c <"$T/out")" 1048576
has "output is thrown away: said" "$T/err" "output cut off at the limit"
hasnot "output is thrown away: on both" "$T/err" "not seen"
small perl -e '1 while 1'
ok "processor time: ends it" test "$(json "$T/out" outcome)" != exited
ok "processor time: before the wall clock does" test \
    "$(json "$T/out" outcome)" != timeout
# None of these has too much by itself.
small perl -e 'for (1 .. 1000) { my $p = fork; if (!$p) {
    my $e = (times)[0] + 0.1; 1 while (times)[0] < $e; exit } wait }'
is "processor time of the whole run: outcome" \
    "$(json "$T/out" outcome)" limited
is "processor time of the whole run: limit" "$(json "$T/out" limit)" cpu
ok "processor time of the whole run: not much more" test \
    "$(json "$T/out" user_us)" -le 8000000
small perl -e 'for (1 .. 4) { my $p = fork; if (!$p) { prctl(); exit } }
    sub prctl { 1 while (times)[0] < 0.9 } sleep 500'
is "processor time of those that live" "$(json "$T/out" limit)" cpu
small perl -e '$x = "x" x 400_000_000; print length $x'
ok "memory: status" test "$S" -ne 0
# It grows until it gets no more, and gives up by itself.
grow='push @x, "x" x 1_000_000 while 1'
small perl -e "$grow"
is "memory: it grows: outcome" "$(json "$T/out" outcome)" exited
is "memory: it grows: the limit is in the result" "$(json "$T/out" limit)" \
    memory
cb cbtagent run -s small -- perl -e "$grow"
is "memory: it grows: the command's status" "$S" 1
has "memory: it grows: said" "$T/err" "Out of memory" \
    "clawbot: the command has probably reached its limit of memory"
small sh -c "perl -e '$grow'; kill -ABRT \$\$"
is "memory: a signal behind it: outcome" "$(json "$T/out" outcome)" signaled
is "memory: a signal behind it: limit" "$(json "$T/out" limit)" memory
small sh -c "perl -e '$grow' || true"
is "memory: it went on and was successful" "$S $(json "$T/out" limit)" "0 "
cb cbtagent run -s small -- sh -c 'exit 3'
is "memory: a failure with little" "$S $(cat "$T/err")" "3 "
cb cbtagent run -s low -- perl -e '$x = "x" x 300_000_000; exit 3'
is "memory: a failure without a limit" "$S $(cat "$T/err")" "3 "
small perl -e '$x = "x" x 20_000_000; print length $x'
is "memory: less is fine" "$(json "$T/out" stdout)" 20000000
small perl -e 'for (1..100) { my $p = fork; die "no more\n" unless
    defined $p; if (!$p) { sleep 60; exit } } print "all"'
is "processes: not a hundred" "$(json "$T/out" stdout)" ""
has "processes: fork fails" "$T/out" "no more"
small true
is "processes: the command alone" "$(json "$T/out" processes)" 1
small perl -e 'for (1 .. 5) { my $p = fork; exit if !$p; waitpid $p, 0 }'
is "processes: all that were started" "$(json "$T/out" processes)" 6
small perl -e 'my @f; for (1..100) { open(my $f, "<", "/dev/null") or
    die "no more\n"; push @f, $f } print "all"'
has "open files: open fails" "$T/out" "no more"
small dd if=/dev/zero of="$W/big" bs=65536 count=100
ok "file size: ends it" test "$S" -ne 0
ok "file size: no larger" test "$(stat -c %s "$W/big")" -le 1048576
small sh -c 'head -c 1000000 /dev/zero >/tmp/a && cp /tmp/a /tmp/b'
is "/tmp: what fits: status" "$S" 0
small sh -c 'head -c 1000000 /dev/zero >/tmp/a; head -c 1000000 /dev/zero \
    >/tmp/b; head -c 1000000 /dev/zero >/tmp/c; head -c 1000000 /dev/zero \
    >/tmp/d'
ok "/tmp: no more than that: status" test "$S" -ne 0
has "/tmp: said" "$T/out" "No space left"
small sh -c 'for i in 1 2; do head -c 900000 /dev/zero >/dev/shm/$i; done'
is "/dev/shm: what fits: status" "$(json "$T/out" exit)" 0
small sh -c 'for i in 1 2 3; do head -c 900000 /dev/zero >/dev/shm/$i ||
    exit 3; done'
is "/dev/shm: no more than that: status" "$(json "$T/out" exit)" 3
has "/dev/shm: said" "$T/out" "No space left"
cb cbtagent run -s rest -- df --output=size -k /dev/shm
is "/dev/shm: by default" "$(sed 1d "$T/out" | tr -d ' ')" 65536
cb cbtagent -c narrow run -s small -- df --output=size -k /tmp
is "/tmp: the channel's is smaller" "$(sed 1d "$T/out" | tr -d ' ')" 2048
cb cbtagent run -s low -- df --output=size -k /tmp
ok "/tmp: 0 is what the kernel gives" test \
    "$(sed 1d "$T/out" | tr -d ' ')" -gt 1000000
agent nice
is "priority: none given up" "$(cat "$T/out")" "$(nice)"
cb cbtagent run -s rest -- nice
is "priority: given up" "$(cat "$T/out")" "$(given_up 3)"
cb cbtagent -c narrow run -s rest -- nice
is "priority: the channel wants more" "$(cat "$T/out")" "$(given_up 9)"
cb cbtagent run -s rest -- perl -e '
    setpriority(0, 0, $ARGV[0] - 1) and die "raised\n";
    setpriority(0, 0, 0) and die "raised\n";
    setpriority(0, 0, $ARGV[1]) or die "not lowered\n";
    print getpriority(0, 0)' "$(given_up 3)" "$(given_up 5)"
is "priority: it cannot be taken back" "$(cat "$T/out")" "$(given_up 5)"
cb cbtagent run -s rest -- sh -c 'chrt -f 1 true || chrt -r 1 true ||
    chrt -b 0 nice'
is "priority: no real time" "$(cat "$T/out")" "$(given_up 3)"
agent ionice
is "disk: none given up" "$(cat "$T/out")" "$(ionice)"
cb cbtagent run -s rest -- ionice
is "disk: idle" "$(cat "$T/out")" idle
cb cbtagent run -s low -- ionice
is "disk: low" "$(cat "$T/out")" "best-effort: prio 7"
cb cbtagent run -s rest -- ionice -c 2 -n 0 true
ok "disk: it cannot be taken back: status" test "$S" -ne 0
has "disk: it cannot be taken back: said" "$T/err" "Operation not permitted"
cb cbtagent status --all
has "status: what enforces a limit" "$T/out" "RLIMIT_DATA, for each process" \
    "/proc, for the whole run"
small sh -c 'ulimit -n 1000'
ok "limits cannot be raised" test "$S" -ne 0
cb cbtagent -c narrow run -- sleep 1000
is "the channel's limit is narrower: status" "$S" 124
cb cbtagent run --timeout 1h -- true
is "a longer timeout than the skill's: status" "$S" 0
ok "a fork bomb ends with its run" sh -c "timeout 60 setpriv \
    --reuid=cbtagent --regid=$(id -g cbtagent) --init-groups \
    '$B/clawbot' -S '$T/run' run -s small --timeout 2 -- perl -e \
    'while (1) { fork }' >/dev/null 2>&1; test \$? -ne 0"
ok "nothing of it is left" until_true 60 not_running "while (1) { fork }"
agent echo still
is "the daemon still runs others" "$(cat "$T/out")" still
daemon_stop

### How many

rm -rf "$T/log"
MORE='"rateLimit": { "maxExecutionsPerMinute": 5, "maxConcurrent": 2 },'
conf_default
daemon_start
cbbg s1 cbtagent run -- sleep 1000
s1=$BGPID
cbbg s2 cbtother run -- sleep 1000
s2=$BGPID
two() {
	[ "$(family "$D" | while read -r p; do cmdline "$p" |
	    grep -qx 1000 && echo x; done | wc -l)" -ge 2 ]
}
until_true 60 two
cb cbtagent --json run -- true
is "three at a time: status" "$S" 75
is "three at a time: outcome" "$(json "$T/out" outcome)" denied
kill "$s1" "$s2"
status_of "$s1"
status_of "$s2"
five_a_minute() {
	daemon_stop
	rm -rf "$T/log"
	daemon_start
	ran=0
	for i in 1 2 3 4 5 6; do
		cb cbtagent run -- true
		[ "$S" -eq 0 ] && ran=$((ran + 1))
	done
	others=$S
	cp "$T/err" "$T/said"
	cb cbtagent status --all
	cp "$T/out" "$T/status"
	# They survive a restart.
	daemon_stop
	daemon_start
	cb cbtagent run -- true
}
in_a_minute five_a_minute
is "after a restart: status" "$S" 75
is "five in a minute: the others wait" "$others" 75
is "five in a minute: five ran" "$ran" 5
has "five in a minute: said" "$T/said" minute
has "status shows it" "$T/status" quota
daemon_stop
rm -rf "$T/log"
# 0 means none.
MORE='"rateLimit": { "maxExecutionsPerMinute": 0 },'
conf_default
daemon_start
cb cbtagent run -- true
is "0 means none: status" "$S" 75
daemon_stop
rm -rf "$T/log"

# The circuit breaker.
MORE=
BREAKER=3
SKILLS='"keyed": { "default": "allow", "secrets": { "NOWHERE": "env" } },'
conf_default
daemon_start
# What is the caller's doing, or what nobody in there could mend.
for i in 1 2 3; do
	cb cbtagent run -- sh -c 'kill -PIPE $$'
	is "breaker: its reader has left, $i" "$S" 141
	cb cbtagent run --timeout 1 -- sleep 77
	is "breaker: the caller's own limit, $i" "$S" 124
	cb cbtagent run -s keyed -- true
	is "breaker: no secret, $i" "$S" 77
	cb cbtagent run -- "$W"
	is "breaker: not to be executed, $i" "$S" 126
done
cb cbtagent run -- true
is "breaker: not opened by that" "$S" 0
for i in 1 2 3; do
	cb cbtagent run -- sh -c 'kill -9 $$'
done
cb cbtagent run -- true
is "breaker: open after three failures: status" "$S" 75
ok "breaker: said" grep -qi breaker "$T/err"
ok "breaker: with the seconds" grep -q 'try again in [0-9]* s' "$T/err"
cb cbtagent status --all
ok "breaker: in status" grep -q 'breaker.*open' "$T/out"
cb cbtother run -- true
is "breaker: another account goes on" "$S" 0
cb cbtadmin doctor
is "breaker: doctor: status" "$S" 1
ok "breaker: doctor: what to do" grep -q '^bad .*clawbot breaker reset' \
    "$T/out"
cb cbtagent breaker reset
is "breaker: not reset by who it is about" "$S" 77
cb cbtadmin breaker reset -u cbtother
is "breaker: none of another account" "$S $(cat "$T/out")" "0 0 closed"
cb cbtadmin breaker reset -u cbtagent -r mended
is "breaker: reset" "$S $(cat "$T/out")" "0 1 closed"
cb cbtagent run -- true
is "breaker: it goes on" "$S" 0
ok "breaker: who did that is recorded" log_has '"ev":"reset"' \
    '"reason":"mended","by":{"uid":'"$(id -u cbtadmin)"
cb cbtadmin doctor
is "breaker: doctor is satisfied" "$S" 0
daemon_stop
REPEATS=2
BREAKER=1000
conf_default
daemon_start
for i in 1 2; do
	cb cbtagent run -- sh -c 'kill -9 $$'
	is "breaker: the same again, $i" "$S" 137
done
cb cbtagent run -- sh -c 'kill -9 $$'
is "breaker: the same once more" "$S" 75
has "breaker: the same: said" "$T/err" "this very command"
cb cbtagent run -- sh -c 'kill -9 $$; true'
is "breaker: something else" "$S" 137
cb cbtother run -- sh -c 'kill -9 $$'
is "breaker: the same of another account" "$S" 137
daemon_stop
unset REPEATS
ok "refusals are records" log_has 'quota: '
is "the log is whole" \
    "$("$B/clawbot" audit verify "$T/log" |
    sed -n '1s,\([A-Z]*\) .*,\1,p')" OK
finish
