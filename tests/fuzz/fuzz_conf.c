/* SPDX-License-Identifier: ISC */
/*
 * The configuration reader: whatever loads must print as something that
 * loads and prints the same; whatever does not must say why.  And what it
 * reads is what jansson reads in the whole text, once comments and the commas
 * that JSON does not have are out of it: the same values, or an error from
 * both.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"
#include "supervisor/conf/review.h"
#include "tests/fuzz/fuzz.h"

/* Every account exists; clawbot's own are told by the first letter. */
static int
any_user(const char *name, uid_t *uid, gid_t *gid)
{
	if (name[0] == '\0' || name[0] == '!')
		return (1);
	*uid = strcmp(name, "root") == 0 ? 0 : name[0] == '_' ? 900 :
	    1000 + (unsigned char)name[0];
	*gid = *uid;
	return (0);
}

static int
any_group(const char *name, gid_t *gid, struct accounts *members)
{
	if (name[0] == '!')
		return (1);
	*gid = 100;
	accounts_add(members, 1000, "member");
	return (0);
}

static char *
no_canon(const char *path)
{
	(void)path;
	return (NULL);
}

static const struct conf_ops any = { any_user, any_group, no_canon, file_read,
    file_exists };

static char *
print(const struct conf *c, size_t *len)
{
	char *out = NULL;
	FILE *f = open_memstream(&out, len);

	if (f == NULL)
		abort();
	conf_print(c, f);
	(void)fclose(f);
	return (out);
}

/* The end of the comment that begins at i, or i if none does. */
static size_t
past_comment(const char *t, size_t n, size_t i)
{
	const char *end;

	if (t[i] == '#' || (t[i] == '/' && i + 1 < n && t[i + 1] == '/')) {
		end = memchr(t + i, '\n', n - i);
		return (end != NULL ? (size_t)(end - t) : n);
	}
	if (t[i] == '/' && i + 1 < n && t[i + 1] == '*') {
		end = n - i > 3 ? memmem(t + i + 2, n - i - 2, "*/", 2) : NULL;
		return (end != NULL ? (size_t)(end - t) + 2 : i);
	}
	return (i);
}

static size_t
past_string(const char *t, size_t n, size_t i)
{
	for (i++; i < n && t[i] != '"'; i++)
		if (t[i] == '\\')
			i++;
	return (i < n ? i + 1 : n);
}

/* JSON, if it is some with comments and commas after the last element. */
static char *
plain(const char *t, size_t n)
{
	size_t i, end, comma = SIZE_MAX;
	char *out = xmalloc(n + 1), prev = '{';

	memcpy(out, t, n);
	for (i = 0; i < n; i = end) {
		end = past_comment(t, n, i);
		memset(out + i, ' ', end - i);
		if (end > i)
			continue;
		end = t[i] == '"' ? past_string(t, n, i) : i + 1;
		if (strchr(" \t\r\n", t[i]) != NULL && t[i] != '\0')
			continue;
		if (comma != SIZE_MAX && (t[i] == '}' || t[i] == ']'))
			out[comma] = ' ';
		comma = t[i] == ',' && strchr("{[:,", prev) == NULL ? i :
		    SIZE_MAX;
		prev = t[i];
	}
	return (out);
}

static json_t *
whole(const struct value *v)
{
	json_t *j;
	size_t i;

	if (json_is_object(v->json)) {
		j = json_object();
		for (i = 0; i < v->nkids; i++)
			(void)json_object_set_new(j, v->kids[i]->key,
			    whole(v->kids[i]));
		return (j);
	}
	if (json_is_array(v->json)) {
		j = json_array();
		for (i = 0; i < v->nkids; i++)
			(void)json_array_append_new(j, whole(v->kids[i]));
		return (j);
	}
	return (json_incref(v->json));
}

/*
 * Bounds of the reader's own, which jansson does not have; it takes a NUL
 * behind a number for the end.
 */
static int
is_bound(const struct errs *errs)
{
	size_t i;

	for (i = 0; i < errs->n; i++)
		if (strcmp(errs->e[i].text, "NUL byte") == 0 ||
		    strcmp(errs->e[i].text, "nested too deeply") == 0 ||
		    strcmp(errs->e[i].text, "too many entries") == 0 ||
		    strcmp(errs->e[i].text, "number out of range") == 0)
			return (1);
	return (0);
}

static void
as_jansson(const char *text, size_t n)
{
	struct errs errs = { .file = "conf" };
	struct value *v = value_read(&errs, text, n);
	char *out = plain(text, n);
	json_t *theirs, *ours;

	theirs = json_loadb(out, n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES,
	    NULL);
	if (v == NULL && errs.n == 0)
		abort();
	if (errs.n == 0) {
		ours = whole(v);
		if (theirs == NULL || !json_equal(ours, theirs))
			abort();
		json_decref(ours);
	} else if (theirs != NULL && !is_bound(&errs))
		abort();
	json_decref(theirs);
	value_free(v);
	errs_free(&errs);
	free(out);
}

static void
hear(void *arg, const struct conf_said *s)
{
	size_t *n = arg;

	/* no raw control characters, and always a place */
	if (s->line == 0 || s->col == 0 || strpbrk(s->text, "\n\033") != NULL)
		abort();
	*n += !s->note;
}

/* The same as when it is started with, with more notes. */
static void
draft(const uint8_t *p, size_t n, int sound)
{
	size_t errors = 0;
	const struct conf_ear ear = { .hear = hear, .arg = &errors };
	struct conf *c;

	c = conf_draft_text("conf", (const char *)p, n, &ear, review_policy);
	if ((c != NULL) != sound || (errors == 0) != sound)
		abort();
	conf_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *errs = NULL, *first, *second;
	size_t nerrs = 0, n1, n2;
	struct conf *a, *b;
	FILE *f;

	conf_ops = &any;
	as_jansson((const char *)p, n);
	if ((f = open_memstream(&errs, &nerrs)) == NULL)
		abort();
	a = conf_parse("conf", (const char *)p, n, f);
	draft(p, n, a != NULL);
	(void)fflush(f);
	if (a == NULL && nerrs == 0)
		abort();
	if (a != NULL) {
		first = print(a, &n1);
		if ((b = conf_parse("conf", first, n1, f)) == NULL)
			abort();
		second = print(b, &n2);
		if (n1 != n2 || memcmp(first, second, n1) != 0)
			abort();
		free(first);
		free(second);
		conf_free(a);
		conf_free(b);
	}
	(void)fclose(f);
	free(errs);
	return (0);
}
