/* SPDX-License-Identifier: ISC */
/* What init says that is held, and what of it stands in a row. */
#include "config.h"

#include <sys/mman.h>

#include <string.h>

#include "executor/planfile.h"
#include "executor/runner/arbiter_priv.h"

void
arbiterheld_row(struct exec_row *w, const struct held_exec *h,
    const struct known *exe, const struct known *script)
{
	size_t i;

	w->dev = exe->id.dev;
	w->ino = exe->id.ino;
	memcpy(w->digest, exe->id.digest, sizeof(w->digest));
	w->path = xstrdup(exe->id.path != NULL ? exe->id.path : "");
	w->script = xstrdup(script != NULL && script->id.path != NULL ?
	    script->id.path : "");
	if (script != NULL) {
		w->script_dev = script->id.dev;
		w->script_ino = script->id.ino;
		memcpy(w->script_digest, script->id.digest,
		    sizeof(w->script_digest));
	}
	w->cwd = xstrdup(h->cwd);
	for (i = 0; i < h->argv.n; i++)
		strv_add(&w->argv, h->argv.v[i]);
}

/* What is in memory because it is long, or rest. */
static int
read_held(struct held_exec *h, const struct rd *rest, const int *fds,
    unsigned n)
{
	struct held_exec body;
	size_t len = rest->left;
	const void *p = rest->p;
	void *map = NULL;
	int rc;

	if (h->has & HELD_MEMORY)
		p = map = planfile_map(fds[n - 1], 4 * HELD_MAXBYTES, &len);
	if (p == NULL)
		return (-1);
	rc = shape_get(&held_exec_shape, &body, p, len);
	h->cwd = body.cwd;
	h->interp_arg = body.interp_arg;
	h->argv = body.argv;
	if (map != NULL)
		(void)munmap(map, len);
	return (rc == -1 || h->argv.n == 0 ? -1 : 0);
}

/* As many descriptors as it has, in this order. */
static int
right_files(const struct held_exec *h, unsigned nfds)
{
	unsigned n = (h->has & HELD_REFUSED) ? 0 : 1;

	n += (h->has & HELD_SCRIPT) != 0;
	n += (h->has & HELD_LOADER) != 0;
	n += (h->has & HELD_MEMORY) != 0;
	return (n == nfds);
}

int
arbiterheld_get(const void *m, size_t len, struct held_exec *h,
    const int *fds, unsigned nfds)
{
	struct rd rest;

	return (held_get(m, len, h, &rest) == -1 || !right_files(h, nfds) ||
	    read_held(h, &rest, fds, nfds) == -1 ? -1 : 0);
}
