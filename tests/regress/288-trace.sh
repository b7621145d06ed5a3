# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: runs trace their own processes where the skill says so, and nothing
# else, and nobody says so where what they execute is judged or recorded.
. "$SRC/tests/regress/lib.sh"

command -v python3 >/dev/null || skip_all "needs python3"
SKILLS='"debug": { "default": "allow", '$PATIENT', "write": ["'$W'"], "execs": "off",
	"shell": true, "trace": true },
    "off": { "default": "allow", '$PATIENT', "write": ["'$W'"], "execs": "off" },'
conf_default
daemon_start

# A child stops, its memory is read, and init's is not to be had.
cat >"$W/trace.py" <<'END'
import ctypes, errno, os, signal
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4
libc.ptrace.restype = ctypes.c_long
def ptrace(*a):
    ctypes.set_errno(0)
    r = libc.ptrace(*a)
    return errno.errorcode.get(ctypes.get_errno(), "done")
word = ctypes.c_long(0x1234)
pid = os.fork()
if pid == 0:
    print("me", ptrace(0, 0, 0, 0), flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
    os._exit(7)
os.waitpid(pid, os.WUNTRACED)
print("peek", ptrace(2, pid, ctypes.addressof(word), 0))
print("cont", ptrace(7, pid, 0, 0))
os.kill(pid, signal.SIGCONT)
while True:
    p, status = os.waitpid(pid, 0)
    if not os.WIFSTOPPED(status):
        break
    ptrace(7, pid, 0, 0)
print("end", os.WEXITSTATUS(status))
print("init", ptrace(0x4206, 1, 0, 0), ptrace(16, 1, 0, 0))
END
cb cbtagent run -s debug -- python3 "$W/trace.py"
is "with the key" "$(tr '\n' ' ' <"$T/out")" \
    "me done peek done cont done end 7 init EPERM EPERM " || cat "$T/err"
cb cbtagent run -s off -- python3 "$W/trace.py"
is "without it" "$(tr '\n' ' ' <"$T/out")" \
    "me EPERM peek EPERM cont EPERM end 7 init EPERM EPERM "
cb cbtagent run -s debug -- sh -c "cd '$W' && echo x >.bashrc"
ok "protected names stay protected" test "$S" -ne 0 -a ! -e "$W/.bashrc"

# What a tracer puts in place of a call is looked at like any other.
cat >"$W/change.py" <<'END'
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long] * 4
path = ctypes.create_string_buffer(b".zshrc")
pid = os.fork()
if pid == 0:
    libc.ptrace(0, 0, 0, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
    for i in range(20):
        os.getppid()
    os._exit(0)
os.waitpid(pid, 0)
class Regs(ctypes.Structure):
    _fields_ = [(n, ctypes.c_ulonglong) for n in ("r15 r14 r13 r12 rbp rbx "
        "r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss "
        "fs_base gs_base ds es fs gs").split()]
n = result = 0
while True:
    libc.ptrace(24, pid, 0, 0)		# to the next call
    p, status = os.waitpid(pid, 0)
    if not os.WIFSTOPPED(status):
        break
    r = Regs()
    libc.ptrace(12, pid, 0, ctypes.addressof(r))
    if r.orig_rax == 110 and r.rax == 2 ** 64 - 38:	# getppid, begins
        r.orig_rax = 85					# creat
        r.rdi = ctypes.addressof(path)
        r.rsi = 0o600
        libc.ptrace(13, pid, 0, ctypes.addressof(r))
        n += 1
    elif r.orig_rax == 85:
        result = 2 ** 64 - r.rax
print(n > 0, os.strerror(result))
END
if [ "$(uname -m)" = x86_64 ]; then
	cb cbtagent run -s debug -C "$W" -- python3 "$W/change.py"
	is "a call that was changed: it was" "$(cat "$T/out")" \
	    "True Read-only file system"
	ok "a call that was changed: it was refused" test ! -e "$W/.zshrc"
	has "a call that was changed: it is told" "$T/err" "protect: .zshrc"
fi
if command -v strace >/dev/null; then
	cb cbtagent run -s debug -- strace -f -c sh -c 'true; ls / >/dev/null'
	is "strace" "$S" 0
	has "strace: counts" "$T/err" "execve"
fi
daemon_stop

# Nobody would know what is executed.
for execs in judge record; do
	SKILLS='"debug": { "default": "allow", "deny": ["x"], "trace": true,
	    "execs": "'$execs'" },'
	conf_default
	"$B/clawbotd" -n -f "$CONF" >"$T/n" 2>&1
	is "with execs $execs: refused" "$?" 78
	has "with execs $execs: says why" "$T/n" \
	    "runs may trace only where skills.debug.execs is off, and here it is $execs"
done
finish
