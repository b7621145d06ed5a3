/* SPDX-License-Identifier: ISC */
/*
 * What a reload can change, key by key; and a configuration that is read once
 * more from what was looked up for it.
 */
#include "config.h"

#include "tests/unit/conf_util.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <stdlib.h>

#include "supervisor/conf/conf_differ.h"

#define BUILD	"this very build"

static char dir[] = "/tmp/cbdiffer.XXXXXX";

/* A key table by the name that it has in that of conf_differ.c. */
static const struct key_table *
table_of(const char *name)
{
	if (strcmp(name, "conf") == 0)
		return (&conf_table);
	if (strcmp(name, "secrets") == 0)
		return (kind_SECRETS.each);
	return (strcmp(name, "skills") == 0 ? kind_SKILLS.each :
	    kind_CHANNELS.each);
}

static size_t
rows_of(const char *table, const char *path)
{
	const struct key_when *w;
	size_t i, n = 0;

	for (i = 0; (w = conf_when_at(i)) != NULL; i++)
		n += strcmp(w->table, table) == 0 &&
		    strcmp(w->path, path) == 0;
	return (n);
}

/* Every key is in one class, and there is no class of what is no key. */
static void
test_every_key(void **state)
{
	static const char *const tables[] = { "conf", "skills", "channels",
	    "secrets" };
	const struct key_table *t;
	const struct key_when *w;
	size_t i, k, keys = 0;

	(void)state;
	for (i = 0; i < NELEM(tables); i++) {
		t = table_of(tables[i]);
		for (k = 0; k < t->n; k++, keys++)
			if (rows_of(tables[i], t->k[k].path) != 1)
				fail_msg("%s %s: %zu rows", tables[i],
				    t->k[k].path,
				    rows_of(tables[i], t->k[k].path));
	}
	for (i = 0; (w = conf_when_at(i)) != NULL; i++) {
		t = table_of(w->table);
		for (k = 0; k < t->n; k++)
			if (strcmp(t->k[k].path, w->path) == 0)
				break;
		if (k == t->n)
			fail_msg("%s %s is no key", w->table, w->path);
	}
	assert_int_equal(i, keys);
	assert_true(keys > 80);
}

struct change {
	const char	*to;		/* in place of the whole text */
	const char	*at_once;	/* keys that differ then, or NULL */
	const char	*at_start;
};

#define SKILLS(s, d)	"\"skills\": { \"a\": { " s " }, \"b\": { " d " } }"
#define CHANNELS(c)	"\"channels\": { \"cli\": { " c " } }"
#define USERS		"\"users\": [\"alice\"], \"skills\": [\"*\"]"
#define BASE		"{ " SKILLS("", "") ", " CHANNELS(USERS) " }"
#define WITH(k)		"{ " k ", " SKILLS("", "") ", " CHANNELS(USERS) " }"
#define SKILL(k)	"{ " SKILLS(k, "") ", " CHANNELS(USERS) " }"
#define CHANNEL(k)	"{ " SKILLS("", "") ", " CHANNELS(k) " }"

static const struct change changes[] = {
	{ BASE, NULL, NULL },
	{ "{ // said otherwise\n" CHANNELS(USERS) ", " SKILLS("", "") "}",
	    NULL, NULL },
	{ WITH("\"tools\": { \"exec\": { \"approvalPatterns\": [\"rm\"] } }"),
	    "tools.exec.approvalPatterns", NULL },
	{ WITH("\"approvals\": { \"maxPending\": 3 }"),
	    "approvals.maxPending", NULL },
	{ WITH("\"approvals\": { \"notify\": \"/usr/local/bin/tell\" }"), NULL,
	    "approvals.notify" },
	{ WITH("\"approvals\": { \"notify\": null }"), NULL, NULL },
	{ WITH("\"rateLimit\": { \"maxConcurrent\": 3 }"),
	    "rateLimit.maxConcurrent", NULL },
	{ WITH("\"logging\": { \"directory\": \"/var/other\" }"), NULL,
	    "logging.directory" },
	{ WITH("\"logging\": { \"redact\": [\"x\"] }"), NULL,
	    "logging.redact" },
	{ WITH("\"logging\": { \"redactKnown\": false }"), NULL,
	    "logging.redactKnown" },
	{ WITH("\"sandbox\": { \"warm\": 5 }"), NULL, "sandbox.warm" },
	{ WITH("\"vault\": { \"unlock\": [\"keyfile:/k\"] }"), NULL,
	    "vault.unlock" },
	{ SKILL("\"deny\": [\"rm\"]"), "skills.a.deny", NULL },
	{ SKILL("\"default\": \"deny\""), "skills.a.default", NULL },
	{ SKILL("\"limits\": { \"memoryMB\": 7 }"),
	    "skills.a.limits.memoryMB", NULL },
	{ SKILL("\"read\": [\"/srv/r\"]"), NULL, "skills.a.read" },
	{ SKILL("\"secrets\": { \"T\": \"env\" }"), NULL,
	    "skills.a.secrets.T" },
	{ SKILL("\"env\": { \"X\": \"y\" }"), NULL, "skills.a.env" },
	{ SKILL("\"network\": \"loopback\""), NULL, "skills.a.network" },
	{ SKILL("\"channel\": \"cli\""), NULL, "skills.a.channel" },
	{ SKILL("\"sockets\": [\"/srv/s\"]"), NULL, "skills.a.sockets" },
	{ SKILL("\"runAs\": \"bob\""), NULL, "skills.a.runAs" },
	{ SKILL("\"runAs\": \"bob\", \"deny\": [\"rm\"]"), "skills.a.deny",
	    "skills.a.runAs" },
	{ CHANNEL("\"users\": [\"bob\"], \"skills\": [\"*\"]"),
	    "channels.cli.users", NULL },
	{ CHANNEL("\"users\": [\"alice\"], \"skills\": [\"a\"]"),
	    "channels.cli.skills", NULL },
	{ CHANNEL(USERS ", \"access\": \"read-only\""), "channels.cli.access",
	    NULL },
	{ "{ \"skills\": { \"a\": {}, \"c\": {} }, " CHANNELS(USERS) " }",
	    NULL, "skills.b skills.c" },
	{ "{ " SKILLS("", "") ", \"channels\": { \"mcp\": { " USERS " } } }",
	    NULL, "channels.cli channels.mcp" },
};

static void
check_list(const struct strv *have, const char *want, const char *text)
{
	char *all = xstrdup(""), *more;
	size_t i;

	for (i = 0; i < have->n; i++) {
		xasprintf(&more, "%s%s%s", all, i == 0 ? "" : " ",
		    have->v[i]);
		free(all);
		all = more;
	}
	if (strcmp(all, want != NULL ? want : "") != 0)
		fail_msg("%s\nwant: %s\ngot:  %s", text, want, all);
	free(all);
}

static void
check_change(const char *from, const struct change *c)
{
	struct strv once = { NULL, 0 }, start = { NULL, 0 };
	struct conf *a = good(from), *b = good(c->to);

	conf_differ(a, b, &once, &start);
	check_list(&once, c->at_once, c->to);
	check_list(&start, c->at_start, c->to);
	strv_free(&once);
	strv_free(&start);
	conf_free(a);
	conf_free(b);
}

/* Of a secret its name and its way are settled, the rest is not. */
static void
test_secrets(void **state)
{
	static const char from[] = SKILL("\"secrets\": { \"T\": \"env\" }");
	static const struct change to[] = {
		{ SKILL("\"secrets\": { \"T\": { \"as\": \"env\" } }"), NULL,
		    NULL },
		{ SKILL("\"secrets\": { \"T\": { \"approval\": true, "
		    "\"maxReleasesPerMinute\": 3, \"minVersion\": 2 } }"),
		    "skills.a.secrets.T.approval "
		    "skills.a.secrets.T.maxReleasesPerMinute "
		    "skills.a.secrets.T.minVersion", NULL },
		{ SKILL("\"secrets\": { \"T\": \"file\" }"), NULL,
		    "skills.a.secrets.T.as" },
		{ SKILL("\"secrets\": { \"T\": \"env\", \"A\": \"env\" }"),
		    NULL, "skills.a.secrets.A" },
		{ SKILL(""), NULL, "skills.a.secrets.T" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(to); i++)
		check_change(from, &to[i]);
}

static void
test_changes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(changes); i++)
		check_change(BASE, &changes[i]);
}

/* Whose account a run may have was settled by a start. */
static void
test_callers(void **state)
{
	static const char from[] = SKILL("\"runAs\": \"caller\"");
	static const struct change other = {
	    "{ " SKILLS("\"runAs\": \"caller\"", "") ", "
	    CHANNELS("\"users\": [\"bob\"], \"skills\": [\"*\"]") " }",
	    "channels.cli.users", "channels.cli.users" };
	static const struct change fewer = {
	    "{ " SKILLS("\"runAs\": \"caller\"", "") ", "
	    CHANNELS("\"users\": [\"root\"], \"skills\": [\"*\"]") " }",
	    "channels.cli.users", NULL };
	static const struct change without = {
	    "{ " SKILLS("\"runAs\": \"caller\"", "") ", "
	    CHANNELS("\"users\": [\"bob\"], \"skills\": [\"b\"]") " }",
	    "channels.cli.users channels.cli.skills", NULL };

	(void)state;
	check_change(from, &other);
	check_change(from, &fewer);
	check_change(from, &without);
}

static int moved;	/* the account of runs is another one by now */

static int
moving_user(const char *name, uid_t *uid, gid_t *gid)
{
	if (moved && strcmp(name, "clawbot") == 0) {
		*uid = *gid = 955;
		return (0);
	}
	return (fake_user(name, uid, gid));
}

static void
test_numbers(void **state)
{
	static const struct conf_ops moving = { moving_user, fake_group,
	    fake_canon, file_read, file_exists };
	struct strv once = { NULL, 0 }, start = { NULL, 0 };
	struct conf *a, *b;

	(void)state;
	a = good(BASE);
	conf_ops = &moving;
	moved = 1;
	b = good(BASE);
	moved = 0;
	conf_ops = &fake;
	conf_differ(a, b, &once, &start);
	check_list(&once, NULL, "numbers");
	check_list(&start, "skills.a.runAs skills.b.runAs", "numbers");
	strv_free(&once);
	strv_free(&start);
	conf_free(a);
	conf_free(b);
}

static char *
write_file(const char *name, const char *text)
{
	char *path;
	FILE *f;

	xasprintf(&path, "%s/%s", dir, name);
	assert_non_null(f = fopen(path, "w"));
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return (path);
}

static int
no_user(const char *name, uid_t *uid, gid_t *gid)
{
	(void)uid;
	(void)gid;
	fail_msg("%s is looked up", name);
	return (-1);
}

static int
no_group(const char *name, gid_t *gid, struct accounts *members)
{
	(void)gid;
	(void)members;
	fail_msg("%s is looked up", name);
	return (-1);
}

static char *
no_canon(const char *path)
{
	fail_msg("%s is looked up", path);
	return (NULL);
}

static char *
no_read(const char *path, size_t *len, int64_t *mtime, const char **why,
    const char **other)
{
	(void)len;
	(void)mtime;
	(void)why;
	(void)other;
	fail_msg("%s is read", path);
	return (NULL);
}

static int
no_exists(const char *path)
{
	fail_msg("%s is looked up", path);
	return (0);
}

static const struct conf_ops nothing = { no_user, no_group, no_canon, no_read,
    no_exists };

static const char profile[] = "{ \"deny\": [\"shred\"] }\n";
static const char text[] = "{ \"skills\": { \"a\": { \"profile\": \"p\", "
    "\"read\": [\"/srv/r\"], \"runAs\": \"bob\" } },\n"
    "\"channels\": { \"cli\": { \"users\": [\"alice\", \"group:root\"], "
    "\"skills\": \"*\" } } }\n";

static char *
printed(const struct conf *c)
{
	char *s = NULL;
	size_t n;
	FILE *f;

	assert_non_null(f = open_memstream(&s, &n));
	conf_print(c, f);
	assert_int_equal(fclose(f), 0);
	return (s);
}

/* The same configuration, and nobody looks anything up for it. */
static void
test_replay(void **state)
{
	struct conf *a, *b;
	char *path, *other, *x, *y;
	struct buf all;
	size_t i;

	(void)state;
	other = write_file("p.conf", profile);
	path = write_file("clawbot.conf", text);
	a = conf_load_looked(path, stderr, NULL, BUILD, &all);
	assert_non_null(a);
	conf_ops = &nothing;
	b = conf_replay(all.data, all.len, BUILD, stderr);
	assert_ptr_equal(conf_ops, &nothing);
	conf_ops = &fake;
	assert_non_null(b);
	x = printed(a);
	y = printed(b);
	assert_string_equal(x, y);
	assert_string_equal(b->path, path);
	assert_int_equal(a->textlen, b->textlen);
	assert_memory_equal(a->text, b->text, a->textlen);
	assert_int_equal(b->skills[0].uid, 1001);
	assert_int_equal(b->channels[0].users.members.n,
	    a->channels[0].users.members.n);
	assert_string_equal(conf_account(b, 1000), "alice");
	assert_string_equal(conf_account(b, 0), "root");
	assert_null(conf_account(b, 4321));
	assert_int_equal(b->nfiles, 2);
	for (i = 0; i < 2; i++) {
		assert_string_equal(a->files[i].path, b->files[i].path);
		assert_int_equal(a->files[i].mtime_ns, b->files[i].mtime_ns);
		assert_true(b->files[i].mtime_ns > 0);
	}
	assert_string_equal(b->files[0].path, other);
	free(x);
	free(y);
	free(path);
	free(other);
	conf_free(a);
	conf_free(b);
	buf_free(&all);
}

static void
refused(const struct buf *b, size_t len, const char *build, const char *why)
{
	char *said = NULL;
	size_t n;
	FILE *f;

	assert_non_null(f = open_memstream(&said, &n));
	conf_ops = &nothing;
	if (conf_replay(b->data, len, build, f) != NULL)
		fail_msg("%zu bytes are taken", len);
	conf_ops = &fake;
	assert_int_equal(fclose(f), 0);
	if (strstr(said, why) == NULL)
		fail_msg("want: %s\ngot: %s", why, said);
	free(said);
}

/* Of another build, cut anywhere, and with what was not looked up. */
static void
test_replay_bad(void **state)
{
	char *path, *other;
	struct buf all;
	uint8_t *at;
	size_t i;

	(void)state;
	other = write_file("p.conf", profile);
	path = write_file("clawbot.conf", text);
	conf_free(conf_load_looked(path, stderr, NULL, BUILD, &all));
	refused(&all, all.len, "another build", "is not of the build");
	for (i = 0; i < all.len; i++)
		refused(&all, i, BUILD, i < 4 + strlen(BUILD) ?
		    "is not of the build" : "malformed");
	/* as if alice had never been asked about */
	at = memmem(all.data, all.len, "\0\0\0\5alice", 9);
	assert_non_null(at);
	at[4] = 'A';
	refused(&all, all.len, BUILD, "alice");
	free(path);
	free(other);
	buf_free(&all);
}

/* What does not load is not handed over. */
static void
test_looked_bad(void **state)
{
	char *path, *said = NULL;
	struct buf all;
	size_t n;
	FILE *f;

	(void)state;
	path = write_file("bad.conf", "{ \"skills\": 3 }\n");
	assert_non_null(f = open_memstream(&said, &n));
	assert_null(conf_load_looked(path, f, NULL, BUILD, &all));
	assert_ptr_equal(conf_ops, &fake);
	assert_int_equal(all.len, 0);
	assert_int_equal(fclose(f), 0);
	assert_non_null(strstr(said, ":1:"));
	free(said);
	free(path);
	buf_free(&all);
}

static int
set_up(void **state)
{
	(void)state;
	(void)umask(022);
	conf_ops = &fake;
	if (mkdtemp(dir) == NULL)
		return (-1);
	return (setenv("CLAWBOT_PROFILES", dir, 1));
}

static int
tear_down(void **state)
{
	static const char *const names[] = { "p.conf", "clawbot.conf",
	    "bad.conf" };
	char path[256];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		(void)unlink(path);
	}
	return (rmdir(dir));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_callers),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_replay_bad),
		cmocka_unit_test(test_looked_bad),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return (cmocka_run_group_tests(tests, set_up, tear_down));
}
