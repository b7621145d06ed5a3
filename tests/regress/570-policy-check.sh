# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2317,SC2094
#
# policy check: what clawbotd -n says, from everybody, of anybody's file, and
# what the patterns in it do not say; without a daemon.
. "$SRC/tests/regress/lib.sh"

# check ACCOUNT ARGUMENT...
check() {
	c_who=$1
	shift
	cb "$c_who" policy check "$@"
}

conf_default
chmod 644 "$CONF"
for who in cbtagent cbtadmin cbtother root; do
	check "$who" "$CONF"
	is "$who: status" "$S" 0
	has "$who: sound" "$T/out" "sound, 0 errors, "
	is "$who: nothing on standard error" "$(cat "$T/err")" ""
done
hasnot "root: all was looked at" "$T/out" "only root"
check cbtagent "$CONF"
has "others: what was not looked at" "$T/out" \
    "$CONF:1:1: note: only root can look at"
ok "no daemon was started" test ! -e "$T/run"

### What -n says, it says

cat >"$CONF" <<END
{
"skills": { "s": {
	"allow": ["sh", "make **", "curl --version"],
	"ask": ["curl"],
	"deny": ["sudo"],
	"tests": { "allow": ["sudo id"] }, "nokey": 1 } },
"channels": { "c": { "users": ["nobodythere"], "skills": ["t"] } },
$(conf_paths)
}
END
chmod 644 "$CONF"
for who in cbtagent root; do
	as "$who" "$B/clawbotd" -n -f "$CONF" 2>"$T/n" >&2
	check "$who" "$CONF"
	is "$who: not sound: status" "$S" 1
	has "$who: not sound: said so" "$T/out" "not sound, "
	grep "^$CONF:" "$T/out" >"$T/said"
	ok "$who: the same as clawbotd -n" cmp "$T/n" "$T/said"
done
has "line, column, key" "$T/out" "$CONF:7:32: channels.c.users[0]: "

### What patterns do not say

cat >"$CONF" <<END
{
"skills": { "s": {
	"allow": ["sh", "curl --version", "mawk **", "nosuchprogram",
	    "find **"],
	"ask": ["curl"],
	"deny": ["sudo"] } },
"channels": { "c": { "users": ["cbtagent"], "skills": ["s"] } },
$(conf_paths)
}
END
chmod 644 "$CONF"
check cbtagent "$CONF"
is "notes: status" "$S" 0
has "a bare shell" "$T/out" \
    "$CONF:3:12: skills.s.allow[0]: note: \"sh\" allows whatever"
has "shadowed" "$T/out" "$CONF:3:18: skills.s.allow[1]: note: \"curl \
--version\" allows nothing: skills.s.ask: curl ($CONF:5)"
has "not there" "$T/out" "skills.s.allow[3]: note: \"nosuchprogram\" allows \
nothing on this host"
has "options" "$T/out" "skills.s.allow[4]: note: \"find **\" does not cover" \
    "-exec"
if [ "$(readlink -f /usr/bin/awk)" = /usr/bin/mawk ]; then
	has "other names" "$T/out" "skills.s.allow[2]: note: \"mawk **\" does \
not cover other names of the same file: awk"
else
	skip "other names" "awk is no mawk here"
fi
"$B/clawbotd" -n -f "$CONF" 2>"$T/n"
hasnot "clawbotd -n keeps to what it said" "$T/n" "allows nothing"

cb cbtagent policy check --json "$CONF"
is "--json: status" "$S" 0
ok "--json: a document" json "$T/out" findings
is "--json: sound" "$(json "$T/out" sound)" true
is "--json: errors" "$(json "$T/out" errors)" 0
is "--json: a line" "$(json "$T/out" findings.1.line)" 2
is "--json: a note" "$(json "$T/out" findings.0.note)" true

# on a terminal, too
mkdir "$T/pty"
chmod 777 "$T/pty"
echo "expect sound, 0 errors" >"$T/pty/script"
S=0
as cbtagent "$H/onpty" "$T/pty/script" "$B/clawbot" policy check "$CONF" >"$T/out" 2>&1 ||
    S=$?
is "terminal: status" "$S" 0
has "terminal" "$T/out" "allows whatever its input"

### Whose file it may be

cp "$CONF" "$T/draft"
chown cbtagent "$T/draft"
chmod 600 "$T/draft"
check cbtagent "$T/draft"
is "one's own: status" "$S" 0
has "one's own: told" "$T/out" \
    "$T/draft:1:1: note: the file is not owned by root: the daemon will not"
check cbtother "$T/draft"
is "unreadable: status" "$S" 2
has "unreadable: why" "$T/out" "$T/draft:1:1: Permission denied" "not read"
check root "$T/draft"
is "root, somebody's: status" "$S" 0
chmod 666 "$T/draft"
check cbtother "$T/draft"
has "writable by others: told" "$T/out" "note: the file is not owned by root"

### What is no file

check cbtagent "$T/nothing"
is "not there: status" "$S" 2
mkfifo -m 666 "$T/fifo"
check root "$T/fifo"
is "a fifo: status" "$S" 2
has "a fifo: why" "$T/out" "is not a regular file"
check root "$T"
is "a directory: status" "$S" 2
check root /dev/zero
is "a device: status" "$S" 2
ln -s "$CONF" "$T/link"
check root "$T/link"
is "a link: status" "$S" 2
has "a link: why" "$T/out" "is a symbolic link"
cb cbtagent policy check "$CONF" "$CONF"
is "two files: status" "$S" 64
cb cbtagent policy check --json "$T/fifo"
is "--json, no file: sound" "$(json "$T/out" sound)" false
is "--json, no file: unread" "$(json "$T/out" findings.0.unread)" true

### Hostile names and texts

evil=$(printf '%s/e\033]0;x\007\nl\303\251' "$T")
printf '{ "skills": { "a\\u001b[2Jb": 1, "s": { "allow": ["\342\200\256x"] } }' \
    >"$evil"
check cbtagent "$evil"
is "control characters: status" "$S" 1
is "control characters: none" "$(LC_ALL=C tr -d '\n -~' <"$T/out" |
    LC_ALL=C grep -c "$(printf '[\001-\037\177]')")" 0
hasnot "control characters: not those of the name" "$T/out" \
    "$(printf '\033')"

# 1 MiB of patterns, and one byte more than that
{
	printf '{ "skills": {'
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		printf '"s%s": { "allow": [' "$i"
		seq -f '"program%.0f option **",' 1000
		printf '] },'
	done
	printf '}, "channels": { "c": { "users": ["cbtagent"], "skills": '
	printf '["*"] } },\n'
	conf_paths
	printf '}'
} >"$T/large"
head -c $((1024 * 1024 - $(stat -c %s "$T/large"))) /dev/zero |
    tr '\0' ' ' >>"$T/large"
check cbtagent "$T/large"
is "1 MiB: status" "$S" 0
has "1 MiB: what was not looked at" "$T/out" "more than 4096 patterns"
printf ' ' >>"$T/large"
check cbtagent "$T/large"
is "larger: status" "$S" 2
has "larger: why" "$T/out" "is larger than 1 MiB"

### Where nobody reads on, and where clawbotd is not there

S=0
{ as cbtagent "$B/clawbot" policy check "$CONF"; echo $? >"$T/s"; } |
    head -c 1 >/dev/null
ok "a closed pipe: it ends" test -s "$T/s"
CLAWBOT_SBIN=$T check cbtagent "$CONF"
is "no clawbotd: status" "$S" 125
has "no clawbotd: which" "$T/err" "$T/clawbotd"
printf '#!/bin/sh\nprintf "\\377\\377\\377\\377"\n' >"$T/clawbotd"
chmod 755 "$T/clawbotd"
CLAWBOT_SBIN=$T check cbtagent "$CONF"
is "another clawbotd: status" "$S" 125
has "another clawbotd: said" "$T/err" "wrong answer"
printf '#!/bin/sh\nkill -9 $$\n' >"$T/clawbotd"
CLAWBOT_SBIN=$T check cbtagent "$CONF"
is "killed: status" "$S" 125
has "killed: said" "$T/err" "signal 9"
finish
