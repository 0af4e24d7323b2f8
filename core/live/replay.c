/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * replay.c - a recorded live run again: the same operations, one step after the other, alone.
 *
 * What the model decides is compared with what was recorded.  What it leaves open is taken from
 * the record, and has to be possible: an object that is taken must be free, an outcome must be
 * one of the step's, an operation that begins must be one that a task can begin with.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/live/fields.h"
#include "core/live/live.h"
#include "core/live/thread.h"

struct live_replay {
	struct kernel k;
	struct machine hw;
	struct cells cells;
	unsigned tasks;
	bool started[MAX_TASKS];	/* its stack at the start has been looked at */
	struct thread thread[];
};

static bool sizes_good(const struct replay_world *w)
{
	return w->device < DEVICE_COUNT && w->tasks && w->tasks <= MAX_TASKS &&
	       w->pages && w->pages <= MAX_PAGES && w->slots && w->slots <= MAX_SLOTS &&
	       w->folios && w->folios <= MAX_FOLIOS && w->entries && w->entries <= MAX_ENTRIES &&
	       w->mms && w->mms <= MAX_MMS &&
	       w->slot_cache <= UINT8_MAX;
}

struct live_replay *live_replay_new(const struct kernel *k, const struct replay_world *w)
{
	unsigned count[LIVE_KINDS];
	struct live_replay *r;

	if (!sizes_good(w))
		return NULL;
	live_counts(w, count);
	r = calloc(1, sizeof(*r) + w->tasks * sizeof(r->thread[0]));
	if (!r || cells_new(&r->cells, count)) {
		free(r);
		return NULL;
	}
	r->k = *k;
	r->tasks = w->tasks;
	r->hw = (struct machine){
		.device = (uint8_t)w->device, .pages = (obj_t)w->pages, .slots = (obj_t)w->slots,
		.entries = (obj_t)(w->entries - 1), .store_fails = 1,
		.slot_cache = (uint8_t)w->slot_cache, .alloc_cache = (uint8_t)w->slot_cache,
	};
	for (unsigned i = 0; i < r->tasks; i++) {
		struct thread *th = &r->thread[i];

		th->id = i;
		th->replay = true;
		th->k = &r->k;
		th->hw = &r->hw;
		th->mem.cells = &r->cells;
		th->folios = w->folios;
		th->c = (struct step_ctx){
			.k = &r->k, .hw = &r->hw, .task = (uint8_t)i, .thread = th,
		};
	}
	return r;
}

void live_replay_free(struct live_replay *r)
{
	if (!r)
		return;
	cells_free(&r->cells);
	free(r);
}

/* Does the world have that object, and the object that field? */
static bool field_there(const struct live_replay *r, const struct live_change *v)
{
	unsigned kind = LIVE_KIND(v->key), n;

	if (kind >= LIVE_KINDS)
		return false;
	live_fields(kind, &n);
	return v->field < n && (kind == LIVE_TASK ? LIVE_INDEX(v->key) < r->tasks :
				LIVE_INDEX(v->key) < r->cells.count[kind]);
}

static bool is_call(const struct step *s, unsigned op)
{
	size_t n = op < OP_COUNT ? strlen(op_name(op)) : 0;

	return n && s->kind == KIND_CALL && !strncmp(s->text, op_name(op), n) &&
	       !strcmp(s->text + n, "()");
}

/*
 * A stack that no operation would have made must not be run: it could be too deep for what it
 * goes on to call.  Every frame but the last stands at the call of the next.
 */
static bool stack_good(const struct task *t)
{
	if (t->depth > MAX_FRAMES)
		return false;
	for (unsigned i = 0; i < t->depth; i++) {
		const struct frame *f = &t->frame[i];
		int at = step_id(f->op, f->pc);

		if (at < 0 || (!i && !*op_verb(f->op)))
			return false;
		if (i + 1u < t->depth ? !is_call(step_at((size_t)at), f[1].op) :
		    step_at((size_t)at)->kind == KIND_CALL)
			return false;
	}
	return true;
}

int live_replay_start(struct live_replay *r, const struct live_change *v)
{
	uint64_t words[CELL_WORDS] = { 0 };

	if (!field_there(r, v))
		return -EINVAL;
	if (LIVE_KIND(v->key) == LIVE_TASK) {
		r->started[LIVE_INDEX(v->key)] = false;
		object_set(v->key, &r->thread[LIVE_INDEX(v->key)].task, v->field, v->new_value);
		return 0;
	}
	cell_read(&r->cells, v->key, words);
	object_set(v->key, words, v->field, v->new_value);
	cell_write(&r->cells, v->key, words);
	return 0;
}

int live_replay_at(const struct live_replay *r, unsigned task)
{
	return task < r->tasks && stack_good(&r->thread[task].task) ?
	       thread_at(&r->thread[task]) : -1;
}

/* ---- what the record says of what the model leaves open ---- */

static bool is_field(const struct live_change *c, enum live_kind kind, const char *name)
{
	unsigned n;

	return LIVE_KIND(c->key) == kind && !strcmp(live_fields(kind, &n)[c->field].name, name);
}

static void take_picks(struct thread *th, const struct live_event *e)
{
	memset(th->pick, 0, sizeof(th->pick));
	th->pick_io = 0;
	for (unsigned i = 0; i < e->changes; i++) {
		const struct live_change *c = &e->change[i];
		unsigned index = LIVE_INDEX(c->key);

		if (is_field(c, LIVE_FOLIO, "ref") && !c->old_value)
			th->pick[POOL_FOLIO] = index;
		else if (is_field(c, LIVE_ENTRY, "state") && !c->old_value)
			th->pick[POOL_ENTRY] = index;
		else if (is_field(c, LIVE_SLOT, "holder") && c->new_value == HOLD_ALLOC)
			th->pick[POOL_SLOT] = index + 1;
		else if (is_field(c, LIVE_SLOT, "cache") && !c->old_value && !th->pick[POOL_SLOT])
			th->pick[POOL_SLOT] = index + 1;	/* v7.0: allocated and inserted */
		else if (is_field(c, LIVE_FOLIO, "io_swp") && !c->new_value)
			th->pick_io = index;
	}
}

/* The operation that the task begins where the last one ends. */
static bool begin_next(const struct live_replay *r, struct thread *th, const struct live_event *e)
{
	uint32_t key = LIVE_KEY(LIVE_TASK, th->id);
	struct task next = th->before;
	unsigned op, page, aux;

	for (unsigned i = 0; i < e->changes; i++)
		if (e->change[i].key == key)
			object_set(key, &next, e->change[i].field, e->change[i].new_value);
	if (!next.depth)
		return true;		/* nothing: the thread has ended */
	op = next.frame[0].op;
	page = next.frame[0].page;
	aux = next.frame[0].aux;
	if (op >= OP_COUNT || !*op_verb(op) ||
	    (aux & ~(op == OP_touch_page ? AUX_WRITE | AUX_ZEROES : 0u)) ||
	    page >= r->hw.pages + (unsigned)(op == OP_shrink_folio_list))
		return false;
	thread_begin(th, op, page, aux);
	return true;
}

/* ---- comparing ---- */

static int say(char *why, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int say(char *why, size_t size, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, size, format, ap);
	va_end(ap);
	return -EINVAL;
}

static int say_change(char *why, size_t size, const char *what, const struct live_change *c)
{
	enum live_kind kind = LIVE_KIND(c->key);
	unsigned n;

	return say(why, size, "%s %s %u %s from %u to %u", what, live_kind_name(kind),
		   LIVE_INDEX(c->key), live_fields(kind, &n)[c->field].name, c->old_value,
		   c->new_value);
}

static const struct live_change *same_field(const struct live_change *list, unsigned n,
					    const struct live_change *c)
{
	for (unsigned i = 0; i < n; i++)
		if (list[i].key == c->key && list[i].field == c->field)
			return &list[i];
	return NULL;
}

/* Two lists of changes are equal as sets. */
static int compare(const struct live_change *mine, unsigned n, const struct live_event *e,
		   char *why, size_t size)
{
	for (unsigned i = 0; i < n; i++) {
		const struct live_change *c = same_field(e->change, e->changes, &mine[i]);

		if (!c)
			return say_change(why, size, "the model also changes", &mine[i]);
		if (c->old_value != mine[i].old_value || c->new_value != mine[i].new_value)
			return say_change(why, size, "the model changes", &mine[i]);
	}
	for (unsigned i = 0; i < e->changes; i++)
		if (!same_field(mine, n, &e->change[i]))
			return say_change(why, size, "the model does not change", &e->change[i]);
	if (e->changes != n)
		return say(why, size, "it changes a field twice");
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static int step_name(char *why, size_t size, const char *what, int step)
{
	if (step < 0)
		return say(why, size, "%s nowhere: the task has ended", what);
	return say(why, size, "%s %s: %s", what, step_op_name(step_at((size_t)step)),
		   step_at((size_t)step)->text);
}

/* The step is taken back. */
static void undo(struct live_replay *r, struct thread *th)
{
	for (unsigned i = 0; i < th->mem.views; i++)
		if (th->wrote[i])
			cell_write(&r->cells, th->mem.view[i].key, th->old[i]);
	th->task = th->before;
	th->writes -= th->stamped;
}

static int judge(struct live_replay *r, struct thread *th, const struct live_event *e, char *why,
		 size_t size)
{
	struct live_change mine[CHANGES_MAX];

	if (th->no_choice || (e->choice && !th->chosen))
		return say(why, size, "the step has no outcome %u", e->choice);
	if (!same_text(result_text(th->c.result), e->result))
		return say(why, size, "the model's result is \"%s\"",
			   th->c.result ? th->c.result->text : "");
	if (th->c.choice != e->choice)
		return say(why, size, "the model's outcome is %u", th->c.choice);
	if (th->before.depth != e->depth)
		return say(why, size, "the model's stack has %u frames", th->before.depth);
	if (!th->task.depth && !begin_next(r, th, e))
		return say(why, size, "no task can begin with that operation");
	return compare(mine, thread_changes(th, mine), e, why, size);
}

int live_replay_event(struct live_replay *r, const struct live_event *e, const char **broken,
		      char *why, size_t size)
{
	struct thread *th = &r->thread[e->task];
	char what[80];
	int err;

	*broken = NULL;
	if (e->task >= r->tasks)
		return say(why, size, "there is no task %u", e->task);
	for (unsigned i = 0; i < e->changes; i++)
		if (!field_there(r, &e->change[i]))
			return say(why, size, "a field changes that there is not");
	r->started[e->task] = r->started[e->task] || stack_good(&th->task);
	if (!r->started[e->task])
		return say(why, size, "the task's stack is none that operations make");
	if (thread_at(th) != e->step)
		return step_name(why, size, "the task stands at", thread_at(th));
	if (!th->task.depth)
		return say(why, size, "the task has ended");
	take_picks(th, e);
	th->c.choice = (obj_t)e->choice;
	if (e->choice > UINT16_MAX)
		return say(why, size, "the step has no outcome %u", e->choice);
	if (thread_step(th) == WAITS) {
		wait_text(th->c.wait, th->c.wait_index, what, sizeof(what));
		return say(why, size, "the task waits for %s", what);
	}
	err = judge(r, th, e, why, size);
	if (err) {
		undo(r, th);
		return err;
	}
	*broken = step_breaks(th);
	if (!*broken && step_maps_wrong(th) >= 0)
		*broken = "MAPPED";
	return 0;
}

void live_replay_waits(struct live_replay *r, unsigned task, char *what, size_t size)
{
	struct thread *th = &r->thread[task];

	*what = '\0';
	if (live_replay_at(r, task) < 0)
		return;
	th->c.choice = 0;
	if (thread_step(th) == WAITS)
		wait_text(th->c.wait, th->c.wait_index, what, size);
	else
		undo(r, th);
}
