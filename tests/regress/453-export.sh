# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# The log in the forms of others: all of it, each record once, nothing lost and
# no time changed, by a program that shares no code with what made them.
. "$SRC/tests/regress/lib.sh"

command -v python3 >/dev/null || skip_all "python3 is not installed"

printf 'a-value-of-its-own' >"$T/value"
conf_default
daemon_start
cbin cbtadmin secrets set MYKEY <"$T/value"
cb cbtadmin secrets rm MYKEY
cb cbtagent run -C "$W" -r 'a "reason" \ <of> it' -- sh -c \
    'ls / >f; ln f g; mv g h; rm h; exit 3'
cb cbtagent run -- touch denied
cb cbtagent run -- printf '%s' "$(printf '\033[m\377\376\nexec: {}')" ""
cb cbtagent run -d -- touch asked one
cb cbtadmin deny -r "$(printf 'n\303\266')" "$(cat "$T/out")"
cb cbtagent run -d -- touch asked two
RUN=$(cat "$T/out")
cb cbtadmin approve -y "$RUN"
ok "all is recorded" until_true 60 log_has '"ev":"result"' "$RUN"
cb cbtadmin stop -r "to see it"
cb cbtagent run -- true
cb cbtadmin resume
# the last one that may still come
daemon_stop
daemon_start
LOG=$T/log/gateway.log
for kind in exec file secret approval stop session config seal policy; do
	ok "there is a record of kind $kind" grep -q "^[0-9]* [^ ]* $kind: " \
	    "$LOG"
done
for format in json ocsf syslog otel; do
	cb cbtadmin audit export --format $format
	# those that were there then
	head -n "$(grep -c . "$T/out")" "$LOG" >"$T/then"
	S=0
	python3 "$SRC/tests/helpers/exportcheck.py" $format "$T/then" \
	    <"$T/out" >"$T/checked" 2>"$T/err" || S=$?
	is "$format: every record, whole" "$S $(cat "$T/err")" "0 "
	ok "$format: they are many" test "$(cat "$T/checked")" -gt 25
	# and that is noticed
	sed '5s/"ev"/"Ev"/; 5s/clawbot\.ev/clawbot.Ev/' "$T/out" >"$T/other"
	ok "$format: not with another member" sh -c \
	    '! python3 "$1" "$2" "$3" <"$4" >/dev/null 2>&1' sh \
	    "$SRC/tests/helpers/exportcheck.py" $format "$T/then" "$T/other"
done
cb cbtadmin audit export --format ocsf
ok "ocsf: a run is a process that is launched" grep -qE \
    '"class_uid":1007,"activity_id":1,"type_uid":100701,.*"cmd_line":"sh -c' \
    "$T/out"
ok "ocsf: and terminates" grep -qE \
    '"type_uid":100702,.*"exit_code":3,' "$T/out"
ok "ocsf: what is refused is a failure" grep -qE \
    '"type_uid":100701,"severity_id":2,.*"status":"Failure"' "$T/out"
cb cbtadmin audit export --since 1d --until 1h
is "a time of which there is nothing" "$S $(wc -c <"$T/out")" "0 0"
cb cbtadmin audit export --format xml
is "no format: usage" "$S" 64
has "no format: which there are" "$T/err" "json, ocsf, syslog"
cb cbtadmin audit export --since noon
is "no time: usage" "$S" 64
cb cbtagent audit export
is "not for everybody" "$S" 77
finish
