/* SPDX-License-Identifier: GPL-2.0-only */
/* matter.c - which steps tell the story. */
#include <stdlib.h>
#include <string.h>

#include "core/step.h"
#include "replay/figure/parts.h"

/* Is what the step changes, or comes to, worth a line of a commit message? */
static bool matters(const struct figure_row *row)
{
	return row->finding || row->byte_error >= 0 || !strncmp(row->result, "-E", 2) ||
	       !strncmp(row->result, "VM_FAULT", 8) ||
	       (row->touches & (TOUCH_PTE | TOUCH_SLOT | TOUCH_FOLIO | TOUCH_ENTRY | TOUCH_PIN |
				TOUCH_DEVICE | TOUCH_USER));
}

/*
 * A lock matters where another task moves while it is held: so do the steps that take it and give
 * it back.
 */
static void keep_locks(const struct figure_run *r, bool *keep)
{
	for (size_t i = 0; i < r->holds; i++) {
		const struct figure_hold *h = &r->hold[i];
		struct figure_row *from = figure_row_at(r, h->from), *to = figure_row_at(r, h->to);
		bool between = false;

		for (size_t j = from ? (size_t)(from - r->row) : 0;
		     j < r->rows && r->row[j].at < h->to && !between; j++)
			between = r->row[j].task != h->task && r->row[j].at > h->from;
		if (between && from)
			keep[from - r->row] = true;
		if (between && to)
			keep[to - r->row] = true;
	}
}

void figure_matter(const struct figure_run *r, bool *keep)
{
	for (size_t i = 0; i < r->rows; i++)
		keep[i] = matters(&r->row[i]);
	keep_locks(r, keep);
	/* where a task is when another goes on: the last step before each switch */
	for (size_t i = 0; i < r->rows; i++)
		if (i + 1 == r->rows || r->row[i + 1].task != r->row[i].task)
			keep[i] = true;
}
