/* SPDX-License-Identifier: ISC */
/*
 * What a run has printed, as logging.output keeps it: parts, one behind the
 * other, big-endian, each with
 *	kind u8, three zero bytes, len u32, at u64
 * and len bytes behind that.  at is the time since the command was given the
 * word to go, in microseconds.  A file begins with OUTFILE_MAGIC and the run's
 * id, u64, and is called by the numbers of its intent and its run.
 *
 * The parts are a runner's word, who may have been taken over by what it
 * runs: nothing in them is believed but what the length of a part is.
 */
#ifndef COMMON_OUTFILE_H
#define COMMON_OUTFILE_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

#define OUTFILE_DIR	"output"
#define OUTFILE_MODE	0440
#define OUTFILE_MAGIC	"CBOUT\0\0\1"
#define OUTFILE_START	16U	/* bytes: magic and run */
#define OUTFILE_HEAD	16U	/* bytes in front of each part */
#define OUTFILE_PART	16384U	/* bytes of one at most */
#define OUTFILE_NAME	48	/* bytes of a name, with its NUL */

enum outfile_kind {
	OUTFILE_OUT = 1,	/* standard output */
	OUTFILE_ERR,		/* standard error */
	OUTFILE_TTY,		/* what came out of its terminal */
	OUTFILE_SIZE,		/* u16 rows, u16 columns of that */
	OUTFILE_GAP,		/* u64: bytes that were not kept here */
	OUTFILE_KINDS
};

struct outfile_part {
	enum outfile_kind	 kind;
	uint64_t		 at_us;
	const uint8_t		*p;
	size_t			 len;
	uint64_t		 gap;	/* OUTFILE_GAP */
	uint16_t		 rows;	/* OUTFILE_SIZE */
	uint16_t		 cols;
};

/* Reads parts as they come; all zero: at the beginning of one. */
struct outfile {
	uint8_t		 head[OUTFILE_HEAD];
	size_t		 nhead;
	uint8_t		*data;		/* of the part */
	size_t		 len;
	size_t		 have;
};

/* 0 to go on; what else it returns, outfile_feed does. */
typedef int (*outfile_cb)(const struct outfile_part *, void *arg);

/* 0, what the callback says, or -1: these are no parts. */
int	outfile_feed(struct outfile *, const void *, size_t, outfile_cb,
	    void *arg);
/* Does a part lack some of its bytes? */
int	outfile_inside(const struct outfile *);
void	outfile_free(struct outfile *);

/* Appends the part's head; its bytes follow. */
void	outfile_put(struct buf *, enum outfile_kind, uint64_t at_us,
	    size_t len);
/* Appends a whole part of that kind. */
void	outfile_put_gap(struct buf *, uint64_t at_us, uint64_t bytes);
void	outfile_put_size(struct buf *, uint64_t at_us, uint16_t rows,
	    uint16_t cols);
/* A file's first OUTFILE_START bytes, and its name. */
void	outfile_start(uint8_t [OUTFILE_START], uint64_t run);
void	outfile_name(char [OUTFILE_NAME], uint64_t intent, uint64_t run);
/* The same of one that is packed. */
void	outfile_packed_name(char [OUTFILE_NAME], uint64_t intent,
	    uint64_t run);
/* What such a name says, or that of one that is packed (record/packed.h); 0, or
 * -1: it is none. */
int	outfile_parse(const char *name, uint64_t *intent, uint64_t *run,
	    int *packed);
/* The intent's number alone. */
int	outfile_intent(const char *name, uint64_t *intent);

#endif
