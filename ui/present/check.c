/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check.c - a deck as a test: every claim, and what is so where one is false.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/present/present.h"
#include "ui/report/junit.h"
#include "ui/text/text.h"

/* The command that shows it: the run up to there, or the search. */
static void print_command(const struct presentation *p, unsigned beat, const struct claim *c,
			  const struct judgement *j, FILE *out)
{
	const struct deck_runs *r = present_runs(p, beat);
	const struct execution *x = deck_side(r, c->side);
	size_t n = c->kind == CLAIM_LATER || c->kind == CLAIM_VIOLATES || c->kind == CLAIM_LENGTH ?
		   x->n : p->stand[beat].at[c->side];
	struct schedule moves = { 0 };
	char *text;

	fprintf(out, "    swapscope %s ", j->search ? "explore" : "run");
	print_quoted(out, r->scenario.name);
	print_kernel_options(out, r->kernel[c->side]);
	if (j->search && c->kind == CLAIM_CAN_VIOLATE)
		fprintf(out, " --property %s", properties[c->property].name);
	for (size_t i = 0; !j->search && i < n; i++)
		if (schedule_add(&moves, x->step[i].move))
			break;
	text = schedule_text(&r->scenario, &moves);
	if (!j->search)
		fprintf(out, " --schedule '%s'", text ? text : "");
	fputc('\n', out);
	free(text);
	schedule_free(&moves);
}

static void print_false(const struct presentation *p, unsigned beat, const struct claim *c,
			const struct judgement *j, FILE *out)
{
	char line[1500], name[SHOWN_MAX];

	snprintf(line, sizeof(line), "%.300s:%u: beat %u, '%.200s': '%.200s' %s: %.400s",
		 shown(p->deck.name, name), c->line, beat + 1, p->deck.beat[beat].title, c->text,
		 j->truth == TRUTH_FALSE ? "is not so" : "is not known", j->is);
	print_wrapped(out, PRINT_WIDTH, 4, line);
	print_command(p, beat, c, j, out);
}

static void add_case(struct junit *junit, const struct presentation *p, unsigned beat,
		     const struct claim *c, const struct judgement *j)
{
	char line[1000], *text = NULL;
	size_t size;
	FILE *out = j->truth == TRUTH_TRUE ? NULL : open_memstream(&text, &size);

	snprintf(line, sizeof(line), "line %u: beat %u, '%.200s': '%.400s'", c->line, beat + 1,
		 p->deck.beat[beat].title, c->text);
	junit_case(junit, p->deck.name, line, -1);
	if (out) {
		print_command(p, beat, c, j, out);
		fclose(out);
	}
	if (j->truth != TRUTH_TRUE)
		junit_result(junit, j->truth == TRUTH_FALSE ? JUNIT_FAILURE : JUNIT_ERROR,
			     j->truth == TRUTH_FALSE ? "claim" : "unknown", j->is, text);
	free(text);
}

int present_check(struct presentation *p, FILE *out, struct junit *junit)
{
	unsigned claims = 0, wrong = 0, unknown = 0;
	char name[SHOWN_MAX];
	struct deck_error err;
	char beats[COUNTED_MAX], all[COUNTED_MAX];
	struct judgement j;

	for (unsigned i = 0; i < p->deck.beats; i++) {
		const struct beat *b = &p->deck.beat[i];
		const struct chapter *ch = &p->chapter[i];

		for (unsigned k = 0; k < b->claims; k++) {
			const struct claim *c = &b->claim[k];
			int error = deck_judge(&j, c, present_runs(p, i),
					       ch->run[1] ? &ch->alignment : NULL, &p->stand[i],
					       &err);

			if (error == -EINVAL)
				return usage_error("%s:%u: %s", p->deck.name, err.line, err.text);
			if (error)
				return usage_error("%s", strerror(-error));
			claims++;
			wrong += j.truth == TRUTH_FALSE;
			unknown += j.truth == TRUTH_UNKNOWN;
			if (j.truth != TRUTH_TRUE)
				print_false(p, i, c, &j, out);
			if (junit)
				add_case(junit, p, i, c, &j);
		}
	}
	fprintf(out, "%s: %s, %s: ", shown(p->deck.name, name),
		counted(p->deck.beats, "beat", beats), counted(claims, "claim", all));
	if (wrong || unknown)
		fprintf(out, "%u not true\n", wrong + unknown);
	else
		fputs("all true\n", out);
	return wrong ? EXIT_VIOLATED : unknown ? EXIT_UNKNOWN : EXIT_OK;
}
