/* SPDX-License-Identifier: ISC */
/* Keys of the plain kinds: numbers, words, and lists of texts. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/conf/conf_priv.h"

const struct texts conf_any_texts = { NULL };

static void
number_init(const struct key *k, void *of)
{
	*(uint32_t *)key_at(k, of) = k->dflt;
}

static json_t *
number_show(const struct key *k, const void *of)
{
	const uint32_t *v = key_at(k, of);

	return (*v == CONF_UNSET ? json_null() : json_integer((json_int_t)*v));
}

static int
uint_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	return (get_uint(cx, v, k->min, k->max, key_at(k, of)));
}

static int
quota_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	if (json_is_null(v->json)) {
		*(uint32_t *)key_at(k, of) = CONF_UNSET;
		return (0);
	}
	return (uint_get(cx, v, k, of));
}

static int
word_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	uint32_t i;

	if (get_word(cx, v, k->more, &i) == -1)
		return (-1);
	*(uint32_t *)key_at(k, of) = k->min + i;
	return (0);
}

static json_t *
word_show(const struct key *k, const void *of)
{
	const char *const *words = k->more;

	return (json_string(words[*(uint32_t *)key_at(k, of) - k->min]));
}

/* A limit is a word or a number. */
static int
limit_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	return ((k->more != NULL ? word_get : uint_get)(cx, v, k, of));
}

static json_t *
limit_show(const struct key *k, const void *of)
{
	return ((k->more != NULL ? word_show : number_show)(k, of));
}

static int
flags_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	uint32_t bit, *to = key_at(k, of);
	int rc = 0;
	size_t i;

	if (get_array(cx, v, k->max) == -1)
		return (-1);
	for (i = 0; i < v->nkids; i++) {
		if (get_word(cx, v->kids[i], k->more, &bit) == -1)
			rc = -1;
		else
			*to |= UINT32_C(1) << bit;
	}
	return (rc);
}

static json_t *
flags_show(const struct key *k, const void *of)
{
	const char *const *words = k->more;
	const uint32_t *v = key_at(k, of);
	json_t *a = json_array();
	size_t i;

	for (i = 0; words[i] != NULL; i++)
		if ((*v & UINT32_C(1) << i) != 0)
			(void)json_array_append_new(a, json_string(words[i]));
	return (a);
}

static int
bool_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	if (!json_is_boolean(v->json)) {
		cx_err(cx, v, "must be true or false");
		return (-1);
	}
	*(uint32_t *)key_at(k, of) = json_is_true(v->json);
	return (0);
}

static json_t *
bool_show(const struct key *k, const void *of)
{
	return (json_boolean(*(uint32_t *)key_at(k, of)));
}

static int
texts_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	const struct texts *texts = k->more;

	return (get_list(cx, v, k->max, texts->wrong, 0, key_at(k, of)));
}

json_t *
list_show(const struct key *k, const void *of)
{
	return (show_texts(key_at(k, of)));
}

void
list_free(const struct key *k, void *of)
{
	strv_free(key_at(k, of));
}

const struct key_kind kind_UINT = { .name = "number", .get = uint_get,
    .show = number_show, .init = number_init };
const struct key_kind kind_QUOTA = { .name = "quota", .get = quota_get,
    .show = number_show, .init = number_init };
const struct key_kind kind_WORD = { .name = "word", .get = word_get,
    .show = word_show, .init = number_init };
const struct key_kind kind_LIMIT = { .name = "limit", .get = limit_get,
    .show = limit_show, .init = number_init };
const struct key_kind kind_FLAGS = { .name = "words", .get = flags_get,
    .show = flags_show, .init = number_init };
const struct key_kind kind_BOOL = { .name = "truth", .get = bool_get,
    .show = bool_show, .init = number_init };
const struct key_kind kind_TEXTS = { .name = "texts", .get = texts_get,
    .show = list_show, .free = list_free };
const struct key_kind kind_TEST = { .name = "texts", .get = texts_get,
    .show = list_show, .free = list_free };
