/* SPDX-License-Identifier: ISC */
/*
 * The request that run and policy why send, made from options.  What makes
 * no sense ends the process with a usage error.
 */
#ifndef CLIENT_REQUEST_H
#define CLIENT_REQUEST_H

#include <stdint.h>

#include "common/buf.h"
#include "common/plan.h"
#include "common/shape.h"

void	request_init(struct runreq *);
/* -e */
void	request_env(struct runreq *, const char *);
/* -C; may be relative to where the caller is */
void	request_cwd(struct runreq *, const char *);
/* "90", "90s", "15m", "2h", "7d", "2w" as seconds of option what; ends the
 * process otherwise, and where they are fewer than the least ones or more than
 * the most, which are those of a run where nothing is said */
uint32_t request_time(const char *what, const char *, uint32_t least);
uint32_t request_span(const char *what, const char *, uint32_t least,
	    uint32_t most);
/* The same for --timeout. */
uint32_t request_seconds(const char *);
/* -t: the size of the terminal, whose variables are left out. */
void	request_tty(struct runreq *);
/* --shell: that very line, for /bin/sh -c; nothing else is a command then. */
void	request_shell(struct runreq *, const char *line);
/* Bounded text of an option into *dst. */
void	request_text(char **dst, const char *what, const char *, size_t max);
/* The caller's umask and locale, and where it is unless cwd says something
 * else. */
void	request_caller(struct runreq *);
/* The words of the command, and request_caller(). */
void	request_finish(struct runreq *, int argc, char **argv);
struct session;
/* Asks for it, passes its streams on, and frees it; the exit status. */
int	 request_go(struct session *, struct runreq *);
/* Encodes one into b, which is initialised here, in a payload of that shape. */
void	request_put(struct buf *b, const struct shape *, const void *);

#endif
