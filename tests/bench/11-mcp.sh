# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh
#
# run_command of /bin/true by clawbot mcp, sandbox and record on disk
# included, beside the tool of a reference server that only repeats a word.
# The time from the start to the first answer, and memory when it has done all
# that.  The same 200 at one time: how long until the last one is answered, a
# call, and memory then.  make judges installs the reference server.

. "$SRC/tests/bench/lib.sh"

: "${JUDGES:=$SRC/build/judges}"
CROWD=${CROWD-200}

# mcp.pl ROUNDS CROWD COMMAND...: servers of one tool each, in turn, so that what
# the machine does meanwhile happens to all of them.
cat >"$T/mcp.pl" <<'END'
use strict;
use warnings;
use IPC::Open2;
use Time::HiRes qw(time);
my ($rounds, $crowd, @commands) = @ARGV;
my @servers;
sub ask {
	my ($s, $what) = @_;
	my ($in, $out) = ($s->{in}, $s->{out});
	my $began = time;
	print $in "$what\n";
	$in->flush;
	while (my $line = <$out>) {
		return 1000 * (time - $began) if $line =~ /"id":\d+/;
	}
	die "no answer\n";
}
for (@commands) {
	my ($name, $tool, $command) = split /\t/;
	my $s = { name => $name, tool => $tool };
	my $began = time;
	$s->{pid} = open2($s->{out}, $s->{in}, split / /, $command);
	ask($s, '{"jsonrpc":"2.0","id":0,"method":"initialize","params":' .
	    '{"protocolVersion":"2025-06-18","capabilities":{},' .
	    '"clientInfo":{"name":"bench","version":"1"}}}');
	$s->{start} = 1000 * (time - $began);
	my $in = $s->{in};
	print $in '{"jsonrpc":"2.0","method":"notifications/initialized"}',
	    "\n";
	push @servers, $s;
}
for my $n (1 .. $rounds + 20) {
	for my $s (@servers) {
		my $ms = ask($s, '{"jsonrpc":"2.0","id":' . $n .
		    ',"method":"tools/call","params":' . $s->{tool} . '}');
		push @{$s->{ms}}, $ms if $n > 20;
	}
}
# So many at one time: whatever order they are answered in.
sub crowd {
	my ($s, $first, $n) = @_;
	my ($in, $out) = ($s->{in}, $s->{out});
	my ($began, %left) = (time, map { $_ => 1 } $first .. $first + $n - 1);
	for my $id (sort { $a <=> $b } keys %left) {
		print $in '{"jsonrpc":"2.0","id":' . $id . ',"method":' .
		    '"tools/call","params":' . $s->{tool} . "}\n";
	}
	$in->flush;
	while (%left) {
		defined(my $line = <$out>) or die "no answer\n";
		my ($id) = $line =~ /"id":(\d+)/ or next;
		die "$s->{name}: $line" if $line =~ /"isError":true|"error":/;
		delete $left{$id};
	}
	return 1000 * (time - $began) / $n;
}
sub rss {
	open(my $f, "<", "/proc/$_[0]->{pid}/status") or die;
	return join("", <$f>) =~ /VmRSS:\s*(\d+)/ ? $1 : 0;
}
for my $s (@servers) {
	$s->{rss} = rss($s);
	$s->{crowd} = crowd($s, 10000000, $crowd);
}
for my $s (@servers) {
	my @ms = sort { $a <=> $b } @{$s->{ms}};
	printf "%-22s %9.2f %9.2f %9.1f %9d %11.2f %11d\n", $s->{name},
	    $ms[@ms / 2], $ms[@ms * 0.95], $s->{start}, $s->{rss},
	    $s->{crowd}, rss($s);
}
END

servers() {
	printf 'clawbot mcp\t{"name":"run_command","arguments":'
	printf '{"command":"/bin/true","args":[]}}\t%s -S %s mcp\n' \
	    "$B/clawbot" "$TOP/cold/run"
	s_js=$JUDGES/node_modules/@modelcontextprotocol/server-everything
	s_node=$(find "$JUDGES/node_modules/" -path '*/node-linux-*/bin/node' \
	    2>/dev/null | head -n 1)
	: "${s_node:=$(command -v node)}"
	if [ -n "$s_node" ] && [ -e "$s_js/dist/index.js" ]; then
		printf 'reference server, echo\t{"name":"echo","arguments":'
		printf '{"message":"true"}}\t%s %s/dist/index.js stdio\n' \
		    "$s_node" "$s_js"
	else
		echo "no reference server: make judges" >&2
	fi
}

daemon_in cold
printf '%-22s %9s %9s %9s %9s %11s %11s\n' "a call, $ROUNDS rounds" \
    "median ms" "95% ms" "start ms" "rss KB" "of $CROWD, ms" "rss then, KB"
servers >"$T/servers"
set --
while read -r s_line; do
	set -- "$@" "$s_line"
done <"$T/servers"
as cbtagent perl "$T/mcp.pl" "$ROUNDS" "$CROWD" "$@" 2>"$T/err" || {
	cat "$T/err" >&2
	exit 1
}
