/* SPDX-License-Identifier: ISC */
/*
 * What a person types or a configuration says in few words: moments, how long
 * and how often an approval holds, where records go.  What is taken is within
 * its bounds, and what is not has a reason.
 */
#include "config.h"

#include <sys/un.h>

#include <stdlib.h>
#include <string.h>

#include "client/lasting.h"
#include "client/when.h"
#include "common/forwardto.h"
#include "common/payload.h"
#include "common/xmalloc.h"
#include "tests/fuzz/fuzz.h"

#define NOW	UINT64_C(1700000000)

static void
moment(const char *text)
{
	uint64_t t = 0;

	/* the last second that a record can have */
	if (when_parse(text, NOW, &t) == 0 && t > UINT64_C(253402300799) +
	    86400)
		abort();
}

static void
approval(const char *text)
{
	struct lasting l;
	const char *wrong;

	if ((wrong = lasting_parse(&l, text)) != NULL) {
		if (*wrong == '\0')
			abort();
		return;
	}
	if (l.for_s == 0 || l.for_s > STANDING_MAXFOR || l.count == 1 ||
	    l.count > STANDING_MAXCOUNT)
		abort();
	if (l.like != NULL && (l.like <= text || *l.like == '\0' ||
	    l.like >= text + strlen(text)))
		abort();
}

static void
place(const char *text)
{
	struct forwardto to;
	const char *wrong;

	memset(&to, 0, sizeof(to));
	if ((wrong = forwardto_parse(text, &to)) != NULL) {
		if (*wrong == '\0')
			abort();
		return;
	}
	if (to.len == 0 || to.len > sizeof(to.addr) ||
	    (to.way == FORWARD_LOCAL) != (to.port == 0) ||
	    (to.way == FORWARD_LOCAL) != (to.addr.any.sa_family == AF_UNIX))
		abort();
	if (to.way == FORWARD_LOCAL && (to.addr.local.sun_path[0] != '/' ||
	    memchr(to.addr.local.sun_path, '\0',
	    sizeof(to.addr.local.sun_path)) == NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text;

	text = xstrndup((const char *)p, strnlen((const char *)p, n));
	moment(text);
	approval(text);
	place(text);
	free(text);
	return (0);
}
