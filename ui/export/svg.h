/* SPDX-License-Identifier: GPL-2.0-only */
/* svg.h - text of a diagram, in a font that is monospaced and as wide as any. */
#ifndef SWAPSCOPE_UI_EXPORT_SVG_H
#define SWAPSCOPE_UI_EXPORT_SVG_H

#include "ui/export/graphic.h"

#define LINE	15	/* height of one, in pixels; its letters have 12 */

int svg_pixels(int columns);
int svg_columns(int pixels);

void svg_text(FILE *out, const char *class, int x, int y, const char *text, size_t n);

/*
 * Text on lines below y, at most so many columns wide; those after the first stand `indent` columns
 * to the right.  Returns how many; *used (may be NULL) gets the columns of the last.  Where `out`
 * is NULL nothing is drawn.
 */
int svg_lines(FILE *out, const char *class, int x, int y, int columns, int indent,
	      const char *text, int *used);

#endif
