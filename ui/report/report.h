/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - what came of a search, or of a matrix of them, for others to read: JUnit XML for CI
 * systems (junit.h), Markdown for a mail or a page.
 *
 *	report_junit()		a search: a case for each property that was asked for
 *	matrix_junit()		a matrix: a case for each cell, a scenario under a kernel
 *	report_markdown()	a search, for people
 *
 * Nothing here decides anything: a report says what the command's exit status says.  A property has
 * passed only where every state was seen; what a bound left open is an error there, "unknown".  A
 * cell in which a file expects a violation has passed when there is that violation.  What is
 * reported is borrowed, and done: no thread changes it.
 */
#ifndef SWAPSCOPE_UI_REPORT_REPORT_H
#define SWAPSCOPE_UI_REPORT_REPORT_H

#include <stdio.h>

#include "core/explore/explore.h"
#include "core/scenario/scenario.h"
#include "replay/matrix/matrix.h"

/* A search that is done; all borrowed. */
struct report {
	const char *scenario;		/* as it was named: for commands */
	const struct scenario *s;
	const struct kernel *k;
	const char *kernel_name;
	const struct exploration *x;
	uint32_t only;			/* the properties that were asked for; 0: all */
	const char *after;		/* moves made before, or NULL */
	const char *reach;		/* the step that was looked for, or NULL */
	uint64_t max_states, max_mib;	/* the bounds that the search had; 0: none */
	unsigned max_depth;
	bool certified;
	double seconds;
};

/* A case a property.  An exit status. */
int report_junit(const struct report *r, const char *path);

/*
 * The question, the verdict, a table of the properties, the shortest schedule of each that is
 * violated as a diagram, and the command that makes it again.  0 or -ENOMEM.
 */
int report_markdown(const struct report *r, FILE *out);

/* A case a cell; `folder` as cell_command() has it.  An exit status. */
int matrix_junit(const struct matrix *m, const char *folder, const char *path);

#endif
