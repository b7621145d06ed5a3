# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: what is durable stays, and whoever changes it is found out: the
# record is named, with the exit status of its kind, in a copy, by the running
# daemon, and at the next start, which is refused.
. "$SRC/tests/regress/lib.sh"

LOGGING='"segmentMB": 1, "compress": false,'
conf_default
big=$(head -c 100000 /dev/zero | tr '\0' x)
log=$T/log/gateway.log
daemon_start

### A kill in the middle

cbbg a cbtagent run -- sleep 7777
a=$BGPID
until_true 60 running "sleep 7777" || bail "the run does not start"
kill -9 "$D" "$(role_pid auditor)"
daemon_wait
status_of "$a"
ok "killed: the client is told" test "$S" -ne 0 -a "$S" != running
run=$(sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' "$log" | tail -n 1)
daemon_start
is "killed: closed as lost, once" \
    "$(grep -F "\"run\":\"$run\"" "$log" | grep -vc '"ev":"intent"')" 1
ok "killed: by a record that names the intent" log_has '"ev":"lost"' \
    "\"run\":\"$run\""
cb root audit verify
is "killed: verify, online" "$S" 0

### A log of several segments

i=0
while [ $i -lt 25 ]; do
	cb cbtagent run -- printf '%.1s' "$big" "$i"
	i=$((i + 1))
done
for i in 1 2 3 4 5 6; do
	cb cbtagent run -r "reason $i" -- echo "$i"
done
cb root --json audit verify
is "online: status" "$S" 0
segments=$(find "$T/log" -name 'gateway-*.log' | sort)
ok "there are segments" test "$(echo "$segments" | grep -c .)" -ge 2
daemon_stop
cp -a "$T/log" "$T/good"
total=$(cat "$T"/good/gateway*.log | grep -c .)

# number LINE [FILE]: the record on a line
number() {
	sed -n "$1p" "${2-$T/copy/gateway.log}" | sed 's/^0*\([0-9]*\) .*/\1/'
}

fresh() {
	rm -rf "$T/copy"
	cp -a "$T/good" "$T/copy"
}

# names NAME STATUS RECORD [FILE]: what verify says of the copy
names() {
	S=0
	"$B/clawbot" --json audit verify "$T/copy" >"$T/out" 2>"$T/err" ||
	    S=$?
	is "$1: status" "$S" "$2"
	[ -z "$3" ] ||
	    is "$1: the record is named" "$(json "$T/out" record)" "$3"
	[ -z "${4-}" ] ||
	    is "$1: the file is named" "$(json "$T/out" file)" "$4"
}

fresh
S=0
"$B/clawbot" audit verify "$T/copy" >"$T/out" 2>&1 || S=$?
is "a copy: status" "$S" 0
has "a copy: said" "$T/out" "OK records=$total"

# edit PERL: the current segment, as @l of lines
edit() {
	perl -0777 -i -pe 'my @l = split /^/; '"$1"'; $_ = join "", @l' \
	    "$T/copy/gateway.log"
}

lines=$(grep -c . "$T/good/gateway.log")
ok "the current segment has some records" test "$lines" -ge 8
mid=$((lines - 4))		# counted from 0
fresh
n=$(number $((mid + 1)))
off=$(head -n $mid "$T/copy/gateway.log" | wc -c)

fresh
edit '$l['$mid'] =~ s/("argv":\["e)c/$1C/ or
    $l['$mid'] =~ s/("outcome":"e)x/$1X/'
names "a byte" 2 "$n" gateway.log
is "a byte: the offset is named" "$(json "$T/out" offset)" "$off"
ok "a byte: the rule is named" json "$T/out" rule
fresh
edit '$l['$mid'] =~ s/T(\d\d):(\d\d)/sprintf "T%s:%02d", $1, 59 - $2/e'
names "a time" 2 "$n" gateway.log
fresh
edit '$l['$mid'] =~ s/"p":"(.)/"p\":\"" . ($1 eq "A" ? "B" : "A")/e'
names "a digest" 2 "$n" gateway.log
fresh
edit '$l['$mid'] =~ s/^000/001/'
names "a number" 2 "" gateway.log
fresh
edit '@l['$mid', '$mid' + 1] = @l['$mid' + 1, '$mid']'
names "two lines swapped" 2 "" gateway.log
fresh
edit 'splice @l, '$mid', 0, $l['$mid']'
names "a line twice" 2 "" gateway.log
fresh
edit 'splice @l, '$mid', 0, "exec: no record\n"'
names "a line of another kind" 2 "" gateway.log
fresh
edit '$l['$mid'] =~ s/\n/\r\n/'
names "a line end" 2 "$n" gateway.log
fresh
edit '$l['$mid'] =~ s/\{/{ /'
names "a blank" 2 "$n" gateway.log
fresh
edit 'splice @l, '$mid', 1'
S=0
"$B/clawbot" --json audit verify "$T/copy" >"$T/out" 2>&1 || S=$?
ok "a line taken out: status $S" test "$S" -eq 2 -o "$S" -eq 6
ok "a line taken out: near where it was" test \
    "$(json "$T/out" record)" -ge "$n" -a "$(json "$T/out" record)" -le \
    $((n + 1))
fresh
edit '$l[-1] = substr($l[-1], 0, -10)'
names "the end cut off" 3 ""
fresh
: >"$T/copy/gateway.log"
names "the current segment emptied, and exec.log is not" 2 ""
# where it ended, only a daemon knows; the verifier says that it does not
rm "$T/copy/exec.log"
names "the current segment emptied" 0 ""
ok "the current segment emptied: what is left open is said" \
    sh -c "grep -q '\"note\":\"..' '$T/out'"
first=$(echo "$segments" | head -n 1 | sed 's,.*/,,')
second=$(echo "$segments" | sed -n '2s,.*/,,p')
fresh
rm "$T/copy/$second"
names "a segment taken away" 6 "$(number 1 "$T/good/$second")"
fresh
rm "$T/copy/$first"
names "the first segment taken away" 6 1
fresh
mv "$T/copy/$first" "$T/x"
mv "$T/copy/$second" "$T/copy/$first"
mv "$T/x" "$T/copy/$second"
names "two segments exchanged" 2 "" "$first"
fresh
perl -0777 -i -pe 's/("argv":\["printf")/"argv":["Printf"/' "$T/copy/$second"
names "a byte of an older segment" 2 "" "$second"
fresh
perl -0777 -i -pe 's/\n[^\n]*\n\z/\n/' "$T/copy/$first"
S=0
"$B/clawbot" --json audit verify "$T/copy" >"$T/out" 2>&1 || S=$?
ok "the last line of an older segment: status $S" test "$S" -eq 2 -o \
    "$S" -eq 6
fresh
perl -0777 -i -pe 's/.\n\z//' "$T/copy/$first"
S=0
"$B/clawbot" --json audit verify "$T/copy" >"$T/out" 2>&1 || S=$?
ok "an older segment cut: status $S" test "$S" -ge 2 -a "$S" -le 6
fresh
rm "$T/copy/gateway.log"
mkdir "$T/copy/gateway.log"
names "a file that cannot be read" 8 ""
fresh
edit 'pop @l'
names "the last seal taken away" 0 ""
ok "the last seal taken away: what is left open is said" \
    sh -c "grep -q '\"note\":\"..' '$T/out'"

### What only the daemon knows

daemon_start
# from a seal on nothing is written for a quarter of an hour but what is asked
cb cbtadmin stop -r "for a seal"
cb cbtadmin resume
sealed() {
	tail -n 2 "$log" | cut -d' ' -f3 | paste -s -d ' ' |
	    grep -qx 'stop: seal:'
}
ok "online: the end is sealed" until_true 60 sealed
size=$(stat -c %s "$log")
cp "$log" "$T/was"

# online NAME STATUS: of the log as it is, then it is put back in place
online() {
	cb root --json audit verify
	is "online: $1: status" "$S" "$2"
	dd if="$T/was" of="$log" conv=notrunc 2>/dev/null
	truncate -s "$size" "$log"
	cb root audit verify
	is "online: $1: put back" "$S" 0
}

# flip OFFSET: a bit of the daemon's own log
flip() {
	perl -e 'open(my $f, "+<", $ARGV[0]) or die; seek $f, $ARGV[1], 0;
	    read $f, my $c, 1; seek $f, $ARGV[1], 0; print $f chr(ord($c) ^ 1)' \
	    "$log" "$1"
}

last=$((size - $(tail -n 1 "$log" | wc -c)))
flip $((off + 60))
online "a byte in the middle" 2
# the last record has no successor, but the daemon knows its digest
flip $((last + 14))
cb root --json audit verify
ok "online: a byte of the last record: status $S" test "$S" -eq 2 -o \
    "$S" -eq 4
dd if="$T/was" of="$log" conv=notrunc 2>/dev/null
flip $((last + 60))
cb root --json audit verify
ok "online: a byte of the last object: status $S" test "$S" -eq 2 -o \
    "$S" -eq 4
dd if="$T/was" of="$log" conv=notrunc 2>/dev/null
truncate -s "$last" "$log"
online "the last record taken away" 4
truncate -s $((size - 5)) "$log"
cb root --json audit verify
ok "online: the end cut off: status $S" test "$S" -eq 3 -o "$S" -eq 4
dd if="$T/was" of="$log" conv=notrunc 2>/dev/null
mv "$T/log/$second" "$T/second"
cb root --json audit verify
ok "online: a segment taken away: status $S" test "$S" -eq 2 -o "$S" -eq 6
mv "$T/second" "$T/log/$second"
cb root audit verify
is "online: all as it was" "$S" 0
agent echo hello
is "online: it goes on" "$(cat "$T/out")" hello
daemon_stop

### The next start

# start NAME STATUS: of the daemon on a log that somebody changed
start() {
	if daemon_try; then
		daemon_stop
		DSTATUS=up
	else
		daemon_wait
	fi
	is "start: $1: status" "$DSTATUS" "$2"
	if [ "$2" != up ]; then
		ok "start: $1: reason" grep -qE 'gateway|log|record' \
		    "$T/d.err"
	fi
	rm -rf "$T/log"
	cp -a "$T/good" "$T/log"
}

rm -rf "$T/log"
cp -a "$T/good" "$T/log"
start "nothing changed" up
flip $((off + 60))
start "a byte in the middle" 78
sed -i "$((mid + 1))d" "$log"
chown _clawbot-audit: "$log"
start "a line taken out" 78
rm "$T/log/$second"
start "a segment taken away" 78
rm "$T/log/$first"
start "the first segment taken away" 78
perl -0777 -i -pe 's/("argv":\["printf")/"argv":["Printf"/' \
    "$T/log/$first"
chown _clawbot-audit: "$T/log/$first"
start "a byte of an older segment" 78
rm "$log"
start "the current segment taken away" 78
: >"$log"
start "the current segment emptied" 78
sed -i '$d' "$log"
chown _clawbot-audit: "$log"
start "the last seal taken away" 78
rm "$T/log/seal.key"
start "its key taken away" 78

# A batch that was being written when the power went is no tampering: it is
# put aside, and that is a record.
printf '0000000%s 2026-01-02T03:04' $((total + 1)) >>"$log"
daemon_start
ok "a torn end: recorded" log_has 'recover: '
ok "a torn end: the log is whole" "$B/clawbot" audit verify "$T/log"
ok "a torn end: what was torn is kept" sh -c "find '$T/log' -type f \
    ! -name 'gateway*.log' ! -name 'exec*.log' -size +0 | grep -q ."
agent echo hello
is "a torn end: it goes on" "$(cat "$T/out")" hello
daemon_stop
finish
