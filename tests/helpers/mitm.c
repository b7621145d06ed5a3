/* SPDX-License-Identifier: ISC */
/*
 * A hostile role, and a hostile supervisor: a man in the middle of the
 * connection between clawbotd and one of its roles.  The tests put it into a
 * directory for CLAWBOT_LIBEXEC in place of a role, under that role's name.
 * It forks; the parent, whose pid clawbotd knows, becomes the real role, and
 * the child passes frames on and does what the rules say.  Beside it lie
 *
 *	NAME.real	a link to the real program
 *	NAME.rules	one rule a line
 *	NAME.log	what was done; a rule that did not match is not in it
 *
 * A rule is: DIRECTION TYPE N ACTION [ARGUMENTS]
 *	DIRECTION	down (to the role) or up (to clawbotd)
 *	TYPE		of msg.h, or * for any
 *	N		the Nth of them, or * for each
 *	ACTION		drop
 *			twice		passed on two times
 *			flip OFFSET	payload byte changed; negative: from
 *					the end
 *			save, load	the payload is remembered; replaced by
 *					the one remembered (of equal length)
 *			id N		N is added to the id
 *			adopt		from now on this id is the first
 *					one that was ever used, to the role
 *			send TYPE LEN FDS	passed on, then followed by
 *					this frame of zeros
 *			sample TYPE	the same with a payload that makes
 *					sense, where this program knows one
 *			file TYPE NAME	the same with the payload in the file
 *					NAME beside the rules
 *			back TYPE NAME	likewise, but to who sent the frame
 *			body NAME	the payload becomes that of the file
 *			magic, seq, length, flags, runt, long, empty, nfds
 *					the frame itself is broken so
 *			surplus N	N descriptors are added
 *			close		both sides lose their peer
 */
#include "config.h"

#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/msg.h"
#include "common/role.h"
#include "tests/rawframe.h"
#include "tests/wire/payload.h"

#define MAXRULES	64
#define FILE_MAX	(256U * 1024)
#define MAXARGS		3

struct rule {
	int		 up;
	unsigned	 type;		/* MSG_NONE: any */
	unsigned	 nth;		/* 0: each */
	unsigned	 seen;
	char		 action[16];
	char		 arg[MAXARGS][32];
	uint8_t		*saved;
	size_t		 savedlen;
};

struct side {
	int		 fd;
	uint32_t	 seq;		/* of the next frame to it */
};

/* A frame on its way. */
struct pass {
	uint8_t		 data[RAW_HEADER + RAW_MAX];
	size_t		 len;
	int		 fds[RAW_MAXFDS];
	unsigned	 nfds;
};

static struct rule	 rules[MAXRULES];
static size_t		 nrules;
static struct side	 sides[2];	/* 0 the role, 1 clawbotd */
static FILE		*journal;
static uint64_t		 first_id, real_id;	/* 0: none */

static unsigned
type_by_name(const char *name)
{
	const struct msg_row *r;
	size_t i;

	if (strcmp(name, "*") == 0)
		return (MSG_NONE);
	for (i = 0; (r = msg_row_at(i)) != NULL; i++)
		if (strcmp(r->name, name) == 0)
			return (r->type);
	if (strncmp(name, "0x", 2) == 0)
		return ((unsigned)strtoul(name, NULL, 16));
	errx(1, "type %s", name);
}

/* A payload in the directory of the rules; read while that can be seen. */
static void
load_file(struct rule *r, const char *path)
{
	const char *name = r->arg[strcmp(r->action, "body") == 0 ? 0 : 1];
	const char *slash = strrchr(path, '/');
	char full[PATH_MAX];
	FILE *fp;

	if (strcmp(r->action, "file") != 0 && strcmp(r->action, "back") != 0 &&
	    strcmp(r->action, "body") != 0)
		return;
	(void)snprintf(full, sizeof(full), "%.*s/%s", (int)(slash == NULL ? 0 :
	    slash - path), path, name);
	if ((r->saved = malloc(FILE_MAX)) == NULL ||
	    (fp = fopen(full, "re")) == NULL)
		err(1, "%s", full);
	r->savedlen = fread(r->saved, 1, FILE_MAX, fp);
	if (r->savedlen == FILE_MAX)
		errx(1, "%s: too large", full);
	(void)fclose(fp);
}

static void
load_rules(const char *path)
{
	char line[512], dir[8], type[32], nth[16];
	struct rule *r;
	FILE *fp;

	if ((fp = fopen(path, "re")) == NULL)
		return;
	while (fgets(line, sizeof(line), fp) != NULL) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (nrules == MAXRULES)
			errx(1, "%s: too many rules", path);
		r = &rules[nrules];
		if (sscanf(line, "%7s %31s %15s %15s %31s %31s %31s", dir,
		    type, nth, r->action, r->arg[0], r->arg[1],
		    r->arg[2]) < 4)
			errx(1, "%s: %s", path, line);
		r->up = strcmp(dir, "up") == 0;
		r->type = type_by_name(type);
		r->nth = (unsigned)strtoul(nth, NULL, 10);
		load_file(r, path);
		nrules++;
	}
	(void)fclose(fp);
}

static unsigned
frame_type(const struct pass *p)
{
	if (p->len < RAW_HEADER)
		return (MSG_NONE);
	return ((unsigned)p->data[2] << 8 | p->data[3]);
}

static uint64_t
frame_id(const struct pass *p)
{
	uint64_t id;

	if (p->len < RAW_HEADER)
		return (0);
	memcpy(&id, p->data + 16, sizeof(id));
	return (be64toh(id));
}

/* The role knows the adopted run by the id of the first. */
static void
translate(int up, struct pass *p)
{
	uint64_t id = frame_id(p);

	if (first_id == 0)
		first_id = id;
	if (real_id == 0 || id == 0)
		return;
	if (!up && id == real_id)
		raw_be(p->data + 16, first_id, 8);
	else if (up && id == first_id)
		raw_be(p->data + 16, real_id, 8);
}

static void
note(const struct rule *r, const struct pass *p)
{
	(void)fprintf(journal, "%s %s %s %s\n", r->up ? "up" : "down",
	    msg_name(frame_type(p)), r->action, r->arg[0]);
	(void)fflush(journal);
}

/* Sends with the sequence number that the receiver waits for. */
static void
deliver(int to, struct pass *p)
{
	if (p->len >= RAW_HEADER)
		raw_be(p->data + 12, sides[to].seq++, 4);
	(void)raw_bytes(sides[to].fd, p->data, p->len, p->fds, p->nfds);
}

static void
deliver_new(int to, const struct pass *like, unsigned type, size_t len,
    unsigned nfds, int sample)
{
	static struct pass p;
	struct raw r;
	struct buf b;
	unsigned i;

	memset(&p, 0, sizeof(p));
	buf_init(&b, RAW_MAX);
	if (sample) {
		put_payload(&b, type);
		len = b.len;
	}
	raw_init(&r, type, 0, len);
	raw_be(p.data, r.magic, 2);
	raw_be(p.data + 2, type, 2);
	raw_be(p.data + 6, nfds, 2);
	raw_be(p.data + 8, len, 4);
	memcpy(p.data + 16, like->data + 16, 8);
	if (sample && b.len != 0)
		memcpy(p.data + RAW_HEADER, b.data, b.len);
	p.len = RAW_HEADER + len;
	for (i = 0; i < nfds && i < RAW_MAXFDS; i++)
		p.fds[p.nfds++] = STDIN_FILENO;
	deliver(to, &p);
	buf_free(&b);
}

/* In as many frames as it takes. */
static void
deliver_file(int to, const struct pass *like, unsigned type,
    const uint8_t *data, size_t len)
{
	static struct pass p;
	struct raw r;
	size_t n;

	do {
		n = len < MSG_FRAME_PAYLOAD ? len : MSG_FRAME_PAYLOAD;
		memset(&p, 0, sizeof(p));
		raw_init(&r, type, 0, n);
		raw_be(p.data, r.magic, 2);
		raw_be(p.data + 2, type, 2);
		raw_be(p.data + 4, n < len ? MSG_F_MORE : 0, 2);
		raw_be(p.data + 8, n, 4);
		memcpy(p.data + 16, like->data + 16, 8);
		if (n != 0)
			memcpy(p.data + RAW_HEADER, data, n);
		p.len = RAW_HEADER + n;
		deliver(to, &p);
		data += n;
		len -= n;
	} while (len != 0);
}

static void
body(struct pass *p, const struct rule *r)
{
	if (r->savedlen > MSG_FRAME_PAYLOAD)
		errx(1, "%s: too large for a frame", r->arg[0]);
	memcpy(p->data + RAW_HEADER, r->saved, r->savedlen);
	p->len = RAW_HEADER + r->savedlen;
	raw_be(p->data + 8, r->savedlen, 4);
}

static void
flip(struct pass *p, const char *arg)
{
	long off = strtol(arg, NULL, 10);
	size_t n = p->len - RAW_HEADER;

	if (off < 0)
		off += (long)n;
	if (off >= 0 && (size_t)off < n)
		p->data[RAW_HEADER + (size_t)off] ^= 1;
}

static void
save(struct rule *r, const struct pass *p)
{
	size_t i;

	/* for the rule that loads it */
	for (i = 0; i < nrules; i++) {
		if (strcmp(rules[i].action, "load") != 0 ||
		    rules[i].up != r->up)
			continue;
		free(rules[i].saved);
		rules[i].savedlen = p->len - RAW_HEADER;
		if ((rules[i].saved = malloc(rules[i].savedlen + 1)) == NULL)
			err(1, "malloc");
		memcpy(rules[i].saved, p->data + RAW_HEADER,
		    rules[i].savedlen);
	}
}

/* The frame itself is broken in one place. */
static int
spoil(struct rule *r, struct pass *p)
{
	if (strcmp(r->action, "magic") == 0)
		p->data[1] ^= 1;
	else if (strcmp(r->action, "length") == 0)
		p->data[11] ^= 1;
	else if (strcmp(r->action, "flags") == 0)
		p->data[4] ^= 0x80;
	else if (strcmp(r->action, "nfds") == 0)
		p->data[7] ^= 1;
	else if (strcmp(r->action, "seq") == 0)
		sides[r->up].seq += 7;
	else if (strcmp(r->action, "runt") == 0)
		p->len = 10;
	else if (strcmp(r->action, "empty") == 0)
		p->len = 0;
	else if (strcmp(r->action, "long") == 0)
		p->len = RAW_HEADER + RAW_MAX;
	else
		return (0);
	return (1);
}

static void
surplus(struct pass *p, const char *arg)
{
	unsigned long n = strtoul(arg, NULL, 10);

	while (n-- > 0 && p->nfds < RAW_MAXFDS)
		p->fds[p->nfds++] = STDIN_FILENO;
}

/* 0 if the frame is not to be passed on after this. */
static int
apply(struct rule *r, struct pass *p)
{
	note(r, p);
	if (spoil(r, p))
		return (1);
	if (strcmp(r->action, "drop") == 0)
		return (0);
	if (strcmp(r->action, "flip") == 0)
		flip(p, r->arg[0]);
	else if (strcmp(r->action, "surplus") == 0)
		surplus(p, r->arg[0]);
	else if (strcmp(r->action, "save") == 0)
		save(r, p);
	else if (strcmp(r->action, "load") == 0 && r->saved != NULL &&
	    r->savedlen == p->len - RAW_HEADER)
		memcpy(p->data + RAW_HEADER, r->saved, r->savedlen);
	else if (strcmp(r->action, "body") == 0)
		body(p, r);
	else if (strcmp(r->action, "id") == 0)
		raw_be(p->data + 16, frame_id(p) +
		    strtoul(r->arg[0], NULL, 10), 8);
	else if (strcmp(r->action, "adopt") == 0)
		real_id = frame_id(p);
	else if (strcmp(r->action, "close") == 0)
		_exit(0);
	return (1);
}

/* What follows a frame that was passed on. */
static void
follow(const struct rule *r, struct pass *p)
{
	if (strcmp(r->action, "twice") == 0)
		deliver(r->up, p);
	else if (strcmp(r->action, "send") == 0)
		deliver_new(r->up, p, type_by_name(r->arg[0]),
		    strtoul(r->arg[1], NULL, 10),
		    (unsigned)strtoul(r->arg[2], NULL, 10), 0);
	else if (strcmp(r->action, "file") == 0 ||
	    strcmp(r->action, "back") == 0)
		deliver_file(r->action[0] == 'f' ? r->up : !r->up, p,
		    type_by_name(r->arg[0]), r->saved, r->savedlen);
	else if (strcmp(r->action, "sample") == 0)
		deliver_new(r->up, p, type_by_name(r->arg[0]), 0, 0, 1);
}

static int
matches(struct rule *r, int up, const struct pass *p)
{
	if (r->up != up || (r->type != MSG_NONE && r->type != frame_type(p)))
		return (0);
	r->seen++;
	return (r->nth == 0 || r->nth == r->seen);
}

static void
handle(int up, struct pass *p)
{
	int hit[MAXRULES] = { 0 }, keep = 1;
	size_t i;
	unsigned k;

	for (i = 0; i < nrules; i++)
		if ((hit[i] = matches(&rules[i], up, p)) != 0)
			keep &= apply(&rules[i], p);
	translate(up, p);
	if (keep)
		deliver(up, p);
	for (i = 0; i < nrules; i++)
		if (hit[i])
			follow(&rules[i], p);
	for (k = 0; k < p->nfds; k++)
		if (p->fds[k] != STDIN_FILENO)
			(void)close(p->fds[k]);
}

/* 0 when that side is gone. */
static int
receive(int fd, struct pass *p)
{
	union {
		struct cmsghdr	hdr;
		char		space[CMSG_SPACE(sizeof(int) * RAW_MAXFDS)];
	} ctl;
	struct msghdr m;
	struct iovec iov;
	struct cmsghdr *c;
	ssize_t n;

	memset(&m, 0, sizeof(m));
	iov.iov_base = p->data;
	iov.iov_len = sizeof(p->data);
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	m.msg_control = &ctl;
	m.msg_controllen = sizeof(ctl);
	if ((n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC)) <= 0)
		return (n == -1 && (errno == EINTR || errno == EAGAIN));
	p->len = (size_t)n;
	p->nfds = 0;
	for (c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_type != SCM_RIGHTS)
			continue;
		p->nfds = (unsigned)((c->cmsg_len - CMSG_LEN(0)) /
		    sizeof(int));
		memcpy(p->fds, CMSG_DATA(c), p->nfds * sizeof(int));
	}
	return (1);
}

static void __attribute__((__noreturn__))
relay(void)
{
	static struct pass p;
	struct pollfd pfd[2];
	int i;

	for (;;) {
		for (i = 0; i < 2; i++) {
			pfd[i].fd = sides[i].fd;
			pfd[i].events = POLLIN;
		}
		if (poll(pfd, 2, -1) == -1 && errno != EINTR)
			_exit(1);
		/* what the role said before it ended still goes up */
		for (i = 0; i < 2; i++) {
			if (pfd[i].revents == 0)
				continue;
			p.len = 0;
			if (!receive(sides[i].fd, &p))
				_exit(0);
			if (p.len != 0)
				handle(!i, &p);
		}
	}
}

/* Above 4, so that the role's own closefrom takes care of it. */
static void
start_relay(int mine, const char *self)
{
	char path[PATH_MAX];

	(void)setsid();
	(void)signal(SIGPIPE, SIG_IGN);
	sides[0].fd = mine;
	sides[1].fd = fcntl(ROLE_FD_IPC, F_DUPFD_CLOEXEC, 10);
	(void)close(ROLE_FD_IPC);
	(void)close(ROLE_FD_LOG);
	(void)snprintf(path, sizeof(path), "%s.log", self);
	if ((journal = fopen(path, "ae")) == NULL)
		err(1, "%s", path);
	(void)fprintf(journal, "up\n");
	(void)fflush(journal);
	relay();
}

int
main(int argc, char **argv)
{
	char self[PATH_MAX - 16], path[PATH_MAX];
	int sv[2], fl;
	ssize_t n;
	pid_t pid;

	(void)argc;
	if ((n = readlink("/proc/self/exe", self, sizeof(self) - 1)) == -1)
		err(1, "/proc/self/exe");
	self[n] = '\0';
	(void)snprintf(path, sizeof(path), "%s.rules", self);
	load_rules(path);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv) == -1)
		err(1, "socketpair");
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		(void)close(sv[0]);
		start_relay(sv[1], self);
	}
	(void)close(sv[1]);
	if (sv[0] != ROLE_FD_IPC && dup2(sv[0], ROLE_FD_IPC) == -1)
		err(1, "dup2");
	(void)close(sv[0]);
	if ((fl = fcntl(ROLE_FD_IPC, F_GETFD)) != -1)
		(void)fcntl(ROLE_FD_IPC, F_SETFD, fl & ~FD_CLOEXEC);
	(void)snprintf(path, sizeof(path), "%s.real", self);
	(void)execv(path, argv);
	err(1, "%s", path);
}
