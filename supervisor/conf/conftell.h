/* SPDX-License-Identifier: ISC */
/* A configuration that somebody else has a look at, too, and tells of. */
#ifndef SUPERVISOR_CONFTELL_H
#define SUPERVISOR_CONFTELL_H

#include "supervisor/conf/conf.h"

/*
 * A key, "vault", "unlock" for instance, and an entry of its list by its
 * number, or -1; or by its text, or NULL.
 */
struct conf_place {
	const char	*key[3];
	int		 entry;
	const char	*text;
};
/* There is something wrong there; with note, only worth saying. */
void		 conf_tell(struct conf_told *, int note,
		    const struct conf_place *, const char *, ...)
		    __attribute__((__format__ (printf, 4, 5)));

/* One thing that is wrong, or with note only worth saying. */
struct conf_said {
	const char	*file;
	unsigned	 line;
	unsigned	 col;		/* in characters, from 1 */
	int		 note;
	int		 unread;	/* nothing could be read */
	const char	*key;		/* skills.dev.allow[2], or "" */
	const char	*text;
};
/* Who hears of it: a stream, or where that is NULL, hear(). */
struct conf_ear {
	FILE	*out;
	void	(*hear)(void *, const struct conf_said *);
	void	*arg;
};

/*
 * As conf_load, of a file that may be a draft of anybody's, which is told then;
 * no more than ten thousand things are.
 */
struct conf	*conf_draft(const char *path, const struct conf_ear *,
		    conf_look *look);
/* The same for text in memory. */
struct conf	*conf_draft_text(const char *path, const char *text,
		    size_t len, const struct conf_ear *, conf_look *look);

#endif
