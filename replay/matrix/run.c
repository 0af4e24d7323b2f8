/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.c - the threads that fill a matrix in.  Each takes the next cell that nobody has
 * taken: row by row, but those last in which a task runs for ever, which tend to be large.  What
 * a cell says depends on no other cell.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/certificate/certificate.h"
#include "replay/matrix/matrix.h"

#define MEET_MAX	5000000	/* states of a cell in which is looked for who met whom */

/* One search under way, for its progress(). */
struct run {
	struct matrix *m;
	const struct mcell *cell;
	const struct exploration *x;
	bool content;		/* --quick: no more has to be known */
};

/* Is what was found so far the shortest?  A deeper level finds nothing shorter. */
static bool shortest_known(const struct exploration *x, unsigned depth)
{
	for (unsigned i = 0; i < x->findings; i++)
		if (properties[x->finding[i].property].kind != COST &&
		    depth > x->finding[i].schedule.n)
			return true;
	return false;
}

static bool progress(void *arg, uint64_t states, uint64_t transitions, unsigned depth)
{
	struct run *r = arg;

	(void)states;
	(void)transitions;
	/* a pair's second scenario may have a shorter finding, and is searched all the same */
	r->content = r->m->o.quick && shortest_known(r->x, depth) &&
		     cell_settled(r->cell, r->x);
	return !r->content && !atomic_load(&r->m->stop);
}

/* What was reached counts, however far the search came. */
static void note_reached(struct matrix *m, const struct scenario *s, const struct exploration *x)
{
	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < step_count(); i++) {
		m->made[i] |= x->step_reached[i];
		for (size_t j = 0; j < result_count(); j++)
			m->had[i * result_count() + j] |= exploration_had(x, i, result_at(j));
	}
	if (x->meetings)
		pairs_note(m, s, x);
	pthread_mutex_unlock(&m->lock);
}

static bool go_on(void *arg, uint64_t done, uint64_t of)
{
	const struct matrix *m = arg;

	(void)done;
	(void)of;
	return !atomic_load(&m->stop);
}

/* Have a search verified that found nothing.  False when it was stopped meanwhile. */
static bool certify_search(struct matrix *m, struct mcell *c, const struct exploration *x,
			   const struct explore_options *o)
{
	const struct verify_options vo = { .max_bytes = m->o.max_bytes, .progress = go_on,
					   .progress_arg = m };
	struct verification v;

	if (!m->o.certify || certificate_verdict(x) != VERDICT_SAFE)
		return true;
	certify(&v, x, c->kernel_name, o, &vo);
	if (v.status != VERIFY_CERTIFIED && !c->refused)
		snprintf(c->not_certified, sizeof(c->not_certified), "%.190s", v.why);
	c->refused |= v.status == VERIFY_REFUTED || v.status == VERIFY_UNREADABLE;
	verification_free(&v);
	return v.status != VERIFY_UNFINISHED || !atomic_load(&m->stop);
}

/* Explore the scenarios of a cell into *c, a copy.  False when it was stopped meanwhile. */
static bool explore_cell(struct matrix *m, struct mcell *c)
{
	for (unsigned w = 0; w < PAIR_WORLDS && c->scenario[w]; w++) {
		const struct scenario *s = c->scenario[w];
		struct exploration x;
		struct run r = { .m = m, .cell = c, .x = &x };
		struct meetings known;
		bool whole;
		struct explore_options o = {
			.livelock = true,
			.max_states = m->o.max_states ? m->o.max_states : s->max_states,
			.max_depth = s->max_depth, .max_bytes = m->o.max_bytes,
			.progress = progress, .progress_arg = &r,
			.meetings = !m->operations && !m->witnesses, .known = &known,
			.meet_max = MEET_MAX,
		};

		if (w == PAIR_READS && c->violated)
			break;
		pthread_mutex_lock(&m->lock);
		pairs_known(m, s, &known);
		pthread_mutex_unlock(&m->lock);
		if (explore(&x, s, &c->kernel, &o)) {
			c->bound = "memory";
			c->verdict = c->violated ? VERDICT_VIOLATED : VERDICT_BOUNDED;
			c->complete = false;
			continue;
		}
		if (r.content)
			x.bound = NULL;
		cell_add(c, w, &x, m);
		if (!m->operations) {
			cell_judge(c, &x);
			note_reached(m, s, &x);
		}
		whole = certify_search(m, c, &x, &o);
		exploration_free(&x);
		if (!whole || (atomic_load(&m->stop) && !r.content && !c->complete)) {
			cell_forget(c);
			return false;
		}
	}
	c->certified = m->o.certify && c->verdict == VERDICT_SAFE && !*c->not_certified;
	return true;
}

static bool comes_to_an_end(const struct scenario *s)
{
	for (unsigned i = 0; i < s->tasks; i++)
		if (!s->program[i].must_finish && strcmp(s->program[i].name, "dev") != 0)
			return false;
	return true;
}

/* The number of the next cell, which now runs; or SIZE_MAX.  With the lock. */
static size_t take(struct matrix *m)
{
	size_t cells = m->rows * m->cols + m->further;

	for (; m->next < 2 * cells && !atomic_load(&m->stop); m->next++) {
		size_t at = m->next % cells;
		struct mcell *c = &m->cell[at];

		if (c->twin != at || c->state != CELL_WAITS ||
		    (m->next < cells && !comes_to_an_end(c->scenario[0])))
			continue;
		m->last = at;
		c->state = CELL_RUNS;
		return at;
	}
	return SIZE_MAX;
}

/* With the lock, which is not held meanwhile: whoever is told may want it. */
static void tell(struct matrix *m)
{
	void (*on_change)(void *arg) = m->on_change;

	pthread_cond_signal(&m->changed);
	pthread_mutex_unlock(&m->lock);
	if (on_change)
		on_change(m->arg);
	pthread_mutex_lock(&m->lock);
}

static void *work(void *arg)
{
	struct matrix *m = arg;
	struct mcell c;
	size_t at;

	pthread_mutex_lock(&m->lock);
	while ((at = take(m)) != SIZE_MAX) {
		bool whole;

		c = m->cell[at];
		tell(m);
		pthread_mutex_unlock(&m->lock);
		whole = explore_cell(m, &c);
		pthread_mutex_lock(&m->lock);
		if (whole) {
			m->cell[at] = c;
			m->done++;
		}
		m->cell[at].state = whole ? CELL_DONE : CELL_WAITS;
	}
	m->running--;
	tell(m);
	pthread_mutex_unlock(&m->lock);
	return NULL;
}

int matrix_start(struct matrix *m, const struct matrix_options *o)
{
	unsigned threads = o->threads ? o->threads : 1;

	m->o = *o;
	m->next = 0;
	atomic_store(&m->stop, false);
	m->thread = calloc(threads, sizeof(*m->thread));
	if (!m->thread)
		return -ENOMEM;
	pthread_mutex_lock(&m->lock);
	while (m->threads < threads &&
	       !pthread_create(&m->thread[m->threads], NULL, work, m)) {
		m->threads++;
		m->running++;
	}
	pthread_mutex_unlock(&m->lock);
	return m->threads ? 0 : -EAGAIN;
}

void matrix_stop(struct matrix *m)
{
	atomic_store(&m->stop, true);
	for (unsigned i = 0; i < m->threads; i++)
		pthread_join(m->thread[i], NULL);
	free(m->thread);
	m->thread = NULL;
	m->threads = 0;
}
