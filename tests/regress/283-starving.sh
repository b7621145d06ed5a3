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
	truncate -s 1000M "$W/big$n"
	chmod 755 "$W/big$n"
	chown cbtother "$W/big$n"
done

asks() {
	as cbtagent timeout 240 "$B/clawbot" -S "$T/run" "$@" >/dev/null 2>&1 \
	    </dev/null
}

cb cbtother policy why -C "$W" -- ./big1
is "1,000 MB: looked at" "$S" 0
has "1,000 MB: its digest" "$T/out" \
    "$(b2sum -l 256 "$W/big1" | cut -c 1-64)"

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
looked() {
	cat "$T/times1" "$T/times2" | wc -l
}
both_looked() {
	[ -s "$T/times1" ] && [ -s "$T/times2" ]
}
ok "the large ones are looked at" until_true 240 both_looked

# past NAME ARGUMENT...: who waited for a large file each time would see one of
# them pass for each request; how many do depends on no clock
past() {
	p_name=$1 p_n=0
	shift
	p_was=$(looked)
	while [ $p_n -lt 21 ]; do
		p_n=$((p_n + 1))
		asks "$@"
	done
	p_large=$(($(looked) - p_was))
	ok "$p_name: nobody waits (21 requests past $p_large large files)" \
	    test "$p_large" -lt 11
}
past run run -- true
past kill kill r000000000001
past why policy why -- true

# Who goes away meanwhile keeps nobody busy: what comes next is over long before
# as large a file could have been looked at.
for p in $hogs; do
	kill -9 "$p"
done
rm -f "$W"/big*
cp /usr/bin/true "$W/huge"
chmod 755 "$W/huge"
truncate -s 1G "$W/huge"
# took ARGUMENT...: milliseconds that a request takes
took() {
	t_from=$(now_ms)
	asks "$@"
	echo $(($(now_ms) - t_from))
}
# given_up: one that is looked at alone, and one that is not behind another,
# tried again where the machine was busy with other things
given_up() {
	touch "$W/huge"
	g_large=$(took policy why -C "$W" -- ./huge)
	touch "$W/huge"
	cbbg gone cbtagent run -C "$W" -- ./huge
	asking "$BGPID"
	kill -9 "$BGPID"
	g_next=$(took run -- true)
	diag "behind one that was given up: $g_next ms; that takes $g_large ms"
	[ "$g_next" -le $((g_large / 2)) ]
}
g_ok=no
for try in 1 2 3 4 5; do
	! given_up || { g_ok=yes; break; }
done
is "run, behind one that was given up: does not wait" $g_ok yes
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
# median ARGUMENT...: of 11
median() {
	m_n=0
	while [ $m_n -lt 11 ]; do
		m_n=$((m_n + 1))
		took "$@"
	done | sort -n | sed -n 6p
}
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
# linked: beside such a one, and alone right before
linked() {
	why=$(median policy why -s asks -- true)
	: >"$T/links"
	setpriv --reuid=cbtother --regid="$(id -g cbtother)" --init-groups \
	    sh "$T/hog.sh" &
	hog=$!
	BG="$BG $hog"
	until_true 60 test -s "$T/links"
	beside=$(median policy why -s asks -- true)
	kill -9 "$hog"
	diag "why, beside words that lead through links: $beside ms, alone $why ms"
	[ "$beside" -le $((3 * why + 1000 * SCALE)) ]
}
l_ok=no
for try in 1 2 3 4 5; do
	! linked || { l_ok=yes; break; }
done
is "words that lead through links: keep nobody for seconds" $l_ok yes
diag "words that lead through links: $(wc -l <"$T/links") times"
finish
