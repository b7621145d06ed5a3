#!/bin/sh
# SPDX-License-Identifier: ISC
#
# accounts.sh COMMAND...: runs it where there are the accounts that the tests
# need: in a mount namespace whose passwd and group are the host's with those
# in place of any of their names.  The host's own files stay as they are, so
# there is nothing to be taken away, and whatever else runs on the host, other
# tests too, has accounts of its own, with numbers of their own.  Keys of
# System V and names of message queues are this command's as well.  The log and
# the vault of clawbot on this host, if it has that, are not there.

set -eu

if [ $# -eq 0 ]; then
	echo "usage: accounts.sh COMMAND..." >&2
	exit 64
fi
if [ "${CBT_ACCOUNTS-}" != "$$" ]; then
	export CBT_ACCOUNTS=$$	# what unshare executes keeps this number
	exec unshare -m -i sh "$0" "$@"
fi

USERS="_clawbot _clawbot-exec _clawbot-audit _clawbot-vault clawbot
    cbtagent cbtother cbtadmin cbtsecond"
LONE=_clawbot-notify
FORWARD=_clawbot-forward
GROUP=clawbot-admin
MEMBERS=cbtadmin,cbtsecond
# Nobody else has these: distributions leave them free.  A file tells which of
# them are a command's, by its number, until there is none of that.
TAKEN=/run/lock/clawbot-accounts
mkdir -p "$TAKEN"
exec 9>"$TAKEN/lock"
flock 9
n=$(($$ % 2900))
while [ -e "$TAKEN/$n" ] && [ -d "/proc/$(cat "$TAKEN/$n")" ]; do
	n=$(((n + 1) % 2900))
done
echo $$ >"$TAKEN/$n"
exec 9>&-
BASE=$((30000 + n * 10))
LONE_ID=$((27000 + n))
FORWARD_ID=$((24000 + n))

# without FILE FIELD: its lines, but for those of our names and numbers
without() {
	awk -F : -v names="$USERS $LONE $FORWARD $GROUP" \
	    -v base="$BASE" -v lone="$LONE_ID" -v forward="$FORWARD_ID" '
	    BEGIN { n = split(names, a, /[ \n]+/)
		for (i = 1; i <= n; i++) ours[a[i]] }
	    !($1 in ours) && !($3 >= base && $3 < base + 10) &&
	    $3 != lone && $3 != forward' "$1"
}

passwd() {
	without /etc/passwd
	p_id=$BASE
	for p_user in $USERS; do
		echo "$p_user:*:$p_id:$p_id::/nonexistent:/usr/sbin/nologin"
		p_id=$((p_id + 1))
	done
	for p_user in "$LONE:*:$LONE_ID:$LONE_ID" \
	    "$FORWARD:*:$FORWARD_ID:$FORWARD_ID"; do
		echo "$p_user::/nonexistent:/usr/sbin/nologin"
	done
}

group() {
	without /etc/group
	g_id=$BASE
	for g_user in $USERS; do
		echo "$g_user:*:$g_id:"
		g_id=$((g_id + 1))
	done
	echo "$GROUP:*:$g_id:$MEMBERS"
	echo "$LONE:*:$LONE_ID:"
	echo "$FORWARD:*:$FORWARD_ID:"
}

# These files alone are asked, no directory on another host.
nsswitch() {
	[ ! -f /etc/nsswitch.conf ] ||
	    grep -vE '^[	 ]*(passwd|group|initgroups|shadow|gshadow):' \
	    /etc/nsswitch.conf || :
	printf '%s: files\n' passwd group shadow gshadow
}

# What is mounted on a file of /etc, as containers have it, is not there below
# another mount.
mounted() {
	awk '$5 ~ "^/etc/" { print $5 }' /proc/self/mountinfo |
	    while read -r m_file; do
		[ ! -f "$m_file" ] || cp -p "$m_file" "$1"
	done
}

# All of /etc, and not only these files, which a mount would lose as soon as
# somebody on the host renames a new one over them.
dir=$(mktemp -d /tmp/cbt.XXXXXX)
trap 'rmdir "$dir"' EXIT
umask 022
mount -t tmpfs -o mode=755 accounts "$dir"
mkdir "$dir/etc" "$dir/work" "$dir/empty"
mounted "$dir/etc"
passwd >"$dir/etc/passwd"
group >"$dir/etc/group"
nsswitch >"$dir/etc/nsswitch.conf"
if ! mount -t overlay -o \
    "lowerdir=/etc,upperdir=$dir/etc,workdir=$dir/work" accounts /etc \
    2>/dev/null; then
	mkdir "$dir/all"
	# locks of those who change accounts come and go
	cp -a /etc/. "$dir/all" 2>/dev/null || :
	cp "$dir/etc"/* "$dir/all"
	mount --bind "$dir/all" /etc
fi
# a cache knows the host's
for d in /run/nscd /var/run/nscd; do
	[ ! -d "$d" ] || mount --bind "$dir/empty" "$d"
done
# nor does an installation of the host's belong to these
mkdir -m 700 "$dir/log"
chown "$((BASE + 2)):$((BASE + 2))" "$dir/log"
[ ! -d /var/log/clawbot ] || mount --bind "$dir/log" /var/log/clawbot
[ ! -d /var/lib/clawbot ] || mount --bind "$dir/empty" /var/lib/clawbot
umount -l "$dir"
rmdir "$dir"
trap - EXIT
exec "$@"
