/* SPDX-License-Identifier: ISC */
/* Refusals that are of use; see advice.h. */
#include "config.h"

#include <string.h>

#include "common/field.h"
#include "supervisor/run/advice.h"

/* Each way out that is named here is tried by a test where it is said. */
static const struct advice_row {
	int		 final;		/* the same again gets the same */
	int		 ask;		/* approvers could let it run */
	const char	*next;
} advice_rows[] = {
	[ADVICE_POLICY] = { 1, 0, "nobody is asked about it: clawbot policy "
	    "why -- CMD tells by which rule, clawbot policy list what may be "
	    "asked for" },
	[ADVICE_PLACE] = { 1, 0, "clawbot policy list tells what there is to "
	    "run in, and what may be asked for" },
	[ADVICE_CHANNEL] = { 1, 0, "who may ask on a channel is said by "
	    "channels.NAME.users and access of clawbot.conf" },
	[ADVICE_SKILL] = { 1, 0, "clawbot policy list tells which skills "
	    "there are on this channel" },
	[ADVICE_ASK] = { 0, 1, "ask without --no-wait, and an approver is "
	    "asked" },
	[ADVICE_DENIED] = { 1, 1, "do not ask again by yourself; if an "
	    "approver thinks better of it within 30 minutes (clawbot "
	    "approvals --lapsed), the same request then runs once" },
	[ADVICE_EXPIRED] = { 0, 1, "ask again, and an approver is asked anew; "
	    "if one approves this one within 30 minutes (clawbot approvals "
	    "--lapsed), the same request then runs once" },
	[ADVICE_UNCLAIMED] = { 0, 1, "ask again, and an approver is asked "
	    "anew; clawbot wait claims what was approved in time" },
	[ADVICE_LATER] = { 0, 0, "try again later; clawbot status tells what "
	    "is used up, open or stopped" },
};

static void
put_skills(struct buf *b, const struct advice *a)
{
	struct strv v = { NULL, 0 };
	size_t i;

	for (i = 0; i < a->conf->nskills; i++)
		if (conf_channel_has_skill(a->ch, a->conf->skills[i].name) &&
		    a->conf->skills[i].refuse == NULL)
			strv_add(&v, a->conf->skills[i].name);
	field_list(b, "skills", &v);
	strv_free(&v);
}

void
advice_put(struct buf *b, const struct advice *a)
{
	const struct advice_row *row = &advice_rows[a->kind];

	if (a->kind == ADVICE_NONE)
		return;
	field_bool(b, "final", row->final);
	if (a->where != NULL && a->where[0] != '\0')
		field_str(b, "where", a->where);
	if (row->ask)
		field_list(b, "approvers", &a->conf->approvers.text);
	if (a->retry_ms > 0)
		field_u64(b, "retry_s", (uint64_t)(a->retry_ms + 999) / 1000);
	field_str(b, "next", row->next);
	if (a->kind == ADVICE_LATER || a->kind == ADVICE_CHANNEL)
		return;
	if (a->sk != NULL)
		field_list(b, "write", &a->sk->write);
	put_skills(b, a);
}
