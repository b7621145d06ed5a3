# SPDX-License-Identifier: ISC
#
# mancmds.pl PAGE: the commands that a manual page shows behind "$ " or "# ", in
# literal displays and in .Dl lines, as a script.

use strict;
use warnings;

my ($literal, $command, $more) = (0, "", "");

sub plain {
	my ($s) = @_;
	$s =~ s/\\\(dq/"/g;
	$s =~ s/\\\(aq/'/g;
	$s =~ s/\\&//g;
	$s =~ s/\\e/\\/g;
	return $s;
}

sub over {
	$command =~ s/^. //;
	print "$command\n" if $command ne "";
	($command, $more) = ("", "");
}

while (<>) {
	chomp;
	if (/^\.Bd -literal/) {
		$literal = 1;
	} elsif (/^\.Ed/) {
		over();
		$literal = 0;
	} elsif (/^\.Dl ([\$#] .*)$/) {
		$command = plain($1);
		over();
	} elsif ($literal && $more ne "") {
		$command .= "\n" . plain($_);
		over() if $more eq "line" && !/(?:\||&&|\\)$/ || $_ eq $more;
	} elsif ($literal && /^[\$#] /) {
		over();
		$command = plain($_);
		$more = /<<'?(\w+)'?/ ? $1 : /(?:\||&&|\\)$/ ? "line" : "";
		over() if $more eq "";
	}
}
over();
