/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * view.c - the debugger's state and how a key changes it.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ui/view/act.h"

#define NOT_COMPARED	"these runs were not compared: each steps alone"

void view_say(struct view *v, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(v->message, sizeof(v->message), format, ap);
	va_end(ap);
}

static struct chapter *chapter(const struct view *v)
{
	return &v->chapter[v->at];
}

static bool two_runs(const struct view *v)
{
	return chapter(v)->run[1] != NULL;
}

static uint64_t last_position(const struct view *v, unsigned side)
{
	return trace_info(chapter(v)->run[side])->events;
}

static void follow(struct view *v)
{
	if (v->locked && two_runs(v))
		v->cursor[!v->focus] = other_position(chapter(v), v->focus, v->cursor[v->focus]);
}

void move_to(struct view *v, uint64_t at)
{
	uint64_t last = last_position(v, v->focus);

	v->paused = v->paused || at < last;
	v->cursor[v->focus] = at < last ? at : last;
	follow(v);
}

/* Two runs that are compared by what became of a page: the fault that loses it. */
static void show_life(struct view *v)
{
	const struct alignment *al = &chapter(v)->alignment;

	for (unsigned side = 0; side < 2; side++) {
		const struct trace_object page = { OBJ_PAGE, al->page[side] };

		v->cursor[side] = al->open[side];
		if (trace_info(chapter(v)->run[side])->large &&
		    trace_has_object(chapter(v)->run[side], page))
			v->object[side] = page;
	}
}

/* The explorer's runs are short, and one reads them from the start; others not. */
static void show_where_it_is(struct view *v)
{
	size_t n;
	const struct trace_finding *f = trace_findings(chapter(v)->run[0], &n);

	if (two_runs(v) && chapter(v)->alignment.life[0]) {
		show_life(v);
	} else if (chapter(v)->follow) {
		v->cursor[0] = last_position(v, 0);
		v->paused = false;
	} else if (n && !two_runs(v) && trace_info(chapter(v)->run[0])->live) {
		v->cursor[0] = f->position;
		look_at_finding(v, f);
	}
}

/* What was made by hand is left: the chapter is to be found as it was. */
void enter_chapter(struct view *v, unsigned n)
{
	session_return(v);
	v->at = n;
	v->focus = 0;
	v->locked = !two_runs(v) || are_aligned(chapter(v));
	v->cursor[0] = v->cursor[1] = 0;
	v->object[0] = v->object[1] = (struct trace_object){ 0 };
	v->way_length = 0;
	if (!are_aligned(chapter(v)))
		v->overlay = false;
	if (two_runs(v) && !v->locked)
		view_say(v, NOT_COMPARED);
	if (chapter(v)->opens) {
		v->focus = chapter(v)->open_side;
		memcpy(v->cursor, chapter(v)->open, sizeof(v->cursor));
	} else {
		show_where_it_is(v);
	}
}

void view_init(struct view *v, struct chapter *chapters, unsigned n)
{
	*v = (struct view){ .chapter = chapters, .chapters = n };
	enter_chapter(v, 0);
}

/* ---- stepping ---- */

/* At the end of its run a locked pane lets the other one go on to its own end. */
static bool step_forward(struct view *v)
{
	unsigned other = !v->focus;

	if (v->cursor[v->focus] < last_position(v, v->focus))
		move_to(v, v->cursor[v->focus] + 1);
	else if (v->locked && two_runs(v) && v->cursor[other] < last_position(v, other))
		v->cursor[other]++;
	else
		return false;
	return true;
}

/* And takes it back first. */
static bool step_back(struct view *v)
{
	unsigned other = !v->focus;

	if (v->locked && two_runs(v) &&
	    v->cursor[other] > other_position(chapter(v), v->focus, v->cursor[v->focus]))
		v->cursor[other]--;
	else if (v->cursor[v->focus])
		move_to(v, v->cursor[v->focus] - 1);
	else
		return false;
	return true;
}

static void steps(struct view *v, bool (*step)(struct view *), unsigned n, const char *edge)
{
	unsigned done = 0;

	while (done < n && step(v))
		done++;
	if (!done)
		view_say(v, "%s", edge);
}

static void steps_argument(struct view *v, const char *argument, bool forward)
{
	unsigned n;

	if (count_argument(v, argument, 1, &n))
		steps(v, forward ? step_forward : step_back, n, forward ? "at the end" :
		      "at the start");
}

COMMAND(FORWARD)
{
	steps_argument(v, argument, true);
}

COMMAND(BACK)
{
	steps_argument(v, argument, false);
}

COMMAND(FORWARD_10)
{
	if (!scroll_page(v, 1))
		steps_argument(v, "10", true);
}

COMMAND(BACK_10)
{
	if (!scroll_page(v, -1))
		steps_argument(v, "10", false);
}

COMMAND(FIRST)
{
	if (scroll_rows(v, -SCROLL_ALL))
		return;
	v->cursor[0] = v->cursor[1] = 0;
	v->paused = true;
}

COMMAND(LAST)
{
	if (scroll_rows(v, SCROLL_ALL))
		return;
	if (v->locked && two_runs(v))
		v->cursor[!v->focus] = last_position(v, !v->focus);
	v->cursor[v->focus] = last_position(v, v->focus);
	v->paused = false;
}

COMMAND(GOTO)
{
	uint64_t at, last = last_position(v, v->focus);
	char *end;

	if (*argument == '@') {
		go_to_stamp(v, argument + 1);
		return;
	}
	at = strtoull(argument, &end, 10);
	if (*argument < '0' || *argument > '9' || *end) {
		view_say(v, "a step is a number%s, not '%.60s'", trace_info(chapter(v)->
			 run[v->focus])->capture ? ", or @ and the stamp of an event" : "",
			 argument);
		return;
	}
	if (at > last)
		view_say(v, "the last step is %llu", (unsigned long long)last);
	move_to(v, at);
}

void view_read_ahead(const struct view *v)
{
	for (unsigned side = 0; side < 2; side++)
		if (chapter(v)->run[side])
			trace_read_ahead(chapter(v)->run[side], v->cursor[side]);
}

/* ---- finding ---- */

/* The finding nearest to the cursor of a run, after it or before it; NULL if there is none. */
static const struct trace_finding *near_finding(const struct view *v, unsigned side, bool after)
{
	const struct trace_finding *best = NULL, *f;
	uint64_t at = v->cursor[side];
	size_t n;

	f = trace_findings(chapter(v)->run[side], &n);
	for (size_t i = 0; i < n; i++) {
		if (after ? f[i].position <= at : f[i].position >= at)
			continue;
		if (!best || (after ? f[i].position < best->position :
				      f[i].position > best->position))
			best = &f[i];
	}
	return best;
}

static void go_to_finding(struct view *v, bool after)
{
	const struct trace_finding *f = near_finding(v, v->focus, after);

	if (!f && two_runs(v)) {
		f = near_finding(v, !v->focus, after);
		if (f)
			v->focus = !v->focus;
	}
	if (!f) {
		view_say(v, "no finding %s this step", after ? "after" : "before");
		return;
	}
	move_to(v, f->position);
	look_at_finding(v, f);
}

COMMAND(NEXT_FINDING)
{
	go_to_finding(v, true);
}

COMMAND(PREV_FINDING)
{
	go_to_finding(v, false);
}

static void go_to_difference(struct view *v, bool after)
{
	const struct chapter *c = chapter(v);
	uint64_t at;

	if (!two_runs(v)) {
		view_say(v, "there is one run only: nothing to compare with");
		return;
	}
	if (!are_aligned(c)) {
		view_say(v, NOT_COMPARED);
		return;
	}
	at = next_difference(c, v->focus, v->cursor[v->focus], after);
	if (at) {
		move_to(v, at);
		if (!step_differs(c, v->focus, at))
			view_say(v, "%.60s took a step of its own on the way here",
				 trace_info(c->run[!v->focus])->kernel);
		return;
	}
	view_say(v, "no difference %s this step", after ? "after" : "before");
}

COMMAND(NEXT_DIFF)
{
	go_to_difference(v, true);
}

COMMAND(PREV_DIFF)
{
	go_to_difference(v, false);
}

static void go_to_chapter(struct view *v, bool next)
{
	if (v->chapters < 2)
		view_say(v, "this is all there is: no other chapter");
	else if (next ? v->at + 1 >= v->chapters : !v->at)
		view_say(v, "this is the %s chapter", next ? "last" : "first");
	else
		enter_chapter(v, next ? v->at + 1 : v->at - 1);
}

COMMAND(NEXT_CHAPTER)
{
	go_to_chapter(v, true);
}

COMMAND(PREV_CHAPTER)
{
	go_to_chapter(v, false);
}

/* ---- panes ---- */

/* The pane without the focus comes along, and that is said: nobody looks there. */
COMMAND(LOCK)
{
	uint64_t was = v->cursor[!v->focus], is;

	if (!two_runs(v) || !are_aligned(chapter(v))) {
		view_say(v, two_runs(v) ? NOT_COMPARED : "there is one run only");
		return;
	}
	v->locked = !v->locked;
	follow(v);
	is = v->cursor[!v->focus];
	if (!v->locked)
		view_say(v, "each run steps alone: tab changes sides");
	else if (was == is)
		view_say(v, "both runs step together");
	else
		view_say(v, "both runs step together: the %s one came from step %llu to %llu",
			 v->focus ? "left" : "right", (unsigned long long)was,
			 (unsigned long long)is);
}

COMMAND(OVERLAY)
{
	if (are_aligned(chapter(v)))
		v->overlay = !v->overlay;
	else
		view_say(v, two_runs(v) ? NOT_COMPARED : "there is one run only");
}

void focus_on(struct view *v, unsigned side)
{
	if (v->focus != side)
		v->way_length = 0;		/* it was one of the other run */
	v->focus = side;
}

COMMAND(OTHER_PANE)
{
	if (*argument && strcmp(argument, "left") != 0 && strcmp(argument, "right") != 0)
		view_say(v, "a pane is left or right, not '%.40s'", argument);
	else if (!two_runs(v))
		view_say(v, "there is one run only");
	else
		focus_on(v, *argument ? *argument == 'r' : !v->focus);
}
