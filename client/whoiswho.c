/* SPDX-License-Identifier: ISC */
/* Who is who; see whoiswho.h. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "client/out.h"
#include "client/user.h"
#include "client/whoiswho.h"
#include "common/decimal.h"
#include "common/field.h"

static void
put_account(struct buf *b, const char *uid)
{
	char *name = NULL;
	uint64_t v;

	if (decimal(uid, UINT32_MAX, &v) == 0)
		name = user_name(USER_FILE, (uid_t)v);
	buf_printf(b, "%s", name != NULL ? name : uid);
	free(name);
}

void
whoiswho_text(struct buf *b, const void *row, size_t len)
{
	struct strv uids = { NULL, 0 };
	char *detail = field_get_str(row, len, "detail");
	uint64_t more = 0;
	size_t i;

	buf_printf(b, "%s", detail);
	field_get_list(row, len, "uids", &uids);
	(void)row_num(row, len, "more", &more);
	/* whom groups come to; others are there by name */
	if (strstr(detail, "group:") != NULL) {
		buf_printf(b, ": %s", uids.n == 0 ? "nobody" : "");
		for (i = 0; i < uids.n; i++) {
			buf_printf(b, "%s", i > 0 ? ", " : "");
			put_account(b, uids.v[i]);
		}
		if (more != 0)
			buf_printf(b, " and %llu more",
			    (unsigned long long)more);
	}
	strv_free(&uids);
	free(detail);
}

static int
is_among(const char *uid, const struct strv *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (strcmp(v->v[i], uid) == 0)
			return (1);
	return (0);
}

int
whoiswho_root_alone(const struct strv *uids)
{
	size_t i;

	for (i = 0; i < uids->n; i++)
		if (strcmp(uids->v[i], "0") != 0)
			return (0);
	return (1);
}

int
whoiswho_both(struct buf *b, const void *row, size_t len,
    const struct strv *approvers)
{
	struct strv uids = { NULL, 0 };
	size_t i, n = 0;

	field_get_list(row, len, "uids", &uids);
	for (i = 0; i < uids.n; i++) {
		if (strcmp(uids.v[i], "0") != 0 &&
		    !is_among(uids.v[i], approvers))
			continue;
		buf_printf(b, "%s", n++ > 0 ? ", " : "");
		put_account(b, uids.v[i]);
	}
	if (n != 0)
		buf_printf(b, n == 1 ? " is an approver as well" :
		    " are approvers as well");
	strv_free(&uids);
	return (n != 0);
}
