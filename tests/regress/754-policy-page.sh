# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# The examples of clawbot-policy(5): each pattern gives each command what the
# page says, and the skill at its end passes its own tests.  That of
# clawbot.conf(5) is one that can start.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "starts no daemon; done in one build"

# skills PAGE: one for each row of the table, with the row as its test
cat >"$T/skills.pl" <<'PERL'
use strict;
use warnings;
use JSON::PP;

my ($n, %skill) = (0);
while (<>) {
	next unless /^\.It (\S+) Ta (.*) Ta (.*) Ta (allow|ask|deny)$/;
	my ($list, $pattern, $command, $gets) = ($1, $2, $3, $4);
	s/\\\(dq/"/g, s/\\\(aq/'/g, s/\\&//g for $pattern, $command;
	$skill{sprintf "row%02d", ++$n} = { $list => [$pattern],
	    default => $list eq "allow" ? "ask" : "allow",
	    tests => { $gets => [$command] } };
}
print substr(JSON::PP->new->canonical->encode(\%skill), 1, -1), ",\n";
PERL
page=$SRC/man/clawbot-policy.5
perl "$T/skills.pl" "$page" >"$T/skills"
is "every row is read" "$(grep -o '"row[0-9]*"' "$T/skills" | wc -l)" \
    "$(($(grep -c '^\.It .* Ta ' "$page") - 1))"
SKILLS=$(cat "$T/skills")
conf_default
S=0
"$B/clawbotd" -n -f "$CONF" >"$T/out" 2>&1 || S=$?
is "patterns, commands and what they get" "$S" 0
[ "$S" -eq 0 ] || diag "$(grep -o '"row[0-9]*".*' "$T/out")" "$(cat "$T/out")"

# a row that says otherwise is found, and so are all of them
sed '/ Ta / { s/ allow$/ deny/; t; s/ ask$/ allow/; s/ deny$/ ask/; }' "$page" \
    >"$T/page"
perl "$T/skills.pl" "$T/page" >"$T/skills"
SKILLS=$(cat "$T/skills")
conf_default
S=0
"$B/clawbotd" -n -f "$CONF" >"$T/out" 2>&1 || S=$?
is "the other way round" "$S" 78
is "each row is noticed" "$(grep -c 'skills\.row[0-9]*\.tests' "$T/out")" \
    "$(($(grep -c '^\.It .* Ta ' "$page") - 1))"

# the last example is a part of a configuration
sed -n '/^"skills": {$/,/^\.Ed$/p' "$page" | sed '/^\.Ed/d' >"$T/part"
{
	echo '{'
	cat "$T/part"
	echo ', "channels": { "cli": { "users": ["cbtagent"],
	    "skills": ["build"] } },'
	conf_paths
	echo '}'
} >"$T/part.conf"
S=0
"$B/clawbotd" -n -f "$T/part.conf" >"$T/out" 2>&1 || S=$?
is "the skill passes its tests" "$S" 0
[ "$S" -eq 0 ] || diag "$(cat "$T/out")"
sed 's/"touch a"/"nice make"/' "$T/part.conf" >"$T/other.conf"
S=0
"$B/clawbotd" -n -f "$T/other.conf" >"$T/out" 2>&1 || S=$?
is "and not others" "$S" 78

# and that of clawbot.conf(5) is a whole one
sed -n '/^\.Sh EXAMPLES$/,/^\.Ed$/p' "$SRC/man/clawbot.conf.5" |
    sed '/^[^{} ]/d; s/"agent"/"cbtagent"/; s,"/etc/clawbot.key","'"$T/key"'",
    s,"/srv/project","'"$W"'",' >"$T/whole.conf"
ok "there is one" test "$(wc -l <"$T/whole.conf")" -gt 10
cat >"$T/whole.pl" <<'PERL'
use JSON::PP;
local $/;
my $c = JSON::PP->new->decode(<STDIN>);
print join(" ", sort keys %$c), "\n";
PERL
is "the example of clawbot.conf(5)" "$(perl "$T/whole.pl" <"$T/whole.conf")" \
    "channels skills vault"
S=0
"$B/clawbotd" -T -f "$T/whole.conf" >"$T/out" 2>&1 || S=$?
is "it is one that can start" "$S" 0
[ "$S" -eq 0 ] || diag "$(head -n 5 "$T/out")"
finish
