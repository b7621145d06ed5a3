/* SPDX-License-Identifier: ISC */
/* How a process ended; see waitstatus.h. */
#include "config.h"

#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/waitstatus.h"

void
waitstatus_text(int status, char *buf, size_t len)
{
	if (WIFEXITED(status))
		(void)snprintf(buf, len, "exited with status %d",
		    WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		(void)snprintf(buf, len, "was ended by signal %d (%s)%s%s",
		    WTERMSIG(status), strsignal(WTERMSIG(status)),
		    WCOREDUMP(status) ? ", core dumped" : "",
		    WTERMSIG(status) == SIGSYS ? "; the kernel's log has the "
		    "number of the call" : "");
	else
		(void)snprintf(buf, len, "ended with status 0x%x",
		    (unsigned)status);
}
