/* SPDX-License-Identifier: GPL-2.0-only */
/* text.h - files of text, which may be anybody's, and what of them is fit for a terminal. */
#ifndef SWAPSCOPE_CORE_TEXT_H
#define SWAPSCOPE_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Length of the UTF-8 sequence at s if it is a character that can be shown on a terminal, else 0:
 * control characters, what turns a line's direction around, and what is no UTF-8.
 */
size_t utf8_shown(const unsigned char *s);
bool text_shows(const char *text);	/* is all of it? */

/*
 * The text of a file, which the caller frees: of "a scenario", `what`, which has no NUL.  NULL, and
 * *error: -ENOENT where it cannot be opened, -EINVAL, both with a few words in `why` (size bytes),
 * or -ENOMEM.
 */
#define TEXT_FILE_MAX	(256 * 1024)
char *text_file(const char *path, const char *what, int *error, char *why, size_t size);

/*
 * Take the next line off a text, with a newline at its end, into buf: for inih, which reads lines
 * of a size.  False, and nothing is taken, where it is longer.
 */
bool text_line(const char **next, char *buf, size_t size);

/* Print behind the text that is in buf, of `size` bytes; cut where it is too long. */
void text_append(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

unsigned text_digits(uint64_t n);	/* that a number is written with */

/*
 * How many letters have to be put in, left out, changed, or to change places with the next, for
 * one word to become the other; capitals do not count.  SIZE_MAX: one has 64 letters or more.
 */
size_t text_distance(const char *a, const char *b);

#endif
