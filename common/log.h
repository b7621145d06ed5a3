/* SPDX-License-Identifier: ISC */
/*
 * Diagnostics, not the audit log.  A role writes one line a message to
 * descriptor 4; the supervisor reads it, escapes it, puts the role's name in
 * front and hands it to syslog or standard error.  Priorities are those of
 * syslog(3).  Style is that of err(3): lower case, no full stop, the object
 * named; log_warn and fatal append strerror(errno), the x forms do not.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdarg.h>
#include <stddef.h>

enum log_dest { LOG_TO_STDERR, LOG_TO_SYSLOG, LOG_TO_FD };

#define LOG_LINE_MAX	1024	/* bytes a message, prefix included */

/* name must outlive the process; fd counts for LOG_TO_FD only. */
void	 log_init(const char *name, enum log_dest, int fd, int verbose);
void	 log_warn(const char *, ...)
	    __attribute__((__format__ (printf, 1, 2)));
void	 log_warnx(const char *, ...)
	    __attribute__((__format__ (printf, 1, 2)));
void	 log_info(const char *, ...)
	    __attribute__((__format__ (printf, 1, 2)));
/* Only with verbose. */
void	 log_debug(const char *, ...)
	    __attribute__((__format__ (printf, 1, 2)));
/* Log, then _exit(code). */
void	 fatal(int code, const char *, ...)
	    __attribute__((__noreturn__, __format__ (printf, 2, 3)));
void	 fatalx(int code, const char *, ...)
	    __attribute__((__noreturn__, __format__ (printf, 2, 3)));
/*
 * Supervisor: one line received from a role, first byte its priority
 * ('0'..'7'); everything unprintable is escaped before it is passed on.
 */
void	 log_relay(const char *role, const char *line, size_t len);

#endif
