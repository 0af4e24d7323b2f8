/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chain.c - which steps of a run matter for a finding: its causes, what changed the objects that
 * these are about, and what was asked of them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/cause/cause.h"
#include "replay/explain/chain.h"
#include "replay/hand/hand.h"

#define CAUSES		8	/* back from a finding */
#define SCANNED		20000	/* transitions of a small world that are looked at, one by one */
#define CHANGES_OF_ONE	400	/* of an object of a large world, those next to the finding */
#define EDGE_CHANGES	64	/* of a count, in one life of an object */
#define ASKED_MAX	500000	/* steps that are made once more, all in all */
#define BEFORE		8	/* own steps of a task, back to what it was answered last */

/* ---- the objects that it is about ---- */

static bool is_about(const struct chain *c, struct trace_object o, uint64_t at)
{
	for (unsigned i = 0; i < c->subjects; i++)
		if (c->subject[i].object.kind == o.kind &&
		    c->subject[i].object.number == o.number && c->subject[i].from <= at &&
		    at <= c->subject[i].to)
			return true;
	return false;
}

/* The field that is 0, or another number, when an object of that kind is another one. */
static const char *identity(enum object_kind kind)
{
	return kind == OBJ_FOLIO ? "ref" : kind == OBJ_ENTRY ? "state" :
	       kind == OBJ_SLOT ? "life" : NULL;
}

/*
 * Where that object begins, or ends.  In a small world every life of it may be what a finding is
 * about (that a slot was used again, often is); a large one uses all numbers again all the time.
 */
static uint64_t life_edge(struct chain *c, struct trace_object o, uint64_t at, bool forward)
{
	const uint64_t far = forward ? c->end : 1;
	const char *field = identity(o.kind);
	uint32_t id[OBJECT_FIELDS];
	uint64_t p = at;
	int n;

	if (!field || !trace_info(c->t)->large)
		return far;
	if (o.kind != OBJ_SLOT && !value_at(c->t, at, o, field) &&
	    (forward || !value_before(c->t, at, o, field)))
		return at;		/* it ends here, or is none */
	n = trace_fields_of(c->t, o, field, id);
	for (unsigned i = 0; n > 0 && i < EDGE_CHANGES; i++) {
		uint64_t from = forward ? p + 1 : p;

		if (!from || from > c->end ||
		    trace_search(c->t, from, far, id, (size_t)n, &p) <= 0)
			return far;
		if (o.kind == OBJ_SLOT || !(forward ? value_at(c->t, p, o, field) :
					    value_before(c->t, p, o, field)))
			return p;
		if (!forward)
			p--;
	}
	return p;
}

static void about(struct chain *c, struct trace_object o, uint64_t at)
{
	struct subject *s = &c->subject[c->subjects];

	if (o.kind == OBJ_NONE || o.kind == OBJ_TASK || is_about(c, o, at) ||
	    c->subjects == CHAIN_OBJECTS ||
	    (o.kind <= OBJ_ENTRY && !trace_has_object(c->t, o)))
		return;
	*s = (struct subject){ o, life_edge(c, o, at, false), life_edge(c, o, at, true) };
	c->subjects++;
}

/* With an object that is in another, or has it, at a position. */
static void about_at(struct chain *c, struct trace_object o, uint64_t at)
{
	uint32_t v;

	about(c, o, at);
	switch (o.kind) {
	case OBJ_PAGE:
		v = value_at(c->t, at, o, "target");
		switch (trace_pte(c->t, value_at(c->t, at, o, "pte"))) {
		case PTE_SWAP:
			about(c, object(OBJ_SLOT, v), at);
			break;
		case PTE_PRESENT:
			about(c, object(OBJ_FOLIO, v), at);
			break;
		}
		break;
	case OBJ_SLOT:
		if ((v = value_at(c->t, at, o, "entry")))
			about(c, object(OBJ_ENTRY, v), at);
		if ((v = value_at(c->t, at, o, "cache")))
			about(c, object(OBJ_FOLIO, v), at);
		if ((v = page_of_slot(c->t, at, o.number)) != NO_PAGE)
			about(c, object(OBJ_PAGE, v), at);
		break;
	case OBJ_ENTRY:
		if (value_at(c->t, at, o, "state"))
			about(c, object(OBJ_SLOT, value_at(c->t, at, o, "swp")), at);
		break;
	case OBJ_FOLIO:
		if ((v = value_at(c->t, at, o, "src")))
			about(c, object(OBJ_SLOT, v - 1), at);
		if ((v = value_at(c->t, at, o, "swp")))
			about(c, object(OBJ_SLOT, v - 1), at);
		break;
	default:
		break;
	}
}

/* What a transition changed, and what its task's stack names. */
static void about_step(struct chain *c, uint64_t at)
{
	static const enum object_kind kinds[] = { OBJ_ENTRY, OBJ_FOLIO, OBJ_PAGE };
	const struct trace_change *change;
	struct trace_object changed[16];
	int n = trace_changes(c->t, at, &change), m = 0;

	for (int i = 0; i < n && m < 16; i++)
		changed[m++] = trace_object_of(c->t, change[i].id);
	for (int i = 0; i < m; i++)
		about_at(c, changed[i], at ? at - 1 : 0);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		uint32_t v = named_by_mover(c->t, at, kinds[i]);

		if (v || (kinds[i] == OBJ_PAGE && !trace_info(c->t)->large))
			about_at(c, object(kinds[i], v), at ? at - 1 : 0);
	}
}

/* Slots that its stack names; in a small world, where it costs nothing, besides what all share. */
static void about_shared(struct chain *c, uint64_t at)
{
	const struct trace_object task = object(OBJ_TASK, mover(c->t, at));
	uint32_t depth = value_before(c->t, at, task, "depth");

	if (trace_info(c->t)->large)
		return;
	for (uint32_t i = 0; i < depth && i < MAX_FRAMES; i++) {
		char field[24];

		snprintf(field, sizeof(field), "frame%u.swp", i);
		about_at(c, object(OBJ_SLOT, value_before(c->t, at, task, field)), at - 1);
	}
	about(c, object(OBJ_ZSWAP, 0), at);
	for (uint32_t i = 0; i < MAX_DEVICES; i++)
		about(c, object(OBJ_DEVICE, i), at);
	for (uint32_t i = 0; i < MAX_MMS; i++)
		about(c, object(OBJ_MM, i), at);
}

/* ---- candidates ---- */

static struct candidate *candidate_at(struct chain *c, uint64_t at)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->candidate[i].at == at)
			return &c->candidate[i];
	return NULL;
}

/* A step that matters; of one position what weighs most. */
static int add(struct chain *c, uint64_t at, enum weight weight, enum explain_role role,
	       struct trace_object o, const char *text)
{
	struct candidate *is = candidate_at(c, at);

	if (!is) {
		if (c->n == c->cap) {
			size_t cap = c->cap ? 2 * c->cap : 64;
			struct candidate *more = realloc(c->candidate, cap * sizeof(*more));

			if (!more)
				return -ENOMEM;
			c->candidate = more;
			c->cap = cap;
		}
		is = &c->candidate[c->n++];
		*is = (struct candidate){ .at = at };
	}
	if (weight <= is->weight)
		return 0;
	is->weight = weight;
	is->link = (struct explain_link){ .at = at, .task = mover(c->t, at), .object = o,
					  .role = role };
	snprintf(is->link.text, sizeof(is->link.text), "%s", text);
	return 0;
}

/* Another task gives back a reference on the folio whose last one goes where the run breaks. */
static bool gives_up(struct chain *c, uint64_t at, const struct act *a)
{
	return a->role == EXPLAIN_PUT && a->object.kind == OBJ_FOLIO &&
	       mover(c->t, at) != mover(c->t, c->end) &&
	       value_before(c->t, c->end, a->object, "ref") &&
	       !value_at(c->t, c->end, a->object, "ref");
}

/* What a transition did to what the finding is about. */
static int add_acts(struct chain *c, uint64_t at)
{
	struct act act[ACTS_MAX], *best = NULL;
	int n = acts_of(c->t, at, act);

	for (int i = 0; i < n; i++) {
		if (gives_up(c, at, &act[i]))
			act[i].weight = WEIGHT_CAUSE;
		if (is_about(c, act[i].object, at) && (!best || act[i].weight > best->weight))
			best = &act[i];
	}
	if (n < 0 || !best)
		return n < 0 ? n : 0;
	return add(c, at, best->weight, best->role, best->object, best->text);
}

/* "T0 in do_swap_page(): folio = swap_cache_get_folio(entry) = miss" */
static void asked_words(struct chain *c, uint64_t at, char *buf, size_t size)
{
	const struct trace_event *ev = trace_event_at(c->t, at);
	const struct trace_step *step = ev ? trace_step_at(c->t, ev->step) : NULL;

	*buf = '\0';
	if (!step)
		return;
	snprintf(buf, size, "%.40s in %.60s(): %.160s%s%.60s", task_called(c->t, ev->task),
		 step->op, step->text, *ev->result ? " = " : "", ev->result);
}

static bool was_answered(struct chain *c, uint64_t at)
{
	const struct trace_event *ev = trace_event_at(c->t, at);

	return ev && *ev->result;
}

/* ---- causes ---- */

/* What was done while an operation was under way that matters, or by it, counts for more. */
static void under_way(struct chain *c, uint64_t at)
{
	uint64_t from = operation_begun(c->t, at);

	if (!from || c->spans == CHAIN_SPANS)
		return;
	c->span[c->spans].from = from;
	c->span[c->spans++].to = at;
	if (from < c->oldest)
		c->oldest = from;
}

static bool is_under_way(const struct chain *c, uint64_t at)
{
	for (unsigned i = 0; i < c->spans; i++)
		if (c->span[i].from <= at && at <= c->span[i].to)
			return true;
	return false;
}

/* What a transition is in a chain of causes: its act on an object, or a read that found nothing. */
static enum explain_role role_of(struct chain *c, uint64_t at, struct trace_object o)
{
	struct act act[ACTS_MAX];
	int n = acts_of(c->t, at, act);

	for (int i = 0; i < n; i++)
		if (act[i].object.kind == o.kind && act[i].object.number == o.number &&
		    act[i].weight >= WEIGHT_ACT)
			return act[i].role;
	return o.kind == OBJ_FOLIO ? EXPLAIN_READ : EXPLAIN_CHANGE;
}

static int add_causes(struct chain *c, uint64_t at, struct trace_object o)
{
	for (unsigned i = 0; i < CAUSES && o.kind != OBJ_NONE; i++) {
		enum explain_role role;
		struct cause cause;
		int r = cause_of(c->t, at, o, c->most, &cause);

		if (r <= 0)
			return r == -ENOMEM ? r : 0;
		if (cause.at > c->end)
			return 0;
		about_at(c, cause.object, cause.at);
		about_at(c, cause.object, cause.at - 1);
		about_step(c, cause.at);
		role = role_of(c, cause.at, cause.object);
		if (cause.at < c->oldest)
			c->oldest = cause.at;
		under_way(c, cause.at);
		if (cause.at < c->end)
			r = add(c, cause.at, WEIGHT_CAUSE, role, cause.object, cause.text);
		else if (!c->of_end[0])
			snprintf(c->of_end, sizeof(c->of_end), "%s", cause.text);
		if (r < 0)
			return r;
		if (role == EXPLAIN_STORE)	/* this life of the data begins there */
			return 0;
		at = cause.at;
		o = cause.object;
	}
	return 0;
}

/* ---- what was asked, and is no longer so ---- */

static int add_stale(struct chain *c)
{
	for (uint64_t at = 1; c->again->made && at < c->end; at++) {
		const struct candidate *is = candidate_at(c, at);
		char text[EXPLAIN_TEXT];
		uint64_t by;
		int r;

		if ((is && is->weight >= WEIGHT_ACT) || !is_under_way(c, at) ||
		    !was_answered(c, at))
			continue;
		if (c->again->asked > ASKED_MAX) {
			c->bounded = true;
			return 0;
		}
		by = again_stale(c->again, at, c->end - 1);
		if (!by)
			continue;
		asked_words(c, at, text, sizeof(text));
		add_text(text, sizeof(text), ", which is no longer so after step %llu",
			 (unsigned long long)by);
		r = add(c, at, WEIGHT_ACT, EXPLAIN_LOOKUP, (struct trace_object){ 0 }, text);
		if (r)
			return r;
	}
	return 0;
}

/* What a task was answered last before what it did: what that was decided by. */
static int add_decision(struct chain *c, uint64_t at)
{
	uint32_t task = mover(c->t, at);
	unsigned own = 0;

	for (uint64_t q = at - 1; q && own < BEFORE && at - q < SCANNED; q--) {
		char text[EXPLAIN_TEXT];

		if (mover(c->t, q) != task)
			continue;
		own++;
		if (!was_answered(c, q))
			continue;
		asked_words(c, q, text, sizeof(text));
		return add(c, q, WEIGHT_ACT, EXPLAIN_LOOKUP, (struct trace_object){ 0 }, text);
	}
	return 0;
}

static int add_decisions(struct chain *c)
{
	size_t n = c->n;		/* what is added here decides nothing itself */
	int r = add_decision(c, c->end);

	for (size_t i = 0; i < n && !r; i++)
		if (c->candidate[i].weight == WEIGHT_CAUSE &&
		    c->candidate[i].link.role != EXPLAIN_STORE)
			r = add_decision(c, c->candidate[i].at);
	return r;
}

/* ---- what changed the objects ---- */

static int add_changes_of(struct chain *c, const struct subject *s)
{
	uint64_t first = s->from > c->oldest ? s->from : c->oldest, at;
	uint64_t from = s->to < c->end - 1 ? s->to : c->end - 1;
	uint32_t id[OBJECT_FIELDS];
	int n = trace_fields_of(c->t, s->object, NULL, id), r = n < 0 ? n : 0;

	for (unsigned i = 0; n > 0 && from >= first && from; i++) {
		if (i == CHANGES_OF_ONE) {
			c->bounded = true;
			return 0;
		}
		r = trace_search(c->t, from, first, id, (size_t)n, &at);
		if (r <= 0)
			return r;
		r = add_acts(c, at);
		if (r)
			return r;
		from = at - 1;
	}
	return r < 0 ? r : 0;
}

static int add_changes(struct chain *c)
{
	int r = 0;

	if (trace_info(c->t)->large) {
		for (unsigned i = 0; i < c->subjects && !r; i++)
			r = add_changes_of(c, &c->subject[i]);
		return r;
	}
	c->bounded |= c->end > SCANNED;
	for (uint64_t at = c->end > SCANNED ? c->end - SCANNED : 1; at < c->end && !r; at++)
		r = add_acts(c, at);
	return r;
}

/* ---- findings with a shape of their own ---- */

/* What a task that is done, or cannot go on, still has: of that it is. */
static void about_held(struct chain *c, uint32_t task)
{
	const struct run_info *info = trace_info(c->t);

	for (uint32_t i = 1; i < info->folios && task < 32; i++) {
		const struct trace_object o = object(OBJ_FOLIO, i);

		if (value_at(c->t, c->end, o, "lock") == task + 1 ||
		    value_at(c->t, c->end, o, "holders") >> task & 1)
			about_at(c, o, c->end);
	}
	for (uint32_t i = 0; i < info->slots; i++) {
		const struct trace_object o = object(OBJ_SLOT, i);

		if (value_at(c->t, c->end, o, "holder_task") == task + 1)
			about_at(c, o, c->end);
	}
	for (uint32_t i = 1; i < info->entries; i++) {
		const struct trace_object o = object(OBJ_ENTRY, i);

		if (value_at(c->t, c->end, o, "reclaim") >> RECLAIM_TASK == task + 1)
			about_at(c, o, c->end);
	}
}

/* Is it about what a task has not given back? */
static bool leaves_behind(const char *property)
{
	static const enum property is[] = { PROP_FOLIO, PROP_STUCK, PROP_LEAK, PROP_LRU };

	for (size_t i = 0; i < sizeof(is) / sizeof(is[0]); i++)
		if (!strcmp(property, properties[is[i]].name))
			return true;
	return false;
}

/* Who waits for whom, where nobody can move. */
static int add_waits(struct chain *c)
{
	const struct execution *x = &c->again->x;

	for (unsigned i = 0; c->again->made && i < x->scenario->tasks; i++) {
		char why[HAND_TEXT_MAX];
		uint64_t at = c->end;
		int r;

		if (task_finished(&x->world[c->end].task[i]))
			continue;
		hand_why_not(x, (size_t)c->end, (struct move){ .task = (uint8_t)i }, why);
		while (at && mover(c->t, at) != i)
			at--;
		about_held(c, i);
		if (!*why || !at)
			continue;
		if (at == c->end)
			add_text(c->of_end, sizeof(c->of_end), "%s%.200s", *c->of_end ? "; " : "",
				 why);
		else if ((r = add(c, at, WEIGHT_CAUSE, EXPLAIN_WAIT, (struct trace_object){ 0 },
				  why)))
			return r;
	}
	return 0;
}

/* What goes round: each step of it once, those that are answered. */
static int add_round(struct chain *c, uint64_t loop)
{
	for (uint64_t at = loop + 1; at < c->end; at++) {
		const struct trace_step *step = step_of(c->t, at);
		bool seen = false;
		char text[EXPLAIN_TEXT];
		int r;

		for (uint64_t q = loop + 1; q < at && !seen; q++)
			seen = step_of(c->t, q) == step && mover(c->t, q) == mover(c->t, at);
		if (seen || !was_answered(c, at))
			continue;
		asked_words(c, at, text, sizeof(text));
		add_text(text, sizeof(text), ", again and again");
		r = add(c, at, WEIGHT_CAUSE, EXPLAIN_REPEAT, (struct trace_object){ 0 }, text);
		if (r)
			return r;
	}
	return 0;
}

/* ---- of all that, what a reader takes in ---- */

/* What is of no operation that matters comes after what is. */
static void weigh(struct chain *c)
{
	const uint32_t task = mover(c->t, c->end);

	for (size_t i = 0; i < c->n; i++) {
		struct candidate *is = &c->candidate[i];

		if (is->weight == WEIGHT_ACT && !is_under_way(c, is->at))
			is->weight = WEIGHT_FAR;
		is->asks = is->link.role == EXPLAIN_LOOKUP && is->link.task == task;
	}
}

static int by_weight(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	if (a->weight != b->weight)
		return a->weight < b->weight ? 1 : -1;
	if (a->asks != b->asks)		/* what it was answered who breaks it */
		return a->asks ? -1 : 1;
	return (a->at < b->at) - (a->at > b->at);
}

static int by_position(const void *x, const void *y)
{
	const struct explain_link *a = x, *b = y;

	return (a->at > b->at) - (a->at < b->at);
}

static int keep(struct chain *c, struct explanation *e)
{
	/* so many steps leave room for one that says so little */
	static const unsigned room[] = {
		[WEIGHT_SIDE] = 6, [WEIGHT_FAR] = 11, [WEIGHT_ACT] = EXPLAIN_LINKS - 1,
		[WEIGHT_CAUSE] = EXPLAIN_LINKS - 1,
	};
	unsigned n = 0;

	e->link = calloc(EXPLAIN_LINKS, sizeof(e->link[0]));
	if (!e->link)
		return -ENOMEM;
	if (!strcmp(e->property, properties[PROP_MAPPED].name))
		chain_weigh_newest(c);
	if (!strcmp(e->property, properties[PROP_LOST].name))
		chain_weigh_pte(c);
	weigh(c);
	if (c->n)
		qsort(c->candidate, c->n, sizeof(c->candidate[0]), by_weight);
	for (size_t i = 0; i < c->n && n < room[c->candidate[i].weight]; i++)
		e->link[n++] = c->candidate[i].link;
	if (n)
		qsort(e->link, n, sizeof(e->link[0]), by_position);
	e->link[n++] = (struct explain_link){
		.at = c->end, .task = mover(c->t, c->end), .role = EXPLAIN_FINDING,
		.object = c->subjects ? c->subject[0].object : (struct trace_object){ 0 },
	};
	e->links = n;
	return 0;
}

/* What a task still has that is done: "the lock of folio 2". */
static void say_held(struct chain *c, uint32_t task, char *text, size_t size)
{
	const struct run_info *info = trace_info(c->t);

	for (uint32_t i = 1; i < info->folios && task < 32; i++) {
		const struct trace_object o = object(OBJ_FOLIO, i);

		if (value_at(c->t, c->end, o, "lock") == task + 1)
			add_text(text, size, ", the lock of folio %u", i);
		if (value_at(c->t, c->end, o, "holders") >> task & 1)
			add_text(text, size, ", a reference on folio %u", i);
	}
	for (uint32_t i = 0; i < info->slots; i++)
		if (value_at(c->t, c->end, object(OBJ_SLOT, i), "holder_task") == task + 1 &&
		    !value_at(c->t, c->end, object(OBJ_SLOT, i), "parked"))
			add_text(text, size, ", the pin of slot %u", i);
	for (uint32_t i = 1; i < info->entries; i++)
		if (value_at(c->t, c->end, object(OBJ_ENTRY, i), "reclaim") >> RECLAIM_TASK ==
		    task + 1)
			add_text(text, size, ", entry %u off zswap's LRU", i);
}

/* A page whose folio, mapped or in the swap cache, has what its owner did not write. */
static void say_mapped(struct chain *c, char *text, size_t size)
{
	for (uint32_t i = 0; i < trace_info(c->t)->pages && !*text; i++) {
		const struct trace_object page = object(OBJ_PAGE, i);
		unsigned pte = trace_pte(c->t, value_at(c->t, c->end, page, "pte"));
		uint32_t to = value_at(c->t, c->end, page, "target"), is, want;
		bool cached = pte == PTE_SWAP;
		char a[16], b[16];

		if (cached)
			to = value_at(c->t, c->end, object(OBJ_SLOT, to), "cache");
		if (pte == PTE_NONE || !to)
			continue;
		is = value_at(c->t, c->end, object(OBJ_FOLIO, to), "content");
		want = value_at(c->t, c->end, page, "stamp");
		if (is != want)
			snprintf(text, size, "; folio %u%s has %s, not %s of page %u", to,
				 cached ? " in the swap cache" : "", stamp_words(is, a),
				 stamp_words(want, b), i);
	}
}

/* Does the run say more than which task it was? */
static bool says_what(const struct explanation *e)
{
	return *e->what && strncmp(e->what, "after a step of", 15) != 0 &&
	       !strstr(e->what, "reads entry 0");	/* what it read was no entry */
}

/* What the last step came to. */
static void say_end(struct chain *c, struct explanation *e)
{
	struct explain_link *l = &e->link[e->links - 1];
	bool waits = !strcmp(e->property, properties[PROP_DEADLOCK].name);
	char held[EXPLAIN_TEXT] = "";

	if (says_what(e))
		snprintf(l->text, sizeof(l->text), "%.*s", (int)sizeof(l->text) - 1, e->what);
	else if (*c->of_end && !waits)
		snprintf(l->text, sizeof(l->text), "%s", c->of_end);
	else
		asked_words(c, c->end, l->text, sizeof(l->text));
	if (*c->of_end && waits)
		add_text(l->text, sizeof(l->text), "; %s", c->of_end);
	if (!says_what(e) && !strcmp(e->property, properties[PROP_MAPPED].name)) {
		char wrong[160] = "";

		say_mapped(c, wrong, sizeof(wrong));
		add_text(l->text, sizeof(l->text), "%s", wrong);
	}
	if (leaves_behind(e->property))
		say_held(c, l->task, held, sizeof(held));
	if (*held)
		add_text(l->text, sizeof(l->text), "; %s still has %s", task_called(c->t, l->task),
			 held + 2);
}

int chain_make(struct explanation *e, struct trace *t, struct again *again, uint64_t most)
{
	struct chain c = { .t = t, .again = again, .end = e->position, .oldest = e->position,
			   .most = most };
	struct trace_object o = object_in_text(e->what);
	int r = 0;

	if (o.kind != OBJ_NONE)
		about_at(&c, o, c.end - 1);
	about_step(&c, c.end);
	about_shared(&c, c.end);
	under_way(&c, c.end);
	if (leaves_behind(e->property))
		about_held(&c, mover(t, c.end));
	for (unsigned i = 0, causes = e->repeats; i < c.subjects && !r && !causes; i++) {
		r = add_causes(&c, c.end, c.subject[i].object);
		causes = c.n || *c.of_end;
	}
	if (!r && e->repeats)
		r = add_round(&c, e->loop);
	if (!r && !strcmp(e->property, properties[PROP_DEADLOCK].name))
		r = add_waits(&c);
	if (!r)
		r = add_changes(&c);
	if (!r)
		r = add_stale(&c);
	if (!r)
		r = add_decisions(&c);
	if (!r)
		r = keep(&c, e);
	if (!r)
		say_end(&c, e);
	e->bounded |= c.bounded;
	free(c.candidate);
	return r;
}
