#!/bin/sh
# SPDX-License-Identifier: ISC
#
# said.sh STATUS NAME FILE: hands on what the test NAME wrote to FILE, and its
# STATUS.  prove shows no more of what failed than its number, which is little
# where the machine is gone afterwards: that is also said on standard error.
cat "$3"
[ "$1" -eq 0 ] || awk -v name="$2" '/^ok/ { show = 0 } /^not ok/ { show = 1 }
    show && n++ < 60 { print name ": " substr($0, 1, 300) }' "$3" >&2
exit "$1"
