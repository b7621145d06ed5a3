/* SPDX-License-Identifier: ISC */
/* attempts: prints executor/ATTEMPTS from the tables of the battery. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "executor/battery/probe.h"

static const char intro[] =
"ATTEMPTS - what the self-check tries in every sandbox, and who refuses it\n"
"\n"
"At the start, and with clawbot doctor --sandbox, these attempts are made in\n"
"the sandbox of every skill, by a process that has come the whole way that a\n"
"command comes.  The source is in executor/battery/, in probe_*.c, from whose\n"
"tables this page is made (make attempts writes it anew), and the system "
"calls\n"
"that are always refused are in common/refused.c.\n"
"\n"
"Below an attempt stand the errors with which it may be refused, the layer\n"
"that gives each of them, and why it is that layer's.  What comes of it:\n"
"\n"
"  held     refused by one of these, and without effect\n"
"  open     it had an effect, or the state is not what it must be: the skill\n"
"           is refused until it holds again\n"
"  noted    without effect, but answered otherwise: this kernel does it in\n"
"           another way than those that the attempts were made for.  Status\n"
"           and doctor show it with the kernel's release, nothing is refused\n"
"  missing  the kernel does not offer the layer\n"
"\n"
"\"only these\": the filter answers before the kernel is asked, and alike on\n"
"every kernel.  Another error than these comes from behind it, and is open;\n"
"ENOSYS alone is noted, as a call that is not there reaches nothing.\n"
"\"a state\": nothing is asked that could be refused.  How things are is\n"
"looked at, where the kernel tells it to everybody.\n";

static void
print_layer(unsigned layer)
{
	const struct refuser *by;
	const struct attempt *a;
	size_t i;

	printf("\n%s: if open, %s\n", probe_layer_name(layer),
	    probe_layer_means(layer));
	for (i = 0; (a = probe_at(i)) != NULL; i++) {
		if (a->layer != layer)
			continue;
		printf("\n  %s%s\n", a->name, a->answers == NULL ?
		    " (a state)" : a->others == ONLY_THESE ?
		    " (only these)" : "");
		for (by = a->answers; by != NULL && by->err != 0; by++)
			printf("    %-15s %-12s %s\n",
			    strerrorname_np(by->err), by->who, by->why);
	}
}

int
main(void)
{
	unsigned l;

	fputs(intro, stdout);
	for (l = 0; l < PL_LAYERS; l++)
		print_layer(l);
	return (ferror(stdout) || fflush(stdout) == EOF);
}
