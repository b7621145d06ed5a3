# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# clawbot-audit(5) has each kind of record, each form, each member with its
# type, and none that there is not; and what a daemon writes is what stands
# there, members of members too.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] || skip_all "one build is enough"

page=$SRC/man/clawbot-audit.5
"$H/kinds" >"$T/forms"
# said PAGE: what is wrong with it
said() {
	perl "$SRC/tests/helpers/auditman.pl" "$T/forms" "$1" 2>&1
}
is "the page and the table of kinds" "$(said "$page")" ""

# Each of these makes it say something else, and is noticed.
for edit in 's/^run argv cwd /run cwd /' '/^\.It Li withdrawn$/d' \
    's/^\.It Li torn$/&\n.Bd -filled\n.Ed\n.It Li mended/' \
    's/^\.It Li uses Pq number/.It Li uses Pq text/' \
    '/^\.It Li wall_us Pq/d' 's/^\.It Li why Pq object/&\n.It Li who Pq text/' \
    's/\[late\]/late/' '/^\.Ss recover$/d'; do
	sed "$edit" "$page" >"$T/page"
	ok "not with $edit" test -n "$(said "$T/page")"
done
sed 's/^run argv cwd .*/run/; s/\[late\]//' "$page" >"$T/page"
perl "$SRC/tests/helpers/auditman.pl" -w "$T/forms" "$T/page"
ok "make records writes them anew" cmp "$T/page" "$page"

### Members of members

# objects: "NAME MEMBER" of each, from the page
objects() {
	awk '/^\.Sh / { on = $2 == "OBJECTS" }
	    on && /^\.Ss / { sub(/^\.Ss /, ""); gsub(/,/, ""); names = $0 }
	    on && /^\.It Li / { n = split(names, name, " ");
		for (i = 1; i <= n; i++) print name[i], $3 }' "$page"
}
objects >"$T/objects"
unwritten=
while read -r name member; do
	grep -rqF "\"$member\"" "$SRC/supervisor" "$SRC/auditor" \
	    --include='*.c' ||
	    unwritten="$unwritten $name.$member"
done <"$T/objects"
is "there are no others in the page" "$unwritten" ""

### What is written

SKILLS='"all": { "default": "ask", "write": ["'$W'"] },'
conf_default
daemon_start
cb cbtagent run -C "$W" -r why -- sh -c \
    'echo a >made; mv made moved; rm moved; nice true'
cb cbtagent run -- touch denied
cb cbtagent run -s nosuch -- true
cb cbtagent secrets list
cbbg waits cbtagent run -s all -C "$W" -- ls /
waiting
cb cbtadmin --json approve -y --for 1h --like 'ls *' "$ID"
STANDING=$(json "$T/out" standing)
status_of "$BGPID"
cb cbtagent run -s all -C "$W" -- ls /
cb cbtadmin revoke "$STANDING"
cbbg waits cbtagent run -s all -C "$W" -- id
waiting
cb cbtadmin deny -r no "$ID"
status_of "$BGPID"
echo a-value-of-some-length >"$T/value"
cbin cbtadmin secrets set TOKEN <"$T/value"
cb cbtadmin secrets rm TOKEN
cb cbtadmin breaker reset -r mended
cb cbtadmin stop -s all -r "a try"
cb cbtadmin resume -s all
cb cbtadmin doctor --sandbox
CLAWBOT_CLAWBOTD=$B/clawbotd cb root reload
# what the page has as examples finds something
sed -n 's/^\.Dl \$ clawbot \(.*audit search.*\)/\1/p' \
    "$SRC/man/clawbot-audit.5" | sed 's/\\(dq/"/g' >"$T/examples"
is "there are examples" "$(grep -c . "$T/examples")" 3
while read -r words; do
	as cbtadmin timeout -k 10 60 sh -c \
	    "'$B/clawbot' -S '$T/run' $words" >"$T/out" 2>&1 </dev/null
	ok "an example: $words" test -s "$T/out"
done <"$T/examples"
daemon_stop
look() {
	perl "$SRC/tests/helpers/auditlog.pl" "$T/forms" "$1" \
	    "$T/log/gateway.log" 2>"$T/seen"
}
is "every record is as the page says" "$(look "$T/objects")" ""
for form in "exec intent" "exec exec" "exec result" "exec refused" \
    "auth refused" "policy refused" "approval request" "approval approve" \
    "approval deny" "approval revoked" "secret set" "secret rm" \
    "quota reset" "config load" "config text" "config doctor" \
    "session start" "session stop" "stop stop" "stop resume" "file made" \
    "file renamed" "file removed" "seal seal"; do
	has "there is one: $form" "$T/seen" "$form"
done
grep -v '^why uid$' "$T/objects" >"$T/fewer"
is "and a member that it has not is found" "$(look "$T/fewer")" "why has uid"
finish
