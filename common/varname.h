/* SPDX-License-Identifier: ISC */
/*
 * Names of variables and secrets.  A secret becomes a variable or a file of
 * its name, so there is one rule for both, and every process that takes such
 * a name from another asks here.
 */
#ifndef COMMON_VARNAME_H
#define COMMON_VARNAME_H

#include <stddef.h>
#include <stdint.h>

#define VARNAME_MAX	128		/* bytes */
/*
 * A secret in one of its versions, as records name it: "TOKEN@7".  Version 0:
 * there was none that anybody knew of.
 */
#define VARNAME_VERSIONED (VARNAME_MAX + 1 + 20)
void		 varname_versioned(char text[VARNAME_VERSIONED + 1],
		    const char *name, uint64_t version);
/* Is it that of this name, in whatever version? */
int		 varname_is_versioned(const char *text, const char *name);

/*
 * What is wrong with the form of a name of n bytes, or NULL.  Enough for what
 * is there already: a secret that the rule below does not allow any more can
 * still be removed.
 */
const char	*varname_malformed(const char *, size_t n);
/*
 * May an administrator set a variable or secret of this name?  NULL, or what
 * is wrong: its form, or that it loads or steers programs in every run (PATH,
 * LD_*, BASH_ENV, ...).
 */
const char	*varname_wrong(const char *);
/*
 * Does a variable of this name (n bytes) change what some program executes?
 * These a caller may not set: all that the rule above refuses, and what an
 * administrator may have a reason for (GIT_*, PYTHON*, ...).
 */
int		 varname_is_hook(const char *name, size_t n);
/*
 * Of these: one that builds and tests are given every day, and that can only
 * change which programs they execute or what code they load, not how the
 * shell, the loader or what holds a run work.
 */
int		 varname_is_build(const char *name, size_t n);
/*
 * With this value, does a hook make nothing run that could do anything, and
 * change nothing but texts?
 */
int		 varname_is_inert(const char *name, size_t n,
		    const char *value);

#endif
