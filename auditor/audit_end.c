/* SPDX-License-Identifier: ISC */
/* The last record of a session: how it ended. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include "auditor/auditor.h"
#include "common/field.h"
#include "common/log.h"
#include "common/role.h"

void
audit_session_end(struct auditor *a, const char *reason)
{
	uint64_t number;
	struct buf b;

	buf_init(&b, AUDITOR_FIELDS);
	field_str(&b, "ev", "stop");
	if (reason != NULL)
		field_str(&b, "reason", reason);
	field_u64(&b, "open", a->runs.n);
	closed_put(a, &b);
	if (chain_append_reserved(&a->chain, RECORD_SESSION, &b, &number) !=
	    CHAIN_OK) {
		closed_back(a);
		log_warnx("the end of the session cannot be recorded");
	}
	buf_free(&b);
	sealing_add_last(a);
	chain_commit(&a->chain);
	sealing_done(a);
	closed_durable(a);
	closed_tidy(a);
}

/*
 * What came before it was good and may be evidence, so it is kept; nobody is
 * answered any more.
 */
void
audit_breach(struct auditor *a, const char *fmt, ...)
{
	char why[256], text[300];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	(void)snprintf(text, sizeof(text), "the supervisor broke the "
	    "protocol: %s", why);
	audit_session_end(a, text);
	fatalx(EXIT_ROLE_PROTO(ROLE_SUPERVISOR), "from the supervisor: %s",
	    why);
}
