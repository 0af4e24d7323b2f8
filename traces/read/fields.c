/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file's dictionary of fields.  A large run has a hundred thousand of them; those of an
 * object are looked up when somebody looks at the object.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/db.h"
#include "traces/read/reader.h"

#define SHAPE(kind_, array, first_, places_)						\
	{ .kind = kind_, .base = offsetof(struct world, array[first_]),			\
	  .size = sizeof(((struct world *)0)->array[0]), .first = first_, .places = places_ }

/* Single objects are all that stands behind the arrays of the shared memory. */
#define SINGLES(kind_)									\
	{ .kind = kind_, .base = offsetof(struct world, mem.lru),			\
	  .size = sizeof(struct mem) - offsetof(struct mem, lru), .places = 1 }

const struct shape shapes[OBJ_KINDS] = {
	[OBJ_NONE] = { .kind = "" },
	[OBJ_PAGE] = SHAPE("page", mem.page, 0, MAX_PAGES),
	[OBJ_SLOT] = SHAPE("slot", mem.slot, 0, MAX_SLOTS),
	[OBJ_FOLIO] = SHAPE("folio", mem.folio, 1, MAX_FOLIOS - 1),
	[OBJ_ENTRY] = SHAPE("entry", mem.entry, 1, MAX_ENTRIES - 1),
	[OBJ_TASK] = SHAPE("task", task, 0, MAX_TASKS),
	[OBJ_MM] = SHAPE("mm", mem.mm, 0, MAX_MMS),
	[OBJ_DEVICE] = SHAPE("device", mem.si, 0, MAX_DEVICES),
	[OBJ_ZSWAP] = SINGLES("zswap"),
	[OBJ_SWAP] = SINGLES("swap"),
};

const char *object_kind_name(enum object_kind kind)
{
	return shapes[kind].kind;
}

/* ---- members ---- */

static int add_members(struct trace *t, enum object_kind kind)
{
	const struct shape *s = &shapes[kind];
	size_t n;
	const struct field *f = world_fields(&n);
	struct member *m = calloc(OBJECT_FIELDS + 1, sizeof(*m));

	t->member[kind] = m;
	if (!m)
		return tr_no_memory(t);
	for (size_t i = 0; i < n && t->members[kind] < OBJECT_FIELDS; i++) {
		if (f[i].index != s->first || strcmp(f[i].kind, s->kind))
			continue;
		m[t->members[kind]++] = (struct member){
			.field = &f[i], .offset = (uint16_t)(f[i].offset - s->base),
			.type = (uint8_t)field_type(&f[i]),
		};
	}
	if (kind == OBJ_ENTRY)
		m[t->members[kind]++] = (struct member){ .offset = LENGTH_OFFSET };
	return 0;
}

static const char *member_name(const struct member *m)
{
	return m->field ? m->field->name : "length";
}

static const struct member *find_member(const struct trace *t, enum object_kind kind,
					const char *name)
{
	for (unsigned i = 0; name && i < t->members[kind]; i++)
		if (!strcmp(member_name(&t->member[kind][i]), name))
			return &t->member[kind][i];
	return NULL;
}

static enum object_kind find_kind(const char *name)
{
	for (unsigned i = OBJ_NONE + 1; name && i < OBJ_KINDS; i++)
		if (!strcmp(shapes[i].kind, name))
			return i;
	return OBJ_NONE;
}

/* ---- opening ---- */

static int row_most(struct trace *t, sqlite3_stmt *s)
{
	uint64_t most;

	if (tr_number(t, s, 0, FIELDS_MAX, &most))
		return tr_bad(t, "its fields have no proper numbers");
	if (most < t->fields)
		return tr_bad(t, "fields have gone");
	t->fields = (unsigned)most;
	return 0;
}

/* An array with room for every field, what is new in it cleared. */
static void *stretch(void *array, size_t from, size_t to, size_t size)
{
	char *new = from ? realloc(array, to * size) : calloc(to, size);

	if (new && from)
		memset(new + from * size, 0, (to - from) * size);
	return new;
}

int tr_fields_grow(struct trace *t)
{
	size_t had = t->known ? t->fields + 1u : 0, now;
	void *known, *value, *wanted;
	int r = tr_each_row(t, "SELECT coalesce(max(id), 0) FROM field", 0, row_most);

	now = t->fields + 1u;
	if (r || now == had)
		return r;
	known = stretch(t->known, had, now, sizeof(t->known[0]));
	t->known = known ? known : t->known;
	value = stretch(t->value, had, now, sizeof(t->value[0]));
	t->value = value ? value : t->value;
	wanted = stretch(t->wanted, (had + 7) / 8, (now + 7) / 8, 1);
	t->wanted = wanted ? wanted : t->wanted;
	if (known && value && wanted)
		return 0;
	t->fields = had ? (unsigned)had - 1 : 0;
	return tr_no_memory(t);
}

int tr_fields_open(struct trace *t)
{
	size_t n;
	const struct field *f = world_fields(&n);
	int r = tr_prepare(t, &t->at_field, "SELECT kind, idx, name FROM field WHERE id = ?2");

	if (!r)
		r = tr_prepare(t, &t->at_object,
			       "SELECT name, id FROM field WHERE kind = ?2 AND idx = ?3");
	for (size_t i = 0; i < n; i++)
		t->by_offset[f[i].offset] = &f[i];
	for (unsigned kind = OBJ_NONE + 1; !r && kind < OBJ_KINDS; kind++)
		r = add_members(t, kind);
	if (!r)
		r = tr_fields_grow(t);
	return r;
}

void tr_fields_free(struct trace *t)
{
	for (unsigned i = 0; i < t->object_room; i++)
		free(t->object[i]);
	free(t->object);
	for (unsigned kind = 0; kind < OBJ_KINDS; kind++)
		free(t->member[kind]);
	free(t->known);
	free(t->value);
	free(t->wanted);
}

/* ---- looking up ---- */

static void look_up(struct trace *t, uint32_t id)
{
	struct known *k = &t->known[id];
	sqlite3_stmt *s = t->at_field;
	const struct member *m;
	uint64_t index;

	k->asked = 1;
	tr_bind(s, id, 0);
	if (sqlite3_step(s) == SQLITE_ROW) {
		enum object_kind kind = find_kind((const char *)sqlite3_column_text(s, 0));

		m = find_member(t, kind, (const char *)sqlite3_column_text(s, 2));
		if (kind && m && !tr_number(t, s, 1, UINT16_MAX, &index)) {
			k->kind = (uint8_t)kind;
			k->offset = m->offset;
			k->number = (uint32_t)index;
		}
	}
	sqlite3_reset(s);
}

const struct known *tr_known(struct trace *t, uint32_t id)
{
	if (!id || id > t->fields)
		return NULL;
	if (!t->known[id].asked)
		look_up(t, id);
	return t->known[id].kind ? &t->known[id] : NULL;
}

enum field_type tr_type(const struct trace *t, const struct known *k)
{
	for (unsigned i = 0; i < t->members[k->kind]; i++)
		if (t->member[k->kind][i].offset == k->offset)
			return t->member[k->kind][i].type;
	return TYPE_NUMBER;
}

/* Where an object is, or would be, in the hash table. */
static struct object **find_object(struct trace *t, enum object_kind kind, uint32_t number)
{
	uint32_t mask = t->object_room - 1, i = (number * OBJ_KINDS + kind) * 2654435761u;

	for (i = (i ^ i >> 15) & mask; t->object[i]; i = (i + 1) & mask)
		if (t->object[i]->kind == kind && t->object[i]->number == number)
			break;
	return &t->object[i];
}

static int make_room(struct trace *t)
{
	struct object **old = t->object;
	unsigned had = t->object_room;

	if (2 * t->objects < had)
		return 0;
	t->object = calloc(had ? 2 * had : 256, sizeof(old[0]));
	if (!t->object) {
		t->object = old;
		return tr_no_memory(t);
	}
	t->object_room = had ? 2 * had : 256;
	for (unsigned i = 0; i < had; i++)
		if (old[i])
			*find_object(t, old[i]->kind, old[i]->number) = old[i];
	free(old);
	return 0;
}

static int ask(struct trace *t, struct object *o)
{
	sqlite3_stmt *s = t->at_object;
	int rc, r = 0;

	sqlite3_reset(s);
	sqlite3_bind_text(s, 2, shapes[o->kind].kind, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, o->number);
	while (!r && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		const struct member *m =
			find_member(t, o->kind, (const char *)sqlite3_column_text(s, 0));
		uint64_t id;

		r = tr_number(t, s, 1, UINT32_MAX, &id);
		/* those that the file has got since are of other runs */
		if (r || !m || !id || id > t->fields)
			continue;
		o->id[m->offset] = (uint32_t)id;
		t->known[id] = (struct known){ .asked = 1, .kind = o->kind, .offset = m->offset,
					       .number = o->number };
	}
	if (!r && rc != SQLITE_DONE)
		r = tr_sql(t);
	sqlite3_reset(s);
	o->fields = t->fields;
	return r;
}

const struct object *tr_object(struct trace *t, enum object_kind kind, uint32_t number)
{
	size_t ids = shapes[kind].size + 1u;
	struct object **place, *o;

	if (make_room(t))
		return NULL;
	place = find_object(t, kind, number);
	o = *place;
	if (!o) {
		o = calloc(1, sizeof(*o) + ids * sizeof(o->id[0]));
		if (!o) {
			tr_no_memory(t);
			return NULL;
		}
		o->kind = (uint8_t)kind;
		o->number = number;
		o->id = (uint32_t *)(o + 1);
		o->fields = UINT32_MAX;
		*place = o;
		t->objects++;
	}
	/* A file that grows may have got fields of it since. */
	return o->fields == t->fields || !ask(t, o) ? o : NULL;
}

uint32_t tr_field(struct trace *t, enum object_kind kind, uint32_t number, size_t offset)
{
	const struct object *o = tr_object(t, kind, number);

	return o ? o->id[offset] : 0;
}

uint32_t tr_value(struct trace *t, enum object_kind kind, uint32_t number, size_t offset)
{
	uint32_t id = tr_field(t, kind, number, offset);

	return id ? t->value[id] : 0;
}

/* ---- for those who look from outside ---- */

bool trace_has_object(const struct trace *t, struct trace_object o)
{
	switch (o.kind) {
	case OBJ_PAGE:
		return o.number < t->info.pages;
	case OBJ_SLOT:
		return o.number < t->info.slots;
	case OBJ_FOLIO:
		return o.number && o.number < t->info.folios;
	case OBJ_ENTRY:
		return o.number && o.number < t->info.entries;
	case OBJ_TASK:
		return o.number < t->info.tasks;
	default:
		return false;
	}
}

/* Is `name` one of `names`, which are separated by blanks? */
static bool named(const char *names, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = names; (at = strstr(at, name)) != NULL; at += n)
		if ((at == names || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

int trace_fields_of(struct trace *t, struct trace_object o, const char *names, uint32_t *id)
{
	const struct object *object = tr_object(t, o.kind, o.number);
	int n = 0;

	if (!object)
		return -EBADMSG;
	for (unsigned i = 0; i < t->members[o.kind] && n < OBJECT_FIELDS; i++) {
		const struct member *m = &t->member[o.kind][i];

		if (object->id[m->offset] && (!names || named(names, member_name(m))))
			id[n++] = object->id[m->offset];
	}
	return n;
}

struct trace_object trace_object_of(struct trace *t, uint32_t field)
{
	const struct known *k = tr_known(t, field);

	return k ? (struct trace_object){ k->kind, k->number } : (struct trace_object){ 0 };
}

int trace_value(struct trace *t, uint64_t position, struct trace_object o, const char *name,
		uint32_t *value)
{
	const struct member *m = find_member(t, o.kind, name);
	int r = tr_place(t, position);

	if (!r)
		*value = m ? tr_value(t, o.kind, o.number, m->offset) : 0;
	return r;
}

struct trace_object object_in_text(const char *text)
{
	struct trace_object best = { 0 };
	const char *first = NULL;

	for (unsigned kind = OBJ_PAGE; kind <= OBJ_ENTRY; kind++) {
		size_t n = strlen(shapes[kind].kind);

		for (const char *at = text; (at = strstr(at, shapes[kind].kind)) != NULL; at += n) {
			char before = at == text ? ' ' : (char)(at[-1] | 0x20);

			if ((before >= 'a' && before <= 'z') || at[n] != ' ' ||
			    at[n + 1] < '0' || at[n + 1] > '9')
				continue;
			if (!first || at < first)
				best = (struct trace_object){ kind,
							      (uint32_t)strtoul(at + n, NULL, 10) };
			first = !first || at < first ? at : first;
			break;
		}
	}
	return best;
}

/* ---- names of values ---- */

struct look_up {
	enum field_type type;
	const char *text;
	unsigned value;
};

static int look_up_name(void *arg, const struct value_name *n)
{
	struct look_up *l = arg;

	if (n->type != l->type || strcmp(n->text, l->text))
		return 0;
	l->value = n->value;
	return 1;
}

/* Enumerations of the program that recorded may be numbered otherwise: their texts count. */
static int row_name(struct trace *t, sqlite3_stmt *s)
{
	const char *type = (const char *)sqlite3_column_text(s, 0);
	struct look_up l = { .text = (const char *)sqlite3_column_text(s, 2) };
	uint64_t value;

	if (!type || !l.text || tr_number(t, s, 1, UINT32_MAX, &value))
		return tr_bad(t, "a name is no proper name");
	while (l.type < TYPE_COUNT && strcmp(type, type_name(l.type)))
		l.type++;
	if (l.type == TYPE_COUNT || !type_is_enum(l.type) || value > UINT8_MAX)
		return 0;
	if (value_names(NULL, 0, look_up_name, &l))
		t->enumerated[l.type][value] = (uint8_t)l.value;
	return 0;
}

/* A mask of all bits says that the value is the whole of it; of 16 bits, as all once had. */
int tr_names(struct trace *t)
{
	return tr_each_row(t, "SELECT type, value, text FROM name WHERE run = ? "
			   "AND mask IN (65535, 4294967295)", t->info.id, row_name);
}
