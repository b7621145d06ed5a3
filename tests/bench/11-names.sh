#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh disable=SC2016
#
# What protected names cost where many names change: the same work in a skill
# that protects them, in one that protects none, and outside, in turns, in
# memory and on a disk.  Each is timed within, without what has to be there
# first.

. "$SRC/tests/bench/lib.sh"

ROUNDS=$((ROUNDS / 20 > 3 ? ROUNDS / 20 : 3))
LEAST=3			# rounds, however long they take
MINUTES=2		# for each kind of work, where it is more
FILES=5000		# in the archive, and in the repository
LINKS=20000
PACKAGES=40		# of npm, of as many files each

need tar tar
need git git

### What is worked on

# files DIRECTORY N TEXT: that many, each with the text and its number
files() {
	mkdir -p "$1"
	perl -e '
	    my ($dir, $n, $text) = @ARGV;
	    for (1 .. $n) {
		open(my $f, ">", "$dir/f$_.js") or die "$dir: $!";
		print $f "$text$_\n";
	    }' "$@"
}

tree() {
	i=0
	while [ "$i" -lt 50 ]; do
		files "$W/tree/d$i" $((FILES / 50)) "file $i "
		i=$((i + 1))
	done
	tar -cf "$W/tree.tar" -C "$W" tree
}

repository() {
	git init -q "$W/repo"
	mv "$W/tree" "$W/repo/tree"
	git -C "$W/repo" add .
	git -C "$W/repo" -c user.name=bench -c user.email=bench@localhost \
	    commit -q -m files
	git -C "$W/repo" rm -rq tree
	git -C "$W/repo" -c user.name=bench -c user.email=bench@localhost \
	    commit -q -m none --allow-empty
	git -C "$W/repo" branch files HEAD~1
	git -C "$W/repo" branch none
}

# Packages that are files, so that nothing is asked of a network.
packages() {
	mkdir "$W/npm"
	i=0
	while [ "$i" -lt "$PACKAGES" ]; do
		files "$T/p/package" "$PACKAGES" "exports.a = "
		printf '{ "name": "p%d", "version": "1.0.0" }\n' "$i" \
		    >"$T/p/package/package.json"
		tar -czf "$W/npm/p$i.tgz" -C "$T/p" package
		rm -rf "$T/p"
		i=$((i + 1))
	done
	{
		printf '{ "name": "bench", "version": "1.0.0",\n'
		printf '"dependencies": {\n'
		seq 0 $((PACKAGES - 1)) |
		    sed 's/.*/"p&": "file:p&.tgz"/; $!s/$/,/'
		printf '} }\n'
	} >"$W/npm/package.json"
	(cd "$W/npm" && HOME=$T npm install --offline --no-audit --no-fund \
	    --silent >/dev/null 2>&1) || bail "npm install"
	rm -rf "$W/npm/node_modules" "$T/.npm"
}

### The work

# What is run: the first word is done before, the second one is timed.
timer() {
	cat >"$W/timed.pl" <<-'END'
	use Time::HiRes "time";
	my ($before, $work) = @ARGV;
	system("/bin/sh", "-c", $before) == 0 or die "before";
	my $t = time;
	system("/bin/sh", "-c", $work) == 0 or die "work";
	printf "%d\n", 1e6 * (time - $t);
	END
}

# once SKILL BEFORE WORK: its time in microseconds
once() {
	if [ "$1" = outside ]; then
		as clawbot env HOME="$AT/home" perl "$W/timed.pl" "$2" "$3"
	else
		# shellcheck disable=SC2046 # words
		as cbtagent $(run_by names) -n -s "$1" -C "$AT" -- \
		    perl "$W/timed.pl" "$2" "$3"
	fi </dev/null 2>"$TOP/err" || {
		echo "bench: $1: $3: $(tail -n 3 "$TOP/err")" >&2
		return 1
	}
}

# Is there time for round $1 of what began at $2?  On a busy machine one takes
# minutes, and all of them would never end.
time_left() {
	[ "$1" -le "$LEAST" ] || { [ "$1" -le "$ROUNDS" ] &&
	    [ $(($(date +%s) - $2)) -lt $((60 * MINUTES)) ]; }
}

# work TITLE BEFORE WORK: in turns, and the medians of what a round took by
# the one as part of what it took by another
work() {
	w_title=$1
	: >"$TOP/times"
	i=0
	w_since=$(date +%s)
	while time_left "$i" "$w_since"; do
		w_turn=
		for s in plain names outside; do
			w_turn="$w_turn $(once "$s" "cd $AT && $2" \
			    "cd $AT && $3")" || exit 1
		done
		# the first one is to warm up
		[ "$i" -eq 0 ] || echo "$w_turn" >>"$TOP/times"
		i=$((i + 1))
	done
	perl -e '
	    my ($title, $file) = @ARGV;
	    open(my $f, "<", $file) or die "$file: $!";
	    my @t = map { [split] } <$f>;
	    sub median { my @s = sort { $a <=> $b } @_; $s[@s / 2] }
	    printf "%-28s %6d %9.1f %9.1f %9.1f %9.2f %9.2f\n", $title,
		scalar @t,
		(map { my $k = $_; median(map { $_->[$k] / 1e3 } @t) } 0 .. 2),
		median(map { $_->[1] / $_->[0] } @t),
		median(map { $_->[1] / $_->[2] } @t);' \
	    "$w_title" "$TOP/times"
}

# all_work TITLE DIRECTORY: in there
all_work() {
	AT=$2
	printf '\nmany names that change, %s\n' "$1"
	printf '%-28s %6s %9s %9s %9s %9s %9s\n' "" rounds "plain ms" \
	    "names ms" "out ms" "of plain" "of out"
	work "tar x of $FILES files" 'rm -rf x && mkdir x' \
	    'tar -xf tree.tar -C x'
	work "rm -rf of $LINKS links" \
	    "rm -rf x && mkdir x && cd x && echo >f &&
	    perl -e 'link(\"f\", \"l\$_\") or die for 1 .. $LINKS'" 'rm -rf x'
	work "git checkout of $FILES files" 'git -C repo checkout -qf none' \
	    'git -C repo checkout -q files'
	if [ -d "$AT/npm" ]; then
		work "npm ci of $((PACKAGES * (PACKAGES + 1))) files" \
		    'rm -rf npm/node_modules "$HOME/.npm"' \
		    'cd npm && npm ci --offline --no-audit --no-fund --silent'
	else
		echo "npm                          not installed"
	fi
}

# In memory the names are all that is measured; a disk, which others use, too,
# is where the work is usually done.
DISK=$(mktemp -d /srv/cbt.XXXXXX) || bail "a directory on disk"
UNDO="$UNDO rm -rf $DISK; "
chmod 755 "$DISK"
mount -t tmpfs -o mode=0755 bench "$W" || bail "a file system for the work"
UNDO="$UNDO umount -l $W; "
tree
repository
timer
if command -v npm >/dev/null; then
	packages
fi
mkdir "$W/home"		# of its own where it is outside
cp -a "$W/." "$DISK"
chown -R clawbot "$W" "$DISK"
MANY='"default": "allow", "execs": "off", "write": ["'$W'", "'$DISK'"],
    "limits": { "timeoutSeconds": 600 }'
SKILLS="\"names\": { $MANY }, \"plain\": { $MANY, \"protect\": [] },"
daemon_in names
all_work "in memory" "$W"
all_work "on disk ($(stat -f -c %T "$DISK"))" "$DISK"
