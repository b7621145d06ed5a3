/* SPDX-License-Identifier: ISC */
/*
 * Secrets that give themselves away, by what is written before them or by
 * their own shape, in a word of a command, a shell line, a header, a URL, code
 * or a file of settings:
 *
 *	NAME=VALUE, NAME: VALUE, "NAME": "VALUE"	for names that tell, as
 *		DB_PASSWORD, apiKey, x-auth-token (knownname.h)
 *	--NAME VALUE, and short options of some programs (curl -u USER:VALUE)
 *	Authorization: SCHEME VALUE, Bearer VALUE
 *	SCHEME://USER:VALUE@HOST
 *	private keys, JSON web tokens, and what services begin theirs with
 *
 * Found is the value alone, up to where it ends: a blank, a quote, one of
 * & ; | < > ( ) , }.  What only refers to a value is none: $NAME, $(COMMAND),
 * {{ NAME }}, <name>, a call, the name of a type; nor is one what a program
 * says of the thing so named: "token: cannot be read".  Time is linear in the
 * text.
 */
#ifndef COMMON_KNOWNSECRET_H
#define COMMON_KNOWNSECRET_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sets those of the len bytes of hide to 1 that belong to a secret in the len
 * bytes of text, which need not be text.  How many stretches that were.
 */
size_t	 knownsecret_find(const char *text, size_t len, uint8_t *hide);

/*
 * The same in a word of a command: program is its argument 0, before the word
 * that stands before this one; each may be NULL.
 */
size_t	 knownsecret_word(const char *program, const char *before,
	    const char *text, size_t len, uint8_t *hide);

#endif
