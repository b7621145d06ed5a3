# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A campaign of faults: while accounts run commands and change the vault, or
# while the daemon starts, some process of it is killed at a system call, or
# a call of it fails.  Whatever that was: no record is lost, nothing happens
# without an intent, nobody is told what is not so, nothing survives, and the
# daemon starts again.
#
# What goes wrong is drawn by lot.  The first half of the rounds is the same
# every time, the other half is another one each time; both seeds are printed,
# and what fails says with which case:
#	CAMPAIGN_ROUNDS=N	so many rounds; 1000 take some 20 minutes
#	CAMPAIGN_SEED=N		all of them by this seed
#	CAMPAIGN_CASE='ROLE WHEN FAULT N END'	this one in every round
. "$SRC/tests/regress/lib.sh"

[ "$ASAN" = no ] || skip_all "sanitizers make calls of their own"
sleep 60 &
BG=$!
"$H/faultat" -p "$BG" kill 1 >"$T/faultat" 2>&1 ||
    skip_all "needs to trace processes: $(cat "$T/faultat")"
ROUNDS=${CAMPAIGN_ROUNDS-40}
OTHER=$(($(od -An -N3 -tu4 /dev/urandom)))

# cases SEED ROUNDS: a line each, ROLE WHEN FAULT N END.  WHEN is the time of
# the fault, under load or while the daemon starts, and END how a daemon ends
# that outlives it.  The calls are those that the role makes.
cases() {
	perl -e '
	    my ($seed, $rounds) = @ARGV;
	    srand $seed;
	    my %calls = (
		supervisor => "send recv wait memory open",
		executor => "send recv wait read write memory open",
		auditor => "write sync send recv memory wait read",
		vault => "write sync name open send recv memory wait",
		spawner => "fork send recv wait memory open",
		resolver => "open read send recv memory",
		runner => "read write open send recv memory fork wait",
		init => "read write open send recv memory fork",
		# a call of its own that fails is its own matter
		command => "");
	    my %errors = (
		write => "EIO ENOSPC EINTR EAGAIN", read => "EIO EINTR",
		sync => "EIO ENOSPC EINTR", send => "ENOBUFS EAGAIN EINTR",
		recv => "EINTR EAGAIN ENOMEM", open => "EMFILE ENOMEM EIO",
		name => "EIO ENOSPC", memory => "ENOMEM",
		fork => "EAGAIN ENOMEM", wait => "EINTR");
	    sub one { my @of = split " ", shift; $of[rand @of] }
	    my @roles = sort keys %calls;
	    for my $i (0 .. $rounds - 1) {
		my $role = $roles[$i % @roles];
		my $when = rand() < 0.25 ? "start" : "load";
		my ($fault, $max) = ("kill", 1500);
		if (rand() < 0.5 && $calls{$role}) {
			my $class = one($calls{$role});
			$fault = "$class:" . one($errors{$class});
			$max = 60;
		}
		# small numbers are as likely as large ones
		printf "%s %s %s %d %s\n", $role, $when, $fault,
		    exp(rand(log $max)) + 0.5, one("TERM KILL");
	    }' "$1" "$2"
}

# A secret that each run has, and one that comes and goes.
LIMITS='"secrets": { "HELD": "env" },'
conf_default
mkdir "$W/marks" "$T/told"
chmod 777 "$T/told"
chown clawbot "$W/marks"
printf '#!/bin/sh\necho "${HELD#the-value-}" >%s/marks/"$1"\n' "$W" >"$W/mark"
chmod 755 "$W/mark"

# What accounts do until $T/stop is there: runs, each with a name of its own,
# of which NAME STATUS and what clawbot said are kept; and changes, of which
# NUMBER NAME COMMAND STATUS is.
cat >"$T/load" <<'END'
what=$1 name=$2 to=$3 n=0
C="$B/clawbot -S ${0%/*}/run --json"
one() {
	s=0
	# a failed one is not asked for again at once
	timeout 150 "$@" >"$to.one" 2>"$to.err" || s=$?
	[ "$s" -eq 0 ] || sleep 0.05
}
until [ -e "${0%/*}/stop" ]; do
	n=$((n + 1))
	case $what in
	runs)	one $C run -- "$W/mark" "$name-$n" </dev/null
		echo "$name-$n $s $(tr -d '\n' <"$to.one")" ;;
	*)	i=$((name + n))
		echo "the-value-$i" >"$to.value"
		case $((n % 3)) in
		0)	c="rm PASSING" ;;
		1)	c="set PASSING" ;;
		2)	c="set HELD" ;;
		esac
		one $C secrets $c <"$to.value"
		echo "$i ${c#* } ${c% *} $s" ;;
	esac >>"$to"
done
END

# What holds of the log, the marks, what clients were told, and the vault.
cat >"$T/check" <<'END'
use JSON::PP;
use Time::Local;
my ($t, $w, $held) = @ARGV;
my ($json, $file, %intent, %ends, %mark, %version, %changes, %ok) =
    (JSON::PP->new, 0);
sub wrong { print "@_\n" }
sub lines { open(my $f, "<", $_[0]) or return; my @l = <$f>; @l }
for (map { lines($_) } sort(glob "$t/log/gateway.log.*"),
    "$t/log/gateway.log") {
	my ($y, $mo, $d, $h, $mi, $s, $kind, $text) =
	    /^\d+ (\d+)-(\d+)-(\d+)T(\d+):(\d+):([\d.]+)\S* (\w+): (\{.*\})/
	    or next;
	my $r = $json->decode($text);
	if ($kind eq "secret") {
		# a record has the version of the file, a list the secret's
		wrong("secret $r->{name}: version $r->{version} after $file")
		    if $r->{version} != $file + 1;
		$file = $r->{version};
		$version{$r->{name}} = $r->{ev} eq "rm" ? 0 :
		    ($version{$r->{name}} // 0) + 1;
		$changes{$r->{name}}{$r->{ev}}++;
	}
	next if $kind ne "exec" || $r->{ev} eq "refused";
	if ($r->{ev} ne "intent") {
		push @{$ends{$r->{run}}}, $r;
		next;
	}
	wrong("run $r->{run}: two intents") if $intent{$r->{run}};
	$intent{$r->{run}} = $r;
	$r->{time} = timegm(int $s, $mi, $h, $d, $mo - 1, $y) + $s - int $s;
	$mark{$r->{argv}[1]} = $r if ref $r->{argv};
}
for my $run (sort keys %intent) {
	my $n = @{$ends{$run} // []};
	wrong("run $run: $n ends") if $n != 1;
}
for my $run (sort keys %ends) {
	wrong("run $run: an end and no intent") if !$intent{$run};
}
for my $path (glob "$w/marks/*") {
	my ($name) = $path =~ m,([^/]*)$,;
	my $r = $mark{$name};
	wrong("$name: happened without an intent"), next if !$r;
	my $e = $ends{$r->{run}}[0] or next;
	wrong("$name: happened and is recorded as $e->{ev}")
	    if $e->{ev} eq "abort";
	# clocks of file systems are up to 10 ms late
	wrong("$name: happened before its intent")
	    if (stat $path)[9] + 1 < int $r->{time};
}
for (map { lines($_) } glob "$t/told/runs*[0-9]") {
	my ($name, $status, $text) = /^(\S+) (\d+) ?(.*)/;
	my $said = eval { $json->decode($text) } // {};
	wrong("$name: 0 and it did not happen")
	    if $status == 0 && ! -e "$w/marks/$name";
	wrong("$name: 0 and no intent") if $status == 0 && !$mark{$name};
	wrong("$name: waits for ever") if $status == 124;
	# what its own calls were answered can be the command's to tell
	wrong("$name: nobody knows what $status means: $text")
	    if $status !~ /^(?:0|69|7[0-9]|125|126|137|143)$/ &&
	    ($said->{outcome} // "") ne "exited";
	my $run = $said->{run} // "";
	wrong("$name: $run was told of and is in no record")
	    if $status == 0 && ($mark{$name} // {run => ""})->{run} ne $run;
	my $e = $ends{$run}[0] or next;
	wrong("$name: told 0, recorded $e->{ev} $e->{outcome}")
	    if $status == 0 && ($e->{ev} ne "result" ||
	    ($e->{exit} // -1) != 0);
	wrong("$name: told $said->{outcome} $status, recorded $e->{outcome}")
	    if ($said->{outcome} // "") =~ /^(?:exited|signaled|timeout)$/ &&
	    ($e->{outcome} ne $said->{outcome} ||
	    ($e->{exit} // -1) != ($said->{exit} // -1));
}
my $last = 0;
for (map { lines($_) } glob "$t/told/vault*[0-9]") {
	my ($n, $name, $ev, $status) = split;
	wrong("secret $name: $ev waits for ever") if $status == 124;
	next if $status != 0;
	$ok{$name}{$ev}++;
	$last = $n if $name eq "HELD" && $n > $last;
}
for my $name (sort keys %ok) {
	for my $ev (sort keys %{$ok{$name}}) {
		my $n = $changes{$name}{$ev} // 0;
		wrong("secret $name: $ok{$name}{$ev} times $ev, $n recorded")
		    if $n < $ok{$name}{$ev};
	}
}
my $list = eval { $json->decode(join "", lines("$t/out")) } // {};
my %have = map { $_->{name} => $_->{version} } @{$list->{secrets} // []};
for my $name (sort keys %{{%have, %version}}) {
	my ($h, $l) = ($have{$name} // 0, $version{$name} // 0);
	wrong("secret $name: version $h in the vault, $l in the log")
	    if $h != $l;
}
my ($value) = lines("$w/marks/$held");
chomp($value //= "none");
wrong("secret HELD: value $value, set $last") if $value !~ /^\d+$/ ||
    $value < $last;
END

# Nobody of these accounts but clients: they are this script's alone.
survivors() {
	for s_user in _clawbot _clawbot-exec _clawbot-audit _clawbot-vault \
	    clawbot; do
		for s_pid in $(pgrep -U "$(id -u "$s_user")"); do
			gone "$s_pid" || echo "$s_pid $(name_of "$s_pid")"
		done
	done
}
no_survivors() {
	[ -z "$(survivors)" ]
}

# target ROLE: what faultat is to be told of it, in PID, COMM and DEPTH
target() {
	DEPTH=0 COMM=clawbot-$1
	case $1 in
	supervisor)
		COMM=clawbotd PID=$D
		return ;;
	executor | auditor | vault)
		PID=$(role_pid "$1")
		return ;;
	resolver)
		# while it starts it has no name of its own
		COMM=clawbot-spawner PID=$(resolvers | head -n 1)
		[ "$WHEN" = load ] || DEPTH=1
		return ;;
	runner)	DEPTH=1 ;;
	init)	DEPTH=2 ;;
	command)
		DEPTH=3 ;;
	esac
	COMM=clawbot-spawner
	# shellcheck disable=SC2046 # words
	PID=$(children $(role_pid executor) | head -n 1)
}

wrong() {
	PROBLEMS="$PROBLEMS$NL$*"
}

# load_start 0|1: for the first or the second time in this round
load_start() {
	rm -f "$T/stop"
	LOADS=
	for l_who in cbtagent:runs:1 cbtother:runs:2 cbtadmin:vault:3; do
		l_what=${l_who#*:} l_name=$ROUND-${l_who##*:}$1
		[ "$l_what" != vault:3 ] ||
		    l_name=$((ROUND * 10000 + $1 * 5000))
		B=$B W=$W as "${l_who%%:*}" sh "$T/load" "${l_what%:*}" \
		    "$l_name" "$T/told/${l_what%:*}${l_who##*:}" &
		LOADS="$LOADS $!"
	done
	BG="$BG $LOADS"
}

load_stop() {
	: >"$T/stop"
	for l_pid in $LOADS; do
		until_true 240 child_over "$l_pid" || wrong "a client hangs"
		wait "$l_pid" || :
	done
	LOADS=
}

fired_or_gone() {
	grep -qE '^(fired|ended)' "$T/faultat" || gone "$D"
}
held() {
	grep -q . "$T/faultat" || gone "$TRACER"
}
runs_again() {
	cb cbtagent run -- true && [ "$S" -eq 0 ]
}

# The fault, in a daemon that runs.
under_load() {
	"$H/faultat" -p "$PID" -d "$DEPTH" "$FAULT" "$N" \
	    >"$T/faultat" 2>&1 &
	TRACER=$!
	BG="$BG $TRACER"
	until_true 60 held || bail "faultat does not get hold of $ROLE"
	load_start 0
	until_true 6 fired_or_gone || ! is_child "$TRACER" || kill "$TRACER"
	sleep 0.15
	load_stop
	! is_child "$TRACER" || kill "$TRACER" 2>/dev/null
	wait "$TRACER" || :
}

# The fault, in a daemon that starts; after a kill it has something to mend.
at_start() {
	if [ "$END" = KILL ]; then
		load_start 0
		sleep 0.2
		kill -9 "$D"
		load_stop
		daemon_wait || wrong "it does not end"
	else
		daemon_stop
	fi
	: >"$T/faultat"
	DAEMON_WRAP="$H/faultat -r $COMM -d $DEPTH $FAULT $N"
	if daemon_try; then
		load_start 1
		sleep 0.3
		load_stop
	elif gone "$D"; then
		daemon_wait
		[ "$DSTATUS" -ne 0 ] || wrong "no start, and status 0"
	else
		wrong "the start hangs"
	fi
	DAEMON_WRAP=
}

# What a daemon that is still there can do, and its end.
outlived() {
	[ -n "$D" ] || return 0
	if ! gone "$D"; then
		until_true 60 runs_again || gone "$D" ||
		    wrong "it is there and runs nothing: $S $(cat "$T/err")"
		! is_child "$D" || kill "-$END" "$D" 2>/dev/null
	fi
	daemon_wait || wrong "it does not end"
	[ -z "$D" ] || daemon_kill
}

# The case of this round; what came of it is in PROBLEMS and CAME.
round() {
	PROBLEMS=
	target "$ROLE"
	if [ "$WHEN" = start ]; then at_start; else under_load; fi
	outlived
	until_true 60 no_survivors || wrong "survivors: $(survivors)"
	CAME=$(grep -v ready "$T/faultat" | tail -n 1)
	cp "$T/d.err" "$T/d.was"
	if ! daemon_try; then
		wrong "no start: $(cat "$T/d.err")"
		return
	fi
	V=0
	"$B/clawbot" audit verify "$T/log" >"$T/verify" 2>&1 || V=$?
	[ "$V" -eq 0 ] || wrong "audit verify: $V $(cat "$T/verify")"
	cb cbtagent run -- "$W/mark" "held-$ROUND"
	[ "$S" -eq 0 ] || wrong "started again, a run: $S $(cat "$T/err")"
	cb cbtadmin --json secrets list
	perl "$T/check" "$T" "$W" "held-$ROUND" >"$T/wrong" 2>&1
	[ ! -s "$T/wrong" ] || wrong "$(cat "$T/wrong")"
}

# Runs of which clients were told that they went well.
told() {
	cat "$T"/told/runs*[0-9] 2>/dev/null | awk '$2 == 0' | grep -c .
}

hold() {
	printf the-value-0 >"$T/value"
	cbin cbtadmin secrets set HELD <"$T/value"
	[ "$S" -eq 0 ] || bail "no secret: $(cat "$T/err")"
}

# What was found once is not found again in every round that follows, and
# what there is to be checked does not grow for ever.
forget() {
	[ -z "$D" ] || daemon_kill
	if [ -n "${KEEP-}" ] && [ -n "$PROBLEMS" ]; then
		cp -a "$T" "$T.$ROUND"
		diag "kept: $T.$ROUND"
	fi
	TOLD=$(($(told) + TOLD))
	find "$T/log" "$T/vault" "$W/marks" "$T/told" -type f -delete
	daemon_start
	hold
}

FAULTAT_LOG=$T/faultat
export FAULTAT_LOG
daemon_start
hold
half=$((ROUNDS / 2))
if [ -n "${CAMPAIGN_CASE-}" ]; then
	yes "$CAMPAIGN_CASE" | head -n "$ROUNDS"
elif [ -n "${CAMPAIGN_SEED-}" ]; then
	cases "$CAMPAIGN_SEED" "$ROUNDS"
else
	cases 1 $((ROUNDS - half))
	cases "$OTHER" "$half"
fi >"$T/cases"
diag "by lot of ${CAMPAIGN_CASE-${CAMPAIGN_SEED-1 and $OTHER}}"
ROUND=0 FIRED=0 TOLD=0
while read -r ROLE WHEN FAULT N END <&3; do
	ROUND=$((ROUND + 1))
	round
	case $CAME in
	fired*)	FIRED=$((FIRED + 1)) ;;
	esac
	if [ -n "$PROBLEMS" ]; then r=1; else r=0; fi
	result "$r" "never: not true after $ROLE $WHEN $FAULT $N $END"
	[ -z "${CAMPAIGN_VERBOSE-}$PROBLEMS" ] || diag "$CAME"
	if [ -z "$PROBLEMS" ]; then
		[ $((ROUND % 50)) -ne 0 ] || forget
		continue
	fi
	diag "again: CAMPAIGN_CASE='$ROLE $WHEN $FAULT $N $END'"
	echo "$PROBLEMS" | sed '1d; s/^/# /'
	diag "the daemon said:"
	tail -n 8 "$T/d.was" | sed 's/^/#   /'
	forget
done 3<"$T/cases"
daemon_stop
TOLD=$(($(told) + TOLD))
diag "$FIRED of $ROUND faults came, $TOLD runs"
ok "most faults came" test $((FIRED * 2)) -ge "$ROUND"
ok "there was a load" test "$TOLD" -ge "$ROUND"
finish
