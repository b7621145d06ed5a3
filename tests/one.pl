#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# one.pl any|aside|with-others|alone SECONDS COMMAND...: one test, as prove.sh
# starts it.  It never takes longer than SECONDS: what has not ended by then
# is shown as TAP with the processes that belong to it, and ended.  While a
# test is "alone" none is "with others", of no suite on this host, and none of
# those begins while one waits for that; LOCK and LOCK.gate, from the
# environment, are what they agree by.  One that is "aside" takes of the
# processors what the others leave.

use strict;
use warnings;
use Fcntl qw(:flock O_RDWR O_CREAT);
use POSIX qw(setsid);

@ARGV >= 3 && $ARGV[0] =~ /^(any|aside|with-others|alone)$/ &&
    $ARGV[1] =~ /^\d+$/
    or die "usage: one.pl any|aside|with-others|alone SECONDS COMMAND...\n";
my ($mode, $limit, @command) = @ARGV;
my $waiting = 1800;		# seconds for a lock
my $grace = 20;			# seconds from TERM to KILL
my @held;
$| = 1;

sub fail {
	my ($why, @lines) = @_;
	print "not ok - $why\n", map { "# $_\n" } @lines;
}

# Of all processes: parent, and what ps would print.
sub processes {
	my %all;
	for my $pid (map { m,/(\d+)$, } glob '/proc/[0-9]*') {
		open(my $f, '<', "/proc/$pid/stat") or next;
		my ($state, $parent) = (<$f> // '') =~ /\) (\S) (\d+)/ or next;
		open(my $c, '<', "/proc/$pid/cmdline") or next;
		my $words = join(' ', split(/\0/, <$c> // ''));
		$words =~ s/[^ -~]/?/g;
		open(my $w, '<', "/proc/$pid/wchan");
		my $where = $w && <$w> || '-';
		$all{$pid} = { parent => $parent,
		    text => "$pid $parent $state $where " .
		    substr($words, 0, 120) };
	}
	return \%all;
}

sub below {
	my ($all, $pid) = @_;
	return $all->{$pid} ? $all->{$pid}{text} : (), map { below($all, $_) }
	    grep { $all->{$_}{parent} == $pid } sort { $a <=> $b } keys %$all;
}

# Those that have a lock on the file, from the kernel's list.
sub holders {
	my ($path) = @_;
	my $inode = (stat($path))[1];
	my $all = processes();
	open(my $f, '<', '/proc/locks') or return;
	return map { /FLOCK .* (\d+) \S+:$inode / ?
	    ($all->{$1} ? $all->{$1}{text} : "$1, which has ended") : () } <$f>;
}

# lock PATH, SHARED: kept until the end of this process, or of @held
sub lock {
	my ($path, $shared) = @_;
	sysopen(my $f, $path, O_RDWR | O_CREAT, 0600) or die "$path: $!\n";
	local $SIG{ALRM} = sub {
		fail("$path: locked within $waiting s",
		    "$path is held by", holders($path));
		exit 1;
	};
	alarm $waiting;
	flock($f, $shared ? LOCK_SH : LOCK_EX) or die "$path: flock: $!\n";
	alarm 0;
	push @held, $f;
}

# Where the kernel shares processors out by sessions, a session has a nice value
# of its own, and one within it says nothing to others.
sub aside {
	my $nice = 10;
	setpriority(0, 0, $nice);
	open(my $f, '>', '/proc/self/autogroup') or return;
	print $f $nice;
}

if ($mode =~ /^(with-others|alone)$/) {
	my $lock = $ENV{LOCK} or die "one.pl: LOCK is not set\n";
	lock("$lock.gate", 0);
	lock($lock, $mode eq 'with-others');
	shift @held if $mode eq 'with-others';	# opens the gate
}

my $child = fork // die "fork: $!\n";
if ($child == 0) {
	setsid();	# with no terminal, as where nobody watches
	aside() if $mode eq 'aside';
	exec { $command[0] } @command or die "$command[0]: $!\n";
}
for my $name (qw(HUP INT TERM)) {
	$SIG{$name} = sub { kill $name, -$child };
}
my $late = 0;
$SIG{ALRM} = sub {
	if (!$late++) {
		fail("ends within $limit s", below(processes(), $child));
		kill 'TERM', -$child;
		alarm $grace;
	} else {
		kill 'KILL', -$child;
	}
};
alarm $limit;
while (waitpid($child, 0) != $child) {
	$!{EINTR} or die "waitpid: $!\n";
}
alarm 0;
# what everything writes to, once changed by whatever, breaks tests at random
my $null = (stat '/dev/null')[2] & 07777;
printf STDERR "%s: /dev/null has the mode %o now\n", "@command", $null
    if $null != 0666;
exit 1 if $late;
exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
