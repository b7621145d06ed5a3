# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: the record is true when things fail.  System calls of a run's
# runner, its init and what is about to be the command fail, each in turn,
# with what kernels answer when something lacks; runners and the spawner are
# killed.  What was not executed is never said to have ended, what was
# executed is never said not to have, and each intent has one end.
. "$SRC/tests/regress/lib.sh"

# number NAME: of a system call here, or nothing
number() {
	printf '#include <sys/syscall.h>\nSYS_%s\n' "$1" |
	    cc -E -P -x c - 2>/dev/null | tail -n 1 | grep -x '[0-9]*'
}
[ -n "$(number getpid)" ] || skip_all "needs a C preprocessor"
case $(uname -m) in
x86_64|aarch64) ;;
*) skip_all "tests/helpers/faultat.c does not know this processor" ;;
esac

printf 'value-1234567' >"$T/v"
SKILLS='"one": { "default": "allow", '$PATIENT', "write": ["'$W'"],
	"secrets": { "TOKEN": "env" } },'
MORE='"sandbox": { "warm": 0 },'
conf_default
daemon_start
cbin cbtadmin secrets set TOKEN <"$T/v"
is "a secret" "$S" 0

# spawner_of SKILL: its pid, by what it has started
spawner_of() {
	cbbg find cbtagent run -s "$1" -- sleep 1000
	until_true 60 running "sleep 1000" || bail "no run"
	for p in $(children "$(role_pid executor)"); do
		for c in $(family "$p"); do
			case $(cmdline "$c" | tr '\n' ' ') in
			"sleep 1000 ") SPAWNER=$p ;;
			esac
		done
	done
	kill "$BGPID"
	until_true 60 not_running "sleep 1000" || bail "it does not end"
}

# inject CALL ERRNO WHEN: INJECTED, and the run that it happened to
inject() {
	: >"$T/injected"
	# shellcheck disable=SC2086 # words
	"$H/faultat" ${WHOSE--s $SPAWNER} -- "$1:$2" "$3" >"$T/injected" \
	    2>"$T/inject.err" &
	i_pid=$!
	BG="$BG $i_pid"
	until_true 60 grep -q ready "$T/injected" || bail "no injection: \
	    $(cat "$T/inject.err")"
	rm -f "$W/ran"
	cb cbtagent --json run -s one --timeout 20 -- \
	    sh -c 'echo x >>"$0"; echo went through; exit 7' "$W/ran"
	# it may have ended: with what it was to do
	! is_child "$i_pid" || kill "$i_pid" 2>/dev/null || :
	wait "$i_pid" 2>/dev/null || :
	INJECTED=no
	! grep -q '^fired' "$T/injected" || INJECTED=yes
}

# truth NAME: what was said of it goes with what it did
truth() {
	t_outcome=$(json "$T/out" outcome) || t_outcome=none
	t_reason=$(json "$T/out" reason) || t_reason=
	t_ran=no
	# the file fails, too, where init makes it
	[ ! -e "$W/ran" ] || t_ran=yes
	case $(json "$T/out" stdout) in
	*"went through"*) t_ran=yes ;;
	esac
	# or did not come to that
	! grep -q '^executed' "$T/injected" || t_ran=yes
	COUNT=$((COUNT + 1))
	case $t_outcome,$t_ran,$S in
	exited,yes,7|signaled,yes,1??|timeout,*,124|lost,*,125)
		t_good=yes ;;
	error,no,75|error,no,125|error,no,126|denied,no,75)
		t_good=yes ;;
	*)	t_good=no ;;
	esac
	case $t_outcome in
	error|denied|lost) [ -n "$t_reason" ] || t_good=no ;;
	esac
	# what lacks passes: try again
	case $2,$t_outcome in
	lack,error) [ "$S" = 75 ] || t_good=no ;;
	esac
	printf '%s: %s, ran %s, status %s, %s\n' "$1" "$t_outcome" "$t_ran" \
	    "$S" "$t_reason" >>"$T/told"
	[ $t_good = yes ] || {
		diag "$1: $t_outcome, ran $t_ran, status $S, $t_reason"
		WRONG=$((WRONG + 1))
	}
}

# Each intent has one end; abort and error of what did not run alone
ends() {
	perl -ne '
	    my ($ev, $run) = /exec: \{"v":1,"ev":"(\w+)","run":"(\w+)"/
		or next;
	    $i{$run}++ if $ev eq "intent";
	    $e{$run}++ if $ev =~ /^(?:result|abort|lost)$/;
	    END { for (keys %i) { print "$_ " if ($e{$_} // 0) != 1 } }' \
	    "$T/log/gateway.log"
}

### One call that fails

spawner_of one
# what spawners have started that is no runner of a run
OTHERS="$(runners | tr '\n' ' ') "
COUNT=0 WRONG=0
# ENOMEM, EAGAIN, EMFILE, ENFILE, ENOBUFS, ENOSPC, and EIO, which is none
fails() {
	f_call=$1 f_errno=$2 f_most=$3 f_kind=lack
	[ "$f_errno" != 5 ] || f_kind=final
	f_nr=$(number "$f_call")
	[ -n "$f_nr" ] || return 0
	f_n=1
	while [ $f_n -le "$f_most" ]; do
		inject "$f_nr" "$f_errno" $f_n
		[ "$INJECTED" = yes ] || break
		truth "$f_call $f_errno, number $f_n" $f_kind
		f_n=$((f_n + 1))
	done
}
for call in ${CALLS-sendmsg:105 sendmsg:12 sendto:105 sendto:12 sendto:5 \
    recvmsg:12 recvfrom:12 read:12 read:5 write:12 write:5 write:28 \
    poll:12 clone:11 clone:12 clone3:11 clone3:28 pipe2:24 socketpair:23 \
    openat2:24 setns:12 execveat:12 execveat:11 memfd_create:24 signalfd4:12 \
    seccomp:12 mmap:12 fsopen:12 fsmount:12 mount:12 \
    setrlimit:12 prlimit64:12 fcntl:12 pread64:12 readlink:12}; do
	fails "${call%:*}" "${call#*:}" 40
done
diag "$COUNT runs with a call that failed"
never is "calls that fail: what is said is true" "$WRONG" 0
ok "calls that fail: there were some" test "$COUNT" -ge 100
has "calls that fail: nothing is final that passes" "$T/told" "status 75"
ok "calls that fail: the daemon is there" answers
cb cbtagent run -s one -- echo fine
is "calls that fail: and runs what it is asked" "$(cat "$T/out")" fine
never is "calls that fail: each intent has one end" "$(ends)" ""

### Killed: a runner, or whoever it is that makes a call

# The record itself says it: of what ran there is no abort, of what did not
# no result.
recorded() {
	r_ev=$(grep -F "\"run\":\"$1\"" "$T/log/gateway.log" |
	    sed -n 's/.*exec: {"v":1,"ev":"\(result\|abort\|lost\)".*/\1/p')
	case $r_ev,$t_ran in
	result,yes|lost,*|abort,no|,no) ;;
	*)	diag "run $1: recorded as $r_ev, ran $t_ran"
		WRONG=$((WRONG + 1)) ;;
	esac
	RECORDED="$RECORDED $r_ev"
}

COUNT=0 WRONG=0 RECORDED=
n=1
while [ $n -le 400 ]; do
	for how in 0 -1; do
		inject -1 $how $n
		truth "killed ($how) at call $n" killed
		recorded "$(json "$T/out" run)"
	done
	[ "$INJECTED" = yes ] || break
	n=$((n + 7))
done
diag "$COUNT runs: $(for w in $RECORDED; do echo "$w"; done | sort |
    uniq -c | tr -s ' \n' ' ')"
never is "killed: what is said is true" "$WRONG" 0
ok "killed: there were some" test "$COUNT" -ge 50
ok "killed: the daemon is there" answers

# At any time, also when the command is under way.
WRONG=0 RECORDED=
n=0
while [ $n -lt 50 ]; do
	rm -f "$W/ran"
	# every other time at a moment by chance, or while it is under way
	length=0.2
	[ $((n % 2)) -eq 0 ] || length=5
	cbbg any cbtagent --json run -s one -- \
	    sh -c 'echo x >>"$0"; sleep "$1"; exit 7' "$W/ran" $length
	if [ $((n % 2)) -eq 0 ]; then
		sleep "0.0$((n % 10))$((n % 7))"
	else
		until_true 60 test -e "$W/ran"
	fi
	for p in $(runners); do
		case " $OTHERS" in
		*" $p "*) ;;
		*) kill -9 "$p" 2>/dev/null ;;
		esac
	done
	status_of "$BGPID"
	cp "$T/any.out" "$T/out"
	t_ran=no
	[ ! -e "$W/ran" ] || t_ran=yes
	recorded "$(json "$T/out" run)"
	n=$((n + 1))
done
diag "$n runs: $(for w in $RECORDED; do echo "$w"; done | sort |
    uniq -c | tr -s ' \n' ' ')"
never is "runner killed: what is recorded is true" "$WRONG" 0
case $RECORDED in
*lost*) r=0 ;;
*)	r=1 ;;
esac
result $r "runner killed: some are lost"

# With the spawner everything ends; what it had under way is lost at most.
n=0 WRONG=0 RECORDED=
while [ $n -lt 10 ]; do
	[ -n "$D" ] || daemon_start
	rm -f "$W/ran"
	# at its end the executor hears of the runner, or of the spawner, first
	victim=
	for p in $(children "$(role_pid executor)"); do
		victim="$victim $p"
	done
	cbbg any cbtagent --json run -s one -- \
	    sh -c 'echo x >>"$0"; sleep 5; exit 7' "$W/ran"
	sleep "0.$((n % 10))"
	[ $n -lt 8 ] || until_true 60 test -e "$W/ran"
	# shellcheck disable=SC2086 # a list
	kill -9 $victim
	daemon_wait
	status_of "$BGPID"
	[ ! -e "$W/ran" ] || touch "$W/ran.$n"
	n=$((n + 1))
done
daemon_start
cb cbtadmin audit verify
is "spawner killed: the log is whole" "$S" 0
never is "each intent has one end" "$(ends)" ""
never ok "spawner killed: what ran has no abort" perl -e '
    my (@runs, %ev);
    open(my $f, "<", $ARGV[0]) or die;
    while (<$f>) {
	my ($ev, $run) = /exec: \{"v":1,"ev":"(\w+)","run":"(\w+)"/ or next;
	push @runs, $run if $ev eq "intent" && /sleep 5/;
	$ev{$run} = $ev if $ev =~ /^(?:result|abort|lost)$/;
    }
    my $ran = () = glob("$ARGV[1]/ran.*");
    my $aborts = grep { $ev{$_} eq "abort" } @runs;
    my $lost = grep { $ev{$_} eq "lost" } @runs;
    print "# $ran ran: $lost lost, $aborts not started\n";
    exit($ran > $lost || $ran == 0)' "$T/log/gateway.log" "$W"
### What the executor says to a runner

WHOSE="-p $(role_pid executor)"
COUNT=0 WRONG=0
fails sendmsg 105 12
fails sendmsg 12 12
diag "$COUNT runs with a call of the executor that failed"
never is "executor: what is said is true" "$WRONG" 0
ok "executor: the daemon is there" answers

# The word to end comes late, and comes.
cbbg long cbtagent run -s one -- sleep 1000
until_true 60 started "sleep 1000" || bail "no run"
ID=$(json "$T/out" runs.0.run)
: >"$T/injected"
# shellcheck disable=SC2086 # words
"$H/faultat" $WHOSE "$(number sendmsg):105" 1 >"$T/injected" &
BG="$BG $!"
i_pid=$!
until_true 60 grep -q ready "$T/injected" || bail "no injection"
cb cbtagent kill "$ID"
status_of "$BGPID"
! is_child "$i_pid" || kill "$i_pid" 2>/dev/null || :
ok "the word to end failed once" grep -q '^fired' "$T/injected"
is "the word to end failed once: it ends" "$S" 143

# Time passes, whatever the sandbox does: here its init is stopped.
for limit in 3 12 60; do
	cbbg stopped cbtagent run -s one --timeout $limit -- sleep 1000
	! until_true $limit started "sleep 1000" || break
	status_of "$BGPID"
done
for p in $(runners); do
	for c in $(children "$p"); do
		kill -STOP "$c"
	done
done
status_of "$BGPID"
is "init stopped: the time limit holds" "$S" 124
ok "init stopped: nothing is left" until_true 60 not_running "sleep 1000"
never is "executor: each intent has one end" "$(ends)" ""
daemon_stop
finish
