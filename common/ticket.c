/* SPDX-License-Identifier: ISC */
/* Tickets: making and checking. */
#include "config.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "common/ticket.h"

#define TICKET_MAC	32
#define TICKET_PAD	20
#define TICKET_BODY	(TICKET_SIZE - TICKET_MAC)

uint64_t
ticket_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_BOOTTIME, &ts);
	return ((uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000);
}

static void
ticket_mac(uint8_t mac[TICKET_MAC], const uint8_t *body,
    const uint8_t key[TICKET_KEY])
{
	(void)crypto_generichash(mac, TICKET_MAC, body, TICKET_BODY, key,
	    TICKET_KEY);
}

void
ticket_skill_key(uint8_t out[TICKET_KEY], const uint8_t key[TICKET_KEY],
    const char *skill)
{
	(void)crypto_generichash(out, TICKET_KEY,
	    (const unsigned char *)skill, strlen(skill), key, TICKET_KEY);
}

void
ticket_run_key(uint8_t out[TICKET_KEY], const uint8_t skill_key[TICKET_KEY],
    uint64_t run)
{
	struct buf b;

	buf_init(&b, sizeof(run));
	buf_put_u64(&b, run);
	(void)crypto_generichash(out, TICKET_KEY, b.data, b.len, skill_key,
	    TICKET_KEY);
	buf_free(&b);
}

uint64_t
ticket_record(const uint8_t in[TICKET_SIZE])
{
	struct rd r;

	rd_init(&r, in, TICKET_BODY);
	(void)rd_view(&r, 4 + 1 + 1 + 8);
	return (rd_u64(&r));
}

void
ticket_make(uint8_t out[TICKET_SIZE], const struct ticket *t,
    const uint8_t key[TICKET_KEY])
{
	static const uint8_t pad[TICKET_PAD];
	struct buf b;

	buf_init(&b, TICKET_SIZE);
	buf_put(&b, "CBT1", 4);
	buf_put_u8(&b, t->kind);
	buf_put_u8(&b, 0);
	buf_put_u64(&b, t->run);
	buf_put_u64(&b, t->record);
	buf_put_u64(&b, t->expires_ms);
	buf_put(&b, t->digest, sizeof(t->digest));
	buf_put(&b, pad, sizeof(pad));
	memcpy(out, b.data, TICKET_BODY);
	ticket_mac(out + TICKET_BODY, out, key);
	buf_free(&b);
}

const char	 ticket_expired[] = "ticket expired";

int
ticket_check(const uint8_t in[TICKET_SIZE], uint8_t kind, uint64_t run,
    const uint8_t digest[32], const uint8_t key[TICKET_KEY],
    const char **why)
{
	uint8_t mac[TICKET_MAC], d[32];
	struct ticket t;
	struct rd r;

	ticket_mac(mac, in, key);
	if (sodium_memcmp(mac, in + TICKET_BODY, TICKET_MAC) != 0) {
		*why = "ticket with a wrong mac";
		return (-1);
	}
	rd_init(&r, in, TICKET_BODY);
	(void)rd_view(&r, 4);
	t.kind = rd_u8(&r);
	(void)rd_u8(&r);
	t.run = rd_u64(&r);
	t.record = rd_u64(&r);
	t.expires_ms = rd_u64(&r);
	rd_copy(&r, d, sizeof(d));
	if (memcmp(in, "CBT1", 4) != 0 || t.kind != kind)
		*why = "ticket of another kind";
	else if (t.run != run)
		*why = "ticket for another run";
	else if (sodium_memcmp(d, digest, sizeof(d)) != 0)
		*why = "ticket for something else";
	else if (t.expires_ms < ticket_now())
		*why = ticket_expired;
	else
		return (0);
	return (-1);
}

void
ticket_secret_digest(uint8_t digest[32], const char *text)
{
	(void)crypto_generichash(digest, 32, (const unsigned char *)text,
	    strlen(text), NULL, 0);
}
