/* SPDX-License-Identifier: ISC */
/*
 * When the auditor seals, what becomes of its keys, and with which key and log
 * it goes on: after a stop, a crash, an upgrade, and behind somebody's back.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <string.h>
#include <time.h>

#include "client/verify.h"
#include "tests/unit/auditor_util.h"
#include "tests/unit/sealed_log.h"

#define BIG	(UINT64_C(64) << 20)

/* How far the clock of the auditor is ahead of the host's, in seconds. */
static time_t *ahead;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	long r = syscall(SYS_clock_gettime, id, ts);

	if (r == 0 && id == CLOCK_BOOTTIME)
		ts->tv_sec += *ahead;
	return ((int)r);
}

static int
setup(void **state)
{
	*ahead = 0;
	*state = aud_tmpdir();
	return (0);
}

static void
up(struct aud *a, const char *dir)
{
	assert_int_equal(aud_up(a, dir, BIG), MSG_READY);
}

static void
down(struct aud *a)
{
	assert_int_equal(aud_shutdown(a), 0);
}

static void
run(struct aud *a, uint64_t id)
{
	aud_intent(a, id, "x");
	assert_int_equal(aud_recv(a), MSG_A_TICKET);
	aud_close(a, id);
	assert_int_equal(aud_recv(a), MSG_A_DONE);
}

/* What a message of any kind brings about has been done when this is back. */
static void
settle(struct aud *a, uint64_t id)
{
	(void)close(aud_query(a, id, QUERY_TAIL, 1, 0, UINT32_MAX));
	assert_int_equal(aud_recv(a), MSG_A_QUERIED);
}

static uint64_t
seals(const char *dir, struct verify_report *r)
{
	struct verify_report here;

	r = r == NULL ? &here : r;
	verify_dir(dir, NULL, r);
	assert_string_equal(r->status == VERIFY_OK ? "" : r->line, "");
	return (r->sealed == 0 ? 0 : r->seal.epoch + 1);
}

static void
fails(const char *dir, const char *want)
{
	struct aud a;
	struct rd r;
	char *why;

	assert_int_equal(aud_up(&a, dir, BIG), MSG_FAILED);
	rd_init(&r, a.m.data, a.m.len);
	assert_int_equal(rd_u16(&r), EXIT_CONFIG);
	why = rd_str(&r, MSG_TEXT_MAX);
	if (strstr(why, want) == NULL)
		print_error("%s\n", why);
	assert_non_null(strstr(why, want));
	assert_non_null(strstr(why, SEALKEY_FILE));
	free(why);
	assert_int_equal(aud_status(&a), EXIT_CONFIG);
}

static void
test_clock(void **state)
{
	struct verify_report r;
	struct aud a;

	up(&a, *state);
	run(&a, 1);
	*ahead += 59;
	run(&a, 2);
	/* a loaded machine may have taken a second for this */
	if (seals(*state, NULL) != 0)
		print_message("# a slow machine\n");
	*ahead += 2;
	settle(&a, 900);
	assert_int_equal(seals(*state, &r), 1);
	assert_int_equal(r.seal.first, 1);
	/* nothing new: not before a quarter of an hour */
	*ahead += 600;
	settle(&a, 901);
	assert_int_equal(seals(*state, NULL), 1);
	*ahead += 301;
	settle(&a, 902);
	assert_int_equal(seals(*state, &r), 2);
	assert_int_equal(r.seal.first, r.seal.last);
	/* the minute begins with the record, not with the seal */
	*ahead += 59;
	run(&a, 3);
	*ahead += 2;
	settle(&a, 903);
	assert_int_equal(seals(*state, NULL), 2);
	*ahead += 59;
	settle(&a, 904);
	assert_int_equal(seals(*state, NULL), 3);
	down(&a);
	assert_int_equal(seals(*state, &r), 4);
	assert_int_equal(r.sealed, r.res.last.number);
}

static int
sealed_by_now(const char *dir)
{
	char *s = aud_file(dir, LOG_CURRENT, NULL);
	int is = strstr(s, " seal: {") != NULL;

	free(s);
	return (is);
}

/* By itself, where nobody says anything. */
static void
test_timer(void **state)
{
	const struct timespec tick = { 0, 20000000 };
	struct aud a;
	int i;

	up(&a, *state);
	run(&a, 1);
	/* the host has slept: there is a second left, not a minute */
	*ahead += 59;
	settle(&a, 900);
	for (i = 0; i < 3000 && !sealed_by_now(*state); i++)
		(void)nanosleep(&tick, NULL);
	assert_true(sealed_by_now(*state));
	down(&a);
}

/* At so many records, in one batch or many, and no two at once. */
static void
test_count(void **state)
{
	struct verify_report r;
	struct aud a;
	uint64_t i;

	up(&a, *state);
	for (i = 1; i <= 3000; i++)
		aud_record(&a, i, RECORD_POLICY, "refused", "no");
	for (i = 1; i <= 3000; i++)
		assert_int_equal(aud_recv(&a), MSG_A_DONE);
	settle(&a, 5000);
	assert_true(seals(*state, &r) >= 2);
	assert_true(r.res.last.number - r.sealed < SEAL_RECORDS);
	assert_true(r.seal.last - r.seal.first <= SEAL_RECORDS);
	down(&a);
}

static void
test_stop(void **state)
{
	struct verify_report r;
	struct aud a;
	struct buf b;
	size_t tok;

	up(&a, *state);
	run(&a, 1);
	buf_init(&b, MSG_INTENT_MAX);
	buf_put_u8(&b, RECORD_STOP);
	buf_put_u8(&b, 0);
	field_str(&b, "ev", "stop");
	field_str(&b, "scope", "all");
	field_str(&b, "reason", "enough");
	tok = field_obj(&b, "by");
	field_u64(&b, "uid", 0);
	field_end(&b, tok);
	field_u64(&b, "runs", 0);
	field_u64(&b, "waiting", 0);
	field_u64(&b, "before", 0);
	field_u64(&b, "after", 1);
	aud_send(&a, MSG_A_RECORD, 2, &b);
	assert_int_equal(aud_recv(&a), MSG_A_DONE);
	settle(&a, 900);
	assert_int_equal(seals(*state, &r), 1);
	assert_int_equal(r.sealed, r.res.last.number);
	down(&a);
}

/* The two places of seal.key. */
struct places {
	uint8_t		 at[2][4096];
};

static void
read_key(const char *dir, struct places *p)
{
	struct stat st;
	char path[512], *s;
	size_t len;

	memset(p, 0, sizeof(*p));
	(void)snprintf(path, sizeof(path), "%s/%s", dir, SEALKEY_FILE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	s = aud_file(dir, SEALKEY_FILE, &len);
	assert_true(len > 4096 && len <= sizeof(*p));
	memcpy(p, s, len);
	free(s);
}

static int
has_seed(const struct places *p, const uint8_t *seed)
{
	return (memmem(p, sizeof(*p), seed, 32) != NULL);
}

/* The seed in a place: behind eight bytes of magic and eight of epoch. */
static const uint8_t *
seed_of(const struct places *p, unsigned epoch)
{
	assert_int_equal(p->at[epoch & 1][15], epoch);
	return (p->at[epoch & 1] + 16);
}

static void
test_wiped(void **state)
{
	struct places was, now;
	unsigned epoch;
	struct aud a;

	up(&a, *state);
	read_key(*state, &was);
	for (epoch = 0; epoch < 5; epoch++) {
		run(&a, epoch + 1);
		*ahead += 61;
		settle(&a, 900);
		assert_int_equal(seals(*state, NULL), epoch + 1);
		read_key(*state, &now);
		/* the one that sealed is gone, the next is the one it named */
		assert_false(has_seed(&now, seed_of(&was, epoch)));
		assert_memory_equal(seed_of(&now, epoch + 1),
		    seed_of(&was, epoch + 1), 32);
		assert_memory_not_equal(seed_of(&now, epoch + 2),
		    seed_of(&now, epoch + 1), 32);
		was = now;
	}
	down(&a);
	read_key(*state, &now);
	assert_false(has_seed(&now, seed_of(&was, 5)));
}

/* Killed: the start goes on with the key that the last seal names. */
static void
test_killed(void **state)
{
	struct verify_report r;
	struct aud a;
	uint64_t i;

	for (i = 0; i < 3; i++) {
		up(&a, *state);
		run(&a, i + 1);
		*ahead += 61;
		settle(&a, 900);
		run(&a, i + 10);
		assert_int_equal(kill(a.pid, SIGKILL), 0);
		assert_int_equal(aud_status(&a), 128 + SIGKILL);
		assert_int_equal(seals(*state, &r), i + 1);
		assert_true(r.sealed < r.res.last.number);
	}
	up(&a, *state);
	down(&a);
	assert_int_equal(seals(*state, &r), 4);
	assert_int_equal(r.sealed, r.res.last.number);
}

/* A crash between the seal and the wiping of its key: then it is wiped. */
static void
test_between(void **state)
{
	struct places early, now;
	struct aud a;

	up(&a, *state);
	run(&a, 1);
	read_key(*state, &early);
	down(&a);
	aud_write(*state, SEALKEY_FILE, (char *)&early, sizeof(early));
	up(&a, *state);
	read_key(*state, &now);
	assert_false(has_seed(&now, seed_of(&early, 0)));
	assert_true(has_seed(&now, seed_of(&early, 1)));
	run(&a, 2);
	down(&a);
	assert_int_equal(seals(*state, NULL), 2);
	/* what was half written when the power went is no key of now */
	read_key(*state, &now);
	memset(now.at[1], 'x', 40);
	aud_write(*state, SEALKEY_FILE, (char *)&now, sizeof(now));
	up(&a, *state);
	down(&a);
	assert_int_equal(seals(*state, NULL), 3);
}

/* Log and key that are not of one time, or one of them alone. */
static void
test_apart(void **state)
{
	char path[512], *log, *key, *later, *sealed;
	size_t len, klen, llen, slen;
	struct aud a;

	(void)snprintf(path, sizeof(path), "%s/%s", (char *)*state,
	    SEALKEY_FILE);
	up(&a, *state);
	run(&a, 1);
	log = aud_file(*state, LOG_CURRENT, &len);
	down(&a);
	sealed = aud_file(*state, LOG_CURRENT, &slen);
	key = aud_file(*state, SEALKEY_FILE, &klen);
	up(&a, *state);
	run(&a, 2);
	down(&a);
	later = aud_file(*state, SEALKEY_FILE, &llen);
	/* the log as it was before its seals, and as it was after the first */
	aud_write(*state, LOG_CURRENT, log, len);
	fails(*state, "this one has no seal");
	aud_write(*state, LOG_CURRENT, sealed, slen);
	fails(*state, "not of one time");
	aud_write(*state, SEALKEY_FILE, later, llen / 3);
	fails(*state, "not of one time");
	aud_write(*state, SEALKEY_FILE, "", 0);
	fails(*state, "not of one time");
	assert_int_equal(unlink(path), 0);
	fails(*state, "is missing in");
	/* and nobody has made another one */
	assert_int_equal(access(path, F_OK), -1);
	aud_write(*state, SEALKEY_FILE, key, klen);
	up(&a, *state);
	down(&a);
	assert_int_equal(seals(*state, NULL), 2);
	free(log);
	free(key);
	free(later);
	free(sealed);
}

/* A log from before there were seals goes on; the first one has all of it. */
static void
test_upgrade(void **state)
{
	struct verify_report r;
	struct sl_key k[SL_EPOCHS];
	struct sealed_log l;
	struct verify_by by;
	struct places p;
	struct aud a;
	char vkey[SEAL_VKEY], *said;
	int i, fd;

	sl_keys(k, 'u');
	sl_init(&l, &k[0]);
	for (i = 0; i < 20; i++)
		sl_add(&l, "of old");
	aud_write(*state, LOG_CURRENT, (char *)l.b.data, l.b.len);
	up(&a, *state);
	read_key(*state, &p);
	(void)crypto_sign_seed_keypair(k[0].public, k[0].secret,
	    seed_of(&p, 0));
	assert_int_not_equal(fd = dup(a.logfd), -1);
	down(&a);
	assert_int_equal(seals(*state, &r), 1);
	assert_int_equal(r.seal.first, 1);
	/* the key was said, and is the one */
	memset(&by, 0, sizeof(by));
	by.keyed = 1;
	seal_name(by.log, k[0].public);
	memcpy(by.key, k[0].public, SEAL_KEY);
	seal_vkey(vkey, by.log, by.key);
	said = aud_slurp(fd, NULL);
	assert_non_null(strstr(said, vkey));
	free(said);
	verify_dir_by(*state, &by, &r);
	assert_int_equal(r.status, VERIFY_OK);
	assert_string_equal(r.note, "");
	sl_free(&l);
}

/* A seal that somebody changed while nobody was there stops the start. */
static void
test_damaged(void **state)
{
	struct aud a;
	size_t len;
	struct rd r;
	char *s, *at, *why;

	up(&a, *state);
	run(&a, 1);
	down(&a);
	s = aud_file(*state, LOG_CURRENT, &len);
	at = strstr(s, "\"sig\":\"") + 10;
	*at = *at == 'a' ? 'b' : 'a';
	aud_write(*state, LOG_CURRENT, s, len);
	free(s);
	assert_int_equal(aud_up(&a, *state, BIG), MSG_FAILED);
	rd_init(&r, a.m.data, a.m.len);
	assert_int_equal(rd_u16(&r), EXIT_CONFIG);
	why = rd_str(&r, MSG_TEXT_MAX);
	assert_non_null(strstr(why, "rule seal"));
	free(why);
	assert_int_equal(aud_status(&a), EXIT_CONFIG);
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, setup, aud_teardown)
	const struct CMUnitTest tests[] = {
		T(test_clock), T(test_timer), T(test_count), T(test_stop),
		T(test_wiped), T(test_killed), T(test_between),
		T(test_apart), T(test_upgrade), T(test_damaged),
	};

	ahead = mmap(NULL, sizeof(*ahead), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (ahead == MAP_FAILED || sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("auditor seal", tests, NULL,
	    NULL));
}
