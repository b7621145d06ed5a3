/* SPDX-License-Identifier: ISC */
/* Why skills have no runs; see skillwhy.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "common/xmalloc.h"
#include "supervisor/ask/skillwhy.h"

/* The first that is said of a skill holds. */
static void
add_why(const struct conf *c, char **why, const struct field *one)
{
	char *name = field_get_str(one->val, one->len, "name");
	const struct conf_skill *sk = conf_skill(c, name);

	free(name);
	if (sk != NULL && why[sk - c->skills] == NULL)
		why[sk - c->skills] = field_get_str(one->val, one->len, "why");
}

/* Why skills cannot be used, as the executor has said; NULL if they can. */
static void
found_wanting(const struct proc *exec, const struct conf *c, char **why)
{
	struct field all, one;
	struct rd r;

	if (field_find(exec->ready, exec->readylen, "refused", &all) != 1 ||
	    all.type != FIELD_ROWS)
		return;
	rd_init(&r, all.val, all.len);
	while (field_next(&r, &one) == 1)
		add_why(c, why, &one);
}

/* Its runs get secrets, and none can be had; "" if it is not so. */
static char *
shut_out(const char *locked, const struct conf_skill *sk)
{
	char text[512] = "";

	if (sk->secrets.n != 0 && *locked != '\0')
		(void)snprintf(text, sizeof(text), "its runs get secrets, and "
		    "the vault is locked: %s", locked);
	return (xstrdup(text));
}

char **
skillwhy_all(const struct daemon *d)
{
	const struct proc *vault = &d->procs[PROC_VAULT];
	const struct conf *c = d->conf;
	char **why = xcalloc(c->nskills + 1, sizeof(*why)), *locked;
	size_t i;

	for (i = 0; i < c->nskills; i++)
		if (c->skills[i].refuse != NULL)
			why[i] = xstrdup(c->skills[i].refuse);
	found_wanting(&d->procs[PROC_EXEC], c, why);
	locked = field_get_str(vault->ready, vault->readylen, "locked");
	for (i = 0; i < c->nskills; i++)
		if (why[i] == NULL || *why[i] == '\0') {
			free(why[i]);
			why[i] = shut_out(locked, &c->skills[i]);
		}
	free(locked);
	return (why);
}

void
skillwhy_free(char **why)
{
	size_t i;

	for (i = 0; why[i] != NULL; i++)
		free(why[i]);
	free(why);
}
