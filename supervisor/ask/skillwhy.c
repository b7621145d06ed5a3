/* SPDX-License-Identifier: ISC */
/* Why a skill has no runs; see skillwhy.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/xmalloc.h"
#include "supervisor/ask/skillwhy.h"

/* Why a skill cannot be used, as the executor has said; "" if it can. */
static char *
found_wanting(const struct proc *exec, const char *skill)
{
	struct field all, one;
	struct rd r;
	char *name, *why = NULL;

	if (field_find(exec->ready, exec->readylen, "refused", &all) != 1 ||
	    all.type != FIELD_ROWS)
		return (xstrdup(""));
	rd_init(&r, all.val, all.len);
	while (why == NULL && field_next(&r, &one) == 1) {
		name = field_get_str(one.val, one.len, "name");
		if (strcmp(name, skill) == 0)
			why = field_get_str(one.val, one.len, "why");
		free(name);
	}
	return (why != NULL ? why : xstrdup(""));
}

/* Its runs get secrets, and none can be had; "" if it is not so. */
static char *
shut_out(const struct proc *vault, const struct conf_skill *sk)
{
	char *why = field_get_str(vault->ready, vault->readylen, "locked");
	char text[512] = "";

	if (sk->secrets.n != 0 && *why != '\0')
		(void)snprintf(text, sizeof(text), "its runs get secrets, and "
		    "the vault is locked: %s", why);
	free(why);
	return (xstrdup(text));
}

char *
skill_refused(const struct daemon *d, const struct conf_skill *sk)
{
	char *why;

	if (sk->refuse != NULL)
		return (xstrdup(sk->refuse));
	why = found_wanting(&d->procs[PROC_EXEC], sk->name);
	if (*why != '\0')
		return (why);
	free(why);
	return (shut_out(&d->procs[PROC_VAULT], sk));
}
