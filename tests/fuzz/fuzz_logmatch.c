/* SPDX-License-Identifier: ISC */
/*
 * Terms of audit search, a line each, over records of several kinds.  What is
 * refused is told why; of what is taken, KEY=VALUE and KEY!=VALUE are never
 * both true, and never both false, of one record.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/logmatch.h"
#include "common/xmalloc.h"
#include "tests/fuzz/fuzz.h"

#define NOW		UINT64_C(1700000000)
#define TERMS_MAX	8

#define STAMP(n)	"00000000000" #n " 2023-11-14T22:13:20.000000Z "
#define P		"\"p\":\"BuqnmqLQstCIi6arrlk5hC6NSvBKGSQ1HY6qsGpDPAk" \
			"\"}\n"
static const char *const lines[] = {
	STAMP(1) "exec: {\"v\":1,\"ev\":\"intent\",\"run\":\"r000000000001\","
	    "\"argv\":[\"sh\",\"-c\",\"a\\u001b\\\"b\"],\"exe\":{\"path\":"
	    "\"/usr/bin/sh\",\"digest\":\"00ff\"},\"secrets\":[\"KEY\"],"
	    "\"skill\":\"default\",\"why\":{\"channel\":\"cli\",\"uid\":1000,"
	    "\"rule\":\"skills.default.ask: sh **\",\"verdict\":\"ask\","
	    "\"approver\":1001}," P,
	STAMP(2) "exec: {\"v\":1,\"ev\":\"result\",\"run\":\"r000000000001\","
	    "\"intent\":1,\"outcome\":\"exited\",\"exit\":0," P,
	STAMP(3) "secret: {\"v\":1,\"ev\":\"set\",\"name\":\"KEY\","
	    "\"version\":1,\"channel\":\"cli\",\"uid\":0," P,
	STAMP(4) "file: {\"v\":1,\"ev\":\"made\",\"run\":\"r000000000001\","
	    "\"path\":{\"b64\":\"//4=\"}," P
};

static int
uid_of(const char *name, uid_t *uid)
{
	*uid = 1000;
	return (strcmp(name, "agent") == 0 ? 0 : -1);
}

static void
look(const struct logmatch *m, int *found)
{
	struct record_view v;
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (record_view(&v, lines[i], strlen(lines[i])) == -1)
			abort();
		found[i] = logmatch_is(m, &v);
	}
}

static struct logmatch *
terms(char **v, size_t n)
{
	struct logmatch *m;
	char err[200];

	memset(err, 0, sizeof(err));
	m = logmatch_new(v, n, NOW, uid_of, err, sizeof(err));
	if (m == NULL && (err[0] == '\0' || memchr(err, '\0',
	    sizeof(err)) == NULL))
		abort();
	return (m);
}

/* One term and the other side of it. */
static void
both_sides(char *term)
{
	int is[4], is_not[4];
	struct logmatch *m, *other;
	char *eq = strchr(term, '='), *turned;
	size_t i, at;

	if (eq == NULL || eq == term || eq[-1] == '!')
		return;
	at = (size_t)(eq - term);
	turned = xcalloc(strlen(term) + 2, 1);
	memcpy(turned, term, at);
	turned[at] = '!';
	memcpy(turned + at + 1, eq, strlen(eq));
	m = terms(&term, 1);
	other = terms(&turned, 1);
	if (m != NULL && other != NULL) {
		look(m, is);
		look(other, is_not);
		for (i = 0; i < 4; i++)
			if (is[i] == is_not[i])
				abort();
	}
	if (m != NULL)
		logmatch_free(m);
	if (other != NULL)
		logmatch_free(other);
	free(turned);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text, *next, *v[TERMS_MAX];
	struct logmatch *m;
	size_t count = 0;
	int found[4];

	text = xstrndup((const char *)p, strnlen((const char *)p, n));
	for (next = text; next != NULL && count < TERMS_MAX;) {
		v[count++] = next;
		if ((next = strchr(next, '\n')) != NULL)
			*next++ = '\0';
		both_sides(v[count - 1]);
	}
	if ((m = terms(v, count)) != NULL) {
		look(m, found);
		logmatch_free(m);
	}
	free(text);
	return (0);
}
