/* SPDX-License-Identifier: ISC */
/*
 * Stored output is looked at whenever the log itself is good: also when it was
 * pruned, or has no seal at its end.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/stat.h>

#include <fcntl.h>

#include "client/verifystored.h"
#include "common/outfile.h"
#include "common/plan.h"
#include "tests/unit/sealed_log.h"

#define RUN	UINT64_C(0x123456789ab)
#define FILES	3U

static char dir[] = "/tmp/cbt-stored-XXXXXX";
static struct sl_key key[SL_EPOCHS];

static int
set_up(void **state)
{
	char path[128];

	(void)state;
	if (sodium_init() == -1 || mkdtemp(dir) == NULL)
		return (-1);
	sl_keys(key, 1);
	(void)snprintf(path, sizeof(path), "%s/" OUTFILE_DIR, dir);
	return (mkdir(path, 0700));
}

static void
file_of(char path[128], uint64_t i)
{
	char name[OUTFILE_NAME];

	outfile_name(name, 10 * i, RUN + i);
	(void)snprintf(path, 128, "%s/" OUTFILE_DIR "/%s", dir, name);
}

static int
tear_down(void **state)
{
	char path[128];
	uint64_t i;

	(void)state;
	for (i = 1; i <= FILES; i++) {
		file_of(path, i);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/" OUTFILE_DIR, dir);
	return (rmdir(path) == -1 || rmdir(dir) == -1);
}

/* A file, and the record of its run's end. */
static void
stores(struct sealed_log *l, uint64_t i)
{
	uint8_t start[OUTFILE_START], digest[32];
	char path[128], run[RUNID_TEXT];
	struct buf f;
	int fd;

	outfile_start(start, RUN + i);
	(void)crypto_generichash(digest, 32, start, sizeof(start), NULL, 0);
	file_of(path, i);
	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, start, sizeof(start)), sizeof(start));
	(void)close(fd);
	runid_text(run, RUN + i);
	buf_init(&f, 8192);
	field_str(&f, "ev", "result");
	field_str(&f, "run", run);
	field_u64(&f, "intent", 10 * i);
	field_hex(&f, "output", digest, 32);
	field_u64(&f, "output_bytes", sizeof(start));
	sl_line(l, RECORD_EXEC, &f, sl_time(l));
	buf_free(&f);
}

/* A log that names all of them, and what was seen of it. */
static struct verifystored *
names_all(struct verify_report *r)
{
	struct verifystored *s = verifystored_new();
	struct verify *v = verify_new("log", NULL);
	struct sealed_log l;
	uint64_t i;

	sl_init(&l, &key[0]);
	for (i = 1; i <= FILES; i++)
		stores(&l, i);
	sl_seal(&l, &key[0], &key[1]);
	verifystored_lines(s, v);
	assert_int_equal(verify_feed(v, l.b.data, l.b.len), 0);
	verify_end(v, NULL, r);
	assert_int_equal(r->status, VERIFY_OK);
	sl_free(&l);
	return (s);
}

/* Of a log whose first records were removed. */
static void
is_pruned(struct verify_report *r, uint64_t first)
{
	r->status = VERIFY_MISSING;
	r->beside = 0;
	r->res.first = first;
	r->res.cut = first - 1;
	(void)snprintf(r->line, sizeof(r->line), "PRUNED");
	assert_true(verify_whole(r));
}

static void
damages(uint64_t i)
{
	char path[128];
	int fd;

	file_of(path, i);
	fd = open(path, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "x", 1), 1);
	(void)close(fd);
}

static void
removes(uint64_t i)
{
	char path[128];

	file_of(path, i);
	assert_int_equal(unlink(path), 0);
}

static void
says(const struct verify_report *r, enum verify_status status,
    const char *word, uint64_t i)
{
	char path[128];

	file_of(path, i);
	assert_int_equal(r->status, status);
	assert_int_equal(strncmp(r->line, word, strlen(word)), 0);
	assert_non_null(strstr(r->line, path + strlen(dir) + 1));
}

static void
test_pruned(void **state)
{
	struct verify_report r;
	struct verifystored *s = names_all(&r);

	(void)state;
	is_pruned(&r, 15);
	verifystored_dir(s, dir, &r);
	assert_string_equal(r.line, "PRUNED");
	/* what belongs to removed records is not missed */
	removes(1);
	verifystored_dir(s, dir, &r);
	assert_string_equal(r.line, "PRUNED");
	damages(3);
	verifystored_dir(s, dir, &r);
	says(&r, VERIFY_TAMPERED, "TAMPERED", 3);
	is_pruned(&r, 15);
	/* the first that is wrong is said, and no other in its place */
	removes(2);
	verifystored_dir(s, dir, &r);
	says(&r, VERIFY_MISSING, "MISSING", 2);
	verifystored_free(s);
}

static void
test_unsealed(void **state)
{
	struct verify_report r;
	struct verifystored *s = names_all(&r);

	(void)state;
	r.status = VERIFY_UNSEALED;
	damages(2);
	verifystored_dir(s, dir, &r);
	says(&r, VERIFY_TAMPERED, "TAMPERED", 2);
	verifystored_free(s);
}

/* A log that is not good is the verdict. */
static void
test_worse(void **state)
{
	struct verify_report r;
	struct verifystored *s = names_all(&r);

	(void)state;
	removes(1);
	r.status = VERIFY_MISSING;
	r.res.status = LOGSCAN_MISSING;
	(void)snprintf(r.line, sizeof(r.line), "as it was");
	verifystored_dir(s, dir, &r);
	assert_string_equal(r.line, "as it was");
	verifystored_free(s);
}

/* What was moved is in the archive, not in what it is about to go from. */
static void
test_moved(void **state)
{
	const struct cli nobody = { .channel = "c", .dir = "/none" };
	struct verify_report r;
	struct verifystored *s = names_all(&r);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_not_equal(fd, -1);
	verifystored_dir(s, dir, &r);
	assert_int_equal(r.status, VERIFY_OK);
	verifystored_moved(s, 10);
	verifystored_dir(s, dir, &r);
	says(&r, VERIFY_MISSING, "MISSING", 1);
	verifystored_free(s);

	s = names_all(&r);
	verifystored_archive(s, fd);
	verifystored_moved(s, 10 * FILES);
	verifystored_daemon(s, &nobody, &r);
	assert_int_equal(r.status, VERIFY_OK);
	removes(2);
	verifystored_dir(s, dir, &r);
	says(&r, VERIFY_MISSING, "MISSING", 2);
	verifystored_free(s);

	/* that nobody can be asked does not make it lost */
	s = names_all(&r);
	removes(2);
	verifystored_archive(s, fd);
	verifystored_moved(s, 10 * FILES);
	verifystored_daemon(s, &nobody, &r);
	says(&r, VERIFY_MISSING, "MISSING", 2);
	assert_int_equal(r.lost, 0);
	verifystored_free(s);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pruned),
		cmocka_unit_test(test_unsealed),
		cmocka_unit_test(test_worse),
		cmocka_unit_test(test_moved),
	};

	return (cmocka_run_group_tests_name("client verifystored", tests,
	    set_up, tear_down));
}
