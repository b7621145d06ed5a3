/* SPDX-License-Identifier: ISC */
/*
 * The words that stand for a value: what a program prints that has it.  What
 * needs no word of its own, because the masker reads through it, is not in
 * here: line breaks, escapes of URLs, JSON, C and shells, and the zero bytes
 * between letters in UTF-16.
 */
#ifndef EXECUTOR_RUNNER_FORMS_H
#define EXECUTOR_RUNNER_FORMS_H

#include <stddef.h>
#include <stdint.h>

#define FORMS_LINE	8	/* bytes of a line that is hidden alone */
#define FORMS_SHORT	6	/* symbols of an encoded form, at least */
/* Longer values are looked for as they are and in their lines alone. */
#define FORMS_LONGEST	8192U

/* Gives one word away; breaks as in needles.h. */
typedef void forms_fn(void *, const uint8_t *word, const uint8_t *breaks,
    size_t len);

/* Calls fn for each form of a value. */
void	forms_each(const uint8_t *, size_t, forms_fn *, void *);

#endif
