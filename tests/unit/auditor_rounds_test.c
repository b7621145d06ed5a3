/* SPDX-License-Identifier: ISC */
/*
 * Somebody lays hands on closed segments while the auditor runs: it tells of
 * each without being asked, once, and once more when it is mended; and what no
 * look at the files can show it finds by reading all of the log.
 */
#include "config.h"

#define AUD_COMPRESS	compress
#define AUD_CHECK_S	check_s
#include <stdint.h>
static uint8_t compress;
static uint32_t check_s;

#include <sys/syscall.h>

#include <dlfcn.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>

#include "client/verify.h"
#include "tests/unit/hands_util.h"
#include "tests/unit/blind_util.h"
#include "tests/unit/rounds_util.h"

#define PLAIN	LOG_STEM "-000000000001.log"

static int forges;		/* signatures are nobody's */

/* Who has no privileges reads nothing of that mode. */
static int
forbidden(int fd, const char *name)
{
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode) || st.st_mode & S_IRUSR)
		return (0);
	errno = EACCES;
	return (1);
}

int
openat(int fd, const char *name, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return (forbidden(fd, name) ? -1 :
	    (int)syscall(SYS_openat, fd, name, flags, mode));
}

/* What that is with _FORTIFY_SOURCE, where the flags are not constant. */
int	__openat_2(int, const char *, int);

int
__openat_2(int fd, const char *name, int flags)
{
	return (openat(fd, name, flags));
}

int
crypto_sign_detached(unsigned char *sig, unsigned long long *len,
    const unsigned char *m, unsigned long long n, const unsigned char *key)
{
	static int (*real)(unsigned char *, unsigned long long *,
	    const unsigned char *, unsigned long long, const unsigned char *);
	int r;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "crypto_sign_detached");
	r = real(sig, len, m, n, key);
	sig[0] ^= (unsigned char)forges;
	return (r);
}

static int
setup(void **state)
{
	*state = aud_tmpdir();
	compress = 0;
	check_s = 0;
	blind = 0;
	forges = 0;
	return (0);
}

/* The first closed segment, which is packed where that is wanted. */
static void
first_name(const char *dir, char name[LOG_NAMEMAX])
{
	struct logseg *segs;
	size_t i, n;
	int packed;

	for (i = 0; i < WAIT_MS; i++) {
		segs = listed(dir, &n);
		assert_true(n > 2);
		packed = segs[n - 2].packed;
		(void)snprintf(name, LOG_NAMEMAX, "%s", segs[0].name);
		free(segs);
		if (packed || !compress)
			return;
		(void)poll(NULL, 0, 1);
	}
	fail_msg("it is not packed");
}

/* What is done to the file behind path, of these bytes. */
struct hand {
	void		(*lay)(const char *path, const char *s, size_t len);
	const char	*plain;		/* the rule it breaks then, "" if none;
					   "*": that depends on the bytes */
	const char	*packed;
};

static void
change_at(const char *path, const char *s, size_t at)
{
	char c = (char)(s[at] ^ 1);
	int fd;

	assert_int_equal(chmod(path, 0600), 0);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(pwrite(fd, &c, 1, (off_t)at), 1);
	assert_int_equal(close(fd), 0);
}

static void
change(const char *path, const char *s, size_t len)
{
	change_at(path, s, len / 2);
}

/* Of the last line, which what follows alone tells of. */
static void
change_last(const char *path, const char *s, size_t len)
{
	change_at(path, s, len - 4);
}

static void
change_first(const char *path, const char *s, size_t len)
{
	(void)len;
	change_at(path, s, 60);
}

static void
take_away(const char *path, const char *s, size_t len)
{
	(void)s;
	(void)len;
	assert_int_equal(unlink(path), 0);
}

static void
touch(const char *path, const char *s, size_t len)
{
	(void)s;
	(void)len;
	assert_int_equal(chmod(path, 0600), 0);
}

static void
forbid(const char *path, const char *s, size_t len)
{
	(void)s;
	(void)len;
	assert_int_equal(chmod(path, 0), 0);
}

static const struct hand hands[] = {
	{ empty, "*", "packed" }, { cut, "chain", NULL },
	{ change, "*", "*" }, { change_last, "*", NULL },
	{ change_first, "*", "*" }, { take_away, "missing",
	    "missing" }, { replace, "", "" }, { touch, "", "" },
	{ forbid, "read", "read" },
};

static void
lay(const struct hand *h, const char *dir, const char *rule)
{
	char name[LOG_NAMEMAX], *path, *s;
	struct verify_report v;
	struct msg_checked m;
	struct aud a;
	size_t len;

	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	runs(&a, 1);
	first_name(dir, name);
	xasprintf(&path, "%s/%s", dir, name);
	s = aud_file(dir, name, &len);
	assert_non_null(s);
	h->lay(path, s, len);
	if (*rule == '\0')
		quiet(&a);
	else {
		seals(&a);
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		assert_int_equal(m.damaged, 1);
		assert_int_equal(m.fate, CHECKED_DAMAGED);
		if (*rule != '*')
			assert_string_equal(m.rule, rule);
		assert_string_equal(m.file, strcmp(rule, "missing") == 0 ?
		    PLAIN : name);
		assert_true(m.record != 0);
		forget(&m);
		/* once, and work goes on */
		quiet(&a);
		assert_int_equal(newest(&a, "damaged"), 1);
		runs(&a, 100);
		/* put back, and looked at once more */
		replace(path, s, len);
		seals(&a);
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		assert_int_equal(m.damaged, 0);
		assert_int_equal(m.fate, CHECKED_MENDED);
		forget(&m);
		assert_int_equal(newest(&a, "mended"), 1);
		quiet(&a);
	}
	assert_int_equal(aud_shutdown(&a), 0);
	verify_dir(dir, NULL, &v);
	if (v.status != VERIFY_OK)
		print_error("%s\n", v.line);
	assert_int_equal(v.status, VERIFY_OK);
	/* and it starts again */
	assert_int_equal(aud_up(&a, dir, SMALL), MSG_READY);
	assert_int_equal(aud_shutdown(&a), 0);
	free(path);
	free(s);
}

static void
test_hands(void **state)
{
	const char *rule;
	char *dir;
	size_t i;

	(void)state;
	for (compress = 0; compress < 2; compress++)
		for (i = 0; i < NELEM(hands); i++) {
			rule = compress ? hands[i].packed : hands[i].plain;
			if (rule == NULL)
				continue;
			dir = aud_tmpdir();
			lay(&hands[i], dir, rule);
			aud_rmdir(dir);
		}
	compress = 0;
}

/* The medium itself has changed: no look at the file tells. */
static void
test_rot(void **state)
{
	char rule[CHECKED_NAME + 1], *path, *s;
	struct aud a;
	size_t len;

	blind = 1;
	check_s = 1;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	assert_int_equal(round_done(&a, rule), 0);
	assert_true(records(*state, "session", "checked") >= 1);
	xasprintf(&path, "%s/%s", (char *)*state, PLAIN);
	s = aud_file(*state, PLAIN, &len);
	change(path, s, len);
	while (round_done(&a, rule) == 0)
		;
	assert_int_equal(records(*state, "recover", "damaged"), 1);
	assert_int_equal(aud_shutdown(&a), 0);
	/* it does not start with that, though the file looks as it did */
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_FAILED);
	(void)aud_status(&a);
	change_at(path, s, len / 2 - 1);
	change_at(path, s, len / 2);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_FAILED);
	(void)aud_status(&a);
	replace(path, s, len);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	assert_int_equal(round_done(&a, rule), 0);
	assert_int_equal(aud_shutdown(&a), 0);
	free(path);
	free(s);
}

/*
 * A look finds no file there, a round one that cannot be read: it is the same
 * damage, which is told of once.
 */
static void
test_no_file(void **state)
{
	char rule[CHECKED_NAME + 1], *path, *s;
	struct msg_checked m;
	struct aud a;
	size_t len;
	int i;

	check_s = 1;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	runs(&a, 1);
	xasprintf(&path, "%s/%s", (char *)*state, PLAIN);
	s = aud_file(*state, PLAIN, &len);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	for (i = 0; i < 3; i++) {
		seals(&a);
		while (round_done(&a, rule) == 0)
			;
	}
	assert_int_equal(newest(&a, "damaged"), 1);
	assert_int_equal(rmdir(path), 0);
	replace(path, s, len);
	do {
		seals(&a);
		assert_int_equal(told(&a, &m, WAIT_MS), 1);
		i = m.fate == CHECKED_MENDED;
		forget(&m);
	} while (!i);
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(records(*state, "recover", "damaged"), 1);
	assert_int_equal(records(*state, "recover", "mended"), 1);
	free(path);
	free(s);
}

/* So has that which is written, in the middle; it is so behind a rotation. */
static void
test_rot_current(void **state)
{
	char rule[CHECKED_NAME + 1], *path, *s;
	uint64_t i;
	struct aud a;
	size_t len, n;

	check_s = 1;
	assert_int_equal(aud_up(&a, *state, 1U << 17), MSG_READY);
	runs(&a, 1);
	xasprintf(&path, "%s/%s", (char *)*state, LOG_CURRENT);
	s = aud_file(*state, LOG_CURRENT, &len);
	change_at(path, s, 100);
	while (round_done(&a, rule) == 0)
		;
	free(s);
	s = aud_file(*state, LOG_CURRENT, &len);
	assert_non_null(strstr(s, "\"ev\":\"damaged\",\"file\":"
	    "\"gateway.log\""));
	free(s);
	for (i = 1, n = 0; n < 3; i++) {
		runs(&a, 1 + i * RUNS);
		free(listed(*state, &n));
	}
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(aud_up(&a, *state, 1U << 17), MSG_FAILED);
	(void)aud_status(&a);
	free(path);
}

/*
 * All of it is one chain, and a seal in it is by another key than it says: only
 * who reads all that is in front of it finds that, and finds it mended.
 */
static void
test_seals(void **state)
{
	char rule[CHECKED_NAME + 1], *path;
	struct logseg *segs;
	struct aud a;
	size_t n;
	int i;

	check_s = 1;
	for (i = 0; i < 2; i++) {
		forges = i;
		assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
		runs(&a, 1);
		seals(&a);
		runs(&a, 100);
		seals(&a);
		assert_int_equal(round_done(&a, rule), i);
		if (i == 0)
			assert_int_equal(aud_shutdown(&a), 0);
	}
	assert_string_equal(rule, "seal");
	/* read again alone, and as a whole */
	segs = listed(*state, &n);
	while (n-- > 1) {
		xasprintf(&path, "%s/%s", (char *)*state, segs[n - 1].name);
		touch(path, NULL, 0);
		free(path);
	}
	free(segs);
	quiet(&a);
	(void)round_done(&a, rule);
	assert_int_equal(round_done(&a, rule), 1);
	assert_int_equal(aud_shutdown(&a), 0);
	assert_int_equal(records(*state, "recover", "damaged"), 1);
	assert_int_equal(records(*state, "recover", "mended"), 0);
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_FAILED);
	(void)aud_status(&a);
}

/* Records go on while it is read, and the log rotates under it. */
static void
test_busy(void **state)
{
	char rule[CHECKED_NAME + 1];
	struct verify_report v;
	struct aud a;
	uint64_t i;

	check_s = 1;
	compress = 1;
	assert_int_equal(aud_up(&a, *state, SMALL), MSG_READY);
	for (i = 0; i < 20; i++) {
		aud_send(&a, MSG_PING, 0, NULL);
		runs(&a, 1 + i * RUNS);
		(void)poll(NULL, 0, 60);
	}
	assert_int_equal(round_done(&a, rule), 0);
	assert_int_equal(records(*state, "recover", "damaged"), 0);
	assert_int_equal(aud_shutdown(&a), 0);
	verify_dir(*state, NULL, &v);
	assert_int_equal(v.status, VERIFY_OK);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, aud_teardown)
	const struct CMUnitTest tests[] = {
		T(test_hands), T(test_rot), T(test_no_file),
		T(test_rot_current), T(test_seals), T(test_busy),
	};

	return (cmocka_run_group_tests_name("auditor rounds", tests, NULL,
	    NULL));
}
