/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * object.c - the object that is looked at in a large or long run: choosing one, going to
 * where it changed, going back to what caused what it is; and following a run that grows.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/cause/cause.h"
#include "replay/explain/explain.h"
#include "ui/view/act.h"
#include "ui/view/session.h"

#define LOOK_FOR	20000000ull	/* transitions that a key looks at, at most */
#define EXPLAIN_LOOK	2000000ull	/* and an explanation */
#define LIFE_ROWS	1000		/* of an object's life, the last ones */

static struct chapter *chapter(const struct view *v)
{
	return &v->chapter[v->at];
}

static struct trace *run(const struct view *v)
{
	return chapter(v)->run[v->focus];
}

static const char *name(struct trace_object o, char *buf, size_t size)
{
	snprintf(buf, size, "%s %u", object_kind_name(o.kind), o.number);
	return buf;
}

/* ---- choosing ---- */

bool look_at(struct view *v, struct trace_object o)
{
	char text[32];

	name(o, text, sizeof(text));
	if (!trace_has_object(run(v), o)) {
		view_say(v, "this run has no %s", text);
		return false;
	}
	v->object[v->focus] = o;
	view_say(v, "looking at %s", text);
	return true;
}

void look_at_finding(struct view *v, const struct trace_finding *f)
{
	struct trace_object o = object_in_text(f->text);

	v->way_length = 0;
	if (trace_has_object(run(v), o))
		v->object[v->focus] = o;
}

struct trace_object parse_object(const struct view *v, const char *text)
{
	const enum object_kind was = v->object[v->focus].kind;

	return object_named(text, was ? was : OBJ_PAGE);
}

COMMAND(LOOK_AT)
{
	struct trace_object o = parse_object(v, argument);

	if (o.kind == OBJ_NONE)
		view_say(v, "an object is page 54, slot 7, folio 3, entry 12; or p54, s7, f3, e12");
	else
		look_at(v, o);
}

/* What the last step changed, one after another, behind the one that is looked at. */
COMMAND(TRACK)
{
	const struct trace_change *c;
	int n = trace_changes(run(v), v->cursor[v->focus], &c);
	struct trace_object first = { 0 }, was = v->object[v->focus];
	bool next = false;

	for (int i = 0; i < n; i++) {
		struct trace_object o = trace_object_of(run(v), c[i].id);
		bool same = o.kind == was.kind && o.number == was.number;

		if (o.kind < OBJ_PAGE || o.kind > OBJ_ENTRY || !trace_has_object(run(v), o))
			continue;
		if (!first.kind)
			first = o;
		if (next && !same) {
			look_at(v, o);
			return;
		}
		next |= same;
	}
	if (first.kind)
		look_at(v, first);
	else
		view_say(v, "the last step changed no page, slot, folio or entry");
}

COMMAND(NO_OBJECT)
{
	v->object[v->focus] = (struct trace_object){ 0 };
}

/* ---- where it changed ---- */

static void go_to_change(struct view *v, bool forward)
{
	uint64_t at = v->cursor[v->focus], last = trace_info(run(v))->events, to, found;
	uint32_t id[OBJECT_FIELDS];
	char text[32];
	int n, r = 0;

	name(v->object[v->focus], text, sizeof(text));
	if (v->object[v->focus].kind == OBJ_NONE) {
		view_say(v, "which object?  / chooses one, t takes what the last step changed");
		return;
	}
	n = trace_fields_of(run(v), v->object[v->focus], NULL, id);
	to = !forward ? (at > LOOK_FOR + 1 ? at - LOOK_FOR : 1) :
	     last - at > LOOK_FOR ? at + LOOK_FOR : last;
	if (n > 0 && (forward ? at < last : at > 1))
		r = trace_search(run(v), forward ? at + 1 : at - 1, to, id, (size_t)n, &found);
	if (n < 0 || r < 0)
		view_say(v, "the trace is damaged %s this step", forward ? "after" : "before");
	else if (r)
		move_to(v, found);
	else if (to > 1 && to < last)
		view_say(v, "%s did not change in %llu steps", text, LOOK_FOR);
	else
		view_say(v, "%s does not change %s this step", text, forward ? "after" : "before");
}

COMMAND(PREV_CHANGE)
{
	go_to_change(v, false);
}

COMMAND(NEXT_CHANGE)
{
	go_to_change(v, true);
}

/* ---- what caused it ---- */

/* What one asks for the cause of, where no object was chosen: the last finding up to here. */
static void look_at_last_finding(struct view *v)
{
	size_t n;
	const struct trace_finding *f = trace_findings(run(v), &n);

	while (n && f[n - 1].position > v->cursor[v->focus])
		n--;
	if (n)
		look_at_finding(v, &f[n - 1]);
}

COMMAND(CAUSE)
{
	struct cause c;
	int r;

	if (v->object[v->focus].kind == OBJ_NONE)
		look_at_last_finding(v);
	if (v->object[v->focus].kind == OBJ_NONE) {
		view_say(v, "the cause of what?  / chooses an object, f goes to a finding");
		return;
	}
	r = cause_of(run(v), v->cursor[v->focus], v->object[v->focus], LOOK_FOR, &c);
	if (r < 0)
		view_say(v, "the trace is damaged before this step");
	else
		view_say(v, "%s", c.text);
	if (r <= 0)
		return;
	if (v->way_length == WAY_MAX)
		memmove(&v->way[0], &v->way[1], --v->way_length * sizeof(v->way[0]));
	v->way[v->way_length].at = v->cursor[v->focus];
	v->way[v->way_length++].object = v->object[v->focus];
	move_to(v, c.at);
	v->object[v->focus] = c.object;
}

COMMAND(UNCAUSE)
{
	if (!v->way_length) {
		view_say(v, "c goes to a cause, C returns");
		return;
	}
	v->way_length--;
	v->object[v->focus] = v->way[v->way_length].object;
	move_to(v, v->way[v->way_length].at);
}

/* ---- the steps that matter, as a list ---- */

/* Rows have texts of EXPLAIN_TEXT bytes.  False: memory is out. */
static bool steps_begin(struct view *v, const char *title, const char *second, unsigned rows)
{
	list_begin(v, LIST_STEPS, title, "enter goes there",
		   rows, (const char *const[]){ "step", second, "what", NULL });
	v->list.text = calloc(rows ? rows : 1, EXPLAIN_TEXT);
	if (!v->list.text)
		v->list.rows = 0;
	return v->list.rows;
}

static void step_row(struct view *v, unsigned i, uint64_t at, const char *second, const char *text)
{
	struct list_row *row = &v->list.row[i];
	char *whole = v->list.text + i * (size_t)EXPLAIN_TEXT;

	snprintf(whole, EXPLAIN_TEXT, "%s", text);
	row->id = at <= INT32_MAX ? (int)at : 0;
	row->whole = whole;
	snprintf(row->cell[0], sizeof(row->cell[0]), "%llu", (unsigned long long)at);
	snprintf(row->cell[1], sizeof(row->cell[1]), "%s", second);
	snprintf(row->cell[2], sizeof(row->cell[2]), "%.119s", text);
}

static void list_explanation(struct view *v, const struct explanation *e)
{
	unsigned n = e->switches < EXPLAIN_SWITCHES ? e->switches : EXPLAIN_SWITCHES;

	if (!steps_begin(v, "Steps that matter for the finding, and switches of tasks", "role",
			 e->links + n))
		return;
	for (unsigned i = 0; i < e->links; i++) {
		const struct explain_link *l = &e->link[i];
		bool end = l->role == EXPLAIN_FINDING;

		step_row(v, i, l->at, end ? e->property : explain_role_name(l->role), l->text);
		if (end)
			v->list.row[i].style = STYLE_BAD;
	}
	for (unsigned i = 0; i < n; i++)
		step_row(v, e->links + i, e->needed[i].at, "switch", e->needed[i].text);
}

/* The finding at the cursor or behind it, else the last one. */
static void explain_next_finding(struct view *v)
{
	size_t n, i = 0;
	const struct trace_finding *f = trace_findings(run(v), &n);
	struct explanation e;

	if (!n) {
		view_say(v, "nothing is violated in this run");
		return;
	}
	while (i + 1 < n && f[i].position < v->cursor[v->focus])
		i++;
	if (explain_finding(&e, run(v), i, EXPLAIN_LOOK)) {
		view_say(v, "the finding cannot be explained: the trace is damaged");
		return;
	}
	list_explanation(v, &e);
	explanation_free(&e);
}

struct life_rows {
	struct view *v;
	uint64_t events, skip;		/* there are; and not shown, the first ones */
	unsigned n;
	bool counting;
};

static int life_row(void *arg, uint64_t at, enum explain_role role, const char *text)
{
	struct life_rows *l = arg;
	const struct trace_event *ev = trace_event_at(run(l->v), at);
	const struct trace_step *step = ev ? trace_step_at(run(l->v), ev->step) : NULL;

	if (l->counting) {
		l->events++;
		return 0;
	}
	if (l->skip && l->skip--)
		return 0;
	if (l->n < l->v->list.rows)
		step_row(l->v, l->n++, at, explain_role_name(role), *text ? text : step ?
			 step->text : "?");
	return 0;
}

static void explain_object(struct view *v, struct trace_object o)
{
	struct life_rows l = { .v = v, .counting = true };
	uint64_t end = trace_info(run(v))->events;

	if (!look_at(v, o))
		return;
	if (explain_life(run(v), o, 1, end, life_row, &l)) {
		view_say(v, "the trace is damaged");
		return;
	}
	if (!l.events) {
		view_say(v, "nothing changes it in this run");
		return;
	}
	l.counting = false;
	l.skip = l.events > LIFE_ROWS ? l.events - LIFE_ROWS : 0;
	if (!steps_begin(v, "What happened to the object that is looked at", "role",
			 (unsigned)(l.events - l.skip)))
		return;
	explain_life(run(v), o, 1, end, life_row, &l);
	view_say(v, "%s", "");		/* the list says what is looked at */
}

COMMAND(EXPLAIN)
{
	struct trace_object o = parse_object(v, argument);

	if (!*argument)
		explain_next_finding(v);
	else if (o.kind == OBJ_NONE)
		view_say(v, "'%.24s' is no object: page 54, s7, e12, 0x313", argument);
	else
		explain_object(v, o);
}

void explain_act(struct view *v, int id, enum list_act act)
{
	if (act == LIST_DELETE)
		return;
	list_leave(v);
	if (id > 0)
		move_to(v, (uint64_t)id);
	else
		view_say(v, "that is no step of this run");
}

/* ---- a run that grows ---- */

bool view_refresh(struct view *v)
{
	struct trace *t = v->chapter[0].run[0];
	size_t had, findings;
	const struct trace_finding *f;
	int r;

	trace_findings(t, &had);
	r = trace_refresh(t);
	if (r == -EBUSY)		/* its writer is tidying up: there is a next time */
		return false;
	if (r < 0)
		view_say(v, "the file cannot be followed any more: it is damaged or was replaced");
	if (r <= 0)
		return r < 0;
	f = trace_findings(t, &findings);
	list_again(v, LIST_NOTES);
	if (findings > had)
		view_say(v, "!! %.16s at step %llu: f goes there", f[had].property,
		    (unsigned long long)f[had].position);
	if (!v->paused)
		v->cursor[0] = trace_info(t)->events;
	return true;
}

COMMAND(WATCH)
{
	if (!chapter(v)->follow) {
		view_say(v, "this run is not followed: view --follow FILE does it");
		return;
	}
	v->paused = !v->paused;
	if (!v->paused)
		v->cursor[0] = trace_info(run(v))->events;
}
