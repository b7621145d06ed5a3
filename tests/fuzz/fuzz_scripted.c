/* SPDX-License-Identifier: ISC */
/*
 * What reaches the model that is none: without the key nobody is answered
 * anything but a refusal and nothing is noted; with it, every answer is whole,
 * and one that is no stream is JSON.
 */
#include "config.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

#include "client/connect/modelhttp.h"
#include "client/mcp/jsonline.h"
#include "tests/fuzz/fuzz.h"

#define KEY	"the-key-of-it"

/* The head of an answer, and a body as long as it says. */
static void
look(const struct modelhttp *m, const struct buf *out, int key)
{
	const char *s = (const char *)out->data, *body, *len;
	json_t *doc;
	size_t n;

	body = memmem(s, out->len, "\r\n\r\n", 4);
	len = memmem(s, out->len, "Content-Length: ", 16);
	if (body == NULL || len == NULL)
		abort();
	body += 4;
	n = strtoul(len + 16, NULL, 10);
	if (n != out->len - (size_t)(body - s))
		abort();
	if (!key && (memcmp(s, "HTTP/1.1 4", 10) != 0 || m->model.asked != 0))
		abort();
	if (memmem(s, out->len, "event-stream", 12) != NULL)
		return;
	if ((doc = json_loadb(body, n, 0, NULL)) == NULL)
		abort();
	json_decref(doc);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct modelhttp m;
	static int begun;
	struct buf out;

	if (!begun)
		jsonline_init();
	begun = 1;
	memset(&m, 0, sizeof(m));
	memcpy(m.key, KEY, sizeof(KEY));
	scripted_init(&m.model, "/nonexistent");
	buf_init(&out, 64U * 1024 * 1024);
	if (modelhttp_request(&m, (const char *)p, n, &out))
		look(&m, &out, memmem(p, n, KEY, sizeof(KEY) - 1) != NULL);
	else if (out.len != 0)
		abort();
	buf_free(&out);
	scripted_free(&m.model);
	return (0);
}
