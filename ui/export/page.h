/* SPDX-License-Identifier: GPL-2.0-only */
/* page.h - what the page of html.c is made of. */
#ifndef SWAPSCOPE_UI_EXPORT_PAGE_H
#define SWAPSCOPE_UI_EXPORT_PAGE_H

#include "ui/export/graphic.h"

/* page.js and page.css as they are in the tree, and the SHA-256 of the first: a browser that is
 * told it runs that script and no other. */
extern const char *const page_script, *const page_sheet;
extern const unsigned char page_script_sha256[32];

/*
 * What page.js shows, as JSON that may stand in a <script>: steps, values of objects, source.  0,
 * or a negative errno and e->why.
 */
int page_data(struct export *e, struct chapter *c, FILE *out);

#endif
