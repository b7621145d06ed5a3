/* SPDX-License-Identifier: ISC */
/* All that the battery tries, what that is called, and how it is reported. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "executor/battery/probe.h"

#define ERRNO_MAX	4095

_Static_assert(INSIDE_FOUND_MAX == 3 + 5 * PROBE_ATTEMPTS_MAX,
    "room for all attempts");

static const struct attempt *const parts[] = {
	probe_priv, probe_files, probe_sys, probe_net, probe_proc,
	probe_modes, probe_names,
};
#define NPARTS	(sizeof(parts) / sizeof(parts[0]))

static const struct {
	const char	*name;
	const char	*means;
} layers[PL_LAYERS] = {
	[PL_ACCOUNT] = { "account",
	    "a run is not, or need not stay, the account of its skill" },
	[PL_CAPABILITIES] = { "capabilities",
	    "a run has, or can get, privileges over the kernel" },
	[PL_NO_NEW_PRIVS] = { "no_new_privs",
	    "a run can gain privileges by executing a program" },
	[PL_NAMESPACES] = { "namespaces",
	    "a run shares objects of the kernel with clawbot or the host" },
	[PL_VIEW] = { "view",
	    "a run sees or changes files that its skill does not grant, or "
	    "lacks what every program needs" },
	[PL_MOUNTS] = { "mounts",
	    "a run can change what is mounted, or gain from it" },
	[PL_DEVICES] = { "devices",
	    "a run can reach devices of the machine" },
	[PL_LANDLOCK] = { "landlock",
	    "the second fence around files and sockets is down" },
	[PL_SECCOMP] = { "seccomp",
	    "a run reaches parts of the kernel that exploits begin with" },
	[PL_SOCKETS] = { "sockets",
	    "a run can talk to the network or to services of the host" },
	[PL_TERMINAL] = { "terminal",
	    "a run can type into a terminal" },
	[PL_PROCESSES] = { "processes",
	    "a run sees or disturbs processes that are not its own" },
	[PL_LIMITS] = { "limits",
	    "a run can use more than its limits" },
	[PL_ENVIRONMENT] = { "environment",
	    "a run learns from, or is steered by, clawbot's environment" },
	[PL_SESSION] = { "session",
	    "a run shares terminal or signals with clawbot" },
	[PL_DESCRIPTORS] = { "descriptors",
	    "a run inherits open files of clawbot" },
	[PL_MODES] = { "modes",
	    "a run leaves files that have more rights on the host than it" },
	[PL_NAMES] = { "names",
	    "a run can change, in a grant, what people and their tools "
	    "execute" },
};

const struct attempt *
probe_at(size_t i)
{
	const struct attempt *a;
	size_t part;

	for (part = 0; part < NPARTS; part++)
		for (a = parts[part]; a->name != NULL; a++)
			if (i-- == 0)
				return (a);
	return (NULL);
}

size_t
probe_count(void)
{
	size_t n = 0;

	while (probe_at(n) != NULL)
		n++;
	return (n);
}

const char *
probe_layer_name(unsigned l)
{
	return (l < PL_LAYERS ? layers[l].name : "unknown");
}

const char *
probe_layer_means(unsigned l)
{
	return (l < PL_LAYERS ? layers[l].means : "unknown");
}

const char *
probe_verdict_name(unsigned v)
{
	static const char *const names[] = {
		[PROBE_HELD] = "held", [PROBE_OPEN] = "open",
		[PROBE_MISSING] = "missing", [PROBE_NOTED] = "noted",
	};

	return (v >= PROBE_HELD && v <= PROBE_NOTED ? names[v] : "unknown");
}

void
probe_expected(char *text, size_t len, const struct attempt *a)
{
	const struct refuser *by = a->answers;
	size_t n;

	text[0] = '\0';
	for (; by != NULL && by->err != 0; by++) {
		n = strlen(text);
		(void)snprintf(text + n, len - n, "%s%s (%s)",
		    n == 0 ? "" : ", ", strerrorname_np(by->err), by->who);
	}
}

void
probe_note(char *text, size_t len, const struct attempt *a, int err)
{
	char expected[256];

	probe_expected(expected, sizeof(expected), a);
	(void)snprintf(text, len, "%s: %s: %s%s%s", probe_layer_name(a->layer),
	    a->name, err != 0 ? strerror(err) : "no error, and no effect",
	    expected[0] != '\0' ? ", in place of " : "", expected);
}

void
probe_put(struct buf *b, const struct probe_result *r, size_t n)
{
	size_t i;

	buf_put_u8(b, INSIDE_FOUND);
	buf_put_u16(b, (uint16_t)n);
	for (i = 0; i < n; i++) {
		buf_put_u8(b, r[i].verdict);
		buf_put_u32(b, (uint32_t)r[i].err);
	}
}

int
probe_get(const void *p, size_t len, struct probe_result *r, size_t n)
{
	uint32_t err;
	struct rd rd;
	size_t i;

	rd_init(&rd, p, len);
	if (rd_u8(&rd) != INSIDE_FOUND || rd_u16(&rd) != n)
		return (-1);
	for (i = 0; i < n; i++) {
		r[i].verdict = rd_u8(&rd);
		err = rd_u32(&rd);
		if (r[i].verdict < PROBE_HELD ||
		    r[i].verdict > PROBE_NOTED || err > ERRNO_MAX)
			return (-1);
		r[i].err = (int)err;
	}
	return (rd_end(&rd));
}
