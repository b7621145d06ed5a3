# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034,SC2317
#
# policy list: what an account may ask for, told to itself and to approvers,
# and to nobody else.
. "$SRC/tests/regress/lib.sh"

# of DOCUMENT KIND NAME KEY: a member of the row of that kind
of() {
	perl -MJSON::PP -e '
	    local $/; open(my $f, "<", $ARGV[0]) or die;
	    my $v = JSON::PP->new->utf8->decode(<$f>);
	    for my $r (@{$v->{policy}}) {
		next unless $r->{kind} eq $ARGV[1] &&
		    ($r->{$ARGV[1] eq "patterns" ? "list" : $ARGV[1]} eq
		    $ARGV[2]);
		my $x = $r;
		$x = ref $x eq "ARRAY" ? $x->[$_] : $x->{$_}
		    for split /\./, $ARGV[3];
		print JSON::PP->new->utf8->canonical->allow_nonref->encode($x),
		    "\n";
		exit;
	    }' "$1" "$2" "$3" "$4"
}

SKILLS='"p": { "profile": "developer", "deny": ["ls -R"],
    "allow": ["evil \u202e \"a b\" \u00e9"], "network": "loopback",
    "read": ["/srv"], "limits": { "timeoutSeconds": 600 } },
    "mine": { "runAs": "caller", "default": "deny" },'
CHANNELS='"few": { "users": ["cbtsecond"], "skills": ["p"],
    "access": "execute", "limits": { "timeoutSeconds": 7 },
    "rateLimit": { "maxExecutionsPerMinute": 2 } },
    "read": { "users": ["cbtsecond", "root"], "skills": ["mine"],
    "access": "read-only" },'
MORE='"rateLimit": { "maxExecutionsPerMinute": 60, "maxConcurrent": 8 },'
conf_default
daemon_start
cb cbtagent run -- true

cb cbtagent policy list
is "an agent about itself: status" "$S" 0
has "its channel" "$T/out" "on channel cli: execute"
has "quotas" "$T/out" "in the last minute 1 of 60, now 0 of 8"
has "its skills" "$T/out" \
    "skill default, channel cli: what no pattern names runs at once" \
    "skill p, channel cli: what no pattern names waits for an approver" \
    "skill mine, channel cli: what no pattern names is refused"
has "places" "$T/out" "$W"
has "patterns" "$T/out" "touch asked, sh ask.sh" "denied, touch denied" \
    "(profile developer)"
hasnot "channels of others" "$T/out" "few"
is "characters that turn the line are escaped" \
    "$(grep -c "$(printf '\342\200\256')" "$T/out")" 0
mkdir "$T/pty"
chmod 777 "$T/pty"
echo "expect on channel cli: execute" >"$T/pty/script"
S=0
as cbtagent "$H/onpty" "$T/pty/script" "$B/clawbot" -S "$T/run" policy list \
    >"$T/out" 2>&1 || S=$?
is "on a terminal: status" "$S" 0
ok "one screen" test "$(wc -l <"$T/out")" -le 40

cb cbtagent policy list --json
is "--json: status" "$S" 0
is "the default skill" "$(of "$T/out" channel cli default_skill)" \
    '"default"'
is "left" "$(of "$T/out" channel cli quota_all.minute.left)" 59
is "places to write" "$(of "$T/out" skill default write)" "[\"$W\"]"
is "network" "$(of "$T/out" skill p network)" '"loopback"'
is "limits" "$(of "$T/out" skill p limits.timeoutSeconds)" 600
is "none of them" "$(of "$T/out" patterns allow count)" 0
is "all patterns of the profile" "$(perl -MJSON::PP -e '
    local $/; open(my $f, "<", $ARGV[0]) or die; my $n = 0;
    for (@{JSON::PP->new->utf8->decode(<$f>)->{policy}}) {
	next if $_->{kind} ne "patterns" || $_->{skill} ne "p" || $_->{cut};
	$n += $_->{count};
	$n -= @{$_->{patterns}} for @{$_->{sets}};
    }
    print $n' "$T/out")" 0

### About others

cb cbtagent policy list -u cbtsecond
is "an agent about another: status" "$S" 77
is "an agent about another: nothing" "$(cat "$T/out")" ""
ok "an agent about another: recorded" \
    log_has '"ev":"refused"' RULES
cb cbtagent policy list -u cbtagent
is "itself by name: status" "$S" 0
for who in cbtadmin root; do
	cb "$who" policy list -u cbtsecond --json
	is "$who about another: status" "$S" 0
	is "$who: as the channel narrows it" \
	    "$(of "$T/out" skill p limits.timeoutSeconds)" 7
	is "$who: quotas of the channel" \
	    "$(of "$T/out" channel few quota.minute.limit)" 2
	is "$who: nothing is executed there" \
	    "$(of "$T/out" skill mine refused)" \
	    '"nothing may be executed on this channel"'
	cb "$who" policy list -u 4242
	is "$who about a stranger: status" "$S" 0
	has "$who about a stranger" "$T/out" "no channel has that account"
done
cb cbtadmin policy list
has "an approver who may not ask" "$T/out" "no channel has that account"
cb nobody policy list
is "a stranger: status" "$S" 77

### What stands against all of a skill's runs

cb root stop -s p -r because
cb cbtagent policy list
has "stopped" "$T/out" "not now    skill p was stopped by" because
cb root resume -s p
cb cbtagent policy list
hasnot "no longer" "$T/out" "not now"
S=0
as cbtagent "$B/clawbot" -S "$T/run" policy list | head -c 1 >/dev/null || S=$?
is "a closed pipe" "$S" 0
cb cbtagent policy list extra
is "operands: status" "$S" 64
finish
