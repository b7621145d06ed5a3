# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: what reads the log says what is wrong with what it was given, by its
# name; it ends with who reads of it, says what it could not write, and shows
# nothing that was not said.
. "$SRC/tests/regress/lib.sh"

MORE='"audit": { "readers": ["cbtother"] },'
conf_default
sed -i 's/"cbtagent", "cbtother"/"cbtagent"/' "$CONF"
daemon_start
cb cbtagent --json run -- echo hello
RUN=$(json "$T/out" run)
cb cbtagent run -- touch denied

# wrong STATUS TEXT WORD...: the command says that
wrong() {
	w_status=$1 w_text=$2
	shift 2
	cb cbtother audit "$@"
	is "$*: status" "$S" "$w_status"
	has "$*: says what" "$T/err" "$w_text"
	is "$*: and nothing else" "$(cat "$T/out")" ""
}

wrong 64 "=x: no key is before the =" search =x
wrong 64 "kind=: nothing to look for" search kind=
wrong 64 "outcom: nothing that records are searched by; did you mean outcome" \
    search outcom=exited
wrong 64 "outcome=bogus: there is none" search outcome=bogus
wrong 64 "since=2026-13-45: not a time" search since=2026-13-45
wrong 64 "since is not before until" search since=1h until=2h
wrong 64 "an argument is empty, and should be" show ""
wrong 64 "nosuch is not a run" show nosuch
wrong 1 "no such run" show raaaaaaaaaaaa
wrong 64 "--since banana: not a time" report --since banana
wrong 64 "--since is not before --until" report --since 2h --until 3h
wrong 64 "--html needs FILE, and was given nothing" report --html ""
wrong 74 "$T/none/x: No such file" report --html "$T/none/x"
wrong 64 "--format bogus: not json, ocsf, syslog or otel" \
    export --format bogus
wrong 64 "-1 is not a number of records" tail -n -1
cb cbtother audit verify "$T/none"
is "verify of no directory: status" "$S" 8
has "verify of no directory: names it" "$T/out" \
    "ERROR directory=$T/none no such directory"

### Nobody reads to the end, or nothing can be written

# reads WORD...: its first line, and then no more; it ends by itself
reads() {
	is "$*, for one line" "$({ as cbtother timeout 60 "$B/clawbot" \
	    -S "$T/run" audit "$@" 2>"$T/err"
	    echo "$?" >"$T/status"; } | head -n 1 | grep -c .)" 1
	ok "$*, for one line: it ends" test "$(cat "$T/status")" != 124
	is "$*, for one line: quietly" "$(cat "$T/err")" ""
}
reads tail -f
reads search since=1h
reads export --format otel
reads report
for c in "search since=1h" export report "report --html -" tail "show $RUN"
do
	# shellcheck disable=SC2086 # words
	as cbtother "$B/clawbot" -S "$T/run" audit $c >/dev/full 2>"$T/err"
	is "$c, to a full disk: status" "$?" 74
	has "$c, to a full disk: says so" "$T/err" \
	    "standard output: No space left on device"
done

### What was not said is not shown

cb cbtother audit search run="$RUN" ev=intent
has "search: it is there" "$T/out" "echo hello  allow by"
hasnot "search: no reason was given" "$T/out" "because"
cb cbtagent run -r 'for that' -- true
cb cbtother audit search text="for that" ev=intent
has "search: one was" "$T/out" 'because "for that"'
finish
