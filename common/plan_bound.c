/* SPDX-License-Identifier: ISC */
/* What an approval binds of the files that a command names, and what not. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/plan.h"
#include "common/within.h"

static const char *
shown(const struct masks *ms, unsigned where, uint32_t index,
    const char *path)
{
	return (ms == NULL ? path : masks_text(ms, where, index, path));
}

/* Takes s, from xasprintf(). */
static void
add(struct strv *sv, char *s)
{
	strv_add(sv, s);
	free(s);
}

static void
put_file(struct strv *sv, const uint8_t digest[PLAN_DIGEST],
    const char *path)
{
	char hex[2 * PLAN_DIGEST + 1], *s;
	size_t i;

	for (i = 0; i < PLAN_DIGEST; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	(void)xasprintf(&s, "%s  %s", hex, path);
	add(sv, s);
}

static void
put_open(struct strv *sv, const char *path, unsigned how)
{
	static const char *const why[] = {
		[BOUND_UNREAD] = "could not be read as it is",
		[BOUND_LARGE] = "larger than what is read for that",
		[BOUND_DIRECTORY] = "a directory, with whatever is in there",
		[BOUND_SPECIAL] = "neither a file nor a directory",
	};
	char *s;

	(void)xasprintf(&s, "%s: %s", path, why[how]);
	add(sv, s);
}

/* What no word names. */
static void
put_rest(const struct plan *p, const struct masks *ms, struct strv *sv)
{
	char *s;

	if (p->unbound != 0) {
		(void)xasprintf(&s, "%u more of what its words name",
		    p->unbound);
		add(sv, s);
	}
	if (within_any(p->cwd, &p->write)) {
		(void)xasprintf(&s, "%s: the directory, in which runs can "
		    "write", shown(ms, MASK_CWD, 0, p->cwd));
		add(sv, s);
	}
	if (!p->detach)
		strv_add(sv, "standard input: comes while it runs");
}

void
plan_bound_show(const struct plan *p, const struct masks *ms,
    struct strv *fixed, struct strv *open)
{
	const struct bound *b;
	const char *path;
	size_t i;

	for (i = 0; i < p->nbound; i++) {
		b = &p->bound[i];
		path = shown(ms, MASK_PATH, MASK_PATH_BOUND + (uint32_t)i,
		    b->file.path);
		if (b->how == BOUND_FILE)
			put_file(fixed, b->file.digest, path);
		else
			put_open(open, path, b->how);
	}
	put_rest(p, ms, open);
}
