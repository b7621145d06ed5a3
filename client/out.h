/* SPDX-License-Identifier: ISC */
/*
 * Output: rows of fields as tables for people and as JSON for programs, and
 * getting at single fields.  Everything that reaches a terminal is escaped.
 */
#ifndef CLIENT_OUT_H
#define CLIENT_OUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "client/cli.h"
#include "common/buf.h"
#include "common/field.h"

/* 0 if the fields are well-formed to the bottom, no key twice, else -1. */
int	row_check(const void *, size_t);
/* A copy, or NULL if there is no such string. */
char	*row_str(const void *, size_t, const char *key);
/* Is there a number with that key?  A bool counts; i64 must not be < 0. */
int	row_num(const void *, size_t, const char *key, uint64_t *);
/* Is there a field with that key? */
int	row_has(const void *, size_t, const char *key);
/* Has a text, or one of a list, characters that esc_foreign() is for? */
int	row_foreign(const void *, size_t, const char *key);
/* Appends one field's value for people, escaped; nothing if absent. */
void	row_show(struct buf *, const void *, size_t, const char *key);
/* The same for a field in hand. */
void	field_show(struct buf *, const struct field *);

/* Appends "1h02m" and the like. */
void	out_age(struct buf *, uint64_t ms);
/* Appends "alice (1000)", or the number. */
void	out_user(struct buf *, uint64_t uid);
/* Does this stream take colour?  (NO_COLOR, isatty, TERM) */
int	out_colour(FILE *);
/* Writes b and frees it. */
void	out_buf(FILE *, struct buf *);

/* A table for people; columns as wide as they must be. */
struct table {
	const char	*const *heads;
	size_t		 ncols;
	size_t		 state;		/* column to colour, or ncols */
	char		**cells;
	size_t		 n;
	size_t		 width;		/* the last column ends there, and
					   says if it was cut; 0: nowhere */
};

void	table_init(struct table *, const char *const *heads, size_t ncols,
	    size_t state);
/* Takes what was put into b as the next cell, and empties b. */
void	table_cell(struct table *, struct buf *b);
/* Prints on standard output. */
void	table_print(const struct table *);
void	table_free(struct table *);

/* Rows gathered into {"name":[...]}. */
struct jrows {
	struct buf	b;
	size_t		n;
};

void	jrows_init(struct jrows *, const char *name);
/* 0, or -1 and *f. */
int	jrows_add(struct jrows *, const void *, size_t, struct fail *);
int	jrows_print(struct jrows *, struct fail *);
void	jrows_free(struct jrows *);
/* {"key":"value","what":"done"} on one line. */
void	out_done(const char *key, const char *value, const char *done);

#endif
