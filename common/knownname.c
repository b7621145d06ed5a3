/* SPDX-License-Identifier: ISC */
/* Names that tell of secrets, as data; see knownname.h. */
#include "config.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/knownname.h"

#define MAXNAME	128		/* bytes of a name; its end counts */
#define MAXTYPE	16

/* Whole words: alone, or as the last of some. */
static const char *const last_words[] = { "password", "passwd", "passphrase",
    "passcode", "pass", "secret", "token", "apikey", "credential",
    "credentials", NULL };
/* The last of at least two. */
static const char *const not_alone[] = { "pwd", "pat", NULL };
/* How a word may end that is not divided. */
static const char *const endings[] = { "password", "passwd", "passphrase",
    "secret", "token", "apikey", "accesskey", "secretkey", "privatekey", NULL };
/* What "key" is that of, if it is one. */
static const char *const keys[] = { "api", "access", "secret", "private",
    "auth", "account", "encryption", "signing", "master", "storage", "service",
    "license", NULL };
static const char *const types[] = { "string", "str", "text", "bytes", "int",
    "integer", "number", "bool", "boolean", "char", "none", "null", "nil",
    "undefined", "true", "false", "yes", "no", "on", "off", "any", "object",
    "optional", "required", "void", "unknown", NULL };

static const struct knownprogram programs[] = {
	{ "curl", "", "", "uU" },
	{ "mysql", "", "p", "" },
	{ "mysqldump", "", "p", "" },
	{ "mysqladmin", "", "p", "" },
	{ "mariadb", "", "p", "" },
	{ "mariadb-dump", "", "p", "" },
	{ "mongosh", "p", "", "" },
	{ "sshpass", "p", "p", "" },
	{ "redis-cli", "a", "", "" },
	{ "ldapsearch", "w", "", "" },
	{ "ldapmodify", "w", "", "" },
	{ "zip", "P", "P", "" },
	{ "unzip", "P", "P", "" },
	{ "7z", "", "p", "" },
};

static const struct knownprefix prefixes[] = {
	{ "AKIA", 16 }, { "ASIA", 16 },			/* AWS */
	{ "ghp_", 30 }, { "gho_", 30 }, { "ghu_", 30 },	/* GitHub */
	{ "ghs_", 30 }, { "ghr_", 30 }, { "github_pat_", 22 },
	{ "glpat-", 16 }, { "gldt-", 16 }, { "glrt-", 16 },
	{ "glptt-", 16 },				/* GitLab */
	{ "xoxb-", 10 }, { "xoxp-", 10 }, { "xoxa-", 10 },
	{ "xoxr-", 10 }, { "xoxs-", 10 }, { "xapp-", 10 },	/* Slack */
	{ "AIza", 30 },	{ "GOCSPX-", 20 },
	{ "ya29.", 20 },				/* Google */
	{ "sk-ant-", 16 },				/* Anthropic */
	{ "sk-proj-", 16 }, { "sk-svcacct-", 16 }, { "sk-", 32 }, /* OpenAI */
	{ "sk_live_", 16 }, { "sk_test_", 16 }, { "rk_live_", 16 },
	{ "rk_test_", 16 }, { "whsec_", 16 },		/* Stripe */
	{ "npm_", 30 }, { "pypi-", 32 },		/* registries */
	{ "dckr_pat_", 16 },
	{ "hf_", 30 }, { "shpat_", 24 }, { "dop_v1_", 32 },
	{ "hvs.", 20 }, { "AGE-SECRET-KEY-1", 32 },
	{ "SG.", 40 }, { "glsa_", 30 }, { "tskey-", 20 },
	{ "ATATT3", 32 }, { "nvapi-", 32 }, { "gsk_", 30 },
	{ "dapi", 32 }, { "lin_api_", 30 },
};

static int
in_list(const char *const *list, const char *word)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return (1);
	return (0);
}

static int
ends_in(const char *const *list, const char *word)
{
	const size_t n = strlen(word);
	size_t k;

	for (; *list != NULL; list++)
		if ((k = strlen(*list)) < n &&
		    strcmp(word + n - k, *list) == 0)
			return (1);
	return (0);
}

/* Does another word begin at i?  A capital behind a small one, or the last one
 * of some that a small one follows: apiKey, APIKey. */
static int
begins(const char *name, size_t len, size_t i)
{
	const unsigned char c = (unsigned char)name[i],
	    prev = (unsigned char)name[i - 1];

	if (!isupper(c))
		return (0);
	return (islower(prev) || isdigit(prev) || (isupper(prev) &&
	    i + 1 < len && islower((unsigned char)name[i + 1])));
}

/* The last two words of a name, small, without digits at their ends. */
struct lastwords {
	char	word[2][MAXNAME + 1];	/* the last one is 1 */
	size_t	n;			/* of all */
};

static void
keep_word(struct lastwords *w, const char *from, size_t len)
{
	size_t i;

	while (len > 0 && isdigit((unsigned char)from[len - 1]))
		len--;
	if (len == 0)
		return;
	memcpy(w->word[0], w->word[1], sizeof(w->word[0]));
	for (i = 0; i < len; i++)
		w->word[1][i] = (char)tolower((unsigned char)from[i]);
	w->word[1][len] = '\0';
	w->n++;
}

static void
split(struct lastwords *w, const char *name, size_t len)
{
	size_t i, at = 0;

	memset(w, 0, sizeof(*w));
	if (len > MAXNAME) {
		name += len - MAXNAME;
		len = MAXNAME;
	}
	for (i = 0; i < len; i++)
		if (strchr("-_.", name[i]) != NULL) {
			keep_word(w, name + at, i - at);
			at = i + 1;
		} else if (i > at && begins(name, len, i)) {
			keep_word(w, name + at, i - at);
			at = i;
		}
	keep_word(w, name + at, len - at);
}

int
knownname_tells(const char *name, size_t len)
{
	struct lastwords w;

	split(&w, name, len);
	if (w.n == 0)
		return (0);
	if (in_list(last_words, w.word[1]) || ends_in(endings, w.word[1]))
		return (1);
	if (w.n < 2)
		return (0);
	return (in_list(not_alone, w.word[1]) ||
	    (strcmp(w.word[1], "key") == 0 && in_list(keys, w.word[0])));
}

int
knownname_header(const char *name, size_t len)
{
	static const char header[] = "authorization";
	const size_t n = sizeof(header) - 1;

	return (len >= n && strncasecmp(name + len - n, header, n) == 0 &&
	    (len == n || name[len - n - 1] == '-'));
}

int
knownname_type(const char *value, size_t len)
{
	char word[MAXTYPE];
	size_t i;

	if (len >= sizeof(word))
		return (0);
	for (i = 0; i < len; i++)
		word[i] = (char)tolower((unsigned char)value[i]);
	word[len] = '\0';
	return (in_list(types, word));
}

const struct knownprogram *
knownname_program(const char *name, size_t len)
{
	const char *slash = memrchr(name, '/', len);
	size_t i;

	if (slash != NULL) {
		len -= (size_t)(slash + 1 - name);
		name = slash + 1;
	}
	for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (strlen(programs[i].name) == len &&
		    memcmp(programs[i].name, name, len) == 0)
			return (&programs[i]);
	return (NULL);
}

const struct knownprefix *
knownname_prefix(const char *text, size_t len)
{
	size_t i, n;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		n = strlen(prefixes[i].prefix);
		if (n < len && memcmp(prefixes[i].prefix, text, n) == 0)
			return (&prefixes[i]);
	}
	return (NULL);
}
