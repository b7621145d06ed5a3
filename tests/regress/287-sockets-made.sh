# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: a run makes Unix sockets in a grant where names are protected, as
# it would without that, and none under such a name.
. "$SRC/tests/regress/lib.sh"

command -v python3 >/dev/null || skip_all "needs python3"
SKILLS='"off": { "default": "allow", '$PATIENT', "write": ["'$W'"], "protect": [] },
    "own": { "default": "allow", '$PATIENT', "write": ["'$W'"], "network": "loopback" },'
conf_default
daemon_start

# The same lines with protected names and without.
cat >"$W/same.py" <<'END'
import errno, os, socket, stat, sys, threading
os.chdir(sys.argv[1])
os.umask(0o027)

def show(what, f):
    try:
        print(what, f())
    except OSError as e:
        print(what, errno.errorcode.get(e.errno, e))

def make(path, kind=socket.SOCK_STREAM):
    s = socket.socket(socket.AF_UNIX, kind)
    s.bind(path)
    n = s.getsockname()
    return n if isinstance(n, str) else n[:3]

def mode(path):
    st = os.lstat(path)
    return oct(st.st_mode), st.st_uid == os.getuid()

os.makedirs("d/e")
os.symlink("d/e", "l")
for path in "a", "./b", "d/../c", "l/d", os.getcwd() + "/f", "x" * 100:
    show("bind " + path[-5:], lambda: make(path) == path)
    show("mode " + path[-5:], lambda: mode(path))
show("again", lambda: make("a"))
show("datagram", lambda: make("g", socket.SOCK_DGRAM))
show("no directory", lambda: make("none/x"))
show("a file", lambda: make("same/x"))
show("too long", lambda: make("y" * 108))
show("no name", lambda: len(make("")))
show("abstract", lambda: make("\0cbt-287-%d" % os.getpid()))
os.mkdir("closed", 0o500)
show("closed", lambda: make("closed/x"))
open("file", "w").close()
show("there", lambda: make("file"))
show("below a file", lambda: make("file/x"))
show("link", lambda: os.symlink("nowhere", "dangling"))
show("dangling", lambda: make("dangling"))
s = socket.socket(socket.AF_UNIX)
s.bind("two")
show("twice", lambda: s.bind("three"))
s.listen()
c = socket.socket(socket.AF_UNIX)
c.connect(os.getcwd() + "/two")
p, _ = s.accept()
c.sendall(b"hello")
show("said", lambda: p.recv(9))
show("no socket", lambda: socket.socket(fileno=os.dup(0)).bind("z"))
os.rename("two", "d/two")
c = socket.socket(socket.AF_UNIX)
show("renamed", lambda: c.connect("d/two"))
os.unlink("d/two")
def other():
    show("by a thread", lambda: make("thread"))
t = threading.Thread(target=other)
t.start()
t.join()
from multiprocessing.connection import Listener, Client
l = Listener(os.getcwd() + "/listener", "AF_UNIX")
show("Listener", lambda: Client(l.address) is not None)
l.close()
END

same() {
	rm -rf "$W/g"
	install -d -o clawbot -g clawbot "$W/g"
	cb cbtagent run -s "$1" -- python3 "$W/same.py" "$W/g"
	is "$1: status" "$S" 0 || sed 's/^/# /' "$T/err"
	cp "$T/out" "$T/out.$1"
}
same off
same default
ok "as without protected names" cmp "$T/out.off" "$T/out.default"
diff "$T/out.off" "$T/out.default" | head -n 10 | sed 's/^/# /'
ok "all of it" test "$(wc -l <"$T/out.default")" -ge 30

cat >"$W/not.py" <<'END'
import os, socket, sys
os.chdir(sys.argv[1])
for d in "repo/.git", ".ssh", "repo/.git/hooks":
    if not os.path.isdir(d):
        try:
            os.makedirs(d)
        except OSError as e:
            print("made", d, e.errno)
os.symlink("repo/.git/hooks", "way")
for path in ".bashrc", "repo/.git/config", "repo/.git/hooks/update", \
    "repo/.git/hooks/x.sample", "way/update", ".ssh/agent", ".vscode", \
    os.getcwd() + "/.zshrc", "repo/../.netrc", "other/.git":
    try:
        s = socket.socket(socket.AF_UNIX)
        s.bind(path)
        print("bound", path)
    except OSError as e:
        print(e.errno)
END
rm -rf "$W/g"
install -d -o clawbot -g clawbot "$W/g" "$W/g/.ssh" "$W/g/other"
agent python3 "$W/not.py" "$W/g"
is "none under a protected name" "$(tr '\n' ' ' <"$T/out")" \
    "30 30 30 bound repo/.git/hooks/x.sample 30 30 30 30 30 30 "
has "they are told" "$T/err" "skills.default.protect: .bashrc"
is "none is there" "$(find "$W/g" -type s)" "$W/g/repo/.git/hooks/x.sample"

# What is no name goes the same way.
cb cbtagent run -s own -- python3 -c 'import socket
for f, a in (socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_INET6, ("::1", 0)):
    for k in socket.SOCK_STREAM, socket.SOCK_DGRAM:
        s = socket.socket(f, k)
        s.bind(a)
        print(s.getsockname()[1] > 0)
        try:
            s.bind(a)
        except OSError as e:
            print(e.errno)
try:
    socket.socket().bind(("192.0.2.1", 0))
except OSError as e:
    print(e.errno)'
is "addresses of a network" "$(tr '\n' ' ' <"$T/out")" \
    "True 22 True 22 True 22 True 22 99 "
daemon_stop
finish
