/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * why.c - what turns a claim away.
 *
 * The event that does not come is one of a task.  What that task ever does, in any run, is a graph
 * of its stacks, with what steps come to on its edges.  In that graph every stack has a distance to
 * the event.  Of the stacks that the task has while as much of the claim is done as can be, the
 * nearest is where it is turned away: it waits there, or its step comes to something else.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/hand/session.h"
#include "replay/judge/parts.h"

#define FAR	UINT16_MAX
#define STACKS	65536

/* An edge of a task's graph. */
struct edge {
	uint16_t from, to;
	uint16_t result;	/* RESULT() number + 1 */
	uint16_t event;		/* it is the event */
};

/* What the task does where the claim stands. */
struct here {
	uint32_t node, moves_node;	/* the first that has it so; and moves: + 1, 0: none */
};

struct quest {
	struct product *p;
	unsigned e, task;
	unsigned frame;			/* of the call that the event is to be made in; 0: any */
	const struct node *best;
	struct store edges;
	struct store seen;		/* shared memory and stack: looked at */
	uint16_t *distance;		/* by stack */
	struct here *here;		/* by stack */
	bool any_event;			/* somewhere the event is made */
	bool any_stand;			/* or its step is stood at */
	bool any_finished;
	uint32_t finished_node;
	uint64_t nodes;			/* that have as much of the claim */
};

/* ---- what the task ever does ---- */

static bool is_target(const struct quest *q, const struct state_row *row, const struct effect *e)
{
	struct matcher *m = &q->p->m;

	if (m->stands >> q->e & 1)
		return stands_at(m, q->e, e->stack);
	return is_event(m, q->e, row->mem, row->task[q->task], q->task, effect_choice(e));
}

static int add_edges(struct quest *q, const struct state_row *row)
{
	struct graph *g = q->p->g;
	uint16_t stack = row->task[q->task];
	uint32_t pair[2] = { row->mem, stack };
	struct effect copy[CHOICES_MAX];
	const struct effect *e;
	unsigned n;
	bool added;

	if (g->stack_step[stack] < 0)
		return 0;
	if (store_add(&q->seen, pair, store_hash(&q->seen, pair), &added) == STORE_NONE)
		return -ENOMEM;
	if (!added)
		return 0;
	q->any_stand |= may_be(&q->p->m, q->e, stack);
	e = graph_effects(g, row->mem, stack, q->task, &n);
	memcpy(copy, e, n * sizeof(*e));
	for (unsigned i = 0; i < n; i++) {
		const struct result *r = move_result(&q->p->m, row->mem, stack, q->task,
						     effect_choice(&copy[i]));
		struct edge edge = { stack, copy[i].stack, r ? (uint16_t)(r->number + 1) : 0,
				     is_target(q, row, &copy[i]) };

		q->any_event |= edge.event;
		if (q->frame && !edge.event &&
		    !still_running(&q->p->m, q->frame, row->mem, stack, edge.to, q->task,
				   effect_choice(&copy[i])))
			continue;	/* it leads out of the call that is to have it */
		if (store_add(&q->edges, &edge, store_hash(&q->edges, &edge), &added) ==
		    STORE_NONE)
			return -ENOMEM;
	}
	return g->out_of_memory ? -ENOMEM : 0;
}

/* Rounds over all edges, until no distance becomes smaller: there are few of them. */
static void measure(struct quest *q)
{
	bool again = true;

	memset(q->distance, 0xff, STACKS * sizeof(*q->distance));
	for (uint32_t i = 0; i < q->edges.count; i++) {
		const struct edge *e = store_row(&q->edges, i);

		if (q->any_event ? e->event : may_be(&q->p->m, q->e, e->from))
			q->distance[e->from] = 0;
	}
	while (again) {
		again = false;
		for (uint32_t i = 0; i < q->edges.count; i++) {
			const struct edge *e = store_row(&q->edges, i);

			if (q->distance[e->to] == FAR ||
			    q->distance[e->from] <= q->distance[e->to] + 1)
				continue;
			q->distance[e->from] = (uint16_t)(q->distance[e->to] + 1);
			again = true;
		}
	}
}

/* ---- what it does here ---- */

static bool is_here(const struct quest *q, const struct node *n)
{
	return !((n->bind ^ q->best->bind) & ~BOUND_SEEN) &&
	       node_progress(n) == node_progress(q->best);
}

static void look_here(struct quest *q, uint32_t number)
{
	struct graph *g = q->p->g;
	const struct state_row *row = graph_row(g, product_node(q->p, number)->state);
	uint16_t stack = row->task[q->task];
	struct here *h = &q->here[stack];
	unsigned n = 0;

	q->nodes++;
	if (g->stack_step[stack] < 0) {
		if (!q->any_finished)
			q->finished_node = number;
		q->any_finished = true;
		return;
	}
	if (!h->node)
		h->node = number + 1;
	if (!h->moves_node && !(graph_preempted(g, row) >> q->task & 1))
		graph_effects(g, row->mem, stack, q->task, &n);
	if (n)
		h->moves_node = number + 1;
}

/* The nearest stack to the event that the task has here; STACKS: none leads there. */
static unsigned nearest(const struct quest *q)
{
	unsigned best = STACKS;

	for (unsigned s = 0; s < STACKS; s++) {
		if (!q->here[s].node || q->distance[s] == FAR)
			continue;
		if (best == STACKS || q->distance[s] < q->distance[best] ||
		    (q->distance[s] == q->distance[best] && q->here[s].node < q->here[best].node))
			best = s;
	}
	return best;
}

/* ---- words ---- */

struct words {
	char *to;
	size_t size;
};

static void say(struct words *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct words *w, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(w->to, w->size, format, ap);
	va_end(ap);
	if (n > 0) {
		size_t used = (size_t)n < w->size ? (size_t)n : w->size - 1;

		w->to += used;
		w->size -= used;
	}
}

/* What a test looks at, as bytes of the world; and what that is called. */
struct looked_at {
	size_t at, size;
	char what[48];
};

#define AT(member)	offsetof(struct world, mem.member)

static bool looks(struct looked_at *l, size_t at, size_t size, const char *what, unsigned number)
{
	*l = (struct looked_at){ .at = at, .size = size };
	snprintf(l->what, sizeof(l->what), "%.32s %u", what, number);
	return true;
}

static bool has(const char *text, const char *a, const char *b, const char *c)
{
	return strstr(text, a) || strstr(text, b) || strstr(text, c);
}

static bool what_is_tested(const char *text, const struct frame *f, struct looked_at *l)
{
	const size_t slot = f->swp * sizeof(struct slot);
	const bool of_slot = f->swp < MAX_SLOTS;

	if (f->page < MAX_PAGES && has(text, "pte_same", "ptep_get", "access the page"))
		return looks(l, AT(page) + f->page * sizeof(struct vpage), 3, "the PTE of page",
			     f->page);
	if (of_slot && has(text, "swap_count", "swap count", "swap_map"))
		return looks(l, AT(slot[0].swap_map) + slot, 1, "swap_map of slot", f->swp);
	if (of_slot && has(text, "cache_get_folio(", "filemap_get_folio(", "swap_cache_add_folio"))
		return looks(l, AT(slot[0].cache) + slot, sizeof(obj_t), "the swap cache of slot",
			     f->swp);
	if (of_slot && strstr(text, "zswap_rb_"))
		return looks(l, AT(slot[0].entry) + slot, sizeof(obj_t), "zswap's tree at slot",
			     f->swp);
	if (f->folio && f->folio < MAX_FOLIOS && strstr(text, "folio_matches"))
		return looks(l, AT(folio[0].swp) + f->folio * sizeof(struct folio), sizeof(obj_t),
			     "the slot of folio", f->folio);
	return false;
}

/* "the PTE of page 0 is as T1 left it at 14 (set_pte_at())" */
static void say_who_set(struct words *w, const struct execution *x, const struct looked_at *l)
{
	for (size_t n = x->n; n; n--) {
		const uint8_t *now = (const uint8_t *)&x->world[n] + l->at;
		const uint8_t *before = (const uint8_t *)&x->world[n - 1] + l->at;
		const struct exec_step *made = &x->step[n - 1];

		if (!memcmp(now, before, l->size))
			continue;
		say(w, ": %s is as %s left it at %zu, %.80s", l->what,
		    x->scenario->program[made->move.task].name, n,
		    step_at((size_t)made->step)->text);
		return;
	}
	say(w, ": %s is as it was at the start", l->what);
}

static void say_missing(struct words *w, const struct quest *q, unsigned stack, const char *is)
{
	const char *sep = ", never ";
	uint64_t told[8] = { 0 };

	for (uint32_t i = 0; i < q->edges.count; i++) {
		const struct edge *e = store_row(&q->edges, i);
		bool nearer = q->distance[stack] ? q->distance[e->to] < q->distance[stack] :
			      e->event;

		if (e->from != stack || !nearer || !e->result || e->result > 512 ||
		    (told[(e->result - 1) / 64] >> (e->result - 1) % 64 & 1))
			continue;
		told[(e->result - 1) / 64] |= UINT64_C(1) << (e->result - 1) % 64;
		if (!strcmp(result_at(e->result - 1u)->text, is))
			continue;
		say(w, "%s'%s'", sep, result_at(e->result - 1u)->text);
		sep = " or ";
	}
}

/* The task makes its step here, and it comes to something else. */
static void say_other(struct words *w, const struct quest *q, const struct execution *x,
		      unsigned stack)
{
	const struct task *t = &execution_now(x)->task[q->task];
	const char *name = x->scenario->program[q->task].name;
	struct looked_at looked;
	struct move_tried tried;
	char why[HAND_TEXT_MAX];
	struct blame b;

	for (unsigned choice = 0; choice < CHOICES_MAX; choice++) {
		struct move m = { (uint8_t)q->task, (uint8_t)choice };
		const char *text;

		if (move_try(x->scenario, &x->kernel, execution_now(x), m, &tried))
			continue;
		text = step_at((size_t)tried.step.step)->text;
		say(w, "%s comes to '%.100s'", name, text);
		if (tried.step.result)
			say(w, ", and that is '%s'", tried.step.result);
		say_missing(w, q, stack, tried.step.result ? tried.step.result : "");
		why_result(x, x->n, q->task, &tried.step, &b, why);
		if (*why)
			say(w, ": %s", why);
		else if (tried.step.result && t->depth &&
			 what_is_tested(text, &t->frame[t->depth - 1], &looked))
			say_who_set(w, x, &looked);
		say(w, "\n");
		return;
	}
}

/* It cannot move here: why, from the run that leads here. */
static void say_blocked(struct words *w, const struct quest *q, const struct execution *x)
{
	char why[HAND_TEXT_MAX];
	const struct task *t = &execution_now(x)->task[q->task];
	int step = t->depth ? task_at(t, t->depth - 1u) : -1;

	hand_why_not(x, x->n, (struct move){ (uint8_t)q->task, 0 }, why);
	if (step >= 0)
		say(w, "%s stands at '%.100s' and cannot make it: %s\n",
		    x->scenario->program[q->task].name, step_at((size_t)step)->text, why);
	else
		say(w, "%s\n", why);
}

/* ---- a quest ---- */

static void quest_free(struct quest *q)
{
	store_free(&q->edges);
	store_free(&q->seen);
	free(q->distance);
	free(q->here);
}

static int quest_make(struct quest *q)
{
	int err;

	q->distance = malloc(STACKS * sizeof(*q->distance));
	q->here = calloc(STACKS, sizeof(*q->here));
	err = q->distance && q->here ? store_init(&q->edges, sizeof(struct edge)) : -ENOMEM;
	if (!err)
		err = store_init(&q->seen, 2 * sizeof(uint32_t));
	for (uint32_t n = 0; n < q->p->nodes.count && !err; n++) {
		struct state_row row = { 0 };

		memcpy(&row, graph_row(q->p->g, product_node(q->p, n)->state),
		       q->p->g->states.row_size);
		err = add_edges(q, &row);
	}
	if (err)
		return err;
	measure(q);
	for (uint32_t n = 0; n < q->p->nodes.count; n++)
		if (is_here(q, product_node(q->p, n)))
			look_here(q, n);
	return 0;
}

/* Stand in a node, and tell its way instead of the one that was told. */
static int stand_in(const struct quest *q, struct judged *v, uint32_t node, struct execution *x)
{
	const struct node *n = product_node(q->p, node);
	const struct way_end end = { node, n->bind, node_progress(n), { 0 }, false };
	int err;

	schedule_free(&v->schedule);
	v->done = 0;
	v->violated = 0;
	memset(v->is_done, 0, sizeof(v->is_done));
	err = tell_way(q->p, v, &end);
	if (!err)
		err = execution_init(x, q->p->g->scenario, &q->p->g->kernel);
	return err ? err : execution_run(x, &v->schedule);
}

/* The call that is to have the event goes on without: the last that it came to. */
static int say_call_over(struct words *w, const struct quest *q, const struct judged *v)
{
	const struct claim_text *c = q->p->c;
	const unsigned scope = (unsigned)c->event[q->e].scope;
	const char *name = q->p->g->scenario->program[q->task].name;
	struct execution x;
	char why[HAND_TEXT_MAX];
	struct blame b;
	int err = execution_init(&x, q->p->g->scenario, &q->p->g->kernel);

	if (err)
		return err;
	err = execution_run(&x, &v->schedule);
	say(w, "in that call of %s, line %u, %s does not come to it any more",
	    c->event[scope].is.name, c->event[scope].line, name);
	for (size_t n = x.n; !err && n && n >= v->made[scope]; n--) {
		const struct exec_step *made = &x.step[n - 1];

		if (made->move.task != q->task || !made->result)
			continue;
		say(w, ": '%.90s' was '%s' at %zu", step_at((size_t)made->step)->text, made->result,
		    n);
		why_result(&x, n - 1, q->task, made, &b, why);
		if (*why)
			say(w, ", for %s", why);
		break;
	}
	say(w, "\n");
	execution_free(&x);
	return err;
}

static int answer(struct quest *q, struct judged *v, struct words *w, bool stand)
{
	const char *name = q->p->g->scenario->program[q->task].name;
	unsigned stack = nearest(q);
	struct execution x = { 0 };
	struct judged other = *v;
	uint32_t node;
	int err;

	if (!q->any_event && !q->any_stand) {
		say(w, "no run under this kernel has %s make that step, whatever the others do; is "
		    "the line read as it is meant?\n", name);
		return 0;
	}
	if (!q->any_event)
		say(w, "%s never comes to that in any run under this kernel, whatever the others "
		    "do; is the line read as it is meant?\n", name);
	if (stack == STACKS && q->frame)
		return say_call_over(w, q, v);
	if (stack == STACKS && !q->any_finished) {
		say(w, "what %s does from there on does not lead to it again\n", name);
		return 0;
	}
	node = stack == STACKS ? q->finished_node : (q->here[stack].moves_node ?
	       q->here[stack].moves_node : q->here[stack].node) - 1;
	other.schedule = (struct schedule){ 0 };
	err = stand_in(q, stand ? v : &other, node, &x);
	if (!err && stack != STACKS && q->here[stack].moves_node)
		say_other(w, q, &x, stack);
	else if (!err)
		say_blocked(w, q, &x);
	execution_free(&x);
	if (!stand)
		schedule_free(&other.schedule);
	return err;
}

static int ask(struct product *p, struct judged *v, struct words *w, unsigned e, unsigned task,
	       bool stand)
{
	struct quest q = { .p = p, .e = e, .task = task };
	struct node best = *product_node(p, p->best_node);
	int err;

	q.best = &best;
	if (p->c->event[e].scope >= 0)
		q.frame = best.level >> BIND_BITS * p->c->event[e].column & 0xf;
	err = quest_make(&q);
	if (q.nodes)
		v->prefixes = q.nodes;
	if (!err)
		err = answer(&q, v, w, stand);
	quest_free(&q);
	return err;
}

int judge_why(struct product *p, struct judged *v)
{
	const struct node best = *product_node(p, p->best_node);
	struct words w = { v->why, sizeof(v->why) };
	uint32_t tasks = 0, used = 0;
	unsigned column = 0;
	int err = 0;

	for (unsigned c = 0; c < p->c->columns; c++) {
		int e = next_event(p, node_progress(&best), c), task = bound_task(best.bind, c);

		used |= task < 0 ? 0 : 1u << task;
		if (e >= 0 && (v->next < 0 || e < v->next)) {
			v->next = e;
			column = c;
		}
	}
	for (uint32_t n = 0; n < p->nodes.count; n++)
		v->prefixes += node_progress(product_node(p, n)) == node_progress(&best);
	if (v->next < 0)
		return 0;		/* all of it is done; the outcome does not come */
	tasks = bound_task(best.bind, column) >= 0 ? 1u << bound_task(best.bind, column) :
		p->can[column] & ~used;
	v->by = tasks && !(tasks & (tasks - 1)) ? __builtin_ctz(tasks) : -1;
	for (bool first = true; tasks && !err; tasks &= tasks - 1, first = false)
		err = ask(p, v, &w, (unsigned)v->next, (unsigned)__builtin_ctz(tasks), first);
	if (!*v->why)
		say(&w, "no task is left that could make it\n");
	return err;
}
