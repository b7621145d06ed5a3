# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no process of a run outlives it, in whatever way it was started:
# when the command ends, is killed or takes too long, when its client is gone,
# and when any process between it and the supervisor is killed.  (None of
# them is traced: ptrace is refused, see 218-processes.)
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/escape.sh
. "$SRC/tests/regress/escape.sh"

WAYS=13
hostile escape_survive
conf_default

# none NAME: nothing of the run is left
none() {
	ok "$1: nothing is left" until_true 60 no_images escape_survive
	no_images escape_survive || for n_pid in $(images escape_survive); do
		diag "$(grep -s -e State -e PPid "/proc/$n_pid/status" |
		    tr '\n' ' ')"
	done
}

all_up() {
	[ "$(cat "$T/stays.out")" = "$WAYS" ] &&
	    [ "$(images escape_survive | wc -l)" -gt "$WAYS" ]
}

# stays: a run whose processes stay; STAYS is its client
stays() {
	cbbg stays cbtagent run -- "$W/escape_survive" stay
	STAYS=$BGPID
	until_true 60 all_up || bail "not all are up: $(cat "$T/stays.err")"
}

### The ends of a run

daemon_start
agent "$W/escape_survive" end
is "the command ends: status" "$S $(cat "$T/out")" "0 $WAYS"
none "the command ends"

# Orphans that end as fast as they are waited for hold nobody up.
agent perl -e 'for (1 .. 4) {
    next if fork;
    close STDOUT; close STDERR;
    while (1) { my $p = fork; exit(fork ? 0 : 1) if defined $p && !$p;
	waitpid($p, 0) if defined $p } }
    print "end"'
is "the command ends, orphans do without end" "$S $(cat "$T/out")" "0 end"

stays
cb cbtadmin --json ps
cb cbtadmin kill "$(json "$T/out" runs.0.run)"
is "clawbot kill: status" "$S" 0
status_of "$STAYS"
ok "clawbot kill: the client is told" test "$S" -ne 0 -a "$S" != running
none "clawbot kill"

# long enough for all of them to be up, however busy the machine is
for limit in 2 8 60; do
	cbbg stays cbtagent run --timeout $limit -- "$W/escape_survive" stay
	STAYS=$BGPID
	until_true $limit all_up && up=yes || up=no
	status_of "$STAYS"
	is "timeout: status" "$S" 124
	none "timeout"
	[ "$up" = no ] || break
done
is "timeout: all were up" "$up" yes

stays
kill -9 "$STAYS"
status_of "$STAYS"
none "the client is killed"
ok "after all that the daemon answers" answers
daemon_stop

### A process between

# field PID NAME: the last word of a line of its status
field() {
	awk -v n="$2:" '$1 == n { print $NF }' "/proc/$1/status" 2>/dev/null
}

# The command leads a session, and its parent is process 1 of the run.
command_pid() {
	for cp_pid in $(images escape_survive); do
		[ "$(field "$cp_pid" NSsid)" = "$(field "$cp_pid" NSpid)" ] &&
		    [ "$(field "$(field "$cp_pid" PPid)" NSpid)" = 1 ] &&
		    echo "$cp_pid"
	done | head -n 1
}

depth=1
for who in init runner spawner executor clawbotd; do
	daemon_start
	stays
	victim=$(command_pid)
	i=0
	while [ $i -lt $depth ]; do
		victim=$(field "$victim" PPid)
		i=$((i + 1))
	done
	[ $who != clawbotd ] || is "$who is the one" "$victim" "$D"
	[ $who != executor ] || is "$who is the one" "$victim" \
	    "$(role_pid executor)"
	kill -9 "$victim"
	status_of "$STAYS"
	ok "$who is killed: the client is told" test "$S" -ne 0 -a \
	    "$S" != running
	none "$who is killed"
	case $who in
	init | runner)
		ok "$who is killed: the daemon answers" answers
		daemon_stop ;;
	*)
		daemon_wait
		ok "$who is killed: so the daemon ends" test \
		    "$DSTATUS" != running ;;
	esac
	depth=$((depth + 1))
done
finish
