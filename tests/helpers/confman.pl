# SPDX-License-Identifier: ISC
#
# confman.pl KEYS MANUAL: what clawbot.conf(5) does not say of the keys, or
# says otherwise; KEYS is what confkeys prints.  Each key is an item once; in
# its text are the words that it can be, its range as "1 to 10" and its default
# as "5 by default" or "ask (the default)", and no other range or default.  A
# limit or quota of a channel may refer to the other one with "As ".

use strict;
use warnings;
use JSON::PP;

my ($keys, $manual) = @ARGV;
my (%row, %text, @open, $bad);

sub say_bad {
	print "clawbot.conf(5): @_\n";
	$bad = 1;
}

open my $f, "<", $keys or die "$keys: $!\n";
while (<$f>) {
	chomp;
	my ($path, $kind, $min, $max, $dflt, $words) = split /\t/;
	$row{$path} = { kind => $kind, min => $min, max => $max,
	    dflt => $dflt eq "-" ? undef :
	    JSON::PP->new->allow_nonref->decode($dflt),
	    words => [$words eq "-" ? () : split /\|/, $words] };
}
close $f;
die "$keys: no keys\n" if keys %row < 50;

# a line of mdoc as text
sub plain {
	my ($line) = @_;
	return $line if $line !~ s/^\.//;
	return join " ", grep { !/^(?:[A-Z][a-z]|[A-Z]o|[A-Z]c)$/ }
	    map { s/^"|"$//gr } split / +/, $line;
}

open $f, "<", $manual or die "$manual: $!\n";
my $items = 0;
while (<$f>) {
	chomp;
	if (/^\.It Cm ([a-zA-Z.]+)$/) {
		@open = () if !$items;
		$items = 1;
		say_bad("$1 is there twice") if exists $text{$1};
		push @open, $1;
		$text{$1} = "";
	} elsif (/^\.(?:It|El|Ss|Sh)\b/) {
		@open = ();
		$items = 0;
	} else {
		$items = 0;
		my $t = plain($_);
		$text{$_} .= " $t" for @open;
	}
}
close $f;
for (values %text) {
	s/\s+/ /g;
	s/ ([.,;:])(?= |$)/$1/g;
}

# Does the text call it the default?
sub dflt {
	my ($t, $d) = @_;
	return $t =~ / \Q$d\E(?: by|, the| \(the) default\b/ ||
	    $t =~ /The default is \Q$d\E[ .,;]/;
}

for my $path (sort keys %row) {
	my ($r, $t) = ($row{$path}, $text{$path});
	if (!defined $t) {
		say_bad("$path is not there");
		next;
	}
	my $like = $path =~ s/^channels\.NAME\.(?=rateLimit)//r =~
	    s/^channels(?=\.NAME\.limits)/skills/r;
	if ($like ne $path && $t =~ /^ As / && exists $row{$like}) {
		say_bad("$path is not as $like") if
		    $r->{min} != $row{$like}{min} ||
		    $r->{max} != $row{$like}{max};
		next;
	}
	for my $w (@{$r->{words}}) {
		say_bad("$path does not say \"$w\"") if
		    $t !~ /(?:^|[ ("])\Q$w\E(?:$|[ .,;:)])/;
	}
	my $d = $r->{dflt};
	if (!@{$r->{words}} && $r->{kind} =~ /^(?:number|limit|quota)$/) {
		my $range = "$r->{min} to $r->{max}";
		say_bad("$path does not say \"$range\"") if
		    $t !~ /(?<![\d.])\Q$range\E(?!\d)/;
		while ($t =~ /(\d+ to \d+)/g) {
			say_bad("$path says \"$1\"") if $1 ne $range;
		}
		while ($t =~ /(\d+) by default/g) {
			say_bad("$path says \"$1 by default\"") if
			    !defined $d || $1 != $d;
		}
	}
	# the manual has the paths of a build without options
	$d = $1 if $r->{kind} eq "path" && $t =~ m{(/\S+) by default} &&
	    $d =~ /\Q$1\E$/;
	if ($r->{kind} eq "truth") {
		say_bad("$path has another default") if
		    !dflt($t, $d ? "true" : "false");
	} elsif (defined $d && !ref $d && !dflt($t, $d)) {
		say_bad("$path does not say that $d is the default") if
		    $d ne "0" || $t !~ /no limit by default/;
	}
}
for my $path (sort keys %text) {
	say_bad("there is no key $path") if
	    !grep { $_ eq $path || index($_, "$path.") == 0 } keys %row;
}
exit($bad ? 1 : 0);
