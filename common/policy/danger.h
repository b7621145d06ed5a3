/* SPDX-License-Identifier: ISC */
/*
 * Words of well-known programs that run a program, load code or write a file
 * that the rest of the command does not tell of.  No "*" or "**" of an allow
 * pattern stands for one.
 */
#ifndef COMMON_POLICY_DANGER_H
#define COMMON_POLICY_DANGER_H

#include <stddef.h>
#include <stdint.h>

/*
 * marks[i] = 1 for each such word i; w[0] is the program, n words.  holes:
 * what is not known of a word counts as what it may be.
 */
void	danger_mark(const char *base, char *const *w, size_t n, int holes,
	    uint8_t *marks);
/*
 * Of awk, sed, psql and the like, whose words are programs in a language of
 * their own: 1 if these run nothing, 0 if they may; -1 if it is none of them.
 */
int	danger_text(const char *base, char *const *w, size_t n);
/*
 * So many words from w[i] on, of a command of git's in front of its
 * subcommand, that change nothing but how it shows or names something.
 */
size_t	danger_git_plain(char *const *w, size_t n, size_t i);
/* A subcommand of git that runs nothing that a repository or words name? */
int	danger_git_knows(const char *);
/* What would be marked for that program, for people; NULL if nothing. */
const char *danger_of(const char *base, const char *sub);

/* danger_text.c: may this text of awk(1), sed(1) run or write something? */
int	danger_awk(const char *);
int	danger_sed(const char *);

#endif
