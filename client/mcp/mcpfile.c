/* SPDX-License-Identifier: ISC */
/* Files by way of runs; see mcpfile.h. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/mcp/executionjson.h"
#include "client/mcp/filetold.h"
#include "client/mcp/mcpfile.h"
#include "common/text.h"

#define FILE_SAID_MAX	2048	/* bytes of what else it said */

static void
put(json_t *o, const char *key, json_t *v)
{
	(void)json_object_set_new(o, key, v);
}

/* What it is by its words, without "." and "..", so that patterns mean it. */
static int
clean_path(struct buf *to, const char *path)
{
	size_t n;

	for (; *path != '\0'; path += n) {
		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n == 0 || (n == 1 && path[0] == '.'))
			continue;
		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (to->len > 0 && to->data[--to->len] != '/')
				;
			continue;
		}
		buf_put(to, "/", 1);
		buf_put(to, path, n);
	}
	return (to->bad ? -1 : 0);
}

/* From where the server stands, like a directory of run_command's. */
static json_t *
absolute(const char *path, char *why, size_t len)
{
	char cwd[PATH_MAX] = "";
	json_t *v = NULL;
	struct buf b;

	buf_init(&b, PLAN_MAXPATH - 1);
	if (path[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL)
		(void)snprintf(why, len, "path is not absolute, and where "
		    "the server is: %s", strerror(errno));
	else if (path[strlen(path) - 1] == '/')
		(void)snprintf(why, len, "path is that of a directory");
	else if ((path[0] != '/' && clean_path(&b, cwd) == -1) ||
	    clean_path(&b, path) == -1)
		(void)snprintf(why, len, "path has at most %d bytes",
		    PLAN_MAXPATH - 1);
	else if (b.len == 0)
		(void)snprintf(why, len, "path is that of a directory");
	/* the server may stand in a directory whose name is no text */
	else if ((v = json_stringn((const char *)b.data, b.len)) == NULL)
		(void)snprintf(why, len, "path is not absolute, and the name "
		    "of where the server is has bytes that are no UTF-8");
	buf_free(&b);
	return (v);
}

static void __attribute__((__format__ (printf, 2, 3)))
add(json_t *words, const char *fmt, ...)
{
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)json_array_append_new(words, json_string(text));
}

static void
read_words(json_t *words, const json_t *args)
{
	const uint64_t from = tooltable_int(TOOL_READ, args, "offset");
	const uint64_t most = tooltable_int(TOOL_READ, args, "limit");

	if (from != 0)
		add(words, "from=%" PRIu64, from);
	if (most != FILEOP_MOST)
		add(words, "most=%" PRIu64, most);
}

/* As clawbot-file has it, in small letters. */
static int
digest_word(json_t *words, const char *s)
{
	char hex[FILEOP_HEX + 1];
	size_t i;

	if (strlen(s) != FILEOP_HEX ||
	    strspn(s, "0123456789abcdefABCDEF") != FILEOP_HEX)
		return (-1);
	for (i = 0; i < FILEOP_HEX; i++)
		hex[i] = s[i] >= 'A' && s[i] <= 'F' ?
		    (char)(s[i] + 'a' - 'A') : s[i];
	hex[i] = '\0';
	add(words, "was=%s", hex);
	return (0);
}

static int
write_words(json_t *words, json_t *command, const json_t *args, char *why,
    size_t len)
{
	json_t *content = json_object_get(args, "content");
	const char *was = tooltable_str(args, "expect_sha256");
	unsigned char h[crypto_hash_sha256_BYTES];
	char hex[FILEOP_HEX + 1];

	(void)crypto_hash_sha256(h, (const unsigned char *)
	    json_string_value(content), json_string_length(content));
	(void)sodium_bin2hex(hex, sizeof(hex), h, sizeof(h));
	add(words, "sha256=%s", hex);
	if (was != NULL && digest_word(words, was) == -1) {
		(void)snprintf(why, len, "expect_sha256 has 64 hexadecimal "
		    "digits");
		return (-1);
	}
	(void)json_object_set(command, "stdin", content);
	return (0);
}

json_t *
mcpfile_command(enum tool t, const json_t *args, char *why, size_t len)
{
	static const char *const same[] = { "reason", "dry_run" };
	const char *path = tooltable_str(args, "path");
	json_t *command, *words, *v;
	size_t i;

	if ((v = absolute(path, why, len)) == NULL)
		return (NULL);
	words = json_pack("[s, o]", t == TOOL_READ ? "read" : "write", v);
	command = json_pack("{s:s, s:o}", "command", FILEOP_NAME, "args",
	    words);
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if ((v = json_object_get(args, same[i])) != NULL)
			(void)json_object_set(command, same[i], v);
	if (t == TOOL_READ)
		read_words(words, args);
	else if (write_words(words, command, args, why, len) == -1) {
		json_decref(command);
		return (NULL);
	}
	return (command);
}

static void
set_message(json_t *o, const struct buf *b)
{
	put(o, "message", executionjson_text(b->data, b->len));
}

/* What is not its bytes must not be written back. */
static void
say_read(struct buf *b, const json_t *o, const struct execution *e,
    const struct filetold *t, uint64_t from)
{
	buf_printf(b, "%" PRIu64 " of %" PRIu64 " bytes", t->bytes, t->size);
	if (t->more)
		buf_printf(b, "; the next ones are at offset %" PRIu64,
		    from + t->bytes);
	buf_printf(b, ".");
	if (t->sha256[0] == '\0')
		buf_printf(b, " It is too large for a digest.");
	if (json_integer_value(json_object_get(o, "redactions")) != 0)
		buf_printf(b, " Values of secrets are masked in it: what is "
		    "written back would lack them.");
	if (!text_is_utf8(e->out.b.data, e->out.b.len))
		buf_printf(b, " It is not UTF-8, and bytes that are not are "
		    "replaced: what is written back would be another file.");
}

static void
put_read(json_t *o, struct execution *e, const struct filetold *t)
{
	struct buf b;

	put(o, "content", executionjson_text(e->out.b.data, e->out.b.len));
	put(o, "size", json_integer((json_int_t)t->size));
	put(o, "truncated", json_boolean(t->more ||
	    e->out.total > e->out.b.len));
	if (t->more)
		put(o, "next_offset", json_integer((json_int_t)e->from +
		    (json_int_t)t->bytes));
	buf_init(&b, FILE_SAID_MAX);
	say_read(&b, o, e, t, e->from);
	set_message(o, &b);
	buf_free(&b);
}

static void
put_wrote(json_t *o, const struct filetold *t)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "%" PRIu64 " bytes, %s.%s",
	    t->size, t->text, strcmp(t->text, "changed") == 0 ? " Another "
	    "file could not take its place and be as it was to those who "
	    "know it, so its own bytes were." : "");
	put(o, "message", executionjson_text(text, strlen(text)));
}

static void
put_differs(json_t *o, const struct filetold *t)
{
	put(o, "message", json_string(t->sha256[0] != '\0' ?
	    "The file is another one than was expected: its digest is in "
	    "sha256. Nothing was written; read it again." :
	    "There is no such file, and another one was expected. Nothing "
	    "was written."));
}

/* What it said beside its line, which may be what was in the way. */
static void
put_failed(json_t *o, const struct execution *e, const struct filetold *t)
{
	const uint8_t *p = e->err.b.data;
	const size_t n = e->err.b.len;
	struct buf b;

	buf_init(&b, 2 * FILE_SAID_MAX);
	if (t->what == FILETOLD_FAILED)
		buf_printf(&b, "%s: %s.", e->of == EXECUTION_READ ?
		    "It cannot be read" : "It cannot be written", t->text);
	else
		buf_printf(&b, "%s has not told how it went (status %lld).",
		    FILEOP_NAME, json_integer_value(json_object_get(o,
		    "exit_code")));
	if (t->at > 0) {
		buf_put(&b, " ", 1);
		buf_put(&b, p, t->at < FILE_SAID_MAX ? t->at : FILE_SAID_MAX);
	}
	if (n - t->at - t->len > 0 && b.len < FILE_SAID_MAX) {
		buf_put(&b, " ", 1);
		buf_put(&b, p + t->at + t->len, n - t->at - t->len <
		    FILE_SAID_MAX ? n - t->at - t->len : FILE_SAID_MAX);
	}
	set_message(o, &b);
	buf_free(&b);
}

static int
is_completed(const json_t *o)
{
	const char *s = json_string_value(json_object_get(o, "status"));

	return (s != NULL && strcmp(s, "completed") == 0);
}

json_t *
mcpfile_record(struct execution *e)
{
	json_t *o = executionjson(e);
	const enum filetold_what well = e->of == EXECUTION_READ ?
	    FILETOLD_READ : FILETOLD_WROTE;
	struct filetold t;

	if (!is_completed(o))
		return (o);
	filetold_find(&t, e->err.b.data, e->err.b.len);
	if (json_integer_value(json_object_get(o, "exit_code")) != 0 &&
	    t.what == well)
		t.what = FILETOLD_NOTHING;
	if (t.what != well)
		put(o, "status", json_string("failed"));
	if (t.sha256[0] != '\0')
		put(o, "sha256", json_string(t.sha256));
	if (t.what == FILETOLD_READ && well == t.what)
		put_read(o, e, &t);
	else if (t.what == FILETOLD_WROTE && well == t.what)
		put_wrote(o, &t);
	else if (t.what == FILETOLD_DIFFERS)
		put_differs(o, &t);
	else
		put_failed(o, e, &t);
	(void)json_object_del(o, "exit_code");
	return (o);
}
