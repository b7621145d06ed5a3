# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a part of the log that is closed is packed while runs go on, every
# command reads it, zstdcat has its lines, a backup has it, and who changes it
# is found.
. "$SRC/tests/regress/lib.sh"

LOGGING='"segmentMB": 1,'
conf_default
log=$T/log
big=$(head -c 120000 /dev/zero | tr '\0' x)
first=$log/gateway-000000000001.log

# fill: more than a segment
fill() {
	for f_i in 1 2 3 4 5 6 7 8 9 10; do
		cb cbtagent run -- printf '%.1s' "$big" "$f_i"
	done
}
packed() {
	[ -f "$first.zst" ] && [ ! -e "$first" ]
}

daemon_start
cb cbtagent run -- echo first
run=$(sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' "$log/gateway.log" |
    tail -n 1)
cp "$log/gateway.log" "$T/begin"
fill
ok "what is closed is packed" until_true 60 packed
is "its mode and owner" "$(stat -c '%a %U' "$first.zst")" \
    "440 _clawbot-audit"
ok "it is small" test "$(stat -c %s "$first.zst")" -lt 200000
ok "there is a record of it" until_true 60 grep -q \
    '"ev":"packed","first":1,"bytes":' "$log/gateway.log"
ok "no copy of its exec lines is left" \
    test ! -e "$log/exec-000000000001.log"
if command -v zstdcat >/dev/null; then
	zstdcat "$first.zst" >"$T/plain"
	ok "zstdcat has the lines" cmp -s -n "$(stat -c %s "$T/begin")" \
	    "$T/begin" "$T/plain"
else
	skip "zstdcat has the lines" "no zstd"
fi
cb root audit verify
is "verify: status" "$S" 0
cb root audit verify "$log"
is "verify of the directory: status" "$S" 0
cb root audit show -l "$run"
has "show" "$T/out" '"ev":"intent"' '"ev":"result"'
cb root audit search "run=$run"
has "search" "$T/out" "exec intent $run"
cb root audit tail -l -n 100000
ok "tail: from the first record" \
    test "$(head -n 1 "$T/out" | cut -d' ' -f1)" = 000000000001
head -c 32 /dev/urandom >"$T/key"
chmod 400 "$T/key"
cb root backup -f "$CONF" -k "$T/key" "$T/backup"
is "backup: status" "$S" 0
cb root restore --verify-only -k "$T/key" "$T/backup"
is "verified: status" "$S" 0
has "verified: all of it" "$T/out" "OK backup="
# the next start reads little: what is known was taken down at the end
daemon_stop
daemon_start
cb root audit verify
is "after a restart: status" "$S" 0
daemon_stop

### Changed, once root has lifted that nobody can

lift_parts "$log"
cp -p "$first.zst" "$T/good"
perl -e 'open F, "+<", $ARGV[0]; seek F, 500, 0; print F "\xff\x00\xff"' \
    "$first.zst"
cb root audit verify "$log"
is "changed: status" "$S" 2
has "changed: the file is named" "$T/out" "gateway-000000000001.log.zst"
daemon_try && daemon_stop
daemon_wait
is "changed: no start" "$DSTATUS" 78
cat "$T/good" >"$first.zst"
rm "$first.zst"
cb root audit verify "$log"
is "taken away: status" "$S" 6
cp -p "$T/good" "$first.zst"
sed -i 's/"segmentMB": 1,/"segmentMB": 1, "compress": false,/' "$CONF"
daemon_start
fill
ok "not packed where that is off" until_true 60 sh -c \
    "ls $log/exec-*.log >/dev/null && ls $log/gateway-*.log >/dev/null"
cb root audit verify
is "packed and plain ones: status" "$S" 0
finish
