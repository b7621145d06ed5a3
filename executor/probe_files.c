/* SPDX-License-Identifier: ISC */
/* Attempts: what is seen, mounts, devices, Landlock. */
#include "config.h"

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/landlock.h"
#include "executor/jail.h"
#include "executor/probe.h"

#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))
#define LANDLOCK_DEPTH	16	/* domains that a process can be in */

/* None of them can be opened, but where one is granted. */
static enum probe_verdict
none_opens(const struct jail *j, const char *const *paths, size_t n,
    int flags)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!probe_granted(j, paths[i]) &&
		    probe_opens(paths[i], flags) == PROBE_OPEN)
			return (PROBE_OPEN);
	return (PROBE_HELD);
}

static enum probe_verdict
all_open(const char *const *paths, size_t n, int flags)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (probe_opens(paths[i], flags) == PROBE_HELD)
			return (PROBE_OPEN);
	return (PROBE_HELD);
}

static enum probe_verdict
files_of_clawbot(const struct jail *j)
{
	static const char *const paths[] = { "/v", CB_LOGDIR, CB_VAULTDIR,
	    CB_RUNDIR, CB_EMPTYDIR, "/etc/clawbot.conf", "/etc/clawbot.key" };

	return (none_opens(j, paths, NELEM(paths), O_RDONLY));
}

static enum probe_verdict
files_of_host(const struct jail *j)
{
	static const char *const paths[] = { "/etc/shadow", "/etc/gshadow",
	    "/etc/sudoers", "/etc/ssh", "/root", "/home", "/boot", "/var",
	    "/opt", "/mnt", "/media", "/lost+found" };

	return (none_opens(j, paths, NELEM(paths), O_RDONLY));
}

static enum probe_verdict
tree_of_kernel(const struct jail *j)
{
	static const char *const paths[] = { "/sys", "/sys/kernel",
	    "/sys/fs/cgroup/cgroup.procs", "/sys/firmware" };

	return (none_opens(j, paths, NELEM(paths), O_RDONLY));
}

static enum probe_verdict
above_root(const struct jail *j)
{
	struct stat a, b;

	(void)j;
	if (stat("/", &a) == -1 || stat("/../../..", &b) == -1)
		return (PROBE_OPEN);
	return (probe_is(a.st_dev == b.st_dev && a.st_ino == b.st_ino));
}

static enum probe_verdict
links_of_init(const struct jail *j)
{
	static const char *const paths[] = { "/proc/1/root/", "/proc/1/cwd/",
	    "/proc/1/fd", "/proc/1/exe", "/proc/1/ns/mnt" };

	return (none_opens(j, paths, NELEM(paths), O_RDONLY));
}

static enum probe_verdict
new_in_system(const struct jail *j)
{
	static const char *const paths[] = { "/clawbot-probe",
	    "/usr/clawbot-probe", "/usr/bin/clawbot-probe",
	    "/usr/lib/clawbot-probe", "/etc/clawbot-probe" };

	return (none_opens(j, paths, NELEM(paths), O_WRONLY | O_CREAT));
}

static enum probe_verdict
new_in_others(const struct jail *j)
{
	static const char *const paths[] = { "/dev/clawbot-probe",
	    "/proc/clawbot-probe", "/run/clawbot-probe",
	    "/run/secrets/../clawbot-probe" };

	return (none_opens(j, paths, NELEM(paths), O_WRONLY | O_CREAT));
}

static enum probe_verdict
change_system(const struct jail *j)
{
	static const char file[] = "/etc/passwd";

	(void)j;
	return (probe_is(chmod(file, 0666) == -1 && truncate(file, 0) == -1 &&
	    unlink(file) == -1 && rename(file, "/etc/clawbot-probe") == -1 &&
	    chmod("/usr", 0777) == -1 && utimensat(AT_FDCWD, "/usr", NULL,
	    0) == -1));
}

static enum probe_verdict
proc_files(const struct jail *j)
{
	static const char *const paths[] = { "/proc/kcore", "/proc/kallsyms",
	    "/proc/kmsg", "/proc/keys", "/proc/timer_list",
	    "/proc/config.gz", "/proc/modules", "/proc/interrupts",
	    "/proc/cmdline", "/proc/bus",
	    "/proc/scsi", "/proc/asound", "/proc/acpi" };

	return (none_opens(j, paths, NELEM(paths), O_RDONLY));
}

static enum probe_verdict
proc_switches(const struct jail *j)
{
	static const char *const paths[] = { "/proc/sysrq-trigger",
	    "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
	    "/proc/sys/vm/overcommit_memory",
	    "/proc/sys/fs/binfmt_misc/register",
	    "/proc/irq/0/smp_affinity" };

	return (none_opens(j, paths, NELEM(paths), O_WRONLY));
}

static enum probe_verdict
what_runs_need(const struct jail *j)
{
	static const char *const rd[] = { "/usr/bin", "/etc/passwd",
	    "/proc/self/stat", "/dev/urandom" };
	static const char *const rw[] = { "/dev/null", "/dev/ptmx",
	    "/dev/zero", "/dev/full" };
	static const char *const cr[] = { "/tmp/clawbot-probe",
	    "/dev/shm/clawbot-probe" };
	enum probe_verdict v = PROBE_OPEN;

	(void)j;
	if (all_open(rd, NELEM(rd), O_RDONLY) == PROBE_HELD &&
	    all_open(rw, NELEM(rw), O_RDWR) == PROBE_HELD &&
	    all_open(cr, NELEM(cr), O_RDWR | O_CREAT) == PROBE_HELD)
		v = PROBE_HELD;
	(void)unlink(cr[0]);
	(void)unlink(cr[1]);
	return (v);
}

/* Mounts. */

static enum probe_verdict
mount_new(const struct jail *j)
{
	(void)j;
	return (probe_is(mount("none", "/tmp", "tmpfs", 0, NULL) == -1 &&
	    mount("/usr", "/tmp", NULL, MS_BIND, NULL) == -1 &&
	    mount("proc", "/tmp", "proc", 0, NULL) == -1));
}

static enum probe_verdict
mount_change(const struct jail *j)
{
	(void)j;
	return (probe_is(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND,
	    NULL) == -1 && mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND,
	    NULL) == -1 && mount(NULL, "/", NULL, MS_SHARED | MS_REC,
	    NULL) == -1));
}

static enum probe_verdict
mount_away(const struct jail *j)
{
	(void)j;
	return (probe_is(umount2("/proc", MNT_DETACH) == -1 &&
	    umount2("/tmp", MNT_DETACH) == -1));
}

static enum probe_verdict
other_root(const struct jail *j)
{
	(void)j;
	return (probe_is(chroot("/tmp") == -1 &&
	    syscall(SYS_pivot_root, "/tmp", "/tmp") == -1));
}

static int
has_opt(const char *opts, const char *opt)
{
	size_t n = strlen(opt);
	const char *p;

	for (p = opts; (p = strstr(p, opt)) != NULL; p += n)
		if ((p == opts || p[-1] == ',') &&
		    (p[n] == '\0' || p[n] == ','))
			return (1);
	return (0);
}

/* Has every mount, but those under a path, this option? */
static enum probe_verdict
each_mount(const char *opt, const char *except)
{
	static char line[16384], at[4096], opts[1024];
	unsigned n = 0;
	int good = 1;
	FILE *fp;

	if ((fp = fopen("/proc/self/mountinfo", "re")) == NULL)
		return (PROBE_OPEN);
	while (fgets(line, sizeof(line), fp) != NULL) {
		if (sscanf(line, "%*d %*d %*s %*s %4095s %1023s", at,
		    opts) != 2)
			continue;
		n++;
		if (except == NULL || strncmp(at, except,
		    strlen(except)) != 0)
			good &= has_opt(opts, opt);
	}
	(void)fclose(fp);
	errno = 0;
	return (probe_is(good && n > 0));
}

static enum probe_verdict
mounts_nosuid(const struct jail *j)
{
	(void)j;
	return (each_mount("nosuid", NULL));
}

static enum probe_verdict
mounts_nodev(const struct jail *j)
{
	(void)j;
	return (each_mount("nodev", "/dev"));
}

/* Devices. */

static enum probe_verdict
make_device(const struct jail *j)
{
	static const char path[] = "/tmp/clawbot-probe-dev";
	int c, b;

	(void)j;
	c = mknod(path, S_IFCHR | 0600, makedev(1, 1));
	b = mknod(path, S_IFBLK | 0600, makedev(8, 0));
	(void)unlink(path);
	return (probe_is(c == -1 && b == -1));
}

static enum probe_verdict
open_devices(const struct jail *j)
{
	static const char *const paths[] = { "/dev/mem", "/dev/kmem",
	    "/dev/port", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/nvme0",
	    "/dev/kvm", "/dev/fuse", "/dev/console", "/dev/tty0", "/dev/tty1",
	    "/dev/loop-control", "/dev/mapper/control", "/dev/net/tun",
	    "/dev/vhost-net", "/dev/vsock", "/dev/uinput", "/dev/input",
	    "/dev/dri", "/dev/hwrng", "/dev/bus" };

	return (none_opens(j, paths, NELEM(paths), O_RDONLY));
}

static enum probe_verdict
only_known_devices(const struct jail *j)
{
	static const char *const known[] = { ".", "..", "null", "zero",
	    "full", "random", "urandom", "tty", "ptmx", "pts", "shm", "fd",
	    "stdin", "stdout", "stderr" };
	char path[300];
	struct dirent *de;
	int good = 1;
	size_t i;
	DIR *d;

	if ((d = opendir("/dev")) == NULL)
		return (PROBE_OPEN);
	while ((de = readdir(d)) != NULL) {
		for (i = 0; i < NELEM(known); i++)
			if (strcmp(de->d_name, known[i]) == 0)
				break;
		(void)snprintf(path, sizeof(path), "/dev/%s", de->d_name);
		if (i == NELEM(known) && !probe_granted(j, path))
			good = 0;
	}
	(void)closedir(d);
	return (probe_is(good));
}

/*
 * Landlock.  Most of what it refuses, mounts and modes have refused before
 * it is asked; what is here is refused by nothing else.
 */

static int
stack_domains(void *arg)
{
	const struct jail *j = arg;
	int n, rs;

	if ((rs = landlock_ruleset(j->layers->landlock, 0)) == -1)
		return (LANDLOCK_DEPTH);
	for (n = 0; n < LANDLOCK_DEPTH; n++)
		if (landlock_enter(rs, j->layers->landlock) == -1)
			break;
	return (n);
}

/* How many fit on top tells whether one is there. */
static enum probe_verdict
no_domain(const struct jail *j)
{
	int n;

	if (j->layers->landlock == 0)
		return (PROBE_MISSING);
	n = probe_child(stack_domains, (void *)(uintptr_t)j);
	return (probe_is(n >= 0 && n < LANDLOCK_DEPTH));
}

/*
 * No rule allows to make one.  Landlock is asked before the capability is, so
 * EACCES is Landlock's, where EPERM would be the capability's.
 */
static enum probe_verdict
make_null(const struct jail *j)
{
	static const char path[] = "/tmp/clawbot-probe-null";
	int r, saved;

	if (j->layers->landlock == 0)
		return (PROBE_MISSING);
	r = mknod(path, S_IFCHR | 0600, makedev(1, 3));
	saved = errno;
	(void)unlink(path);
	errno = saved;
	return (probe_refused_by(r, EACCES));
}

/* By Landlock, or by a network namespace in which it is not. */
static enum probe_verdict
abstract_socket(const struct jail *j)
{
	struct sockaddr_un sun;
	const char *name;
	int fd, r, saved;
	size_t n;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	name = j->plan->argv.n > PROBE_ARG_SOCKET ?
	    j->plan->argv.v[PROBE_ARG_SOCKET] : "";
	n = strlen(name);
	if (n == 0 || n >= sizeof(sun.sun_path))
		return (PROBE_OPEN);
	memcpy(sun.sun_path + 1, name, n);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return (PROBE_HELD);
	r = connect(fd, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n));
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (probe_refused(r));
}

const struct attempt probe_files[] = {
	{ PL_VIEW, "opening files of clawbot", files_of_clawbot },
	{ PL_VIEW, "opening files of the host that are not granted",
	    files_of_host },
	{ PL_VIEW, "opening /sys and control groups", tree_of_kernel },
	{ PL_VIEW, "leaving the root by ..", above_root },
	{ PL_VIEW, "following links of init in /proc", links_of_init },
	{ PL_VIEW, "making files in /, /usr and /etc", new_in_system },
	{ PL_VIEW, "making files in /dev, /proc and /run", new_in_others },
	{ PL_VIEW, "changing files of the system", change_system },
	{ PL_VIEW, "reading the kernel's files in /proc", proc_files },
	{ PL_VIEW, "writing the kernel's switches in /proc", proc_switches },
	{ PL_VIEW, "lacking /tmp, /dev, /proc, /usr or /etc",
	    what_runs_need },
	{ PL_MOUNTS, "mounting something", mount_new },
	{ PL_MOUNTS, "making a mount writable or shared", mount_change },
	{ PL_MOUNTS, "taking a mount away", mount_away },
	{ PL_MOUNTS, "changing the root directory", other_root },
	{ PL_MOUNTS, "having a mount without nosuid", mounts_nosuid },
	{ PL_MOUNTS, "having a mount without nodev", mounts_nodev },
	{ PL_DEVICES, "making a device", make_device },
	{ PL_DEVICES, "opening devices of the machine", open_devices },
	{ PL_DEVICES, "finding an unknown name in /dev", only_known_devices },
	{ PL_LANDLOCK, "being in no domain", no_domain },
	{ PL_LANDLOCK, "making a null device", make_null },
	{ PL_LANDLOCK, "reaching an abstract socket of clawbot",
	    abstract_socket },
	{ PL_LANDLOCK, NULL, NULL },
};
