/* SPDX-License-Identifier: ISC */
/*
 * skills.NAME.profile: a set of patterns that comes with clawbot, in a file
 * of its own that is read as the configuration is and trusted as far.  What
 * it says is added to what the skill says; that the strictest wins is the
 * policy's matter.
 */
#include "config.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"
#include "common/policy/policy.h"

#define PROFILE_SUFFIX	".conf"
#define PROFILE_NONE	"none"

struct conf_profile {
	PROFILE_KEYS(KEY_MEMBER)
	struct given	 to;
	struct strv	 tests[3];	/* command lines, by enum verdict */
};

#define PROFILE_ROW(kind, path, member, min, max, dflt, more, what)	\
	KEY_ROW(conf_profile, kind, path, member, min, max, dflt, more)
static const struct key rows[] = {
	PROFILE_KEYS(PROFILE_ROW)
};
static const struct key_table profile_table = KEY_TABLE(rows);

static const char *
profile_dir(void)
{
#if CB_TEST_HOOKS
	const char *dir;

	if ((dir = getenv("CLAWBOT_PROFILES")) != NULL)
		return (dir);
#endif
	return (CB_PROFILEDIR);
}

/* Is it NAME.conf?  Editors and package managers leave others. */
static int
is_profile(const struct dirent *e)
{
	size_t n = strlen(e->d_name), sfx = strlen(PROFILE_SUFFIX);
	char *name;
	int ok;

	if (n <= sfx || strcmp(e->d_name + n - sfx, PROFILE_SUFFIX) != 0)
		return (0);
	name = xstrndup(e->d_name, n - sfx);
	ok = get_name_ok(name);
	free(name);
	return (ok);
}

/* "developer, operator, reader and none", to be freed. */
static char *
names_there(void)
{
	struct dirent **list = NULL;
	char *all = xstrdup(""), *more, *name;
	int i, n = scandir(profile_dir(), &list, is_profile, alphasort);

	for (i = 0; i < n; i++) {
		name = xstrndup(list[i]->d_name, strlen(list[i]->d_name) -
		    strlen(PROFILE_SUFFIX));
		xasprintf(&more, "%s%s%s", all, i > 0 ? ", " : "", name);
		free(all);
		free(name);
		free(list[i]);
		all = more;
	}
	free(list);
	xasprintf(&more, "%s%s", all, n > 0 ? " and " PROFILE_NONE :
	    PROFILE_NONE);
	free(all);
	return (more);
}

static void
unknown_profile(struct cx *cx, const struct value *v, const char *name)
{
	char *there = names_there();

	cx_err(cx, v, "unknown profile \"%s\", there are %s (in %s)", name,
	    there, profile_dir());
	free(there);
}

static void
profile_rules(struct rules *r, const struct conf_profile *p)
{
	memset(r, 0, sizeof(*r));
	r->skill = "profile";
	r->allow = &p->allow;
	r->ask = &p->ask;
	r->deny = &p->deny;
	r->dflt = VERDICT_ASK;
	r->destructive = &p->own_destructive;
	r->approval = APPROVAL_ASK;
}

/*
 * What is logged and bound as the policy is all of its text: profiles follow
 * the file that names them.
 */
static void
keep_text(struct conf *c, const char *path, const char *text, size_t len)
{
	size_t n = c->textlen;
	char *head;

	xasprintf(&head, "\n// %s\n", path);
	c->textlen += strlen(head) + len;
	c->text = xrecallocarray(c->text, n + 1, c->textlen + 1, 1);
	memcpy(c->text + n, head, strlen(head));
	memcpy(c->text + n + strlen(head), text, len);
	free(head);
}

/* Its text, with errors of its own that name its file.  0 or -1. */
static int
profile_parse(struct cx *cx, const char *path, const char *text, size_t len,
    struct conf_profile *p)
{
	struct cx own = { .errs = { .file = path }, .c = cx->c,
	    .ear = cx->ear };
	struct rules rules;
	int rc;

	if ((own.root = value_read(&own.errs, text, len)) != NULL &&
	    keys_get(&own, own.root, &profile_table, p) == 0) {
		profile_rules(&rules, p);
		tests_check(&own, &rules, 1, p->tests, value_key(own.root,
		    "tests"));
		if (p->given != NULL)
			(void)given_add(&own, p->given, &p->to);
		p->given = NULL;	/* it is not there any longer */
	}
	cx->bad_who |= own.bad_who;
	rc = own.errs.n > own.errs.notes ? -1 : 0;
	/* skills that share a profile share its errors and its text */
	if (!strv_has(&cx->told, path)) {
		strv_add(&cx->told, path);
		errs_tell(&own.errs, cx->ear);
		keep_text(cx->c, path, text, len);
	}
	errs_free(&own.errs);
	value_free(own.root);
	return (rc);
}

static int
profile_read(struct cx *cx, const struct value *v, const char *name,
    struct conf_profile *p)
{
	const char *why;
	char *path, *text;
	int64_t mtime = 0;
	size_t len;
	int rc = -1;

	xasprintf(&path, "%s/%s%s", profile_dir(), name, PROFILE_SUFFIX);
	if ((text = conf_ops->read(path, &len, &mtime, &why, NULL)) == NULL)
		cx_err(cx, v, "profile \"%s\": %s: %s", name, path, why);
	else if (len + cx->c->textlen > CONF_MAXFILE)
		cx_err(cx, v, "profile \"%s\": %s and this file are larger "
		    "than 1 MiB", name, path);
	else if (profile_parse(cx, path, text, len, p) == -1)
		cx_err(cx, v, "profile \"%s\": %s has errors", name, path);
	else {
		conf_add_file(cx->c, path, mtime);
		rc = 0;
	}
	freezero(text, text != NULL ? CONF_FILEROOM : 0);
	free(path);
	return (rc);
}

/* The place of this text in the list, or its length. */
static size_t
place_of(const struct patterns *ps, const char *text)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		if (strcmp(pattern_text(ps->p[i]), text) == 0)
			break;
	return (i);
}

/*
 * Moves the profile's patterns behind the skill's own.  What both have is
 * the profile's, so that what -T prints loads as the same.
 */
static void
join(struct cx *cx, const struct value *v, const char *set,
    struct patterns *to, struct patterns *from)
{
	size_t i, k;

	to->p = xrecallocarray(to->p, to->n, to->n + from->n, sizeof(*to->p));
	for (i = 0; i < from->n; i++) {
		k = place_of(to, pattern_text(from->p[i]));
		if (k < to->n) {
			pattern_free(to->p[k]);
			memmove(&to->p[k], &to->p[k + 1],
			    (to->n - k - 1) * sizeof(*to->p));
			to->n--;
		}
		pattern_belongs(from->p[i], set);
		to->p[to->n++] = from->p[i];
	}
	from->n = 0;
	if (to->n > CONF_MAXPATTERNS)
		cx_err(cx, v, "more than %u patterns, with those of the "
		    "profile", CONF_MAXPATTERNS);
}

static void
keep_tests(struct conf_skill *sk, const struct conf_profile *p)
{
	size_t v, i;

	for (v = 0; v < 3; v++)
		for (i = 0; i < p->tests[v].n; i++)
			strv_add(&sk->profile_tests, p->tests[v].v[i]);
}

void
profile_add(struct cx *cx, const struct value *skill, struct conf_skill *sk,
    const struct key_table *table)
{
	const struct value *v = value_key(skill, "profile");
	struct conf_profile p;
	char *set;

	if (sk->profile == NULL || v == NULL)
		return;
	memset(&p, 0, sizeof(p));
	p.to = (struct given){ table, skill, sk };
	xasprintf(&set, "profile %s", sk->profile);
	if (profile_read(cx, v, sk->profile, &p) == -1)
		cx->bad_patterns = 1;
	else {
		keep_tests(sk, &p);
		join(cx, v, set, &sk->allow, &p.allow);
		join(cx, v, set, &sk->ask, &p.ask);
		join(cx, v, set, &sk->deny, &p.deny);
		join(cx, v, set, &sk->own_destructive, &p.own_destructive);
	}
	free(set);
	keys_free(&profile_table, &p);
}

/* Only whether there is one; what is in it counts when the skill is read. */
static int
profile_get(struct cx *cx, const struct value *v, const struct key *k,
    void *of)
{
	char **to = key_at(k, of), *path;
	const char *s;
	int there;

	if ((s = get_text(cx, v)) == NULL)
		return (-1);
	free(*to);
	*to = NULL;
	if (strcmp(s, PROFILE_NONE) == 0)
		return (0);
	xasprintf(&path, "%s/%s%s", profile_dir(), s, PROFILE_SUFFIX);
	there = get_name_ok(s) && conf_ops->exists(path);
	free(path);
	if (!there) {
		unknown_profile(cx, v, s);
		cx->bad_patterns = 1;
		return (-1);
	}
	*to = xstrdup(s);
	return (0);
}

static json_t *
profile_show(const struct key *k, const void *of)
{
	const char *name = *(char **)key_at(k, of);

	return (json_string(name != NULL ? name : PROFILE_NONE));
}

static void
profile_free(const struct key *k, void *of)
{
	free(*(char **)key_at(k, of));
}

const struct key_kind kind_PROFILE = { .name = "profile", .get = profile_get,
    .show = profile_show, .free = profile_free };
