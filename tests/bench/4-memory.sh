# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh
#
# Memory of what waits: the roles, runs, and warm sandboxes.  PSS counts a
# page that n processes share as the n-th part of it for each of them.

. "$SRC/tests/bench/lib.sh"

RUNS=8

memory() {
	awk -v name="$1" '
	    /^Rss:/ { rss = $2 } /^Pss:/ { pss = $2 }
	    END { printf "%-26s %9d %9d\n", name, rss, pss }' \
	    "/proc/$2/smaps_rollup"
}

roles() {
	printf '\n%-26s %9s %9s\n' "waiting" "rss KB" "pss KB"
	memory supervisor "$D"
	for role in executor auditor vault; do
		memory "$role" "$(role_pid "$role")"
	done
	for pid in $(children "$(role_pid executor)"); do
		memory "spawner $pid" "$pid"
	done
	for pid in $(resolvers); do
		memory "resolver $pid" "$pid"
	done
}

# sleepers NAME: pids of commands that sleep, below this process
sleepers() {
	for s_pid in $(family "$1"); do
		[ "$(name_of "$s_pid")" != sleep ] || echo "$s_pid"
	done
}

# enough PID N: are there N of them?
enough() {
	[ "$(sleepers "$1" | wc -l)" -eq "$2" ]
}

# growth WHAT PID BEFORE: what was added to this family by RUNS sleeping
# commands, each, but for the commands themselves
growth() {
	# shellcheck disable=SC2046 # words
	g_all=$(pss $(family "$2")) g_own=$(pss $(sleepers "$2"))
	printf '%-26s %9d\n' "$1" $(((g_all - $3 - g_own) / RUNS))
}

# Where no pool is filled meanwhile.
ours() {
	eval "D=\$D_cold"
	T=$TOP/cold
	o_exec=$(role_pid executor)
	cb cbtagent run -- /bin/true	# what only the first one costs
	# shellcheck disable=SC2046 # words
	o_before=$(pss $(family "$o_exec"))
	i=0
	while [ "$i" -lt "$RUNS" ]; do
		cbbg "sleep$i" cbtagent run -- sleep 600
		i=$((i + 1))
	done
	until_true 30 enough "$o_exec" "$RUNS" || bail "they do not sleep"
	growth "a run" "$o_exec" "$o_before"
	T=$TOP
}

theirs() {
	if [ ! -x /usr/bin/bwrap ]; then
		printf '%-26s %s\n' bwrap "not installed"
		return 0
	fi
	# shellcheck disable=SC2016,SC2086 # words
	as cbtagent sh -c '
	    n=$1
	    shift
	    while [ "$n" -gt 0 ]; do
		"$@" &
		n=$((n - 1))
	    done
	    wait' sh "$RUNS" $BWRAP sleep 600 </dev/null >/dev/null 2>&1 &
	BG="$BG $!"
	t_sh=$!
	until_true 30 enough "$t_sh" "$RUNS" || bail "they do not sleep"
	# shellcheck disable=SC2046 # words
	growth "bwrap" "$t_sh" "$(pss "$t_sh")"
	for t_pid in $(family "$t_sh"); do
		kill -9 "$t_pid" 2>/dev/null
	done
}

# Every spawner has N runners, beside its resolver?  Those of runs that ended
# are gone.
filled() {
	for f_pid in $(children "$(role_pid executor)"); do
		[ "$(children "$f_pid" | wc -l)" -eq $(($1 + 1)) ] || return 1
	done
}

# pool N: PSS of the executor's family with a pool of N, which a first
# request fills; no other request has come since, so nothing else is kept
pool() {
	daemon_in "pool$1" "\"sandbox\": { \"warm\": $1 },"
	T=$TOP/pool$1
	cb cbtagent run -- /bin/true
	T=$TOP
	until_true 30 filled "$1" || bail "the pool is not filled"
	sleep 0.5	# the last one is built to its end
	# shellcheck disable=SC2046 # words
	POOL=$(pss $(family "$(role_pid executor)"))
}

warm() {
	if ! has_warm; then
		printf '%-26s %s\n' "a warm sandbox" "not in this version"
		return 0
	fi
	pool 0
	w_none=$POOL
	pool 8
	printf '%-26s %9d\n' "a warm sandbox" $(((POOL - w_none) / 8))
}

daemons
roles
printf '\n%-26s %9s\n' "what waiting adds, each" "pss KB"
ours
theirs
warm
