# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A limit is one row of common/limits.h, a term one of common/terms.h, any
# other key of the configuration one of supervisor/conf/keys.h: in a copy of
# the tree with one line more for each, all are read, checked and printed,
# limits and terms are carried to the executor, and shown to an approver.  A
# key is then used in one place, and that it is not, or not in the manual, is
# noticed.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/scratch.sh
. "$SRC/tests/regress/scratch.sh"

cp -R "$tree/common" "$tree/supervisor" "$T/was"

# add FILE BEFORE ROW
add() {
	awk -v before="$2" -v row="$3" '
	    index($0, before) == 1 { print row "\t\\" } { print }' \
	    "$tree/$1" >"$T/rows.h" && cp "$T/rows.h" "$tree/$1"
}
add common/limits.h 'X("outputExcess"' \
    'X("spareRooms", spare_rooms, 1, 50, 5, NARROW_LEAST, NULL, "rooms")'
add common/terms.h 'CHOICE("network"' 'PATHS("visit", visit)'
add supervisor/conf/keys.h 'KEY(UINT, "sandbox.warm"' \
    'KEY(UINT, "sandbox.spareDesks", spare_desks, 0, 40, 4, NULL, "desks")'
add supervisor/conf/keys.h 'KEY(UINT, "circuitBreaker.failures"' \
    'KEY(BOOL, "quietHours", quiet_hours, 0, 0, 1, NULL, "hush")'
add supervisor/conf/keys.h 'KEY(WORD, "access"' \
    'KEY(QUOTA, "seats", seats, 1, 9, 2, NULL, "seats")'
changed() {
	diff -r "$T/was/common" "$tree/common"
	diff -r "$T/was/supervisor" "$tree/supervisor"
}
is "one line for each" "$(changed | grep -c '^[<>]')" 5

# words TEXT: on one line
words() {
	printf '%s\n' "$1" | paste -s -d ' '
}

# unread: keys that mean nothing yet
unread() {
	(cd "$tree" && sh tests/lint/keys.sh b 2>&1) | sed 's/ of the .*//'
}
is "nobody uses them" "$(words "$(unread)")" \
    "conf.quiet_hours conf.spare_desks conf_channel.seats limits.spare_rooms"
sed -i '/^channel_rows/,/^}/ { /^$/a\
	status_row(cl, "desks", "spare", conf->quiet_hours ? "quiet" : "loud",\
	    "%u desks, %u seats", conf->spare_desks, conf->channels[0].seats);
}' "$tree/supervisor/ask/status.c"
is "one place uses them" "$(changed | grep -c '^[<>]')" 7
is "they are used" "$(unread)" limits.spare_rooms

S=0
(cd "$tree" && env -u MAKEFLAGS -u MFLAGS "${MAKE-make}" -s -j2 B=b all \
    b/tests/helpers/confkeys) >"$T/make.out" 2>&1 || S=$?
is "it builds" "$S" 0
[ "$S" -eq 0 ] || {
	diag "$(tail -20 "$T/make.out")"
	finish
}
B=$tree/b
LIBEXEC=$B

### The manual

"$B/tests/helpers/confkeys" >"$T/rows"
# manual FILE: what is missing there
manual() {
	perl "$SRC/tests/helpers/confman.pl" "$T/rows" "$1" 2>&1 |
	    sed 's/^[^:]*: //; s/ is not there$//'
}
is "the manual does not have them" \
    "$(words "$(manual "$SRC/man/clawbot.conf.5")")" \
    "channels.NAME.limits.spareRooms channels.NAME.seats quietHours \
sandbox.spareDesks skills.NAME.limits.spareRooms skills.NAME.visit"
sed -e '/^\.It Cm skills\.NAME\.write$/i\
.It Cm skills.NAME.visit\
Where a run may go.' -e '/^\.It Cm skills\.NAME\.tests$/i\
.It Cm skills.NAME.limits.spareRooms\
Rooms, 1 to 50; 5 by default.' \
    -e '/^\.It Cm channels\.NAME\.limits\.nice$/i\
.It Cm channels.NAME.limits.spareRooms' \
    -e '/^\.It Cm channels\.NAME\.access$/i\
.It Cm channels.NAME.seats\
Seats, 1 to 9; 2 by default.' -e '/^\.It Cm sandbox\.cgroup$/i\
.It Cm sandbox.spareDesks\
Desks, 0 to 40; 4 by default.\
.It Cm quietHours\
Whether it is quiet; true by default.' "$SRC/man/clawbot.conf.5" \
    >"$T/clawbot.conf.5"
is "the manual has them" "$(manual "$T/clawbot.conf.5")" ""

### Read and printed

LIMITS='"visit": ["/srv", "/opt"], "limits": { "spareRooms": 7 }'
CHANNELS='"other": { "users": ["cbtagent"], "skills": ["default"],
    "seats": 3, "limits": { "spareRooms": 3 } }'
MORE='"sandbox": { "spareDesks": 7 }, "quietHours": false'
conf_default
S=0
"$B/clawbotd" -T -f "$CONF" >"$T/all" 2>"$T/err" || S=$?
# but for who is who
is "read" "$S $(grep "$CONF" "$T/err")" "0 "
is "the limit is printed" \
    "$(json "$T/all" skills.default.limits.spareRooms)" 7
is "the limit of a channel is printed" \
    "$(json "$T/all" channels.other.limits.spareRooms)" 3
is "the key is printed" "$(json "$T/all" sandbox.spareDesks)" 7
is "the key at the top is printed" "$(json "$T/all" quietHours)" false
is "the key of a channel is printed" \
    "$(json "$T/all" channels.other.seats)" 3
is "and its default" "$(json "$T/all" channels.cli.seats)" 2
is "the term is printed" "$(json "$T/all" skills.default.visit)" \
    '["/srv","/opt"]'

# refused NAME LIMITS WORDS...; and MORE
refused() {
	r_name=$1 LIMITS=$2
	shift 2
	conf_default
	S=0
	"$B/clawbotd" -n -f "$CONF" >"$T/out" 2>&1 || S=$?
	is "$r_name: refused" "$S" 78
	has "$r_name: says why" "$T/out" "$@"
}
refused "too much" '"limits": { "spareRooms": 51 }' spareRooms "1 to 50"
refused "too little" '"limits": { "spareRooms": 0 }' spareRooms "1 to 50"
refused "misspelt" '"limits": { "spareRoms": 1 }' '"spareRooms"?'
refused "no path" '"visit": ["srv"]' visit
MORE='"sandbox": { "spareDesks": 41 }'
refused "too many desks" '' sandbox.spareDesks "0 to 40"
MORE='"sandbox": { "spareDesk": 4 }'
refused "misspelt desks" '' '"spareDesks"?'
MORE='"quietHours": 1'
refused "neither true nor false" '' "quietHours: must be true or false"
MORE=

### Carried to the executor, and back in the plan that waits

LIMITS='"visit": ["/srv", "/opt"], "limits": { "spareRooms": 7 }'
MORE='"sandbox": { "spareDesks": 7 }, "quietHours": false'
conf_default
daemon_start
cb cbtadmin status --all
has "the keys arrive" "$T/out" "7 desks, 2 seats" loud
cbbg one cbtagent run -C "$W" -- touch asked
one=$BGPID
waiting
cb cbtadmin --json approvals
is "the plan has the limit" \
    "$(json "$T/out" approvals.0.limits.spareRooms)" 7
is "the plan has the term" "$(json "$T/out" approvals.0.visit)" \
    '["/srv","/opt"]'
cb cbtadmin approvals show "$ID"
has "an approver sees them" "$T/out" spareRooms visit /opt
cb cbtadmin approve -y "$ID"
status_of "$one"
is "approved: runs" "$S" 0
daemon_stop
finish
