/* SPDX-License-Identifier: ISC */
/*
 * What the parts of the configuration reader share: errors with a place,
 * values with theirs, the rows of keys, and the look-ups that a test
 * replaces.
 */
#ifndef SUPERVISOR_CONF_PRIV_H
#define SUPERVISOR_CONF_PRIV_H

#include <jansson.h>
#include <stddef.h>

#include "common/xconf.h"
#include "supervisor/conf/conf.h"
#include "supervisor/conf/conftell.h"

#define CONF_MAXFILE		(1024 * 1024)
#define CONF_FILEROOM		(CONF_MAXFILE + 1) /* tells a larger one */
#define CONF_MAXDEPTH		16
#define CONF_MAXKIDS		4096	/* of one object or array */
#define CONF_MAXERRS		200
#define CONF_MAXCHANNELS	64
#define CONF_MAXPATTERNS	1024
#define CONF_MAXLIST		256
#define CONF_MAXTEXT		4096	/* bytes of one string */
#define CONF_MAXNAME		64	/* of a skill or a channel */
#define CONF_MAXUNLOCK		8
#define CONF_MAXENV		128	/* variables of a skill */
#define CONF_MAXTESTS		1024	/* of one verdict */
#define CONF_ACCOUNT		"clawbot"
#define CONF_ADMINS		"group:clawbot-admin"

/* Errors are gathered, sorted by place, and printed together. */
struct conf_err {
	unsigned	 line;
	unsigned	 col;
	int		 note;	/* not an error */
	char		*key;	/* dotted, "" where it is about none */
	char		*text;
};
struct errs {
	const char	*file;
	struct conf_err	*e;
	size_t		 n;
	size_t		 cap;
	size_t		 notes;	/* of these, how many are no errors */
	size_t		 max;	/* 0: CONF_MAXERRS */
	size_t		 left;	/* notes that had no place any more */
};

void	errs_add(struct errs *, unsigned line, unsigned col, const char *, ...)
	    __attribute__((__format__ (printf, 4, 5)));
/* Forgets the errors at that place: something better is told of it. */
void	errs_drop(struct errs *, unsigned line, unsigned col);
void	errs_tell(struct errs *, const struct conf_ear *);
void	conf_hear(const struct conf_ear *, const struct conf_said *);
void	errs_free(struct errs *);

/* A value with its place: line and column from 1, in characters. */
struct value {
	struct value	 *parent;
	char		 *key;		/* NULL in arrays */
	size_t		  index;	/* in its array */
	unsigned	  line;		/* of the value */
	unsigned	  col;
	unsigned	  kline;	/* of the key */
	unsigned	  kcol;
	/* What it is; an object or array is empty here and has kids. */
	json_t		 *json;
	struct value	**kids;
	size_t		  nkids;
	size_t		  cap;
	int		  skip;		/* a later duplicate replaces it */
	int		  bad;		/* already complained about */
};

/*
 * Reads JSON with comments and trailing commas.  NULL and errors if it is
 * none.  Duplicate keys and numbers that are none (NaN, 1e309) are reported,
 * too, and the latter made 0 so that checking can go on.
 */
struct value	*value_read(struct errs *, const char *text, size_t len);
void		 value_free(struct value *);
/* The last kid with that key, or NULL. */
struct value	*value_key(const struct value *, const char *key);
/* The entry of a list that is this text, or NULL. */
const struct value *value_entry(const struct value *, const char *text);
/* What is written at a path, "vault.unlock", from there on; or NULL. */
const struct value *value_find(const struct value *, const char *path);

/* Account look-ups; 0 found, 1 not there, -1 error. */
struct conf_ops {
	int	 (*user)(const char *, uid_t *, gid_t *);
	/* adds the members to those that there are */
	int	 (*group)(const char *, gid_t *, struct accounts *members);
	/* malloc'd canonical path, or NULL if there is no such file */
	char	*(*canon)(const char *);
	/* as file_read and file_exists */
	char	*(*read)(const char *, size_t *len, int64_t *mtime_ns,
		    const char **why, const char **other);
	int	 (*exists)(const char *);
};
extern const struct conf_ops conf_ops_system;
/* Unless it is there. */
void	accounts_add(struct accounts *, uid_t, const char *name);
void	accounts_free(struct accounts *);
extern const struct conf_ops *conf_ops;

struct cx {
	struct errs	 errs;
	struct conf	*c;
	struct value	*root;
	const struct conf_ear *ear;	/* for files that this one names */
	struct strv	 told;		/* of these, those that were read */
	int		 bad_who;	/* some account was not found */
	int		 bad_patterns;	/* some pattern was refused */
};

/* skills.dev.allow[2] */
void	value_name(const struct value *, char *, size_t);
/* An error at a value; the value's dotted name is put in front. */
void	cx_err(struct cx *, const struct value *, const char *, ...)
	    __attribute__((__format__ (printf, 3, 4)));
void	cx_note(struct cx *, const struct value *, const char *, ...)
	    __attribute__((__format__ (printf, 3, 4)));

/* A row of keys.h. */
struct key {
	const char		*path;
	const struct key_kind	*kind;
	size_t			 off;	/* of the member */
	uint32_t		 min;
	uint32_t		 max;
	uint32_t		 dflt;
	const void		*more;
};
#define KEY_ROW(tag, kind, path, member, min, max, dflt, more)		\
	{ path, &kind_##kind, offsetof(struct tag, member), min, max,	\
	dflt, more },
struct key_table {
	const struct key	*k;
	size_t			 n;
};
#define KEY_TABLE(rows)	{ rows, sizeof(rows) / sizeof((rows)[0]) }

/* What can be done with keys of one kind; "of" is the whole structure. */
struct key_kind {
	const char	*name;
	/* 0, or -1 and errors */
	int		 (*get)(struct cx *, const struct value *,
			    const struct key *, void *of);
	json_t		*(*show)(const struct key *, const void *of);
	/* Sets the default; NULL where that is zero. */
	void		 (*init)(const struct key *, void *of);
	/* NULL where there is nothing to free. */
	void		 (*free)(const struct key *, void *of);
	/*
	 * The key is not written; all others of the structure were read, from
	 * in.  NULL where nothing is to be done.
	 */
	void		 (*absent)(struct cx *, const struct value *in,
			    const struct key *, void *of);
	/* Of objects with chosen names: the keys of one. */
	const struct key_table *each;
};
static inline void *
key_at(const struct key *k, const void *of)
{
	return ((char *)(uintptr_t)of + k->off);
}

/* conf_keys.c: objects by their rows */
int	keys_get(struct cx *, const struct value *, const struct key_table *,
	    void *of);
/* An object of which nothing is written; errors are at that value. */
void	keys_absent(struct cx *, const struct value *,
	    const struct key_table *, void *of);
json_t	*keys_show(const struct key_table *, const void *of);
void	keys_init(const struct key_table *, void *of);
void	keys_free(const struct key_table *, void *of);
/*
 * Calls one for every member of an object whose names are chosen: as many as
 * the row says of what ("skill", "channel").
 */
int	keys_each(struct cx *, const struct value *, const struct key *,
	    const char *what,
	    int (*one)(struct cx *, const struct value *, struct conf *));

/* conf_get.c */
int	get_uint(struct cx *, const struct value *, uint32_t min,
	    uint32_t max, uint32_t *);
/* The index of the word that it is. */
int	get_word(struct cx *, const struct value *, const char *const *,
	    uint32_t *);
/* NULL and an error, or the text. */
const char *get_text(struct cx *, const struct value *);
/* Is it an array of at most max entries? */
int	get_array(struct cx *, const struct value *, size_t max);
/* A list of texts, each once. */
int	get_texts(struct cx *, const struct value *, size_t max,
	    struct strv *);
/*
 * The same, of which none is wrong; quote: the error begins with the text.
 * Empty texts are not shown to wrong().
 */
int	get_list(struct cx *, const struct value *, size_t max,
	    const char *(*wrong)(const char *), int quote, struct strv *);
json_t	*show_texts(const struct strv *);
/* The nearest of some words to a mistyped one, or NULL. */
const char *get_nearest(const char *, const char *const *words, size_t n);
/* Is it an object? */
int	get_is_object(struct cx *, const struct value *);
/* Names of skills and channels: [A-Za-z0-9_][A-Za-z0-9_.-]* */
int	get_name_ok(const char *);

/* conf_kind.c: numbers, words and lists of texts */
extern const struct key_kind kind_UINT, kind_QUOTA, kind_WORD, kind_FLAGS,
    kind_BOOL, kind_TEXTS, kind_TEST, kind_LIMIT;
/* Of TEXTS, of which there are none by default: what is wrong with one. */
struct texts {
	const char	*(*wrong)(const char *);	/* or NULL */
};
extern const struct texts conf_any_texts;	/* whatever is a text */
json_t	*list_show(const struct key *, const void *of);
void	list_free(const struct key *, void *of);

/* conf_who.c: accounts and groups */
extern const struct key_kind kind_WHO, kind_ACCOUNT;
/* The list of one text that is used where nothing is written. */
int	who_default(struct cx *, const struct value *, const char *,
	    struct who *);
/* A clawbot role's own account, by name or by number? */
int	who_is_role(const char *, uid_t);

/*
 * conf_file.c: a file that only root can have written, and when that was, to
 * be freed with freezero(CONF_FILEROOM); or NULL and why (static, or
 * strerror's).  Longer than CONF_MAXFILE: it has grown meanwhile.  other: not
 * NULL, somebody else may have written it, too, and *other is NULL or says so.
 */
char	*file_read(const char *path, size_t *len, int64_t *mtime_ns,
	    const char **why, const char **other);
/* Is there anything of that name? */
int	file_exists(const char *path);
/* This file belongs to the configuration, as it was then. */
void	conf_add_file(struct conf *, const char *path, int64_t mtime_ns);

/* conf_path.c */
extern const struct key_kind kind_PATH, kind_PATHS, kind_PROGRAM,
	    kind_FORWARD;
/* Absolute, normal form, not "/"; NULL or what is wrong. */
const char *path_wrong(const char *);
/* The same for a pattern's program, which may have stars in it. */
const char *path_form_wrong(const char *);
/* Is one of them the same as the other, or below it? */
int	path_overlap(const char *, const char *);
/* Grants against the paths that clawbot keeps for itself, but its own home. */
void	path_check_grants(struct cx *, const struct value *,
	    const struct strv *, int write, const char *own);
/* The same for single sockets, and for those that make whoever asks root. */
void	path_check_sockets(struct cx *, const struct value *,
	    const struct strv *);
/* The same for where homes are. */
void	path_check_homes(struct cx *, const struct value *);

/* conf_protect.c, conf_pattern.c, conf_vars.c, conf_wrap.c */
extern const struct key_kind kind_NAMES, kind_PATTERNS, kind_SECRETS,
    kind_VARS, kind_WRAPPERS;
enum { PATTERNS_ALLOW, PATTERNS_FIND, PATTERNS_APPROVAL };

/* conf_profile.c */
extern const struct key_kind kind_PROFILE;
/* The skill has been read, by that table: adds what its profile says. */
void	profile_add(struct cx *, const struct value *skill,
	    struct conf_skill *, const struct key_table *);

/* conf_given.c: what a profile gives to skills, kept as it is written */
extern const struct key_kind kind_GIVEN;
struct given {
	const struct key_table	*table;	/* of skills */
	const struct value	*own;	/* what the skill says itself */
	struct conf_skill	*skill;
};
/*
 * Reads these keys for a skill that does not have them in its own object; of
 * variables the skill's go before.  0, or -1 and errors.
 */
int	given_add(struct cx *, const struct value *, const struct given *);

/*
 * conf_tests.c: do these lines, which stand at tests, get the verdicts that
 * they must get?
 */
void	tests_check(struct cx *, const struct rules *, int execs,
	    const struct strv lines[3], const struct value *tests);

/* conf_skill.c, conf_channel.c */
extern const struct key_kind kind_SKILLS, kind_CHANNELS, kind_CHANNEL;
/* Once all is read: what is destructive, and then the first words. */
void	skill_destructive(const struct conf *, struct conf_skill *);
void	skill_confirmable(struct conf_skill *);
void	skill_programs(const struct conf *, struct conf_skill *);
/* Where its homes are; and later, that it is a grant: -1, there is no room. */
void	skill_find_home(const struct conf *, struct conf_skill *);
int	skill_add_home(struct conf_skill *);
/* What other keys do not allow it. */
void	skill_refuse(const struct conf *, struct conf_skill *);

/* conf_main.c: the keys of the whole, and of skills and channels in there */
extern const struct key_table conf_table;

/* Once everything is read: what only the whole can tell. */
void	conf_check(struct cx *);

#endif
