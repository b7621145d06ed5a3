# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: an auditor that was taken over by the time it starts has root make
# its own parts of the log immutable, or not any more, and no other file: none
# that is somebody else's, has another name, or is reached by a link, and none by
# a number twice, out of order, or once it is READY.
. "$SRC/tests/regress/lib.sh"

conf_default
log=$T/log
"$H/lift" -t "$T" 2>"$T/why" || skip_all "immutable files: $(cat "$T/why")"

# part N: the name of the part that begins with that record
part() {
	printf '%s/gateway-%012d.log.zst' "$log" "$1"
}
# can PATH: it can be written to
can() {
	(: >>"$1") 2>/dev/null
}
# payload NUMBER:ON...: of A_FIX
payload() {
	perl -e 'print pack "N", scalar @ARGV;
	    for (@ARGV) { my ($n, $on) = split /:/; print pack "Q>C", $n, $on; }' \
	    "$@"
}
# asks NAME PAYLOAD...: the auditor asks that before it has read its log
asks() {
	a_name=$1
	shift
	middle auditor "down A_CONFIG 1 back A_FIX fix" "down A_FIXED 1 drop"
	payload "$@" >"$T/libexec/fix"
	daemon_try
}

daemon_start
daemon_stop

### What has such names, and is none of its own files

echo secret >"$T/target"
ln -s "$T/target" "$(part 1)"
echo root >"$(part 2)"
chmod 666 "$(part 2)"
echo two >"$T/other"
chown _clawbot-audit "$T/other"
ln "$T/other" "$(part 3)"
mkfifo "$(part 4)"
chown -h _clawbot-audit "$(part 1)" "$(part 4)"
mkdir "$(part 5)"
chown _clawbot-audit "$(part 5)"
echo own >"$(part 7)"
chown _clawbot-audit "$(part 7)"
: >"$T/asked"
chown root "$T/asked"
mv "$log" "$T/kept"
mkdir "$log"
chown _clawbot-audit "$log"
chmod 700 "$log"
for n in 1 2 3 4 5 7; do
	mv "$(part $n | sed "s|^$log|$T/kept|")" "$(part $n)"
done
asks "all of them" 1:1 2:1 3:1 4:1 5:1 6:1 7:1
until_true 60 grep -q A_FIX "$MITM" || result 1 "it is asked"
daemon_kill
ok "the target of a link is not touched" can "$T/target"
ok "nor is root's file" can "$(part 2)"
ok "nor is one with another name" can "$T/other"
ok "a directory is not touched" mkdir "$(part 5)/x"
ok "its own file is immutable" sh -c "! (: >>$(part 7)) 2>/dev/null"
asks "lifted" 2:0 7:0
daemon_kill
ok "and not any more" can "$(part 7)"
"$H/lift" -s "$(part 2)"
asks "not lifted" 2:0
daemon_kill
ok "from root's file it is not lifted" sh -c "! (: >>$(part 2)) 2>/dev/null"
lift_parts "$log"
rm -rf "$log"
mv "$T/kept" "$log"

### What is no such question

for how in "twice:7:1 7:1" "backwards:8:1 7:1" "nothing:" "no number:0:1" \
    "past the last:1000000000000:1" "neither on nor off:7:2"; do
	what=${how%%:*}
	# shellcheck disable=SC2086
	asks "$what" ${how#*:}
	daemon_wait
	is "$what: the daemon's end" "$DSTATUS" 83
done
# shellcheck disable=SC2046
asks "too many" $(seq 1 1025 | sed 's/$/:1/')
daemon_wait
is "too many: the daemon's end" "$DSTATUS" 83
middle auditor "up READY 1 file A_FIX fix"
payload 7:1 >"$T/libexec/fix"
daemon_try
daemon_wait
is "when it is READY: the daemon's end" "$DSTATUS" 83
LIBEXEC=$B
daemon_start
is "as ever" "$(agent echo alive; cat "$T/out")" alive
finish
