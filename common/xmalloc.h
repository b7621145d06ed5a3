/* SPDX-License-Identifier: ISC */
/*
 * Allocation that either succeeds or ends the process, for sizes that were
 * checked before.  What a peer sends is never passed as a size unchecked.
 */
#ifndef COMMON_XMALLOC_H
#define COMMON_XMALLOC_H

#include <stddef.h>

void	*xmalloc(size_t);
void	*xcalloc(size_t nmemb, size_t size);
void	*xrecallocarray(void *, size_t oldnmemb, size_t nmemb, size_t size);
char	*xstrdup(const char *);
/* At most n bytes, always terminated. */
char	*xstrndup(const char *, size_t n);
int	 xasprintf(char **, const char *, ...)
	    __attribute__((__format__ (printf, 2, 3)));
/* Overwrites n bytes so that no compiler drops it, then frees. NULL is fine. */
void	 freezero(void *, size_t n);

/* A list of strings that owns them.  v is NULL or has n entries + NULL. */
struct strv {
	char	**v;
	size_t	  n;
};

void	 strv_add(struct strv *, const char *);
void	 strv_addn(struct strv *, const char *, size_t);
int	 strv_has(const struct strv *, const char *);
void	 strv_sort(struct strv *);
/* Overwrites and frees every string; the struct is empty afterwards. */
void	 strv_free(struct strv *);

#endif
