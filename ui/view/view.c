/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * view.c - the debugger's state and how a key changes it.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ui/view/act.h"

#define NOT_COMPARED	"these runs were not compared: each steps alone"

static const struct binding {
	enum command_id command;
	const char *keys;
} bindings[] = {
#define X(name, command_, arguments, keys_, group, help) \
	{ .command = CMD_##name, .keys = keys_ },
	COMMANDS(X)
#undef X
};

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

void view_enter(struct view *v, unsigned n)
{
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
	view_enter(v, 0);
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

static void to_end(struct view *v)
{
	if (v->locked && two_runs(v))
		v->cursor[!v->focus] = last_position(v, !v->focus);
	v->cursor[v->focus] = last_position(v, v->focus);
	v->paused = false;
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

static void go_to_chapter(struct view *v, bool next)
{
	if (v->chapters < 2)
		view_say(v, "this is all there is: no other chapter");
	else if (next ? v->at + 1 >= v->chapters : !v->at)
		view_say(v, "this is the %s chapter", next ? "last" : "first");
	else
		view_enter(v, next ? v->at + 1 : v->at - 1);
}

/* ---- panes ---- */

static void toggle_lock(struct view *v)
{
	if (!two_runs(v) || !are_aligned(chapter(v))) {
		view_say(v, two_runs(v) ? NOT_COMPARED : "there is one run only");
		return;
	}
	v->locked = !v->locked;
	follow(v);
	view_say(v, v->locked ? "both runs step together" :
		 "each run steps alone: tab changes sides");
}

static void toggle_overlay(struct view *v)
{
	if (are_aligned(chapter(v)))
		v->overlay = !v->overlay;
	else
		view_say(v, two_runs(v) ? NOT_COMPARED : "there is one run only");
}

static void other_pane(struct view *v)
{
	if (!two_runs(v)) {
		view_say(v, "there is one run only");
		return;
	}
	v->focus = !v->focus;
	v->way_length = 0;		/* it was one of the other run */
}

static void to_start(struct view *v)
{
	v->cursor[0] = v->cursor[1] = 0;
	v->paused = true;
}

static void act(struct view *v, enum command_id command)
{
	switch (command) {
	case CMD_FORWARD:	steps(v, step_forward, 1, "at the end"); break;
	case CMD_BACK:		steps(v, step_back, 1, "at the start"); break;
	case CMD_FORWARD_10:	steps(v, step_forward, 10, "at the end"); break;
	case CMD_BACK_10:	steps(v, step_back, 10, "at the start"); break;
	case CMD_FIRST:		to_start(v); break;
	case CMD_LAST:		to_end(v); break;
	case CMD_GOTO:		v->prompting = PROMPT_COMMAND; v->prompt[0] = '\0'; break;
	case CMD_NEXT_FINDING:	go_to_finding(v, true); break;
	case CMD_PREV_FINDING:	go_to_finding(v, false); break;
	case CMD_NEXT_DIFF:	go_to_difference(v, true); break;
	case CMD_PREV_DIFF:	go_to_difference(v, false); break;
	case CMD_OTHER_PANE:	other_pane(v); break;
	case CMD_LOCK:		toggle_lock(v); break;
	case CMD_OVERLAY:	toggle_overlay(v); break;
	case CMD_NEXT_CHAPTER:	go_to_chapter(v, true); break;
	case CMD_PREV_CHAPTER:	go_to_chapter(v, false); break;
	case CMD_HELP:		v->help = true; break;
	case CMD_QUIT:		v->quit = true; break;
	default:		act_on_object(v, command); break;
	}
}

/* ---- keys ---- */

bool has_key(const char *keys, const char *key)
{
	size_t n = strlen(key);

	for (const char *at = keys; n && (at = strstr(at, key)) != NULL; at += n)
		if ((at == keys || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

static enum command_id command_of(const char *key)
{
	for (size_t i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++)
		if (has_key(bindings[i].keys, key))
			return bindings[i].command;
	return CMD_NONE;
}

static void prompt_key(struct view *v, const char *key)
{
	size_t n = strlen(v->prompt);
	unsigned long long at;

	if (!strcmp(key, "backspace") && n) {
		v->prompt[n - 1] = '\0';
	} else if (!key[1] && (strchr("0123456789", key[0]) || (key[0] == '@' && !n) ||
			       (key[0] == '.' && v->prompt[0] == '@'))) {
		if (n < sizeof(v->prompt) - 1) {
			v->prompt[n] = key[0];
			v->prompt[n + 1] = '\0';
		}
	} else if (!strcmp(key, "enter") && v->prompt[0] == '@') {
		v->prompting = PROMPT_NONE;
		go_to_stamp(v, v->prompt + 1);
	} else if (!strcmp(key, "enter") && n) {
		v->prompting = PROMPT_NONE;
		at = strtoull(v->prompt, NULL, 10);
		if (at > last_position(v, v->focus))
			view_say(v, "the last step is %llu",
			    (unsigned long long)last_position(v, v->focus));
		move_to(v, at);
	} else if (!key[1]) {
		/* no letter is a command here */
		view_say(v, "a step is a number%s; esc leaves",
			 trace_info(chapter(v)->run[v->focus])->capture ?
			 ", or @ and the stamp of an event" : "");
	} else {
		v->prompting = PROMPT_NONE;
	}
}

void view_key(struct view *v, const char *key)
{
	enum command_id command = command_of(key);

	v->message[0] = '\0';
	if (v->help)
		v->help = false;		/* any key, 'q' too, leaves the help and no more */
	else if (v->prompting)
		(v->prompting == PROMPT_SEARCH ? object_prompt_key : prompt_key)(v, key);
	else if (command != CMD_NONE)
		act(v, command);
	else if (strcmp(key, "esc") != 0)
		view_say(v, "no command on %.12s: ? shows the keys", key);
}
