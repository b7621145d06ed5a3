/* SPDX-License-Identifier: ISC */
/*
 * Counts by text, in bounded memory: once there are TALLY_MAX texts, what has
 * another one counts as "others".  Texts come from the log, and so from
 * anybody.
 */
#ifndef CLIENT_REPORT_TALLY_H
#define CLIENT_REPORT_TALLY_H

#include <stddef.h>
#include <stdint.h>

#define TALLY_MAX	2048
#define TALLY_TEXT	240	/* bytes that are kept of a text */

struct tally_row {
	char		*text;
	uint64_t	 n;
	uint64_t	 first_us;	/* when it came first, and last */
	uint64_t	 last_us;
};

struct tally {
	struct tally_row *v;
	size_t		 rows;
	size_t		 cap;
	uint32_t	*slots;		/* 0: free, else a row's index + 1 */
	uint64_t	 others;	/* of texts that are not kept */
	uint64_t	 total;
};

void	tally_init(struct tally *);
void	tally_free(struct tally *);
/*
 * Counts n for the text.  1 if it is a new one, 0 if not, -1 if it counts with
 * the others; *row, if not NULL, is its row then, or NULL.
 */
int	tally_add(struct tally *, const char *text, uint64_t n,
	    uint64_t time_us, struct tally_row **row);
const struct tally_row *tally_find(const struct tally *, const char *text);
/* The most first, like ones by their text. Nothing is added afterwards. */
void	tally_sort(struct tally *);

/* Texts of which it is only known whether they were there. */
#define SEEN_MAX	(1U << 18)
struct seen_texts {
	uint64_t	*slots;
	size_t		 n;
};

void	seen_init(struct seen_texts *);
void	seen_free(struct seen_texts *);
/* 1 if it is new, 0 if not, -1 if there are too many to tell. */
int	seen_add(struct seen_texts *, const void *, size_t);

#endif
