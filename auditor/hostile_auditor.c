/* SPDX-License-Identifier: ISC */
/* An auditor that was taken over; nothing in a build for use. */
#include "config.h"

#include "auditor/hostile_auditor.h"

#if CB_TEST_HOOKS
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/takeover.h"
#include "common/log.h"

#define LATE_US	1500000

static uint8_t kept[TICKET_SIZE];

void
hostile_ticket_of(struct reply *ans, uint64_t *run, uint8_t *kind,
    uint64_t *expires)
{
	const char *what = hostile_word("/hostile");

	if (what[0] == '\0')
		return;
	if (strcmp(what, "calls") == 0)
		hostile_calls();
	else if (strcmp(what, "late") == 0)
		(void)usleep(LATE_US);
	else if (strcmp(what, "plan") == 0)
		ans->digest[0] ^= 1;
	else if (strcmp(what, "run") == 0)
		(*run)++;
	else if (strcmp(what, "kind") == 0)
		*kind = TICKET_ANSWER;
	else if (strcmp(what, "expired") == 0)
		*expires = 1;
	else if (strcmp(what, "record") == 0)
		ans->record = 1;
	else if (strcmp(what, "skill") == 0) {
		free(ans->skill);
		ans->skill = xstrdup("other");
	} else if (strcmp(what, "secret") == 0 && ans->secrets.n != 0) {
		free(ans->secrets.v[0]);
		ans->secrets.v[0] = xstrdup("OTHER@1");
	} else if (strcmp(what, "more secrets") == 0)
		strv_add(&ans->secrets, "OTHER@1");
}

void
hostile_made(uint8_t *raw, size_t len)
{
	const char *what = hostile_word("/hostile");

	if (strcmp(what, "keep") == 0)
		memcpy(kept, raw, len);
	else if (strcmp(what, "kept") == 0)
		memcpy(raw, kept, len);
}

void
hostile_owner(uint32_t *uid)
{
	if (strcmp(hostile_word("/hostile"), "shows all") == 0)
		*uid = UINT32_MAX;
}
#endif
