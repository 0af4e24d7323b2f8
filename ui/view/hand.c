/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hand.c - moves that somebody makes: which there are, one of them, many until something has come
 * about; breakpoints and watchpoints, in runs that are there too.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/task.h"
#include "ui/moment/moment.h"
#include "ui/text/text.h"
#include "ui/view/session.h"

/* ---- what can happen next ---- */

static void property_names(uint32_t bits, char *buf, size_t size)
{
	size_t n = 0;

	*buf = '\0';
	for (unsigned i = 0; i < PROPERTY_COUNT && n < size; i++)
		if (bits >> i & 1)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? ", " : "",
					      properties[i].name);
}

static void change_texts(struct trace *t, const struct hand_option *o, char *buf,
			 size_t size)
{
	size_t n = 0;

	*buf = '\0';
	for (unsigned i = 0; i < o->changes && n < size; i++) {
		char text[96];

		if (*change_text(t, &o->change[i], text, sizeof(text)))
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? ", " : "", text);
	}
	if (o->changed > o->changes && n < size)
		snprintf(buf + n, size - n, ", %u more", o->changed - o->changes);
}

static void choice_of(struct trace *t, const struct hand_option *o, struct choice *c)
{
	*c = (struct choice){ .task = o->move.task, .outcome = o->move.choice,
			      .outcomes = (uint8_t)o->choices, .can = o->can };
	snprintf(c->name, sizeof(c->name), "%s", trace_info(t)->task_name[o->move.task]);
	if (o->finished)
		snprintf(c->step, sizeof(c->step), "finished");
	else
		snprintf(c->step, sizeof(c->step), "%.50s: %.100s", o->op, o->text);
	snprintf(c->result, sizeof(c->result), "%s", o->result);
	snprintf(c->why, sizeof(c->why), "%.*s", (int)sizeof(c->why) - 1, o->why);
	property_names(o->violated, c->breaks, sizeof(c->breaks));
	change_texts(t, o, c->changes, sizeof(c->changes));
	if (o->violated)
		c->fate = FATE_BROKEN;
}

void hand_fill(struct view *v, unsigned side)
{
	struct by_hand *b = &v->hand[side];
	struct trace *t = v->chapter[v->at].run[side];
	struct hand_option *o = v->session->option;
	int n = b->possible ? hand_options(v->session->hand, t, v->cursor[side], o,
					   CHOICES_SHOWN) : 0;

	b->at = v->cursor[side];
	b->choices = 0;
	for (int i = 0; i < n && i < CHOICES_SHOWN; i++) {
		/* the run's own next move is the one that is selected, until somebody selects */
		if (o[i].recorded && side == v->focus)
			v->row = (unsigned)i;
		choice_of(t, &o[i], &b->choice[b->choices++]);
	}
	if (side == v->focus && v->row >= b->choices)
		v->row = 0;
	snprintf(b->branch, sizeof(b->branch), "%.47s",
		 hand_branch_of(v->session->hand, t).name);
}

/* ---- one move ---- */

/* Where a move has led: the run that has it is shown, a position on. */
static void moved_to(struct view *v, int how, struct trace *out, uint64_t at)
{
	if (how != HAND_NEXT || out != session_run(v))
		session_show_in(v, v->focus, out, at);
	else
		move_to(v, at);
}

static void say_moved(struct view *v, int how, uint64_t at)
{
	const struct run_info *run = trace_info(session_run(v));

	if (how == HAND_BRANCHED)
		view_say(v, "branch \"%.60s\": it leaves what was recorded after step %llu; "
			 "U undoes", run->title, (unsigned long long)at);
}

static void make(struct view *v, struct move m)
{
	struct session *s = v->session;
	uint64_t at = v->cursor[v->focus];
	struct trace *out;
	int r;

	r = hand_move(s->hand, session_run(v), at, m, &out);
	if (r < 0) {
		view_say(v, "%s", hand_why(s->hand));
		return;
	}
	hand_remember(v);
	moved_to(v, r, out, at + 1);
	say_moved(v, r, at);
}

/* "3" is a row, "W" the task's first outcome that can be, "W/1" that outcome. */
static int choice_named(const struct view *v, const char *what)
{
	const struct by_hand *b = &v->hand[v->focus];
	size_t name = strcspn(what, "/");
	char *end;
	unsigned long n = strtoul(what, &end, 10);
	int first = -1;

	if (!*what)
		return v->row < b->choices ? (int)v->row : -1;
	if (end > what && !*end)
		return n && n <= b->choices ? (int)n - 1 : -1;
	for (unsigned i = 0; i < b->choices; i++) {
		const struct choice *c = &b->choice[i];

		if (strncmp(c->name, what, name) || c->name[name])
			continue;
		if (what[name] && c->outcome == strtoul(what + name + 1, NULL, 10))
			return (int)i;
		if (!what[name] && (first < 0 || (c->can && !b->choice[first].can)))
			first = (int)i;
	}
	return first;
}

/* "T0*7 W/1 T0": a schedule's text, as --schedule takes it; as many moves as can be made. */
static void make_all(struct view *v, const char *text)
{
	struct session *s = v->session;
	const struct execution *x = hand_execution(s->hand, session_run(v));
	struct schedule moves;
	char why[HAND_TEXT_MAX];
	struct trace *out;
	size_t made = 0;
	int r;

	if (hand_parse(&moves, x->scenario, text, why)) {
		view_say(v, "%s", why);
		return;
	}
	r = hand_walk(s->hand, session_run(v), v->cursor[v->focus], &moves, &out, &made);
	if (made) {
		hand_remember(v);
		session_show_in(v, v->focus, out, v->cursor[v->focus] + made);
	}
	if (r < 0)
		view_say(v, "%s", hand_why(s->hand));
	else
		view_say(v, "%zu moves were made", made);
	schedule_free(&moves);
}

bool hand_is_schedule(const struct view *v, const char *text)
{
	const struct run_info *run = trace_info(session_run(v));
	size_t name = strcspn(text, "*/ ");

	for (unsigned i = 0; v->session && i < run->tasks; i++)
		if (!strncmp(run->task_name[i], text, name) && !run->task_name[i][name])
			return true;
	return false;
}

void hand_choose(struct view *v, const char *what)
{
	int i;

	if (!session_can(v))
		return;
	if (what[strcspn(what, "* ")] && hand_is_schedule(v, what)) {
		make_all(v, what);
		return;
	}
	session_look(v);
	i = choice_named(v, what);
	if (i < 0) {
		view_say(v, "'%.40s' is no move: 1 to %u, or a task, T0 or T0/1", what,
			 v->hand[v->focus].choices);
		return;
	}
	make(v, (struct move){ v->hand[v->focus].choice[i].task,
			       v->hand[v->focus].choice[i].outcome });
}

/* ---- until ---- */

/* Which task goes on: the one that is selected. */
static int selected_task(const struct view *v)
{
	const struct by_hand *b = &v->hand[v->focus];

	return v->row < b->choices ? b->choice[v->row].task : -1;
}

/* The next place where the two runs differ: only what is there can be compared. */
static bool until_difference(struct view *v, const char *text)
{
	if (strcmp(text, "difference") != 0)
		return false;
	do_NEXT_DIFF(v, "");
	return true;
}

/* A key does not wait for more of a long run than this; the next one goes on. */
#define LOOK_FOR	500000ull

struct patience {
	uint64_t from, last;
};

static bool go_on(void *arg, uint64_t position)
{
	struct patience *p = arg;

	p->last = position;
	return (position > p->from ? position - p->from : p->from - position) < LOOK_FOR;
}

/* On to where it comes about in the run as it is. */
static void go_to_until(struct view *v, const struct until *until)
{
	struct patience p = { .from = v->cursor[v->focus] };
	uint64_t found;
	int r = until_find(session_run(v), until, -1, p.from, true, &found, go_on, &p);

	if (r == 1)
		move_to(v, found);
	else if (r == -ECANCELED)
		move_to(v, p.last);
	view_say(v, r == 1 ? "here: %s" : r == -ECANCELED ? "not within 500,000 steps: %s; the "
		 "same again goes on" : "not after this step: %s", until->text);
}

static void run_on(struct view *v, const char *text)
{
	struct session *s = v->session;
	uint64_t at = v->cursor[v->focus];
	char why[UNTIL_WHY_MAX];
	struct hand_stop stop;
	struct until until;
	struct trace *out;
	int r;

	if (until_difference(v, text))
		return;
	if (until_parse(&until, session_run(v), *text ? text : "next", why)) {
		view_say(v, "%s", why);
		return;
	}
	if (!s || hand_of(s->hand, session_run(v))) {	/* a run that can only be looked at */
		go_to_until(v, &until);
		return;
	}
	session_look(v);
	r = hand_run_on(s->hand, session_run(v), at, selected_task(v), &until, &out, &stop);
	if (r < 0) {
		view_say(v, "%s", hand_why(s->hand));
		return;
	}
	hand_remember(v);
	moved_to(v, r, out, stop.position);
	view_say(v, "%s", stop.why);
}

COMMAND(UNTIL)
{
	run_on(v, argument);
}

COMMAND(TASK_STEP)
{
	run_on(v, "next");
}

COMMAND(TASK_END)
{
	run_on(v, "end");
}

/* ---- breakpoints and watchpoints ---- */

/* The step that the selected task makes next: where a breakpoint is wanted. */
static void step_selected(const struct view *v, char *buf, size_t size)
{
	const struct by_hand *b = &v->hand[v->focus];

	snprintf(buf, size, "%s", v->row < b->choices ? b->choice[v->row].step : "");
}

static void drop_stop(struct view *v, unsigned i)
{
	struct session *s = v->session;

	memmove(&s->stop[i], &s->stop[i + 1], (--s->stops - i) * sizeof(s->stop[0]));
	list_again(v, LIST_STOPS);
}

COMMAND(BREAK)
{
	const char *text = argument;
	struct session *s = v->session;
	char why[UNTIL_WHY_MAX], here[UNTIL_TEXT_MAX];
	struct until until;

	if (!s)
		return;
	step_selected(v, here, sizeof(here));
	if (until_parse(&until, session_run(v), *text ? text : here, why)) {
		view_say(v, "%s", why);
		return;
	}
	for (unsigned i = 0; i < s->stops; i++) {
		if (strcmp(s->stop[i].text, until.text) != 0)
			continue;
		view_say(v, "no stop at %s any more", until.text);
		drop_stop(v, i);
		return;
	}
	if (s->stops == STOPS_MAX) {
		view_say(v, "there are %u stops already: B lists them", STOPS_MAX);
		return;
	}
	s->stop[s->stops++] = until;
	list_again(v, LIST_STOPS);
	view_say(v, "stops at %s: > and < go there", until.text);
}

static void go_on_to_stop(struct view *v, bool forward)
{
	struct session *s = v->session;
	uint64_t at = v->cursor[v->focus], best = 0, found;
	const char *why = NULL;
	struct patience p = { .from = at };
	bool short_of = false;

	if (!s || !s->stops) {
		view_say(v, "there is no stop yet: b sets one at the selected task's step, "
			 ":break slot 0 pin at a change");
		return;
	}
	for (unsigned i = 0; i < s->stops; i++) {
		int r = until_find(session_run(v), &s->stop[i], -1, at, forward, &found, go_on,
				   &p);

		short_of |= r == -ECANCELED;
		if (r != 1 || (why && (forward ? found >= best : found <= best)))
			continue;
		best = found;
		why = s->stop[i].text;
	}
	if (why) {
		move_to(v, best);
		view_say(v, "stopped: %s", why);
	} else if (short_of) {
		move_to(v, p.last);
		view_say(v, "no stop in %llu steps; the same key goes on", LOOK_FOR);
	} else {
		view_say(v, "no stop %s this step", forward ? "after" : "before");
	}
}

COMMAND(CONTINUE)
{
	go_on_to_stop(v, true);
}

COMMAND(REVERSE)
{
	go_on_to_stop(v, false);
}

COMMAND(STOPS)
{
	struct session *s = v->session;

	if (!s)
		return;
	list_begin(v, LIST_STOPS, "Stops: steps and functions that are about to be made, fields "
		   "that change", "enter goes on to it  delete takes it away", s->stops,
		   (const char *const[]){ "where or what", "kind", NULL });
	for (unsigned i = 0; i < s->stops && v->list.row; i++) {
		struct list_row *row = &v->list.row[i];

		snprintf(row->cell[0], sizeof(row->cell[0]), "%.119s", s->stop[i].text);
		snprintf(row->cell[1], sizeof(row->cell[1]), "%s",
			 s->stop[i].kind == UNTIL_FIELD ? "watchpoint" : "breakpoint");
		row->id = (int)i;
	}
}

void hand_stop_act(struct view *v, int id, enum list_act act)
{
	if (act == LIST_DELETE) {
		drop_stop(v, (unsigned)id);
		return;
	}
	list_leave(v);
	go_on_to_stop(v, true);
}
