# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh disable=SC2034,SC2317
#
# The emergency stop, of 5,000 processes: from the start of the command until
# the last of them has ended, against SIGKILL to the first process of one pid
# namespace with as many in it.

. "$SRC/tests/bench/lib.sh"

TURNS=${TURNS-5}
RUNS=10
EACH=500

cp "$B/tests/bench/many" "$W/many"
chmod 755 "$W/many"
LIMITS='"limits": { "processes": 6000, "memoryMB": 0, "timeoutSeconds": 600 },'
conf_default
daemon_start

all_up() {
	[ "$(cat "$T"/r*.out 2>/dev/null | grep -c '^up$')" -eq "$1" ]
}

# Ours, in milliseconds: until the last has ended, until the client has.
: >"$T/ours"
: >"$T/theirs"
turn=0
while [ "$turn" -lt "$TURNS" ]; do
	turn=$((turn + 1))
	rm -f "$T"/r*.out
	i=0
	while [ "$i" -lt "$RUNS" ]; do
		i=$((i + 1))
		cbbg "r$i" cbtagent run -- "$W/many" "$EACH"
	done
	until_true 120 all_up "$RUNS" || bail "the runs are not up"
	"$W/many" -g many "$B/clawbot" -S "$T/run" stop -r bench >>"$T/ours"
	cb root resume
	rm -f "$T"/r*.out
	# shellcheck disable=SC2016 # of the other shell
	unshare --pid --fork --kill-child sh -c '
	    for i in $(seq "$1"); do
		"$2" "$3" >"$4/r$i.out" &
	    done
	    wait' sh "$RUNS" "$W/many" "$EACH" "$T" 2>"$T/peer.err" &
	peer=$!
	BG="$BG $peer"
	until_true 120 all_up "$RUNS" || bail "the peer is not up"
	# shellcheck disable=SC2046 # a number
	"$W/many" -g many kill -9 $(children "$peer") >>"$T/theirs"
	wait "$peer" 2>/dev/null
done

median() {
	sort -n -k "$2" "$1" | awk -v k="$2" '{ v[NR] = $k }
	    END { print v[int((NR + 1) / 2)] }'
}

printf '\nan emergency stop, %d turns, medians\n' "$TURNS"
printf '%-34s %9s %9s %9s\n' '' processes 'gone ms' 'told ms'
printf '%-34s %9s %9s %9s\n' "clawbot stop, $RUNS runs" \
    "$(median "$T/ours" 1)" "$(median "$T/ours" 2)" "$(median "$T/ours" 3)"
printf '%-34s %9s %9s %9s\n' 'SIGKILL to one pid namespace' \
    "$(median "$T/theirs" 1)" "$(median "$T/theirs" 2)" \
    "$(median "$T/theirs" 3)"
