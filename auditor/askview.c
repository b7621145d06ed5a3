/* SPDX-License-Identifier: ISC */
/* Records as their asker is shown them; see askview.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "auditor/askview.h"
#include "common/defs.h"
#include "common/record/members.h"

#define PATH_LONGEST	64

/* All that there is to see; of an object it and the members of it. */
static const char *const shown[] = {
	"ev", "run", "skill", "plan", "verdict", "rule",
	/* the way of a request */
	"approval", "expires_s", "late", "standing", "uses",
	/* how it runs, and what it ran as */
	"account", "uid", "terminal", "detached", "rotates", "secrets",
	"given",
	"cwd_dev", "cwd_ino",
	"exe", "exe.digest", "exe.dev", "exe.ino",
	"script", "script.digest", "script.dev", "script.ino",
	/* a program or a name of it */
	"seq", "parent", "answered", "digest", "dev", "ino", "how", "pid",
	"at_us",
	/* its end */
	"intent", "outcome", "exit", "wall_us", "user_us", "sys_us",
	"maxrss_kb", "in_bytes", "out_bytes", "err_bytes", "processes",
	"refused", "execs", "files", "files_more", "files_lost", "limit",
	"in_digest",
	/* who asked, and by what it was decided */
	"why", "why.channel", "why.uid", "why.account", "why.pid", "why.conn",
	"why.login_uid", "why.login", "why.audit_session", "why.asker",
	"why.depth", "why.chain", "why.rule", "why.verdict", "why.approver",
	"why.approver_account", "why.confirmed", "why.approval",
	"why.standing", "why.policy",
	/* who decided */
	"by", "by.channel", "by.uid", "by.account", "by.pid", "by.conn",
	"by.login_uid", "by.login", "by.audit_session", "by.asker",
	"by.depth", "by.chain", "by.signal",
	/* the program that waited */
	"exec", "exec.question", "exec.seq", "exec.digest", "exec.rule",
	"exec.way",
	/* and what it may have again */
	"standing.id", "standing.for_s", "standing.count", "standing.plan",
	"standing.exe_digest", "standing.script_digest",
};

static int
is_shown(const char *in, const struct recmember *m)
{
	char path[PATH_LONGEST];
	size_t i;
	int n;

	n = snprintf(path, sizeof(path), "%s%s%.*s", in, in[0] != '\0' ? "." :
	    "", (int)m->keylen, m->key);
	if (n < 0 || (size_t)n >= sizeof(path))
		return (0);
	for (i = 0; i < NELEM(shown); i++)
		if (strcmp(shown[i], path) == 0)
			return (1);
	return (0);
}

/* Members of an object inside of a record. */
static void
put_object(struct buf *b, const struct recmember *of)
{
	char in[PATH_LONGEST];
	struct recmember m;
	struct recwalk w;
	int any = 0;

	(void)snprintf(in, sizeof(in), "%.*s", (int)of->keylen, of->key);
	buf_put_u8(b, '{');
	recwalk_init(&w, of->val, of->len);
	while (recwalk_next(&w, &m)) {
		if (!is_shown(in, &m))
			continue;
		buf_printf(b, "%s\"%.*s\":", any ? "," : "", (int)m.keylen,
		    m.key);
		buf_put(b, m.val, m.len);
		any = 1;
	}
	buf_put_u8(b, '}');
}

void
askview_line(struct buf *b, const char *line, const struct record_view *v)
{
	struct recmember m;
	struct recwalk w;

	if (v->kind != RECORD_EXEC && v->kind != RECORD_APPROVAL &&
	    v->kind != RECORD_FILE)
		return;
	buf_put(b, line, (size_t)(v->json - line));
	buf_printf(b, "{\"v\":1,\"excerpt\":true");
	recwalk_init(&w, v->json, v->jsonlen);
	while (recwalk_next(&w, &m)) {
		if (!is_shown("", &m))
			continue;
		buf_printf(b, ",\"%.*s\":", (int)m.keylen, m.key);
		if (m.len != 0 && *m.val == '{')
			put_object(b, &m);
		else
			buf_put(b, m.val, m.len);
	}
	buf_printf(b, ",\"p\":\"" ASKVIEW_P "\"}\n");
}
