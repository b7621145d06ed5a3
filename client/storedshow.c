/* SPDX-License-Identifier: ISC */
/* audit show --output; see storedshow.h. */
#include "config.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/esc.h"
#include "client/logquery.h"
#include "client/out.h"
#include "client/stored.h"
#include "client/storedcast.h"
#include "client/storedshow.h"
#include "common/msg.h"
#include "common/outfile.h"
#include "common/record/lines.h"
#include "common/role.h"

struct stored_finding {
	struct record_lines lines;
	struct stored_output *o;
	uint64_t	 n;
	int		 unshown;	/* to who reads no more than its own */
};

/* A stream of ours, and what of a line is not out yet where it is escaped. */
struct stored_stream {
	FILE		*f;
	int		 escaped;
	struct buf	 line;
};

struct stored_text {
	struct stored_stream out;
	struct stored_stream err;
};

static int
on_line(const char *line, size_t len, void *arg)
{
	struct stored_finding *s = arg;
	const char *val;
	struct record_view v;
	uint64_t number;
	size_t vlen;

	s->n++;
	if (record_check(line, len, NULL, &number) != NULL ||
	    record_view(&v, line, len) == -1)
		return (0);
	stored_see(s->o, &v);
	s->unshown |= record_member(v.json, v.jsonlen, "excerpt", &val, &vlen);
	return (0);
}

static int
on_piece(const uint8_t *p, size_t n, void *arg, struct fail *f)
{
	struct stored_finding *s = arg;

	if (record_lines_feed(&s->lines, p, n, on_line, s) == 0)
		return (0);
	fail_set(f, EXIT_CLAWBOT, "a line of the log is longer than %u bytes",
	    RECORD_MAX);
	return (-1);
}

/* The records of the run tell; 0, or -1 and *f. */
static int
find(const struct cli *cli, const char *name, struct stored_output *o,
    struct fail *f)
{
	struct stored_finding s;
	int r;

	memset(&s, 0, sizeof(s));
	s.o = o;
	record_lines_init(&s.lines);
	r = query_log(cli, QUERY_SHOW, 0, o->run, on_piece, NULL, &s, f);
	record_lines_free(&s.lines);
	if (r == -1)
		return (-1);
	if (o->has)
		return (0);
	if (s.n == 0)
		fail_set(f, 1, "no record of %s", name);
	else if (s.unshown)
		fail_set(f, EXIT_NOPERM, "only approvers and audit.readers "
		    "may read what a run has printed");
	else if (o->record == 0)
		fail_set(f, 1, "%s has not ended, or never began: output is "
		    "told of by the record of a run's end", name);
	else if (o->lost[0] != '\0')
		fail_set(f, 1, "nothing of the output of %s is stored: %s",
		    name, o->lost);
	else {
		fail_set(f, 1, "no output of %s is stored", name);
		fail_hint(f, "what is stored, logging.output in "
		    "clawbot.conf(5) says");
	}
	return (-1);
}

static void
put_line(struct stored_stream *s)
{
	struct buf b;
	size_t n = s->line.len;

	if (n > 0 && s->line.data[n - 1] == '\r')
		n--;
	buf_init(&b, 16U * STORED_MAX);
	esc_text(&b, s->line.data, n);
	out_buf(s->f, &b);
	buf_reset(&s->line);
}

static void
put_text(struct stored_stream *s, const uint8_t *p, size_t n)
{
	const uint8_t *nl;
	size_t len;

	if (!s->escaped) {
		(void)fwrite(p, 1, n, s->f);
		return;
	}
	for (; n > 0; p += len, n -= len) {
		nl = memchr(p, '\n', n);
		len = nl != NULL ? (size_t)(nl - p) : n;
		buf_put(&s->line, p, len);
		if (nl == NULL)
			continue;
		put_line(s);
		(void)putc('\n', s->f);
		len++;
	}
}

static int
on_part(const struct outfile_part *v, void *arg)
{
	struct stored_text *t = arg;

	if (v->kind == OUTFILE_ERR)
		put_text(&t->err, v->p, v->len);
	else if (v->kind == OUTFILE_OUT || v->kind == OUTFILE_TTY)
		put_text(&t->out, v->p, v->len);
	else if (v->kind == OUTFILE_GAP) {
		(void)fflush(t->out.f);
		(void)fflush(t->err.f);
		complain("%llu bytes of the output are not stored here",
		    (unsigned long long)v->gap);
	}
	return (0);
}

static void
begin_stream(struct stored_stream *s, FILE *f, enum stored_as as)
{
	s->f = f;
	s->escaped = as == STORED_TEXT && isatty(fileno(f));
	buf_init(&s->line, STORED_MAX);
}

static void
end_stream(struct stored_stream *s)
{
	if (s->line.len > 0) {
		put_line(s);
		(void)putc('\n', s->f);
	}
	buf_free(&s->line);
}

static int
print_text(const uint8_t *p, size_t n, enum stored_as as)
{
	struct stored_text t;
	struct outfile f;
	int r;

	memset(&f, 0, sizeof(f));
	begin_stream(&t.out, stdout, as);
	begin_stream(&t.err, stderr, as);
	r = outfile_feed(&f, p, n, on_part, &t);
	if (outfile_inside(&f))
		r = -1;
	outfile_free(&f);
	end_stream(&t.out);
	end_stream(&t.err);
	return (r);
}

static int
print_as(const struct cli *cli, const struct stored_output *o,
    const char *name, const struct buf *b, enum stored_as as)
{
	const uint8_t *p = b->data + OUTFILE_START;
	const size_t n = b->len - OUTFILE_START;

	if (cli->json)
		return (storedcast_json(name, p, n));
	if (as == STORED_TIMING)
		return (storedcast_print(o, name, p, n));
	if (as == STORED_REPLAY)
		return (storedcast_replay(p, n));
	return (print_text(p, n, as));
}

/* All of it came out, as far as it goes. */
static int
check_end(const char *name, int r, struct fail *f)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fail_set(f, EXIT_IO, "standard output: %s", strerror(errno));
		return (-1);
	}
	if (r == 0)
		return (0);
	fail_set(f, EXIT_CLAWBOT, "the stored output of %s ends too early: "
	    "whoever wrote it did not come to its end", name);
	return (-1);
}

int
stored_show(const struct cli *cli, const char *name, uint64_t run,
    enum stored_as as)
{
	struct stored_output o;
	struct fail f;
	struct buf b;
	int r;

	if (as == STORED_REPLAY && !isatty(STDOUT_FILENO))
		usage_error("--replay: standard output is no terminal; "
		    "--timing is for files");
	if (sodium_init() == -1) {
		complain("libsodium cannot be used");
		return (EXIT_CLAWBOT);
	}
	memset(&o, 0, sizeof(o));
	o.run = run;
	if (find(cli, name, &o, &f) == -1 ||
	    stored_get(cli, &o, &b, &f) == -1)
		return (fail_print(&f));
	r = check_end(name, print_as(cli, &o, name, &b, as), &f);
	buf_free(&b);
	if (r == 0 && o.lost[0] != '\0')
		complain("%llu bytes of the output are not stored: %s",
		    (unsigned long long)o.cut, o.lost);
	return (r == -1 ? fail_print(&f) : 0);
}
