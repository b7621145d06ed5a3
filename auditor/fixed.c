/* SPDX-License-Identifier: ISC */
/* Closed segments that have the immutable attribute; see fixed.h. */
#include "config.h"

#include <string.h>

#include "auditor/auditor.h"
#include "auditor/fixed.h"
#include "common/field.h"
#include "common/immutable.h"
#include "common/xmalloc.h"

int
fixed_has(const struct auditor *a, uint64_t first, char name[LOG_NAMEMAX])
{
	const int dirfd = a->chain.seg.dirfd;

	logseg_packed_name(name, first);
	if (immutable_has(dirfd, name))
		return (1);
	logseg_name(name, LOG_STEM, first);
	return (immutable_has(dirfd, name));
}

const char *
fixed_bars(const struct auditor *a, uint64_t first, char name[LOG_NAMEMAX])
{
	const int dirfd = a->chain.seg.dirfd;
	const char *letters;

	logseg_packed_name(name, first);
	if ((letters = immutable_letters(dirfd, name)) != NULL)
		return (letters);
	logseg_name(name, LOG_STEM, first);
	return (immutable_letters(dirfd, name));
}

/* Its place, or n. */
static size_t
find(const struct fixed *f, uint64_t first)
{
	size_t i;

	for (i = 0; i < f->n && f->v[i] != first; i++)
		;
	return (i);
}

static void
add(struct fixed *f, uint64_t first)
{
	f->v = xrecallocarray(f->v, f->n, f->n + 1, sizeof(*f->v));
	f->v[f->n++] = first;
}

static void
drop(struct fixed *f, size_t i)
{
	f->n--;
	memmove(f->v + i, f->v + i + 1, (f->n - i) * sizeof(*f->v));
}

void
fixed_see(struct auditor *a, uint64_t first)
{
	struct fixed *f = &a->fixed;
	char name[LOG_NAMEMAX];
	const int has = fixed_has(a, first, name);
	const size_t i = find(f, first);

	if (has && i == f->n)
		add(f, first);
	else if (!has && i < f->n)
		drop(f, i);
	if (!has && f->held == first)
		f->held = 0;
}

void
fixed_forget(struct auditor *a, uint64_t first)
{
	struct fixed *f = &a->fixed;
	const size_t i = find(f, first);

	if (i < f->n)
		drop(f, i);
	if (f->held == first)
		f->held = 0;
	if (f->due != 0)
		f->due--;
}

int
fixed_hold(struct auditor *a, uint64_t first)
{
	struct fixed *f = &a->fixed;

	if (f->held == first)
		return (0);
	f->held = first;
	return (1);
}

static void
get(const struct auditor *a, struct msg_parts *m)
{
	const struct fixed *f = &a->fixed;

	memset(m, 0, sizeof(*m));
	m->closed = (uint32_t)a->chain.seg.nold;
	m->immutable = (uint32_t)f->n;
	m->due = f->due;
	m->error = (uint32_t)f->error;
	m->held = f->held;
}

void
fixed_ready(struct buf *b, struct auditor *a)
{
	struct msg_parts *m = &a->fixed.told;

	get(a, m);
	field_u64(b, "parts", m->closed);
	field_u64(b, "immutable", m->immutable);
	field_u64(b, "parts_due", m->due);
	field_u64(b, "immutable_error", m->error);
	field_u64(b, "parts_held", m->held);
}

void
fixed_record(struct buf *b, const struct auditor *a)
{
	const struct fixed *f = &a->fixed;

	if (a->chain.seg.nold == 0)
		return;
	field_u64(b, "closed", a->chain.seg.nold);
	field_u64(b, "immutable", f->n);
	if (f->error != 0)
		field_str(b, "immutable_not", immutable_why(f->error));
}

void
fixed_tell(struct auditor *a)
{
	struct fixed *f = &a->fixed;
	struct msg_parts m;
	struct buf b;

	get(a, &m);
	/* where it is off, and nothing has it, how many there are is no news */
	if ((!f->on && f->n == 0 && f->told.immutable == 0) ||
	    memcmp(&m, &f->told, sizeof(m)) == 0)
		return;
	f->told = m;
	payload_put(&b, MSG_A_PARTS, &msg_parts_shape, &m);
	audit_put(a, MSG_A_PARTS, 0, &b);
}
