/* SPDX-License-Identifier: ISC */
/* Key-committing encryption; see aead.h. */
#include "config.h"

#include <string.h>

#include "common/msg.h"
#include "vault/aead.h"

#define LABEL_PREFIX	"c2sp.org/chunked-encryption@v1+"

struct cipher {
	unsigned	 id;
	const char	*name;
	const char	*aead;		/* in the derivation, with its NUL */
	size_t		 aeadlen;
	size_t		 nonce;
};

static const struct cipher ciphers[] = {
	{ CIPHER_AES256, "aes-256", "AEAD_AES_256_GCM",
	    sizeof("AEAD_AES_256_GCM"), crypto_aead_aes256gcm_NPUBBYTES },
	{ CIPHER_XCHACHA, "xchacha20-poly1305", "AEAD_XCHACHA20_POLY1305",
	    sizeof("AEAD_XCHACHA20_POLY1305"),
	    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES },
};
#define NCIPHERS	(sizeof(ciphers) / sizeof(ciphers[0]))

static const struct cipher *
cipher_of(unsigned id)
{
	size_t i;

	for (i = 0; i < NCIPHERS; i++)
		if (ciphers[i].id == id)
			return (&ciphers[i]);
	return (NULL);
}

const char *
aead_cipher_name(unsigned id)
{
	const struct cipher *c = cipher_of(id);

	return (c == NULL ? NULL : c->name);
}

unsigned
aead_cipher_find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < NCIPHERS; i++)
		if (strlen(ciphers[i].name) == len &&
		    memcmp(ciphers[i].name, name, len) == 0)
			return (ciphers[i].id);
	return (0);
}

int
aead_available(unsigned id)
{
	if (id == CIPHER_AES256)
		return (crypto_aead_aes256gcm_is_available() != 0);
	return (id == CIPHER_XCHACHA);
}

/*
 * libsodium gained crypto_kdf_hkdf only in 1.0.19; its HMAC takes keys of any
 * length, so both halves are a few lines.
 */
void
aead_hkdf_extract(struct aead_work *w, uint8_t *prk, const uint8_t *salt,
    size_t saltlen, const uint8_t *ikm, size_t ikmlen)
{
	crypto_auth_hmacsha512_init(&w->hmac, salt, saltlen);
	crypto_auth_hmacsha512_update(&w->hmac, ikm, ikmlen);
	crypto_auth_hmacsha512_final(&w->hmac, prk);
	sodium_memzero(&w->hmac, sizeof(w->hmac));
}

int
aead_hkdf_expand(struct aead_work *w, const uint8_t *key, size_t keylen,
    const struct iovec *info, size_t n, uint8_t *out, size_t len)
{
	size_t i, take, done = 0;
	uint8_t count = 0;

	if (len > AEAD_OKM_MAX)
		return (-1);
	while (done < len) {
		crypto_auth_hmacsha512_init(&w->hmac, key, keylen);
		if (count > 0)
			crypto_auth_hmacsha512_update(&w->hmac, w->block,
			    sizeof(w->block));
		for (i = 0; i < n; i++)
			crypto_auth_hmacsha512_update(&w->hmac,
			    info[i].iov_base, info[i].iov_len);
		count++;
		crypto_auth_hmacsha512_update(&w->hmac, &count, 1);
		crypto_auth_hmacsha512_final(&w->hmac, w->block);
		take = len - done < sizeof(w->block) ? len - done :
		    sizeof(w->block);
		memcpy(out + done, w->block, take);
		done += take;
	}
	sodium_memzero(&w->hmac, sizeof(w->hmac));
	sodium_memzero(w->block, sizeof(w->block));
	return (0);
}

size_t
aead_len(size_t len)
{
	return (AEAD_HEADER + len + (len / AEAD_CHUNK + 1) * AEAD_TAG);
}

int
aead_textlen(size_t len, size_t *textlen)
{
	size_t full, rest;

	if (len < AEAD_HEADER + AEAD_TAG)
		return (-1);
	full = (len - AEAD_HEADER) / (AEAD_CHUNK + AEAD_TAG);
	rest = (len - AEAD_HEADER) % (AEAD_CHUNK + AEAD_TAG);
	/* The last chunk is a short one, and has its tag. */
	if (rest < AEAD_TAG)
		return (-1);
	*textlen = full * AEAD_CHUNK + rest - AEAD_TAG;
	return (0);
}

static void
work_wipe(struct aead_work *w)
{
	sodium_memzero(w, sizeof(*w));
	/* What libsodium spilled while it had the keys. */
	sodium_stackzero(1024);
}

/* w->okm becomes key, base nonce and commitment. */
static void
derive(struct aead_work *w, const struct cipher *c, const uint8_t *key,
    const uint8_t *salt, const void *ctx, size_t ctxlen)
{
	struct iovec info[4];

	/* iovec has no const; they are only read. */
	info[0].iov_base = (void *)(uintptr_t)LABEL_PREFIX;
	info[0].iov_len = sizeof(LABEL_PREFIX) - 1;
	info[1].iov_base = (void *)(uintptr_t)c->aead;
	info[1].iov_len = c->aeadlen;
	info[2].iov_base = (void *)(uintptr_t)salt;
	info[2].iov_len = AEAD_SALT;
	info[3].iov_base = (void *)(uintptr_t)ctx;
	info[3].iov_len = ctxlen;
	(void)aead_hkdf_expand(w, key, AEAD_KEY, info, 4, w->okm,
	    AEAD_KEY + c->nonce + AEAD_COMMIT);
	if (c->id == CIPHER_AES256)
		crypto_aead_aes256gcm_beforenm(&w->aes, w->okm);
}

static const uint8_t *
commitment(const struct aead_work *w, const struct cipher *c)
{
	return (w->okm + AEAD_KEY + c->nonce);
}

/* The base nonce with the number of the chunk in its last bytes. */
static void
chunk_nonce(struct aead_work *w, const struct cipher *c, uint64_t chunk)
{
	size_t i;

	memcpy(w->nonce, w->okm + AEAD_KEY, c->nonce);
	for (i = 0; i < 8; i++)
		w->nonce[c->nonce - 1 - i] ^= (uint8_t)(chunk >> (8 * i));
}

static int
chunk_encrypt(struct aead_work *w, const struct cipher *c, uint64_t chunk,
    const uint8_t *text, size_t len, uint8_t *out)
{
	chunk_nonce(w, c, chunk);
	if (c->id == CIPHER_AES256)
		return (crypto_aead_aes256gcm_encrypt_afternm(out, NULL, text,
		    len, NULL, 0, NULL, w->nonce, &w->aes));
	return (crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, text,
	    len, NULL, 0, NULL, w->nonce, w->okm));
}

static int
chunk_decrypt(struct aead_work *w, const struct cipher *c, uint64_t chunk,
    const uint8_t *msg, size_t len, uint8_t *out)
{
	chunk_nonce(w, c, chunk);
	if (c->id == CIPHER_AES256)
		return (crypto_aead_aes256gcm_decrypt_afternm(out, NULL, NULL,
		    msg, len, NULL, 0, w->nonce, &w->aes));
	return (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL,
	    msg, len, NULL, 0, w->nonce, w->okm));
}

int
aead_encrypt_salt(struct aead_work *w, unsigned cipher,
    const uint8_t key[AEAD_KEY], const uint8_t salt[AEAD_SALT],
    const void *ctx, size_t ctxlen, const uint8_t *text, size_t len,
    uint8_t *out)
{
	const struct cipher *c = cipher_of(cipher);
	uint64_t chunk = 0;
	size_t n;
	int r = 0;

	if (c == NULL || !aead_available(cipher))
		return (-1);
	derive(w, c, key, salt, ctx, ctxlen);
	memcpy(out, salt, AEAD_SALT);
	memcpy(out + AEAD_SALT, commitment(w, c), AEAD_COMMIT);
	out += AEAD_HEADER;
	do {
		n = len < AEAD_CHUNK ? len : AEAD_CHUNK;
		r |= chunk_encrypt(w, c, chunk++, text, n, out);
		text += n;
		len -= n;
		out += n + AEAD_TAG;
	} while (n == AEAD_CHUNK);
	work_wipe(w);
	return (r == 0 ? 0 : -1);
}

int
aead_encrypt(struct aead_work *w, unsigned cipher,
    const uint8_t key[AEAD_KEY], const void *ctx, size_t ctxlen,
    const uint8_t *text, size_t len, uint8_t *out)
{
	uint8_t salt[AEAD_SALT];

	randombytes_buf(salt, sizeof(salt));
	return (aead_encrypt_salt(w, cipher, key, salt, ctx, ctxlen, text, len,
	    out));
}

int
aead_decrypt(struct aead_work *w, unsigned cipher,
    const uint8_t key[AEAD_KEY], const void *ctx, size_t ctxlen,
    const uint8_t *msg, size_t len, uint8_t *out)
{
	const struct cipher *c = cipher_of(cipher);
	const uint8_t *p;
	uint64_t chunk = 0;
	size_t n, textlen, done = 0;
	int r;

	if (c == NULL || !aead_available(cipher) ||
	    aead_textlen(len, &textlen) == -1)
		return (-1);
	derive(w, c, key, msg, ctx, ctxlen);
	r = sodium_memcmp(commitment(w, c), msg + AEAD_SALT, AEAD_COMMIT);
	p = msg + AEAD_HEADER;
	for (n = AEAD_CHUNK; r == 0 && n == AEAD_CHUNK; ) {
		n = textlen - done < AEAD_CHUNK ? textlen - done : AEAD_CHUNK;
		r = chunk_decrypt(w, c, chunk++, p, n + AEAD_TAG, out + done);
		p += n + AEAD_TAG;
		done += n;
	}
	if (r != 0)
		sodium_memzero(out, textlen);
	work_wipe(w);
	return (r == 0 ? 0 : -1);
}
