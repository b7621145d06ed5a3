/* SPDX-License-Identifier: ISC */
/*
 * The search for many words at once (Aho and Corasick, CACM 18, 1975), linear
 * in what is searched, whatever that is.  The words are secrets in one form or
 * another, so all of it is in locked memory.
 *
 * Most of what is searched is the beginning of no word: so there is a bit for
 * each hash of three symbols, which is set where a word may begin with them.
 *
 * Words are without line breaks: what is between the lines of a value is
 * remembered as a break behind a symbol.
 */
#ifndef EXECUTOR_RUNNER_NEEDLES_H
#define EXECUTOR_RUNNER_NEEDLES_H

#include <stddef.h>
#include <stdint.h>

#define NEEDLES_BREAK	1	/* a value has a line break behind this */
#define NEEDLES_BEGIN	3U	/* symbols that are hashed */
#define NEEDLES_BITS	17U	/* of a hash */

struct needles {
	void		*map;		/* of all that follows */
	size_t		 maplen;
	uint32_t	*fail;		/* longest border */
	uint32_t	*child;		/* the first, or 0 */
	uint32_t	*sib;		/* the next child of the same node */
	uint32_t	*depth;
	uint32_t	*out;		/* longest word that ends here */
	uint32_t	*rows;		/* where all symbols lead to from nodes
					   up to first, 256 for each */
	uint8_t		*sym;
	uint8_t		*flags;
	uint8_t		*begin;		/* a bit for each hash */
	int		 shorter;	/* some word has less than those */
	uint32_t	 n;
	uint32_t	 max;
	uint32_t	 first;		/* the root's children are 1 to this */
	uint32_t	 longest;
};

/* Room for words of so many symbols together.  0, or -1 and errno. */
int	 needles_init(struct needles *, size_t symbols);
/* Overwritten and given back. */
void	 needles_free(struct needles *);
/* The first symbol of a word; of each, before any word is added. */
void	 needles_first(struct needles *, uint8_t);
/* A word; breaks has a byte for each symbol, not 0: NEEDLES_BREAK, or NULL. */
void	 needles_add(struct needles *, const uint8_t *word,
	    const uint8_t *breaks, size_t len);
/* After the last word. */
void	 needles_done(struct needles *);

/* May a word begin with the last three symbols, the last one lowest? */
static inline int
needles_begin(const struct needles *d, uint32_t last)
{
	uint32_t h = (last & 0xffffffU) * 0x9e3779b1U >> (32 - NEEDLES_BITS);

	return (d->begin[h >> 3] >> (h & 7) & 1);
}

/* Where a symbol leads to from a node; the root is 0. */
static inline uint32_t
needles_next(const struct needles *d, uint32_t node, uint8_t c)
{
	uint32_t e;

	for (;;) {
		if (node <= d->first)
			return (d->rows[(size_t)node * 256 + c]);
		for (e = d->child[node]; e != 0; e = d->sib[e])
			if (d->sym[e] == c)
				return (e);
		node = d->fail[node];
	}
}

#endif
