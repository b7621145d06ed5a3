/* SPDX-License-Identifier: ISC */
/*
 * What the parts of the configuration reader share: errors with a place, the
 * index of places, typed access to values, and the look-ups that a test
 * replaces.
 */
#ifndef SUPERVISOR_CONF_PRIV_H
#define SUPERVISOR_CONF_PRIV_H

#include <jansson.h>

#include "common/xconf.h"
#include "supervisor/conf/conf.h"

#define CONF_MAXFILE		(1024 * 1024)
#define CONF_MAXDEPTH		16
#define CONF_MAXKIDS		4096	/* of one object or array */
#define CONF_MAXERRS		200
#define CONF_MAXCHANNELS	64
#define CONF_MAXPATTERNS	1024
#define CONF_MAXLIST		256
#define CONF_MAXTEXT		4096	/* bytes of one string */
#define CONF_MAXNAME		64	/* of a skill or a channel */

/* Errors are gathered, sorted by place, and printed together. */
struct conf_err {
	unsigned	 line;
	unsigned	 col;
	char		*text;
};
struct errs {
	const char	*file;
	struct conf_err	*e;
	size_t		 n;
	size_t		 cap;
	size_t		 notes;	/* of these, how many are no errors */
};

void	errs_add(struct errs *, unsigned line, unsigned col, const char *, ...)
	    __attribute__((__format__ (printf, 4, 5)));
/* Something worth saying that does not stop the load. */
void	errs_note(struct errs *, unsigned line, unsigned col, const char *, ...)
	    __attribute__((__format__ (printf, 4, 5)));
void	errs_print(struct errs *, FILE *);
void	errs_free(struct errs *);

/*
 * The index of places: the shape of the document, every value with its line
 * and column (from 1, in characters).  Values themselves are jansson's.
 */
struct pos {
	struct pos	 *parent;
	char		 *key;		/* decoded; NULL in arrays */
	size_t		  index;	/* in its array */
	unsigned	  line;		/* of the value */
	unsigned	  col;
	unsigned	  kline;	/* of the key */
	unsigned	  kcol;
	struct pos	**kids;
	size_t		  nkids;
	size_t		  cap;
	int		  skip;		/* a later duplicate replaces it */
	int		  bad;		/* already complained about */
};

/*
 * Blanks comments and trailing commas out of text in place, so that jansson
 * can read it, and returns the index.  NULL on a syntax error.  Duplicate
 * keys and numbers that are none (NaN, 1e309) are reported, too, and the
 * latter made 0 so that reading can go on.
 */
struct pos	*pos_scan(struct errs *, char *text, size_t len);
void		 pos_free(struct pos *);
/* Line and column of a byte offset. */
void		 pos_at(const char *text, size_t off, unsigned *line,
		    unsigned *col);
/* The last kid with that key, or NULL. */
struct pos	*pos_key(const struct pos *, const char *key);

/* Account look-ups; 0 found, 1 not there, -1 error. */
struct conf_ops {
	int	 (*user)(const char *, uid_t *, gid_t *);
	/* members are malloc'd */
	int	 (*group)(const char *, gid_t *, uid_t **members, size_t *n);
	/* malloc'd canonical path, or NULL if there is no such file */
	char	*(*canon)(const char *);
};
extern const struct conf_ops conf_ops_system;
extern const struct conf_ops *conf_ops;

/* A value with its place. */
struct node {
	json_t		*v;
	struct pos	*p;
};
struct cx {
	struct errs	 errs;
	struct conf	*c;
	json_t		*root;
	struct pos	*rootpos;
	int		 bad_who;	/* some account was not found */
	int		 bad_patterns;	/* some pattern was refused */
};

/* An error at a value; the value's dotted name is put in front. */
void	cx_err(struct cx *, const struct pos *, const char *, ...)
	    __attribute__((__format__ (printf, 3, 4)));
void	cx_note(struct cx *, const struct pos *, const char *, ...)
	    __attribute__((__format__ (printf, 3, 4)));

/* Keys of an object. */
enum key_type { K_UINT, K_RATE, K_WORD, K_BOOL, K_FN };
struct key {
	const char		*name;
	enum key_type		 type;
	size_t			 off;	/* into the target; fn is given it */
	uint32_t		 min;
	uint32_t		 max;
	const char *const	*words;	/* K_WORD: value is the index */
	int	(*fn)(struct cx *, struct node, void *to);
};
/* Walks an object's members by a table ended by a NULL name. -1: error. */
int	get_object(struct cx *, struct node, const struct key *, void *);
int	get_uint(struct cx *, struct node, uint32_t min, uint32_t max,
	    uint32_t *);
int	get_word(struct cx *, struct node, const char *const *, int *);
/* NULL and an error, or jansson's text. */
const char *get_text(struct cx *, struct node);
/* Is it an array of at most max entries? */
int	get_array(struct cx *, struct node, size_t max);
struct node get_node(struct node, size_t);
/* A list of texts, each once. */
int	get_texts(struct cx *, struct node, size_t max, struct strv *);
/* The nearest of some words to a mistyped one, or NULL. */
const char *get_nearest(const char *, const char *const *words, size_t n);
/* Is it an object? */
int	get_is_object(struct cx *, struct node);
/* Names of skills and channels: [A-Za-z0-9_][A-Za-z0-9_.-]* */
int	get_name_ok(const char *);
/*
 * Calls one for every member of an object whose names are chosen: 1 to max
 * of what ("skill", "channel").
 */
int	get_each(struct cx *, struct node, const char *what, size_t max,
	    int (*one)(struct cx *, struct node, void *), void *);

/* conf_who.c: accounts and groups */
int	who_get(struct cx *, struct node, struct who *);
/* The list of one text that is used where nothing is written. */
int	who_default(struct cx *, const struct pos *, const char *,
	    struct who *);
void	who_free(struct who *);
/* A clawbot role's own account, by name or by number? */
int	who_is_role(const char *, uid_t);
int	get_run_as(struct cx *, const struct pos *, const char *,
	    struct conf_skill *);

/* conf_path.c */
/* Absolute, normal form, not "/"; NULL or what is wrong. */
const char *path_wrong(const char *);
/* The same for a pattern's program, which may have stars in it. */
const char *path_form_wrong(const char *);
/* Is one of them the same as the other, or below it? */
int	path_overlap(const char *, const char *);
int	get_path(struct cx *, struct node, char **);
int	get_grants(struct cx *, struct node, void *strv);
/* conf_protect.c */
int	get_protect(struct cx *, struct node, void *strv);
void	protect_default(struct strv *);
/* Grants against the paths that clawbot keeps for itself. */
void	path_check_grants(struct cx *, const struct pos *, const struct strv *,
	    int write);

/* conf_skill.c, conf_channel.c, conf_main.c */
int	get_limits(struct cx *, struct node, void *limits);
int	get_chan_limits(struct cx *, struct node, struct limits *);
int	get_rate(struct cx *, struct node, struct rate *);
enum { PATTERNS_ALLOW, PATTERNS_FIND, PATTERNS_APPROVAL };
int	get_patterns(struct cx *, struct node, struct patterns *, int kind);
int	get_skills(struct cx *, struct node, void *);
int	get_channels(struct cx *, struct node, void *);
void	skill_init(struct conf_skill *, const char *name);
void	skill_free(struct conf_skill *);
void	skill_programs(struct conf *, struct conf_skill *);
/* What other keys do not allow it. */
void	skill_refuse(const struct conf *, struct conf_skill *);
void	channel_init(struct conf_channel *, const char *name);
void	channel_free(struct conf_channel *);
void	patterns_free(struct patterns *);
void	rate_init(struct rate *);
void	conf_defaults(struct conf *);
int	get_root(struct cx *, struct node);
/* Once everything is read: what only the whole can tell. */
void	conf_check(struct cx *);

extern const char *const conf_approval_words[];
extern const char *const conf_output_words[];
extern const char *const conf_cipher_words[];
extern const char *const conf_cgroup_words[];

#endif
