/* SPDX-License-Identifier: ISC */
/* A sandbox that cannot be entered: the runner is told why. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "executor/box/box.h"
#include "executor/lack.h"

void
box_fail(const struct box *j, enum cberr err, const char *fmt, ...)
{
	uint8_t m[INSIDE_TROUBLE_MAX];
	struct trouble t;
	struct buf b;
	unsigned tries = 0;
	int saved = errno;
	va_list ap;
	size_t n;

	memset(&t, 0, sizeof(t));
	t.err = (uint16_t)lack_err(saved, err);
	va_start(ap, fmt);
	(void)vsnprintf(t.text, sizeof(t.text), fmt, ap);
	va_end(ap);
	n = strlen(t.text);
	if (saved != 0)
		(void)snprintf(t.text + n, sizeof(t.text) - n, ": %s",
		    strerror(saved));
	inside_begin(&b, m, sizeof(m), INSIDE_TROUBLE);
	trouble_put(&b, &t);
	/* smaller than PIPE_BUF: all or nothing */
	while (write(j->trouble, m, b.len) == -1 && lack_again(&tries))
		;
	_exit(EXIT_SYSTEM);
}
