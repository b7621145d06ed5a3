/* SPDX-License-Identifier: ISC */
/* What was removed is said again; see restate.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/backup/backupfail.h"
#include "client/backup/restate.h"
#include "common/field.h"
#include "common/io.h"
#include "common/record/logseg.h"
#include "common/record/pruned.h"
#include "common/role.h"
#include "common/xmalloc.h"

#define COPY_NEW	LOG_PRUNED ".new"
#define COPY_MODE	0640

/* What both records have, and how. */
static const struct said {
	const char	*key;
	enum field_type	 type;
} said[] = {
	{ "first", FIELD_U64 }, { "last", FIELD_U64 },
	{ "from", FIELD_STR }, { "until", FIELD_STR },
	{ "file", FIELD_STR }, { "bytes", FIELD_U64 },
	{ "digest", FIELD_HEX }, { "head", FIELD_HEX },
	{ "tree", FIELD_HEX }, { "seals_gone", FIELD_U64 },
	{ "sealed", FIELD_U64 }, { "series", FIELD_U64 },
	{ "log", FIELD_STR }, { "epoch", FIELD_U64 },
	{ "next", FIELD_HEX }, { "links", FIELD_U64 },
	{ "links_digest", FIELD_HEX }, { "stops", FIELD_U64 },
	{ "stop_all", FIELD_BOOL }, { "vault_version", FIELD_U64 },
	{ "vault_digest", FIELD_HEX }, { "state", FIELD_HEX }
};

/* Text without escapes, as it stands between its quotes. */
static int
put_text(struct buf *b, const struct said *s, const char *p, size_t n)
{
	uint8_t *raw;
	char *text;
	size_t len;
	int r = -1;

	if (n < 2 || *p != '"' || memchr(p, '\\', n) != NULL)
		return (-1);
	n -= 2;
	text = xmalloc(n + 1);
	memcpy(text, p + 1, n);
	text[n] = '\0';
	raw = xmalloc(n / 2 + 1);
	if (s->type == FIELD_STR) {
		field_str(b, s->key, text);
		r = 0;
	} else if (sodium_hex2bin(raw, n / 2 + 1, text, n, NULL, &len,
	    NULL) == 0 && 2 * len == n) {
		field_hex(b, s->key, raw, len);
		r = 0;
	}
	free(raw);
	free(text);
	return (r);
}

/* One member, if the record has it.  0, or -1 if it is none of that type. */
static int
put_said(struct buf *b, const struct said *s, const struct record_view *v)
{
	const char *p;
	uint64_t u;
	size_t n;

	if (!record_member(v->json, v->jsonlen, s->key, &p, &n))
		return (0);
	if (s->type == FIELD_BOOL) {
		field_bool(b, s->key, *p == 't');
		return (0);
	}
	if (s->type != FIELD_U64)
		return (put_text(b, s, p, n));
	if (record_member_u64(v->json, v->jsonlen, s->key, &u) == -1)
		return (-1);
	field_u64(b, s->key, u);
	return (0);
}

/* The first record that has said it. */
static uint64_t
said_first(const struct record_view *v)
{
	uint64_t record;

	if (record_member_u64(v->json, v->jsonlen, "record", &record) == 0)
		return (record);
	return (v->number);
}

static int
read_copy(const struct setaside *s, struct buf *line, struct fail *f)
{
	uint8_t part[4096];
	ssize_t n;
	int fd, r;

	fd = logseg_open(s->dirfd, LOG_PRUNED, O_RDONLY);
	if (fd == -1)
		return (backup_errno(f, LOG_PRUNED));
	while ((n = read(fd, part, sizeof(part))) > 0)
		buf_put(line, part, (size_t)n);
	r = n == -1 ? backup_errno(f, LOG_PRUNED) : 0;
	(void)close(fd);
	return (r);
}

static int
write_copy(const struct setaside *s, const uint8_t *p, size_t n,
    struct fail *f)
{
	int fd, r;

	(void)unlinkat(s->dirfd, COPY_NEW, 0);
	fd = openat(s->dirfd, COPY_NEW, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, COPY_MODE);
	if (fd == -1)
		return (backup_errno(f, COPY_NEW));
	r = io_write(fd, p, n) == -1 ||
	    (geteuid() == 0 && fchown(fd, s->uid, s->gid) == -1) ||
	    io_fsync(fd) == -1 || renameat(s->dirfd, COPY_NEW, s->dirfd,
	    LOG_PRUNED) == -1 || io_fsync(s->dirfd) == -1 ?
	    backup_errno(f, LOG_PRUNED) : 0;
	(void)close(fd);
	return (r);
}

static int
put_all(struct buf *b, const struct record_view *v, struct fail *f)
{
	size_t i;

	field_str(b, "ev", "restated");
	field_u64(b, "record", said_first(v));
	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (put_said(b, &said[i], v) == -1) {
			fail_set(f, EXIT_ALTERED, "%s has a %s that no "
			    "auditor writes", LOG_PRUNED, said[i].key);
			return (-1);
		}
	return (0);
}

int
restate(struct logadd *l, const struct setaside *s, const char *why,
    struct fail *f)
{
	const size_t at = l->lines.len;
	struct record_view v;
	struct buf line, b;
	int r;

	buf_init(&line, PRUNED_LINE);
	buf_init(&b, RECORD_MAX);
	r = read_copy(s, &line, f);
	if (r == 0 && (line.bad || record_view(&v, (char *)line.data,
	    line.len) == -1)) {
		fail_set(f, EXIT_ALTERED, "%s is no record", LOG_PRUNED);
		r = -1;
	}
	if (r == 0)
		r = put_all(&b, &v, f);
	if (r == 0)
		r = logadd_gone(l, &b, why, f);
	if (r == 0)
		r = write_copy(s, l->lines.data + at, l->lines.len - at, f);
	buf_free(&b);
	buf_free(&line);
	return (r);
}
