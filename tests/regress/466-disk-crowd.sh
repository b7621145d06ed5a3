# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2016,SC2317
#
# Fifty runs are under way while the disk of the log is filled slowly, by
# others and by the log itself: each of them ends, with its status and its
# record; what is refused meanwhile never runs; and with room all goes on.
. "$SRC/tests/regress/lib.sh"

mkdir -p "$T/log"
mount -t tmpfs -o "size=40m,mode=700,uid=$(id -u _clawbot-audit),gid=$(id -g \
    _clawbot-audit)" cbt "$T/log" || skip_all "needs to mount a tmpfs"
UNDO="umount -l '$T/log'; $UNDO"
printf '#!/bin/sh\necho >>%s/begun\nuntil [ -e %s/go ]; do sleep 0.2; done\nexit 7\n' \
    "$W" "$W" >"$W/waits"
printf '#!/bin/sh\necho >>%s/ran\n' "$W" >"$W/runs"
chmod 755 "$W/waits" "$W/runs"
big=$(head -c 60000 /dev/zero | tr '\0' x)
RUNS=50

conf_default
daemon_start

count() {
	grep -c "$1" "$T/log/gateway.log"
}
lines() {
	grep -c "" "$W/$1" 2>/dev/null || :
}
all_begun() {
	[ -e "$W/begun" ] && [ "$(lines begun)" -ge "$RUNS" ]
}
pids=
i=0
while [ $i -lt $RUNS ]; do
	i=$((i + 1))
	# of one account there are no fifty
	[ $((i % 2)) -eq 0 ] && who=cbtagent || who=cbtother
	cbbg "run$i" "$who" run -- "$W/waits"
	pids="$pids $BGPID"
done
ok "fifty runs are under way" until_true 240 all_begun

# A megabyte at a time, and a record between two of them.
refused=0
asked=0
step=0
while [ $refused -lt 3 ] && [ $step -lt 100 ]; do
	step=$((step + 1))
	head -c 1M /dev/zero >>"$T/log/filler" 2>/dev/null
	asked=$((asked + 1))
	cb cbtagent run -- "$W/runs" "$big"
	case $S in
	0)	;;
	75)	refused=$((refused + 1)) ;;
	*)	break ;;
	esac
done
is "in the end runs are refused" "$S" 75
ok "and why" grep -qE 'log directory is full' "$T/err"
is "what was refused did not run" "$(lines ran)" $((asked - refused))
cat /dev/zero >>"$T/log/filler" 2>/dev/null
is "not a byte is left" "$(stat -f -c %a "$T/log")" 0

: >"$W/go"
bad=0
for p in $pids; do
	status_of "$p"
	[ "$S" -eq 7 ] || bad=$((bad + 1))
done
is "each of the fifty ends with its status" "$bad" 0
is "each has its record" "$(count '"ev":"result".*"exit":7')" $RUNS
is "no intent is without an end" "$(count '"ev":"intent"')" \
    "$(count '"ev":"result"')"
rm "$T/log/filler"
works() {
	cb cbtagent run -- "$W/runs" && [ "$S" -eq 0 ]
}
ok "with room it goes on by itself" until_true 60 works
is "that it was low is recorded, once" "$(count ' disk: {"v":1,"ev":"low"')" 1
daemon_stop
"$B/clawbot" audit verify "$T/log" >"$T/verify" 2>&1
is "the log is whole" "$?" 0
finish
