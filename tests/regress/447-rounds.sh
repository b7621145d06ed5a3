# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A closed part of the log that is taken away, cut or changed while the daemon
# runs is told of without anybody asking: by a record, the program of
# approvals.notify, status and doctor, once, until it is mended, without a seal.
# Nothing is said of one that is only touched, or put back as it was.
. "$SRC/tests/regress/lib.sh"

told_to_files
LOGGING='"segmentMB": 1,'
conf_default
daemon_start
log=$T/log
part=$log/gateway-000000000001.log.zst
head -c 70000 /dev/urandom | base64 -w 0 >"$T/long"
for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
	[ ! -e "$part" ] || break
	cb cbtagent run -- true "$(cat "$T/long")"
done
ok "there is a closed part, packed" until_true 60 test -e "$part"
ok "and no plain one" until_true 60 test ! -e "${part%.zst}"
cp -p "$part" "$T/kept"

# A seal: it looks at its files then.
seal() {
	cb root stop -r "for a seal"
	cb root resume
}
part_row() {
	cb root --json status
	grep -q '"name":"parts","state":"'"$1"'"' "$T/out"
}
records() {
	cb root audit search "kind=recover"
	grep -c " $1" "$T/out"
}
notices() {
	cat "$T"/said/*.env 2>/dev/null | grep -cx "CLAWBOT_KIND=$1"
}
told() {
	[ "$(notices "$1")" -eq "$2" ]
}
damages=0
# damaged NAME RULE SUFFIX: what was done is told, and then it is put back
damaged() {
	damages=$((damages + 1))
	ok "$1: status has it" until_true 90 part_row damaged
	has "$1: which, and by its rule" "$T/out" \
	    "the newest found gateway-000000000001.log$3, rule $2"
	cb root status
	has "$1: on one screen" "$T/out" "not what was written there"
	cb root doctor
	is "$1: doctor" "$S" 1
	has "$1: doctor says what to do" "$T/out" "put back what is missing"
	ok "$1: somebody is told" until_true 90 told log-damaged $damages
	seal
	cb cbtagent run -- true
	is "$1: runs go on" "$S" 0
	cp -p "$T/kept" "$T/again"
	mv "$T/again" "$part"
	ok "$1: mended" until_true 90 part_row whole
	ok "$1: and that is told" until_true 90 told log-mended $damages
	is "$1: once" "$(notices log-damaged)" $damages
}

part_row whole
is "nothing is the matter" $? 0
chmod 400 "$part"
seal
touch "$part"
seal
rm "$part"
damaged "missing" missing ""
truncate -s 1000 "$part"
damaged "cut" packed .zst
printf X | dd of="$part" bs=1 seek=5000 conv=notrunc 2>/dev/null
damaged "changed" "" .zst
is "as many records of damage" "$(records damaged)" 3
is "as many of mending" "$(records mended)" 3
f=$(grep -lx "CLAWBOT_KIND=log-damaged" "$T"/said/*.env | head -n 1)
has "what is told" "${f%.env}.text" "part     gateway-000000000001.log" \
    "clawbot audit verify"
cb root audit verify
is "all of it is whole" "$S" 0
cb root doctor
hasnot "and doctor has no fault with it" "$T/out" "put back what is missing"

rm "$part"
ok "missing once more" until_true 90 part_row damaged
daemon_stop
does_not_start() {
	! daemon_try
}
ok "nothing starts on it as it is" does_not_start
has "why not" "$T/d.err" "the log is not whole"
cp -p "$T/kept" "$part"
ok "put back: it starts" daemon_try
ok "and who was told of it is told that it is mended" \
    until_true 60 told log-mended 4
part_row whole
is "nothing is the matter then" $? 0
finish
