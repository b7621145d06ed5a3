# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# What is refused costs, too: it counts in the quotas, and what the log keeps
# of it is bounded, whatever was sent.  Requests of any kind are counted.
. "$SRC/tests/regress/lib.sh"

log_size() {
	cat "$T/log/"* | wc -c
}

### Refused runs cost what runs cost

SKILLS='"plain": { "default": "deny", "allow": ["true"] },'
MORE='"rateLimit": { "maxExecutionsPerMinute": 10 },'
conf_default
big=$(head -c 120000 /dev/zero | tr '\0' A)
ten_a_minute() {
	[ -z "$D" ] || daemon_stop
	rm -rf "$T/log"
	daemon_start
	before=$(log_size) denied=0 again=0 other='' i=0
	while [ "$i" -lt 30 ]; do
		cb cbtagent run -s plain -- "no-such-$i" "$big"
		case $S in
		77|127)	denied=$((denied + 1)) ;;
		75)	again=$((again + 1)) ;;
		*)	other="$other $S" ;;
		esac
		i=$((i + 1))
	done
	cb cbtagent run -s plain -- true
}
in_a_minute ten_a_minute
is "refused runs: statuses" "$other" ""
is "refused runs: ten a minute" "$denied" 10
is "refused runs: the rest is put off" "$again" 20
is "refused runs: nor can anything else run" "$S" 75
has "refused runs: said" "$T/err" "10 of 10 runs in the last minute"
after=$(log_size)
ok "refused runs: the log stays small ($((after - before)) bytes)" \
    test $((after - before)) -lt 60000
daemon_stop

### What is kept of a command that was refused

MORE=
SKILLS='"plain": { "default": "allow", "deny": ["false"] },'
conf_default
daemon_start
# last: the record of the refused run, as JSON
last() {
	cb root --json audit tail -n 5
	grep '"ev":"refused"' "$T/out" | tail -n 1 >"$T/last"
}
cb cbtagent run -s plain -- false short words
last
has "short words: in full" "$T/last" '"argv":["false","short","words"]'
printf '%s' "$big" >"$T/big"
sum=$(b2sum -l 256 "$T/big" | cut -d ' ' -f 1)
cb cbtagent run -s plain -- false "$big"
is "a long word: refused" "$S" 77
last
has "a long word: how much more, and its digest" "$T/last" \
    "[118976 bytes more, BLAKE2b-256 of all: $sum]"
ok "a long word: its head" grep -q 'false","A\{1024\}\[' "$T/last"
ok "a long word: not all of it" test "$(wc -c <"$T/last")" -lt 3000
# shellcheck disable=SC2046 # words
cb cbtagent run -s plain -- false $(seq 1 3000)
last
sum=$( (printf 'false\0'; seq 1 3000 | tr '\n' '\0') | b2sum -l 256 |
    cut -d ' ' -f 1)
has "many words: which" "$T/last" "BLAKE2b-256 of all: $sum]"
ok "many words: the first ones" grep -q '\["false","1","2","3"' "$T/last"
ok "many words: not all of them" test "$(wc -c <"$T/last")" -lt 8000
noise=$(head -c 100000 /dev/zero | tr '\0' '\001')
cb cbtagent run -s plain -- false "$noise"
last
ok "control characters: not many times as long" \
    test "$(wc -c <"$T/last")" -lt 8000
# what runs is in the log in full, and not much longer than it was
before=$(log_size)
cb cbtagent run -s plain -- true "$noise"
is "control characters: it runs" "$S" 0
after=$(log_size)
ok "control characters: at most three times the input in each file" \
    test $((after - before)) -lt 610000
# many short words, each of which escapes make far longer
for c in '\001\001\001\001\001\001\001' '\342\200\256' '\377'; do
	word=$(printf '%b' "$c")
	before=$(log_size)
	# shellcheck disable=SC2046 # words
	cb cbtagent run -s plain -- true $(yes "$word" | head -n 4000)
	is "short words of $c: it runs" "$S" 0
	after=$(log_size)
	ok "short words of $c: at most three times the input in each file" \
	    test $((after - before)) -lt $((6 * 4000 * (${#c} / 4 + 1) + 10000))
done
cb root --json audit tail -n 3
perl -MJSON::PP -MMIME::Base64 -ne '
    my $o = JSON::PP->new->utf8->decode($_);
    print decode_base64($o->{argv}[0]{b64s}) if $o->{ev} eq "intent"' \
    "$T/out" >"$T/got"
{ printf 'true\0'; yes "$word" | head -n 4000 | tr '\n' '\0'; } >"$T/want"
ok "short words: every byte is there" cmp "$T/want" "$T/got"
cb root audit verify
is "the log is sound" "$S" 0
daemon_stop

### Requests of any kind

SKILLS='"plain": { "default": "allow" },'
MORE='"rateLimit": { "maxAPICallsPerHour": 6 },'
conf_default
daemon_start
cb cbtagent run -s plain -- true
is "requests: a run" "$S" 0
cb cbtagent policy why -- true
is "requests: a question" "$S" 0
cb cbtagent status --all
is "requests: status" "$S" 0
cb cbtagent run -s nope -- true
is "requests: one that is refused" "$S" 77
cb cbtagent secrets list
is "requests: another one" "$S" 77
cb cbtagent ps
is "requests: a list" "$S" 0
for what in "run -- true" "status" "ps" "policy why -- true"; do
	# shellcheck disable=SC2086 # words
	cb cbtagent $what
	is "requests: too many: $what" "$S" 75
	has "requests: too many: $what: said" "$T/err" \
	    "6 of 6 requests in the last hour"
done
cb cbtagent --json run -- true
is "requests: the rule" "$(json "$T/out" rule)" requests
cb cbtother status --all
is "requests: all users of all channels count" "$S" 75
for who in root cbtadmin; do
	cb $who status
	is "requests: $who can ask, and something is refused" "$S" 1
	has "requests: $who sees it" "$T/out" "used up" \
	    "requests in the last hour: 6 of 6"
done
cb root --json audit tail -n 50
n=$(grep -c '"cause":"requests"' "$T/out")
ok "requests: the log tells, and not each time ($n)" \
    test "$n" -ge 1 -a "$n" -le 8
daemon_stop

finish
