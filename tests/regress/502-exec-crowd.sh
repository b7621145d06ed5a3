#!/bin/sh
# SPDX-License-Identifier: ISC
# Many programs at one time, many one after the other, and nothing left of any
# of them when those end who decide.
# shellcheck disable=SC2016 # arguments of sh -c
. "$SRC/tests/regress/lib.sh"

N=${CBT_EXECS-10000}
SKILLS='"judged": { "default": "allow", "deny": ["touch denied"],
    "ask": ["touch asked"], "write": ["'"$W"'"],
    "limits": { "timeoutSeconds": 3600, "processes": 4000 } },'
conf_default
daemon_start
cat >"$T/crowd.c" <<'END'
#include <sys/wait.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* COUNT AT-ONCE: so many children execute true. */
int
main(int argc, char **argv)
{
	int all = atoi(argv[1]), most = atoi(argv[2]), left = 0, bad = 0, st;
	char n[16];

	for (int i = 0; i < all; i++) {
		if (left == most && left-- && wait(&st) > 0)
			bad += st != 0;
		snprintf(n, sizeof(n), "%d", i);
		if (fork() == 0) {
			execl("/bin/true", "true", n, NULL);
			_exit(9);
		}
		left++;
	}
	while (wait(&st) > 0)
		bad += st != 0;
	printf("%d bad\n", bad);
	return (argc != 3);
}
END
cc -o "$W/crowd" "$T/crowd.c" || bail "no compiler"

# execs RUN: the numbers of its rows, as they stand in the log
execs() {
	sed -n "s/.*\"ev\":\"exec\",\"run\":\"$1\",\"seq\":\([0-9]*\),.*/\1/p" \
	    "$T/log/gateway.log"
}

last_run() {
	sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
	    "$T/log/gateway.log" | tail -n 1
}

CB_TIMEOUT=600 cb cbtagent run -s judged -C "$W" -- ./crowd 1000 1000
is "1,000 at one time: all ran" "$(cat "$T/out")" "0 bad"
is "... and are in the log" "$(execs "$(last_run)" | sort -nu | wc -l)" 1000

CB_TIMEOUT=3000 cb cbtagent run -s judged -C "$W" -- ./crowd "$N" 4
is "$N: all ran" "$(cat "$T/out")" "0 bad"
RUN=$(last_run)
seq "$N" >"$T/want"
execs "$RUN" >"$T/have"
ok "... and are in the log, in order, each once" cmp "$T/want" "$T/have"
ok "... before the result" sh -c 'grep -F "$1" "$2" | tail -n 1 |
    grep -qF "\"execs\":$3"' sh "\"ev\":\"result\",\"run\":\"$RUN\"" \
    "$T/log/gateway.log" "$N"

# in the middle of decisions
for who in runner init; do
	cbbg kill cbtagent run -s judged -C "$W" -- ./crowd 1000000 50
	until_true 60 running crowd || bail "it does not run"
	sleep 0.3
	for pid in $(runners); do
		[ -n "$(children "$pid")" ] || continue
		for init in $(children "$pid"); do
			[ -n "$(children "$init")" ] || continue
			case $(cmdline "$(children "$init" | head -n 1)") in
			*crowd*) ;;
			*) continue ;;
			esac
			[ $who = runner ] && kill -9 "$pid"
			[ $who = init ] && kill -9 "$init"
		done
	done
	ok "kill -9 of $who: nothing of it is left" until_true 60 \
	    not_running crowd
	status_of "$BGPID"
	ok "... and it is told" test "$S" != 0 -a "$S" != running
done

# what waits for an approver ends with its run
printf 'touch asked\n' >"$W/s"
cbbg held cbtagent run -s judged -C "$W" -- /bin/sh s
until_true 60 grep -q waits "$T/held.err" || bail "nobody is asked"
RUN=$(last_run)
cb root kill "$RUN"
status_of "$BGPID"
ok "kill: what is held ends, too" test "$S" != running
ok "... and is not there any more" until_true 60 not_running 'sh s'
ok "... nor asked about" until_true 60 nothing_waits
daemon_stop
finish
