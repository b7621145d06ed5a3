/* SPDX-License-Identifier: ISC */
/*
 * Redaction by pattern.  The strings come from an agent: PCRE2's limits keep
 * a pattern that backtracks from being a way to stop the executor, and what
 * could not be searched in time is hidden as a whole.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "common/fingerprint.h"
#include "common/knownsecret.h"
#include "common/redactre.h"
#include "executor/redact.h"

#define MATCH_LIMIT	200000U
#define DEPTH_LIMIT	2000U
#define HEAP_LIMIT_KB	8192U
#define PIECES_MAX	1000U	/* matches in one string */

struct redact {
	pcre2_code		**code;
	size_t			 n;
	int			 known;		/* and those of knownsecret.h */
	const uint8_t		*key;
	struct fingerprints	*secrets;	/* or NULL */
	pcre2_match_data	*md;
	pcre2_match_context	*mc;
	int64_t			 spent_us;	/* on this request */
};

/*
 * What counts is the processor's time of this thread: how busy the machine is
 * with others, or how long a program took to be hashed before, is no reason to
 * hide what a command was.  It can be no more than what a clock on the wall
 * says, which need not be asked of the kernel.
 */
struct watches {
	int64_t	cpu;
	int64_t	wall;
};

static int64_t
now_us(clockid_t which)
{
	struct timespec ts;

	(void)clock_gettime(which, &ts);
	return ((int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

struct redact *
redact_new(const struct strv *patterns, int known, const uint8_t *key,
    char *err, size_t errlen)
{
	char why[300];
	struct redact *r;
	size_t i;

	r = xcalloc(1, sizeof(*r));
	r->known = known;
	r->key = key;
	r->code = xcalloc(patterns->n, sizeof(*r->code));
	for (i = 0; i < patterns->n; i++) {
		r->code[i] = redactre_compile(patterns->v[i], why,
		    sizeof(why));
		if (r->code[i] == NULL) {
			(void)snprintf(err, errlen, "logging.redact: %s", why);
			redact_free(r);
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
		redact_free(r);
		return (NULL);
	}
	return (r);
}

void
redact_free(struct redact *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < r->n; i++)
		pcre2_code_free(r->code[i]);
	free(r->code);
	pcre2_match_data_free(r->md);
	pcre2_match_context_free(r->mc);
	fingerprints_free(r->secrets);
	free(r);
}

void
redact_secrets(struct redact *r, const struct msg_prints *prints,
    const uint8_t *key)
{
	fingerprints_free(r->secrets);
	r->secrets = prints->n == 0 ? NULL : fingerprints_new(prints, key);
}

void
redact_begin(struct redact *r)
{
	r->spent_us = 0;
}

/*
 * Marks in hide every byte that pattern i matches; how many stretches that
 * were, or -1: could not be searched.
 */
static int
find_all(const struct redact *r, size_t i, const char *text, size_t len,
    uint8_t *hide)
{
	const PCRE2_SIZE *ov;
	size_t at = 0, n = 0;
	int rc;

	while (at <= len) {
		rc = pcre2_match(r->code[i], (PCRE2_SPTR)text, len, at,
		    PCRE2_NOTEMPTY, r->md, r->mc);
		if (rc == PCRE2_ERROR_NOMATCH)
			break;
		if (rc < 0 || ++n > PIECES_MAX)
			return (-1);
		ov = pcre2_get_ovector_pointer(r->md);
		/* \K can put the start behind the end */
		if (ov[0] >= ov[1] || ov[1] > len || ov[1] <= at)
			return (-1);
		memset(hide + ov[0], 1, ov[1] - ov[0]);
		at = ov[1];
	}
	return ((int)n);
}

static void
count_time(struct redact *r, struct watches *then)
{
	int64_t cpu = now_us(CLOCK_THREAD_CPUTIME_ID);

	r->spent_us += cpu - then->cpu;
	then->cpu = cpu;
	then->wall = now_us(CLOCK_MONOTONIC);
}

/* Since *then, which becomes now if that has to be asked exactly. */
static int
has_time(struct redact *r, struct watches *then)
{
	if (r->spent_us + now_us(CLOCK_MONOTONIC) - then->wall <=
	    REDACT_MS * 1000)
		return (1);
	count_time(r, then);
	return (r->spent_us <= REDACT_MS * 1000);
}

/* How many stretches to hide, or -1: could not be searched in time. */
static int
find_each(struct redact *r, const char *text, size_t len, uint8_t *hide)
{
	struct watches then = { now_us(CLOCK_THREAD_CPUTIME_ID),
	    now_us(CLOCK_MONOTONIC) };
	int any = 0, n = 0;
	size_t i;

	for (i = 0; i < r->n && n != -1; i++) {
		n = has_time(r, &then) ? find_all(r, i, text, len, hide) : -1;
		any |= n;
	}
	count_time(r, &then);
	return (n == -1 ? -1 : any);
}

static void
digest(void *arg, const char *p, size_t n, uint8_t out[MASK_DIGEST])
{
	const struct redact *r = arg;
	uint8_t d[crypto_generichash_BYTES_MIN];

	_Static_assert(sizeof(d) >= MASK_DIGEST, "too short a digest");
	(void)crypto_generichash(d, sizeof(d), (const uint8_t *)p, n, r->key,
	    REDACT_KEY);
	memcpy(out, d, MASK_DIGEST);
}

/* What looks as if somebody had hidden something there. */
static size_t
find_marks(const char *text, size_t len, uint8_t *hide)
{
	const size_t n = sizeof(MASK_OPEN) - 1;
	const char *at = text;
	size_t found = 0;

	while ((at = memmem(at, len - (size_t)(at - text), MASK_OPEN, n)) !=
	    NULL) {
		memset(hide + (at - text), 1, n);
		at += n;
		found++;
	}
	return (found);
}

static char *
masked(struct redact *r, const char *program, const char *before,
    const char *text, int shapes)
{
	const size_t len = strlen(text);
	size_t known = 0;
	uint8_t *hide;
	char *s = NULL;
	int any = 0, secrets = 0;

	if (len == 0)
		return (NULL);
	hide = xcalloc(len, 1);
	if (shapes)
		known = find_marks(text, len, hide);
	if (r->secrets != NULL)
		secrets = fingerprints_find(r->secrets, text, len, hide);
	if (r->known && shapes)
		known += knownsecret_word(program, before, text, len, hide);
	if (r->n != 0)
		any = find_each(r, text, len, hide);
	if (any == -1 || secrets == -1)
		memset(hide, 1, len);
	if (any != 0 || secrets != 0 || known != 0)
		s = mask_text(text, len, hide, digest, r);
	free(hide);
	return (s);
}

char *
redact_text(struct redact *r, const char *text)
{
	return (masked(r, NULL, NULL, text, 1));
}

char *
redact_again(struct redact *r, const char *text)
{
	return (masked(r, NULL, NULL, text, 0));
}

char *
redact_word(struct redact *r, const struct strv *argv, size_t i)
{
	return (masked(r, argv->v[0], i > 1 ? argv->v[i - 1] : NULL,
	    argv->v[i], 1));
}

/* What there is to hide, if there is. */
static void
add(struct masks *ms, unsigned where, uint32_t idx, char *text)
{
	if (text == NULL)
		return;
	masks_add(ms, where, idx, text);
	freezero(text, strlen(text));
}

void
redact_mask(struct redact *r, struct masks *ms, unsigned where,
    uint32_t idx, const char *text)
{
	add(ms, where, idx, redact_text(r, text));
}

void
redact_argv(struct redact *r, struct masks *ms, const struct strv *argv)
{
	size_t i;

	for (i = 0; i < argv->n; i++)
		add(ms, MASK_ARGV, (uint32_t)i, redact_word(r, argv, i));
}

void
redact_env(struct redact *r, struct masks *ms, const struct strv *env)
{
	size_t i;
	char *name;

	for (i = 0; i < env->n; i++) {
		name = xstrndup(env->v[i], strcspn(env->v[i], "="));
		add(ms, MASK_ENV, (uint32_t)i, redact_text(r, name));
		freezero(name, strlen(name));
	}
}
