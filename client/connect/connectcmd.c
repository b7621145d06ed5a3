/* SPDX-License-Identifier: ISC */
/* connect: an agent's settings, shown, written and taken out again. */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli.h"
#include "client/connect/connectcheck.h"
#include "client/connect/settingsfile.h"
#include "client/connect/setup.h"
#include "client/esc.h"
#include "client/opt.h"
#include "client/out.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define CONTEXT	3	/* lines around a change */

/* One of its files. */
struct planned {
	struct settingsfile is;
	char		*text;		/* that it is to have */
};

struct connect {
	struct setup	 setup;
	struct planned	 planned[SETUP_PARTS];
	size_t		 n;
	int		 writes;
	int		 removes;
	int		 checks;
	int		 changes;
};

/* A line of the difference, whatever is in it. */
static void
put_line(char sign, const char *line, size_t n)
{
	struct buf b;

	buf_init(&b, 16 * n + 16);
	buf_put_u8(&b, (uint8_t)sign);
	esc_text(&b, line, n);
	buf_put_u8(&b, '\n');
	out_buf(stdout, &b);
}

static size_t
line_len(const char *s)
{
	return (strcspn(s, "\n"));
}

static const char *
next_line(const char *s)
{
	s += line_len(s);
	return (*s == '\n' ? s + 1 : s);
}

static int
same_line(const char *a, const char *b)
{
	return (*a != '\0' && *b != '\0' && line_len(a) == line_len(b) &&
	    memcmp(a, b, line_len(a)) == 0);
}

/* How many lines both begin with. */
static size_t
common_lines(const char *a, const char *b)
{
	size_t n = 0;

	for (; same_line(a, b); n++) {
		a = next_line(a);
		b = next_line(b);
	}
	return (n);
}

static size_t
count_lines(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s = next_line(s))
		n++;
	return (n);
}

static const char *
nth_line(const char *s, size_t n)
{
	while (n-- > 0)
		s = next_line(s);
	return (s);
}

/* Of these lines at most so many at the end are the same. */
static size_t
common_end(const char *a, size_t na, const char *b, size_t nb, size_t most)
{
	size_t n = 0;

	while (n < most && same_line(nth_line(a, na - n - 1),
	    nth_line(b, nb - n - 1)))
		n++;
	return (n);
}

static void
put_lines(char sign, const char *s, size_t n)
{
	for (; n > 0; n--, s = next_line(s))
		put_line(sign, s, line_len(s));
}

/* One change, with what stands around it. */
static void
put_diff(const char *file, const char *a, const char *b)
{
	size_t na = count_lines(a), nb = count_lines(b);
	size_t head = common_lines(a, b), least = na < nb ? na : nb;
	size_t tail = common_end(a, na, b, nb, least - head);
	size_t from = head > CONTEXT ? head - CONTEXT : 0;
	size_t after = tail > CONTEXT ? CONTEXT : tail;

	printf("--- %s\n+++ %s\n@@ -%zu +%zu @@\n", *a != '\0' ? file :
	    "/dev/null", *b != '\0' ? file : "/dev/null", from + 1, from + 1);
	put_lines(' ', nth_line(a, from), head - from);
	put_lines('-', nth_line(a, head), na - tail - head);
	put_lines('+', nth_line(b, head), nb - tail - head);
	put_lines(' ', nth_line(b, nb - tail), after);
}

/* The text with a part in it, or out of it, takes its place. */
static int
change(const struct connect *c, const struct setup_part *p, char **text,
    struct fail *f)
{
	const char *why = NULL;
	char *out = NULL;
	int r;

	r = setup_change(p, c->removes, *text, &out, &why);
	if (r == -1) {
		fail_set(f, EXIT_IO, "%s %s", p->file, why);
		fail_hint(f, "clawbot-connect(1) has what belongs there");
	} else if (r == 1) {
		freezero(*text, strlen(*text));
		*text = out;
	}
	return (r == -1 ? -1 : 0);
}

/*
 * All parts of a file: taken out in the other order, so that each finds what
 * it has left.
 */
static int
change_all(const struct connect *c, const char *file, char **text,
    struct fail *f)
{
	const struct setup *s = &c->setup;
	size_t i, k;

	for (i = 0; i < s->n; i++) {
		k = c->removes ? s->n - i - 1 : i;
		if (strcmp(s->part[k].file, file) == 0 &&
		    change(c, &s->part[k], text, f) == -1)
			return (-1);
	}
	return (0);
}

/* A file as it is and as it would be. */
static int
plan_file(const struct connect *c, struct planned *p, const char *file,
    struct fail *f)
{
	if (settingsfile_read(&p->is, file, f) == -1)
		return (-1);
	p->text = xstrdup(p->is.text);
	return (change_all(c, file, &p->text, f));
}

static void
planned_free(struct planned *p)
{
	if (p->text != NULL)
		freezero(p->text, strlen(p->text));
	settingsfile_free(&p->is);
}

/* All of them: one that cannot be changed with care leaves the others alone. */
static int
plan_all(struct connect *c, struct fail *f)
{
	const struct setup *s = &c->setup;
	size_t i;

	for (i = 0; i < s->n; i++)
		if ((i == 0 || strcmp(s->part[i].file,
		    s->part[i - 1].file) != 0) &&
		    plan_file(c, &c->planned[c->n++], s->part[i].file,
		    f) == -1)
			return (-1);
	return (0);
}

static int
changes(const struct planned *p)
{
	return (strcmp(p->text, p->is.text) != 0);
}

/* All that is going to change is shown before any of it does. */
static void
show_all(struct connect *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (changes(&c->planned[i])) {
			c->changes++;
			put_diff(c->planned[i].is.path, c->planned[i].is.text,
			    c->planned[i].text);
		}
	(void)fflush(stdout);
}

/* Nothing that can be known before is left to fail when one has changed. */
static int
prepare_all(struct connect *c, struct fail *f)
{
	struct planned *p;

	for (p = c->planned; p < c->planned + c->n; p++)
		if (changes(p) &&
		    settingsfile_prepare(&p->is, p->text, f) == -1)
			return (-1);
	for (p = c->planned; p < c->planned + c->n; p++)
		if (changes(p) && settingsfile_same(&p->is, f) == -1)
			return (-1);
	return (0);
}

/* What was changed before it failed is said. */
static int
write_all(struct connect *c, struct fail *f)
{
	struct planned *p, *done;

	if (prepare_all(c, f) == -1)
		return (-1);
	for (p = c->planned; p < c->planned + c->n; p++) {
		if (!changes(p) || settingsfile_replace(&p->is, f) == 0)
			continue;
		for (done = c->planned; done < p; done++)
			if (changes(done))
				complain("%s: is changed already",
				    done->is.path);
		return (-1);
	}
	return (0);
}

static int
all_files(struct connect *c, struct fail *f)
{
	size_t i;
	int r;

	if ((r = plan_all(c, f)) == 0) {
		show_all(c);
		if (c->writes)
			r = write_all(c, f);
	}
	for (i = 0; i < c->n; i++)
		planned_free(&c->planned[i]);
	return (r);
}

static void
tell(const struct connect *c)
{
	const struct setup *s = &c->setup;

	if (c->changes == 0 && s->n != 0)
		printf("%s: there is nothing to be %s\n", s->name,
		    c->removes ? "removed" : "added");
	else if (s->n != 0 && !c->writes)
		printf("\nNothing is written yet; that is done by --write.\n");
	if (c->removes)
		return;
	printf("%s%s\nNot stopped by it: %s. See clawbot-hook(1).\n",
	    s->n != 0 ? "\n" : "", s->then, s->holes);
}

int
cmd_connect(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	const char *skill = "";
	struct connect c;
	struct fail f;
	int ch, r;

	memset(&c, 0, sizeof(c));
	while ((ch = command_opt(cli, cmd, argc, argv)) != -1) {
		switch (ch) {
		case 'c':
			cli->channel = optarg;
			break;
		case 's':
			skill = optarg;
			break;
		case OPT_CHECK:
			c.checks = 1;
			break;
		case OPT_WRITE:
			c.writes = 1;
			break;
		case OPT_REMOVE:
			c.removes = c.writes = 1;
			break;
		}
	}
	command_operands(cmd, argc, 1, 1);
	if (cli->json)
		usage_error("connect goes without --json: it tells people");
	if (c.checks && c.writes)
		usage_error("connect: --check does not go with --write or "
		    "--remove");
	if (setup_make(&c.setup, argv[optind], cli, skill, &f) == -1)
		return (fail_print(&f));
	if (c.checks)
		r = connectcheck(&c.setup, cli, skill) != 0;
	else if ((r = all_files(&c, &f)) == 0)
		tell(&c);
	setup_free(&c.setup);
	return (r == -1 ? fail_print(&f) : r);
}
