#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# manpages.pl sections PAGE...: the sections that a page of its kind has to
# have and has not, or has in another order than mdoc(7) gives.
# manpages.pl messages SOURCES PAGE...: each message under DIAGNOSTICS that no
# string of the sources has; SOURCES lists files.  A word in capitals stands for
# what is filled in, unless the source has that word.
use strict;
use warnings;

my @order = ('NAME', 'SYNOPSIS', 'DESCRIPTION', 'ENVIRONMENT', 'FILES',
    'EXIT STATUS', 'EXAMPLES', 'DIAGNOSTICS', 'SEE ALSO', 'STANDARDS',
    'CAVEATS', 'SECURITY CONSIDERATIONS');
my %rank = map { $order[$_] => $_ } 0 .. $#order;

my %needs = (
	1 => ['SYNOPSIS', 'EXIT STATUS', 'EXAMPLES', 'DIAGNOSTICS'],
	5 => ['FILES', 'EXAMPLES', 'DIAGNOSTICS'],
	7 => [],
	8 => ['FILES', 'EXIT STATUS', 'EXAMPLES', 'DIAGNOSTICS'],
);
my @all = ('NAME', 'DESCRIPTION', 'SEE ALSO', 'SECURITY CONSIDERATIONS');
# What makes no sense on a page, and why.
my %but = (
	# lines on standard output: there is no file
	'clawbot-export.5' => ['FILES'],
	# says of what others ask whether it is there
	'clawbot-compliance.7' => ['SECURITY CONSIDERATIONS'],
);

sub slurp {
	my ($path) = @_;
	open(my $fh, '<', $path) or die "$path: $!\n";
	local $/;
	return <$fh>;
}

sub sections {
	my ($path) = @_;
	my ($name) = $path =~ m{([^/]*)$};
	my ($kind) = $name =~ /(\d)$/;
	my @has = map { s/"//gr } slurp($path) =~ /^\.Sh (.*)$/mg;
	my %has = map { $_ => 1 } @has;
	my %free = map { $_ => 1 } @{ $but{$name} // [] };
	my $last = -1;

	for my $s (sort { $rank{$a} <=> $rank{$b} } @all,
	    @{ $needs{$kind} }) {
		if ($free{$s}) {
			print "$name: $s is there\n" if $has{$s};
		} elsif (!$has{$s}) {
			print "$name: no $s\n";
		}
	}
	for my $s (@has) {
		next unless defined $rank{$s};
		print "$name: $s is too late\n" if $rank{$s} < $last;
		$last = $rank{$s};
	}
}

# Every string of a source, with what is written in several put together.
sub strings {
	my ($text) = @_;
	my @all;

	$text =~ s{/\*.*?\*/}{}gs;
	while ($text =~ /"((?:[^"\\\n]|\\.)*)"((?:\s*"(?:[^"\\\n]|\\.)*")*)/g) {
		my ($s, $more) = ($1, $2);
		$s .= $1 while $more =~ /"((?:[^"\\\n]|\\.)*)"/g;
		push @all, $s;
	}
	return @all;
}

sub pattern {
	my ($message) = @_;
	my $re = '';

	for my $w (split /\b/, $message) {
		if ($w =~ /^[A-Z][A-Z]*$/) {
			$re .= "(?:$w|%[-.0-9*a-z]*[a-z])";
		} else {
			my $q = quotemeta($w);
			# one error, two errors
			$q =~ s/s$/(?:s|%s)/ if length($w) > 3;
			$re .= $q;
		}
	}
	return $re;
}

sub messages {
	my ($list, @pages) = @_;
	my $all = join("\n", map { strings(slurp($_)) }
	    split(/\n/, slurp($list)));

	for my $path (@pages) {
		my ($name) = $path =~ m{([^/]*)$};
		my $text = slurp($path);
		my ($part) = $text =~
		    /^\.Sh DIAGNOSTICS\n(.*?)(?=^\.Sh |\z)/ms or next;
		for my $m ($part =~ /^\.It "(.*)"$/mg) {
			# the form of many
			next if $m =~ /^file:line:column: /;
			# the file's name is put before it elsewhere
			my ($whole, $end) = map { pattern($_) } $m,
			    $m =~ s/^[A-Z]+: //r;
			print "$name: $m\n" unless $all =~ /$whole|$end/;
		}
	}
}

my $what = shift // '';
if ($what eq 'sections') {
	sections($_) for @ARGV;
} elsif ($what eq 'messages') {
	messages(@ARGV);
} else {
	die "usage: manpages.pl sections|messages ...\n";
}
