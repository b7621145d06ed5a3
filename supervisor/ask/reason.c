/* SPDX-License-Identifier: ISC */
/* Reasons; see reason.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/knownsecret.h"
#include "common/plan.h"
#include "supervisor/ask/reason.h"
#include "supervisor/conf/conf.h"

char *
reason_masked(const struct daemon *d, const char *why)
{
	const size_t len = strlen(why);
	uint8_t *hide;
	char *s;

	if (!d->conf->redact_known || len == 0)
		return (xstrdup(why));
	hide = xcalloc(len, 1);
	(void)knownsecret_find(why, len, hide);
	s = mask_text(why, len, hide, NULL, NULL);
	free(hide);
	if (strlen(s) > PLAN_MAXREASON) {
		freezero(s, strlen(s));
		s = xstrdup(MASK_MARK);
	}
	return (s);
}
