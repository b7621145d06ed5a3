/* SPDX-License-Identifier: ISC */
/*
 * What signs seals, against public vectors of Ed25519 with signatures that
 * must not pass.  The vectors are in VECTORS, or beside the source tree in
 * ../shared/vectors; without them this is skipped.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "common/record/seal.h"
#include "common/xmalloc.h"

#define FILE_NAME	"ed25519_test.json"
#define HEX_MAX		4096

static json_t *
load(void)
{
	const char *vectors = getenv("VECTORS"), *src = getenv("SRC");
	char *path;
	json_t *j;

	if (vectors != NULL)
		xasprintf(&path, "%s/" FILE_NAME, vectors);
	else
		xasprintf(&path, "%s/../shared/vectors/" FILE_NAME,
		    src != NULL ? src : ".");
	j = json_load_file(path, 0, NULL);
	free(path);
	return (j);
}

static size_t
bytes_of(uint8_t out[HEX_MAX], const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));
	size_t n;

	assert_non_null(s);
	assert_int_equal(sodium_hex2bin(out, HEX_MAX, s, strlen(s), NULL, &n,
	    NULL), 0);
	return (n);
}

/* As seal_signed() does it: a signature that is none by its length is none. */
static int
passes(const uint8_t key[SEAL_KEY], const json_t *test)
{
	uint8_t msg[HEX_MAX], sig[HEX_MAX];
	size_t n = bytes_of(msg, test, "msg");

	return (bytes_of(sig, test, "sig") == SEAL_SIG &&
	    crypto_sign_verify_detached(sig, msg, n, key) == 0);
}

static void
test_vectors(void **state)
{
	unsigned good = 0, bad = 0;
	json_t *j = load(), *group, *test;
	uint8_t key[HEX_MAX];
	size_t g, t;
	int valid;

	(void)state;
	if (j == NULL)
		skip();
	json_array_foreach(json_object_get(j, "testGroups"), g, group) {
		assert_int_equal(bytes_of(key, json_object_get(group,
		    "publicKey"), "pk"), SEAL_KEY);
		json_array_foreach(json_object_get(group, "tests"), t, test) {
			valid = strcmp(json_string_value(json_object_get(test,
			    "result")), "valid") == 0;
			if (passes(key, test) != valid)
				fail_msg("tcId %d", (int)json_integer_value(
				    json_object_get(test, "tcId")));
			*(valid ? &good : &bad) += 1;
		}
	}
	json_decref(j);
	print_message("# %u signatures, %u that are none\n", good, bad);
	assert_true(good > 50 && bad > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests_name("record sign", tests, NULL, NULL));
}
