# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: a run of a skill with network loopback has 127.0.0.1 and ::1 of its
# own, on which what works outside works inside; nothing of it is seen by
# another run, nothing leaves it, and nothing in it can be changed.
. "$SRC/tests/regress/lib.sh"

for tool in ip python3; do
	command -v $tool >/dev/null || skip_all "no $tool"
done

SKILLS='"own": { "default": "allow", "network": "loopback",
    "write": ["'$W'"], '$PATIENT' },
    "none": { "default": "allow", "network": "none" },'
conf_default
daemon_start

# own COMMAND...: in a run of that skill
own() {
	cb cbtagent run -s own -- "$@"
}

# same NAME COMMAND...: ends inside as outside, with the same output
same() {
	s_name=$1
	shift
	s_out=$(as clawbot env -i PATH="$PATH" HOME=/tmp "$@" 2>/dev/null) &&
	    s_status=0 || s_status=$?
	own "$@"
	is "as outside: $s_name" "$S $(cat "$T/out")" "$s_status $s_out"
	[ "$S" -eq "$s_status" ] || diag "$(cat "$T/err")"
}

cat >"$W/server.py" <<'END'
import http.server, threading, urllib.request, socket, sys
class V6(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello " + self.path.encode())
    def log_message(self, *a):
        pass
for cls, host, name in ((http.server.ThreadingHTTPServer, "127.0.0.1",
    "127.0.0.1"), (V6, "::1", "[::1]"), (http.server.ThreadingHTTPServer,
    "localhost", "localhost")):
    s = cls((host, 0), H)
    threading.Thread(target=s.serve_forever, daemon=True).start()
    u = "http://%s:%d/x" % (name, s.server_address[1])
    print(urllib.request.urlopen(u, timeout=20).read().decode())
END
cat >"$W/aio.py" <<'END'
import asyncio
async def serve(r, w):
    w.write(b"got " + await r.readline())
    await w.drain()
    w.close()
async def main():
    s = await asyncio.start_server(serve, "localhost", 0)
    r, w = await asyncio.open_connection("localhost",
        s.sockets[0].getsockname()[1])
    w.write(b"this\n")
    print((await r.read()).decode(), end="")
asyncio.run(main())
END
cat >"$W/udp.py" <<'END'
import socket
for f, a in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"),
    (socket.AF_INET, "127.1.2.3")):
    s = socket.socket(f, socket.SOCK_DGRAM)
    s.bind((a, 0))
    s.settimeout(20)
    c = socket.socket(f, socket.SOCK_DGRAM)
    c.sendto(b"datagram", s.getsockname()[:2])
    print(s.recv(99).decode())
END
same "HTTP over IPv4 and IPv6, by address and by name" \
    python3 "$W/server.py"
same "asyncio" python3 "$W/aio.py"
same "UDP" python3 "$W/udp.py"
same "getent hosts localhost" getent ahosts localhost
same "a connection that is refused" python3 -c '
import socket
try: socket.create_connection(("127.0.0.1", 1), 20)
except OSError as e: print(e)'
same "a range of ports" python3 -c '
import socket
ss = [socket.socket() for _ in range(50)]
[s.bind(("127.0.0.1", 0)) for s in ss]
print(len(set(s.getsockname()[1] for s in ss)))'
own python3 -c 'import socket; socket.socket().bind(("", 80))'
ok "a port of root's is not to be had" grep -q "Permission denied" "$T/err"
if command -v node >/dev/null; then
	same "node: a server and a request" node -e '
const h = require("http");
const s = h.createServer((q, a) => a.end("hi " + q.url));
s.listen(0, () => h.get({ port: s.address().port, path: "/y" }, r => {
	r.on("data", d => console.log(String(d)));
	r.on("end", () => s.close());
}))'
	own node -e '
const i = require("os").networkInterfaces();
console.log(Object.keys(i).join(), i.lo.map(a => a.address).join())'
	is "node: its interfaces" "$S $(cat "$T/out")" "0 lo 127.0.0.1,::1"
fi

### What can be read of it

own ip -br addr
is "ip addr" "$S $(tr -s ' ' <"$T/out")" "0 lo UNKNOWN 127.0.0.1/8 ::1/128 "
own ip route get 127.0.0.1
ok "ip route get" grep -q "dev lo" "$T/out"
own python3 -c 'import socket; print(socket.if_nameindex())'
has "getifaddrs and its like" "$T/out" "(1, 'lo')"
own sh -c 'ip route show; ip -6 route show default; ip neigh'
is "no route, and no neighbour" "$(cat "$T/out")" ""
own sh -c "ip -br link show up | awk '{ print \$1 }'"
is "lo alone is up" "$(cat "$T/out")" lo

### Nothing in it can be changed

for what in "link set lo down" "link set lo mtu 1000" \
    "link add d0 type dummy" "link add v0 type veth peer name v1" \
    "addr add 10.9.8.7/24 dev lo" "addr del 127.0.0.1/8 dev lo" \
    "route add default dev lo" "route add 10.0.0.0/8 dev lo" \
    "neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev lo" \
    "rule add from all table 7" "tuntap add dev t0 mode tun"; do
	# shellcheck disable=SC2086 # words
	own ip $what
	ok "not permitted: ip $what" sh -c \
	    "[ $S -ne 0 ] && grep -qE 'not permitted|No such file' '$T/err'"
done
own ip -br addr
is "and is as it was" "$(tr -s ' ' <"$T/out")" \
    "lo UNKNOWN 127.0.0.1/8 ::1/128 "

### Nothing leaves it

cat >"$W/out.py" <<'END'
import errno, socket
seen = set()
for f, a in ((2, "192.0.2.1"), (2, "10.0.0.1"), (2, "169.254.169.254"),
    (2, "224.0.0.1"), (2, "255.255.255.255"), (10, "2001:db8::1"),
    (10, "fe80::1"), (10, "ff02::1")):
    for t in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        s = socket.socket(f, t)
        if t == socket.SOCK_DGRAM and f == 2:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        try:
            s.connect((a, 9))
            if t == socket.SOCK_DGRAM:
                s.send(b"x")
            seen.add("WENT " + a)
        except OSError as e:
            seen.add(errno.errorcode[e.errno])
print(" ".join(sorted(seen)))
END
own python3 "$W/out.py"
ok "no address beyond it is reached" sh -c \
    "! grep -q WENT '$T/out' && grep -q ENETUNREACH '$T/out'"
for s in "2 3 1" "2 3 255" "10 3 58" "17 3 0" "17 2 768" "16 3 12" "16 3 4" \
    "16 2 15" "16 3 16" "40 1 0" "2 2 1"; do
	# shellcheck disable=SC2086 # numbers
	own python3 -c 'import socket, sys
try:
    socket.socket(*[int(a) for a in sys.argv[1:]]); print("THERE")
except OSError as e: print(e)' $s
	ok "no such socket: $s" sh -c \
	    "grep -qE 'not supported|not permitted' '$T/out'"
done

### The host is not in it, nor another run

# of this script alone: others may be tried on the same host
N=cbt-630-$$
cat >"$T/listen" <<END
import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(9)
u = socket.socket(socket.AF_UNIX); u.bind("\\0$N"); u.listen(9)
print(s.getsockname()[1], flush=True)
time.sleep(600)
END
chmod 644 "$T/listen"
cat >"$W/reach.py" <<END
import socket, sys
def at(f, a):
    s = socket.socket(f); s.settimeout(10)
    try: s.connect(a); return "REACHED"
    except OSError as e: return e.strerror
print(at(socket.AF_INET, ("127.0.0.1", int(sys.argv[1]))),
    at(socket.AF_UNIX, "\\0$N"), sep="/")
END
python3 "$T/listen" >"$T/port" &
HOSTS=$!
BG="$BG $HOSTS"
until_true 60 test -s "$T/port" || bail "nobody listens"
is "the host's are there" "$(python3 "$W/reach.py" "$(cat "$T/port")")" \
    REACHED/REACHED
own python3 "$W/reach.py" "$(cat "$T/port")"
is "the host's loopback is another, and so are its abstract sockets" \
    "$(cat "$T/out")" "Connection refused/Connection refused"
kill -9 "$HOSTS"
wait "$HOSTS" 2>/dev/null

cp "$T/listen" "$W/listen.py"
cbbg first cbtagent run -s own -- python3 "$W/listen.py"
until_true 60 test -s "$T/first.out" || bail "nobody listens in a run"
port=$(cat "$T/first.out")
own python3 "$W/reach.py" "$port"
is "what another run of the skill listens on is not there" \
    "$(cat "$T/out")" "Connection refused/Connection refused"
own python3 -c 'import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); print("taken")
u = socket.socket(socket.AF_UNIX); u.bind("\0" + sys.argv[2]); print("taken")' \
    "$port" "$N"
is "the same port and name can be taken in each" \
    "$(tr '\n' ' ' <"$T/out")" "taken taken "
own cat /proc/self/net/unix /proc/self/net/tcp
hasnot "nor are they seen" "$T/out" "@$N" \
    "$(printf ':%04X 00000000:0000 0A' "$port")"
nets=
for p in $(family "$(role_pid executor)"); do
	case $(cmdline "$p" | tr '\n' ' ') in
	"python3 $W/listen.py "*)
		nets=$(readlink "/proc/$p/ns/net") ;;
	esac
done
others=$(for p in $(family "$D"); do readlink "/proc/$p/ns/net"; done |
    grep -cxF "$nets")
is "its network is its own: init's and the command's" "$others" 2
for p in $(family "$(role_pid executor)"); do
	case $(cmdline "$p" | tr '\n' ' ') in
	*"$W/listen.py "*)
		is "no capability over it in the run" "$(sed -n \
		    's/^Cap[PEB][a-z]*:	*//p' "/proc/$p/status" | sort -u)" \
		    0000000000000000 ;;
	esac
done

### Without it there is none

cb cbtagent run -s none -- python3 "$W/reach.py" 1
ok "network none: no such sockets" test "$S" -ne 0
cb cbtagent run -s none -- python3 -c 'import socket
try: socket.socket(16, 3, 0)
except OSError as e: print(e.errno)'
is "network none: no netlink" "$(cat "$T/out")" 97

### It is said, and looked after

cb cbtadmin doctor --sandbox
ok "doctor --sandbox" test "$S" -eq 0 -o "$S" -eq 1
has "every attempt is held" "$T/out" "skill own: held"
daemon_stop
CLAWBOT_WITHOUT=loopback@own
export CLAWBOT_WITHOUT
daemon_start
cb cbtagent run -s own -- true
is "lo does not come up: the skill is refused" "$S" 77
has "and it is said why" "$T/err" "loopback"
daemon_stop
unset CLAWBOT_WITHOUT
finish
