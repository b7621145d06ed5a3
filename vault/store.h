/* SPDX-License-Identifier: ISC */
/*
 * The vault file in memory, its parser and its writer; its bytes are those of
 * clawbot-vault(5).  What is parsed here is not yet authenticated: store_parse
 * takes it apart under fixed bounds, the caller opens a slot, compares the MAC,
 * and store_open_index then gives names to the records.  No value is ever in a
 * struct store, only messages.
 */
#ifndef VAULT_STORE_H
#define VAULT_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/msg.h"
#include "vault/keyring.h"

#define STORE_MAX		(16U * 1024 * 1024)
#define STORE_MAXSLOTS		16U
#define STORE_MAXRECORDS	4096U
#define STORE_MAXSECRETS	1024U		/* names in force */
#define STORE_MAXTYPE		16U
#define STORE_MAXPARAMS		255U
#define STORE_MAXWRAPPED	4096U
#define STORE_MAXEXTRA		1024U
#define STORE_MAXINDEX		(4U * 1024 * 1024)	/* its message */
#define STORE_DIGEST		32U
#define STORE_KEPT_MAX		MSG_KEPT_MAX /* earlier versions of a name */
/* Of the file, and of a secret: 18 digits, which cannot overflow. */
#define STORE_VERSION_MAX	UINT64_C(999999999999999999)

#define STORE_INDEX_PAD		512U
#define STORE_VALUE_PAD		256U
#define STORE_VALUE_MAX		MSG_SECRET_MAX
/* A record's text at most: length, value, padding. */
#define STORE_TEXT_MAX		(STORE_VALUE_MAX + STORE_VALUE_PAD)

enum { STORE_CURRENT = 1, STORE_EARLIER = 2 };

struct store_slot {
	char		 type[STORE_MAXTYPE + 1];
	uint8_t		*label;
	size_t		 labellen;
	uint8_t		*params;
	size_t		 nparams;
	uint8_t		*wrapped;
	size_t		 nwrapped;
};

struct store_entry {
	uint8_t		*msg;		/* the record's message */
	size_t		 len;
	/* Below: once the index is open. */
	char		*name;
	uint64_t	 version;
	uint64_t	 written;
	uint64_t	 created;
	uint64_t	 changed;
	uint8_t		 state;		/* STORE_CURRENT, STORE_EARLIER */
	uint8_t		*extra;
	size_t		 nextra;
};

struct store {
	int		 bundle;	/* it is for another machine */
	uint8_t		 id[KEYRING_ID];
	uint64_t	 version;
	uint8_t		 previous[STORE_DIGEST];
	unsigned	 cipher;
	struct store_slot slots[STORE_MAXSLOTS];
	size_t		 nslots;
	uint8_t		*index;		/* its message */
	size_t		 nindex;
	struct store_entry *entries;
	size_t		 nentries;
	uint8_t		 mac[KEYRING_MAC];
	size_t		 macoff;	/* the MAC covers so many bytes */
};

/* An empty one; store_free overwrites and releases it, NULL is fine. */
struct store	*store_new(void);
void		 store_free(struct store *);
struct store	*store_clone(const struct store *);

/*
 * Takes a file apart.  NULL and *out, or the reason (static text) and *line,
 * the number of the line that is wrong.
 */
const char	*store_parse(const char *, size_t, struct store **out,
		    unsigned *line);
/* The same of a file for another machine, which is no vault. */
const char	*store_parse_bundle(const char *, size_t, struct store **out,
		    unsigned *line);
/* Everything but the line of the MAC.  Sets macoff. */
void		 store_put(struct buf *, struct store *);
void		 store_put_mac(struct buf *, const uint8_t mac[KEYRING_MAC]);
/* Does this begin as a vault file does? */
int		 store_is_vault(const char *, size_t);
/* Is there a line that sets a variable? */
int		 store_is_dotenv(const char *, size_t);

/* The index as text, and back; 0, or -1 if it is malformed. */
void		 store_put_index(struct buf *, const struct store *);
int		 store_get_index(struct store *, const uint8_t *, size_t);
/* Makes st->index anew from the entries, for st->version. */
int		 store_seal_index(struct store *, struct keyring *);
/*
 * The whole file, sealed anew, with its MAC: 0, or -1 if it does not fit b or
 * encrypting failed.
 */
int		 store_write(struct buf *b, struct store *, struct keyring *);
/* Is the MAC that of these bytes?  Then opens the index.  NULL, or what is
 * wrong (static text). */
const char	*store_check(struct store *, struct keyring *, const void *);
/* Decrypts and decodes st->index. */
int		 store_open_index(struct store *, struct keyring *);

int		 store_name_ok(const char *);
/* The entry in force of this name, or NULL. */
struct store_entry *store_find(struct store *, const char *name);
size_t		 store_count(const struct store *);
/*
 * Encrypts the value at text + 4, of len bytes, as the secret's next version,
 * to be written with file version st->version, and puts it in the place of
 * all that the name had.  text is guarded memory of STORE_TEXT_MAX bytes.
 * 0, or -1 if there is no more room or encrypting failed, or the name has
 * STORE_VERSION_MAX.
 */
int		 store_set(struct store *, struct keyring *, const char *name,
		    uint8_t *text, size_t len, uint64_t now);
/*
 * Likewise, but the value in force stays, as an earlier version, until a time;
 * -1 also if there is none in force, or STORE_KEPT_MAX earlier ones.
 */
struct store_when {
	uint64_t	now;		/* seconds since 1970 */
	uint64_t	until;
};
int		 store_rotate(struct store *, struct keyring *,
		    const char *name, uint8_t *text, size_t len,
		    const struct store_when *);
/* Why store_set and store_rotate of a name give -1; static text. */
const char	*store_no_room(struct store *, const char *name);
/* Removes earlier versions of which the time is over; how many. */
size_t		 store_expire(struct store *, const char *name, uint64_t now);
/*
 * Encrypts the same value, as store_value has it, by another key in its place.
 * 0 or -1.
 */
int		 store_seal_value(const struct store *, struct keyring *,
		    struct store_entry *, uint8_t *text, size_t len);
/*
 * Takes over an entry of another store, of which the value is at text + 4: with
 * its version, times and what more it says, to be written with st->version.
 * 0, or -1 as store_set, or if the name has that version.
 */
int		 store_take_over(struct store *, struct keyring *,
		    const struct store_entry *, uint8_t *text, size_t len);
/* Removes all that the name has; 0, or -1 if it has nothing. */
int		 store_remove(struct store *, const char *name);
/*
 * Decrypts the entry into text, guarded memory of STORE_TEXT_MAX bytes; the
 * value is *len bytes at text + 4.  0 or -1.
 */
int		 store_value(const struct store *, struct keyring *,
		    const struct store_entry *, uint8_t *text, size_t *len);

#endif
