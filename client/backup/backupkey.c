/* SPDX-License-Identifier: ISC */
/* The key of a backup; see backupkey.h. */
#include "config.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/backupkey.h"
#include "client/backup/phrase.h"
#include "common/buf.h"
#include "common/keyfile.h"
#include "common/role.h"

#define BACKUP_PASSES	3U
#define BACKUP_KIB	(256U * 1024)
/* What a reader takes; see FORMAT. */
#define PASSES_MAX	16U
#define KIB_MIN		8192U
#define KIB_MAX		(1024U * 1024)

/* Read as an interpreter of costs: everything else is bytes. */
struct front {
	uint8_t		 how;
	uint32_t	 passes;
	uint32_t	 kib;
	const uint8_t	*salt;
};

static int
no_memory(struct fail *f)
{
	fail_set(f, EXIT_CLAWBOT, "cannot lock memory: %s", strerror(errno));
	fail_hint(f, "ulimit -l tells how much may be locked");
	return (-1);
}

static int
read_keyfile(struct backup_secret *s, int fd, const char *path,
    struct fail *f)
{
	const char *why;
	ssize_t n;

	if ((n = read(fd, s->p, KEYFILE_MAX + 1)) == -1)
		return (backup_errno(f, path));
	s->len = (size_t)n;
	if ((why = keyfile_bytes_wrong(s->p, s->len)) == NULL)
		return (0);
	fail_set(f, EXIT_CONFIG, "key file %s: %s", path, why);
	return (-1);
}

int
backup_secret_get(struct backup_secret *s, const char *keyfile, int again,
    struct fail *f)
{
	const char *why;
	int fd, r;

	s->how = keyfile != NULL ? BY_KEYFILE : BY_PASSPHRASE;
	s->len = 0;
	if ((s->p = sodium_malloc(KEYFILE_MAX + 1)) == NULL)
		return (no_memory(f));
	if (keyfile == NULL)
		return (phrase_read(s->p, KEYFILE_MAX, &s->len, again, f));
	fd = keyfile_open(keyfile, 1, geteuid(), &why);
	if (fd == -1) {
		fail_set(f, errno == 0 ? EXIT_CONFIG : EXIT_IO,
		    "key file %s: %s", keyfile, why);
		return (-1);
	}
	r = read_keyfile(s, fd, keyfile, f);
	(void)close(fd);
	return (r);
}

void
backup_secret_free(struct backup_secret *s)
{
	sodium_free(s->p);
	s->p = NULL;
	s->len = 0;
}

static int
from_passphrase(uint8_t *key, const struct backup_secret *s,
    const struct front *fr, struct fail *f)
{
	if (crypto_pwhash(key, BACKUP_KEY, (const char *)s->p, s->len,
	    fr->salt, fr->passes, (size_t)fr->kib * 1024,
	    crypto_pwhash_ALG_ARGON2ID13) == 0)
		return (0);
	fail_set(f, EXIT_CLAWBOT, "making a key of the passphrase takes %u "
	    "MiB of memory, which are not to be had", fr->kib / 1024);
	return (-1);
}

static void
from_keyfile(uint8_t *key, const struct backup_secret *s,
    const struct front *fr)
{
	static const char context[] = "clawbot-backup 1 keyfile";
	crypto_generichash_state h;
	uint8_t first[BACKUP_KEY];

	(void)crypto_generichash(first, sizeof(first), s->p, s->len, NULL,
	    0);
	(void)crypto_generichash_init(&h, first, sizeof(first), BACKUP_KEY);
	(void)crypto_generichash_update(&h, (const uint8_t *)context,
	    sizeof(context));
	(void)crypto_generichash_update(&h, fr->salt, BACKUP_SALT);
	(void)crypto_generichash_final(&h, key, BACKUP_KEY);
	sodium_memzero(first, sizeof(first));
	sodium_memzero(&h, sizeof(h));
}

static uint8_t *
derive(const struct backup_secret *s, const struct front *fr, struct fail *f)
{
	uint8_t *key;

	if ((key = sodium_malloc(BACKUP_KEY)) == NULL) {
		(void)no_memory(f);
		return (NULL);
	}
	if (fr->how == BY_KEYFILE) {
		from_keyfile(key, s, fr);
		return (key);
	}
	if (from_passphrase(key, s, fr, f) == 0)
		return (key);
	sodium_free(key);
	return (NULL);
}

uint8_t *
backup_key_make(const struct backup_secret *s, uint8_t front[BACKUP_FRONT],
    struct fail *f)
{
	struct front fr = { (uint8_t)s->how, 0, 0,
	    front + BACKUP_FRONT - BACKUP_SALT };
	struct buf b;

	if (s->how == BY_PASSPHRASE) {
		fr.passes = BACKUP_PASSES;
		fr.kib = BACKUP_KIB;
	}
	buf_init(&b, BACKUP_FRONT);
	buf_put(&b, BACKUP_MAGIC, sizeof(BACKUP_MAGIC) - 1);
	buf_put_u8(&b, fr.how);
	buf_put_u32(&b, fr.passes);
	buf_put_u32(&b, fr.kib);
	memcpy(front, b.data, b.len);
	buf_free(&b);
	randombytes_buf(front + BACKUP_FRONT - BACKUP_SALT, BACKUP_SALT);
	return (derive(s, &fr, f));
}

static int
front_ok(const struct front *fr)
{
	if (fr->how == BY_KEYFILE)
		return (fr->passes == 0 && fr->kib == 0);
	return (fr->how == BY_PASSPHRASE && fr->passes >= 1 &&
	    fr->passes <= PASSES_MAX && fr->kib >= KIB_MIN &&
	    fr->kib <= KIB_MAX);
}

uint8_t *
backup_key_of(const struct backup_secret *s,
    const uint8_t front[BACKUP_FRONT], struct fail *f)
{
	struct front fr;
	struct rd r;

	rd_init(&r, front, BACKUP_FRONT);
	if (memcmp(rd_view(&r, sizeof(BACKUP_MAGIC) - 1), BACKUP_MAGIC,
	    sizeof(BACKUP_MAGIC) - 1) != 0) {
		(void)backup_altered(f, "it is no backup of clawbot");
		return (NULL);
	}
	fr.how = rd_u8(&r);
	fr.passes = rd_u32(&r);
	fr.kib = rd_u32(&r);
	fr.salt = rd_view(&r, BACKUP_SALT);
	if (!front_ok(&fr)) {
		(void)backup_altered(f, "its front is not as it was written");
		return (NULL);
	}
	if (fr.how != (uint8_t)s->how) {
		fail_set(f, EXIT_USAGE, "the backup was encrypted with a %s",
		    fr.how == BY_KEYFILE ? "key file: give it with -k" :
		    "passphrase, not with a key file");
		return (NULL);
	}
	return (derive(s, &fr, f));
}
