/* SPDX-License-Identifier: ISC */
/*
 * The key of a backup, of a passphrase or of a key file, both of which are
 * held in locked memory between guard pages.
 */
#ifndef CLIENT_BACKUPKEY_H
#define CLIENT_BACKUPKEY_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"

#define BACKUP_MAGIC	"clawbot-backup 1\n"
#define BACKUP_SALT	16U
/* All in front of the header of the stream. */
#define BACKUP_FRONT	(sizeof(BACKUP_MAGIC) - 1 + 9 + BACKUP_SALT)
#define BACKUP_KEY	32U

enum backup_how { BY_PASSPHRASE = 1, BY_KEYFILE = 2 };

/* What the key is made of. */
struct backup_secret {
	enum backup_how	 how;
	uint8_t		*p;
	size_t		 len;
};

/*
 * The bytes of that file, or with NULL what is typed on the terminal, again:
 * twice.  0, or -1 and *f; backup_secret_free() after either.
 */
int	backup_secret_get(struct backup_secret *, const char *keyfile,
	    int again, struct fail *);
void	backup_secret_free(struct backup_secret *);

/*
 * A new front, with salt and costs, and its key, which is locked memory and
 * to be freed by sodium_free().  NULL and *f.
 */
uint8_t	*backup_key_make(const struct backup_secret *,
	    uint8_t front[BACKUP_FRONT], struct fail *);
/* The key of a front that came from elsewhere; likewise. */
uint8_t	*backup_key_of(const struct backup_secret *,
	    const uint8_t front[BACKUP_FRONT], struct fail *);

#endif
