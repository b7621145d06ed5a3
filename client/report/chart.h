/* SPDX-License-Identifier: ISC */
/*
 * Charts as inline SVG, coloured by classes of the page's style: nothing in
 * them is loaded, and nothing is run.  Texts come as they are and are escaped
 * here.
 */
#ifndef CLIENT_REPORT_CHART_H
#define CLIENT_REPORT_CHART_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

#define CHART_SERIES	8
#define CHART_COLUMNS	400

struct chart {
	const char	*id;		/* [a-z]+, once in a page */
	const char	*title;
	const char	*about;		/* a sentence, for who cannot see it */
	unsigned	 width;		/* of the picture: 300 to 2000 */
	size_t		 n;		/* columns; at most CHART_COLUMNS */
	size_t		 nseries;	/* stacked; at most CHART_SERIES */
	const char	*const *names;	/* of these */
	const char	*const *classes;	/* and their CSS classes */
	/* how much of series k is in column i, and below the whole of it */
	uint64_t	(*value)(const void *arg, size_t i, size_t k);
	void		(*label)(struct buf *, const void *arg, size_t i);
	/* Is that a column to have a label under it?  NULL: any is. */
	int		(*marked)(const void *arg, size_t i);
	/* the label there; NULL: as above */
	void		(*mark)(struct buf *, const void *arg, size_t i);
	const void	*arg;
};

/* Columns over an axis, with a grid, and what the colours mean. */
void	chart_columns(struct buf *, const struct chart *);
/* A bar as long as n of most is, in a cell of a table. */
void	chart_bar(struct buf *, uint64_t n, uint64_t most, const char *class);
/* The step of an axis to such a top with three to six of them: 1, 2, 5... */
uint64_t chart_step(uint64_t top);
/*
 * Appends text for an element or an attribute in double quotes, with
 * everything escaped that a person could not see, too.
 */
void	chart_html(struct buf *, const void *, size_t);

#endif
