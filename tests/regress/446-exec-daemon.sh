# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: audit verify through the daemon checks exec.log and its numbered ones
# with the rest, for root, approvers and audit.readers alike; and what somebody
# has changed is recorded before it is made right.
. "$SRC/tests/regress/lib.sh"

LOGGING='"segmentMB": 1, "compress": false,'
MORE='"audit": { "readers": ["cbtother"] },'
conf_default
sed -i 's/"cbtagent", "cbtother"/"cbtagent"/' "$CONF"
daemon_start
log=$T/log
head -c 100000 /dev/zero | tr '\0' x >"$T/long"
first=$log/gateway-000000000001.log
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	[ ! -e "$first" ] || break
	cb cbtagent run -- true "$(cat "$T/long")"
done
ok "there is a closed part" test -e "$first"
cb cbtagent run -- echo last
copy=$log/exec-000000000001.log

verify() {
	cb "${1-root}" audit verify
}
# wrong NAME FILE: it is found, by each who may look
wrong() {
	for w_who in root cbtadmin cbtother; do
		verify $w_who
		is "$1: $w_who: status" "$S" 2
		has "$1: $w_who: which" "$T/out" "TAMPERED record=" \
		    "rule=exec" "file=${2##*/}"
	done
}
verify
is "as it was written" "$S" 0
has "as it was written: all of it" "$T/out" "OK records="

for f in "$log/exec.log" "$copy"; do
	cp -p "$f" "$T/kept"
	b=${f##*/}
	size=$(stat -c %s "$f")
	printf X | dd of="$f" bs=1 seek=$((size - 40)) conv=notrunc 2>/dev/null
	wrong "$b: a byte was changed" "$f"
	cat "$T/kept" >"$f"
	verify
	is "$b: as it was" "$S" 0
	tail -n 1 "$T/kept" >>"$f"
	wrong "$b: a line more" "$f"
	sed 1d "$T/kept" >"$f"
	wrong "$b: a line less" "$f"
	head -c $((size - 10)) "$T/kept" >"$f"
	verify
	is "$b: it ends too early, which the start completes" "$S" 0
	cat "$T/kept" >"$f"
done
rm "$copy"
verify
is "one that is not there proves nothing" "$S" 0
printf X | dd of="$log/exec.log" bs=1 seek=30 conv=notrunc 2>/dev/null
cb root --json audit verify
is "as JSON" "$(json "$T/out" status)" tampered

daemon_stop
daemon_start
ok "it was made anew, with a record" grep -q \
    '"ev":"rewritten","file":"exec.log"' "$log/gateway.log"
verify
is "and is what the log says" "$S" 0
finish
