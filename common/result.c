/* SPDX-License-Identifier: ISC */
/* RUNRESULT, outcomes, and run ids as people see them. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/cberr.h"
#include "common/plan.h"

static const char *const outcomes[OUTCOME_MAX] = {
	[OUTCOME_EXITED] = "exited",
	[OUTCOME_SIGNALED] = "signaled",
	[OUTCOME_TIMEOUT] = "timeout",
	[OUTCOME_LIMITED] = "limited",
	[OUTCOME_KILLED] = "killed",
	[OUTCOME_ERROR] = "error",
	[OUTCOME_DENIED] = "denied",
	[OUTCOME_LOST] = "lost",
};

const char *
outcome_name(unsigned o)
{
	if (o >= OUTCOME_MAX || outcomes[o] == NULL)
		return ("unknown");
	return (outcomes[o]);
}

void
runresult_put(struct buf *b, const struct runresult *v)
{
	buf_put_u8(b, v->outcome);
	buf_put_u16(b, v->err);
	buf_put_u32(b, (uint32_t)v->code);
	buf_put_u64(b, v->wall_us);
	buf_put_u64(b, v->user_us);
	buf_put_u64(b, v->sys_us);
	buf_put_u64(b, v->maxrss_kb);
	buf_put_u64(b, v->in_bytes);
	buf_put_u64(b, v->out_bytes);
	buf_put_u64(b, v->err_bytes);
	buf_put_u64(b, v->processes);
	buf_put_u32(b, v->refused);
	buf_put(b, v->digest, sizeof(v->digest));
	buf_put_u32(b, v->masked);
	buf_put_str(b, v->limit);
	buf_put_str(b, v->reason);
}

int
runresult_get(const void *data, size_t len, struct runresult *v)
{
	struct rd r;

	memset(v, 0, sizeof(*v));
	rd_init(&r, data, len);
	v->outcome = rd_u8(&r);
	v->err = rd_u16(&r);
	v->code = (int32_t)rd_u32(&r);
	v->wall_us = rd_u64(&r);
	v->user_us = rd_u64(&r);
	v->sys_us = rd_u64(&r);
	v->maxrss_kb = rd_u64(&r);
	v->in_bytes = rd_u64(&r);
	v->out_bytes = rd_u64(&r);
	v->err_bytes = rd_u64(&r);
	v->processes = rd_u64(&r);
	v->refused = rd_u32(&r);
	rd_copy(&r, v->digest, sizeof(v->digest));
	v->masked = rd_u32(&r);
	v->limit = rd_str(&r, PLAN_MAXNAME);
	v->reason = rd_str(&r, 4096);
	if (v->outcome < OUTCOME_EXITED || v->outcome > OUTCOME_ERROR ||
	    v->err >= CBE_MAX)
		return (-1);
	return (rd_end(&r));
}

void
runresult_free(struct runresult *v)
{
	free(v->limit);
	free(v->reason);
	memset(v, 0, sizeof(*v));
}

/* Crockford's base32, lower case: no i, l, o, u. */
static const char b32[] = "0123456789abcdefghjkmnpqrstvwxyz";

void
runid_text(char out[RUNID_TEXT], uint64_t id)
{
	int i;

	out[0] = 'r';
	for (i = 12; i >= 1; i--) {
		out[i] = b32[id & 31];
		id >>= 5;
	}
	out[13] = '\0';
}

int
runid_parse(const char *s, uint64_t *id)
{
	const char *p;
	uint64_t v = 0;
	int i;

	if (s[0] != 'r' || strlen(s) != 13)
		return (-1);
	for (i = 1; i <= 12; i++) {
		if ((p = strchr(b32, s[i])) == NULL)
			return (-1);
		v = v << 5 | (uint64_t)(p - b32);
	}
	if (v == 0)
		return (-1);
	*id = v;
	return (0);
}
