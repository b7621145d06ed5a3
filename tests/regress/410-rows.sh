# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A limit is one row of common/limits.h, a term one of common/terms.h: in a
# copy of the tree with one line more in each, both are read, checked,
# printed, carried to the executor, and shown to an approver.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "builds a tree of its own; done in one build"
command -v "${MAKE-make}" >/dev/null || skip_all "there is no make"

tree=$T/tree
mkdir "$tree" "$tree/b"
(cd "$SRC" && cp -Rp Makefile configure* config.*.in common supervisor \
    executor auditor vault client tests "$tree") || bail "no copy"
cp "$B/config.mk" "$B/config.h" "$tree/b"
cp -R "$tree/common" "$T/was"

# shellcheck disable=SC1003 # sed's, and a backslash in the table
sed -i '/^X("outputExcess"/i\
X("spareRooms", spare_rooms, 1, 50, 5, NARROW_LEAST, NULL, "rooms")	\\' \
    "$tree/common/limits.h"
# shellcheck disable=SC1003
sed -i '/^CHOICE("network"/i\
PATHS("visit", visit)							\\' \
    "$tree/common/terms.h"
is "one line for each" "$(diff -r "$T/was" "$tree/common" |
    grep -c '^[<>]')" 2
S=0
(cd "$tree" && env -u MAKEFLAGS -u MFLAGS "${MAKE-make}" -s -j2 B=b all) \
    >"$T/make.out" 2>&1 || S=$?
is "it builds" "$S" 0
[ "$S" -eq 0 ] || {
	diag "$(tail -20 "$T/make.out")"
	finish
}
B=$tree/b
LIBEXEC=$B

### Read and printed

LIMITS='"visit": ["/srv", "/opt"], "limits": { "spareRooms": 7 }'
CHANNELS='"other": { "users": ["cbtagent"], "skills": ["default"],
    "limits": { "spareRooms": 3 } }'
conf_default
S=0
"$B/clawbotd" -T -f "$CONF" >"$T/all" 2>"$T/err" || S=$?
is "read" "$S $(cat "$T/err")" "0 "
is "the limit is printed" \
    "$(json "$T/all" skills.default.limits.spareRooms)" 7
is "the limit of a channel is printed" \
    "$(json "$T/all" channels.other.limits.spareRooms)" 3
is "the term is printed" "$(json "$T/all" skills.default.visit)" \
    '["/srv","/opt"]'

# refused NAME LIMITS WORDS...
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

### Carried to the executor, and back in the plan that waits

LIMITS='"visit": ["/srv", "/opt"], "limits": { "spareRooms": 7 }'
conf_default
daemon_start
cbbg one cbtagent run -C "$W" -- touch asked
one=$BGPID
waiting
cb cbtadmin --json approvals
is "the plan has the limit" \
    "$(json "$T/out" approvals.0.limits.spareRooms)" 7
is "the plan has the term" "$(json "$T/out" approvals.0.visit)" \
    '["/srv","/opt"]'
cb cbtadmin approvals
has "an approver sees them" "$T/out" spareRooms visit /opt
cb cbtadmin approve "$ID"
status_of "$one"
is "approved: runs" "$S" 0
daemon_stop
finish
