/* SPDX-License-Identifier: ISC */
/* Codes of answers, roles' names. */
#include "config.h"

#include "common/cberr.h"
#include "common/role.h"

static const struct {
	const char	*text;
	int		 status;
} errs[CBE_MAX] = {
	[CBE_OK] =	 { "ok", 0 },
	[CBE_USAGE] =	 { "bad request", 64 },
	[CBE_UNAVAIL] =	 { "not available", 69 },
	[CBE_AGAIN] =	 { "try again later", 75 },
	[CBE_REFUSED] =	 { "refused", 77 },
	[CBE_INTERNAL] = { "internal error", 125 },
	[CBE_CANTEXEC] = { "cannot execute", 126 },
	[CBE_NOTFOUND] = { "command not found", 127 },
	[CBE_NOENT] =	 { "no such thing", 1 },
	[CBE_IO] =	 { "input or output error", 74 },
};

const char *
cberr_text(enum cberr e)
{
	if ((unsigned)e >= CBE_MAX)
		return ("unknown error");
	return (errs[e].text);
}

int
cberr_exit(enum cberr e)
{
	if ((unsigned)e >= CBE_MAX)
		return (125);
	return (errs[e].status);
}

const char *
role_name(enum role r)
{
	switch (r) {
	case ROLE_SUPERVISOR:
		return ("supervisor");
	case ROLE_EXECUTOR:
		return ("executor");
	case ROLE_AUDITOR:
		return ("auditor");
	case ROLE_VAULT:
		return ("vault");
	case ROLE_CLIENT:
		return ("client");
	case ROLE_NOTIFIER:
		return ("notifier");
	case ROLE_FORWARDER:
		return ("forwarder");
	}
	return ("unknown");
}
