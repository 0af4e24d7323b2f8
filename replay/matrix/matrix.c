/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * matrix.c - the table of scenarios and kernels, and what its cells say.
 */
#include "replay/matrix/matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

/* ---- building ---- */

static bool same_kernel(const struct kernel *a, const struct kernel *b)
{
	return !memcmp(a, b, sizeof(*a));
}

unsigned switches_differ(const struct kernel *a, const struct kernel *b)
{
	unsigned n = 0;

	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++)
		n += kernel_get(a, s) != kernel_get(b, s);
	return n;
}

struct mcell *matrix_cell(const struct matrix *m, size_t row, size_t col)
{
	size_t i = row < m->rows ? row * m->cols + col : m->rows * m->cols + row - m->rows;

	return &m->cell[m->cell[i].twin];
}

/* Is this expectation about a kernel of the table, with other switches than any column has? */
static bool is_further(const struct matrix *m, const struct expect *e)
{
	struct kernel k;
	bool named = false;

	expect_kernel(e, &k);
	for (size_t i = 0; i < m->kernels; i++) {
		if (same_kernel(&m->kernel[i].kernel, &k))
			return false;
		named |= !strcmp(m->kernel[i].head, e->kernel);
	}
	return named;
}

static char *expect_name(const struct expect *e)
{
	size_t size = sizeof(e->kernel) + sizeof(e->sets) + SCENARIO_SETS;
	char *name = malloc(size);

	if (!name)
		return NULL;
	strcpy(name, e->kernel);
	for (unsigned i = 0; i < e->set_count; i++)
		strcat(strcat(name, " "), e->sets[i]);
	return name;
}

/* The cases of a file that no column is for; several about one kernel are one cell. */
static int add_further(struct matrix *m, const struct scenario *s)
{
	size_t first = m->rows * m->cols + m->further;

	for (unsigned i = 0; i < s->expects; i++) {
		size_t at = m->rows * m->cols + m->further, j;
		struct mcell *c = &m->cell[at];
		struct kernel k;

		if (!is_further(m, &s->expect[i]))
			continue;
		expect_kernel(&s->expect[i], &k);
		for (j = first; j < at && !same_kernel(&m->cell[j].kernel, &k); j++)
			;
		if (j < at)
			continue;
		*c = (struct mcell){ .scenario = { s }, .kernel = k, .twin = at,
				    .kernel_name = expect_name(&s->expect[i]) };
		if (!c->kernel_name)
			return -ENOMEM;
		m->further++;
	}
	return 0;
}

/* The shipped name, or a file's name without its folder and ".scn". */
static char *row_name(const char *name)
{
	const char *slash = strrchr(name, '/');
	char *copy = strdup(slash && slash[1] ? slash + 1 : name);
	size_t n = copy ? strlen(copy) : 0;

	if (n > 4 && !strcmp(copy + n - 4, ".scn"))
		copy[n - 4] = '\0';
	if (copy && !text_shows(copy))
		for (char *c = copy; *c; c++)
			*c = *c < ' ' || *c > '~' ? '?' : *c;
	return copy;
}

static int fill(struct matrix *m)
{
	for (size_t i = 0; i < m->rows * m->cols; i++) {
		struct mcell *c = &m->cell[i];
		size_t row = i / m->cols, twin = row * m->cols;

		c->scenario[0] = &m->scenario[row];
		c->kernel = m->kernel[i % m->cols].kernel;
		c->kernel_name = m->kernel[i % m->cols].name;
		while (!same_kernel(&m->cell[twin].kernel, &c->kernel))
			twin++;
		c->twin = twin;
		m->todo += twin == i;
	}
	for (size_t i = 0; i < m->rows; i++) {
		m->row_head[i] = row_name(m->scenario[i].name);
		if (!m->row_head[i])
			return -ENOMEM;
	}
	for (size_t i = 0; i < m->cols; i++) {
		m->col_head[i] = strdup(m->kernel[i].head);
		if (!m->col_head[i])
			return -ENOMEM;
	}
	return 0;
}

/* Room for all that a matrix of scenarios has; these and the kernels are copied. */
static int make_room(struct matrix *m, size_t rows, size_t cols, size_t cells,
		     const struct scenario *s, size_t n, const struct matrix_kernel *k,
		     size_t kernels)
{
	*m = (struct matrix){ .rows = rows, .cols = cols };
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->changed, NULL);
	m->scenario = malloc((n + 1) * sizeof(*m->scenario));
	m->kernel = malloc((kernels + 1) * sizeof(*m->kernel));
	m->cell = calloc(cells + 1, sizeof(*m->cell));
	m->row_head = calloc(rows + 1, sizeof(*m->row_head));
	m->col_head = calloc(cols + 1, sizeof(*m->col_head));
	m->made = calloc(step_count(), 1);
	m->had = calloc(step_count(), result_count());
	if (!m->scenario || !m->kernel || !m->cell || !m->row_head || !m->col_head || !m->made ||
	    !m->had) {
		m->rows = m->cols = 0;
		return -ENOMEM;
	}
	memcpy(m->scenario, s, n * sizeof(*s));
	memcpy(m->kernel, k, kernels * sizeof(*k));
	m->scenarios = n;
	m->kernels = kernels;
	return 0;
}

static int copy_heads(char **to, const char *const *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		to[i] = strdup(from[i]);
		if (!to[i])
			return -ENOMEM;
	}
	return 0;
}

int matrix_kernels(struct matrix *m, const struct scenario *s, const struct matrix_kernel *k,
		   const char *const *row_head, size_t rows, const char *const *col_head,
		   size_t cols, bool witnesses)
{
	size_t cells = rows * cols;
	int err = make_room(m, rows, cols, cells, s, 1, k, cells);

	m->witnesses = witnesses;
	for (size_t i = 0; !err && i < cells; i++) {
		struct mcell *c = &m->cell[i];

		c->scenario[0] = m->scenario;
		c->kernel = m->kernel[i].kernel;
		c->kernel_name = m->kernel[i].name;
		c->every = cols > 1;
		while (!same_kernel(&m->cell[c->twin].kernel, &c->kernel))
			c->twin++;
		m->todo += c->twin == i;
	}
	if (!err)
		err = copy_heads(m->row_head, row_head, rows);
	return err ? err : copy_heads(m->col_head, col_head, cols);
}

int matrix_scenarios(struct matrix *m, const struct scenario *s, size_t n,
		     const struct matrix_kernel *k, size_t kernels, bool further)
{
	size_t cells = n * kernels;
	int err;

	for (size_t i = 0; i < n; i++)
		cells += s[i].expects;
	err = make_room(m, n, kernels, cells, s, n, k, kernels);
	if (!err)
		err = fill(m);
	for (size_t i = 0; further && !err && i < n; i++)
		err = add_further(m, &m->scenario[i]);
	m->todo += m->further;
	return err;
}

bool matrix_had(const struct matrix *m, const struct result *r)
{
	for (size_t i = 0; i < step_count(); i++)
		if (m->had[i * result_count() + r->number])
			return true;
	return false;
}

static void free_witness(struct cell_witness *w)
{
	if (w) {
		free(w->made);
		free(w->had);
		free(w->count);
	}
	free(w);
}

static void free_names(char **name, size_t n)
{
	for (size_t i = 0; name && i < n; i++)
		free(name[i]);
	free(name);
}

void cell_forget(struct mcell *c)
{
	schedule_free(&c->schedule);
	free_witness(c->witness);
	c->witness = NULL;
}

void matrix_free(struct matrix *m)
{
	matrix_stop(m);
	for (size_t i = 0; m->cell && i < m->rows * m->cols + m->further; i++) {
		cell_forget(&m->cell[i]);
		if (i >= m->rows * m->cols)
			free((char *)m->cell[i].kernel_name);
	}
	for (size_t i = 0; i < m->scenarios; i++)
		scenario_free(&m->scenario[i]);
	free_names(m->row_head, m->rows);
	free_names(m->col_head, m->cols);
	free_names(m->note, m->notes);
	free(m->made);
	free(m->had);
	free(m->scenario);
	free(m->kernel);
	free(m->cell);
	pthread_mutex_destroy(&m->lock);
	pthread_cond_destroy(&m->changed);
	*m = (struct matrix){ 0 };
}

/* ---- verdicts ---- */

const char *expect_text(const struct expect *e, char *buf, size_t size)
{
	size_t n;

	snprintf(buf, size, "%s", e->safe ? "safe" : "");
	for (unsigned p = 0; p < PROPERTY_COUNT; p++) {
		n = strlen(buf);
		if ((e->any | e->all) >> p & 1)
			snprintf(buf + n, size - n, "%s%s", !n ? "" : e->safe ? ", " : " or ",
				 properties[p].name);
	}
	for (unsigned p = 0, nots = 0; p < PROPERTY_COUNT; p++) {
		n = strlen(buf);
		if (e->not >> p & 1)
			snprintf(buf + n, size - n, "%s%s", nots++ ? " " : ", not ",
				 properties[p].name);
	}
	return buf;
}

/* One line of [expect] about the kernel of cell c. */
static enum agreement judge_line(const struct mcell *c, const struct expect *e,
				 const struct exploration *x)
{
	const uint32_t known = known_properties(c->complete, c->bound);

	if (e->safe) {
		if (c->violated)
			return CONTRADICTS;
		if (c->bound)
			return UNDECIDED;
		if ((c->found & e->not) || (e->all & ~c->found))
			return CONTRADICTS;
		return exploration_unreached(x, c->scenario[0]) ? CONTRADICTS : AGREES;
	}
	if (c->found & e->not)
		return CONTRADICTS;
	/* what was not found within a bound may still be beyond it */
	if (c->found & e->any)
		return e->not & ~known ? UNDECIDED : AGREES;
	return e->any & ~known ? UNDECIDED : CONTRADICTS;
}

void cell_judge(struct mcell *c, const struct exploration *x)
{
	const struct scenario *s = c->scenario[0];
	const char *step = exploration_unreached(x, s);

	c->agreement = NOT_EXPECTED;
	c->expectation[0] = '\0';
	for (unsigned i = 0; i < s->expects; i++) {
		const struct expect *e = &s->expect[i];
		enum agreement one;
		struct kernel k;
		char text[120];

		expect_kernel(e, &k);
		if (!same_kernel(&k, &c->kernel))
			continue;
		one = judge_line(c, e, x);
		if (one <= c->agreement)
			continue;
		c->agreement = one;
		snprintf(c->expectation, sizeof(c->expectation), "line %u expects %s", e->line,
			 expect_text(e, text, sizeof(text)));
		if (one == CONTRADICTS && e->safe && !c->violated) {
			size_t n = strlen(c->expectation);

			snprintf(c->expectation + n, sizeof(c->expectation) - n,
				 step ? ", but never made: %s" : ", and its costs are others%s",
				 step ? step : "");
		}
	}
}

bool cell_settled(const struct mcell *c, const struct exploration *x)
{
	const struct scenario *s = c->scenario[0];

	if (!x->violated)
		return false;
	for (unsigned i = 0; i < s->expects; i++) {
		const struct expect *e = &s->expect[i];
		struct kernel k;

		expect_kernel(e, &k);
		if (e->safe || !same_kernel(&k, &c->kernel))
			continue;
		if (!(x->violated & e->any) || e->not)
			return false;
	}
	return true;
}

/* What a search that is about to be forgotten saw.  NULL: memory is out. */
static struct cell_witness *witness_of(struct exploration *x, bool counts)
{
	struct cell_witness *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->made = malloc(step_count());
	w->had = malloc(step_count() * result_count());
	if (!w->made || !w->had || exploration_digest(x, &w->states, &w->mems)) {
		free_witness(w);
		return NULL;
	}
	for (size_t i = 0; i < step_count(); i++) {
		w->made[i] = x->step_reached[i];
		for (size_t j = 0; j < result_count(); j++)
			w->had[i * result_count() + j] = exploration_had(x, i, result_at(j));
	}
	for (unsigned i = 0; i < x->findings; i++)
		w->length[x->finding[i].property] = x->finding[i].schedule.n;
	for (unsigned i = 0; i < x->costs_found; i++)
		w->length[x->cost[i].property] = x->cost[i].schedule.n;
	memcpy(w->cost_count, x->cost_count, sizeof(w->cost_count));
	w->count = counts ? calloc(step_count(), sizeof(*w->count)) : NULL;
	if (w->count && exploration_step_counts(x, w->count)) {
		free(w->count);
		w->count = NULL;
	}
	return w;
}

void cell_add(struct mcell *c, unsigned world, struct exploration *x, const struct matrix *m)
{
	struct finding *f = x->findings ? &x->finding[0] : NULL;

	if (m && m->witnesses)	/* before the schedule goes */
		c->witness = witness_of(x, m->counts);
	c->complete = (!world || c->complete) && x->complete;
	c->states += x->states;
	c->transitions += x->transitions;
	c->seconds += x->seconds;
	if (x->bound)
		c->bound = x->bound;
	if (f && (!c->violated || f->schedule.n < c->schedule.n)) {
		schedule_free(&c->schedule);
		c->schedule = f->schedule;
		c->loop = f->loop;
		f->schedule = (struct schedule){ 0 };
		c->property = f->property;
		c->world = world;
	}
	c->found |= x->violated | x->costs;
	c->violated |= x->violated;
	c->verdict = c->violated ? VERDICT_VIOLATED :
		     c->bound ? VERDICT_BOUNDED : VERDICT_SAFE;
}

/* " +2": so many properties besides that of the shortest finding. */
static const char *others(const struct mcell *c, char *buf)
{
	unsigned n = 0;

	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		n += p != c->property && (c->violated >> p & 1);
	*buf = '\0';
	if (c->every && n)
		snprintf(buf, 8, " +%u", n % 100);
	return buf;
}

const char *cell_text(const struct mcell *c, char *buf)
{
	const char *mark = c->agreement == CONTRADICTS ? "!" : "";
	char more[8];

	if (c->state != CELL_DONE)
		strcpy(buf, c->state == CELL_RUNS ? "..." : "-");
	else if (c->verdict == VERDICT_VIOLATED)
		snprintf(buf, CELL_TEXT_MAX, "%s%s %zu%s%s", c->world >= PAIR_READS ? "+" : "",
			 properties[c->property].name, c->schedule.n, mark, others(c, more));
	else
		snprintf(buf, CELL_TEXT_MAX, "%s%s", c->refused ? "REFUSED" :
			 c->certified ? "certified" : c->verdict == VERDICT_SAFE ? "safe" :
			 c->complete ? "LIVELOCK?" : "bounded", mark);
	return buf;
}

void matrix_sum(const struct matrix *m, struct matrix_sums *sums)
{
	*sums = (struct matrix_sums){ .cells = m->rows * m->cols + m->further };
	for (size_t i = 0; i < sums->cells; i++) {
		const struct mcell *c = &m->cell[m->cell[i].twin];

		if (c->state != CELL_DONE)
			continue;
		sums->done++;
		sums->safe += c->verdict == VERDICT_SAFE;
		sums->violated += c->verdict == VERDICT_VIOLATED;
		sums->bounded += c->verdict == VERDICT_BOUNDED;
		sums->certified += c->certified;
		sums->refused += c->refused;
		sums->agree += c->agreement == AGREES;
		sums->contradict += c->agreement == CONTRADICTS;
		sums->undecided += c->agreement == UNDECIDED;
		sums->unexplained += (c->verdict == VERDICT_BOUNDED ||
				      c->agreement == UNDECIDED) && !c->scenario[0]->bounded[0];
	}
}

const struct mcell *matrix_opposite(const struct matrix *m, const struct mcell *c)
{
	enum verdict wanted = c->verdict == VERDICT_VIOLATED ? VERDICT_SAFE : VERDICT_VIOLATED;
	const struct mcell *best = NULL;

	for (size_t i = 0; i < m->rows * m->cols + m->further; i++) {
		const struct mcell *d = &m->cell[i];

		if (d->state != CELL_DONE || d->verdict != wanted ||
		    d->scenario[0] != c->scenario[0])
			continue;
		if (!best || switches_differ(&d->kernel, &c->kernel) <
			     switches_differ(&best->kernel, &c->kernel))
			best = d;
	}
	return best;
}
