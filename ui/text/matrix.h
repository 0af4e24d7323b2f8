/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * matrix.h - a matrix as text, Markdown and JSON, and its cells as commands.
 */
#ifndef SWAPSCOPE_UI_TEXT_MATRIX_H
#define SWAPSCOPE_UI_TEXT_MATRIX_H

#include <stdio.h>

#include "replay/matrix/matrix.h"

/* The command that shows a cell again; `folder` has the scenarios of pairs, or is NULL. */
void cell_command(const struct matrix *m, const struct mcell *c, const char *folder, char *buf,
		  size_t size);

struct matrix_report {
	const struct matrix *m;
	const char *folder;	/* with the scenarios of pairs, or NULL */
	int width;		/* columns of text */
	bool unreached;		/* list the steps, results and overlaps that no cell has */
};

/*
 * Of a matrix of scenarios: how many pairs of operations are in no cell in each other's way, and,
 * where that is asked for, a table of all of them (witness.c).
 */
void print_pairs_met(const struct matrix_report *r, bool markdown, FILE *out);

/* {"not_together": [...], ...}: the pairs that are not, by what they lack. */
struct cJSON *pairs_met_json(const struct matrix *m);

void matrix_print(const struct matrix_report *r, FILE *out);
void matrix_print_markdown(const struct matrix_report *r, FILE *out);
/* -ENOMEM where there is no memory for it. */
int matrix_print_json(const struct matrix_report *r, FILE *out);

#endif
