/* SPDX-License-Identifier: ISC */
/* The vault's messages; vault_vectors_test has the public vectors. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include <sodium.h>

#include "common/msg.h"
#include "common/xmalloc.h"
#include "vault/aead.h"

static struct aead_work work;
static const uint8_t key[AEAD_KEY] = "0123456789abcdefghijklmnopqrstu";

static void
round_trip(unsigned cipher)
{
	static const size_t sizes[] = { 0, 1, 255, 16383, 16384, 16385,
	    32767, 32768, 40000, 65792 };
	uint8_t *text = xmalloc(65792), *msg = xmalloc(66500),
	    *out = xmalloc(66500);
	size_t i, n;

	randombytes_buf(text, 65792);
	for (i = 0; i < NELEM(sizes); i++) {
		assert_true(aead_len(sizes[i]) <= 66500);
		assert_int_equal(aead_encrypt(&work, cipher, key, "ctx", 3,
		    text, sizes[i], msg), 0);
		assert_int_equal(aead_textlen(aead_len(sizes[i]), &n), 0);
		assert_int_equal(n, sizes[i]);
		assert_int_equal(aead_decrypt(&work, cipher, key, "ctx", 3,
		    msg, aead_len(n), out), 0);
		assert_memory_equal(out, text, n);
		assert_int_equal(aead_decrypt(&work, cipher, key, "cty", 3,
		    msg, aead_len(n), out), -1);
		assert_int_equal(aead_decrypt(&work, cipher, key, "ctx", 3,
		    msg, aead_len(n) - 1, out), -1);
	}
	assert_true(sodium_is_zero((uint8_t *)&work, sizeof(work)));
	free(text);
	free(msg);
	free(out);
}

static void
every_bit(unsigned cipher)
{
	uint8_t msg[256], out[256];
	size_t i, len = aead_len(40);

	assert_int_equal(aead_encrypt(&work, cipher, key, "", 0,
	    (const uint8_t *)"0123456789012345678901234567890123456789", 40,
	    msg), 0);
	for (i = 0; i < len * 8; i++) {
		msg[i / 8] ^= (uint8_t)(1U << (i % 8));
		assert_int_equal(aead_decrypt(&work, cipher, key, "", 0, msg,
		    len, out), -1);
		msg[i / 8] ^= (uint8_t)(1U << (i % 8));
	}
	assert_int_equal(aead_decrypt(&work, cipher, key, "", 0, msg, len,
	    out), 0);
}

static void
test_round_trip(void **state)
{
	(void)state;
	round_trip(CIPHER_XCHACHA);
	every_bit(CIPHER_XCHACHA);
	if (!aead_available(CIPHER_AES256)) {
		print_message("# no AES-256-GCM here\n");
		return;
	}
	round_trip(CIPHER_AES256);
	every_bit(CIPHER_AES256);
}

/* There are no public vectors for this one: what the manual says, by hand. */
static void
test_xchacha(void **state)
{
	static const char name[] = "c2sp.org/chunked-encryption@v1+"
	    "AEAD_XCHACHA20_POLY1305";
	uint8_t info[sizeof(name) + AEAD_SALT + 3], okm[88], msg[256];
	uint8_t out[64];
	struct iovec v = { info, sizeof(info) };

	(void)state;
	assert_int_equal(aead_encrypt(&work, CIPHER_XCHACHA, key, "ctx", 3,
	    (const uint8_t *)"hello", 5, msg), 0);
	memcpy(info, name, sizeof(name));
	memcpy(info + sizeof(name), msg, AEAD_SALT);
	memcpy(info + sizeof(name) + AEAD_SALT, "ctx", 3);
	assert_int_equal(aead_hkdf_expand(&work, key, AEAD_KEY, &v, 1, okm,
	    sizeof(okm)), 0);
	assert_memory_equal(okm + 56, msg + AEAD_SALT, AEAD_COMMIT);
	assert_int_equal(crypto_aead_xchacha20poly1305_ietf_decrypt(out,
	    NULL, NULL, msg + AEAD_HEADER, 5 + AEAD_TAG, NULL, 0, okm + 32,
	    okm), 0);
	assert_memory_equal(out, "hello", 5);
}

static void
test_names(void **state)
{
	(void)state;
	assert_int_equal(aead_cipher_find("aes-256", 7), CIPHER_AES256);
	assert_int_equal(aead_cipher_find("aes-256x", 8), 0);
	assert_int_equal(aead_cipher_find("", 0), 0);
	assert_string_equal(aead_cipher_name(CIPHER_XCHACHA),
	    "xchacha20-poly1305");
	assert_null(aead_cipher_name(0));
	assert_false(aead_available(0));
	assert_int_equal(aead_encrypt(&work, 0, key, "", 0,
	    (const uint8_t *)"", 0, NULL), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_xchacha),
		cmocka_unit_test(test_names),
	};

	if (sodium_init() == -1)
		return (1);
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
