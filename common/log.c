/* SPDX-License-Identifier: ISC */
/* Diagnostics to standard error, syslog, or the supervisor. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "common/log.h"

static const char	*log_name = "clawbot";
static enum log_dest	 log_dest = LOG_TO_STDERR;
static int		 log_fd = STDERR_FILENO;
static int		 log_verbose;

void
log_init(const char *name, enum log_dest dest, int fd, int verbose)
{
	log_name = name;
	log_dest = dest;
	log_fd = dest == LOG_TO_FD ? fd : STDERR_FILENO;
	log_verbose = verbose;
	if (dest == LOG_TO_SYSLOG)
		openlog(name, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

/*
 * One line, one write.  A full pipe loses a diagnostic, never blocks a role:
 * what must not be lost goes into the audit log.
 */
static void
log_emit(int pri, const char *text)
{
	char line[LOG_LINE_MAX + 2];
	ssize_t r;
	int n;

	if (log_dest == LOG_TO_SYSLOG) {
		syslog(pri, "%s", text);
		return;
	}
	if (log_dest == LOG_TO_FD)
		n = snprintf(line, sizeof(line), "%d%s\n", pri, text);
	else
		n = snprintf(line, sizeof(line), "%s: %s\n", log_name, text);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line)) {
		n = (int)sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	do {
		r = write(log_fd, line, (size_t)n);
	} while (r == -1 && errno == EINTR);
}

static void __attribute__((__format__ (printf, 3, 0)))
log_text(int pri, int err, const char *fmt, va_list ap)
{
	char text[LOG_LINE_MAX];
	size_t len;

	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		return;
	len = strlen(text);
	if (err != 0)
		(void)snprintf(text + len, sizeof(text) - len, ": %s",
		    strerror(err));
	log_emit(pri, text);
}

void
log_warn(const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	log_text(LOG_ERR, saved, fmt, ap);
	va_end(ap);
	errno = saved;
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_text(LOG_ERR, 0, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_text(LOG_INFO, 0, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	if (!log_verbose)
		return;
	va_start(ap, fmt);
	log_text(LOG_DEBUG, 0, fmt, ap);
	va_end(ap);
}

void
fatal(int code, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	va_start(ap, fmt);
	log_text(LOG_CRIT, saved, fmt, ap);
	va_end(ap);
	_exit(code);
}

void
fatalx(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_text(LOG_CRIT, 0, fmt, ap);
	va_end(ap);
	_exit(code);
}

void
log_relay(const char *role, const char *line, size_t len)
{
	char text[LOG_LINE_MAX];
	unsigned char c;
	size_t i, o;
	int n, pri;

	if (len == 0)
		return;
	pri = line[0] >= '0' && line[0] <= '7' ? line[0] - '0' : LOG_NOTICE;
	n = snprintf(text, sizeof(text), "%s: ", role);
	o = n > 0 ? (size_t)n : 0;
	for (i = 1; i < len && o + 5 < sizeof(text); i++) {
		c = (unsigned char)line[i];
		if (isascii(c) && isprint(c))
			text[o++] = (char)c;
		else
			o += (size_t)snprintf(text + o, sizeof(text) - o,
			    "\\x%02x", c);
	}
	text[o] = '\0';
	log_emit(pri, text);
}
