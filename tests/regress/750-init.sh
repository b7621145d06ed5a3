# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# clawbot init writes a configuration that the daemon takes, never over one that
# is there; clawbot help tells about commands.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "starts no daemon; done in one build"

E=$T/etc
mkdir "$E"
cd "$E" || bail "no $E"

# init ARGUMENT...: as root, without a terminal
init() {
	S=0
	"$B/clawbot" init "$@" >"$T/out" 2>"$T/err" </dev/null || S=$?
}

# value FILE PATH: of the configuration as the daemon reads it
value() {
	"$B/clawbotd" -T -f "$1" >"$T/all" && json "$T/all" "$2"
}

### From a profile

init
is "no terminal, no profile" "$S" 64
init --profile nosuch -f "$E/a.conf"
is "a profile that there is not" "$S" 64
ok "nothing is written" test ! -e "$E/a.conf"
init --profile reader -u nosuchaccount -f "$E/a.conf"
is "an account that there is not" "$S" 64
has "it is said which" "$T/err" nosuchaccount useradd
ok "nothing is written" test ! -e "$E/a.conf" -a ! -e "$E/clawbot.key"
init --profile reader -u cbtagent -f a.conf
is "a profile" "$S" 0
ok "the daemon takes it" "$B/clawbotd" -n -f "$E/a.conf"
is "the profile" "$(value "$E/a.conf" skills.default.profile)" reader
is "the users" "$(value "$E/a.conf" channels.cli.users)" '["cbtagent"]'
is "the approvers" "$(value "$E/a.conf" approvals.approvers)" \
    '["group:clawbot-admin"]'
is "the key beside it" "$(stat -c '%a %u %s' "$E/clawbot.key")" "400 0 32"
is "the mode" "$(stat -c %a "$E/a.conf")" 644
has "what comes next" "$T/out" "clawbotd -n -f $E/a.conf" \
    "systemctl enable --now clawbotd" "clawbot doctor" clawbot-admin
is "nothing else is left" "$(echo *)" "a.conf clawbot.key"
sum=$(cat a.conf clawbot.key | sha256sum)
init --profile developer -u cbtagent -f "$E/a.conf"
is "over one that is there" "$S" 78
has "it says so" "$T/err" "there already"
ln -s /nonexistent/x "$E/link.conf"
init --profile developer -u cbtagent -f "$E/link.conf"
is "over a link that leads nowhere" "$S" 78
is "nothing has changed" "$(cat a.conf clawbot.key | sha256sum)" "$sum"
init --json --profile none -u cbtagent -f "$E/b.conf"
is "--json" "$(json "$T/out" file)" "$E/b.conf"
is "the key stays" "$(cat a.conf clawbot.key | sha256sum)" "$sum"
# a profile that is not what it was
mkdir "$E/c"
echo '{ "nosuchkey": 1 }' >"$CLAWBOT_PROFILES/reader.conf"
init --profile reader -u cbtagent -f "$E/c/c.conf"
is "what would not start" "$S" 78
has "it says why" "$T/err" nosuchkey "nothing was written"
is "and is not written" "$(ls "$E/c")" ""
install -m 644 "$SRC/etc/profiles/reader.conf" "$CLAWBOT_PROFILES"

### From questions

mkdir "$E/q"
cat >"$T/script" <<END
expect run as [agent]:
type nosuchaccount\\r
expect no such account
expect run as [agent]:
type cbtagent\\r
expect approves
type cbtadmin\\r
expect none [developer]:
type nosuch\\r
expect no such profile
expect none [developer]:
type operator\\r
expect write to
type $W\\r
expect act as [clawbot]:
type \\r
expect comes next
END
S=0
"$H/onpty" "$T/script" "$B/clawbot" init -f "$E/q/clawbot.conf" \
    >"$T/out" 2>&1 || S=$?
is "questions" "$S" 0
[ "$S" -eq 0 ] || diag "$(cat "$T/out")"
q=$E/q/clawbot.conf
is "the answers" "$(for k in skills.default.profile skills.default.write.0 \
    skills.default.runAs channels.cli.users.0 approvals.approvers.0; do
	value "$q" "$k"
done | tr '\n' ' ')" "operator $W clawbot cbtagent cbtadmin "
cat >"$T/script" <<END
expect run as
type cbtagent\\r
expect approves
type \\x04
END
S=0
"$H/onpty" "$T/script" "$B/clawbot" init -f "$E/q/two.conf" \
    >"$T/out" 2>&1 || S=$?
is "an end in the middle" "$S" 64
has "it says so" "$T/out" "nothing was written"
is "nothing is written" "$(ls "$E/q")" "clawbot.conf${NL}clawbot.key"

### help

help() {
	S=0
	"$B/clawbot" help "$@" >"$T/out" 2>"$T/err" </dev/null || S=$?
}
help
is "help: all commands" "$S $(grep -c '^  audit verify ' "$T/out")" "0 1"
"$B/clawbot" --help >"$T/help"
sed -n 's/^  \([a-z][a-z ]*[a-z]\).*/\1/p' "$T/help" |
    sed 's/  .*//' >"$T/commands"
bad=
while read -r cmd; do
	# shellcheck disable=SC2086 # one or two words
	help $cmd
	# shellcheck disable=SC2086 # likewise
	"$B/clawbot" $cmd --help | cmp -s - "$T/out" || bad="$bad $cmd"
done <"$T/commands"
is "help COMMAND, of each" "$bad" ""
help audit
has "help of a family" "$T/out" "audit verify" "audit tail"
help sttus
is "help of what is none" "$S" 64
has "it suggests" "$T/err" "did you mean status"
help run audit
is "help of two" "$S" 64
help run audit tail
is "help of three" "$S" 64

# A manual, and a terminal to read it on.
mkdir "$T/bin"
cat >"$T/bin/man" <<'END'
#!/bin/sh
case "$*" in
"-w clawbot-mcp")	echo /somewhere/clawbot-mcp.1 ;;
"clawbot-mcp")		echo "the page of $*" ;;
*)			exit 16 ;;
esac
END
chmod 755 "$T/bin/man"
cat >"$T/script" <<END
expect the page of clawbot-mcp
END
S=0
PATH=$T/bin:$PATH "$H/onpty" "$T/script" "$B/clawbot" help mcp \
    >"$T/out" 2>&1 || S=$?
is "help on a terminal: the page" "$S" 0
cat >"$T/script" <<END
expect usage: clawbot
END
S=0
PATH=$T/bin:$PATH "$H/onpty" "$T/script" "$B/clawbot" help ps \
    >"$T/out" 2>&1 || S=$?
is "help on a terminal: no page of its own" "$S" 0
finish
