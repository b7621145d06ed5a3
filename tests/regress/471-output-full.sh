# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: with logging.output "full" all that a run prints is stored up to a
# bound, of terminals with its times, and can be seen once more; what does not
# fit, on the disk or beside all the rest, is dropped, counted and said, and
# nothing else suffers.
. "$SRC/tests/regress/lib.sh"

CLAWBOT_CLAWBOTD=$B/clawbotd
export CLAWBOT_CLAWBOTD
mkdir -p "$T/log"
mount -t tmpfs -o "size=24m,mode=700,uid=$(id -u _clawbot-audit),gid=$(id -g \
    _clawbot-audit)" cbt "$T/log" || skip_all "needs to mount a tmpfs"
UNDO="umount -l '$T/log'; $UNDO"
LOGGING='"output": "full", "outputMB": 4, "outputTotalMB": 100,
    "redact": ["password=[a-z]*"],'
conf_default
daemon_start
P=$T/pty
mkdir -m 777 "$P"

# member NAME: of the record of the run's end
member() {
	grep "\"run\":\"$RUN\"" "$T/log/gateway.log" |
	    grep -E '"ev":"(result|lost|abort)"' |
	    sed -n "s/.*\"$1\":\"\{0,1\}\([0-9a-zA-Z. ]*\).*/\1/p"
}
shown() {
	cb cbtadmin audit show "$@" "$RUN"
}
stored() {
	echo "$T"/log/output/*-"$RUN".out
}
runs() {
	cb cbtagent --json run -- "$@"
	RUN=$(json "$T/out" run)
}

### All of it

runs sh -c 'seq 1 50000; echo password=hunter >&2'
shown --output
seq 1 50000 >"$T/all"
ok "all of it is there" cmp "$T/all" "$T/out"
is "masked" "$(cat "$T/err")" "[REDACTED]"
is "nothing is missing" "$(member output_cut)" ""
runs sh -c 'head -c 6000000 /dev/zero | tr "\0" "x" | fold -w 99'
shown --output
is "up to a bound" "$(($(member output_bytes) < 4300000))" 1
is "the rest is counted" "$(($(wc -c <"$T/out") + $(member output_cut)))" \
    "$(member out_bytes)"
has "and told" "$T/err" "are not stored here"

### Detached

cb cbtagent run -d -- sh -c 'echo one; echo two >&2'
RUN=$(cat "$T/out")
cb cbtagent wait "$RUN"
shown --output
is "a detached run: standard output" "$(cat "$T/out")" one
is "a detached run: standard error" "$(cat "$T/err")" two

### A terminal

cat >"$P/script" <<'END'
expect again
END
as cbtagent env TERM=xterm "$H/onpty" -s 30x100 "$P/script" "$B/clawbot" \
    -S "$T/run" run -t -- sh -c 'printf "\033[31mred\033[0m \033]0;title\007"
    printf "\303"; sleep 0.3; printf "\251\n"; echo again' >"$T/tty" 2>&1
RUN=$(sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
    "$T/log/gateway.log" | tail -n 1)
shown --raw
printf '\033[31mred\033[0m \033]0;title\007\303\251\r\nagain\r\n' >"$T/want"
ok "what it has printed, to the byte" cmp "$T/want" "$T/out"
shown --timing
is "as asciicast" "$(python3 -c '
import json, sys
lines = [json.loads(l) for l in open(sys.argv[1])]
head, events = lines[0], lines[1:]
assert head["version"] == 2 and head["width"] == 100 and head["height"] == 30
out = "".join(e[2] for e in events if e[1] == "o")
late = [e[0] for e in events if "\u00e9" in e[2]]
assert out.encode() == open(sys.argv[2], "rb").read(), out
assert all(a[0] <= b[0] for a, b in zip(events, events[1:]))
print(events[0][0] + 0.25 < late[0] < 60)' "$T/out" "$T/want" 2>&1)" True
: >"$P/looks"
as cbtadmin env TERM=xterm "$H/onpty" "$P/looks" "$B/clawbot" -S "$T/run" \
    audit show --replay "$RUN" >"$T/tty" 2>&1
is "a replay: status" "$?" 0
printf '\033[31mred\033[0m \303\251\nagain\n\033[0m\n' >"$T/want"
tr -d '\r' <"$T/tty" >"$T/seen"
ok "a replay: once more, without what sets a title" cmp "$T/want" "$T/seen"
as cbtadmin env TERM=xterm "$H/onpty" "$P/looks" "$B/clawbot" -S "$T/run" \
    audit show --output "$RUN" >"$T/tty" 2>&1
hasnot "on a terminal nothing that steers it" "$T/tty" "$(printf '\033')"
has "but what it was" "$T/tty" '\x1b[31mred'
shown --replay
is "a replay is for a terminal" "$S" 64

### A crash in between

cbbg crash cbtagent run -- sh -c 'seq 1 3000; touch '"$W"'/printed; sleep 600'
until_true 60 test -e "$W/printed" || bail "it does not print"
RUN=$(sed -n 's/.*"ev":"intent","run":"\([^"]*\)".*/\1/p' \
    "$T/log/gateway.log" | tail -n 1)
has_some() {
	[ "$(stat -c %s "$(stored)" 2>/dev/null || echo 0)" -gt 1000 ]
}
ok "it comes to the disk as it is printed" until_true 60 has_some
daemon_kill
daemon_start
is "what was there is in the record of its loss" "$(member output)" \
    "$(b2sum -l 256 "$(stored)" | cut -d ' ' -f 1)"
shown --output
is "and is shown" "$(head -n 1 "$T/out")" 1

### In a backup

head -c 32 /dev/urandom >"$T/bkey"
chmod 600 "$T/bkey"
"$B/clawbot" backup -f "$CONF" -k "$T/bkey" "$T/b" >"$T/out" 2>"$T/err"
is "a backup" "$?" 0
"$B/clawbot" restore -k "$T/bkey" --verify-only "$T/b" >"$T/out" 2>&1
is "it is good" "$?" 0
"$B/clawbot" restore -f "$CONF" -k "$T/bkey" --into "$T/r" "$T/b" >"$T/out" \
    2>&1
is "it comes back" "$?" 0
"$B/clawbot" audit verify "$T/r/log" >"$T/out" 2>&1
has "with all that the log names" "$T/out" "OK records="
rm "$T/r/log/output/$(basename "$(stored)")"
"$B/clawbot" audit verify "$T/r/log" >"$T/out" 2>&1
is "which would be missed" "$?" 6

### No room

dd if=/dev/zero of="$T/log/filler" bs=1M \
    count=$(($(stat -f -c '%a * %S' "$T/log") / 1048576 - 2)) 2>/dev/null
runs sh -c 'seq 1 400000; exit 3'
is "a full disk: the run is as it is" "$S" 3
is "its output is dropped" "$(member output_lost)" \
    "there is not enough room on the disk"
is "all that is not there is counted" "$(($(member output_cut) > 1000000))" 1
cb cbtagent run -- true
is "and others run" "$S" 0
rm "$T/log/filler"
cb cbtadmin audit verify
is "the log is good, and all that is stored" "$S" 0
daemon_stop
LOGGING='"output": "full", "outputTotalMB": 1,'
conf_default
daemon_start
runs sh -c 'echo beyond'
is "too much of all: the run is as it is" "$S" 0
is "it is said" "$(member output_lost)" \
    "as much is stored as logging.outputTotalMB says"
shown --output
is "nothing is shown of that" "$S" 1
has "but why" "$T/err" "logging.outputTotalMB"
finish
