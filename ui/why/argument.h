/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * argument.h - the thesis and its proof as text, Markdown and JSON: pin x refcount x kind of load,
 * and the argument in every transition of one kernel.
 */
#ifndef SWAPSCOPE_UI_WHY_ARGUMENT_H
#define SWAPSCOPE_UI_WHY_ARGUMENT_H

#include <stdio.h>

#include "replay/matrix/matrix.h"
#include "replay/why/proof.h"

struct proof_report {
	const struct scenario *s;	/* NULL: the proof is of several */
	const char *kernel;
	const struct matrix *grid;	/* of the thesis, or NULL */
	const struct proof *proof;	/* or NULL */
	int width;
};

void proof_print(const struct proof_report *r, FILE *out);
void proof_print_markdown(const struct proof_report *r, FILE *out);
int proof_print_json(const struct proof_report *r, FILE *out);	/* or -ENOMEM */

#endif
