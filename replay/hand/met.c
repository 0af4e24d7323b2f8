/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What came about, where a run was to come to something: in words.
 */
#include <stdio.h>
#include <string.h>

#include "replay/hand/look.h"
#include "traces/types.h"

struct wanted_name {
	enum field_type type;
	uint32_t value;
	char *buf;
	size_t size;
};

static int take_name(void *arg, const struct value_name *n)
{
	struct wanted_name *w = arg;
	size_t used = strlen(w->buf);
	bool whole = n->mask == UINT32_MAX;

	if (n->type != w->type || (w->value & n->mask) != n->value || (!whole && !n->value))
		return 0;
	snprintf(w->buf + used, w->size - used, "%s%s", used ? "|" : "", n->text);
	return whole;
}

/* A value as until_parse() takes it: "none", "v3", "T0", "2". */
static void value_words(const struct until *u, const struct execution *x, const struct field *f,
			uint32_t value, char *buf, size_t size)
{
	struct wanted_name w = { field_type(f), value, buf, size };
	const char *name[MAX_TASKS];

	for (unsigned i = 0; i < x->scenario->tasks && i < MAX_TASKS; i++)
		name[i] = x->scenario->program[i].name;
	*buf = '\0';
	if (u->mask == UINT32_MAX)
		value_names(name, x->scenario->tasks, take_name, &w);
	if (!*buf)
		snprintf(buf, size, "%s%u", w.type == TYPE_STAMP && value ? "v" : "",
			 (value & u->mask) - (w.type == TYPE_SLOT_1 && value));
}

static void field_words(const struct until *u, const struct execution *x, size_t n, char *buf,
			size_t size)
{
	const struct field *f = field_find(object_kind_name(u->object.kind), u->object.number,
					   u->field);
	char before[64], after[64];

	if (!f) {
		snprintf(buf, size, "%s", u->text);
		return;
	}
	value_words(u, x, f, field_get(&x->world[n - 1], f), before, sizeof(before));
	value_words(u, x, f, field_get(&x->world[n], f), after, sizeof(after));
	/* in the reader's words: "slot 0 pin", not "slot 0 holder" */
	snprintf(buf, size, "%.*s: %s -> %s", (int)strcspn(u->text, "=!<>"), u->text, before,
		 after);
	for (char *blank; (blank = strstr(buf, " :"));)
		memmove(blank, blank + 1, strlen(blank));
}

static void breaks_words(const struct until *u, const struct exec_step *s, char *buf, size_t size)
{
	uint32_t bits = (s->violated | s->costs) & u->properties;

	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (bits >> i & 1) {
			snprintf(buf, size, "%s is violated", properties[i].name);
			return;
		}
}

void met_words(const struct until *u, const struct execution *x, size_t n, int next, char *buf,
	       size_t size)
{
	const struct exec_step *s = &x->step[n - 1];
	const char *name = x->scenario->program[s->move.task].name;

	switch (u->kind) {
	case UNTIL_NEXT:
		snprintf(buf, size, "%s made a step", name);
		break;
	case UNTIL_END:
		snprintf(buf, size, "%s is done with its operation", name);
		break;
	case UNTIL_BREAKS:
		breaks_words(u, s, buf, size);
		break;
	case UNTIL_FIELD:
		field_words(u, x, n, buf, size);
		break;
	default:
		snprintf(buf, size, "%s is about to %s %s", next < 0 ? name :
			 x->scenario->program[next].name, u->kind == UNTIL_FUNCTION ? "enter" :
			 "make", u->text);
	}
}
