/* SPDX-License-Identifier: ISC */
/* What people are told of programs that were refused. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "executor/runner/arbiter_priv.h"

#define LINES_MAX	100U	/* on standard error, of one run */
#define LINE_BYTES	400

static uint32_t last_pid;	/* that was refused last, and what: */
static uint64_t last_ino;	/* execvp(3) tries every directory */
static char *waiting[LINES_MAX];	/* to be written */
static unsigned nwaiting, said;

static const char *
base_of(const char *path)
{
	const char *p = strrchr(path, '/');

	return (p == NULL ? path : p + 1);
}

static void
say(const char *name, const char *what)
{
	char line[LINE_BYTES];
	size_t i;

	if (said == LINES_MAX)
		return;
	said++;
	(void)snprintf(line, sizeof(line), "clawbot: %.100s: %.270s\n",
	    base_of(name), said == LINES_MAX ?
	    "denied, and so may be others; see the log" : what);
	for (i = 0; line[i] != '\0' && line[i + 1] != '\0'; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	waiting[nwaiting++] = xstrdup(line);
}

/* The same file for the same process once more: as good as one. */
static int
said_before(const struct exec_row *w)
{
	int same = last_pid == w->pid && last_ino == (w->script_ino !=
	    0 ? w->script_ino : w->ino);

	last_pid = w->pid;
	last_ino = w->script_ino != 0 ? w->script_ino : w->ino;
	return (same);
}

int
arbitersay_refused(const struct exec_row *w, int answered)
{
	char text[LINE_BYTES];

	if (said_before(w))
		return (0);
	if (w->rule[0] == '\0')
		(void)snprintf(text, sizeof(text), "denied: %.150s",
		    w->reason);
	else if (answered)
		(void)snprintf(text, sizeof(text), "%.150s (%.100s)",
		    w->reason, w->rule);
	else
		(void)snprintf(text, sizeof(text), "denied by %.100s",
		    w->rule);
	say(w->script[0] != '\0' ? w->script : w->path, text);
	return (1);
}

void
arbitersay_count(struct runner *r, const struct exec_row *w,
    int unanswered)
{
	struct runresult *v = &r->res;
	const char *name = base_of(w->script[0] != '\0' ? w->script :
	    w->path);
	size_t i;

	for (i = 0; i < v->ndenied; i++)
		if (v->denied[i].unanswered == unanswered &&
		    strcmp(v->denied[i].program, name) == 0 &&
		    strcmp(v->denied[i].rule, w->rule) == 0) {
			if (v->denied[i].count < UINT32_MAX)
				v->denied[i].count++;
			return;
		}
	if (i == RUN_MAXDENIED)
		return;
	v->denied = xrecallocarray(v->denied, i, i + 1, sizeof(*v->denied));
	v->denied[i].program = xstrndup(name, RUN_DENIED_TEXT);
	v->denied[i].rule = xstrndup(w->rule, RUN_DENIED_TEXT);
	v->denied[i].count = 1;
	v->denied[i].unanswered = unanswered != 0;
	v->ndenied++;
}

void
arbitersay_write(struct runner *r)
{
	unsigned i;

	for (i = 0; i < nwaiting; i++) {
		if (output_line(&r->out[1], waiting[i]) == -1)
			break;
		free(waiting[i]);
	}
	nwaiting -= i;
	memmove(waiting, waiting + i, nwaiting * sizeof(waiting[0]));
}

