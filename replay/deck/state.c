/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * state.c - claims about the world at a position: an object's field and its value, in the words
 * that traces have for them, and three that only sum up others: a slot's pin and count, and how
 * many copies of a page's last write there are.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/property.h"
#include "replay/deck/parse.h"
#include "traces/types.h"

static const struct {
	const char *kind;
	unsigned first;			/* entry 0 and folio 0 are NULL */
	unsigned most;			/* 0: there is one, which has no number */
} kinds[] = {
	{ "page", 0, MAX_PAGES }, { "slot", 0, MAX_SLOTS }, { "folio", 1, MAX_FOLIOS },
	{ "entry", 1, MAX_ENTRIES }, { "mm", 0, MAX_MMS }, { "device", 0, MAX_DEVICES },
	{ "zswap", 0, 0 }, { "swap", 0, 0 },
};

static const struct {
	const char *kind, *name;
} sums[] = { { "slot", "pin" }, { "slot", "count" }, { "page", "copies" } };

int objects_of(const struct scenario *s, const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].kind, kind))
			return !s ? (int)kinds[i].most :
			       !strcmp(kind, "page") ? s->hw.pages :
			       !strcmp(kind, "slot") ? s->hw.slots : (int)kinds[i].most;
	return -1;
}

static bool is_sum(const struct claim *c)
{
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		if (!strcmp(sums[i].kind, c->object) && !strcmp(sums[i].name, c->field))
			return true;
	return false;
}

/* The fields of a kind, with blanks before each. */
static void fields_text(const char *kind, char *buf, size_t size)
{
	size_t n, used = 0;
	const struct field *f = world_fields(&n);
	int index = -1;

	*buf = '\0';
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		if (!strcmp(sums[i].kind, kind))
			used += (size_t)snprintf(buf + used, size - used, " %s", sums[i].name);
	for (size_t i = 0; i < n && used < size; i++) {
		if (strcmp(f[i].kind, kind) || (index >= 0 && f[i].index != index))
			continue;
		index = f[i].index;
		used += (size_t)snprintf(buf + used, size - used, " %s", f[i].name);
	}
}

int field_known(const struct claim *c, struct deck_error *err)
{
	char fields[300];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].kind, c->object) && kinds[i].most &&
		    (c->number < kinds[i].first || c->number >= kinds[i].most))
			return deck_refuse(err, c->line, "%s %u: there are %s %u to %u", c->object,
					   c->number, c->object, kinds[i].first, kinds[i].most - 1);
	if (is_sum(c) || field_find(c->object, c->number, c->field))
		return 0;
	fields_text(c->object, fields, sizeof(fields));
	return deck_refuse(err, c->line, "no field '%s' of %s; there are%s", c->field, c->object,
			   fields);
}

/* ---- sums ---- */

static bool pin_is(const struct claim *c, const struct execution *x, const struct slot *s,
		   char *buf, size_t size)
{
	const char *kind = holder_name((enum holder)s->holder), *who = "folio";

	if (s->holder_task && s->holder_task <= x->scenario->tasks)
		who = x->scenario->program[s->holder_task - 1].name;
	if (s->holder == HOLD_NONE)
		snprintf(buf, size, "none");
	else
		snprintf(buf, size, "%s (%s)", who, kind);
	return !strcmp(c->value, buf) || !strcmp(c->value, kind) ||
	       (s->holder != HOLD_NONE && !strcmp(c->value, who));
}

/* Could the value be one of a pin, at another time? */
static bool pin_value(const struct claim *c, const struct execution *x)
{
	char word[sizeof(c->value)];
	const char *rest = c->value;

	if (!next_word(&rest, word, sizeof(word)))
		return false;
	for (unsigned i = 0; i < HOLD_KINDS; i++)
		if (!strcmp(word, holder_name((enum holder)i)))
			return true;
	for (unsigned i = 0; i < x->scenario->tasks; i++)
		if (!strcmp(word, x->scenario->program[i].name))
			return true;
	return !strcmp(word, "folio");
}

static int number_is(const struct claim *c, unsigned v, bool *is, char *buf, size_t size,
		     struct deck_error *err)
{
	size_t want;

	if (!whole_number(c->value, UINT16_MAX, &want))
		return deck_refuse(err, c->line, "%s = %.40s: a number is needed", c->field,
				   c->value);
	snprintf(buf, size, "%u", v);
	*is = want == v;
	return 0;
}

static int sum_is(const struct claim *c, const struct execution *x, size_t at, bool *is, char *buf,
		  size_t size, struct deck_error *err)
{
	const struct mem *m = &x->world[at].mem;

	if (!strcmp(c->field, "copies"))
		return number_is(c, page_copies(m, c->number), is, buf, size, err);
	if (!strcmp(c->field, "count"))
		return number_is(c, m->slot[c->number].swap_map & SWAP_MAP_COUNT, is, buf, size,
				 err);
	if (!pin_value(c, x))
		return deck_refuse(err, c->line, "pin = %.40s: none, a task, folio, or what it is "
				   "held for (alloc, add, cache, del, sync, free)", c->value);
	*is = pin_is(c, x, &m->slot[c->number], buf, size);
	return 0;
}

/* ---- fields ---- */

/* The names of a type's values: which are those of v, and is one of them meant? */
struct names {
	enum field_type type;
	unsigned v;
	const char *want;
	bool known, is;
	char *is_text, *all;
	size_t is_size, all_size;
};

static void append(char *buf, size_t size, const char *text)
{
	size_t n = strlen(buf);

	if (n < size)
		snprintf(buf + n, size - n, "%s%s", n ? ", " : "", text);
}

static int visit_name(void *arg, const struct value_name *n)
{
	struct names *s = arg;
	bool is;

	if (n->type != s->type)
		return 0;
	is = (s->v & n->mask) == n->value;
	append(s->all, s->all_size, n->text);
	if (is)
		append(s->is_text, s->is_size, n->text);
	if (!strcmp(n->text, s->want)) {
		s->known = true;
		s->is |= is;
	}
	return 0;
}

/* Numbers as screens have them: a version is "v3", and a slot that may be none is the slot's. */
static bool value_number(enum field_type type, const char *text, size_t *v)
{
	if (type == TYPE_STAMP && *text == 'v')
		text++;
	if (!whole_number(text, UINT16_MAX, v))
		return false;
	*v += type == TYPE_SLOT_1;
	return true;
}

static void number_text(enum field_type type, unsigned v, char *buf, size_t size)
{
	snprintf(buf, size, "%s%u", type == TYPE_STAMP ? "v" : "", v - (type == TYPE_SLOT_1));
}

int field_is(const struct claim *c, const struct execution *x, size_t at, bool *is, char *buf,
	     size_t size, struct deck_error *err)
{
	const struct field *f = field_find(c->object, c->number, c->field);
	const char *task[MAX_TASKS];
	char text[200] = "", all[300] = "", object[24];
	struct names s = { .want = c->value, .is_text = text, .is_size = sizeof(text), .all = all,
			   .all_size = sizeof(all) };
	int n = objects_of(x->scenario, c->object), error = 0;
	size_t number;

	if (n > 0 && (int)c->number >= n)
		return deck_refuse(err, c->line, "there is no %s %u: %.60s has %d of them, from 0",
				   c->object, c->number, x->scenario->name, n);
	if (!f) {
		error = sum_is(c, x, at, is, text, sizeof(text), err);
	} else {
		s.type = field_type(f);
		s.v = field_get(&x->world[at], f);
		for (unsigned i = 0; i < x->scenario->tasks; i++)
			task[i] = x->scenario->program[i].name;
		value_names(task, x->scenario->tasks, visit_name, &s);
		*is = s.is;
		if (value_number(s.type, c->value, &number))
			*is = number == s.v;
		else if (!s.known)
			error = deck_refuse(err, c->line, "%s = %.40s: %s%s%s", c->field, c->value,
					    *all ? "a number or one of " : "a number is needed",
					    all, strlen(all) + 1 == sizeof(all) ? " .." : "");
		if (!*text)
			number_text(s.type, s.v, text, sizeof(text));
	}
	snprintf(object, sizeof(object), n ? "%s %u" : "%s", c->object, c->number);
	snprintf(buf, size, "at step %zu %s %s = %s", at, object, c->field, text);
	return error;
}
