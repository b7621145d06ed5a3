# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2317
#
# What a call that changes a name costs the run's init in system calls, where
# one process makes many.
. "$SRC/tests/regress/lib.sh"

N=100			# of each, that are counted
SKILLS='"names": { "default": "allow", "execs": "off", "write": ["'$W'"],
	"limits": { "timeoutSeconds": 300 } },'
conf_default
daemon_start
cd "$W" || exit 1

# count WHAT MOST PERL: calls of init for N times that, with another $i each,
# after the first ones
count() {
	rm -rf begun go in
	cat >counted <<-END
	use Fcntl;
	mkdir "in" or die; chdir "in" or die;
	sub once { my \$i = shift; $3 }
	once("w\$_") for 1 .. 4;
	open(F, ">../begun") or die; close(F);
	select(undef, undef, undef, 0.01) until -e "../go";
	once(\$_) for 1 .. $N;
	END
	cbbg one cbtagent run -s names -C "$W" -- perl counted
	until_true 60 test -e begun || bail "it does not run"
	until_true 60 init_with counted || bail "where is it?"
	"$H/faultat" -p "$INIT" -- -1:5 1000000000 >"$T/calls" 2>&1 &
	c_counting=$!
	BG="$BG $c_counting"
	until_true 60 grep -q ready "$T/calls" ||
	    bail "nobody counts: $(cat "$T/calls")"
	touch go
	status_of "$BGPID" 120
	is "$1: it ran" "$S" 0
	until_true 60 grep -q after "$T/calls" || bail "not counted"
	wait "$c_counting"
	calls=$(sed -n 's/^.* after \([0-9]*\)$/\1/p' "$T/calls")
	diag "$1: $calls calls of init for $N"
	ok "... with few calls of init" test "$calls" -le $(($2 * N))
}

make='sysopen(F, "f$i", O_WRONLY | O_CREAT | O_EXCL) or die'
count "a new file" 16 "$make; close(F);"
count "a file that is there" 20 \
    'sysopen(F, "f", O_WRONLY | O_CREAT | O_TRUNC) or die; close(F);'
count "one that goes" 26 "$make; close(F); unlink(\"f\$i\") or die;"
count "one that gets another name" 32 \
    "$make; close(F); rename(\"f\$i\", \"g\$i\") or die;"
count "times of an open one" 27 "$make; utime(undef, undef, *F) or die; close(F);"
count "a directory" 12 'mkdir("d$i") or die;'
count "/dev/null" 10 'sysopen(F, "/dev/null", O_WRONLY) or die; close(F);'
daemon_stop
finish
