/* SPDX-License-Identifier: ISC */
/*
 * What runs are refused that is about no name, and counted, for the end of the
 * run to tell how often, and which key decides.
 *
 * Only what a key of a skill allows is counted, since whoever has taken over
 * init could let it go on: what no key allows the kernel refuses, without a
 * word to init.  Nor is PTRACE_TRACEME: it makes a tracer of the parent, with
 * its rights, and the parent of an init is ours.
 */
#ifndef EXECUTOR_COUNTED_H
#define EXECUTOR_COUNTED_H

enum counted {
	COUNTED_NETWORK,	/* no call: the kernel tells of it (box.h) */
	COUNTED_TRACE,		/* PTRACE_ATTACH and PTRACE_SEIZE */
	COUNTED_MEMORY,		/* asked for at once, and more than there may
				   be */
	COUNTED_KINDS
};

#endif
