/* SPDX-License-Identifier: ISC */
/* What is stored of runs, listed; see outnames.h. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditor/outnames.h"
#include "common/outfile.h"
#include "common/xmalloc.h"

#define NAMES_LOOKED	256	/* files of the directory at a time */
#define NAMES_TOLD	1024	/* names that are told at a time */

struct outname {
	uint64_t	 intent;
	uint64_t	 run;
	int		 packed;
};

struct outnames {
	LIST_ENTRY(outnames) entry;
	uint64_t	 after;
	uint64_t	 last;		/* no later one is in this page */
	DIR		*dir;		/* NULL: all of it was read */
	struct outname	 v[2 * OUTNAMES_PAGE];
	size_t		 n;
	size_t		 told;
};

/* Of two forms of one the packed one, which stays. */
static int
by_intent(const void *a, const void *b)
{
	const struct outname *x = a, *y = b;

	if (x->intent != y->intent)
		return (x->intent < y->intent ? -1 : 1);
	if (x->run != y->run)
		return (x->run < y->run ? -1 : 1);
	return (y->packed - x->packed);
}

/* Each once, and no more than a page, which ends between two intents. */
static void
cut(struct outnames *o)
{
	size_t i, n = 0;

	qsort(o->v, o->n, sizeof(o->v[0]), by_intent);
	for (i = 0; i < o->n; i++)
		if (n == 0 || o->v[i].intent != o->v[n - 1].intent ||
		    o->v[i].run != o->v[n - 1].run)
			o->v[n++] = o->v[i];
	o->n = n;
	if (n <= OUTNAMES_PAGE)
		return;
	n = OUTNAMES_PAGE;
	while (n > 1 && o->v[n - 1].intent == o->v[n].intent)
		n--;
	o->n = n;
	o->last = o->v[n - 1].intent;
}

static void
take(struct outnames *o, const char *name)
{
	struct outname *v = &o->v[o->n];

	if (outfile_parse(name, &v->intent, &v->run, &v->packed) == -1 ||
	    v->intent <= o->after || v->intent > o->last)
		return;
	if (++o->n == sizeof(o->v) / sizeof(o->v[0]))
		cut(o);
}

static DIR *
open_dir(const struct outstore *os)
{
	DIR *d;
	int fd;

	fd = openat(os->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return (NULL);
	if ((d = fdopendir(fd)) == NULL)
		(void)close(fd);
	return (d);
}

struct outnames *
outnames_new(struct outstore *os, uint64_t after, uint64_t last)
{
	struct outnames *o;
	DIR *d = NULL;

	/* where nothing was ever stored there is no directory */
	if (os->dirfd != -1 && (d = open_dir(os)) == NULL)
		return (NULL);
	o = xcalloc(1, sizeof(*o));
	o->after = after;
	o->last = last;
	o->dir = d;
	LIST_INSERT_HEAD(&os->listed, o, entry);
	return (o);
}

static int
look(struct outnames *o)
{
	const struct dirent *d;
	int i;

	for (i = 0; i < NAMES_LOOKED; i++) {
		errno = 0;
		if ((d = readdir(o->dir)) != NULL) {
			take(o, d->d_name);
			continue;
		}
		if (errno != 0)
			return (-1);
		(void)closedir(o->dir);
		o->dir = NULL;
		cut(o);
		break;
	}
	return (1);
}

int
outnames_step(struct outnames *o, struct buf *b)
{
	char name[OUTFILE_NAME];
	const struct outname *v;
	int i;

	if (o->dir != NULL)
		return (look(o));
	for (i = 0; i < NAMES_TOLD && o->told < o->n; i++) {
		v = &o->v[o->told++];
		if (v->packed)
			outfile_packed_name(name, v->intent, v->run);
		else
			outfile_name(name, v->intent, v->run);
		buf_put(b, name, strlen(name));
		buf_put_u8(b, '\n');
	}
	return (i != 0);
}

void
outnames_free(struct outnames *o)
{
	if (o == NULL)
		return;
	LIST_REMOVE(o, entry);
	if (o->dir != NULL)
		(void)closedir(o->dir);
	free(o);
}

void
outnames_packed(struct outstore *os, const char *name)
{
	struct outnames *o;

	LIST_FOREACH(o, &os->listed, entry)
		if (o->dir != NULL)
			take(o, name);
}
