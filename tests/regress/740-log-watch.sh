# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a log that is cut, emptied or replaced under the running daemon is
# noticed at the next record: nothing runs any more, and the daemon ends.
. "$SRC/tests/regress/lib.sh"

conf_default
log=$T/log/gateway.log

# noticed NAME TEXT COMMAND...: what is done to the log, and said of it
noticed() {
	n_name=$1 n_text=$2
	shift 2
	daemon_start
	cb cbtagent run -C "$W" -- touch before
	is "$n_name: it ran before" "$S" 0
	rm -f "$W/behind"
	"$@"
	cb cbtagent run -C "$W" -- touch behind
	ok "$n_name: the run is refused, status $S" test "$S" -ne 0
	ok "$n_name: it did not run" test ! -e "$W/behind"
	daemon_wait
	is "$n_name: the daemon has ended" "$DSTATUS" 74
	has "$n_name: said" "$T/d.err" "$n_text"
	rm -rf "$T/log"
}

emptied() {
	: >"$log"
}

# What a rotation by copy and truncation does.
copied() {
	cp "$log" "$log.1"
	: >"$log"
}

cut() {
	truncate -s $(($(stat -c %s "$log") - 100)) "$log"
}

replaced() {
	cp -p "$log" "$T/same"
	mv "$T/same" "$log"
}

moved() {
	mv "$log" "$log.1"
}

appended() {
	echo "exec: nothing of the sort" >>"$log"
}

noticed emptied "gateway.log was cut" emptied
noticed "copied and emptied" "gateway.log was cut" copied
noticed cut "gateway.log was cut" cut
noticed replaced "gateway.log was replaced" replaced
noticed "moved away" "gateway.log was moved away" moved
noticed "written to" "written to by somebody else" appended
finish
