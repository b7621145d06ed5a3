# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: who speaks to the daemon, and not as clawbot(1) does, is recorded,
# with what was wrong and as often as once in a second; who leaves in the middle
# of something is not.
. "$SRC/tests/regress/lib.sh"

command -v python3 >/dev/null || skip_all "needs python3"
MORE='"audit": { "readers": ["cbtother"] }'
conf_default
daemon_start

# speak ACCOUNT WORD: over a connection of its own
speak() {
	as "$1" python3 - "$T/run/channels/cli.sock" "$2" <<'END'
import socket, struct, sys
path, word = sys.argv[1:]
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect(path)
def frame(type, data=b"", seq=0, magic=0xcb01):
    return struct.pack(">HHHHIIQ", magic, type, 0, 0, len(data), seq, 1) + data
def hello(version):
    return frame(0x0101, struct.pack(">II", version, 0))
if word == "garbage":
    s.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
elif word == "magic":
    s.send(frame(0x0101, b"\0" * 8, magic=0xcb02))
elif word == "state":
    s.send(frame(0x0104))
elif word == "version":
    s.send(hello(4))
elif word == "malformed":
    s.send(hello(5))
    s.send(frame(0x010d, b"\xff" * 17, 1))
elif word == "leave":
    s.send(hello(5))
    s.send(frame(0x0104, b"", 1))
    sys.exit(0)
elif word == "part":
    s.send(hello(5))
    s.send(frame(0x010d, struct.pack(">BQQ", 7, 1, 0), 1))
    s.recv(65536)
    s.recv(65536)
    sys.exit(0)
else:
    sys.exit("what?")
while s.recv(65536):
    pass
END
}
# wrong WORD TEXT
wrong() {
	speak cbtagent "$1"
	is "$1: it is let go" "$?" 0
	ok "$1: recorded" log_has '"cause":"protocol"' "$2"
}
wrong garbage '"reason":"bad magic 0x4745"'
grep -F '"cause":"protocol"' "$T/log/gateway.log" | tail -n 1 |
    sed 's/^[^{]*//' >"$T/record"
is "who it was" "$(json "$T/record" why.account)" cbtagent
ok "and over which connection" expr "$(json "$T/record" why.conn)" : \
    'c[0-9a-z]\{12\}$'
wrong magic '"reason":"bad magic 0xcb02"'
wrong state '"reason":"STATUS in the wrong state'
wrong version '"reason":"other protocol"'
wrong malformed '"reason":"malformed AUDIT"'

### Who leaves

n=$(grep -c '"cause":"protocol"' "$T/log/gateway.log")
for i in 1 2 3; do
	speak cbtother leave
done
cb cbtother run -- true
cb cbtagent run -- true
ok "the log goes on" log_has '"ev":"result"' '"outcome":"exited"'
cb cbtadmin audit search account=cbtother kind=auth
is "who leaves in the middle is not recorded" "$S" 1
is "nor anybody else" "$(grep -c '"cause":"protocol"' \
    "$T/log/gateway.log")" "$n"

### Who may read the log, and asks for files of it

speak cbtother part
is "a reader and a file of the log: answered" "$?" 0
ok "a reader and a file of the log: refused" log_has '"cause":"AUDIT"' \
    '"reason":"only approvers may archive the log"'
finish
