# SPDX-License-Identifier: ISC
#
# auditlog.pl FORMS OBJECTS LOG: what the records of a log have that neither
# FORMS, which is what kinds prints, nor OBJECTS, "NAME MEMBER" a line, knows;
# on standard error the forms that are there, with commas between.

use strict;
use warnings;
use JSON::PP;

my ($forms, $objects, $log) = @ARGV;
my (%form, %object, %seen, %bad);

open my $f, "<", $forms or die "$forms: $!\n";
while (<$f>) {
	chomp;
	my ($kind, $ev, $by, $members) = split /\t/;
	$form{"$kind $ev"} = { map { /^(\w+)/ => 1 } split / /, $members };
}
close $f;
open $f, "<", $objects or die "$objects: $!\n";
while (<$f>) {
	my ($name, $member) = split;
	$object{$name}{$member} = 1;
}
close $f;
open $f, "<", $log or die "$log: $!\n";
while (<$f>) {
	my ($kind, $json) =
	    /^\d{12} \S{27} (\w+): (\{"v":1,.*,"p":"[^"]{43}"\})$/ or
	    $bad{"no record: $_"} = 1, next;
	my $r = JSON::PP->new->utf8->decode($json);
	my $form = "$kind $r->{ev}";
	$seen{$form} = 1;
	for my $k (grep { !/^(?:v|p|ev)$/ } keys %$r) {
		$bad{"$form has $k"} = 1 if !$form{$form}{$k};
		next if ref $r->{$k} ne "HASH" || $r->{$k}{b64};
		for my $m (keys %{$r->{$k}}) {
			$bad{"$k has $m"} = 1 if !$object{$k}{$m};
		}
	}
}
close $f;
print "$_\n" for sort keys %bad;
print STDERR join(",", sort keys %seen), "\n";
