/* SPDX-License-Identifier: ISC */
/* audit export: records in the forms of others, one line a record. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/export/export.h"
#include "client/logread.h"
#include "client/progress.h"
#include "client/when.h"
#include "common/defs.h"
#include "common/role.h"

struct exporting {
	export_fn	*fn;
	struct progress	 progress;
	struct buf	 b;
	uint64_t	 time_us;	/* of the last record */
	char		 host[256];
};

static const struct {
	const char	*name;
	export_fn	*fn;
} formats[] = {
	{ "json", export_json }, { "ocsf", export_ocsf },
	{ "syslog", export_syslog }, { "otel", export_otel }
};

static int
on_record(const struct record_view *v, const char *line, size_t len,
    void *arg, struct fail *f)
{
	struct exporting *e = arg;
	const struct export_in in = { v, line, len,
	    v != NULL ? v->time_us : e->time_us, e->host };

	e->time_us = in.time_us;
	buf_reset(&e->b);
	e->fn(&e->b, &in);
	buf_put_u8(&e->b, '\n');
	if (e->b.bad) {
		fail_set(f, EXIT_CLAWBOT, "a record is too long for this "
		    "format");
		return (-1);
	}
	if (fwrite(e->b.data, e->b.len, 1, stdout) == 1)
		return (0);
	fail_set(f, EXIT_IO, "standard output: %s", strerror(errno));
	return (-1);
}

static export_fn *
format_arg(const char *name)
{
	size_t i;

	for (i = 0; i < NELEM(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			return (formats[i].fn);
	usage_error("audit export: --format %s: not json, ocsf, syslog or "
	    "otel", name);
}

int
cmd_audit_export(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	static struct exporting e;
	struct logspan span = { &e.progress, 0, 0 };
	struct fail f;
	int ch, ret;

	e.fn = export_json;
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		if (ch == OPT_FORMAT)
			e.fn = format_arg(optarg);
		else if (when_arg(ch == OPT_SINCE ? "--since" : "--until",
		    optarg, ch == OPT_SINCE ? &span.since_us :
		    &span.until_us, &f) == -1)
			return (fail_print(&f));
	}
	command_operands(cmd, argc, 0, 0);
	if (cli->json && e.fn == export_syslog)
		usage_error("%s: --format syslog does not go with --json",
		    cmd->name);
	if (gethostname(e.host, sizeof(e.host) - 1) == -1)
		e.host[0] = '\0';
	/* an attribute may be escaped once more, and has words around it */
	buf_init(&e.b, 32U * RECORD_MAX);
	ret = logread(cli, &span, on_record, &e, &f);
	buf_free(&e.b);
	if (ret == 0 && fflush(stdout) != 0) {
		fail_set(&f, EXIT_IO, "standard output: %s", strerror(errno));
		ret = -1;
	}
	return (ret == -1 ? fail_print(&f) : 0);
}
