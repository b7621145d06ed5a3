/* SPDX-License-Identifier: ISC */
/*
 * The codecs of plan.h and xconf.h: what goes in comes out, one encoding for
 * one meaning, and nothing that is cut, changed or left over passes as
 * something else.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "common/cberr.h"
#include "common/msg.h"
#include "common/payload.h"
#include "common/ticket.h"
#include "tests/sample.h"

static void
test_round_trip(void **state)
{
	struct buf a, b;
	size_t i;

	(void)state;
	for (i = 0; i < NCODECS; i++) {
		buf_init(&a, MSG_CONFIG_MAX);
		buf_init(&b, MSG_CONFIG_MAX);
		codecs[i].put(&a);
		assert_int_equal(a.bad, 0);
		assert_int_equal(codecs[i].recode(a.data, a.len, &b), 0);
		assert_int_equal(a.len, b.len);
		assert_memory_equal(a.data, b.data, a.len);
		buf_free(&a);
		buf_free(&b);
	}
}

static void
test_truncated(void **state)
{
	struct buf a, b;
	size_t i, n;
	uint8_t *p;

	(void)state;
	for (i = 0; i < NCODECS; i++) {
		buf_init(&a, MSG_CONFIG_MAX);
		codecs[i].put(&a);
		for (n = 0; n < a.len; n++) {
			p = xmalloc(n);
			memcpy(p, a.data, n);
			buf_init(&b, MSG_CONFIG_MAX);
			if (codecs[i].recode(p, n, &b) != -1)
				fail_msg("%s: %zu of %zu bytes passed",
				    codecs[i].name, n, a.len);
			buf_free(&b);
			free(p);
		}
		/* and one byte too many */
		buf_put_u8(&a, 0);
		buf_init(&b, MSG_CONFIG_MAX);
		assert_int_equal(codecs[i].recode(a.data, a.len, &b), -1);
		buf_free(&b);
		buf_free(&a);
	}
}

/* A changed byte is refused, or means exactly what it now says. */
static void
test_flipped(void **state)
{
	struct buf a, b;
	size_t i, n, refused;
	unsigned bit;

	(void)state;
	for (i = 0; i < NCODECS; i++) {
		refused = 0;
		buf_init(&a, MSG_CONFIG_MAX);
		codecs[i].put(&a);
		for (n = 0; n < a.len * 8; n++) {
			bit = 1U << (n & 7);
			a.data[n / 8] ^= (uint8_t)bit;
			buf_init(&b, MSG_CONFIG_MAX);
			if (codecs[i].recode(a.data, a.len, &b) == -1)
				refused++;
			else if (b.len != a.len ||
			    memcmp(a.data, b.data, a.len) != 0)
				fail_msg("%s: bit %zu has a second encoding",
				    codecs[i].name, n);
			buf_free(&b);
			a.data[n / 8] ^= (uint8_t)bit;
		}
		assert_true(refused > 0);
		buf_free(&a);
	}
}

static void
test_values(void **state)
{
	struct plan p;
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	sample_put_plan(&b);
	assert_int_equal(plan_get(b.data, b.len, &p), 0);
	assert_string_equal(p.channel, "cli");
	assert_int_equal(p.caller, 1000);
	assert_int_equal(p.uid, 990);
	assert_int_equal(p.gid, 991);
	assert_string_equal(p.cwd, "/srv/work");
	assert_int_equal(p.argv.n, 2);
	assert_string_equal(p.argv.v[1], "--all");
	assert_int_equal(p.secret_how[0], PLAN_SECRET_ENV);
	assert_int_equal(p.secret_how[1], PLAN_SECRET_FILE);
	assert_string_equal(p.exe.path, "/usr/bin/bash");
	assert_true(p.exe.ctime_ns == -1);
	assert_string_equal(p.interp_arg, "-e");
	assert_int_equal(p.limits.output_mb, 16);
	assert_int_equal(p.network, PLAN_NET_HOST);
	assert_string_equal(p.write.v[0], "/srv/work");
	plan_free(&p);
	plan_free(&p);		/* is safe twice */
	buf_free(&b);
}

/* One change to the sample that must make the decoder refuse it. */
typedef void (*spoil_plan)(struct plan *);

static void
swap(char **s, const char *new)
{
	free(*s);
	*s = xstrdup(new);
}

static void p_noargv(struct plan *p) { strv_free(&p->argv); }
static void p_relcwd(struct plan *p) { swap(&p->cwd, "srv"); }
static void p_nocwd(struct plan *p) { swap(&p->cwd, ""); }
static void p_relexe(struct plan *p) { swap(&p->exe.path, "bash"); }
static void p_noexe(struct plan *p) { swap(&p->exe.path, ""); }
static void p_net(struct plan *p) { p->network = PLAN_NET_LOOPBACK + 1; }
static void p_how0(struct plan *p) { p->secret_how[1] = 0; }
static void p_how3(struct plan *p) { p->secret_how[0] = 3; }
static void p_notime(struct plan *p) { p->limits.timeout_s = 0; }

static void
p_channel(struct plan *p)
{
	char s[PLAN_MAXNAME + 2];

	memset(s, 'c', sizeof(s) - 1);
	s[sizeof(s) - 1] = '\0';
	swap(&p->channel, s);
}

static void
p_secrets(struct plan *p)
{
	while (p->secrets.n <= PLAN_MAXSECRETS)
		strv_add(&p->secrets, "S");
	memset(p->secret_how, PLAN_SECRET_ENV, sizeof(p->secret_how));
}

static void
p_args(struct plan *p)
{
	while (p->argv.n <= PLAN_MAXARGS)
		strv_add(&p->argv, "");
}

static void
p_path(struct plan *p)
{
	char *s = xmalloc(PLAN_MAXPATH + 2);

	memset(s, '/', PLAN_MAXPATH + 1);
	s[PLAN_MAXPATH + 1] = '\0';
	swap(&p->exe.path, s);
	free(s);
}

static void
test_plan_refused(void **state)
{
	static const spoil_plan spoil[] = {
		p_noargv, p_relcwd, p_nocwd, p_relexe, p_noexe, p_net, p_how0,
		p_how3, p_notime, p_channel, p_secrets, p_args, p_path,
	};
	struct plan p, q;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(spoil); i++) {
		sample_plan(&p);
		spoil[i](&p);
		buf_init(&b, MSG_CONFIG_MAX);
		plan_put(&b, &p);
		assert_int_equal(b.bad, 0);
		if (plan_get(b.data, b.len, &q) != -1)
			fail_msg("spoiled plan %zu passed", i);
		plan_free(&q);
		plan_free(&p);
		buf_free(&b);
	}
}

static void
req_refused(struct runreq *q)
{
	struct runreq got;
	struct buf b;

	buf_init(&b, MSG_CONFIG_MAX);
	runreq_put(&b, q);
	assert_int_equal(runreq_get(b.data, b.len, &got), -1);
	runreq_free(&got);
	runreq_free(q);
	buf_free(&b);
}

static void
test_runreq_refused(void **state)
{
	struct runreq q;
	char *big;

	(void)state;
	sample_runreq(&q);
	strv_free(&q.argv);
	req_refused(&q);
	sample_runreq(&q);
	strv_free(&q.argv);
	strv_add(&q.argv, "");
	req_refused(&q);
	sample_runreq(&q);
	swap(&q.cwd, "relative");
	req_refused(&q);
	sample_runreq(&q);
	q.flags = RUNREQ_FLAGS + 1;
	req_refused(&q);
	sample_runreq(&q);
	q.flags = 0x80000000U;
	req_refused(&q);
	sample_runreq(&q);
	big = xmalloc(PLAN_MAXREASON + 2);
	memset(big, 'r', PLAN_MAXREASON + 1);
	big[PLAN_MAXREASON + 1] = '\0';
	swap(&q.reason, big);
	free(big);
	req_refused(&q);
	sample_runreq(&q);
	while (q.env.n <= PLAN_MAXENV)
		strv_add(&q.env, "A=b");
	req_refused(&q);
}

/* A request for the new value of a secret, with those flags and that name. */
static int
rotates(uint32_t flags, const char *name)
{
	struct runreq q, got;
	struct buf b;
	int r;

	sample_runreq(&q);
	q.flags = flags;
	swap(&q.rotates, name);
	buf_init(&b, MSG_CONFIG_MAX);
	runreq_put(&b, &q);
	r = runreq_get(b.data, b.len, &got);
	if (r == 0)
		assert_string_equal(got.rotates, name);
	runreq_free(&got);
	runreq_free(&q);
	buf_free(&b);
	return (r);
}

static void
test_runreq_rotates(void **state)
{
	(void)state;
	assert_int_equal(rotates(0, "API_KEY"), 0);
	assert_int_equal(rotates(RUNREQ_NO_WAIT | RUNREQ_CWD_IMPLICIT,
	    "API_KEY"), 0);
	/* to nobody but the one who stores it */
	assert_int_equal(rotates(RUNREQ_TTY, "API_KEY"), -1);
	assert_int_equal(rotates(RUNREQ_DETACH, "API_KEY"), -1);
	assert_int_equal(rotates(RUNREQ_JOIN, "API_KEY"), -1);
	assert_int_equal(rotates(RUNREQ_JOIN, ""), 0);
	assert_int_equal(rotates(0, "../API_KEY"), -1);
	assert_int_equal(rotates(0, "API KEY"), -1);
	assert_int_equal(rotates(0, "API_KEY="), -1);
}

/* What its output becomes is a part of a plan, and of its digest. */
static void
test_plan_rotates(void **state)
{
	static const char *const names[] = { "", "API_KEY", "API_KEZ" };
	uint8_t digest[3][PLAN_DIGEST];
	struct plan p, got;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		sample_plan(&p);
		p.tty = p.detach = 0;
		swap(&p.rotates, names[i]);
		buf_init(&b, MSG_PLAN_MAX);
		plan_put(&b, &p);
		assert_int_equal(plan_get(b.data, b.len, &got), 0);
		assert_string_equal(got.rotates, names[i]);
		plan_digest(digest[i], b.data, b.len);
		plan_free(&got);
		buf_free(&b);
		p.tty = 1;
		buf_init(&b, MSG_PLAN_MAX);
		plan_put(&b, &p);
		assert_int_equal(plan_get(b.data, b.len, &got),
		    *names[i] == '\0' ? 0 : -1);
		plan_free(&got);
		buf_free(&b);
		plan_free(&p);
	}
	assert_memory_not_equal(digest[0], digest[1], PLAN_DIGEST);
	assert_memory_not_equal(digest[1], digest[2], PLAN_DIGEST);
}

static void
test_intent_refused(void **state)
{
	static const uint32_t bad[] = { 0, 3601, UINT32_MAX };
	struct intent v, got;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++) {
		sample_intent(&v);
		v.expires_s = bad[i];
		buf_init(&b, 65536);
		intent_put(&b, &v);
		assert_int_equal(intent_get(b.data, b.len, &got), -1);
		intent_free(&got);
		intent_free(&v);
		buf_free(&b);
	}
}

static void
test_runresult_refused(void **state)
{
	static const struct { uint8_t outcome; uint16_t err; int ret; } t[] = {
		{ 0, 0, -1 }, { OUTCOME_DENIED, 0, -1 },
		{ OUTCOME_LOST, 0, 0 }, { OUTCOME_MAX, 0, -1 },
		{ 255, 0, -1 }, { OUTCOME_EXITED, CBE_MAX, -1 },
		{ OUTCOME_ERROR, 65535, -1 }, { OUTCOME_ERROR, CBE_IO, 0 },
		{ OUTCOME_EXITED, 0, 0 },
	};
	struct runresult v, got;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(t); i++) {
		sample_runresult(&v);
		v.outcome = t[i].outcome;
		v.err = t[i].err;
		buf_init(&b, 8192);
		runresult_put(&b, &v);
		assert_int_equal(runresult_get(b.data, b.len, &got),
		    t[i].ret);
		runresult_free(&got);
		runresult_free(&v);
		buf_free(&b);
	}
}

/* A count of masks that the message cannot hold; a place that is none. */
static void
test_masks(void **state)
{
	struct masks m = { NULL, 0 };
	struct rd r;

	(void)state;
	rd_init(&r, "\0\0\x13\x46", 4);
	masks_get(&r, &m);
	assert_int_equal(r.bad, 1);
	assert_null(m.m);
	rd_init(&r, "\0\0\0\1\0\0\0\0\0\0\0\0\0", 13);
	masks_get(&r, &m);
	assert_int_equal(r.bad, 1);
	rd_init(&r, "\0\0\0\1\7\0\0\0\0\0\0\0\0", 13);
	masks_get(&r, &m);
	assert_int_equal(r.bad, 1);
	rd_init(&r, "\0\0\0\1\4\0\0\0\0\0\0\0\1x", 14);
	masks_get(&r, &m);
	assert_int_equal(rd_end(&r), 0);
	assert_string_equal(masks_text(&m, MASK_PATH, 0, "y"), "x");
	assert_string_equal(masks_text(&m, MASK_PATH, 1, "y"), "y");
	assert_string_equal(masks_text(&m, MASK_ARGV, 0, "y"), "y");
	masks_free(&m);
}

/* Ids and skills beyond what the executor takes. */
static void
test_xconf_refused(void **state)
{
	struct xconf x;
	struct buf b;

	(void)state;
	buf_init(&b, MSG_CONFIG_MAX);
	sample_put_xconf(&b);
	/* keys, 4 + 4 + 1 + 4 bytes, the list of patterns, and 1 + 1 + 4 */
	buf_set_u32(&b, TICKET_KEY + XCONF_MASK_KEY + MSG_PRINT_KEY + 13 + 4 +
	    4 + strlen("token=.*") + 6, XCONF_MAXIDS + 1);
	assert_int_equal(xconf_get(b.data, b.len, &x), -1);
	xconf_free(&x);
	buf_free(&b);
}

static void
test_digest(void **state)
{
	uint8_t a[PLAN_DIGEST], b[PLAN_DIGEST], *p;
	size_t n, i;

	(void)state;
	p = sample_planbytes(&n);
	plan_digest(a, p, n);
	plan_digest(b, p, n);
	assert_memory_equal(a, b, sizeof(a));
	for (i = 0; i < n; i++) {
		p[i] ^= 1;
		plan_digest(b, p, n);
		assert_memory_not_equal(a, b, sizeof(a));
		p[i] ^= 1;
	}
	free(p);
}

/* b2sum -l 256 of no bytes */
static void
test_digest_known(void **state)
{
	static const uint8_t want[PLAN_DIGEST] = {
		0x0e, 0x57, 0x51, 0xc0, 0x26, 0xe5, 0x43, 0xb2, 0xe8, 0xab,
		0x2e, 0xb0, 0x60, 0x99, 0xda, 0xa1, 0xd1, 0xe5, 0xdf, 0x47,
		0x77, 0x8f, 0x77, 0x87, 0xfa, 0xab, 0x45, 0xcd, 0xf1, 0x2f,
		0xe3, 0xa8,
	};
	uint8_t d[PLAN_DIGEST];

	(void)state;
	plan_digest(d, NULL, 0);
	assert_memory_equal(d, want, sizeof(d));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_plan_refused),
		cmocka_unit_test(test_runreq_refused),
		cmocka_unit_test(test_runreq_rotates),
		cmocka_unit_test(test_plan_rotates),
		cmocka_unit_test(test_intent_refused),
		cmocka_unit_test(test_runresult_refused),
		cmocka_unit_test(test_masks),
		cmocka_unit_test(test_xconf_refused),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_digest_known),
	};

	return (cmocka_run_group_tests_name("plan", tests, NULL, NULL));
}
