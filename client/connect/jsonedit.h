/* SPDX-License-Identifier: ISC */
/*
 * Putting one thing into somebody's settings, and taking it out again: as a
 * change of the text, so that nothing else of it is touched.  JSON with
 * comments, trailing commas, bare keys and single quotes is read, too.
 */
#ifndef CLIENT_JSONEDIT_H
#define CLIENT_JSONEDIT_H

#define JSONEDIT_DEPTH	64

struct jsonedit {
	const char	*path[4];	/* keys down to it */
	const char	*key;		/* NULL: first of an array */
	char		*value;		/* JSON, two spaces a level */
	const char	*mark;		/* what has it in it is one of ours */
};

/*
 * 1 and the new text, to be freed; 0: it is so already (or, taking out: there
 * is none); -1 and *why (static), if that cannot be done without a loss.
 * A text without anything in it is an empty object.
 */
int	jsonedit_add(const char *text, const struct jsonedit *, char **out,
	    const char **why);
/* What was added and not changed is taken out to the byte; a document that is
 * nothing else becomes "". */
int	jsonedit_remove(const char *text, const struct jsonedit *, char **out,
	    const char **why);

#endif
