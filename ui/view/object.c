/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * object.c - the object that is looked at in a large or long run: choosing one, going to
 * where it changed, going back to what caused what it is; and following a run that grows.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/cause/cause.h"
#include "ui/view/session.h"

#define LOOK_FOR	20000000ull	/* transitions that a key looks at, at most */

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
