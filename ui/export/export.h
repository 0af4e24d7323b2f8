/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * export.h - a run, or two side by side, as a text or a picture for a mail, a page, a slide.
 *
 *	export_format_named()	a format of the table
 *	export_write()		makes the figure of what is exported and lets the format write it
 *	export_file()		the same into a file, which is whole or not there
 *
 * Who exports opens the runs, says which part of them (struct export), and frees them afterwards;
 * export_write() makes the figure before the format is called and frees it behind it.
 * A format is a file of this wing that ends in its struct export_format, a line below and one in
 * formats.c.  All of them draw the same figure (replay/figure/figure.h); one that shows more of a
 * run than its steps, objects or source, reads that from the traces, which are the caller's.
 */
#ifndef SWAPSCOPE_UI_EXPORT_EXPORT_H
#define SWAPSCOPE_UI_EXPORT_EXPORT_H

#include <stdio.h>

#include "core/file/output.h"
#include "replay/figure/figure.h"

/* What is exported. */
struct export {
	struct trace *run[2];		/* run[1] is NULL, or the right one of a pair */
	struct figure_part part;	/* of the (left) run; all zero: the whole */
	unsigned width;			/* columns; 0: the format's own */
	unsigned rows;			/* of a screen that is recorded; 0: the format's own */
	unsigned speed;			/* of a recording, in percent; 0: 100 */
	bool whole;			/* of formats that leave steps out: they do not */
	unsigned version;		/* of formats that have several; 0: the format's own */
	uint64_t finding;		/* that is explained, from 1; 0: all of a model's run, */
					/* of others the first */
	const char *cost;		/* the last step is that: the property's name; or NULL */
	const struct figure *figure;	/* export_write() fills it in */
	char why[OUTPUT_ERROR_MAX];	/* a sentence, where something failed */
};

struct export_format {
	const char *name;		/* "cpu" */
	const char *extension;		/* ".txt": of a file's name */
	const char *brief;		/* what it is; no full stop */
	bool shortens;			/* it draws what matters of a run that is too long */
	/* Returns 0, or a negative errno and a sentence in e->why, "" where strerror() says it. */
	int (*write)(struct export *e, FILE *out);
};

/* A format's table stands at the end of its file. */
extern const struct export_format export_cpu, export_text, export_markdown, export_json,
	export_svg, export_dot, export_html, export_cast, export_kunit;

extern const struct export_format *const export_formats[];	/* NULL after the last */
const struct export_format *export_format_named(const char *name);	/* or NULL */

/* The one whose extension a file's name has, or NULL: of several the first. */
const struct export_format *export_format_of(const char *file);

/*
 * Which rows of a run of the figure tell the story (keep[] is of all): those that explain its
 * findings (replay/explain), or, where there are none, those that change something.
 */
void export_short(const struct export *e, unsigned side, bool *keep);

/* "3..19", "3..", "..19", "7": a part.  0, or -EINVAL. */
int export_steps(const char *text, struct figure_part *part);

/*
 * The transitions that explain a finding of a run, by its number from 0, sorted, and how many;
 * NULL where there are none.  The caller frees them.
 */
uint64_t *export_links(struct trace *t, size_t number, size_t *n);

/* Returns 0, or a negative errno and a sentence in e->why. */
int export_write(const struct export_format *format, struct export *e, FILE *out);

/*
 * Into a file, which is written beside it and gets its name when it is whole; one that is there is
 * replaced, but no trace.  Returns as export_write().
 */
int export_file(const struct export_format *format, struct export *e, const char *path);

/* The same of a text; err has OUTPUT_ERROR_MAX bytes. */
int export_save(const char *path, const char *text, size_t size, char *err);

#endif
