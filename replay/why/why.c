/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/why/why.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *why_name(enum why_says says)
{
	static const char *const name[WHY_SAYS] = {
		"waits", "needed", "redundant", "missed", "not missed", "harmful", "not exercised",
		"unknown",
	};

	return name[says];
}

bool why_absence(enum kernel_switch s, unsigned value)
{
	static const char *const names[] = { "off", "none", "absent", "never" };
	char text[32];

	switch_value(s, value, text, sizeof(text));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(text, names[i]))
			return true;
	return false;
}

/* ---- the flips ---- */

static void add_word(char *text, size_t size, const char *format, const char *a, const char *b)
{
	size_t n = strlen(text);

	snprintf(text + n, size - n, "%s", n ? " " : "");
	n = strlen(text);
	snprintf(text + n, size - n, format, a, b);
}

/* The kernel of a row, and what the row is called. */
static void flip_kernel(struct why_row *r, const struct matrix_kernel *base,
			struct matrix_kernel *k)
{
	*k = *base;
	r->absent = true;
	for (unsigned i = 0; i < r->flips; i++) {
		const struct why_flip *f = &r->flip[i];
		const char *name = kernel_switches[f->s].name;
		unsigned is = kernel_get(&base->kernel, f->s);
		char value[32];
		size_t n = strlen(k->name);

		switch_value(f->s, is, value, sizeof(value));
		add_word(r->name, sizeof(r->name), "%.30s=%.30s", name, value);
		switch_value(f->s, f->value, value, sizeof(value));
		if (r->flips > 1)
			add_word(r->instead, sizeof(r->instead), "%.30s=%.30s", name, value);
		else
			snprintf(r->instead, sizeof(r->instead), "%s", value);
		snprintf(k->name + n, sizeof(k->name) - n, " %s=%s", name, value);
		r->absent &= why_absence(f->s, is);
		kernel_put(&k->kernel, f->s, f->value);
	}
	/* what has no effect is not explored: it is the kernel as it is */
	if (r->flips == 1 && kernel_moot(&base->kernel, r->flip[0].s, r->moot, sizeof(r->moot)))
		k->kernel = base->kernel;
	else
		r->moot[0] = '\0';
}

/* A matrix of the kernel as it is and of those rows, which are owned from here on. */
static int make(struct why *w, const struct scenario *s, const struct matrix_kernel *base,
		struct why_row *row, size_t rows)
{
	static const char *const column[] = { "verdict" };
	struct matrix_kernel *kernel = calloc(rows, sizeof(*kernel));
	const char **head = calloc(rows, sizeof(*head));
	char (*text)[2 * sizeof(row->name)] = calloc(rows, sizeof(*text));
	int err = kernel && head && text ? 0 : -ENOMEM;

	w->row = row;
	for (size_t i = 0; !err && i < rows; i++) {
		kernel[i] = *base;
		if (i)
			flip_kernel(&row[i], base, &kernel[i]);
		snprintf(text[i], sizeof(text[i]), i ? "%s: %s" : "as it is", row[i].name,
			 row[i].instead);
		head[i] = text[i];
	}
	if (!err)
		err = matrix_kernels(&w->m, s, kernel, head, rows, column, 1, true);
	free(kernel);
	free(head);
	free(text);
	return err;
}

size_t why_all_flips(const struct kernel *k, struct why_flip *flip)
{
	size_t n = 0;
	char value[32];

	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++)
		for (unsigned v = 0; switch_value(s, v, value, sizeof(value))[0]; v++) {
			if (v == kernel_get(k, s))
				continue;
			if (flip)
				flip[n] = (struct why_flip){ .s = s, .value = (uint8_t)v };
			n++;
		}
	return n;
}

int why_init(struct why *w, const struct scenario *s, const struct matrix_kernel *k,
	     const struct why_flip *flip, size_t n)
{
	size_t rows = 1 + (n ? n : why_all_flips(&k->kernel, NULL));
	struct why_row *row = calloc(rows, sizeof(*row));
	struct why_flip *all = calloc(rows, sizeof(*all));
	int err = row && all ? 0 : -ENOMEM;

	*w = (struct why){ 0 };
	if (!err && n)
		memcpy(all, flip, n * sizeof(*all));
	else if (!err)
		why_all_flips(&k->kernel, all);
	for (size_t i = 1; !err && i < rows; i++) {
		row[i] = (struct why_row){ .flip = { all[i - 1] }, .flips = 1, .step = -1 };
		if (all[i - 1].value == kernel_get(&k->kernel, all[i - 1].s))
			err = -EINVAL;
	}
	free(all);
	if (!err)
		return make(w, s, k, row, rows);
	free(row);
	return err;
}

static bool breaks_nothing(const struct why_row *r)
{
	return !r->breaks && (r->says == WHY_REDUNDANT || r->says == WHY_NOT_MISSED ||
			      r->says == WHY_NOT_EXERCISED);
}

/* Has each of two flips an effect where the other is made, too? */
static bool both_matter(const struct kernel *base, struct why_flip a, struct why_flip b)
{
	struct kernel k = *base;
	char where[64];

	kernel_put(&k, a.s, a.value);
	kernel_put(&k, b.s, b.value);
	return !kernel_moot(&k, a.s, where, sizeof(where)) &&
	       !kernel_moot(&k, b.s, where, sizeof(where));
}

int why_pairs(struct why *w, const struct scenario *s, const struct why *alone)
{
	size_t n = alone->m.rows, rows = 1;
	struct why_row *row = calloc(1 + n * n / 2, sizeof(*row));

	*w = (struct why){ 0 };
	if (!row)
		return -ENOMEM;
	for (size_t i = 1; i < n; i++)
		for (size_t j = i + 1; j < n && breaks_nothing(&alone->row[i]); j++) {
			const struct why_row *a = &alone->row[i], *b = &alone->row[j];

			if (breaks_nothing(b) && a->flip[0].s != b->flip[0].s &&
			    both_matter(&alone->m.kernel[0].kernel, a->flip[0], b->flip[0]))
				row[rows++] = (struct why_row){ .flip = { a->flip[0], b->flip[0] },
								.flips = 2, .step = -1 };
		}
	return make(w, s, &alone->m.kernel[0], row, rows);
}

void why_free(struct why *w)
{
	if (w->m.cell)
		matrix_free(&w->m);
	free(w->row);
	*w = (struct why){ 0 };
}

/* ---- what is said of a row ---- */

/* Results that a step has come to; the last of them in *one. */
static unsigned answers(const struct cell_witness *w, size_t step, const struct result **one)
{
	unsigned n = 0;

	for (size_t i = 0; i < result_count(); i++)
		if (w->had[step * result_count() + i]) {
			*one = result_at(i);
			n++;
		}
	return n;
}

static bool same_step(const struct cell_witness *a, const struct cell_witness *b, size_t step)
{
	return a->made[step] == b->made[step] &&
	       !memcmp(a->had + step * result_count(), b->had + step * result_count(),
		       result_count());
}

static bool is_lock(size_t step)
{
	return step_at(step)->kind == KIND_LOCK || step_at(step)->kind == KIND_UNLOCK;
}

/*
 * Do the two searches differ in nothing but a test that always had one answer, and the locks
 * around it?  Then what the other answer is for was never seen.
 */
static bool one_answer(struct why_row *r, const struct cell_witness *is,
		       const struct cell_witness *with)
{
	for (size_t i = 0; i < step_count(); i++) {
		const struct result *a = NULL, *b = NULL;

		if (step_at(i)->kind == KIND_CALL || same_step(is, with, i))
			continue;
		if (answers(is, i, &a) > 1 || answers(with, i, &b) > 1)
			return false;
		if (!a && !b && !is_lock(i))
			return false;
		if (a && r->step < 0) {
			r->step = (int)i;
			r->answer = a;
		} else if (b && r->step < 0 && !is->made[i]) {
			r->step = (int)i;
			r->answer = b;
		}
	}
	return r->step >= 0;
}

static bool same_costs(const struct mcell *a, const struct mcell *b)
{
	return !((a->found ^ b->found) & properties_costs());
}

static bool exercised(struct why_row *r, const struct mcell *is, const struct mcell *with)
{
	const struct cell_witness *a = is->witness, *b = with->witness;
	size_t steps = step_count(), results = steps * result_count();

	if (!a || !b || !is->complete || !with->complete)
		return true;
	r->idle = IDLE_SAME;
	if (a->states == b->states && is->states == with->states &&
	    is->transitions == with->transitions && !memcmp(a->made, b->made, steps) &&
	    !memcmp(a->had, b->had, results) &&
	    !memcmp(a->cost_count, b->cost_count, sizeof(a->cost_count)))
		return false;
	r->idle = IDLE_ONE_ANSWER;
	r->step = -1;
	return a->mems != b->mems || !same_costs(is, with) || !one_answer(r, a, b);
}

/* Steps and results that one search has come to, and another has not. */
static unsigned only_in(const struct cell_witness *a, const struct cell_witness *b)
{
	unsigned n = 0;

	for (size_t i = 0; a && b && i < step_count(); i++) {
		if (step_at(i)->kind == KIND_CALL)
			continue;
		n += a->made[i] && !b->made[i];
		for (size_t j = 0; a->made[i] && b->made[i] && j < result_count(); j++)
			n += a->had[i * result_count() + j] && !b->had[i * result_count() + j];
	}
	return n;
}

static size_t shortest(const struct cell_witness *w, uint32_t properties_)
{
	size_t least = 0;

	for (unsigned p = 0; w && p < PROPERTY_COUNT; p++)
		if ((properties_ >> p & 1) && w->length[p] && (!least || w->length[p] < least))
			least = w->length[p];
	return least;
}

/* Nobody knows of a property whether it holds. */
static bool unknown(const struct mcell *c)
{
	return ~known_properties(c->complete, c->bound) & ~c->violated & ~properties_costs() &
	       ((1u << PROPERTY_COUNT) - 1);
}

/*
 * Properties that are known not to be violated: none where runs end at one that is, for others
 * may be behind it.
 */
static uint32_t absent_from(const struct mcell *c)
{
	if (c->violated & properties_ending())
		return 0;
	return ~c->violated & known_properties(c->complete, c->bound);
}

static enum why_says says(struct why_row *r, const struct mcell *is, const struct mcell *with)
{
	if (r->moot[0]) {
		r->idle = IDLE_MOOT;
		return WHY_NOT_EXERCISED;
	}
	if (r->mends)
		return WHY_MISSED;
	if (r->breaks)
		return r->absent ? WHY_HARMFUL : WHY_NEEDED;
	if (r->hidden || unknown(is) || unknown(with))
		return WHY_UNKNOWN;
	if (!exercised(r, is, with))
		return WHY_NOT_EXERCISED;
	return r->absent ? WHY_NOT_MISSED : WHY_REDUNDANT;
}

void why_judge(struct why *w, size_t i)
{
	const struct mcell *is = matrix_cell(&w->m, 0, 0), *with = matrix_cell(&w->m, i, 0);
	struct why_row *r = &w->row[i];
	uint32_t costs = properties_costs();

	if (!i || is->state != CELL_DONE || with->state != CELL_DONE) {
		r->says = WHY_WAITS;
		return;
	}
	r->breaks = with->violated & absent_from(is);
	r->mends = is->violated & absent_from(with);
	r->left = with->violated & ~r->breaks;
	r->hidden = (is->violated ^ with->violated) & ~(r->breaks | r->mends);
	r->costs_new = with->found & ~is->found & costs;
	r->costs_gone = is->found & ~with->found & costs;
	r->steps_new = only_in(with->witness, is->witness);
	r->steps_gone = only_in(is->witness, with->witness);
	r->length = r->mends ? shortest(is->witness, r->mends) : shortest(with->witness, r->breaks);
	r->says = says(r, is, with);
}
