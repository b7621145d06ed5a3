# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What runs use: ps and top find their processes on the host and no others,
# show what the caller may see, and top is a screen on which nothing of others
# stands where it should not, and a key ends the run that it is about.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/terminal.sh
. "$SRC/tests/regress/terminal.sh"

SKILLS='"own": { "default": "allow", "runAs": "cbtagent",
    "write": ["'$W'"], '$PATIENT' },'
conf_default
daemon_start

# begins NAME COMMAND...: in the background, its id in ID, once it runs
begins() {
	b_name=$1
	shift
	KNOWN=$(ids)
	cbbg "$b_name" cbtagent run -n "$@"
	until_true 60 begun || bail "it does not run: $*"
}
ids() {
	cb root --json ps
	perl -MJSON::PP -e 'local $/; print "$_->{run}\n" for
	    grep { $_->{state} eq "running" }
	    @{decode_json(<STDIN>)->{runs}}' <"$T/out"
}
begun() {
	for ID in $(ids); do
		case $NL$KNOWN$NL in
		*"$NL$ID$NL"*)	;;
		*)	return 0 ;;
		esac
	done
	return 1
}
# of RUN KEY [ACCOUNT]: what ps --json has of it there, or nothing
of() {
	cb "${3-root}" --json ps
	perl -MJSON::PP -e 'local $/; for (@{decode_json(<STDIN>)->{runs}}) {
	    print $_->{$ARGV[1]} // "" if $_->{run} eq $ARGV[0] }' \
	    "$1" "$2" <"$T/out"
}
# has_value RUN KEY VALUE [ACCOUNT]
has_value() {
	[ "$(of "$1" "$2" "${4-root}")" = "$3" ]
}
# at_least RUN KEY NUMBER
at_least() {
	al_is=$(of "$1" "$2")
	[ -n "$al_is" ] && [ "$al_is" -ge "$3" ]
}
# pid_of TEXT: of the daemon's process that was started by that
pid_of() {
	for p_pid in $(family "$D"); do
		[ "$(cmdline "$p_pid" | tr '\n' ' ')" = "$1 " ] &&
		    echo "$p_pid"
	done
}

### Whose processes they are

begins one -- sleep 1001
one=$ID
host=$(pid_of "sleep 1001")
ok "ps: the host's number of the command" until_true 60 has_value "$one" \
    host_pid "$host"
is "ps: and of its init" "$(of "$one" init_pid)" \
    "$(sed -n 's/^PPid:	//p' "/proc/$host/status")"
is "ps: one process" "$(of "$one" processes)" 1
ok "ps: memory" at_least "$one" memory_kb 1
is "ps: the caller's number is another" "$(of "$one" pid)" "$BGPID"
cb cbtagent ps
ok "ps: people see it, and who" grep -qE \
    "^$one  running .* cbtagent \($(id -u cbtagent)\) +$host +1 +[0-9.]+ +[0-9.]+[KM] .*sleep 1001\$" \
    "$T/out"
begins many -- sh -c 'sleep 1002 & sleep 1002 & sh -c "sleep 1003 & exit" &
    wait; sleep 1004'
many=$ID
ok "ps: all of its processes, those whose parents have ended, too" \
    until_true 60 has_value "$many" processes 4
begins busy -- perl -e '1 while 1'
busy=$ID
ok "ps: processor time" until_true 60 at_least "$busy" cpu_us 200000
ok "ps: most of a processor, or what there is of it" at_least "$busy" \
    cpu_permille 10
is "ps: the others took none of it" "$(($(of "$one" cpu_us) < 200000))" 1
begins large -- perl -e '$x = "x" x 60000000; sleep 1005'
large=$ID
ok "ps: its memory" until_true 60 at_least "$large" memory_kb 55000
case $(of "$large" memory_of) in
group|processes)	r=0 ;;
*)			r=1 ;;
esac
result "$r" "ps: and whose"

# What calls itself like a runner is none: in a run, and elsewhere.
begins liar -- perl -e '$0 = $ARGV[0]; sleep 1006' "$one"
liar=$ID
# Not through as(): what ends it must reach it and no shell; and its child ends
# with it, however that is.
setpriv --reuid=cbtother --regid="$(id -g cbtother)" --init-groups perl -e '
    $0 = $ARGV[0];
    pipe(my $r, my $w) or die;
    if (fork) { close $r; sleep 1007 } else { close $w; sysread $r, $w, 1 }' \
    "$one" >/dev/null 2>&1 &
BG="$BG $!"
called() {
	grep -lsx "$one" /proc/[0-9]*/comm | wc -l | grep -qx "$1"
}
ok "four processes are called so" until_true 60 called 4
is "a name is not enough" "$(of "$one" host_pid)" "$host"
ok "and who uses it is told as what it is" until_true 60 has_value "$liar" \
    processes 1

# With the rights of who asks.
is "the account itself: told" "$(of "$one" host_pid cbtagent)" "$host"
# hidden ACCOUNT ARGUMENT...: where the host's processes are hidden
hidden() {
	h_user=$1
	shift
	S=0
	unshare -m sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' \
	    sh setpriv --reuid="$h_user" --regid="$(id -g "$h_user")" \
	    --init-groups timeout -k 10 60 "$B/clawbot" -S "$T/run" "$@" \
	    >"$T/out" 2>"$T/err" </dev/null || S=$?
}
hidden cbtagent ps
is "hidepid: ps" "$S" 0
ok "hidepid: what is hidden is not told" grep -qE \
    "^$one  running .*\) +-  +-  +-  +- .*sleep 1001\$" "$T/out"
hidden cbtagent --json ps
hasnot "hidepid: no number" "$T/out" '"host_pid"' '"cpu_us"'
hidden root --json ps
has "hidepid: root sees it" "$T/out" "\"host_pid\":$host,"
cb cbtother --json ps
is "nobody else sees the runs" "$(json "$T/out" runs)" "[]"

### Without a terminal

cb cbtagent top
is "top: prints once" "$S" 0
is "top: a row each" "$(wc -l <"$T/out")" 6
cb cbtagent top -n 2 -d 1
is "top -n 2: status" "$S" 0
is "top -n 2: twice" "$(grep -c '^RUN ' "$T/out")" 2
cb cbtagent --json top -n 2 -d 1
is "top --json: a line each" "$(wc -l <"$T/out")" 2
tail -n 1 "$T/out" >"$T/last"
ok "top --json: JSON" json "$T/last" runs.0.run
is "top --json: the busiest first" "$(json "$T/last" runs.0.run)" "$busy"
for bad in "-n 0" "-n x" "-n -1" "-d 0" "-d x" more; do
	# shellcheck disable=SC2086 # words
	cb cbtagent top $bad
	is "top $bad: usage" "$S" 64
done
S=0
as cbtagent "$B/clawbot" -S "$T/run" top >/dev/full 2>"$T/err" || S=$?
is "top >/dev/full: status" "$S" 74
cb cbtother top
is "top, nothing to be seen: status" "$S" 0
is "top, nothing to be seen: the heads" "$(wc -l <"$T/out")" 1

### On one

view() {
	typed "setpriv --reuid=${1-cbtadmin} --regid=$(id -g "${1-cbtadmin}") \
--init-groups $B/clawbot -S $T/run top -d 1" Enter
}
# harmless: rows begin with what is ours
harmless() {
	look
	perl -CSD -ne '
	    chomp;
	    $bad = "control: $_" if /[\x00-\x1f\x7f]/;
	    $bad = "row: $_" unless /^ clawbot top: [0-9]+ run/ ||
		/^> / || /^   *(RUN|PID|r[0-9a-z]{12}|[0-9]+|waiting|-) / ||
		/^ (Up|k: end|end it|r[0-9a-z]{12}: )/ || $_ eq "";
	    END { print "# $bad\n" if $bad; exit($bad ? 1 : 0) }' "$T/screen"
}
forty=$(perl -e 'print "\n" x 40, "x"')
begins lines -- perl -e 'sleep 1008' "${forty%x}> $one  0 clawbot top: " \
    "$(printf 'x\033[2J\033[H\342\200\256y\r\007')"
# shellcheck disable=SC2046 # words
begins words -- perl -e 'sleep 1009' $(seq 4000)
begins wide -- perl -e 'sleep 1010' "$(perl -CS -e \
    'print "\x{6f22}" x 400')" "$(head -c 60000 /dev/zero | tr '\0' a)"
wide=$ID
cbbg asks cbtagent run -n -- touch asked
until_true 60 waiting
terminal 80x24
view
sees "one screen" '^ clawbot top: 9 runs, .* processes of 8'
sees "a row each, the busiest first" "^> $busy +cbtagent +[0-9]+ "
ok "... all of them" test "$(grep -cE '^[> ] r[0-9a-z]{12} ' "$T/screen")" \
    -eq 9
sees "what waits says so" '^  r[0-9a-z]{12} cbtagent .*waiting .*touch asked'
typed M
sees "M: by memory" "^> $large"
typed Down
sees "Down: the next one" "^  $large"
typed End
sees "End: the last, which has none" '^> r[0-9a-z]{12} cbtagent .*waiting'
typed Home
sees "Home: the first" "^> $large"
typed T Home
sees "T: by time" "^> $busy"
typed P
for size in 80x24 40x12 200x60 80x24; do
	$TM resize-window -x "${size%x*}" -y "${size#*x}"
	sees "at $size: drawn anew" "^ clawbot top: 9 runs"
	rows() {
		look && [ "$(grep -cE 'sleep |touch |while' "$T/screen")" -ge 1 ] &&
		    [ "$(wc -l <"$T/screen")" -eq "${size#*x}" ]
	}
	ok "at $size: rows of runs" until_true 60 rows
	ok "at $size: no row is another's" until_true 60 harmless || harmless
	typed k
	sees "at $size: a question" '^ end it\? \[y/N\]'
	ok "at $size: no row of it is another's" harmless
	typed Escape
	sees "at $size: Escape is no" 'goes on'
done
$TM resize-window -x 20 -y 5
sees "too small" 'too small'
typed k y Enter
$TM resize-window -x 80 -y 24
sees "large enough again" '^ clawbot top: 9 runs'

# A run is ended by a key, an answer, and that one alone.
typed k
sees "k asks" "^ $busy: perl -e"
typed Enter
sees "Enter is no" "$busy: goes on"
typed k
sees "k asks again" "^ $busy: perl -e"
typed yy Enter
sees "a key that is held down is no" "$busy: goes on"
typed k
sees "k asks once more" "^ $busy: perl -e"
$TM set-buffer 'y' \; paste-buffer -p -t 0
typed Enter
sees "what was pasted is no yes" "$busy: goes on"
is "it runs" "$(of "$busy" state)" running
typed k
sees "and again" "^ $busy: perl -e"
typed y Enter
sees "yes: it ends" '^ clawbot top: 8 runs'
ok "... that one" until_true 60 not_running "1 while 1"
ok "... alone" running "sleep 1001"
typed C-z
ok "Ctrl-Z: the screen is the one before" until_true 60 is_state "0 1 sh"
typed fg Enter
sees "fg: drawn again" '^ clawbot top: 8 runs'
typed q
as_it_was "q" 0
view cbtother
sees "somebody else: nothing" '^ clawbot top: 0 runs'
sees "... and it says so" 'nothing runs'
typed k
typed C-c
as_it_was "Ctrl-C" 130
view
sees "again" '^ clawbot top: 8 runs'
daemon_kill
as_it_was "a lost daemon" 69
finish
