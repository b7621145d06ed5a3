/* SPDX-License-Identifier: ISC */
/* When a change of a key is in force; see conf_differ.c. */
#ifndef SUPERVISOR_CONF_DIFFER_H
#define SUPERVISOR_CONF_DIFFER_H

#include "supervisor/conf/conf_priv.h"

enum conf_when {
	WHEN_RELOADED,	/* by a reload */
	WHEN_STARTED	/* by a restart alone */
};

struct key_when {
	const char	*table;		/* "conf", "skills", "secrets", ... */
	const char	*path;		/* of the key in there */
	enum conf_when	 when;
};

/* Row i of the table, or NULL past its end; for tests. */
const struct key_when	*conf_when_at(size_t i);

#endif
