/* SPDX-License-Identifier: ISC */
/*
 * escape_files: out of a run by its files.  -o grant=DIR is what it may write
 * to, with what 216-files.sh has put there; -o outside=DIR is a directory
 * beside it with the files secret, that everybody may read, and open, that
 * everybody may write to.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <linux/fs.h>

#include "tests/helpers/escape.h"

#define GRANT	escape_arg("grant")
#define OUTSIDE	escape_arg("outside")

/* One that is new in the grant. */
static const char *
mine(const char *name)
{
	static char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", GRANT, name);
	(void)unlink(path);
	return (path);
}

static int
my_file(const char *name)
{
	return (open(mine(name), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600));
}

/* Outside by a link that the run makes itself. */
static long
through(const char *to, const char *rest, int flags)
{
	char path[8192];

	if (symlink(to, mine("link")) == -1)
		return (MISSING);
	(void)snprintf(path, sizeof(path), "%s/link%s", GRANT, rest);
	return (escape_open(path, flags));
}

static long
by_name(void)
{
	return (escape_open(escape_path(OUTSIDE, "secret"), O_RDONLY));
}

static long
by_name_write(void)
{
	return (escape_open(escape_path(OUTSIDE, "open"), O_WRONLY));
}

static long
by_dots(void)
{
	char path[8192];

	(void)snprintf(path, sizeof(path), "%s/../../../../..%s/secret",
	    GRANT, OUTSIDE);
	return (escape_open(path, O_RDONLY));
}

static long
by_sibling(void)
{
	char path[8192];

	(void)snprintf(path, sizeof(path), "%s/..", GRANT);
	return (openat(open(path, O_PATH), strrchr(OUTSIDE, '/') + 1,
	    O_RDONLY));
}

static long
by_link(void)
{
	return (through(escape_path(OUTSIDE, "secret"), "", O_RDONLY));
}

static long
by_link_write(void)
{
	return (through(escape_path(OUTSIDE, "open"), "", O_WRONLY));
}

static long
by_link_create(void)
{
	return (through(escape_path(OUTSIDE, "new"), "", O_WRONLY | O_CREAT));
}

static long
by_link_dir(void)
{
	return (through(OUTSIDE, "/secret", O_RDONLY));
}

static long
by_link_dots(void)
{
	char to[4096];

	(void)snprintf(to, sizeof(to), "../../../../../../../..%s", OUTSIDE);
	return (through(to, "/secret", O_RDONLY));
}

static long
by_planted(void)
{
	return (escape_open(escape_path(GRANT, "planted"), O_RDONLY));
}

static long
by_planted_dir(void)
{
	return (escape_open(escape_path(GRANT, "planted-dir/secret"),
	    O_RDONLY));
}

static long
by_self_root(void)
{
	char path[8192];

	(void)snprintf(path, sizeof(path), "/proc/self/root%s/secret",
	    OUTSIDE);
	return (escape_open(path, O_RDONLY));
}

static long
by_self_cwd(void)
{
	char path[8192];

	(void)snprintf(path, sizeof(path), "/proc/self/cwd/../../../..%s/"
	    "secret", OUTSIDE);
	return (escape_open(path, O_RDONLY));
}

static long
by_init_root(void)
{
	return (escape_open("/proc/1/root/", O_RDONLY | O_DIRECTORY));
}

static long
by_init_cwd(void)
{
	return (escape_open("/proc/1/cwd/", O_RDONLY | O_DIRECTORY));
}

static long
by_init_fd(void)
{
	return (escape_open("/proc/1/fd", O_RDONLY | O_DIRECTORY));
}

static long
by_init_exe(void)
{
	return (escape_open("/proc/1/exe", O_RDWR));
}

static long
by_init_mem(void)
{
	return (escape_open("/proc/1/mem", O_RDWR));
}

/*
 * The program of a run is a file of its own grant.  While it is executed most
 * kernels refuse to write to it, 6.11 and 6.12 do not.
 */
static long
by_self_exe(void)
{
	return (escape_open("/proc/self/exe", O_WRONLY) == -1 ? -1 :
	    HARMLESS);
}

/* Of a process with a number, as far as numbers go here. */
static long
by_guessed_fd(void)
{
	char path[64];
	long n = 0;
	pid_t pid;

	for (pid = 2; pid < 66000; pid++) {
		(void)snprintf(path, sizeof(path), "/proc/%d/fd", pid);
		if (pid == getpid() || pid == getppid() ||
		    access(path, R_OK) == -1)
			continue;
		n++;
	}
	return (n == 0 ? -1 : n);
}

/* Up from every directory: that must end in the run's own root. */
static long
by_climbing(void)
{
	static const char *const from[] = { "/", "/usr/bin", "/tmp", "/dev",
	    "/dev/shm", "/dev/pts", "/proc", "/proc/self/fd", "/etc", "." };
	struct stat root, st;
	size_t i;
	int fd, n, up;

	if (stat("/", &root) == -1 || chdir(GRANT) == -1)
		return (1);
	for (i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		if ((fd = open(from[i], O_PATH | O_DIRECTORY)) == -1)
			return (2);
		for (n = 0; n < 64; n++, fd = up)
			if ((up = openat(fd, "..", O_PATH)) == -1)
				return (3);
		if (fstat(fd, &st) == -1 || st.st_dev != root.st_dev ||
		    st.st_ino != root.st_ino)
			return (4);
	}
	return (HARMLESS);
}

static long
by_chroot(void)
{
	return (chroot(GRANT));
}

/* Only what a run may have: three pipes. */
static long
kept_descriptors(void)
{
	struct stat st;
	int fd;
	long n = 0;

	for (fd = 0; fd < 65536; fd++)
		if (fstat(fd, &st) == 0 && !(fd < 3 && S_ISFIFO(st.st_mode)))
			n++;
	/* that to our parent, the program */
	return (n == 1 ? HARMLESS : 1 + n);
}

static long
hard_link_out(void)
{
	return (link(escape_path(OUTSIDE, "secret"), mine("hard")));
}

static long
hard_link_system(void)
{
	return (link("/usr/bin/env", mine("hard")));
}

static long
hard_link_etc(void)
{
	return (link("/etc/passwd", mine("hard")));
}

static long
hard_link_fd(void)
{
	int fd = open("/usr/bin/env", O_PATH | O_CLOEXEC);

	return (linkat(fd, "", AT_FDCWD, mine("hard"), AT_EMPTY_PATH));
}

static long
hard_link_proc(void)
{
	char path[64];
	int fd = open("/usr/bin/env", O_RDONLY | O_CLOEXEC);

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return (linkat(AT_FDCWD, path, AT_FDCWD, mine("hard"),
	    AT_SYMLINK_FOLLOW));
}

static long
rename_out(void)
{
	char to[4096];
	int fd = my_file("out");

	(void)snprintf(to, sizeof(to), "%s.out", GRANT);
	(void)close(fd);
	return (rename(escape_path(GRANT, "out"), to));
}

static long
rename_in(void)
{
	return (rename("/etc/passwd", mine("in")));
}

/* The directory that is the grant itself. */
static long
rename_grant(void)
{
	char to[4096];

	(void)snprintf(to, sizeof(to), "%s.moved", GRANT);
	return (rename(GRANT, to));
}

static long
exchange_system(void)
{
	int fd = my_file("swap");

	(void)close(fd);
	return (renameat2(AT_FDCWD, escape_path(GRANT, "swap"), AT_FDCWD,
	    "/etc/hosts", RENAME_EXCHANGE));
}

static long
reopen_system(void)
{
	char path[64];
	int fd = open("/usr/bin/env", O_RDONLY | O_CLOEXEC);

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return (escape_open(path, O_RDWR));
}

static long
write_usr(void)
{
	return (escape_open("/usr/bin/env", O_WRONLY));
}

static long
create_usr(void)
{
	return (escape_open("/usr/bin/escaped", O_WRONLY | O_CREAT));
}

static long
create_root(void)
{
	return (escape_open("/escaped", O_WRONLY | O_CREAT));
}

static long
create_etc(void)
{
	return (escape_open("/etc/ld.so.preload", O_WRONLY | O_CREAT));
}

static long
create_run(void)
{
	return (escape_open("/run/escaped", O_WRONLY | O_CREAT));
}

static long
create_dev(void)
{
	return (escape_open("/dev/escaped", O_WRONLY | O_CREAT));
}

static long
create_nameless(void)
{
	return (escape_open("/usr/bin", O_WRONLY | O_TMPFILE));
}

static long
unlink_etc(void)
{
	return (unlink("/etc/passwd"));
}

static long
truncate_etc(void)
{
	return (truncate("/etc/passwd", 0));
}

static long
chmod_usr(void)
{
	return (chmod("/usr/bin/env", 0777));
}

static long
chown_mine(void)
{
	return (fchown(my_file("owner"), 0, 0));
}

static long
touch_usr(void)
{
	return (utimensat(AT_FDCWD, "/usr/bin/env", NULL, 0));
}

static long
capabilities_mine(void)
{
	/* version 2, effective, CAP_DAC_OVERRIDE */
	static const unsigned char v[20] = { 1, 0, 0, 2, 2 };

	return (fsetxattr(my_file("caps-new"), "security.capability", v,
	    sizeof(v), 0));
}

static long
trusted_mine(void)
{
	return (fsetxattr(my_file("trusted"), "trusted.escape", "1", 1, 0));
}

static long
immutable_mine(void)
{
	int flags = FS_IMMUTABLE_FL;

	return (ioctl(my_file("immutable"), FS_IOC_SETFLAGS, &flags));
}

static long
setuid_planted(void)
{
	return (escape_exec(AT_FDCWD, escape_path(GRANT, "setuid")));
}

static long
caps_planted(void)
{
	if (access(escape_path(GRANT, "caps"), X_OK) == -1)
		return (MISSING);
	return (escape_exec(AT_FDCWD, escape_path(GRANT, "caps")));
}

/* In here it would mean nothing, but on the host it would. */
static long
setuid_copy(void)
{
	char buf[65536];
	ssize_t n;
	int in, out;

	in = open(escape_path(GRANT, "escape_who"), O_RDONLY | O_CLOEXEC);
	out = open(mine("setuid-copy"), O_WRONLY | O_CREAT | O_EXCL |
	    O_CLOEXEC, 0755);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			return (1);
	return (n != 0 ? 2 : fchmod(out, 06755));
}

/* What the mount, Landlock and the filter answer; whichever comes first. */
static const struct attempt attempts[] = {
	{ "outside by name", by_name, { ENOENT } },
	{ "outside by name, to write", by_name_write, { ENOENT } },
	{ "outside by ..", by_dots, { ENOENT } },
	{ "outside from the grant's parent", by_sibling, { ENOENT } },
	{ "outside by a link", by_link, { ENOENT } },
	{ "outside by a link, to write", by_link_write, { ENOENT } },
	{ "outside by a link, to create", by_link_create, { ENOENT } },
	{ "outside by a link to its directory", by_link_dir, { ENOENT } },
	{ "outside by a link of ..", by_link_dots, { ENOENT } },
	{ "outside by a planted link", by_planted, { ENOENT } },
	{ "outside by a planted link to its directory", by_planted_dir,
	    { ENOENT } },
	{ "outside by /proc/self/root", by_self_root, { ENOENT } },
	{ "outside by /proc/self/cwd", by_self_cwd, { ENOENT } },
	{ "root of init", by_init_root, { ENOENT, EACCES } },
	{ "directory of init", by_init_cwd, { ENOENT, EACCES } },
	{ "descriptors of init", by_init_fd, { ENOENT, EACCES } },
	{ "program of init", by_init_exe, { ENOENT, EACCES } },
	{ "memory of init", by_init_mem, { ENOENT, EACCES } },
	{ "own program, to write", by_self_exe, { EACCES, NOTHING } },
	{ "descriptors by guess", by_guessed_fd, { ENOENT } },
	{ "climbing", by_climbing, { NOTHING } },
	{ "chroot", by_chroot, { EPERM } },
	{ "descriptors at start", kept_descriptors, { NOTHING } },
	{ "hard link to outside", hard_link_out, { ENOENT } },
	{ "hard link to a program", hard_link_system, { EXDEV, EACCES } },
	{ "hard link to /etc", hard_link_etc, { EXDEV, EACCES } },
	/* without CAP_DAC_READ_SEARCH it is not even looked at before 6.10 */
	{ "hard link of a descriptor", hard_link_fd, { ENOENT, EXDEV,
	    EACCES } },
	{ "hard link by /proc", hard_link_proc, { EXDEV, EACCES } },
	{ "renaming out of the grant", rename_out, { EXDEV, EACCES } },
	{ "renaming into the grant", rename_in, { EXDEV, EACCES } },
	{ "renaming the grant", rename_grant, { EROFS, EBUSY, EACCES } },
	{ "exchange with /etc", exchange_system, { EXDEV, EACCES } },
	{ "program reopened", reopen_system, { EROFS, EACCES } },
	{ "program, to write", write_usr, { EROFS, EACCES } },
	{ "new program", create_usr, { EROFS, EACCES } },
	{ "new file in /", create_root, { EROFS, EACCES } },
	{ "new file in /etc", create_etc, { EROFS, EACCES } },
	{ "new file in /run", create_run, { EROFS, EACCES } },
	{ "new file in /dev", create_dev, { EROFS, EACCES } },
	{ "new file without a name", create_nameless, { EROFS, EACCES } },
	{ "unlink in /etc", unlink_etc, { EROFS, EACCES } },
	{ "truncate in /etc", truncate_etc, { EROFS, EACCES } },
	{ "chmod of a program", chmod_usr, { EROFS } },
	{ "own file to root", chown_mine, { EPERM } },
	{ "times of a program", touch_usr, { EROFS } },
	{ "capabilities of own file", capabilities_mine, { EPERM } },
	{ "trusted attribute", trusted_mine, { EPERM } },
	{ "immutable file", immutable_mine, { EPERM, EOPNOTSUPP, ENOTTY } },
	{ "setuid program in the grant", setuid_planted, { NOTHING } },
	{ "capable program in the grant", caps_planted, { NOTHING } },
	{ "setuid copy", setuid_copy, { EPERM } },
};

int
main(int argc, char **argv)
{
	escape_main(argc, argv, attempts,
	    sizeof(attempts) / sizeof(attempts[0]));
}
