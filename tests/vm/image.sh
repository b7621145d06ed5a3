#!/bin/sh
# SPDX-License-Identifier: ISC
#
# image.sh MACHINE DIR: makes DIR/MACHINE, unless it is there and was made in
# this way:
#
#	kernel initrd	what qemu boots, the newest that the distribution has
#	disk		a raw image with ext4 and everything quickstart needs
#	root/		the same as a directory, to build in
#	key key.pub	root's, for ssh
#
# Prints why there is no machine, and fails, where it cannot be made.  Needs
# root, mmdebstrap and a mirror of the distribution.

set -eu
umask 022
LC_ALL=C
export LC_ALL

[ $# -eq 2 ] || {
	echo "usage: image.sh debian12|debian13|ubuntu2404 DIR" >&2
	exit 64
}
MACHINE=$1 DIR=$2
HERE=$(cd "$(dirname "$0")" && pwd)

M=
fail() {
	[ -z "$M" ] || rm -rf --one-file-system "$M.new" "$M.keyring"
	printf '%s\n' "$*"
	exit 1
}

# What quickstart installs for a build: it finds all of it there.  And what
# make deb needs.
eval "$(sed -n '/^BUILD_PACKAGES="/,/"$/p' "$HERE/../../quickstart")"
PACKAGES="systemd-sysv udev dbus libpam-systemd initramfs-tools
    openssh-server apparmor sudo procps iproute2 less perl python3-minimal
    btrfs-progs xfsprogs e2fsprogs kmod debhelper dh-apparmor
    $BUILD_PACKAGES"
case $MACHINE in
debian12) SUITE=bookworm KERNEL=linux-image-cloud-amd64 ;;
debian13) SUITE=trixie KERNEL=linux-image-cloud-amd64 ;;
ubuntu2404) SUITE=noble KERNEL=linux-image-virtual ;;
*)	fail "no machine of that name: $MACHINE" ;;
esac
RECIPE=$(printf '%s\n' "$PACKAGES" | cat "$HERE/image.sh" - | sha256sum)

for program in mmdebstrap mke2fs ssh-keygen flock unshare; do
	command -v "$program" >/dev/null || fail "$program is not installed"
done
[ "$(id -u)" -eq 0 ] || fail "only root can make one"
[ "$(uname -m)" = x86_64 ] || fail "this processor is no x86-64"

mkdir -p "$DIR"
chmod 700 "$DIR"
# Two of us make one machine once.
exec 9>"$DIR/$MACHINE.lock"
flock -w 1200 9 || fail "another process has been making it for too long"
M=$DIR/$MACHINE
[ "$(cat "$M/recipe" 2>/dev/null)" != "$RECIPE" ] || exit 0

# bootstrap SUITE DIRECTORY OPTION...: with mmdebstrap's own mirrors; what it
# mounts goes with it, however it ends
bootstrap() {
	b_suite=$1 b_dir=$2
	shift 2
	timeout -k 10 600 nice unshare --mount mmdebstrap \
	    --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "2"' \
	    "$@" "$b_suite" "$b_dir" >"$DIR/$MACHINE.log" 2>&1 </dev/null 9>&- ||
	    fail "mmdebstrap $b_suite failed:" \
	    "$(grep -m 1 '^E:' "$DIR/$MACHINE.log" || echo "it took too long")"
}

rm -rf --one-file-system "$M" "$M.new" "$M.keyring"
mkdir "$M.new"
R=$M.new/root
set -- --variant=apt \
    --include="$(echo "$PACKAGES $KERNEL" | tr -s ' \t\n' ',' | sed 's/,$//')"
if [ "$SUITE" = noble ]; then
	bootstrap trixie "$M.keyring" --variant=extract \
	    --include=ubuntu-archive-keyring
	mv "$M.keyring/usr/share/keyrings/ubuntu-archive-keyring.gpg" \
	    "$M.new/keyring.gpg"
	rm -rf "$M.keyring"
	set -- "$@" --components=main,universe --keyring="$M.new/keyring.gpg"
fi
bootstrap "$SUITE" "$R" "$@"

newest() {
	find "$R/boot" -name "$1-*" | sort -V | tail -n 1
}
cp "$(newest vmlinuz)" "$M.new/kernel"
cp "$(newest initrd.img)" "$M.new/initrd"

ssh-keygen -q -t ed25519 -N '' -C clawbot-vm -f "$M.new/key"
install -d -m 700 "$R/root/.ssh"
install -m 600 "$M.new/key.pub" "$R/root/.ssh/authorized_keys"
echo "$MACHINE" >"$R/etc/hostname"
printf '127.0.0.1 localhost %s\n' "$MACHINE" >"$R/etc/hosts"
echo '/dev/vda / auto defaults 0 1' >"$R/etc/fstab"
cat >"$R/etc/systemd/network/20-machine.network" <<'END'
[Match]
Name=en* eth*
[Network]
Address=10.0.2.15/24
END
chroot "$R" systemctl enable systemd-networkd ssh >/dev/null 2>&1 || :
mkdir "$R/usr/src/clawbot"
# What would only take time.
chroot "$R" systemctl mask apt-daily.timer apt-daily-upgrade.timer \
    dpkg-db-backup.timer e2scrub_all.timer fstrim.timer man-db.timer \
    motd-news.timer systemd-networkd-wait-online.service >/dev/null 2>&1 || :
rm -rf "$R"/var/cache/apt/archives/*.deb "$R"/var/lib/apt/lists/*

truncate -s 6G "$M.new/disk"
mke2fs -q -t ext4 -d "$R" "$M.new/disk" >"$DIR/$MACHINE.log" 2>&1 ||
    fail "mke2fs failed; is there room in $DIR?"
printf '%s\n' "$RECIPE" >"$M.new/recipe"
mv "$M.new" "$M"
