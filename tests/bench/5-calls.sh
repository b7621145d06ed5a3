# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh
#
# System calls of one request, by process, with the client's own and without
# those that the command makes as itself.

. "$SRC/tests/bench/lib.sh"

need strace strace
REQUESTS=20

# Every thread of the daemon is watched when strace says so.
watched() {
	for w_pid in $(family "$D"); do
		grep -q "^TracerPid:	[1-9]" "/proc/$w_pid/status" ||
		    return 1
	done
}

# trace NAME: calls of the daemon in $T/calls, the clients' in $T/clients.*
trace() {
	rm -f "$TOP/calls" "$TOP"/client.*
	eval "D=\$D_$1"
	{
		for t_role in executor auditor vault; do
			echo "$(role_pid "$t_role") $t_role"
		done
		for t_pid in $(children "$(role_pid executor)"); do
			echo "$t_pid spawner"
		done
		for t_pid in $(resolvers); do
			echo "$t_pid resolver"
		done
		echo "$D supervisor"
	} >"$TOP/roles"
	# shellcheck disable=SC2046 # words
	strace -f -qq --pidns-translation -o "$TOP/calls" \
	    $(family "$D" | sed 's/^/-p /') 2>"$TOP/err" &
	t_strace=$!
	BG="$BG $t_strace"
	until_true 10 watched || bail "strace does not watch"
	i=0
	while [ "$i" -lt "$REQUESTS" ]; do
		strace -qq -o "$TOP/client.$i" setpriv --reuid=cbtagent \
		    --regid="$(id -g cbtagent)" --init-groups \
		    "$B/clawbot" -S "$TOP/$1/run" run -- /bin/true \
		    </dev/null >"$TOP/out" 2>"$TOP/err" || bail "no run"
		i=$((i + 1))
	done
	sleep 1		# what is done after the answer counts too
	kill "$t_strace"
	wait "$t_strace" 2>/dev/null
}

# The clients' calls begin where setpriv becomes clawbot.
clients() {
	awk '/^execve\(.*\/clawbot"/ { on = 1 } FNR == 1 { on = 0 }
	    on { n++ } END { print n + 0 }' "$TOP"/client.*
}

# Whose call each line is: children of a spawner are runners, what these
# start is an init, and who executes is a command up to there.  One line
# "role calls" each.
daemon_calls() {
	awk '
	    FILENAME ~ /roles$/ { role[$1] = $2; next }
	    {
		pid = $1
		if (!(pid in role))
			role[pid] = "other"
		if (!/ resumed>/ && !/^[0-9]+ +(\+\+\+|---)/ && !(pid in done))
			calls[pid]++
		if ((/ execveat\(| execve\(| execveat resumed| execve resumed/) &&
		    / = 0$/) {
			done[pid] = 1
			role[pid] = "command"
		}
		# fork, clone, clone3 and what they gave, as strace sees it
		if (/(clone|clone3|fork|vfork)[( ].* = [0-9]+/) {
			child = $0
			if (child ~ / in strace.s PID NS/) {
				sub(/.*\/\* /, "", child)
				sub(/ .*/, "", child)
			} else
				sub(/.* = /, "", child)
			up[child] = pid
		}
	    }
	    END {
		for (p in calls) {
			r = role[p]
			if (r == "other") {
				u = role[up[p]]
				r = u == "spawner" ? "runner" : "init"
			}
			sum[r] += calls[p]
		}
		for (r in sum)
			print r, sum[r]
	    }' "$TOP/roles" "$TOP/calls"
}

show() {
	printf '\n%-26s %9s\n' "system calls, $1" "a request"
	{
		echo "client $(clients)"
		daemon_calls
	} | sort | awk -v n="$REQUESTS" '
	    { printf "%-26s %9.1f\n", $1, $2 / n; sum += $2 }
	    END { printf "%-26s %9.1f\n", "all", sum / n }'
}

daemons
for name in $OURS; do
	trace "$name"
	show "$name"
done
