/* SPDX-License-Identifier: ISC */
/* Where a daemon's files are to be; see hostplaces.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/draft.h"
#include "client/out.h"
#include "client/hostplaces.h"
#include "common/role.h"

static int
kind_of(const char *word)
{
	if (strcmp(word, "directory") == 0)
		return (PLACE_DIR);
	if (strcmp(word, "file") == 0)
		return (PLACE_FILE);
	return (strcmp(word, "contents") == 0 ? PLACE_CONTENTS : -1);
}

/* Why no run may write or read there, and what makes that possible. */
static void
add_grant(struct hostplaces *ps, const char *path, const void *row,
    size_t len)
{
	char *why = field_get_str(row, len, "why");
	char *skill = field_get_str(row, len, "skill");
	char *make = field_get_str(row, len, "make");
	char *text;

	xasprintf(&text, "cannot be granted (%s), and runs of skill %s are "
	    "refused: %s, and restart clawbotd", why, skill, *make != '\0' ?
	    make : "mend that, or name another one");
	strv_add(&ps->grants, path);
	strv_add(&ps->lacks, text);
	free(text);
	free(make);
	free(skill);
	free(why);
}

static int
on_row(const void *row, size_t len, void *arg, struct fail *f)
{
	struct hostplaces *ps = arg;
	struct hostplace *p;
	char *word;
	int kind;

	if ((word = row_str(row, len, "wrong")) != NULL) {
		strv_add(&ps->wrong, word);
		free(word);
		return (0);
	}
	if ((word = row_str(row, len, "grant")) != NULL) {
		add_grant(ps, word, row, len);
		free(word);
		return (0);
	}
	word = field_get_str(row, len, "kind");
	kind = kind_of(word);
	free(word);
	if (kind == -1) {
		fail_set(f, EXIT_CLAWBOT, "wrong answer from clawbotd");
		return (-1);
	}
	ps->v = xrecallocarray(ps->v, ps->n, ps->n + 1, sizeof(*ps->v));
	p = &ps->v[ps->n++];
	p->what = field_get_str(row, len, "what");
	p->kind = (enum hostplace_kind)kind;
	p->path = field_get_str(row, len, "path");
	p->uid = (uid_t)field_get_u64(row, len, "uid", 0);
	p->gid = (gid_t)field_get_u64(row, len, "gid", 0);
	p->mode = (mode_t)field_get_u64(row, len, "mode", 0);
	return (0);
}

int
hostplaces_get(struct hostplaces *ps, const char *conf, struct fail *f)
{
	int sound;

	memset(ps, 0, sizeof(*ps));
	if ((sound = draft_layout(conf, on_row, ps, f)) == -1)
		return (-1);
	if (sound)
		return (0);
	fail_set(f, EXIT_CONFIG, "the configuration is not sound");
	fail_hint(f, "clawbot policy check tells what is wrong with it");
	return (-1);
}

void
hostplaces_free(struct hostplaces *ps)
{
	size_t i;

	for (i = 0; i < ps->n; i++) {
		free(ps->v[i].what);
		free(ps->v[i].path);
	}
	free(ps->v);
	strv_free(&ps->wrong);
	strv_free(&ps->grants);
	strv_free(&ps->lacks);
	memset(ps, 0, sizeof(*ps));
}

const struct hostplace *
hostplaces_dir(const struct hostplaces *ps, const char *what)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		if (ps->v[i].kind == PLACE_DIR &&
		    strcmp(ps->v[i].what, what) == 0)
			return (&ps->v[i]);
	return (NULL);
}
