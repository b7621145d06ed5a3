# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# How clawbot run ends: as the command did, by the signal that interrupted it,
# and with an error where its output went nowhere; and what it does to the
# input of others.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start
P=$T/pty
install -d -o cbtagent "$P"
# as agents write it
CLAWBOT="$B/clawbot -S $T/run"

# on COMMAND...: on a terminal, with the script of standard input; S
on() {
	cat >"$P/script"
	S=0
	as cbtagent env PS1='$ ' "$H/onpty" "$P/script" "$@" >"$T/out" \
	    2>"$T/err" </dev/null || S=$?
}

# line TEXT: a shell line of the agent's; S
line() {
	S=0
	as cbtagent timeout 240 sh -c "$1" >"$T/out" 2>"$T/err" </dev/null ||
	    S=$?
}

### Interrupted

on sh -c "while :; do $CLAWBOT run -- sh -c 'echo began; sleep 100'
    echo again; done" <<'END'
expect began
type \x03
END
is "Ctrl-C ends a loop" "$S" 130
hasnot "Ctrl-C: there is no other turn" "$T/out" again
for sig in INT=2 TERM=15 HUP=1; do
	n=${sig#*=} sig=${sig%=*}
	rm -f "$W/up"
	# from perl: a shell would ignore SIGINT for what is in the background
	as cbtagent perl -e '
	    my $p = fork; exec @ARGV[2 .. $#ARGV] if !$p;
	    select undef, undef, undef, 0.05 until -e $ARGV[1];
	    kill $ARGV[0], $p; waitpid $p, 0; print $? & 127, "\n"' \
	    "$sig" "$W/up" "$B/clawbot" -S "$T/run" run -- \
	    sh -c 'trap "exit 8" TERM; touch "$1"; while :; do sleep 0.05; done' \
	    - "$W/up" >"$T/out" 2>"$T/err" </dev/null
	is "SIG$sig: it ends by that" "$(cat "$T/out")" "$n"
	ok "SIG$sig: and the run is over" until_true 60 not_running "$W/up"
done
is "an end in order is what the log tells" \
    "$(grep -c '"ev":"result".*"outcome":"exited","exit":8' \
    "$T/log/gateway.log")" 3

### Told to stop by somebody else

# told COMMAND...: is killed by clawbot kill once $W/up is there
told() {
	rm -f "$W/up"
	cbbg told cbtagent --json run -- "$@"
	t_pid=$BGPID
	until_true 60 test -e "$W/up"
	cb cbtagent --json ps
	cb cbtagent kill "$(json "$T/out" runs.0.run)"
	is "kill: status" "$S" 0
	status_of "$t_pid"
}

told sh -c 'trap "exit 8" TERM; touch "$1"; while :; do sleep 0.05; done' - \
    "$W/up"
is "it ends in order: its own status" "$S" 8
is "... and outcome" "$(json "$T/told.out" outcome)" exited
has "... and who told it" "$T/told.out" "killed by uid"
told sh -c 'touch "$1"; exec sleep 100' - "$W/up"
is "it dies of it: 128 and the signal" "$S" 143
is "... and outcome" "$(json "$T/told.out" outcome)" killed
told sh -c 'trap "" TERM; touch "$1"; while :; do sleep 0.05; done' - "$W/up"
is "it does not listen: 128 and KILL" "$S" 137
cbbg wait cbtagent run -C "$W" -- touch asked
waiting
cb root kill "$ID"
status_of "$BGPID"
is "killed while it waited: it did not run" "$S" 75
has "killed while it waited: why" "$T/wait.err" "killed by uid 0"

### Standard input of others

line "printf 'a\nb\nc\n' | while read -r x; do $CLAWBOT run -n -- echo \"\$x\"
    done"
is "-n: a loop keeps its input" "$(tr '\n' ' ' <"$T/out")" "a b c "
line "echo text | { $CLAWBOT run -n -- cat; cat; }"
is "-n: standard input is empty" "$(cat "$T/out")" text
line "echo text | { $CLAWBOT run -- cat >/dev/null; cat; }"
is "without it is read" "$(cat "$T/out")" ""

### Where the output goes

line "$CLAWBOT run -- echo x >/dev/full"
is "a full disk: status" "$S" 74
has "a full disk: said" "$T/err" "standard output: No space left"
line "$CLAWBOT run -- sh -c 'echo x >&2' 2>/dev/full"
is "a full disk for errors: status" "$S" 74
line "$CLAWBOT run -- head -c 1000000 /dev/zero >/dev/full"
is "a full disk, and much: status" "$S" 74
line "$CLAWBOT run -- sh -c 'echo x; exit 3' >/dev/full"
is "a full disk, and it failed itself: its own status" "$S" 3
line "$CLAWBOT run -- echo x >&-"
is "closed: status" "$S" 74
line "$CLAWBOT run -- true >&- 2>&-"
is "closed, and nothing to write" "$S" 0
line "$CLAWBOT run -- seq 100000 | head -n 1"
is "a reader that had enough" "$S $(cat "$T/out")" "0 1"
hasnot "a reader that had enough: no error of ours" "$T/err" "standard output"
line "$CLAWBOT --json run -- echo x >/dev/full"
is "--json to a full disk: status" "$S" 74

### The order of what is printed

order='i=0; while [ $i -lt 500 ]; do echo o$i; echo e$i >&2; i=$((i + 1)); done'
perl -e 'print "o$_\ne$_\n" for 0 .. 499' >"$T/want"
line "$CLAWBOT run -- sh -c '$order' 2>&1 | cat"
ok "one pipe: in the order of writing" cmp "$T/want" "$T/out"
line "$CLAWBOT run -- sh -c '$order' >$P/both 2>&1"
ok "one file: in the order of writing" cmp "$T/want" "$P/both"
line "$CLAWBOT run -- sh -c '$order'"
ok "two: output" sh -c "grep '^o' '$T/want' | cmp - '$T/out'"
ok "two: errors" sh -c "grep '^e' '$T/want' | cmp - '$T/err'"
line "$CLAWBOT run -- sh -c 'exec >&-; $order' 2>&1"
is "one, and the command closes output: errors are there" \
    "$(grep -c '^e' "$T/out")" 500
line "$CLAWBOT run -- sh -c 'exec nosuchcommand' 2>&1"
is "one: what a shell says" "$S $(grep -c 'nosuchcommand' "$T/out")" "127 1"

### Options are what they are

for opt in "--time 5" "--time=5" "--reas x" "--no-w" "--skil default" \
    "--reas --reason"; do
	line "$CLAWBOT run $opt -- true"
	is "run $opt: status" "$S" 64
done
line "$CLAWBOT --chan cli status"
is "clawbot --chan: status" "$S" 64
line "$CLAWBOT run --timeout=60 --reason --reason --skill default -- echo yes"
is "in full: status" "$S $(cat "$T/out")" "0 yes"

### Stopped and continued

n=0
said=
while [ $n -lt 8 ]; do
	on sh -i <<END
expect \$ 
type $CLAWBOT run -t -- sh -c 'echo "rea""dy"; cat'\\r
expect ready
shell kill -TSTP \$(cat /proc/\$PID/task/\$PID/children)
expect topped
type fg\\r
raw
type again\\r
expect again
type \\x04
expect \$ 
type exit\\r
END
	! grep -q 'Interrupted' "$T/out" || said="$said $n"
	[ "$S" -eq 0 ] || said="$said $n:$S"
	n=$((n + 1))
done
is "fg: no interrupted system call" "$said" ""
cb cbtadmin audit verify
is "the log is whole" "$S" 0
daemon_stop
finish
