# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Options of clawbotd that need no running daemon, and of clawbot.
. "$SRC/tests/regress/lib.sh"

# d ARGUMENT...: clawbotd; output in $T/out and $T/err, status in S
d() {
	S=0
	"$B/clawbotd" "$@" >"$T/out" 2>"$T/err" </dev/null || S=$?
}

LIMITS=
conf_default

d -V
is "-V: status" "$S" 0
ok "-V: version" grep -qE '^clawbotd [0-9]+\.[0-9]+\.[0-9]+$' "$T/out"

for opts in "-x" "-f" "extra" "-n extra"; do
	# shellcheck disable=SC2086 # a list
	d $opts
	is "clawbotd $opts: status" "$S" 64
	has "clawbotd $opts: usage" "$T/err" "usage: clawbotd"
done

d -n -f "$CONF"
is "-n: status" "$S" 0
is "-n: says nothing" "$(cat "$T/out" "$T/err")" ""
ok "-n: starts nothing" test ! -e "$T/run"

d -T -f "$CONF"
is "-T: status" "$S" 0
ok "-T: JSON" json "$T/out" skills
is "-T: a default" "$(json "$T/out" approvals.timeoutSeconds)" 1800
is "-T: what was given" "$(json "$T/out" socketDirectory)" "$T/run"
is "-T: defaults of a skill" \
    "$(json "$T/out" skills.default.limits.timeoutSeconds)" 60

# What -T prints is a configuration that means the same.
install -m 644 "$T/out" "$T/again.conf"
cp "$T/out" "$T/first"
d -T -f "$T/again.conf"
is "-T of -T: status" "$S" 0
ok "-T of -T: the same" cmp "$T/first" "$T/out"

d -n -f "$T/nonexistent"
is "no file: status" "$S" 78
has "no file: named" "$T/err" "$T/nonexistent"

S=0
as cbtagent "$B/clawbotd" -d -f "$CONF" >"$T/out" 2>"$T/err" || S=$?
is "not root: status" "$S" 77
has "not root: reason" "$T/err" "must be started as root"

# The example is a good configuration where its accounts, its key and its
# directory exist.
sed "s/clawbot-demo-agent/cbtagent/; s,\"/srv/clawbot\",\"$W\",;
    s,/etc/clawbot.key,$T/key," "$SRC/etc/clawbot.conf" >"$T/ex.conf"
d -n -f "$T/ex.conf"
is "etc/clawbot.conf: status" "$S" 0
is "etc/clawbot.conf: nothing to say" "$(cat "$T/err")" ""

# Fragments that stand in the manual and in README must keep working.
cat >"$T/frag.conf" <<'END'
{ "tools": { "exec": { "approval": "ask", "approvalPatterns": ["rm -rf",
    "DROP TABLE", "kubectl delete", "git push --force"] } },
  "logging": { "redact": ["password=.*", "token=.*", "apikey=.*",
    "Bearer .*"] },
  "rateLimit": { "maxExecutionsPerMinute": 10, "maxAPICallsPerHour": 1000 } }
END
usermod -a -G clawbot-admin cbtadmin 2>/dev/null
d -n -f "$T/frag.conf"
is "fragments: status" "$S" 0

# clawbot without a daemon.
cb cbtagent status --all
is "no daemon: status" "$S" 69
ok "no daemon: reason" grep -q '^clawbot: ' "$T/err"
cb cbtagent run -- true
is "no daemon: run" "$S" 69
cb cbtagent --json run -- true
is "no daemon: run --json" "$S" 69
ok "no daemon: run --json: JSON" json "$T/out" outcome
for args in "" "nonsense" "run" "kill" "kill nonsense" "status extra" \
    "run --bogus -- true" "secrets" "secrets set" "run -e NOVALUE -- true" \
    "approve" "audit" "run --timeout x -- true" "run --timeout 0 -- true"; do
	# shellcheck disable=SC2086 # a list
	cb cbtagent $args
	is "clawbot $args: status" "$S" 64
	ok "clawbot $args: reason" grep -q . "$T/err"
	is "clawbot $args: nothing on standard output" "$(cat "$T/out")" ""
done
for args in "--help" "run --help" "secrets --help" "secrets set --help" \
    "-V" "--version"; do
	# shellcheck disable=SC2086 # a list
	cb cbtagent $args
	is "clawbot $args: status" "$S" 0
	ok "clawbot $args: says something" test -s "$T/out"
done
finish
