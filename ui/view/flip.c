/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flip.c - the same schedule under another kernel: another release, or one switch set otherwise.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/shorten/shorten.h"
#include "ui/text/names.h"
#include "ui/text/text.h"
#include "ui/view/session.h"

#define KERNEL_NAME_MAX	240

/* The new run stands beside the old one, which stays in its pane. */
static void flip(struct view *v, const struct kernel *k, const char *name)
{
	struct session *s = v->session;
	struct trace *old = session_run(v), *out;
	uint64_t at = v->cursor[v->focus];
	struct hand_flip report;

	if (hand_flip(s->hand, old, k, name, &out, &report) < 0) {
		view_say(v, "%s", hand_why(s->hand));
		return;
	}
	hand_remember(v);
	list_leave(v);
	if (v->focus)
		session_show(v, out, old, 0, at);
	else
		session_show(v, old, out, at, 0);
	move_to(v, at);
	v->focus = !v->focus;		/* what is new is what one looks at next */
	if (report.parted)
		view_say(v, "%.60s: the same up to step %llu; then %s", name,
			 (unsigned long long)report.same, report.why);
	else
		view_say(v, "%.60s: the same schedule, step by step", name);
}

static const struct execution *execution(struct view *v)
{
	return session_can(v) ? hand_execution(v->session->hand, session_run(v)) : NULL;
}

static void list_kernels(struct view *v);
static void list_switches(struct view *v);

COMMAND(KERNEL)
{
	const char *name = argument;
	const struct execution *x = execution(v);
	char said[KERNEL_NAME_MAX], near[HINT_MAX];
	const char *names[64];
	const struct preset *p;
	struct kernel k;
	size_t n, i;

	if (!x)
		return;
	if (!*name) {
		list_kernels(v);
		return;
	}
	k = x->kernel;
	if (!kernel_named(&k, name, said, sizeof(said))) {
		flip(v, &k, said);
		return;
	}
	p = kernel_presets(&n);
	for (i = 0; i < n && i < 64; i++)
		names[i] = p[i].name;
	view_say(v, "no kernel '%.40s': %.100s%s; K lists them", name, said,
		 hint(near, name, names, i));
}

COMMAND(SET)
{
	const char *text = argument;
	const struct execution *x = execution(v);
	char name[KERNEL_NAME_MAX], where[64];
	enum kernel_switch which = kernel_switch_named(text);
	struct kernel k;

	if (!x)
		return;
	if (!*text) {
		list_switches(v);
		return;
	}
	k = x->kernel;
	if (which == SWITCH_COUNT || !strchr(text, '=')) {
		view_say(v, "'%.60s': SWITCH=VALUE, pin=none; s lists the switches", text);
		return;
	}
	if (kernel_set(&k, text)) {
		view_say(v, "%s is one of %s", kernel_switches[which].name,
			 kernel_switches[which].values);
		return;
	}
	snprintf(name, sizeof(name), "%.150s", trace_info(session_run(v))->kernel);
	name_switch(name, sizeof(name), text);
	flip(v, &k, name);
	if (kernel_moot(&k, which, where, sizeof(where)))
		view_say(v, "%.60s: without effect where %s", text, where);
}

/* ---- the same violation with less ---- */

#define SHORTEN_STATES	20000	/* of a search: somebody waits */

/* The property that is named, or the run's first violation; -1, and a message. */
static int shorten_property(struct view *v, const struct execution *x, const char *name)
{
	const int named = *name ? property_find(name) : -1;

	if (*name && named < 0) {
		view_say(v, "no property '%.40s'", name);
		return -1;
	}
	for (size_t i = 0; i < x->n; i++) {
		const uint32_t all = x->step[i].violated | x->step[i].costs;

		if (*name ? all >> named & 1 : x->step[i].violated != 0)
			return *name ? named : __builtin_ctz(x->step[i].violated);
	}
	view_say(v, "this run violates %s", *name ? "no such property" : "nothing");
	return -1;
}

/* As a branch beside the run that it is of. */
static void show_shorter(struct view *v, const struct execution *x, const struct shortened *r)
{
	struct trace *old = session_run(v), *out;
	char *text = schedule_text(x->scenario, &r->schedule);
	const uint64_t at = v->cursor[v->focus];

	if (!text || hand_run_text(v->session->hand, x->scenario, &x->kernel,
				   trace_info(old)->kernel, text, &out)) {
		view_say(v, "%s", text ? hand_why(v->session->hand) : "out of memory");
		free(text);
		return;
	}
	free(text);
	hand_remember(v);
	list_leave(v);
	if (v->focus)
		session_show(v, out, old, r->schedule.n, at);
	else
		session_show(v, old, out, at, r->schedule.n);
	v->focus = !v->focus;
	view_say(v, "%zu steps, %zu switches; there %zu, %zu: %s", r->schedule.n, r->switches,
		 r->before_steps, r->before_switches,
		 r->shortest ? "the shortest there is" : "locally minimal");
}

COMMAND(SHORTEN)
{
	const struct shorten_options o = { .max_states = SHORTEN_STATES };
	const struct execution *x = execution(v);
	struct schedule moves = { 0 };
	struct shortened r;
	int property, err = 0;

	if (!x)
		return;
	property = shorten_property(v, x, argument);
	if (property < 0)
		return;
	for (size_t i = 0; i < x->n && !err; i++)
		err = schedule_add(&moves, x->step[i].move);
	if (!err)
		err = shorten(&r, x->scenario, &x->kernel, &moves, (enum property)property, &o);
	schedule_free(&moves);
	if (err) {
		view_say(v, "the run cannot be shortened: %s", strerror(-err));
		return;
	}
	show_shorter(v, x, &r);
	shortened_free(&r);
}

/* ---- the lists ---- */

static unsigned values_of(enum kernel_switch s)
{
	unsigned n = 1;

	for (const char *at = kernel_switches[s].values; *at; at++)
		n += *at == '|';
	return n;
}

/* What the other pane's run has, where its kernel differs. */
static const struct execution *beside(struct view *v)
{
	struct trace *other = v->chapter[v->at].run[!v->focus];

	return other ? hand_execution(v->session->hand, other) : NULL;
}

static void list_switches(struct view *v)
{
	const struct execution *x = execution(v), *y;

	if (!x)
		return;
	y = beside(v);
	list_begin(v, LIST_SWITCHES, "The kernel's switches: enter sets the next value, makes the "
		   "schedule again, and shows it beside the old one",
		   "enter sets the next value", SWITCH_COUNT,
		   (const char *const[]){ "switch", "here", "beside", "values", "what it says",
					  NULL });
	for (unsigned i = 0; i < v->list.rows; i++) {
		struct list_row *row = &v->list.row[i];
		char where[64], value[48];

		snprintf(row->cell[0], sizeof(row->cell[0]), "%s", kernel_switches[i].name);
		snprintf(row->cell[1], sizeof(row->cell[1]), "%s",
			 switch_value(i, kernel_get(&x->kernel, i), value, sizeof(value)));
		if (y)
			snprintf(row->cell[2], sizeof(row->cell[2]), "%s",
				 switch_value(i, kernel_get(&y->kernel, i), value, sizeof(value)));
		snprintf(row->cell[3], sizeof(row->cell[3]), "%.119s", kernel_switches[i].values);
		row->dim = kernel_moot(&x->kernel, i, where, sizeof(where));
		if (row->dim)
			snprintf(row->cell[4], sizeof(row->cell[4]), "without effect where %s",
				 where);
		else
			snprintf(row->cell[4], sizeof(row->cell[4]), "%.119s",
				 kernel_switches[i].text);
		row->whole = kernel_switches[i].text;
		if (y && kernel_get(&x->kernel, i) != kernel_get(&y->kernel, i))
			row->style = STYLE_DIFF;
		row->id = (int)i;
	}
}

void flip_switch_act(struct view *v, int id, enum list_act act)
{
	const struct execution *x = execution(v);
	char value[48], text[96];
	unsigned next;

	if (!x || act == LIST_DELETE)
		return;
	next = (kernel_get(&x->kernel, id) + 1) % values_of(id);
	snprintf(text, sizeof(text), "%s=%s", kernel_switches[id].name,
		 switch_value(id, next, value, sizeof(value)));
	do_SET(v, text);
}

static void list_kernels(struct view *v)
{
	const struct preset *p;
	size_t n;

	if (!execution(v))
		return;
	p = kernel_presets(&n);
	list_begin(v, LIST_KERNELS, "Kernels: enter makes the schedule again under one, shown "
		   "beside the old one; :kernel 6.8.3 takes any release",
		   "enter makes the schedule again under it", (unsigned)n,
		   (const char *const[]){ "kernel", "from", "what it has", NULL });
	for (unsigned i = 0; i < v->list.rows; i++) {
		struct list_row *row = &v->list.row[i];

		snprintf(row->cell[0], sizeof(row->cell[0]), "%s", p[i].name);
		snprintf(row->cell[1], sizeof(row->cell[1]), "%s", p[i].base ? p[i].base : "");
		snprintf(row->cell[2], sizeof(row->cell[2]), "%.119s", p[i].text);
		row->whole = p[i].text;
		for (unsigned side = 0; side < 2; side++)
			row->chosen[side] = v->chapter[v->at].run[side] &&
				!strcmp(trace_info(v->chapter[v->at].run[side])->kernel, p[i].name);
		row->id = (int)i;
	}
}

void flip_kernel_act(struct view *v, int id, enum list_act act)
{
	size_t n;

	if (act != LIST_DELETE)
		do_KERNEL(v, kernel_presets(&n)[id].name);
}
