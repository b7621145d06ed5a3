/* SPDX-License-Identifier: ISC */
/*
 * Key-committing messages: C2SP chunked-encryption (c2sp.org), HKDF-SHA-512
 * (RFC 5869) with AES-256-GCM, which is "Cobblestone-256", or, with the same
 * derivation and commitment, with XChaCha20-Poly1305
 * (draft-irtf-cfrg-xchacha).  A message is
 *	24 bytes salt, 32 bytes commitment, chunks
 * where each chunk is 16 KiB of text and its 16-byte tag, and the last one,
 * and only that one, is shorter.
 */
#ifndef VAULT_AEAD_H
#define VAULT_AEAD_H

#include <sys/uio.h>

#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#define AEAD_KEY	32
#define AEAD_SALT	24
#define AEAD_COMMIT	32
#define AEAD_HEADER	(AEAD_SALT + AEAD_COMMIT)
#define AEAD_TAG	16
#define AEAD_CHUNK	16384U
#define AEAD_HASH	64		/* of SHA-512 */
#define AEAD_OKM_MAX	(255U * AEAD_HASH)

/*
 * Where derived keys stand while they are used: to be had from guarded
 * memory, never from the stack.  Everything in here is overwritten before a
 * function returns.
 */
struct aead_work {
	crypto_aead_aes256gcm_state	aes;
	crypto_auth_hmacsha512_state	hmac;
	uint8_t	 block[AEAD_HASH];
	uint8_t	 okm[AEAD_KEY + 24 + AEAD_COMMIT];
	uint8_t	 nonce[24];
};

/* RFC 5869; prk has AEAD_HASH bytes. */
void	 aead_hkdf_extract(struct aead_work *, uint8_t *prk,
	    const uint8_t *salt, size_t saltlen, const uint8_t *ikm,
	    size_t ikmlen);
/*
 * The info is the concatenation of n pieces, the key of any length.
 * 0, or -1 if len is over AEAD_OKM_MAX.
 */
int	 aead_hkdf_expand(struct aead_work *, const uint8_t *key,
	    size_t keylen, const struct iovec *info, size_t n, uint8_t *out,
	    size_t len);

/* Is this CIPHER_* known, and can this machine do it? */
int	 aead_available(unsigned cipher);
/* "aes-256", "xchacha20-poly1305", or NULL */
const char *aead_cipher_name(unsigned cipher);
/* CIPHER_*, or 0 */
unsigned aead_cipher_find(const char *, size_t len);

/* Length of the message that holds len bytes of text. */
size_t	 aead_len(size_t len);
/* Length of the text in a message of len bytes; -1: there is no such one. */
int	 aead_textlen(size_t len, size_t *textlen);

/*
 * Writes aead_len(len) bytes to out.  The salt is the caller's and must not
 * repeat under a key; aead_encrypt draws it.
 */
int	 aead_encrypt_salt(struct aead_work *, unsigned cipher,
	    const uint8_t key[AEAD_KEY], const uint8_t salt[AEAD_SALT],
	    const void *ctx, size_t ctxlen, const uint8_t *text, size_t len,
	    uint8_t *out);
int	 aead_encrypt(struct aead_work *, unsigned cipher,
	    const uint8_t key[AEAD_KEY], const void *ctx, size_t ctxlen,
	    const uint8_t *text, size_t len, uint8_t *out);
/*
 * 0 and the text in out, which must have room for what aead_textlen says; -1
 * if the message is not whole, unchanged, and made with this key and context.
 * out is then zeroed.
 */
int	 aead_decrypt(struct aead_work *, unsigned cipher,
	    const uint8_t key[AEAD_KEY], const void *ctx, size_t ctxlen,
	    const uint8_t *msg, size_t len, uint8_t *out);

#endif
