# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# The log: what stands in it, who may read it, what verify says of copies.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start
cb cbtagent --json run -C "$W" -r "because I can" -- sh -c 'echo hi; exit 7'
ID=$(json "$T/out" run)
REC=$(json "$T/out" record)
cb cbtother --json run -- true
OTHER=$(json "$T/out" run)
cb cbtagent run -- touch denied

### The records of a run

grep -F "\"run\":\"$ID\"" "$T/log/gateway.log" >"$T/run.log"
is "two records" "$(grep -c . "$T/run.log")" 2
grep '"ev":"intent"' "$T/run.log" | sed 's/^[^{]*//' >"$T/intent"
grep '"ev":"result"' "$T/run.log" | sed 's/^[^{]*//' >"$T/result"
ok "the record that --json names" grep -q "^0*$REC " "$T/run.log"
is "intent: argv" "$(json "$T/intent" argv)" '["sh","-c","echo hi; exit 7"]'
is "intent: cwd" "$(json "$T/intent" cwd)" "$W"
is "intent: executable" "$(json "$T/intent" exe.path)" \
    "$(readlink -f "$(command -v sh)")"
is "intent: its digest" "$(json "$T/intent" exe.digest)" \
    "$(b2sum -l 256 "$(command -v sh)" | cut -d' ' -f1)"
is "intent: reason" "$(json "$T/intent" why.reason)" "because I can"
is "intent: peer" "$(json "$T/intent" why.uid)" "$(id -u cbtagent)"
is "intent: channel" "$(json "$T/intent" why.channel)" cli
ok "intent: rule" json "$T/intent" why.rule
is "intent: skill" "$(json "$T/intent" skill)" default
is "result: outcome" "$(json "$T/result" outcome)" exited
is "result: exit" "$(json "$T/result" exit)" 7
ok "result: duration" json "$T/result" wall_us
# of the digests of standard output and standard error
raw_digest() {
	b2sum -l 256 | cut -d' ' -f1 | perl -ne 'chomp; print pack "H*", $_'
}
is "result: the digest of the output" "$(json "$T/result" digest)" \
    "$({ echo hi | raw_digest; raw_digest </dev/null; } | b2sum -l 256 |
    cut -d' ' -f1)"
ok "refusals are records" log_has '"ev":"refused"' '"denied"'
is "kinds: exec: finds the exec records" \
    "$(grep -c 'exec:' "$T/log/gateway.log")" \
    "$(grep -c '^[0-9]* [^ ]* exec: ' "$T/log/gateway.log")"
ok "exec.log is those, byte for byte" until_true 60 exec_log_whole
cb cbtagent run -r "look: exec: here" -- printf 'auth: %s' "exec:"
is "kinds: not by what is asked" \
    "$(grep -c 'exec:' "$T/log/gateway.log")" \
    "$(grep -c '^[0-9]* [^ ]* exec: ' "$T/log/gateway.log")"
cb cbtagent run -- printf '%s' "$(printf '\377\376')"
ok "arguments that are no UTF-8" log_has '{"b64":"//4="}'

# The chain, with nothing but coreutils.
chain() {
	c_prev=
	while IFS= read -r c_line; do
		c_p=$(printf '%s' "$c_line" | sed 's/.*"p":"\(.*\)"}$/\1/')
		if [ -n "$c_prev" ]; then
			c_want=$(printf '%s\n' "$c_prev" | b2sum -l 256 |
			    cut -d' ' -f1 | perl -ne 'chomp;
			    print pack "H*", $_' | base64 | tr '+/' '-_' |
			    tr -d '=\n')
			[ "$c_p" = "$c_want" ] || return 1
		fi
		c_prev=$c_line
	done <"$1"
}
ok "the chain, by b2sum" chain "$T/log/gateway.log"

### Who may read

cb cbtadmin audit tail -n 100
has "tail" "$T/out" "$ID" "because I can"
cb cbtadmin audit tail -n 2
is "tail -n 2" "$(grep -c . "$T/out")" 2
cb cbtadmin --json audit tail
ok "tail --json: a document a line" json_lines "$T/out"
cb cbtagent audit tail
is "tail by others: status" "$S" 77
cb cbtagent audit show -l "$ID"
is "show: status" "$S" 0
is "show: two records" "$(grep -c "$ID" "$T/out")" 2
cb cbtagent audit show "$OTHER"
hasnot "show: others' runs" "$T/out" '"ev"'
cb cbtadmin audit show "$OTHER"
has "show: an approver" "$T/out" "$OTHER"
cb cbtadmin --json audit show "$OTHER"
ok "show --json" json_lines "$T/out"
cb cbtadmin audit show r000000000001
is "show: nothing: status" "$S" 1
cb cbtagent audit verify
is "verify by others: status" "$S" 77
cb cbtadmin audit verify
is "verify: status" "$S" 0
ok "verify: OK" grep -q '^OK records=' "$T/out"
cb cbtadmin --json audit verify
ok "verify --json" json "$T/out" status
# follow
cbbg follow cbtadmin audit tail -f
follow=$BGPID
until_true 60 test -s "$T/follow.out"
cb cbtagent run -- echo followed-by-tail
ok "tail -f shows what comes" until_true 60 \
    grep -q followed-by-tail "$T/follow.out"
kill "$follow"
status_of "$follow"
is "the log's directory is closed to others" "$(stat -c '%a %U' "$T/log")" \
    "700 _clawbot-audit"
is "and the log itself" "$(stat -c '%a %U' "$T/log/gateway.log")" \
    "600 _clawbot-audit"
daemon_stop

### Copies

verify() {
	S=0
	"$B/clawbot" audit verify "$T/copy" >"$T/out" 2>"$T/err" || S=$?
}

# change NAME STATUS TEXT PERL: the copy's gateway.log, changed by this
change() {
	rm -rf "$T/copy"
	cp -r "$T/log" "$T/copy"
	perl -0777 -pi -e "$4" "$T/copy/gateway.log"
	cmp -s "$T/log/gateway.log" "$T/copy/gateway.log" && diag "unchanged"
	verify
	is "verify: $1: status" "$S" "$2"
	has "verify: $1: named" "$T/out" "$3"
}

cp -r "$T/log" "$T/copy"
verify
is "verify a copy: status" "$S" 0
is "verify a copy: records" \
    "$(sed -n 's/^OK records=\([0-9]*\).*/\1/p' "$T/out")" \
    "$(grep -c . "$T/log/gateway.log")"
num=$(printf '%d' "$REC")
change "a word changed" 2 "TAMPERED record=" 's/because I can/because I cAn/'
change "a digit of a time changed" 2 "TAMPERED" 's/T(\d\d):/"T" . (99 - $1) . ":"/e'
change "a line taken out" 2 "TAMPERED" 's/\n[^\n]*because I can[^\n]*\n/\n/'
change "two lines swapped" 2 "TAMPERED" 's/\n([^\n]*)\n([^\n]*)\n/\n$2\n$1\n/'
change "the last line cut" 3 "" 's/.{10}\z//s'
change "a byte added" 2 "TAMPERED" 's/\n/ \n/'
change "a line doubled" 2 "TAMPERED" 's/(\n[^\n]*)(\n)/$1$1$2/'
change "its p changed" 2 "TAMPERED" 's/("p":")(.)/$1 . ($2 eq "A" ? "B" : "A")/e'
rm -rf "$T/copy"
mkdir "$T/copy"
verify
ok "verify: an empty directory: status" test "$S" -eq 6 -o "$S" -eq 8
S=0
"$B/clawbot" audit verify "$T/nonexistent" >"$T/out" 2>"$T/err" || S=$?
is "verify: no directory: status" "$S" 8

# A program that takes long to be hashed is logged like any other.
cp /bin/true "$W/large"
truncate -s 100M "$W/large"
chmod 755 "$W/large"
chown clawbot "$W/large"
daemon_start
cb cbtagent run -- "$W/large" what it ran
is "a large program: status" "$S" 0
ok "a large program: all of its words are logged" log_has '"ev":"intent"' \
    "\"argv\":[\"$W/large\",\"what\",\"it\",\"ran\"]"
daemon_stop

# Every single bit of a small log.
rm -rf "$T/small"
mkdir "$T/small"
head -n 3 "$T/log/gateway.log" >"$T/small/gateway.log"
ok "verify: three records" "$B/clawbot" audit verify "$T/small"
size=$(stat -c %s "$T/small/gateway.log")
i=0
missed=
step=$((size / 60 + 1))
while [ $i -lt "$size" ]; do
	rm -rf "$T/copy"
	cp -r "$T/small" "$T/copy"
	perl -e 'open(my $f, "+<", $ARGV[0]) or die; seek $f, $ARGV[1], 0;
	    read $f, my $c, 1; seek $f, $ARGV[1], 0;
	    print $f chr(ord($c) ^ (1 << ($ARGV[1] % 8)));' \
	    "$T/copy/gateway.log" $i
	verify
	# the very last record has no successor: its change is visible only
	# to who knows its digest, and to its own form
	[ "$S" -ne 0 ] || missed="$missed $i"
	i=$((i + step))
done
last=$(($(head -n 2 "$T/small/gateway.log" | wc -c)))
early=
for i in $missed; do
	[ "$i" -ge "$last" ] || early="$early $i"
done
is "verify: every changed bit before the last record is found" "$early" ""
finish
