# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a run sees none of the four processes, no path of the host beyond
# its grants, has no capability and no network.
. "$SRC/tests/regress/lib.sh"

R=$(mktemp -d /srv/cbt.XXXXXX)
UNDO="rm -rf '$R'; $UNDO"
chmod 755 "$R"
SKILLS='"reader": { "default": "allow", "read": ["'$R'"] },'
conf_default
daemon_start

# An abstract socket, a TCP port and a socket in the file system, on the host.
perl -MIO::Socket -MSocket -e '
    my $t = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1")
	or die;
    socket(my $a, PF_UNIX, SOCK_STREAM, 0) or die;
    bind($a, pack_sockaddr_un("\0$ARGV[1]")) or die; listen($a, 5);
    socket(my $u, PF_UNIX, SOCK_STREAM, 0) or die;
    bind($u, pack_sockaddr_un("$ARGV[0]/sock")) or die; listen($u, 5);
    chmod 0777, "$ARGV[0]/sock";
    open(my $f, ">", "$ARGV[0]/port"); print $f $t->sockport; close $f;
    sleep 1000' "$T" "cbt-abstract-$$" &
BG="$BG $!"
until_true 60 test -s "$T/port" || bail "no sockets"
port=$(cat "$T/port")

# refused NAME COMMAND...: the run must not manage it
refused() {
	rf_name=$1
	shift
	agent "$@"
	ok "no $rf_name" test "$S" -ne 0 -a "$S" -ne 75 -a "$S" -ne 77 -a \
	    "$S" -ne 124
	hasnot "no $rf_name: output" "$T/out" REACHED
}

### Files

opt=
[ ! -d /opt ] || opt="opt "
agent sh -c 'ls -A /'
is "the root directory" "$(tr '\n' ' ' <"$T/out")" \
    "bin dev etc lib lib64 ${opt}proc run sbin srv sys tmp usr var "
agent find / -xdev -path /proc -prune -o -type f -print
is "no file outside /usr, /etc and the grant" \
    "$(grep -vE "^(/usr/|/etc/|/sys/devices/system/(cpu|node)/|$W/)" \
    "$T/out" | grep -vE \
    '^/(var/lib/dpkg/|run/\.none$|run/bin/clawbot-file$)')" ""
for path in /root /home /var/log /boot /sys/class /etc/shadow /etc/clawbot.conf \
    /etc/ssh /etc/ssl/private /etc/machine-id /etc/sudoers /sys/kernel \
    /var/lib/apt "$T" "$CONF" "$T/key" "$T/log" "$T/vault" "$T/run" "$R" \
    /run/systemd /run/dbus /var/run/docker.sock /run/docker.sock \
    /proc/1/root /dev/mem /dev/kmsg \
    /dev/vda /dev/sda /dev/fuse /dev/kvm /dev/net/tun; do
	refused "$path" ls -d "$path"
done
for path in kcore keys kmsg kallsyms modules interrupts cmdline locks bus \
    irq tty fs timer_list slabinfo; do
	[ -e "/proc/$path" ] || continue
	refused "/proc/$path" sh -c "cat /proc/$path || ls /proc/$path/"
done
refused "writing to the system" sh -c 'echo REACHED >/usr/probe'
refused "writing to /etc" sh -c 'echo x >/etc/probe'
refused "writing to the root directory" sh -c 'echo x >/probe'
refused "making it writable" mount -o remount,rw /
refused "writing beside the grant" sh -c "echo x >'$W.beside'"
agent sh -c "echo x >'$W/inside'"
is "writing to the grant" "$S" 0
ln -s "$R" "$W/out"
ln -s /etc/shadow "$W/shadow"
ln -s "$T" "$W/temp"
echo readable >"$R/file"
refused "way out by a link to another directory" cat "$W/out/file"
refused "way out by a link to a file" cat "$W/shadow"
refused "way out by a link to /tmp" ls "$W/temp/"
cb cbtagent run -s reader -- cat "$R/file"
is "a grant to read: reading" "$(cat "$T/out")" readable
cb cbtagent run -s reader -- sh -c "echo x >'$R/new'"
ok "a grant to read: no writing" test "$S" -ne 0 -a ! -e "$R/new"
cb cbtagent run -s reader -- ls "$W"
ok "a grant belongs to its skill" test "$S" -ne 0
# A private /tmp: of the run, not of the host, not of another run.
touch "$T.visible"
UNDO="rm -f '$T.visible'; $UNDO"
agent ls -A /tmp
is "/tmp is empty" "$(cat "$T/out")" ""
agent sh -c 'echo x >/dev/shm/x && ls -A /dev/shm'
is "/dev/shm is private" "$(cat "$T/out")" x
ok "/dev/shm is not the host's" test ! -e /dev/shm/x
# passwd and group name nobody but the run and the usual two
agent cut -d: -f1 /etc/passwd
is "/etc/passwd names few" "$(sort "$T/out" | tr '\n' ' ')" \
    "clawbot nobody root "

### Processes

agent sh -c 'ls /proc'
is "it sees its own processes" "$(grep -c '^[0-9]' "$T/out")" 2
agent ps ax
ok "no process of the daemon" sh -c "! grep -q 'clawbot' '$T/out'"
agent sh -c 'kill -9 -1; true'
ok "a signal to all does not reach the daemon" answers
for p in $D $(children "$D"); do
	refused "signal to $p" perl -e "exit !kill(0, $p)"
done

### Capabilities

agent sh -c 'cat /proc/self/status'
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
	has "$set is empty" "$T/out" "$set:	0000000000000000"
done
has "no_new_privs" "$T/out" "NoNewPrivs:	1"
has "seccomp" "$T/out" "Seccomp:	2"
agent sh -c 'cat /proc/self/mountinfo'
ok "every mount is nosuid" sh -c "! grep -v nosuid '$T/out'"
ok "only grants, /tmp, /dev/shm, devpts and proc are writable" sh -c \
    "! awk '\$6 ~ /^rw/ { print \$5 }' '$T/out' |
    grep -vxE '/tmp|/dev/shm|/dev/pts|/proc|$W'"
for cap in "chown root $W/inside" "mknod $W/null c 1 3" \
    "chroot / true" "nice -n -5 nice" "hostname other" \
    "setpriv --reuid 0 true" "setpriv --regid 0 true" \
    "setpriv --clear-groups true" "unshare -U true" "unshare -m true" \
    "unshare -n true" "unshare -p true" "mount -t tmpfs none /tmp" \
    "umount /proc" "nsenter -t 1 -m true" "date -s @0"; do
	case $cap in
	nice*)
		agent nice -n -5 nice
		ok "nice is not lowered" test "$(cat "$T/out")" != -5 ;;
	*)
		# shellcheck disable=SC2086 # words
		refused "$cap" $cap ;;
	esac
done

### System calls that lead elsewhere

# call NUMBER ARGUMENT...: its error
call() {
	cat >"$W/call.pl" <<-'END'
	my $n = shift @ARGV;
	my @a = map { /^-?\d+$/ ? $_ + 0 : $_ } @ARGV;
	my $r = syscall($n, @a);
	print $r == -1 ? ($!{EPERM} ? "EPERM" : $!{ENOSYS} ? "ENOSYS" :
	    $!{EAFNOSUPPORT} ? "EAFNOSUPPORT" : $!{EACCES} ? "EACCES" :
	    "errno " . ($! + 0)) : "done", "\n";
	END
	agent perl "$W/call.pl" "$@"
}
# blocked NAME NUMBER ARGUMENT...
blocked() {
	bk_name=$1
	shift
	call "$@"
	case $(cat "$T/out")/$S in
	EPERM/0 | ENOSYS/0 | EAFNOSUPPORT/0 | EACCES/0 | /159)
		result 0 "refused: $bk_name" ;;
	*)
		is "refused: $bk_name" "$(cat "$T/out")/$S" EPERM/0 ;;
	esac
}
if [ "$(uname -m)" = x86_64 ]; then
	call 39
	is "the caller of calls works" "$(cat "$T/out")" "done"
	blocked ptrace 101 0 0 0 0
	blocked bpf 321 0 0 0
	blocked io_uring_setup 425 1 0
	blocked userfaultfd 323 0
	blocked keyctl 250 0 0 0 0
	blocked add_key 248 0 0 0 0
	blocked perf_event_open 298 0 0 0 0 0
	blocked setns 308 0 0
	blocked "unshare(NEWUSER)" 272 268435456
	blocked "clone(NEWUSER)" 56 268435473 0 0 0 0
	blocked "clone(NEWNS)" 56 131089 0 0 0 0
	blocked clone3 435 0 0
	blocked mount 165 0 0 0 0 0
	blocked umount2 166 0 0
	blocked pivot_root 155 0 0
	blocked fsopen 430 0 0
	blocked open_tree 428 -100 0 0
	blocked move_mount 429 0 0 0 0 0
	blocked mount_setattr 442 0 0 0 0 0
	blocked open_by_handle_at 304 0 0 0
	blocked kexec_load 246 0 0 0 0
	blocked finit_module 313 0 0 0
	blocked swapon 167 0 0
	blocked reboot 169 0 0 0 0
	blocked process_vm_readv 310 1 0 0 0 0 0
	blocked pidfd_getfd 438 0 0 0
	blocked kcmp 312 1 1 0 0 0
	blocked syslog 103 3 0 0
	blocked "x32 getpid" 1073741863
	blocked "socket(AF_INET)" 41 2 1 0
	blocked "socket(AF_INET6)" 41 10 1 0
	blocked "socket(AF_NETLINK)" 41 16 3 0
	blocked "socket(AF_PACKET)" 41 17 3 0
	blocked "socket(AF_VSOCK)" 41 40 1 0
	blocked "socket(AF_ALG)" 41 38 5 0
	blocked "socket(AF_BLUETOOTH)" 41 31 3 0
	call 41 1 1 0
	is "socket(AF_UNIX) is allowed" "$(cat "$T/out")" "done"
else
	skip "system calls by number" "not x86-64"
fi
# pushing characters into the terminal of whoever started the daemon
refused TIOCSTI perl -e 'my $c = "x"; open(my $t, "+<", "/dev/tty") or
    exit 1; ioctl($t, 0x5412, $c) or exit 1; print "REACHED"'

### Network

refused "connection to a port of the host" perl -MIO::Socket -e \
    "IO::Socket::INET->new(PeerAddr => '127.0.0.1:$port') or exit 1;
    print 'REACHED'"
refused "abstract socket of the host" perl -MSocket -e '
    socket(my $s, PF_UNIX, SOCK_STREAM, 0) or exit 1;
    connect($s, pack_sockaddr_un("\0$ARGV[0]")) or exit 1;
    print "REACHED"' "cbt-abstract-$$"
refused "socket in the file system" perl -MSocket -e "
    socket(my \$s, PF_UNIX, SOCK_STREAM, 0) or exit 1;
    connect(\$s, pack_sockaddr_un('$T/sock')) or exit 1;
    print 'REACHED'"
agent perl -MSocket -e 'opendir(my $d, "/sys/class/net") or exit 1;
    print "REACHED"'
ok "no network devices to be seen" test "$S" -ne 0
p=$(for q in $(family "$(role_pid executor)"); do echo "$q"; done | tail -n 1)
ok "its network namespace is not the host's" test \
    "$(readlink "/proc/$p/ns/net")" != "$(readlink /proc/self/ns/net)"

### Runs are apart from each other

cbbg sleeper cbtagent run -- sleep 1000
until_true 60 running "sleep 1000" || bail "no run"
agent sh -c 'kill -9 -1; true'
agent perl -e 'for my $p (1..40000) { next if $p == $$ ||
    !kill(0, $p); print "REACHED $p\n" if $p > 2 }'
hasnot "a run does not reach another" "$T/out" REACHED
ok "the other one lives" running "sleep 1000"
agent ls /proc/self/ns
ok "System V memory is its own" sh -c "! ipcs -m | grep -q 0x0000cb7e"
daemon_stop
finish
