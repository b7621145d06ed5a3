# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh disable=SC2016,SC2034,SC2086,SC2116
#
# How fast output comes out of a run: into a pipe, on a terminal, and of a
# detached one; beside what a pipe and a terminal do without it.

. "$SRC/tests/bench/lib.sh"

TURNS=3
need script bsdutils

daemon_in out '"detached": { "outputMB": 1024 },'
RUN="$(run_by out)"
STATUS=

# rate TITLE MB LINE: the median of some turns
rate() {
	printf '%-34s ' "$1"
	as cbtagent perl -e '
	    use Time::HiRes "time";
	    my ($turns, $mb, $line) = @ARGV;
	    my @r;
	    for (1 .. $turns) {
		my $t = time;
		system("/bin/sh", "-c", $line) == 0 or die "$line: $?\n";
		push(@r, $mb * 1.048576 / (time - $t));
	    }
	    @r = sort { $a <=> $b } @r;
	    printf "%9.0f MB/s\n", $r[@r / 2];' "$TURNS" "$2" "$3" \
	    </dev/null 2>"$TOP/err" || echo "failed: $(tail -n 1 "$TOP/err")"
}

zeros() {
	echo "head -c $1M /dev/zero"
}
# lines, as a terminal has them
text() {
	echo "yes 0123456789012345678901234567890123456789 | head -c $1M"
}

printf '\noutput\n'
rate "a pipe alone" 512 "$(zeros 512) | cat >/dev/null"
rate "clawbot run | cat" 512 "$RUN -n -- $(zeros 512) | cat >/dev/null"
if [ -x /usr/bin/bwrap ]; then
	rate "bwrap | cat" 512 "$(echo $BWRAP) $(zeros 512) | cat >/dev/null"
fi
rate "a terminal alone" 8 \
    "script -qec '$(text 8)' /dev/null </dev/null >/dev/null"
rate "clawbot run -t" 8 \
    "script -qec '$RUN -t -- sh -c \"$(text 8)\"' /dev/null </dev/null \
    >/dev/null"
rate "clawbot run -d, then logs -f" 256 \
    "id=\$($RUN -d -- $(zeros 256)) && ${RUN% run} logs -f \$id >/dev/null"
