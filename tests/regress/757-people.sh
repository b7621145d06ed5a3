# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Who is who: clawbotd -T says it on standard error, status --all and doctor say
# it to approvers, all of them by the configuration in force, and
# clawbot-admin(7) has the same roles.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] || skip_all "one build is enough"

CHANNELS='"look": { "users": ["cbtother", "cbtadmin"],
	"access": "read-only", "skills": ["*"] },
    "shut": { "users": ["cbtother"], "access": "none" },'
conf_default
members=$("$B/clawbotd" -T -f "$CONF" 2>&1 >/dev/null |
    sed -n 's/^approver: group:clawbot-admin (\(.*\)), root$/\1/p')
ok "-T: the approvers, by name" test -n "$members"
case ", $members, " in
*', cbtadmin, '*)	r=0 ;;
*)			r=1 ;;
esac
result "$r" "-T: one of the group is among them" || diag "$members"
is "-T: all roles" "$("$B/clawbotd" -T -f "$CONF" 2>&1 >"$T/all")" \
    "administrator: root
approver: group:clawbot-admin ($members), root
reader of the log: nobody
agent on cli: cbtagent, cbtother
agent on look: cbtother, cbtadmin"
ok "-T: on standard output there is JSON alone" json "$T/all" approvals

daemon_start
cb cbtadmin doctor
has "doctor: roles" "$T/out" "ok    administrator: root" \
    "ok    approver: group:clawbot-admin, root: " \
    "ok    reader of the log: nobody" \
    "ok    agent on cli: cbtagent, cbtother" \
    "note  agent on look: cbtadmin is an approver as well"
is "doctor: names, not numbers" "$(sed -n 's/^ok    approver: .*root: //p' \
    "$T/out")" "$members"
hasnot "doctor: not a channel that nobody can use" "$T/out" "agent on shut"
cb cbtadmin --json doctor
ok "doctor: they are no fault" test "$S" -eq 0
cb cbtadmin --json status --all
is "status: they are rows" "$(grep -o '"kind":"people"' "$T/out" | wc -l)" 5
cb cbtagent --json status --all
is "status: not to others" "$(grep -c '"kind":"people"' "$T/out")" 0

### After a change

sed 's/"approvers": \["group:clawbot-admin"\]/"approvers": ["cbtother"]/' \
    "$CONF" >"$T/new" && cat "$T/new" >"$CONF"
CLAWBOT_CLAWBOTD=$B/clawbotd cb root reload
is "reload" "$S" 0
cb cbtother doctor
has "doctor: by what is in force" "$T/out" "approver: cbtother, root" \
    "note  agent on cli: cbtother is an approver as well"
hasnot "doctor: the others are agents alone" "$T/out" "cbtadmin is an"
sed 's/"approvers": \["cbtother"\]/"approvers": ["root"]/' "$CONF" \
    >"$T/new" && cat "$T/new" >"$CONF"
CLAWBOT_CLAWBOTD=$B/clawbotd cb root reload
is "reload" "$S" 0
cb root doctor
has "doctor: an approver beside root" "$T/out" \
    "note  approver: nobody but root can approve"

### The manual

sed -n '/^\.Ss Who is who/,/^\.El/s/^\.It \(.*\) Ta .* Ta .*/\1/p' \
    "$SRC/man/clawbot-admin.7" | sed '/^Em/d; s/ Ta .*//' | sort >"$T/page"
"$B/clawbotd" -T -f "$CONF" 2>&1 >/dev/null | sed 's/:.*//; s/ on .*//' |
    sort -u >"$T/roles"
is "clawbot-admin(7) has the same roles" "$(cat "$T/page")" \
    "$(cat "$T/roles")"
finish
