/* SPDX-License-Identifier: ISC */
/*
 * The keys of the whole configuration, and what some of them can hold.  Where
 * rateLimit is silent, or says null, there is no such limit; without
 * vault.unlock the vault stays locked.
 */
#include "config.h"

#include <string.h>

#include "common/msg.h"
#include "common/redactre.h"
#include "supervisor/conf/conf_priv.h"

#define MAXREGEX	1024

/* Where the value is the index of a word. */
const char *const conf_approval_words[] = { "ask", "always", "deny",
    NULL };
static const char *const conf_cgroup_words[] = { "auto", "off", NULL };
/* CIPHER_*, from CIPHER_AES256 on */
static const char *const conf_cipher_words[] = { "aes-256",
    "xchacha20-poly1305", NULL };
static const char *const conf_missing_words[] = {
	[ACCEPT_LANDLOCK] = "landlock", [ACCEPT_MEMLOCK] = "memlock", NULL };

#define TEXT_OF(x)	#x
#define LONGER(x)	"longer than " TEXT_OF(x) " bytes"

/* As the executor will compile it. */
static const char *
redact_wrong(const char *s)
{
	static char err[300];
	pcre2_code *code;

	if (strlen(s) > MAXREGEX)
		return (LONGER(MAXREGEX));
	if ((code = redactre_compile(s, err, sizeof(err))) == NULL)
		return (err);
	pcre2_code_free(code);
	return (NULL);
}

static const char *
unlock_wrong(const char *s)
{
	if (strncmp(s, "keyfile:", 8) == 0)
		return (path_wrong(s + 8));
	if (strcmp(s, "credential") == 0 || strcmp(s, "passphrase") == 0)
		return (NULL);
	return ("must be \"credential\", \"keyfile:PATH\" or "
	    "\"passphrase\"");
}

static const struct texts conf_redact_texts = { redact_wrong };
static const struct texts conf_unlock_texts = { unlock_wrong };

#define CONF_ROW(kind, path, member, min, max, dflt, more, what)	\
	KEY_ROW(conf, kind, path, member, min, max, dflt, more)
#define CONF_RATE(kind, path, member, min, max, dflt, more, what)	\
	KEY_ROW(conf, kind, "rateLimit." path, rate.member, min, max, dflt, \
	more)
static const struct key rows[] = {
	CONF_KEYS(CONF_ROW, RATE_KEYS(CONF_RATE))
};
const struct key_table conf_table = KEY_TABLE(rows);
