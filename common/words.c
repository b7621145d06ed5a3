/* SPDX-License-Identifier: ISC */
/* Words that configuration, log and answers have in common. */
#include "config.h"

#include <string.h>

#include "common/words.h"

const char *const verdict_words[] = {
	[VERDICT_ALLOW] = "allow", [VERDICT_ASK] = "ask",
	[VERDICT_DENY] = "deny", NULL
};

const char *const access_words[] = {
	[ACCESS_NONE] = "none", [ACCESS_READ_ONLY] = "read-only",
	[ACCESS_EXECUTE] = "execute", NULL
};

static const char *const kinds[] = {
	[RECORD_EXEC] = "exec", [RECORD_AUTH] = "auth",
	[RECORD_POLICY] = "policy", [RECORD_APPROVAL] = "approval",
	[RECORD_SECRET] = "secret", [RECORD_QUOTA] = "quota",
	[RECORD_CONFIG] = "config", [RECORD_SESSION] = "session",
	[RECORD_STOP] = "stop", [RECORD_RECOVER] = "recover",
	/* not written yet, but what is logged now must not look like them */
	[RECORD_KINDS] = "api", "file", "net", "seal", "redact"
};

#define NKINDS	(sizeof(kinds) / sizeof(kinds[0]))

const char *
record_kind_name(unsigned kind)
{
	return (kind < RECORD_KINDS ? kinds[kind] : NULL);
}

int
record_kind_ends(const void *data, size_t n)
{
	const char *s = data;
	size_t k, len;

	for (k = RECORD_EXEC; k < NKINDS; k++) {
		len = strlen(kinds[k]);
		if (n >= len && memcmp(s + n - len, kinds[k], len) == 0)
			return (1);
	}
	return (0);
}
