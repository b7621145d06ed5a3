/* SPDX-License-Identifier: ISC */
/*
 * escape_modes: leaves, in -o grant=DIR, a file that has more rights on the
 * host than the run: set-user-ID, set-group-ID, capabilities, devices.  What
 * it makes stays there, and 260-modes.sh looks at it from outside.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <linux/capability.h>
#include <linux/openat2.h>

#include "tests/helpers/escape.h"

#define GRANT		escape_arg("grant")
#define NR_fchmodat2	452
#define NR_setxattrat	463
#ifndef RENAME_WHITEOUT
#define RENAME_WHITEOUT	(1U << 2)
#endif

static int
my_file(const char *name)
{
	int fd;

	fd = open(escape_path(GRANT, name), O_RDWR | O_CREAT | O_EXCL |
	    O_CLOEXEC, 0755);
	if (fd == -1)
		err(2, "%s", name);
	return (fd);
}

static long
by_fchmod(void)
{
	return (fchmod(my_file("fchmod"), 04755));
}

static long
by_fchmod_group(void)
{
	return (fchmod(my_file("fchmod-group"), 02755));
}

static long
by_fchmodat(void)
{
	(void)my_file("fchmodat");
	return (syscall(SYS_fchmodat, AT_FDCWD,
	    escape_path(GRANT, "fchmodat"), 06755));
}

static long
by_fchmodat2(void)
{
	(void)my_file("fchmodat2");
	return (syscall(NR_fchmodat2, AT_FDCWD,
	    escape_path(GRANT, "fchmodat2"), 04755, 0));
}

/* The file by its descriptor alone. */
static long
by_empty_path(void)
{
	return (syscall(NR_fchmodat2, my_file("empty"), "", 04755,
	    AT_EMPTY_PATH));
}

static long
by_proc(void)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d",
	    my_file("proc"));
	return (chmod(path, 04755));
}

static long
by_dir_fd(void)
{
	(void)my_file("dirfd");
	return (fchmodat(open(GRANT, O_PATH | O_DIRECTORY), "dirfd", 04755,
	    0));
}

static long
by_high_bits(void)
{
	return (syscall(SYS_fchmod, my_file("high"),
	    UINT64_C(0xffffffff00000000) | 04755));
}

static long
by_dir(void)
{
	if (mkdir(escape_path(GRANT, "dir"), 0755) == -1)
		err(2, "dir");
	return (chmod(escape_path(GRANT, "dir"), 02755));
}

static long
by_openat(void)
{
	return (openat(AT_FDCWD, escape_path(GRANT, "openat"),
	    O_WRONLY | O_CREAT, 04755));
}

static long
by_openat_group(void)
{
	return (openat(AT_FDCWD, escape_path(GRANT, "openat-group"),
	    O_RDONLY | O_CREAT | O_EXCL, 02755));
}

static long
by_no_umask(void)
{
	(void)umask(0);
	return (open(escape_path(GRANT, "umask"), O_RDWR | O_CREAT, 07777));
}

static long
by_openat2(void)
{
	struct open_how how;

	memset(&how, 0, sizeof(how));
	how.flags = O_WRONLY | O_CREAT;
	how.mode = 04755;
	return (syscall(SYS_openat2, AT_FDCWD,
	    escape_path(GRANT, "openat2"), &how, sizeof(how)));
}

static long
by_openat2_beneath(void)
{
	struct open_how how;

	memset(&how, 0, sizeof(how));
	how.flags = O_WRONLY | O_CREAT;
	how.mode = 06755;
	how.resolve = RESOLVE_BENEATH;
	return (syscall(SYS_openat2, open(GRANT, O_PATH | O_DIRECTORY),
	    "openat2-beneath", &how, sizeof(how)));
}

/* Without a name at first. */
static long
by_tmpfile(void)
{
	int fd = open(GRANT, O_RDWR | O_TMPFILE, 04755);

	if (fd == -1)
		return (-1);
	return (linkat(fd, "", AT_FDCWD, escape_path(GRANT, "tmpfile"),
	    AT_EMPTY_PATH));
}

static long
by_tmpfile_later(void)
{
	int fd = open(GRANT, O_RDWR | O_TMPFILE, 0755);

	return (fd == -1 ? MISSING : fchmod(fd, 04755));
}

static long
by_tmpfile_openat2(void)
{
	struct open_how how;

	memset(&how, 0, sizeof(how));
	how.flags = O_RDWR | O_TMPFILE;
	how.mode = 04755;
	return (syscall(SYS_openat2, AT_FDCWD, GRANT, &how, sizeof(how)));
}

/* The kernel leaves them out. */
static long
made_dir(long r)
{
	return (r == 0 ? HARMLESS : r);
}

static long
by_mkdirat(void)
{
	return (made_dir(mkdirat(AT_FDCWD, escape_path(GRANT, "mkdirat"),
	    06755)));
}

static long
by_mknodat(void)
{
	return (mknodat(AT_FDCWD, escape_path(GRANT, "mknodat"),
	    S_IFREG | 04755, 0));
}

static long
by_fifo(void)
{
	return (mknodat(AT_FDCWD, escape_path(GRANT, "fifo"),
	    S_IFIFO | 02755, 0));
}

#ifdef SYS_creat
static long
by_old_chmod(void)
{
	(void)my_file("chmod");
	return (syscall(SYS_chmod, escape_path(GRANT, "chmod"), 04755));
}

static long
by_old_open(void)
{
	return (syscall(SYS_open, escape_path(GRANT, "open"),
	    O_WRONLY | O_CREAT, 04755));
}

static long
by_creat(void)
{
	return (syscall(SYS_creat, escape_path(GRANT, "creat"), 06755));
}

static long
by_old_mkdir(void)
{
	return (made_dir(syscall(SYS_mkdir, escape_path(GRANT, "mkdir"),
	    02755)));
}

static long
by_old_mknod(void)
{
	return (syscall(SYS_mknod, escape_path(GRANT, "mknod"),
	    S_IFREG | 06755, 0));
}
#endif

/* The mode of a socket's file is that of the socket. */
static long
by_socket(void)
{
	return (fchmod(socket(AF_UNIX, SOCK_STREAM, 0), 04755));
}

static long
by_null_device(void)
{
	return (mknodat(AT_FDCWD, escape_path(GRANT, "null"), S_IFCHR | 0666,
	    makedev(1, 3)));
}

static long
by_block_device(void)
{
	return (mknodat(AT_FDCWD, escape_path(GRANT, "block"),
	    S_IFBLK | 0666, makedev(8, 0)));
}

/* Neither takes a capability from the kernel. */
static long
by_whiteout(void)
{
	return (mknodat(AT_FDCWD, escape_path(GRANT, "whiteout"), S_IFCHR,
	    0));
}

static long
by_rename_whiteout(void)
{
	char to[4096];

	(void)my_file("whiteout-old");
	(void)snprintf(to, sizeof(to), "%s/whiteout-new", GRANT);
	return (syscall(SYS_renameat2, AT_FDCWD,
	    escape_path(GRANT, "whiteout-old"), AT_FDCWD, to,
	    RENAME_WHITEOUT));
}

static const struct vfs_cap_data caps = {
	.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
	.data = { { .permitted = UINT32_MAX } },
};

static long
by_setxattr(void)
{
	(void)my_file("setxattr");
	return (setxattr(escape_path(GRANT, "setxattr"),
	    "security.capability", &caps, sizeof(caps), 0));
}

static long
by_fsetxattr(void)
{
	return (fsetxattr(my_file("fsetxattr"), "security.capability", &caps,
	    sizeof(caps), 0));
}

static long
by_setxattrat(void)
{
	struct { uint64_t value; uint32_t size, flags; } a;

	a.value = (uint64_t)(uintptr_t)&caps;
	a.size = sizeof(caps);
	a.flags = 0;
	return (syscall(NR_setxattrat, my_file("setxattrat"), "",
	    AT_EMPTY_PATH, "security.capability", &a, sizeof(a)));
}

/* What it can do with a file that somebody else made so. */
static long
by_copy(void)
{
	int in = open(escape_path(GRANT, "planted"), O_RDONLY);
	int out = my_file("copy");
	struct stat st;

	if (in == -1 || fstat(in, &st) == -1)
		err(2, "planted");
	return (fchmod(out, st.st_mode & 07777));
}

static const struct attempt attempts[] = {
	{ "fchmod u+s", by_fchmod, { EPERM } },
	{ "fchmod g+s", by_fchmod_group, { EPERM } },
	{ "fchmodat", by_fchmodat, { EPERM } },
	{ "fchmodat2", by_fchmodat2, { EPERM } },
	{ "fchmodat2 of a descriptor", by_empty_path, { EPERM } },
	{ "chmod by /proc", by_proc, { EPERM } },
	{ "chmod from a directory", by_dir_fd, { EPERM } },
	{ "fchmod with high bits", by_high_bits, { EPERM } },
	{ "chmod of a directory", by_dir, { EPERM } },
	{ "openat", by_openat, { EPERM } },
	{ "openat, the group", by_openat_group, { EPERM } },
	{ "open without umask", by_no_umask, { EPERM } },
	{ "openat2", by_openat2, { EPERM, ENOSYS } },
	{ "openat2 beneath", by_openat2_beneath, { EPERM, ENOSYS } },
	{ "a file without a name", by_tmpfile, { EPERM } },
	{ "a file without a name, later", by_tmpfile_later, { EPERM } },
	{ "a file without a name by openat2", by_tmpfile_openat2,
	    { EPERM, ENOSYS } },
	{ "mkdirat", by_mkdirat, { NOTHING } },
	{ "mknodat", by_mknodat, { EPERM } },
	{ "a pipe by mknodat", by_fifo, { EPERM } },
#ifdef SYS_creat
	{ "the old chmod", by_old_chmod, { EPERM } },
	{ "the old open", by_old_open, { EPERM } },
	{ "creat", by_creat, { EPERM } },
	{ "the old mkdir", by_old_mkdir, { NOTHING } },
	{ "the old mknod", by_old_mknod, { EPERM } },
#endif
	{ "a socket", by_socket, { EPERM } },
	{ "a null device", by_null_device, { EPERM } },
	{ "a block device", by_block_device, { EPERM } },
	{ "a whiteout", by_whiteout, { EPERM } },
	{ "a whiteout by rename", by_rename_whiteout, { EPERM } },
	{ "capabilities by setxattr", by_setxattr, { EPERM } },
	{ "capabilities by fsetxattr", by_fsetxattr, { EPERM } },
	{ "capabilities by setxattrat", by_setxattrat, { EPERM, ENOSYS } },
	{ "a copy of somebody else's", by_copy, { EPERM } },
};

int
main(int argc, char **argv)
{
	escape_main(argc, argv, attempts,
	    sizeof(attempts) / sizeof(attempts[0]));
}
