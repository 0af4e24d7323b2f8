/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/pair/life.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define FAULT		"do_swap_page"
#define NO_STEP		UINT32_MAX
#define FAR		50000	/* transitions in which the next step of a task is looked for */
#define RIVALS		2000	/* transitions before a fault in which others begin */
#define HITS_MAX	20000	/* changes of a slot or page that are looked at, to either side */

static struct trace_object object(enum object_kind kind, uint32_t number)
{
	return (struct trace_object){ kind, number };
}

static uint32_t value(const struct life *l, uint64_t at, struct trace_object o, const char *name)
{
	uint32_t v = 0;

	return trace_value(l->t, at, o, name, &v) ? 0 : v;
}

/* ---- one operation ---- */

static bool is_fault(const struct trace_step *s)
{
	return !strcmp(s->op, FAULT);
}

/* The first step of do_swap_page(): the one on the first line.  A program's steps are numbered
 * without a gap. */
static unsigned find_entry(struct trace *t, unsigned number)
{
	const struct trace_step *s;
	unsigned line = UINT32_MAX, entry = NO_STEP, n = number;

	while (n && trace_step_at(t, n - 1))
		n--;
	for (; (s = trace_step_at(t, n)); n++)
		if (is_fault(s) && s->line < line) {
			line = s->line;
			entry = n;
		}
	return entry;
}

/* What the task stood in ends with `at`, or something else of its program begins after it. */
static bool ends_with(const struct life *l, uint32_t task, uint64_t at)
{
	const struct trace_object o = object(OBJ_TASK, task);

	return !value(l, at, o, "depth") ||
	       value(l, at, o, "item") != value(l, at - 1, o, "item") ||
	       value(l, at, o, "left") != value(l, at - 1, o, "left");
}

/* The next transition of a task in one direction; 0: there is none near. */
static uint64_t of_task(const struct life *l, uint32_t task, uint64_t at, bool forward)
{
	uint64_t events = trace_info(l->t)->events;

	for (unsigned n = 0; n < FAR; n++) {
		const struct trace_event *ev;

		at += forward ? 1 : -1ull;
		ev = at && at <= events ? trace_event_at(l->t, at) : NULL;
		if (!ev)
			return 0;
		if (ev->task == task)
			return at;
	}
	return 0;
}

static bool begins_fault(const struct life *l, uint64_t at)
{
	const struct trace_event *ev = trace_event_at(l->t, at);

	return ev && ev->step == l->entry;
}

static int keep_step(struct life_call *c, struct trace *t, uint64_t at)
{
	const struct trace_event *ev = trace_event_at(t, at);
	const struct trace_step *step = ev ? trace_step_at(t, ev->step) : NULL;
	struct life_step *s;

	if (!step)
		return -EBADMSG;
	if (!(c->steps & (c->steps - 1))) {		/* room for the next power of two */
		s = realloc(c->step, (c->steps ? 2 * c->steps : 1) * sizeof(*s));
		if (!s)
			return -ENOMEM;
		c->step = s;
	}
	if (!c->fault && is_fault(step)) {
		c->fault = true;
		c->entry = c->steps;
		c->depth = ev->depth;
	}
	if (!c->fault || ev->depth >= c->depth)
		c->end = c->steps + 1;
	s = &c->step[c->steps++];
	*s = (struct life_step){ .at = at, .step = step };
	strncpy(s->result, ev->result, sizeof(s->result) - 1);
	return 0;
}

/* The operation that has transition `at`, of those that were read. */
static const struct life_call *call_with(const struct life *l, uint64_t at)
{
	for (unsigned i = 0; i < l->calls; i++)
		for (unsigned j = 0; j < l->call[i].steps; j++)
			if (l->call[i].step[j].at == at)
				return &l->call[i];
	return NULL;
}

/* The operation that transition `at` is a step of. */
static int read_call(const struct life *l, uint64_t at, struct life_call *c)
{
	const struct trace_event *ev = trace_event_at(l->t, at);
	uint64_t before;
	int err;

	*c = (struct life_call){ 0 };
	if (!ev)
		return -EBADMSG;
	c->task = ev->task;
	for (unsigned n = 0; n < LIFE_STEPS / 2 && !begins_fault(l, at); n++) {
		before = of_task(l, c->task, at, false);
		if (!before || ends_with(l, c->task, before) || call_with(l, before))
			break;
		at = before;
	}
	do {
		err = keep_step(c, l->t, at);
		if (err || ends_with(l, c->task, at))
			return err;
		at = of_task(l, c->task, at, true);
	} while (at && c->steps < LIFE_STEPS && !begins_fault(l, at) && !call_with(l, at));
	return 0;
}

/* ---- all of a life ---- */

static int add_call(struct life *l, uint64_t at)
{
	int err;

	if (call_with(l, at) || l->calls == LIFE_CALLS)
		return 0;
	err = read_call(l, at, &l->call[l->calls]);
	if (!l->call[l->calls].steps)
		free(l->call[l->calls].step);
	else
		l->calls++;
	return err;
}

/* What a search looks for, and how far. */
struct range {
	uint32_t id[2 * OBJECT_FIELDS];	/* of the slot and of the page */
	size_t ids;
	uint64_t first, last;
	bool all;			/* the run is small: every transition counts */
};

/* The nearest that touches the slot or the page, at `at` or beyond; 0: none. */
static uint64_t next_hit(const struct life *l, const struct range *r, uint64_t at, bool forward)
{
	uint64_t found;

	if (at < r->first || at > r->last)
		return 0;
	if (r->all)
		return at;
	return trace_search(l->t, at, forward ? r->last : r->first, r->id, r->ids, &found) > 0 ?
	       found : 0;
}

static int add_calls(struct life *l, const struct range *r, uint64_t from, bool forward,
		     unsigned most)
{
	uint64_t at = next_hit(l, r, from, forward);
	int err = 0;

	for (unsigned n = 0; at && n < HITS_MAX && l->calls < most && !err; n++) {
		err = add_call(l, at);
		at = next_hit(l, r, forward ? at + 1 : at - 1, forward);
	}
	return err;
}

static bool in_use(const struct life *l, uint64_t at)
{
	return value(l, at, l->slot, "swap_map") && !value(l, at, l->slot, "parked");
}

/* Where the slot became what it is at a position, or is so no more; `end` if not before. */
static uint64_t use_changes(const struct life *l, uint64_t at, uint64_t end, bool forward)
{
	uint32_t id[OBJECT_FIELDS];
	uint64_t found;
	int n = trace_fields_of(l->t, l->slot, "swap_map parked", id);
	bool used = in_use(l, at);

	for (unsigned hits = 0; n > 0 && hits < HITS_MAX && (forward ? at < end : at > end);
	     hits++) {
		if (trace_search(l->t, forward ? at + 1 : at, end, id, (size_t)n, &found) <= 0)
			return end;
		at = forward ? found : found - 1;
		if (in_use(l, at) != used)
			return found;
	}
	return end;
}

/* Where the life of the slot around a position begins and ends: also the one that is over there. */
static void bound_life(const struct life *l, struct range *r, uint64_t at)
{
	uint64_t used = in_use(l, at) || at <= r->first ? at :
			use_changes(l, at, r->first, false) - 1;

	r->first = use_changes(l, used, r->first, false);
	r->last = use_changes(l, used, r->last, true);
	if (r->last < at)
		r->last = at;
}

static int by_start(const void *a, const void *b)
{
	const struct life_call *x = a, *y = b;

	return (x->step[0].at > y->step[0].at) - (x->step[0].at < y->step[0].at);
}

/* The fault that a transition is of; of one that is of none, the last that began before it. */
static int choose_key(struct life *l, uint64_t at)
{
	const struct life_call *c;
	bool fault = false;

	qsort(l->call, l->calls, sizeof(l->call[0]), by_start);
	c = call_with(l, at);
	if (!c)
		return -ENODATA;
	l->key = (unsigned)(c - l->call);
	for (unsigned i = 0; i < l->calls && !c->fault; i++) {
		if (!l->call[i].fault || (l->call[i].step[0].at > at && fault))
			continue;
		l->key = i;
		fault = true;
	}
	return 0;
}

/* A number that the calls of a task's stack before transition `at` have, innermost first. */
static uint32_t in_frames(const struct life *l, uint64_t at, uint32_t task, const char *name)
{
	const struct trace_object o = object(OBJ_TASK, task);
	uint32_t depth = value(l, at, o, "depth"), v = 0;
	char field[24];

	while (depth && depth <= MAX_FRAMES && !v) {
		snprintf(field, sizeof(field), "frame%u.%s", --depth, name);
		v = value(l, at, o, field);
	}
	return v;
}

/* A fault that finds the slot taken changes nothing, but was there: those that begin before the
 * key's end. */
static int add_rivals(struct life *l)
{
	const struct life_call *key = &l->call[l->key];
	uint64_t first = key->step[0].at, last = key->step[key->steps - 1].at;
	uint64_t at = first > RIVALS ? first - RIVALS : 1;
	int err = 0;

	if (last - at > 2 * RIVALS)
		last = at + 2 * RIVALS;
	for (; at < last && !err; at++) {
		const struct trace_event *ev = trace_event_at(l->t, at);
		uint32_t task = ev ? ev->task : 0;

		if (ev && ev->step == l->entry && in_frames(l, at, task, "swp") == l->slot.number)
			err = add_call(l, at);
	}
	return err;
}

/* All operations around `at`, whose slot and page are known. */
static int read_life(struct life *l, uint64_t at)
{
	const struct run_info *info = trace_info(l->t);
	struct range r = { .first = 1, .last = info->events, .all = !info->large };
	const struct trace_object o[] = { l->slot, l->page };
	int err, n;

	if (!trace_event_at(l->t, at))
		return -EBADMSG;
	if (!r.all && at > LIFE_LOOK)
		r.first = at - LIFE_LOOK;
	if (!r.all && info->events - at > LIFE_LOOK)
		r.last = at + LIFE_LOOK;
	if (!r.all && l->slot.kind)
		bound_life(l, &r, at);
	for (unsigned i = 0; i < 2 && !r.all; i++) {
		n = o[i].kind ? trace_fields_of(l->t, o[i], NULL, r.id + r.ids) : 0;
		if (n < 0)
			return n;
		r.ids += (size_t)n;
	}
	l->entry = find_entry(l->t, trace_event_at(l->t, at)->step);
	err = add_call(l, at);
	if (!err)
		err = add_calls(l, &r, at, false, LIFE_CALLS / 2);
	if (!err)
		err = add_calls(l, &r, at + 1, true, LIFE_CALLS);
	if (!err)
		err = choose_key(l, at);
	if (!err && !r.all && l->slot.kind) {
		err = add_rivals(l);
		if (!err)
			err = choose_key(l, at);
	}
	return err;
}

/* ---- which life ---- */

static struct trace_object known(const struct life *l, enum object_kind kind, uint32_t number)
{
	struct trace_object o = object(kind, number);

	return trace_has_object(l->t, o) ? o : object(OBJ_NONE, 0);
}

/* The page of a finding, and the slot that it is in, or was before that step. */
static void find_objects(struct life *l, const struct trace_finding *f)
{
	const struct trace_event *ev = trace_event_at(l->t, f->position);
	const char *text = strstr(f->text, "page "), *slot = strstr(f->text, "slot ");
	struct trace_object o;
	uint32_t task = ev ? ev->task : 0;

	o = text ? object_in_text(text) : object(OBJ_NONE, 0);
	if (o.kind == OBJ_PAGE && trace_has_object(l->t, o))
		l->page = o;
	for (uint64_t at = f->position; l->page.kind && !l->slot.kind && at &&
	     at + 1 >= f->position; at--)
		if (trace_pte(l->t, value(l, at, l->page, "pte")) == PTE_SWAP)
			l->slot = known(l, OBJ_SLOT, value(l, at, l->page, "target"));
	o = slot ? object_in_text(slot) : object(OBJ_NONE, 0);
	if (!l->slot.kind && o.kind == OBJ_SLOT)
		l->slot = known(l, OBJ_SLOT, o.number);
	if (!l->slot.kind && f->position)
		l->slot = known(l, OBJ_SLOT, in_frames(l, f->position - 1, task, "swp"));
}

int life_of_finding(struct life *l, struct trace *t, const struct trace_finding *f)
{
	*l = (struct life){ .t = t };
	if (!f->position || f->position > trace_info(t)->events)
		return -ENODATA;
	find_objects(l, f);
	return read_life(l, f->position);
}

/* ---- how alike two operations are ---- */

static int worth(const struct life_step *a, const struct life_step *b)
{
	return strcmp(a->result, b->result) ? 1 : 3;
}

int life_pair(const struct life_call *a, const struct life_call *b, int partner[LIFE_STEPS])
{
	/* best[i][j]: what the steps from i of a on and from j of b on come to. */
	int (*best)[LIFE_STEPS + 1] = calloc(LIFE_STEPS + 1, sizeof(*best));
	unsigned i, j;
	int score;

	for (i = 0; i < LIFE_STEPS; i++)
		partner[i] = -1;
	if (!best)
		return 0;
	for (i = 0; i < a->steps; i++)
		best[i][b->steps] = (int)i - (int)a->steps;
	for (j = 0; j < b->steps; j++)
		best[a->steps][j] = (int)j - (int)b->steps;
	for (i = a->steps; i-- > 0;) {
		for (j = b->steps; j-- > 0;) {
			int skip = (best[i + 1][j] > best[i][j + 1] ? best[i + 1][j] :
				    best[i][j + 1]) - 1;
			int both = best[i + 1][j + 1] +
				   worth(&a->step[i], &b->step[j]);

			best[i][j] = same_life_step(&a->step[i], &b->step[j]) && both >= skip ?
				     both : skip;
		}
	}
	for (i = j = 0; i < a->steps && j < b->steps;) {
		if (same_life_step(&a->step[i], &b->step[j]) &&
		    best[i][j] == best[i + 1][j + 1] + worth(&a->step[i], &b->step[j]))
			partner[i++] = (int)j++;
		else if (best[i][j] == best[i + 1][j] - 1)
			i++;
		else
			j++;
	}
	score = best[0][0];
	free(best);
	return score;
}

/* ---- the life most like another ---- */

/* A fault's steps from `at` on, for a comparison; *looked counts transitions. */
static int glance(struct trace *t, uint64_t at, unsigned most, struct life_call *c,
		  uint64_t *looked)
{
	const struct trace_event *ev = trace_event_at(t, at);
	unsigned depth = ev ? ev->depth : 0, entry = ev ? ev->step : 0, far = 0;
	int err = 0;

	c->task = ev ? ev->task : 0;
	c->steps = 0;
	for (; ev && c->steps < most && !err; ev = trace_event_at(t, ++at)) {
		const struct trace_step *step = trace_step_at(t, ev->step);

		++*looked;
		if (ev->task != c->task) {
			if (++far > FAR)
				break;
			continue;
		}
		far = 0;
		if (c->steps && (ev->depth < depth || ev->step == entry || !step ||
				 (ev->depth == depth && !is_fault(step))))
			break;
		err = keep_step(c, t, at);
	}
	return err;
}

/* Is a step of this trace that one of another?  Asked of each number once. */
static bool is_like(struct trace *t, unsigned number, const struct life_step *other, uint8_t *asked)
{
	const struct trace_step *step;

	if (number > UINT16_MAX)
		return false;
	if (!asked[number]) {
		step = trace_step_at(t, number);
		asked[number] = step && same_life_step(other, &(struct life_step){ .step = step }) ?
				2 : 1;
	}
	return asked[number] == 2;
}

/* The last step of the fault most like one; 0: there is none. */
static int find_like(struct trace *t, const struct life_call *like, uint64_t *found)
{
	unsigned most = like->steps + 8 < LIFE_STEPS ? like->steps + 8 : LIFE_STEPS;
	uint8_t *asked = calloc(UINT16_MAX + 1, 1);
	int best = 0, partner[LIFE_STEPS], err = asked ? 0 : -ENOMEM;
	struct life_call c = { 0 };
	const struct trace_event *ev;
	uint64_t looked = 0;

	*found = 0;
	for (uint64_t at = 1; !err && looked++ < LIFE_LOOK && (ev = trace_event_at(t, at)); at++) {
		int score;

		if (!is_like(t, ev->step, like->step, asked))
			continue;
		err = glance(t, at, most, &c, &looked);
		score = err || !c.steps ? 0 : life_pair(like, &c, partner);
		if (score > best) {
			best = score;
			*found = c.step[c.steps - 1].at;
		}
	}
	free(asked);
	free(c.step);
	return err;
}

int life_like(struct life *l, struct trace *t, const struct life_call *fault)
{
	const struct life_call from = { .task = fault->task, .steps = fault->steps - fault->entry,
					.step = fault->step + fault->entry };
	const struct trace_event *ev;
	uint64_t at;
	int err;

	*l = (struct life){ .t = t };
	err = find_like(t, &from, &at);
	if (err || !at)
		return err ? err : -ENODATA;
	ev = trace_event_at(t, at);
	l->slot = known(l, OBJ_SLOT, in_frames(l, at - 1, ev ? ev->task : 0, "swp"));
	l->page = known(l, OBJ_PAGE, in_frames(l, at - 1, ev ? ev->task : 0, "page"));
	return read_life(l, at);
}

void life_free(struct life *l)
{
	for (unsigned i = 0; i < l->calls; i++)
		free(l->call[i].step);
	l->calls = 0;
}
