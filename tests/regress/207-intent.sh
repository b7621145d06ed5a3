# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no intent, no execution.  The auditor stopped, the disk full; a
# supervisor that presents a wrong ticket, one used before, or one for
# another plan; a file that changed between approval and run.
. "$SRC/tests/regress/lib.sh"

### The auditor does not answer

conf_default
daemon_start
a=$(role_pid auditor)
kill -STOP "$a"
cbbg frozen cbtagent run -- touch "$W/frozen"
frozen=$BGPID
# it is on its way: the supervisor knows it
known() {
	cb cbtagent --json ps && [ "$(json "$T/out" runs.0.argv)" = \
	    "[\"touch\",\"$W/frozen\"]" ]
}
ok "auditor stopped: the run is taken" until_true 60 known
cbbg other cbtagent run --timeout 1 -- true
other=$BGPID
# give it every chance
sleep 1
ok "auditor stopped: nothing runs" test ! -e "$W/frozen"
is "auditor stopped: nothing is said" "$(cat "$T/frozen.out")" ""
kill -CONT "$a"
status_of "$frozen"
is "auditor goes on: so does the run" "$S" 0
ok "auditor goes on: it happened" test -e "$W/frozen"
status_of "$other"
daemon_stop

### A disk that is full

mkdir "$T/disk"
mount -t tmpfs -o size=3m,mode=755 none "$T/disk" ||
    bail "cannot mount a small file system"
UNDO="umount -l '$T/disk' 2>/dev/null; $UNDO"
mkdir "$T/disk/log"
chown _clawbot-audit "$T/disk/log"
chmod 700 "$T/disk/log"
conf_default
sed "s,\"$T/log\",\"$T/disk/log\"," "$CONF" >"$CONF.new"
mv "$CONF.new" "$CONF"
daemon_start
agent touch "$W/before"
is "disk: before" "$S" 0
# it starts no other program, which would be held until there is room for that
mkfifo -m 666 "$W/wait"
cbbg long cbtagent run -C "$W" -- sh -c 'while ! test -e stop; do
    : <wait; done'
long=$BGPID
until_true 60 running "while" || bail "no run"
dd if=/dev/zero of="$T/disk/filler" bs=4096 2>/dev/null
# A megabyte was set aside beforehand: large commands use it up, then small
# ones the rest.
full() {
	f_n=0
	for f_big in "$(head -c 60000 /dev/zero | tr '\0' x)" ""; do
		S=0
		while [ "$S" -ne 75 ] && [ $f_n -lt 1000 ]; do
			rm -f "$W/full"
			agent touch "$W/full" "$f_big"
			f_n=$((f_n + 1))
		done
	done
}
full
is "disk full: refused: status" "$S" 75
ok "disk full: the reason" grep -qiE 'full|space' "$T/err"
ok "disk full: nothing ran" test ! -e "$W/full"
cb cbtagent --json run -- touch "$W/full"
ok "disk full: --json: reason" sh -c "grep -qiE 'full|space' '$T/out'"
answers || bail "the daemon is gone"
touch "$W/stop"
timeout -k 10 60 sh -c ': >"$1"' sh "$W/wait"
status_of "$long"
is "disk full: a run that was under way ends" "$S" 0
ok "disk full: and its result is recorded" sh -c "grep -F 'while ! test' \
    '$T/disk/log/gateway.log' | sed 's/.*\"run\":\"\([^\"]*\)\".*/\1/' |
    head -n 1 | xargs -I@ grep -F '\"ev\":\"result\",\"run\":\"@\"' \
    '$T/disk/log/gateway.log'"
rm -f "$W/full"
full
# what is longer than the last one has no room either, to the byte
for i in 1 2 3; do
	agent touch "$W/full" "" "longer than the other by some bytes"
	is "disk full: still refused ($i)" "$S" 75
done
ok "disk full: nothing ran, again" test ! -e "$W/full"
rm "$T/disk/filler"
runs_again() {
	agent touch "$W/after"
	[ "$S" -eq 0 ]
}
ok "disk freed: runs again" until_true 60 runs_again
cb cbtadmin audit verify
is "disk freed: the log is whole" "$S" 0
daemon_stop
ok "the copy, too" "$B/clawbot" audit verify "$T/disk/log"
umount "$T/disk"
rm -f "$W/full" "$W/after" "$W/stop"

### A supervisor that lies

# after the lie: the daemon may be gone, which is fine
end_middle() {
	if [ -n "$D" ] && gone "$D"; then
		daemon_wait
	else
		daemon_stop
	fi
}

# lie NAME ROLE ACTION RULE...: what is asked for must not happen
lie() {
	l_name=$1 l_role=$2
	shift 2
	middle_start "$l_role" "$@"
	rm -f "$W/lied"
	cb cbtagent run -- touch "$W/lied"
	ok "$l_name: nothing ran" test ! -e "$W/lied"
	ok "$l_name: the client is told" test "$S" -ne 0
	ok "$l_name: it was tried" test "$(grep -vc '^up$' "$MITM")" -ge 1
	end_middle
}

middle_start executor
agent touch "$W/honest"
is "the man in the middle, honest: runs" "$S" 0
ok "the man in the middle: is there" grep -q up "$MITM"
daemon_stop

for off in 0 4 6 14 22 30 61 62 81 82 113; do
	lie "ticket changed at $off" executor "down X_GO 1 flip $off"
done
lie "go without a ticket's record" executor "down X_BUILD 1 twice"
lie "build dropped" executor "down X_BUILD 1 drop"
lie "plan changed on its way to the log" auditor "down A_INTENT 1 flip 60"
lie "plan changed, last byte" auditor "down A_INTENT 1 flip 400"
lie "ticket changed on its way back" auditor "up A_TICKET 1 flip 100"
lie "another run's id at go" executor "down X_GO 1 id 1"
lie "go before build" executor "down X_PLAN 1 drop" \
    "down X_RESOLVE 1 sample X_GO"
lie "go that was never asked for" executor "down X_RESOLVE 1 sample X_GO"

# A ticket that was used before, for the same command.
middle_start executor "down X_GO 1 save" "down X_GO 2 load"
agent touch "$W/lied"
is "ticket of an earlier run: the first runs" "$S" 0
rm -f "$W/lied"
agent touch "$W/lied"
ok "ticket of an earlier run: nothing ran" test ! -e "$W/lied"
ok "ticket of an earlier run: it was tried" grep -q load "$MITM"
end_middle
# The very same run once more: id, plan and ticket are those of the first.
middle_start executor "down X_GO 1 save" "down X_RESOLVE 2 adopt" \
    "down X_GO 2 load"
agent sh -c "echo x >>'$W/replay'"
is "ticket used twice: the first runs" "$(wc -l <"$W/replay")" 1
agent sh -c "echo x >>'$W/replay'"
is "ticket used twice: nothing ran" "$(wc -l <"$W/replay")" 1
ok "ticket used twice: the client is told" test "$S" -ne 0
ok "ticket used twice: it was tried" grep -q load "$MITM"
end_middle
# The same message twice: runs once.
middle_start executor "down X_GO 1 twice"
agent sh -c "echo x >>'$W/count'"
touch "$W/count"
ok "go twice: runs no more than once" test "$(wc -l <"$W/count")" -le 1
ok "go twice: it was tried" grep -q twice "$MITM"
end_middle

# A secret without a ticket for it.
SKILLS='"one": { "default": "allow", "read": ["'$W'"],
	"secrets": { "TOKEN": "env" } },'
printf 'value-1234567' >"$T/v"
for rule in "flip 4" "flip 6" "flip 30" "flip 82" "flip 113" "flip 118" \
    "id 1"; do
	rm -rf "$T/vault" "$T/log"
	middle_start vault "down V_RELEASE 1 $rule"
	cbin cbtadmin secrets set TOKEN <"$T/v"
	is "vault, $rule: the secret is set" "$S" 0
	cb cbtagent run -s one -- sh -c \
	    'printenv TOKEN | tr a-z A-Z'
	hasnot "vault, $rule: not released" "$T/out" VALUE
	ok "vault, $rule: it was tried" grep -q V_RELEASE "$MITM"
	end_middle
done
# A release twice: the value is written once.
rm -rf "$T/vault" "$T/log"
middle_start vault "down V_RELEASE 1 twice"
cbin cbtadmin secrets set TOKEN <"$T/v"
cb cbtagent run -s one -- sh -c 'printenv TOKEN | tr a-z A-Z'
ok "vault, twice: released no more than once" test \
    "$(grep -o VALUE "$T/out" | wc -l)" -le 1
ok "vault, twice: it was tried" grep -q twice "$MITM"
end_middle
for rule in "flip 22" "flip 60" "flip 100"; do
	rm -rf "$T/vault" "$T/log"
	middle_start vault "down V_COMMIT 1 $rule"
	cbin cbtadmin secrets set TOKEN <"$T/v"
	ok "commit, $rule: refused" test "$S" -ne 0
	ok "commit, $rule: it was tried" grep -q V_COMMIT "$MITM"
	end_middle
	ok "commit, $rule: nothing is in force" sh -c \
	    "test ! -s '$T/vault/secrets.env'"
done
LIBEXEC=$B
SKILLS=

### A file that changes after it was approved

conf_default
daemon_start

# changed NAME COMMAND: the change to what was approved
changed() {
	printf '#!/bin/sh\necho good >%s/ran\n' "$W" >"$W/ask.sh"
	chmod 755 "$W/ask.sh"
	chown clawbot "$W/ask.sh"
	rm -f "$W/ran"
	cbbg ask cbtagent run -C "$W" -- "${HOW-sh}" ask.sh
	waiting
	eval "$2"
	cb cbtadmin approve -y "$ID"
	status_of "$BGPID"
	ok "$1: the client is told" test "$S" -ne 0 -a "$S" != running
	ok "$1: nothing ran" test ! -e "$W/ran"
}

# A script as the program itself.
printf '#!/bin/sh\necho good >%s/ran\n' "$W" >"$W/asked"
chmod 755 "$W/asked"
cbbg ask cbtagent run -e X=y -C "$W" -- ./asked
waiting
cb cbtadmin approve -y "$ID"
status_of "$BGPID"
is "unchanged: runs" "$S $(cat "$W/ran")" "0 good"

# program NAME COMMAND
program() {
	rm -rf "$W/asked" "$W/ran"
	printf '#!/bin/sh\necho good >%s/ran\n' "$W" >"$W/asked"
	chmod 755 "$W/asked"
	cbbg ask cbtagent run -e X=y -C "$W" -- ./asked
	waiting
	eval "$2"
	cb cbtadmin approve -y "$ID"
	status_of "$BGPID"
	ok "$1: the client is told" test "$S" -ne 0 -a "$S" != running
	ok "$1: nothing ran" test ! -e "$W/ran" -a ! -e "$W/evil"
}
evil="printf '#!/bin/sh\necho evil >%s/evil\n' '$W'"
program "script replaced" "rm '$W/asked'; $evil >'$W/asked';
    chmod 755 '$W/asked'"
program "script rewritten in place" "$evil >'$W/asked'"
program "script rewritten, its time set back" \
    "cp -p '$W/asked' '$W/old'; $evil >'$W/asked';
    touch -r '$W/old' '$W/asked'"
program "one byte of the same length" \
    "sed -i 's/good/gOod/' '$W/asked'; chmod 755 '$W/asked'"
program "script removed" "rm '$W/asked'"
program "script a link to another" "mv '$W/asked' '$W/was';
    $evil >'$W/other'; chmod 755 '$W/other'; ln -s other '$W/asked'"
program "directory replaced" "mv '$W/asked' '$W/was'; mkdir '$W/asked'"
daemon_stop
finish
