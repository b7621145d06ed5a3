/* SPDX-License-Identifier: ISC */
/* The shapes of what is said about names that a run has changed. */
#include "config.h"

#include "common/files.h"

const char *const file_words[FILE_WHATS] = {
	[FILE_MADE] = "made",
	[FILE_WRITTEN] = "written",
	[FILE_RENAMED] = "renamed",
	[FILE_REMOVED] = "removed",
	[FILE_LINKED] = "linked",
	[FILE_SYMLINKED] = "symlinked",
	[FILE_MARKED] = "marked",
	[FILE_EXCHANGED] = "exchanged",
};

/* Those of two names, or of a name and a text. */
static int
has_to(unsigned what)
{
	return (what == FILE_RENAMED || what == FILE_LINKED ||
	    what == FILE_SYMLINKED || what == FILE_EXCHANGED);
}

int
file_row_wrong(const struct file_row *r)
{
	return (r->path[0] == '\0' || (r->to[0] != '\0') != has_to(r->what));
}

static const struct shape_row row_rows[] = {
	U32(file_row, seq, 1, FILES_ROWS),
	U8(file_row, what, FILE_MADE, FILE_EXCHANGED),
	U32(file_row, pid, 0, UINT32_MAX),
	STR(file_row, path, PLAN_MAXPATH),
	STR(file_row, to, PLAN_MAXPATH),
};

SHAPE(file_row, "FILE", row_rows, NULL);

static const struct shape_row rows_rows[] = {
	EACH(file_rows, rows, n, FILES_ROWS, file_row),
};

SHAPE(file_rows, "FILES", rows_rows, NULL);
