#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: that a run changes names costs no sync of the log more than one that
# changes nothing, names that a false executor tells get nowhere, and whoever
# is killed while they are told, no result is told whose names are not on disk.
. "$SRC/tests/regress/lib.sh"

SKILLS='"plain": { "default": "allow", '$PATIENT', "execs": "off", "write": ["'$W'"] },
    "judged": { "default": "allow", '$PATIENT', "execs": "judge", "write": ["'$W'"] },
    "off": { "default": "allow", '$PATIENT', "execs": "off", "write": ["'$W'"],
	"files": "off" },'
LOG=$T/log/gateway.log
chmod 777 "$W"
cd "$W" || exit 1

cat >"$W/names.py" <<'END'
import os, sys
for i in range(int(sys.argv[1])): os.mkdir("%s/%d" % (sys.argv[2], i))
END

# did ARGUMENT...: a run; its id in RUN
did() {
	cb cbtagent --json run "$@"
	RUN=$(json "$T/out" run)
}

### What it costs

# writes: how often the auditor has written so far: once for each sync, and to
# exec.log what belongs there
writes() {
	sed -n 's/^syscw: //p' "/proc/$(role_pid auditor)/io"
}

# settled: writes, once there are no more; exec.log is written behind answers
settled() {
	st_n=$(writes) st_same=0
	until [ $st_same -eq 4 ]; do
		sleep 0.1
		if [ "$st_n" = "$(writes)" ]; then
			st_same=$((st_same + 1))
		else
			st_n=$(writes) st_same=0
		fi
	done
	echo "$st_n"
}

# cost SKILL COMMAND...: writes of three runs, the least of some such; where
# rows wait for longer than they may, they have a sync of their own
cost() {
	c_skill=$1 c_least=99
	shift
	for c_i in 1 2 3 4 5 6 7 8 9 10; do
		c_n=$(settled)
		for c_k in 1 2 3; do
			rm -rf "$W/d"
			mkdir -m 777 "$W/d"
			cb cbtagent --json run -s "$c_skill" -C "$W" -- "$@"
			[ "$S" -eq 0 ] || bail "cost: $(cat "$T/out")"
			RUNS_MADE=$((RUNS_MADE + 1))
		done
		c_n=$(($(settled) - c_n))
		[ "$c_n" -ge "$c_least" ] || c_least=$c_n
		[ "$c_least" -gt 12 ] || break
	done
	COST=$c_least
}

conf_default
daemon_start
cost off python3 names.py 1 d
is "none recorded: two syncs a run" "$COST" 12
all=0
for n in 0 1 100 300; do
	RUNS_MADE=0
	cost plain python3 names.py "$n" d
	is "$n names: no more" "$COST" 12
	all=$((all + n * RUNS_MADE))
done
is "they are all there" "$(grep -c '"ev":"made"' "$LOG")" "$all"
cost judged sh -c 'true; /bin/true; true'
is "judged: a line that starts another program: no more" "$COST" 12
cost judged sh -c 'mkdir d/1; true'
is "judged: a line that makes a name: no more" "$COST" 12
ok "the log is whole" "$B/clawbot" audit verify "$T/log"

### What the caller is told

rm -rf "$W/d"
mkdir -m 777 "$W/d"
cat >"$W/two.py" <<'END'
import os
os.mkdir("d/a")
os.rename("d/a", "d/new\nline")
END
did -s plain -C "$W" -- python3 two.py
is "told: how many" "$(json "$T/out" files)" 2
is "told: what" "$(json "$T/out" changed.0.what)" made
is "told: its name" "$(json "$T/out" changed.0.path)" "$W/d/a"
is "told: no other name" "$(json "$T/out" changed.0.to)" ""
is "told: the other name" "$(json "$T/out" changed.1.to)" "$W/d/new
line"
is "told: it is escaped" "$(wc -l <"$T/out")" 1
did -s plain -C "$W" -- true
is "told: nothing" "$(json "$T/out" changed)" "[]"
rm -rf "$W/d"
mkdir -m 777 "$W/d"
did -s plain -C "$W" -- python3 names.py 1500 d
is "told: many, in the log" "$(json "$T/out" files)" 1000
is "told: many, and more" "$(json "$T/out" files_more)" 500
is "told: as many as are shown" "$(grep -o '"what":' "$T/out" | wc -l)" 100
is "told: the first of them" "$(json "$T/out" changed.99.path)" "$W/d/99"
did -s off -C "$W" -- rm -r d
is "told: of a skill that records none" "$(json "$T/out" changed)" "[]"
daemon_stop
D=

### What none may say

# false_executor RULE...: what it hears in answer it does not know
false_executor() {
	[ -z "$D" ] || daemon_stop
	rm -rf "$T/log" "$T/vault"
	middle executor "down X_EXECED * drop" "$@"
	conf_default
}

# frame NAME WHAT...: a payload for its rules
frame() {
	f_name=$1
	shift
	"$H/execframes" "$@" >"$T/libexec/$f_name" || bail "$f_name"
}

x="up X_STARTED * file X_FILES"
c="up X_STARTED * file X_CHANGED"
e="up X_RESULT * body end"
false_executor "$c a" "$c b" "$x a" "$x b" "$e"
frame a names 1:1:/../../etc/shadow
frame b names '2:3:a file={"ev"="made"}:'"$(printf 'b\nc\033[m')"
frame end result 0,2
daemon_start
did -s plain -- sleep 1
is "lies: are of its own run" "$(json "$T/out" changed.0.path)" \
    /../../etc/shadow
cb cbtadmin audit show -l "$RUN"
has "lies: are text" "$T/out" " file 1 made /../../etc/shadow" \
    ' file 2 renamed "a file={\"ev\"=\"made\"}" -> "b\nc\x1b[m"'
is "lies: are records of one line" "$(grep -c '^[0-9]* [^ ]* file: ' "$LOG")" 2

# breach NAME RULE...: frames "a" and "b" are there
breach() {
	b_name=$1
	shift
	false_executor "$e" "$@"
	frame end result "0,${END-1}"
	# shellcheck disable=SC2086 # words
	frame a names ${A-1:1}
	frame b names "${B1-2:1}"
	[ -z "${NUL-}" ] || perl -pi -e 's/QQ/Q\0/' "$T/libexec/a"
	daemon_start
	cb cbtagent run -s plain -- sleep 1
	daemon_wait || :
	is "$b_name" "$DSTATUS" 82
	[ "$DSTATUS" != running ] || daemon_stop
	D=
}

A=2:1 breach "a name out of order" "$x a"
B1=1:1 END=2 breach "a name twice" "$x a" "$x b"
B1=3:1 END=2 breach "a hole" "$x a" "$x b"
A=0:1 breach "number 0" "$x a"
A=1001:1 breach "number 1001" "$x a"
A=1:0 breach "nothing done" "$x a"
A=1:9 breach "something else" "$x a"
A=1:1: breach "no name" "$x a"
A=1:3:/w/a breach "a rename to nowhere" "$x a"
A=1:4:/w/a:/w/b breach "a removal of two" "$x a"
A=1:1:$(head -c 4097 /dev/zero | tr '\0' x) breach "a name without end" "$x a"
A=1:1:/QQ NUL=1 breach "a NUL" "$x a"
END=2 breach "fewer than the result tells" "$x a"
END=0 breach "more than the result tells" "$x a"
END=1001 breach "more than there can be" "$x a"
breach "one after the result" "up X_RESULT * file X_FILES a"
breach "one before the start" "up X_PLAN * file X_FILES a"
breach "one of another run" "up X_STARTED 1 sample X_FILES"
breach "its caller is told of one twice" "$c a" "$c a"
A=2:1 breach "its caller is told with a hole" "$c a"
A=1:1: breach "its caller is told of no name" "$c a"
breach "its caller is told behind the log" "$x a" "$c a"

### Deaths in the middle of it

# whole: every end has the names that it tells of in front of it, in order, and
# what was told of a run is in the log
whole() {
	perl -ne '
	    if (/ file: .*"run":"(\w+)","seq":(\d+)/) {
		$bad = 1 if $over{$1} || $2 != ++$n{$1}; next }
	    next unless /"ev":"(result|abort|lost)","run":"(\w+)"/;
	    $over{$2} = 1;
	    $want = /"files":(\d+)/ ? $1 : 0;
	    $bad = 1 if $1 eq "result" && $want != ($n{$2} // 0);
	    END { exit($bad ? 1 : 0) }' "$LOG"
}

LIBEXEC=$B
rm -rf "$T/log" "$T/vault"
conf_default
cat >"$W/loop.py" <<'END'
import os, sys, time
d = sys.argv[1]
for i in range(900):
    os.mkdir("%s/%d" % (d, i))
    if i % 90 == 0: time.sleep(0.05)
END
bad=0
for i in 1 4 7; do
	for who in auditor executor; do
		rm -rf "$W/d"
		mkdir -m 777 "$W/d"
		daemon_start
		cbbg one cbtagent --json run -s plain -C "$W" -- \
		    python3 loop.py d
		one=$BGPID
		until_true 60 test -e "$W/d/$((i * 100))"
		kill -9 "$(role_pid "$who")"
		daemon_wait
		D=
		status_of "$one"
		whole || bad=$((bad + 1))
	done
done
is "killed six times: no result without its names" "$bad" 0
daemon_start
ok "killed six times: the log is whole" "$B/clawbot" audit verify "$T/log"
ok "killed six times: in order" whole

### Without end

cat >"$W/turn.pl" <<'END'
open(my $f, ">", "d/a") or exit 1;
close $f;
for my $i (0 .. 99999) {
	rename($i % 2 ? "d/b" : "d/a", $i % 2 ? "d/a" : "d/b") or exit 2;
}
END
rm -rf "$W/d"
mkdir -m 777 "$W/d"
# resident PID...: the most that each of them ever had, in kB, together
resident() {
	for rs_pid; do
		sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$rs_pid/status"
	done | perl -lne '$n += $_; END { print $n + 0 }'
}
roles="$D $(role_pid executor) $(role_pid auditor)"
# shellcheck disable=SC2086 # words
before=$(resident $roles)
size=$(wc -c <"$LOG")
did -s plain -C "$W" --timeout 10m -- perl turn.pl
is "100,000 renames: the run" "$(json "$T/out" exit)" 0
is "100,000 renames: recorded" "$(json "$T/out" files)" 1000
is "100,000 renames: counted" "$(json "$T/out" files_more)" 99001
# shellcheck disable=SC2086 # words
after=$(resident $roles)
ok "100,000 renames: 2 MB at most in all roles ($before, $after kB)" \
    test $((after - before)) -lt 2048
ok "100,000 renames: the log is not flooded" \
    test $(($(wc -c <"$LOG") - size)) -lt 700000
ok "the daemon goes on" answers
finish
