/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.h - which rules a scenario needs, as text, Markdown and JSON.
 */
#ifndef SWAPSCOPE_UI_WHY_TABLE_H
#define SWAPSCOPE_UI_WHY_TABLE_H

#include <stdio.h>

#include "replay/why/why.h"

struct why_report {
	struct why *w;		/* judged by whoever prints: its threads are done */
	struct why *pairs;	/* or NULL */
	bool details;		/* of each flip: which steps, results and costs come and go */
	int width;		/* columns of text */
};

void why_print(const struct why_report *r, FILE *out);
void why_print_markdown(const struct why_report *r, FILE *out);
int why_print_json(const struct why_report *r, FILE *out);	/* or -ENOMEM */

/* "needed for UAF"; "would be needed for UAF, and is not enough: MAPPED stays"; returned. */
#define WHY_TEXT_MAX 400
const char *why_text(const struct why_row *r, char *buf);

/* "UAF MAPPED" of bits; buf of WHY_TEXT_MAX, returned. */
const char *properties_text(uint32_t bits, char *buf);

/* Every rule over many scenarios: what needs it, or how far it got. */
struct why_everywhere {
	struct why_flip flip;
	char name[80], instead[80];
	bool absent;
	uint32_t breaks;	/* in the scenario of that name */
	char scenario[SCENARIO_NAME_MAX];
	size_t length;
	uint64_t states;
	bool moot;		/* another rule of this kernel takes its effect away */
	unsigned exercised, searched, unknown;	/* scenarios; until one needed it */
};

struct why_all_report {
	const struct why_everywhere *rule;
	size_t rules;
	const char *kernel;
	unsigned scenarios;
	unsigned violated, bounded;	/* left out: they are broken as it is, or too large */
	bool interrupted;
	int width;
};

void why_print_all(const struct why_all_report *r, FILE *out);
void why_print_all_markdown(const struct why_all_report *r, FILE *out);
int why_print_all_json(const struct why_all_report *r, FILE *out);

#endif
