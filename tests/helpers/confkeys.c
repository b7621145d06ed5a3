/* SPDX-License-Identifier: ISC */
/*
 * Prints the keys of the configuration, from their rows, a line for each:
 * its path with NAME for what is chosen, kind, least and greatest value,
 * default as JSON, and the words that it can be; between tabs, "-" where
 * there is nothing to say.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"

/* What -T prints where nothing is written. */
static void
put_dflt(const struct key *k, const void *of)
{
	json_t *v;
	char *s;

	if (k->kind == &kind_WHO || k->kind == &kind_ACCOUNT)
		v = k->more != NULL ? json_string(k->more) : NULL;
	else
		v = k->kind->show(k, of);
	s = v != NULL ? json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	printf("\t%s\t", s != NULL ? s : "-");
	free(s);
	json_decref(v);
}

static void
put_words(const struct key *k)
{
	const char *const *w = k->more;

	if (w == NULL || (k->kind != &kind_WORD && k->kind != &kind_FLAGS &&
	    k->kind != &kind_LIMIT)) {
		printf("-\n");
		return;
	}
	for (; *w != NULL; w++)
		printf("%s%s", *w, w[1] != NULL ? "|" : "\n");
}

static void
put_table(const char *prefix, const struct key_table *t)
{
	union {
		struct conf c;
		struct conf_skill s;
		struct conf_channel ch;
	} of;
	const struct key *k;
	char inner[64];
	size_t i;

	memset(&of, 0, sizeof(of));
	keys_init(t, &of);
	for (i = 0; i < t->n; i++) {
		k = &t->k[i];
		if (k->kind->each != NULL) {
			(void)snprintf(inner, sizeof(inner), "%s%s.NAME.",
			    prefix, k->path);
			put_table(inner, k->kind->each);
			continue;
		}
		printf("%s%s\t%s\t%u\t%u", prefix, k->path, k->kind->name,
		    k->min, k->max);
		put_dflt(k, &of);
		put_words(k);
	}
	keys_free(t, &of);
}

int
main(void)
{
	put_table("", &conf_table);
	return (0);
}
