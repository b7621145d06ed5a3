# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh disable=SC2016,SC2034
#
# The log: durable records in a second, flushes for each, and what one takes
# beside a bare write and flush of as many bytes in the same directory; how fast
# all of it is checked beside sha256sum; and how long a start on a large one is.

. "$SRC/tests/bench/lib.sh"

LOG_RUNS=${LOG_RUNS-17000}	# of 60 kB each: a gigabyte

# recorded WRITERS RUNS: a row
recorded() {
	rm -rf "$TOP/log"
	mkdir "$TOP/log"
	"$B/tests/bench/recorded" "$TOP/log" "$1" "$2" >"$GOT" ||
	    bail "recorded"
	read -r second flushes record bare run <"$GOT"
	printf '%7d %12d %16s %12d us %12d us %8d\n' "$1" "$second" \
	    "$flushes" "$record" "$bare" "$run"
}

printf '\nthe log\n%7s %12s %16s %15s %15s %8s\n' writers records/s \
    flushes/record "a record" "bare write" B/run
recorded 1 300
recorded 8 2000
recorded 64 10000

# ms COMMAND...: the best of three, in milliseconds; fails as the command does
ms() {
	perl -e '
	    use Time::HiRes "time";
	    open(my $out, ">&", \*STDOUT) or die;
	    open(STDOUT, ">", "/dev/null") or die;
	    my $best;
	    for (1 .. 3) {
		my $since = time;
		system(@ARGV) == 0 or die "$ARGV[0]: $?\n";
		my $ms = (time - $since) * 1e3;
		$best = $ms if !defined($best) || $ms < $best;
	    }
	    printf $out "%.0f\n", $best;' "$@"
}

rm -rf "$TOP/log"
mkdir "$TOP/log"
"$B/tests/bench/recorded" "$TOP/log" 64 "$LOG_RUNS" 60000 >/dev/null ||
    bail "recorded"
"$B/tests/bench/recorded" "$TOP/log" >/dev/null	# it knows what is closed then
"$B/tests/bench/recorded" "$TOP/log" >"$GOT" || bail "recorded"
read -r start size <"$GOT"
printf '\n%-44s %9d ms\n' "start on a log of $size MB" "$start"
verify=$(ms "$B/clawbot" audit verify "$TOP/log") || bail "audit verify"
sum=$(ms sh -c 'cat "$1"/gateway*.log | sha256sum' sh "$TOP/log") ||
    bail "sha256sum"
printf '%-44s %9d ms\n' "clawbot audit verify of it" "$verify"
printf '%-44s %9d ms\n' "sha256sum of it" "$sum"
rm -rf "$TOP/log"
