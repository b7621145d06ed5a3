# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2046,SC2317
#
# Sandboxes that wait for a run: how many there are, what is in them, that
# they are as good as others, and when they go.
. "$SRC/tests/regress/lib.sh"

calm='some avg10=0.00 avg60=0.00 avg300=0.00 total=0'
short='some avg10=25.31 avg60=9.00 avg300=2.00 total=99'
echo "$calm" >"$W/pressure"
chmod 644 "$W/pressure"
printf 'value-1234567' >"$T/v"

SKILLS='"other": { "default": "allow", "limits": { "memoryMB": 100 },
    "secrets": { "TOKEN": "env" } },'
MORE='"sandbox": { "warm": 3 },'
CLAWBOT_PRESSURE=/v/0$W/pressure
export CLAWBOT_PRESSURE
[ "$ASAN" = no ] || LIMITS='"limits": { "memoryMB": 0 }'
conf_default
daemon_start

### When there are some

ok "none before the first request" until_true 60 no_runners
agent true
is "the first run: status" "$S" 0
ok "three afterwards" until_true 60 nwaiting 3
sleep 0.2
ok "and no more" nwaiting 3
for i in 1 2 3 4 5 6; do
	agent sh -c 'echo $$'
	is "run $i is process 2 of its own" "$(cat "$T/out")" 2
done
ok "three again" until_true 60 nwaiting 3
cbin cbtadmin secrets set TOKEN <"$T/v"
cb cbtagent run -s other -- printenv TOKEN
is "another skill, with a secret" "$(cat "$T/out")" "[REDACTED]"
ok "each skill in use has its own" until_true 60 nwaiting 6
cb cbtagent run -s other -- printenv TOKEN
is "a secret in a sandbox that waited" "$(cat "$T/out")" "[REDACTED]"

### One that waited is as good as others

mounts='sed "s/^[0-9]* [0-9]* [0-9:]* //; s/ [a-z]*:[0-9]* - / /" \
    /proc/self/mountinfo | sort; ulimit -a | grep -v process; id; cat /proc/self/status |
    grep -E "^(Cap|NoNew|Seccomp|Uid|Gid|Groups|Umask)"; ls -l /proc/self/fd |
    wc -l; env | sort; pwd; hostname'
agent sh -c "$mounts"
cp "$T/out" "$T/warm"
ok "it says much" test "$(grep -c . "$T/warm")" -gt 40
agent sh -c 'echo x >/tmp/mine; ls -A /tmp; ls -A /dev/shm'
is "its /tmp is its own" "$(cat "$T/out")" mine
agent sh -c 'ls -A /tmp; ls -A /dev/shm'
is "the next one's is empty" "$(cat "$T/out")" ""
cbbg early cbtagent run --timeout 2 -- sleep 1000
status_of "$BGPID"
is "time counts from the word, not from the building" "$S" 124

### Those that are ended from outside are replaced by one that is built

for p in $(runners); do
	kill -9 "$p"
done
agent echo fine
is "the run does not notice" "$(cat "$T/out")" fine
for r in $(runners); do
	for p in $(children "$r"); do
		kill -9 "$p"
	done
done
agent echo fine
is "nor when inits were ended" "$(cat "$T/out")" fine

### Short memory

daemon_stop
daemon_start
agent true
ok "three wait" until_true 60 nwaiting 3
echo "$short" >"$W/pressure"
ok "none when memory is short" until_true 60 nwaiting 0
agent echo fine
is "a run has one built then" "$(cat "$T/out")" fine
sleep 0.5
ok "and none is made in its place" nwaiting 0
echo "$calm" >"$W/pressure"
ok "three again when there is enough" until_true 60 nwaiting 3

### When the daemon ends

left=$(births $(family "$D"))
kill -9 "$D"
daemon_wait
none_left "none is left when the daemon was killed" "$left"

### Without

MORE='"sandbox": { "warm": 0 },'
conf_default
daemon_start
agent true
sleep 0.3
ok "warm 0: none" nwaiting 0
agent sh -c "$mounts"
is "the same in one that is built when it is asked for" \
    "$(diff "$T/warm" "$T/out")" ""
daemon_stop
finish
