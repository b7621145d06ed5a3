/* SPDX-License-Identifier: ISC */
/* Stored output against the log; see verifystored.h. */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/recwalk.h"
#include "client/stored.h"
#include "client/verifystored.h"
#include "common/io.h"
#include "common/outfile.h"
#include "common/plan.h"
#include "common/record/packed.h"

struct verifystored {
	struct stored_output *v;
	size_t		 n;
	int		 archive;	/* output in one, or -1 */
	uint64_t	 moved;		/* up to there it has to be there */
};

#define NO_SUCH	1		/* exit status of who asks for none */

struct verifystored *
verifystored_new(void)
{
	struct verifystored *s;

	s = xcalloc(1, sizeof(*s));
	s->archive = -1;
	return (s);
}

void
verifystored_free(struct verifystored *s)
{
	if (s->archive != -1)
		(void)close(s->archive);
	free(s->v);
	free(s);
}

static void
on_line(const struct record_view *v, const char *line, size_t len,
    uint64_t offset, void *arg)
{
	struct verifystored *s = arg;
	struct stored_output o;
	char run[RUNID_TEXT];

	(void)offset;
	if (memmem(line, len, "\"output\":", 9) == NULL ||
	    record_member_str(v->json, v->jsonlen, "run", run,
	    sizeof(run)) == -1)
		return;
	memset(&o, 0, sizeof(o));
	stored_see(&o, v);
	if (!o.has || runid_parse(run, &o.run) == -1)
		return;
	s->v = xrecallocarray(s->v, s->n, s->n + 1, sizeof(*s->v));
	s->v[s->n++] = o;
}

void
verifystored_lines(struct verifystored *s, struct verify *v)
{
	verify_lines(v, on_line, NULL, s);
}

/* found: the file that is there, or NULL. */
static void
say(struct verify_report *r, enum verify_status status, const char *word,
    const struct stored_output *o, const char *found)
{
	char name[OUTFILE_NAME];

	outfile_name(name, o->intent, o->run);
	r->status = status;
	r->beside = 1;
	r->note[0] = '\0';
	(void)snprintf(r->line, sizeof(r->line),
	    "%s record=%llu rule=output file=%s/%s", word,
	    (unsigned long long)o->record, OUTFILE_DIR,
	    found != NULL ? found : name);
}

/* The records that it belongs to are there. */
static int
is_due(const struct verify_report *r, const struct stored_output *o)
{
	return (o->intent >= r->res.first && (o->intent < r->res.cut_first ||
	    o->intent > r->res.cut));
}

static int
on_piece(const void *p, size_t n, void *arg)
{
	struct buf *b = arg;

	buf_put(b, p, n);
	return (b->bad);
}

/* All of what it holds, in *b; what does not unpack is nothing. */
static ssize_t
read_all(int fd, int packed, struct buf *b)
{
	struct unpack *u = packed ? unpack_new() : NULL;
	uint8_t chunk[65536];
	int bad = 0;
	ssize_t n;

	while ((n = io_read(fd, chunk, sizeof(chunk))) > 0 && !bad)
		if (packed)
			bad = unpack_feed(u, chunk, (size_t)n, on_piece, b);
		else
			bad = on_piece(chunk, (size_t)n, b);
	if (n != -1 && (bad || (packed && !unpack_whole(u))))
		buf_reset(b);
	if (packed)
		unpack_free(u);
	return (bad ? 0 : n);
}

static int
open_file(int dirfd, const char *name)
{
	return (openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC));
}

/* All of a regular file in *b, packed or not, or -1 and errno. */
static int
read_file(int dirfd, const struct stored_output *o, struct buf *b,
    char name[OUTFILE_NAME])
{
	struct stat st;
	ssize_t n = -1;
	int fd, packed;

	buf_init(b, STORED_MAX);
	outfile_name(name, o->intent, o->run);
	fd = open_file(dirfd, name);
	if ((packed = fd == -1 && errno == ENOENT)) {
		outfile_packed_name(name, o->intent, o->run);
		fd = open_file(dirfd, name);
	}
	if (fd == -1)
		return (-1);
	errno = EINVAL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = read_all(fd, packed, b);
	(void)close(fd);
	return (n == 0 ? 0 : -1);
}

/* 0 where it is not there; 1 otherwise, and what is wrong is said. */
static int
check_file(int dirfd, const struct stored_output *o, struct verify_report *r)
{
	char name[OUTFILE_NAME];
	int there = 1;
	struct buf b;

	if (read_file(dirfd, o, &b, name) == -1) {
		there = errno != ENOENT;
		if (there)
			say(r, VERIFY_IO, "ERROR", o, name);
	} else if (stored_wrong(o, b.data, b.len) != NULL)
		say(r, VERIFY_TAMPERED, "TAMPERED", o, name);
	buf_free(&b);
	return (there);
}

static int
open_output(int dirfd)
{
	return (openat(dirfd, OUTFILE_DIR, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC));
}

void
verifystored_archive(struct verifystored *s, int dirfd)
{
	s->archive = open_output(dirfd);
}

void
verifystored_moved(struct verifystored *s, uint64_t last)
{
	s->moved = last;
}

/*
 * Its record is not there, or it is in the archive.  What has to be there is
 * looked for nowhere else: the other copy is about to go.
 */
static int
is_settled(const struct verifystored *s, const struct stored_output *o,
    struct verify_report *r)
{
	if (!is_due(r, o) || (s->archive != -1 &&
	    check_file(s->archive, o, r)))
		return (1);
	if (o->intent > s->moved)
		return (0);
	say(r, VERIFY_MISSING, "MISSING", o, NULL);
	return (1);
}

/* What is wrong with it is so in the log that it was moved from, too. */
static int
is_lost(const struct cli *cli, const struct stored_output *o)
{
	struct fail f;
	struct buf b;

	if (stored_get(cli, o, &b, &f) == 0) {
		buf_free(&b);
		return (0);
	}
	return (f.status == VERIFY_TAMPERED || f.status == NO_SUCH);
}

void
verifystored_dir(const struct verifystored *s, const char *dir,
    struct verify_report *r)
{
	int dirfd, fd;
	size_t i;

	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = dirfd == -1 ? -1 : open_output(dirfd);
	for (i = 0; i < s->n && verify_good(r); i++)
		if (!is_settled(s, &s->v[i], r) &&
		    (fd == -1 || !check_file(fd, &s->v[i], r)))
			say(r, VERIFY_MISSING, "MISSING", &s->v[i], NULL);
	if (fd != -1)
		(void)close(fd);
	if (dirfd != -1)
		(void)close(dirfd);
}

static void
ask_daemon(const struct cli *cli, const struct stored_output *o,
    struct verify_report *r)
{
	struct fail f;
	struct buf b;

	if (stored_get(cli, o, &b, &f) == 0)
		buf_free(&b);
	else if (f.status == VERIFY_TAMPERED)
		say(r, VERIFY_TAMPERED, "TAMPERED", o, NULL);
	else if (f.status == NO_SUCH)
		say(r, VERIFY_MISSING, "MISSING", o, NULL);
	else
		say(r, VERIFY_IO, "ERROR", o, NULL);
}

void
verifystored_daemon(const struct verifystored *s, const struct cli *cli,
    struct verify_report *r)
{
	const struct stored_output *o;
	struct verify_report was;
	size_t i;

	for (i = 0; i < s->n && verify_good(r); i++) {
		o = &s->v[i];
		was = *r;
		if (!is_settled(s, o, r))
			ask_daemon(cli, o, r);
		else if (!verify_good(r) && o->intent <= s->moved &&
		    is_lost(cli, o)) {
			*r = was;
			r->lost++;
		}
	}
}
