/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.c - a session's beginning and end; what the panes show when the path is left.
 */
#include "ui/view/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_AT_ONCE	20000	/* a longer run is not made again before somebody wants to move */

static struct chapter *chapter(const struct view *v)
{
	return &v->chapter[v->at];
}

struct trace *session_run(const struct view *v)
{
	return chapter(v)->run[v->focus];
}

/* ---- off the path, and back ---- */

static struct shown what_is_shown(const struct view *v)
{
	return (struct shown){ { chapter(v)->run[0], chapter(v)->run[1] },
			       { v->cursor[0], v->cursor[1] }, v->focus };
}

static void leave_path(struct view *v)
{
	struct session *s = v->session;

	if (s->off_path) {
		alignment_free(&chapter(v)->alignment);
		return;
	}
	s->off_path = true;
	s->path = *chapter(v);
	s->path_at = what_is_shown(v);
	s->path_locked = v->locked;
	s->path_overlay = v->overlay;
	chapter(v)->alignment = (struct alignment){ 0 };
	chapter(v)->text = chapter(v)->note = chapter(v)->point = NULL;
	chapter(v)->file[0] = chapter(v)->file[1] = NULL;
}

void session_return(struct view *v)
{
	struct session *s = v->session;

	if (!s || !s->off_path)
		return;
	alignment_free(&chapter(v)->alignment);
	*chapter(v) = s->path;
	v->focus = s->path_at.focus;
	memcpy(v->cursor, s->path_at.cursor, sizeof(v->cursor));
	v->locked = s->path_locked;
	v->overlay = s->path_overlay;
	v->object[0] = v->object[1] = (struct trace_object){ 0 };
	v->way_length = 0;
	s->off_path = false;
	s->undos = s->redos = 0;
}

COMMAND(RETURN)
{
	if (!v->session || !v->session->off_path)
		view_say(v, "this is the path: nothing was left");
	else
		session_return(v);
}

static uint64_t within(const struct trace *t, uint64_t at)
{
	uint64_t last = t ? trace_info(t)->events : 0;

	return at < last ? at : last;
}

/* "by hand: W at 7", "debate": what stands where the chapter's title was. */
static void set_title(struct view *v)
{
	struct session *s = v->session;
	const struct run_info *run = trace_info(session_run(v));
	const char *what = run->title && *run->title ? run->title : run->scenario;

	snprintf(s->by_hand_title, sizeof(s->by_hand_title), "%s%.100s",
		 hand_is_branch(s->hand, session_run(v)) ? "by hand: " : "", what ? what : "");
	chapter(v)->title = s->by_hand_title;
}

void session_show(struct view *v, struct trace *left, struct trace *right, uint64_t at_left,
		  uint64_t at_right)
{
	struct trace *const run[2] = { left, right };
	struct chapter *c = chapter(v);

	leave_path(v);
	c->alignment = (struct alignment){ 0 };
	c->follow = NULL;
	for (unsigned side = 0; side < 2; side++) {
		if (c->run[side] != run[side])
			v->object[side] = (struct trace_object){ 0 };
		c->run[side] = run[side];
	}
	if (!right)
		v->focus = 0;
	else
		view_compare(c);
	v->locked = !right || are_aligned(c);
	v->overlay &= right && are_aligned(c);
	v->cursor[0] = within(left, at_left);
	v->cursor[1] = within(right, at_right);
	v->way_length = 0;
	set_title(v);
}

void session_show_in(struct view *v, unsigned side, struct trace *t, uint64_t at)
{
	struct trace *other = chapter(v)->run[!side];
	uint64_t there = v->cursor[!side];

	if (side)
		session_show(v, other, t, there, at);
	else
		session_show(v, t, other, at, there);
}

bool session_shows(const struct view *v, const struct trace *t)
{
	const struct session *s = v->session;

	return chapter(v)->run[0] == t || chapter(v)->run[1] == t ||
	       (s->off_path && (s->path.run[0] == t || s->path.run[1] == t));
}

/* What can be undone to has to be there. */
static void forget_in(struct shown *list, unsigned *n, const struct trace *t)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < *n; i++)
		if (list[i].run[0] != t && list[i].run[1] != t)
			list[kept++] = list[i];
	*n = kept;
}

void session_forget(struct view *v, const struct trace *t)
{
	struct session *s = v->session;

	forget_in(s->undo, &s->undos, t);
	forget_in(s->redo, &s->redos, t);
	if (s->seen.run[0] == t || s->seen.run[1] == t)
		s->seen = (struct shown){ 0 };
}

/* ---- undo ---- */

static void put(struct shown *list, unsigned *n, struct shown what)
{
	if (*n == UNDO_MAX)
		memmove(list, list + 1, --*n * sizeof(*list));
	list[(*n)++] = what;
}

void hand_remember(struct view *v)
{
	struct session *s = v->session;

	put(s->undo, &s->undos, what_is_shown(v));
	s->redos = 0;
}

/* The newest of `from` is shown again, and what is shown now becomes the newest of `to`. */
static void exchange(struct view *v, struct shown *from, unsigned *n, struct shown *to, unsigned *m)
{
	const struct shown what = from[--*n];

	put(to, m, what_is_shown(v));
	v->focus = what.focus;
	session_show(v, what.run[0], what.run[1], what.cursor[0], what.cursor[1]);
}

COMMAND(UNDO)
{
	struct session *s = v->session;

	if (!s || !s->undos) {
		view_say(v, "nothing was made by hand that could be undone");
		return;
	}
	exchange(v, s->undo, &s->undos, s->redo, &s->redos);
	view_say(v, "undone: at %llu of %.60s", (unsigned long long)v->cursor[v->focus],
		 trace_info(session_run(v))->title);
}

COMMAND(REDO)
{
	struct session *s = v->session;

	if (!s || !s->redos)
		view_say(v, "nothing was undone");
	else
		exchange(v, s->redo, &s->redos, s->undo, &s->undos);
}

/* ---- what the panes say of what is possible ---- */

bool session_can(struct view *v)
{
	struct session *s = v->session;

	if (!s)
		view_say(v, "moves cannot be made by hand here");
	else if (hand_of(s->hand, session_run(v)))
		view_say(v, "%s", hand_why(s->hand));
	else
		return true;
	return false;
}

static void look(struct view *v, unsigned side)
{
	struct session *s = v->session;
	struct trace *t = chapter(v)->run[side];
	struct by_hand *b = &v->hand[side];
	uint64_t events = t ? trace_info(t)->events : 0;

	if (!t) {
		b->possible = false;
		b->choices = 0;
		return;
	}
	if (s->seen.run[side] == t && s->seen.cursor[side] == v->cursor[side] &&
	    s->seen_events[side] == events)
		return;
	b->possible = (events <= EVENTS_AT_ONCE || hand_is_branch(s->hand, t)) &&
		      !hand_of(s->hand, t);
	snprintf(b->why_not, sizeof(b->why_not), "%s", b->possible ? "" : hand_why(s->hand));
	hand_fill(v, side);
	ask_fill(v, side);
	s->seen.run[side] = t;
	s->seen.cursor[side] = v->cursor[side];
	s->seen_events[side] = events;
}

bool session_look(struct view *v)
{
	struct session *s = v->session;
	bool news;

	if (!s)
		return false;
	news = ask_take_over(v);
	if (news)
		s->seen = (struct shown){ 0 };
	for (unsigned side = 0; side < 2; side++)
		look(v, side);
	if (s->off_path)
		set_title(v);
	return news;
}

void session_idle(struct view *v)
{
	if (v->session && v->hand[v->focus].possible)
		hand_idle(v->session->hand, session_run(v));
}

/* ---- beginning and end ---- */

struct session *session_new(void)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->hand = hand_new();
	s->option = calloc(CHOICES_SHOWN, sizeof(*s->option));
	if (s->hand && s->option)
		return s;
	session_free(s);
	return NULL;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	ask_free(s);
	runs_free(s);
	hand_free(s->hand);
	free(s->option);
	free(s);
}

struct hand *session_hand(const struct session *s)
{
	return s->hand;
}

void session_begin(struct view *v, struct session *s)
{
	v->session = s;
	session_look(v);
}

void session_end(struct view *v)
{
	if (!v->session)
		return;
	session_return(v);
	for (unsigned side = 0; side < 2; side++) {
		free(v->hand[side].prospect);
		v->hand[side] = (struct by_hand){ 0 };
	}
	free(v->list.row);
	free(v->list.text);
	v->list = (struct list){ 0 };
	session_free(v->session);
	v->session = NULL;
}
