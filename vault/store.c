/* SPDX-License-Identifier: ISC */
/* Parser and writer of the vault file; see store.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/msg.h"
#include "vault/store.h"

#define B64		sodium_base64_VARIANT_ORIGINAL
/* "# record ", then (24 + 32 + 256 + 16) / 3 * 4 characters, rounded down */
#define RECORD_LINE_MIN	440U

struct store *
store_new(void)
{
	return (xcalloc(1, sizeof(struct store)));
}

void
store_free(struct store *st)
{
	struct store_entry *e;
	struct store_slot *s;
	size_t i;

	if (st == NULL)
		return;
	for (i = 0; i < st->nslots; i++) {
		s = &st->slots[i];
		freezero(s->label, s->labellen);
		freezero(s->params, s->nparams);
		freezero(s->wrapped, s->nwrapped);
	}
	for (i = 0; i < st->nentries; i++) {
		e = &st->entries[i];
		freezero(e->msg, e->len);
		freezero(e->name, e->name == NULL ? 0 : strlen(e->name) + 1);
		freezero(e->extra, e->nextra);
	}
	freezero(st->entries, st->nentries * sizeof(*st->entries));
	freezero(st->index, st->nindex);
	freezero(st, sizeof(*st));
}

static uint8_t *
copy(const uint8_t *p, size_t n)
{
	uint8_t *q;

	if (p == NULL)
		return (NULL);
	q = xmalloc(n == 0 ? 1 : n);
	if (n > 0)
		memcpy(q, p, n);
	return (q);
}

struct store *
store_clone(const struct store *old)
{
	struct store *st = store_new();
	struct store_entry *e;
	struct store_slot *s;
	size_t i;

	*st = *old;
	for (i = 0; i < st->nslots; i++) {
		s = &st->slots[i];
		s->label = copy(s->label, s->labellen);
		s->params = copy(s->params, s->nparams);
		s->wrapped = copy(s->wrapped, s->nwrapped);
	}
	st->index = copy(st->index, st->nindex);
	st->entries = NULL;
	if (st->nentries > 0)
		st->entries = xcalloc(st->nentries, sizeof(*st->entries));
	for (i = 0; i < st->nentries; i++) {
		e = &st->entries[i];
		*e = old->entries[i];
		e->msg = copy(e->msg, e->len);
		e->name = e->name == NULL ? NULL : xstrdup(e->name);
		e->extra = copy(e->extra, e->nextra);
	}
	return (st);
}

static const char *
magic_of(const struct store *st)
{
	return (st->bundle ? "# clawbot bundle 1" : "# clawbot vault 1");
}

/* The file while it is read: p stands at the start of a line. */
struct cursor {
	const char	*p;
	const char	*end;
	const char	*eol;		/* of the line at p */
	const char	*word;		/* where the next word starts */
	unsigned	 line;
};

/* Finds the end of the line at p; -1 if there is none. */
static int
line_next(struct cursor *c)
{
	c->line++;
	if (c->p == c->end)
		return (-1);
	c->eol = memchr(c->p, '\n', (size_t)(c->end - c->p));
	return (c->eol == NULL ? -1 : 0);
}

static void
line_done(struct cursor *c)
{
	c->p = c->eol + 1;
}

/* Is this line "# KEY ..."?  Then word stands behind it. */
static int
line_is(struct cursor *c, const char *key)
{
	size_t n = strlen(key), left = (size_t)(c->eol - c->p);

	if (left < n + 3 || memcmp(c->p, "# ", 2) != 0 ||
	    memcmp(c->p + 2, key, n) != 0 || c->p[n + 2] != ' ')
		return (0);
	c->word = c->p + n + 3;
	return (1);
}

/* The next word; it ends at a space, or, if it is the last, at the line. */
static const char *
word(struct cursor *c, size_t *len, int last)
{
	const char *w = c->word, *e;

	if (w > c->eol)
		return (NULL);
	e = memchr(w, ' ', (size_t)(c->eol - w));
	if (last ? e != NULL : e == NULL)
		return (NULL);
	if (last)
		e = c->eol;
	*len = (size_t)(e - w);
	c->word = e + 1;
	return (*len == 0 ? NULL : w);
}

/*
 * Is w, of n characters, the one spelling of these bytes?  libsodium's
 * decoder takes some characters with the eighth bit set for digits.
 */
static int
is_canonical(const char *w, size_t n, const uint8_t *p, size_t len)
{
	size_t max = sodium_base64_encoded_len(len, B64);
	char *again;
	int r;

	if (max != n + 1)
		return (0);
	again = xmalloc(max);
	sodium_bin2base64(again, max, p, len, B64);
	r = memcmp(again, w, n) == 0;
	freezero(again, max);
	return (r);
}

/* A base64 word of at most max bytes as fresh memory, never NULL; or NULL. */
static uint8_t *
word_b64(struct cursor *c, size_t *len, size_t max, int last)
{
	const char *w;
	uint8_t *p;
	size_t n;

	w = word(c, &n, last);
	if (w == NULL || n / 4 > max / 3 + 1)
		return (NULL);
	if (n == 1 && w[0] == '-') {
		*len = 0;
		return (xcalloc(1, 1));
	}
	p = xmalloc(n / 4 * 3 + 3);
	if (sodium_base642bin(p, n / 4 * 3 + 3, w, n, NULL, len, NULL,
	    B64) != 0 || *len > max || !is_canonical(w, n, p, *len)) {
		free(p);
		return (NULL);
	}
	return (p);
}

/* Exactly len bytes, as the last word. */
static int
word_fixed(struct cursor *c, uint8_t *out, size_t len)
{
	uint8_t *p;
	size_t n;

	p = word_b64(c, &n, len, 1);
	if (p == NULL)
		return (-1);
	if (n == len)
		memcpy(out, p, len);
	free(p);
	return (n == len ? 0 : -1);
}

static int
word_number(struct cursor *c, uint64_t *out)
{
	const char *w;
	size_t i, n;

	w = word(c, &n, 1);
	/* STORE_VERSION_MAX has as many, and no vault gets there. */
	if (w == NULL || n > 18 || w[0] == '0')
		return (-1);
	*out = 0;
	for (i = 0; i < n; i++) {
		if (w[i] < '0' || w[i] > '9')
			return (-1);
		*out = *out * 10 + (uint64_t)(w[i] - '0');
	}
	return (0);
}

static int
parse_cipher(struct cursor *c, struct store *st)
{
	const char *w;
	size_t n;

	w = word(c, &n, 1);
	if (w == NULL)
		return (-1);
	st->cipher = aead_cipher_find(w, n);
	return (st->cipher == 0 ? -1 : 0);
}

static int
parse_type(struct cursor *c, struct store_slot *s)
{
	const char *w;
	size_t i, n;

	w = word(c, &n, 0);
	if (w == NULL || n > STORE_MAXTYPE)
		return (-1);
	for (i = 0; i < n; i++)
		if (!(w[i] >= 'a' && w[i] <= 'z') &&
		    !(w[i] >= '0' && w[i] <= '9'))
			return (-1);
	memcpy(s->type, w, n);
	return (0);
}

static int
parse_slot(struct cursor *c, struct store *st)
{
	struct store_slot *s;

	if (st->nslots == STORE_MAXSLOTS)
		return (-1);
	s = &st->slots[st->nslots++];
	if (parse_type(c, s) == -1)
		return (-1);
	s->label = word_b64(c, &s->labellen, STORE_MAXPARAMS, 0);
	if (s->label == NULL)
		return (-1);
	s->params = word_b64(c, &s->nparams, STORE_MAXPARAMS, 0);
	if (s->params == NULL)
		return (-1);
	s->wrapped = word_b64(c, &s->nwrapped, STORE_MAXWRAPPED, 1);
	return (s->wrapped == NULL || s->nwrapped == 0 ? -1 : 0);
}

static int
parse_record(struct cursor *c, struct store *st)
{
	struct store_entry *e;
	size_t textlen;

	if (st->nentries == STORE_MAXRECORDS)
		return (-1);
	/* No record's line is shorter than that of the smallest message. */
	if (st->entries == NULL)
		st->entries = xcalloc((size_t)(c->end - c->p) /
		    RECORD_LINE_MIN + 2, sizeof(*st->entries));
	e = &st->entries[st->nentries++];
	e->msg = word_b64(c, &e->len, aead_len(STORE_TEXT_MAX), 1);
	if (e->msg == NULL || aead_textlen(e->len, &textlen) == -1 ||
	    textlen == 0 || textlen % STORE_VALUE_PAD != 0)
		return (-1);
	return (0);
}

/* One line that must be there, with what reads the rest of it. */
#define LINE(c, key, expr)						\
	(line_next(c) == 0 && line_is((c), (key)) && (expr) == 0 ?	\
	    (line_done(c), 1) : 0)

static const char *
parse_header(struct cursor *c, struct store *st)
{
	const char *magic = magic_of(st);

	if (line_next(c) == -1 || (size_t)(c->eol - c->p) != strlen(magic) ||
	    memcmp(c->p, magic, strlen(magic)) != 0)
		return (st->bundle ? "not a bundle of format 1" :
		    "not a vault file of format 1");
	line_done(c);
	if (!LINE(c, "id", word_fixed(c, st->id, KEYRING_ID)))
		return ("bad id");
	if (!LINE(c, "version", word_number(c, &st->version)))
		return ("bad version");
	if (!LINE(c, "previous", word_fixed(c, st->previous, STORE_DIGEST)))
		return ("bad digest of the version before");
	if (!LINE(c, "cipher", parse_cipher(c, st)))
		return ("bad cipher");
	return (NULL);
}

/* Lines of this key for as long as there are any; c is on the next line. */
static int
parse_many(struct cursor *c, struct store *st, const char *key,
    int (*parse)(struct cursor *, struct store *))
{
	for (;;) {
		if (line_next(c) == -1)
			return (-1);
		if (!line_is(c, key)) {
			c->line--;
			return (0);
		}
		if (parse(c, st) == -1)
			return (-1);
		line_done(c);
	}
}

static int
parse_index(struct cursor *c, struct store *st)
{
	size_t textlen;

	st->index = word_b64(c, &st->nindex, STORE_MAXINDEX, 1);
	if (st->index == NULL || aead_textlen(st->nindex, &textlen) == -1 ||
	    textlen == 0 || textlen % STORE_INDEX_PAD != 0)
		return (-1);
	return (0);
}

static const char *
parse_body(struct cursor *c, struct store *st, const char *start)
{
	if (parse_many(c, st, "slot", parse_slot) == -1)
		return ("bad key slot");
	if (st->nslots == 0)
		return ("no key slot");
	if (!LINE(c, "index", parse_index(c, st)))
		return ("bad index");
	if (parse_many(c, st, "record", parse_record) == -1)
		return ("bad record");
	st->macoff = (size_t)(c->p - start);
	if (!LINE(c, "mac", word_fixed(c, st->mac, KEYRING_MAC)))
		return ("bad authentication code");
	if (c->p != c->end) {
		c->line++;
		return ("something follows the end");
	}
	return (NULL);
}

static const char *
parse(const char *text, size_t len, int bundle, struct store **out,
    unsigned *line)
{
	struct cursor c = { text, text + len, NULL, NULL, 0 };
	struct store *st;
	const char *why;

	*out = NULL;
	*line = 0;
	if (len > STORE_MAX)
		return ("too large");
	st = store_new();
	st->bundle = bundle;
	why = parse_header(&c, st);
	if (why == NULL)
		why = parse_body(&c, st, text);
	*line = c.line;
	if (why != NULL) {
		store_free(st);
		return (why);
	}
	*out = st;
	return (NULL);
}

const char *
store_parse(const char *text, size_t len, struct store **out, unsigned *line)
{
	return (parse(text, len, 0, out, line));
}

const char *
store_parse_bundle(const char *text, size_t len, struct store **out,
    unsigned *line)
{
	return (parse(text, len, 1, out, line));
}

static void
put_b64(struct buf *b, const uint8_t *p, size_t n)
{
	char *text;
	size_t len;

	if (n == 0) {
		buf_put(b, "-", 1);
		return;
	}
	len = sodium_base64_encoded_len(n, B64);
	text = xmalloc(len);
	sodium_bin2base64(text, len, p, n, B64);
	buf_put(b, text, len - 1);
	freezero(text, len);
}

static void
put_line(struct buf *b, const char *key, const uint8_t *p, size_t n)
{
	buf_printf(b, "# %s ", key);
	put_b64(b, p, n);
	buf_put(b, "\n", 1);
}

static void
put_slot(struct buf *b, const struct store_slot *s)
{
	buf_printf(b, "# slot %s ", s->type);
	put_b64(b, s->label, s->labellen);
	buf_put(b, " ", 1);
	put_b64(b, s->params, s->nparams);
	buf_put(b, " ", 1);
	put_b64(b, s->wrapped, s->nwrapped);
	buf_put(b, "\n", 1);
}

void
store_put(struct buf *b, struct store *st)
{
	size_t i;

	buf_printf(b, "%s\n", magic_of(st));
	put_line(b, "id", st->id, sizeof(st->id));
	buf_printf(b, "# version %llu\n", (unsigned long long)st->version);
	put_line(b, "previous", st->previous, sizeof(st->previous));
	buf_printf(b, "# cipher %s\n", aead_cipher_name(st->cipher));
	for (i = 0; i < st->nslots; i++)
		put_slot(b, &st->slots[i]);
	put_line(b, "index", st->index, st->nindex);
	for (i = 0; i < st->nentries; i++)
		put_line(b, "record", st->entries[i].msg, st->entries[i].len);
	st->macoff = b->len;
}

void
store_put_mac(struct buf *b, const uint8_t mac[KEYRING_MAC])
{
	put_line(b, "mac", mac, KEYRING_MAC);
}

int
store_is_vault(const char *p, size_t len)
{
	static const char start[] = "# clawbot vault ";

	return (len >= sizeof(start) - 1 &&
	    memcmp(p, start, sizeof(start) - 1) == 0);
}

/* A line that is neither empty nor a comment, with a '=' in it. */
int
store_is_dotenv(const char *p, size_t len)
{
	const char *end = p + len, *eol;

	while (p < end) {
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		eol = memchr(p, '\n', (size_t)(end - p));
		if (eol == NULL)
			eol = end;
		if (p < eol && *p != '#' &&
		    memchr(p, '=', (size_t)(eol - p)) != NULL)
			return (1);
		p = eol == end ? end : eol + 1;
	}
	return (0);
}
