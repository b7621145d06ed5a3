# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A refusal is of use: what it says to an agent about whether it is final, by
# which rule, who could approve it and how to come back; and every way out that
# it names is gone, in the state in which it is named.
. "$SRC/tests/regress/lib.sh"

SKILLS='"all": { "default": "ask", "write": ["'$W'"],
    "deny": ["touch never"] },
    "hidden": { "default": "allow" },'
CHANNELS='"web": { "users": ["cbtagent"], "access": "execute",
    "skills": ["all"] },'
APPROVALS='"timeoutSeconds": 1'
DENIED=600
conf_default
daemon_start
echo here >"$W/here"

# asks ARGUMENT...: --json; S, and the members of the answer by says
asks() {
	cb cbtagent --json run -s all -C "$W" "$@"
}

# says MEMBER: of the last answer; "" if it has none
says() {
	json "$T/out" "$1" || :
}

again() {
	cb cbtagent run --no-wait -s all -C "$W" -- cat here
}

### A rule

asks -- touch never
is "by a rule: status" "$S" 77
is "by a rule: it is final" "$(says final)" true
has "by a rule: its file and line" "$T/out" "\"where\":\"$CONF:"
is "by a rule: nobody could approve it" "$(says approvers)" ""
is "by a rule: where one may write" "$(says write.0)" "$W"
has "by a rule: which skills there are" "$T/out" '"skills":["default","all"'
has "by a rule: what to do" "$T/out" "clawbot policy why" \
    "clawbot policy list"
cb cbtagent run -s all -C "$W" -- touch never
has "by a rule, in words" "$T/err" "$CONF:" "clawbot policy why -- CMD"
# the ways that it names
cb cbtagent policy why -s all -C "$W" -- touch never
is "policy why: status" "$S" 1
has "policy why: by which" "$T/out" "touch never"
cb cbtagent --json policy list
is "policy list: status" "$S" 0
is "policy list: the skill by itself" "$(says policy.0.default_skill)" default
is "policy list: who approves" "$(says policy.0.approvers.0)" \
    group:clawbot-admin
has "policy list: what may be asked for" "$T/out" '"skill":"all"' \
    '"patterns":["touch never"]' "\"write\":[\"$W\"]"
cb cbtagent policy list
has "policy list, in words" "$T/out" "touch never" "writes" "approvers" \
    "skill all, channel web" "skill hidden, channel cli"
hasnot "policy list: only what is on a channel" "$T/out" \
    "skill hidden, channel web"
cb cbtother policy list -u cbtagent
is "policy list: of others, refused" "$S" 77
cb cbtadmin --json policy list -u cbtagent
is "policy list: of others, for approvers" "$S" 0

### No such skill

cb cbtagent --json -c web run -s hidden -- true
is "no such skill: status" "$S" 77
is "no such skill: it is final" "$(says final)" true
is "no such skill: which there are" "$(says skills)" '["all"]'

### Somebody would have to be asked

asks --no-wait -- cat here
is "without waiting: status" "$S" 77
is "without waiting: it is not final" "$(says final)" false
has "without waiting: who could approve it" "$T/out" \
    '"approvers":["group:clawbot-admin"]'
has "without waiting: how to come back" "$T/out" "without --no-wait"
# that is what the next does

### Nobody answers in time

asks -- cat here
is "nobody answers: status" "$S" 75
is "nobody answers: it is not final" "$(says final)" false
has "nobody answers: both ways back" "$T/out" "ask again" \
    "clawbot approvals --lapsed"
case $(says next) in
*quota*)	result 1 "nobody answers: not by quotas" ;;
*)	result 0 "nobody answers: not by quotas" ;;
esac
RUN=$(says run)
cb cbtadmin --json approvals --lapsed
is "approvals --lapsed has it" "$(says approvals.0.run)" "$RUN"
cb cbtadmin approve -y "$RUN"
again
is "approved late: the same request runs" "$S" 0
again
is "approved late: once" "$S" 77

### Somebody says no

daemon_stop
APPROVALS=
conf_default
daemon_start
cbbg no cbtagent --json run -s all -C "$W" -- cat here
waiting
cb cbtadmin deny -r "not today" "$ID"
status_of "$BGPID"
cp "$T/no.out" "$T/out"
is "denied: status" "$S" 77
is "denied: it is final" "$(says final)" true
has "denied: how it may still be let go" "$T/out" \
    "do not ask again by yourself" "--lapsed" '"approvers":'
asks -- cat here
is "denied, asked again: it is final" "$(says final)" true
ok "denied, asked again: for how long" test "$(says retry_s)" -gt 500
cb cbtadmin approve -y "$ID"
again
is "denied, approved late: the same request runs" "$S" 0

### Later

daemon_stop
MORE='"rateLimit": { "maxExecutionsPerMinute": 1 },'
conf_default
daemon_start
cb cbtagent run -- true
cb cbtagent --json run -- true
is "over its rate: status" "$S" 75
is "over its rate: it is not final" "$(says final)" false
ok "over its rate: when to come back" test "$(says retry_s)" -ge 1
ok "over its rate: at most a minute" test "$(says retry_s)" -le 60
has "over its rate: where to look" "$T/out" "clawbot status"
cb cbtagent status
has "status: what is used up" "$T/out" "used up"
MORE=
daemon_stop
conf_default
daemon_start
cb root stop -s all -r "drill"
asks -- cat here
is "stopped: status" "$S" 75
is "stopped: it is not final" "$(says final)" false
has "stopped: where to look" "$T/out" "clawbot status"
cb cbtagent status
has "status: what is stopped" "$T/out" drill
cb root resume -s all
asks --no-wait -- cat here
has "resumed: as before" "$T/out" "without --no-wait"

### What is none

cb cbtagent --json run -- true
is "what runs has none of that" "$(says final)" ""
daemon_stop
finish
