/* SPDX-License-Identifier: ISC */
/*
 * A record of what others have named, for people and for who asked for the run:
 * the first byte is its kind, the rest are its fields.  What a terminal gets is
 * one line with nothing in it that steers or deceives; what the asker gets is a
 * line of a log still.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "auditor/askview.h"
#include "client/logline.h"
#include "common/record/kind.h"
#include "common/text.h"
#include "tests/fuzz/fuzz.h"

static void
is_plain(const uint8_t *p, size_t n)
{
	uint32_t cp;
	size_t len;

	for (; n != 0; p += len, n -= len)
		if ((len = text_char(p, n, &cp)) == 0 || cp < ' ' ||
		    text_deceives(cp))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf line, shown, asked;
	struct record_head head;
	struct record_view v;
	uint64_t number;

	if (n == 0)
		return (0);
	record_start(&head);
	buf_init(&line, RECORD_MAX);
	buf_init(&shown, 4 * RECORD_MAX);
	buf_init(&asked, 4 * RECORD_MAX);
	/* an account's name comes from another program */
	if (memmem(p, n, "uid", 3) == NULL &&
	    memmem(p, n, "approver", 8) == NULL &&
	    record_line(&line, &head, 1, p[0] % RECORD_KINDS, p + 1,
	    n - 1) == 0) {
		if (record_view(&v, (char *)line.data, line.len) == -1)
			abort();
		logline_show(&shown, &v);
		askview_line(&asked, (char *)line.data, &v);
		if (shown.bad || asked.bad)
			abort();
		is_plain(shown.data, shown.len);
		if (asked.len != 0 && record_check((char *)asked.data,
		    asked.len, NULL, &number) != NULL)
			abort();
	}
	buf_free(&line);
	buf_free(&shown);
	buf_free(&asked);
	return (0);
}
