/* SPDX-License-Identifier: ISC */
/*
 * The register of ids: which numbers a run, an operation, a question to the
 * executor or a result that is kept goes by.  Whoever begins to speak of an
 * id holds it, and lets go of it when nothing of its own has it any more; as
 * long as somebody holds an id, nobody gets it as a new one.
 */
#ifndef SUPERVISOR_IDS_H
#define SUPERVISOR_IDS_H

#include <stddef.h>
#include <stdint.h>

/* Answered for no more, see ids_forget(): as many as there are operations. */
#define IDS_LATE	2048

struct held {
	uint64_t	 id;
	unsigned	 n;		/* holders */
};

/* All zero in the beginning. */
struct ids {
	struct held	*held;
	size_t		 nheld;
	size_t		 room;
	uint64_t	 late[IDS_LATE];
	size_t		 nlate;
};

/* Random bytes of the kernel, for keys too; 0, or -1 and errno. */
int	ids_random(void *, size_t);
/* 60 random bits, not 0. */
uint64_t ids_unheld(void);
/* 60 random bits that nobody holds, not 0; the caller does now. */
uint64_t ids_new(struct ids *);
/* One holder more of an id that somebody has already. */
void	ids_hold(struct ids *, uint64_t);
void	ids_let_go(struct ids *, uint64_t);
int	ids_held(const struct ids *, uint64_t);

/*
 * From now on late messages about this id are no breach; it is held for
 * them until IDS_LATE others were forgotten.
 */
void	ids_forget(struct ids *, uint64_t);
int	ids_late(const struct ids *, uint64_t);

#endif
