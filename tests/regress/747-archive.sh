# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: with clawbot audit archive an approver, who is not root, moves closed
# parts of the log, and the output that is stored of their runs, to a directory
# of his own; nothing is removed that is not there, also when it is killed; audit
# verify --archive checks the whole.
. "$SRC/tests/regress/lib.sh"

number() {
	printf '#include <sys/syscall.h>\nSYS_%s\n' "$1" |
	    cc -E -P -x c - 2>/dev/null | tail -n 1 | grep -x '[0-9]*'
}
sync=$(number fsync) || skip_all "needs a C preprocessor"
# vfat has no files without a name, no second names, and no modes
vfat=nameless,$(number linkat):1,$(number fchmod):1
nr=$(number link) && vfat=$vfat,$nr:1

LOGGING='"segmentMB": 1, "output": "excerpt",'
conf_default
log=$T/log
to=$T/archive
install -d -m 700 -o cbtadmin "$to" "$T/other"
big=$(head -c 120000 /dev/zero | tr '\0' x)

# fill: more than a segment, whose second is over then
fill() {
	for f_i in 1 2 3 4 5 6 7 8 9 10; do
		cb cbtagent run -- printf '%.1s' "$big" "$f_i"
	done
	second=$(date +%s)
	until_true 60 log_packed || result 1 "a part is packed"
	until_true 5 is_later || result 1 "its second is over"
}
is_later() {
	[ "$(date +%s)" -gt "$second" ]
}
# there: names of what is in a directory
there() {
	(cd "$1" && echo *)
}
archive() {
	cb cbtadmin audit archive --before 0s -r "it is old" "$@"
}

daemon_start
key=$(sed -n 's/.*begin with the public key \([^;]*\);.*/\1/p' "$T/d.err" |
    tail -n 1)
cb cbtagent run -- echo first
fill
was=$(there "$log")
cb cbtadmin audit archive -r no --before 30d "$to"
has "nothing is that old" "$T/out" "nothing that is closed is that old"
cb cbtagent audit archive -r no --before 0s "$to"
is "not for others: status" "$S" 77
cb cbtagent audit verify
is "nor to be read: status" "$S" 77
ok "which is recorded" until_true 60 log_has 'auth: ' '"cause":"AUDIT"'
cb cbtadmin audit archive --before 0s "$to"
is "why has to be said: status" "$S" 64
for dir in "$log" "$log/output" "$log/deep/in/it"; do
	mkdir -p "$dir"
	cb root audit archive --before 0s -r "it is old" "$dir"
	is "not to $dir: status" "$S" 64
	has "not to $dir" "$T/err" "is a log's own directory, or in one"
done
rm -r "$log/deep"
# a file of that name makes no log of the directory that the archives are in
: >"$T/gateway.log"
archive "$W"
is "nor to one that is not his: status" "$S" 74
archive "$T/none"
is "nor to one that is not there: status" "$S" 64
echo other >"$T/other/gateway-000000000001.log.zst"
archive "$T/other"
is "nor where something else is: status" "$S" 2
has "nor where something else is" "$T/err" "cannot be read as a part of a log"
rm -f "$T/other"/*
mkdir "$T/other/output"
chown cbtadmin "$T/other/output"
set -- "$log"/output/*
echo other >"$T/other/output/${1##*/}"
archive "$T/other"
is "nor over another file: status" "$S" 2
has "nor over another file" "$T/err" "$T/other/output/${1##*/} is there already"
is "nothing was removed" "$(there "$log")" "$was"

### No room for it

mkdir "$T/small"
if mount -t tmpfs -o "nr_inodes=3,mode=700,uid=$(id -u cbtadmin)" cbt \
    "$T/small"; then
	UNDO="umount -l '$T/small'; $UNDO"
	archive "$T/small"
	is "it is full: status" "$S" 74
	has "it is full" "$T/err" "$T/small/output/0000" "No space left"
	is "it is full: there is the part" "$(there "$T/small")" \
	    "gateway-000000000001.log.zst output"
	has "it is full: it says so" "$T/err" \
	    "1 file that came stays in $T/small: they are whole"
	is "it is full: nothing was removed" "$(there "$log")" "$was"
fi

### Killed in the middle, in front of the first file of output

was=$(there "$log")
# killed N: at its Nth attempt to make something durable
killed() {
	FAULTAT_LOG=$T/fired "$H/faultat" -r clawbot "$sync:0" "$1" setpriv \
	    --reuid=cbtadmin --regid="$(id -g cbtadmin)" --init-groups \
	    "$B/clawbot" -S "$T/run" audit archive --before 0s \
	    -r "it is old" "$to" >"$T/out" 2>&1 || :
	is "killed at $1: nothing was removed" "$(there "$log")" "$was"
}
killed 4
is "killed: a part is there" "$(there "$to")" \
    "gateway-000000000001.log.zst output"
is "killed: and no output yet" "$(there "$to/output")" '*'
for n in 2 3 6 7; do
	killed "$n"
done
ok "killed again: it goes on where it was" test "$(there "$to/output")" != '*'
# What is there counts only once it is on disk, which an attempt that was killed
# need not have come to: the part, output/ itself, each file in it, one that is
# new twice, for its name, too; and the names of all of them, at the end.
all=$(cd "$log/output" && printf '%s\n' * | awk -F - -v n="$(head -c 12 \
    "$log/gateway.log")" '$1 + 0 < n + 0 { all++ } END { print all }')
set -- "$to"/output/*
killed $((1 + 1 + $# + 2 * (all - $#) + 2))
set -- "$to"/output/*
is "killed at its end: all output is there" "$#" "$all"
killed $((1 + 1 + all + 2))
archive "$to"
is "again: status" "$S" 0
has "again" "$T/out" "archived records 1 to "
ok "it is as it was in the log" sh -c "! ls '$log'/gateway-0* 2>/dev/null"
ok "output of it" test -n "$(ls "$to/output")"
is "nobody else may read what is there, his group neither" \
    "$(find "$to" -type f ! -perm 400; find "$to" -type d ! -perm 700)" ""
cb root audit verify -k "$key"
is "the log alone is pruned: status" "$S" 6
cb root audit verify -k "$key" --archive "$to"
is "with the archive all is there: status" "$S" 0
has "with the archive all is there" "$T/out" "OK records=" " first=1 "

### A second time, and what is wrong there

fill
was=$(there "$log")
set -- "$log"/gateway-0*
first=${1##*/gateway-}
first=${first%%.*}
# foreign WHAT FILE: no more than that is in another log's archive
foreign() {
	is "$1: status" "$S" 2
	has "$1" "$T/err" "is an archive of another log, or was changed"
	is "$1: nothing came" "$(there "$T/other")" "$2"
	is "$1: nothing was removed" "$(there "$log")" "$was"
	rm -f "$T/other/$2"
}
rm -r "$T/other"/*
# What is listed and cannot be opened is looked for in its other form: such a
# name, of a run in front of all, is left by who packs it in between.
set -- "$1" "$log"/output/*
name=${2##*/}
name=000000000001-${name#*-}
mkdir "$log/output/$name"
archive "$T/other"
is "in no form: status" "$S" 75
has "in no form" "$T/err" "$name has changed in the log's directory since" \
    "the next attempt finds it"
is "in no form: nothing was removed" "$(there "$log")" "$was"
install -o _clawbot-audit -m 440 /dev/null "$log/output/$name.zst"
rm -r "$T/other"/*
install -m 644 "$1" "$T/other/gateway-000000000001.log.zst"
archive "$T/other"
foreign "to a longer one" gateway-000000000001.log.zst
last=$((${first#"${first%%[!0]*}"} - 1))
sed -n "1s/^[0-9]*/$(printf %012d "$last")/p" "$log/gateway.log" \
    >"$T/other/gateway-000000000001.log"
archive "$T/other"
foreign "to one that ends there" gateway-000000000001.log
sed "s/^[0-9]*/$first/" "$log/gateway.log" >"$T/other/gateway-$first.log"
archive "$T/other"
foreign "to one that has such a part" "gateway-$first.log"
# What the log itself has lost, or has not as it was, holds nothing up.
# shellcheck disable=SC2046 # names of our own
set -- $(cd "$log/output" && printf '%s\n' * | awk -F - -v f="$first" \
    -v n="$(head -c 12 "$log/gateway.log")" '$1 + 0 >= f + 0 && $1 + 0 < n + 0')
mkdir "$T/kept"
cp "$log/output/$1" "$log/output/$2" "$T/kept"
rm -f "$log/output/$1"
echo more >>"$log/output/$2"
# an archive that was hurt meanwhile: what came is whole, and stays
cp -a "$to" "$T/hurt"
hurt=$T/hurt/gateway-000000000001.log.zst
chmod 600 "$hurt"
printf X | dd of="$hurt" bs=1 seek=900 conv=notrunc 2>/dev/null
was=$(there "$log")
archive "$T/hurt"
is "to one that was hurt: status" "$S" 2
has "to one that was hurt" "$T/err" "TAMPERED" \
    "file=gateway-000000000001.log.zst" \
    "files that came stay in $T/hurt: they are whole, and the next attempt"
is "to one that was hurt: nothing was removed" "$(there "$log")" "$was"
ok "to one that was hurt: the new part is there" \
    cmp -s "$T/hurt/gateway-$first.log.zst" "$log/gateway-$first.log.zst"
# on a file system that can do less, too
S=0
"$H/without" "$vfat" setpriv --reuid=cbtadmin --regid="$(id -g cbtadmin)" \
    --init-groups "$B/clawbot" -S "$T/run" audit archive --before 0s \
    -r "it is old" "$to" >"$T/out" 2>"$T/err" || S=$?
is "more of it: status" "$S" 0
has "more of it: what was lost before" "$T/err" \
    "stored output of 2 runs is not in the log any more, or not as it was"
is "more of it: all have their names" "$(find "$to" -name '*.??????')" ""
cb root audit verify --archive "$to"
is "more of it, without what was lost: status" "$S" 6
has "more of it, without what was lost" "$T/out" "MISSING record=" "/$1"
cp "$T/kept"/* "$to/output"
ok "more of it: what is there in the other form" \
    test -f "$to/output/$name.zst" -a ! -e "$to/output/$name"
rm -f "$to/output/$name.zst"
set -- "$to"/gateway-0*
is "more of it: parts" "$#" 2
cb cbtagent run -- echo last
cb root audit verify --archive "$to"
is "more of it, all whole: status" "$S" 0
daemon_stop
cb root audit verify "$log" --archive "$to"
is "with the log's directory: status" "$S" 0
has "with the log's directory" "$T/out" "OK records=" " first=1 "
mv "$2" "$T/moved"
cb root audit verify "$log" --archive "$to"
is "without one of them: status" "$S" 6
has "without one of them" "$T/out" "MISSING first=" "file=gateway"
mv "$T/moved" "$2"
mv "$1" "$T/moved"
cb root audit verify "$log" --archive "$to"
has "without the first" "$T/out" "MISSING first=1 last="
cp "$T/moved" "$1"
chmod 600 "$1"
printf X | dd of="$1" bs=1 seek=900 conv=notrunc 2>/dev/null
cb root audit verify "$log" --archive "$to"
is "with one that was changed: status" "$S" 2
has "with one that was changed" "$T/out" "TAMPERED" \
    "file=gateway-000000000001.log.zst"
mv -f "$T/moved" "$1"
set -- "$to"/output/*
chmod 600 "$1"
echo more >>"$1"
cb root audit verify "$log" --archive "$to"
is "with output that was changed: status" "$S" 2
has "with output that was changed" "$T/out" "TAMPERED" "rule=output" \
    "${1##*/}"
mv "$1" "$T/moved"
cb root audit verify "$log" --archive "$to"
is "without that: status" "$S" 6
has "without that" "$T/out" "MISSING" "rule=output" "${1##*/}"
finish
