/* SPDX-License-Identifier: ISC */
/*
 * What a start finds: an end that a crash tore is moved aside and told of,
 * everything else that is not whole stops it.
 */
#include "config.h"

#include <string.h>

#include "client/verify.h"
#include "tests/unit/auditor_util.h"
#include "tests/unit/unit.h"

#define BIG	(UINT64_C(64) << 20)

/* seal.key as it was while the log had no seal, and behind its first one. */
enum { NO_SEAL, SEALED };
static char *key[2];
static size_t keylen[2];

/* A log goes with the key of its time. */
static void
put_log(const char *dir, const char *s, size_t len, int when)
{
	aud_write(dir, LOG_CURRENT, s, len);
	aud_write(dir, SEALKEY_FILE, key[when], keylen[when]);
}

/* One session: config, session, two intents, one result, stop, seal. */
static int
setup(void **state)
{
	struct aud a;
	int r;

	*state = aud_tmpdir();
	if (aud_up(&a, *state, BIG) != MSG_READY)
		return (-1);
	key[NO_SEAL] = aud_file(*state, SEALKEY_FILE, &keylen[NO_SEAL]);
	aud_intent(&a, 1, "one");
	aud_intent(&a, 2, "two");
	aud_close(&a, 1);
	r = aud_shutdown(&a);
	key[SEALED] = aud_file(*state, SEALKEY_FILE, &keylen[SEALED]);
	return (r);
}

static int
teardown(void **state)
{
	free(key[NO_SEAL]);
	free(key[SEALED]);
	return (aud_teardown(state));
}

/* Starts and stops; the verdict and torn bytes of READY. */
static uint64_t
starts(const char *dir)
{
	struct verify_report r;
	struct aud a;
	uint64_t torn;

	assert_int_equal(aud_up(&a, dir, BIG), MSG_READY);
	torn = field_get_u64(a.m.data, a.m.len, "torn", UINT64_MAX);
	assert_int_equal(aud_shutdown(&a), 0);
	verify_dir(dir, NULL, &r);
	assert_string_equal(r.status == VERIFY_OK ? "" : r.line, "");
	return (torn);
}

/* Does not start, for a reason that names all of it. */
static void
fails(const char *dir, int status, const char *want)
{
	struct aud a;
	struct rd r;
	char *why;

	assert_int_equal(aud_up(&a, dir, BIG), MSG_FAILED);
	rd_init(&r, a.m.data, a.m.len);
	assert_int_equal(rd_u16(&r), status);
	why = rd_str(&r, MSG_TEXT_MAX);
	if (strstr(why, want) == NULL)
		print_error("%s\n", why);
	assert_non_null(strstr(why, want));
	free(why);
	assert_int_equal(aud_status(&a), status);
}

static char *
current(const char *dir, size_t *len)
{
	char *s;

	s = aud_file(dir, LOG_CURRENT, len);
	assert_non_null(s);
	return (s);
}

/* Cut after every byte of the last three lines, before the seal was durable. */
static void
test_torn(void **state)
{
	char name[LOG_NAMEMAX], path[512], *s, *now, *moved;
	size_t len, cut, from, good, n;
	int i;

	s = current(*state, &len);
	for (i = 0, from = len; i < 4; from--)
		i += s[from - 1] == '\n';
	for (cut = from + 1; cut < len; cut += 7) {
		put_log(*state, s, cut, NO_SEAL);
		for (good = cut; s[good - 1] != '\n'; good--)
			;
		assert_int_equal(starts(*state), cut - good);
		now = current(*state, NULL);
		assert_memory_equal(now, s, good);
		if (good == cut) {
			assert_null(strstr(now, "\"ev\":\"torn\""));
			free(now);
			continue;
		}
		(void)snprintf(name, sizeof(name), "gateway.torn-%012u",
		    (unsigned)strtoul(now + good, NULL, 10));
		assert_non_null(strstr(now + good, "recover: {\"v\":1,"
		    "\"ev\":\"torn\",\"bytes\":"));
		assert_non_null(strstr(now + good, name));
		free(now);
		moved = aud_file(*state, name, &n);
		assert_non_null(moved);
		assert_int_equal(n, cut - good);
		assert_memory_equal(moved, s + good, n);
		free(moved);
		(void)snprintf(path, sizeof(path), "%s/%s", (char *)*state,
		    name);
		assert_int_equal(unlink(path), 0);
	}
	free(s);
}

/* Pages that never reached the disk read as zeros. */
static void
test_zeros(void **state)
{
	char *s, *t;
	size_t len;

	s = current(*state, &len);
	t = xcalloc(1, len + 4096);
	memcpy(t, s, len);
	/* behind the end */
	put_log(*state, t, len + 100, SEALED);
	assert_int_equal(starts(*state), 100);
	/* a whole sector in the middle of the end, with lines after it */
	memcpy(t, s, len);
	assert_true(len > 1536);
	memset(t + 1024, 0, 512);
	put_log(*state, t, len, NO_SEAL);
	assert_true(starts(*state) >= len - 1024);
	/* zeros that no lost sector explains */
	memcpy(t, s, len);
	memset(t + 1030, 0, 512);
	aud_write(*state, LOG_CURRENT, t, len);
	fails(*state, EXIT_CONFIG, "the log is not whole");
	memcpy(t, s, len);
	t[len / 2] = 0;
	aud_write(*state, LOG_CURRENT, t, len);
	fails(*state, EXIT_CONFIG, "the log is not whole");
	/* nor do they excuse a change before them */
	memcpy(t, s, len);
	t[20] = 'x';
	memset(t + 1024, 0, 512);
	aud_write(*state, LOG_CURRENT, t, len);
	fails(*state, EXIT_CONFIG, "record 1 at offset 0");
	free(t);
	free(s);
}

static void
test_damage(void **state)
{
	size_t len, off;
	char *s;

	s = current(*state, &len);
	/* a letter of the first record: the second one tells */
	off = (size_t)(strstr(s, "/etc/clawbot") - s) + 5;
	s[off] = 'X';
	aud_write(*state, LOG_CURRENT, s, len);
	fails(*state, EXIT_CONFIG, "record 1 at offset 0 of gateway.log");
	fails(*state, EXIT_CONFIG, "rule chain");
	fails(*state, EXIT_CONFIG, *state);
	/* a torn end does not hide it */
	aud_write(*state, LOG_CURRENT, s, len - 20);
	fails(*state, EXIT_CONFIG, "record 1 at offset 0 of gateway.log");
	s[off] = 'c';
	s[3] = '7';
	aud_write(*state, LOG_CURRENT, s, len);
	fails(*state, EXIT_CONFIG, "rule number");
	free(s);
}

static void
test_no_current(void **state)
{
	char *s;
	size_t len;
	char path[512];

	s = current(*state, &len);
	(void)snprintf(path, sizeof(path), "%s/%s", (char *)*state,
	    LOG_CURRENT);
	/* the file alone is gone, its exec.log is still there */
	assert_int_equal(unlink(path), 0);
	fails(*state, EXIT_CONFIG, "gateway.log is missing");
	/* between the two renames of a rotation */
	aud_write(*state, "gateway-000000000001.log", s, len);
	fails(*state, EXIT_CONFIG, "of gateway.log");
	aud_write(*state, LOG_NEXT, "", 0);
	assert_int_equal(starts(*state), 0);
	/* before them */
	aud_write(*state, LOG_NEXT, "", 0);
	assert_int_equal(starts(*state), 0);
	(void)snprintf(path, sizeof(path), "%s/%s", (char *)*state,
	    LOG_NEXT);
	assert_int_equal(access(path, F_OK), -1);
	free(s);
}

static void
test_exec_log(void **state)
{
	static const struct {
		const char *text;
	} t[] = { { "" }, { "garbage\n" }, { NULL } };
	char *want, *got, path[512];
	size_t i, n, m;
	struct aud a;

	/* the copy as it should be: what the next start leaves is that */
	want = aud_file(*state, "exec.log", &n);
	assert_true(n > 100);
	for (i = 0; i < NELEM(t); i++) {
		(void)snprintf(path, sizeof(path), "%s/exec.log",
		    (char *)*state);
		if (t[i].text != NULL)
			aud_write(*state, "exec.log", t[i].text,
			    strlen(t[i].text));
		else
			assert_int_equal(truncate(path, (off_t)n / 2), 0);
		assert_int_equal(aud_up(&a, *state, BIG), MSG_READY);
		assert_int_equal(aud_shutdown(&a), 0);
		got = aud_file(*state, "exec.log", &m);
		assert_true(m >= n);
		assert_memory_equal(got, want, n);
		free(got);
	}
	/* and what is too much is taken away */
	got = aud_file(*state, "exec.log", &m);
	got = xrecallocarray(got, m, m + 5, 1);
	memcpy(got + m, "more\n", 5);
	aud_write(*state, "exec.log", got, m + 5);
	assert_int_equal(starts(*state), 0);
	free(want);
	want = aud_file(*state, "exec.log", &n);
	assert_int_equal(n, m);
	free(want);
	free(got);
}

/* A crash between the cut and the record of it. */
static void
test_untold(void **state)
{
	size_t len;
	char *s;

	aud_write(*state, "gateway.torn-000000000008", "0000", 4);
	assert_int_equal(starts(*state), 4);
	s = current(*state, &len);
	assert_non_null(strstr(s, "000000000008 "));
	assert_non_null(strstr(s, "recover: {\"v\":1,\"ev\":\"torn\","
	    "\"bytes\":4,\"moved\":[\"gateway.torn-000000000008\"]"));
	free(s);
	/* once */
	assert_int_equal(starts(*state), 0);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_torn), T(test_zeros), T(test_damage),
		T(test_no_current), T(test_exec_log), T(test_untold),
	};

	return (cmocka_run_group_tests_name("auditor start", tests, NULL,
	    NULL));
}
