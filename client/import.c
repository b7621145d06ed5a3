/* SPDX-License-Identifier: ISC */
/*
 * secrets import: all of the secrets of a .env file, or none of them.  Its
 * text and what goes to the vault are in locked pages.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/bundle.h"
#include "client/dotenv.h"
#include "client/esc.h"
#include "client/infile.h"
#include "client/out.h"
#include "client/pager.h"
#include "client/storing.h"
#include "common/role.h"

/* What is written for each secret besides name and value. */
#define IMPORT_MORE	8U
#define IMPORT_PACKED	(DOTENV_MAX + (IMPORT_MAX + 1) * IMPORT_MORE)
#define IMPORT_ROOM		(DOTENV_MAX + 1 + IMPORT_PACKED)

struct importing {
	const char	*file;		/* "-": standard input */
	int		 fd;
	struct stat	 st;
	int		 as_it_is;	/* --unmaskable */
	int		 rm;		/* --remove */
	struct bringing	 from;		/* --from */
	char		*text;		/* IMPORT_ROOM bytes, locked */
	size_t		 len;
	uint8_t		*packed;	/* in there */
	size_t		 packedlen;
	struct dotenv	 d;
};

static int
open_file(struct importing *im, struct fail *f)
{
	if (strcmp(im->file, "-") == 0) {
		im->fd = STDIN_FILENO;
		im->file = "standard input";
		if (im->rm)
			usage_error("secrets import: --remove needs a file");
	} else if ((im->fd = infile_open(im->file, INFILE_NOLINK |
	    (im->rm ? INFILE_PLAIN : 0), EXIT_IO, f)) == -1)
		return (-1);
	if (fstat(im->fd, &im->st) == -1) {
		fail_set(f, EXIT_IO, "%s: %s", im->file, strerror(errno));
		return (-1);
	}
	return (0);
}

static int
read_file(struct importing *im, struct fail *f)
{
	ssize_t n;

	im->text = mmap(NULL, IMPORT_ROOM, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (im->text == MAP_FAILED || mlock(im->text, IMPORT_ROOM) == -1 ||
	    madvise(im->text, IMPORT_ROOM, MADV_DONTDUMP) == -1) {
		fail_set(f, EXIT_CLAWBOT, "cannot lock %u bytes in memory: "
		    "%s", IMPORT_ROOM, strerror(errno));
		fail_hint(f, "ulimit -l tells how much may be locked");
		return (-1);
	}
	do {
		n = read(im->fd, im->text + im->len, DOTENV_MAX + 1 - im->len);
		if (n > 0)
			im->len += (size_t)n;
	} while ((n > 0 && im->len <= DOTENV_MAX) ||
	    (n == -1 && errno == EINTR));
	if (n == -1) {
		fail_set(f, EXIT_IO, "%s: %s", im->file, strerror(errno));
		return (-1);
	}
	if (im->len > DOTENV_MAX) {
		fail_set(f, EXIT_USAGE, "%s: more than %u bytes", im->file,
		    DOTENV_MAX);
		return (-1);
	}
	return (0);
}

/* The first secret that could not be hidden well, and all of what is wrong. */
static int
check(struct importing *im, struct fail *f)
{
	const struct dotenv_entry *e;
	const char *why;
	size_t i;

	if (dotenv_parse(&im->d, im->text, im->len) == -1) {
		fail_set(f, EXIT_USAGE, "%s:%u: %s", im->file, im->d.line,
		    im->d.why);
		return (-1);
	}
	for (i = 0; i < im->d.n; i++) {
		e = &im->d.v[i];
		why = storing_core((uint8_t *)e->value, e->len) == 0 ?
		    "it is blank" : im->as_it_is ? NULL :
		    storing_unmaskable((uint8_t *)e->value, e->len);
		if (why == NULL)
			continue;
		fail_set(f, EXIT_USAGE, "%s:%u: the value of %s cannot be "
		    "hidden in what runs print without hiding other things: "
		    "%s", im->file, e->line, e->name, why);
		fail_hint(f, "take it out of the file, or give --unmaskable");
		return (-1);
	}
	return (0);
}

static void
put(struct importing *im, const void *p, size_t len)
{
	uint8_t *to = im->packed + im->packedlen;

	to[0] = (uint8_t)(len >> 24);
	to[1] = (uint8_t)(len >> 16);
	to[2] = (uint8_t)(len >> 8);
	to[3] = (uint8_t)len;
	if (len != 0)
		memcpy(to + 4, p, len);
	im->packedlen += 4 + len;
}

static void
pack(struct importing *im)
{
	const struct dotenv_entry *e;
	size_t i;

	im->packed = (uint8_t *)im->text + DOTENV_MAX + 1;
	for (i = 0; i < im->d.n; i++) {
		e = &im->d.v[i];
		put(im, e->name, strlen(e->name));
		put(im, e->value, e->len);
	}
	put(im, NULL, 0);
}

static int
hand_over(const struct cli *cli, struct importing *im, char **text,
    struct fail *f)
{
	struct conn *c;
	int r;

	if ((c = conn_open(cli, f)) == NULL)
		return (-1);
	r = conn_ask(c, MSG_SECRET_IMPORT, NULL, 0, f);
	if (r == 0)
		r = storing_hand_over(c, im->packed, im->packedlen, NULL,
		    text, f);
	conn_free(c);
	return (r);
}

/* At a terminal, of a file that is where it was. */
static int
may_remove(const struct importing *im)
{
	struct buf b;

	if (im->rm || im->fd == STDIN_FILENO || !S_ISREG(im->st.st_mode) ||
	    !pager_terminal())
		return (im->rm);
	buf_init(&b, 65536);
	buf_printf(&b, "remove ");
	esc_text(&b, im->file, strlen(im->file));
	buf_printf(&b, ", which has these values in clear");
	return (pager_yes(&b));
}

/* It is the file that was read, and nobody has written to it since. */
static int
is_source(const struct stat *a, const struct stat *b)
{
	return (a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec);
}

static int
remove_source(const struct importing *im)
{
	struct stat st;

	if (lstat(im->file, &st) == -1 || !is_source(&st, &im->st)) {
		complain("%s is not what was read any more, and stays",
		    im->file);
		return (EXIT_IO);
	}
	if (unlink(im->file) == -1) {
		complain("%s: %s", im->file, strerror(errno));
		return (EXIT_IO);
	}
	fprintf(stderr, "%s is removed; on flash, in snapshots and where "
	    "files are copied when they are written its bytes may still be: "
	    "rotate what must not be found there\n", im->file);
	return (0);
}

static void
say(const struct cli *cli, const struct importing *im, const char *text)
{
	struct buf b;
	size_t i;

	buf_init(&b, 1024U * 1024);
	if (cli->json) {
		buf_printf(&b, "{\"secrets\":[");
		for (i = 0; i < im->d.n; i++)
			buf_printf(&b, "%s\"%s\"", i == 0 ? "" : ",",
			    im->d.v[i].name);
		buf_printf(&b, "],\"result\":\"imported\"}\n");
	} else {
		esc_text(&b, text, strlen(text));
		buf_put_u8(&b, '\n');
	}
	out_buf(stdout, &b);
}

static int
import(struct cli *cli, struct importing *im)
{
	struct fail f;
	char *text = NULL;
	int status = 0;

	if (open_file(im, &f) == -1 || read_file(im, &f) == -1 ||
	    check(im, &f) == -1)
		return (fail_print(&f));
	pack(im);
	if (hand_over(cli, im, &text, &f) == -1)
		return (fail_print(&f));
	say(cli, im, text);
	free(text);
	if (may_remove(im))
		status = remove_source(im);
	return (status);
}

/* A file of the one kind or of the other, with its own options. */
static void
check_options(const struct importing *im)
{
	if ((im->file == NULL) == (im->from.file == NULL))
		usage_error("secrets import: --dotenv FILE or --from FILE "
		    "tells what to read");
	if (im->file != NULL && (im->from.key != NULL || im->from.replace))
		usage_error("secrets import: --key and --replace are for "
		    "--from");
	if (im->from.file != NULL && (im->as_it_is || im->rm))
		usage_error("secrets import: --unmaskable and --remove are "
		    "for --dotenv");
}

int
cmd_secrets_import(struct cli *cli, const struct command *cmd, int argc,
    char **argv)
{
	struct importing *im = xcalloc(1, sizeof(*im));
	int ch, status;

	while ((ch = command_opt(cli, cmd, argc, argv)) != -1)
		if (ch == OPT_DOTENV)
			im->file = optarg;
		else if (ch == OPT_UNMASKABLE)
			im->as_it_is = 1;
		else if (ch == OPT_REMOVE)
			im->rm = 1;
		else if (ch == OPT_FROM)
			im->from.file = optarg;
		else if (ch == 'k')
			im->from.key = optarg;
		else if (ch == OPT_REPLACE)
			im->from.replace = 1;
	command_operands(cmd, argc, 0, 0);
	check_options(im);
	storing_close_doors();
	if (im->from.file != NULL)
		status = bundle_import(cli, &im->from);
	else
		status = import(cli, im);
	if (im->text != NULL && im->text != MAP_FAILED)
		explicit_bzero(im->text, IMPORT_ROOM);
	free(im);
	return (status);
}
