# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: nobody waits for large files, or names that take long, that somebody
# else has looked at.
. "$SRC/tests/regress/lib.sh"

SKILLS='"asks": { "default": "ask", "allow": ["true"],
    "write": ["'$W'"] },'
conf_default
daemon_start

# Each time it is another file, so that no digest is known.
for n in 1 2; do
	cp /usr/bin/true "$W/big$n"
	truncate -s 256M "$W/big$n"
	chmod 755 "$W/big$n"
	chown cbtother "$W/big$n"
done

# took ARGUMENT...: milliseconds that a request takes, the median of 21
took() {
	t_n=0
	while [ $t_n -lt 21 ]; do
		t_n=$((t_n + 1))
		t_from=$(now_ms)
		"$@" >/dev/null 2>&1 </dev/null
		echo $(($(now_ms) - t_from))
	done | sort -n | sed -n 11p
}

asks() {
	as cbtagent "$B/clawbot" -S "$T/run" "$@"
}

run=$(took asks run -- true)
kill=$(took asks kill r000000000001)
why=$(took asks policy why -- true)
diag "alone: run $run ms, kill $kill ms, why $why ms"

cb cbtother policy why -C "$W" -- ./big1
is "256 MB: looked at" "$S" 0
has "256 MB: its digest" "$T/out" "$(b2sum -l 256 "$W/big1" | cut -c 1-64)"

# An account has large programs looked at, over and over.
cat >"$T/hog.sh" <<END
while :; do
	touch "$W/big\$1"
	"$B/clawbot" -S "$T/run" policy why -C "$W" -- "./big\$1" \\
	    >"$T/why\$1" 2>&1 </dev/null
	echo >>"$T/times\$1"
done
END
hogs=
for n in 1 2; do
	for f in "$T/why$n" "$T/times$n"; do
		: >"$f"
		chown cbtother "$f"
	done
	setpriv --reuid=cbtother --regid="$(id -g cbtother)" --init-groups \
	    sh "$T/hog.sh" $n &
	BG="$BG $!"
	hogs="$hogs $!"
done
sleep 1

# near NAME BEFORE NOW: hardly longer than when nobody else is there
near() {
	diag "$1: $3 ms, alone $2 ms"
	ok "$1: nobody waits" test "$3" -le $(($2 + 100 * SCALE))
}
near run "$run" "$(took asks run -- true)"
near kill "$kill" "$(took asks kill r000000000001)"
near why "$why" "$(took asks policy why -- true)"
ok "and the large ones are looked at" until_true 60 test -s "$T/times1" -a \
    -s "$T/times2"
diag "the large ones: $(cat "$T/times1" "$T/times2" | wc -l) times"

# Who goes away meanwhile keeps nobody busy.
for p in $hogs; do
	kill -9 "$p"
done
rm -f "$W"/big*
cp /usr/bin/true "$W/huge"
chmod 755 "$W/huge"
truncate -s 1G "$W/huge"
cbbg gone cbtagent run -C "$W" -- ./huge
sleep 0.3
kill -9 "$BGPID"
near "run, behind one that was given up" "$run" "$(took asks run -- true)"
truncate -s 1025M "$W/huge"
cb cbtagent run -C "$W" -- ./huge
is "more than 1 GB: status" "$S" 126
has "more than 1 GB: why" "$T/err" "larger than 1 GB"

# Words of a command that lead through as many and as long links as there may
# be: each takes milliseconds.
mkdir "$W/a"
way=$(printf 'a/../%.0s' $(seq 1 800))
: >"$W/l20"
n=20
while [ $n -gt 0 ]; do
	ln -s "${way}l$n" "$W/l$((n - 1))"
	n=$((n - 1))
done
why=$(took asks policy why -s asks -- true)
cat >"$T/hog.sh" <<END
while :; do
	# shellcheck disable=SC2046 # words
	timeout 0.3 "$B/clawbot" -S "$T/run" run -s asks -C "$W" -- ls \
	    \$(yes l0 | head -n 4000) >"$T/why1" 2>&1 </dev/null
	echo >>"$T/links"
done
END
: >"$T/links"
chown cbtother "$T/links"
setpriv --reuid=cbtother --regid="$(id -g cbtother)" --init-groups \
    sh "$T/hog.sh" &
BG="$BG $!"
hog=$!
sleep 1
beside=$(took asks policy why -s asks -- true)
kill -9 "$hog"
diag "why, beside words that lead through links: $beside ms, alone $why ms"
ok "words that lead through links: keep nobody for seconds" \
    test "$beside" -le $((why + 1000 * SCALE))
diag "words that lead through links: $(wc -l <"$T/links") times"
finish
