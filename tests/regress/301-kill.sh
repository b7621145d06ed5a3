# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# SIGKILL to each role, and to clawbotd, in the middle of runs, again and
# again.  Whatever is hit: nothing survives, the log is whole, exactly the
# runs that were under way are closed as lost, and the vault opens.
. "$SRC/tests/regress/lib.sh"

SKILLS='"keyed": { "default": "allow", "write": ["'$W'"],
    "secrets": { "TOKEN": "env" } },'
conf_default
printf '#!/bin/sh\necho "${#TOKEN}"\n' >"$W/length"
chmod 755 "$W/length"

# runs FILE: "RUN INTENTS ENDS LOST" for every run that has an exec record
runs() {
	perl -ne '
	    my ($ev, $run) =
		/^\d+ \S+ exec: \{"v":1,"ev":"(\w+)","run":"([^"]+)"/ or next;
	    next if $ev eq "refused";
	    $n{$run} //= [0, 0, 0];
	    $n{$run}[0]++ if $ev eq "intent";
	    $n{$run}[1]++ if $ev =~ /^(?:result|abort|lost)$/;
	    $n{$run}[2]++ if $ev eq "lost";
	    END { print "$_ @{$n{$_}}\n" for sort keys %n }' "$1"
}

# Runs without an end; runs that ended more than once or without intent.
open_runs() {
	runs "$T/log/gateway.log" | awk '$3 == 0 { print $1 }'
}

odd_runs() {
	runs "$T/log/gateway.log" | awk '$2 != 1 || $3 != 1'
}

lost_runs() {
	runs "$T/log/gateway.log" | awk '$4 == 1 { print $1 }'
}

# What killed it may have cut a record that nobody was told about.
verify_status() {
	V=0
	"$B/clawbot" audit verify "$T/log" >"$T/verify" 2>&1 || V=$?
}

victim() {
	if [ "$1" = clawbotd ]; then
		echo "$D"
	else
		role_pid "$1"
	fi
}

has_started() {
	[ "$(open_runs | grep -c .)" -eq "$1" ] && running "sleep 7777" &&
	    running "sleep 8888" && have_waiting
}

# after_kill NAME PIDS STATUS: what holds as soon as it was hit
after_kill() {
	daemon_wait || bail "the daemon goes on"
	is "$1: the daemon's status" "$DSTATUS" "$3"
	none_left "$1: no process survives" "$2"
	verify_status
	ok "$1: the log as it was left" test "$V" -eq 0 -o "$V" -eq 3
}

# after_start NAME LOST: what holds when it runs again
after_start() {
	daemon_start
	verify_status
	is "$1: started again: the log" "$V" 0
	is "$1: lost are those that ran" "$(lost_runs)" "$2"
	is "$1: every intent has one end" "$(odd_runs)" ""
	cb cbtagent run -s keyed -- "$W/length"
	is "$1: the vault opens" "$S $(cat "$T/out")" "0 8"
}

daemon_start
printf sesame-7 >"$T/value"
cbin root secrets set TOKEN <"$T/value"
is "a secret" "$S" 0

### Each of them, with a run, a tree of processes and a waiting approval

lost=
for who in executor:92 auditor:93 vault:95 clawbotd:137; do
	name=${who%:*}
	cbbg a cbtagent run -- sleep 7777
	a=$BGPID
	# it forks, leaves its session and hears nothing
	cbbg b cbtagent run -- sh -c 'trap "" HUP TERM INT
	    setsid sh -c "sleep 8888 & sleep 8888 & wait" & wait'
	b=$BGPID
	cbbg c cbtagent run -- touch asked
	c=$BGPID
	until_true 60 has_started 2 || bail "$name: runs do not start"
	# shellcheck disable=SC2046 # a list
	pids=$(births $(family "$D"))
	lost=$(printf '%s\n%s\n' "$lost" "$(open_runs)" | grep . | sort)
	kill -9 "$(victim "$name")"
	after_kill "$name" "$pids" "${who#*:}"
	for p in $a $b $c; do
		status_of "$p"
		ok "$name: a client is told" test "$S" != running -a \
		    "$S" -ne 0
	done
	after_start "$name" "$lost"
	cb cbtadmin --json approvals
	is "$name: what waited does not wait any more" \
	    "$(json "$T/out" approvals)" "[]"
done

### At any moment of short runs

# Clients that ask until they are refused; what they were told is kept.
cat >"$T/client" <<'END'
n=0
while "$B/clawbot" -S "$1" --json run -- sh -c 'echo x' >"$2.one" 2>/dev/null
do
	cat "$2.one" >>"$2.told"
	n=$((n + 1))
done
END
mkdir "$T/clients"
chown cbtagent "$T/clients"

busy() {
	[ "$(cat "$T"/clients/*.told 2>/dev/null | grep -c .)" -ge "$1" ]
}

enough=0
for who in auditor clawbotd executor vault auditor clawbotd; do
	loops=
	for i in 1 2 3; do
		as cbtagent sh "$T/client" "$T/run" "$T/clients/$i" &
		loops="$loops $!"
	done
	BG="$BG $loops"
	enough=$((enough + 7))
	until_true 60 busy $enough || bail "$who: clients are not served"
	# shellcheck disable=SC2046 # a list
	pids=$(births $(family "$D"))
	kill -9 "$(victim "$who")"
	daemon_wait || bail "the daemon goes on"
	none_left "$who, busy: no process survives" "$pids"
	for p in $loops; do
		until_true 60 child_over "$p" || bail "a client hangs"
		wait "$p" || :
	done
	enough=$(cat "$T"/clients/*.told | grep -c .)
	daemon_start
	verify_status
	is "$who, busy: the log" "$V" 0
	is "$who, busy: every intent has one end" "$(odd_runs)" ""
done

# Nobody was told of a result that the log does not have.
runs "$T/log/gateway.log" | awk '$4 == 0 { print $1 }' | sort >"$T/ended"
cat "$T"/clients/*.told | sed 's/.*"run":"\([^"]*\)".*/\1/' | sort >"$T/told"
ok "clients were told of runs" test -s "$T/told"
is "what a client was told is in the log" \
    "$(comm -13 "$T/ended" "$T/told")" ""
daemon_stop
is "in the end nothing is left open" "$(open_runs)" ""
finish
