# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A kernel that lacks something: the start ends with the feature's name and
# what to do, unless the configuration accepts it.
. "$SRC/tests/regress/lib.sh"

conf_default

nobody_left() {
	! pgrep -f "$T/log"
}

# missing FEATURE STATUS TEXT...
missing() {
	m_what=$1 m_status=$2
	shift 2
	DAEMON_WRAP=${WRAP:-"$H/without $m_what"}
	m_n=0
	while daemon_try; m_tried=$?; [ -n "${AGAIN-}" ] && [ $m_n -lt 20 ] &&
	    grep -q "$AGAIN" "$T/d.err"; do
		daemon_wait
		m_n=$((m_n + 1))
	done
	if [ $m_tried -eq 0 ]; then
		result 1 "without $m_what: does not start" || :
		daemon_stop
	else
		daemon_wait
		is "without $m_what: status" "$DSTATUS" "$m_status"
		has "without $m_what: named" "$T/d.err" "$@"
	fi
	DAEMON_WRAP=
	# nothing is left of it; what has been told to end takes its time
	ok "without $m_what: no process" until_true 60 nobody_left
}

# 79 where it would be the same the next time: not a lack of memory, and not
# one more namespace than there may be
missing userns 71 "user namespace" "max_user_namespaces"
missing pidns 79 "pid namespace"
missing netns 79 "network"
missing mntns 79 "mount"
missing landlock 79 "landlock" "acceptMissing"
missing seccomp 79 "seccomp"
missing open_tree 79 "open_tree"
missing mount_setattr 79 "mount_setattr"
missing mlock 71 "lock memory"

# There nobody makes a user namespace.
mkdir "$T/root"
cat >"$T/chrooted" <<END
mount --rbind / "$T/root" && exec chroot "$T/root" "\$@"
END
WRAP="unshare -m sh $T/chrooted"
missing "a root directory of the host's" 79 "user namespace" "chroot"

# switched KIND N COMMAND...: in a user namespace, where the switches are its
# own, with all accounts; its root is root there after another execve
cat >"$T/switched" <<'END'
pid=$$
outside=$(readlink /proc/self/ns/user)
(
	while [ "$(readlink "/proc/$pid/ns/user")" = "$outside" ]; do
		sleep 0.01
	done
	echo 0 0 65536 >"/proc/$pid/uid_map"
	echo 0 0 65536 >"/proc/$pid/gid_map"
) &
exec unshare -U sh -c 'until [ "$(id -u) $(id -g)" = "0 0" ]; do
	sleep 0.01
done
exec sh -c "echo \$1 >/proc/sys/user/max_\$0_namespaces && shift &&
    exec \"\$@\"" "$@"' sh "$@"
END
if timeout 60 sh "$T/switched" net 0 true 2>/dev/null; then
	for kind in pid net ipc mnt uts cgroup; do
		WRAP="sh $T/switched $kind 0"
		missing "room for $kind namespaces" 79 \
		    "sysctl user.max_${kind}_namespaces is 0"
	done
	# If the executor is the first, it fails in there by something else:
	# again, until the auditor has it.
	WRAP="sh $T/switched net 1"
	AGAIN="devices of the view"
	missing "room for a second net namespace" 71 "see sysctl user.max_"
	AGAIN=
else
	skip "room for namespaces" "no user namespace with all accounts"
fi
WRAP=

# Landlock, accepted.
MORE='"sandbox": { "acceptMissing": ["landlock"] },'
conf_default
DAEMON_WRAP="$H/without landlock"
if daemon_try; then
	result 0 "without landlock, accepted: starts"
	agent echo hello
	is "without landlock, accepted: runs" "$(cat "$T/out")" hello
	cb cbtagent status --all
	ok "without landlock, accepted: status names it" \
	    grep -qi 'landlock.*missing' "$T/out"
	ok "without landlock, accepted: of runs, too" \
	    grep -q 'run landlock  *missing' "$T/out"
	daemon_stop
else
	result 1 "without landlock, accepted: starts" || :
	tail -n 5 "$T/d.err" | sed 's/^/#   /'
	D=
fi
DAEMON_WRAP=
MORE=

# Missing accounts and directories of others are named, too.
conf_default
chown cbtother "$T/log"
daemon_try
daemon_wait
is "log directory of somebody else: status" "$DSTATUS" 71
has "log directory of somebody else: named" "$T/d.err" "$T/log"
chown _clawbot-audit "$T/log"
# the vault alone is locked then
chmod 644 "$T/key"
daemon_start
has "key that others can read: named" "$T/d.err" "$T/key"
daemon_stop
is "key that others can read: it started" "$DSTATUS" 0
rm -f "$T/key"
daemon_start
has "no key: named" "$T/d.err" "$T/key"
daemon_stop
is "no key: it started" "$DSTATUS" 0
LIBEXEC=$T/nowhere
head -c 32 /dev/urandom >"$T/key"
chmod 400 "$T/key"
daemon_try
daemon_wait
is "no roles to start: status" "$DSTATUS" 93
has "no roles to start: named" "$T/d.err" "auditor"
finish
