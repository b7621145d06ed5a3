/* SPDX-License-Identifier: ISC */
/*
 * Text that came from others: UTF-8, and the characters in it that deceive.
 * There is one table of these, so that what the policy asks about, what the
 * log escapes and what a terminal shows as an escape are the same.
 */
#ifndef COMMON_TEXT_H
#define COMMON_TEXT_H

#include <stddef.h>
#include <stdint.h>

/*
 * One character of UTF-8 (RFC 3629: no surrogates, nothing overlong, nothing
 * past U+10FFFF) at p, of which n bytes are there.  Its length and *cp, or 0.
 */
size_t	text_char(const void *p, size_t n, uint32_t *cp);
/* Are all of n bytes UTF-8? */
int	text_is_utf8(const void *, size_t n);
/*
 * For text that was cut at n bytes: how many of them are whole characters.
 * Only a rest at the end is left out, whatever stands in front of it.
 */
size_t	text_whole(const void *, size_t n);

/*
 * Why a character does not mean what it looks like.  From Unicode 14 (general
 * categories Cc, Cf, Zs, Zl, Zp, Co, Cs; Default_Ignorable_Code_Point,
 * Bidi_Control, Variation_Selector, Noncharacter_Code_Point), and what is
 * empty or alike without a property that says so.
 */
enum text_class {
	TEXT_PLAIN = 0,
	/* Cc: they steer terminals, and end lines */
	TEXT_CONTROL,
	/*
	 * Cf and what is ignorable: shown as nothing, so two texts look like
	 * one: soft hyphen, joiners, invisible operators, the byte order
	 * mark, interlinear annotation, shorthand, music, hieroglyphs.  The
	 * signs of Arabic, Syriac and Kaithi that are put in front of digits
	 * swallow what follows.
	 */
	TEXT_FORMAT,
	/* they turn round what stands beside them */
	TEXT_BIDI,
	/*
	 * Blanks but U+0020, separators of lines and paragraphs, and fillers
	 * and cells with nothing in them: what looks like two words is one.
	 */
	TEXT_BLANK,
	/* variation selectors: nothing by themselves, any number of them */
	TEXT_SELECTOR,
	/* tags and what is reserved for more: a hidden alphabet */
	TEXT_TAG,
	/*
	 * Combining marks of no one script, and Cyrillic and Hebrew ones that
	 * pile up: they sit on the character in front, strike it out or make
	 * it another.  Marks that a language cannot do without are plain.
	 */
	TEXT_MARK,
	/* private use: whatever the font says */
	TEXT_PRIVATE,
	/* surrogates, noncharacters, replacements, past the end */
	TEXT_NONE,
	/* twins of ASCII: full width, mathematical, canonically equal */
	TEXT_TWIN
};
enum text_class	text_class(uint32_t cp);
/* Is it of any class but the first? */
int	text_deceives(uint32_t cp);

/*
 * Insertions, deletions and replacements that make b out of a (Levenshtein),
 * without regard to the case of ASCII.  For short words: SIZE_MAX if one has
 * more than 32 bytes.
 */
size_t	text_distance(const char *a, const char *b);

#endif
