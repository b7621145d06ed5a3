/* SPDX-License-Identifier: ISC */
/*
 * Redaction of requests.  What could not be searched in time is hidden as a
 * whole.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "common/fingerprint.h"
#include "common/knownsecret.h"
#include "executor/redact.h"
#include "executor/redactpat.h"

struct redact {
	struct redactpat	*patterns;
	int			 known;		/* and those of knownsecret.h */
	const uint8_t		*key;
	struct fingerprints	*secrets;	/* or NULL */
	int			 gave_up;
};

struct redact *
redact_new(const struct strv *texts, int known, const uint8_t *key,
    char *err, size_t errlen)
{
	struct redactpat *patterns;
	struct redact *r;

	patterns = redactpat_new(texts, REDACT_MS * 1000, err, errlen);
	if (patterns == NULL)
		return (NULL);
	r = xcalloc(1, sizeof(*r));
	r->patterns = patterns;
	r->known = known;
	r->key = key;
	return (r);
}

void
redact_free(struct redact *r)
{
	if (r == NULL)
		return;
	redactpat_free(r->patterns);
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
	r->gave_up = 0;
	redactpat_begin(r->patterns);
}

int
redact_gave_up(const struct redact *r)
{
	return (r->gave_up);
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
	size_t known = 0, secrets = 0;
	uint8_t *hide;
	char *s = NULL;
	int any;

	if (len == 0)
		return (NULL);
	hide = xcalloc(len, 1);
	if (shapes)
		known = find_marks(text, len, hide);
	if (r->secrets != NULL)
		secrets = fingerprints_find(r->secrets, text, len, hide);
	if (r->known && shapes)
		known += knownsecret_word(program, before, text, len, hide);
	any = redactpat_find(r->patterns, text, len, hide);
	if (any == -1) {
		memset(hide, 1, len);
		r->gave_up = 1;
	}
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

int
redact_lessen(struct masks *ms)
{
	struct mask *longest = NULL;
	size_t i, len, most = sizeof(MASK_MARK) - 1;
	int any = 0;

	for (i = 0; i < ms->n; i++) {
		len = strlen(ms->m[i].text);
		mask_short(ms->m[i].text);
		any |= strlen(ms->m[i].text) != len;
		if (len > most) {
			most = len;
			longest = &ms->m[i];
		}
	}
	if (any || longest == NULL)
		return (any);
	freezero(longest->text, most);
	longest->text = xstrdup(MASK_MARK);
	return (1);
}
