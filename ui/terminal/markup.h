/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * markup.h - texts and screens in HTML and SVG: escaped, and in the same colours everywhere.
 * Whatever is printed as a page or a picture prints through this.
 */
#ifndef SWAPSCOPE_UI_TERMINAL_MARKUP_H
#define SWAPSCOPE_UI_TERMINAL_MARKUP_H

#include "ui/terminal/grid.h"

/* Text as a part of an element, or of an attribute in double quotes; what XML cannot have in it,
 * control characters and bytes that are no UTF-8, is '?'. */
void markup_text(const char *text, FILE *out);
void markup_bytes(const char *text, size_t size, FILE *out);

/* What a colour is on a light background, and on a dark one. */
struct markup_colour {
	const char *name, *light, *dark;
};
extern const struct markup_colour markup_colours[];	/* NULL name after the last */

/* The inside of a <style>: the colours as variables, "--bad", and the styles of a screen. */
void markup_sheet(FILE *out);

/* A row of a screen and a newline, its styles as spans of those classes; blanks at its end cut. */
void markup_row(const struct cell *row, int cols, FILE *out);

/* The class of a style, "bad"; NULL: it has none. */
const char *markup_class(enum style style);

#endif
