# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: names are protected, and calls answered as by the kernel, also where
# who calls is known by then, and stands elsewhere, has other descriptors,
# another umask, other memory, or is another process of the same number.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/protect.sh
. "$SRC/tests/regress/protect.sh"

SKILLS='"trace": { "default": "allow", "write": ["'$W'"], "trace": true,
	"execs": "off", "limits": { "timeoutSeconds": 550 } },'
conf_default
daemon_start

prepare
install -m 755 "$RUN_H/watch_again" "$W/again"
owner 'mkdir in out'
(cd "$W/out" && umask 022 && as clawbot ../again) >"$T/again.out" 2>&1
ok "outside" test "$(wc -l <"$T/again.out")" -gt 15
for skill in default trace; do
	cb cbtagent run -s $skill -C "$W/in" -- ../again
	is "skill $skill: status" "$S" 0
	ok "skill $skill: answered as by the kernel" \
	    cmp "$T/again.out" "$T/out"
	diff "$T/again.out" "$T/out" | head -n 10 | sed 's/^/# /'
done

state >"$T/before"
cb cbtagent run -C "$W/in" -- ../again attack "$W/repo/.git"
is "attack: status" "$S" 0
hasnot "attack: nothing is reached" "$T/out" REACHED
has "attack: all was tried" "$T/out" "tried 38, reached 0" ||
    sed 's/^/# /' "$T/out"
state >"$T/after"
ok "nothing has changed" cmp "$T/before" "$T/after"
diff "$T/before" "$T/after" | head -n 5 | sed 's/^/# /'
daemon_stop
finish
