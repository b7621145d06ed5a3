/* SPDX-License-Identifier: ISC */
/*
 * taker [-n MAX] KIND ...: takes as many of each as it gets, or MAX, says how
 * many and why there were no more ("inotify: 16 EMFILE"), then "all" and
 * holds them until its standard input ends.
 */
#include "config.h"

#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))

#define SETDELEG	1040	/* F_SETDELEG of Linux 6.19 */

static long max = 1000000;

static int
take_inotify(long i)
{
	(void)i;
	return (inotify_init1(IN_CLOEXEC));
}

/* A watch counts once in an instance, so each instance has all. */
static int
take_watch(long i)
{
	static int fd = -1;
	char path[64];

	if (fd == -1 && (fd = inotify_init1(IN_CLOEXEC)) == -1)
		return (-1);
	(void)snprintf(path, sizeof(path), "/tmp/taker.%d.%ld", (int)getpid(),
	    i);
	if (mkdir(path, 0700) == -1)
		return (-1);
	return (inotify_add_watch(fd, path, IN_CREATE));
}

static int
take_timer(long i)
{
	struct sigevent ev;
	timer_t t;

	(void)i;
	memset(&ev, 0, sizeof(ev));
	ev.sigev_notify = SIGEV_SIGNAL;
	ev.sigev_signo = SIGRTMIN;
	return (timer_create(CLOCK_MONOTONIC, &ev, &t));
}

static int
take_signal(long i)
{
	union sigval v;
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGRTMIN + 1);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	v.sival_int = (int)i;
	return (sigqueue(getpid(), SIGRTMIN + 1, v));
}

/* 64 kB each */
static int
take_locked(long i)
{
	void *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)i;
	return (p == MAP_FAILED ? -1 : mlock(p, 65536));
}

static int
take_queue(long i)
{
	struct mq_attr a = { .mq_maxmsg = 10, .mq_msgsize = 8192 };
	char name[64];

	(void)snprintf(name, sizeof(name), "/taker.%d.%ld", (int)getpid(), i);
	return (mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &a) ==
	    (mqd_t)-1 ? -1 : 0);
}

static int
take_shm(long i)
{
	(void)i;
	return (shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600));
}

static int
take_sem(long i)
{
	(void)i;
	return (semget(IPC_PRIVATE, 1, IPC_CREAT | 0600));
}

static int
take_aio(long i)
{
	unsigned long ctx = 0;

	(void)i;
	return ((int)syscall(SYS_io_setup, 64, &ctx));
}

static int
take_pty(long i)
{
	(void)i;
	return (open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
}

static int
take_epoll(long i)
{
	static int ep = -1;
	struct epoll_event ev = { .events = EPOLLIN };
	int p[2];

	(void)i;
	if (ep == -1 && (ep = epoll_create1(EPOLL_CLOEXEC)) == -1)
		return (-1);
	return (pipe(p) == -1 ? -1 : epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
}

/* As large as it gets. */
static int
take_pipe(long i)
{
	int p[2];

	(void)i;
	if (pipe(p) == -1)
		return (-1);
	(void)fcntl(p[1], F_SETPIPE_SZ, 1024 * 1024);
	return (0);
}

/* A descriptor under way, in a socket that nobody reads. */
static int
take_flight(long i)
{
	char buf[CMSG_SPACE(sizeof(int))], c = 'x';
	struct iovec iov = { &c, 1 };
	struct cmsghdr *cm;
	struct msghdr m;
	int sv[2];

	(void)i;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sv) == -1)
		return (-1);
	memset(&m, 0, sizeof(m));
	memset(buf, 0, sizeof(buf));
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	m.msg_control = buf;
	m.msg_controllen = sizeof(buf);
	cm = CMSG_FIRSTHDR(&m);
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cm), &sv[0], sizeof(int));
	if (sendmsg(sv[1], &m, MSG_DONTWAIT) == -1)
		return (-1);
	(void)close(sv[0]);
	(void)close(sv[1]);
	return (0);
}

static int
take_inode(long i)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/dev/shm/taker.%d.%ld",
	    (int)getpid(), i);
	if ((fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600)) == -1)
		return (-1);
	return (close(fd));
}

static int
take_process(long i)
{
	pid_t pid;

	(void)i;
	if ((pid = fork()) == 0) {
		(void)pause();
		_exit(0);
	}
	return (pid);
}

static int
take_lease(long i)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/tmp/taker.%d.%ld", (int)getpid(),
	    i);
	fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	return (fd == -1 ? -1 : fcntl(fd, F_SETLEASE, F_WRLCK));
}

/* A directory: whoever makes a name in it would wait. */
static int
take_delegation(long i)
{
	struct {
		uint32_t flags;
		uint16_t type;
		uint16_t pad;
	} d = { 0, F_RDLCK, 0 };
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/tmp/taker.d.%d.%ld",
	    (int)getpid(), i);
	if (mkdir(path, 0700) == -1)
		return (-1);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return (fd == -1 ? -1 : fcntl(fd, SETDELEG, &d));
}

static int
take_key(long i)
{
	char name[32];

	(void)snprintf(name, sizeof(name), "taker.%ld", i);
	return ((int)syscall(SYS_add_key, "user", name, "x", 1, -2));
}

static int
take_namespace(long i)
{
	(void)i;
	return ((int)syscall(SYS_unshare, 0x10000000L));
}

static const struct {
	const char	*name;
	int		(*take)(long);
} kinds[] = {
	{ "inotify", take_inotify },	{ "watches", take_watch },
	{ "timers", take_timer },	{ "signals", take_signal },
	{ "locked", take_locked },	{ "queues", take_queue },
	{ "shm", take_shm },		{ "sem", take_sem },
	{ "aio", take_aio },		{ "pty", take_pty },
	{ "epoll", take_epoll },	{ "pipes", take_pipe },
	{ "flight", take_flight },	{ "inodes", take_inode },
	{ "processes", take_process },	{ "leases", take_lease },
	{ "delegations", take_delegation },
	{ "keys", take_key },		{ "namespaces", take_namespace },
};

static void
take(const char *name)
{
	const char *why = "enough";
	size_t k;
	long n;

	for (k = 0; k < NELEM(kinds); k++)
		if (strcmp(kinds[k].name, name) == 0)
			break;
	if (k == NELEM(kinds))
		errx(2, "%s?", name);
	for (n = 0; n < max; n++)
		if (kinds[k].take(n) == -1) {
			why = strerrorname_np(errno);
			break;
		}
	printf("%s: %ld %s\n", name, n, why == NULL ? "?" : why);
	(void)fflush(stdout);
}

/* Ends by _exit: what sanitizers do at an end is refused in a run. */
int
main(int argc, char **argv)
{
	char buf[64];
	int c;

	while ((c = getopt(argc, argv, "n:")) != -1) {
		if (c != 'n')
			errx(2, "usage: taker [-n MAX] KIND ...");
		max = strtol(optarg, NULL, 10);
	}
	for (; optind < argc; optind++)
		take(argv[optind]);
	printf("all\n");
	(void)fflush(stdout);
	while (read(0, buf, sizeof(buf)) > 0)
		;
	(void)kill(0, SIGKILL);
	_exit(0);
}
