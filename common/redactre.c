/* SPDX-License-Identifier: ISC */
/* The expressions of logging.redact; see redactre.h. */
#include "config.h"

#include <stdio.h>

#include "common/redactre.h"

pcre2_code *
redactre_compile(const char *pattern, char *err, size_t errlen)
{
	PCRE2_UCHAR text[128];
	PCRE2_SIZE off;
	pcre2_code *code;
	int why;

	code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
	    PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOTALL, &why,
	    &off, NULL);
	if (code != NULL)
		return (code);
	(void)pcre2_get_error_message(why, text, sizeof(text));
	(void)snprintf(err, errlen, "\"%.100s\" at %zu: %s", pattern,
	    (size_t)off, (const char *)text);
	return (NULL);
}
