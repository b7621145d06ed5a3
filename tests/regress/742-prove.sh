# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a proof that a record is in the log, or that the log goes on from a
# checkpoint that was kept, is checked by a short program that knows nothing
# of clawbot but the public key.
. "$SRC/tests/regress/lib.sh"

PROVER=$SRC/tests/helpers/verify_proof.py
python3 -c 'pow(3, -1, 7)' 2>/dev/null || skip_all "needs python3.8 or later"
is "the program is short" "$(($(wc -l <"$PROVER") < 100))" 1

conf_default
log=$T/log/gateway.log

# prove ARGUMENT...: by the daemon, to $T/proof
prove() {
	cb cbtadmin audit prove "$@"
	cp "$T/out" "$T/proof"
}

# proves [KEY]
proves() {
	S=0
	timeout 120 python3 "$PROVER" "${1-$KEY}" "$T/proof" \
	    >"$T/proved" 2>"$T/err" || S=$?
}

# line NUMBER: that record
line() {
	sed -n "$1p" "$log"
}

says_key() {
	KEY=$(sed -n 's/.* public key \(clawbot[^ ;]*\).*/\1/p' "$T/d.err" |
	    head -n 1)
	[ -n "$KEY" ]
}

# a stop is a seal
seal() {
	cb cbtadmin stop -r "to be sealed"
	cb cbtadmin resume
}

is_sealed() {
	tail -n 1 "$log" | grep -q ' seal: '
}

daemon_start
ok "the key is said" until_true 60 says_key
agent echo one
prove 3
is "not sealed yet: status" "$S" 75
prove 999999
is "no such record: status" "$S" 75
has "no such record: said" "$T/err" "no such record"
for i in 1 2 3; do
	agent echo "$i"
	seal
	ok "seal $i" until_true 60 is_sealed
done
cb cbtadmin audit checkpoint
is "checkpoint: status" "$S" 0
cp "$T/out" "$T/then"
is "checkpoint: its size is that of the tree" "$(sed -n 2p "$T/then")" \
    "$(($(grep -c . "$log") - 1))"
cb cbtagent audit checkpoint
is "checkpoint: not for others" "$S" 77
for i in 4 5 6; do
	agent echo "$i"
	seal
	ok "seal $i" until_true 60 is_sealed
done
last=$(sed -n 's/.*"ev":"seal".*"last":\([0-9]*\),.*/\1/p' "$log" | tail -n 1)
for n in 1 2 3 8 "$((last - 1))" "$last"; do
	prove "$n"
	is "record $n: status" "$S" 0
	proves
	is "record $n: proved" "$S" 0
	line "$n" >"$T/want"
	ok "record $n: it is the one of the log" cmp "$T/want" "$T/proved"
done
# with each of these the program says no
refuted() {
	proves "${2-$KEY}"
	is "$1: refused" "$S" 1
}
cp "$T/proof" "$T/good"
perl -pi -e 's/^extra (....)/"extra " . ($1 eq "AAAA" ? "BBBB" : "AAAA")/e' \
    "$T/proof"
refuted "another record"
for what in 'index' 'extra' 'next ' 'epoch ' 'chain ' 'records ' 'time '; do
	perl -pe 's/^('"$what"'\D*?)(\d)/$1 . ($2 ^ "\1")/e' "$T/good" \
	    >"$T/proof"
	cmp -s "$T/good" "$T/proof" || refuted "another ${what% }"
done
perl -ne '$n++ if /^$/; print unless /^[A-Za-z0-9+\/]{43}=$/ && !$n &&
    !$done++' "$T/good" >"$T/proof"
refuted "a hash less"
sed '/^\(\xe2\x80\x94\)/s/[A-Za-z]\(..........\)$/0\1/' "$T/good" >"$T/proof"
cmp -s "$T/good" "$T/proof" || refuted "another signature"
perl -0pe 's/\n\n[^\n]*\n[^\n]*\n[^\n]*\nepoch 1\n.*?\n\n[^\n]*\n/\n/s' \
    "$T/good" >"$T/proof"
ok "an epoch left out: it is" sh -c "! grep -qx 'epoch 1' '$T/proof'"
refuted "an epoch left out"
cp "$T/good" "$T/proof"
"$B/clawbot" --json audit verify "$T/log" >"$T/out"
NEXT=$(json "$T/out" next)
refuted "the key of another epoch" "$NEXT"

### From a checkpoint

prove "$T/then"
is "it goes on: status" "$S" 0
proves
is "it goes on: proved" "$S $(cat "$T/proved")" \
    "0 size $(sed -n 2p "$T/then")"
cp "$T/proof" "$T/good"
sed 's/^size .*/size 3/' "$T/good" >"$T/proof"
refuted "from another size"
daemon_stop
cb root audit verify -c "$T/then" -k "$KEY" "$T/log"
is "verify has it, too" "$S" 0
# of a copy, without a daemon, with a later key
S=0
"$B/clawbot" audit prove -k "$NEXT" "$((last + 2))" "$T/log" >"$T/proof" ||
    S=$?
is "from a later key: status" "$S" 0
ok "from a later key: no other epoch is told of" test \
    "$(grep -c '^epoch ' "$T/proof")" -eq 1
proves "$NEXT"
is "from a later key: proved" "$S" 0
S=0
"$B/clawbot" audit checkpoint "$T/log" >"$T/now" || S=$?
is "a checkpoint of a copy: status" "$S" 0
S=0
"$B/clawbot" audit prove "$T/now" "$T/log" >"$T/proof" || S=$?
proves
is "from where it ends: proved" "$S" 0
# a log that has lost what the checkpoint has
head -n "$last" "$log" >"$T/short"
mkdir "$T/copy"
cp "$T/short" "$T/copy/gateway.log"
S=0
"$B/clawbot" audit prove "$T/now" "$T/copy" >"$T/proof" 2>"$T/err" || S=$?
is "an older copy: status" "$S" 4
finish
