/* SPDX-License-Identifier: ISC */
/*
 * approvals --watch on a terminal: what waits as a list, one of them in full,
 * and the answers to them.  What comes from the daemon changes only what is
 * listed: who is looked at and what is answered go by their ids.
 */
#ifndef CLIENT_DESK_H
#define CLIENT_DESK_H

#include <stddef.h>
#include <stdint.h>

#include "client/cli.h"
#include "client/inbox.h"
#include "client/keyseq.h"
#include "client/lasting.h"
#include "client/perusal.h"

#define DESK_FILTER	128

enum desk_pane {
	PANE_LIST,
	PANE_DETAIL,		/* one of them, to be read */
	PANE_ASK,		/* ... is it to run? */
	PANE_TEXT		/* help, all there is to it, a file */
};

/* What is being typed. */
enum desk_edit { EDIT_NONE, EDIT_FILTER, EDIT_DENY, EDIT_FILE, EDIT_AGAIN };

struct desk {
	const struct cli *cli;
	struct inbox	 in;
	enum desk_pane	 pane;
	int		 quit;

	/* the list */
	uint64_t	 chosen;	/* 0: the first */
	size_t		 top;		/* the first that is on the screen */
	char		 filter[DESK_FILTER];

	/* the one that is looked at */
	uint64_t	 open;
	unsigned	 serial;	/* of the item that was read */
	struct perusal	 read;
	size_t		 at;		/* its first line on the screen */
	int		 lasts;		/* it says what yes is for later on */
	struct lasting	 want;		/* with lasts */
	char		 wanted[PLAN_MAXREASON + 1];	/* as it was typed */
	struct lastweek	*look;		/* that is under way, before lasts */

	/* the text */
	enum desk_pane	 back;		/* from where */
	char		 title[64];
	struct strv	 text;
	size_t		 text_at;

	/* what is typed, and for which one */
	enum desk_edit	 edit;
	uint64_t	 about;
	char		 line[PLAN_MAXREASON + 1];
	size_t		 len;

	/* an answer that is under way */
	struct conn	*answer;
	uint64_t	 answered;
	const char	*done;		/* what has become of it then */
	char		 standing[RUNID_TEXT];	/* that was given, or "" */

	char		 note[1024];	/* the last thing that is to be said */
	unsigned	 rung;		/* in.came when the bell was */
	size_t		 titled;	/* so many waits, says the title; + 1 */
	size_t		 rows;		/* of the screen that was drawn */
	size_t		 cols;
	struct keyseq	 keys;
};

/* desk.c: until it is left; the exit status. */
int	desk_run(const struct cli *);

/* deskanswer.c.  One answer at a time; what comes of it is noted. */
void	desk_note(struct desk *, const char *, ...)
	    __attribute__((__format__ (printf, 2, 3)));
/* Once, or, with lasts, what it says. */
void	desk_approve(struct desk *, const struct inbox_item *);
void	desk_deny(struct desk *, uint64_t id, const char *why);
/* Its connection is readable. */
void	desk_answered(struct desk *);

/* deskdraw.c */
void	desk_draw(struct desk *);
/* So many lines of the text or of what is looked at are on the screen. */
size_t	desk_lines(const struct desk *);
/* Those of the list that the filter lets through, to be freed. */
struct inbox_item **desk_shown(const struct desk *, size_t *n);

/* deskstand.c: it is read from its beginning. */
void	desk_read(struct desk *, const struct inbox_item *);
/*
 * What is typed says what yes is for later on: that is to be read with it, and
 * asked about where all of it is on the screen.  Else it is noted why not.
 */
void	desk_again(struct desk *, struct inbox_item *);
/* What of it there was in the last week: there is something to be read. */
void	desk_looked(struct desk *);
/* It is not looked for any more. */
void	desk_look_end(struct desk *);
/* Yes is for once again. */
void	desk_once(struct desk *);

/* deskkeys.c: 1 if what was typed with it in advance is to be dropped. */
int	desk_key(struct desk *, int key);
/* The one that is looked at is over, or another one: it is made anew. */
void	desk_refresh(struct desk *);

#endif
