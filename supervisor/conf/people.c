/* SPDX-License-Identifier: ISC */
/* Who is who; see people.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "supervisor/conf/people.h"

#define PEOPLE_NAMED	32	/* accounts of one role that are named */

void
people_each(const struct conf *c, void (*fn)(void *,
    const struct people_role *), void *arg)
{
	const struct people_role first[] = {
		{ "administrator", NULL, NULL, NULL, 1 },
		{ "approver", NULL, "approvals.approvers", &c->approvers, 1 },
		{ "reader of the log", NULL, "audit.readers", &c->readers, 0 },
	};
	struct people_role r = { .role = "agent" };
	char key[sizeof("channels..users") + 64];
	size_t i;

	for (i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		fn(arg, &first[i]);
	for (i = 0; i < c->nchannels; i++) {
		if (c->channels[i].access == ACCESS_NONE)
			continue;
		(void)snprintf(key, sizeof(key), "channels.%.64s.users",
		    c->channels[i].name);
		r.channel = c->channels[i].name;
		r.key = key;
		r.who = &c->channels[i].users;
		fn(arg, &r);
	}
}

/* What groups come to; accounts that are written stand there already. */
static void
print_members(const struct who *w, FILE *fp)
{
	const struct accounts *m = &w->members;
	size_t i;

	fprintf(fp, " (%s", m->n == 0 ? "nobody" : "");
	for (i = 0; i < m->n && i < PEOPLE_NAMED; i++)
		fprintf(fp, "%s%s", i > 0 ? ", " : "", m->names.v[i]);
	if (i < m->n)
		fprintf(fp, " and %zu more", m->n - i);
	fprintf(fp, ")");
}

static void
print_role(void *arg, const struct people_role *r)
{
	FILE *fp = arg;
	size_t i;

	fprintf(fp, "%s%s%s: ", r->role, r->channel != NULL ? " on " : "",
	    r->channel != NULL ? r->channel : "");
	for (i = 0; r->who != NULL && i < r->who->text.n; i++)
		fprintf(fp, "%s%s", i > 0 ? ", " : "", r->who->text.v[i]);
	if (r->who != NULL && r->who->ngids != 0)
		print_members(r->who, fp);
	if (r->root)
		fprintf(fp, "%sroot", r->who != NULL && i > 0 ? ", " : "");
	else if (i == 0)
		fprintf(fp, "nobody");
	fprintf(fp, "\n");
}

void
people_print(const struct conf *c, FILE *fp)
{
	people_each(c, print_role, fp);
}
