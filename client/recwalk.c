/* SPDX-License-Identifier: ISC */
/* Members of a record; see recwalk.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "client/esc.h"
#include "client/execline.h"
#include "client/recwalk.h"

int
record_text(const struct record_view *v, const char *path, char *out,
    size_t size)
{
	struct strv words = { NULL, 0 };
	int r = -1;

	execline_words(v, path, &words);
	if (words.n != 0) {
		(void)snprintf(out, size, "%s", words.v[0]);
		r = 0;
	}
	strv_free(&words);
	return (r);
}

int
record_who(const struct record_view *v, uint64_t *uid)
{
	/* as what a run acts is another matter */
	if (record_member_u64(v->json, v->jsonlen, "why.uid", uid) == 0 ||
	    (v->kind != RECORD_EXEC && record_member_u64(v->json, v->jsonlen,
	    "uid", uid) == 0))
		return (0);
	return (record_member_u64(v->json, v->jsonlen, "by.uid", uid));
}

int
record_has(const struct record_view *v, const char *path)
{
	const char *val;
	size_t len;

	return (record_member(v->json, v->jsonlen, path, &val, &len));
}

int
record_show(struct buf *b, const struct record_view *v, const char *path)
{
	struct strv words = { NULL, 0 };
	const char *val;
	size_t len;

	if (!record_member(v->json, v->jsonlen, path, &val, &len))
		return (-1);
	execline_words(v, path, &words);
	if (words.n != 0)
		esc_words(b, &words);
	else if (len != 2 || *val != '[')
		esc_text(b, val, len);
	strv_free(&words);
	return (0);
}
