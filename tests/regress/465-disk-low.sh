# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2016,SC2317
#
# Little room for the log is told before anything is refused: once in the log
# and once to the program of approvals.notify, by bytes and by files, whatever
# hovers about the mark and over a restart; and so is ample room again.
. "$SRC/tests/regress/lib.sh"

mkdir -p "$T/log"
mount -t tmpfs -o "size=96m,nr_inodes=1000,mode=700,uid=$(id -u \
    _clawbot-audit),gid=$(id -g _clawbot-audit)" cbt "$T/log" ||
    skip_all "needs to mount a tmpfs"
UNDO="umount -l '$T/log'; $UNDO"

told_to_files
conf_default
daemon_start

# fill MIB: so much of it is taken, and at no time between less than now or then
fill() {
	has=$(($(stat -c %s "$T/log/filler") >> 20))
	if [ "$1" -lt "$has" ]; then
		truncate -s "${1}M" "$T/log/filler"
	else
		head -c "$(($1 - has))M" /dev/zero >>"$T/log/filler"
	fi
}
: >"$T/log/filler"

recorded() {
	grep -c " disk: {\"v\":1,\"ev\":\"$1\"," "$T/log/gateway.log"
}
has_recorded() {
	[ "$(recorded "$1")" -eq "$2" ]
}
# How many notices of that kind there were; told KIND N: so many?
notices() {
	cat "$T"/said/*.env 2>/dev/null | grep -cx "CLAWBOT_KIND=$1"
}
told() {
	[ "$(notices "$1")" -eq "$2" ]
}
# said KIND: the last text
said() {
	f=$(grep -lx "CLAWBOT_KIND=$1" "$T"/said/*.env | tail -n 1)
	cat "${f%.env}.text"
}

cb root --json status
ok "ample room: status" sh -c "! grep -q '\"state\":\"low\"' '$T/out'"
fill 70
ok "below the mark: recorded" until_true 60 has_recorded low 1
ok "below the mark: told" until_true 60 told disk-low 1
said disk-low >"$T/text"
has "what is told" "$T/text" "little room is left for the log" "$T/log" \
    "of 96M free" "clawbot audit prune"
ok "the daemon's own log" grep -q "little room is left for the log: " \
    "$T/d.err"
cb cbtagent run -- echo still
is "nothing is refused yet" "$S $(cat "$T/out")" "0 still"
cb root --json status
ok "status: low" grep -q "\"state\":\"low\"" "$T/out"
cb root doctor
ok "doctor: noted" grep -q "^note  *disk of $T/log: .* of 96M free" "$T/out"

# About the mark, and over a restart.
for m in 60 75 55 70; do
	fill $m
done
daemon_stop
daemon_start
cb cbtagent run -- sleep 2
is "a run on the next start" "$S" 0
fill 10
ok "ample room again: recorded" until_true 60 has_recorded ample 1
ok "ample room again: told" until_true 60 told disk-ample 1
said disk-ample >"$T/text"
has "what is told then" "$T/text" "ample room for the log again"

# Files are scarce as well.
i=0
while mkdir "$T/log/many.$i" 2>/dev/null; do
	i=$((i + 1))
done
ok "no file can be made" test "$i" -gt 900
ok "no files: recorded" until_true 60 has_recorded low 2
ok "no files: told" until_true 60 told disk-low 2
cb root doctor
ok "doctor: files" grep -q "^note  *disk of $T/log: .* 0 of 1000 files" \
    "$T/out"
rmdir "$T"/log/many.*
ok "files again: recorded" until_true 60 has_recorded ample 2
ok "files again: told" until_true 60 told disk-ample 2

is "in all: recorded" "$(recorded low) $(recorded ample)" "2 2"
is "in all: told" "$(notices disk-low) $(notices disk-ample)" "2 2"
rm "$T/log/filler"
cb root audit verify
is "the log is whole" "$S" 0
cb root audit search kind=disk
is "people find it, and read how much it was" \
    "$(grep -c 'disk low  .* of 96M free' "$T/out") $(grep -c \
    'disk ample  .* of 96M free' "$T/out")" "2 2"
ok "... and of files" grep -q 'disk low  .*, and 0 of 1000 files' "$T/out"
daemon_stop
finish
