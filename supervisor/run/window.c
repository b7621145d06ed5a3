/* SPDX-License-Identifier: ISC */
/* Sliding windows; see window.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/xmalloc.h"
#include "supervisor/conf/conf.h"
#include "supervisor/run/window.h"

void
window_init(struct window *w, size_t cap, int64_t span)
{
	memset(w, 0, sizeof(*w));
	w->cap = cap;
	w->span = span;
}

void
window_free(struct window *w)
{
	free(w->t);
	window_init(w, 0, 0);
}

size_t
window_cap(uint32_t limit)
{
	return (limit == CONF_UNSET ? 0 : limit);
}

static int64_t *
window_at(struct window *w, size_t i)
{
	return (&w->t[(w->head + i) % w->cap]);
}

void
window_expire(struct window *w, int64_t now)
{
	while (w->n > 0 && *window_at(w, 0) <= now - w->span) {
		w->head = (w->head + 1) % w->cap;
		w->n--;
	}
}

void
window_add(struct window *w, int64_t when)
{
	size_t i;

	if (w->cap == 0)
		return;
	if (w->t == NULL)
		w->t = xcalloc(w->cap, sizeof(*w->t));
	if (w->n == w->cap) {
		if (when < *window_at(w, 0))
			return;
		w->head = (w->head + 1) % w->cap;
		w->n--;
	}
	for (i = w->n++; i > 0 && *window_at(w, i - 1) > when; i--)
		*window_at(w, i) = *window_at(w, i - 1);
	*window_at(w, i) = when;
}

void
window_renew(struct window *w, size_t cap)
{
	struct window old = *w;
	size_t i;

	window_init(w, cap, old.span);
	for (i = old.n > w->cap ? old.n - w->cap : 0; i < old.n; i++)
		window_add(w, *window_at(&old, i));
	free(old.t);
}

int64_t
window_wait(struct window *w, int64_t now)
{
	return (w->n == 0 ? 0 : *window_at(w, 0) + w->span - now);
}
