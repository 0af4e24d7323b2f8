/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/text/value.h"

#include <stdio.h>
#include <string.h>

#include "traces/types.h"

struct wanted {
	enum field_type type;
	unsigned value;
	char *buf;
	size_t size;
	uint32_t told;		/* bits that have words */
};

/* Of several rows those whose bits the value has: "count 1|has_cache". */
static int row(void *arg, const struct value_name *n)
{
	struct wanted *w = arg;
	size_t used = strlen(w->buf);

	if (n->type != w->type || (w->value & n->mask) != n->value)
		return 0;
	if (!n->value && w->value)	/* "none" of something else */
		return 0;
	w->told |= n->mask;
	snprintf(w->buf + used, w->size - used, "%s%s", used ? "|" : "", n->text);
	return 0;
}

const char *value_text(const struct run_info *run, const struct field *f, unsigned value,
		       char *buf, size_t size)
{
	struct wanted w = { field_type(f), value, buf, size, 0 };

	*buf = '\0';
	switch (w.type) {
	case TYPE_NUMBER:
		break;
	case TYPE_SLOT_1:
		if (value)
			snprintf(buf, size, "slot %u", value - 1);
		break;
	case TYPE_STAMP:
		if (value != STAMP_ZERO && value != STAMP_GARBAGE)
			snprintf(buf, size, "v%u", value);
		break;
	default:
		break;
	}
	if (!*buf)
		value_names((const char *const *)run->task_name, run->tasks, row, &w);
	if (!*buf)
		snprintf(buf, size, "%u", value);
	return buf;
}

const char *change_text(const struct run_info *run, const struct trace_change *c, char *buf,
			size_t size)
{
	char was[80], is[80];

	*buf = '\0';
	if (c->field)
		snprintf(buf, size, "%s %u %s %s -> %s", c->field->kind, c->field->index,
			 c->field->name,
			 value_text(run, c->field, c->old_value, was, sizeof(was)),
			 value_text(run, c->field, c->new_value, is, sizeof(is)));
	return buf;
}
