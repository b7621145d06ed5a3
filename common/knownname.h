/* SPDX-License-Identifier: ISC */
/* Names that tell that what stands behind them is a secret. */
#ifndef COMMON_KNOWNNAME_H
#define COMMON_KNOWNNAME_H

#include <stddef.h>

/*
 * Does a name of that many bytes tell it?  Its words, divided by - _ . or as in
 * camelCase, end in one or two that do: password, token, api key, ... ; so
 * PGPASSWORD, api.secretKey and x-auth-token do, max_tokens, tokenizer and
 * secret_name do not.
 */
int	 knownname_tells(const char *name, size_t len);

/* Is it one that names the header Authorization? */
int	 knownname_header(const char *name, size_t len);

/*
 * Of a value that stands behind such a name in code: is it a type, or says
 * that there is none?
 */
int	 knownname_type(const char *value, size_t len);

/* A program with options of one letter that a secret follows. */
struct knownprogram {
	const char	*name;
	const char	*apart;		/* letters: the next word is it */
	const char	*joined;	/* letters: the rest of it is one */
	const char	*user;		/* letters: USER:VALUE comes next */
};

/* The program of that name, whose directory is not looked at, or NULL. */
const struct knownprogram *knownname_program(const char *name, size_t len);

/* How services begin a secret, what it may consist of, and how much of that
 * there is at least. */
struct knownprefix {
	const char	*prefix;
	size_t		 least;
};

/* The one that text begins with, or NULL.  They consist of letters, digits,
 * - and _; a dot belongs to it where dots is set. */
const struct knownprefix *knownname_prefix(const char *text, size_t len);

#endif
