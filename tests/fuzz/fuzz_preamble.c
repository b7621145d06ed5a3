/* SPDX-License-Identifier: ISC */
/*
 * Lines that agents hand to a shell: what is taken out of one is never longer
 * than that, what is put into a preamble comes out of it again, and a line
 * that is executed outside is of plain words.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "client/preamble.h"
#include "common/buf.h"
#include "common/xmalloc.h"
#include "tests/fuzz/fuzz.h"

static void
quoted(struct buf *b, const char *s)
{
	buf_put_u8(b, '\'');
	for (; *s != '\0'; s++)
		if (*s == '\'')
			buf_printf(b, "'\"'\"'");
		else
			buf_put_u8(b, (uint8_t)*s);
	buf_put_u8(b, '\'');
}

static void
round_trip(const char *line, const char *before, const char *behind)
{
	int no_input;
	struct buf b;
	char *s;

	buf_init(&b, 8 * strlen(line) + 1024);
	buf_printf(&b, "%s", before);
	quoted(&b, line);
	buf_printf(&b, "%s", behind);
	buf_put_u8(&b, 0);
	s = preamble_strip((char *)b.data, &no_input);
	if (s == NULL || strcmp(s, line) != 0)
		abort();
	free(s);
	buf_free(&b);
}

static void
client(const char *line)
{
	char **words;
	size_t i, n = 0;

	if (!preamble_is_client(line, &words))
		return;
	if (strpbrk(line, ";&|<>$`'\"\\\n(){}*?[]~#") != NULL)
		abort();
	for (i = 0; words[i] != NULL; i++)
		n += strlen(words[i]) + 1;
	if (i < 2 || n > strlen(line) + 1)
		abort();
	free(words);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *line, *s;
	int no_input;

	line = xstrndup((const char *)p, strnlen((const char *)p, n));
	s = preamble_strip(line, &no_input);
	if (s != NULL && strlen(s) > strlen(line))
		abort();
	if (s == NULL && no_input)
		abort();
	free(s);
	client(line);
	round_trip(line, "source /x 2>/dev/null || true && { shopt -u extglob;"
	    " } && eval ", " < /dev/null && pwd -P >| /tmp/claude-1-cwd");
	round_trip(line, "if . '/s' >/dev/null 2>&1; then :; fi\n\nexec "
	    "'/bin/bash' -c ", "");
	free(line);
	return (0);
}
