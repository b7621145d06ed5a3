/* SPDX-License-Identifier: ISC */
/*
 * How far the peer has the log: the number of a record, in decimal, and its
 * digest, as p of the next one has it, in a file that is open and nowhere else.
 */
#ifndef FORWARDER_PLACE_H
#define FORWARDER_PLACE_H

#include "common/record/record.h"

/* 1 and the record, 0: the file is empty, -1: it has something else. */
int	place_read(int fd, struct record_head *);
/* On disk when it returns; 0, or -1 and errno. */
int	place_write(int fd, const struct record_head *);

#endif
