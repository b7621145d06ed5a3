# SPDX-License-Identifier: ISC
#
# auditman.pl [-w] FORMS MANUAL: what clawbot-audit(5) does not say of the forms
# of records, or says otherwise; FORMS is what kinds prints.  Under RECORDS a
# kind is a subsection and a form an item, below which stand its members, those
# in brackets that may be missing; with -w these are written anew.  Under
# MEMBERS each member is an item once, with its types.

use strict;
use warnings;

my %types = (s => "text", n => "number", i => "signed number", b => "truth",
    l => "list", o => "object", h => "hexadecimal");
my $write = @ARGV && $ARGV[0] eq "-w" && shift @ARGV;
my ($forms, $manual) = @ARGV;
my (%row, %member, $bad);

sub say_bad {
	print "clawbot-audit(5): @_\n";
	$bad = 1;
}

# words as lines of the page
sub fill {
	my ($line, @lines) = ("");
	for my $w (@_) {
		if (length("$line $w") > 79 && $line ne "") {
			push @lines, $line;
			$line = $w;
		} else {
			$line .= $line eq "" ? $w : " $w";
		}
	}
	return join "", map { "$_\n" } @lines, $line;
}

open my $f, "<", $forms or die "$forms: $!\n";
while (<$f>) {
	chomp;
	my ($kind, $ev, $by, $members) = split /\t/;
	my @words;
	for my $m (split / /, $members) {
		my ($key, $type, $maybe) = $m =~ /^(\w+):(\w)(\??)$/ or
		    die "$forms: $m\n";
		push @words, $maybe ? "[$key]" : $key;
		$member{$key}{$types{$type}} = 1;
	}
	$row{"$kind $ev"} = fill(@words);
}
close $f;
die "$forms: no forms\n" if keys %row < 10;

open $f, "<", $manual or die "$manual: $!\n";
my @page = <$f>;
close $f;

# the page, part by part
my ($sh, $kind, $form, $in, $text, @out) = ("", "", "", 0, "");
my (%seen, %item);
for (@page) {
	if (/^\.Sh (.*)$/) {
		($sh, $kind, $form) = ($1, "", "");
	} elsif ($sh eq "RECORDS" && /^\.Ss (\w+)$/) {
		$kind = $1;
	} elsif ($sh eq "RECORDS" && /^\.It Li ([\w-]+)$/) {
		$form = "$kind $1";
		say_bad("there is no record \"$form\"") if !exists $row{$form};
		say_bad("\"$form\" is there twice") if $seen{$form}++;
	} elsif ($sh eq "RECORDS" && /^\.Bd -filled/ && $form ne "") {
		($in, $text) = (1, "");
		push @out, $_;
		next;
	} elsif ($in && /^\.Ed$/) {
		$in = 0;
		my $want = $row{$form} // "";
		say_bad("\"$form\" has other members") if
		    !$write && $text ne $want;
		push @out, $want;
		$seen{$form} |= 0x100;
	} elsif ($sh eq "MEMBERS" && /^\.It Li (\w+) Pq (.*)$/) {
		say_bad("$1 is there twice") if exists $item{$1};
		$item{$1} = $2;
	}
	if ($in) {
		$text .= $_;
	} else {
		push @out, $_;
	}
}
for (sort keys %row) {
	say_bad("\"$_\" is not there") if !$seen{$_};
	say_bad("\"$_\" has no members") if $seen{$_} && !($seen{$_} & 0x100);
}
for (sort keys %member) {
	my $want = join " or ", sort keys %{$member{$_}};
	if (!exists $item{$_}) {
		say_bad("member $_ ($want) is not there");
	} elsif ($item{$_} ne $want) {
		say_bad("member $_ is no $item{$_}, but $want");
	}
}
for (sort keys %item) {
	say_bad("no record has a member $_") if !exists $member{$_};
}
if ($write) {
	open $f, ">", $manual or die "$manual: $!\n";
	print $f @out;
	close $f or die "$manual: $!\n";
}
exit($bad ? 1 : 0);
