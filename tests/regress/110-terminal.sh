# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# run -t: a terminal of the run's own, and the caller's as it was afterwards.
. "$SRC/tests/regress/lib.sh"

SKILLS='"asks": { "default": "allow", "ask": ["sh -i", "bash"],
    "write": ["'$W'"] },'
conf_default
daemon_start
P=$T/pty
mkdir -m 777 "$P"

# on ACCOUNT COMMAND...: on a terminal, with the script of standard input;
# output in $T/out, errors in $T/err, S; not through clawbot
on() {
	on_user=$1
	shift
	cat >"$P/script"
	rm -f "$P/script.before" "$P/script.after"
	S=0
	as "$on_user" env TERM=xterm PS1='$ ' "$H/onpty" "$P/script" "$@" \
	    >"$T/out" 2>"$T/err" </dev/null || S=$?
	[ "$S" -ne 3 ] || diag "$(cat "$T/err")"
}

# onrun COMMAND...: clawbot run -t there
onrun() {
	on cbtagent "$B/clawbot" -S "$T/run" run -t -- "$@"
}

restored() {
	ok "$1: the terminal is as it was" cmp "$P/script.before" \
	    "$P/script.after"
}

### What it is

onrun sh -c 'tty; stty size; test -t 0 && test -t 1 && test -t 2 &&
    echo three; ls /dev/pts; exit 5' <<'END'
expect three
END
is "status" "$S" 5
has "a terminal of the sandbox's own" "$T/out" /dev/pts/0 "24 80" three
is "no other terminal is there" "$(tr -d '\r' <"$T/out" |
    sed -n '/three/,$p' | tail -n +2 | tr -s ' \n' ' ')" "0 ptmx "
restored "an ordinary end"
onrun sh -c 'kill -9 $$' </dev/null
is "ended by a signal: status" "$S" 137
restored "a signal"
onrun nosuchcommand </dev/null
is "not found: status" "$S" 127
restored "not found"
onrun sh -c 'echo err >&2; echo out; : </dev/tty && echo opened' <<'END'
expect opened
END
has "it is the controlling one" "$T/out" err out opened
onrun perl -e 'my $x = "x"; print ioctl(STDIN, 0x5412, $x) ? "DONE" : "refused"' \
    <<'END'
expect refused
END
is "nothing can be typed by the run itself" "$S" 0

onrun sh -c 'exec <&- >&- 2>&-; sleep 0.3; exit 4' </dev/null
is "one that closes it ends as it will" "$S" 4

### Size

onrun sh -c 'trap "stty size" WINCH; echo ready
    while sleep 0.1; do :; done' <<'END'
expect ready
size 30 100
expect 30 100
size 50 132
expect 50 132
type \x03
END
is "a new size is told" "$S" 130
restored "Ctrl-C"

### Keys

onrun sh -c 'trap "echo interrupted; exit 9" INT; echo ready
    while sleep 0.1; do :; done' <<'END'
expect ready
type \x03
expect interrupted
END
is "Ctrl-C is the run's" "$S" 9
onrun sh -c 'echo ready; cat; echo end' <<'END'
expect ready
type hello\r
expect hello
expect hello
type \x04
expect end
END
is "Ctrl-D ends its input" "$S" 0
onrun sh -c 'echo ready; cat; echo "end $?"' <<'END'
expect ready
type half\x04\x04
expect halfhalfend 0
END
is "Ctrl-D behind half a line" "$S" 0
onrun sh -c 'echo ready; cat' <<'END'
expect ready
type ~~x\r
expect ~x
expect ~x
type a~.\r
expect a~.
expect a~.
type ~.
END
is "~. stops it: status" "$S" 143
has "~. stops it: said" "$T/out" stopped
hasnot "~~ is one ~" "$T/out" "~~"
restored "~."
ok "~. stops it" until_true 60 not_running "echo ready; cat"

### Bytes

# every value, and no ~ where a line begins
perl -e 'print pack("C*", 0 .. 255) x 4000' >"$P/typed"
onrun sh -c 'stty raw -echo; echo ready; exec head -c 1024000 >"$1"' - \
    "$W/typed" <<END
expect ready
file $P/typed
END
is "a megabyte of any bytes is typed: status" "$S" 0
ok "a megabyte of any bytes is typed" cmp "$P/typed" "$W/typed"
head -c 1000000 /dev/urandom >"$W/printed"
onrun sh -c 'stty raw; exec cat "$1"' - "$W/printed" </dev/null
is "a megabyte of any bytes is printed: status" "$S" 0
ok "a megabyte of any bytes is printed" cmp "$W/printed" "$T/out"
i=0
lost=
while [ $i -lt 20 ]; do
	onrun sh -c 'stty raw; head -c 65536 /dev/zero' </dev/null
	[ "$S $(wc -c <"$T/out")" = "0 65536" ] || lost="$lost $S"
	i=$((i + 1))
done
is "nothing is lost at the end" "$lost" ""

### An interactive shell

# onwait COMMAND...: the same where it has to be approved
onwait() {
	cat >"$P/script"
	as cbtagent env PS1='$ ' "$H/onpty" "$P/script" "$B/clawbot" \
	    -S "$T/run" run -t -s asks -- "$@" >"$T/tty.out" 2>&1 </dev/null &
	ow=$!
	BG="$BG $ow"
	waiting
	cb cbtadmin approvals show "$ID"
	cp "$T/out" "$T/approvals"
	cb cbtadmin approve -y "$ID"
	status_of "$ow"
}

onwait sh -i <<'END'
expect $ 
type sleep 1000 &\r
expect $ 
type jobs\r
expect Running
type sh -c 'echo st""arted; read x; echo g""oes on; exec sleep 2000'\r
expect started
type \x1a
expect topped
type fg\r
type \r
expect goes on
type \x03
expect $ 
type kill %1; wait; echo jobs over\r
expect jobs over
expect jobs over
type exit 6\r
END
is "job control in a shell: status" "$S" 6
restored "a shell"
ok "an approver sees the terminal" grep -qE 'on a terminal +yes' \
    "$T/approvals"
ok "nothing of it is left" until_true 60 not_running "sleep 1000"
for prog in python3 bash; do
	if [ ! -x /usr/bin/$prog ]; then
		skip "$prog on a terminal" "it is not installed"
		continue
	fi
	case $prog in
	python3) onrun python3 -q <<'END'
expect >>> 
type print(6*7)\r
expect 42
expect >>> 
type \x04
END
	;;
	bash) onwait bash --norc -i <<'END'
expect $
type echo $((6*7))\r
expect 42
expect $
type \x04
END
	;;
	esac
	is "$prog on a terminal" "$S" 0
done
if [ -x /usr/bin/less ]; then
	seq 1000 >"$W/lines"
	onrun less "$W/lines" <<'END'
expect 23
type q
END
	is "less on a terminal" "$S" 0
else
	skip "less on a terminal" "it is not installed"
fi

### Whatever happens to the caller

onrun sh -c 'echo ready; exec sleep 1000' <<'END'
expect ready
signal 15
END
is "the client is terminated: status" "$S" 143
restored "the client is terminated"
onrun sh -c 'echo ready; exec sleep 1000' <<'END'
expect ready
hangup
END
ok "the terminal is gone: the run too" until_true 60 \
    not_running "sleep 1000"
# suspended from outside, by a shell with job control
on cbtagent sh -i <<END
expect \$ 
modes $P/shell
type $B/clawbot -S $T/run run -t -- sh -c 'echo "rea""dy"; cat'\\r
expect ready
modes $P/raw
shell kill -TSTP \$(cat /proc/\$PID/task/\$PID/children)
expect topped
modes $P/stopped
type fg\\r
raw
type again\\r
expect again
expect again
modes $P/resumed
type \\x04
expect \$ 
modes $P/end
type exit\\r
END
is "suspended and resumed: status" "$S" 0
ok "while suspended the terminal is as it was" cmp "$P/shell" "$P/stopped"
ok "resumed it is the run's again" cmp "$P/raw" "$P/resumed"
ok "and it was not before" sh -c "! cmp -s '$P/raw' '$P/shell'"
ok "in the end it is as it was" cmp "$P/shell" "$P/end"
# no process of ours has got a terminal by it
cat >"$P/script" <<'END'
expect ready
expect over
END
as cbtagent "$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" run -t -- \
    sh -c 'echo ready; while test ! -e "$1"; do sleep 0.1; done; echo over' \
    - "$W/over" >"$T/tty.out" 2>&1 </dev/null &
pid=$!
until_true 60 grep -q ready "$T/tty.out"
with=
inside=0
for p in $(family "$D"); do
	tty=$(sed 's/.*) //' "/proc/$p/stat" 2>/dev/null | cut -d ' ' -f 5)
	[ "${tty:-0}" != 0 ] || continue
	case $(cmdline "$p") in
	*clawbot*)	with="$with $(name_of "$p")" ;;
	*)		inside=$((inside + 1)) ;;
	esac
done
is "no process of clawbot has a terminal" "$with" ""
ok "the command has one" test "$inside" -ge 1
touch "$W/over"
status_of "$pid"
is "and ends well" "$S" 0
# the daemon dies
cat >"$P/script" <<'END'
expect ready
expect lost
END
as cbtagent "$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" run -t -- \
    sh -c 'echo ready; exec sleep 1000' >"$T/tty.out" 2>&1 </dev/null &
pid=$!
until_true 60 grep -q ready "$T/tty.out"
kill -9 "$D"
daemon_wait
status_of "$pid"
is "the daemon dies: status" "$S" 125 || diag "$(tail -c 400 "$T/tty.out")"
restored "the daemon dies"

### Where there is none

daemon_start
cb cbtagent run -t -- true
is "-t without a terminal: status" "$S" 64
has "-t without a terminal: said" "$T/err" "not a terminal"
on cbtagent "$B/clawbot" -S "$T/run" --json run -t -- true </dev/null
is "-t and --json" "$S" 64
on cbtagent "$B/clawbot" -S "$T/run" run -t -d -- true </dev/null
is "-t and -d" "$S" 64
agent sh -c 'tty; : </dev/tty'
has "without -t there is no terminal" "$T/out" "not a tty"
ok "without -t there is no controlling one" test "$S" -ne 0
cb cbtadmin audit verify
is "the log is whole" "$S" 0
ok "the log tells of the terminal" log_has '"ev":"intent"' \
    '"terminal":true'
daemon_stop
finish
