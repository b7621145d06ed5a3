# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# An account that its runs act as can end their processes from outside, also
# before the command is executed.  That ends the run, not the daemon.
. "$SRC/tests/regress/lib.sh"

SKILLS='"own": { "default": "allow", "runAs": "cbtagent" },'
conf_default
daemon_start

# Ends what the account has in there as soon as it is seen, for $1 seconds, and
# until it has met somebody.
cat >"$T/killer.pl" <<'END'
my $end = time + $ARGV[0];
my $n = 0;
while (time < $end || ($n == 0 && time < $end + 120)) {
	for my $dir (glob "/proc/[0-9]*") {
		next unless -o $dir;
		open(my $f, "<", "$dir/comm") or next;
		my $comm = <$f> // "";
		next unless $comm =~ /^clawbot-spawne/;
		$n += kill 9, $dir =~ /(\d+)/;
	}
}
print "$n\n";
END
chmod 711 "$T"
chmod 644 "$T/killer.pl"
setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" --init-groups \
    perl "$T/killer.pl" 8 >"$T/killed" 2>/dev/null &
K=$!
BG="$BG $K"
n=0
while ! gone "$K" && ! gone "$D"; do
	cb cbtagent run -s own -- true
	n=$((n + 1))
done
status_of "$K"
diag "$n runs, $(cat "$T/killed") kills"
ok "something was ended early" test "$(cat "$T/killed")" -gt 0
if gone "$D"; then r=1; else r=0; fi
result "$r" "the daemon is there"
cb cbtagent run -s own -- echo fine
is "and runs what it is asked" "$(cat "$T/out")" fine
cb cbtadmin audit verify
is "the log is whole" "$S" 0

finish
