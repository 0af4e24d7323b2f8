/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * switches.c - which switches from one task to another a finding needs.
 *
 * A task is held up where another moves although the first is in the middle of an operation and
 * could go on: it is preempted, or what it waited for has come and it is not run.  Such a switch is
 * taken away in four ways: its operation is not begun at all; the task makes its next moves now,
 * those up to where it is held up next, or all to the end of its operation; or the moves that it
 * made before come later, with its next ones.  The rest goes on in the order that it has; who
 * cannot move waits for its turn.  Where that still breaks the property with fewer such switches,
 * at first by the same step and then by any, it is tried with what is left.  Where it breaks it
 * with as many, and the task is held up nowhere in that operation, another can take its place.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/explain/parts.h"

#define TRIED_MAX	3000000	/* moves that are tried, all in all */
#define OUTCOMES_MAX	8	/* of a step that has none of its own planned */
#define RUN_ON_MAX	400	/* that a task makes to the end of its operation */
#define DRAIN_MAX	400	/* that follow a schedule's last */

/* A move with the step that it was, and which of its task's moves it is. */
struct planned {
	struct move move;
	int16_t step;
	bool begins;		/* an operation */
	uint32_t nth;
};

struct plan {
	struct planned *move;	/* owned */
	size_t n;
};

struct trying {
	const struct scenario *s;
	const struct kernel *k;
	uint32_t property;	/* a bit */
	uint64_t tried, passed;	/* moves; and those that were passed over */
	struct world w;
	struct plan made;	/* the moves so far; room for `cap` */
	size_t cap;
	uint32_t *other;	/* tasks that need not be held up there, if others are */
	uint32_t *can;		/* after each: tasks within an operation that can go on, as bits */
	bool breaks;
	bool any_end;		/* what is left may break it by another step */
	uint32_t nth[MAX_TASKS];
};

/* ---- one schedule, tried ---- */

static int step_of_task(const struct world *w, unsigned task)
{
	const struct task *at = &w->task[task];

	return at->depth ? task_at(at, at->depth - 1u) : -1;
}

static bool in_the_middle(const struct trying *y, unsigned task)
{
	const struct task *at = &y->w.task[task];

	return !task_finished(at) && !task_at_start(at, &y->s->program[task]) &&
	       task_enabled(y->s, y->k, &y->w, task, NULL, NULL);
}

/* Enough was tried: what was not found by then is not known. */
static bool exhausted(const struct trying *y)
{
	return y->tried + y->passed / 64 >= TRIED_MAX;
}

/* Make a move: true, or it cannot be made now. */
static bool make(struct trying *y, struct move m)
{
	struct move_tried tried;
	bool begins;

	if (y->made.n == y->cap)
		return false;
	y->tried++;
	if (move_try(y->s, y->k, &y->w, m, &tried))
		return false;
	begins = task_at_start(&y->w.task[m.task], &y->s->program[m.task]);
	y->w = tried.after;
	y->made.move[y->made.n] = (struct planned){ m, tried.step.step, begins,
						    y->nth[m.task]++ };
	y->can[y->made.n] = 0;
	for (unsigned i = 0; i < y->s->tasks; i++)
		y->can[y->made.n] |= (uint32_t)in_the_middle(y, i) << i;
	y->made.n++;
	y->breaks = (tried.step.violated | tried.step.costs) & y->property;
	return true;
}

/* As it was planned; or where the task has come elsewhere, or cannot, with the first outcome. */
static bool make_planned(struct trying *y, const struct planned *p)
{
	struct move m = p->move;

	if (step_of_task(&y->w, m.task) == p->step && make(y, m))
		return true;
	for (m.choice = 0; m.choice < OUTCOMES_MAX; m.choice++)
		if (make(y, m))
			return true;
	return false;
}

/* All moves that are left, in their order; a task that waits is passed over until it can. */
static void make_rest(struct trying *y, const struct plan *rest, bool *done)
{
	size_t from = 0;

	while (!y->breaks && from < rest->n && !exhausted(y)) {
		uint32_t waits = 0;
		bool moved = false;

		for (size_t i = from; i < rest->n && !moved; i++) {
			const struct planned *p = &rest->move[i];

			y->passed++;
			if (done[i] || waits >> p->move.task & 1)
				continue;
			if (task_finished(&y->w.task[p->move.task])) {
				done[i] = true;
				continue;
			}
			moved = make_planned(y, p);
			done[i] |= moved;
			if (!moved)
				waits |= 1u << p->move.task;
		}
		if (!moved)
			break;
		while (from < rest->n && done[from])
			from++;
	}
}

/* A task goes on until it is done with its operation, or waits; its planned moves first. */
static void run_on(struct trying *y, unsigned task, const struct plan *rest, bool *done)
{
	size_t next = 0;

	for (unsigned n = 0; n < RUN_ON_MAX && !y->breaks; n++) {
		struct planned p = { .move = { .task = (uint8_t)task }, .step = -1 };
		bool mine;

		while (next < rest->n && (done[next] || rest->move[next].move.task != task))
			next++;
		mine = next < rest->n;
		if (mine)
			p = rest->move[next];
		if (!make_planned(y, &p))
			return;
		if (mine)
			done[next] = true;
		if (task_finished(&y->w.task[task]) ||
		    task_at_start(&y->w.task[task], &y->s->program[task]))
			return;
	}
}

/* What is still under way comes to its end: each task in turn. */
static void drain(struct trying *y)
{
	size_t end = y->made.n + DRAIN_MAX;

	for (unsigned i = 0; i < y->s->tasks; i++)
		while (!y->breaks && y->made.n < end && y->nth[i] &&
		       !task_at_start(&y->w.task[i], &y->s->program[i]) &&
		       make(y, (struct move){ .task = (uint8_t)i }))
			;
}

/*
 * Is a task held up between moves i and i + 1: it could go on, and another does?  Counted is where
 * that begins: it made move i, or could not go on since its last one.
 */
static bool held_up(const struct plan *p, const uint32_t *can, size_t i, unsigned task)
{
	if (i + 1 >= p->n || !(can[i] >> task & 1) || p->move[i + 1].move.task == task)
		return false;
	for (size_t j = i; p->move[j].move.task != task; j--)
		if (!j || can[j - 1] >> task & 1)
			return false;
	return true;
}

static unsigned held_ups(const struct trying *y)
{
	unsigned n = 0;

	for (size_t i = 0; i + 1 < y->made.n; i++)
		for (unsigned task = 0; task < y->s->tasks; task++)
			n += held_up(&y->made, y->can, i, task);
	return n;
}

static void restart(struct trying *y)
{
	scenario_start(y->s, y->k, &y->w);
	memset(y->nth, 0, sizeof(y->nth));
	y->made.n = 0;
	y->breaks = false;
}

/* Try a schedule; behind its first `on` moves (0: nowhere) a task runs on. */
static int try_plan(struct trying *y, const struct plan *p, size_t on, unsigned task)
{
	bool *done = calloc(p->n + 1, sizeof(*done));

	if (!done)
		return -ENOMEM;
	restart(y);
	if (on) {
		const struct plan before = { p->move, on };

		make_rest(y, &before, done);
		run_on(y, task, p, done);
	}
	make_rest(y, p, done);
	drain(y);
	free(done);
	return 0;
}

/* ---- a switch less ---- */

/* Where a task's moves of one go end, from `at` on; where they begin that end at `at`. */
static size_t go_end(const struct plan *p, size_t at)
{
	size_t i = at;

	while (i < p->n && p->move[i].move.task == p->move[at].move.task)
		i++;
	return i;
}

static size_t go_begin(const struct plan *p, size_t at)
{
	while (at && p->move[at - 1].move.task == p->move[at].move.task)
		at--;
	return at;
}

/* A task's next move after one, or p->n; its last one up to there, or SIZE_MAX. */
static size_t next_of(const struct plan *p, size_t after, unsigned task)
{
	size_t i = after + 1;

	while (i < p->n && p->move[i].move.task != task)
		i++;
	return i;
}

static size_t last_of(const struct plan *p, size_t at, unsigned task)
{
	while (at != SIZE_MAX && p->move[at].move.task != task)
		at--;
	return at;
}

/* out is a copy of p in which moves a .. b and b .. c have changed places. */
static void turned(const struct plan *p, struct plan *out, size_t a, size_t b, size_t c)
{
	size_t n = 0;

	memcpy(out->move, p->move, p->n * sizeof(p->move[0]));
	out->n = p->n;
	for (size_t i = b; i < c; i++)
		out->move[a + n++] = p->move[i];
	for (size_t i = a; i < b; i++)
		out->move[a + n++] = p->move[i];
}

/* out is a copy of p without a task's moves from the operation on that it is in at `at`. */
static void left_out(const struct plan *p, struct plan *out, size_t at, unsigned task)
{
	size_t from = at;

	while (from && !(p->move[from].move.task == task && p->move[from].begins))
		from--;
	out->n = 0;
	for (size_t i = 0; i < p->n; i++)
		if (i < from || p->move[i].move.task != task)
			out->move[out->n++] = p->move[i];
}

/* Those first that leave who does what as it is. */
enum way { LEAVE_OUT, NEXT_NOW, BEFORE_LATER, RUN_ON, WAYS };

/* With `task` not held up behind move `at`, in one of the ways.  1: tried; 0: there is no such. */
static int without(struct trying *y, const struct plan *p, struct plan *room, size_t at,
		   unsigned task, enum way way)
{
	size_t next = next_of(p, at, task), last = last_of(p, at, task);
	int r;

	if (way == RUN_ON) {
		r = try_plan(y, p, at + 1, task);
		return r ? r : 1;
	}
	if (way == LEAVE_OUT) {
		left_out(p, room, at, task);
		r = try_plan(y, room, 0, 0);
		return r ? r : 1;
	}
	if (next >= p->n || (way == BEFORE_LATER && last == SIZE_MAX))
		return 0;
	if (way == NEXT_NOW)
		turned(p, room, at + 1, next, go_end(p, next));
	else
		turned(p, room, go_begin(p, last), last + 1, next);
	r = try_plan(y, room, 0, 0);
	return r ? r : 1;
}

/* The move that began the operation which a task is in at move `at`; which of its moves it is. */
static uint32_t operation(const struct plan *p, size_t at, unsigned task)
{
	while (at && !(p->move[at].move.task == task && p->move[at].begins))
		at--;
	return p->move[at].nth;
}

/* In what was tried last: is the task held up in that operation, wherever in it? */
static bool held_up_in(const struct trying *y, unsigned task, uint32_t nth)
{
	for (size_t i = 0; i + 1 < y->made.n; i++)
		if (held_up(&y->made, y->can, i, task) && operation(&y->made, i, task) == nth)
			return true;
	return false;
}

/* Is it the same task's same step that breaks it? */
static bool ends_like(const struct plan *a, const struct plan *b)
{
	const struct planned *x = &a->move[a->n - 1], *y = &b->move[b->n - 1];

	return x->move.task == y->move.task && x->step == y->step;
}

/* The same in all ways.  1: it breaks all the same, with fewer of them than `had`. */
static int not_held_up(struct trying *y, const struct plan *p, struct plan *room, size_t at,
		       unsigned task, unsigned had)
{
	for (int way = 0; way < WAYS && !exhausted(y); way++) {
		int r = without(y, p, room, at, task, (enum way)way);

		if (r < 0)
			return r;
		if (r && y->breaks && held_ups(y) < had &&
		    (y->any_end || ends_like(&y->made, p)))
			return 1;
		if (r && y->breaks && !held_up_in(y, task, operation(p, at, task)))
			y->other[at] |= 1u << task;
	}
	return 0;
}

/* One less than *p has, if that breaks it too: 1, and *p is that; 0; or -ENOMEM. */
static int one_less(struct trying *y, struct plan *p, struct plan *room)
{
	uint32_t *can;
	unsigned had;
	int r = try_plan(y, p, 0, 0);

	if (r || !y->breaks)
		return r;
	had = held_ups(y);
	p->n = y->made.n;	/* what comes after is of no interest */
	memcpy(p->move, y->made.move, p->n * sizeof(p->move[0]));
	can = malloc((p->n + 1) * sizeof(*can));
	if (!can)
		return -ENOMEM;
	memcpy(can, y->can, p->n * sizeof(*can));
	memset(y->other, 0, y->cap * sizeof(*y->other));
	for (size_t i = 0; i + 1 < p->n && !r; i++)
		for (unsigned task = 0; task < y->s->tasks && !r; task++)
			if (held_up(p, can, i, task))
				r = not_held_up(y, p, room, i, task, had);
	free(can);
	if (r <= 0)
		return r;
	memcpy(p->move, y->made.move, y->made.n * sizeof(p->move[0]));
	p->n = y->made.n;
	return 1;
}

/* ---- what is told of it ---- */

/* The transition of the run that is a task's move number `nth`, from 0; 0: it made no such. */
static uint64_t nth_move(const struct execution *x, unsigned task, uint32_t nth)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->step[i].move.task == task && !nth--)
			return i + 1;
	return 0;
}

/*
 * Which transition of the run move `at` of the shorter one is.  A task that does the same again and
 * again has made that move often: counted back from the end, where the finding is, it is the same
 * one, unless the task ran on further; then it is counted from the start.  0: it is no such.
 */
static uint64_t recorded(const struct plan *made, const struct execution *x, size_t at)
{
	const struct planned *p = &made->move[at];
	unsigned task = p->move.task;
	uint32_t behind = 0, all = 0;
	uint64_t is;

	for (size_t i = at + 1; i < made->n; i++)
		behind += made->move[i].move.task == task;
	for (size_t i = 0; i < x->n; i++)
		all += x->step[i].move.task == task;
	is = behind < all ? nth_move(x, task, all - behind - 1) : 0;
	if (is && x->step[is - 1].step == p->step)
		return is;
	is = nth_move(x, task, p->nth);
	return is && x->step[is - 1].step == p->step ? is : 0;
}

/* Where a task stands: in which operation, before which step; either may be NULL. */
static void say_switch(struct explanation *e, struct trace *t, struct explain_switch *s,
		       bool preempted, const char *op, const char *next)
{
	if (preempted)
		add_text(s->text, sizeof(s->text), "%.40s is preempted", task_called(t, s->from));
	else
		add_text(s->text, sizeof(s->text), "%.40s could go on, and is not run",
			 task_called(t, s->from));
	if (s->at)
		add_text(s->text, sizeof(s->text), " after step %llu", (unsigned long long)s->at);
	if (op)
		add_text(s->text, sizeof(s->text), ", in %.60s()", op);
	if (next)
		add_text(s->text, sizeof(s->text), " before '%.120s'", next);
	add_text(s->text, sizeof(s->text), ", and %.40s runs", task_called(t, s->to));
	if (s->on && s->on <= e->position)
		add_text(s->text, sizeof(s->text), "; it goes on at step %llu",
			 (unsigned long long)s->on);
}

/* One that is left, as transitions of the run that was recorded. */
static void tell_one(struct explanation *e, struct trace *t, const struct trying *y,
		     const struct execution *x, size_t i, unsigned task)
{
	const struct planned *p = &y->made.move[i], *last, *next = NULL;
	size_t before = last_of(&y->made, i, task), after = next_of(&y->made, i, task);
	struct explain_switch *s = &e->needed[e->switches];

	if (e->switches++ >= EXPLAIN_SWITCHES)
		return;
	*s = (struct explain_switch){ .from = task, .to = p[1].move.task };
	s->at = recorded(&y->made, x, i);
	if (after < y->made.n)
		next = &y->made.move[after];
	s->other = y->other[i] >> task & 1;
	if (next)
		s->on = recorded(&y->made, x, after);
	if (s->on < s->at)
		s->on = 0;
	last = before == SIZE_MAX ? NULL : &y->made.move[before];
	say_switch(e, t, s, p->move.task == task,
		   last ? step_op_name(step_at((size_t)(next ? next : last)->step)) : NULL,
		   next ? step_at((size_t)next->step)->text : NULL);
}

static void tell(struct explanation *e, struct trace *t, const struct trying *y,
		 const struct execution *x)
{
	for (size_t i = 0; i + 1 < y->made.n; i++)
		for (unsigned task = 0; task < y->s->tasks; task++)
			if (held_up(&y->made, y->can, i, task))
				tell_one(e, t, y, x, i, task);
}

static char *schedule_of(const struct trying *y)
{
	struct schedule s = { 0 };
	char *text = NULL;
	int r = 0;

	for (size_t i = 0; i < y->made.n && !r; i++)
		r = schedule_add(&s, y->made.move[i].move);
	if (!r)
		text = schedule_text(y->s, &s);
	schedule_free(&s);
	return text;
}

static int take_all_away(struct explanation *e, struct trace *t, struct trying *y,
			 const struct execution *x, struct plan *p, struct plan *room)
{
	int r = try_plan(y, p, 0, 0);
	bool spent;

	if (r || !y->breaks)
		return r;
	e->preemptions = held_ups(y);
	for (int end = 0; end < 2 && !r; end++) {
		y->any_end = end;
		do
			r = one_less(y, p, room);
		while (r > 0);
	}
	spent = exhausted(y);
	y->tried = y->passed = 0;
	if (!r)
		r = try_plan(y, p, 0, 0);
	if (r || !y->breaks)
		return r;
	e->how = spent ? SWITCHES_BOUNDED : SWITCHES_TRIED;
	tell(e, t, y, x);
	e->shortest = schedule_of(y);
	return e->shortest ? 0 : -ENOMEM;
}

int switches_needed(struct explanation *e, struct trace *t, const struct again *a)
{
	int property = property_find(e->property);
	struct trying y = { .s = &a->s, .k = &a->x.kernel, .cap = 2 * a->x.n + 2 * RUN_ON_MAX };
	struct plan p = { 0 }, room = { 0 };
	uint32_t nth[MAX_TASKS] = { 0 };
	int r = -ENOMEM;

	if (property < 0)
		return 0;
	y.property = 1u << property;
	y.made.move = calloc(y.cap + 1, sizeof(y.made.move[0]));
	y.can = calloc(y.cap + 1, sizeof(y.can[0]));
	y.other = calloc(y.cap + 1, sizeof(y.other[0]));
	p.move = calloc(y.cap + 1, sizeof(p.move[0]));
	room.move = calloc(y.cap + 1, sizeof(room.move[0]));
	if (y.made.move && y.can && y.other && p.move && room.move) {
		for (size_t i = 0; i < a->x.n; i++) {
			const struct exec_step *s = &a->x.step[i];

			p.move[p.n++] = (struct planned){ s->move, s->step, false,
							  nth[s->move.task]++ };
		}
		r = take_all_away(e, t, &y, &a->x, &p, &room);
	}
	free(y.made.move);
	free(y.can);
	free(y.other);
	free(p.move);
	free(room.move);
	return r;
}

/* ---- where nothing can be tried ---- */

static uint64_t first_step_of(struct trace *t, uint32_t task, uint64_t after, uint64_t end)
{
	for (uint64_t at = after; at <= end; at++)
		if (mover(t, at) == task)
			return at;
	return 0;
}

/* What matters of another task while the operation of link `of` was under way; -1: nothing. */
static int meanwhile(const struct explanation *e, struct trace *t, unsigned of)
{
	uint64_t from = operation_begun(t, e->link[of].at);

	for (unsigned i = of; from && i-- > 0;)
		if (e->link[i].task != e->link[of].task && e->link[i].at > from)
			return (int)i;
	return -1;
}

/* The last operation that matters in which another task came between. */
void switches_read(struct explanation *e, struct trace *t)
{
	for (unsigned i = e->links; i-- > 0;) {
		int other = meanwhile(e, t, i);
		struct explain_switch *s = &e->needed[0];
		uint32_t task = e->link[i].task;
		uint64_t at;

		if (other < 0)
			continue;
		/* it is a switch to all that comes after the task's last step before that */
		at = last_step_of(t, task, e->link[other].at);
		*s = (struct explain_switch){ .at = at, .from = task, .to = e->link[other].task };
		s->on = first_step_of(t, task, e->link[other].at + 1, e->position);
		e->switches = 1;
		e->how = SWITCHES_READ;
		say_switch(e, t, s, true, step_of(t, at)->op, NULL);
		return;
	}
}
