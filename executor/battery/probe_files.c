/* SPDX-License-Identifier: ISC */
/* Attempts: what is seen, mounts, devices, Landlock. */
#include "config.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/landlock.h"
#include "executor/battery/probe.h"
#include "executor/box/box.h"

#define DOMAINS_MAX	200	/* more than a kernel allows to be in */

static const struct refuser by_mounts[] = {
	{ EROFS, "mounts", "it is mounted read-only" },
	{ EACCES, "account", "its mode, or Landlock where there is no rule" },
	{ EPERM, "account", "it is root's" },
	{ ENOENT, "view", "what it would be in is not there" },
	{ ENOTDIR, "view", "what it would be in is not there" },
	{ 0, NULL, NULL },
};

static const struct refuser by_mknod[] = {
	{ EPERM, "seccomp", "the runs' filter, before the kernel is asked" },
	{ EACCES, "landlock", "no rule allows to make a device" },
	{ 0, NULL, NULL },
};

static const struct refuser by_landlock[] = {
	{ EACCES, "landlock", "no rule allows it" },
	{ 0, NULL, NULL },
};

static const struct refuser by_proc[] = {
	{ EROFS, "mounts", "it is mounted read-only" },
	{ EACCES, "landlock", "no rule allows to write there" },
	{ 0, NULL, NULL },
};

static const struct refuser by_scope[] = {
	{ EPERM, "landlock", "the socket is not of the run's domain" },
	{ ECONNREFUSED, "namespaces",
	    "the run's network namespace has no such socket" },
	{ EAFNOSUPPORT, "seccomp", "the run has no sockets at all" },
	{ 0, NULL, NULL },
};

static void
files_of_clawbot(struct trial *t)
{
	static const char *const paths[] = { "/v", CB_LOGDIR, CB_VAULTDIR,
	    CB_RUNDIR, CB_EMPTYDIR, "/etc/clawbot.conf", "/etc/clawbot.key" };

	try_paths(t, paths, NELEM(paths), O_RDONLY);
}

static void
files_of_host(struct trial *t)
{
	static const char *const paths[] = { "/etc/shadow", "/etc/gshadow",
	    "/etc/sudoers", "/etc/ssh", "/etc/ssl/private", "/etc/subuid",
	    "/etc/machine-id", "/etc/environment", "/etc/systemd", "/root",
	    "/home", "/boot", "/var/log", "/var/spool", "/var/cache",
	    "/var/backups", "/var/lib/apt", "/var/lib/systemd",
	    "/var/lib/private", "/mnt", "/media", "/lost+found" };

	try_paths(t, paths, NELEM(paths), O_RDONLY);
}

static void
tree_of_kernel(struct trial *t)
{
	static const char *const paths[] = { "/sys/kernel", "/sys/fs/bpf",
	    "/sys/fs/fuse", "/sys/fs/pstore", "/sys/firmware", "/sys/class",
	    "/sys/bus", "/sys/block", "/sys/module", "/sys/power",
	    "/sys/devices/virtual", "/sys/devices/platform",
	    "/sys/devices/system/memory" };

	try_paths(t, paths, NELEM(paths), O_RDONLY);
}

/* That of the run, which can be read; and those where a host has them. */
static void
control_group(struct trial *t)
{
	static const char *const paths[] = { "/sys/fs/cgroup/cgroup.procs",
	    "/sys/fs/cgroup/cgroup.threads", "/sys/fs/cgroup/cgroup.kill",
	    "/sys/fs/cgroup/cgroup.subtree_control",
	    "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.pressure",
	    "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/cpu.max",
	    "/sys/fs/cgroup/system.slice/cgroup.procs",
	    "/sys/fs/cgroup/unified/cgroup.procs" };

	try_paths(t, paths, NELEM(paths), O_WRONLY);
}

static void
above_root(struct trial *t)
{
	struct stat a, b;

	try_state(t, stat("/", &a) == 0 && stat("/../../..", &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino);
}

static void
links_of_init(struct trial *t)
{
	static const char *const paths[] = { "/proc/1/root/", "/proc/1/cwd/",
	    "/proc/1/fd", "/proc/1/exe", "/proc/1/ns/mnt" };

	try_paths(t, paths, NELEM(paths), O_RDONLY);
}

static void
new_in_system(struct trial *t)
{
	static const char *const paths[] = { "/clawbot-probe",
	    "/usr/clawbot-probe", "/usr/bin/clawbot-probe",
	    "/usr/lib/clawbot-probe", "/etc/clawbot-probe" };

	try_paths(t, paths, NELEM(paths), O_WRONLY | O_CREAT);
}

static void
new_in_others(struct trial *t)
{
	static const char *const paths[] = { "/dev/clawbot-probe",
	    "/proc/clawbot-probe", "/run/clawbot-probe",
	    "/run/secrets/clawbot-probe", "/run/secrets/../clawbot-probe" };

	try_paths(t, paths, NELEM(paths), O_WRONLY | O_CREAT);
}

/* Not as it was? */
static int
is_changed(const char *path, const struct stat *was)
{
	struct stat st;

	return (lstat(path, &st) == -1 || st.st_ino != was->st_ino ||
	    st.st_mode != was->st_mode || st.st_size != was->st_size ||
	    st.st_mtime != was->st_mtime);
}

static void
same_after(struct trial *t, const char *path, const struct stat *was, long r)
{
	try_returned(t, r);
	try_effect(t, is_changed(path, was));
}

static void
change_system(struct trial *t)
{
	static const char file[] = "/etc/passwd", dir[] = "/usr";
	struct stat f, d;

	if (lstat(file, &f) == -1 || lstat(dir, &d) == -1) {
		try_state(t, 0);
		return;
	}
	same_after(t, file, &f, chmod(file, 0666));
	same_after(t, file, &f, truncate(file, 0));
	same_after(t, file, &f, unlink(file));
	same_after(t, file, &f, rename(file, "/etc/clawbot-probe"));
	same_after(t, dir, &d, chmod(dir, 0777));
	same_after(t, dir, &d, utimensat(AT_FDCWD, dir, NULL, 0));
}

static void
proc_files(struct trial *t)
{
	static const char *const paths[] = { "/proc/kcore", "/proc/kallsyms",
	    "/proc/kmsg", "/proc/keys", "/proc/key-users", "/proc/timer_list",
	    "/proc/timer_stats", "/proc/latency_stats", "/proc/sched_debug",
	    "/proc/config.gz", "/proc/modules", "/proc/interrupts",
	    "/proc/softirqs", "/proc/iomem", "/proc/ioports", "/proc/locks",
	    "/proc/cmdline", "/proc/bootconfig", "/proc/bus", "/proc/irq",
	    "/proc/driver", "/proc/fs", "/proc/tty", "/proc/slabinfo",
	    "/proc/vmallocinfo", "/proc/pagetypeinfo", "/proc/kpagecount",
	    "/proc/kpageflags", "/proc/kpagecgroup",
	    "/proc/scsi", "/proc/asound", "/proc/acpi" };

	try_paths(t, paths, NELEM(paths), O_RDONLY);
}

static void
proc_switches(struct trial *t)
{
	static const char *const paths[] = { "/proc/sysrq-trigger",
	    "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
	    "/proc/sys/kernel/hostname", "/proc/sys/kernel/randomize_va_space",
	    "/proc/sys/kernel/shmmax",
	    "/proc/sys/kernel/msgmax", "/proc/sys/kernel/sem",
	    "/proc/sys/vm/overcommit_memory", "/proc/sys/vm/drop_caches",
	    "/proc/sys/net/ipv4/ip_forward",
	    "/proc/sys/net/ipv4/ping_group_range",
	    "/proc/sys/net/ipv4/ip_unprivileged_port_start",
	    "/proc/sys/net/ipv6/conf/all/disable_ipv6",
	    "/proc/sys/net/core/somaxconn",
	    "/proc/sys/user/max_user_namespaces",
	    "/proc/sys/fs/mqueue/queues_max", "/proc/sys/fs/file-max",
	    "/proc/sys/fs/binfmt_misc/register", "/proc/mtrr",
	    "/proc/irq/0/smp_affinity" };

	try_paths(t, paths, NELEM(paths), O_WRONLY);
}

static int
all_open(const char *const *paths, size_t n, int flags)
{
	size_t i;
	int fd;

	for (i = 0; i < n; i++) {
		fd = open(paths[i], flags | O_CLOEXEC | O_NOCTTY |
		    O_NONBLOCK, 0600);
		if (fd == -1) {
			probe_passing();
			return (0);
		}
		(void)close(fd);
	}
	return (1);
}

/* The view is ours to make, whatever the kernel: without these it is not. */
static void
what_runs_need(struct trial *t)
{
	static const char *const rd[] = { "/usr/bin", "/etc/passwd",
	    "/proc/self/stat", "/dev/urandom" };
	static const char *const rw[] = { "/dev/null", "/dev/ptmx",
	    "/dev/zero", "/dev/full" };
	static const char *const cr[] = { "/tmp/clawbot-probe",
	    "/dev/shm/clawbot-probe" };

	try_state(t, all_open(rd, NELEM(rd), O_RDONLY) &&
	    all_open(rw, NELEM(rw), O_RDWR) &&
	    all_open(cr, NELEM(cr), O_RDWR | O_CREAT));
	(void)unlink(cr[0]);
	(void)unlink(cr[1]);
}

/* Mounts. */

/*
 * What is mounted, and how: the effect of a mount would show here.  0: nobody
 * tells, and then nothing that went well can be believed to have had none.
 */
static uint64_t
mounts_now(void)
{
	uint64_t h = 0;
	FILE *fp;
	int c;

	if ((fp = fopen("/proc/self/mountinfo", "re")) == NULL) {
		probe_passing();
		return (0);
	}
	while ((c = getc(fp)) != EOF)
		h = h * 31 + (unsigned char)c + 1;
	(void)fclose(fp);
	return (h);
}

static void
mounts_after(struct trial *t, uint64_t was, long r)
{
	try_returned(t, r);
	try_effect(t, was == 0 || mounts_now() != was);
}

static void
mount_new(struct trial *t)
{
	uint64_t was = mounts_now();

	mounts_after(t, was, mount("none", "/tmp", "tmpfs", 0, NULL));
	mounts_after(t, was, mount("/usr", "/tmp", NULL, MS_BIND, NULL));
	mounts_after(t, was, mount("proc", "/tmp", "proc", 0, NULL));
}

static void
mount_change(struct trial *t)
{
	uint64_t was = mounts_now();

	mounts_after(t, was, mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND,
	    NULL));
	mounts_after(t, was, mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND,
	    NULL));
	mounts_after(t, was, mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL));
}

static void
mount_away(struct trial *t)
{
	uint64_t was = mounts_now();

	mounts_after(t, was, umount2("/proc", MNT_DETACH));
	mounts_after(t, was, umount2("/tmp", MNT_DETACH));
}

static void
other_root(struct trial *t)
{
	struct stat st;

	if (stat("/", &st) == -1) {
		try_state(t, 0);
		return;
	}
	same_after(t, "/", &st, chroot("/tmp"));
	same_after(t, "/", &st, syscall(SYS_pivot_root, "/tmp", "/tmp"));
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
static int
each_mount(const char *opt, const char *except)
{
	static char line[16384], at[4096], opts[1024];
	unsigned n = 0;
	int good = 1;
	FILE *fp;

	if ((fp = fopen("/proc/self/mountinfo", "re")) == NULL) {
		probe_passing();
		return (0);
	}
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
	return (good && n > 0);
}

static void
mounts_nosuid(struct trial *t)
{
	try_state(t, each_mount("nosuid", NULL));
}

static void
mounts_nodev(struct trial *t)
{
	try_state(t, each_mount("nodev", "/dev"));
}

/* Devices. */

static void
make_node(struct trial *t, mode_t type, dev_t dev)
{
	static const char path[] = "/tmp/clawbot-probe-dev";
	struct stat st;
	int there;

	try_returned(t, mknod(path, type | 0600, dev));
	there = lstat(path, &st) == 0 && (st.st_mode & S_IFMT) == type;
	(void)unlink(path);
	try_effect(t, there);
}

static void
make_device(struct trial *t)
{
	make_node(t, S_IFCHR, makedev(1, 1));
	make_node(t, S_IFBLK, makedev(8, 0));
}

static void
open_devices(struct trial *t)
{
	static const char *const paths[] = { "/dev/mem", "/dev/kmem",
	    "/dev/port", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/nvme0",
	    "/dev/kvm", "/dev/fuse", "/dev/console", "/dev/tty0", "/dev/tty1",
	    "/dev/loop-control", "/dev/mapper/control", "/dev/net/tun",
	    "/dev/vhost-net", "/dev/vsock", "/dev/uinput", "/dev/input",
	    "/dev/dri", "/dev/hwrng", "/dev/bus" };

	try_paths(t, paths, NELEM(paths), O_RDONLY);
}

static void
only_known_devices(struct trial *t)
{
	static const char *const known[] = { ".", "..", "null", "zero",
	    "full", "random", "urandom", "tty", "ptmx", "pts", "shm", "fd",
	    "stdin", "stdout", "stderr" };
	char path[300];
	struct dirent *de;
	int good = 1;
	size_t i;
	DIR *d;

	if ((d = opendir("/dev")) == NULL) {
		probe_passing();
		try_state(t, 0);
		return;
	}
	while ((de = readdir(d)) != NULL) {
		for (i = 0; i < NELEM(known); i++)
			if (strcmp(de->d_name, known[i]) == 0)
				break;
		(void)snprintf(path, sizeof(path), "/dev/%s", de->d_name);
		if (i == NELEM(known) && !probe_granted(t->bx, path))
			good = 0;
	}
	(void)closedir(d);
	try_state(t, good);
}

/*
 * Landlock.  Most of what it refuses, mounts and modes have refused before
 * it is asked; what is here is refused by nothing else.
 */

static int	domains_before = -1;

static int
stack_domains(void *arg)
{
	const struct box *bx = arg;
	int n, rs;

	if ((rs = landlock_ruleset(bx->layers->landlock, 0)) == -1)
		return (DOMAINS_MAX);
	for (n = 0; n < DOMAINS_MAX; n++)
		if (landlock_enter(rs, bx->layers->landlock) == -1)
			break;
	return (n);
}

int
probe_domains(const struct box *bx)
{
	int n = probe_child(stack_domains, (void *)(uintptr_t)bx);

	return (n >= 0 && n < DOMAINS_MAX ? n : -1);
}

void
probe_control(const struct box *bx)
{
	if (bx->layers->landlock != 0)
		domains_before = probe_domains(bx);
}

/*
 * Fewer fit on top than did before: one is there.  How many a kernel allows
 * is its own affair, and where it allows more than can be counted, what
 * Landlock does tells.
 */
static void
no_domain(struct trial *t)
{
	int n;

	if (t->bx->layers->landlock == 0) {
		try_missing(t);
		return;
	}
	errno = 0;
	if (domains_before == -1 || (n = probe_domains(t->bx)) == -1)
		try_noted(t);
	else
		try_state(t, n < domains_before);
}

/*
 * By their modes these are the run's own.  Its score is among them, by which
 * others would go first when memory is short, and its memory, which all its
 * processes could write to.
 */
static void
write_proc(struct trial *t)
{
	static const char *const paths[] = { "/proc/self/comm",
	    "/proc/self/oom_score_adj", "/proc/self/coredump_filter",
	    "/proc/self/mem" };
	size_t i;

	for (i = 0; i < NELEM(paths); i++)
		try_open(t, paths[i], O_WRONLY);
}

/* It belongs to the account and can be written to, and no rule allows that. */
static void
link_in_copies(struct trial *t)
{
	if (t->bx->layers->landlock == 0) {
		try_missing(t);
		return;
	}
	try_call(t, symlinkat("x", t->bx->copies, "clawbot-link"));
}

/* By Landlock, or by a network namespace in which it is not. */
static void
abstract_socket(struct trial *t)
{
	const struct strv *argv = &t->bx->plan->argv;

	try_connect(t, argv->n > PROBE_ARG_SOCKET ?
	    argv->v[PROBE_ARG_SOCKET] : "", 1);
}

const struct attempt probe_files[] = {
	{ PL_VIEW, "opening files of clawbot", files_of_clawbot, by_view, 0 },
	{ PL_VIEW, "opening files of the host that are not granted",
	    files_of_host, by_view, 0 },
	{ PL_VIEW, "opening /sys", tree_of_kernel, by_view, 0 },
	{ PL_VIEW, "writing to files of control groups", control_group,
	    by_view, 0 },
	{ PL_VIEW, "leaving the root by ..", above_root, NULL, 0 },
	{ PL_VIEW, "following links of init in /proc", links_of_init,
	    by_view, 0 },
	{ PL_VIEW, "making files in /, /usr and /etc", new_in_system,
	    by_mounts, 0 },
	{ PL_VIEW, "making files in /dev, /proc and /run", new_in_others,
	    by_mounts, 0 },
	{ PL_VIEW, "changing files of the system", change_system, by_mounts,
	    0 },
	{ PL_VIEW, "reading the kernel's files in /proc", proc_files,
	    by_view, 0 },
	{ PL_VIEW, "writing the kernel's switches in /proc", proc_switches,
	    by_view, 0 },
	{ PL_VIEW, "lacking /tmp, /dev, /proc, /usr or /etc",
	    what_runs_need, NULL, 0 },
	{ PL_MOUNTS, "mounting something", mount_new, by_filter,
	    ONLY_THESE },
	{ PL_MOUNTS, "making a mount writable or shared", mount_change,
	    by_filter, ONLY_THESE },
	{ PL_MOUNTS, "taking a mount away", mount_away, by_filter,
	    ONLY_THESE },
	{ PL_MOUNTS, "changing the root directory", other_root, by_filter,
	    ONLY_THESE },
	{ PL_MOUNTS, "writing in /proc, about itself", write_proc, by_proc,
	    0 },
	{ PL_MOUNTS, "having a mount without nosuid", mounts_nosuid, NULL,
	    0 },
	{ PL_MOUNTS, "having a mount without nodev", mounts_nodev, NULL, 0 },
	{ PL_DEVICES, "making a device", make_device, by_mknod, 0 },
	{ PL_DEVICES, "opening devices of the machine", open_devices,
	    by_view, 0 },
	{ PL_DEVICES, "finding an unknown name in /dev", only_known_devices,
	    NULL, 0 },
	{ PL_LANDLOCK, "being in no domain", no_domain, NULL, 0 },
	{ PL_LANDLOCK, "making a link where copies of programs are",
	    link_in_copies, by_landlock, ONLY_THESE },
	{ PL_LANDLOCK, "reaching an abstract socket of clawbot",
	    abstract_socket, by_scope, 0 },
	{ PL_LANDLOCK, NULL, NULL, NULL, 0 },
};
