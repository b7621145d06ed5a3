/* SPDX-License-Identifier: ISC */
/* How often secrets are released; see releases.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/field.h"
#include "supervisor/run/releases.h"
#include "supervisor/run/window.h"

/* Those of one skill, in the order of its secrets. */
struct release_windows {
	struct window	*w;
	size_t		 n;
};

struct releases {
	const struct conf	*conf;
	struct release_windows	*skills;
};

static void
windows_new(struct release_windows *to, const struct conf_skill *sk)
{
	size_t i;

	to->n = sk->secrets.n;
	to->w = xcalloc(to->n + 1, sizeof(*to->w));
	for (i = 0; i < to->n; i++)
		window_init(&to->w[i], window_cap(sk->releases[i].per_minute),
		    WINDOW_MINUTE_MS);
}

static void
windows_free(struct release_windows *of)
{
	size_t i;

	for (i = 0; i < of->n; i++)
		window_free(&of->w[i]);
	free(of->w);
}

static struct release_windows *
skills_new(const struct conf *conf)
{
	struct release_windows *all;
	size_t i;

	all = xcalloc(conf->nskills + 1, sizeof(*all));
	for (i = 0; i < conf->nskills; i++)
		windows_new(&all[i], &conf->skills[i]);
	return (all);
}

static void
skills_free(struct release_windows *all, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		windows_free(&all[i]);
	free(all);
}

struct releases *
releases_new(const struct conf *conf)
{
	struct releases *rs = xcalloc(1, sizeof(*rs));

	rs->conf = conf;
	rs->skills = skills_new(conf);
	return (rs);
}

void
releases_free(struct releases *rs)
{
	if (rs == NULL)
		return;
	skills_free(rs->skills, rs->conf->nskills);
	free(rs);
}

static void
windows_renew(struct release_windows *to, const struct conf_skill *sk,
    struct release_windows *from, const struct conf_skill *was)
{
	struct window w;
	size_t i, k;

	for (i = 0; i < to->n; i++)
		for (k = 0; k < from->n; k++) {
			if (strcmp(sk->secrets.v[i], was->secrets.v[k]) != 0)
				continue;
			w = to->w[i];
			to->w[i] = from->w[k];
			from->w[k] = w;
			window_renew(&to->w[i],
			    window_cap(sk->releases[i].per_minute));
		}
}

void
releases_renew(struct releases *rs, const struct conf *conf)
{
	const struct conf *old = rs->conf;
	struct release_windows *all = skills_new(conf);
	const struct conf_skill *sk;
	size_t i;

	for (i = 0; i < old->nskills; i++)
		if ((sk = conf_skill(conf, old->skills[i].name)) != NULL)
			windows_renew(&all[sk - conf->skills], sk,
			    &rs->skills[i], &old->skills[i]);
	skills_free(rs->skills, old->nskills);
	rs->skills = all;
	rs->conf = conf;
}

static struct release_windows *
windows_of(struct releases *rs, const struct conf_skill *sk)
{
	return (&rs->skills[sk - rs->conf->skills]);
}

void
releases_take(struct releases *rs, const struct conf_skill *sk, int64_t now)
{
	struct release_windows *of = windows_of(rs, sk);
	size_t i;

	for (i = 0; i < of->n; i++)
		window_add(&of->w[i], now);
}

int
releases_show(struct releases *rs, const struct conf_skill *sk, size_t i,
    int64_t now, struct release_show *to)
{
	struct release_windows *of = windows_of(rs, sk);

	if (i >= of->n)
		return (-1);
	window_expire(&of->w[i], now);
	to->used = (uint32_t)of->w[i].n;
	to->limit = sk->releases[i].per_minute;
	to->wait_ms = to->used < to->limit ? 0 : window_wait(&of->w[i], now);
	return (0);
}

void
releases_put(struct buf *b, struct releases *rs, const struct conf_skill *sk,
    int64_t now)
{
	const struct conf_secret *s;
	struct release_show r;
	size_t i, rows, one;
	char n[24];

	rows = field_rows(b, "releases");
	for (i = 0; releases_show(rs, sk, i, now, &r) == 0; i++) {
		s = &sk->releases[i];
		(void)snprintf(n, sizeof(n), "%zu", i + 1);
		one = field_obj(b, n);
		field_str(b, "secret", s->name);
		field_str(b, "as", term_secret_words[s->as - PLAN_SECRET_ENV]);
		field_bool(b, "approval", s->approval != 0);
		if (r.limit != CONF_UNSET) {
			field_u64(b, "minute", r.used);
			field_u64(b, "max_minute", r.limit);
		}
		field_u64(b, "min_version", s->min_version);
		field_end(b, one);
	}
	field_end(b, rows);
}
