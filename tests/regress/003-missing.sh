# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A kernel that lacks something: the start ends with the feature's name and
# what to do, unless the configuration accepts it.
. "$SRC/tests/regress/lib.sh"

conf_default

# missing FEATURE TEXT...
missing() {
	m_what=$1
	shift
	DAEMON_WRAP=${WRAP:-"$H/without $m_what"}
	if daemon_try; then
		result 1 "without $m_what: does not start" || :
		daemon_stop
	else
		daemon_wait 30
		# 77 where it belongs to dropping privileges
		ok "without $m_what: status 71 or 77" \
		    test "$DSTATUS" = 71 -o "$DSTATUS" = 77
		has "without $m_what: named" "$T/d.err" "$@"
	fi
	DAEMON_WRAP=
	# nothing is left of it
	is "without $m_what: no process" "$(pgrep -c -f "$T/log" || :)" 0
}

missing userns "user namespace" "max_user_namespaces"
missing pidns "pid namespace"
missing netns "network"
missing mntns "mount"
missing landlock "landlock" "acceptMissing"
missing seccomp "seccomp"
missing open_tree "open_tree"
missing mount_setattr "mount_setattr"
missing mlock "lock memory"

# There nobody makes a user namespace.
mkdir "$T/root"
cat >"$T/chrooted" <<END
mount --rbind / "$T/root" && exec chroot "$T/root" "\$@"
END
WRAP="unshare -m sh $T/chrooted"
missing "a root directory of the host's" "user namespace" "chroot"
WRAP=

# Landlock, accepted.
MORE='"sandbox": { "acceptMissing": ["landlock"] },'
conf_default
DAEMON_WRAP="$H/without landlock"
if daemon_try; then
	result 0 "without landlock, accepted: starts"
	agent echo hello
	is "without landlock, accepted: runs" "$(cat "$T/out")" hello
	cb cbtagent status
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

# The real switch, for a moment.
conf_default
old=$(cat /proc/sys/user/max_user_namespaces 2>/dev/null)
if [ -z "$old" ] ||
    ! echo "$old" 2>/dev/null >/proc/sys/user/max_user_namespaces; then
	skip "user.max_user_namespaces=0" "the sysctl cannot be set here"
else
	UNDO="echo $old >/proc/sys/user/max_user_namespaces; $UNDO"
	echo 0 >/proc/sys/user/max_user_namespaces
	daemon_try
	started=$?
	echo "$old" >/proc/sys/user/max_user_namespaces
	ok "user.max_user_namespaces=0: does not start" \
	    test "$started" -ne 0
	if [ "$started" -ne 0 ]; then
		daemon_wait 30
		is "user.max_user_namespaces=0: status" "$DSTATUS" 71
		has "user.max_user_namespaces=0: named" "$T/d.err" \
		    user.max_user_namespaces
	else
		daemon_stop
	fi
fi

# Unprivileged user namespaces switched off are no obstacle.
knob=/proc/sys/kernel/unprivileged_userns_clone
if [ -w $knob ]; then
	old=$(cat $knob)
	UNDO="echo $old >$knob; $UNDO"
	echo 0 >$knob
	daemon_start
	agent echo hello
	is "unprivileged_userns_clone=0: runs" "$(cat "$T/out")" hello
	daemon_stop
	echo "$old" >$knob
else
	skip "unprivileged_userns_clone=0" "no such sysctl"
fi

# Missing accounts and directories of others are named, too.
conf_default
chown cbtother "$T/log"
daemon_try
daemon_wait 30
is "log directory of somebody else: status" "$DSTATUS" 71
has "log directory of somebody else: named" "$T/d.err" "$T/log"
chown _clawbot-audit "$T/log"
chmod 644 "$T/key"
daemon_try
daemon_wait 30
is "key that others can read: status" "$DSTATUS" 78
has "key that others can read: named" "$T/d.err" "$T/key"
rm -f "$T/key"
daemon_try
daemon_wait 30
is "no key: status" "$DSTATUS" 78
has "no key: named" "$T/d.err" "$T/key"
LIBEXEC=$T/nowhere
head -c 32 /dev/urandom >"$T/key"
chmod 400 "$T/key"
daemon_try
daemon_wait 30
is "no roles to start: status" "$DSTATUS" 93
has "no roles to start: named" "$T/d.err" "auditor"
finish
