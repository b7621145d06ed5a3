# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Streams of a run: any bytes, all of them, at the speed of the slower side,
# each ended by itself, and nobody else is held up.
. "$SRC/tests/regress/lib.sh"

LIMITS='"limits": { "outputMB": 400 }'
conf_default
daemon_start

### Any bytes

perl -e 'print pack("C*", 0 .. 255) x 16, "\0" x 4096, "\xff" x 4096' \
    >"$T/values"
head -c 1048576 /dev/urandom >"$T/random"
for what in values random; do
	cbin cbtagent run -- cat <"$T/$what"
	ok "$what: in and out" cmp "$T/$what" "$T/out"
	cbin cbtagent run -- sh -c 'cat >&2' <"$T/$what"
	ok "$what: in and error" cmp "$T/$what" "$T/err"
	is "$what: nothing beside it" "$(wc -c <"$T/out")" 0
done

### All of them

# many that print what a pipe holds, and end at once
i=0
lost=0
while [ $i -lt 100 ]; do
	n=$(as cbtagent timeout 240 "$B/clawbot" -S "$T/run" run -- \
	    head -c 65536 /dev/zero </dev/null 2>/dev/null | wc -c)
	[ "$n" -eq 65536 ] || lost=$((lost + 1))
	i=$((i + 1))
done
is "a hundred that end at once: nothing is lost" "$lost" 0
i=0
while [ $i -lt 20 ]; do
	agent sh -c 'head -c 65536 /dev/zero; head -c 65536 /dev/zero >&2'
	[ "$(wc -c <"$T/out") $(wc -c <"$T/err")" = "65536 65536" ] ||
	    lost=$((lost + 1))
	i=$((i + 1))
done
is "on both streams: nothing is lost" "$lost" 0
# what it printed is there, however it ended
agent sh -c 'head -c 100000 /dev/zero; kill -9 $$'
is "killed: nothing is lost" "$(wc -c <"$T/out")" 100000
# what a reader takes late is there
as cbtagent timeout 240 "$B/clawbot" -S "$T/run" run -- \
    head -c 200000 /dev/zero 2>/dev/null </dev/null |
    { sleep 1; wc -c; } >"$T/n"
is "a reader that comes late: nothing is lost" "$(tr -d ' ' <"$T/n")" 200000

### Ends

cbin cbtagent run -- sh -c 'cat >/dev/null; echo after' <"$T/values"
is "the end of its input is not the end of it" "$(cat "$T/out")" after
agent sh -c 'exec >&-; sleep 0.3; echo more >&2; exit 4'
is "an output that is closed early: status" "$S" 4
is "an output that is closed early: the other one" "$(cat "$T/err")" more
# what is typed arrives while it runs, and not only at the end
mkfifo "$T/fifo"
as cbtagent "$B/clawbot" -S "$T/run" run -- sh -c \
    'read -r a; echo "got $a"; read -r b; echo "got $b"' <"$T/fifo" \
    >"$T/talk" 2>&1 &
talk=$!
exec 8>"$T/fifo"
echo one >&8
ok "input arrives when it is written" until_true 60 grep -q "got one" \
    "$T/talk"
echo two >&8
ok "and again" until_true 60 grep -q "got two" "$T/talk"
exec 8>&-
status_of "$talk"
is "a talk: status" "$S" 0
# input that nobody reads does not keep the client
mkfifo "$T/open"
as cbtagent "$B/clawbot" -S "$T/run" run -- true <"$T/open" \
    >"$T/talk" 2>&1 &
talk=$!
exec 8>"$T/open"
status_of "$talk"
is "input that stays open does not hold it up" "$S" 0
exec 8>&-

### Speed

runner_rss() {
	for rr_p in $(family "$(role_pid executor)"); do
		awk '/^Name:/ { n = $2 } /^VmRSS:/ { print $2, n }' \
		    "/proc/$rr_p/status" 2>/dev/null
	done | grep -v perl | sort -n | tail -n 1 | cut -d ' ' -f 1
}

# 100 MB to a reader that takes nothing for a while
mkfifo "$T/slow"
as cbtagent "$B/clawbot" -S "$T/run" run -- perl -e '
    $| = 1; my $b = "x" x 65536; open(my $f, ">", $ARGV[0]) or die;
    select((select($f), $| = 1)[0]);
    for my $i (1 .. 1600) {
	syswrite(STDOUT, $b) == 65536 or die; print $f "$i\n";
    }' "$W/progress" >"$T/slow" 2>"$T/slow.err" </dev/null &
writer=$!
exec 7<"$T/slow"
ok "a run that writes" until_true 60 test -s "$W/progress"
at=$(tail -n 1 "$W/progress")
still() {
	st_was=$at
	sleep 0.3
	at=$(tail -n 1 "$W/progress")
	[ "$at" = "$st_was" ]
}
ok "a reader that takes nothing stops it" until_true 60 still
ok "and soon ($at of 1600)" test "$at" -lt 32
rss=$(runner_rss)
diag "largest process of the executor: $rss kB"
ok "what is on its way is not kept in memory" \
    test "$rss" -lt $((40960 * SCALE))
agent echo hello
is "others are not held up" "$(cat "$T/out")" hello
cb root ps
is "nor is the daemon" "$S" 0
wc -c <&7 >"$T/n"
exec 7<&-
status_of "$writer"
is "when it is taken, it goes on to the end" "$S $(tr -d ' ' <"$T/n")" \
    "0 104857600"
# the other way: a run that does not read
as cbtagent "$B/clawbot" -S "$T/run" run -- sh -c 'while test ! -e "$1"
    do sleep 0.05; done; wc -c' - "$W/read" <"$T/slow" >"$T/count" 2>&1 &
reader=$!
perl -e '$| = 1; my $b = "x" x 65536; open(my $f, ">", $ARGV[0]) or die;
    select((select($f), $| = 1)[0]);
    for my $i (1 .. 320) { syswrite(STDOUT, $b); print $f "$i\n" }' \
    "$T/fed" >"$T/slow" &
feeder=$!
BG="$BG $feeder"
until_true 60 test -s "$T/fed"
at=$(tail -n 1 "$T/fed")
still_fed() {
	st_was=$at
	sleep 0.3
	at=$(tail -n 1 "$T/fed")
	[ "$at" = "$st_was" ]
}
ok "a run that does not read stops its caller" until_true 60 still_fed
ok "and soon ($at of 320)" test "$at" -lt 32
touch "$W/read"
status_of "$reader"
is "when it reads, it gets all of it" "$(tr -d ' ' <"$T/count")" 20971520

### Readers that vanish

for i in 1 2 3; do
	cbbg vanish$i cbtagent run -- yes
	pid=$BGPID
	until_true 60 test -s "$T/vanish$i.out"
	kill -9 "$pid"
done
ok "readers that vanish take their runs along" until_true 60 \
    not_running yes
agent echo hello
is "and nobody else" "$(cat "$T/out")" hello
cb cbtadmin audit verify
is "the log is whole" "$S" 0
daemon_stop
finish
