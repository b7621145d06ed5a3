/* SPDX-License-Identifier: ISC */
/*
 * What auditor and bring-up say to each other of the immutable attribute of
 * closed segments, and what others are told of that; see payload.h.
 */
#ifndef COMMON_PAYLOAD_FIX_H
#define COMMON_PAYLOAD_FIX_H

#include <stddef.h>
#include <stdint.h>

#include "shape.h"

/* A_FIX: the segments that begin with these records, in order. */
struct msg_fix_row {
	uint64_t	 first;
	uint8_t		 on;		/* else the attribute is lifted */
};

struct msg_fix {
	struct msg_fix_row *v;
	size_t		 n;
};

/* A_FIXED: for each of these. */
#define FIXED_ERROR_MAX	4095U		/* the kernel has no errno behind it */
struct msg_fixed_row {
	uint32_t	 error;		/* errno; 0: it is so now */
};

struct msg_fixed {
	struct msg_fixed_row *v;
	size_t		 n;
};

/* A_PARTS, and the same in READY */
struct msg_parts {
	uint32_t	 closed;	/* segments */
	uint32_t	 immutable;	/* of these */
	uint32_t	 due;		/* had to be left out at the start: they
					   are to be removed soon */
	uint32_t	 error;		/* why the first of the others has it
					   not; 0: none was refused it */
	uint64_t	 held;		/* logging.keepDays would remove the one
					   that begins with that record, and
					   cannot; 0: none */
};

extern const struct shape msg_fix_shape, msg_fixed_shape, msg_parts_shape;

#endif
