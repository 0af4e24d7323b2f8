/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * witness.h - which overlaps a verdict has come by, and which it has not, in print: of one
 * exploration, and of the cells of a matrix.
 */
#ifndef SWAPSCOPE_UI_TEXT_WITNESS_H
#define SWAPSCOPE_UI_TEXT_WITNESS_H

#include "replay/matrix/matrix.h"
#include "ui/text/text.h"

struct cJSON;

/*
 * The pairs of operations of two tasks that were never in each other's way, or not known to have
 * been: "T0 (read page 0) and W (shrink); ...".  Malloced; "" where all were, NULL when memory is
 * out.  The exploration was asked for meetings.
 */
char *unmet_text(const struct scenario *s, const struct exploration *x);

/* The same line by line, by what is known of each; and the overlaps that the file demands. */
void print_overlaps(FILE *out, const struct scenario *s, const struct exploration *x);

/* And as JSON: "overlaps_never_reached" and what else there is, into an object. */
void overlaps_json(struct cJSON *o, const struct scenario *s, const struct exploration *x);

/*
 * Of a matrix of scenarios: how many pairs of operations no cell has at the same time, and, when
 * all is to be `listed`, a table of all of them.
 */
void print_pairs_met(FILE *out, const struct matrix *m, bool listed, bool markdown, int width);

/* {"at_the_same_time": [...], ...}: the pairs that are in no cell, by what they lack. */
struct cJSON *pairs_met_json(const struct matrix *m);

#endif
