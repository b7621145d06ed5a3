# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a closed part of the log that is packed has the immutable attribute
# from the next start on, so that neither its owner nor root changes it before
# root has lifted that; status tells, also why not; what has to move or remove
# it says what root has to do, and nothing is lost.
. "$SRC/tests/regress/lib.sh"

LOGGING='"segmentMB": 1,'
conf_default
log=$T/log
"$H/lift" -t "$T" 2>"$T/why" || skip_all "immutable files: $(cat "$T/why")"
big=$(head -c 120000 /dev/zero | tr '\0' x)
first=$log/gateway-000000000001.log.zst

# fill: more than a segment
fill() {
	for f_i in 1 2 3 4 5 6 7 8 9 10; do
		cb cbtagent run -- printf '%.1s' "$big" "$f_i"
	done
	second=$(date +%s)
	until_true 60 is_packed || result 1 "a part is packed"
}
is_packed() {
	set -- "$log"/gateway-0*
	for i_file; do
		case $i_file in
		*.zst) ;;
		*) return 1 ;;
		esac
	done
}
is_later() {
	[ "$(date +%s)" -gt "$second" ]
}
# immutable: how many parts have it
immutable() {
	lsattr "$log"/gateway-0*.zst | awk '$1 ~ /i/ { n++ } END { print n + 0 }'
}
command -v lsattr >/dev/null || immutable() {
	i_n=0
	for i_file in "$log"/gateway-0*.zst; do
		touch -c "$i_file" 2>/dev/null || i_n=$((i_n + 1))
	done
	echo "$i_n"
}
# row: what status says of it
row() {
	cb cbtadmin --json status
	perl -MJSON::PP -0777 -e '
	    for (@{decode_json(<STDIN>)->{status}}) {
		print "$_->{state}: $_->{detail}\n"
		    if $_->{kind} eq "log" && $_->{name} eq "immutable"; }' \
		<"$T/out"
}

daemon_start
is "nothing is closed: status" "$(row)" "none: no part of the log is closed"
fill
is "what closes while the daemon runs has it not yet" "$(immutable)" 0
becomes "and status says so" "set: immutable: 0 of 1 closed part; the others \
get it at a start, once they are packed" row
daemon_stop
daemon_start
is "from the next start on it has" "$(immutable)" 1
is "and status says so" "$(row)" "set: immutable: 1 of 1 closed part"
cb cbtadmin status
has "to people, too" "$T/out" "immutable: 1 of 1 closed part"
cb cbtadmin doctor
has "doctor" "$T/out" "parts of the log" "immutable: 1 of 1 closed part"
ok "the log says so" grep -q \
    ' session: {"v":1,"ev":"start","version":"[^"]*","closed":1,"immutable":1' \
    "$log/gateway.log"
ok "root does not remove it" test "$(rm -f "$first" 2>/dev/null; echo $?)" != 0
ok "nor replace it" \
    test "$(mv "$T/d.err" "$first" 2>/dev/null; echo $?)" != 0
as _clawbot-audit sh -c "chmod 600 $first && echo x >>$first" 2>/dev/null
ok "nor does its owner write to it" test "$(stat -c %a "$first")" = 440
cb root audit verify
is "verify: status" "$S" 0

### What wants to remove it

records() {
	grep -c ' prune: ' "$log/gateway.log"
}
ok "its second is over" until_true 5 is_later
cb cbtadmin audit prune --before 0s -n
is "prune -n: status" "$S" 0
has "prune -n" "$T/out" "would remove records 1 to " \
    "once root has done: chattr -i $first"
cb cbtadmin audit prune --before 0s -r old
is "prune: status" "$S" 77
has "prune: what to do" "$T/err" "chattr -i $first"
install -d -m 700 -o cbtadmin "$T/to"
cb cbtadmin audit archive --before 0s -r old "$T/to"
is "archive: status" "$S" 77
has "archive: what to do" "$T/err" "as root: chattr -i $first" \
    "nothing was copied"
is "archive: nothing was" "$(ls -A "$T/to")" ""
is "nothing is recorded" "$(records)" 0
"$H/lift" "$first"
cb cbtadmin audit prune --before 0s -r old
is "lifted: prune: status" "$S" 0
is "lifted: it is recorded" "$(records)" 1
is "lifted: it is gone" "$(echo "$log"/gateway-0*)" "$log/gateway-0*"
becomes "lifted: status" "none: no part of the log is closed" row

### Lifted by the configuration, and by who removes all of it

fill
daemon_stop
daemon_start
is "another one: it has it" "$(immutable)" 1
daemon_stop
sed -i 's/"segmentMB": 1,/"segmentMB": 1, "immutable": false,/' "$CONF"
daemon_start
is "off: none has" "$(immutable)" 0
is "off: status" "$(row)" "off: immutable: 0 of 1 closed part; it is off \
(logging.immutable)"
daemon_stop
sed -i 's/"immutable": false,//' "$CONF"

### Where bring-up may not

DAEMON_WRAP="setpriv --bounding-set -linux_immutable"
daemon_start
is "without the capability: none has" "$(immutable)" 0
is "without the capability: status" "$(row)" "missing: immutable: 0 of 1 \
closed part; bring-up has no CAP_LINUX_IMMUTABLE"
ok "without the capability: the log says so" grep -q \
    '"immutable":0,"immutable_not":"bring-up has no CAP_LINUX_IMMUTABLE"' \
    "$log/gateway.log"
cb cbtadmin doctor
has "without the capability: doctor" "$T/out" "CAP_LINUX_IMMUTABLE"
daemon_stop
DAEMON_WRAP=
daemon_start
is "with it again" "$(immutable)" 1
daemon_stop

### Damaged, and removed as a whole

part=$(echo "$log"/gateway-0*.zst)
"$H/lift" "$part"
perl -e 'open F, "+<", $ARGV[0]; seek F, -300, 2; print F "\xff\x00\xff"' \
    "$part"
"$H/lift" -s "$part"
cb root audit recover -f "$CONF" --accept-loss -r "it is damaged"
is "recover moves it: status" "$S" 0
has "recover moves it" "$T/out" "lost-0"
daemon_start
cb cbtadmin resume -r "it is mended"
fill
daemon_stop
daemon_start
set -- "$log"/gateway-0*.zst
is "and goes on" "$(immutable)" $#
daemon_stop
ok "root cannot remove the directory" \
    test "$(rm -rf "$log" 2>/dev/null; echo $?)" != 0
"$B/clawbotd" -U -f "$CONF"
is "clawbotd -U: status" "$?" 0
ok "now root can" rm -rf "$log"
finish
