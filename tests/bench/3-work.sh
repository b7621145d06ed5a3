# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh
#
# What real work costs inside of a run against outside.

. "$SRC/tests/bench/lib.sh"

ROUNDS=$((ROUNDS / 5 > 3 ? ROUNDS / 5 : 3))
FILES=2000		# in the repository
FUNCTIONS=60		# in the source file, of seven lines each

need gcc gcc
need git git

source_file() {
	printf '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n'
	printf '#include <unistd.h>\n#include <errno.h>\n\n'
	i=0
	while [ "$i" -lt "$FUNCTIONS" ]; do
		cat <<-END
		int
		f$i(const char *s, int n)
		{
		    char b[64];
		    snprintf(b, sizeof(b), "%s %d", s, n + (int)strlen(s));
		    return (puts(b) + (getpid() % ($i + 1) == n ? errno : 0));
		}
		END
		i=$((i + 1))
	done
}

repository() {
	git init -q "$W/repo"
	i=0
	while [ "$i" -lt "$FILES" ]; do
		d=$W/repo/d$((i % 50))
		mkdir -p "$d"
		echo "file $i" >"$d/f$i"
		i=$((i + 1))
	done
	git -C "$W/repo" add .
	git -C "$W/repo" -c user.name=bench -c user.email=bench@localhost \
	    commit -q -m files
	# so that none of the files is as new as the index
	sleep 1.1
	git -C "$W/repo" update-index -q --refresh
	git -C "$W/repo" status >"$T/out"
	chown -R clawbot "$W/repo"
}

# work TITLE WORD...
work() {
	w_title=$1
	shift
	rm -f "$TOP"/json.*
	list_begin
	row outside cbtagent - - "$@"
	for name in $OURS; do
		row "clawbot run, $name" cbtagent - "$TOP/json.$name" \
		    "$(run_by "$name")" --json -- "$@"
	done
	# shellcheck disable=SC2086 # words
	peer bwrap cbtagent - - $BWRAP "$@"
	measure -n "$ROUNDS" -w 2
	for name in $OURS; do
		inside "$name"
	done
	table "$w_title, $ROUNDS rounds" outside bwrap
}

source_file >"$W/small.c"
repository
UNDO="rm -f $T.o; $UNDO"
daemons
work "gcc -c -O2 of $(wc -l <"$W/small.c") lines" \
    /usr/bin/gcc -c -O2 -o "$T.o" "$W/small.c"
work "git status in $FILES files" /usr/bin/git --no-optional-locks \
    -c "safe.directory=*" -C "$W/repo" status --porcelain
