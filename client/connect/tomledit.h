/* SPDX-License-Identifier: ISC */
/*
 * A block of tables at the end of somebody's TOML, between two comments, and
 * out again, to the byte.
 */
#ifndef CLIENT_TOMLEDIT_H
#define CLIENT_TOMLEDIT_H

/* A table that a block has, as its keys; NULL behind them. */
struct tomltable {
	const char	*keys[4];
	int		 list;		/* [[of.these]]; others may be there */
};

/*
 * 1 and the new text, to be freed; 0: it is so already (or there is none to
 * take out); -1 and *why (static).  tables ends with one without keys.
 */
int	tomledit_add(const char *text, const char *block,
	    const struct tomltable *tables, char **out, const char **why);
int	tomledit_remove(const char *text, char **out, const char **why);

#endif
