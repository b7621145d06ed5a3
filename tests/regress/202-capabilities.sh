# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no capability in any set, the bounding set included, in the
# host's user namespace; no_new_privs and a seccomp filter in every process.
# The executor has none at all; what its spawners are root of, and what of
# nothing.
. "$SRC/tests/regress/lib.sh"

field() {
	sed -n "s/^$2:[	 ]*//p" "/proc/$1/status"
}

caps() {
	c_all=
	for c_set in CapInh CapPrm CapEff CapBnd CapAmb; do
		c_all="$c_all$(field "$1" $c_set) "
	done
	echo "$c_all"
}

none=0000000000000000
conf_default
daemon_start
cbbg sleeper cbtagent run -- sleep 1000
until_true 60 running "sleep 1000" || bail "no run"
# nothing is being built any more
until_true 60 nwaiting 2 || bail "no sandboxes wait"
here=$(readlink /proc/self/ns/user)
x=$(role_pid executor)

for p in "$D" "$(role_pid auditor)" "$(role_pid vault)"; do
	n=$(name_of "$p")
	is "$n: no capability in any set" "$(caps "$p")" \
	    "$none $none $none $none $none "
	is "$n: in the host's user namespace" \
	    "$(readlink "/proc/$p/ns/user")" "$here"
done
count=0
for p in $(family "$D"); do
	n=$(name_of "$p")
	is "$n: no_new_privs" "$(field "$p" NoNewPrivs)" 1
	is "$n: seccomp" "$(field "$p" Seccomp)" 2
	# one byte: with none, a core_pattern that is a pipe gets it whole; the
	# sanitizer lowers the first limit itself
	core=$(awk '/^Max core file size/ { print $5, $6 }' "/proc/$p/limits")
	[ "$ASAN" = no ] || core=1${core#[01]}
	is "$n: no core" "$core" "1 1"
	count=$((count + 1))
	[ "$n" = sleep ] && run=$p
done
ok "at least seven processes" test "$count" -ge 7
is "run: no capability in any set" "$(caps "$run")" \
    "$none $none $none $none $none "
is "executor: no capability in any set" "$(caps "$x")" \
    "$none $none $none $none $none "
r=$(resolvers)
is "resolver: CAP_DAC_READ_SEARCH alone" "$(caps "$r")" \
    "$none 0000000000000004 0000000000000004 $none $none "
s=$(children "$x")
is "spawner: nothing that it executes has one" "$(field "$s" CapBnd)" "$none"
ns=$(readlink "/proc/$x/ns/user")
ok "executor: a user namespace of its own" test "$ns" != "$here"
for p in $(family "$x"); do
	ok "$(name_of "$p"): not in the host's user namespace" \
	    test "$(readlink "/proc/$p/ns/user")" != "$here"
done
is "executor: uid 0 inside is its account" \
    "$(awk '$1 == 0 { print $2, $3 }' "/proc/$x/uid_map")" \
    "$(id -u _clawbot-exec) 1"
is "executor: the map has it and the runs' accounts" \
    "$(awk '{ print $2, $3 }' "/proc/$x/uid_map" | sort)" \
    "$(printf '%s 1\n%s 1\n' "$(id -u _clawbot-exec)" "$(id -u clawbot)" |
    sort)"
is "executor: host's root is in no map" \
    "$(awk '$2 == 0' "/proc/$x/uid_map" "/proc/$x/gid_map")" ""

### What root of that namespace can reach

for kind in user mnt pid ipc uts net cgroup; do
	ok "executor: its own $kind namespace" test \
	    "$(readlink "/proc/$x/ns/$kind")" != \
	    "$(readlink "/proc/self/ns/$kind")"
done
# A file of another account, in a directory that is granted.
echo theirs >"$W/theirs"
chown cbtother "$W/theirs"
chmod 600 "$W/theirs"
echo ours >"$W/ours"
chown clawbot:clawbot "$W/ours"
chmod 600 "$W/ours"

# inside COMMAND...: as root of the spawner's namespaces, in the view of its
# skill
inside() {
	nsenter -t "$s" -U -m -i -u -n -p -C --root="/proc/$s/root" \
	    -S 0 -G 0 "$@"
}

# never NAME COMMAND...: fails inside
never() {
	nv_name=$1
	shift
	if inside "$@" >"$T/ok.out" 2>&1; then
		result 1 "inside: $nv_name" || :
		head -n 5 "$T/ok.out" | sed 's/^/#   /'
	else
		result 0 "inside: $nv_name"
	fi
}

is "inside: is root" "$(inside id -u)" 0
opt=
[ ! -d /opt ] || opt="/opt "
is "executor: its root directory is empty" \
    "$(find "/proc/$x/root/" -mindepth 1 -maxdepth 1)" ""
is "executor: and is all that is mounted" \
    "$(awk '{ print $5 }' "/proc/$x/mountinfo")" /
is "inside: the root directory of runs" \
    "$(inside ls / | tr '\n' ' ')" \
    "bin dev etc lib lib64 ${opt:+opt }proc run sbin srv sys tmp usr var "
is "spawner: of the host it has the system, a program of ours and the grant" \
    "$(sed 's/.* - //' "/proc/$s/mountinfo" | paste -d' ' - \
    "/proc/$s/mountinfo" | awk '$1 !~ /^(tmpfs|proc|devpts|mqueue)$/ {
    print $8 }' | grep -vE '^/(etc/|sys/devices/system/(cpu|node)$)' |
    sed 's,^/var/lib/dpkg$,/usr,' | sort -u | tr '\n' ' ')" \
    "$opt/run/bin/clawbot-file $W /usr "
is "spawner: of /etc nothing that is written to" \
    "$(awk '$5 ~ "^/(etc|sys|var)/" && $6 !~ /^ro,/' \
    "/proc/$s/mountinfo")" ""
for path in /etc/shadow "$T/log" "$T/vault" "$T/key" "$CONF" "$T/run" \
    /root /home /var/lib/apt /var/log /boot /sys/class; do
	never "no $path" ls "$path"
done
is "inside: files of a run's account" "$(inside cat "$W/ours")" ours
never "not another account's, in a grant" cat "$W/theirs"
never "not by changing its owner" chown 0 "$W/theirs"
never "not by changing its mode" chmod 644 "$W/theirs"
never "no device can be made" mknod "$W/dev" b 8 0
never "the clock cannot be set" date -s @0
never "the system cannot be made writable" mount -o remount,rw /usr
never "no disk can be mounted" mount -t ext4 /dev/vda /tmp
never "no module can be loaded" perl -e \
    'exit(syscall(313, 0, "", 0) == 0 ? 0 : $!{EPERM} ? 1 : 0)'
for p in $D $(role_pid auditor) $(role_pid vault); do
	never "process $p of the host is not there" perl -e \
	    "exit !kill(0, $p)"
done
is "executor: no network but lo" "$(nsenter -t "$x" -n \
    awk -F: 'NR > 2 { gsub(/ /, "", $1); print $1 }' /proc/net/dev)" lo
ok "executor: hard limits stay" sh -c "! nsenter -t $x -U -S 0 -G 0 \
    prlimit --pid $x --core=1000:1000 2>/dev/null"

### Nothing gives privileges back

# A program with the set-user-id bit in the view of a run.
agent sh -c 'find /usr -xdev -perm -4000 -type f'
suid=$(head -n 1 "$T/out")
if [ -n "$suid" ]; then
	agent sh -c 'grep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status'
	has "run: no privileges to be had" "$T/out" "$none" "NoNewPrivs:	1"
	agent findmnt -no OPTIONS /usr
	has "run: nosuid on the system" "$T/out" nosuid
else
	skip "set-user-id programs" "none installed"
fi
agent setpriv --reuid=0 id
ok "run: cannot become root" test "$S" -ne 0
agent unshare -U true
ok "run: no user namespace" test "$S" -ne 0
agent unshare -m true
ok "run: no mount namespace" test "$S" -ne 0
daemon_stop
finish
