/* SPDX-License-Identifier: GPL-2.0-only */
/* text.h - which texts of a file, which may be anybody's, are fit to be shown on a terminal. */
#ifndef SWAPSCOPE_CORE_TEXT_H
#define SWAPSCOPE_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Length of the UTF-8 sequence at s if it is a character that can be shown on a terminal, else 0:
 * control characters, what turns a line's direction around, and what is no UTF-8.
 */
size_t utf8_shown(const unsigned char *s);
bool text_shows(const char *text);	/* is all of it? */

#endif
