/* SPDX-License-Identifier: ISC */
/* The expressions of logging.redact at work; see redactpat.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/redactre.h"
#include "common/xmalloc.h"
#include "executor/redactpat.h"

#define MATCH_LIMIT	200000U
#define DEPTH_LIMIT	2000U
#define HEAP_LIMIT_KB	8192U
#define PIECES_MAX	256U	/* matches until the time is looked at */
#define SURE_US		100	/* of the wall's time: nobody else had much */

struct redactpat {
	pcre2_code		**code;
	size_t			 n;
	pcre2_match_data	*md;
	pcre2_match_context	*mc;
	int64_t			 may_us;	/* of the processor's time */
	int64_t			 spent_us;
	int			 exact;	/* the processor's clock is asked */
};

/*
 * What counts is the processor's time of this thread: how busy the machine is
 * with others, or how long a program took to be hashed before, is no reason to
 * hide what a command was.  It can be no more than what a clock on the wall
 * says, which need not be asked of the kernel, and that one will do as long as
 * each search is short by it.  The first that is not may have had to wait for
 * others: it does not count, and from there on the kernel is asked.
 */
struct watches {
	int64_t	cpu;		/* where that is exact */
	int64_t	wall;
};

static int64_t
now_us(clockid_t which)
{
	struct timespec ts;

	(void)clock_gettime(which, &ts);
	return ((int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

struct redactpat *
redactpat_new(const struct strv *patterns, int64_t may_us, char *err,
    size_t errlen)
{
	struct redactpat *r;
	char why[300];
	size_t i;

	r = xcalloc(1, sizeof(*r));
	r->may_us = may_us;
	r->code = xcalloc(patterns->n, sizeof(*r->code));
	for (i = 0; i < patterns->n; i++) {
		r->code[i] = redactre_compile(patterns->v[i], why,
		    sizeof(why));
		if (r->code[i] == NULL) {
			(void)snprintf(err, errlen, "logging.redact: %s", why);
			redactpat_free(r);
			return (NULL);
		}
		r->n++;
	}
	r->md = pcre2_match_data_create(1, NULL);
	r->mc = pcre2_match_context_create(NULL);
	if (r->md == NULL || r->mc == NULL ||
	    pcre2_set_match_limit(r->mc, MATCH_LIMIT) != 0 ||
	    pcre2_set_depth_limit(r->mc, DEPTH_LIMIT) != 0 ||
	    pcre2_set_heap_limit(r->mc, HEAP_LIMIT_KB) != 0) {
		(void)snprintf(err, errlen, "logging.redact: out of memory");
		redactpat_free(r);
		return (NULL);
	}
	return (r);
}

void
redactpat_free(struct redactpat *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->n; i++)
		pcre2_code_free(r->code[i]);
	free(r->code);
	pcre2_match_data_free(r->md);
	pcre2_match_context_free(r->mc);
	free(r);
}

void
redactpat_begin(struct redactpat *r)
{
	r->spent_us = 0;
	r->exact = 0;
}

static void
start_time(const struct redactpat *r, struct watches *then)
{
	then->cpu = r->exact ? now_us(CLOCK_THREAD_CPUTIME_ID) : 0;
	then->wall = now_us(CLOCK_MONOTONIC);
}

/* Since *then, which becomes now. */
static void
count_time(struct redactpat *r, struct watches *then)
{
	const struct watches was = *then;
	const int exact = r->exact;

	if (!exact) {
		then->wall = now_us(CLOCK_MONOTONIC);
		if (then->wall - was.wall < SURE_US) {
			r->spent_us += then->wall - was.wall;
			return;
		}
		r->exact = 1;
	}
	start_time(r, then);
	if (exact)
		r->spent_us += then->cpu - was.cpu;
}

/* Since *then, which becomes now if that has to be asked exactly. */
static int
has_time(struct redactpat *r, struct watches *then)
{
	const int64_t us = now_us(CLOCK_MONOTONIC) - then->wall;

	if ((r->exact || us < SURE_US) && r->spent_us + us <= r->may_us)
		return (1);
	count_time(r, then);
	return (r->spent_us <= r->may_us);
}

/*
 * Marks in hide every byte that pattern i matches; 1 if there were
 * any, else 0; -1: it could not be searched.
 */
static int
find_all(struct redactpat *r, size_t i, const char *text, size_t len,
    uint8_t *hide, struct watches *then)
{
	const PCRE2_SIZE *ov;
	size_t at = 0, n = 0;
	int rc;

	while (at <= len) {
		if (n % PIECES_MAX == 0 && !has_time(r, then))
			return (-1);
		rc = pcre2_match(r->code[i], (PCRE2_SPTR)text, len, at,
		    PCRE2_NOTEMPTY, r->md, r->mc);
		if (rc == PCRE2_ERROR_NOMATCH)
			break;
		if (rc < 0)
			return (-1);
		n++;
		ov = pcre2_get_ovector_pointer(r->md);
		/* \K can put the start behind the end */
		if (ov[0] >= ov[1] || ov[1] > len || ov[1] <= at)
			return (-1);
		memset(hide + ov[0], 1, ov[1] - ov[0]);
		at = ov[1];
	}
	return (n != 0);
}

int
redactpat_find(struct redactpat *r, const char *text, size_t len,
    uint8_t *hide)
{
	struct watches then;
	int any = 0, n = 0;
	size_t i;

	if (r->n == 0)
		return (0);
	start_time(r, &then);
	for (i = 0; i < r->n && n != -1; i++) {
		n = find_all(r, i, text, len, hide, &then);
		any |= n;
	}
	count_time(r, &then);
	return (n == -1 ? -1 : any);
}
