/* SPDX-License-Identifier: ISC */
/* Tickets: only the very one that was meant opens anything. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sodium.h>
#include <string.h>

#include "common/ticket.h"

static const uint8_t key[TICKET_KEY] = "0123456789abcdefghijklmnopqrstu";

static void
make(struct ticket *t, uint8_t out[TICKET_SIZE])
{
	memset(t, 0, sizeof(*t));
	t->kind = TICKET_EXEC;
	t->run = UINT64_C(0x0123456789abcde);
	t->record = 42;
	t->expires_ms = ticket_now() + 60000;
	memset(t->digest, 0x5a, sizeof(t->digest));
	ticket_make(out, t, key);
}

static void
refused(const uint8_t *in, uint8_t kind, uint64_t run, const uint8_t *digest,
    const uint8_t *k, const char *reason)
{
	const char *why = NULL;

	assert_int_equal(ticket_check(in, kind, run, digest, k, &why), -1);
	assert_non_null(why);
	assert_string_equal(why, reason);
}

static void
test_good(void **state)
{
	uint8_t in[TICKET_SIZE];
	const char *why = NULL;
	struct ticket t;

	(void)state;
	make(&t, in);
	assert_int_equal(ticket_check(in, TICKET_EXEC, t.run, t.digest, key,
	    &why), 0);
}

static void
test_encoding(void **state)
{
	uint8_t in[TICKET_SIZE], mac[32];
	struct ticket t;
	size_t i;

	(void)state;
	make(&t, in);
	assert_memory_equal(in, "CBT1\x01\0\0\x12\x34\x56\x78\x9a\xbc\xde"
	    "\0\0\0\0\0\0\0\x2a", 22);
	assert_memory_equal(in + 30, t.digest, 32);
	for (i = 62; i < 82; i++)
		assert_int_equal(in[i], 0);
	(void)crypto_generichash(mac, 32, in, 82, key, sizeof(key));
	assert_memory_equal(in + 82, mac, 32);
}

static void
test_every_bit(void **state)
{
	uint8_t in[TICKET_SIZE];
	struct ticket t;
	size_t i;

	(void)state;
	make(&t, in);
	for (i = 0; i < TICKET_SIZE * 8; i++) {
		in[i / 8] ^= (uint8_t)(1U << (i & 7));
		refused(in, TICKET_EXEC, t.run, t.digest, key,
		    "ticket with a wrong mac");
		in[i / 8] ^= (uint8_t)(1U << (i & 7));
	}
}

static void
test_other(void **state)
{
	uint8_t in[TICKET_SIZE], d[32], k[TICKET_KEY];
	struct ticket t;
	size_t i;

	(void)state;
	make(&t, in);
	refused(in, TICKET_SECRET, t.run, t.digest, key,
	    "ticket of another kind");
	refused(in, TICKET_COMMIT, t.run, t.digest, key,
	    "ticket of another kind");
	refused(in, TICKET_EXEC, t.run ^ 1, t.digest, key,
	    "ticket for another run");
	for (i = 0; i < 32; i++) {
		memcpy(d, t.digest, sizeof(d));
		d[i] ^= 0x80;
		refused(in, TICKET_EXEC, t.run, d, key,
		    "ticket for something else");
		memcpy(k, key, sizeof(k));
		k[i] ^= 0x80;
		refused(in, TICKET_EXEC, t.run, t.digest, k,
		    "ticket with a wrong mac");
	}
}

static void
test_expired(void **state)
{
	uint8_t in[TICKET_SIZE];
	struct ticket t;

	(void)state;
	make(&t, in);
	t.expires_ms = ticket_now() - 1;
	ticket_make(in, &t, key);
	refused(in, TICKET_EXEC, t.run, t.digest, key, "ticket expired");
	t.expires_ms = 0;
	ticket_make(in, &t, key);
	refused(in, TICKET_EXEC, t.run, t.digest, key, "ticket expired");
}

/* Each run has a key of its own, which is none for its skill's. */
static void
test_run_key(void **state)
{
	uint8_t skill[TICKET_KEY], k[TICKET_KEY], other[TICKET_KEY], want[32];
	uint8_t in[TICKET_SIZE];
	const char *why = NULL;
	struct ticket t;

	(void)state;
	ticket_skill_key(skill, key, "dev");
	ticket_run_key(k, skill, UINT64_C(0x0123456789abcde));
	(void)crypto_generichash(want, sizeof(want), (const unsigned char *)
	    "\x00\x12\x34\x56\x78\x9a\xbc\xde", 8, skill, sizeof(skill));
	assert_memory_equal(k, want, sizeof(k));
	ticket_run_key(other, skill, UINT64_C(0x0123456789abcdf));
	make(&t, in);
	t.kind = TICKET_ANSWER;
	ticket_make(in, &t, k);
	assert_int_equal(ticket_check(in, TICKET_ANSWER, t.run, t.digest, k,
	    &why), 0);
	refused(in, TICKET_ANSWER, t.run, t.digest, other,
	    "ticket with a wrong mac");
	refused(in, TICKET_ANSWER, t.run, t.digest, skill,
	    "ticket with a wrong mac");
	refused(in, TICKET_EXEC, t.run, t.digest, k, "ticket of another kind");
}

static void
test_clock(void **state)
{
	uint64_t a = ticket_now(), b = ticket_now();

	(void)state;
	assert_true(a != 0 && b >= a && b - a < 60000);
}

static int
setup(void **state)
{
	(void)state;
	return (sodium_init() == -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_encoding),
		cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_other),
		cmocka_unit_test(test_expired),
		cmocka_unit_test(test_run_key),
		cmocka_unit_test(test_clock),
	};

	return (cmocka_run_group_tests_name("ticket", tests, setup, NULL));
}
