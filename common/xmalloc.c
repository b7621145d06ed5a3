/* SPDX-License-Identifier: ISC */
/* Allocation that succeeds or ends the process. */
#include "config.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/role.h"
#include "common/xmalloc.h"

void *
xmalloc(size_t n)
{
	void *p;

	if ((p = malloc(n != 0 ? n : 1)) == NULL)
		fatal(EXIT_SYSTEM, "malloc of %zu bytes", n);
	return (p);
}

void *
xcalloc(size_t nmemb, size_t size)
{
	void *p;

	if (nmemb == 0 || size == 0)
		nmemb = size = 1;
	if ((p = calloc(nmemb, size)) == NULL)
		fatal(EXIT_SYSTEM, "calloc of %zu times %zu bytes", nmemb,
		    size);
	return (p);
}

/* New elements are zero; the old block is overwritten before it is freed. */
void *
xrecallocarray(void *old, size_t oldnmemb, size_t nmemb, size_t size)
{
	void *p;
	size_t keep;

	p = xcalloc(nmemb, size);
	if (old != NULL) {
		keep = oldnmemb < nmemb ? oldnmemb : nmemb;
		if (keep != 0)
			memcpy(p, old, keep * size);
		freezero(old, oldnmemb * size);
	}
	return (p);
}

char *
xstrdup(const char *s)
{
	return (xstrndup(s, strlen(s)));
}

char *
xstrndup(const char *s, size_t n)
{
	size_t len;
	char *p;

	len = n == 0 ? 0 : strnlen(s, n);
	p = xmalloc(len + 1);
	if (len != 0)
		memcpy(p, s, len);
	p[len] = '\0';
	return (p);
}

int
xasprintf(char **out, const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = vasprintf(out, fmt, ap);
	va_end(ap);
	if (r < 0)
		fatalx(EXIT_SYSTEM, "vasprintf: out of memory");
	return (r);
}

void
freezero(void *p, size_t n)
{
	if (p == NULL)
		return;
	if (n != 0)
		explicit_bzero(p, n);
	free(p);
}

void
strv_add(struct strv *sv, const char *s)
{
	strv_addn(sv, s, strlen(s));
}

void
strv_addn(struct strv *sv, const char *s, size_t len)
{
	size_t cap;

	/* room for n + NULL grows by doubling from 8 */
	for (cap = 8; cap < sv->n + 1; cap *= 2)
		;
	if (sv->v == NULL)
		sv->v = xcalloc(cap, sizeof(*sv->v));
	else if (sv->n + 2 > cap)
		sv->v = xrecallocarray(sv->v, cap, cap * 2, sizeof(*sv->v));
	sv->v[sv->n++] = xstrndup(s, len);
	sv->v[sv->n] = NULL;
}

int
strv_has(const struct strv *sv, const char *s)
{
	size_t i;

	for (i = 0; i < sv->n; i++)
		if (strcmp(sv->v[i], s) == 0)
			return (1);
	return (0);
}

static int
strv_cmp(const void *a, const void *b)
{
	return (strcmp(*(char *const *)a, *(char *const *)b));
}

void
strv_sort(struct strv *sv)
{
	if (sv->n > 1)
		qsort(sv->v, sv->n, sizeof(*sv->v), strv_cmp);
}

void
strv_free(struct strv *sv)
{
	size_t i;

	for (i = 0; i < sv->n; i++)
		freezero(sv->v[i], strlen(sv->v[i]));
	free(sv->v);
	sv->v = NULL;
	sv->n = 0;
}
