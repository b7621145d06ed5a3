/* SPDX-License-Identifier: ISC */
/* What is said of who asks; see origin.h. */
#include "config.h"

#include "common/field.h"
#include "common/plan.h"
#include "supervisor/client/origin.h"
#include "supervisor/conf/conf.h"

static void
put_name(struct buf *b, const char *key, const struct conf *c, uid_t uid)
{
	const char *name = conf_account(c, uid);

	if (name != NULL)
		field_str(b, key, name);
}

void
account_put(struct buf *b, const struct conf *c, uid_t uid)
{
	field_u64(b, "uid", uid);
	put_name(b, "account", c, uid);
}

/* Who that person was before su(1), sudo(8) or a script. */
static void
put_login(struct buf *b, const struct conf *c, const struct origin *o)
{
	if (o->login != ORIGIN_UNSET) {
		field_u64(b, "login_uid", o->login);
		put_name(b, "login", c, o->login);
	}
	if (o->audit != ORIGIN_UNSET)
		field_u64(b, "audit_session", o->audit);
}

/* Of more than one run: all of them, the outermost first. */
static void
put_chain(struct buf *b, const struct lineage *l)
{
	struct strv ids = { NULL, 0 };
	char text[RUNID_TEXT];
	unsigned i;

	if (l->depth < 2)
		return;
	for (i = 0; i < l->depth; i++) {
		runid_text(text, l->ids[i]);
		strv_add(&ids, text);
	}
	field_list(b, "chain", &ids);
	strv_free(&ids);
}

void
origin_put(struct buf *b, const struct conf *c, uid_t uid, pid_t pid,
    const struct origin *o, const struct lineage *l)
{
	char text[RUNID_TEXT];

	account_put(b, c, uid);
	field_u64(b, "pid", (uint64_t)pid);
	if (o->conn != 0) {
		connid_text(text, o->conn);
		field_str(b, "conn", text);
		put_login(b, c, o);
	}
	lineage_put(b, l);
	put_chain(b, l);
}
