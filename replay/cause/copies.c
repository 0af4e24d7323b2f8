/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/cause/copies.h"

#include <string.h>

#include "traces/read/read.h"
#include "traces/read/rows.h"

struct scan {
	struct trace *t;
	struct copies *c;
};

static bool same(struct trace_object a, struct trace_object b)
{
	return a.kind == b.kind && a.number == b.number;
}

static void add(struct copies *c, struct trace_object o, uint64_t at)
{
	for (unsigned i = 0; i < c->n; i++)
		if (same(c->left[i], o))
			return;
	if (c->n == COPIES_MAX)		/* of a page that so many share, some are known */
		return;
	c->since[c->n] = at;
	c->left[c->n++] = o;
}

static void take(struct copies *c, struct trace_object o, uint64_t at)
{
	unsigned i = 0;

	while (i < c->n && !same(c->left[i], o))
		i++;
	if (i == c->n)
		return;
	c->n--;
	memmove(&c->left[i], &c->left[i + 1], (c->n - i) * sizeof(c->left[0]));
	memmove(&c->since[i], &c->since[i + 1], (c->n - i) * sizeof(c->since[0]));
	c->gone_before = c->gone;
	c->before = c->last;
	c->gone = at;
	c->last = o;
}

/* What a change is of, where it can be of a copy; every row of a long run is asked. */
static struct trace_object copy_of(const struct trace_field *f)
{
	for (unsigned kind = OBJ_SLOT; f && kind <= OBJ_ENTRY; kind++)
		if (!strcmp(f->kind, object_kind_name(kind)))
			return (struct trace_object){ kind, f->idx };
	return (struct trace_object){ 0 };
}

static bool holds_stamp(enum object_kind kind, const char *name)
{
	return !strcmp(name, kind == OBJ_FOLIO ? "content" : kind == OBJ_ENTRY ? "stamp" : "dev");
}

/* The data of an entry that is freed, and of a slot's block when the slot is, is nobody's. */
static bool ends(enum object_kind kind, const char *name, const struct row_change *r)
{
	return kind == OBJ_ENTRY ? r->old_value && !strcmp(name, "state") :
	       kind == OBJ_SLOT && !strcmp(name, "life");
}

static int row(void *arg, uint64_t seq, const struct row_event *e, const struct row_change *r)
{
	struct scan *s = arg;
	struct copies *c = s->c;

	for (uint32_t i = 0; i < e->changes; i++)	/* one that moves does not go */
		if (r[i].new_value == c->stamp) {
			const struct trace_field *f = trace_field_at(s->t, r[i].field);
			struct trace_object o = copy_of(f);

			if (o.kind && holds_stamp(o.kind, f->name))
				add(c, o, seq);
		}
	for (uint32_t i = 0; c->n && i < e->changes; i++) {
		const struct trace_field *f = trace_field_at(s->t, r[i].field);
		struct trace_object o = copy_of(f);

		if (o.kind && (holds_stamp(o.kind, f->name) ? r[i].new_value != c->stamp :
			       ends(o.kind, f->name, &r[i])))
			take(c, o, seq);
	}
	return 0;
}

int copies_at(struct trace *t, uint64_t at, uint32_t page, uint64_t most, struct copies *c)
{
	const struct trace_object o = { OBJ_PAGE, page };
	struct scan s = { t, c };
	uint32_t id[OBJECT_FIELDS];
	uint64_t low = at > most ? at - most + 1 : 1;
	int n, r;

	memset(c, 0, sizeof(*c));
	r = trace_value(t, at, o, "stamp", &c->stamp);
	if (r || !c->stamp || !at)
		return r;
	n = trace_fields_of(t, o, "stamp", id);
	r = n < 0 ? n : trace_search(t, at, low, id, (size_t)n, &c->born);
	if (r < 0)
		return r;
	r = trace_scan(t, r ? c->born : low, at, row, &s);
	return r ? r : 1;
}
