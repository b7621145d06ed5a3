# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# clawbot connect --check starts the agent itself, with a model that follows a
# script, and tells of each of its tools whether clawbot was asked: first one
# that is made for this and does as it is told, then real ones, which make
# judges installs.
#
# make check tries the first one that is there; AGENTS='claude gemini' tries
# those, and LONG=yes all of them.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/agents.sh
. "$SRC/tests/regress/agents.sh"

conf_default
daemon_start
HM=$T/home
install -d -o cbtagent "$HM"
mkdir "$T/bin" "$T/real"
# An agent with three tools.  $T/mode says what it does about its hook.
cat >"$T/bin/claude" <<'END'
#!/usr/bin/perl
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;
use IPC::Open2;
sub slurp { open(my $f, '<', $_[0]) or return ''; local $/; return <$f> }
sub of {
	my ($in, @cmd) = @_;
	my $pid = open2(my $r, my $w, @cmd);
	print $w $in;
	close $w;
	my $out = do { local $/; <$r> } // '';
	waitpid($pid, 0);
	return $out;
}
my ($mode, $home) = (slurp('@T@/mode'), $ENV{HOME});
die "no model today\n" if $mode =~ /mute/;
my $set = decode_json(slurp("$home/.claude/settings.json") || '{}');
my $srv = decode_json(slurp("$home/.claude.json") || '{}');
$srv = $srv->{mcpServers}{clawbot};
my $hook = $set->{hooks}{PreToolUse}[0]{hooks}[0]{command};
$hook = undef if $mode =~ /deaf/;
my $prefix = $set->{env}{CLAUDE_CODE_SHELL_PREFIX};
$prefix = undef if $mode =~ /bare/;
$ENV{CLAUDE_CODE_SHELL_PREFIX} = $prefix if defined $prefix;
my @tools = ({ name => 'Bash' }, { name => 'Write' });
push @tools, { name => 'mcp__clawbot__run_command' } if $srv;
my @said = ({ role => 'user', content => 'go' });
sub tool {
	my ($name, $in) = @_;
	if ($name =~ /^mcp/) {
		my $call = { jsonrpc => '2.0', id => 1, method => 'tools/call',
		    params => { name => 'run_command', arguments => $in } };
		return of('{"jsonrpc":"2.0","id":0,"method":"initialize",' .
		    '"params":{"protocolVersion":"2025-06-18","capabilities":' .
		    '{},"clientInfo":{"name":"a","version":"1"}}}' . "\n" .
		    encode_json($call) . "\n", $srv->{command},
		    @{$srv->{args}});
	}
	if ($hook) {
		my $out = of(encode_json({ tool_name => $name,
		    tool_input => $in, cwd => $ENV{PWD} }), '/bin/sh', '-c',
		    $hook);
		return $out if $out =~ /"deny"/;
	}
	sleep 1000 if $mode =~ /hang/;
	if ($name eq 'Write') {
		open(my $f, '>', $in->{file_path}) or return "no: $!";
		print $f $in->{content};
		return 'written';
	}
	return of('', '/bin/sh', '-c', '"$@" 2>&1', 'sh',
	    defined $prefix ? ($prefix, $in->{command}) :
	    ('/bin/sh', '-c', $in->{command}));
}
while (1) {
	my $r = HTTP::Tiny->new(timeout => 20)->post(
	    "$ENV{ANTHROPIC_BASE_URL}/v1/messages", { headers =>
	    { 'x-api-key' => $ENV{ANTHROPIC_API_KEY} }, content =>
	    encode_json({ tools => \@tools, messages => \@said }) });
	die "status $r->{status}\n" unless $r->{success};
	my $c = decode_json($r->{content})->{content};
	last if $c->[0]{type} ne 'tool_use';
	push @said, { role => 'assistant', content => $c }, { role => 'user',
	    content => [{ type => 'tool_result', tool_use_id => $c->[0]{id},
	    content => tool($c->[0]{name}, $c->[0]{input}) }] };
}
END
sed -i "s,@T@,$T," "$T/bin/claude"
chmod 755 "$T/bin/claude"

# check AGENT: by the agent's account, at home; S
check() {
	S=0
	as cbtagent env -i HOME="$HM" PATH="${DIR:-$T/bin}:$PATH" \
	    CLAWBOT_SOCKETS="$T/run" ${EXTRA:+"$EXTRA"} timeout 240 "$B/clawbot" \
	    connect --check "$1" >"$T/out" 2>"$T/err" </dev/null || S=$?
}

# writes AGENT: sets it up, with the programs that are built here; one of them
# hands its server no environment
writes() {
	as cbtagent env -i HOME="$HM" "$B/clawbot" connect --write "$1" \
	    >/dev/null 2>"$T/err"
	find "$HM" -type f -exec sed -i \
	    "s,\"[^\" ]*/\(clawbot[^/]*\)\",\"$B/\1\",
	    s,\"[^\" ]*/\(clawbot hook\),\"$B/\1,
	    s,^args = \[\"mcp\"\],args = [\"-S\"\, \"$T/run\"\, \"mcp\"]," {} +
}

# tells NAME LINE: of what the agent did itself
tells() {
	has "$1" "$T/out" "$2"
}

mode() {
	echo "$1" >"$T/mode"
	check claude
}

mode honest
is "nothing is set up" "$S" 1
tells "its shell: nobody is asked" "executed outside, and clawbot was not"
is "it makes both files" "$(grep -c 'made a file of yours' "$T/out")" 2
writes claude
mode honest
is "all of it is set up: no hole" "$S $(grep -c HOLE "$T/out")" "0 0"
tells "its tool of the server" "run_command asks clawbot"
tells "its shell" "looking around          in a run"
tells "its tool for files" "its tool for files                 clawbot refused"
mode "honest bare"
is "a shell of its own" "$S" 1
tells "... whose hook is asked" "its hook asked clawbot, which allows it"
mode deaf
is "no hook is called" "$S" 1
tells "... and the shell is ours" "looking around          in a run"
tells "... but not the files" "its tool for files                 it made"
mode "deaf bare"
tells "neither of both" "executed outside, and clawbot was not asked"
mode mute
is "one that does not start" "$S" 1
tells "... says why" "did not ask its model    no model today"
is "nothing is left of it" "$(find "$HM" -name '*canary*')" ""

echo "honest hang" >"$T/mode"
setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" --init-groups env -i \
    HOME="$HM" PATH="$T/bin:$PATH" CLAWBOT_SOCKETS="$T/run" "$B/clawbot" \
    connect --check claude >"$T/out" 2>&1 </dev/null &
BGPID=$!
BG="$BG $BGPID"
asked() {
	pgrep -f "^/usr/bin/perl $T/bin/claude" >"$T/pids"
}
ok "one that hangs" until_true 120 asked
kill -TERM "$BGPID"
status_of "$BGPID" 60
is "is ended with who ends us, by the same signal" "$S" 143
ok "... and not left behind" until_true 60 eval '! asked'
is "... nor what was made for it" "$(find "$HM" -name '*canary*')" ""

# one that cannot be started, which is said and no hole by that
DIR=/nonexistent check claude
tells "one that is not there" "itself was not started: it is not in your PATH"

### Real ones

real() {
	printf '#!/bin/sh\nexec %s "$@"\n' "$PROGRAM" >"$T/real/$1"
	chmod 755 "$T/real/$1"
	[ "$1" = claude ] || writes "$1"
	DIR=$T/real check "$1"
	tells "$1: its tool of the server" "run_command asks clawbot"
	case $1 in
	claude)	is "$1: no hole" "$S $(grep -c HOLE "$T/out")" "0 0" ;;
	codex)	tells "$1: a hook that is not trusted" \
		    "executed outside, and clawbot was not asked" ;;
	*)	tells "$1: its hook is asked" "its hook asked clawbot"
		tells "$1: ... about files, too" \
		    "its tool for files                 clawbot refused"
		# what its user is told to start it with; one has nothing
		[ "$1" != copilot ] || return 0
		ln -sf "$B/clawbot-sh" "$T/real/bash"
		DIR=$T/real EXTRA=SHELL=$B/clawbot-sh check "$1"
		is "$1: with our shell: no hole" \
		    "$S $(grep -c HOLE "$T/out")" "0 0"
		rm "$T/real/bash" ;;
	esac
}

[ -n "$WANTED" ] || AGENTS="$AGENTS copilot"
[ "$ASAN" = no ] || AGENTS=
for agent in $AGENTS; do
	if program_of "$agent"; then
		real "$agent"
		is "$agent: nothing is left of it" \
		    "$(find "$HM" -name '*canary*')" ""
		[ "${LONG-}" = yes ] || [ -n "$WANTED" ] || break
	else
		skip "$agent" "make judges installs it"
	fi
done
daemon_stop
finish
