/* SPDX-License-Identifier: ISC */
/* Programs by their names and files; see lookname.h. */
#include "config.h"

#include <sys/stat.h>

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/defs.h"
#include "common/policy/part.h"
#include "common/policy/policy.h"
#include "supervisor/boot/lookname.h"

#define LOOKNAME_SHOWN	8	/* other names of one file */

struct program {
	char	*name;
	dev_t	 dev;
	ino_t	 ino;
};

struct programs {
	struct program	*p;	/* in the order of PATH */
	size_t		 n;
	size_t		 cap;
};

static void
add_program(struct programs *ps, const char *name, const struct stat *st)
{
	const size_t cap = ps->cap == 0 ? 1024 : 2 * ps->cap;

	if (ps->n == ps->cap) {
		ps->p = xrecallocarray(ps->p, ps->cap, cap, sizeof(*ps->p));
		ps->cap = cap;
	}
	ps->p[ps->n].name = xstrdup(name);
	ps->p[ps->n].dev = st->st_dev;
	ps->p[ps->n++].ino = st->st_ino;
}

static void
read_dir(struct programs *ps, const char *path)
{
	struct dirent *e;
	struct stat st;
	DIR *dir;

	if ((dir = opendir(path)) == NULL)
		return;
	while ((e = readdir(dir)) != NULL)
		if (fstatat(dirfd(dir), e->d_name, &st, 0) == 0 &&
		    S_ISREG(st.st_mode) && (st.st_mode & 0111) != 0)
			add_program(ps, e->d_name, &st);
	(void)closedir(dir);
}

static void
read_path(struct programs *ps)
{
	char path[] = RUN_PATH, *p = path, *dir;

	while ((dir = strsep(&p, ":")) != NULL)
		read_dir(ps, dir);
}

static void
programs_free(struct programs *ps)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		free(ps->p[i].name);
	free(ps->p);
}

/* 0, or -1 if it is not there. */
static int
find(const struct programs *ps, const char *name, struct program *to)
{
	struct stat st;
	size_t i;

	if (name[0] == '/') {
		if (stat(name, &st) == -1)
			return (-1);
		to->dev = st.st_dev;
		to->ino = st.st_ino;
		return (0);
	}
	for (i = 0; i < ps->n; i++) {
		if (strcmp(ps->p[i].name, name) == 0) {
			*to = ps->p[i];
			return (0);
		}
	}
	return (-1);
}

/* Does the skill allow something by this name? */
static int
is_allowed(const struct conf_skill *sk, const char *name)
{
	const char *program;
	size_t i;

	for (i = 0; i < sk->allow.n; i++) {
		program = pattern_program(sk->allow.p[i]);
		if (program != NULL && strcmp(program, name) == 0)
			return (1);
	}
	return (0);
}

static void
tell_others(const struct programs *ps, const struct conf_skill *sk,
    const char *base, const struct program *it, struct conf_told *told,
    const struct conf_place *at)
{
	struct strv names = { NULL, 0 };
	char text[512] = "", more[32] = "";
	size_t i, len;

	for (i = 0; i < ps->n; i++)
		if (ps->p[i].dev == it->dev && ps->p[i].ino == it->ino &&
		    strcmp(ps->p[i].name, base) != 0 &&
		    !strv_has(&names, ps->p[i].name) &&
		    !is_allowed(sk, ps->p[i].name))
			strv_add(&names, ps->p[i].name);
	strv_sort(&names);
	for (i = 0; i < names.n && i < LOOKNAME_SHOWN; i++) {
		len = strlen(text);
		(void)snprintf(text + len, sizeof(text) - len, "%s%.60s",
		    i > 0 ? ", " : "", names.v[i]);
	}
	if (names.n > i)
		(void)snprintf(more, sizeof(more), " and %zu more",
		    names.n - i);
	if (names.n > 0)
		conf_tell(told, 1, at, "\"%s\" does not cover other names of "
		    "the same file: %s%s", at->text, text, more);
	strv_free(&names);
}

static void
look_pattern(const struct programs *ps, const struct conf_skill *sk,
    const struct pattern *p, struct conf_told *told)
{
	const struct conf_place at = { { "skills", sk->name, "allow" }, -1,
	    pattern_text(p) };
	const char *program = pattern_program(p), *base;
	struct program it;

	if (program == NULL || pattern_set(p)[0] != '\0')
		return;
	base = strrchr(program, '/');
	base = base != NULL ? base + 1 : program;
	if (find(ps, program, &it) == 0)
		tell_others(ps, sk, base, &it, told, &at);
	/* [[ and the like are a shell's own, as are those that it has */
	else if (program[0] == '/' || (isalnum((unsigned char)program[0]) &&
	    !shell_has(program)))
		conf_tell(told, 1, &at, "\"%s\" allows nothing on this host: "
		    "%s is not there", at.text, program);
}

/* What it finds by name is where its own PATH leads. */
static int
has_path(const struct conf_skill *sk)
{
	size_t i;

	for (i = 0; i < sk->env.n; i++)
		if (strncmp(sk->env.v[i], "PATH=", 5) == 0)
			return (1);
	return (0);
}

void
lookname_allow(const struct conf *c, struct conf_told *told)
{
	struct programs ps = { NULL, 0, 0 };
	const struct conf_skill *sk;
	size_t i, k;

	read_path(&ps);
	for (i = 0; i < c->nskills; i++) {
		sk = &c->skills[i];
		for (k = 0; k < sk->allow.n && !has_path(sk); k++)
			look_pattern(&ps, sk, sk->allow.p[k], told);
	}
	programs_free(&ps);
}
