/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a run is to come to: a text becomes data, and that is asked of an execution.
 */
#include "replay/hand/until.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/hand/look.h"
#include "traces/types.h"

static int wrong(char *why, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int wrong(char *why, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, UNTIL_WHY_MAX, format, ap);
	va_end(ap);
	return -EINVAL;
}

/* Copy the word at *p, which moves behind it and what is blank; cut to size. */
static void take_word(const char **p, const char *ends, char *word, size_t size)
{
	size_t n = strcspn(*p, ends);

	snprintf(word, size, "%.*s", (int)n, *p);
	*p += n;
	*p += strspn(*p, " ");
}

/* ---- fields ---- */

/* Names that people say, for those that traces have. */
static const struct {
	const char *kind, *said, *name;
	uint32_t mask;
} aliases[] = {
	{ "slot", "pin", "holder", UINT32_MAX },
	{ "slot", "count", "swap_map", SWAP_MAP_COUNT },
};

static const struct field *field_like(const char *kind, const char *name)
{
	size_t n;
	const struct field *f = world_fields(&n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].kind, kind) && !strcmp(f[i].name, name))
			return &f[i];
	return NULL;
}

static enum object_kind kind_named(const char *word)
{
	enum object_kind kind = OBJ_PAGE;

	while (kind < OBJ_KINDS && strcmp(word, object_kind_name(kind)))
		kind++;
	return kind < OBJ_KINDS ? kind : OBJ_NONE;
}

/* The number of an object, or a task's name; those of which there is one need none. */
static bool take_number(const struct trace *t, enum object_kind kind, const char **p,
			uint32_t *number)
{
	const struct run_info *info = trace_info(t);
	const char *before = *p;
	char word[32], *end;

	*number = 0;
	take_word(p, " ", word, sizeof(word));
	if (*word >= '0' && *word <= '9') {
		*number = (uint32_t)strtoul(word, &end, 0);
		return !*end;
	}
	for (unsigned i = 0; kind == OBJ_TASK && i < info->tasks; i++)
		if (!strcmp(info->task_name[i], word)) {
			*number = i;
			return true;
		}
	*p = before;
	return kind == OBJ_ZSWAP || kind == OBJ_SWAP;
}

/* Folios of a small run are counted as they come into use. */
static bool can_have(const struct trace *t, const struct until *u)
{
	const char *kind = object_kind_name(u->object.kind);

	if (trace_info(t)->large)
		return u->object.kind > OBJ_TASK || trace_has_object(t, u->object);
	return field_find(kind, u->object.number, u->field) &&
	       (u->object.kind > OBJ_TASK || u->object.kind == OBJ_FOLIO ||
		trace_has_object(t, u->object));
}

struct wanted_value {
	enum field_type type;
	const char *text;
	struct until *u;
	char all[160];
};

static int value_named(void *arg, const struct value_name *n)
{
	struct wanted_value *w = arg;
	size_t used = strlen(w->all);

	if (n->type != w->type)
		return 0;
	if (!strcmp(n->text, w->text)) {
		w->u->value = n->value;
		w->u->mask &= n->mask;
		return 1;
	}
	if (used + strlen(n->text) + 3 < sizeof(w->all))
		snprintf(w->all + used, sizeof(w->all) - used, "%s%s", used ? ", " : "", n->text);
	return 0;
}

static int parse_value(struct until *u, struct trace *t, const struct field *f, const char *text,
		       char *why)
{
	const struct run_info *info = trace_info(t);
	struct wanted_value w = { .type = field_type(f), .text = text, .u = u };
	const char *digits = text + (w.type == TYPE_STAMP && *text == 'v');
	char *end;

	if (*digits >= '0' && *digits <= '9') {
		u->value = (uint32_t)strtoul(digits, &end, 0);
		if (!*end)
			return 0;
	}
	if (w.type == TYPE_STAMP && !strcmp(text, "zeroes"))
		return 0;
	if (value_names(info->task_name, info->tasks, value_named, &w))
		return 0;
	return wrong(why, "'%.40s' is no value of %s's %s: a number%s%s", text, f->kind, f->name,
		     *w.all ? ", or " : "", w.all);
}

static int no_such_field(const char *kind, const char *name, char *why)
{
	char all[UNTIL_WHY_MAX] = "";
	size_t n, used = 0;
	const struct field *f = world_fields(&n), *first = NULL;

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (!strcmp(aliases[i].kind, kind))
			used += (size_t)snprintf(all + used, sizeof(all) - used, "%s, ",
						 aliases[i].said);
	for (size_t i = 0; i < n && used < 160; i++) {
		if (strcmp(f[i].kind, kind) || (first && f[i].index != first->index))
			continue;
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
					 first ? ", " : "", f[i].name);
		first = first ? first : &f[i];
	}
	return wrong(why, "a %s has no field '%.24s': it has %s", kind, name, all);
}

static bool task_numbered(const struct trace *t, const char *name)
{
	const struct run_info *info = trace_info(t);

	for (unsigned i = 0; i < info->tasks; i++)
		if (!strcmp(info->task_name[i], name))
			return true;
	return false;
}

static int parse_field(struct until *u, struct trace *t, const char *p, char *why)
{
	const char *kind = object_kind_name(u->object.kind);
	const struct field *f;
	char name[24];

	u->kind = UNTIL_FIELD;
	u->mask = UINT32_MAX;
	u->compare = '*';
	if (!take_number(t, u->object.kind, &p, &u->object.number) || !*p)
		return wrong(why, "a field is '%s NUMBER FIELD', and '= VALUE' where it is to "
			     "have one", kind);
	take_word(&p, " =!<>", name, sizeof(name));
	snprintf(u->field, sizeof(u->field), "%s", name);
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (!strcmp(aliases[i].kind, kind) && !strcmp(aliases[i].said, name)) {
			snprintf(u->field, sizeof(u->field), "%s", aliases[i].name);
			u->mask = aliases[i].mask;
		}
	f = field_like(kind, u->field);
	if (!f)
		return no_such_field(kind, name, why);
	if (!can_have(t, u))
		return wrong(why, "this run has no %s %u", kind, u->object.number);
	if (!*p || !strcmp(p, "changes"))
		return 0;
	u->compare = *p;
	if (!strchr("=!<>", *p) || (*p == '!' && p[1] != '='))
		return wrong(why, "behind a field stands =, !=, <, > and a value, or nothing: it "
			     "changes");
	p += *p == '!' || (*p == '=' && p[1] == '=') ? 2 : 1;
	p += strspn(p, " ");
	if (!strcmp(name, "pin") && task_numbered(t, p)) {	/* whose it is, not which kind */
		snprintf(u->field, sizeof(u->field), "holder_task");
		f = field_like(kind, u->field);
	}
	return parse_value(u, t, f, p, why);
}

/* ---- steps ---- */

/* A function by its whole name, a step by the beginning of its text, functions by theirs. */
static int parse_step(struct until *u, struct trace *t, const char *text, char *why)
{
	size_t n = strlen(text), op = strcspn(text, ":");
	bool exact = false, step = false, begins = false;
	const struct trace_step *s;
	char name[UNTIL_TEXT_MAX];

	snprintf(name, sizeof(name), "%.*s", (int)(n > 2 && !strcmp(text + n - 2, "()") ? n - 2 :
						   n), text);
	for (unsigned i = steps_begin(t); (s = trace_step_at(t, i)); i++) {
		exact |= !strcmp(s->op, name);
		begins |= !strncmp(s->op, name, strlen(name));
		step |= s->kind != KIND_CALL && !strncmp(s->text, text, n);
	}
	if (strlen(name) >= sizeof(u->op))
		exact = begins = false;
	u->kind = UNTIL_STEP;
	u->compare = exact ? '=' : '*';
	if (exact || (!step && begins)) {
		u->kind = UNTIL_FUNCTION;
		snprintf(u->op, sizeof(u->op), "%.47s", name);
		return 0;
	}
	snprintf(u->step, sizeof(u->step), "%s", text);
	if (step)
		return 0;
	if (text[op] == ':' && op < sizeof(u->op)) {
		snprintf(u->op, sizeof(u->op), "%.*s", (int)op, text);
		u->compare = '=';
		text += op + 1;
		snprintf(u->step, sizeof(u->step), "%s", text + strspn(text, " "));
		for (unsigned i = steps_begin(t); (s = trace_step_at(t, i)); i++)
			if (step_wanted(u, s->op, s->text, s->kind))
				return 0;
	}
	return wrong(why, "'%.40s' is no function, and no step begins so; nor is it 'next', 'end', "
		     "'breaks UAF', or a field, as 'slot 0 pin = none'", u->text);
}

static int parse_breaks(struct until *u, const char *name, char *why)
{
	int property = *name ? property_find(name) : 0;

	u->kind = UNTIL_BREAKS;
	if (property < 0)
		return wrong(why, "there is no property '%.24s': 'swapscope list properties' has "
			     "them", name);
	u->properties = *name ? 1u << property : ~properties_costs();
	return 0;
}

int until_parse(struct until *u, struct trace *t, const char *text, char *why)
{
	const char *p;
	char word[32];
	size_t n;

	*u = (struct until){ .kind = UNTIL_NEXT };
	text += strspn(text, " \t");
	n = strlen(text);
	while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		n--;
	if (!n || n >= sizeof(u->text))
		return wrong(why, "what is waited for has 1 to %d bytes: 'next', 'end', 'breaks', "
			     "'slot 0 pin = none', a step or a function", UNTIL_TEXT_MAX - 1);
	snprintf(u->text, sizeof(u->text), "%.*s", (int)n, text);
	p = u->text;
	take_word(&p, " ", word, sizeof(word));
	if (!*p && !strcmp(word, "next"))
		return 0;
	u->kind = UNTIL_END;
	if (!*p && !strcmp(word, "end"))
		return 0;
	if (!strcmp(word, "breaks"))
		return parse_breaks(u, p, why);
	u->object.kind = kind_named(word);
	if (u->object.kind != OBJ_NONE && *p)
		return parse_field(u, t, p, why);
	u->object.kind = OBJ_NONE;
	return parse_step(u, t, u->text, why);
}

/* ---- asked ---- */

bool value_wanted(const struct until *u, uint32_t value)
{
	value &= u->mask;
	switch (u->compare) {
	case '=':
		return value == u->value;
	case '!':
		return value != u->value;
	case '<':
		return value < u->value;
	case '>':
		return value > u->value;
	default:
		return true;
	}
}

bool change_wanted(const struct until *u, uint32_t before, uint32_t after)
{
	if (u->compare == '*')
		return (before & u->mask) != (after & u->mask);
	return value_wanted(u, after) && !value_wanted(u, before);
}

bool step_wanted(const struct until *u, const char *op, const char *text, unsigned kind)
{
	if (kind == KIND_CALL)
		return false;
	if (*u->op && (u->compare == '=' ? strcmp(op, u->op) : strncmp(op, u->op, strlen(u->op))))
		return false;
	return u->kind == UNTIL_FUNCTION || !strncmp(text, u->step, strlen(u->step));
}

bool until_met(const struct until *u, const struct execution *x, size_t n)
{
	const struct exec_step *s;
	const struct field *f;

	if (!n || n > x->n)
		return false;
	s = &x->step[n - 1];
	switch (u->kind) {
	case UNTIL_NEXT:
		return true;
	case UNTIL_END:
		return s->ev.op_done;
	case UNTIL_BREAKS:
		return (s->violated | s->costs) & u->properties;
	case UNTIL_FIELD:
		f = field_find(object_kind_name(u->object.kind), u->object.number, u->field);
		return f && change_wanted(u, field_get(&x->world[n - 1], f),
					  field_get(&x->world[n], f));
	default:
		return false;
	}
}

/*
 * Is a task at n behind the call of the function that it stands in, and has made no step of it?
 * It may be back from one that the function called first of all.
 */
static bool entering(const struct execution *x, size_t n, unsigned task, const struct step *at)
{
	unsigned depth = x->world[n].task[task].depth;

	while (n--) {
		const struct exec_step *s = &x->step[n];

		if (s->move.task != task || (s->depth > depth && !s->ev.op_done))
			continue;
		return s->depth < depth || s->ev.op_done ||
		       strcmp(step_op_name(step_at((size_t)s->step)), step_op_name(at));
	}
	return true;
}

bool until_at(const struct until *u, const struct execution *x, size_t n, unsigned task)
{
	const struct task *t;
	const struct step *s;

	if (u->kind < UNTIL_FUNCTION || n > x->n || task >= x->scenario->tasks)
		return false;
	t = &x->world[n].task[task];
	if (task_finished(t))
		return false;
	s = step_at((size_t)task_at(t, t->depth - 1u));
	return step_wanted(u, step_op_name(s), s->text, s->kind) &&
	       (u->kind == UNTIL_STEP || entering(x, n, task, s));
}
