/* SPDX-License-Identifier: ISC */
/* The digest of a plan; apart from plan.c, which needs no libsodium. */
#include "config.h"

#include <sodium.h>

#include "common/plan.h"

void
plan_digest(uint8_t out[PLAN_DIGEST], const void *bytes, size_t len)
{
	(void)crypto_generichash(out, PLAN_DIGEST, bytes, len, NULL, 0);
}
