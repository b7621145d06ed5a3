# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Who may run what, as the real thing decides it; the patterns themselves
# are the unit tests'.
. "$SRC/tests/regress/lib.sh"

SKILLS='"narrow": { "allow": ["ls **", "cat /etc/hostname", "id"],
	"read": ["'$W'"], "ask": ["id -u"], "deny": ["ls --color", "sh"] },
    "closed": { "default": "deny", "allow": ["true"] },'
CHANNELS='"look": { "users": ["cbtagent"], "access": "read-only",
	"skills": ["*"] },
    "off": { "users": ["cbtagent"], "access": "none", "skills": [] },
    "few": { "users": ["cbtagent"], "skills": ["closed"] },'
MORE='"tools": { "exec": { "approvalPatterns": ["rm -rf", "DROP TABLE"] } },'
conf_default
daemon_start

# tells VERDICT: the exit status that tells it
tells() {
	case $1 in
	allow)	echo 0 ;;
	deny)	echo 1 ;;
	ask)	echo 2 ;;
	esac
}

# why SKILL VERDICT RULE COMMAND...
why() {
	w_skill=$1 w_verdict=$2 w_rule=$3
	shift 3
	cb cbtagent --json policy why -s "$w_skill" -- "$@"
	is "why ($w_skill) $*: verdict and status" \
	    "$(json "$T/out" verdict) $S" "$w_verdict $(tells "$w_verdict")"
	w_got=$(json "$T/out" rule)
	case $w_got in
	*"$w_rule"*)	result 0 "why ($w_skill) $*: rule" ;;
	*)		is "why ($w_skill) $*: rule" "$w_got" "$w_rule" ;;
	esac
}

why narrow allow skills.narrow.allow ls -l /usr
why narrow allow skills.narrow.allow id
why narrow ask skills.narrow.ask id -u
why narrow deny skills.narrow.deny ls --color /
why narrow ask skills.narrow.default cat /etc/passwd
why narrow ask skills.narrow.default uname
why narrow deny skills.narrow.deny env sh -c ls
why narrow deny skills.narrow.deny timeout 5 sh
why closed allow skills.closed.allow true
why closed deny skills.closed.default ls
why default allow skills.default.default ls
why default ask tools.exec.approvalPatterns rm -r -f /x
why default ask tools.exec.approvalPatterns rm --recursive --force /x
why default ask tools.exec.approvalPatterns sh -c "rm  -rf /x"
why default ask tools.exec.approvalPatterns echo "drop table t"
why default deny skills.default.deny touch denied
cb cbtagent policy why -- rm -rf /x
is "why: status" "$S" 2
has "why: for people" "$T/out" ask "rm -rf" "  at            $CONF:"
cb cbtagent policy why -- env -u A timeout 5 touch denied
has "why: what only runs others is named so" "$T/out" \
    "it only runs what follows" "  deny  touch denied"
cb cbtagent policy why --shell 'echo "open'
is "why: a line that is not whole: status" "$S" 2
has "why: ... and what is wrong with it" "$T/out" "not told        "
cb cbtagent --json policy why --shell 'cd / && touch denied; rm -rf /x'
is "why: commands in JSON are a list" "$(json "$T/out" found.2.command)" \
    "touch denied"
is "why: each has its rule" "$(json "$T/out" found.3.rule)" \
    "tools.exec.approvalPatterns: rm -rf"

# Whose request it would be: root and the approvers ask about whom they want.
# of WHO CHANNEL USER STATUS: asked about "true" of that skill's default
of() {
	o_who=$1 o_channel=$2 o_user=$3
	cb "$o_who" --json -c "$o_channel" policy why -u "$o_user" -- true
	is "why -u $o_user by $o_who on $o_channel: status" "$S" "$4"
}
agent=$(id -u cbtagent)
for who in root cbtadmin; do
	of "$who" few cbtagent 0
	is "why -u: whose it is" "$(json "$T/out" uid) $(json "$T/out" skill)" \
	    "$agent closed"
	of "$who" few "$agent" 0
	of "$who" look cbtagent 1
	is "why -u: ... its channel's rule" "$(json "$T/out" rule)" \
	    channels.look.access
	of "$who" off cbtagent 77
	of "$who" few cbtother 77
	has "why -u: no user of that channel" "$T/err" "not a user of this"
	of "$who" few "$who" 77
	of "$who" few nosuchaccount 64
done
cb cbtadmin -c few policy why -u cbtagent -s default -- true
is "why -u: a skill that the channel has not" "$S" 77
cb cbtadmin policy why -u cbtagent -- true
has "why -u: for people" "$T/out" \
    "asked by        cbtagent ($agent), channel cli, skill default"
cb cbtadmin -c few policy why -- true
is "why without -u: an approver who is no user" "$S" 77
of cbtagent few cbtagent 0
of cbtagent few "$agent" 0
of cbtagent cli cbtother 77
has "why -u: of another" "$T/err" "only approvers"
of cbtother cli cbtagent 77
of cbtagent few root 77
of cbtother few cbtother 77
ok "why -u: what was refused is in the log" log_has '"cause":"WHY"' \
    "only approvers may ask about another account"
hasnot "why leaves no run in the log" "$T/log/gateway.log" '"ev":"intent"'

# A program is the file, not its name.
cp "$(command -v bash)" "$W/ls"
chmod 755 "$W/ls"
why narrow ask skills.narrow.default "$W/ls" -c true
cp "$(readlink -f "$(command -v sh)")" "$W/innocent"
why narrow deny skills.narrow.deny "$W/innocent" -c true
ln "$W/innocent" "$W/second" 2>/dev/null
why narrow deny skills.narrow.deny "$W/second" -c true
# ... and what it runs, too.
cp "$(command -v env)" "$W/copy"
why narrow deny skills.narrow.deny "$W/copy" A=1 sh -c true
why narrow ask skills.narrow.default "$W/copy" A=1 true
ln -s "$(command -v env)" "$W/other"
why narrow deny skills.narrow.deny "$W/other" sh
why narrow allow skills.narrow.allow env A=1 ls -l /usr
why narrow allow skills.narrow.allow timeout 5 nice id
why narrow ask skills.narrow.default env LESS=x ls -l /usr
why narrow ask skills.narrow.default bash -c "ls; uname"
why narrow allow skills.narrow.allow bash -c "ls; id"
why narrow deny skills.narrow.deny bash -c "ls; env sh"
ln -s /bin/sh "$W/link"
why narrow deny skills.narrow.deny "$W/link" -c true

# What why says is what happens.
cb cbtagent run -s narrow -- ls -d /usr
is "allowed: status" "$S" 0
is "allowed: output" "$(cat "$T/out")" /usr
cb cbtagent run -s narrow -- ls --color -d /usr
is "denied: status" "$S" 77
has "denied: the rule is named" "$T/err" skills.narrow.deny
cb cbtagent run -s narrow --no-wait -- uname
is "asked about: status" "$S" 77
cb cbtagent run -s nosuch -- ls
is "no such skill: status" "$S" 77
cb cbtagent run -s closed -- ls
is "closed skill: status" "$S" 77

# Channels
cb cbtagent -c look run -- true
is "read-only: run" "$S" 77
cb cbtagent -c look policy why -- true
is "read-only: why tells that it is refused" "$S" 1
cb cbtagent -c look status
is "read-only: status" "$S" 0
cb cbtagent -c look ps
is "read-only: ps" "$S" 0
cb cbtagent -c off status
is "no access: status" "$S" 77
cb cbtadmin -c off status
is "no access: an approver" "$S" 0
cb cbtagent -c few run -- true
is "few: its only skill is the default one" "$S" 0
cb cbtagent -c few run -s default -- true
is "few: another skill" "$S" 77
cb cbtagent -c nosuch status
is "no such channel: status" "$S" 69
cb cbtagent -c ../cli status
ok "a channel is a name: status" test "$S" -eq 64 -o "$S" -eq 69
cb cbtother -c few run -- true
is "not a user: run" "$S" 77
cb cbtother -c few status
is "not a user: status" "$S" 77
cb cbtadmin run -- true
is "an approver who is no user: run" "$S" 77
cb root run -- true
is "root who is no user: run" "$S" 77
cb cbtother run -- true
is "the second user" "$S" 0
cb nobody status --all
is "somebody else: status" "$S" 77

# Refusals are records, with their words redacted.
cb cbtagent run -s closed -- curl "http://x/?token=abc123secret"
is "refused: status" "$S" 77
ok "refused: recorded" log_has '"ev":"refused"' closed
hasnot "refused: redacted" "$T/log/gateway.log" abc123secret
ok "refused: redacted visibly" log_has '"ev":"refused"' "[REDACTED:"
cb cbtagent run -r "Bearer xyz987" -- true
hasnot "reason: redacted" "$T/log/gateway.log" xyz987
cb cbtagent run -- echo "password=hunter2"
is "redaction does not touch the command" "$S" 0
hasnot "argv: redacted" "$T/log/gateway.log" hunter2
cb cbtagent run -- sh -c 'echo "$@" $0; : --token abc999; touch ran-$0' x \
    --password "geheim 42" https://u:geheim43@h/
has "what is hidden was given to it" "$T/out" "geheim 42" geheim43
hasnot "a word behind an option: redacted" "$T/log/gateway.log" "geheim 42"
hasnot "in a URL: redacted" "$T/log/gateway.log" geheim43
hasnot "in a shell line: redacted" "$T/log/gateway.log" abc999
ok "what stands behind it is not" log_has "ran-\$0"
cb cbtagent run -d -- touch asked
cb cbtadmin deny -r "password: geheim44 is known" "$(cat "$T/out")"
is "a reason with a secret: denied" "$S" 0
ok "a reason with a secret: logged without" \
    log_has "password: [REDACTED:8] is known"
hasnot "a reason with a secret: nowhere" "$T/log/gateway.log" geheim44
cb cbtagent run -- nosuchcommand token=zzz111
hasnot "not found: redacted" "$T/log/gateway.log" zzz111
hasnot "not found: redacted on standard error" "$T/err" zzz111
daemon_stop
is "the log is whole" \
    "$("$B/clawbot" audit verify "$T/log" |
    sed -n '1s,\([A-Z]*\) .*,\1,p')" OK

# approval: deny, always
MORE='"tools": { "exec": { "approval": "deny",
	"approvalPatterns": ["rm -rf"] } },'
conf_default
daemon_start
why default deny tools.exec rm -rf /x
why default allow "" true
daemon_stop
MORE='"tools": { "exec": { "approval": "always" } },'
conf_default
daemon_start
why default ask tools.exec true
daemon_stop
finish
