/* SPDX-License-Identifier: ISC */
/*
 * Signals of a client that waits for a run: it learns of them in its poll
 * loop, and ends by the one that interrupted it when all else is done, so
 * that a shell knows that it was interrupted.
 */
#ifndef CLIENT_SIGNALS_H
#define CLIENT_SIGNALS_H

/* What came since it was asked last. */
struct signals {
	int	ends;		/* how many that are to end us */
	int	last;		/* the last one of these */
	int	resized;
	int	suspended;
	int	resumed;
};

/*
 * From now on; the descriptor is readable when some have come.  What was
 * ignored when we were started stays so (nohup, background).  terminal: it has
 * to be restored, so its signals are among them.
 */
int	signals_catch(int terminal);
/* 0 if there were none. */
int	signals_take(struct signals *);
/* Stops like anybody else, until it is continued. */
void	signals_stop(void);
/* Ends by it, with all that was printed. */
void	signals_die(int sig);

#endif
