/* SPDX-License-Identifier: ISC */
/*
 * How far the peer has the log: the number of a record, in decimal, in a file
 * that is open and nowhere else.
 */
#ifndef FORWARDER_PLACE_H
#define FORWARDER_PLACE_H

#include <stdint.h>

/* 1 and the number, 0: the file is empty, -1: it has something else. */
int	place_read(int fd, uint64_t *);
/* On disk when it returns; 0, or -1 and errno. */
int	place_write(int fd, uint64_t);

#endif
