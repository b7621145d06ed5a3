# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a log whose beginning was removed, and whose first part that is left
# is damaged at its beginning, goes on by audit recover: what was removed is
# told again, verify says PRUNED once the daemon has sealed that, and the log's
# first key still leads to it.
. "$SRC/tests/regress/lib.sh"

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
# closed N: so many parts are, and packed
closed() {
	[ "$(find "$log" -name 'gateway-*.log.zst' | grep -c .)" -ge "$1" ] &&
	    [ "$(find "$log" -name 'gateway-*.log' | grep -c .)" = 0 ]
}
would() {
	cb root audit prune --before 0s -n && grep -q "would remove" "$T/out"
}
# fill: more than a part
fill() {
	for f_i in 1 2 3 4 5 6 7 8 9; do
		cb cbtagent run -- printf '%.1s' "$big" "$f_i"
	done
}

daemon_start
fill
ok "a part is closed" until_true 60 closed 1
ok "and old enough" until_true 60 would
lift_parts "$log"
cb root audit prune --before 0s -r "it is old"
is "it is removed: status" "$S" 0
last=$(sed -n 's/.*"ev":"prune".*"last":\([0-9]*\),.*/\1/p' "$log/gateway.log" |
    tail -n 1)
fill
ok "another part is closed" until_true 60 closed 1
daemon_stop

part=$(find "$log" -name 'gateway-*.zst' | sort | head -n 1)
lift_parts "$log"
printf '\0\0\0\0' | dd of="$part" bs=1 conv=notrunc 2>/dev/null
[ "$(id -u)" != 0 ] || chattr +i "$part" 2>/dev/null || :
daemon_try && daemon_stop
daemon_wait
is "damaged: no start" "$DSTATUS" 78
recover
is "it is told: status" "$S" 2
has "it is told" "$T/out" "record=$((last + 1)) offset=0 " --accept-loss
recover --accept-loss -r "the disk was bad"
is "recover: status" "$S" 0
has "recover: the record" "$log/gateway.log" '"ev":"restated","record":' \
    "\"last\":$last,"
ok "recover: the copy of it" grep -qxFf "$log/gateway.pruned" \
    "$log/gateway.log"
"$B/clawbot" audit verify "$log" >"$T/verify" 2>&1
has "before a start: verify" "$T/verify" "MISSING first=1 last=$last "
recover
is "again: status" "$S" 0
has "again" "$T/out" "nothing is lost"
daemon_start
cb root audit verify
is "the daemon has started: verify: status" "$S" 6
has "the daemon has started: verify" "$T/out" "PRUNED first=1 last=$last "
cb root audit search ev=restated
has "it is found" "$T/out" "restated"
cb cbtadmin resume
cb cbtagent run -- echo after
is "resumed: status" "$S" 0
fill
ok "a part is closed again" until_true 60 closed 1
ok "and old enough again" until_true 60 would
lift_parts "$log"
cb root audit prune --before 0s -r "it is old, too"
is "removed as well: status" "$S" 0
cb root audit verify
is "removed as well: verify: status" "$S" 6
has "removed as well: verify" "$T/out" "PRUNED first=1 last="
daemon_stop
finish
