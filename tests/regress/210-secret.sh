# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: the secret's bytes appear in no log, core, journal, /proc file or
# other process.  Searched for as they are, in base64, hexadecimal and
# reversed.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "read": ["'$W'"], '$PATIENT',
	"ask": ["touch asked"], "write": ["'$W'"],
	"secrets": { "TOKEN": "env" } },
    "file": { "default": "allow", "read": ["'$W'"],
	"secrets": { "TOKEN": "file" } },'
conf_default
daemon_start

# The value is made by this program alone; it is told apart by its place in
# a pipe, never by a file or an argument.
cat >"$T/search.pl" <<'END'
# search.pl mem PID... | files PATH...: prints where the value is, which
# comes on standard input
use MIME::Base64;
my $v = <STDIN>;
my @v = ($v, encode_base64($v, ""), unpack("H*", $v), scalar reverse $v);
# of base64, what does not depend on the neighbours
$v[1] = substr($v[1], 0, 4 * int(length($v) / 3));
sub look {
	my ($data, $where) = @_;
	for my $i (0 .. $#v) {
		print "$where: form $i\n" if index($data, $v[$i]) >= 0;
	}
}
sub memory {
	my $pid = shift;
	open(my $maps, "<", "/proc/$pid/maps") or return;
	open(my $mem, "<:raw", "/proc/$pid/mem") or return;
	while (<$maps>) {
		my ($lo, $hi, $perm, $name) =
		    /^(\w+)-(\w+) (\S+) \S+ \S+ \S+\s*(.*)/;
		next if $perm !~ /^r/ || $name =~ /vvar|vsyscall/;
		($lo, $hi) = (hex $lo, hex $hi);
		next if $hi - $lo > 1 << 30;	# shadow of a sanitizer
		my $tail = "";
		for (my $at = $lo; $at < $hi; $at += 1 << 20) {
			my $n = $hi - $at < 1 << 20 ? $hi - $at : 1 << 20;
			sysseek($mem, $at, 0);
			my $got = sysread($mem, my $buf, $n);
			last unless $got;
			$total += $got;
			look($tail . $buf, "memory of $pid $name");
			$tail = substr($buf, -256);
		}
	}
}
sub whole {
	my $path = shift;
	open(my $f, "<:raw", $path) or return;
	local $/;
	my $data = <$f>;
	$total += length($data // "");
	look($data // "", $path);
}
my $mode = shift @ARGV;
if ($mode eq "mem") {
	memory($_) for @ARGV;
} else {
	whole($_) for @ARGV;
}
print STDERR "$total\n";
END

value=cbt$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')end

# search MODE PLACE...: where it is, in $T/found; bytes looked at in SEEN
search() {
	# the here-document is a pipe or an unlinked file
	printf '%s' "$value" | perl "$T/search.pl" "$@" >"$T/found" \
	    2>"$T/seen"
	SEEN=$(tail -n 1 "$T/seen")
}

printf '%s' "$value" | cbin cbtadmin secrets set TOKEN
cb cbtadmin --json secrets list
is "the secret is set" "$(json "$T/out" secrets.0.name)" TOKEN
printf '%s\n' 'printenv TOKEN; printenv TOKEN >&2' >"$W/show.sh"
cb cbtagent run -s one -- sh "$W/show.sh"
is "a run shows it, masked" "$(cat "$T/out" "$T/err")" \
    "[REDACTED]${NL}[REDACTED]"
cb cbtagent run -s one -- nosuchcommand
cb cbtagent run -s one --timeout 1 -- sleep 1000
printf '%s\n' 'kill -SEGV $$' >"$W/crash.sh"
cb cbtagent run -s one -- sh "$W/crash.sh"
cb cbtagent run -s file -- cat /run/secrets/TOKEN
is "as a file, masked" "$(cat "$T/out")" "[REDACTED]"
cb cbtagent --json run -s one -- printenv TOKEN
cb cbtagent run -s one --no-wait -- touch asked
cb cbtadmin audit tail -l -n 1000
cp "$T/out" "$T/tail"

### While a run has it

cbbg sleeper cbtagent run -s one -- sleep 1000
until_true 60 running "sleep 1000" || bail "no run"
x=$(role_pid executor)
v=$(role_pid vault)
a=$(role_pid auditor)
run=
for p in $(family "$x"); do
	[ "$(name_of "$p")" = sleep ] && run=$p
done
search mem "$run"
ok "the search finds it where it is: in the run" grep -q 'form 0' "$T/found"

search mem "$D"
is "memory of the supervisor" "$(cat "$T/found")" ""
ok "memory of the supervisor was read" test "$SEEN" -gt 500000
search mem "$a"
is "memory of the auditor" "$(cat "$T/found")" ""
ok "memory of the auditor was read" test "$SEEN" -gt 500000
search mem "$x"
is "memory of the executor" "$(cat "$T/found")" ""
ok "memory of the executor was read" test "$SEEN" -gt 500000
for p in $(children "$x"); do
	search mem "$p"
	is "memory of a spawner" "$(cat "$T/found")" ""
done
cb cbtadmin status --all
if grep -q 'keymem.*memfd_secret' "$T/out"; then
	search mem "$v"
	is "memory of the vault" "$(cat "$T/found")" ""
	ok "memory of the vault was read" test "$SEEN" -gt 300000
else
	skip "memory of the vault" "no memfd_secret here: root can read it"
fi
# every process but the run, its runner, and those of this test
mine=" $$ "
for p in $(family "$$"); do
	mine="$mine$p "
done
keep=
for p in $(family "$D"); do
	case "$(children "$p" | tr '\n' ' ')$p" in
	*"$run"*)	keep="$keep $p" ;;
	esac
done
others=
for dir in /proc/[0-9]*; do
	p=${dir#/proc/}
	case "$mine$keep " in
	*" $p "*)	;;
	*)		others="$others $dir/environ $dir/cmdline $dir/comm" ;;
	esac
done
# shellcheck disable=SC2086 # a list
search files $others
is "environment and arguments of everybody else" "$(cat "$T/found")" ""
ok "they were read" test "$SEEN" -gt 1000
search files "/proc/$run/cmdline"
is "arguments of the run" "$(cat "$T/found")" ""

### On disk

kill "$BGPID"
status_of "$BGPID"
until_true 60 not_running "sleep 1000" || bail "the run does not end"
logs=$(find "$T/log" "$T/vault" "$T/run" "$T/empty" "$T/d.err" "$T/tail" \
    "$W" /var/log /var/crash /var/lib/systemd/coredump -type f 2>/dev/null)
# shellcheck disable=SC2086 # a list
search files $logs
is "logs, vault, journal, cores" "$(cat "$T/found")" ""
ok "they were read" test "$SEEN" -gt 1000
is "no core was written" "$(find "$T" "$W" / -maxdepth 1 -name 'core*' \
    -type f 2>/dev/null)" ""
if command -v journalctl >/dev/null && journalctl -n 1 >/dev/null 2>&1; then
	journalctl -b >"$T/journal" 2>/dev/null
	search files "$T/journal"
	is "the journal" "$(cat "$T/found")" ""
else
	skip "the journal" "there is none"
fi
dmesg >"$T/dmesg" 2>/dev/null
search files "$T/dmesg"
is "the kernel's messages" "$(cat "$T/found")" ""

### When the run has ended, and when the secret has gone

for p in $(family "$D"); do
	[ "$p" != "$v" ] || continue
	search mem "$p"
	is "afterwards: memory of $(name_of "$p")" "$(cat "$T/found")" ""
done
cb cbtadmin secrets rm TOKEN
is "rm" "$S" 0
for p in $(family "$D"); do
	[ "$p" != "$v" ] || continue
	search mem "$p"
	is "removed: memory of $(name_of "$p")" "$(cat "$T/found")" ""
done
search mem "$v"
is "removed: memory of the vault" "$(cat "$T/found")" ""
search files "$T/vault/secrets.env"
is "removed: the vault's file" "$(cat "$T/found")" ""

### A role that is ended by a signal leaves no core

printf '%s' "$value" | cbin cbtadmin secrets set TOKEN
kill -ABRT "$v"
daemon_wait
is "a crash: status" "$DSTATUS" 95
is "a crash: no core" "$(find "$T" "$W" /var/lib/systemd/coredump \
    /var/crash -name '*core*' -type f 2>/dev/null)" ""
finish
