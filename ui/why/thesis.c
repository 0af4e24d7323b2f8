/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * thesis.c - pin x refcount for the three kinds of load, and the proof.
 */
#include <errno.h>

#include "ui/matrix/matrix.h"
#include "ui/why/argument.h"
#include "ui/why/table.h"
#include "ui/why/why.h"

#define THESIS_ROWS	4
#define THESIS_COLS	3

/* Pin x refcount for the three kinds of load: whatever pin the kernel has, and none. */
static int thesis_init(struct matrix *m, const struct scenario *s, const struct matrix_kernel *base)
{
	static const char *const loads[] = { "exclusive", "nonexclusive", "if-cached" };
	const char *heads[THESIS_ROWS], *columns[THESIS_COLS];
	char row[THESIS_ROWS][64], set[3][48], pin[32];
	char col[THESIS_COLS][48];
	struct matrix_kernel k[THESIS_ROWS * THESIS_COLS];
	unsigned has = base->kernel.pin == PIN_NONE ? PIN_HAS_CACHE : base->kernel.pin;

	for (unsigned i = 0; i < THESIS_ROWS * THESIS_COLS; i++) {
		unsigned r = i / THESIS_COLS, c = i % THESIS_COLS;
		bool none = r / 2, count = r % 2;

		switch_value(SWITCH_pin, none ? PIN_NONE : has, pin, sizeof(pin));
		snprintf(set[0], sizeof(set[0]), "pin=%s", pin);
		snprintf(set[1], sizeof(set[1]), "refcount=%s", count ? "on" : "off");
		snprintf(set[2], sizeof(set[2]), "load=%s", loads[c]);
		snprintf(row[r], sizeof(row[r]), "%s, %s", none ? "no pin" : set[0],
			 count ? "count" : "no count");
		snprintf(col[c], sizeof(col[c]), "%s", set[2]);
		heads[r] = row[r];
		columns[c] = col[c];
		k[i] = *base;
		for (unsigned j = 0; j < 3; j++) {
			kernel_set(&k[i].kernel, set[j]);
			name_switch(k[i].name, sizeof(k[i].name), set[j]);
		}
	}
	return matrix_kernels(m, s, k, heads, THESIS_ROWS, columns, THESIS_COLS, true);
}

/* What breaks in a cell, all of it. */
static const char *about_thesis(const struct matrix *m, size_t at, char *buf)
{
	const struct mcell *c = &m->cell[m->cell[at].twin];
	char text[WHY_TEXT_MAX];

	snprintf(buf, CELL_ABOUT_MAX, c->violated ? "violated: %s" : "nothing is violated%s",
		 properties_text(c->violated, text));
	return buf;
}

static bool go_on(void *arg, uint64_t states, uint64_t transitions, unsigned depth)
{
	(void)arg;
	(void)states;
	(void)transitions;
	(void)depth;
	return !interrupted();
}

static int make_proof(const struct why_args *a, const struct scenario *s,
		      const struct matrix_kernel *k, struct proof *p)
{
	struct explore_options o = {
		.max_states = a->max_states ? a->max_states : s->max_states,
		.max_depth = s->max_depth, .progress = go_on,
		.max_bytes = (a->max_mib ? a->max_mib : MEMORY_MIB) << 20,
	};
	struct exploration x;
	int err = explore(&x, s, &k->kernel, &o);

	if (err)
		return usage_error("out of memory");
	err = proof_make(p, &x, s, &k->kernel, interrupted);
	exploration_free(&x);
	return err == -ENOMEM ? usage_error("out of memory") : EXIT_OK;
}

static int text_proof(const struct why_args *a, const void *report, FILE *out)
{
	const struct proof_report *r = report;

	if (a->json)
		return proof_print_json(r, out);
	if (a->markdown)
		proof_print_markdown(r, out);
	else
		proof_print(r, out);
	return 0;
}

static int fill_thesis(const struct why_args *a, const struct matrix_kernel *k, struct matrix *m)
{
	struct matrix_options o;
	struct scenario s;
	int status = load_scenario(&s, a->name[0]);

	if (status)
		return status;
	if (thesis_init(m, &s, k))
		return usage_error("out of memory");
	why_limits(a, &o);
	return matrix_start(m, &o) ? usage_error("no thread can be started") : EXIT_OK;
}

/* On the screen the table alone; enter opens a cell. */
static int thesis_screen(struct matrix *m)
{
	m->title = "the thesis: pin, refcount and the kinds of load";
	m->about = about_thesis;
	return matrix_screen(m);
}

/* The proof over many scenarios: has each step been put to the test somewhere? */
int why_proof_everywhere(const struct why_args *a)
{
	size_t n = a->names ? (size_t)a->names : builtin_scenario_count;
	struct matrix_kernel k = { 0 };
	struct proof sum = { 0 };
	struct proof_report r = { .kernel = k.name, .proof = &sum };
	int status = choose_kernel(&a->kernel, NULL, "v6.9", &k.kernel, k.name, sizeof(k.name));
	bool whole;

	for (size_t i = 0; !status && i < n && !interrupted(); i++) {
		struct why_args bounded = *a;
		struct scenario s;
		struct proof p = { 0 };

		if (!bounded.max_states)
			bounded.max_states = ALL_STATES;
		status = load_scenario(&s, a->names ? a->name[i] : builtin_scenarios[i].name);
		if (status)
			break;
		status = make_proof(&bounded, &s, &k, &p);
		if (!status)
			proof_add(&sum, &p);
		proof_free(&p);
		scenario_free(&s);
	}
	if (!status)
		status = why_print_to(a, text_proof, &r);
	whole = sum.complete && !interrupted();
	proof_free(&sum);
	return status ? status : whole ? EXIT_OK : EXIT_UNKNOWN;
}

int why_thesis_and_proof(const struct why_args *a)
{
	struct matrix_kernel k = { 0 };
	struct matrix grid = { 0 };
	struct proof proof = { 0 };
	struct scenario s;
	struct proof_report r = { .s = &s, .kernel = k.name };
	int status = why_load(a, a->name[0], &s, &k), err = -ENOTTY;
	bool unknown = false;

	if (status)
		return status;
	if (a->thesis) {
		status = fill_thesis(a, &k, &grid);
		if (!status && why_wants_screen(a))
			err = thesis_screen(&grid);
		if (!status && err == -ENOTTY)
			unknown = !matrix_fill(&grid);
		r.grid = &grid;
	}
	if (!status && err == -ENOTTY && a->proof) {
		status = make_proof(a, &s, &k, &proof);
		r.proof = &proof;
		unknown |= !proof.complete || interrupted();
	}
	if (!status && err == -ENOTTY)
		status = why_print_to(a, text_proof, &r);
	for (size_t i = 0; !status && i < grid.rows * grid.cols; i++)
		unknown |= grid.cell[grid.cell[i].twin].state != CELL_DONE ||
			   grid.cell[grid.cell[i].twin].verdict == VERDICT_BOUNDED;
	if (grid.cell)
		matrix_free(&grid);
	proof_free(&proof);
	scenario_free(&s);
	return status ? status : err && err != -ENOTTY ? EXIT_SIGNAL :
	       unknown ? EXIT_UNKNOWN : EXIT_OK;
}

