/* SPDX-License-Identifier: ISC */
/*
 * A session of the auditor in which the Nth system call on files fails, is
 * cut short, or is the last one before the process dies, for every N until
 * none is left.  Then the power goes: what was not synced is cut off, at its
 * beginning or in the middle.  Whatever happens:
 *
 *  - no A_TICKET and no A_DONE leaves before what it speaks of is durable;
 *  - after a failed write or sync of the log nothing is answered at all, and
 *    the status is 74; one that was interrupted or cut short goes on;
 *  - the next start finds every record that was answered for, in a log that
 *    verifies, and closes the runs that are open.
 *
 * The same of a session in which closed segments are packed, and of one in
 * which they are removed: of these the log says that they are.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/wait.h>

#include <poll.h>

/* A session packs what an earlier one has closed, and that is all. */
static uint8_t packs;
static int prunes;		/* or removes it */
#define AUD_COMPRESS	packs

#include "client/verify.h"
#include "common/execs.h"
#include "common/payload.h"
#include "common/record/logseg.h"
#include "tests/fault/auditor_calls.h"
#include "tests/unit/auditor_util.h"

#define LIMIT	4096		/* bytes a segment: there are rotations */
#define RUNS	6
#define MAXACK	64

/* What the supervisor was told is durable. */
struct acks {
	uint64_t	 number[MAXACK];
	uint64_t	 run[MAXACK];
	size_t		 n;
};

/* The next answer; 0 when there will be none. */
static int
answer(struct aud *a, struct acks *k)
{
	struct rd r;

	for (;;) {
		if (aud_recv(a) == MSG_NONE)
			return (0);
		if (a->m.type != MSG_A_QUERIED)
			break;
	}
	if (a->m.type == MSG_A_REFUSED)
		return (1);
	assert_true(a->m.type == MSG_A_TICKET || a->m.type == MSG_A_DONE);
	rd_init(&r, a->m.data, a->m.len);
	assert_true(k->n < MAXACK);
	k->number[k->n] = rd_u64(&r);
	k->run[k->n++] = a->m.id;
	return (1);
}

/* What a run has started, a batch of three; answered by its last record. */
static void
send_execs(struct aud *a, uint64_t run)
{
	struct exec_rows v;
	struct buf b;
	uint32_t i;

	v.n = 3;
	v.rows = xcalloc(v.n, sizeof(*v.rows));
	for (i = 0; i < v.n; i++) {
		v.rows[i].seq = i + 1;
		v.rows[i].how = EXEC_NESTED;
		v.rows[i].path = xstrdup("/bin/true");
		v.rows[i].script = xstrdup("");
		v.rows[i].cwd = xstrdup("/");
		v.rows[i].rule = xstrdup("");
		v.rows[i].reason = xstrdup("");
	}
	payload_put(&b, MSG_A_EXECS, &exec_rows_shape, &v);
	shape_free(&exec_rows_shape, &v);
	aud_send(a, MSG_A_EXECS, run, &b);
}

/* Of what is closed, is everything packed, or was that given up? */
static int
is_packed(const struct aud *a, const char *dir)
{
	struct logseg *segs;
	struct pollfd pfd = { a->logfd, POLLIN, 0 };
	int fd, next, all = 1;
	char text[4096];
	ssize_t n;
	size_t i, k;

	if (poll(&pfd, 1, 0) == 1 && (n = read(a->logfd, text,
	    sizeof(text) - 1)) > 0) {
		text[n] = '\0';
		if (strstr(text, "stays as it is for now") != NULL)
			return (1);
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(logseg_list(fd, &segs, &k, &next), 0);
	(void)close(fd);
	for (i = 0; i < k; i++)
		all &= segs[i].first == 0 || segs[i].packed;
	free(segs);
	return (all);
}

/* Until that, or the end of the auditor. */
static void
packing(struct aud *a, const char *dir, struct acks *k)
{
	siginfo_t si;
	size_t i = 0;

	do {
		assert_true(i++ < 30000);
		(void)poll(NULL, 0, 1);
		memset(&si, 0, sizeof(si));
		if (waitid(P_PID, (id_t)a->pid, &si, WEXITED | WNOHANG |
		    WNOWAIT) == 0 && si.si_pid != 0)
			break;
	} while (!is_packed(a, dir));
	aud_record(a, 901, RECORD_POLICY, "refused", "no");
	(void)answer(a, k);
}

/* All of them go, or as many as it gets to. */
static void
pruning(struct aud *a)
{
	struct buf b;
	size_t by;

	buf_init(&b, 4096);
	buf_put_u64(&b, UINT64_C(1) << 52);
	buf_put_u64(&b, 0);
	buf_put_u8(&b, 0);
	field_str(&b, "reason", "they are old");
	by = field_obj(&b, "by");
	field_u64(&b, "uid", 1000);
	field_end(&b, by);
	aud_send(a, MSG_A_PRUNE, 700, &b);
	while (aud_recv(a) == MSG_A_PRUNING)
		;
}

/* As far as it gets. */
static void
session(struct aud *a, struct acks *k)
{
	int open[RUNS + 1] = { 0 };
	uint64_t i;

	for (i = 1; i <= RUNS; i++) {
		aud_intent(a, i, "x");
		if (!answer(a, k))
			return;
		open[i] = a->m.type == MSG_A_TICKET;
	}
	(void)close(aud_query(a, 900, QUERY_TAIL, 3, 0, UINT32_MAX));
	aud_record(a, 901, RECORD_POLICY, "refused", "no");
	if (!answer(a, k))
		return;
	for (i = 1; i <= RUNS; i++) {
		if (!open[i])
			continue;
		send_execs(a, i);
		if (!answer(a, k))
			return;
		aud_close(a, i);
		if (!answer(a, k))
			return;
	}
}

/* The power goes: each file keeps what was synced and half of the rest. */
static void
power_off(const char *dir, int half)
{
	char path[512];
	struct dirent *de;
	struct stat st;
	size_t i;
	off_t keep;
	DIR *d;

	d = opendir(dir);
	assert_non_null(d);
	while ((de = readdir(d)) != NULL) {
		if (strncmp(de->d_name, "gateway", 7) != 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, de->d_name);
		assert_int_equal(stat(path, &st), 0);
		for (i = 0; i < seen->nfiles; i++) {
			if (seen->file[i].ino != st.st_ino ||
			    seen->file[i].size >= st.st_size)
				continue;
			keep = seen->file[i].size;
			if (half)
				keep += (st.st_size - keep) / 2;
			assert_int_equal(truncate(path, keep), 0);
		}
	}
	(void)closedir(d);
}

/* Everything that was answered for is there, under its number. */
static void
all_there(const char *dir, const struct acks *k, uint64_t cut,
    struct aud *a)
{
	char want[64], run[RUNID_TEXT], *s, *line;
	size_t i;

	s = aud_slurp(aud_query(a, 1, QUERY_VERIFY, 0, 0, UINT32_MAX), NULL);
	assert_int_equal(aud_recv(a), MSG_A_QUERIED);
	for (i = 0; i < k->n; i++) {
		if (k->number[i] <= cut)
			continue;
		(void)snprintf(want, sizeof(want), "%012llu 2",
		    (unsigned long long)k->number[i]);
		line = strstr(s, want);
		if (line == NULL)
			print_error("record %s of %s is gone\n", want, dir);
		assert_non_null(line);
		assert_true(line == s || line[-1] == '\n');
		if (k->run[i] > RUNS)
			continue;
		runid_text(run, k->run[i]);
		*strchr(line, '\n') = '\0';
		assert_non_null(strstr(line, run));
		line[strlen(line)] = '\n';
	}
	free(s);
}

static void
next_start(const char *dir, const struct acks *k)
{
	struct verify_report r;
	struct aud a;

	memset(&fault, 0, sizeof(fault));
	if (aud_up(&a, dir, LIMIT) != MSG_READY) {
		struct rd rd;

		rd_init(&rd, a.m.data, a.m.len);
		(void)rd_u16(&rd);
		print_error("%s: %s\n", dir, rd_str(&rd, MSG_TEXT_MAX));
	}
	assert_int_equal(a.m.type, MSG_READY);
	verify_dir(dir, NULL, &r);
	assert_string_equal(verify_whole(&r) ? "" : r.line, "");
	assert_true(prunes || r.res.cut == 0);
	assert_true(r.res.cut == 0 || r.res.first == r.res.cut + 1);
	all_there(dir, k, r.res.cut, &a);
	/* nothing is open: every id can come again */
	aud_intent(&a, 1, "again");
	assert_int_equal(aud_recv(&a), MSG_A_TICKET);
	assert_int_equal(aud_shutdown(&a), 0);
	verify_dir(dir, NULL, &r);
	assert_string_equal(verify_whole(&r) ? "" : r.line, "");
}

/* The statuses that a fault may end with. */
static void
status_ok(enum how how, int status)
{
	if (status == 0 && !seen->poisoned)
		return;
	/* what may be repeated, is */
	assert_true(how != INTERRUPT);
	if ((how == DIE_BEFORE || how == DIE_AFTER) && status == 9)
		return;
	if (status != EXIT_IO)
		print_error("status %d\n", status);
	assert_int_equal(status, EXIT_IO);
}

/* What is to be packed, or removed: two segments, or three. */
static void
earlier(const char *dir, struct acks *k)
{
	struct aud a;

	const uint8_t now = packs;

	packs = 0;
	assert_int_equal(aud_up(&a, dir, LIMIT), MSG_READY);
	packs = now;
	session(&a, k);
	assert_int_equal(aud_shutdown(&a), 0);
}

/* One session with a fault at call n; 0 when that call never came. */
static int
one(enum how how, unsigned n, int torn)
{
	struct acks k;
	struct aud a;
	char *dir;

	dir = aud_tmpdir();
	memset(seen, 0, sizeof(*seen));
	memset(&k, 0, sizeof(k));
	memset(&fault, 0, sizeof(fault));
	if (packs || prunes)
		earlier(dir, &k);
	fault.how = how;
	fault.left = n;
	aud_start(&a, dir, NULL, 0);
	fault.left = 0;
	aud_config(&a, LIMIT);
	if (aud_recv(&a) == MSG_READY && packs)
		packing(&a, dir, &k);
	else if (a.m.type == MSG_READY && prunes)
		pruning(&a);
	else if (a.m.type == MSG_READY)
		session(&a, &k);
	if (a.m.type != MSG_NONE && a.m.type != MSG_FAILED)
		status_ok(how, aud_shutdown(&a));
	else
		status_ok(how, aud_status(&a));
	power_off(dir, torn);
	next_start(dir, &k);
	aud_rmdir(dir);
	return (seen->fired);
}

static void
every(enum how how)
{
	unsigned n;

	int i;

	for (i = 0; i < 3; i++) {
		packs = i == 1;
		prunes = i == 2;
		for (n = 1; one(how, n, (int)(n & 1)); n++)
			;
		/* a session has more calls, or nothing was tried */
		assert_true(n > 60);
	}
}

#define TEST(name, how)							\
static void								\
name(void **state)							\
{									\
	(void)state;							\
	every(how);							\
}

TEST(test_eio, FAIL_EIO)
TEST(test_enospc, FAIL_ENOSPC)
TEST(test_cut, CUT)
TEST(test_die_before, DIE_BEFORE)
TEST(test_die_after, DIE_AFTER)

static int
setup(void **state)
{
	(void)state;
	/* thousands of syncs: in memory, where there is some */
	if (getenv("TMPDIR") == NULL && access("/dev/shm", W_OK) == 0)
		(void)setenv("TMPDIR", "/dev/shm", 1);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return (seen == MAP_FAILED ? -1 : 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_eio),
		cmocka_unit_test(test_enospc),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_die_before),
		cmocka_unit_test(test_die_after),
	};

	return (cmocka_run_group_tests_name("auditor fault", tests, setup,
	    NULL));
}
