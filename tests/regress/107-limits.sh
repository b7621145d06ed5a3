# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Quotas of runs, and quotas on runs.
. "$SRC/tests/regress/lib.sh"

SKILLS='"small": { "default": "allow", "write": ["'$W'"], "limits": {
	"timeoutSeconds": 20, "cpuSeconds": 1, "memoryMB": 200,
	"processes": 20, "openFiles": 32, "fileMB": 1, "outputMB": 1 } },'
CHANNELS='"narrow": { "users": ["cbtagent"], "skills": ["*"],
	"limits": { "timeoutSeconds": 1 } },'
conf_default
daemon_start

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
ok "output: said" grep -qi output "$T/err"
small perl -e '1 while 1'
ok "processor time: ends it" test "$(json "$T/out" outcome)" != exited
ok "processor time: before the wall clock does" test \
    "$(json "$T/out" outcome)" != timeout
small perl -e '$x = "x" x 400_000_000; print length $x'
ok "memory: status" test "$S" -ne 0
small perl -e '$x = "x" x 20_000_000; print length $x'
is "memory: less is fine" "$(json "$T/out" stdout)" 20000000
small perl -e 'for (1..100) { my $p = fork; die "no more\n" unless
    defined $p; if (!$p) { sleep 60; exit } } print "all"'
is "processes: not a hundred" "$(json "$T/out" stdout)" ""
has "processes: fork fails" "$T/out" "no more"
small perl -e 'my @f; for (1..100) { open(my $f, "<", "/dev/null") or
    die "no more\n"; push @f, $f } print "all"'
has "open files: open fails" "$T/out" "no more"
small dd if=/dev/zero of="$W/big" bs=65536 count=100
ok "file size: ends it" test "$S" -ne 0
ok "file size: no larger" test "$(stat -c %s "$W/big")" -le 1048576
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
ok "nothing of it is left" until_true 30 not_running "while (1) { fork }"
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
until_true 20 two
cb cbtagent --json run -- true
is "three at a time: status" "$S" 75
is "three at a time: outcome" "$(json "$T/out" outcome)" denied
kill "$s1" "$s2"
status_of "$s1"
status_of "$s2"
ran=0
for i in 1 2 3 4 5 6; do
	cb cbtagent run -- true
	[ "$S" -eq 0 ] && ran=$((ran + 1))
done
is "five in a minute: the others wait" "$S" 75
ok "five in a minute: some ran" test "$ran" -ge 2 -a "$ran" -le 3
has "five in a minute: said" "$T/err" minute
cb cbtagent status
has "status shows it" "$T/out" quota
# They survive a restart.
daemon_stop
daemon_start
cb cbtagent run -- true
is "after a restart: status" "$S" 75
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
conf_default
daemon_start
for i in 1 2 3; do
	cb cbtagent run -- sh -c 'kill -9 $$'
done
cb cbtagent run -- true
is "breaker: open after three failures: status" "$S" 75
ok "breaker: said" grep -qi breaker "$T/err"
cb cbtagent status
ok "breaker: in status" grep -q 'breaker.*open' "$T/out"
daemon_stop
ok "refusals are records" log_has 'quota: '
is "the log is whole" \
    "$("$B/clawbot" audit verify "$T/log" |
    sed -n '1s,\([A-Z]*\) .*,\1,p')" OK
finish
