/* SPDX-License-Identifier: ISC */
/*
 * A change of the vault, of which there is at most one: change.c prepares it
 * and puts it in force, value.c reads a value for it, import.c many of them.
 */
#ifndef VAULT_CHANGE_H
#define VAULT_CHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "common/plan.h"
#include "vault/vault.h"

enum change_kind {
	CHANGE_SET, CHANGE_ROTATE, CHANGE_RM, CHANGE_EXPIRE, CHANGE_IMPORT,
	CHANGE_SLOTS, CHANGE_RECOVER, CHANGE_BRING
};

struct event;

enum import_part { PART_LENGTH, PART_NAME, PART_VALUE, PART_END };

/* How far many secrets have come; import.c. */
struct import {
	enum import_part part;
	/* length of the name, the name, length of the value */
	uint8_t		 head[4 + KEYRING_NAME + 4];
	size_t		 got;		/* bytes of this part */
	size_t		 want;
	char		 name[KEYRING_NAME + 1];
	struct strv	 names;		/* that are in the next store */
	unsigned	 created;	/* of these */
};

/* What comes from another machine; bring.c. */
struct bring {
	uint8_t		 digest[STORE_DIGEST];	/* of the bundle */
	struct strv	 names;		/* that are in the next store */
	unsigned	 created;	/* of these */
	unsigned	 kept;		/* besides: they had these values */
};

struct change {
	uint64_t	 id;
	enum change_kind kind;
	char		*name;
	uint32_t	 keep_s;	/* CHANGE_ROTATE */
	int		 trial;		/* nothing is to come of it */
	struct import	*import;	/* CHANGE_IMPORT */
	struct bring	*bring;		/* CHANGE_BRING */
	int		 fd;		/* the value's pipe, or -1 */
	struct event	*ev;
	uint64_t	 deadline;
	uint8_t		*text;		/* guarded; the value at text + 4 */
	size_t		 len;
	struct store	*next;		/* once it is being made */
	struct keyring	*keys;		/* of next; NULL: as they are */
	void		*mem;		/* where these stand */
	char		*said;		/* answered; NULL: what was changed */
	uint8_t		 digest[STORE_DIGEST];
	char		 tmp[VFILE_TMP];
};

/*
 * Begins one; NULL, and the request was answered.  wrong: with the name, or
 * NULL.
 */
struct change *change_start(struct vault *, enum change_kind, uint64_t id,
	    const char *name, const char *wrong);
/* Forgets it, and answers why it is not made. */
void	 change_fail(struct vault *, enum cberr, const char *, ...)
	    __attribute__((__format__ (printf, 3, 4)));
/* Waits for its event until the deadline. */
void	 change_arm(struct change *);
/* The value's memory and pipe are not needed any more. */
void	 change_value_free(struct change *);
/* value.c: has the pipe read by fn into text, or fails.  Takes fd. */
void	 change_read(struct vault *, int fd, void (*fn)(int, short, void *));
/* A copy of what is in force, for the next file. */
struct store *change_successor(const struct vault *);
/* next is as it shall be: writes it, and waits for the word. */
void	 change_prepare(struct vault *);

#endif
