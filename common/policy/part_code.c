/* SPDX-License-Identifier: ISC */
/* Shell code in a command: its simple commands are parts, too. */
#include "config.h"

#include <string.h>

#include "common/policy/part.h"
#include "common/varname.h"

/* What a shell of POSIX, or bash, does itself. */
int
shell_has(const char *s)
{
	static const char *const names[] = { ".", ":", "[", "alias", "bg",
	    "break", "builtin", "caller", "cd", "command", "compgen",
	    "complete", "continue", "declare", "dirs", "disown", "echo",
	    "enable", "eval", "exec", "exit", "export", "false", "fg",
	    "getopts", "hash", "help", "history", "jobs", "kill", "let",
	    "local", "logout", "mapfile", "popd", "printf", "pushd", "pwd",
	    "read", "readarray", "readonly", "return", "set", "shift", "shopt",
	    "source", "suspend", "test", "times", "trap", "true", "type",
	    "typeset", "ulimit", "umask", "unalias", "unset", "wait" };
	size_t lo = 0, hi = sizeof(names) / sizeof(names[0]), mid;
	int c;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if ((c = strcmp(names[mid], s)) == 0)
			return (1);
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (0);
}

static int
is_function(const struct sh_line *line, const char *s)
{
	size_t i;

	for (i = 0; i < line->nfunctions; i++)
		if (strcmp(line->functions[i], s) == 0)
			return (1);
	return (0);
}

/* Holes that may be several words have a sign of their own. */
static char *
take_word(struct parts *ps, const struct sh_word *w)
{
	char *s = parts_text(ps, w->text, strlen(w->text)), *p;

	if ((w->flags & (SH_SPLIT | SH_OPAQUE)) == (SH_SPLIT | SH_OPAQUE))
		for (p = s; *p != '\0'; p++)
			if (*p == PART_HOLE)
				*p = PART_HOLES;
	return (s);
}

/* NAME=VALUE, with a name of n bytes, that is known not to steer anything? */
static int
is_inert(const struct sh_word *w, size_t n)
{
	return ((w->flags & SH_OPAQUE) == 0 && w->text[n] == '=' &&
	    varname_is_inert(w->text, n, w->text + n + 1));
}

/* Assignments that steer what is run; those alone last. */
static void
note_assigns(struct parts *ps, size_t in, const struct sh_cmd *c,
    enum part_set *set)
{
	size_t i, n;
	int build;

	for (i = 0; i < c->nassign; i++) {
		n = strcspn(c->assign[i].text, "=");
		if (!varname_is_hook(c->assign[i].text, n) ||
		    is_inert(&c->assign[i], n))
			continue;
		build = varname_is_build(c->assign[i].text, n);
		if (!build)
			*set = SET_STEERING;
		else if (*set == SET_NOTHING)
			*set = SET_BUILD;
		if (c->nwords > 0 && build)
			continue;
		if (strncmp(c->assign[i].text, "LD_", 3) == 0)
			parts_bad(ps, "it sets variables that load code");
		else
			parts_opaque(ps, in, "it sets variables that steer "
			    "programs");
	}
}

/* The here-document that is its standard input, if all of it is known. */
static const char *
known_input(struct parts *ps, const struct sh_cmd *c)
{
	const char *input = NULL;
	size_t i;

	for (i = 0; i < c->nredirs; i++) {
		if (c->redirs[i].fd != 0)
			continue;
		input = NULL;
		if (c->redirs[i].op == SH_HERE &&
		    (c->redirs[i].target.flags & SH_OPAQUE) == 0)
			input = c->redirs[i].target.text;
	}
	return (input == NULL ? NULL : parts_text(ps, input, strlen(input)));
}

static void
note_written(struct parts *ps, const struct sh_cmd *c)
{
	size_t i;

	for (i = 0; i < c->nredirs; i++)
		if (c->redirs[i].op == SH_WRITE || c->redirs[i].op ==
		    SH_CLOBBER || c->redirs[i].op == SH_APPEND ||
		    c->redirs[i].op == SH_RDWR)
			strv_add(&ps->written, c->redirs[i].target.text);
}

static int
add_command(struct parts *ps, size_t in, const struct sh_line *line,
    const struct sh_cmd *c)
{
	struct part *p;
	enum part_set set = SET_NOTHING;
	size_t i;
	char **w;

	note_assigns(ps, in, c, &set);
	note_written(ps, c);
	/* what a function of the line does stands in its body */
	if (c->nwords == 0 || (c->flags & SH_CALL) != 0)
		return (0);
	w = parts_list(ps, c->nwords);
	for (i = 0; i < c->nwords; i++)
		w[i] = take_word(ps, &c->words[i]);
	p = parts_add(ps, in, w, c->nwords, PART_CODE |
	    (is_function(line, w[0]) ? PART_FUNCTION : 0));
	if (p == NULL)
		return (-1);
	p->set = set;
	p->input = known_input(ps, c);
	return (0);
}

int
parts_code(struct parts *ps, size_t in, const char *code, int dash)
{
	struct sh_line line;
	const char *why = NULL;
	size_t i, at;
	int rc = 0;

	if (part_has_hole(code)) {
		parts_opaque(ps, in, "shell code that is made as it runs");
		return (-1);
	}
	if (shell_read(&line, code, strlen(code), &why, &at) == -1) {
		if (dash || why != shell_syntax || shell_is_odd(code)) {
			parts_bad(ps, why);
			return (-1);
		}
		parts_opaque(ps, in, "syntax that other shells have");
		return (1);
	}
	if (line.opaque != NULL)
		parts_opaque(ps, in, line.opaque);
	if (line.foreign != NULL && !dash)
		parts_opaque(ps, in, line.foreign);
	for (i = 0; i < line.ncmds && rc == 0; i++)
		rc = add_command(ps, in, &line, &line.cmds[i]);
	shell_free(&line);
	return (rc);
}

/* What a shell has read of its arguments. */
struct shell {
	int	code;		/* -c */
	int	input;		/* -s */
	int	files;		/* start-up files are read */
	size_t	i;
};

/* --rcfile F; 0, or -1 if it is the end of the options. */
static void
shell_long(struct shell *sh, const char *s)
{
	static const char *const with[] = { "--rcfile", "--init-file",
	    "--emulate" };
	size_t i;

	for (i = 0; i < sizeof(with) / sizeof(with[0]); i++)
		if (strcmp(s, with[i]) == 0)
			sh->i++;
	if (strcmp(s, "--rcfile") == 0 || strcmp(s, "--init-file") == 0 ||
	    strcmp(s, "--login") == 0)
		sh->files = 1;
}

/* A bundle: o and O take the next word, as many as there are. */
static void
shell_bundle(struct shell *sh, const char *s)
{
	for (s++; *s != '\0'; s++) {
		if (*s == 'c')
			sh->code = 1;
		else if (*s == 's')
			sh->input = 1;
		else if (*s == 'i' || *s == 'l')
			sh->files = 1;
		else if (*s == 'o' || *s == 'O')
			sh->i++;
	}
}

static int
is_input(const char *s)
{
	return (strcmp(s, "/dev/stdin") == 0 || strcmp(s, "/dev/fd/0") == 0 ||
	    strcmp(s, "/proc/self/fd/0") == 0 || strcmp(s, "/dev/tty") == 0 ||
	    strncmp(s, "/dev/fd/", 8) == 0 || strncmp(s, "/proc/", 6) == 0);
}

static void
shell_input(struct parts *ps, size_t in)
{
	const char *input = ps->p[in].input;

	if (input != NULL)
		(void)parts_code(ps, in, input, 0);
	else
		parts_opaque(ps, in, "a shell that reads its commands from its "
		    "input");
}

/* A script is as good as a program, and bash looks for it in PATH. */
static void
add_script(struct parts *ps, size_t in, char *const *args, size_t n)
{
	char **w = parts_list(ps, n);
	size_t i;

	for (i = 0; i < n; i++)
		w[i] = args[i];
	(void)parts_add(ps, in, w, n, PART_SAME | PART_SCRIPT);
}

const char *
shell_args(struct parts *ps, size_t in, char *const *args, size_t n)
{
	struct shell sh = { 0, 0, 0, 0 };
	const char *s;
	size_t value;

	for (; sh.i < n; sh.i++) {
		value = sh.i;
		s = args[sh.i];
		if (part_has_hole(s) && (part_is_hole(s[0]) || s[0] == '-')) {
			parts_opaque(ps, in, "a shell with unknown options");
			return (NULL);
		}
		if (strcmp(s, "--") == 0 || strcmp(s, "-") == 0) {
			sh.i++;
			break;
		}
		if (s[0] != '-' && s[0] != '+')
			break;
		/* the end of the options to some, to others none */
		if (s[1] == '\0')
			parts_opaque(ps, in, "a shell with unknown options");
		else if (s[0] == '-' && s[1] == '-')
			shell_long(&sh, s);
		else
			shell_bundle(&sh, s);
		/* what an option takes may be more than one word */
		while (++value <= sh.i && value < n)
			if (part_may_split(args[value])) {
				parts_opaque(ps, in, "a shell with unknown "
				    "options");
				return (NULL);
			}
	}
	/* what was in /tmp before the run was nothing */
	if (sh.files && (ps->p[in].flags & PART_TOP) == 0)
		parts_opaque(ps, in, "a shell that reads start-up files");
	/* behind its own options stand a script's */
	if (sh.i < n)
		ps->p[in].own -= n - sh.i;
	if (sh.code && sh.i < n)
		return (args[sh.i]);
	if (sh.code)
		return (NULL);
	if (sh.input || sh.i >= n || is_input(args[sh.i]))
		shell_input(ps, in);
	else
		add_script(ps, in, args + sh.i, n - sh.i);
	return (NULL);
}
