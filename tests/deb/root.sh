#!/bin/sh
# SPDX-License-Identifier: ISC
#
# root.sh DIR COMMAND...: runs a command in a root directory that is this host's,
# but for what is written there, which is gone afterwards.  DIR, in which that
# is mounted, is /media there.  Ends with 125 where the kernel has no such file
# system for it.  To be called in mount and pid namespaces of its own.
set -eu

DIR=$1
shift
mount --make-rprivate /
mkdir "$DIR/over"
mount -t tmpfs -o mode=755 over "$DIR/over"
mkdir "$DIR/over/up" "$DIR/over/work" "$DIR/over/root"
R=$DIR/over/root
mount -t overlay over -o \
    "lowerdir=/,upperdir=$DIR/over/up,workdir=$DIR/over/work" "$R" || exit 125
mount -t proc proc "$R/proc"
mount --rbind /dev "$R/dev"
mount --rbind /sys "$R/sys"
mount -t tmpfs -o mode=755 run "$R/run"
mount -t tmpfs -o mode=1777 tmp "$R/tmp"
mount --bind "$DIR" "$R/media"
cd "$R"
pivot_root . mnt
exec chroot . sh -c 'umount -l /mnt && cd / && exec "$@"' sh "$@"
