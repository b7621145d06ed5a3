/* SPDX-License-Identifier: ISC */
/*
 * The vault's cryptography against public vectors: HKDF-SHA-512 and AES-GCM
 * of Wycheproof, Cobblestone-256 of C2SP.  They are in VECTORS, or beside the
 * source tree in ../shared/vectors; without them this is skipped.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "common/msg.h"
#include "common/xmalloc.h"
#include "tests/unit/inflate.h"
#include "vault/aead.h"

#define TEXT_MAX	(8U * 1024 * 1024)

static struct aead_work work;

static const char *
path_of(const char *name)
{
	const char *dir = getenv("VECTORS"), *src = getenv("SRC");
	static char path[512];

	if (dir != NULL)
		(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	else
		(void)snprintf(path, sizeof(path), "%s/../shared/vectors/%s",
		    src != NULL ? src : ".", name);
	return (path);
}

static json_t *
vectors(const char *name)
{
	json_t *j = json_load_file(path_of(name), 0, NULL);

	assert_non_null(j);
	return (j);
}

static const char *
str(const json_t *t, const char *name)
{
	const char *s = json_string_value(json_object_get(t, name));

	assert_non_null(s);
	return (s);
}

/* The bytes of a hexadecimal member; the caller frees. */
static uint8_t *
hex(const json_t *t, const char *name, size_t *len)
{
	const char *s = str(t, name);
	size_t n = strlen(s) / 2;
	uint8_t *p = xmalloc(n + 1);

	assert_int_equal(sodium_hex2bin(p, n + 1, s, strlen(s), NULL, len,
	    NULL), 0);
	assert_int_equal(*len, n);
	return (p);
}

static int
is_valid(const json_t *t)
{
	return (strcmp(str(t, "result"), "valid") == 0);
}

/* Calls fn for every test of every group; how many there were. */
static size_t
each(const json_t *j, void (*fn)(const json_t *, const json_t *))
{
	json_t *group, *t;
	size_t g, i, n = 0;

	json_array_foreach(json_object_get(j, "testGroups"), g, group)
		json_array_foreach(json_object_get(group, "tests"), i, t) {
			fn(group, t);
			n++;
		}
	return (n);
}

static void
one_hkdf(const json_t *group, const json_t *t)
{
	size_t ikmlen, saltlen, infolen, okmlen, size;
	uint8_t *ikm = hex(t, "ikm", &ikmlen), *salt = hex(t, "salt",
	    &saltlen), *info = hex(t, "info", &infolen), *okm = hex(t, "okm",
	    &okmlen), prk[AEAD_HASH], *out;
	struct iovec v[2];
	int r;

	(void)group;
	size = (size_t)json_integer_value(json_object_get(t, "size"));
	out = xmalloc(size + 1);
	aead_hkdf_extract(&work, prk, salt, saltlen, ikm, ikmlen);
	/* In two pieces: only their concatenation counts. */
	v[0].iov_base = info;
	v[0].iov_len = infolen / 2;
	v[1].iov_base = info + infolen / 2;
	v[1].iov_len = infolen - infolen / 2;
	r = aead_hkdf_expand(&work, prk, sizeof(prk), v, 2, out, size);
	assert_int_equal(r, is_valid(t) ? 0 : -1);
	if (r == 0) {
		assert_int_equal(size, okmlen);
		assert_memory_equal(out, okm, size);
	}
	free(ikm);
	free(salt);
	free(info);
	free(okm);
	free(out);
}

static void
test_hkdf(void **state)
{
	json_t *j = vectors("hkdf_sha512_test.json");

	(void)state;
	assert_int_equal(each(j, one_hkdf), json_integer_value(
	    json_object_get(j, "numberOfTests")));
	json_decref(j);
}

static unsigned gcm_done;

/* Only what the vault uses of it: 256-bit keys, 96-bit nonces, whole tags. */
static void
one_gcm(const json_t *group, const json_t *t)
{
	size_t klen, ivlen, adlen, mlen, clen, taglen;
	uint8_t *k, *iv, *ad, *m, *c, *tag, *out;
	int r;

	if (json_integer_value(json_object_get(group, "keySize")) != 256 ||
	    json_integer_value(json_object_get(group, "ivSize")) != 96 ||
	    json_integer_value(json_object_get(group, "tagSize")) != 128)
		return;
	k = hex(t, "key", &klen);
	iv = hex(t, "iv", &ivlen);
	ad = hex(t, "aad", &adlen);
	m = hex(t, "msg", &mlen);
	c = hex(t, "ct", &clen);
	tag = hex(t, "tag", &taglen);
	out = xmalloc(clen + 1);
	r = crypto_aead_aes256gcm_decrypt_detached(out, NULL, c, clen, tag,
	    ad, adlen, iv, k);
	assert_int_equal(r, is_valid(t) ? 0 : -1);
	if (r == 0)
		assert_memory_equal(out, m, mlen);
	gcm_done++;
	free(k);
	free(iv);
	free(ad);
	free(m);
	free(c);
	free(tag);
	free(out);
}

static void
test_gcm(void **state)
{
	json_t *j = vectors("aes_gcm_test.json");

	(void)state;
	(void)each(j, one_gcm);
	assert_true(gcm_done > 50);
	json_decref(j);
}

static void
one_message(const json_t *group, const json_t *t)
{
	uint8_t hash[crypto_hash_sha512_BYTES], *k, *ctx, *z, *msg, *out;
	uint8_t *want;
	size_t klen, ctxlen, zlen, len = 0, textlen = 0, n;
	int r = -1;

	assert_string_equal(str(group, "aead"), "AEAD_AES_256_GCM");
	assert_string_equal(str(group, "sha"), "SHA-512");
	k = hex(t, "key", &klen);
	ctx = hex(t, "ctx", &ctxlen);
	z = hex(t, "ct", &zlen);
	msg = xmalloc(TEXT_MAX);
	out = xmalloc(TEXT_MAX);
	assert_int_equal(inflate_zlib(z, zlen, msg, TEXT_MAX, &len), 0);
	/* The length of a key is a type here: others cannot be given. */
	if (klen == AEAD_KEY && aead_textlen(len, &textlen) == 0)
		r = aead_decrypt(&work, CIPHER_AES256, k, ctx, ctxlen, msg,
		    len, out);
	assert_int_equal(r, is_valid(t) ? 0 : -1);
	if (r == 0) {
		assert_int_equal(textlen, json_integer_value(
		    json_object_get(t, "msgLength")));
		want = hex(t, "msgSha512", &n);
		crypto_hash_sha512(hash, out, textlen);
		assert_memory_equal(hash, want, sizeof(hash));
		free(want);
		/* And the same bytes come out when it is encrypted again. */
		assert_int_equal(aead_len(textlen), len);
		n = aead_len(textlen);
		want = xmalloc(n);
		assert_int_equal(aead_encrypt_salt(&work, CIPHER_AES256, k,
		    msg, ctx, ctxlen, out, textlen, want), 0);
		assert_memory_equal(want, msg, n);
		free(want);
	} else
		assert_true(sodium_is_zero(out, textlen) || klen != AEAD_KEY);
	free(k);
	free(ctx);
	free(z);
	free(msg);
	free(out);
}

static void
test_cobblestone(void **state)
{
	json_t *j = vectors("c2sp_chunked_encryption_aes_256_gcm_test.json");

	(void)state;
	assert_int_equal(each(j, one_message), json_integer_value(
	    json_object_get(j, "numberOfTests")));
	json_decref(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hkdf),
		cmocka_unit_test(test_gcm),
		cmocka_unit_test(test_cobblestone),
	};
	const struct CMUnitTest no_aes[] = {
		cmocka_unit_test(test_hkdf),
	};

	if (sodium_init() == -1)
		return (1);
	if (access(path_of("hkdf_sha512_test.json"), R_OK) == -1) {
		printf("1..0 # SKIP no %s\n",
		    path_of("hkdf_sha512_test.json"));
		return (0);
	}
	if (!aead_available(CIPHER_AES256)) {
		printf("# no AES-256-GCM here: only HKDF\n");
		return (cmocka_run_group_tests(no_aes, NULL, NULL));
	}
	return (cmocka_run_group_tests(tests, NULL, NULL));
}
