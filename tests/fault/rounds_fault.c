/* SPDX-License-Identifier: ISC */
/*
 * The auditor looks at closed segments and reads them while it runs, and the
 * Nth system call with which it does so fails, or gives less than there is, for
 * every N until none is left.  Whatever happens:
 *
 *  - nothing is called damaged that is not; but what the kernel says is not
 *    there, or cannot be read for a fault of the medium, is called so until the
 *    next look;
 *  - what is damaged is found by that look at the latest, and nothing says that
 *    it is mended;
 *  - the auditor lives; or it ends with status 74, for gateway.log;
 *  - the next start believes what is whole, and nothing else.
 */
#include "config.h"

#define AUD_CHECK_S	3600
#define AUD_CHECKED	1
#define AUD_COMPRESS	compress
#include <stdint.h>
static uint8_t compress;

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <dlfcn.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/payload.h"
#include "common/record/logseg.h"
#include "tests/unit/auditor_util.h"

#define SMALL	4096U		/* a segment */
#define CLOSED	2
#define HOUR_MS	INT64_C(3601000)
/* Sanitizers take their time: one call in so many, and other errors in turn. */
#if CB_SANITIZE
#define STEP	4
#else
#define STEP	1
#endif
#define IDLE	2		/* looks at it in which nothing is done */

/* One after the other, of those that are alike. */
#define ERRORS	3

static const struct how {
	int		 errors[ERRORS];	/* 0: half of it is read */
	const char	*rule;		/* that may be said of it, or NULL */
} hows[] = {
	{ { EIO, EACCES, EPERM }, "read" },
	{ { ENOENT, ENOENT, ENOENT }, "missing" },
	{ { EMFILE, ENOSPC, EINTR }, NULL }, { { 0, 0, 0 }, NULL },
};

/* Of the auditor, which is a child, and the test. */
static struct shared {
	unsigned	 left;		/* calls until it happens, 0: never */
	int		 fired;
	unsigned	 calls;
	int64_t		 ahead_ms;	/* of the child's clocks */
} *shared;
static const struct how *how;
static int error;		/* of these */
static int packs;		/* what is closed is packed */
static pid_t test_pid;

static int
in_auditor(void)
{
	return (shared != NULL && getpid() != test_pid);
}

/* 1 if this call is the one. */
static int
hit(void)
{
	if (!in_auditor())
		return (0);
	shared->calls++;
	if (shared->left == 0 || --shared->left != 0)
		return (0);
	shared->fired = 1;
	errno = error;
	return (1);
}

static int
fails(void)
{
	return (hit() && error != 0);
}

int
openat(int fd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	/* what is written is auditor_fault's */
	if ((flags & O_ACCMODE) == O_RDONLY && fails())
		return (-1);
	return ((int)syscall(SYS_openat, fd, path, flags, mode));
}

/* What that is with _FORTIFY_SOURCE, where the flags are not constant. */
int	__openat_2(int, const char *, int);

int
__openat_2(int fd, const char *path, int flags)
{
	return (openat(fd, path, flags));
}

int
fstatat(int fd, const char *name, struct stat *st, int flags)
{
	if (fails())
		return (-1);
	return ((int)syscall(SYS_newfstatat, fd, name, st, flags));
}

int
fstat(int fd, struct stat *st)
{
	return (fstatat(fd, "", st, AT_EMPTY_PATH));
}

ssize_t
pread(int fd, void *p, size_t n, off_t off)
{
	if (hit()) {
		if (error != 0)
			return (-1);
		n = n / 2 + 1;
	}
	return (syscall(SYS_pread64, fd, p, n, off));
}

int
clock_gettime(clockid_t which, struct timespec *ts)
{
	int r = (int)syscall(SYS_clock_gettime, which, ts);

	if (in_auditor() && which != CLOCK_REALTIME) {
		ts->tv_sec += shared->ahead_ms / 1000;
		ts->tv_nsec += shared->ahead_ms % 1000 * 1000000;
		if (ts->tv_nsec >= 1000000000) {
			ts->tv_sec++;
			ts->tv_nsec -= 1000000000;
		}
	}
	return (r);
}

/* No pause is waited for. */
int
event_add(struct event *ev, const struct timeval *tv)
{
	static int (*real)(struct event *, const struct timeval *);
	static const struct timeval soon = { 0, 0 };

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "event_add");
	return (real(ev, tv != NULL && tv->tv_sec == 0 ? &soon : tv));
}

/* What it has told so far. */
struct known_to {
	int		 gone;		/* it has ended */
	uint32_t	 damaged;	/* now */
	uint32_t	 mended;	/* ever */
	int		 wrong;		/* was said of one that is good */
	uint64_t	 done;
	uint64_t	 record;
	const char	*bad;		/* the file that is, or NULL */
};

static void
take(struct aud *a, struct known_to *k)
{
	struct msg_checked m;

	assert_int_equal(payload_get(&a->m, &msg_checked_shape, &m), 0);
	k->damaged = m.damaged;
	k->done = m.done;
	if (m.record != k->record) {
		k->mended += m.fate != CHECKED_DAMAGED;
		if (k->bad != NULL && strncmp(m.file, k->bad,
		    strlen(k->bad)) == 0)
			assert_int_equal(m.fate, CHECKED_DAMAGED);
		else if (m.fate == CHECKED_DAMAGED && (how->rule == NULL ||
		    strcmp(m.rule, how->rule) != 0)) {
			print_error("%s: %s, of %s\n", m.file, m.rule,
			    error != 0 ? strerror(error) : "less");
			k->wrong = 1;
		}
	}
	k->record = m.record;
	shape_free(&msg_checked_shape, &m);
}

/* Until it does nothing more, or has ended. */
static void
settle(struct aud *a, struct known_to *k)
{
	unsigned was, idle = 0;

	while (idle < IDLE && !k->gone) {
		was = shared->calls;
		if (ipc_send(a->ipc, MSG_PING, 0, NULL, 0, NULL, 0) == -1) {
			k->gone = 1;
			break;
		}
		do {
			if (aud_recv(a) == MSG_NONE)
				k->gone = 1;
			else if (a->m.type == MSG_A_CHECKED)
				take(a, k);
		} while (!k->gone && a->m.type != MSG_PONG);
		(void)poll(NULL, 0, 1);
		idle = shared->calls == was ? idle + 1 : 0;
	}
}

/* Some closed segments, as an auditor has left them. */
static char *
make_log(void)
{
	char *dir = aud_tmpdir();
	struct logseg *segs;
	size_t n = 0, i = 1, packed;
	struct aud a;
	int fd, next;

	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	do {
		if (n <= CLOSED) {
			aud_intent(&a, i, "x");
			while (aud_recv(&a) != MSG_A_TICKET)
				;
			aud_close(&a, i++);
			while (aud_recv(&a) != MSG_A_DONE)
				;
		} else
			(void)poll(NULL, 0, 1);
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_int_equal(logseg_list(fd, &segs, &n, &next), 0);
		(void)close(fd);
		for (packed = 0; packed < n && segs[packed].packed; packed++)
			;
		free(segs);
	} while (n <= CLOSED || (compress && packed != n - 1));
	assert_int_equal(aud_shutdown(&a), 0);
	return (dir);
}

static char *
copy_of(const char *from)
{
	char *dir = aud_tmpdir(), path[512], *s;
	struct dirent *de;
	size_t len;
	DIR *d;
	int fd;

	assert_non_null(d = opendir(from));
	while ((de = readdir(d)) != NULL) {
		if (de->d_name[0] == '.')
			continue;
		s = aud_file(from, de->d_name, &len);
		(void)snprintf(path, sizeof(path), "%s/%s", dir, de->d_name);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		assert_int_not_equal(fd, -1);
		assert_int_equal(write(fd, s, len), len);
		(void)close(fd);
		free(s);
	}
	(void)closedir(d);
	return (dir);
}

/* What is done to the second of them. */
enum hand { NOTHING, CHANGED, MISSING, HANDS };

static void
lay(const char *dir, enum hand hand, char name[LOG_NAMEMAX])
{
	struct logseg *segs;
	char path[512], c;
	size_t i, n;
	int dfd, fd, next;

	dfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(dfd, &segs, &n, &next), 0);
	(void)close(dfd);
	assert_true(n > CLOSED);
	for (i = 0; i < n - 1; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, segs[i].name);
		assert_int_equal(chmod(path, 0400), 0);
	}
	logseg_name(name, LOG_STEM, segs[1].first);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, segs[1].name);
	free(segs);
	if (hand == MISSING)
		assert_int_equal(unlink(path), 0);
	if (hand != CHANGED)
		return;
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(syscall(SYS_pread64, fd, &c, 1, 300), 1);
	c ^= 1;
	assert_int_equal(pwrite(fd, &c, 1, 300), 1);
	(void)close(fd);
}

/* A session with a fault at call n; 0 when that call never came. */
static int
one(const char *log, enum hand hand, unsigned n)
{
	struct known_to k = { 0 };
	char name[LOG_NAMEMAX], *dir = copy_of(log);
	struct aud a;
	int status;

	memset(shared, 0, sizeof(*shared));
	error = how->errors[n % ERRORS];
	assert_int_equal(aud_up(&a, dir, SMALL * 100), MSG_READY);
	settle(&a, &k);
	assert_int_equal(k.damaged, 0);
	shared->left = n;
	lay(dir, hand, name);
	if (hand != NOTHING)
		k.bad = name;
	settle(&a, &k);
	shared->ahead_ms += HOUR_MS;
	settle(&a, &k);
	shared->left = 0;
	/* without a fault: nothing is left of it */
	shared->ahead_ms += HOUR_MS;
	settle(&a, &k);
	status = k.gone ? aud_status(&a) : aud_shutdown(&a);
	assert_int_equal(status, k.gone ? EXIT_IO : 0);
	assert_true(!k.gone || shared->fired);
	assert_int_equal(k.wrong, 0);
	if (!k.gone) {
		/* in front of what cannot be read no other is mended */
		assert_in_range(k.damaged, hand != NOTHING, (hand != NOTHING) +
		    ((hand == MISSING || (hand == CHANGED && packs)) &&
		    how->rule != NULL));
		assert_true(hand == MISSING || k.done != 0);
	}
	shared->ahead_ms = 0;
	assert_int_equal(aud_up(&a, dir, SMALL * 100), hand == NOTHING ?
	    MSG_READY : MSG_FAILED);
	assert_int_equal(hand == NOTHING ? aud_shutdown(&a) :
	    aud_status(&a) == 0, 0);
	aud_rmdir(dir);
	return (shared->fired);
}

static void
every(uint8_t packed)
{
	unsigned n, hand;
	size_t i;
	char *log;

	packs = compress = packed;
	log = make_log();
	/* it is as it is */
	compress = 0;
	for (hand = NOTHING; hand < HANDS; hand++)
		for (i = 0; i < NELEM(hows); i++) {
			how = &hows[i];
			for (n = 1; one(log, (enum hand)hand, n); n += STEP)
				;
			/* they make more calls, or nothing was tried */
			assert_true(n > 30);
		}
	aud_rmdir(log);
}

static void
test_plain(void **state)
{
	(void)state;
	every(0);
}

static void
test_packed(void **state)
{
	(void)state;
	every(1);
}

static int
setup(void **state)
{
	(void)state;
	if (getenv("TMPDIR") == NULL && access("/dev/shm", W_OK) == 0)
		(void)setenv("TMPDIR", "/dev/shm", 1);
	test_pid = getpid();
	how = &hows[0];
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return (shared == MAP_FAILED ? -1 : 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_packed),
	};

	return (cmocka_run_group_tests_name("rounds fault", tests, setup,
	    NULL));
}
