# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2016,SC2046
# Inside of the machine of cgroup.sh.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
N=0
C=/sys/fs/cgroup/system.slice/clawbotd.service
is() {
	N=$((N + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $N - $1"
	else
		echo "not ok $N - $1"
		echo "# got:  $2"
		echo "# want: $3"
	fi
}
ok() {
	ok_name=$1
	shift
	if "$@"; then
		is "$ok_name" yes yes
	else
		is "$ok_name" "$*" true
	fi
}
cb() {
	setpriv --reuid=agent --regid=agent --init-groups timeout 100 \
	    clawbot "$@" >/tmp/out 2>/tmp/err </dev/null
	S=$?
}
json() {
	perl -MJSON::PP -e 'local $/; my $v = decode_json(<STDIN>);
	    print $v->{$ARGV[0]} // "", "\n"' "$1" </tmp/out
}

# the root is a directory of the host, which cannot do all that files can
mount -t tmpfs tmpfs /var/log
mkdir -p /var/lib/clawbot
mount -t tmpfs tmpfs /var/lib/clawbot
if ! systemctl start clawbotd; then
	why=$(timeout 20 clawbotd -d 2>&1)
	echo "$why" | sed 's/^/# /'
	# this machine serves int 0x80 as if it were syscall, and the self-check
	# does not take that
	case $why in
	*"a system call of i386: went through"*)
		echo "1..0 # SKIP user-mode-linux does not tell i386 calls apart"
		exit
		;;
	esac
fi
uname -r | sed 's/^/# /'
sed 's/^/# /' "$C/cgroup.controllers"
pid=$(systemctl show -P MainPID clawbotd)
is "the daemon is in its group" "$(cat "/proc/$pid/cgroup")" \
    "0::/system.slice/clawbotd.service/daemon"
is "controllers for runs" "$(cat "$C/exec/cgroup.subtree_control")" \
    "cpu io memory pids"
is "exec is the executor's" "$(stat -c %U "$C/exec")" _clawbot-exec
cb status
sed 's/^/# /' /tmp/out
ok "status: memory" grep -q 'memoryMB.*cgroup memory.max' /tmp/out
ok "status: processes" grep -q 'processes.*cgroup pids.max' /tmp/out
ok "status: cpuPercent" grep -q 'cpuPercent.*cgroup cpu.max' /tmp/out
cb run -- true
is "a run: status" "$S" 0
cat /tmp/err

# None of them has too much, all of them together have.
cb --json run -s heap -- perl -e 'my $n = 15_000_000; for (1 .. 5) {
    my $p = fork; if (!$p) { my $x = "x" x $n; sleep 20; exit } } sleep 20'
is "memory of the whole run: outcome" "$(json outcome)" limited
is "memory of the whole run: limit" "$(json limit)" memory
cb --json run -s heap -- dd if=/dev/zero of=/tmp/x bs=1M count=60
is "what is in /tmp is memory, and there is room" "$(json outcome)" exited
ok "the peak counts it" test "$(json maxrss_kb)" -ge 50000
cb --json run -s small -- perl -e 'for (1 .. 100) { my $p = fork;
    if (!defined $p) { print $_; exit 3 } if (!$p) { sleep 50; exit } }'
is "processes of the whole run" "$(json stdout)" 20
is "and it is said" "$(json limit)" processes
cb --json run -s slow -- perl -e '1 while (times)[0] < 0.5'
ok "a tenth of a processor" test "$(json wall_us)" -ge 3000000
cb --json run -s late -- perl -e 'while (1) { my $p = fork; if (!$p) {
    my $e = (times)[0] + 0.1; 1 while (times)[0] < $e; exit } wait }'
is "processor time of the whole run" "$(json limit)" cpu
# Not every kernel has weights.
cb run -s light -- true
if [ -e "$C/exec/own/io.weight" ] || [ -e "$C/exec/own/io.bfq.weight" ]; then
	is "ioWeight: status" "$S" 0
else
	is "no ioWeight: status" "$S" 77
	ok "no ioWeight: said" grep -q 'limits.ioWeight needs' /tmp/err
fi

setpriv --reuid=agent --regid=agent --init-groups \
    clawbot run -s late -- sleep 5 &
sleep 2
is "nice: one group gives way" "$(cat "$C"/exec/r*/cpu.weight.nice |
    grep -cx 7)" 1
wait

# those of runs that have ended go a moment later
sleep 1
set -- $(ls -d "$C"/exec/r* 2>/dev/null)
ok "sandboxes that wait have groups" test "$#" -ge 2
for g; do
	[ -s "$g/cgroup.procs" ] || continue
	ok "groups of sandboxes that wait have both processes" \
	    test "$(wc -l <"$g/cgroup.procs")" -eq 2
done
kill -9 "$pid"
sleep 4
pid2=$(systemctl show -P MainPID clawbotd)
ok "killed: the service manager starts it anew" test "$pid2" != "$pid" \
    -a "$pid2" != 0
cb run -- true
is "and runs have groups again: status" "$S" 0
cb status
ok "and runs have groups again" grep -q 'memoryMB.*cgroup memory.max' /tmp/out
systemctl stop clawbotd
ok "stopped: the group is gone" test ! -e "$C"
echo "1..$N"
