# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: whoever starts clawbotd with a small soft limit of open files has
# the runs that the configuration allows, and they do not end the daemon.
. "$SRC/tests/regress/lib.sh"

MORE='"detached": { "maxRuns": 128, "maxMB": 256, "outputMB": 1 },'
conf_default
# shellcheck disable=SC3045 # every sh that there is has it
{
	[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 4096 ] ||
	    skip_all "the hard limit of open files is too low"
	old=$(ulimit -Sn)
	ulimit -Sn 128
	daemon_start
	ulimit -Sn "$old"
}
n=0
while [ "$n" -lt 60 ]; do
	cb cbtagent run -d -- sleep 1000
	[ "$S" -eq 0 ] || break
	n=$((n + 1))
done
is "sixty detached runs" "$n" 60
cb cbtother run -- echo hello
is "and one that is not" "$S $(cat "$T/out")" "0 hello"
ok "the daemon is there" answers
all_run() {
	cb root --json ps
	[ "$(grep -o '"state": *"running"' "$T/out" | wc -l)" -eq 60 ]
}
ok "all of them run" until_true 20 all_run
finish
