#!/bin/sh
# SPDX-License-Identifier: ISC
#
# What STYLE says and a program can see.

set -u
cd "$(dirname "$0")/../.." || exit 1

# shellcheck disable=SC2016 # it is awk
find common supervisor executor auditor vault notifier forwarder file client tests -name '*.[ch]' |
    LC_ALL=C sort | xargs awk '
function say(what) { print FILENAME ":" FNR ": " what; bad = 1 }
function ended(what) { print last ": " what; bad = 1 }
FNR == 1 {
	if (last != "" && lines > 600)
		ended("more than 600 lines")
	last = FILENAME
	if ($0 != "/* SPDX-License-Identifier: ISC */")
		say("the first line is not the licence")
}
{
	lines = FNR
	n = 0
	for (i = 1; i <= length($0); i++)
		n += substr($0, i, 1) == "\t" ? 8 - n % 8 : 1
	if (n > 80)
		say("more than 80 columns")
}
/[ \t]$/ { say("space at the end") }
/^ +[^ *]/ && !/^    [^ ]/ && !/^ \*/ { say("indented by spaces") }
/\/\/ / && !/["*].*\/\// { say("comment of the other kind") }
/^\t+return [^(;]/ { say("return without parentheses") }
/(TODO|FIXME|[^A-Za-z]XXX[^A-Za-z])/ { say("unfinished") }
/[^a-z_](strcpy|strcat|sprintf|vsprintf|strtok|atoi|system|popen|alloca|gets)[ ]*\(/ {
	say("a function that is not used here")
}
END {
	if (lines > 600)
		ended("more than 600 lines")
	exit bad
}' || exit 1

# Headers compile alone; roles include themselves and common/ only.
bad=0
ROLES="common supervisor executor auditor vault notifier forwarder file client"
# shellcheck disable=SC2086 # a list
for h in $(find $ROLES -name '*.h' | LC_ALL=C sort); do
	printf '#include "%s"\n' "$h" |
	    ${CC-cc} -std=gnu11 -D_GNU_SOURCE -I. -fsyntax-only -x c - ||
	    bad=1
done
for d in $ROLES; do
	grep -rnE --include='*.[ch]' \
	    '^#include "(common|supervisor|executor|auditor|vault|notifier|forwarder|client|tests)/' \
	    "$d" | grep -vE "\"(common|$d)/" && bad=1
done

# Parts of the log that are closed are packed: such an example finds nothing.
grep -nE "grep .*gateway\*" man/* README.md && bad=1

# Every source is in the Makefile's lists.
# shellcheck disable=SC2086 # a list
for f in $(find $ROLES -name '*.c' | LC_ALL=C sort); do
	grep -qE "(^|[[:space:]])$f([[:space:]]|\$)" Makefile || {
		echo "Makefile: $f is in no list"
		bad=1
	}
done
exit $bad
