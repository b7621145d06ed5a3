# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: clawbot audit prune removes closed parts of the log for approvers
# alone and with a record; what is left is read by every command, is checked by
# the log's first key, and is in a backup; a restart takes it as it is.  What is
# stored of the output of the runs in there goes, too.
. "$SRC/tests/regress/lib.sh"

LOGGING='"segmentMB": 1, "keepDays": 365, "output": "excerpt",
    "redact": ["pin=[0-9]+"],'
conf_default
log=$T/log
big=$(head -c 120000 /dev/zero | tr '\0' x)

# fill: more than a segment
fill() {
	for f_i in 1 2 3 4 5 6 7 8 9 10; do
		cb cbtagent run -- printf '%.1s' "$big" "$f_i"
	done
}
# segments: how many are closed
segments() {
	set -- "$log"/gateway-0*
	[ -e "$1" ] && echo $# || echo 0
}
is_closed() {
	[ -f "$log/gateway-000000000001.log.zst" ]
}

# is_packed: and nothing else is there of it
is_packed() {
	[ "$(echo "$log"/gateway-000000000001.*)" = \
	    "$log/gateway-000000000001.log.zst" ]
}
# is_later: a time before which is in whole seconds
is_later() {
	[ "$(date +%s)" -gt "$second" ]
}
# is_swept: nothing is stored of a run whose record is gone
is_swept() {
	i_first=$(head -n 1 "$log/gateway.log" | cut -d ' ' -f 1 |
	    sed 's/^0*//')
	for i_file in "$log"/output/*; do
		i_n=${i_file##*/}
		i_n=$(echo "${i_n%%-*}" | sed 's/^0*//')
		[ "$i_n" -ge "$i_first" ] || return 1
	done
}

daemon_start
key=$(sed -n 's/.*begin with the public key \([^;]*\);.*/\1/p' "$T/d.err" |
    tail -n 1)
cb cbtagent run -- echo first
fill
cb cbtagent run -- echo kept
kept=$(echo "$log"/output/* | tr ' ' '\n' | tail -n 1)
second=$(date +%s)
ok "a part is closed" until_true 60 is_closed
ok "and as it will be" until_true 60 is_packed
ok "its second is over" until_true 5 is_later
was=$(segments)
cb cbtagent audit prune --keep-days 1 -r no
is "an account that is no approver may not: status" "$S" 77
cb root audit prune --keep-days 1
is "why has to be said: status" "$S" 64
cb root audit prune -r no
is "what has to be said: status" "$S" 64
cb root audit prune --keep-days 1 -r "nothing is old"
is "nothing is so old: status" "$S" 0
has "nothing is so old" "$T/out" "nothing that is closed is that old"
is "nothing goes" "$(segments)" "$was"
# times are told by the second
would() {
	cb root audit prune --before 0s -n && grep -q "would remove" "$T/out"
}
ok "dry run: it is old after a second" until_true 60 would
is "dry run: status" "$S" 0
has "dry run" "$T/out" "would remove records 1 to "
is "dry run: nothing goes" "$(segments)" "$was"
cb root audit prune --before 0s -r 'password=hunter2-hunter2 pin=47114711'
is "prune: status" "$S" 0
has "prune" "$T/out" "removed records 1 to " "PRUNED"
is "prune: all that is closed is gone" "$(segments)" 0
ok "and the output that is stored of it" until_true 10 is_swept
ok "but not of what is left" test -f "$kept"
ok "its record" grep -q \
    ' prune: {"v":1,"ev":"prune","first":1,.*"reason":"password=.*"by":{' \
    "$log/gateway.log"
ok "no secret in it" sh -c "! grep -q hunter2-hunter2 $log/gateway.log"
ok "nor what the configuration hides" \
    sh -c "! grep -q 47114711 $log/gateway.log"
ok "the copy of it" grep -qxFf "$log/gateway.pruned" "$log/gateway.log"
cb root audit verify -k "$key"
is "verify, by the first key: status" "$S" 6
has "verify" "$T/out" "PRUNED first=1 last="
cb root --json audit verify
is "verify, for programs" "$(json "$T/out" status)" pruned
cb root audit prove 1
is "what is gone has no proof: status" "$S" 6
has "what is gone has no proof" "$T/err" "are pruned"
cb cbtagent run -- echo second
cb root audit tail -n 100000
ok "tail" grep -q second "$T/out"
cb root audit search 'ev=prune'
ok "search tells what is gone" grep -qE \
    'prune prune  gateway-[0-9]+\.log.*  records 1 to [0-9]+' "$T/out"
cb root doctor
has "doctor" "$T/out" "PRUNED"
head -c 32 /dev/urandom >"$T/key"
chmod 400 "$T/key"
cb root backup -f "$CONF" -k "$T/key" "$T/backup"
is "backup: status" "$S" 0
cb root restore -k "$T/key" --verify-only "$T/backup"
is "the backup is good: status" "$S" 0
daemon_stop
daemon_start
cb root audit verify -k "$key"
is "after a restart: status" "$S" 6
daemon_stop
cb root audit verify "$log"
is "the directory: status" "$S" 6
mv "$kept" "$T/kept"
cb root audit verify "$log"
is "without output of a record that is there: status" "$S" 6
has "without output of a record that is there" "$T/out" \
    "MISSING record=" " rule=output file=output/"
mv "$T/kept" "$kept"
mv "$log/gateway.pruned" "$T/pruned"
cb root audit verify "$log"
has "without the copy of the record" "$T/out" "MISSING first=1"
rm -f "$log/gateway.known"
daemon_try && daemon_stop
daemon_wait
is "nor does a daemon start: status" "$DSTATUS" 78
grep -h ' prune: {"v":1,"ev":"prune"' "$log/gateway.log" | tail -n 1 \
    >"$log/gateway.pruned"
chown _clawbot-audit "$log/gateway.pruned"
daemon_start
cb root audit verify -k "$key"
is "the record takes its place: status" "$S" 6
daemon_stop
finish
