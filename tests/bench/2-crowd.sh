# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh
#
# Requests a second, with several clients at once.

. "$SRC/tests/bench/lib.sh"

TURNS=5			# of each, alternating
EACH=40			# runs in a turn, at least

rates() {
	printf '\n/bin/true, %d clients at once, %d turns of %d runs\n' "$1" \
	    "$TURNS" "$2"
	awk -F '\t' '
	    function part(of, of_whom) {
		return "bwrap" in of ? sprintf("%.2f",
		    of[of_whom] / of["bwrap"]) : "-"
	    }
	    FILENAME ~ /absent$/ { absent[$1] = $2; next }
	    { name[++n] = $1; p50[$1] = $2; p99[$1] = $3; rate[$1] = $4 }
	    END {
		printf "%-26s %9s %9s %9s %9s %9s\n", "", "p50 ms", "p99 ms",
		    "a second", "of bwrap", "its p99"
		for (i = 1; i <= n; i++)
			printf "%-26s %9.2f %9.2f %9.0f %9s %9s\n", name[i],
			    p50[name[i]] / 1e3, p99[name[i]] / 1e3,
			    rate[name[i]], part(rate, name[i]),
			    part(p99, name[i])
		for (a in absent)
			printf "%-26s %s\n", a, absent[a]
	    }' "$TOP/absent" "$GOT"
}

# Two accounts, since one may have no more than 32 connections: half of those
# that stay, half of those that come and go, and what has just gone.
ACCOUNTS=cbtagent,cbtother

daemons
list_begin
for name in $OURS; do
	row "clawbot run, $name" "$ACCOUNTS" - - "$(run_by "$name")" -- /bin/true
	resident "resident clients, $name" "$name" "$ACCOUNTS" /bin/true
done
# shellcheck disable=SC2086 # words
peer bwrap "$ACCOUNTS" - - $BWRAP /bin/true
row exec "$ACCOUNTS" - - /bin/true
for clients in 2 8 24; do
	runs=$((clients * 5 > EACH ? clients * 5 : EACH))
	measure -c "$clients" -k "$runs" -n "$TURNS" -w 1
	rates "$clients" "$runs"
done
