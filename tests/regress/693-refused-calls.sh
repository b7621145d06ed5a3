# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: what no run may do, whatever it is about, is told at its end: how
# often and by which key; and no call has another result for being counted.
. "$SRC/tests/regress/lib.sh"

LOOP='"network": "loopback"'
SKILLS='"watched": { "default": "allow", '$PATIENT', "write": ["'$W'"],
	'$LOOP' },
    "names": { "default": "allow", "execs": "off", '$PATIENT',
	"write": ["'$W'"], '$LOOP' },
    "off": { "default": "allow", "execs": "off", '$PATIENT',
	"write": ["'$W'"], "protect": [], '$LOOP' },
    "traced": { "default": "allow", "execs": "off", "trace": true,
	'$PATIENT', "write": ["'$W'"], '$LOOP' },
    "small": { "default": "allow", "write": ["'$W'"], '$LOOP',
	"limits": { "timeoutSeconds": 550, "memoryMB": 300 } },'
conf_default
daemon_start
cp "$RUN_H/refused_calls" "$W/calls"
chmod 755 "$W/calls"

# calls SKILL: what each is answered
calls() {
	cb cbtagent run -s "$1" -C "$W" -- ./calls
	cp "$T/out" "$T/$1.calls"
	is "$1: they are answered" "$S" 0
}
calls off
calls watched
calls names
ok "who is counted is answered the same" cmp "$T/off.calls" \
    "$T/watched.calls"
ok "... with programs as they are" cmp "$T/off.calls" "$T/names.calls"
diff "$T/off.calls" "$T/watched.calls" | head -n 5 | sed 's/^/# /'
cb cbtagent run -s watched -C "$W" -- ./calls loud 2000
is "no signal becomes an answer" "$(cat "$T/out")" 0

# one SKILL
one() {
	cb cbtagent --json run -s "$1" -C "$W" -- ./calls attach 7
	is "--json: who attaches, $1" "$(json "$T/out" refused |
	    tr -d ' \n')" "[{\"count\":7,\"rule\":\"skills.$1.trace\"}]" ||
	    json "$T/out" refused | sed 's/^/# /'
}
one watched
ok "the record has how many there were" log_has '"refused":7'
one names
cb cbtagent --json run -s traced -C "$W" -- ./calls attach 1
is "what may trace is not counted" "$(json "$T/out" refused)" "[]"
cb cbtagent run -s watched -C "$W" -- ./calls attach 2
hasnot "a command that goes on without is told nothing" "$T/err" "refused"
cb cbtagent run -s watched -C "$W" -- sh -c './calls attach 2; exit 3'
has "one that fails is" "$T/err" \
    "clawbot: 2 calls were refused in the run: skills.watched.trace (2 times)"

# A network that there is not.
cat >"$W/reach" <<'END'
use Socket;
my ($proto, $to, $port, $six) = @ARGV;
socket(my $s, $six ? AF_INET6 : AF_INET,
    $proto eq "udp" ? SOCK_DGRAM : SOCK_STREAM, 0) or die "socket: $!";
my $a = $six ? pack_sockaddr_in6($port, Socket::inet_pton(AF_INET6, $to)) :
    pack_sockaddr_in($port, inet_aton($to));
for (1 .. 3) {
    if ($proto eq "udp") { send($s, "x", 0, $a) or print "$!\n" }
    else { connect($s, $a) or print "$!\n" }
}
exit 1;
END
# reaches NAME COUNT ARGUMENT...
reaches() {
	r_name=$1 r_count=$2
	shift 2
	cb cbtagent --json run -s off -C "$W" -- perl reach "$@"
	is "--json: $r_name" "$(json "$T/out" refused | tr -d ' \n')" \
	    "$r_count" || sed 's/^/# /' "$T/out"
}
count() {
	echo "[{\"count\":$1,\"rule\":\"skills.off.network\"}]"
}
reaches "TCP" "$(count 3)" tcp 192.0.2.1 80
reaches "UDP" "$(count 3)" udp 192.0.2.1 53
reaches "TCP over IPv6" "$(count 3)" tcp 2001:db8::1 80 six
reaches "its own address, where nobody listens" "[]" tcp 127.0.0.1 1
cb cbtagent run -s watched -C "$W" -- sh -c 'perl reach tcp 192.0.2.1 80; true'
hasnot "a command that goes on without" "$T/err" refused
cb cbtagent run -s off -- false
hasnot "nothing was tried" "$T/err" refused

# More memory at once than there may be, where no group holds it.
cat >"$W/large" <<'END'
my $len = $ARGV[0] * 1024 * 1024;
my $r = syscall(9, 0, $len, $ARGV[1] + 0, hex($ARGV[2]), -1, 0);
exit($r == -1 ? 7 : 0);
END
if [ "$(uname -m)" = x86_64 ]; then
	cb cbtagent --json run -s small -C "$W" -- perl large 600 3 0x4022
	if [ "$S" -eq 7 ]; then
		is "memory: the key, and no limit for a command that goes on" \
		    "$(json "$T/out" limit 2>/dev/null) $(json "$T/out" \
		    refused | tr -d ' \n')" \
		    ' [{"count":1,"rule":"skills.small.limits.memoryMB"}]'
		cb cbtagent run -s small -C "$W" -- perl large 99999999 3 0x4022
		has "memory: in words" "$T/err" \
		    "refused in the run: skills.small.limits.memoryMB"
		cb cbtagent --json run -s small -C "$W" -- sh -c \
		    'perl large 600 3 0x4022; kill -6 $$'
		is "memory: what a signal ends has met its limit" \
		    "$(json "$T/out" limit)" memory
		cb cbtagent --json run -s small -C "$W" -- perl large 99999 0 \
		    0x4022
		is "memory: what is only reserved is not" \
		    "$S $(json "$T/out" refused)" "0 []"
		cb cbtagent run -s small -C "$W" -- ./calls map 280
		is "memory: nor does a signal interrupt what there is room for" \
		    "$S $(cat "$T/out")" "0 0"
		cb cbtagent --json run -s small -C "$W" -- perl large 200 3 0x22
		is "memory: nor what there is room for" \
		    "$S $(json "$T/out" refused)" "0 []"
	else
		skip "memory" 7 "a control group holds it"
	fi
fi
daemon_stop

# An init that lets go on whatever it is asked about.
CLAWBOT_HOSTILE='continue'
export CLAWBOT_HOSTILE
daemon_start
calls off
calls names
is "init taken over: all that it has let go on" "$(diff "$T/off.calls" \
    "$T/names.calls" | grep '^>')" "> ptrace 16 0: done"
daemon_stop

# The battery asks it as a run does.
CLAWBOT_HOSTILE='continue all'
daemon_start
cb cbtagent run -s names -- true
is "what init does not answer is found before any run" "$S" 77
daemon_stop
unset CLAWBOT_HOSTILE
finish
