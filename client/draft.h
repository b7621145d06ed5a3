/* SPDX-License-Identifier: ISC */
/*
 * What clawbotd(8) says of a configuration.  It is the one that reads them:
 * it is executed for that, as whoever asks.
 */
#ifndef CLIENT_DRAFT_H
#define CLIENT_DRAFT_H

#include <stddef.h>

#include "client/cli.h"

/* A row of supervisor/boot/draftsay.h; 0, or -1 and *f. */
typedef int	draft_row(const void *, size_t, void *, struct fail *);

/*
 * NULL: the configuration that a daemon would read.  1 if it is sound, 0 if it
 * is not; or -1 and *f.
 */
int	draft_ask(const char *file, draft_row *fn, void *arg, struct fail *f);
/* The same of supervisor/conf/trial.h, with what comes from in. */
int	draft_try(const char *file, int in, draft_row *fn, void *arg,
	    struct fail *f);
/* The same of supervisor/boot/layout.h. */
int	draft_layout(const char *file, draft_row *fn, void *arg,
	    struct fail *f);

#endif
