/* SPDX-License-Identifier: ISC */
/*
 * A log that says that its beginning is gone, made by who has taken the auditor
 * over and has the key of the present epoch, and no other: nothing that earlier
 * keys have sealed can be written anew behind such a record.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/record/pruned.h"
#include "common/xmalloc.h"
#include "tests/unit/sealed_log.h"

#define EPOCHS	4U	/* that are over */
#define RECORDS	3U	/* of each, and the seal */
#define SEAL_OF(e)	(((uint64_t)(e) + 1) * (RECORDS + 1))

static struct sl_key key[SL_EPOCHS];

/* The log as it was, as far as whoever forges needs it. */
struct truth {
	struct sealed_log	 upto[EPOCHS * (RECORDS + 1) + 1];
	struct seal		 seal[EPOCHS];
	size_t			 seals;
	char			*text;		/* all of it */
	size_t			 end[EPOCHS * (RECORDS + 1) + 1];
};

static void
on_seal(const struct seal *s, void *arg)
{
	struct truth *t = arg;

	assert_true(t->seals < EPOCHS);
	t->seal[t->seals++] = *s;
}

static void
make(struct truth *t)
{
	struct verify_report r;
	struct sealed_log l;
	struct verify *v;
	uint64_t n;

	memset(t, 0, sizeof(*t));
	sl_init(&l, &key[0]);
	for (n = 1; n <= SEAL_OF(EPOCHS - 1); n++) {
		if (n % (RECORDS + 1) == 0)
			sl_seal(&l, &key[l.epoch], &key[l.epoch + 1]);
		else
			sl_add(&l, "what was done");
		t->upto[n] = l;
		t->end[n] = l.b.len;
	}
	t->text = xmalloc(l.b.len);
	memcpy(t->text, l.b.data, l.b.len);
	v = verify_new("log", NULL);
	verify_lines(v, NULL, on_seal, t);
	(void)verify_feed(v, l.b.data, l.b.len);
	verify_end(v, NULL, &r);
	assert_int_equal(r.status, VERIFY_OK);
	assert_int_equal(t->seals, EPOCHS);
	sl_free(&l);
}

/* What a record says of what is gone, of which links are the seals. */
struct claim {
	uint64_t	 last;
	uint64_t	 sealed;
	unsigned	 seals;		/* true ones among the links */
	const struct seal *more;	/* one behind those, or NULL */
};

static void
put_links(struct buf *b, struct pruned *p, const struct truth *t,
    const struct claim *c)
{
	struct links links;
	unsigned e;

	links_init(&links);
	for (e = 0; e < c->seals; e++)
		links_put(b, &links, &t->seal[e]);
	if (c->more != NULL)
		links_put(b, &links, c->more);
	p->links = links.size;
	memcpy(p->digest, links.digest, sizeof(p->digest));
	p->seals.seals = links.seals;
	p->seals.last.epoch = links.epoch;
	memcpy(p->seals.last.log, links.log, sizeof(links.log));
	memcpy(p->seals.last.next, links.next, SEAL_KEY);
}

/* The log behind that, sealed with the key that the last link names. */
static void
claim(struct sealed_log *l, const struct truth *t, const struct claim *c)
{
	struct buf links, f;
	struct sealed_log rest;
	struct pruned p;

	memset(&p, 0, sizeof(p));
	buf_init(&links, SL_MAX);
	put_links(&links, &p, t, c);
	rest = t->upto[c->last];
	buf_init(&rest.b, SL_MAX);
	rest.at = c->sealed;
	rest.epoch = p.seals.last.epoch + 1;
	p.last = rest.head;
	p.seals.tree = rest.tree;
	p.seals.at = c->sealed;
	p.seals.series = SEAL_OF(0);
	buf_init(&f, PRUNED_LINE);
	field_str(&f, "ev", "prune");
	pruned_fields(&f, &p);
	sl_line(&rest, RECORD_PRUNE, &f, sl_time(&rest));
	buf_free(&f);
	*l = rest;
	buf_init(&l->b, SL_MAX);
	buf_put(&l->b, rest.b.data, rest.b.len);	/* the copy of it */
	buf_put(&l->b, links.data, links.len);
	buf_put(&l->b, rest.b.data, rest.b.len);
	buf_free(&links);
	buf_free(&rest.b);
	sl_add(l, "what was never done");
	sl_seal(l, &key[l->epoch], &key[l->epoch + 1]);
}

/* By the first key and, if there is one, a checkpoint that was kept. */
static void
says(const struct truth *t, const struct claim *c, const struct seal *cp,
    enum verify_status want, const char *text)
{
	struct verify_report r;
	struct verify_by by;
	struct sealed_log l;

	claim(&l, t, c);
	sl_pin(&by, &l, &key[0]);
	if (cp != NULL) {
		by.size = cp->last;
		memcpy(by.root, cp->root, sizeof(by.root));
	}
	if (sl_verify(&l, l.b.len, &by, &r) != want ||
	    strncmp(r.line, text, strlen(text)) != 0)
		fail_msg("%s (%d) in place of %s", r.line, r.status, text);
	sl_free(&l);
}

/* Everything of every epoch is gone, or up to the middle of one. */
static void
test_true(void **state)
{
	static const char pruned[] = "PRUNED first=1 last=";
	struct truth t;
	struct claim c;
	unsigned e;

	(void)state;
	make(&t);
	for (e = 0; e < EPOCHS; e++) {
		c = (struct claim){ SEAL_OF(e), SEAL_OF(e), e + 1, NULL };
		says(&t, &c, NULL, VERIFY_MISSING, pruned);
		says(&t, &c, &t.seal[e], VERIFY_MISSING, pruned);
		if (e + 1 < EPOCHS) {
			c.last += 2;
			says(&t, &c, &t.seal[0], VERIFY_MISSING, pruned);
		}
	}
	free(t.text);
}

/*
 * What comes behind an earlier cut is written anew: by the links the key of the
 * present epoch is the next one.
 */
static void
test_rewritten(void **state)
{
	struct truth t;
	struct claim c;
	uint64_t last, sealed;

	(void)state;
	make(&t);
	for (last = 1; last < SEAL_OF(EPOCHS - 1); last++)
		for (sealed = 1; sealed <= last; sealed++) {
			c = (struct claim){ last, sealed, EPOCHS, NULL };
			says(&t, &c, NULL, VERIFY_TAMPERED, "TAMPERED ");
			says(&t, &c, &t.seal[EPOCHS - 1], VERIFY_TAMPERED,
			    "TAMPERED ");
		}
	free(t.text);
}

/* Nor with a link of the present epoch, of whatever records. */
static void
test_own_link(void **state)
{
	struct seal s;
	struct truth t;
	struct claim c;
	struct buf b;

	(void)state;
	make(&t);
	s = t.seal[EPOCHS - 1];
	s.epoch = EPOCHS;
	memcpy(s.key, key[EPOCHS].public, SEAL_KEY);
	memcpy(s.next, key[EPOCHS + 1].public, SEAL_KEY);
	for (s.first = 0; s.first <= SEAL_OF(EPOCHS); s.first++)
		for (s.last = 1; s.last < SEAL_OF(EPOCHS - 1); s.last++) {
			buf_init(&b, SEAL_NOTE);
			seal_text(&b, &s);
			(void)crypto_sign_detached(s.sig, NULL, b.data, b.len,
			    key[EPOCHS].secret);
			buf_free(&b);
			c = (struct claim){ s.last + 1, s.last + 1, EPOCHS,
			    &s };
			says(&t, &c, NULL, VERIFY_TAMPERED, "TAMPERED ");
		}
	free(t.text);
}

static void
remove_all(const char *dir)
{
	struct dirent *de;
	DIR *d = opendir(dir);

	while ((de = readdir(d)) != NULL)
		if (de->d_name[0] != '.')
			(void)unlinkat(dirfd(d), de->d_name, 0);
	(void)closedir(d);
	(void)rmdir(dir);
}

static void
put_file(const char *dir, const char *name, const void *p, size_t n)
{
	char *path;
	int fd;

	xasprintf(&path, "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, p, n), n);
	(void)close(fd);
	free(path);
}

/* The same log in a directory: the copy, the seals, and what is left. */
static void
put_log(const char *dir, const struct sealed_log *l)
{
	const char *p = (const char *)l->b.data;
	const size_t copy = (size_t)(strchr(p, '\n') + 1 - p);
	const char *rest = memmem(p + copy, l->b.len - copy, p, copy);

	put_file(dir, "gateway.pruned", p, copy);
	put_file(dir, "gateway.seals", p + copy, (size_t)(rest - p) - copy);
	put_file(dir, "gateway.log", rest, l->b.len - (size_t)(rest - p));
}

/* What is said of the log behind an archive, as a stream and as files. */
static void
joined(const struct truth *from, uint64_t archived, const struct truth *t,
    const struct claim *c, enum verify_status want, const char *text,
    const char *note)
{
	char dir[] = "/tmp/clawbot-test-XXXXXX",
	    log[] = "/tmp/clawbot-test-XXXXXX";
	struct verify_report r;
	struct sealed_log l;
	struct verify *v;
	int fd, files;

	assert_non_null(mkdtemp(dir));
	assert_non_null(mkdtemp(log));
	put_file(dir, "gateway-000000000001.log", from->text,
	    from->end[archived]);
	claim(&l, t, c);
	put_log(log, &l);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (files = 0; files < 2; files++) {
		v = verify_new(files ? NULL : "log", NULL);
		verify_archive(v, fd);
		if (files)
			verify_end_dir(v, log, &r);
		else {
			(void)verify_feed(v, l.b.data, l.b.len);
			verify_end(v, NULL, &r);
		}
		if (r.status != want || strncmp(r.line, text,
		    strlen(text)) != 0 || (note != NULL &&
		    strstr(r.note, note) == NULL))
			fail_msg("%d: %s (%d, %s) in place of %s", files,
			    r.line, r.status, r.note, text);
	}
	(void)close(fd);
	sl_free(&l);
	remove_all(dir);
	remove_all(log);
}

/* What was removed behind an archive is pruned, if both are of one log. */
static void
test_archived(void **state)
{
	struct claim c = { SEAL_OF(2), SEAL_OF(2), 3, NULL };
	struct truth t, other;

	(void)state;
	make(&t);
	joined(&t, SEAL_OF(1), &t, &c, VERIFY_MISSING, "PRUNED first=9 last=12 "
	    "record=13; the rest is whole: records=11 first=1 last=15", "");
	joined(&t, SEAL_OF(1) + 2, &t, &c, VERIFY_MISSING, "PRUNED first=11 "
	    "last=12 ", "no seal that is there covers records 9 to 10 of the "
	    "archive");
	/* nothing of it is gone */
	joined(&t, SEAL_OF(2), &t, &c, VERIFY_OK, "OK records=15 first=1 "
	    "last=15", NULL);
	/* it has no seal yet, by which it would be known */
	joined(&t, RECORDS, &t, &c, VERIFY_MISSING, "MISSING first=4 last=12 ",
	    NULL);
	/* that of another log */
	sl_keys(key, 'o');
	make(&other);
	sl_keys(key, 'k');
	joined(&other, SEAL_OF(1), &t, &c, VERIFY_ROLLBACK, "FORK record=8 ",
	    NULL);
	/* a changed one */
	t.text[t.end[SEAL_OF(1) - 2] + 60] ^= 1;
	joined(&t, SEAL_OF(1), &t, &c, VERIFY_TAMPERED, "TAMPERED record=",
	    NULL);
	free(other.text);
	free(t.text);
}

/* What tells of what is gone is there and cannot be read: it is not missing. */
static void
test_unreadable(void **state)
{
	const struct claim c = { SEAL_OF(2), SEAL_OF(2), 3, NULL };
	char dir[] = "/tmp/clawbot-test-XXXXXX",
	    log[] = "/tmp/clawbot-test-XXXXXX";
	struct verify_report r;
	struct sealed_log l;
	struct verify *v;
	struct truth t;
	int fd, logfd;

	(void)state;
	make(&t);
	claim(&l, &t, &c);
	assert_non_null(mkdtemp(dir));
	assert_non_null(mkdtemp(log));
	put_file(dir, "gateway-000000000001.log", t.text, t.end[SEAL_OF(1)]);
	put_log(log, &l);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	logfd = open(log, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(unlinkat(logfd, LOG_PRUNED, 0), 0);
	assert_int_equal(symlinkat(LOG_SEALS, logfd, LOG_PRUNED), 0);
	v = verify_new(NULL, NULL);
	verify_archive(v, fd);
	verify_end_dir(v, log, &r);
	assert_int_equal(r.status, VERIFY_IO);
	assert_string_equal(r.line, "ERROR file=" LOG_PRUNED " cannot be "
	    "opened as a plain file");
	(void)close(fd);
	(void)close(logfd);
	sl_free(&l);
	free(t.text);
	remove_all(dir);
	remove_all(log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_true),
		cmocka_unit_test(test_rewritten),
		cmocka_unit_test(test_own_link),
		cmocka_unit_test(test_archived),
		cmocka_unit_test(test_unreadable),
	};

	if (sodium_init() == -1)
		return (1);
	sl_keys(key, 'k');
	return (cmocka_run_group_tests_name("record prune", tests, NULL,
	    NULL));
}
