/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fields.c - what a transition changed of an object, in words.
 */
#include <stdio.h>
#include <string.h>

#include "traces/read/rows.h"
#include "traces/types.h"
#include "ui/moment/moment.h"

struct wanted {
	enum field_type type;
	uint32_t value;
	char *buf;
	size_t size, used;
};

static int take_name(void *arg, const struct value_name *n)
{
	struct wanted *w = arg;
	bool whole = n->mask == UINT32_MAX;

	if (n->type != w->type || (w->value & n->mask) != n->value || (!whole && !n->value))
		return 0;
	if (w->used < w->size)
		w->used += (size_t)snprintf(w->buf + w->used, w->size - w->used, "%s%s",
					    w->used ? "|" : "", n->text);
	return whole;
}

static void named(enum field_type type, uint32_t v, char *buf, size_t size)
{
	struct wanted w = { .type = type, .value = v, .buf = buf, .size = size };

	*buf = '\0';
	value_names(NULL, 0, take_name, &w);
	if (!*buf)
		snprintf(buf, size, "%u", v);
}

static const char *task_of(struct trace *t, uint32_t task)
{
	return task < trace_info(t)->tasks ? trace_info(t)->task_name[task] : "?";
}

static void tasks_of(struct trace *t, uint32_t mask, char *buf, size_t size)
{
	size_t used = 0;

	snprintf(buf, size, "nobody");
	for (unsigned i = 0; i < 32 && used < size; i++)
		if (mask >> i & 1)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? "," : "",
						 task_of(t, i));
}

static void value_text(struct trace *t, enum field_type type, uint32_t v, char *buf, size_t size)
{
	switch (type) {
	case TYPE_NUMBER:
	case TYPE_SLOT:
	case TYPE_STEP:
		snprintf(buf, size, "%u", v);
		break;
	case TYPE_STAMP:
		stamp_text(v, buf, size);
		break;
	case TYPE_TASK_1:
	case TYPE_LOCK:
		snprintf(buf, size, "%s", !v ? "nobody" :
			 type == TYPE_LOCK && v == LOCKED_BY_DEVICE ? "the device" :
			 task_of(t, v - 1));
		break;
	case TYPE_TASKS:
		tasks_of(t, v, buf, size);
		break;
	case TYPE_SLOT_1:
	case TYPE_FOLIO:
	case TYPE_ENTRY:
		if (v)
			snprintf(buf, size, "%u", v - (type == TYPE_SLOT_1));
		else
			snprintf(buf, size, "-");
		break;
	default:
		named(type, v, buf, size);
	}
}

/* Of the model's own bookkeeping nobody speaks who reads of a kernel. */
static bool is_told(const char *kind, const char *name)
{
	return !(!strcmp(kind, "entry") && !strcmp(name, "known")) &&
	       !(!strcmp(kind, "zswap") && !strcmp(name, "dangling"));
}

unsigned changes_text(struct trace *t, uint64_t at, struct trace_object o, char *buf, size_t size)
{
	const struct trace_change *c;
	int n = trace_changes(t, at, &c);
	unsigned found = 0;
	size_t used = 0;

	*buf = '\0';
	for (int i = 0; i < n; i++) {
		const struct trace_field *f = trace_field_at(t, c[i].id);
		char before[64], after[64];

		if (!f || f->idx != o.number || strcmp(f->kind, object_kind_name(o.kind)) != 0 ||
		    !is_told(f->kind, f->name))
			continue;
		value_text(t, f->type, c[i].old_value, before, sizeof(before));
		value_text(t, f->type, c[i].new_value, after, sizeof(after));
		if (used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%.24s %s -> %s",
						 found ? ", " : "", f->name, before, after);
		found++;
	}
	return found;
}

const char *field_text(struct trace *t, const struct field *f, unsigned v, char *buf, size_t size)
{
	value_text(t, field_type(f), v, buf, size);
	return buf;
}

bool field_is_told(const struct field *f)
{
	return is_told(f->kind, f->name);
}

const char *change_text(struct trace *t, const struct trace_change *c, char *buf, size_t size)
{
	char before[64], after[64];

	*buf = '\0';
	if (!c->field || !is_told(c->field->kind, c->field->name))
		return buf;
	value_text(t, field_type(c->field), c->old_value, before, sizeof(before));
	value_text(t, field_type(c->field), c->new_value, after, sizeof(after));
	snprintf(buf, size, "%s %u %s %s -> %s", c->field->kind, c->field->index, c->field->name,
		 before, after);
	return buf;
}
