# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2016,SC2317
#
# Limits by control groups, for a run as a whole.
. "$(dirname "$0")/lib.sh"

cp "$HERE/clawbot.conf" "$CONF"
ok "systemctl restart" restart
diag "controllers: $(cat "$SLICE/cgroup.controllers")"
is "controllers for runs" \
    "$(tr ' ' '\n' <"$SLICE/exec/cgroup.subtree_control" |
    grep -xE 'cpu|io|memory|pids' | sort | tr '\n' ' ')" \
    "cpu io memory pids "
is "exec is the executor's" "$(stat -c %U "$SLICE/exec")" _clawbot-exec
is "what is above is not" "$(stat -c %U "$SLICE" "$SLICE/cgroup.procs" |
    sort -u)" root
cb agent status --all
ok "status: memory" grep -q 'memoryMB.*cgroup memory.max' "$T/out"
ok "status: processes" grep -q 'processes.*cgroup pids.max' "$T/out"
ok "status: cpuPercent" grep -q 'cpuPercent.*cgroup cpu.max' "$T/out"
cb agent run -- true
is "a run: status" "$S" 0

cb agent status --all
# Memory is the group's affair alone.
ok "status: memoryMB is no rlimit's" sh -c \
    "! grep -q 'memoryMB.*RLIMIT' '$T/out'"
cb agent run -s heap -- sh -c 'ulimit -d; ulimit -v'
is "no rlimit of memory in a run" "$(tr '\n' ' ' <"$T/out")" \
    "unlimited unlimited "
cb agent run -s heap -- sh -c 'cat /sys/fs/cgroup/memory.max; grep MemTotal \
    /proc/meminfo; echo max >/sys/fs/cgroup/memory.max 2>/dev/null'
is "the limit is in the run's own group, and in meminfo" \
    "$S $(tr -s ' \n' ' ' <"$T/out")" "2 67108864 MemTotal: 65536 kB "
# mmap of 64 GB, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE
cb agent --json run -s heap -- perl -e 'syscall(9, 0, 64 << 30, 3, 0x4022, -1,
    0) == -1 and die "mmap: $!\n"; exit 0'
is "64 GB reserved where 64 MB may be used" "$(json outcome) $(json exit)" \
    "exited 0"
is "64 GB reserved: no limit" "$(json limit)" ""

# What reserves much more than it uses: sanitizers, and a JVM.
cat >"$T/try.c" <<'END'
#include <stdlib.h>
#include <string.h>

/* it would trace itself for that, which a run may where a key says so */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return ("detect_leaks=0");
}

int
main(int argc, char **argv)
{
	char *p = malloc(16);

	(void)argv;
	memset(p, 0, 16);
	return (argc > 1 ? p[argc + 14] : 0);
}
END
if gcc -O1 -fsanitize=address -o /usr/local/bin/vm-try "$T/try.c" \
    2>"$T/cc"; then
	cb agent run -s heap -- vm-try
	is "AddressSanitizer: a program that is right" "$S" 0
	cb agent run -s heap -- vm-try wrong
	is "AddressSanitizer: one that is not: status" "$S" 1
	has "AddressSanitizer: one that is not: which" "$T/err" \
	    heap-buffer-overflow
	rm /usr/local/bin/vm-try
else
	skip "AddressSanitizer" "$(head -n 1 "$T/cc")"
fi
if command -v java >/dev/null; then
	CB_TIMEOUT=300 cb agent run -s jvm -- java -XshowSettings:vm -version
	is "a JVM: status" "$S" 0
	ok "a JVM: its heap is of the run's memory" grep -qE \
	    'Max. Heap Size.*: (6[0-4]|12[0-8])\.' "$T/err"
else
	skip "a JVM" "there is no java here"
fi
cb agent --json run -s heap -- perl -e 'push @x, "x" x 1_000_000 while 1'
is "memory used up" "$(json outcome) $(json limit)" "limited memory"
cb agent --json run -s heap -- sh -c 'cat /usr/bin/* >/dev/null 2>&1; exit 1'
is "files were read, then a failure" \
    "$(json outcome) $(json exit) $(json limit)" "exited 1 "

# None of them has too much, all of them together have.
cb agent --json run -s heap -- perl -e 'my $n = 15_000_000; for (1 .. 5) {
    my $p = fork; if (!$p) { my $x = "x" x $n; sleep 20; exit } } sleep 20'
is "memory of the whole run: outcome" "$(json outcome)" limited
is "memory of the whole run: limit" "$(json limit)" memory
cb agent --json run -s heap -- dd if=/dev/zero of=/tmp/x bs=1M count=60
is "what is in /tmp is memory, and there is room" "$(json outcome)" exited
ok "the peak counts it" test "$(json maxrss_kb)" -ge 50000
cb agent --json run -s small -- perl -e 'for (1 .. 100) { my $p = fork;
    if (!defined $p) { print $_; exit 3 } if (!$p) { sleep 50; exit } }'
is "processes of the whole run" "$(json stdout)" 20
is "and it is said" "$(json limit)" processes
# By the kernel's own count: on a host that is busy, a machine that stands still
# for half a second has a process use that much at once.
cb agent --json run -s slow -- perl -e 'my ($n, $f) = (0);
    open(STDIN, "<", "/sys/fs/cgroup/cpu.max") or die; print scalar <STDIN>;
    until ($n >= 5) { open($f, "<", "/sys/fs/cgroup/cpu.stat") or die;
	($n) = map { /^nr_throttled (\d+)/ } <$f> }'
is "a tenth of a processor" "$(json outcome) $(json exit) $(json stdout)" \
    "exited 0 10000 100000"
cb agent --json run -s late -- perl -e 'while (1) { my $p = fork; if (!$p) {
    my $e = (times)[0] + 0.1; 1 while (times)[0] < $e; exit } wait }'
is "processor time of the whole run" "$(json limit)" cpu
# Not every kernel has weights.
cb agent run -s light -- true
if [ -e "$SLICE/exec/own/io.weight" ] ||
    [ -e "$SLICE/exec/own/io.bfq.weight" ]; then
	is "ioWeight: status" "$S" 0
else
	is "no ioWeight: status" "$S" 77
	has "no ioWeight: said" "$T/err" "limits.ioWeight needs"
fi

setpriv --reuid=agent --regid=agent --init-groups \
    clawbot run -s late -- sleep 50 >/dev/null 2>&1 </dev/null &
pid=$!
nicer() {
	[ "$(cat "$SLICE"/exec/s*/r*/cpu.weight.nice | grep -cx 7)" -eq 1 ]
}
ok "nice: one group gives way" until_true 40 nicer
kill "$pid"
wait

# those of runs that have ended go a moment later
sleep 1
two=0 other=0
for g in "$SLICE"/exec/s*/r*/cgroup.procs; do
	# the size of these files is 0, whatever is in them
	case $(grep -cs . "$g") in
	2)	two=$((two + 1)) ;;
	'' | 0)	;;
	*)	other=$((other + 1)) ;;
	esac
done
ok "sandboxes that wait have groups" test "$two" -ge 2
is "and both their processes are in there" "$other" 0
finish
