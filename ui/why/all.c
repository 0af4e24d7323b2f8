/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * all.c - every rule over many scenarios: which needs it, or that none does.
 */
#include <stdlib.h>
#include <string.h>

#include "ui/matrix/matrix.h"
#include "ui/why/table.h"
#include "ui/why/why.h"

struct size {
	const char *name;
	uint64_t states;
};

static int by_states(const void *a, const void *b)
{
	const struct size *x = a, *y = b;

	return x->states != y->states ? (x->states > y->states) - (x->states < y->states) :
	       strcmp(x->name, y->name);
}

/* Scenarios that are safe as they are, the smallest first; of the others r says how many. */
static int safe_scenarios(const struct why_args *a, const struct matrix_kernel *k,
			  struct size *size, size_t *n, struct why_all_report *r)
{
	size_t all = a->names ? (size_t)a->names : builtin_scenario_count, loaded = 0;
	struct scenario *s = calloc(all, sizeof(*s));
	struct matrix_options o;
	struct matrix m = { 0 };
	int status = s ? EXIT_OK : usage_error("out of memory");

	*n = 0;
	for (; loaded < all && !status; loaded += !status)
		status = load_scenario(&s[loaded], a->names ? a->name[loaded] :
				       builtin_scenarios[loaded].name);
	if (status) {
		while (loaded--)
			scenario_free(&s[loaded]);
		free(s);
		return status;
	}
	if (matrix_scenarios(&m, s, all, k, 1, false)) {
		status = usage_error("out of memory");
	} else {
		why_limits(a, &o);
		o.max_states = o.max_states ? o.max_states : ALL_STATES;
		if (matrix_start(&m, &o))
			status = usage_error("no thread can be started");
		else if (!matrix_fill(&m))
			status = EXIT_UNKNOWN;
	}
	for (size_t i = 0; !status && i < all; i++) {
		const struct mcell *c = matrix_cell(&m, i, 0);

		if (c->verdict == VERDICT_SAFE)
			size[(*n)++] = (struct size){
				a->names ? a->name[i] : builtin_scenarios[i].name, c->states };
		r->violated += c->verdict == VERDICT_VIOLATED;
		r->bounded += c->verdict == VERDICT_BOUNDED;
	}
	qsort(size, *n, sizeof(*size), by_states);
	matrix_free(&m);
	free(s);
	return status;
}

/* What one scenario says of the rules that are still undecided. */
static void take_over(const struct why *w, struct why_everywhere **rule)
{
	for (size_t i = 1; i < w->m.rows; i++) {
		const struct why_row *row = &w->row[i];
		struct why_everywhere *e = rule[i - 1];
		const struct mcell *c = matrix_cell(&w->m, i, 0);

		memcpy(e->name, row->name, sizeof(e->name));
		memcpy(e->instead, row->instead, sizeof(e->instead));
		e->absent = row->absent;
		e->moot = row->moot[0];
		e->searched++;
		e->exercised += row->says == WHY_REDUNDANT || row->says == WHY_NOT_MISSED ||
				row->breaks;
		e->unknown += row->says == WHY_UNKNOWN || row->says == WHY_WAITS;
		if (!row->breaks)
			continue;
		e->breaks = row->breaks;
		snprintf(e->scenario, sizeof(e->scenario), "%s", c->scenario[0]->name);
		e->length = row->length;
		e->states = c->states;
	}
}

/* The rules that no scenario has been found to need so far, in one. */
static int weigh(const struct why_args *a, const struct matrix_kernel *k, const char *name,
		 struct why_everywhere *rule, size_t rules)
{
	struct why_everywhere **open = calloc(rules + 1, sizeof(*open));
	struct why_flip *flip = calloc(rules + 1, sizeof(*flip));
	struct matrix_options o;
	struct scenario s;
	struct why w = { 0 };
	size_t n = 0;
	int status = open && flip ? load_scenario(&s, name) : usage_error("out of memory");

	for (size_t i = 0; !status && i < rules; i++)
		if (!rule[i].breaks && !rule[i].moot) {
			open[n] = &rule[i];
			flip[n++] = rule[i].flip;
		}
	if (!status && n) {
		why_limits(a, &o);
		o.max_states = o.max_states ? o.max_states : ALL_STATES;
		if (why_init(&w, &s, k, flip, n))
			status = usage_error("out of memory");
		else if (matrix_start(&w.m, &o))
			status = usage_error("no thread can be started");
		else if (!matrix_fill(&w.m))
			status = EXIT_UNKNOWN;
		if (!status || status == EXIT_UNKNOWN) {
			why_judge_all(&w);
			take_over(&w, open);
		}
		why_free(&w);
	} else if (!status) {
		scenario_free(&s);
	}
	free(open);
	free(flip);
	return status;
}

static int text_all(const struct why_args *a, const void *report, FILE *out)
{
	const struct why_all_report *r = report;

	if (a->json)
		return why_print_all_json(r, out);
	if (a->markdown)
		why_print_all_markdown(r, out);
	else
		why_print_all(r, out);
	return 0;
}

int why_all_scenarios(const struct why_args *a)
{
	size_t most = a->names ? (size_t)a->names : builtin_scenario_count, n = 0, rules = 0;
	struct size *size = calloc(most, sizeof(*size));
	struct why_everywhere *rule = calloc(FLIPS_MAX, sizeof(*rule));
	struct why_flip flip[FLIPS_MAX];
	struct matrix_kernel k = { 0 };
	struct why_all_report r = { .rule = rule };
	int status = size && rule ? choose_kernel(&a->kernel, NULL, "v6.9", &k.kernel, k.name,
						  sizeof(k.name)) : usage_error("out of memory");

	if (!status)
		status = why_choose_flips(a, &k.kernel, flip, &rules);
	if (!status && !rules)
		rules = why_all_flips(&k.kernel, flip);
	for (size_t i = 0; i < rules; i++)
		rule[i].flip = flip[i];
	if (!status)
		status = safe_scenarios(a, &k, size, &n, &r);
	for (size_t i = 0; !status && i < n; i++)
		status = weigh(a, &k, size[i].name, rule, rules);
	if (!status || status == EXIT_UNKNOWN) {
		int printed;

		r.rules = rules;
		r.kernel = k.name;
		r.scenarios = (unsigned)n;
		r.interrupted = status == EXIT_UNKNOWN;
		printed = why_print_to(a, text_all, &r);
		status = printed ? printed : status;
	}
	for (size_t i = 0; !status && i < rules; i++)
		if (rule[i].unknown && !rule[i].breaks)
			status = EXIT_UNKNOWN;
	free(size);
	free(rule);
	return status;
}

