/* SPDX-License-Identifier: ISC */
/* The kinds of records: words and forms; see kind.h. */
#include "config.h"

#include <string.h>

#include "common/defs.h"
#include "common/field.h"
#include "common/record/kind.h"

#define FORMS_MAX	17

struct form {
	const char	*ev;		/* NULL behind the last */
	unsigned	 by;
	const char	*members;
};

struct row {
	const char	*word;
	struct form	 forms[FORMS_MAX + 1];
};

#define KIND_ROW(name, word, forms)					\
	[RECORD_##name] = { word, { forms { 0 } } },
#define AUDITOR(ev, members)	{ ev, RECORD_BY_AUDITOR, members },
#define SUPERVISOR(ev, members)	{ ev, RECORD_BY_SUPERVISOR, members },
#define OFFLINE(ev, members)	{ ev, RECORD_BY_OFFLINE, members },

static const struct row rows[RECORD_KINDS] = {
	RECORD_KINDS_TABLE(KIND_ROW, AUDITOR, SUPERVISOR, OFFLINE)
};

/* Not written yet, but what is logged now must not look like them. */
static const char *const kept[] = {
	"api", "net", "redact"
};

/* One member of a form, as the table has it. */
struct member {
	const char	*key;
	size_t		 keylen;
	enum field_type	 type;
	int		 optional;
};

const char *
record_kind_name(unsigned kind)
{
	return (kind < RECORD_KINDS ? rows[kind].word : NULL);
}

unsigned
record_kind_find(const char *s, size_t n)
{
	unsigned k;

	for (k = RECORD_NONE + 1; k < RECORD_KINDS; k++)
		if (strlen(rows[k].word) == n &&
		    memcmp(rows[k].word, s, n) == 0)
			return (k);
	return (RECORD_NONE);
}

static int
ends_in(const char *s, size_t n, const char *word)
{
	size_t len = strlen(word);

	return (n >= len && memcmp(s + n - len, word, len) == 0);
}

int
record_kind_ends(const void *data, size_t n)
{
	size_t k;

	for (k = RECORD_NONE + 1; k < RECORD_KINDS; k++)
		if (ends_in(data, n, rows[k].word))
			return (1);
	for (k = 0; k < NELEM(kept); k++)
		if (ends_in(data, n, kept[k]))
			return (1);
	return (0);
}

static enum field_type
type_of(char c)
{
	switch (c) {
	case 's':
		return (FIELD_STR);
	case 'n':
		return (FIELD_U64);
	case 'i':
		return (FIELD_I64);
	case 'b':
		return (FIELD_BOOL);
	case 'l':
		return (FIELD_LIST);
	case 'o':
		return (FIELD_OBJ);
	default:
		return (FIELD_HEX);
	}
}

/* Steps through "KEY:TYPE KEY:TYPE? ..."; 0 at the end. */
static int
next_member(const char **at, struct member *m)
{
	const char *p = *at;

	if (*p == '\0')
		return (0);
	m->key = p;
	m->keylen = strcspn(p, ":");
	p += m->keylen + 1;
	m->type = type_of(*p++);
	m->optional = *p == '?';
	p += strspn(p, "? ");
	*at = p;
	return (1);
}

static int
is_member(const struct field *f, const struct member *m)
{
	return (f->keylen == m->keylen &&
	    memcmp(f->key, m->key, f->keylen) == 0);
}

/* Is this field one that the form has? */
static const char *
check_field(const struct form *form, const struct field *f)
{
	const char *at = form->members;
	struct member m;

	while (next_member(&at, &m))
		if (is_member(f, &m))
			return (f->type == m.type ? NULL :
			    "a member of another type");
	return ("a member that such a record does not have");
}

static int
has_member(const void *fields, size_t len, const struct member *m)
{
	struct field f;
	struct rd r;

	rd_init(&r, fields, len);
	while (field_next(&r, &f) == 1)
		if (is_member(&f, m))
			return (1);
	return (0);
}

static const char *
check_members(const struct form *form, const void *fields, size_t len)
{
	const char *at = form->members, *why;
	struct member m;
	struct field f;
	struct rd r;
	int ret;

	rd_init(&r, fields, len);
	while ((ret = field_next(&r, &f)) == 1) {
		if (f.keylen == 2 && memcmp(f.key, "ev", 2) == 0)
			continue;
		if ((why = check_field(form, &f)) != NULL)
			return (why);
	}
	if (ret == -1)
		return ("malformed fields");
	while (next_member(&at, &m))
		if (!m.optional && !has_member(fields, len, &m))
			return ("a member that such a record needs is "
			    "missing");
	return (NULL);
}

const char *
record_form_check(unsigned kind, unsigned by, const void *fields, size_t len)
{
	const struct form *form;
	struct field ev;
	int r;

	if (record_kind_name(kind) == NULL)
		return ("no such kind");
	if ((r = field_find(fields, len, "ev", &ev)) == -1)
		return ("malformed fields");
	if (r == 0 || ev.type != FIELD_STR)
		return ("a record without ev");
	for (form = rows[kind].forms; form->ev != NULL; form++)
		if ((form->by & by) != 0 && ev.len == strlen(form->ev) &&
		    memcmp(ev.val, form->ev, ev.len) == 0)
			return (check_members(form, fields, len));
	return ("not a record for it to make");
}
