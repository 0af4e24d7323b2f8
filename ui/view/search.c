/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * search.c - from step to step whose text has what was searched for: its own, what it came to, the
 * name of its task, or of a property that it broke.
 *
 * Which steps of the program have it is found once, in their table; then transitions are gone
 * through, a part at a time: the first when a key asks for it, the others whenever nothing else
 * is to be done (view_seek()), until a key stops that.
 */
#define _GNU_SOURCE	/* strcasestr() */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "ui/text/text.h"
#include "ui/view/act.h"

static struct trace *run(const struct view *v)
{
	return v->chapter[v->at].run[v->focus];
}

/* ---- does a step have it ---- */

bool view_matches(const struct view *v, const struct trace_step *step, const char *result)
{
	char text[320];

	snprintf(text, sizeof(text), "%s: %s", step->op, step->text);
	return v->search[0] && (strcasestr(text, v->search) || strcasestr(result, v->search));
}

/* What is known of the steps of the table; of those beyond it is looked again. */
#define KNOWN_STEPS	2048
enum known { UNKNOWN, HAS_IT, HAS_IT_NOT };

struct search {
	const struct view *v;
	struct trace *t;
	uint32_t tasks;			/* those that are meant, as bits */
	bool only_tasks;		/* it is a task's whole name: "W" is in many a text */
	uint8_t known[KNOWN_STEPS];
};

static bool begins_with(const char *name, const char *text)
{
	return *text && !strncasecmp(name, text, strlen(text));
}

/* The nearest step that broke a property of that name; 0: there is none. */
static uint64_t finding_near(const struct view *v, uint64_t from, bool forward)
{
	uint64_t best = 0;
	size_t n;
	const struct trace_finding *f = trace_findings(run(v), &n);

	for (size_t i = 0; i < n; i++)
		if (begins_with(f[i].property, v->search) &&
		    (forward ? f[i].position >= from && !best : f[i].position <= from))
			best = f[i].position;
	return best;
}

static void name_tasks(struct search *s)
{
	const struct run_info *info = trace_info(s->t);
	size_t n = strlen(s->v->search);

	for (unsigned i = 0; i < info->tasks && i < 32; i++) {
		const char *name = info->task_name[i];

		if (strncmp(name, s->v->search, n) != 0 || (n < 2 && name[n]))
			continue;
		s->tasks |= 1u << i;
		s->only_tasks |= !name[n];
	}
	for (unsigned i = 0; s->only_tasks && i < info->tasks && i < 32; i++)
		if (strcmp(info->task_name[i], s->v->search) != 0)
			s->tasks &= ~(1u << i);
}

static bool is_match(struct search *s, uint64_t at, bool *readable)
{
	const struct trace_event *ev = trace_event_at(s->t, at);
	const struct trace_step *step;
	uint8_t none = UNKNOWN, *known;

	*readable = ev != NULL;
	if (!ev)
		return false;
	if (s->only_tasks || (ev->task < 32 && s->tasks >> ev->task & 1))
		return ev->task < 32 && s->tasks >> ev->task & 1;
	known = ev->step < KNOWN_STEPS ? &s->known[ev->step] : &none;
	if (*known == UNKNOWN) {
		step = trace_step_at(s->t, ev->step);
		*known = step && view_matches(s->v, step, "") ? HAS_IT : HAS_IT_NOT;
	}
	return *known == HAS_IT || (*ev->result && strcasestr(ev->result, s->v->search));
}

int view_search(struct view *v, uint64_t from, bool forward, uint64_t most, uint64_t *at)
{
	struct search s = { .v = v, .t = run(v) };
	uint64_t last = trace_info(s.t)->events, finding = finding_near(v, from, forward);
	bool readable;

	name_tasks(&s);
	for (*at = from; *at >= 1 && *at <= last; *at += forward ? 1 : -1ull) {
		if (!most--)
			return -EAGAIN;
		if (is_match(&s, *at, &readable) || *at == finding)
			return 1;
		if (!readable)
			return -EBADMSG;
	}
	return 0;
}

/* ---- to the next one ---- */

/* The other key is spoken of where it leads somewhere. */
static void say_none(struct view *v, bool forward)
{
	uint64_t at, here = v->cursor[v->focus];
	int other = view_search(v, here + (forward ? -1ull : 1), !forward, SEARCH_STEPS, &at);

	if (!other && (!here || view_search(v, here, forward, 1, &at) != 1))
		view_say(v, "no step has '%.80s'", v->search);
	else
		view_say(v, "no step %s this one has '%.80s'%s", forward ? "after" : "before",
			 v->search, !other ? "" : forward ? ": N goes back" : ": n goes on");
}

/* Is a search on its way that began here?  The other direction, or another place, is a new one. */
static bool goes_on(const struct view *v, bool forward)
{
	return v->seeking.at && v->seeking.from == v->cursor[v->focus] &&
	       v->seeking.side == v->focus && v->seeking.forward == forward;
}

static void seek(struct view *v, uint64_t from, bool forward)
{
	uint64_t at, start = v->cursor[v->focus];
	char seen[32];
	int r = view_search(v, from, forward, SEARCH_STEPS, &at);

	v->seeking.at = 0;
	if (r > 0) {
		v->message[0] = '\0';
		move_to(v, at);
	} else if (r == -EAGAIN) {
		v->seeking.at = at;
		v->seeking.from = start;
		v->seeking.side = v->focus;
		v->seeking.forward = forward;
		view_say(v, "looking for '%.80s': not in %s steps so far; any key stops it, %s "
			 "goes on", v->search, grouped(forward ? at - start - 1 : start - at - 1,
						       seen), forward ? "n" : "N");
	} else if (r) {
		view_say(v, "the trace is damaged at step %llu", (unsigned long long)at);
	} else {
		say_none(v, forward);
	}
	v->seeking.under_way = r == -EAGAIN;
}

static void go_to_match(struct view *v, bool forward)
{
	seek(v, goes_on(v, forward) ? v->seeking.at : v->cursor[v->focus] + (forward ? 1 : -1ull),
	     forward);
}

bool view_seek(struct view *v)
{
	bool under_way = v->seeking.under_way && goes_on(v, v->seeking.forward);

	v->seeking.under_way = false;
	if (under_way)
		seek(v, v->seeking.at, v->seeking.forward);
	return under_way;
}

static bool is_object(const struct view *v, struct trace_object *o)
{
	bool number = v->search[0] >= '1' && v->search[0] <= '9';

	*o = parse_object(v, v->search);
	/* A number alone is an object where these are what one looks for. */
	return o->kind && (!number || has_objects(&v->chapter[v->at]));
}

COMMAND(SEARCH)
{
	struct trace_object o;

	if (!*argument) {
		prompt_open(v, PROMPT_SEARCH, "");
		return;
	}
	snprintf(v->search, sizeof(v->search), "%s", argument);
	v->seeking.at = 0;
	v->seeking.object = is_object(v, &o);
	if (!v->seeking.object)
		go_to_match(v, true);
	else
		look_at(v, o);
}

/* Another pane, or what was looked at meanwhile, does not change what is searched for. */
static bool searched_object(struct view *v)
{
	struct trace_object o = parse_object(v, v->search);

	if (!trace_has_object(run(v), o))
		return look_at(v, o);
	v->object[v->focus] = o;
	return true;
}

COMMAND(MATCH)
{
	if (!v->search[0])
		do_NEXT_CHAPTER(v, "");
	else if (!v->seeking.object)
		go_to_match(v, true);
	else if (searched_object(v))
		do_NEXT_CHANGE(v, "");
}

COMMAND(MATCH_BEFORE)
{
	if (!v->search[0])
		view_say(v, "nothing is searched for: / does it");
	else if (!v->seeking.object)
		go_to_match(v, false);
	else if (searched_object(v))
		do_PREV_CHANGE(v, "");
}
