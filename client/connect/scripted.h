/* SPDX-License-Identifier: ISC */
/*
 * A model that is none: whatever an agent asks it, it has the agent call its
 * tools one after the other, with what harms nobody, and says a word behind
 * the last one.  What a request is answered with is a matter of the
 * conversation in it alone.  The protocols are those of the agents: Messages,
 * Responses, Chat and GenerateContent, each as a stream where that is asked
 * for.
 */
#ifndef CLIENT_SCRIPTED_H
#define CLIENT_SCRIPTED_H

#include <jansson.h>

#include <stddef.h>

#include "common/buf.h"

/* In this order: those behind one that waits for a person are not tried. */
enum scripted_step {
	SCRIPTED_SERVER,	/* run_command of our server, as a dry run */
	SCRIPTED_LOOK,		/* its shell: where does this run? */
	SCRIPTED_WRITE,		/* its tool for files: DIR/written */
	SCRIPTED_TOUCH,		/* its shell: DIR/touched */
	SCRIPTED_LONG,		/* its shell: what our hook never allows */
	SCRIPTED_STEPS
};

struct scripted {
	const char	*dir;
	size_t		 asked;		/* requests with tools in them */
	int		 called[SCRIPTED_STEPS];
	char		*told[SCRIPTED_STEPS];	/* by the tool; NULL: nothing */
};

/* What it says next: a call of that tool, or a word. */
struct scripted_say {
	const char	*name;		/* of the tool; NULL: no call */
	const char	*space;		/* what its name stands in, or NULL */
	json_t		*args;
	char		 id[32];	/* of the call: no two have one */
	int		 stream;	/* as events */
};

void	scripted_init(struct scripted *, const char *dir);
void	scripted_free(struct scripted *);
/*
 * The answer to what was posted to that path: 0, its body and the name of its
 * type; -1 if it is none that is known.
 */
int	scripted_answer(struct scripted *, const char *path, const char *body,
	    size_t, struct buf *, const char **type);

/* Documents of each protocol, for scripted_answer(); see scriptedsay.c. */
void	scripted_messages(const struct scripted_say *, struct buf *);
void	scripted_responses(const struct scripted_say *, struct buf *);
void	scripted_chat(const struct scripted_say *, struct buf *);
void	scripted_content(const struct scripted_say *, struct buf *);

#endif
