/* SPDX-License-Identifier: ISC */
/* status: whether records are written, what the log is like, and its disk. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/field.h"
#include "common/record/kind.h"
#include "supervisor/ask/ask.h"
#include "supervisor/ask/statuslog.h"
#include "supervisor/run/logchecks.h"
#include "supervisor/run/run.h"

void
status_row(struct client *cl, const char *kind, const char *name,
    const char *state, const char *fmt, ...)
{
	char detail[2048];
	struct buf b;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	buf_init(&b, MSG_ROW_MAX);
	field_str(&b, "kind", kind);
	field_str(&b, "name", name);
	field_str(&b, "state", state);
	field_str(&b, "detail", detail);
	client_send(cl, MSG_ROW, &b, NULL, 0);
}

static void
record_row(struct client *cl)
{
	const struct daemon *d = cl->d;

	if (d->unrecorded != NULL)
		status_row(cl, "log", "records", "refused", "%s; for %lld s",
		    d->unrecorded, (long long)((now_ms() -
		    d->unrecorded_since) / 1000));
	else
		status_row(cl, "log", "records", "written", "%s", "records are "
		    "written, and nothing runs that is not");
}

/* What the auditor has found on its rounds. */
static void
parts_row(struct client *cl)
{
	struct logchecks_show s;

	logchecks_show(cl->d, &s);
	status_row(cl, "log", "parts", s.state, "%s", s.detail);
	logchecks_show_fixed(cl->d, &s);
	status_row(cl, "log", "immutable", s.state, "%s", s.detail);
	if (logchecks_show_stored(cl->d, &s))
		status_row(cl, "log", "output", s.state, "%s", s.detail);
}

/* Their file systems are looked at by who asks: none can be seen here. */
static void
disk_rows(struct client *cl)
{
	const struct conf *c = cl->d->conf;
	const char *const dirs[] = { c->log_dir, c->vault_dir };
	struct buf b;
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		buf_init(&b, MSG_ROW_MAX);
		field_str(&b, "kind", "disk");
		field_str(&b, "name", dirs[i]);
		field_str(&b, "state", "in use");
		field_str(&b, "detail", "");
		if (i == 0)
			field_u64(&b, "refuses_below", RECORD_ROOM(cl->d->nruns
			    + 1));
		client_send(cl, MSG_ROW, &b, NULL, 0);
	}
}

void
status_log(struct client *cl)
{
	record_row(cl);
	parts_row(cl);
	disk_rows(cl);
}
