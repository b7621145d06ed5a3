# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034
#
# What the scripts of make bench begin with.  They measure commands against
# each other with paired.c, within one run on one machine, and print ratios:
# the times alone say more about the machine.

. "$SRC/tests/regress/lib.sh"

ROUNDS=${ROUNDS-200}
TOP=$T
LIST=$T/list		# for paired.c
GOT=$T/got		# its answer
BWRAP='/usr/bin/bwrap --unshare-all --die-with-parent --ro-bind / /
    --dev /dev --proc /proc --tmpfs /tmp'
chmod 711 "$T"

# need TOOL PACKAGE: for what is no peer but part of the measurement
need() {
	command -v "$1" >/dev/null || {
		echo "bench: needs $1 (package $2)" >&2
		exit 1
	}
}

### Daemons

# Does this build have pools of warm sandboxes?
has_warm() {
	conf_default
	"$B/clawbotd" -T -f "$CONF" | grep -q '"warm"'
}

# daemon_in NAME [MORE]: a daemon of that name, with $TOP/NAME for its own;
# D_NAME is its pid
daemon_in() {
	T=$TOP/$1
	mkdir "$T"
	cp -p "$TOP/key" "$T/key"
	CONF=$T/clawbot.conf
	MORE=${2-} conf_default
	daemon_start
	eval "D_$1=\$D"
	UNDO="$UNDO D=$D; daemon_kill; "
	T=$TOP
}

# What is measured of ours, as names of daemons; cold builds each sandbox
# when it is asked for.
daemons() {
	if has_warm; then
		daemon_in cold '"sandbox": { "warm": 0 },'
		daemon_in warm
		OURS='warm cold'
	else
		daemon_in cold
		OURS=cold
	fi
}

# run_by NAME: the client's words up to those of the command
run_by() {
	echo "$B/clawbot -S $TOP/$1/run run"
}

### Commands to be measured

# row NAME ACCOUNT NAMESPACE OUTPUT WORD...
row() {
	r_name=$1 r_user=$2 r_ns=$3 r_out=$4
	shift 4
	r_words=$*	# $BWRAP has been split into words by now
	printf '%s\t%s\t%s\t%s\t%s\n' "$r_name" "$r_user" "$r_ns" "$r_out" \
	    "$r_words" >>"$LIST"
}

# resident TITLE NAME ACCOUNT WORD...: asked of that daemon by a client that
# keeps its connection
resident() {
	e_title=$1 e_name=$2 e_user=$3
	shift 3
	row "$e_title" "$e_user" - resident "$B/tests/bench/resident" \
	    "$TOP/$e_name/run" "$@"
}

# peer NAME ACCOUNT NAMESPACE OUTPUT WORD...: the same, if it is there and
# works here; else its row says so
peer() {
	if [ ! -x "$5" ]; then
		printf '%s\t%s\n' "$1" "not installed" >>"$TOP/absent"
		return 0
	fi
	mv "$LIST" "$LIST.all"
	row "$@"
	if "$B/tests/bench/paired" -n 1 -w 0 "$LIST" >"$GOT" 2>"$TOP/err"; then
		cat "$LIST" >>"$LIST.all"
	else
		printf '%s\t%s\n' "$1" "does not run here: $(tail -n 1 \
		    "$TOP/err")" >>"$TOP/absent"
	fi
	mv "$LIST.all" "$LIST"
}

list_begin() {
	: >"$LIST"
	: >"$TOP/absent"
}

### Measuring

# measure OPTION...: everything in the list
measure() {
	"$B/tests/bench/paired" "$@" "$LIST" >"$GOT" 2>"$TOP/err" </dev/null || {
		cat "$TOP/err" >&2
		exit 1
	}
}

# table TITLE ROW ROW: what was measured, and its medians as ratios to these;
# a median far above the 10th percentile tells of a machine that was busy
table() {
	printf '\n%s\n' "$1"
	awk -F '\t' -v one="$2" -v two="$3" '
	    function ratio(of, x) {
		return of > 0 ? sprintf("%.2f", x / of) : "-"
	    }
	    FILENAME ~ /absent$/ { absent[$1] = $2; next }
	    { name[++n] = $1; p50[$1] = $2; p99[$1] = $3; p10[$1] = $5 }
	    END {
		printf "%-26s %9s %9s %9s %9s %9s\n", "", "p10 ms",
		    "p50 ms", "p99 ms", "of " one, "of " two
		for (i = 1; i <= n; i++)
			printf "%-26s %9.2f %9.2f %9.2f %9s %9s\n", name[i],
			    p10[name[i]] / 1e3, p50[name[i]] / 1e3, p99[name[i]] / 1e3,
			    ratio(p50[one], p50[name[i]]),
			    ratio(p50[two], p50[name[i]])
		for (a in absent)
			printf "%-26s %s\n", a, absent[a]
	    }' "$TOP/absent" "$GOT"
}

# inside NAME: the time that the run itself took, by its own results, which
# are in $TOP/json.NAME
inside() {
	perl -MJSON::PP -e '
	    my ($name, $file, $rounds) = @ARGV;
	    local $/; open(my $f, "<", $file) or die "$file: $!";
	    my @t = map { $_->{wall_us} } JSON::PP->new->incr_parse(<$f>);
	    # without those that were to warm up
	    @t = sort { $a <=> $b } @t[-$rounds .. -1];
	    printf "%s\t%d\t%d\t0\t%d\n", $name, $t[@t / 2],
		$t[@t * 0.99], $t[@t / 10];' \
	    "  the run alone, $1" "$TOP/json.$1" "$ROUNDS" >>"$GOT"
}

### Memory

# pss PID...: kilobytes, shared pages by their share
pss() {
	for p_pid; do
		cat "/proc/$p_pid/smaps_rollup" 2>/dev/null
	done | awk '/^Pss:/ { n += $2 } END { print n + 0 }'
}
