/* SPDX-License-Identifier: ISC */
/*
 * A backup, as a file that somebody made, and what would come out of one that
 * somebody made who has the key.  In pieces of any size the same is read, all
 * files are within what the head promised, and nothing is told of as good that
 * has not its digest.
 */
#include "config.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "client/backup/backupread.h"
#include "client/backup/backupstream.h"
#include "common/defs.h"
#include "tests/fuzz/fuzz.h"

struct seen {
	uint64_t	 promised;
	uint64_t	 bytes;
	size_t		 begun;
	size_t		 ended;
};

static int
see_head(void *arg, const struct backup_head *h, struct fail *f)
{
	struct seen *s = arg;

	(void)f;
	if (h->n == 0 || h->n > BACKUP_FILES ||
	    backup_part(h->v[0].name) != PART_CONF)
		abort();
	s->promised = h->total;
	return (0);
}

static int
see_begin(void *arg, const struct backup_file *file, struct fail *f)
{
	struct seen *s = arg;
	const char *slash = strchr(file->name, '/');

	(void)f;
	if (backup_part(file->name) == PART_NONE ||
	    strstr(file->name, "..") != NULL || file->name[0] == '/' ||
	    (slash != NULL && strchr(slash + 1, '/') != NULL))
		abort();
	s->begun++;
	return (0);
}

static int
see_data(void *arg, const void *p, size_t n, struct fail *f)
{
	struct seen *s = arg;

	(void)p;
	(void)f;
	s->bytes += n;
	if (s->bytes > s->promised || s->begun != s->ended + 1)
		abort();
	return (0);
}

static int
see_end(void *arg, const struct backup_file *file, struct fail *f)
{
	struct seen *s = arg;

	(void)file;
	(void)f;
	s->ended++;
	return (0);
}

static const struct backup_sink watch = { see_head, see_begin, see_data,
    see_end };

static int
read_plain(struct seen *s, const uint8_t *p, size_t n, size_t piece)
{
	struct backup_read *r = backup_read_new(&watch, s);
	struct fail f;
	size_t at, k;
	int ret = 0;

	memset(s, 0, sizeof(*s));
	for (at = 0; ret == 0 && at < n; at += k) {
		k = n - at < piece ? n - at : piece;
		ret = backup_read_feed(r, p + at, k, &f);
	}
	if (ret == 0)
		ret = backup_read_end(r, &f);
	if (ret == 0 && (s->begun != s->ended || s->bytes != s->promised))
		abort();
	backup_read_free(r);
	return (ret);
}

static int
nothing(void *arg, const void *p, size_t n, struct fail *f)
{
	(void)arg;
	(void)p;
	(void)n;
	(void)f;
	return (0);
}

/* As it is: only who has the key makes one that is taken. */
static void
read_file(const uint8_t *p, size_t n)
{
	static uint8_t key[32] = "a key that nobody has guessed";
	const struct backup_secret s = { BY_KEYFILE, key, sizeof(key) };
	struct backup_in *in = backup_in_new(&s, nothing, NULL);
	struct fail f;

	if (backup_in_feed(in, p, n, &f) == 0 && backup_in_end(in, &f) == 0)
		abort();
	backup_in_free(in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static int ready;
	struct seen a, b;

	if (!ready && sodium_init() == -1)
		abort();
	ready = 1;
	read_file(p, n);
	if (read_plain(&a, p, n, n + 1) != read_plain(&b, p, n, 1) ||
	    a.bytes != b.bytes || a.begun != b.begun)
		abort();
	return (0);
}
