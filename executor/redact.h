/* SPDX-License-Identifier: ISC */
/*
 * logging.redact and logging.redactKnown: what of a command is hidden before
 * it is logged.  Each match of a pattern, and each secret of a known shape
 * (common/knownsecret.h), becomes a mark, and so does what the vault has, which
 * is known by fingerprints alone; where a pattern takes too long on a string,
 * all of the string does.  A mark has the length of what it hides, and
 * the first bytes of the keyed BLAKE2b of that.  What looks like the beginning
 * of one in the words of an agent is hidden, too, so that no mark is its own.
 */
#ifndef EXECUTOR_REDACT_H
#define EXECUTOR_REDACT_H

#include "common/payload.h"
#include "common/plan.h"

struct redact;

/* NULL and the reason in err if a pattern cannot be compiled.  known: what has
 * a known shape is hidden as well.  key: REDACT_KEY bytes, which stay the
 * caller's and where they are. */
#define REDACT_KEY	32
struct redact	*redact_new(const struct strv *patterns, int known,
		    const uint8_t *key, char *err, size_t errlen);
void		 redact_free(struct redact *);
/* The secrets that are hidden from now on, wherever they stand, and none but
 * these; key: MSG_PRINT_KEY bytes. */
void		 redact_secrets(struct redact *, const struct msg_prints *,
		    const uint8_t *key);
/*
 * Another request: it may take REDACT_MS of the processor's time of searching
 * altogether, and no more.
 */
#define REDACT_MS	100
void		 redact_begin(struct redact *);
/* Is there a text since then that could not be searched to its end, and is
 * hidden as a whole for that?  Whoever wrote it may have wanted that. */
int		 redact_gave_up(const struct redact *);
/* The masked text, which the caller frees, or NULL: nothing to hide. */
char		*redact_text(struct redact *, const char *);
/* The same without what has a known shape, for text in which that is hidden
 * by now: its marks stay. */
char		*redact_again(struct redact *, const char *);
/* The same of a word of a command, which program and the word before it may
 * tell to be a secret. */
char		*redact_word(struct redact *, const struct strv *argv,
		    size_t i);
/* Adds masks for what there is to hide in arguments. */
void		 redact_argv(struct redact *, struct masks *,
		    const struct strv *argv);
/* Adds a mask where text has something to hide. */
void		 redact_mask(struct redact *, struct masks *,
		    unsigned where, uint32_t idx, const char *text);
/* The same for the names of variables, NAME=VALUE. */
void		 redact_env(struct redact *, struct masks *,
		    const struct strv *env);
/*
 * Makes masks that do not fit into a message shorter: without digests; after
 * that each time the longest text, hidden as a whole.  0 when nothing is left
 * to be made shorter.
 */
int		 redact_lessen(struct masks *);

#endif
