/* SPDX-License-Identifier: ISC */
/*
 * A value on its way to the vault: where it is held, which one is taken, and
 * the request that stores it.
 */
#ifndef CLIENT_SECRETVALUE_H
#define CLIENT_SECRETVALUE_H

#include <stddef.h>
#include <stdint.h>

#include "client/conn.h"

#define SECRET_MAX	65536	/* bytes, as the vault's format has it */
#define SECRET_ROOM	(2U * SECRET_MAX)

/* The value, and behind it room for a second one to compare with. */
struct secret_value {
	uint8_t	*map;
	size_t	 maplen;
	uint8_t	*p;		/* SECRET_ROOM bytes */
	size_t	 len;
};

/* Locked pages between guard pages, in no core.  0, or -1 and *f. */
int	secret_value_new(struct secret_value *, struct fail *);
/* Wiped, and given back. */
void	secret_value_free(struct secret_value *);
/* What comes out of a pipe may end in one newline, which is none of it. */
void	secret_value_chomp(struct secret_value *);
/*
 * 0, or -1 and *f: the vault does not take it, or, unless as_it_is, it could
 * not be hidden in output; then *f has a hint.
 */
int	secret_value_check(const struct secret_value *, int as_it_is,
	    struct fail *);

/* What is asked for, and with which options. */
struct storing {
	unsigned	 type;		/* MSG_SECRET_SET, _ROTATE */
	const char	*name;
	uint32_t	 keep_s;	/* of these */
	int		 as_it_is;	/* --unmaskable */
	uint64_t	 from;		/* the version that the value was made
					   for; 0: any */
};

/* Sends it; storing_hand_over() goes on. */
int	storing_ask(struct conn *, const struct storing *, struct fail *);
/* Tells what became of it, in END's words. */
void	storing_say(const struct cli *, const char *name, const char *text);

#endif
