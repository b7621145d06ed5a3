/* SPDX-License-Identifier: ISC */
/*
 * The answer that init writes to its caller's memory: who waits for it gets
 * it, whichever thread of its process that is, and what another thread of it
 * executes meanwhile does not.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <linux/filter.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "executor/fds.h"
#include "executor/watch/watch_priv.h"

#define PLACE		((uintptr_t)0x20000000U)	/* in both programs */
#define PLACE_SIZE	65536U
#define MEMORY_KB	4096U

enum who { ALONE, FIRST, SECOND };

static const char *self;
static struct watch watch;
static struct call call;
static int ours, its;		/* ends of a socket */
static int executes;		/* before the next write */
static pid_t written;		/* by which number */
static int write_errno;

static char *
map_place(void)
{
	return (mmap((void *)PLACE, PLACE_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
}

static void
tell(int fd, char c)
{
	if (write(fd, &c, 1) != 1)
		_exit(1);
}

static char
hear(int fd)
{
	char c;

	return (read(fd, &c, 1) == 1 ? c : '\0');
}

/* In place of the C library's: what was right before may not be so now. */
ssize_t
process_vm_writev(pid_t pid, const struct iovec *from, unsigned long nfrom,
    const struct iovec *to, unsigned long nto, unsigned long flags)
{
	ssize_t n;

	if (executes) {
		executes = 0;
		tell(ours, 'x');
		assert_int_equal(hear(ours), 'n');
	}
	written = pid;
	n = syscall(SYS_process_vm_writev, pid, from, nfrom, to, nto, flags);
	write_errno = n == -1 ? errno : 0;
	return (n);
}

/* The other program: is its memory as it made it? */
static int
new_program(int fd)
{
	char *p = map_place();
	size_t i, n = 0;

	if (p == MAP_FAILED)
		return (1);
	tell(fd, 'n');
	(void)hear(fd);
	for (i = 0; i < PLACE_SIZE; i++)
		n += p[i] != 0;
	tell(fd, n == 0 ? 'c' : 'w');
	return (0);
}

/* Waits, and executes that or ends. */
static void *
stand_by(void *arg)
{
	char fd[16];

	(void)arg;
	if (hear(its) == 'x') {
		(void)snprintf(fd, sizeof(fd), "%d", its);
		(void)execl("/proc/self/exe", self, "new", fd, (char *)NULL);
	}
	return (NULL);
}

static void *
ask(void *arg)
{
	struct sysinfo *si = (struct sysinfo *)PLACE;

	(void)arg;
	tell(its, syscall(SYS_sysinfo, si) == 0 &&
	    si->totalram == MEMORY_KB * 1024UL ? 'y' : '-');
	return (NULL);
}

static int
filter_sysinfo(void)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sysinfo, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
	};
	struct sock_fprog p = { NELEM(f), f };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return (-1);
	return ((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_NEW_LISTENER, &p));
}

static void __attribute__((__noreturn__))
old_program(enum who who)
{
	pthread_t t;
	int fd;

	(void)close(ours);
	if (map_place() == MAP_FAILED || (fd = filter_sysinfo()) == -1 ||
	    fds_send(its, "l", 1, &fd, 1) == -1)
		_exit(1);
	(void)close(fd);
	if (who == ALONE)
		(void)ask(NULL);
	else if (pthread_create(&t, NULL, who == FIRST ? stand_by : ask,
	    NULL) != 0)
		_exit(1);
	if (who == FIRST)
		(void)ask(NULL);
	if (who != ALONE)
		(void)pthread_join(t, NULL);
	_exit(0);
}

/* It waits for its answer; which process it is. */
static pid_t
begin(enum who who)
{
	unsigned nfds = 1;
	int sv[2];
	pid_t pid;
	char c;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	ours = sv[0];
	its = sv[1];
	if ((pid = fork()) == 0)
		old_program(who);
	(void)close(its);
	assert_int_equal(fds_recv(ours, &c, 1, &watch.listener, &nfds, 0), 1);
	assert_int_equal(nfds, 1);
	memset(&call, 0, sizeof(call));
	call.w = &watch;
	assert_int_equal(ioctl(watch.listener, SECCOMP_IOCTL_NOTIF_RECV,
	    &call.n), 0);
	watch.walk.tid = (pid_t)call.n.pid;
	written = 0;
	return (pid);
}

static void
end(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	(void)close(watch.listener);
	(void)close(ours);
}

static void
answered(enum who who)
{
	pid_t pid = begin(who);
	int r = call_sysinfo(&call);

	assert_int_equal(r, 0);
	call_answer(&call, r);
	assert_int_equal(hear(ours), 'y');
	/* the first one's number can become that of another program */
	assert_int_equal(written == pid, who == ALONE);
	assert_int_equal(watch.walk.tid == pid, who != SECOND);
	if (who == FIRST)
		tell(ours, 'e');
	end(pid);
}

static void
test_answered(void **state)
{
	(void)state;
	answered(ALONE);
	answered(FIRST);
	answered(SECOND);
}

static void
test_executed(void **state)
{
	pid_t pid;

	(void)state;
	pid = begin(FIRST);
	executes = 1;
	assert_int_equal(call_sysinfo(&call), -ESRCH);
	assert_int_equal(executes, 0);
	assert_int_equal(write_errno, ESRCH);
	tell(ours, 'c');
	assert_int_equal(hear(ours), 'c');
	end(pid);
}

/* Who was killed is answered nothing. */
static void
test_killed(void **state)
{
	pid_t pid;

	(void)state;
	pid = begin(ALONE);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, NULL, WEXITED), 0);
	assert_true(call_sysinfo(&call) < 0);
	assert_int_equal(written, 0);
	(void)close(watch.listener);
	(void)close(ours);
}

static int
setup(void **state)
{
	(void)state;
	watch.memory_kb = MEMORY_KB;
	return (walk_init(&watch.walk));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answered),
		cmocka_unit_test(test_executed),
		cmocka_unit_test(test_killed),
	};

	self = argv[0];
	if (argc == 3 && strcmp(argv[1], "new") == 0)
		return (new_program((int)strtol(argv[2], NULL, 10)));
	return (cmocka_run_group_tests_name("written", tests, setup, NULL));
}
