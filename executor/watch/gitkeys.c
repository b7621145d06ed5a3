/* SPDX-License-Identifier: ISC */
/*
 * The keys of a configuration of git's for which it executes nothing, or only
 * with some values.  A key that is not here is one that may.
 */
#include "config.h"

#include <string.h>

#include "common/defs.h"
#include "executor/watch/gitkeys.h"

/* Of the sections that have names of their own, like [remote "origin"]. */
#define HAS_SUB	1

static const struct gitconf_key {
	const char	*section;
	int		 named;
	const char	*key;		/* "*": any */
	enum gitkeys	 kind;
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
	{ "extensions", 0, "partialclone", VALUE_REMOTE },
	{ "extensions", 0, "worktreeconfig", VALUE_TEXT },
	{ "extensions", 0, "refstorage", VALUE_TEXT },
	{ "remote", HAS_SUB, "url", VALUE_ADDRESS },
	{ "remote", HAS_SUB, "pushurl", VALUE_ADDRESS },
	{ "remote", HAS_SUB, "fetch", VALUE_TEXT },
	{ "remote", HAS_SUB, "push", VALUE_TEXT },
	{ "remote", HAS_SUB, "mirror", VALUE_TEXT },
	{ "remote", HAS_SUB, "tagopt", VALUE_TEXT },
	{ "remote", HAS_SUB, "prune", VALUE_TEXT },
	{ "remote", HAS_SUB, "prunetags", VALUE_TEXT },
	{ "remote", HAS_SUB, "promisor", VALUE_TEXT },
	{ "remote", HAS_SUB, "partialclonefilter", VALUE_TEXT },
	{ "remote", HAS_SUB, "skipdefaultupdate", VALUE_TEXT },
	{ "remote", HAS_SUB, "skipfetchall", VALUE_TEXT },
	{ "remote", 0, "pushdefault", VALUE_REMOTE },
	{ "branch", HAS_SUB, "remote", VALUE_REMOTE },
	{ "branch", HAS_SUB, "pushremote", VALUE_REMOTE },
	{ "branch", HAS_SUB, "merge", VALUE_TEXT },
	{ "branch", HAS_SUB, "rebase", VALUE_TEXT },
	{ "branch", HAS_SUB, "description", VALUE_TEXT },
	{ "branch", 0, "autosetupmerge", VALUE_TEXT },
	{ "branch", 0, "autosetuprebase", VALUE_TEXT },
	{ "branch", 0, "sort", VALUE_TEXT },
	{ "submodule", HAS_SUB, "url", VALUE_ADDRESS },
	{ "submodule", HAS_SUB, "active", VALUE_TEXT },
	{ "submodule", HAS_SUB, "branch", VALUE_TEXT },
	{ "submodule", HAS_SUB, "ignore", VALUE_TEXT },
	{ "submodule", HAS_SUB, "fetchrecursesubmodules", VALUE_TEXT },
	{ "submodule", HAS_SUB, "update", VALUE_UPDATE },
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

enum gitkeys
gitkeys(const char *section, int named, const char *key)
{
	size_t i;

	for (i = 0; i < NELEM(known); i++)
		if (known[i].named == named &&
		    strcmp(known[i].section, section) == 0 &&
		    (known[i].key[0] == '*' ||
		    strcmp(known[i].key, key) == 0))
			return (known[i].kind);
	return (VALUE_UNKNOWN);
}
