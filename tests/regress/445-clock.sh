# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A clock that is set is a record, with the time before and after; setting it to
# what it is, is none.  The host's clock is off by less than a second meanwhile.
. "$SRC/tests/regress/lib.sh"

# set_by SECONDS
set_by() {
	python3 -c 'import sys, time
now = time.clock_gettime_ns(time.CLOCK_REALTIME)
time.clock_settime_ns(time.CLOCK_REALTIME,
    now + int(float(sys.argv[1]) * 1e9))' "$1" 2>/dev/null
}

set_by 0 || skip_all "nobody may set the clock here"
conf_default
daemon_start
set_by 0
set_by 0.7
ok "a step forward is recorded" log_has ' clock: {"v":1,"ev":"step"' '"by_us":'
set_by -0.7
steps() {
	[ "$(grep -c ' clock: ' "$T/log/gateway.log")" -ge 2 ]
}
ok "and one back" until_true 60 steps
grep -F ' clock: ' "$T/log/gateway.log" | sed 's/^[^{]*//' >"$T/steps"
is "two, and none of what was no step" "$(grep -c . "$T/steps")" 2
head -n 1 "$T/steps" >"$T/one"
by=$(json "$T/one" by_us)
ok "how far: $by" test "$by" -gt 600000 -a "$by" -lt 800000
# us TIME: microseconds since the hour
us() {
	echo "$1" | perl -ne '/T\d+:(\d+):(\d+)\.(\d+)Z/ and
	    print((($1 * 60) + $2) * 1000000 + $3, "\n")'
}
from=$(us "$(json "$T/one" from)")
to=$(us "$(json "$T/one" to)")
is "before and after" "$(((to - from + 3600000000) % 3600000000))" "$by"
tail -n 1 "$T/steps" >"$T/two"
by=$(json "$T/two" by_us)
ok "back: $by" test "$by" -lt -600000 -a "$by" -gt -800000
cb cbtadmin audit search kind=clock
is "search by kind" "$(grep -c 'clock step' "$T/out")" 2
ok "search tells how far: ahead" grep -q 'clock step  by 0\.[67][0-9]* s' \
    "$T/out"
ok "search tells how far: back" grep -q 'clock step  by -0\.[67][0-9]* s' \
    "$T/out"
cb cbtadmin audit verify
is "the log is good" "$S" 0
finish
