/* SPDX-License-Identifier: ISC */
/*
 * Stored output is packed, and each call on files fails, is cut short, is
 * interrupted or is the last one: what was stored is there, whole, before and
 * after the next start, which ends with the same files as if nothing had been.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/wait.h>

#include <dirent.h>
#include <dlfcn.h>
#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auditor/outpack.h"
#include "auditor/outstore.h"
#include "auditor/packfile.h"
#include "common/outfile.h"
#include "tests/fault/auditor_calls.h"

#define RUN	0x123456789abULL
#define BIG	600000U		/* three parts */
#define CALLS	1000U		/* more than a session makes */
#define NEXT	100U		/* record from which all is of later segments */

static char dir[] = "/tmp/cbt-outpack-XXXXXX";
static int logdir, outdir;
static uint64_t *counted;	/* by one that has come to its end */

/* What there is: of which intent, how long, and how it ends up. */
static const struct kept {
	uint64_t	intent;
	size_t		len;
	mode_t		mode;
	int		random;
	int		packs;
} kept[] = {
	{ 7, BIG, OUTFILE_MODE, 0, 1 },
	{ 8, 20000, OUTFILE_MODE, 1, 0 },	/* becomes no smaller */
	{ 9, 20000, OUTFILE_MODE, 0, 1 },
	{ 10, 20000, 0600, 0, 0 },		/* is being written */
	{ 11, 5000, OUTFILE_MODE, 0, 0 },	/* takes no block less */
	{ NEXT, 20000, OUTFILE_MODE, 0, 0 },	/* of the current segment */
};

static uint8_t text[BIG], other[BIG];

/* In place of the library's: no pause is waited for. */
int
event_add(struct event *ev, const struct timeval *tv)
{
	static int (*real)(struct event *, const struct timeval *);
	static const struct timeval soon = { 0, 0 };

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "event_add");
	return (real(ev, tv != NULL ? &soon : NULL));
}

static void
fill(const struct kept *k, uint8_t *p)
{
	static const uint8_t seed[randombytes_SEEDBYTES] = { 1 };
	size_t i;

	if (k->random)
		randombytes_buf_deterministic(p, k->len, seed);
	else
		for (i = 0; i < k->len; i++)
			p[i] = (uint8_t)("line of it\n"[i % 11] +
			    (int)(i / 5000 % 3));
}

static void
make(const struct kept *k)
{
	char name[OUTFILE_NAME];
	int fd;

	outfile_name(name, k->intent, RUN);
	fd = openat(outdir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_not_equal(fd, -1);
	fill(k, text);
	assert_int_equal(write(fd, text, k->len), (ssize_t)k->len);
	assert_int_equal(fchmod(fd, k->mode), 0);
	(void)close(fd);
}

static void
empty(void)
{
	struct dirent *d;
	DIR *all;

	all = fdopendir(openat(outdir, ".", O_RDONLY | O_DIRECTORY));
	assert_non_null(all);
	while ((d = readdir(all)) != NULL)
		if (d->d_name[0] != '.')
			assert_int_equal(unlinkat(outdir, d->d_name, 0), 0);
	(void)closedir(all);
}

/* One session, from its start until nothing is left to be done. */
static uint64_t
session(enum how how, unsigned n)
{
	struct event_base *base = event_base_new();
	struct outstore os;
	struct outpack *p;

	assert_int_equal(event_base_priority_init(base, 2), 0);
	memset(&os, 0, sizeof(os));
	os.max = BIG;
	os.total_max = UINT64_MAX / 2;
	outstore_open(&os, logdir, NEXT + 1);
	outstore_start(&os, base, 1);
	while (os.looking != NULL)
		(void)event_base_loop(base, EVLOOP_ONCE);
	fault.how = how;
	fault.left = n;
	p = outpack_new(&os, base, 1);
	outpack_before(p, NEXT);
	while (!outpack_rests(p))
		(void)event_base_loop(base, EVLOOP_ONCE);
	if (how == HOWS) {
		/* what became no smaller is not packed once more: three are
		   opened to be looked at */
		fault.left = CALLS;
		outpack_before(p, NEXT);
		while (!outpack_rests(p))
			(void)event_base_loop(base, EVLOOP_ONCE);
		assert_in_range(fault.left, CALLS - 3, CALLS);
	}
	fault.left = 0;
	outpack_free(p);
	event_free(os.look);
	(void)close(os.dirfd);
	event_base_free(base);
	return (os.total);
}

/* Packed alone: all of that is on the disk. */
static int
is_durable(const char *name)
{
	struct stat st;
	size_t i;

	assert_int_equal(fstatat(outdir, name, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, OUTFILE_MODE);
	for (i = 0; i < seen->nfiles; i++)
		if (seen->file[i].ino == st.st_ino &&
		    seen->file[i].size == st.st_size)
			return (1);
	return (0);
}

/* As it was; what takes so many bytes as it is there. */
static uint64_t
is_whole(const struct kept *k, int durable)
{
	char plain[OUTFILE_NAME], packed[OUTFILE_NAME];
	struct packfile *f;
	uint64_t takes = 0;
	struct outstore os;
	struct stat st;

	memset(&os, 0, sizeof(os));
	os.dirfd = outdir;
	f = outstore_read(&os, RUN, k->intent);
	assert_non_null(f);
	assert_int_equal(packfile_size(f), k->len);
	fill(k, text);
	assert_int_equal(packfile_read(f, other, k->len, 0), k->len);
	assert_memory_equal(other, text, k->len);
	packfile_close(f);
	outfile_name(plain, k->intent, RUN);
	outfile_packed_name(packed, k->intent, RUN);
	if (fstatat(outdir, plain, &st, 0) == 0)
		takes += outstore_takes((uint64_t)st.st_size);
	else if (durable)
		assert_true(is_durable(packed));
	if (fstatat(outdir, packed, &st, 0) == 0)
		takes += outstore_takes((uint64_t)st.st_size);
	return (takes);
}

static void
is_packed(const struct kept *k)
{
	char name[OUTFILE_NAME];

	outfile_name(name, k->intent, RUN);
	assert_int_equal(faccessat(outdir, name, F_OK, 0), k->packs ? -1 : 0);
	outfile_packed_name(name, k->intent, RUN);
	assert_int_equal(faccessat(outdir, name, F_OK, 0),
	    k->packs ? 0 : -1);
}

/* What is there is whole; all of it takes as much as was counted. */
static void
all_whole(int durable, uint64_t total)
{
	uint64_t takes = 0;
	size_t i;

	for (i = 0; i < NELEM(kept); i++)
		takes += is_whole(&kept[i], durable);
	if (total != 0)
		assert_int_equal(takes, total);
}

/* With a fault at call n; 0 when that call never came. */
static int
one(enum how how, unsigned n)
{
	int status;
	pid_t pid;
	size_t i;

	empty();
	for (i = 0; i < NELEM(kept); i++)
		make(&kept[i]);
	memset(seen, 0, sizeof(*seen));
	*counted = 0;
	if ((pid = fork()) == 0) {
		(void)close(2);
		*counted = session(how, n);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (how != DIE_BEFORE && how != DIE_AFTER)
		assert_int_equal(WEXITSTATUS(status), 0);
	all_whole(1, *counted);
	n = (unsigned)seen->fired;
	all_whole(0, session(HOWS, 0));
	for (i = 0; i < NELEM(kept); i++)
		is_packed(&kept[i]);
	assert_int_equal(faccessat(outdir, "packing", F_OK, 0), -1);
	return ((int)n);
}

static void
every(enum how how)
{
	unsigned n = 1;

	while (one(how, n))
		n++;
	assert_true(n > 20);
}

#define EACH(name, how)							\
static void								\
test_##name(void **state)						\
{									\
	(void)state;							\
	every(how);							\
}
EACH(eio, FAIL_EIO)
EACH(enospc, FAIL_ENOSPC)
EACH(cut, CUT)
EACH(interrupt, INTERRUPT)
EACH(die_before, DIE_BEFORE)
EACH(die_after, DIE_AFTER)

static int
set_up(void **state)
{
	(void)state;
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	counted = mmap(NULL, sizeof(*counted), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED || counted == MAP_FAILED ||
	    sodium_init() == -1 || mkdtemp(dir) == NULL)
		return (-1);
	logdir = open(dir, O_RDONLY | O_DIRECTORY);
	if (mkdirat(logdir, OUTFILE_DIR, 0700) == -1)
		return (-1);
	outdir = openat(logdir, OUTFILE_DIR, O_RDONLY | O_DIRECTORY);
	return (outdir == -1 ? -1 : 0);
}

static int
tear_down(void **state)
{
	(void)state;
	empty();
	(void)close(outdir);
	(void)unlinkat(logdir, OUTFILE_DIR, AT_REMOVEDIR);
	(void)close(logdir);
	return (rmdir(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_eio),
		cmocka_unit_test(test_enospc),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_interrupt),
		cmocka_unit_test(test_die_before),
		cmocka_unit_test(test_die_after),
	};

	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
