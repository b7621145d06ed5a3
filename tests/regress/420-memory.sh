# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: who asks how much memory there is, be it by /proc/meminfo or by
# sysinfo(2), as sysconf(3) does, is told the run's limit where that is less: a
# JVM makes its heap by it, and works with what it has.
. "$SRC/tests/regress/lib.sh"

# skill NAME MB: with protected names
skill() {
	echo "\"$1\": { \"default\": \"allow\", \"write\": [\"$W\"],
	    \"limits\": { \"memoryMB\": $2, \"processes\": 512,
	    \"timeoutSeconds\": 600 } },"
}
SKILLS="$(skill small 1024) $(skill large 16777216) $(skill any 0)
    \"judged\": { \"profile\": \"developer\", \"write\": [\"$W\"],
	\"protect\": [], \"limits\": { \"memoryMB\": 1024 } },
    \"build\": { \"profile\": \"developer\", \"write\": [\"$W\"],
	\"limits\": { \"timeoutSeconds\": 600 } },"
conf_default
daemon_start

command -v getconf >/dev/null || skip_all "no getconf"
PAGE=$(getconf PAGESIZE)
HERE=$(getconf _PHYS_PAGES)

# told SKILL: pages that there are, and that are free
told() {
	cb cbtagent run -s "$1" -- getconf _PHYS_PAGES
	t_all="$S $(cat "$T/out")"
	cb cbtagent run -s "$1" -- getconf _AVPHYS_PAGES
	echo "$t_all $S $(cat "$T/out")"
}
LIMIT=$((1024 * 1048576 / PAGE))
if [ "$HERE" -gt "$LIMIT" ]; then
	is "with protected names" "$(told small)" "0 $LIMIT 0 $LIMIT"
	is "judged" "$(told judged)" "0 $LIMIT 0 $LIMIT"
else
	skip "less than the host has" "it has not 1 GB"
fi
for skill in large any; do
	cb cbtagent run -s $skill -- getconf _PHYS_PAGES
	is "$skill: what the host has" "$S $(cat "$T/out")" "0 $HERE"
done

### All of the answer, and where it cannot be put

if command -v python3 >/dev/null; then
	cat >"$W/info.py" <<'END'
import ctypes, errno, mmap
c = ctypes.CDLL(None, use_errno=True)
b = ctypes.create_string_buffer(b"\xff" * 256, 256)
print(c.sysinfo(b))
w = (ctypes.c_ulong * 14).from_buffer(b)
print("up", w[0] > 0, "load", w[1] < 1 << 40, "all", w[4] >> 20, w[5] >> 20,
    "none", w[6], w[7], w[8], w[9])
n = ctypes.sizeof(ctypes.c_long) * 14
print("behind", b.raw[n:] == b"\xff" * (256 - n))
for p in 0, 8, -4096:
    print(c.sysinfo(ctypes.c_void_p(p)), errno.errorcode[ctypes.get_errno()])
m = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE)
a = ctypes.addressof(ctypes.c_char.from_buffer(m))
c.mprotect(ctypes.c_void_p(a), 4096, 1)
print(c.sysinfo(ctypes.c_void_p(a)), errno.errorcode[ctypes.get_errno()])
END
	cb cbtagent run -s small -- python3 "$W/info.py"
	is "sysinfo(2)" "$S $(tr '\n' ';' <"$T/out")" "0 0;up True load True \
all 1024 1024 none 0 0 0 0;behind True;-1 EFAULT;-1 EFAULT;-1 EFAULT;\
-1 EFAULT;"
else
	skip "sysinfo(2)" "no python3"
fi

### A JVM

if command -v java >/dev/null && command -v javac >/dev/null; then
	# It makes more garbage than the limit, and keeps some of it.
	cat >"$W/A.java" <<'END'
class A {
    public static void main(String[] a) {
        byte[][] kept = new byte[100][];
        for (int i = 0; i < 3000; i++) {
            kept[i % 100] = new byte[1 << 20];
            kept[i % 100][i] = 1;
        }
        System.out.println(Runtime.getRuntime().maxMemory() >> 20);
    }
}
END
	cb cbtagent run -s small -C "$W" -- sh -c 'javac -d /tmp A.java &&
	    java -XX:+UseSerialGC -Xmn64m -cp /tmp A'
	is "a JVM: works" "$S" 0
	ok "a JVM: its heap is a quarter of the limit, $(cat "$T/out") MB" \
	    test "$(cat "$T/out")" -gt 200 -a "$(cat "$T/out")" -le 256
else
	skip "a JVM" "no java"
fi

# Under the profile for builds, with the memory that a skill has by itself:
# compiled, packed and tested.
JAVA=/usr/share/java
if command -v javac >/dev/null && [ -e "$JAVA/junit-jupiter-engine.jar" ] &&
    [ -e "$JAVA/junit-platform-console.jar" ]; then
	cat >"$W/SumTest.java" <<'END'
import static org.junit.jupiter.api.Assertions.assertEquals;
import org.junit.jupiter.api.Test;
class SumTest {
    @Test void sums() {
        assertEquals(4950, java.util.stream.IntStream.range(0, 100)
            .parallel().sum());
    }
}
END
	cb cbtagent run -s build -C "$W" -- sh -c "mkdir o &&
	    javac -cp '$JAVA/*' -d o SumTest.java && jar cf t.jar -C o . &&
	    java -cp 't.jar:$JAVA/*' \
	    org.junit.platform.console.ConsoleLauncher --disable-banner \
	    --scan-classpath t.jar --details=summary"
	is "JUnit: status" "$S" 0
	ok "JUnit: its test ran" grep -q ' 1 tests successful' "$T/out"
else
	skip "JUnit" "it is not here"
fi
daemon_stop
finish
