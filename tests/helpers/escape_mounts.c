/* SPDX-License-Identifier: ISC */
/*
 * escape_mounts: out of a run by handles, mounts, FUSE, devices and /proc.
 * -o grant=DIR is what it may write to, with what 216-files.sh has put there.
 */
#include "config.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "tests/helpers/escape.h"

#define GRANT	escape_arg("grant")

static long
handle_get(void)
{
	struct { struct file_handle h; unsigned char b[128]; } fh;
	int id;

	memset(&fh, 0, sizeof(fh));
	fh.h.handle_bytes = sizeof(fh.b);
	return (name_to_handle_at(AT_FDCWD, GRANT, &fh.h, &id, 0));
}

/* The root directory of an ext4 is inode 2. */
static long
handle_open(void)
{
	struct { struct file_handle h; unsigned char b[128]; } fh;

	memset(&fh, 0, sizeof(fh));
	fh.h.handle_bytes = 8;
	fh.h.handle_type = 1;
	fh.b[0] = 2;
	return (open_by_handle_at(open(GRANT, O_RDONLY), &fh.h, O_RDONLY));
}

static long
mount_tmpfs(void)
{
	return (mount("none", GRANT, "tmpfs", 0, NULL));
}

static long
mount_bind(void)
{
	return (mount("/", GRANT, NULL, MS_BIND | MS_REC, NULL));
}

static long
mount_proc(void)
{
	return (mount("none", GRANT, "proc", 0, NULL));
}

static long
mount_writable(void)
{
	return (mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL));
}

static long
umount_proc(void)
{
	return (umount2("/proc", MNT_DETACH));
}

static long
umount_tmp(void)
{
	return (umount2("/tmp", MNT_DETACH));
}

static long
pivot(void)
{
	return (syscall(SYS_pivot_root, "/tmp", "/tmp"));
}

static long
tree_open(void)
{
	return (syscall(SYS_open_tree, AT_FDCWD, "/", 1 /* CLONE */));
}

static long
tree_move(void)
{
	return (syscall(SYS_move_mount, AT_FDCWD, "/usr", AT_FDCWD, "/tmp",
	    0));
}

static long
tree_writable(void)
{
	return (syscall(442, AT_FDCWD, "/usr", 0, NULL, (size_t)0));
}

static long
fs_new(void)
{
	return (syscall(SYS_fsopen, "tmpfs", 0));
}

static long
fs_pick(void)
{
	return (syscall(SYS_fspick, AT_FDCWD, "/", 0));
}

static long
fuse_device(void)
{
	return (escape_open("/dev/fuse", O_RDWR));
}

static long
fuse_mount(void)
{
	return (mount("fuse", GRANT, "fuse", 0, "fd=0,rootmode=40000,"
	    "user_id=0,group_id=0"));
}

static long
fuse_new(void)
{
	return (syscall(SYS_fsopen, "fuse", 0));
}

static long
device(const char *dir, const char *name, mode_t type, unsigned ma,
    unsigned mi)
{
	return (mknod(escape_path(dir, name), type | 0666, makedev(ma, mi)));
}

static long
device_null(void)
{
	return (device(GRANT, "null", S_IFCHR, 1, 3));
}

static long
device_mem(void)
{
	return (device("/tmp", "mem", S_IFCHR, 1, 1));
}

static long
device_disk(void)
{
	return (device("/tmp", "disk", S_IFBLK, 254, 0));
}

static long
device_fuse(void)
{
	return (device("/dev/shm", "fuse", S_IFCHR, 10, 229));
}

/* Not even one that somebody made in the grant can be opened. */
static long
device_planted(void)
{
	return (escape_open(escape_path(GRANT, "device"), O_RDWR));
}

static long
proc_write(const char *path)
{
	int fd;

	if ((fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
		return (-1);
	return (write(fd, "0 0 1\n", 6));
}

static long
proc_sysrq(void)
{
	return (proc_write("/proc/sysrq-trigger"));
}

static long
proc_core(void)
{
	return (proc_write("/proc/sys/kernel/core_pattern"));
}

static long
proc_uid_map(void)
{
	return (proc_write("/proc/self/uid_map"));
}

static long
proc_cmdline(void)
{
	return (escape_open("/proc/cmdline", O_RDONLY));
}

static long
proc_keys(void)
{
	return (escape_open("/proc/keys", O_RDONLY));
}

static long
proc_kcore(void)
{
	return (escape_open("/proc/kcore", O_RDONLY));
}

static long
proc_mounts(void)
{
	return (escape_open("/proc/1/mountinfo", O_RDONLY));
}

static long
sys_class(void)
{
	return (escape_open("/sys/class", O_RDONLY));
}

static long
watch_all(void)
{
	return (syscall(SYS_fanotify_init, 0, O_RDONLY));
}

/* What the mount, Landlock and the filter answer; whichever comes first. */
static const struct attempt attempts[] = {
	{ "name_to_handle_at", handle_get, { EPERM } },
	{ "open_by_handle_at", handle_open, { EPERM } },
	{ "mount tmpfs", mount_tmpfs, { EPERM } },
	{ "mount bind", mount_bind, { EPERM } },
	{ "mount proc", mount_proc, { EPERM } },
	{ "remount writable", mount_writable, { EPERM } },
	{ "umount /proc", umount_proc, { EPERM } },
	{ "umount /tmp", umount_tmp, { EPERM } },
	{ "pivot_root", pivot, { EPERM } },
	{ "open_tree", tree_open, { EPERM } },
	{ "move_mount", tree_move, { EPERM } },
	{ "mount_setattr", tree_writable, { EPERM } },
	{ "fsopen", fs_new, { EPERM } },
	{ "fspick", fs_pick, { EPERM } },
	{ "FUSE device", fuse_device, { ENOENT } },
	{ "FUSE mount", fuse_mount, { EPERM } },
	{ "FUSE fsopen", fuse_new, { EPERM } },
	{ "mknod null", device_null, { EPERM, EACCES } },
	{ "mknod mem", device_mem, { EPERM, EACCES } },
	{ "mknod disk", device_disk, { EPERM, EACCES } },
	{ "mknod fuse", device_fuse, { EPERM, EACCES } },
	{ "device in the grant", device_planted, { EACCES } },
	{ "sysrq", proc_sysrq, { ENOENT, EACCES } },
	{ "core pattern", proc_core, { EACCES } },
	{ "uid_map", proc_uid_map, { EPERM, EACCES, EROFS } },
	{ "/proc/cmdline", proc_cmdline, { EACCES } },
	{ "/proc/keys", proc_keys, { ENOENT, EACCES } },
	{ "/proc/kcore", proc_kcore, { ENOENT, EACCES } },
	{ "mounts of init", proc_mounts, { ENOENT, EACCES } },
	{ "/sys/class", sys_class, { ENOENT } },
	{ "fanotify", watch_all, { EPERM } },
};

int
main(int argc, char **argv)
{
	escape_main(argc, argv, attempts,
	    sizeof(attempts) / sizeof(attempts[0]));
}
