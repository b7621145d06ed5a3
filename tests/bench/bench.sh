# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# make bench: what a recorded run costs, as ratios against bubblewrap and a
# plain fork and exec measured in the same minute on the same machine.
# ROUNDS (default 200) is how often each command is timed.

. "$SRC/tests/regress/lib.sh"

for tool in hyperfine bwrap perl; do
	command -v "$tool" >/dev/null || {
		echo "bench: needs $tool (packages hyperfine, bubblewrap, perl)" >&2
		exit 1
	}
done

ROUNDS=${ROUNDS-200}
CLIENTS=8
EACH=25			# runs of each of those clients
RUN="$B/clawbot -S $T/run run -- /bin/true"
BWRAP='bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev --tmpfs /tmp /bin/true'

conf_default
daemon_start
chmod 711 "$T"
mkdir "$T/bench"
chown cbtagent "$T/bench"

### One after the other

as cbtagent hyperfine -N --style none -w 10 -r "$ROUNDS" \
    --export-json "$T/bench/one.json" "$RUN" "$BWRAP" /bin/true \
    >/dev/null 2>"$T/err" </dev/null || {
	cat "$T/err" >&2
	exit 1
}

# The three results of hyperfine as a table with ratios.
table() {
	perl -MJSON::PP -e '
	    local $/; open(my $f, "<", $ARGV[0]) or die "$ARGV[0]: $!";
	    my @r = @{JSON::PP->new->decode(<$f>)->{results}};
	    my @n = ("clawbot run", "bubblewrap", "fork and exec");
	    my (@p50, @p99);
	    for my $r (@r) {
		my @t = sort { $a <=> $b } @{$r->{times}};
		push @p50, $t[int(@t * 0.5)];
		push @p99, $t[int(@t * 0.99)];
	    }
	    printf "%-16s %10s %10s %14s %14s\n", "/bin/true", "p50 ms",
		"p99 ms", "p50/bubblewrap", "p50/fork+exec";
	    for my $i (0 .. 2) {
		printf "%-16s %10.2f %10.2f %14.2f %14.2f\n", $n[$i],
		    $p50[$i] * 1e3, $p99[$i] * 1e3, $p50[$i] / $p50[1],
		    $p50[$i] / $p50[2];
	    }' "$T/bench/one.json"
}

table

### Several at once

# crowd COMMAND: CLIENTS loops of EACH runs; milliseconds
crowd() {
	c_start=$(now_ms)
	as cbtagent sh -c '
	    i=0
	    while [ $i -lt "$2" ]; do
		(
			k=0
			while [ $k -lt "$3" ]; do
				$1 >/dev/null || exit 1
				k=$((k + 1))
			done
		) &
		i=$((i + 1))
	    done
	    wait' sh "$1" "$CLIENTS" "$EACH" </dev/null || exit 1
	echo $(($(now_ms) - c_start))
}

ours=$(crowd "$RUN")
theirs=$(crowd "$BWRAP")
echo
perl -e '
    my ($n, $o, $t) = @ARGV;
    printf "%d clients at once: %.0f runs a second, bubblewrap %.0f: %.2f\n",
	$ARGV[3], $n / $o * 1e3, $n / $t * 1e3, $t / $o;' \
    $((CLIENTS * EACH)) "$ours" "$theirs" "$CLIENTS"

### Where it goes

cb cbtagent run --json -- /bin/true
perl -MJSON::PP -e '
    local $/; open(my $f, "<", $ARGV[0]) or die;
    my $r = JSON::PP->new->decode(<$f>);
    open($f, "<", $ARGV[1]) or die;
    my @t = sort { $a <=> $b }
	@{JSON::PP->new->decode(<$f>)->{results}[0]{times}};
    printf "\nof the p50 of %.2f ms, the command itself took %.2f ms " .
	"(from the word to its end)\n", $t[@t / 2] * 1e3,
	$r->{wall_us} / 1e3;' "$T/out" "$T/bench/one.json"

### Memory

memory() {
	awk -v name="$1" '
	    /^Rss:/ { rss = $2 } /^Pss:/ { pss = $2 }
	    END { printf "%-16s %10d %10d\n", name, rss, pss }' \
	    "/proc/$2/smaps_rollup"
}

printf '\n%-16s %10s %10s\n' "waiting" "rss KB" "pss KB"
memory supervisor "$D"
for role in executor auditor vault; do
	memory "$role" "$(role_pid "$role")"
done
for pid in $(children "$(role_pid executor)"); do
	memory spawner "$pid"
done
