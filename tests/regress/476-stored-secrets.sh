# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: in what is stored of output no value of the vault stands, whoever
# printed it and whether or not its run was granted that: in one piece or in
# many, on a terminal, detached, in an excerpt and in full.
. "$SRC/tests/regress/lib.sh"

V=Zk3mQ9xv7Rt2LwPa
LOGGING='"output": "excerpt",'
conf_default
daemon_start

# runs WORD...: as a run, whose id is then in $RUN
runs() {
	cb cbtagent --json run "$@"
	RUN=$(json "$T/out" run)
}
# hidden NAME [VALUE]: it is stored, with a mark, and without the value
hidden() {
	cb cbtadmin audit show --output "$RUN"
	is "$1: it is stored" "$S" 0
	has "$1: with a mark" "$T/out" "[REDACTED]"
	hasnot "$1: without the value" "$T/out" "${2-$V}"
	never ok "$1: nowhere in the log directory" sh -c \
	    '! grep -rqF -- "$1" "$2"' - "${2-$V}" "$T/log"
}
# set_secret NAME VALUE
set_secret() {
	printf %b "$2" >"$T/value"
	cbin root secrets set "$1" <"$T/value"
	is "set $1" "$S" 0
}

printf 'before %s behind\n' "$V" >"$W/notes"
runs -- echo second line of it 2
cb cbtadmin audit show --output "$RUN"
is "nobody knows it yet" "$(cat "$T/out")" "second line of it 2"
set_secret TOKEN "$V"
set_secret LINES 'first line of it 11\r\nx\r\nsecond line of it 2\r\n'

### Of a skill that is granted none

cb cbtagent run -- cat "$W/notes"
is "its caller gets it" "$(cat "$T/out")" "before $V behind"
runs -- cat "$W/notes"
hidden "a file"
is "a file: the rest stands" "$(cat "$T/out")" "before [REDACTED] behind"
runs -- sh -c 'for c in $(sed "s/./& /g" "$1"); do printf %s $c; done' - \
    "$W/notes"
hidden "letter by letter"
runs -- sh -c 'cat "$1" >&2; seq 1 100000; cat "$1"' - "$W/notes"
hidden "the beginning and the end of an excerpt"
runs -- sh -c 'printf "a first line of it 11 b\nx\nsecond line of it 2\n"'
hidden "lines of a value" "first line of it 11"
hasnot "lines of a value: nor the last" "$T/out" "second line of it 2"
runs -- sh -c 'cat "$1"; : '"$(printf '%020000d' 0)" - "$W/notes"
hidden "of a long command"
cb cbtagent run -d -- cat "$W/notes"
RUN=$(cat "$T/out")
cb cbtagent wait "$RUN"
is "detached: it has ended" "$S" 0
hidden "detached"

### Wherever it stands, and as long as the vault has it

cb cbtadmin secrets rm LINES
runs -- echo "second line of it 2"
cb cbtadmin audit show --output "$RUN"
is "what the vault has no more is no secret" "$(cat "$T/out")" \
    "second line of it 2"
daemon_stop
LOGGING='"output": "full",'
conf_default
daemon_start
P=$T/pty
mkdir -m 777 "$P"
runs -- sh -c 'seq 1 5000; cat "$1"; seq 1 5000' - "$W/notes"
hidden "in full"
is "in full: all of it" "$(wc -l <"$T/out")" 10001
as cbtagent env TERM=xterm "$H/onpty" "$P/script" "$B/clawbot" -S "$T/run" \
    run -t -- cat "$W/notes" >"$T/out" 2>&1
RUN=$(sed -n 's/.*"ev":"result","run":"\([^"]*\)".*/\1/p' \
    "$T/log/gateway.log" | tail -n 1)
hidden "on a terminal"
cb cbtadmin audit verify
is "the log is good" "$S" 0
finish
