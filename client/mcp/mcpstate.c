/* SPDX-License-Identifier: ISC */
/* requestState: sealed and opened; see mcpstate.h. */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "client/mcp/jsonline.h"
#include "client/mcp/mcpstate.h"
#include "common/buf.h"

#define STATE_MAC	32
#define STATE_BODY	24	/* run, round, expires */
#define STATE_SEALED	(STATE_BODY + STATE_MAC)
#define STATE_BASE64	sodium_base64_VARIANT_URLSAFE_NO_PADDING

void
mcpstate_key(uint8_t key[MCPSTATE_KEY])
{
	randombytes_buf(key, MCPSTATE_KEY);
}

/* With its length, so that no two lists of texts are one. */
static void
add(crypto_generichash_state *st, const char *s)
{
	const uint64_t n = strlen(s);

	(void)crypto_generichash_update(st, (const unsigned char *)&n,
	    sizeof(n));
	(void)crypto_generichash_update(st, (const unsigned char *)s, n);
}

void
mcpstate_call(uint8_t call[MCPSTATE_CALL], const char *channel,
    const char *skill, const char *tool, const json_t *args)
{
	char *text = json_dumps(args, JSON_COMPACT | JSON_SORT_KEYS |
	    JSON_ENCODE_ANY);
	crypto_generichash_state st;

	(void)crypto_generichash_init(&st, NULL, 0, MCPSTATE_CALL);
	add(&st, channel);
	add(&st, skill);
	add(&st, tool);
	add(&st, text != NULL ? text : "");
	(void)crypto_generichash_final(&st, call, MCPSTATE_CALL);
	jsonline_forget(text);
}

static void
mac(uint8_t out[STATE_MAC], const uint8_t *body,
    const uint8_t key[MCPSTATE_KEY], const uint8_t call[MCPSTATE_CALL])
{
	crypto_generichash_state st;

	(void)crypto_generichash_init(&st, key, MCPSTATE_KEY, STATE_MAC);
	(void)crypto_generichash_update(&st, body, STATE_BODY);
	(void)crypto_generichash_update(&st, call, MCPSTATE_CALL);
	(void)crypto_generichash_final(&st, out, STATE_MAC);
}

void
mcpstate_seal(char text[MCPSTATE_TEXT], const struct mcpstate *s,
    const uint8_t key[MCPSTATE_KEY], const uint8_t call[MCPSTATE_CALL])
{
	uint8_t b[STATE_SEALED];
	uint64_t run = 0;

	(void)runid_parse(s->id, &run);
	memcpy(b, &run, 8);
	memcpy(b + 8, &s->round, 8);
	memcpy(b + 16, &s->expires, 8);
	mac(b + STATE_BODY, b, key, call);
	(void)sodium_bin2base64(text, MCPSTATE_TEXT, b, sizeof(b),
	    STATE_BASE64);
}

int
mcpstate_open(struct mcpstate *s, const json_t *text,
    const uint8_t key[MCPSTATE_KEY], const uint8_t call[MCPSTATE_CALL],
    int64_t now)
{
	uint8_t b[STATE_SEALED], want[STATE_MAC];
	char same[MCPSTATE_TEXT];
	uint64_t run;
	size_t n;

	if (!json_is_string(text) || sodium_base642bin(b, sizeof(b),
	    json_string_value(text), json_string_length(text), NULL, &n, NULL,
	    STATE_BASE64) == -1 || n != sizeof(b))
		return (-1);
	/* the decoder takes more than one text for the same bytes */
	(void)sodium_bin2base64(same, sizeof(same), b, sizeof(b),
	    STATE_BASE64);
	if (strlen(same) != json_string_length(text) ||
	    memcmp(same, json_string_value(text), strlen(same)) != 0)
		return (-1);
	mac(want, b, key, call);
	if (sodium_memcmp(want, b + STATE_BODY, STATE_MAC) != 0)
		return (-1);
	memcpy(&run, b, 8);
	memcpy(&s->round, b + 8, 8);
	memcpy(&s->expires, b + 16, 8);
	runid_text(s->id, run);
	return (now < s->expires ? 0 : -1);
}
