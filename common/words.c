/* SPDX-License-Identifier: ISC */
/* Words that configuration, log and answers have in common. */
#include "config.h"

#include <stddef.h>

#include "common/words.h"

const char *const verdict_words[] = {
	[VERDICT_ALLOW] = "allow", [VERDICT_ASK] = "ask",
	[VERDICT_DENY] = "deny", NULL
};

const char *const access_words[] = {
	[ACCESS_NONE] = "none", [ACCESS_READ_ONLY] = "read-only",
	[ACCESS_EXECUTE] = "execute", NULL
};
