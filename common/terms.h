/* SPDX-License-Identifier: ISC */
/*
 * THE terms of a run: what it may do.  A skill gives them, the executor is
 * told them, and a plan holds those of its run; in all three they are one
 * struct terms, and each term has one row here.  From it come the key in
 * skills.NAME, what -T and an approver are shown, the codec, and the check
 * that a plan has the terms that its skill gives.
 *
 * The account is none of them: a skill names one or says "caller", and a plan
 * has the one that came of it.
 */
#ifndef COMMON_TERMS_H
#define COMMON_TERMS_H

#include <stddef.h>
#include <stdint.h>

#include "limits.h"
#include "shape.h"
#include "xmalloc.h"

#define PLAN_MAXSECRETS	32
#define PLAN_MAXPATH	4096
#define PLAN_MAXNAME	128
#define TERMS_MAXLIST	256	/* paths or names in one list */

/* The network a run gets: none, the host's, or one that it is alone in. */
enum { PLAN_NET_NONE = 0, PLAN_NET_HOST = 1, PLAN_NET_LOOPBACK = 2 };
/* How a secret reaches the run. */
enum { PLAN_SECRET_ENV = 1, PLAN_SECRET_FILE = 2 };

/*
 * PATHS(KEY, field): absolute paths in normal form
 * NAMES(KEY, field): names in what it may write, see protect.h
 * CHOICE(KEY, field, greatest value, words): one of some words (terms.c)
 * CHANNEL(KEY, field): a channel that its runs ask on, from inside; "": none
 * SECRETS(KEY, field, how): names, sorted, and PLAN_SECRET_* for each
 *
 * The order is that of the wire and of -T; a change of it changes every plan
 * digest.
 */
#define TERMS_TABLE(PATHS, NAMES, CHOICE, CHANNEL, SECRETS)		\
PATHS("read", read)							\
PATHS("write", write)							\
NAMES("protect", protect)						\
PATHS("sockets", sockets)						\
CHOICE("network", network, PLAN_NET_LOOPBACK, network_words)		\
CHANNEL("channel", inner_channel)					\
SECRETS("secrets", secrets, secret_how)

#define TERMS_LIST(key, field)			struct strv field;
#define TERMS_CHOICE(key, field, max, words)	uint32_t field;
#define TERMS_CHANNEL(key, field)		char *field;
#define TERMS_SECRETS(key, field, how)		struct strv field;	\
	uint8_t how[PLAN_MAXSECRETS];
#define TERMS_MEMBERS							\
	TERMS_TABLE(TERMS_LIST, TERMS_LIST, TERMS_CHOICE,		\
	    TERMS_CHANNEL, TERMS_SECRETS)				\
	struct limits limits;

struct terms {
	TERMS_MEMBERS
};

/* Terms as a part of something: all of them, and each by its name. */
#define TERMS								\
	union {								\
		struct terms terms;					\
		struct { TERMS_MEMBERS };				\
	}

enum term_kind { TERM_PATHS, TERM_NAMES, TERM_CHOICE, TERM_CHANNEL,
    TERM_SECRETS };

struct term_row {
	enum term_kind		  kind;
	const char		 *key;
	size_t			  off;		/* into struct terms */
	const char *const	 *words;	/* TERM_CHOICE: by value */
};

#define TERMS_ONE2(key, field)			+ 1
#define TERMS_ONE3(key, field, how)		+ 1
#define TERMS_ONE4(key, field, max, words)	+ 1
enum { TERMS_N = 0
    TERMS_TABLE(TERMS_ONE2, TERMS_ONE2, TERMS_ONE4, TERMS_ONE2,
    TERMS_ONE3) };
extern const struct term_row term_rows[TERMS_N];
extern const char *const network_words[];
/* The index is PLAN_SECRET_* less 1. */
extern const char *const term_secret_words[];

extern const struct shape terms_shape;

/* What was in the first one is not freed. */
void	terms_copy(struct terms *, const struct terms *);
/* The member in which two differ, "limits" among them, or NULL. */
const char *terms_differ(const struct terms *, const struct terms *);
/*
 * As fields of field.h, for people: sockets and the channel only where there
 * are any, the latter as "inner_channel", since who asks has one too.
 */
void	terms_show(struct buf *, const struct terms *);

#endif
