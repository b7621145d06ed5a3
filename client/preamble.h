/* SPDX-License-Identifier: ISC */
/*
 * What agents put around a command before they hand it to a shell: sourcing a
 * snapshot of the user's shell, switching options off, telling themselves the
 * directory or the processes that are left.  The command that was meant is
 * taken out, so that rules and approvers see that.
 *
 * What is left out is never run, and what is left is what is judged and what
 * runs: whoever writes something that looks like a preamble only has less of
 * it executed.
 */
#ifndef CLIENT_PREAMBLE_H
#define CLIENT_PREAMBLE_H

/*
 * The command in this line, to be freed; NULL if the line is of none of the
 * kinds that are known, and is to be taken as it stands.  *no_input: the agent
 * meant its standard input to be empty.
 */
char	*preamble_strip(const char *line, int *no_input);

/*
 * Is the line but "clawbot mcp" or "clawbot hook" with plain words?  Agents
 * start those through their shell, too; they ask the daemon themselves, and
 * have no use inside of a run.  1 and the words, which the caller frees (one
 * block, NULL at the end), or 0.
 */
int	 preamble_is_client(const char *line, char ***words);

#endif
