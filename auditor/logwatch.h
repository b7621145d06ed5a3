/* SPDX-License-Identifier: ISC */
/*
 * Hearing, by inotify(7), of what is done to closed segments while the auditor
 * runs, so that it is seen before the next record and not at the next look.
 * What goes on in the directory is read before each batch of messages, which is
 * once a second at least: the auditor's own records are heard, too, and are not
 * to wake it.  A segment that it names is looked at, and read if somebody has
 * written to it (rounds.h).  So is each one, as if somebody had written to it,
 * where there was more than the kernel keeps.
 *
 * Of a write to the medium itself, through a mapping, or through a link in
 * another directory nothing is heard, nor of what another host does: the looks
 * of rounds.h stay.
 */
#ifndef AUDITOR_LOGWATCH_H
#define AUDITOR_LOGWATCH_H

struct auditor;
struct buf;

struct logwatch {
	int		 fd;		/* -1: nothing is heard */
	char		 lacks[160];	/* of what nothing is, and why; or "" */
};

/*
 * Made by root, before the filter, which has no call for it.  What fails is in
 * lacks, and stops nothing.
 */
void	logwatch_open(struct logwatch *, const char *dir);
/*
 * Behind the records of the start, which must have been heard of, and when
 * there are rounds.
 */
void	logwatch_start(struct auditor *);
/*
 * What was heard since.  Not while a segment is being packed or removed, before
 * it is known as it is then.  Where the directory itself was moved away, ends
 * the process with EXIT_IO: records would go where nobody looks for them.
 */
void	logwatch_hear(struct auditor *);
/* Puts that into the fields of READY. */
void	logwatch_put(struct buf *, const struct auditor *);

#endif
