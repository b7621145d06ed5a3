/* SPDX-License-Identifier: ISC */
/* A command that a pattern is about, to see what else is said of it. */
#include "config.h"

#include <string.h>

#include "common/buf.h"
#include "common/policy/pattern_priv.h"
#include "common/policy/policy.h"

#define SAMPLE_LONGER	3		/* words for "**" */

/* The word, with something in place of each star. */
static void
add_filled(struct strv *to, const char *s, const char *star)
{
	struct buf b;

	buf_init(&b, (strlen(star) + 1) * strlen(s) + 1);
	for (; *s != '\0'; s++)
		if (*s == GLOB_CHAR)
			buf_put(&b, star, strlen(star));
		else
			buf_put_u8(&b, (uint8_t)*s);
	buf_put_u8(&b, '\0');
	strv_add(to, (const char *)b.data);
	buf_free(&b);
}

void
pattern_sample(const struct pattern *p, const char *star, int longer,
    struct strv *argv)
{
	size_t i, k, n;

	for (i = 0; i < p->n; i++) {
		if (p->w[i].kind != W_ANY) {
			add_filled(argv, p->w[i].s, star);
			continue;
		}
		/* there is always a program */
		n = longer ? SAMPLE_LONGER : i == 0;
		for (k = 0; k < n; k++)
			add_filled(argv, GLOB_STR, star);
	}
}
