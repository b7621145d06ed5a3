# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034
#
# A stream of the caller's that fails is no end of it: who only reads a part of
# what it should, or tells nobody what it has to tell, does not end well.
. "$SRC/tests/regress/lib.sh"

SKILLS='"hook": { "default": "allow" }'
CHANNELS='"admin": { "users": ["cbtadmin"], "access": "execute",
    "skills": ["hook"] }'
conf_default
daemon_start

### Commands

cbin cbtagent run -- cat <"$T"
is "standard input that cannot be read: status" "$S" 74
has "and it is said" "$T/err" "clawbot: standard input: Is a directory"
cbin cbtagent run -- cat </proc/self/mem
is "one that fails while it is read: status" "$S" 74
has "and it is said so" "$T/err" "standard input: Input/output error"
cbin cbtagent run --json -- cat <"$T"
is "as a document: status, and that of the document" \
    "$S $(json "$T/out" status) $(json "$T/out" outcome)" "74 74 exited"
cbin cbtagent run -- sh -c 'cat; exit 3' <"$T"
is "a command that fails by itself keeps its status" "$S" 3
has "and it is said all the same" "$T/err" "standard input: Is a directory"
cbin cbtagent run -n -- cat <"$T"
is "nothing that nobody reads" "$S $(cat "$T/err")" "0 "
cbin cbtagent run -- cat <&-
is "one that is closed is empty" "$S $(cat "$T/err")" "0 "
# socket KIND COMMAND: it, with a standard input that is no stream, or one no more
cat >"$T/socket" <<'END'
use Socket;
my ($kind, @argv) = @ARGV;
if ($kind eq "tcp") {
	socket(S, AF_INET, SOCK_STREAM, 0) || die;
} elsif ($kind eq "unix") {
	socket(S, AF_UNIX, SOCK_STREAM, 0) || die;
} else {
	socketpair(S, my $peer, AF_UNIX, SOCK_STREAM, 0) || die;
	syswrite(S, "unread");
	close($peer);
}
open(STDIN, "<&", \*S) || die;
exec(@argv) || die;
END
for kind in tcp unix reset; do
	S=0
	as cbtagent timeout 60 perl "$T/socket" $kind "$B/clawbot" -S "$T/run" \
	    run -- true >"$T/out" 2>"$T/err" || S=$?
	is "a socket ($kind) without a stream is empty" \
	    "$S $(cat "$T/err")" "0 "
done
cbin cbtagent run -- cat </dev/null
is "and one that ends has ended" "$S $(cat "$T/err")" "0 "

### The shell

shell() {
	S=0
	as cbtagent env CLAWBOT_SOCKETS="$T/run" timeout 60 "$B/clawbot-sh" \
	    "$@" >"$T/out" 2>"$T/err" || S=$?
}
shell <"$T"
is "clawbot-sh with such an input" "$S $(cat "$T/err")" \
    "74 clawbot: standard input: Is a directory"
shell -c cat <"$T"
is "and with a line" "$S" 74

### A hook that makes a secret

printf 'first-value-of-it\n' | cbin cbtadmin secrets set ROTATED
cbin cbtadmin -c admin secrets rotate ROTATED --run -s hook -- \
    sh -c 'cat; echo half-of-a-value' <"$T"
is "a hook that was not given all of its input: status" "$S" 74
has "its value is not stored" "$T/err" "ROTATED keeps its value" \
    "its standard input could not be read to the end"
cb cbtadmin --json secrets history ROTATED
is "and there is no other version" "$(json "$T/out" versions.1)" ""

### A server of tools

mcp() {
	S=0
	as cbtagent timeout 60 "$B/clawbot" -S "$T/run" mcp 2>"$T/err" || S=$?
}
echo '{"jsonrpc":"2.0","id":1,"method":"ping"}' >"$T/ping"
mcp <"$T/ping" >/dev/full
is "mcp that cannot answer: status" "$S" 74
has "and it says so" "$T/err" "standard output: No space left on device"
mcp <"$T" >"$T/out"
is "mcp that cannot read: status" "$S" 74
has "and it says that" "$T/err" "standard input: Is a directory"
### What is only printed

for words in -V --help help "run --help" "audit --help" "completion bash"; do
	S=0
	# shellcheck disable=SC2086 # words
	"$B/clawbot" $words >/dev/full 2>"$T/err" || S=$?
	is "$words to a full disk" "$S $(cat "$T/err")" \
	    "74 clawbot: standard output: No space left on device"
done
S=0
"$B/clawbot-sh" --version >/dev/full 2>"$T/err" || S=$?
is "clawbot-sh --version to a full disk" "$S $(cat "$T/err")" \
    "74 clawbot: standard output: No space left on device"
S=0
"$B/clawbotd" -V >/dev/full 2>"$T/err" || S=$?
is "clawbotd -V to a full disk" "$S" 74
has "and it says why" "$T/err" "standard output: No space left on device"

### Who leaves

mcp <"$T/ping" >"$T/out"
is "mcp whose client leaves: status" "$S $(cat "$T/err")" "0 "

### Nothing more can be written

S=0
"$B/clawbot" -S "$T/run" top -n 1 >/dev/full 2>"$T/err" || S=$?
is "top on a disk that is full" "$S $(cat "$T/err")" \
    "74 clawbot: standard output: No space left on device"
finish
