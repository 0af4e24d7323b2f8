/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/cause.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/rows.h"

/* So far back it is looked for where a reader got its pointer. */
#define POINTER_STEPS	1000000

/* What is asked: who changed these fields of that object last. */
struct asked {
	struct trace_object object;
	const char *fields;
	uint64_t since;			/* or who was the first to, behind this position */
	unsigned reader;		/* at which this task got a pointer to it */
};

/* The fields that say what is in an object. */
static const char *content_fields(enum object_kind kind)
{
	switch (kind) {
	case OBJ_PAGE:	return "pte target stamp";
	case OBJ_SLOT:	return "dev dev_life";
	case OBJ_FOLIO:	return "content src src_life";
	case OBJ_ENTRY:	return "state stamp life";
	default:	return "";
	}
}

/* Did transition `at` change such a field of the object? */
static int changed_by(struct trace *t, uint64_t at, struct asked a)
{
	uint32_t id[OBJECT_FIELDS];
	uint64_t found;
	int n = trace_fields_of(t, a.object, a.fields, id);

	if (n < 0 || !at)
		return n < 0 ? n : 0;
	return trace_search(t, at, at, id, (size_t)n, &found);
}

static uint32_t value_at(struct trace *t, uint64_t at, struct trace_object o, const char *name)
{
	uint32_t v = 0;

	return trace_value(t, at, o, name, &v) ? 0 : v;
}

/* ---- where content came from ---- */

static struct asked all_of(enum object_kind kind, uint32_t number)
{
	return (struct asked){ .object = { kind, number }, .fields = content_fields(kind) };
}

/*
 * What the innermost frame of the mover that names an object of a kind names, before the step:
 * the entry that it decompresses, the folio that it compresses.
 */
static uint32_t named_by_mover(struct trace *t, uint64_t at, enum object_kind kind,
			       unsigned *frame)
{
	const struct trace_event *ev = trace_event_at(t, at);
	struct trace_object task = { OBJ_TASK, ev ? ev->task : 0 };
	uint32_t depth = ev ? value_at(t, at - 1, task, "depth") : 0;

	for (; depth > 0 && depth <= MAX_FRAMES; depth--) {
		char op[24], field[24];
		uint32_t v;

		snprintf(op, sizeof(op), "frame%u.op", depth - 1);
		snprintf(field, sizeof(field), "frame%u.%s", depth - 1, object_kind_name(kind));
		if (kind == OBJ_ENTRY && !trace_frame_has_entry(t, value_at(t, at - 1, task, op)))
			continue;
		v = value_at(t, at - 1, task, field);
		*frame = depth - 1;
		if (v && trace_has_object(t, (struct trace_object){ kind, v }))
			return v;
	}
	return 0;
}

/* A number or none as something to ask of. */
static struct asked folio_or_none(uint32_t folio)
{
	return folio ? all_of(OBJ_FOLIO, folio) : (struct asked){ .fields = "" };
}

/*
 * An entry that the mover reads.  Who frees it, or stores into it, after the reader got its
 * pointer is the cause, be it the last who changed it or not.
 */
static struct asked entry_read(struct trace *t, uint64_t at, uint32_t entry, unsigned frame)
{
	const struct trace_event *ev = trace_event_at(t, at);
	struct asked a = all_of(OBJ_ENTRY, entry);
	struct trace_object task = { OBJ_TASK, ev ? ev->task : 0 };
	uint32_t id[OBJECT_FIELDS];
	uint64_t got, changed;
	char field[24];
	int n;

	if (at < 3)
		return a;
	snprintf(field, sizeof(field), "frame%u.entry", frame);
	n = trace_fields_of(t, task, field, id);
	if (n <= 0 || trace_search(t, at - 1, at > POINTER_STEPS ? at - POINTER_STEPS : 1, id,
				   (size_t)n, &got) <= 0 || got + 1 >= at)
		return a;
	n = trace_fields_of(t, a.object, a.fields, id);
	if (n > 0 && trace_search(t, got + 1, at - 1, id, (size_t)n, &changed) > 0) {
		a.since = got;
		a.reader = task.number;
	}
	return a;
}

/* A folio was filled by transition `at`: from an entry, or from a block of the device. */
static struct asked source_of_folio(struct trace *t, uint64_t at, uint32_t folio)
{
	unsigned frame;
	uint32_t entry = named_by_mover(t, at, OBJ_ENTRY, &frame), src;
	struct trace_object o = { OBJ_FOLIO, folio };

	if (entry)
		return entry_read(t, at, entry, frame);
	src = value_at(t, at, o, "src");
	if (!src)
		src = value_at(t, at - 1, o, "io_swp");
	if (!src)
		src = value_at(t, at - 1, o, "swp");
	return src ? all_of(OBJ_SLOT, src - 1) : (struct asked){ .fields = "" };
}

/* An entry was freed, or made from a folio. */
static struct asked source_of_entry(struct trace *t, uint64_t at, uint32_t entry)
{
	struct trace_object o = { OBJ_ENTRY, entry };
	unsigned frame;

	if (!value_at(t, at, o, "state"))
		return all_of(OBJ_ENTRY, entry);	/* freed: when it was made */
	return folio_or_none(named_by_mover(t, at, OBJ_FOLIO, &frame));
}

/* A block was written: from the folio that the write was of. */
static struct asked source_of_slot(struct trace *t, uint64_t at, uint32_t slot)
{
	const struct trace_change *c;
	int n = trace_changes(t, at, &c);
	unsigned frame;

	for (int i = 0; i < n; i++) {
		struct trace_object o = trace_object_of(t, c[i].id);

		if (o.kind != OBJ_FOLIO)
			continue;
		if (value_at(t, at - 1, o, "io_swp") == slot + 1)
			return all_of(OBJ_FOLIO, o.number);
	}
	return folio_or_none(named_by_mover(t, at, OBJ_FOLIO, &frame));
}

static struct asked source_of_page(struct trace *t, uint64_t at, uint32_t page)
{
	struct trace_object o = { OBJ_PAGE, page };
	uint32_t target = value_at(t, at, o, "target");
	unsigned pte = trace_pte(t, value_at(t, at, o, "pte"));
	uint32_t entry;

	if (pte == PTE_PRESENT)
		return all_of(OBJ_FOLIO, target);
	if (pte != PTE_SWAP)
		return all_of(OBJ_PAGE, page);
	entry = value_at(t, at, (struct trace_object){ OBJ_SLOT, target }, "entry");
	return entry ? all_of(OBJ_ENTRY, entry) : all_of(OBJ_SLOT, target);
}

static struct asked source_of(struct trace *t, uint64_t at, struct trace_object o)
{
	switch (o.kind) {
	case OBJ_FOLIO:	return source_of_folio(t, at, o.number);
	case OBJ_ENTRY:	return source_of_entry(t, at, o.number);
	case OBJ_SLOT:	return source_of_slot(t, at, o.number);
	default:	return (struct asked){ .fields = "" };
	}
}

/* ---- in words ---- */

static const char *what_happened(struct trace *t, uint64_t at, struct trace_object o)
{
	switch (o.kind) {
	case OBJ_ENTRY:
		if (!value_at(t, at, o, "state"))
			return "frees";
		return value_at(t, at - 1, o, "state") ? "changes" : "stores";
	case OBJ_FOLIO:
		return "fills";
	case OBJ_SLOT:
		return "writes the block of";
	default:
		return "changes";
	}
}

static void say(struct trace *t, struct cause *c, const struct asked *a)
{
	const struct run_info *info = trace_info(t);
	const char *did = what_happened(t, c->at, c->object);
	const struct trace_event *ev = trace_event_at(t, c->at);
	const struct trace_step *step = ev ? trace_step_at(t, ev->step) : NULL;

	snprintf(c->text, sizeof(c->text), "%.16s %s %s %u%s%.16s: %.40s: %.80s",
		 ev ? info->task_name[ev->task] : "?", did, object_kind_name(c->object.kind),
		 c->object.number, a->since ? " under " : "",
		 a->since ? info->task_name[a->reader] : "", step ? step->op : "?",
		 step ? step->text : "?");
}

int cause_of(struct trace *t, uint64_t at, struct trace_object object, uint64_t most,
	     struct cause *c)
{
	struct asked a = { .object = object, .fields = content_fields(object.kind) };
	uint64_t from = at;
	uint32_t id[OBJECT_FIELDS];
	int n, r = changed_by(t, at, a);

	memset(c, 0, sizeof(*c));
	if (r < 0)
		return r;
	if (object.kind == OBJ_PAGE) {
		a = source_of_page(t, at, object.number);
	} else if (r) {
		a = source_of(t, at, object);
		from = at - 1;
	}
	if (a.object.kind == OBJ_NONE || !from) {
		snprintf(c->text, sizeof(c->text), "%s %u has it from nowhere else: this is where "
			 "it begins", object_kind_name(object.kind), object.number);
		return 0;
	}
	n = trace_fields_of(t, a.object, a.fields, id);
	if (n < 0)
		return n;
	if (a.since)
		r = trace_search(t, a.since + 1, from, id, (size_t)n, &c->at);
	else
		r = trace_search(t, from, from > most ? from - most + 1 : 1, id, (size_t)n,
				 &c->at);
	if (r <= 0) {
		snprintf(c->text, sizeof(c->text), "nothing changed %s %u %s",
			 object_kind_name(a.object.kind), a.object.number,
			 from > most ? "for as long as was looked back" : "before");
		return r;
	}
	c->object = a.object;
	say(t, c, &a);
	return 1;
}
