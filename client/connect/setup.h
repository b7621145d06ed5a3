/* SPDX-License-Identifier: ISC */
/* What there is to be set up in each agent: THE table of these. */
#ifndef CLIENT_SETUP_H
#define CLIENT_SETUP_H

#include <stddef.h>

#include "client/cli.h"
#include "client/connect/jsonedit.h"
#include "client/connect/tomledit.h"

#define SETUP_PARTS	4

enum setup_kind {
	SETUP_JSON,
	SETUP_TOML,
	SETUP_FILE		/* all of it is ours */
};

struct setup_part {
	enum setup_kind	 kind;
	char		*file;		/* absolute */
	struct jsonedit	 json;
	char		*text;		/* a block, or a file */
};

struct setup {
	const char	*agent;
	const char	*name;		/* for people */
	size_t		 n;
	struct setup_part part[SETUP_PARTS];
	const char	*then;		/* what is left to be done, or NULL */
	const char	*holes;		/* what it does not stop */
};

/* What the table makes of an agent's name; -1 and *f if there is none of that,
 * or no place for settings. */
int	setup_make(struct setup *, const char *agent, const struct cli *,
	    const char *skill, struct fail *);
void	setup_free(struct setup *);
/* Tables of the block of a SETUP_TOML. */
extern const struct tomltable setup_tables[];
/* 1 and the new text; 0: there is nothing to be done; -1 and *why. */
int	setup_change(const struct setup_part *, int remove, const char *text,
	    char **out, const char **why);

#endif
