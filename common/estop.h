/* SPDX-License-Identifier: ISC */
/*
 * Emergency stops: what they cover, and the few that are in force.  The log
 * is what says so; the auditor reads them out of it at the start and refuses
 * intents that one covers, and the supervisor ends runs and refuses requests.
 */
#ifndef COMMON_ESTOP_H
#define COMMON_ESTOP_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "plan.h"
#include "shape.h"

#define ESTOPS_MAX	64
#define ESTOP_MAXWHY	512

enum estop_scope {
	ESTOP_ALL = 1,
	ESTOP_USER,		/* requests of an account */
	ESTOP_SKILL,
	ESTOP_CHANNEL,
	ESTOP_SCOPES
};

/* ESTOP: of STOP and RESUME */
struct msg_estop {
	uint8_t		 scope;		/* ESTOP_* */
	uint32_t	 user;		/* ESTOP_USER, else 0 */
	char		*name;		/* of a skill, a channel; else "" */
	char		*why;
};

/* What its scope does not have is empty, so that no two mean the same. */
extern const struct shape msg_estop_shape;

/* One that is in force. */
struct estop {
	uint8_t		 scope;
	uint32_t	 user;
	char		 name[PLAN_MAXNAME + 1];
	char		 why[ESTOP_MAXWHY + 1];
	int		 by_signal;	/* nobody on a channel gave it */
	uint32_t	 by;		/* else who */
	uint64_t	 time_us;	/* since the Unix epoch */
	/* the supervisor's */
	uint64_t	 mark;		/* no two that it was given have one */
	size_t		 before;	/* so many were in force, and are */
	size_t		 after;
	int		 recorded;	/* it is in the log */
	int		 asked;		/* the auditor has been asked */
	int64_t		 again;		/* not before, on its own clock */
	int		 ending;	/* and has been asked for its end */
};

struct estops {
	struct estop	 v[ESTOPS_MAX];
	size_t		 n;
};

/* "all", "user", ...; NULL if there is no such scope. */
const char	*estop_word(unsigned scope);
/* "everything", "user 1000", "skill web", "channel cli" */
void		 estop_text(char *, size_t, unsigned scope, uint32_t user,
		    const char *name);

/* The one of exactly this scope, or NULL. */
struct estop	*estops_find(struct estops *, unsigned scope, uint32_t user,
		    const char *name);
/*
 * In force from now on; one of the same scope makes way.  NULL if there are
 * too many; one of everything always finds its place.
 */
struct estop	*estops_add(struct estops *, const struct estop *);
void		 estops_del(struct estops *, struct estop *);
/* One that covers such a request, or NULL. */
const struct estop *estops_covers(const struct estops *, const char *channel,
		    const char *skill, uint32_t user);

/*
 * The fields of a record that tell what it covers, and the same out of a
 * record's fields: 0, or -1 if they name no scope.
 */
void		 estop_put(struct buf *, const struct estop *);
int		 estop_get(const void *, size_t, struct estop *);
/* All of them as one field of READY, and back again. */
void		 estops_put(struct buf *, const char *key,
		    const struct estops *);
void		 estops_get(const void *, size_t, const char *key,
		    struct estops *);

#endif
