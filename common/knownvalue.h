/* SPDX-License-Identifier: ISC */
/*
 * What stands where a secret would, for knownsecret.h: is it one, or does it
 * only say where one is?  And in which quotes does it stand?
 */
#ifndef COMMON_KNOWNVALUE_H
#define COMMON_KNOWNVALUE_H

#include <stddef.h>

/* Are all n bytes of it in set? */
int	 knownvalue_all(const char *p, size_t n, const char *set);
/*
 * Does it only say where the value is, as $NAME, or that there is none?  quote
 * is that in which it stands, or 0.
 */
int	 knownvalue_refers(const char *p, size_t n, char quote);
/*
 * Of a value in no quotes that next follows, or '\0': is it a type, a count,
 * another name, or a call?  code: it stands behind a colon and a blank.
 */
int	 knownvalue_code(const char *p, size_t n, char next, int code);
/*
 * Of a value in no quotes that rest bytes follow: is it the first word of what
 * a program says of the thing so named, as in "token: cannot be read"?  Such
 * are the words that are listed, where another follows in the line.
 */
int	 knownvalue_message(const char *p, size_t n, size_t rest);
/*
 * LINE: or LINE:COLUMN: of a file.  path: its name is the last part of one;
 * where it is not, numbers are short.
 */
int	 knownvalue_place(const char *p, size_t n, int path);
/* NAME=..., which is a list of such: --secret id=NAME,src=FILE */
int	 knownvalue_list(const char *p, size_t n);
/* The letters before the quote of a string, as in b'...', or 0. */
size_t	 knownvalue_prefix(const char *p, size_t n);
/* Is what the quotes at and end hold a raw string that is an expression? */
int	 knownvalue_expression(const char *text, size_t at, size_t end);
/*
 * Can all of it, which stands in quotes, be one value?  What reads as something
 * to run is none: whoever wrote it would have all of it hidden by giving it a
 * name; and what divides commands is rather what stands between two strings.
 */
int	 knownvalue_one(const char *p, size_t n);

/* Quotes as a shell and most languages read them; zeroed at the beginning. */
struct knownquotes {
	size_t	seen;
	char	open;
	int	comment;
};
/* The one that is open before the byte at, or 0; at does not get less. */
char	 knownquotes_at(struct knownquotes *, const char *text, size_t at);

#endif
