/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * screen.c - the matrix on the terminal, and from a cell into the debugger: the shortest
 * finding on the left, its schedule under a kernel that is safe from it on the right.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/pair/align.h"
#include "traces/read/read.h"
#include "traces/write/write.h"
#include "ui/terminal/loop.h"
#include "ui/terminal/tty.h"
#include "ui/text/names.h"
#include "ui/text/text.h"
#include "ui/matrix/matrix.h"
#include "ui/show/show.h"

#define OTHER_STATES	2000000		/* of a search for another kernel: pairs are small */

/* One side of what is opened; owned, but for names. */
struct side {
	const struct scenario *scenario;
	struct kernel kernel;
	const char *name;
	enum verdict verdict;
	bool complete;
	enum property property;
	struct schedule schedule;
	size_t loop;		/* where the part of it begins that repeats, or schedule.n */
	uint64_t states, transitions;
	bool found;
};

static int copy_schedule(struct schedule *to, const struct schedule *from)
{
	int err = 0;

	for (size_t i = 0; i < from->n && !err; i++)
		err = schedule_add(to, from->move[i]);
	return err;
}

static int side_of(struct side *s, const struct mcell *c)
{
	*s = (struct side){
		.scenario = c->scenario[c->world], .kernel = c->kernel, .name = c->kernel_name,
		.verdict = c->verdict, .complete = c->complete, .property = c->property,
		.states = c->states, .transitions = c->transitions, .found = true, .loop = c->loop,
	};
	return copy_schedule(&s->schedule, &c->schedule);
}

/* ---- the other kernel ---- */

/* Explore a pair's scenario under a preset; keep it where the verdict is the one wanted. */
static int try_preset(struct side *s, const struct scenario *sc, const struct preset *p,
		      enum verdict wanted)
{
	struct explore_options o = { .livelock = true,
				     .max_states = OTHER_STATES };
	const struct finding *f;
	struct exploration x;
	int err = explore(&x, sc, &p->kernel, &o);

	if (err)
		return err;
	f = x.findings ? &x.finding[0] : NULL;
	if (x.verdict == wanted) {
		*s = (struct side){
			.scenario = sc, .kernel = p->kernel, .name = p->name, .found = true,
			.verdict = x.verdict, .complete = x.complete, .states = x.states,
			.transitions = x.transitions,
		};
		if (f) {
			s->property = f->property;
			s->schedule = f->schedule;
			s->loop = f->loop;
			x.finding[f - x.finding].schedule = (struct schedule){ 0 };
		}
	}
	exploration_free(&x);
	return 0;
}

/* A matrix of operations has one kernel: the nearest preset with the other verdict. */
static int other_preset(struct side *s, const struct mcell *c, enum verdict wanted)
{
	unsigned first = wanted == VERDICT_SAFE ? c->world : 0;
	size_t n;
	const struct preset *p = kernel_presets(&n);
	int err = 0;

	for (unsigned differ = 1; differ <= SWITCH_COUNT && !s->found; differ++)
		for (size_t i = 0; i < n && !s->found; i++) {
			if (switches_differ(&p[i].kernel, &c->kernel) != differ)
				continue;
			for (unsigned w = first; w < PAIR_WORLDS && !s->found && !err; w++) {
				err = try_preset(s, c->scenario[w], &p[i], wanted);
				if (wanted == VERDICT_SAFE)
					break;
			}
		}
	return err;
}

/* left: the violated side; right: the other one, found or not. */
static int find_sides(struct matrix *m, const struct mcell *c, struct side *left,
		      struct side *right)
{
	bool violated = c->verdict == VERDICT_VIOLATED;
	struct side *mine = violated ? left : right, *other = violated ? right : left;
	int err = side_of(mine, c);

	if (!err && m->operations) {
		err = other_preset(other, c, violated ? VERDICT_SAFE : VERDICT_VIOLATED);
	} else if (!err) {
		const struct mcell *o;

		pthread_mutex_lock(&m->lock);
		o = matrix_opposite(m, c);
		if (o)
			err = side_of(other, o);
		pthread_mutex_unlock(&m->lock);
	}
	return err;
}

/* ---- into the debugger ---- */

static void side_verdict(const struct side *s, char *buf)
{
	if (s->verdict == VERDICT_VIOLATED)
		found_verdict(s->property, s->schedule.n, s->states, buf);
	else
		searched_verdict(s->verdict, s->complete, s->states, s->transitions, buf);
}

/*
 * Record the left side's schedule, and the same under the right side's kernel, where there is one,
 * and open them as a chapter.  An exit status; why says what went wrong.
 */
static int record(const struct side *left, const struct side *right, struct chapter *chapter,
		  char *why)
{
	const struct side *side[2] = { left, right };
	struct execution x[2] = { 0 };
	char verdict[2][VERDICT_TEXT_MAX];
	struct run_meta meta[2];
	size_t parted;
	unsigned n = right->found ? 2 : 1;
	int err = 0;

	for (unsigned i = 0; i < n && !err; i++) {
		side_verdict(side[i], verdict[i]);
		meta[i] = (struct run_meta){ .title = left->scenario->title,
					     .verdict = verdict[i],
					     .kernel_name = side[i]->name,
					     .repeats = !i && left->loop < left->schedule.n,
					     .loop = left->loop };
		err = execution_init(&x[i], left->scenario, &side[i]->kernel);
		if (!err)
			err = i ? same_schedule(&x[0], &x[1], &parted) :
			      execution_run(&x[0], &left->schedule);
	}
	if (err)
		snprintf(why, TRACE_ERROR_MAX, "%s", strerror(-err));
	else
		err = record_and_open((const struct execution *[]){ &x[0], &x[1] }, meta, n,
				      chapter->run, why);
	execution_free(&x[0]);
	execution_free(&x[1]);
	if (!err && n == 2 &&
	    align_runs(&chapter->alignment, chapter->run[0], chapter->run[1])) {
		snprintf(why, TRACE_ERROR_MAX, "the two runs cannot be compared");
		err = -EIO;
	}
	return err ? EXIT_USAGE : EXIT_OK;
}

/* ---- the cells in the debugger's list of runs ---- */

static struct mcell cell_now(struct matrix *m, size_t i)
{
	struct mcell c;

	pthread_mutex_lock(&m->lock);
	c = m->cell[i];
	if (c.twin != i)
		c = m->cell[c.twin];
	c.kernel_name = m->cell[i].kernel_name;
	pthread_mutex_unlock(&m->lock);
	return c;
}

static void cell_row(void *arg, size_t i, struct list_row *row)
{
	struct mcell c = cell_now(arg, i);

	snprintf(row->cell[1], sizeof(row->cell[1]), "%.119s", c.scenario[c.world]->name);
	snprintf(row->cell[2], sizeof(row->cell[2]), "%.119s", c.kernel_name);
	if (c.state != CELL_DONE)
		snprintf(row->cell[3], sizeof(row->cell[3]), "not explored yet");
	else if (c.verdict == VERDICT_VIOLATED)
		snprintf(row->cell[3], sizeof(row->cell[3]), "%s at %zu",
			 properties[c.property].name, c.schedule.n);
	else
		snprintf(row->cell[3], sizeof(row->cell[3]), "%s", verdict_name(c.verdict));
	row->dim = c.state != CELL_DONE;
	if (c.state == CELL_DONE && c.verdict == VERDICT_VIOLATED)
		row->style = STYLE_BAD;
}

/* Of a violated cell its finding; of another one the schedule that violates beside it. */
static int cell_open(void *arg, size_t i, struct trace **t, char *why)
{
	struct side left = { 0 }, right = { 0 };
	struct mcell c = cell_now(arg, i);
	struct chapter chapter = { 0 };
	unsigned mine = c.verdict != VERDICT_VIOLATED;
	int err = -EAGAIN;

	if (c.state != CELL_DONE)
		snprintf(why, TRACE_ERROR_MAX, "this cell is not explored yet");
	else if (find_sides(arg, &c, &left, &right))
		snprintf(why, TRACE_ERROR_MAX, "out of memory");
	else if (!left.found)
		snprintf(why, TRACE_ERROR_MAX, "nothing beside it is violated: there is no "
			 "schedule to show");
	else
		err = record(&left, &right, &chapter, why) ? -EIO : 0;
	schedule_free(&left.schedule);
	schedule_free(&right.schedule);
	alignment_free(&chapter.alignment);
	trace_free(chapter.run[!mine]);
	*t = chapter.run[mine];
	return err;
}

/* Returns as loop_run(); what cannot be shown is said on the matrix. */
static int debug(struct matrix_view *v, const struct side *left, const struct side *right)
{
	const struct run_source cells = { .arg = v->m, .what = "cell", .row = cell_row,
					  .n = v->m->rows * v->m->cols, .open = cell_open };
	struct chapter chapter = { .title = left->scenario->title };
	struct session *session = session_new();
	char why[TRACE_ERROR_MAX] = "";
	struct view debugger;
	int err = 0;

	if (!session || record(left, right, &chapter, why)) {
		snprintf(v->message, sizeof(v->message), "%.150s", session ? why :
			 "out of memory");
		session_free(session);
	} else {
		view_init(&debugger, &chapter, 1);
		session_begin(&debugger, session);
		session_source(&debugger, &cells);
		err = show_view(&debugger);
		session_end(&debugger);
	}
	alignment_free(&chapter.alignment);
	trace_free(chapter.run[0]);
	trace_free(chapter.run[1]);
	return err;
}

static int open_here(struct matrix_view *v)
{
	struct side left = { 0 }, right = { 0 };
	struct mcell c;
	int err;

	pthread_mutex_lock(&v->m->lock);
	c = *matrix_cell(v->m, v->row, v->col);
	pthread_mutex_unlock(&v->m->lock);
	err = find_sides(v->m, &c, &left, &right);
	if (err)
		snprintf(v->message, sizeof(v->message), "out of memory");
	else if (!left.found)
		snprintf(v->message, sizeof(v->message), v->m->operations ?
			 "no kernel violates anything with this pair: there is nothing to show" :
			 "nothing in this row is violated so far: there is nothing to show");
	else
		err = debug(v, &left, &right);
	schedule_free(&left.schedule);
	schedule_free(&right.schedule);
	return err == -ENOMEM ? 0 : err;
}

/* ---- the loop ---- */

static void on_key(void *arg, const char *key)
{
	matrix_view_key(arg, key);
}

static void on_render(void *arg, struct grid *g)
{
	matrix_view_render(arg, g);
}

static bool has_left(const void *arg)
{
	const struct matrix_view *v = arg;

	return v->quit || v->open;
}

static void on_change(void *arg)
{
	(void)arg;
	loop_wake();
}

int matrix_screen(struct matrix *m)
{
	struct matrix_view v;
	struct screen_ops s = { .key = on_key, .render = on_render, .left = has_left, .arg = &v };
	int err = 0;

	matrix_view_init(&v, m);
	v.ascii = !tty_utf8();
	pthread_mutex_lock(&m->lock);
	m->on_change = on_change;
	pthread_mutex_unlock(&m->lock);
	while (!err && !v.quit) {
		v.open = false;
		err = loop_run(&s);
		if (!err && v.open)
			err = open_here(&v);
	}
	return err;
}
