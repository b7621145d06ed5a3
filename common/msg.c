/* SPDX-License-Identifier: ISC */
/* The message table as data. */
#include "config.h"

#include "common/msg.h"
#include "common/ticket.h"

_Static_assert(MSG_TICKET == TICKET_SIZE, "the table and ticket.h disagree");

static const struct msg_row rows[] = {
#define X(n, v, f, t, s, mi, ma, fi, fa) \
	{ (v), #n, (f), (t), (s), (mi), (ma), (fi), (fa) },
	MSG_TABLE(X)
#undef X
};

#define NROWS	(sizeof(rows) / sizeof(rows[0]))

const struct msg_row *
msg_row(unsigned type)
{
	size_t i;

	for (i = 0; i < NROWS; i++)
		if (rows[i].type == type)
			return (&rows[i]);
	return (NULL);
}

const struct msg_row *
msg_row_at(size_t i)
{
	return (i < NROWS ? &rows[i] : NULL);
}

const char *
msg_name(unsigned type)
{
	const struct msg_row *r;

	r = msg_row(type);
	return (r != NULL ? r->name : "unknown");
}
