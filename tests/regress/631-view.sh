# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: a run sees of /etc, /proc, /sys and /var what programs of the system
# need to work as they do outside, and what the host keeps to itself it does
# not see.
#
# /etc is a copy of the host's here, in which this script may change things.
. "$SRC/tests/regress/lib.sh"

cp -a /etc "$T/etc" 2>/dev/null	# locks in there come and go
mkdir -p "$T/etc/alternatives" "$T/etc/fonts" "$T/etc/perl" "$T/etc/ssh" \
    "$T/etc/ssl/private" "$T/etc/cbt-other" "$T/etc/chromium.d"
chmod 755 "$T/etc/fonts" "$T/etc/perl" "$T/etc/chromium.d"
echo in-chromium >"$T/etc/chromium.d/cbt"
echo from-etc >"$T/etc/gitconfig.cbt"
echo '[cbt]
	value = from-etc' >"$T/etc/gitconfig"
echo mode-600 >"$T/etc/inputrc"
chmod 600 "$T/etc/inputrc"
echo in-fonts >"$T/etc/fonts/cbt"
echo CBT-SECRET >"$T/etc/fonts/cbt-secret"
chmod 600 "$T/etc/fonts/cbt-secret"
for f in shadow sudoers machine-id environment clawbot.conf clawbot.key \
    ssh/cbt cbt-other/x; do
	echo CBT-SECRET >"$T/etc/$f"
	chmod 644 "$T/etc/$f"
done
mkdir "$T/etc/R"
chmod 700 "$T/etc/R"
mkdir -p "$T/opt/vendor/bin" "$T/opt/closed"
printf '#!/bin/sh\necho of a vendor\n' >"$T/opt/vendor/bin/tool"
echo CBT-SECRET >"$T/opt/closed/x"
chmod 755 "$T/opt" "$T/opt/vendor" "$T/opt/vendor/bin" "$T/opt/vendor/bin/tool"
chmod 700 "$T/opt/closed"
# where the programs themselves are in there they have to stay
keep=true
case $B in
/opt/*)
	keep=${B#/opt/}
	keep=${keep%%/*}
	mkdir "$T/opt/$keep"
	keep="mount --rbind '/opt/$keep' '$T/opt/$keep'" ;;
esac
cat >"$T/wrap" <<END
mount --make-rprivate / && mount --bind '$T/etc' /etc && $keep &&
    mount --rbind '$T/opt' /opt && exec "\$@"
END
DAEMON_WRAP="unshare -m sh $T/wrap"
SKILLS='"both": { "default": "allow", "write": ["'$W'"],
    "network": "loopback", "limits": { "timeoutSeconds": 600,
    "memoryMB": 0 } },
    "small": { "default": "allow", "limits": { "timeoutSeconds": 600,
    "memoryMB": 96 } },
    "large": { "default": "allow", "limits": { "timeoutSeconds": 600,
    "memoryMB": 16777216 } },'
CHANNELS='"narrow": { "users": ["cbtother"], "access": "execute",
    "skills": ["*"], "limits": { "memoryMB": 64 } },'
conf_default
daemon_start

# outside COMMAND...: with the same /etc, as the account of runs
outside() {
	unshare -m sh "$T/wrap" setpriv --reuid=clawbot --regid=clawbot \
	    --clear-groups env -i PATH="$PATH" HOME=/tmp LC_ALL=C.UTF-8 "$@"
}
# same NAME COMMAND...: ends inside as outside, with the same output
same() {
	s_name=$1
	shift
	s_out=$(outside "$@" 2>/dev/null) && s_status=0 || s_status=$?
	cb cbtagent run -s both -- "$@"
	is "as outside: $s_name" "$S $(cat "$T/out")" "$s_status $s_out"
	[ "$S" -eq "$s_status" ] || diag "$(cat "$T/err")"
}

### /opt

same "a program of a vendor" /opt/vendor/bin/tool
same "what is closed there" cat /opt/closed/x
agent sh -c 'echo x >/opt/vendor/x'
ok "nothing can be written there" test "$S" -ne 0 -a ! -e "$T/opt/vendor/x"

### /etc

same "git's system configuration" git config --system cbt.value
same "a directory that programs know" cat /etc/fonts/cbt
same "a directory that a script in /usr reads" cat /etc/chromium.d/cbt
agent cat /etc/fonts/cbt-secret
ok "what not everybody may read is not read" sh -c \
    "[ $S -ne 0 ] && ! grep -q CBT-SECRET '$T/out'"
agent cat /etc/inputrc
ok "nor is it in the view as a file" test "$S" -ne 0
agent ls /etc/R
ok "nor as a directory" test "$S" -ne 0
for f in shadow sudoers machine-id environment clawbot.conf clawbot.key \
    ssh/cbt cbt-other/x ssl/private gitconfig.cbt; do
	agent ls -d "/etc/$f"
	ok "not there: /etc/$f" test "$S" -ne 0 -a ! -s "$T/out"
done
agent sh -c 'find /etc -type f | xargs cat 2>/dev/null'
hasnot "nothing of what is kept is anywhere in it" "$T/out" CBT-SECRET
agent cat /etc/passwd
hasnot "accounts are those of runs" "$T/out" daemon
agent sh -c 'find /usr/bin /usr/sbin -maxdepth 1 -type l -lname "/etc/*" |
    while read -r l; do [ -e "$l" ] || echo "$l"; done'
cp "$T/out" "$T/dead.in"
outside sh -c 'find /usr/bin /usr/sbin -maxdepth 1 -type l -lname "/etc/*" |
    while read -r l; do [ -e "$l" ] || echo "$l"; done' >"$T/dead.out"
ok "no link from a program leads nowhere that outside leads somewhere" \
    cmp "$T/dead.out" "$T/dead.in"
for d in /usr/lib/jvm /usr/share/maven /usr/share/groff; do
	[ -d "$d" ] || continue
	agent sh -c 'find "$1" -type l -lname "*/etc/*" |
	    grep -v /etc/ssl/ | while read -r l; do
	    [ -e "$l" ] || echo "$l"; done' - "$d"
	cp "$T/out" "$T/dead.in"
	outside sh -c 'find "$1" -type l -lname "*/etc/*" |
	    grep -v /etc/ssl/ | while read -r l; do
	    [ -e "$l" ] || echo "$l"; done' - "$d" >"$T/dead.out"
	ok "nor any in $d" cmp "$T/dead.out" "$T/dead.in"
done

# Whatever is installed while the daemon runs.
ln -s /usr/bin/env "$T/etc/alternatives/cbt-later"
agent readlink /etc/alternatives/cbt-later
is "an alternative of later is there at once" "$(cat "$T/out")" /usr/bin/env
agent /etc/alternatives/cbt-later echo x
is "and is executed" "$S $(cat "$T/out")" "0 x"
rm "$T/etc/alternatives/cbt-later"
echo changed >"$T/etc/fonts/cbt.new"
mv "$T/etc/fonts/cbt.new" "$T/etc/fonts/cbt"
agent cat /etc/fonts/cbt
is "a file in there that was replaced is the new one" "$(cat "$T/out")" changed
agent sh -c 'echo x >/etc/fonts/new || echo x >/etc/alternatives/new'
ok "and nothing in there is written to" test "$S" -ne 0
agent sh -c 'grep " /etc/" /proc/self/mountinfo | grep -v " ro,"'
is "nor mounted to be" "$(cat "$T/out")" ""

### The run's own name

cb cbtagent run -s both -- sh -c 'getent hosts "$(hostname)"; hostname -f'
is "its name is in hosts" "$(tr -s ' ' <"$T/out" | tr '\n' '/')" \
    "127.0.1.1 clawbot/clawbot/"

### /proc

for f in version filesystems sys/kernel/osrelease sys/kernel/threads-max \
    sys/kernel/cap_last_cap sys/vm/overcommit_memory; do
	same "/proc/$f" cat "/proc/$f"
done
same "the processors" grep -c '^processor' /proc/cpuinfo
same "memory" grep MemTotal /proc/meminfo
cb cbtagent run -s large -- grep MemTotal /proc/meminfo
is "with a limit above what there is, too" "$S $(cat "$T/out")" \
    "0 $(grep MemTotal /proc/meminfo)"
cb cbtagent run -s small -- cat /proc/meminfo
is "with a limit: as much memory, all of it free" "$(awk '/^Mem/ { print $2 }
    ' "$T/out" | tr '\n' ' ')" "98304 98304 98304 "
is "and no swap" "$(awk '/^Swap/ { n += $2 } END { print n }' "$T/out")" 0
is "in all the lines that there are" \
    "$(sed 's/:.*[^kB ]/:/' "$T/out")" "$(sed 's/:.*[^kB ]/:/' /proc/meminfo)"
cb cbtother -c narrow run -s small -- grep MemTotal /proc/meminfo
is "with a smaller one of the channel: that" "$(tr -s ' ' <"$T/out")" \
    "MemTotal: 65536 kB"
cb cbtagent run -s small -- sh -c 'echo x >/proc/meminfo; rm -f /proc/meminfo
    chmod 644 /proc/meminfo; umount /proc/meminfo
    find /dev/shm /tmp ! -type d; grep MemTotal /proc/meminfo'
is "which nothing in the run changes, and has no other name" \
    "$(tr -s ' ' <"$T/out")" "MemTotal: 98304 kB"
if command -v node >/dev/null; then
	cb cbtagent run -s small -- node -p 'require("os").totalmem()'
	is "node: os.totalmem()" "$(cat "$T/out")" 100663296
fi
agent cat /proc/uptime /proc/loadavg /proc/stat /proc/vmstat /proc/diskstats
is "uptime and its like" "$S" 0
agent sh -c 'cat /proc/sys/kernel/random/uuid /proc/mounts'
ok "a random uuid and mounts" grep -q ' / ' "$T/out"
for tool in free uptime vmstat; do
	command -v "$tool" >/dev/null || continue
	agent "$tool"
	ok "$tool works" test "$S" -eq 0 -a -s "$T/out"
done
if command -v ps >/dev/null; then
	cb cbtagent run -s both -- sh -c 'ps -e -o comm=; :'
	is "ps: a run sees itself and nobody else" \
	    "$(sed 's/^dash$/sh/' "$T/out" | sort -u | tr '\n' ' ')" "ps sh "
fi
if command -v lscpu >/dev/null; then
	same "lscpu" sh -c 'lscpu | grep -E "^(Architecture|CPU.s.:|Model name)"'
fi
if command -v node >/dev/null; then
	same "node: os.cpus()" node -e \
	    'console.log(require("os").cpus().length)'
fi
for f in kcore keys key-users kmsg kallsyms modules interrupts softirqs \
    cmdline locks iomem ioports config.gz timer_list sched_debug mtrr \
    slabinfo vmallocinfo kpagecount bus irq tty fs driver acpi scsi asound; do
	[ -e "/proc/$f" ] || continue
	agent sh -c 'cat /proc/'"$f"' || ls /proc/'"$f/"
	ok "masked: /proc/$f" test "$S" -ne 0 -a ! -s "$T/out"
done
agent sh -c 'umount /proc/cmdline; umount -l /proc/keys; cat /proc/cmdline'
ok "and no run takes a mask away" test "$S" -ne 0 -a ! -s "$T/out"
for f in sys/kernel/core_pattern sys/kernel/modprobe sys/vm/drop_caches \
    sys/kernel/hostname sys/net/ipv4/ip_forward sysrq-trigger \
    self/oom_score_adj; do
	cb cbtagent run -s both -- sh -c 'echo 1 >/proc/'"$f"
	ok "not to be written to: /proc/$f" test "$S" -ne 0
done
agent sh -c 'ls -d /proc/1 || cat /proc/1/environ'
ok "init is not to be seen" test "$S" -ne 0 -a ! -s "$T/out"

### /sys, /var

agent sh -c 'find /sys -maxdepth 3 -mindepth 3 | sort'
ok "of /sys there are processors alone" sh -c \
    "grep -q cpu '$T/out' && ! grep -vE '/(cpu|node)\$' '$T/out'"
agent sh -c 'for f in $(find /sys -type f -perm /222); do
    echo 0 >"$f" && echo "$f"; done 2>/dev/null; true'
is "and nothing to write to" "$S $(cat "$T/out")" "0 "
agent sh -c 'echo x >/var/tmp/f && cat /var/tmp/f && ls /tmp'
is "/var/tmp is the run's /tmp" "$S $(tr '\n' ' ' <"$T/out")" "0 x f "
agent ls /var/tmp
is "and empty for the next run" "$S $(cat "$T/out")" "0 "
if [ -d /var/lib/dpkg ]; then
	same "dpkg -l" sh -c 'dpkg -l | grep "^ii" | cut -c 1-60'
	same "dpkg -S" dpkg -S /usr/bin/env
fi
agent sh -c 'ls /var /var/lib | sort -u'
is "nothing else of /var" "$(grep . "$T/out" | tr '\n' ' ')" \
    "/var/lib: /var: dpkg lib tmp "
daemon_stop

### A grant in /var/tmp, and one in what is bound

mkdir -p "$T/vt" "$T/etc/fonts/sub"
chmod 755 "$T/vt" "$T/etc/fonts/sub"
vt=$(mktemp -d /var/tmp/cbt.XXXXXX)
UNDO="rm -rf '$vt'; $UNDO"
chown clawbot "$vt"
SKILLS='"vt": { "default": "allow", "write": ["'$vt'"],
    "read": ["/etc/fonts/sub"] },'
conf_default
daemon_start
cb cbtagent run -s vt -- sh -c "echo x >'$vt/f'; ls -d /etc/fonts/sub"
is "a grant in /var/tmp is written to" "$S $(cat "$vt/f")" "0 x"
is "and one in /etc read" "$(cat "$T/out")" /etc/fonts/sub
daemon_stop
finish
