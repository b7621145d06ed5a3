#!/bin/sh
# SPDX-License-Identifier: ISC
#
# twice.sh STATUS NAME TAP LIST MOST: may the script NAME, which ended with
# STATUS and wrote TAP, be tried once more, alone?  It may if it was red in no
# check that is called "never: ...", and fewer than MOST were before it; LIST
# then gets a line for it and a line for
# each check that was red, which are shown on standard error as well.  Beside
# four others on two processors a check now and then meets a moment in which
# nothing is where it was expected; what is broken is so too when it is alone.
#
# twice.sh told LIST: the list as a test.  None of its lines is good, and none
# counts: they are things to be done.  What was red alone too is so by itself.

set -eu

told() {
	awk '/^script / { n++; print "not ok " n " - " $2 \
		" is green beside others # TODO had a second try, alone"
		print "red beside others: " $2 >"/dev/stderr" }
	    /^check / { print "# " substr($0, 7) }
	    END { if (n) print "1.." n
		else print "1..1\nok 1 - none needed a second try" }' "$1"
}

if [ "$1" = told ]; then
	told "$2"
	exit 0
fi

STATUS=$1 NAME=$2 TAP=$3 LIST=$4 MOST=$5
[ "$STATUS" -ne 0 ] || exit 1
! grep -qE '^not ok [0-9]* ?- never: ' "$TAP" || exit 1
exec 9>>"$LIST"
flock 9
[ "$(grep -c '^script ' "$LIST")" -lt "$MOST" ] || exit 1
{
	echo "script $NAME"
	awk -v name="$NAME" '/^ok/ { show = 0 } /^not ok/ { show = 1 }
	    show && n++ < 60 { print "check " substr($0, 1, 300)
		print name ", beside others: " substr($0, 1, 300) \
		    >"/dev/stderr" }' "$TAP"
} >&9
