/* SPDX-License-Identifier: ISC */
/*
 * What logging.forward says: where records are forwarded to.
 *	syslog:/PATH		a socket of this host, datagrams or a stream
 *	syslog:HOST:PORT	TCP, octet counting (RFC 6587, 3.4.1)
 *	syslog+udp:HOST:PORT	UDP (RFC 5426)
 * HOST is an address, one of IPv6 in brackets: names are not looked up, for
 * whoever answered could choose who gets the log.
 */
#ifndef COMMON_FORWARDTO_H
#define COMMON_FORWARDTO_H

#include <sys/socket.h>
#include <sys/un.h>

#include <stdint.h>

enum forward_way { FORWARD_LOCAL, FORWARD_TCP, FORWARD_UDP };

struct forwardto {
	enum forward_way way;
	uint16_t	 port;		/* 0: FORWARD_LOCAL */
	socklen_t	 len;
	union {
		struct sockaddr		any;
		struct sockaddr_un	local;
		struct sockaddr_storage	room;
	} addr;
};

#define FORWARDTO_MAX	256		/* bytes of such a text */

/* NULL, or static text that says what is wrong. */
const char	*forwardto_parse(const char *, struct forwardto *);

#endif
