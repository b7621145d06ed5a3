/* SPDX-License-Identifier: ISC */
/*
 * What opens slots of the vault, on its way from a person to the vault: typed
 * without echo, a line of standard input where that is no terminal, or a file.
 * It stands in locked memory and goes into a pipe that the daemon makes.
 */
#ifndef CLIENT_SLOTKEY_H
#define CLIENT_SLOTKEY_H

#include <stddef.h>
#include <stdint.h>

#include "client/conn.h"
#include "common/buf.h"
#include "common/keyin.h"
#include "common/payload.h"

/* Slots as SLOT_LIST tells of them. */
struct slot_told {
	char		*type;
	char		*label;
};
#define SLOTS_TOLD	16U
/* Where the service manager has the credential of vault.unlock. */
#define SLOTKEY_CREDENTIAL "/run/credentials/clawbotd.service/clawbot.key"

struct slotkey {
	uint8_t		*bytes;		/* keyin.h, KEYIN_BYTES */
	size_t		 len;
	uint8_t		*line;		/* two lines of KEYFILE_MAX + 1 */
	struct slot_told slots[SLOTS_TOLD];
	size_t		 nslots;
	uint8_t		 seen[MSG_SLOTS_SEEN];	/* of all of them */
	int		 looked;	/* the host's configuration was read: */
	int		 unread;	/* errno, where it could not be */
	char		*keyfile;	/* its key file of the vault, or NULL */
};

/* 0, or -1 and *f; slotkey_free after either. */
int	slotkey_new(struct slotkey *, struct fail *);
void	slotkey_free(struct slotkey *);
/* Asks the daemon which slots there are. */
int	slotkey_slots(struct slotkey *, struct conn *, struct fail *);
int	slotkey_has_phrase(const struct slotkey *);
/*
 * Adds a passphrase, or the bytes of a file, for a slot (keyin.h).  An empty
 * passphrase is an error, unless empty: then it adds nothing and gives 1.
 */
int	slotkey_phrase(struct slotkey *, const char *prompt, unsigned slot,
	    int empty, struct fail *);
int	slotkey_new_phrase(struct slotkey *, struct fail *);
int	slotkey_file(struct slotkey *, const char *path, unsigned slot,
	    struct fail *);
/*
 * The same, of the file that the label of slot i, from 0, names.  The label is
 * the daemon's word: nothing is read for it that this host's configuration does
 * not have the vault opened with.
 */
int	slotkey_labelled(struct slotkey *, size_t i, unsigned slot,
	    struct fail *);
/*
 * Adds what opens any slot: the file, if one is given; else a passphrase, if
 * a slot has one; else a file that a slot's label names.
 */
int	slotkey_any(struct slotkey *, const char *file, struct fail *);
/* What may come besides; a function that is NULL: it may not. */
struct slotkey_more {
	/* A second PIPE, which it takes; -1 and *f ends it. */
	int		(*pipe)(int fd, void *, struct fail *f);
	conn_row_cb	 row;
	void		*arg;
};
/*
 * Asks, writes the keys into the PIPE that comes, and waits for the END, whose
 * text is *text.  more: NULL: nothing.
 */
int	slotkey_ask(struct slotkey *, struct conn *, unsigned type,
	    const struct buf *, const struct slotkey_more *more, char **text,
	    struct fail *);

#endif
