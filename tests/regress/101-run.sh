# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A command that is allowed: its streams, its status, its surroundings.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start

### Streams

agent echo hello
is "output" "$(cat "$T/out")" hello
is "output: status" "$S" 0
is "output: nothing else" "$(cat "$T/err")" ""
agent sh -c 'echo out; echo err >&2'
is "standard error apart: output" "$(cat "$T/out")" out
is "standard error apart: errors" "$(cat "$T/err")" err
agent printf '%s|' one 'two  words' '' '*' "it's" '"q"' "a${NL}b"
is "arguments arrive as they are" "$(cat "$T/out")" \
    "one|two  words||*|it's|\"q\"|a${NL}b|"
printf 'line one\nline two' >"$T/in"
cbin cbtagent run -- cat <"$T/in"
ok "standard input" cmp "$T/in" "$T/out"
head -c 10000000 /dev/urandom >"$T/in"
cbin cbtagent run -- cat <"$T/in"
is "10 MB of bytes: status" "$S" 0
ok "10 MB of bytes" cmp "$T/in" "$T/out"
cbin cbtagent run -- sh -c 'head -c 100000 | wc -c' <"$T/in"
is "a command that stops reading" "$(cat "$T/out")" 100000
is "a command that stops reading: status" "$S" 0
cbin cbtagent run -- true <"$T/in"
is "a command that never reads: status" "$S" 0
agent cat
is "standard input that is empty" "$S" 0
# a reader that goes away
S=0
as cbtagent timeout 240 "$B/clawbot" -S "$T/run" run -- yes 2>"$T/err" \
    </dev/null | head -n 3 >"$T/out"
is "a reader that goes away" "$(tr '\n' ' ' <"$T/out")" "y y y "
until_true 60 not_running yes || :
ok "a reader that goes away: the command is gone" not_running yes
# output that comes late is not held back
cbbg slow cbtagent run -- sh -c 'echo first; exec sleep 1000'
slow=$BGPID
ok "output comes when it is written" until_true 60 \
    grep -q first "$T/slow.out"
kill -TERM "$slow"
status_of "$slow"
ok "an interrupted client stops its command" until_true 60 \
    not_running "sleep 1000"
ok "an interrupted client: status" test "$S" -ne 0

### Status

for status in 0 1 2 42 126 127 255; do
	agent sh -c "exit $status"
	is "exit $status" "$S" "$status"
done
for sig in 1 9 11 15 10; do
	agent sh -c "kill -$sig \$\$"
	is "ended by signal $sig" "$S" "$((128 + sig))"
done
agent nosuchcommand
is "not found: status" "$S" 127
has "not found: named" "$T/err" nosuchcommand
agent /no/such/path
is "no such path: status" "$S" 127
agent /etc/passwd
is "not executable: status" "$S" 126
agent /usr/bin
is "a directory: status" "$S" 126
printf 'no program' >"$W/text"
chmod 755 "$W/text"
agent "$W/text"
is "no format that the kernel knows: status" "$S" 126
printf '#!/no/such/interpreter\n' >"$W/script"
chmod 755 "$W/script"
agent "$W/script"
ok "no interpreter: status" test "$S" -eq 126 -o "$S" -eq 127
printf '#!/bin/sh\necho script "$@"\n' >"$W/script"
agent "$W/script" a 'b c'
is "a script" "$(cat "$T/out")" "script a b c"
cb cbtagent run -C "$W" -- ./script here
is "a script by its relative name" "$(cat "$T/out")" "script here"
# the last byte of output is there before the status
for i in 1 2 3 4 5; do
	agent sh -c "head -c 100000 /dev/zero; exit $i"
	is "all output before the status $i" \
	    "$S $(wc -c <"$T/out")" "$i 100000"
done
# what a command leaves behind in the background ends with it
agent sh -c 'sleep 1000 >/dev/null 2>&1 & echo started'
is "background: status" "$S" 0
ok "background: gone" until_true 60 not_running "sleep 1000"

### Time

cb cbtagent run --timeout 1 -- sleep 1000
is "timeout: status" "$S" 124
ok "timeout: said" grep -qi 'time' "$T/err"
cb cbtagent run --timeout 1 -- sh -c 'trap "" TERM INT HUP; sleep 1000'
is "timeout of one that will not hear: status" "$S" 124
ok "timeout: nothing is left" until_true 60 not_running "sleep 1000"

### Surroundings

cb cbtagent run -C "$W" -- pwd
is "working directory" "$(cat "$T/out")" "$W"
cb cbtagent run -C /home -- pwd
is "a directory that is not there: status" "$S" 77
cb cbtagent run -C "$W/nonexistent" -- pwd
is "a directory that does not exist: status" "$S" 77
(cd "$W" && cb cbtagent run -- pwd && cat "$T/out") >"$T/out2"
is "the caller's directory, where it is granted" "$(cat "$T/out2")" "$W"
(cd /root && cb cbtagent run -- pwd && cat "$T/out") >"$T/out2"
is "the caller's directory, where it is not" "$(cat "$T/out2")" /tmp
agent id -un
is "account" "$(cat "$T/out")" clawbot
agent id -G
is "no other groups" "$(cat "$T/out")" "$(id -g clawbot)"
SECRET_IN_ENV=visible
export SECRET_IN_ENV
agent env
unset SECRET_IN_ENV
hasnot "environment: not the caller's" "$T/out" SECRET_IN_ENV
has "environment: PATH" "$T/out" \
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
hasnot "environment: no sockets of ours" "$T/out" CLAWBOT
for hook in LD_PRELOAD=/x BASH_ENV=/x PYTHONPATH=/x GIT_SSH=/x PATH=/x; do
	cb cbtagent run -e "$hook" -- true
	is "-e $hook: status" "$S" 77
	has "-e $hook: named" "$T/err" "${hook%%=*}"
done
cb cbtagent run --no-wait -e FOO=bar -- env
is "-e FOO=bar asks" "$S" 77
agent touch "$W/made"
is "a granted directory can be written" "$S" 0
is "what is made belongs to the run's account" \
    "$(stat -c %U "$W/made")" clawbot
agent sh -c 'echo x >/tmp/mine && cat /tmp/mine'
is "/tmp can be written" "$(cat "$T/out")" x
agent cat /tmp/mine
is "/tmp is a new one for each run" "$S" 1
agent touch /usr/probe
is "the system cannot be written" "$S" 1
agent sh -c umask
ok "umask" grep -qE '^0?022$|^0?077$|^0?027$' "$T/out"
agent sh -c 'ls /proc/self/fd'
is "descriptors: three, and that of ls" "$(tr '\n' ' ' <"$T/out")" "0 1 2 3 "

### JSON

cb cbtagent --json run -- sh -c 'echo out; echo err >&2; exit 3'
is "--json: status" "$S" 3
is "--json: outcome" "$(json "$T/out" outcome)" exited
is "--json: exit" "$(json "$T/out" exit)" 3
is "--json: output" "$(json "$T/out" stdout)" out
is "--json: errors" "$(json "$T/out" stderr)" err
ok "--json: run" json "$T/out" run
ok "--json: record" json "$T/out" record
is "--json: nothing beside it" "$(wc -l <"$T/out")" 1
cb cbtagent --json run -- sh -c 'kill -9 $$'
is "--json: signal" "$(json "$T/out" outcome) $(json "$T/out" exit)" \
    "signaled 9"
cb cbtagent --json run -- printf 'a\377b'
ok "--json: bytes" json "$T/out" stdout.b64
cb cbtagent --json run -- nosuchcommand
is "--json: not found: status" "$S" 127
is "--json: not found: outcome" "$(json "$T/out" outcome)" error
cb cbtagent --json run --timeout 1 -- sleep 1000
is "--json: timeout" "$(json "$T/out" outcome)" timeout
cb cbtagent --json run -- touch denied
is "--json: denied: outcome" "$(json "$T/out" outcome)" denied
ok "--json: denied: rule" json "$T/out" rule

### Many at once

i=0
pids=
while [ $i -lt 8 ]; do
	cbbg "many$i" cbtagent run -- sh -c "echo $i; exit $i"
	pids="$pids $BGPID"
	i=$((i + 1))
done
i=0
for p in $pids; do
	status_of "$p"
	is "eight at once: $i" "$S $(cat "$T/many$i.out")" "$i $i"
	i=$((i + 1))
done

# Arguments up to what one request may hold, and beyond.
big=$(head -c 100000 /dev/zero | tr '\0' x)
agent printf '%.3s' "$big"
is "an argument of 100 kB" "$(cat "$T/out")" xxx
agent printf '%s' "$big" "$big" "$big"
is "300 kB of arguments: refused" "$S" 64
# shellcheck disable=SC2046 # 4000 words
agent echo $(seq 4000)
is "4000 arguments" "$(wc -w <"$T/out")" 4000
# shellcheck disable=SC2046 # 5000 words
agent true $(seq 5000)
is "5000 arguments: refused" "$S" 64
answers || bail "the daemon is gone"
daemon_stop
is "the log is whole" \
    "$("$B/clawbot" audit verify "$T/log" |
    sed -n '1s,\([A-Z]*\) .*,\1,p')" OK
finish
