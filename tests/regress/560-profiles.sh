# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2317
#
# Profiles: those that come with clawbot load and pass their own tests; what a
# daemon says and does with one; and whose file it may be.
. "$SRC/tests/regress/lib.sh"

d() {
	S=0
	timeout 240 "$B/clawbotd" "$@" >"$T/out" 2>"$T/err" </dev/null || S=$?
}

profiles=$(cd "$SRC/etc/profiles" && echo *.conf)
is "what is there is what is installed" "$(sed -n \
    '/^PROFILES =/,/[^\\]$/p' "$SRC/Makefile" | tr -s '[:space:]' '\n' |
    sed -n 's,^etc/profiles/,,p' | LC_ALL=C sort | tr '\n' ' ')" "$profiles "
for p in $profiles; do
	p=${p%.conf}
	SKILLS="\"p\": { \"profile\": \"$p\" },"
	conf_default
	d -n -f "$CONF"
	is "$p: status" "$S" 0
	is "$p: nothing to say" "$(cat "$T/err")" ""
	d -T -f "$CONF"
	has "$p: printed" "$T/out" "\"profile\": \"$p\"" '"sudo"'
	install -m 600 "$T/out" "$T/again.conf"
	cp "$T/out" "$T/first"
	d -T -f "$T/again.conf"
	ok "$p: what is printed prints the same" cmp "$T/first" "$T/out"
	has "clawbot.conf(5): $p" "$SRC/man/clawbot.conf.5" ".Cm $p"
done

### Each pattern counts: none is another one's alone to decide

for p in $profiles; do
	p=${p%.conf}
	{
		echo '{ "skills": { "p":'
		sed '/^	"skill": {/,/^	},/d' "$SRC/etc/profiles/$p.conf"
		echo '}, "channels": { "c": { "users": ["cbtagent"],'
		echo '"skills": ["*"] } },'
		conf_paths
		echo '}'
	} >"$CONF"
	chmod 644 "$CONF"
	cb cbtagent policy check "$CONF"
	is "$p: as a skill's own, sound" "$S" 0
	has "$p: it was looked at" "$T/out" "sound, 0 errors, "
	is "$p: no pattern in vain" "$(grep -E 'allows nothing: skills|never asks: skills|covers not even|is not found|more than once' \
	    "$T/out")" ""
done

### A daemon with one

SKILLS='"p": { "profile": "developer", "deny": ["ls -R"] },'
conf_default
daemon_start
cb cbtagent policy why -s p -- mount -a
has "why: the rule names the profile" "$T/out" "profile developer: mount"
cb cbtagent run -s p -- mount -a
is "refused: status" "$S" 77
has "refused: the profile is named" "$T/err" "profile developer: mount"
cb cbtagent run -s p -- ls -d /usr
is "allowed: status" "$S" 0
cb cbtagent run -s p -- ls -R /usr
is "the skill's own is added: status" "$S" 77
has "the skill's own is added: named" "$T/err" "skills.p.deny: ls -R"
cb cbtagent run -s p --no-wait -- git push
is "asked about: status" "$S" 77
ok "the log names it" log_has '"ev":"refused"' "profile developer: mount"
daemon_stop

### Whose file it may be

P=$CLAWBOT_PROFILES
bad() {
	d -n -f "$CONF"
	is "$1: status" "$S" 78
	has "$1: place and reason" "$T/err" "$CONF:" "skills.p.profile: " "$2"
}
chmod 664 "$P/developer.conf"
bad "writable by the group" "is writable by group or others"
chmod 644 "$P/developer.conf"
chown cbtagent "$P/developer.conf"
bad "somebody else's" "is not owned by root"
chown root "$P/developer.conf"
mv "$P/developer.conf" "$T/elsewhere"
ln -s "$T/elsewhere" "$P/developer.conf"
bad "a symbolic link" "is a symbolic link"
rm "$P/developer.conf"
bad "not there" "there are agent, operator, reader and none"
echo '{ "allow": ["ls"], "tests": { "deny": ["ls"] } }' >"$P/developer.conf"
bad "its tests fail" "has errors"
has "its tests fail: where" "$T/err" \
    "$P/developer.conf:1:40: tests.deny[0]: \"ls\" must get deny"
finish
