/* SPDX-License-Identifier: ISC */
/*
 * THE table of limits.  A limit of a run has one row here; from it come the
 * key of the configuration and what -T prints, the codec of all that carries
 * limits, how a channel narrows a skill, and what is shown to an approver.
 * What enforces a limit, and how status says so, is in executor/.
 */
#ifndef COMMON_LIMITS_H
#define COMMON_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "shape.h"

/* Who gives way on a disk. */
enum { LIMITS_IO_NORMAL = 0, LIMITS_IO_LOW = 1, LIMITS_IO_IDLE = 2 };
/* Output beyond output_mb: the pipe breaks, or it is thrown away. */
enum { LIMITS_EXCESS_PIPE = 0, LIMITS_EXCESS_DISCARD = 1 };

/* How a channel, or a request, narrows what a skill gives. */
enum limit_narrow {
	NARROW_LEAST,	/* the smaller is in force; 0 is no limit */
	NARROW_MOST,	/* the greater gives way more */
	NARROW_NOT	/* the skill's alone; channels have no such key */
};

/*
 * X(KEY, field, min, max, default, NARROW_*, words, what it is)
 *
 * KEY is the one in limits of the configuration.  Where there are words
 * (limits.c), the value is the index of one.  The order is that of the wire;
 * a change of it changes every plan digest.
 */
#define LIMITS_TABLE(X)							\
X("timeoutSeconds", timeout_s, 1, 604800, 60, NARROW_LEAST, NULL,	\
    "seconds of wall clock")						\
X("cpuSeconds", cpu_s, 0, 604800, 0, NARROW_LEAST, NULL,		\
    "seconds of processor time")					\
X("memoryMB", memory_mb, 0, 16777216, 2048, NARROW_LEAST, NULL,	\
    "MB of memory")							\
X("processes", processes, 0, 1000000, 256, NARROW_LEAST, NULL,		\
    "processes and threads")						\
X("openFiles", open_files, 0, 1000000, 1024, NARROW_LEAST, NULL,	\
    "open files of a process")						\
X("fileMB", file_mb, 0, 16777216, 1024, NARROW_LEAST, NULL,		\
    "MB of the largest file that it may write")				\
X("outputMB", output_mb, 0, 1048576, 16, NARROW_LEAST, NULL,		\
    "MB of standard output and error together")				\
X("tmpMB", tmp_mb, 0, 16777216, 512, NARROW_LEAST, NULL,		\
    "MB of its private /tmp")						\
X("shmMB", shm_mb, 0, 16777216, 64, NARROW_LEAST, NULL,		\
    "MB of its private /dev/shm")					\
X("cpuPercent", cpu_percent, 0, 100000, 0, NARROW_LEAST, NULL,		\
    "percent of one processor; needs a cgroup")				\
X("ioWeight", io_weight, 0, 10000, 0, NARROW_LEAST, NULL,		\
    "weight on a disk; needs a cgroup")					\
X("nice", nice, 0, 19, 0, NARROW_MOST, NULL,				\
    "how far it gives way on the processor")				\
X("ioClass", io_class, 0, LIMITS_IO_IDLE, LIMITS_IO_NORMAL, NARROW_NOT,	\
    io_words, "LIMITS_IO_*: how it gives way on a disk")		\
X("outputExcess", excess, 0, LIMITS_EXCESS_DISCARD, LIMITS_EXCESS_PIPE,	\
    NARROW_NOT, excess_words, "LIMITS_EXCESS_*: output beyond outputMB")

#define LIMITS_ONE(key, field, min, max, dflt, narrow, words, what)	+ 1
enum { LIMITS_N = 0 LIMITS_TABLE(LIMITS_ONE) };
#undef LIMITS_ONE

/* Each limit by its name, and all of them by their row. */
#define LIMITS_FIELD(key, field, min, max, dflt, narrow, words, what)	\
	uint32_t field;
struct limits {
	union {
		struct { LIMITS_TABLE(LIMITS_FIELD) };
		uint32_t v[LIMITS_N];
	};
};
#undef LIMITS_FIELD

/* The row of a field: LIMITS_ROW(memory_mb) */
#define LIMITS_ROW(field)						\
	(offsetof(struct limits, field) / sizeof(uint32_t))

/* Not said: a channel that does not narrow a limit has this for it. */
#define LIMITS_UNSET	UINT32_MAX

struct limit_row {
	const char		 *key;
	uint32_t		  min;
	uint32_t		  max;
	uint32_t		  dflt;	/* of a skill that says nothing */
	enum limit_narrow	  narrow;
	const char *const	 *words;	/* ends with NULL; or NULL */
};
extern const struct limit_row limit_rows[LIMITS_N];
extern const char *const io_words[], *const excess_words[];

/* As few limits as a run can have. */
void	limits_none(struct limits *);
void	limits_unset(struct limits *);
/* What is LIMITS_UNSET in the second one changes nothing. */
void	limits_narrow(struct limits *, const struct limits *by);
/* The key of a limit that is wider in the first one, or NULL. */
const char *limits_beyond(const struct limits *, const struct limits *);
int	limits_same(const struct limits *, const struct limits *);
/* One u32 a row, and out of range is malformed. */
extern const struct shape limits_shape;
/* As fields of field.h, for people; they are in range. */
void	limits_show(struct buf *, const struct limits *);

#endif
