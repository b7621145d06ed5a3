/* SPDX-License-Identifier: ISC */
/*
 * What a loader that is executed itself is told to load: no exec follows, so
 * this is the one look that there is at that file.
 *
 * What an attacker could try: a copy of the loader by any name (a shared
 * object that names no loader is taken for one), a link to what is denied, or
 * a copy, or a descriptor (what the name leads to is judged by its file), a
 * name that is searched for (refused), or to put another file there after this
 * look.  Whoever can do that could load the file with code of its own as well,
 * which is an unknown program.
 */
#include "config.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/policy/wrap.h"
#include "executor/watch/hold_priv.h"

#define LOADED_PHDRS	64
#define LOADED_DYNS	512

static int
read_at(int fd, void *p, size_t len, uint64_t at)
{
	return (pread(fd, p, len, (off_t)at) == (ssize_t)len);
}

/* Does this segment give the object a name, as those have that are shared? */
static int
has_soname(int fd, const Elf64_Phdr *ph)
{
	Elf64_Dyn d;
	size_t i, n = (size_t)(ph->p_filesz / sizeof(d));

	for (i = 0; i < n && i < LOADED_DYNS; i++) {
		if (!read_at(fd, &d, sizeof(d), ph->p_offset + i * sizeof(d)) ||
		    d.d_tag == DT_NULL)
			return (0);
		if (d.d_tag == DT_SONAME)
			return (1);
	}
	return (0);
}

/* It is known that it names no loader itself. */
static int
is_loader(int fd)
{
	Elf64_Ehdr e;
	Elf64_Phdr ph;
	size_t i;

	if (!read_at(fd, &e, sizeof(e), 0) || e.e_type != ET_DYN ||
	    e.e_phentsize != sizeof(ph) || e.e_phnum > LOADED_PHDRS)
		return (0);
	for (i = 0; i < e.e_phnum; i++)
		if (read_at(fd, &ph, sizeof(ph), e.e_phoff + i * sizeof(ph)) &&
		    ph.p_type == PT_DYNAMIC)
			return (has_soname(fd, &ph));
	return (0);
}

/*
 * The word that names it, of those that the loader is executed with; "" if
 * they are not known to it, so that nobody knows which one it takes.
 */
static const char *
named_by(char *const *words, size_t n)
{
	const char *word = NULL;
	struct gram g;

	gram_read(&g, wrap_find(NULL, "ld.so"), words, n);
	if (g.how == GRAM_CMD && g.start < g.nops)
		word = g.ops[g.start];
	else if (g.how == GRAM_UNKNOWN && n > 1)
		word = "";
	gram_free(&g);
	return (word);
}

int
loaded_find(const struct walk *w, int exe, char *const *words, size_t n,
    struct progfile *f, int *hidden)
{
	const char *word;
	int r;

	if (!is_loader(exe) || (word = named_by(words, n)) == NULL)
		return (-ENOENT);
	/* without a slash it is searched for */
	r = strchr(word, '/') == NULL ? -EACCES : progfile_named(w, word, f);
	if (r < 0 && r != -ENOENT && r != -ENOTDIR) {
		*hidden = SOUGHT_HIDDEN;
		r = -EACCES;
	}
	return (r);
}
