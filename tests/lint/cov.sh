#!/bin/sh
# SPDX-License-Identifier: ISC
#
# cov.sh BUILD: lines reached, a file a line, least first.

set -eu
cd "$(dirname "$0")/../.."
B=$1
find "$B/obj" -name '*.gcda' ! -path '*/tests/*' -print0 |
    xargs -0 gcov -n 2>/dev/null | awk '
/^File / { split($0, f, "\047"); file = f[2] }
/^Lines executed:/ && file ~ /^[a-z]+(\/[a-z]+)?\/[^\/]*\.c$/ {
	split($0, v, /[:% ]+/)
	printf "%6.2f%% of %4d  %s\n", v[3], v[5], file
	hit += v[3] * v[5] / 100
	all += v[5]
	file = ""
}
END { if (all) printf "%6.2f%% of %4d  all\n", hit * 100 / all, all }' |
    sort -n
