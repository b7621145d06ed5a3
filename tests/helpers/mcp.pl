#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# mcp.pl DIR COMMAND...: a client of the Model Context Protocol.  It starts
# the command, does what its standard input says, a line each, and leaves in
# DIR what it was answered: ID.json, notes (notifications, a line each), null
# (errors about nothing that has an id), twice (ids that were answered again)
# and status (exit status of the command, or sigN).
#
#	> JSON		send that line; @NAME@ in it is what "take" has found
#	< FILE		send what is in this file, as it is
#	= ID ...	wait for the answers to these
#	~ N		wait for N notifications in all
#	! N		wait for N errors about nothing that has an id
#	take NAME ID PATH	a value out of an answer: result.content.0.text
#	eof		close its standard input
#	deaf		close our end of its standard output
#	kill SIGNAL	send it that
#	touch FILE	make that file
#	end		wait until it has ended
#
# Every wait ends after 60 seconds (MCP_SECONDS), and then all of it does.
use strict;
use warnings;
use IO::Select;
use IPC::Open2;
use JSON::PP;
use POSIX ":sys_wait_h";
use Time::HiRes qw(time sleep);

my ($dir, @command) = @ARGV;
my $patience = $ENV{MCP_SECONDS} // 60;
my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my ($out, $in);
$SIG{PIPE} = "IGNORE";
my $pid = open2($out, $in, @command);
my (%answers, %names, $buf);
my ($notes, $nulls, $eof) = (0, 0, 0);
$buf = "";

sub add {
	my ($name, $text) = @_;
	open(my $f, ">>", "$dir/$name") or die "$name: $!\n";
	print $f $text, "\n";
	close($f);
}

sub take_line {
	my ($line) = @_;
	my $m = eval { $json->decode($line) };
	if (ref $m ne "HASH" || ($m->{jsonrpc} // "") ne "2.0") {
		add("odd", $line);
	} elsif (exists $m->{method}) {
		$notes++;
		add("notes", $line);
	} elsif (!defined $m->{id}) {
		$nulls++;
		add("null", $line);
	} elsif (exists $answers{$m->{id}}) {
		add("twice", $line);
	} else {
		$answers{$m->{id}} = $m;
		(my $name = $m->{id}) =~ s,[^\w.-],_,g;
		add("$name.json", $line);
	}
}

sub hear {
	my ($s) = @_;
	if ($eof || !IO::Select->new($out)->can_read($s)) {
		sleep(0.01) if $eof;
		return;
	}
	if (!sysread($out, $buf, 1 << 20, length $buf)) {
		$eof = 1;
		return;
	}
	while ((my $at = index($buf, "\n")) >= 0) {
		take_line(substr($buf, 0, $at));
		substr($buf, 0, $at + 1) = "";
	}
}

# Sends all of it, and hears meanwhile: neither waits for the other.
sub put {
	my ($text) = @_;
	my $off = 0;
	my $until = time + $patience;
	while ($off < length $text) {
		die "it does not read\n" if time > $until;
		if (IO::Select->new($in)->can_write(0.01)) {
			my $n = syswrite($in, $text, 4096, $off);
			return if !defined $n;
			$off += $n;
		}
		hear(0);
	}
}

sub wait_for {
	my ($what, $is) = @_;
	my $until = time + $patience;
	until ($is->()) {
		die "waited in vain: $what\n" if time > $until;
		die "it has ended: $what\n" if $eof && !$is->();
		hear(0.05);
	}
}

sub value {
	my ($v, $path) = @_;
	for my $k (split /\./, $path) {
		$v = ref $v eq "ARRAY" ? $v->[$k] : $v->{$k};
	}
	return $v // "";
}

sub over {
	my $until = time + $patience;
	close($in) if defined $in;
	$in = undef;
	while (waitpid($pid, WNOHANG) == 0) {
		die "it does not end\n" if time > $until;
		hear(0.05);
	}
	my $status = $? & 127 ? "sig" . ($? & 127) : $? >> 8;
	hear(0.05) until $eof || time > $until;
	add("status", $status);
	$pid = 0;
}

my $ok = eval {
	while (my $line = <STDIN>) {
		chomp $line;
		next if $line =~ /^\s*(#|$)/;
		$line =~ s/\@(\w+)\@/$names{$1} \/\/ die "no $1\n"/ge;
		if ($line =~ /^> (.*)/) {
			put("$1\n");
		} elsif ($line =~ /^< (.*)/) {
			open(my $f, "<", $1) or die "$1: $!\n";
			local $/;
			put(scalar <$f>);
		} elsif ($line =~ /^= (.*)/) {
			for my $id (split / /, $1) {
				wait_for("answer $id",
				    sub { exists $answers{$id} });
			}
		} elsif ($line =~ /^~ (\d+)/) {
			my $n = $1;
			wait_for("notification $n", sub { $notes >= $n });
		} elsif ($line =~ /^! (\d+)/) {
			my $n = $1;
			wait_for("error $n", sub { $nulls >= $n });
		} elsif ($line =~ /^take (\w+) (\S+) (\S+)/) {
			$names{$1} = value($answers{$2}, $3);
		} elsif ($line eq "eof") {
			close($in);
			$in = undef;
		} elsif ($line eq "deaf") {
			close($out);
			$eof = 1;
		} elsif ($line =~ /^kill (\w+)/) {
			kill($1, $pid);
		} elsif ($line =~ /^touch (.*)/) {
			open(my $f, ">", $1) or die "$1: $!\n";
		} elsif ($line eq "end") {
			over();
		} else {
			die "what is $line?\n";
		}
	}
	1;
};
if (!$ok) {
	print STDERR "mcp.pl: $@";
	add("failed", $@);
	if ($pid) {
		kill("KILL", $pid);
		waitpid($pid, 0);
	}
	exit 1;
}
over() if $pid;
