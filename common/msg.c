/* SPDX-License-Identifier: ISC */
/* The message table as data. */
#include "config.h"

#include "common/defs.h"
#include "common/estop.h"
#include "common/execs.h"
#include "common/files.h"
#include "common/msg.h"
#include "common/payload.h"
#include "common/ticket.h"
#include "common/xconf.h"

_Static_assert(MSG_TICKET == TICKET_SIZE, "the table and ticket.h disagree");

static const struct msg_row rows[] = {
#define ROW_OF(n, v, f, t, s, mi, ma, fi, fa, sh) \
	{ (v), #n, (f), (t), (s), (mi), (ma), (fi), (fa), (sh) },
	MSG_TABLE(ROW_OF)
#undef ROW_OF
};

const struct msg_row *
msg_row(unsigned type)
{
	size_t i;

	for (i = 0; i < NELEM(rows); i++)
		if (rows[i].type == type)
			return (&rows[i]);
	return (NULL);
}

const struct msg_row *
msg_row_at(size_t i)
{
	return (i < NELEM(rows) ? &rows[i] : NULL);
}

const char *
msg_name(unsigned type)
{
	const struct msg_row *r;

	r = msg_row(type);
	return (r != NULL ? r->name : "unknown");
}
