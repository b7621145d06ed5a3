/* SPDX-License-Identifier: ISC */
/*
 * The configuration of a repository, read as git reads it where that is plain:
 * no line goes on in the next one, and each section has a line of its own.
 *
 * What an attacker could try: another way to write a key that git knows and
 * we do not (letters, quotes and escapes are those of git's config.c; what is
 * not in its grammar is refused, bytes of control among it); a key that is
 * harmless under another section (both are compared); an address that names a
 * program ("ext::", "helper://", "-option"), or a directory that it can make a
 * repository with hooks (gitaddress.c), or a remote that is not there, for
 * which git takes the directory of that name; to remove or move what the owner
 * has set (it has to stay, in its order, but for addresses, which may go).
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/defs.h"
#include "executor/watch/gitaddress.h"
#include "executor/watch/gitconf.h"
#include "executor/watch/gitkeys.h"

#define WORD_MAX	256	/* of a section, a subsection and a key */
#define GITCONF_VALUE	4096

/* One entry, and the line that it is. */
struct gitconf_entry {
	char		 section[WORD_MAX];
	char		 sub[WORD_MAX];
	int		 has_sub;
	char		 key[WORD_MAX];	/* "": the line of the section */
	char		 value[GITCONF_VALUE];
	const char	*line;
	size_t		 len;		/* of the line, its end included */
};

struct gitconf_reader {
	const char	*p;
	const char	*end;
	struct gitconf_entry e;		/* with the section that it is in */
	const char	*text;		/* all of it */
};

/* The next character of the line, or -1 at its end. */
static int
at(const struct gitconf_reader *r)
{
	return (r->p == r->end || *r->p == '\n' ? -1 :
	    (unsigned char)*r->p);
}

static void
blanks(struct gitconf_reader *r)
{
	while (at(r) == ' ' || at(r) == '\t')
		r->p++;
}

static int
is_word(int c)
{
	return (c != -1 && (isalnum(c) || c == '-'));
}

/* In small letters; 0 or -1. */
static int
word(struct gitconf_reader *r, char out[WORD_MAX])
{
	size_t n = 0;

	for (; is_word(at(r)); r->p++) {
		if (n == WORD_MAX - 1)
			return (-1);
		out[n++] = (char)tolower(at(r));
	}
	out[n] = '\0';
	return (n == 0 ? -1 : 0);
}

/* What a section is of, behind its quote. */
static int
subsection(struct gitconf_reader *r)
{
	size_t n = 0;
	int c;

	for (; (c = at(r)) != '"'; r->p++) {
		if (c == '\\') {
			r->p++;
			c = at(r);
		}
		if (c == -1 || n == WORD_MAX - 1)
			return (-1);
		r->e.sub[n++] = (char)c;
	}
	r->e.sub[n] = '\0';
	r->e.has_sub = 1;
	r->p++;
	return (0);
}

/* Nothing more but a comment. */
static int
rest(struct gitconf_reader *r)
{
	blanks(r);
	if (at(r) == '#' || at(r) == ';')
		while (at(r) != -1)
			r->p++;
	return (at(r) == -1 ? 0 : -1);
}

static int
section(struct gitconf_reader *r)
{
	r->p++;
	r->e.has_sub = 0;
	r->e.sub[0] = '\0';
	if (word(r, r->e.section) == -1)
		return (-1);
	blanks(r);
	if (at(r) == '"') {
		r->p++;
		if (subsection(r) == -1)
			return (-1);
	}
	if (at(r) != ']')
		return (-1);
	r->p++;
	return (rest(r));
}

static int
escaped(int c)
{
	switch (c) {
	case 'n':
		return ('\n');
	case 't':
		return ('\t');
	case 'b':
		return ('\b');
	case '"':
	case '\\':
		return (c);
	default:
		return (-1);	/* the end of a line among it */
	}
}

static int
value(struct gitconf_reader *r)
{
	size_t n = 0, used = 0;
	int c, quoted = 0;

	blanks(r);
	for (; (c = at(r)) != -1; r->p++) {
		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (!quoted && (c == '#' || c == ';'))
			break;
		if (c == '\\') {
			r->p++;
			if ((c = escaped(at(r))) == -1)
				return (-1);
		} else if (!quoted && (c == ' ' || c == '\t')) {
			/* none at the end */
			if (n == GITCONF_VALUE - 1)
				return (-1);
			r->e.value[n++] = (char)c;
			continue;
		}
		if (n == GITCONF_VALUE - 1)
			return (-1);
		r->e.value[n++] = (char)c;
		used = n;
	}
	r->e.value[used] = '\0';
	return (quoted ? -1 : rest(r));
}

static int
entry(struct gitconf_reader *r)
{
	if (r->e.section[0] == '\0' || !isalpha(at(r)) ||
	    word(r, r->e.key) == -1)
		return (-1);
	r->e.value[0] = '\0';
	blanks(r);
	if (at(r) != '=')
		return (rest(r));
	r->p++;
	return (value(r));
}

static void
start(struct gitconf_reader *r, const char *text, size_t len)
{
	memset(r, 0, sizeof(*r));
	r->p = r->text = text;
	r->end = text + len;
}

/* The next line, in e.  1, 0 at the end, or -1: it is not understood. */
static int
line(struct gitconf_reader *r)
{
	int bad;

	if (r->p == r->end)
		return (0);
	r->e.line = r->p;
	r->e.key[0] = '\0';
	blanks(r);
	if (at(r) == '[')
		bad = section(r);
	else if (at(r) == -1 || at(r) == '#' || at(r) == ';')
		bad = rest(r);
	else
		bad = entry(r);
	if (bad)
		return (-1);
	if (r->p != r->end)
		r->p++;
	r->e.len = (size_t)(r->p - r->e.line);
	return (1);
}

/* Of printable characters, and in a size to be looked at. */
static int
readable(const char *text, size_t len)
{
	size_t i;
	int c;

	if (len > GITCONF_MAX)
		return (0);
	for (i = 0; i < len; i++) {
		c = (unsigned char)text[i];
		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			return (0);
	}
	/* the mark of an order of bytes, which git skips */
	return (len == 0 || (unsigned char)text[0] != 0xef);
}

/* What an entry is. */
enum means {
	MEANS_HARMLESS,
	MEANS_LOCAL,	/* a directory of this machine: see gitaddress.h */
	MEANS_WORKTREE,
	MEANS_OTHER
};

static enum gitkeys
kind(const struct gitconf_entry *e)
{
	return (gitkeys(e->section, e->has_sub, e->key));
}

static int
is_address(const struct gitconf_entry *e)
{
	return (e->has_sub && strcmp(e->section, "remote") == 0 &&
	    strcmp(e->key, "url") == 0);
}

/* The first address of a remote of that name, in the same text, or NULL. */
static const char *
address_of(const struct gitconf_reader *in, const char *name)
{
	static struct gitconf_reader r;

	start(&r, in->text, (size_t)(in->end - in->text));
	while (line(&r) == 1)
		if (is_address(&r.e) && strcmp(r.e.sub, name) == 0)
			return (r.e.value);
	return (NULL);
}

static int
has_remote(const struct gitconf_reader *in, const char *name)
{
	return (address_of(in, name) != NULL);
}

static enum means
means_address(const char *s)
{
	switch (gitaddress(s)) {
	case GITADDRESS_HARMLESS:
		return (MEANS_HARMLESS);
	case GITADDRESS_LOCAL:
		return (MEANS_LOCAL);
	case GITADDRESS_BAD:
		break;
	}
	return (MEANS_OTHER);
}

static enum means
means_remote(const struct gitconf_reader *r, const char *s)
{
	enum means m = means_address(s);

	/* ".": this repository */
	if (m == MEANS_LOCAL && (strcmp(s, ".") == 0 || has_remote(r, s)))
		return (MEANS_HARMLESS);
	return (m);
}

/*
 * Options as in a command line, but with no quotes, and nothing that names a
 * strategy, a key, a file or an editor, or does without a hook.
 */
static int
is_merge(const char *s)
{
	static const char *const options[] = { "--ff", "--no-ff", "--ff-only",
	    "--commit", "--no-commit", "--squash", "--no-squash", "--log",
	    "--no-log", "--stat", "--no-stat", "-n", "--summary",
	    "--no-summary", "--signoff", "--no-signoff", "--autostash",
	    "--no-autostash", "--no-edit", "--quiet", "-q", "--verbose", "-v",
	    "--progress", "--no-progress" };
	size_t i, len;

	for (; *s != '\0'; s += len) {
		len = strcspn(s += strspn(s, " "), " ");
		for (i = 0; i < NELEM(options); i++)
			if (strlen(options[i]) == len &&
			    strncmp(s, options[i], len) == 0)
				break;
		if (len != 0 && i == NELEM(options))
			return (0);
	}
	return (1);
}

static int
is_update(const char *s)
{
	static const char *const updates[] = { "checkout", "rebase", "merge",
	    "none" };
	size_t i;

	for (i = 0; i < NELEM(updates); i++)
		if (strcmp(s, updates[i]) == 0)
			return (1);
	return (0);
}

/* The entry that was read last. */
static enum means
means(const struct gitconf_reader *r)
{
	/* the line of a section says nothing yet */
	if (r->e.key[0] == '\0')
		return (MEANS_HARMLESS);
	switch (kind(&r->e)) {
	case VALUE_TEXT:
		return (MEANS_HARMLESS);
	case VALUE_ADDRESS:
		return (means_address(r->e.value));
	case VALUE_REMOTE:
		return (means_remote(r, r->e.value));
	case VALUE_UPDATE:
		return (is_update(r->e.value) ? MEANS_HARMLESS : MEANS_OTHER);
	case VALUE_MERGE:
		return (is_merge(r->e.value) ? MEANS_HARMLESS : MEANS_OTHER);
	case VALUE_WORKTREE:
		return (MEANS_WORKTREE);
	case VALUE_UNKNOWN:
		break;
	}
	return (MEANS_OTHER);
}

/* The next one that has to stay.  1, 0: there is none, or -1. */
static int
next_other(struct gitconf_reader *r)
{
	enum means m;
	int n;

	while ((n = line(r)) == 1)
		if ((m = means(r)) != MEANS_HARMLESS && m != MEANS_LOCAL)
			return (1);
	return (n);
}

static int
same(const struct gitconf_entry *a, const struct gitconf_entry *b)
{
	return (a->has_sub == b->has_sub &&
	    strcmp(a->section, b->section) == 0 &&
	    strcmp(a->sub, b->sub) == 0 && strcmp(a->key, b->key) == 0 &&
	    strcmp(a->value, b->value) == 0);
}

/* Has the owner set this local address there?  A remote may be renamed. */
static int
was_local(const struct gitconf_reader *was, const struct gitconf_entry *e)
{
	static struct gitconf_reader r;

	start(&r, was->text, (size_t)(was->end - was->text));
	while (line(&r) == 1)
		if (r.e.has_sub == e->has_sub &&
		    strcmp(r.e.section, e->section) == 0 &&
		    strcmp(r.e.key, e->key) == 0 &&
		    strcmp(r.e.value, e->value) == 0)
			return (means(&r) == MEANS_LOCAL);
	return (0);
}

/* The entry with another value, and the key in its letters. */
static void
put_line(struct buf *out, const struct gitconf_entry *e, const char *value)
{
	const char *key = e->line;

	while (*key == ' ' || *key == '\t')
		key++;
	buf_put(out, "\t", 1);
	buf_put(out, key, strlen(e->key));
	buf_put(out, " = \"", 4);
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			buf_put(out, "\\", 1);
		buf_put(out, value, 1);
	}
	buf_put(out, "\"\n", 2);
}

/*
 * What a remote of the old text is called in the new one: there, another name
 * has its address; or NULL.
 */
static const char *
renamed(const struct gitconf_reader *was, const struct gitconf_reader *is,
    const char *name)
{
	static struct gitconf_reader r;
	static char url[GITCONF_VALUE];
	const char *s = address_of(was, name);

	if (s == NULL)
		return (NULL);
	(void)snprintf(url, sizeof(url), "%s", s);
	start(&r, is->text, (size_t)(is->end - is->text));
	while (line(&r) == 1)
		if (is_address(&r.e) && strcmp(r.e.value, url) == 0 &&
		    !has_remote(was, r.e.sub))
			return (r.e.sub);
	return (NULL);
}

/*
 * The name of no remote: git renames one before it looks for those who name
 * it, and is led to the new name; else it is left out.  0 or 1.
 */
static int
put_remote(const struct gitconf_reader *was, const struct gitconf_reader *is,
    struct buf *out)
{
	const char *name = renamed(was, is, is->e.value);

	if (name == NULL)
		return (1);
	put_line(out, &is->e, name);
	return (0);
}

/* A new local address: of a work tree, its repository.  1 or -1. */
static int
put_local(const struct gitconf_entry *e, struct buf *out)
{
	char inside[GITCONF_VALUE];

	if (gitaddress_inside(e->value, inside, sizeof(inside)) == -1)
		return (-1);
	put_line(out, e, inside);
	return (1);
}

/* What of the old one has to come next is in was, if left says so. */
static int
put(struct gitconf_reader *was, int *left, const struct gitconf_reader *r,
    struct buf *out)
{
	enum means m = means(r);

	if (m == MEANS_LOCAL && !was_local(was, &r->e))
		return (kind(&r->e) == VALUE_REMOTE ? put_remote(was, r, out) :
		    put_local(&r->e, out));
	if (m == MEANS_WORKTREE || m == MEANS_OTHER) {
		if (*left == 1 && same(&was->e, &r->e))
			*left = next_other(was);
		else
			return (m == MEANS_WORKTREE ? 1 : -1);
	}
	buf_put(out, r->e.line, r->e.len);
	return (0);
}

static int
replace(struct gitconf_reader *was, struct gitconf_reader *r, struct buf *out)
{
	int n, left = next_other(was), put_is, changed = 0;

	while (left != -1 && (n = line(r)) == 1) {
		if ((put_is = put(was, &left, r, out)) == -1)
			return (-1);
		changed |= put_is;
	}
	return (left != 0 || n != 0 || out->bad ? -1 : changed);
}

int
gitconf_replace(const char *old, size_t oldlen, const char *text, size_t len,
    struct buf *out)
{
	static struct gitconf_reader was, is;

	if (!readable(old, oldlen) || !readable(text, len))
		return (-1);
	start(&was, old, oldlen);
	start(&is, text, len);
	return (replace(&was, &is, out));
}

int
gitconf_harmless(const char *text, size_t len)
{
	static struct gitconf_reader r;
	int n;

	if (!readable(text, len))
		return (0);
	start(&r, text, len);
	while ((n = line(&r)) == 1)
		if (means(&r) != MEANS_HARMLESS)
			return (0);
	return (n == 0);
}

int
gitconf_may_go(const char *text, size_t len)
{
	static struct gitconf_reader r;

	if (!readable(text, len))
		return (0);
	start(&r, text, len);
	return (next_other(&r) == 0);
}
