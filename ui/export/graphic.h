/* SPDX-License-Identifier: GPL-2.0-only */
/* graphic.h - what the formats that are looked at share: svg, dot, html, cast. */
#ifndef SWAPSCOPE_UI_EXPORT_GRAPHIC_H
#define SWAPSCOPE_UI_EXPORT_GRAPHIC_H

#include "ui/export/export.h"
#include "ui/state/state.h"

/* Steps of a run that one picture, page or recording has at most; of a graph less is laid out. */
#define GRAPHIC_STEPS_MAX	2000
#define GRAPHIC_DOT_MAX		500

/* 0; or -EFBIG, and e->why says which option asks for a part. */
int graphic_fits(struct export *e, const char *format, size_t most);

/* The error, and a sentence in e->why. */
int graphic_error(struct export *e, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The figure's runs as the debugger has them, the two of a pair compared; free with
 * alignment_free() of its alignment.  0, or a negative errno and e->why. */
int graphic_chapter(struct export *e, struct chapter *c);

/* What is looked at in a run with many objects: what it is compared by, or its first finding is
 * about.  OBJ_NONE: nothing. */
struct trace_object graphic_object(const struct export *e, const struct chapter *c, unsigned side);

/* "note, Nhat, 2026-11-30: why it matters"; returned. */
#define GRAPHIC_NOTE_MAX	1000
char *graphic_note(const struct figure_note *n, char buf[GRAPHIC_NOTE_MAX]);

/*
 * The next line of a text that is broken at blanks, at most `columns` wide: how many bytes it
 * has; *text goes on behind it.  0 at the end.
 */
size_t graphic_line(const char **text, int columns);

/*
 * The diagram as an <svg> element: by itself, or `inside` a page that has its sheet.  What that
 * sheet is: with the variables of markup_sheet(), or with colours of its own.
 */
int graphic_diagram(struct export *e, FILE *out, bool inside);
void graphic_diagram_sheet(FILE *out, bool variables);

/*
 * What stands at the same height where two runs are beside each other: rows row[0] and row[1] of
 * the runs, SIZE_MAX: none.  Of one run all rows one after the other.  *n of them; *parts is the
 * index of the first beyond where the runs part, or *n.  Malloced, NULL when memory is out.
 */
struct graphic_pair { size_t row[2]; };
struct graphic_pair *graphic_pairs(const struct figure *f, size_t *n, size_t *parts);

bool graphic_drawn(const struct figure_run *r, uint64_t at);	/* is one of that transition? */

#endif
