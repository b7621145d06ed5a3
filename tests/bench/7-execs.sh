# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh disable=SC2016,SC2034
#
# What it costs that execs are judged: the same work in runs of skills that
# differ in skills.NAME.execs alone, and outside; and the time of a decision.

. "$SRC/tests/bench/lib.sh"

ROUNDS=$((ROUNDS / 5 > 5 ? ROUNDS / 5 : 5))
EXECS='off record judge'
RULES=100		# of a skill, where decisions are measured
DECISIONS=20000

need gcc gcc
need make make

### The skills

# skills: the profile of the example in each, and one in whose runs nothing
# could be refused or asked about
skills() {
	for k_execs in $EXECS; do
		printf '"%s": { "profile": "developer", "default": "allow",
		    "execs": "%s", "write": ["%s"] },\n' "$k_execs" \
		    "$k_execs" "$W"
	done
	printf '"none": { "default": "allow", "write": ["%s"] },\n' "$W"
}

### The work

forty() {
	cat >"$W/forty" <<-'END'
	i=0
	while [ $i -lt 20 ]; do
		/bin/true
		/bin/cat /dev/null
		i=$((i + 1))
	done
	END
}

# project: some programs and a library, made by make -j2
project() {
	mkdir "$W/project"
	for p_i in 1 2 3 4 5 6 7 8; do
		cat >"$W/project/p$p_i.c" <<-END
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		int f$p_i(const char *s) { return (printf("%s", s) + $p_i); }
		int g$p_i(const char *s) { return ((int)strlen(s) + $p_i); }
		END
	done
	{
		printf 'O = p1.o p2.o p3.o p4.o p5.o p6.o p7.o p8.o\n'
		printf 'all: libp.a\nlibp.a: $(O)\n\t@ar rc $@ $(O)\n'
		printf '%%.o: %%.c\n\t@gcc -O2 -c -o $@ $<\n'
	} >"$W/project/Makefile"
	chown -R clawbot "$W/project"
}

# pairs TITLE NAME OF...: medians of what each round took by the one as part
# of what it took by the other, which a busy machine changes least.  NAME is a
# row of the list, or a file with the results of runs.
pairs() {
	perl -MJSON::PP -e '
	    my ($all, $title, @pairs) = @ARGV;
	    my %us;
	    open(my $f, "<", $all) or die "$all: $!";
	    while (<$f>) { chomp; my ($n, @t) = split /\t/; $us{$n} = \@t }
	    sub took {
		my ($name, $n) = @_;
		return @{$us{$name}} if $us{$name};
		local $/; open(my $f, "<", $name) or die "$name: $!";
		my @t = map { $_->{wall_us} }
		    JSON::PP->new->incr_parse(<$f>);
		return @t[-$n .. -1];	# the first ones were to warm up
	    }
	    my $n = @{(values %us)[0]};
	    while (@pairs) {
		my ($one, $two) = splice(@pairs, 0, 2);
		my @one = took($one, $n);
		my @two = took($two, $n);
		my @r = sort { $a <=> $b }
		    map { $one[$_] / $two[$_] } 0 .. $n - 1;
		s,.*/json\.,run of , for $one, $two;
		printf "%-44s %6.3f  (%.3f to %.3f)\n", "$title: $one / $two",
		    $r[$n / 2], $r[$n / 4], $r[$n * 3 / 4];
	    }' "$TOP/all" "$@"
}

# work NAME TITLE WORD...: as in 3-work.sh, for each skill
work() {
	w_name=$1 w_title=$2
	shift 2
	rm -f "$TOP"/json.*
	list_begin
	row outside clawbot - - "$@"
	for w_execs in $EXECS; do
		row "clawbot run, $w_execs" cbtagent - "$TOP/json.$w_execs" \
		    "$(run_by "$DAEMON")" -s "$w_execs" -C "$W" --json -- "$@"
	done
	measure -a "$TOP/all" -n "$ROUNDS" -w 2
	for w_execs in $EXECS; do
		inside "$w_execs"
	done
	table "$w_title, $ROUNDS rounds" outside "clawbot run, off"
	printf '%-44s %6s  (quartiles)\n' "by pairs" ""
	pairs "$w_name" "$TOP/json.off" outside "$TOP/json.record" outside \
	    "$TOP/json.judge" outside "$TOP/json.record" "$TOP/json.off" \
	    "$TOP/json.judge" "$TOP/json.off"
}

# one request of the smallest command
smallest() {
	list_begin
	for s_skill in off record judge none; do
		row "$s_skill" cbtagent - - \
		    "$(run_by "$DAEMON")" -s "$s_skill" -- /bin/true
	done
	measure -a "$TOP/all" -n $((ROUNDS * 5)) -w 5
	table "a request for /bin/true, $((ROUNDS * 5)) rounds" off none
	printf '%-44s %6s  (quartiles)\n' "by pairs" ""
	pairs true record off judge off off none
}

### Decisions

# rules N: patterns of a skill, a list each
rules() {
	awk -v n="$1" 'BEGIN {
	    split("allow ask deny", list, " ")
	    for (l = 1; l <= 3; l++) {
		printf "%s\"%s\": [", l == 1 ? "" : ", ", list[l]
		m = l == 1 ? n - 2 * int(n / 3) : int(n / 3)
		for (i = 1; i <= m; i++)
			printf "%s\"%s%d sub%d -%s **\"", i == 1 ? "" : ", ",
			    list[l], i, i, substr("abcdefgh", i % 8 + 1, 1)
		printf "]"
	    }
	}'
}

decisions() {
	SKILLS="\"rules\": { $(rules "$RULES") }," conf_default
	printf '\na decision at %d rules, median of %d\n' "$RULES" "$DECISIONS"
	printf '%9s %9s\n' "request" "in a run"
	"$B/tests/bench/decide" "$CONF" rules "$DECISIONS" /bin/true \
	    'gcc -O2 -Wall -Iinclude -DX=1 -c -o build/obj/a.o src/a.c' \
	    'env A=1 nice make -j4 all' \
	    "/bin/sh -c 'cd src && make -s && ./t | grep -v ok'" >"$TOP/us" ||
	    bail "no decision"
	awk -F '\t' '{ printf "%9.1f %9.1f us  %s\n", $1, $2, $3 }' "$TOP/us"
}

forty
project
UNDO="rm -f $T.o; $UNDO"
SKILLS=$(skills)
daemons
DAEMON=${OURS%% *}
work loop "a shell loop of 40 commands" /bin/sh "$W/forty"
work gcc "gcc -c -O2 of one file" /usr/bin/gcc -O2 -c -o "$T.o" "$W/project/p1.c"
work make "make -B -j2 of 8 files" /usr/bin/make -s -B -j2 -C "$W/project"
smallest
decisions
