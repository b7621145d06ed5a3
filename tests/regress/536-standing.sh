# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Standing approvals: what runs by one unasked, what does not, who sees and who
# ends it, and what is recorded.
. "$SRC/tests/regress/lib.sh"

SKILLS='"all": { "default": "ask", "write": ["'$W'"],
    "deny": ["touch never"] },'
CHANNELS='"web": { "users": ["cbtagent"], "access": "execute",
    "skills": ["*"] },'
LOGGING='"redact": ["token=.*"],'
conf_default
daemon_start

# stands "COMMAND" OPTION...: asked for, and approved with these; STANDING
stands() {
	# shellcheck disable=SC2086 # words
	cbbg stands cbtagent run -s all -C "$W" -- $1
	waiting
	shift
	cb cbtadmin --json approve -y "$@" "$ID"
	STANDING=
	[ "$S" -ne 0 ] || STANDING=$(json "$T/out" standing)
}

# again COMMAND...: is run without a question, or refused
again() {
	cb cbtagent run --no-wait -s all -C "$W" -- "$@"
}

requests() {
	grep -c '"ev":"request"' "$T/log/gateway.log"
}

revoked() {
	cb cbtadmin --json standing && [ "$(json "$T/out" standing)" = "[]" ]
}

### Exactly the same

echo here >"$W/here"
again cat here
is "before: it is asked about" "$S" 77
stands "cat here" --for 1h
is "given: status" "$S" 0
status_of "$BGPID"
is "the run that waited runs" "$S" 0
N=$(requests)
again cat here
is "the same again: status" "$S" 0
is "the same again: it ran" "$(cat "$T/out")" here
cb cbtagent run -s all -C "$W" -- cat here
is "the same again, where one could wait: status" "$S" 0
is "nobody was asked" "$(requests)" "$N"
A=$(sed -n 's/^0*\([0-9]*\) .*"ev":"approve".*"standing".*/\1/p' \
    "$T/log/gateway.log" | tail -n 1)
ok "each intent names the record that gave it" \
    log_has '"ev":"intent"' "\"approval\":$A,\"standing\":\"$STANDING\""
again cat here here
is "another word: asked about" "$S" 77
cb cbtagent run --no-wait -s all -C / -- cat "$W/here"
is "another directory: asked about" "$S" 77
cb cbtagent run --no-wait -s all -C "$W" -e FOO=1 -- cat here
is "another variable: asked about" "$S" 77
cb cbtagent run --no-wait -s default -C "$W" -- touch asked
is "another skill: as ever" "$S" 77
cb cbtagent -c web run --no-wait -s all -C "$W" -- cat here
is "another channel: asked about" "$S" 77
cb cbtother run --no-wait -s all -C "$W" -- cat here
is "another account: asked about" "$S" 77

### Who sees it

cb cbtagent --json standing
is "its account sees it" "$(json "$T/out" standing.0.standing)" "$STANDING"
is "how often it was used" "$(json "$T/out" standing.0.uses)" 2
cb cbtagent -c web --json standing
is "not on another channel" "$(json "$T/out" standing)" "[]"
cb cbtother --json standing
is "nobody else's account" "$(json "$T/out" standing)" "[]"
cb cbtadmin standing
has "approvers see it" "$T/out" "$STANDING" "cbtagent" "cat here"
cb cbtagent policy why -s all -C "$W" -- cat here
is "policy why: status" "$S" 0
has "policy why: by which one" "$T/out" "$STANDING" "cbtadmin"
cb cbtagent policy why -s all -C "$W" -- touch other
is "policy why, of another: status" "$S" 2

### Who ends it

cb cbtagent revoke "$STANDING"
is "not who asks" "$S" 77
again cat here
is "it still holds" "$S" 0
cb cbtsecond revoke -r "that was enough" "$STANDING"
is "any approver: status" "$S" 0
again cat here
is "revoked: asked about" "$S" 77
ok "revoked: recorded" log_has '"ev":"revoked"' \
    "\"standing\":\"$STANDING\",\"approval\":$A"
ok "revoked: with its uses" log_has '"ev":"revoked"' '"uses":3'
cb cbtadmin revoke "$STANDING"
is "twice: status" "$S" 1
# a file that its words name is another one
stands "cat here" --for 1h
status_of "$BGPID"
again cat here
is "a file of its words as it was: runs" "$S" 0
echo there >"$W/here"
again cat here
is "a file of its words is another: asked about" "$S" 77
cb cbtadmin revoke "$STANDING"

### So many times

echo three >"$W/three"
stands "cat three" --count 3
status_of "$BGPID"
again cat three
is "the second: runs" "$S" 0
again cat three
is "the third: runs" "$S" 0
again cat three
is "the fourth: asked about" "$S" 77
log_has '"ev":"ended"' "\"standing\":\"$STANDING\""
ok "it is recorded as used up" \
    log_has '"ev":"ended"' "it is used up"

### By a pattern

stands "touch x1" --like 'touch x*'
is "a pattern: status" "$S" 0
status_of "$BGPID"
again touch x2
is "what is like it: runs" "$S" 0
again touch y2
is "what is not: asked about" "$S" 77
again touch x/../y
is "what leads elsewhere: asked about" "$S" 77
cb cbtagent run --no-wait -s all -C "$W" -e FOO=1 -- touch x3
is "with variables: asked about" "$S" 77
install -d "$W/sub"
cb cbtagent run --no-wait -s all -C "$W/sub" -- touch x3
is "in another directory: asked about" "$S" 77
cb cbtadmin revoke "$STANDING"
stands "touch x1" --like 'touch **'
status_of "$BGPID"
again touch never
is "what is denied stays denied: status" "$S" 77
has "what is denied stays denied: by its rule" "$T/err" "touch never"
cb cbtadmin revoke "$STANDING"

# what it would also have allowed, before the yes
again touch zebra
cbbg shown cbtagent run -s all -C "$W" -- touch z1
waiting
cb cbtadmin approve -y --like 'touch z*' "$ID"
has "it tells what was like it" "$T/out" "touch zebra" "touch z1" \
    "in the last week"
status_of "$BGPID"

# its program is another file
cp /usr/bin/touch "$W/tool"
chmod 755 "$W/tool"
stands "$W/tool t1" --like "$W/tool t*"
status_of "$BGPID"
again "$W/tool" t2
is "the same file: runs" "$S" 0
echo >>"$W/tool"
again "$W/tool" t3
is "another file: asked about" "$S" 77
log_has '"ev":"ended"' "\"standing\":\"$STANDING\""
ok "another file: it has ended" \
    log_has '"ev":"ended"' "another file now"

### What none is given for

# never PATTERN COMMAND...: "" is no pattern
never() {
	n_like=$1
	shift
	cbbg never cbtagent run -n -s all -C "$W" -- "$@"
	waiting
	cb cbtadmin approve -y --for 1h ${n_like:+--like "$n_like"} "$ID"
	is "none for: $n_like ($*)" "$S" 77
	cb cbtadmin deny "$ID"
	status_of "$BGPID"
}
never "" sh
never "" python3 -
never "" env -i bash
never "sh **" sh -c "touch a"
never "python3 *" python3 x.py
never "touch q*" touch a
never "**" touch a
ln -s /bin/sh "$W/tosh"
cp "$(readlink -f /bin/sh)" "$W/mine"
never "$W/mine *" "$W/mine" x
never "" "$W/mine"
ln -f "$W/mine" "$W/other"
never "$W/other *" "$W/other" x
never "$W/tosh *" "$W/tosh" x

# what is redacted would be in the log with the pattern
cbbg secret cbtagent run -s all -C "$W" -- touch token=abcdefghij
waiting
cb cbtadmin approve -y --like 'touch token=abcdefghij' "$ID"
is "none for: what is redacted" "$S" 77
cb cbtadmin deny "$ID"
status_of "$BGPID"

# nobody who is none gives one
cbbg self cbtagent run -s all -C "$W" -- touch self
waiting
cb cbtagent approve -y --for 1h "$ID"
is "who asks gives none" "$S" 77
cb cbtadmin deny "$ID"
status_of "$BGPID"

cb cbtadmin audit verify
is "the log is whole" "$S" 0

### A restart ends them

stands "cat here" --for 24h
status_of "$BGPID"
again cat here
is "before a restart: runs" "$S" 0
daemon_stop
daemon_start
again cat here
is "after a restart: asked about" "$S" 77
ok "after a restart: none is left" revoked
daemon_stop
finish
