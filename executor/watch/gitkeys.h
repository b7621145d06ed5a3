/* SPDX-License-Identifier: ISC */
/* The keys that a run may set in a configuration of git's. */
#ifndef EXECUTOR_WATCH_GITKEYS_H
#define EXECUTOR_WATCH_GITKEYS_H

/* What the values of a key may be. */
enum gitkeys {
	VALUE_UNKNOWN,		/* it is no such key */
	VALUE_TEXT,
	VALUE_ADDRESS,		/* of a repository */
	VALUE_REMOTE,		/* the name of a remote, or an address */
	VALUE_UPDATE,		/* how a submodule is updated: no command */
	VALUE_MERGE,		/* options of git merge: no strategy */
	VALUE_WORKTREE		/* never harmless, and may be left out */
};

/* Section and key in small letters; named: like [remote "origin"], or 0. */
enum gitkeys gitkeys(const char *section, int named, const char *key);

#endif
