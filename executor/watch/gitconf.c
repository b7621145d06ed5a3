/* SPDX-License-Identifier: ISC */
/*
 * The configuration of a repository, read as git reads it where that is plain:
 * no line goes on in the next one, and each section has a line of its own.
 *
 * What an attacker could try: another way to write a key that git knows and
 * we do not (letters, quotes and escapes are those of git's config.c; what is
 * not in its grammar is refused, bytes of control among it); a key that is
 * harmless under another section (both are compared); an address that names a
 * program ("ext::", "helper://", "-option"); to remove or move what the owner
 * has set (it has to stay, in its order).
 */
#include "config.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/defs.h"
#include "executor/watch/gitconf.h"

#define WORD_MAX	256	/* of a section, a subsection and a key */
#define VALUE_MAX	4096

/* One entry, and the line that it is. */
struct entry {
	char		 section[WORD_MAX];
	char		 sub[WORD_MAX];
	int		 has_sub;
	char		 key[WORD_MAX];	/* "": the line of the section */
	char		 value[VALUE_MAX];
	const char	*line;
	size_t		 len;		/* of the line, its end included */
};

struct reader {
	const char	*p;
	const char	*end;
	struct entry	 e;		/* with the section that it is in */
};

/* What values may be. */
enum value_kind {
	VALUE_TEXT,
	VALUE_ADDRESS,		/* of a repository, or the name of a remote */
	VALUE_UPDATE,		/* how a submodule is updated: no command */
	VALUE_WORKTREE		/* never harmless, and may be left out */
};

/* Of the sections that have names of their own, like [remote "origin"]. */
#define NAMED	1

static const struct known {
	const char	*section;
	int		 named;
	const char	*key;		/* "*": any */
	enum value_kind	 kind;
} known[] = {
	{ "core", 0, "repositoryformatversion", VALUE_TEXT },
	{ "core", 0, "filemode", VALUE_TEXT },
	{ "core", 0, "bare", VALUE_TEXT },
	{ "core", 0, "logallrefupdates", VALUE_TEXT },
	{ "core", 0, "ignorecase", VALUE_TEXT },
	{ "core", 0, "precomposeunicode", VALUE_TEXT },
	{ "core", 0, "symlinks", VALUE_TEXT },
	{ "core", 0, "autocrlf", VALUE_TEXT },
	{ "core", 0, "eol", VALUE_TEXT },
	{ "core", 0, "safecrlf", VALUE_TEXT },
	{ "core", 0, "quotepath", VALUE_TEXT },
	{ "core", 0, "abbrev", VALUE_TEXT },
	{ "core", 0, "compression", VALUE_TEXT },
	{ "core", 0, "commentchar", VALUE_TEXT },
	{ "core", 0, "whitespace", VALUE_TEXT },
	{ "core", 0, "sparsecheckout", VALUE_TEXT },
	{ "core", 0, "sparsecheckoutcone", VALUE_TEXT },
	{ "core", 0, "untrackedcache", VALUE_TEXT },
	{ "core", 0, "commitgraph", VALUE_TEXT },
	{ "core", 0, "multipackindex", VALUE_TEXT },
	{ "core", 0, "worktree", VALUE_WORKTREE },
	{ "extensions", 0, "objectformat", VALUE_TEXT },
	{ "extensions", 0, "partialclone", VALUE_ADDRESS },
	{ "extensions", 0, "worktreeconfig", VALUE_TEXT },
	{ "extensions", 0, "refstorage", VALUE_TEXT },
	{ "remote", NAMED, "url", VALUE_ADDRESS },
	{ "remote", NAMED, "pushurl", VALUE_ADDRESS },
	{ "remote", NAMED, "fetch", VALUE_TEXT },
	{ "remote", NAMED, "push", VALUE_TEXT },
	{ "remote", NAMED, "mirror", VALUE_TEXT },
	{ "remote", NAMED, "tagopt", VALUE_TEXT },
	{ "remote", NAMED, "prune", VALUE_TEXT },
	{ "remote", NAMED, "prunetags", VALUE_TEXT },
	{ "remote", NAMED, "promisor", VALUE_TEXT },
	{ "remote", NAMED, "partialclonefilter", VALUE_TEXT },
	{ "remote", NAMED, "skipdefaultupdate", VALUE_TEXT },
	{ "remote", NAMED, "skipfetchall", VALUE_TEXT },
	{ "remote", 0, "pushdefault", VALUE_ADDRESS },
	{ "branch", NAMED, "remote", VALUE_ADDRESS },
	{ "branch", NAMED, "pushremote", VALUE_ADDRESS },
	{ "branch", NAMED, "merge", VALUE_TEXT },
	{ "branch", NAMED, "rebase", VALUE_TEXT },
	{ "branch", NAMED, "description", VALUE_TEXT },
	{ "branch", 0, "autosetupmerge", VALUE_TEXT },
	{ "branch", 0, "autosetuprebase", VALUE_TEXT },
	{ "branch", 0, "sort", VALUE_TEXT },
	{ "submodule", NAMED, "url", VALUE_ADDRESS },
	{ "submodule", NAMED, "active", VALUE_TEXT },
	{ "submodule", NAMED, "branch", VALUE_TEXT },
	{ "submodule", NAMED, "ignore", VALUE_TEXT },
	{ "submodule", NAMED, "fetchrecursesubmodules", VALUE_TEXT },
	{ "submodule", NAMED, "update", VALUE_UPDATE },
	{ "submodule", 0, "active", VALUE_TEXT },
	{ "submodule", 0, "recurse", VALUE_TEXT },
	{ "submodule", 0, "fetchjobs", VALUE_TEXT },
	{ "user", 0, "name", VALUE_TEXT },
	{ "user", 0, "email", VALUE_TEXT },
	{ "user", 0, "useconfigonly", VALUE_TEXT },
	{ "author", 0, "name", VALUE_TEXT },
	{ "author", 0, "email", VALUE_TEXT },
	{ "committer", 0, "name", VALUE_TEXT },
	{ "committer", 0, "email", VALUE_TEXT },
	{ "init", 0, "defaultbranch", VALUE_TEXT },
	{ "advice", 0, "*", VALUE_TEXT },
	{ "color", 0, "*", VALUE_TEXT },
	{ "column", 0, "*", VALUE_TEXT },
	{ "commit", 0, "cleanup", VALUE_TEXT },
	{ "commit", 0, "status", VALUE_TEXT },
	{ "commit", 0, "verbose", VALUE_TEXT },
	{ "diff", 0, "algorithm", VALUE_TEXT },
	{ "diff", 0, "colormoved", VALUE_TEXT },
	{ "diff", 0, "context", VALUE_TEXT },
	{ "diff", 0, "ignoresubmodules", VALUE_TEXT },
	{ "diff", 0, "interhunkcontext", VALUE_TEXT },
	{ "diff", 0, "mnemonicprefix", VALUE_TEXT },
	{ "diff", 0, "noprefix", VALUE_TEXT },
	{ "diff", 0, "renames", VALUE_TEXT },
	{ "diff", 0, "renamelimit", VALUE_TEXT },
	{ "diff", 0, "submodule", VALUE_TEXT },
	{ "feature", 0, "manyfiles", VALUE_TEXT },
	{ "fetch", 0, "*", VALUE_TEXT },
	{ "gc", 0, "auto", VALUE_TEXT },
	{ "gc", 0, "autodetach", VALUE_TEXT },
	{ "gc", 0, "autopacklimit", VALUE_TEXT },
	{ "gc", 0, "pruneexpire", VALUE_TEXT },
	{ "gc", 0, "reflogexpire", VALUE_TEXT },
	{ "gc", 0, "writecommitgraph", VALUE_TEXT },
	{ "index", 0, "*", VALUE_TEXT },
	{ "lfs", 0, "repositoryformatversion", VALUE_TEXT },
	{ "log", 0, "date", VALUE_TEXT },
	{ "log", 0, "decorate", VALUE_TEXT },
	{ "log", 0, "follow", VALUE_TEXT },
	{ "merge", 0, "conflictstyle", VALUE_TEXT },
	{ "merge", 0, "ff", VALUE_TEXT },
	{ "merge", 0, "log", VALUE_TEXT },
	{ "merge", 0, "renamelimit", VALUE_TEXT },
	{ "merge", 0, "renames", VALUE_TEXT },
	{ "merge", 0, "stat", VALUE_TEXT },
	{ "pack", 0, "*", VALUE_TEXT },
	{ "pull", 0, "ff", VALUE_TEXT },
	{ "pull", 0, "rebase", VALUE_TEXT },
	{ "push", 0, "autosetupremote", VALUE_TEXT },
	{ "push", 0, "default", VALUE_TEXT },
	{ "push", 0, "followtags", VALUE_TEXT },
	{ "rebase", 0, "autosquash", VALUE_TEXT },
	{ "rebase", 0, "autostash", VALUE_TEXT },
	{ "rebase", 0, "stat", VALUE_TEXT },
	{ "rebase", 0, "updaterefs", VALUE_TEXT },
	{ "receive", 0, "denycurrentbranch", VALUE_TEXT },
	{ "receive", 0, "denydeletes", VALUE_TEXT },
	{ "receive", 0, "denynonfastforwards", VALUE_TEXT },
	{ "rerere", 0, "*", VALUE_TEXT },
	{ "status", 0, "*", VALUE_TEXT },
};

/* The next character of the line, or -1 at its end. */
static int
at(const struct reader *r)
{
	return (r->p == r->end || *r->p == '\n' ? -1 :
	    (unsigned char)*r->p);
}

static void
blanks(struct reader *r)
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
word(struct reader *r, char out[WORD_MAX])
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
subsection(struct reader *r)
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
rest(struct reader *r)
{
	blanks(r);
	if (at(r) == '#' || at(r) == ';')
		while (at(r) != -1)
			r->p++;
	return (at(r) == -1 ? 0 : -1);
}

static int
section(struct reader *r)
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
value(struct reader *r)
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
			if (n == VALUE_MAX - 1)
				return (-1);
			r->e.value[n++] = (char)c;
			continue;
		}
		if (n == VALUE_MAX - 1)
			return (-1);
		r->e.value[n++] = (char)c;
		used = n;
	}
	r->e.value[used] = '\0';
	return (quoted ? -1 : rest(r));
}

static int
entry(struct reader *r)
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
start(struct reader *r, const char *text, size_t len)
{
	memset(r, 0, sizeof(*r));
	r->p = text;
	r->end = text + len;
}

/* The next line, in e.  1, 0 at the end, or -1: it is not understood. */
static int
line(struct reader *r)
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

/* What git hands to another program, but to ssh(1) and its own. */
static int
address(const char *s)
{
	static const char *const schemes[] = { "http://", "https://",
	    "ssh://", "git://", "file://" };
	const char *p;
	size_t i;

	if (s[0] == '-' || strstr(s, "::") != NULL)
		return (0);
	if ((p = strstr(s, "://")) == NULL)
		return (1);
	for (i = 0; i < NELEM(schemes); i++)
		if (strncmp(s, schemes[i], strlen(schemes[i])) == 0)
			return (p[3] != '-');
	return (0);
}

static int
harmless_value(enum value_kind kind, const char *s)
{
	static const char *const updates[] = { "checkout", "rebase", "merge",
	    "none" };
	size_t i;

	switch (kind) {
	case VALUE_TEXT:
		return (1);
	case VALUE_ADDRESS:
		return (address(s));
	case VALUE_UPDATE:
		for (i = 0; i < NELEM(updates); i++)
			if (strcmp(s, updates[i]) == 0)
				return (1);
		return (0);
	case VALUE_WORKTREE:
		break;
	}
	return (0);
}

static const struct known *
find(const struct entry *e)
{
	size_t i;

	for (i = 0; i < NELEM(known); i++)
		if (known[i].named == e->has_sub &&
		    strcmp(known[i].section, e->section) == 0 &&
		    (known[i].key[0] == '*' ||
		    strcmp(known[i].key, e->key) == 0))
			return (&known[i]);
	return (NULL);
}

/* The line of a section says nothing yet. */
static int
harmless(const struct entry *e)
{
	const struct known *k;

	if (e->key[0] == '\0')
		return (1);
	k = find(e);
	return (k != NULL && harmless_value(k->kind, e->value));
}

static int
is_worktree(const struct entry *e)
{
	const struct known *k = find(e);

	return (k != NULL && k->kind == VALUE_WORKTREE);
}

/* The next one that is not harmless.  1, 0: there is none, or -1. */
static int
next_other(struct reader *r)
{
	int n;

	while ((n = line(r)) == 1)
		if (!harmless(&r->e))
			return (1);
	return (n);
}

static int
same(const struct entry *a, const struct entry *b)
{
	return (a->has_sub == b->has_sub &&
	    strcmp(a->section, b->section) == 0 &&
	    strcmp(a->sub, b->sub) == 0 && strcmp(a->key, b->key) == 0 &&
	    strcmp(a->value, b->value) == 0);
}

/* What of the old one has to come next is in was, if there is anything. */
static int
replace(struct reader *was, struct reader *r, struct buf *out)
{
	int n, left = next_other(was), without = 0;

	while (left != -1 && (n = line(r)) == 1) {
		if (!harmless(&r->e)) {
			if (left == 1 && same(&was->e, &r->e))
				left = next_other(was);
			else if (is_worktree(&r->e)) {
				without = 1;
				continue;
			} else
				return (-1);
		}
		buf_put(out, r->e.line, r->e.len);
	}
	return (left != 0 || n != 0 || out->bad ? -1 : without);
}

int
gitconf_replace(const char *old, size_t oldlen, const char *text, size_t len,
    struct buf *out)
{
	static struct reader was, is;

	if (!readable(old, oldlen) || !readable(text, len))
		return (-1);
	start(&was, old, oldlen);
	start(&is, text, len);
	return (replace(&was, &is, out));
}

int
gitconf_harmless(const char *text, size_t len)
{
	static struct reader r;

	if (!readable(text, len))
		return (0);
	start(&r, text, len);
	return (next_other(&r) == 0);
}
