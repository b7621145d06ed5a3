# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A disk without room: new runs are refused and not executed, what runs is
# recorded to its end, and all goes on by itself when there is room again.
. "$SRC/tests/regress/lib.sh"

# small NAME SIZE ACCOUNT: $T/NAME as a file system of its own
small() {
	mkdir -p "$T/$1"
	mount -t tmpfs -o "size=$2,mode=700,uid=$(id -u "$3"),gid=$(id -g "$3")" \
	    cbt "$T/$1" || skip_all "needs to mount a tmpfs"
	UNDO="umount -l '$T/$1'; $UNDO"
}

# fill NAME: to the last block
fill() {
	dd if=/dev/zero of="$T/$1/filler" bs=64k 2>/dev/null
	dd if=/dev/zero of="$T/$1/filler2" bs=512 2>/dev/null
	[ "$(stat -f -c %a "$T/$1")" -eq 0 ]
}

unfill() {
	rm -f "$T/$1/filler" "$T/$1/filler2"
}

# Scripts of runs; here they can all be seen.
printf '#!/bin/sh\nuntil [ -e %s/go ]; do sleep 0.05; done\nexit 5\n' \
    "$W" >"$W/waits"
printf '#!/bin/sh\necho "$#" >>%s/ran\n' "$W" >"$W/runs"
printf '#!/bin/sh\necho "${#TOKEN}"\n' >"$W/length"
chmod 755 "$W/waits" "$W/runs" "$W/length"
big=$(head -c 100000 /dev/zero | tr '\0' x)

small log 8m _clawbot-audit
small vault 64k _clawbot-vault
SKILLS='"keyed": { "default": "allow", "write": ["'$W'"],
    "secrets": { "TOKEN": "env" } },'
conf_default
daemon_start
daemon=$D

# What is set aside in advance takes some runs, I of them with the refused one.
until_refused() {
	I=1
	cb cbtagent run -- "$W/runs" "$big"
	until [ "$S" -ne 0 ] || [ "$I" -ge 30 ]; do
		I=$((I + 1))
		cb cbtagent run -- "$W/runs" "$big"
	done
}

### The log

both_run() {
	[ "$(grep -c '"ev":"intent"' "$T/log/gateway.log")" -ge 3 ] &&
	    running "$W/waits" && running "sleep 7777"
}

ends() {
	grep -c '"ev":"result"' "$T/log/gateway.log"
}

cbbg one cbtagent run -- "$W/waits"
one=$BGPID
cbbg two cbtother run -- "$W/waits"
two=$BGPID
cbbg three cbtagent run -- sleep 7777
three=$BGPID
until_true 60 both_run || bail "the runs do not start"
ok "the disk is full" fill log

until_refused
is "a run is refused: status" "$S" 75
ok "a run is refused: reason" grep -qiE 'space|room|full' "$T/err"
is "a run is refused: nothing on standard output" "$(cat "$T/out")" ""
was=$(grep -c . "$W/ran")
is "those that were not refused were executed" "$was" "$((I - 1))"
for i in 1 2 3; do
	cb cbtagent --json run -- "$W/runs" "$big"
	is "again $i: status" "$S" 75
	ok "again $i: reason" sh -c "grep -qiE 'space|room|full' '$T/out'"
done
is "none of them was executed" "$(grep -c . "$W/ran")" "$was"
cb cbtagent status --all
has "status is answered" "$T/out" auditor
ok "status tells that nothing can be recorded" \
    grep -qE '^log +records +refused .*full' "$T/out"
cb cbtadmin doctor
is "doctor: status" "$S" 1
ok "doctor tells why" grep -qE '^bad +records: .*full' "$T/out"
ok "doctor tells how full it is" grep -qE \
    "^bad +disk of $T/log: 0B of [0-9.]+M free \(0%\); refuses below [0-9]+K" \
    "$T/out"
ok "doctor: the vault's has some room" grep -qE \
    "^(ok|note) +disk of $T/vault: [0-9]+K of 64K free" "$T/out"
ok "it is the same daemon" kill -0 "$daemon"

# What runs comes to its end, and the end is recorded.
before=$(ends)
: >"$W/go"
status_of "$one"
is "a run that was under way: its status" "$S" 5
status_of "$two"
is "another one" "$S" 5
is "their results are in the log" "$(ends)" $((before + 2))
cb cbtagent --json ps
id=$(json "$T/out" runs.0.run)
cb cbtagent kill "$id"
is "a run can be ended: status" "$S" 0
status_of "$three"
ok "a run can be ended: its client is told" test "$S" -ne 0 -a \
    "$S" != running
ok "a run can be ended: recorded" log_has '"ev":"result"' \
    "\"run\":\"$id\""

# The vault changes only what the log can say.
printf one-value >"$T/value"
cbin root secrets set TOKEN <"$T/value"
small_set=$S
ok "a secret: set, or refused with a reason" sh -c \
    "[ $small_set -eq 0 ] || grep -qiE 'space|room|full' '$T/err'"
cb root audit verify
is "the log, online" "$S" 0
ok "the log" "$B/clawbot" audit verify "$T/log"

# Room.
unfill log
works() {
	cb cbtagent run -- "$W/runs" "$big" && [ "$S" -eq 0 ]
}
ok "with room it goes on by itself" until_true 60 works
cb cbtadmin doctor
ok "doctor is satisfied" sh -c "! grep -q '^bad' '$T/out'"
ok "it is the same daemon" kill -0 "$daemon"
ok "every intent has its end" sh -c "
    [ \$(grep -c '\"ev\":\"intent\"' '$T/log/gateway.log') -eq \
    \$(grep -c '\"ev\":\"result\"' '$T/log/gateway.log') ]"

### The vault

printf old-value >"$T/value"
cbin root secrets set TOKEN <"$T/value"
is "a secret: status" "$S" 0
sum=$(b2sum <"$T/vault/secrets.env")
ok "the vault's disk is full" fill vault
head -c 60000 /dev/zero | tr '\0' y >"$T/value"
cbin root secrets set TOKEN <"$T/value"
ok "a new value: refused" test "$S" -ne 0
ok "a new value: reason" grep -qiE 'space|room|full' "$T/err"
printf another-one >"$T/value"
cbin root secrets set OTHER <"$T/value"
ok "another secret: refused" test "$S" -ne 0
is "the file is the old one" "$(b2sum <"$T/vault/secrets.env")" "$sum"
cb cbtagent run -s keyed -- "$W/length"
is "the old value is in force" "$S $(cat "$T/out")" "0 9"
cb root --json secrets list
is "there is one secret" "$(json "$T/out" secrets.0.name)" TOKEN
ok "there is no other" sh -c "! grep -q OTHER '$T/out'"
unfill vault
is "nothing is left behind" "$(ls -A "$T/vault")" secrets.env
cbin root secrets set OTHER <"$T/value"
is "with room it goes on: status" "$S" 0
ok "it is the same daemon" kill -0 "$daemon"
daemon_stop

### A start on a full disk

daemon_start
cbbg four cbtagent run -- sleep 8888
until_true 60 running "sleep 8888" || bail "the run does not start"
kill -9 "$D"
daemon_wait
ok "the disk is full again" fill log
if daemon_try; then
	until_refused
	is "started on a full disk: runs are refused" "$S" 75
	daemon_stop
else
	daemon_wait
	is "no start on a full disk: status" "$DSTATUS" 74
	ok "no start on a full disk: reason" grep -qiE \
	    'space|room|full' "$T/d.err"
fi
V=0
"$B/clawbot" audit verify "$T/log" >"$T/verify" 2>&1 || V=$?
ok "the log is whole, or cut at its end" test "$V" -eq 0 -o "$V" -eq 3
unfill log
daemon_start
ok "the log is whole" "$B/clawbot" audit verify "$T/log"
is "one run was lost" "$(grep -c '"ev":"lost"' "$T/log/gateway.log")" 1
cb cbtagent run -s keyed -- "$W/length"
is "the vault opens" "$S $(cat "$T/out")" "0 9"
daemon_stop
finish
