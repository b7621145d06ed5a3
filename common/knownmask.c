/* SPDX-License-Identifier: ISC */
/* Texts without secrets of known shapes; see knownmask.h. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/knownmask.h"
#include "common/knownsecret.h"
#include "common/plan.h"
#include "common/xmalloc.h"

char *
knownmask_text(const char *text, size_t max)
{
	const size_t len = strlen(text);
	uint8_t *hide;
	char *s;

	if (len == 0)
		return (xstrdup(text));
	hide = xcalloc(len, 1);
	(void)knownsecret_find(text, len, hide);
	s = mask_text(text, len, hide, NULL, NULL);
	free(hide);
	if (strlen(s) > max) {
		freezero(s, strlen(s));
		s = xstrdup(MASK_MARK);
	}
	return (s);
}
