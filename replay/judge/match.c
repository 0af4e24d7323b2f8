/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * match.c - is a move of a task an event of the claim?
 *
 * Most are told by the step at which the task stands, which its stack says.  What a step comes to,
 * and which functions it enters and leaves, is asked by making it once more; answers are kept in a
 * cache that forgets.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/judge/parts.h"

static const struct task *stack_of(const struct graph *g, uint16_t stack)
{
	return store_row(&g->stacks, stack);
}

/* ---- making it once more ---- */

static const struct made *make(struct matcher *m, uint32_t mem, uint16_t stack, unsigned task,
			       unsigned choice)
{
	uint64_t x = ((uint64_t)mem << 24 ^ (uint64_t)stack << 8 ^ task << 4 ^ choice) *
		     0x9e3779b97f4a7c15u;
	struct made *made = &m->made[x >> (64 - MADE_BITS)];
	struct graph *g = m->g;
	struct step_ctx c = { .k = &g->kernel, .hw = &g->scenario->hw, .task = (uint8_t)task,
			      .choice = (obj_t)choice };
	struct mem memory;
	struct task t;

	if (made->known && made->mem == mem && made->stack == stack && made->task == task &&
	    made->choice == choice)
		return made;
	*made = (struct made){ .mem = mem, .stack = stack, .task = (uint8_t)task,
			       .choice = (uint8_t)choice, .known = true };
	c.calls = &made->calls;
	graph_mem(g, mem, &memory);
	t = *stack_of(g, stack);
	task_step(&c, &memory, &t, &g->scenario->program[task]);
	made->result = c.result;
	return made;
}

const struct result *move_result(struct matcher *m, uint32_t mem, uint16_t stack, unsigned task,
				 unsigned choice)
{
	return make(m, mem, stack, task, choice)->result;
}

/* ---- what it came to ---- */

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* Of a step that can say "got it", "locked" is a refusal. */
static bool could_get_it(const struct result *r)
{
	for (size_t i = 0; i < result_count(); i++)
		if (results_alike(result_at(i), r) && begins(result_at(i)->text, "got it"))
			return true;
	return false;
}

static bool says_no(const struct result *r)
{
	static const char *const no[] = {
		"no", "miss", "gone", "changed", "-E", "rejected", "LRU is empty", "cannot",
		"get_swap_device()", "VM_FAULT_RETRY", "under writeback", "mapped: keep",
		"extra reference", "referenced or dirty", "zswap is off",
	};

	if (!r)
		return false;
	if (begins(r->text, "locked"))
		return could_get_it(r);
	if (begins(r->text, "not needed") || begins(r->text, "not asked"))
		return false;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (begins(r->text, no[i]))
			return true;
	return false;
}

static const char *errno_text(int value)
{
	switch (value) {
	case -EEXIST:	return "-EEXIST";
	case -ENOENT:	return "-ENOENT";
	case -ENOMEM:	return "-ENOMEM";
	case -EAGAIN:	return "-EAGAIN";
	case -EINVAL:	return "-EINVAL";
	case -EIO:	return "-EIO";
	case -EFAULT:	return "-EFAULT";
	default:	return NULL;
	}
}

static bool text_comes(const struct comes_to *c, const struct result *r)
{
	const char *text = r ? r->text : "", *name;

	switch (c->kind) {
	case COMES_TEXT:
		return begins(text, c->text);
	case COMES_VALUE:
		name = errno_text(c->value);
		if (name)
			return strstr(text, name);
		return c->value == 0 && (!r || (!says_no(r) && !strstr(text, "-E")));
	case COMES_NULL:
		return says_no(r);
	case COMES_THERE:
		return r && !says_no(r);
	case COMES_FAILS:
		return says_no(r) || strstr(text, "-E") || strstr(text, "VM_FAULT");
	case COMES_WELL:
		return !says_no(r) && !strstr(text, "-E") && !strstr(text, "VM_FAULT");
	default:
		return true;
	}
}

/* Functions that return whether, or a pointer: 0 is a failure. */
static bool returns_whether(unsigned function)
{
	return function == OP_zswap_load || function == OP_zswap_store ||
	       function == OP_folio_free_swap || function == OP_folio_alloc_swap ||
	       function == OP___read_swap_cache_async || function == OP___try_to_reclaim_swap ||
	       function == OP_swapin_bypass || function == PROBE_swap_cache_get_folio;
}

static bool value_comes(const struct comes_to *c, unsigned function, int value)
{
	bool failed = value < 0 || (!value && returns_whether(function));

	switch (c->kind) {
	case COMES_VALUE:
		/* zswap_load() says so from v6.15 on, here it returns whether */
		if (function == OP_zswap_load && c->value == -ENOENT)
			return !value;
		return value == c->value;
	case COMES_NULL:
		return !value;
	case COMES_THERE:
		return value && !failed;
	case COMES_FAILS:
		return failed;
	case COMES_WELL:
		return !failed;
	default:
		return c->kind == COMES_ANY;
	}
}

/* ---- functions that a step enters and leaves ---- */

static bool wanted_function(const struct meaning *is, unsigned function)
{
	if (function >= PROBE_BASE)
		return is->probe >> (function - PROBE_BASE) & 1;
	return is->op >> function & 1;
}

/*
 * A probe's function is called in the step; an operation is left in it, where it is asked what it
 * came to, or is begun and over in it.
 */
static bool calls_match(const struct claim_event *e, const struct probe_calls *calls)
{
	unsigned n = calls->n < PROBE_CALLS_MAX ? calls->n : PROBE_CALLS_MAX;

	for (unsigned i = 0; i < n; i++) {
		const struct probe_call *call = &calls->call[i];
		bool returns = probe_returns(call->kind), entered = false;

		if (!wanted_function(&e->is, call->function))
			continue;
		if (call->function >= PROBE_BASE && !returns && e->comes.kind == COMES_ANY)
			return true;
		if (!returns)
			continue;
		for (unsigned j = 0; j < i; j++)
			entered |= calls->call[j].function == call->function &&
				   !probe_returns(calls->call[j].kind);
		if (e->comes.kind == COMES_ANY ? entered && call->function < PROBE_BASE :
		    value_comes(&e->comes, call->function, call->value))
			return true;
	}
	return false;
}

/* ---- where a task stands ---- */

/* Has operation `op` just been called, or begun?  It and what it called stand at their entries. */
static bool just_entered(const struct matcher *m, const struct task *t, enum op op)
{
	for (unsigned i = t->depth; i--;) {
		if (t->frame[i].pc != m->entry[t->frame[i].op])
			return false;
		if (t->frame[i].op == op)
			return true;
	}
	return false;
}

bool stands_at(const struct matcher *m, unsigned e, uint16_t stack)
{
	const struct task *t = stack_of(m->g, stack);

	for (enum op op = 1; op < OP_COUNT; op++)
		if ((m->c->event[e].is.op >> op & 1) && just_entered(m, t, op))
			return true;
	return false;
}

bool may_be(const struct matcher *m, unsigned e, uint16_t stack)
{
	const struct claim_event *event = &m->c->event[e];
	int step = m->g->stack_step[stack];

	if (step < 0)
		return false;
	if (step_in(&event->is.step, step))
		return true;
	return event->comes.kind == COMES_ANY && (m->may[step] >> e & 1) &&
	       stands_at(m, e, stack);
}

unsigned frame_of(const struct matcher *m, unsigned e, uint16_t stack)
{
	const struct task *t = stack_of(m->g, stack);

	for (unsigned i = t->depth; m->opens[e] && i--;) {
		if (t->frame[i].pc != m->entry[t->frame[i].op])
			return 0;
		if (t->frame[i].op == m->opens[e])
			return i + 1;
	}
	return 0;
}

/* Was the frame left in a step that has it, or another in its place, at its end? */
static bool left(struct matcher *m, unsigned frame, uint32_t mem, uint16_t from, unsigned task,
		 unsigned choice)
{
	const struct made *made = make(m, mem, from, task, choice);
	unsigned n = made->calls.n < PROBE_CALLS_MAX ? made->calls.n : PROBE_CALLS_MAX;
	int depth = stack_of(m->g, from)->depth;

	for (unsigned i = 0; i < n; i++) {
		if (made->calls.call[i].function >= PROBE_BASE)
			continue;
		depth += probe_returns(made->calls.call[i].kind) ? -1 : 1;
		if (depth < (int)frame)
			return true;
	}
	return false;
}

bool still_running(struct matcher *m, unsigned frame, uint32_t mem, uint16_t from, uint16_t to,
		   unsigned task, unsigned choice)
{
	const struct task *a = stack_of(m->g, from), *b = stack_of(m->g, to);

	if (b->depth < frame || a->depth < frame ||
	    a->frame[frame - 1].op != b->frame[frame - 1].op)
		return false;
	/* at its entry it may be another call of the same */
	return b->frame[frame - 1].pc != m->entry[b->frame[frame - 1].op] ||
	       !left(m, frame, mem, from, task, choice);
}

/* What these return is what a text says that they come to. */
static bool returns_result(const struct meaning *is)
{
	return is->op & (UINT64_C(1) << OP_zswap_load | UINT64_C(1) << OP_zswap_store |
			 UINT64_C(1) << OP_zswap_writeback_entry |
			 UINT64_C(1) << OP_folio_free_swap | UINT64_C(1) << OP_folio_alloc_swap |
			 UINT64_C(1) << OP___try_to_reclaim_swap |
			 UINT64_C(1) << OP___read_swap_cache_async |
			 UINT64_C(1) << OP_swapin_bypass);
}

/*
 * An operation that is said to come to something: that it returns it, or that a step of its own
 * does, "__read_swap_cache_async() = -EEXIST": what is returned is not always told apart here.
 */
static bool own_step_comes(const struct matcher *m, const struct claim_event *e, uint16_t stack,
			   const struct result *r)
{
	const struct task *t = stack_of(m->g, stack);
	bool names = e->comes.kind == COMES_TEXT ||
		     (e->comes.kind == COMES_VALUE && e->comes.value < 0);

	if (!r || !t->depth || !(e->is.op >> t->frame[t->depth - 1].op & 1))
		return false;
	return (names || (e->comes.kind == COMES_FAILS && !returns_result(&e->is))) &&
	       text_comes(&e->comes, r);
}

/* Does the event depend on more than where the task stands? */
static bool needs_making(const struct claim_event *e)
{
	for (unsigned i = 0; i < STEP_WORDS; i++)
		if (e->is.result.word[i])
			return true;
	return e->is.probe || e->comes.kind != COMES_ANY ||
	       (e->is.op & (UINT64_C(1) << OP_zswap_invalidate |
			    UINT64_C(1) << OP_free_swap_slot));
}

bool is_event(struct matcher *m, unsigned e, uint32_t mem, uint16_t stack, unsigned task,
	      unsigned choice)
{
	const struct claim_event *event = &m->c->event[e];
	bool there = may_be(m, e, stack);
	const struct made *made;

	if (there && event->comes.kind == COMES_ANY)
		return true;
	if (!needs_making(event))
		return false;
	made = make(m, mem, stack, task, choice);
	if (there && text_comes(&event->comes, made->result))
		return true;
	if (made->result && step_in(&event->is.result, made->result->number) &&
	    text_comes(&event->comes, made->result))
		return true;
	return calls_match(event, &made->calls) ||
	       own_step_comes(m, event, stack, made->result);
}

/* ---- a claim under a kernel ---- */

/* Where the first step of an operation is made: in it, or in what it calls first. */
static int first_step(const struct matcher *m, enum op op)
{
	for (unsigned depth = 0; depth < MAX_FRAMES && m->entry[op]; depth++) {
		int step = step_id(op, m->entry[op]);
		enum op callee = OP_NONE;

		if (step < 0 || step_at((size_t)step)->kind != KIND_CALL)
			return step;
		for (enum op o = 1; o < OP_COUNT; o++) {
			size_t n = strlen(op_name(o));

			if (!strncmp(step_at((size_t)step)->text, op_name(o), n) &&
			    step_at((size_t)step)->text[n] == '(')
				callee = o;
		}
		if (callee == OP_NONE)
			return -1;
		op = callee;
	}
	return -1;
}

/*
 * An operation that is named, and whose first step is what the column says next, is entered when it
 * has been called: that step can be made but once.
 */
static bool made_by_standing(const struct matcher *m, unsigned e)
{
	const struct claim_text *c = m->c;
	const struct claim_event *event = &c->event[e];
	unsigned next = e + 1;

	if (!event->is.op || event->comes.kind != COMES_ANY)
		return false;
	while (next < c->events && c->event[next].column != event->column)
		next++;
	if (next == c->events)
		return false;
	for (enum op op = 1; op < OP_COUNT; op++) {
		if (!(event->is.op >> op & 1) || m->first[op] < 0)
			continue;
		if (step_in(&c->event[next].is.step, m->first[op]))
			return true;
		for (enum op o = 1; o < OP_COUNT; o++)
			if ((c->event[next].is.op >> o & 1) && o != op &&
			    m->first[o] == m->first[op])
				return true;
	}
	return false;
}

/* The operation that an event names. */
static enum op opened(const struct claim_event *e)
{
	for (enum op op = 1; op < OP_COUNT; op++) {
		size_t n = strlen(op_name(op));

		if ((e->is.op >> op & 1) || (!strncmp(e->is.name, op_name(op), n) &&
					     !strcmp(e->is.name + n, "()")))
			return op;
	}
	return OP_NONE;
}

int matcher_init(struct matcher *m, const struct claim_text *c, struct graph *g)
{
	*m = (struct matcher){ .c = c, .g = g };
	m->made = calloc((size_t)1 << MADE_BITS, sizeof(*m->made));
	if (!m->made)
		return -ENOMEM;
	for (enum op op = 1; op < OP_COUNT; op++)
		m->entry[op] = (uint16_t)task_entry(op, &g->kernel, &g->scenario->hw);
	for (enum op op = 1; op < OP_COUNT; op++)
		m->first[op] = first_step(m, op);
	for (unsigned e = 0; e < c->events; e++) {
		m->opens[e] = c->event[e].opens ? opened(&c->event[e]) : OP_NONE;
		for (enum op op = 1; op < OP_COUNT; op++)
			if ((c->event[e].is.op >> op & 1) && m->first[op] >= 0)
				m->may[m->first[op]] |= UINT64_C(1) << e;
		m->stands |= (uint64_t)made_by_standing(m, e) << e;
	}
	return 0;
}

void matcher_free(struct matcher *m)
{
	free(m->made);
	*m = (struct matcher){ 0 };
}
