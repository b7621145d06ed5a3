/* SPDX-License-Identifier: ISC */
/*
 * The attribute of a file that nobody changes, renames, links or removes it,
 * whoever owns it, before somebody with CAP_LINUX_IMMUTABLE has lifted it.
 */
#ifndef COMMON_IMMUTABLE_H
#define COMMON_IMMUTABLE_H

/*
 * Sets it on the file that is open, or lifts it; what it has besides stays.  0,
 * also where it is so already, or an errno, EOPNOTSUPP where the file system
 * has no such attribute, or takes it and does not show it.
 */
int	immutable_set(int fd, int on);
/* Does the file of that name have it?  A link is not followed. */
int	immutable_has(int dirfd, const char *name);
/*
 * What keeps a file of that name from being removed, as chattr(1) has it: also
 * that it can only be appended to.  NULL: nothing.
 */
const char *immutable_letters(int dirfd, const char *name);
/* What such an errno means, in a few words; static. */
const char *immutable_why(int error);

#endif
