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
cb cbtagent --json policy list
is "stopped: for programs" "$(of "$T/out" skill p stopped) \
$(of "$T/out" skill mine stopped)" "true false"
cb root resume -s p
cb cbtagent policy list
hasnot "no longer" "$T/out" "not now"
S=0
as cbtagent "$B/clawbot" -S "$T/run" policy list | head -c 1 >/dev/null || S=$?
is "a closed pipe" "$S" 0
cb cbtagent policy list extra
is "operands: status" "$S" 64
### Another configuration in the middle of a list

# It reads one row, waits until $T/go is there, and reads the rest.
cat >"$T/reader.pl" <<'END'
use Socket;
my ($path, $version, $go) = @ARGV;
socket(my $s, PF_UNIX, SOCK_SEQPACKET, 0) or die "socket: $!";
connect($s, pack_sockaddr_un($path)) or die "$path: $!";
my $seq = 0;
sub put {
	my ($type, $data) = @_;
	send($s, pack("nnnnNNQ>", 0xcb01, $type, 0, 0, length $data, $seq++,
	    0) . $data, 0) or die "send: $!";
}
sub get {
	my $m;
	defined recv($s, $m, 20000, 0) && length $m >= 24 or die "recv";
	my ($magic, $type) = unpack("nn", $m);
	return ($type, substr($m, 24));
}
put(0x0101, pack("NN/a*", $version, "reader"));
put(0x011c, pack("N", 0xffffffff));
my ($type, $data) = (0);
until ($type == 0x0206) {
	($type, $data) = get();
	die "END: ", substr($data, 6) if $type == 0x0208;
}
open(my $f, ">", "$go.reading") or die;
close $f;
select(undef, undef, undef, 0.02) until -e $go;
($type, $data) = get() until $type == 0x0208;
my ($code, $text) = unpack("nN/a*", $data);
print "$code $text\n";
END
daemon_stop
# more than the daemon makes ready for who does not read
long=$(printf '%0440d' 7)
list() {
	perl -e 'print join(", ", map { "\"$ARGV[0] $_ $ARGV[1]\"" } 1 .. 850)' \
	    "$1" "$long"
}
SKILLS="\"long\": { \"allow\": [$(list one)], \"deny\": [$(list two)] },"
CHANNELS=
MORE=
conf_default
daemon_start
mkdir -m 777 "$T/there"
reader() {
	as cbtagent timeout 120 perl "$T/reader.pl" \
	    "$T/run/channels/cli.sock" "$VERSION" "$T/there/$1" \
	    >"$T/$1.out" 2>"$T/$1.err" </dev/null &
	BGPID=$!
	BG="$BG $BGPID"
	until_true 60 test -e "$T/there/$1.reading" ||
	    bail "nobody reads: $(cat "$T/$1.err")"
}
reader still
: >"$T/there/still"
status_of "$BGPID" 120
is "a list that is read slowly: its end" "$(cat "$T/still.out")" "0 "
reader changed
sed -i 's/"timeoutSeconds": 600/"timeoutSeconds": 500/' "$CONF"
CLAWBOT_CLAWBOTD=$B/clawbotd
export CLAWBOT_CLAWBOTD
cb root reload
is "a reload meanwhile: status" "$S" 0
: >"$T/there/changed"
status_of "$BGPID" 120
has "a reload meanwhile: the list ends with it" "$T/changed.out" \
    "the configuration has changed meanwhile: ask again"
reader after
: >"$T/there/after"
status_of "$BGPID" 120
is "and asked again: its end" "$(cat "$T/after.out")" "0 "
finish
