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
#ifndef VAULT_SEAL_H
#define VAULT_SEAL_H

#include <sys/uio.h>

#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#define SEAL_KEY	32
#define SEAL_SALT	24
#define SEAL_COMMIT	32
#define SEAL_HEADER	(SEAL_SALT + SEAL_COMMIT)
#define SEAL_TAG	16
#define SEAL_CHUNK	16384U
#define SEAL_HASH	64		/* of SHA-512 */
#define SEAL_OKM_MAX	(255U * SEAL_HASH)

/*
 * Where derived keys stand while they are used: to be had from guarded
 * memory, never from the stack.  Everything in here is overwritten before a
 * function returns.
 */
struct seal_work {
	crypto_aead_aes256gcm_state	aes;
	crypto_auth_hmacsha512_state	hmac;
	uint8_t	 block[SEAL_HASH];
	uint8_t	 okm[SEAL_KEY + 24 + SEAL_COMMIT];
	uint8_t	 nonce[24];
};

/* RFC 5869; prk has SEAL_HASH bytes. */
void	 seal_hkdf_extract(struct seal_work *, uint8_t *prk,
	    const uint8_t *salt, size_t saltlen, const uint8_t *ikm,
	    size_t ikmlen);
/*
 * The info is the concatenation of n pieces, the key of any length.
 * 0, or -1 if len is over SEAL_OKM_MAX.
 */
int	 seal_hkdf_expand(struct seal_work *, const uint8_t *key,
	    size_t keylen, const struct iovec *info, size_t n, uint8_t *out,
	    size_t len);

/* Is this CIPHER_* known, and can this machine do it? */
int	 seal_available(unsigned cipher);
/* "aes-256", "xchacha20-poly1305", or NULL */
const char *seal_cipher_name(unsigned cipher);
/* CIPHER_*, or 0 */
unsigned seal_cipher_find(const char *, size_t len);

/* Length of the message that holds len bytes of text. */
size_t	 seal_len(size_t len);
/* Length of the text in a message of len bytes; -1: there is no such one. */
int	 seal_textlen(size_t len, size_t *textlen);

/*
 * Writes seal_len(len) bytes to out.  The salt is the caller's and must not
 * repeat under a key; seal_encrypt draws it.
 */
int	 seal_encrypt_salt(struct seal_work *, unsigned cipher,
	    const uint8_t key[SEAL_KEY], const uint8_t salt[SEAL_SALT],
	    const void *ctx, size_t ctxlen, const uint8_t *text, size_t len,
	    uint8_t *out);
int	 seal_encrypt(struct seal_work *, unsigned cipher,
	    const uint8_t key[SEAL_KEY], const void *ctx, size_t ctxlen,
	    const uint8_t *text, size_t len, uint8_t *out);
/*
 * 0 and the text in out, which must have room for what seal_textlen says; -1
 * if the message is not whole, unchanged, and made with this key and context.
 * out is then zeroed.
 */
int	 seal_decrypt(struct seal_work *, unsigned cipher,
	    const uint8_t key[SEAL_KEY], const void *ctx, size_t ctxlen,
	    const uint8_t *msg, size_t len, uint8_t *out);

#endif
