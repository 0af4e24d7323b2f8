/* SPDX-License-Identifier: GPL-2.0-only */
/* short.c - the part of a run that matters. */
#include <stdlib.h>
#include <string.h>

#include "core/step.h"
#include "replay/explain/explain.h"
#include "ui/export/export.h"

#define LOOK_BACK	1000000	/* transitions */
#define MOST_FINDINGS	4	/* of a run of the model */
#define MOST_TASKS	32	/* of a run */

/* The row of a transition; r->rows: it has none. */
static size_t row_of(const struct figure_run *r, uint64_t at)
{
	size_t i = figure_row_from(r, at);

	return i < r->rows && r->row[i].at == at ? i : r->rows;
}

static bool keep_links(const struct explanation *x, const struct figure_run *r, bool *keep)
{
	bool any = false;

	for (unsigned i = 0; i < x->links; i++) {
		size_t row = row_of(r, x->link[i].at);

		if (row < r->rows)
			keep[row] = any = true;
	}
	/* where a task was when it was held up, and where it went on */
	for (unsigned i = 0; i < x->switches && i < EXPLAIN_SWITCHES; i++) {
		size_t at = row_of(r, x->needed[i].at), on = row_of(r, x->needed[i].on);

		if (at < r->rows)
			keep[at] = true;
		if (on < r->rows)
			keep[on] = true;
	}
	return any;
}

static bool is_lock(const struct figure_row *row)
{
	return row->kind == KIND_LOCK || row->kind == KIND_UNLOCK;
}

uint64_t *export_links(struct trace *t, size_t number, size_t *n)
{
	struct explanation x;
	uint64_t *at;

	*n = 0;
	if (explain_finding(&x, t, number, LOOK_BACK))
		return NULL;
	at = malloc((x.links + 1) * sizeof(*at));
	for (unsigned i = 0; at && i < x.links; i++)
		if (!*n || x.link[i].at > at[*n - 1])
			at[(*n)++] = x.link[i].at;
	explanation_free(&x);
	if (!*n) {
		free(at);
		return NULL;
	}
	return at;
}

/* Is a step in the same call as the one of its task that is shown before it, or behind it? */
static bool same_call(const struct figure_run *r, const bool *keep, size_t i)
{
	for (int way = -1; way <= 1; way += 2)
		for (size_t j = i + (size_t)way; j < r->rows; j += (size_t)way)
			if (keep[j] && r->row[j].task == r->row[i].task) {
				if (r->row[j].depth == r->row[i].depth &&
				    !strcmp(r->row[j].op, r->row[i].op))
					return true;
				break;
			}
	return false;
}

/* A step that is left out alone is shown instead of "...", which would take a line too. */
static void keep_single(const struct figure_run *r, bool *keep)
{
	size_t last = r->rows, single[MOST_TASKS], count[MOST_TASKS];

	for (size_t i = 0; i < r->rows; i++) {
		if (!keep[i])
			continue;
		memset(count, 0, sizeof(count));
		for (size_t j = last < r->rows ? last + 1 : i; j < i; j++) {
			unsigned task = r->row[j].task;

			if (task >= MOST_TASKS || is_lock(&r->row[j]))
				continue;
			count[task]++;
			single[task] = j;
		}
		for (unsigned task = 0; task < MOST_TASKS; task++)
			if (count[task] == 1 && same_call(r, keep, single[task]))
				keep[single[task]] = true;
		last = i;
	}
}

/* What failed, and what is wrong, whether it is explained or not. */
static void keep_failures(const struct figure_run *r, bool *keep)
{
	for (size_t i = 0; i < r->rows; i++)
		keep[i] |= r->row[i].finding || r->row[i].byte_error >= 0 ||
			   !strncmp(r->row[i].result, "-E", 2) ||
			   !strncmp(r->row[i].result, "VM_FAULT", 8) ||
			   strstr(r->row[i].result, "rejected");	/* a store */
}

void export_short(const struct export *e, unsigned side, bool *keep)
{
	const struct figure_run *r = &e->figure->run[side];
	struct trace *t = e->run[side];
	struct explanation x;
	/* threads and kernels break a rule a thousand times, always by the same few steps */
	unsigned most = e->finding || r->live ? 1 : MOST_FINDINGS, found = 0;
	size_t n;
	bool any = false;

	memset(keep, 0, r->rows * sizeof(*keep));
	trace_findings(t, &n);
	for (size_t i = e->finding ? e->finding - 1 : 0; i < n && found < most; i++) {
		const struct trace_finding *f = trace_findings(t, &n);
		size_t row = row_of(r, f[i].position);

		if (row == r->rows || explain_finding(&x, t, i, LOOK_BACK))
			continue;
		any |= keep_links(&x, r, keep);
		keep[row] = true;
		explanation_free(&x);
		found++;
	}
	if (e->cost && !explain_cost(&x, t, e->cost, LOOK_BACK)) {
		any |= keep_links(&x, r, keep);
		explanation_free(&x);
	}
	if (!any) {	/* nothing is found in it, or nothing is known of why */
		figure_matter(r, keep);
		return;
	}
	if (!r->live)
		keep_failures(r, keep);
	keep_single(r, keep);
}
