# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a log that is damaged before its end does not start until root
# accepts the loss; what is lost is kept and told in the log itself, nothing
# runs before somebody has looked, and a kill in the middle loses no more.
. "$SRC/tests/regress/lib.sh"

told_to_files
LOGGING='"segmentMB": 1,'
conf_default
log=$T/log
big=$(head -c 120000 /dev/zero | tr '\0' x)

# recover ARGUMENT...: as root
recover() {
	S=0
	timeout -k 10 120 "$B/clawbot" audit recover -f "$CONF" "$@" \
	    >"$T/out" 2>"$T/err" </dev/null || S=$?
}
# again: the damaged log as it was
again() {
	rm -rf "$log"
	cp -a "$T/damaged" "$log"
}
# whole NAME: what is left verifies, and has what was before the damage
whole() {
	"$B/clawbot" audit verify "$log" >"$T/verify" 2>&1
	is "$1: verifies" "$(cut -d' ' -f1 "$T/verify" | head -n 1)" OK
	ok "$1: all before the damage is there" \
	    cmp -s -n "$before" "$T/damaged/gateway.log" "$log/gateway.log"
	is "$1: nothing is thrown away" "$(find "$log"/lost-* -type f \
	    -name 'gateway.log*' -exec cmp -s {} "$T/damaged/gateway.log" \; \
	    -print | grep -c .)" 1
	is "$1: told once" "$(grep -c '"ev":"lost","record":' \
	    "$log/gateway.log")" 1
}

daemon_start
recover
is "while the daemon runs: status" "$S" 75
cb cbtagent run -- echo before
printf 'a value of some length' >"$T/value"
cbin cbtadmin secrets set A_TOKEN <"$T/value"
cb cbtadmin stop -u cbtagent -r "not now"
cb cbtadmin resume -u cbtagent
for i in 1 2 3; do
	cb cbtagent run -- echo "$i"
done
daemon_stop
recover
is "a log that is whole: status" "$S" 0
has "a log that is whole" "$T/out" "nothing is lost"

### Whole, and what the start does and does not do by itself

mv "$log/seal.key" "$T/seal.key"
recover
is "the key is gone: status" "$S" 2
has "the key is gone" "$T/out" "nothing is lost, but" seal.key
head -c 8192 /dev/zero >"$log/seal.key"
recover --accept-loss -r "the key"
is "another key: status" "$S" 2
hasnot "another key" "$T/out" "can start"
daemon_try && daemon_stop
daemon_wait
is "another key: no start" "$DSTATUS" 78
mv "$T/seal.key" "$log/seal.key"
cp -p "$log/gateway.log" "$T/untorn"
head -c 4096 /dev/zero >>"$log/gateway.log"
recover
is "sectors that were not written: status" "$S" 0
has "sectors that were not written" "$T/out" "the daemon can start"
cp -p "$T/untorn" "$log/gateway.log"

### A changed record before the end

line=$(grep -n '"ev":"stop","scope"' "$log/gateway.log" | head -n 1 |
    cut -d: -f1)
before=$(head -n $((line - 1)) "$log/gateway.log" | wc -c)
perl -pi -e "s/not now/not nov/ if \$. == $line" "$log/gateway.log"
cp -a "$log" "$T/damaged"
daemon_try && daemon_stop
daemon_wait
is "damaged: no start" "$DSTATUS" 78
has "damaged: what to do is said" "$T/d.err" "clawbot audit recover"
recover
is "not accepted: status" "$S" 2
has "not accepted: the place" "$T/out" "record=$line " --accept-loss
ok "not accepted: nothing is changed" diff -r "$T/damaged" "$log"
recover --accept-loss
is "without a reason: status" "$S" 64
echo "not of the log" >"$T/other"
ln "$T/other" "$log/gateway.kept"
recover --accept-loss -r "the disk was bad"
is "accepted: status" "$S" 0
is "accepted: nothing is written through a name" "$(cat "$T/other")" \
    "not of the log"
has "accepted" "$T/out" "from record $line on" "emergency stop"
whole "accepted"
has "the record" "$log/gateway.log" '"reason":"the disk was bad"' \
    "\"moved\":[\"lost-$(printf %012d "$line")/"
has "the stop, as the supervisor writes them" "$log/gateway.log" \
    '"ev":"stop","scope":"all","reason":"the disk was bad","by":{"uid":0,' \
    '"before":0,"after":1,"runs":0,"waiting":0'
ok "what is lost is the log's owner's alone" test \
    "$(stat -c '%a %U' "$log"/lost-*)" = "700 _clawbot-audit"
daemon_start
is_told() {
	grep -qsx "CLAWBOT_KIND=log-lost" "$T"/said/*.env
}
ok "somebody is told, and where it is" until_true 60 is_told
f=$(grep -lx "CLAWBOT_KIND=log-lost" "$T"/said/*.env | head -n 1)
has "what is told" "${f%.env}.text" "has been moved away" \
    "part     lost-$(printf %012d "$line") in $log"
cb cbtagent run -- echo stopped
is "nothing runs: status" "$S" 75
cb cbtadmin resume
cb cbtagent run -- echo after
is "resumed: status" "$S" 0
cb cbtadmin secrets list
has "the vault goes on" "$T/out" A_TOKEN
cb root audit verify
is "resumed: verify" "$S" 0
cb root audit search ev=lost kind=recover
has "it is found" "$T/out" "the disk was bad"
daemon_stop

### Its end is away, and the log does not say so

rm -rf "$log"
daemon_start
daemon_stop
next=$(($(tail -n 1 "$log/gateway.log" | cut -d' ' -f1 | sed 's/^0*//') + 1))
mkdir "$log/lost-$(printf %012d "$next")"
daemon_try && daemon_stop
daemon_wait
is "not told yet: no start" "$DSTATUS" 78
has "not told yet: what to do" "$T/d.err" "lost-$(printf %012d "$next")" \
    "clawbot audit recover --accept-loss"
recover --accept-loss -r finish
is "told: status" "$S" 0
daemon_start
cb cbtagent run -- echo stopped
is "told: nothing runs" "$S" 75
daemon_stop

### A segment in the middle is not there, or is damaged

rm -rf "$log"
daemon_start
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
	cb cbtagent run -- printf '%.1s' "$big" "$i"
done
two() {
	[ "$(find "$log" -name 'gateway-*.log.zst' | grep -c .)" -ge 2 ] &&
	    [ "$(find "$log" -name 'gateway-*.log' | grep -c .)" = 0 ]
}
ok "two packed segments" until_true 60 two
daemon_stop
second=$(find "$log" -name 'gateway-*.zst' | sort | sed -n 2p)
perl -e 'open F, "+<", $ARGV[0]; seek F, 9000, 0; print F "\0\0\0\0"' \
    "$second"
recover --accept-loss -r "a packed one"
is "a packed one: status" "$S" 0
"$B/clawbot" audit verify "$log" >"$T/verify" 2>&1
is "a packed one: verifies" "$(cut -d' ' -f1 "$T/verify" | head -n 1)" OK
ok "a packed one: it is kept" test -f \
    "$(echo "$log"/lost-*)/${second##*/}"
daemon_start
cb cbtadmin resume
cb cbtagent run -- echo after
is "a packed one: goes on" "$S" 0
daemon_stop
lift_parts "$log"
rm "$log/gateway-000000000001.log.zst"
recover --accept-loss -r "the first one"
is "the first one is gone: status" "$S" 0
daemon_start
daemon_stop
lift_parts "$log"

### Killed

case $(uname -m) in
x86_64|aarch64) ;;
*)	skip "killed" "tests/helpers/faultat.c does not know this processor"
	finish ;;
esac
FAULTAT_LOG=$T/faultat
export FAULTAT_LOG
# stopped: the log tells of the loss and of the stop, or of neither
stopped() {
	lost=$(grep -c '"ev":"lost","record":' "$log/gateway.log")
	[ "$(grep -c '"ev":"stop","scope":"all"' "$log/gateway.log")" = \
	    "$lost" ]
}
n=1 fired=0
while [ $n -lt 2000 ]; do
	again
	S=0
	"$H/faultat" -r clawbot kill "$n" "$B/clawbot" audit recover \
	    -f "$CONF" --accept-loss -r killed >"$T/out" 2>&1 || S=$?
	[ "$S" = 137 ] || break
	fired=$((fired + 1))
	[ ! -f "$log/gateway.log" ] || stopped || S=half
	[ "$S" = 137 ] || break
	recover --accept-loss -r again
	[ "$S" = 0 ] || break
	S=0
	"$B/clawbot" audit verify "$log" >"$T/verify" 2>&1 || S=$?
	[ "$S" = 0 ] || break
	cmp -s -n "$before" "$T/damaged/gateway.log" "$log/gateway.log" ||
	    S=records
	{ stopped && [ "$lost" = 1 ]; } || S=stop
	[ "$S" = 0 ] || break
	n=$((n + 23))
done
is "killed anywhere, $fired times: done again: status" "$S" 0
ok "killed: some were" test "$fired" -gt 5
whole "killed"
finish
