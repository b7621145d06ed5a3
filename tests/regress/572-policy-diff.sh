# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2317
#
# policy diff: commands of tests and of the log whose verdict a file would
# change, told to those who may know.
. "$SRC/tests/regress/lib.sh"

SKILLS='"p": { "allow": ["ls **", "true"], "ask": ["touch"],
    "deny": ["sudo"], "tests": { "allow": ["ls -l"], "ask": ["touch a"] } },
    "other": { "deny": ["id"], "tests": { "deny": ["id"] } },
    "dev": { "profile": "developer" },'
CHANNELS='"second": { "users": ["cbtsecond"], "skills": ["other"],
    "access": "execute" },'
conf_default
sed -i 's/"skills": \["\*"\]/"skills": ["default", "p", "dev"]/' "$CONF"
cp "$CONF" "$T/was.conf"
chmod 644 "$CONF" "$T/was.conf"
daemon_start
cb cbtagent run -s p -- ls "a b" "it's"
cb cbtagent run -s p -- true
cb cbtagent run --shell "true; echo 'x y'"

# diff ACCOUNT FILE
diff_of() {
	cb "$1" policy diff "$2"
}

for who in cbtadmin root cbtagent; do
	diff_of "$who" "$T/was.conf"
	is "$who: no change: status" "$S" 0
	has "$who: no change" "$T/out" "0 changes, "
done
cb cbtadmin policy diff --json "$T/was.conf"
ok "the profile's tests are among them" test "$(json "$T/out" same)" -gt 30
diff_of nobody "$T/was.conf"
is "a stranger: status" "$S" 2
is "a stranger: nothing" "$(cat "$T/out")" ""

### Changes

sed -e 's/"allow": \["ls \*\*", "true"\]/"allow": ["true"]/' \
    -e 's/"deny": \["sudo"\]/"deny": ["touch"]/' \
    -e 's/, "tests": { "allow": \["ls -l"\], "ask": \["touch a"\] }//' \
    -e 's/"deny": \["id"\], "tests": { "deny": \["id"\] }/"allow": ["id"]/' \
    -e 's/"deny": \["denied", "touch denied"\]/"deny": ["echo"]/' \
    "$T/was.conf" >"$T/new.conf"
chown cbtother "$T/new.conf"
chmod 644 "$T/new.conf"
for who in cbtadmin root; do
	diff_of "$who" "$T/new.conf"
	is "$who: status" "$S" 1
	has "$who: of the tests in force" "$T/out" \
	    "allow -> ask  p: ls -l" "ask -> deny  p: touch a" \
	    "now   skills.p.allow: ls ** ($CONF:" \
	    "then  skills.p.deny: touch ($T/new.conf:"
	has "$who: of the log" "$T/out" \
	    "allow -> ask  p: 'ls' 'a b' 'it'\\''s'"
	has "$who: a line of a shell" "$T/out" \
	    "allow -> deny  default: '/bin/sh' '-c' 'true; echo '\\''x y"
	has "$who: of all skills" "$T/out" "deny -> allow  other: id"
	has "$who: counted" "$T/out" "5 changes, "
done
cb cbtadmin policy diff --json "$T/new.conf"
is "--json: status" "$S" 1
is "--json: a verdict" "$(json "$T/out" changes.0.then.verdict)" deny
is "--json: the log was read" "$(json "$T/out" log)" true

# an agent: its own skills, and no log
diff_of cbtagent "$T/new.conf"
is "an agent: status" "$S" 1
has "an agent: its own skills" "$T/out" "allow -> ask  p: ls -l"
hasnot "an agent: not those of others" "$T/out" "other"
hasnot "an agent: not the log" "$T/out" "a b"
has "an agent: says so" "$T/out" "2 changes, " "without the log"
ok "an agent: nothing was refused" sh -c "! grep -q '\"ev\":\"refused\"' \
    '$T/log/exec.log'"

# skills that come and go
sed -e 's/"other": {/"fresh": {/' -e 's/"skills": \["other"\]/"skills": ["p"]/' \
    "$T/was.conf" >"$T/gone.conf"
diff_of root "$T/gone.conf"
is "skills: status" "$S" 1
has "skills: named" "$T/out" "skill fresh is not in force" \
    "skill other is not in the file"

### What is no file, or none that is sound

for f in "$T/nothing" "$T" /dev/null; do
	diff_of cbtadmin "$f"
	is "$f: status" "$S" 2
	has "$f: where to look" "$T/err" "policy check"
done
mkfifo -m 666 "$T/fifo"
diff_of root "$T/fifo"
is "a fifo: status" "$S" 2
cb cbtadmin policy diff
is "no file: status" "$S" 64
daemon_stop
diff_of root "$T/new.conf"
is "no daemon: status" "$S" 2
finish
