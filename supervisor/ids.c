/* SPDX-License-Identifier: ISC */
/* The register of ids; see ids.h. */
#include "config.h"

#include <sys/random.h>

#include <assert.h>
#include <errno.h>

#include "common/log.h"
#include "common/plan.h"
#include "common/role.h"
#include "common/xmalloc.h"
#include "supervisor/ids.h"

#define IDS_AHEAD	32	/* ids that one call of the kernel gives */

static struct held *
find(const struct ids *s, uint64_t id)
{
	size_t i;

	for (i = 0; i < s->nheld; i++)
		if (s->held[i].id == id)
			return (&s->held[i]);
	return (NULL);
}

int
ids_held(const struct ids *s, uint64_t id)
{
	return (find(s, id) != NULL);
}

void
ids_hold(struct ids *s, uint64_t id)
{
	struct held *h;

	if ((h = find(s, id)) != NULL) {
		h->n++;
		return;
	}
	if (s->nheld == s->room) {
		s->held = xrecallocarray(s->held, s->room, s->room + 64,
		    sizeof(*s->held));
		s->room += 64;
	}
	s->held[s->nheld].id = id;
	s->held[s->nheld++].n = 1;
}

void
ids_let_go(struct ids *s, uint64_t id)
{
	struct held *h = find(s, id);

	assert(h != NULL);
	if (--h->n == 0)
		*h = s->held[--s->nheld];
}

int
ids_random(void *p, size_t len)
{
	uint8_t *at = p;
	ssize_t n;

	for (; len > 0; len -= (size_t)n, at += n) {
		do {
			n = getrandom(at, len, 0);
		} while (n == -1 && errno == EINTR);
		if (n == -1)
			return (-1);
	}
	return (0);
}

/* Drawn ahead, a few at a time, and forgotten with their use. */
static uint64_t
draw(void)
{
	static uint64_t ahead[IDS_AHEAD];
	static size_t left;
	uint64_t id;

	if (left == 0) {
		if (ids_random(ahead, sizeof(ahead)) == -1)
			fatal(EXIT_SYSTEM, "getrandom");
		left = IDS_AHEAD;
	}
	id = ahead[--left];
	ahead[left] = 0;
	return (id & RUNID_MASK);
}

uint64_t
ids_unheld(void)
{
	uint64_t id;

	do {
		id = draw();
	} while (id == 0);
	return (id);
}

uint64_t
ids_new(struct ids *s)
{
	uint64_t id;

	do {
		id = ids_unheld();
	} while (ids_held(s, id));
	ids_hold(s, id);
	return (id);
}

int
ids_late(const struct ids *s, uint64_t id)
{
	size_t i, n = s->nlate < IDS_LATE ? s->nlate : IDS_LATE;

	for (i = 0; i < n; i++)
		if (s->late[i] == id)
			return (1);
	return (0);
}

void
ids_forget(struct ids *s, uint64_t id)
{
	uint64_t *late = &s->late[s->nlate % IDS_LATE];

	if (s->nlate++ >= IDS_LATE)
		ids_let_go(s, *late);
	*late = id;
	ids_hold(s, id);
}
