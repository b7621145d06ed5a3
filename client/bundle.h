/* SPDX-License-Identifier: ISC */
/* secrets import --from: the secrets of a file that secrets export has made. */
#ifndef CLIENT_BUNDLE_H
#define CLIENT_BUNDLE_H

#include "client/cli.h"

struct bringing {
	const char	*file;
	const char	*key;		/* that it was exported to, or NULL */
	int		 replace;	/* what is there otherwise, too */
};

/* The exit status. */
int	bundle_import(struct cli *, const struct bringing *);

#endif
