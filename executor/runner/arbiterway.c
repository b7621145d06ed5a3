/* SPDX-License-Identifier: ISC */
/*
 * The programs of a run, by the numbers that init gives them: their rows, and,
 * of the last of them, who started them and with what arguments.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "executor/runner/arbiter_priv.h"

#define IMAGES_KEPT	4096U	/* programs whose arguments are remembered */
#define SEQS_MAX	(8U << 20)	/* and whose rows are: 32 MB */
#define STEP_WORDS	64U	/* of these */
#define STEP_BYTES	2048U
#define SHOWN_STEPS	32U	/* wrappers within wrappers */
#define STEP_FIXED	12U		/* row; lengths, of path and words */
#define WAY_BYTES	(36U * 1024)	/* of all that a question shows */

_Static_assert(PLAN_DIGEST + ARBITER_ROW + WAY_BYTES + 8 < INSIDE_QUESTION_MAX,
    "a question always fits");

/* A program that runs, or ran: a step on the way to what it starts. */
struct step {
	uint32_t	 image;		/* 0: none here */
	uint32_t	 parent;	/* image */
	int		 named;		/* as in struct known */
	struct exec_step what;
};

static uint32_t *seqs;			/* by image, of those up to last */
static size_t room;
static uint32_t last;
static struct step steps[IMAGES_KEPT];

uint32_t
arbiterway_seq(uint32_t image)
{
	if (image == 0)
		return (0);
	return (image <= last && image < SEQS_MAX ? seqs[image] :
	    EXECS_UNKNOWN);
}

/*
 * The one that stands behind an image, or NULL: not known any more.  A seq is
 * there for all of them.
 */
static const struct step *
step_of(uint32_t image)
{
	const struct step *s = &steps[image % IMAGES_KEPT];

	return (image != 0 && s->image == image ? s : NULL);
}

static void
step_clear(struct exec_step *s)
{
	free(s->path);
	strv_free(&s->argv);
	memset(s, 0, sizeof(*s));
}

/* As a row has them, but shorter. */
static void
step_words(struct exec_step *s, const char *path, const struct strv *argv)
{
	size_t i, sum = 0;

	s->path = xstrdup(path);
	for (i = 0; i < argv->n && i < STEP_WORDS; i++) {
		sum += strlen(argv->v[i]) + 5;
		if (sum > STEP_BYTES)
			break;
		strv_add(&s->argv, argv->v[i]);
	}
	if (i != argv->n)
		strv_add(&s->argv, "[...]");
}

int
arbiterway_add(uint32_t image, uint32_t parent, const struct exec_row *w,
    int named)
{
	struct step *s = &steps[image % IMAGES_KEPT];

	/* init counts them, and a run pays for each with a row on disk */
	if (image != last + 1)
		return (-1);
	last = image;
	if (image < SEQS_MAX) {
		if (image >= room) {
			seqs = xrecallocarray(seqs, room,
			    2 * (size_t)image + 64, sizeof(*seqs));
			room = 2 * (size_t)image + 64;
		}
		seqs[image] = w->seq;
	}
	step_clear(&s->what);
	s->image = image;
	s->parent = parent;
	s->named = named;
	step_words(&s->what, w->script[0] != '\0' ? w->script :
	    w->path, &w->argv);
	return (0);
}

int
arbiterway_shows(const struct runner *r, uint32_t image,
    const struct strv *words)
{
	const struct plan *p = &r->plan;
	const struct step *s;
	unsigned i;

	for (i = 0; i < SHOWN_STEPS && (s = step_of(image)) != NULL; i++) {
		if (!s->named || !arbiterrules_shows(&s->what.argv, words))
			return (0);
		words = &s->what.argv;
		image = s->parent;
	}
	return (image == 0 && p->script.path[0] == '\0' &&
	    arbiterfile_named(r, &p->exe, p->argv.v[0]) &&
	    arbiterrules_shows(&p->argv, words));
}

/* One more, if there is room for it: 1, or 0. */
static int
way_add(struct exec_ask *a, size_t *left, uint32_t seq, const char *path,
    const struct strv *argv)
{
	struct exec_step *s = &a->way[a->nway];
	size_t i, n;

	s->seq = seq;
	step_words(s, path, argv);
	n = STEP_FIXED + strlen(s->path);
	for (i = 0; i < s->argv.n; i++)
		n += 4 + strlen(s->argv.v[i]);
	if (n > *left) {
		step_clear(s);
		return (0);
	}
	*left -= n;
	a->nway++;
	return (1);
}

void
arbiterway_fill(const struct runner *r, struct exec_ask *a, uint32_t image)
{
	const struct step *s;
	size_t left = WAY_BYTES;

	a->way = xcalloc(EXECS_WAY, sizeof(*a->way));
	while (a->nway < EXECS_WAY - 1 && (s = step_of(image)) != NULL &&
	    way_add(a, &left, arbiterway_seq(image), s->what.path,
	    &s->what.argv))
		image = s->parent;
	/* whoever is asked sees the request in any case */
	if (image == 0)
		(void)way_add(a, &left, 0, r->plan.script.path[0] != '\0' ?
		    r->plan.script.path : r->plan.exe.path, &r->plan.argv);
}

void
arbiterway_free(struct exec_ask *a)
{
	size_t i;

	for (i = 0; i < a->nway; i++)
		step_clear(&a->way[i]);
	free(a->way);
}
