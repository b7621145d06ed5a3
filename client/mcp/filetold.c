/* SPDX-License-Identifier: ISC */
/* Reading the line of clawbot-file; see filetold.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/mcp/filetold.h"

#define LINE_SIZE	512

/* "key=value" at *s, which moves behind it and its blank; value is cut. */
static char *
word(char **s, const char *key)
{
	const size_t n = strlen(key);
	char *v = *s;
	size_t len;

	if (strncmp(v, key, n) != 0 || v[n] != '=')
		return (NULL);
	v += n + 1;
	len = strcspn(v, " ");
	*s = v + len;
	if (**s == ' ')
		*(*s)++ = '\0';
	return (v);
}

static int
number(char **s, const char *key, uint64_t *to)
{
	const char *v = word(s, key);
	char *end;

	if (v == NULL || v[0] < '0' || v[0] > '9')
		return (-1);
	errno = 0;
	*to = strtoull(v, &end, 10);
	return (errno == 0 && *end == '\0' ? 0 : -1);
}

static int
digest(char **s, char to[FILEOP_HEX + 1])
{
	const char *v = word(s, "sha256");

	if (v == NULL)
		return (-1);
	if (strcmp(v, "-") == 0) {
		to[0] = '\0';
		return (0);
	}
	if (strlen(v) != FILEOP_HEX ||
	    strspn(v, "0123456789abcdef") != FILEOP_HEX)
		return (-1);
	memcpy(to, v, FILEOP_HEX + 1);
	return (0);
}

/* Behind "clawbot-file 1 ". */
static enum filetold_what
parse(struct filetold *t, char *s)
{
	static const char read[] = "read ", wrote[] = "wrote ",
	    differs[] = "differs ", failed[] = "failed ";
	uint64_t more;
	char *how;

	if (strncmp(s, failed, sizeof(failed) - 1) == 0) {
		(void)snprintf(t->text, sizeof(t->text), "%.200s",
		    s + sizeof(failed) - 1);
		return (FILETOLD_FAILED);
	}
	if (strncmp(s, differs, sizeof(differs) - 1) == 0) {
		s += sizeof(differs) - 1;
		return (digest(&s, t->sha256) == -1 || *s != '\0' ?
		    FILETOLD_NOTHING : FILETOLD_DIFFERS);
	}
	if (strncmp(s, read, sizeof(read) - 1) == 0) {
		s += sizeof(read) - 1;
		if (number(&s, "size", &t->size) == -1 ||
		    digest(&s, t->sha256) == -1 ||
		    number(&s, "bytes", &t->bytes) == -1 ||
		    number(&s, "more", &more) == -1 || *s != '\0' || more > 1)
			return (FILETOLD_NOTHING);
		t->more = more == 1;
		return (FILETOLD_READ);
	}
	if (strncmp(s, wrote, sizeof(wrote) - 1) != 0)
		return (FILETOLD_NOTHING);
	s += sizeof(wrote) - 1;
	if (number(&s, "size", &t->size) == -1 ||
	    digest(&s, t->sha256) == -1 || (how = word(&s, "how")) == NULL ||
	    *s != '\0')
		return (FILETOLD_NOTHING);
	(void)snprintf(t->text, sizeof(t->text), "%.200s", how);
	return (FILETOLD_WROTE);
}

static int
is_ours(const char *line, size_t len)
{
	return (len >= sizeof(FILEOP_LINE) - 1 &&
	    memcmp(line, FILEOP_LINE, sizeof(FILEOP_LINE) - 1) == 0);
}

void
filetold_find(struct filetold *t, const void *printed, size_t n)
{
	const size_t skip = sizeof(FILEOP_LINE) - 1;
	const char *p = printed, *end;
	char line[LINE_SIZE];
	size_t at, len;
	int found = 0;

	memset(t, 0, sizeof(*t));
	for (at = 0; at < n; at += len + 1) {
		end = memchr(p + at, '\n', n - at);
		len = end == NULL ? n - at : (size_t)(end - (p + at));
		/* one without an end is not whole */
		if (end == NULL || !is_ours(p + at, len))
			continue;
		found = 1;
		t->at = at;
		t->len = len + 1;
	}
	if (!found || t->len - 1 >= sizeof(line) ||
	    memchr(p + t->at, '\0', t->len) != NULL)
		return;
	memcpy(line, p + t->at, t->len - 1);
	line[t->len - 1] = '\0';
	t->what = parse(t, line + skip);
}
