/* SPDX-License-Identifier: ISC */
/* Where records are forwarded to; see forwardto.h. */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "common/decimal.h"
#include "common/forwardto.h"

#define SYSLOG_LOCAL	"syslog:"
#define UDP	"syslog+udp:"
#define FORM	"must be \"syslog:/PATH\", \"syslog:HOST:PORT\" or "	\
		"\"syslog+udp:HOST:PORT\""

static const char *
parse_local(const char *path, struct forwardto *to)
{
	struct sockaddr_un *sun = &to->addr.local;
	const size_t n = strlen(path);

	if (n >= sizeof(sun->sun_path))
		return ("path is too long for a socket");
	sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path, path, n);
	to->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
	to->way = FORWARD_LOCAL;
	return (NULL);
}

/* 1 to 65535, in digits alone and no zero in front; else 0. */
static uint16_t
parse_port(const char *s)
{
	uint64_t v;

	if (s[0] == '0' || decimal(s, UINT16_MAX, &v) == -1)
		return (0);
	return ((uint16_t)v);
}

static const char *
parse_host(const char *host, struct forwardto *to)
{
	struct sockaddr_in6 *six = (void *)&to->addr.room;
	struct sockaddr_in *four = (void *)&to->addr.room;

	if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(to->port);
		to->len = sizeof(*four);
		return (NULL);
	}
	if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(to->port);
		to->len = sizeof(*six);
		return (NULL);
	}
	return ("HOST must be an address, for names are not looked up; one "
	    "of IPv6 in brackets: \"syslog:[::1]:514\"");
}

static const char *
parse_remote(const char *s, struct forwardto *to)
{
	char host[INET6_ADDRSTRLEN];
	const char *end, *colon;

	end = s[0] == '[' ? strchr(s, ']') : strchr(s, ':');
	if (end == NULL || end == s)
		return (FORM);
	colon = s[0] == '[' ? end + 1 : end;
	s += s[0] == '[';
	if (colon[0] != ':' || (size_t)(end - s) >= sizeof(host))
		return (FORM);
	if ((to->port = parse_port(colon + 1)) == 0)
		return ("PORT must be a number from 1 to 65535");
	(void)snprintf(host, sizeof(host), "%.*s", (int)(end - s), s);
	return (parse_host(host, to));
}

const char *
forwardto_parse(const char *text, struct forwardto *to)
{
	memset(to, 0, sizeof(*to));
	if (strlen(text) >= FORWARDTO_MAX)
		return (FORM);
	if (strncmp(text, UDP, sizeof(UDP) - 1) == 0) {
		to->way = FORWARD_UDP;
		return (parse_remote(text + sizeof(UDP) - 1, to));
	}
	if (strncmp(text, SYSLOG_LOCAL, sizeof(SYSLOG_LOCAL) - 1) != 0)
		return (FORM);
	text += sizeof(SYSLOG_LOCAL) - 1;
	if (text[0] == '/')
		return (parse_local(text, to));
	to->way = FORWARD_TCP;
	return (parse_remote(text, to));
}
