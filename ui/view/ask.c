/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ask.c - what can still go wrong from here: explored in the background, then told of the position,
 * of each move that can be made there, and of every position of the run.
 *
 * An answer is an outlook (core/explore/outlook.h): all continuations of one world.  It is good for
 * every world that can follow, in whatever run, so it is kept, for a scenario and a kernel the one
 * that knows most.  While it is made it belongs to the job's thread; figures are atomic, and the
 * sentence about the first violation is under the job's lock.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/explore/outlook.h"
#include "ui/terminal/loop.h"
#include "ui/text/text.h"
#include "ui/view/session.h"

#define KEPT		6
#define ASK_BYTES	(UINT64_C(2) << 30)

/* What is known of a scenario under a kernel.  The outlook points to the scenario, its own. */
struct known {
	struct scenario s;
	struct kernel k;
	struct outlook *o;
};

struct job {
	struct loop_job loop;
	struct known *made;
	struct world from;
	struct outlook_options options;
	double begun;
	atomic_bool done;
	atomic_uint_least64_t states, transitions;
	atomic_uint depth;
	atomic_bool weighing;		/* nothing new is found: distances are worked out */
	pthread_mutex_t lock;		/* of `first` */
	char first[120];		/* "UAF reachable in 6 more steps; ": before all is known */
	struct schedule way;		/* and these are */
	uint32_t only;			/* what was asked for, as bits; 0: everything */
	char text[240];			/* of what was asked for: the answer */
	char where[120];		/* "step 3 of v6.9" */
	const struct trace *run;	/* for comparing only: it may be gone */
	uint64_t at;
	int err;
};

struct ask {
	struct known *known[KEPT];	/* the latest first */
	unsigned knowns;
	struct job *job;
	unsigned answers;		/* so many were given */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void known_free(struct known *k)
{
	if (!k)
		return;
	outlook_free(k->o);
	if (k->s.text)
		scenario_free(&k->s);
	free(k);
}

/* ---- in the background ---- */

static bool on_progress(void *arg, uint64_t states, uint64_t transitions, unsigned depth,
			const struct finding *first)
{
	struct job *j = arg;
	char steps[COUNTED_MAX];

	atomic_store(&j->weighing, states == atomic_load(&j->states) &&
		     transitions == atomic_load(&j->transitions));
	atomic_store(&j->states, states);
	atomic_store(&j->transitions, transitions);
	atomic_store(&j->depth, depth);
	pthread_mutex_lock(&j->lock);
	if (first && !*j->first && !j->only) {
		snprintf(j->first, sizeof(j->first), "%s reachable in %s; ",
			 properties[first->property].name,
			 counted(first->schedule.n, "more step", steps));
		for (size_t i = 0; i < first->schedule.n; i++)
			if (schedule_add(&j->way, first->schedule.move[i]))
				break;
	}
	pthread_mutex_unlock(&j->lock);
	return !loop_cancelled(&j->loop);
}

/* ---- asking ---- */

static struct ask *ask_of(struct session *s)
{
	if (!s->ask)
		s->ask = calloc(1, sizeof(*s->ask));
	return s->ask;
}

static void job_free(struct job *j)
{
	known_free(j->made);
	schedule_free(&j->way);
	pthread_mutex_destroy(&j->lock);
	free(j);
}

/* The scenario of an execution, once more: an outlook outlives the run that it was asked from. */
static int copy_scenario(struct scenario *to, const struct scenario *from)
{
	struct scenario_error err;

	return scenario_parse(to, from->name, from->text, &err);
}

static bool same_model(const struct known *k, const struct execution *x)
{
	for (enum kernel_switch i = 0; i < SWITCH_COUNT; i++)
		if (kernel_get(&k->k, i) != kernel_get(&x->kernel, i))
			return false;
	return !strcmp(k->s.text, x->scenario->text);
}

/* What is known of a world of an execution, by whichever outlook knows it. */
static struct known *known_at(struct ask *a, const struct execution *x, uint64_t at,
			      struct outlook_answer *answer)
{
	for (unsigned i = 0; a && i < a->knowns; i++)
		if (same_model(a->known[i], x) &&
		    !outlook_at(a->known[i]->o, &x->world[at], answer))
			return a->known[i];
	return NULL;
}

/* ---- the answer ---- */

/* "W*5 T0", cut to what a line has room for. */
static void way_text(struct known *k, const struct world *w, char *buf, size_t size)
{
	struct schedule way = { 0 };
	size_t loop;
	char *text;

	*buf = '\0';
	if (!outlook_way(k->o, w, &way, &loop)) {
		const size_t round = way.n - loop;

		way.n = loop;		/* how one comes there, without going round */
		text = schedule_text(&k->s, &way);
		way.n += round;
		snprintf(buf, size, "%.*s%s", (int)size - 40, text ? text : "",
			 round ? ", and then for ever" : "");
		free(text);
	}
	schedule_free(&way);
}

static void answer_text(struct known *k, const struct world *w, const struct outlook_answer *a,
			char *buf, size_t size)
{
	char way[120], steps[COUNTED_MAX], number[COUNTED_MAX], within[80];
	struct outlook_figures f;
	uint64_t states = 0;

	outlook_figures(k->o, &f);
	switch (a->says) {
	case OUTLOOK_SAFE:
		outlook_states(k->o, w, &states);
		snprintf(buf, size, "safe: all continuations, %s",
			 counted(states, "state", number));
		break;
	case OUTLOOK_VIOLATES:
		way_text(k, w, way, sizeof(way));
		if (!a->steps)
			snprintf(buf, size, "%s: it is so already here",
				 properties[a->property].name);
		else
			snprintf(buf, size, "%s reachable in %s%s: %s (A walks it)",
				 properties[a->property].name,
				 counted(a->steps, "more step", steps),
				 a->exact ? "" : " or fewer", way);
		break;
	default:
		if (a->unknown == 1u << PROP_LIVELOCK)	/* no number of steps is near one */
			snprintf(within, sizeof(within),
				 "LIVELOCK was not looked for to the end");
		else
			snprintf(within, sizeof(within), "nothing within %u steps", a->within);
		snprintf(buf, size, "not known: %s; %s states were seen (%s)", within,
			 grouped(f.states, number), f.bound ? f.bound : "stopped");
	}
}

/*
 * What is said of one property, or of all.  An outlook that is kept is one of all: what it says to
 * be safe has to be.
 */
static void say_text(struct known *k, const struct world *w, uint32_t only, char *buf, size_t size)
{
	struct outlook_answer answer;
	size_t n = 0;

	*buf = '\0';
	if (only) {
		outlook_ask(k->o, only);
		n = (size_t)snprintf(buf, size, "%s alone: ",
				     properties[__builtin_ctz(only)].name);
	}
	if (!outlook_at(k->o, w, &answer))
		answer_text(k, w, &answer, buf + n, size - n);
	if (only)
		outlook_ask(k->o, 0);
}

/* ---- in the background ---- */

static void search(struct loop_job *loop)
{
	struct job *j = loop->arg;

	j->err = outlook_make(&j->made->o, &j->made->s, &j->made->k, &j->from, &j->options);
	if (!j->err)
		say_text(j->made, &j->from, j->only, j->text, sizeof(j->text));
}

static void searched(struct loop_job *loop)
{
	struct job *j = loop->arg;

	atomic_store(&j->done, true);
}

static struct job *job_new(const struct execution *x, struct trace *t, uint64_t at, uint32_t only)
{
	struct job *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	pthread_mutex_init(&j->lock, NULL);
	j->made = calloc(1, sizeof(*j->made));
	j->from = x->world[at];
	j->begun = now();
	j->options = (struct outlook_options){ .max_bytes = ASK_BYTES,
					       .progress = on_progress, .progress_arg = j };
	j->only = only;
	j->run = t;
	j->at = at;
	snprintf(j->where, sizeof(j->where), "step %llu of %.80s", (unsigned long long)at,
		 trace_info(t)->kernel);
	if (!j->made || copy_scenario(&j->made->s, x->scenario)) {
		job_free(j);
		return NULL;
	}
	j->made->k = x->kernel;
	j->loop = (struct loop_job){ .work = search, .done = searched, .arg = j };
	return j;
}

static int property_bits(const char *what, uint32_t *bits)
{
	*bits = 0;
	if (!*what)
		return 0;
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (!strcasecmp(properties[i].name, what))
			*bits = 1u << i;
	return *bits ? 0 : -EINVAL;
}

COMMAND(ASK)
{
	const char *what = argument;
	struct session *s = v->session;
	uint64_t at = v->cursor[v->focus];
	const struct execution *x;
	struct outlook_answer answer;
	struct known *k;
	uint32_t only;

	if (!session_can(v))
		return;
	if (property_bits(what, &only)) {
		view_say(v, "'%.40s' is no property: UAF, LOST, STALE ..; nothing asks for all",
			 what);
		return;
	}
	if (session_busy(v)) {
		view_say(v, "the last question is still being answered; esc stops it");
		return;
	}
	x = hand_execution(s->hand, session_run(v));
	k = known_at(ask_of(s), x, at, &answer);
	if (k && answer.says != OUTLOOK_UNKNOWN) {
		char text[240];

		say_text(k, &x->world[at], only, text, sizeof(text));
		view_say(v, "%s", text);
		v->answers++;
		s->seen = (struct shown){ 0 };
		return;
	}
	if (!ask_of(s) || !(s->ask->job = job_new(x, session_run(v), at, only))) {
		view_say(v, "out of memory");
		return;
	}
	if (loop_work(&s->ask->job->loop)) {	/* there is no loop: now, then */
		search(&s->ask->job->loop);
		searched(&s->ask->job->loop);
	}
}

bool session_busy(const struct view *v)
{
	return v->session && v->session->ask && v->session->ask->job;
}

void ask_stop(struct view *v)
{
	if (session_busy(v))
		loop_cancel(&v->session->ask->job->loop);
}

/* The newest first; what was known of the same model from elsewhere stays, while there is room. */
static void keep(struct ask *a, struct known *k)
{
	if (a->knowns == KEPT)
		known_free(a->known[--a->knowns]);
	memmove(&a->known[1], &a->known[0], a->knowns++ * sizeof(a->known[0]));
	a->known[0] = k;
	a->answers++;
}

static void say_progress(struct view *v, struct job *j)
{
	uint64_t states = atomic_load(&j->states);
	double seconds = now() - j->begun;
	char number[32], rate[32];

	pthread_mutex_lock(&j->lock);
	snprintf(v->asked, sizeof(v->asked), "asked at %s: %s%s: %s states, depth %u, %s "
		 "states/s; esc stops", j->where, j->first,
		 atomic_load(&j->weighing) ? "all are seen, and weighed" : "searching",
		 grouped(states, number), atomic_load(&j->depth),
		 grouped((uint64_t)((double)states / (seconds > 0.001 ? seconds : 0.001)), rate));
	pthread_mutex_unlock(&j->lock);
}

bool ask_take_over(struct view *v)
{
	struct session *s = v->session;
	struct job *j;

	if (!session_busy(v))
		return false;
	j = s->ask->job;
	if (!atomic_load(&j->done)) {
		say_progress(v, j);
		return false;
	}
	s->ask->job = NULL;
	v->asked[0] = '\0';
	if (j->err) {
		view_say(v, "not answered: out of memory");
	} else if (!j->made->o) {
		view_say(v, "stopped before it began");
	} else {
		bool here = j->run == session_run(v) && j->at == v->cursor[v->focus];

		if (here)
			view_say(v, "%s", j->text);
		else
			view_say(v, "asked at %s: %s", j->where, j->text);
		v->answers++;
		keep(s->ask, j->made);
		j->made = NULL;
	}
	job_free(j);
	return true;
}

/* A branch with a way that goes wrong; its moves from `loop` on go round. */
static void walk(struct view *v, const struct schedule *way, size_t loop, const char *property)
{
	struct session *s = v->session;
	uint64_t at = v->cursor[v->focus];
	struct trace *out;
	char steps[COUNTED_MAX];
	size_t made;

	if (hand_walk(s->hand, session_run(v), at, way, &out, &made) < 0) {
		view_say(v, "%s", hand_why(s->hand));
		return;
	}
	v->answers++;
	hand_remember(v);
	session_show_in(v, v->focus, out, at);
	if (loop < way->n)
		view_say(v, "%s: %s ahead begins what can go round for ever, the %zu moves behind "
			 "that: right goes there one by one", property,
			 counted(loop, "step", steps), way->n - loop);
	else
		view_say(v, "%s is %s ahead: right goes there one by one", property,
			 counted(made, "step", steps));
}

/* What the search that goes on has found first, when it was asked from here. */
static bool walk_first(struct view *v)
{
	struct job *j = session_busy(v) ? v->session->ask->job : NULL;
	struct schedule way = { 0 };
	size_t moves;

	if (!j || j->run != session_run(v) || j->at != v->cursor[v->focus])
		return false;
	pthread_mutex_lock(&j->lock);
	for (size_t i = 0; i < j->way.n; i++)
		if (schedule_add(&way, j->way.move[i]))
			break;
	pthread_mutex_unlock(&j->lock);
	if (way.n)
		walk(v, &way, way.n, "what goes wrong");
	moves = way.n;
	schedule_free(&way);
	return moves;
}

COMMAND(WALK)
{
	struct session *s = v->session;
	struct schedule way = { 0 };
	struct outlook_answer answer;
	const struct execution *x;
	struct known *k;
	size_t loop;

	if (!session_can(v) || walk_first(v))
		return;
	x = hand_execution(s->hand, session_run(v));
	k = known_at(s->ask, x, v->cursor[v->focus], &answer);
	if (!k || answer.says != OUTLOOK_VIOLATES || !answer.steps)
		view_say(v, k && answer.says == OUTLOOK_SAFE ? "there is nothing to walk to: safe" :
			 k && answer.says == OUTLOOK_VIOLATES ? "it is so already here" :
			 session_busy(v) ? "nothing is known to go wrong from here yet" :
			 "nobody has asked from here: a does");
	else if (outlook_way(k->o, &x->world[v->cursor[v->focus]], &way, &loop))
		view_say(v, "out of memory");
	else
		walk(v, &way, loop, properties[answer.property].name);
	schedule_free(&way);
}

/* ---- beside the run ---- */

static uint8_t fate_of(const struct outlook_answer *a)
{
	return a->says == OUTLOOK_SAFE ? FATE_SAFE : a->says == OUTLOOK_VIOLATES ? FATE_DOOMED :
	       FATE_UNKNOWN;
}

static void fill_choices(struct by_hand *b, struct ask *a, const struct execution *x)
{
	struct outlook_answer answer;
	struct known *k = known_at(a, x, b->at, &answer);

	for (unsigned i = 0; i < b->choices; i++) {
		struct choice *c = &b->choice[i];

		if (!k || !c->can || c->fate == FATE_BROKEN ||
		    outlook_after(k->o, &x->world[b->at],
				  (struct move){ c->task, c->outcome }, &answer))
			continue;
		c->fate = answer.at_once ? FATE_BROKEN : fate_of(&answer);
		c->left = answer.steps ? answer.steps - 1 : 0;
		c->lost = answer.lost;
	}
}

void ask_fill(struct view *v, unsigned side)
{
	struct session *s = v->session;
	struct by_hand *b = &v->hand[side];
	const struct execution *x;
	struct outlook_answer answer;

	x = b->possible ? hand_execution(s->hand, v->chapter[v->at].run[side]) : NULL;
	if (x && s->ask && s->ask->knowns)
		fill_choices(b, s->ask, x);
	if (b->prospect && s->prospect_of[side] == v->chapter[v->at].run[side] &&
	    b->prospects == (x ? x->n + 1 : 0) && s->prospect_at[side] == s->ask->answers)
		return;		/* only the cursor has moved */
	free(b->prospect);
	b->prospect = NULL;
	b->prospects = 0;
	if (!x || !s->ask || !s->ask->knowns)
		return;
	s->prospect_of[side] = v->chapter[v->at].run[side];
	s->prospect_at[side] = s->ask->answers;
	b->prospect = calloc(x->n + 1, sizeof(*b->prospect));
	if (!b->prospect)
		return;
	b->prospects = x->n + 1;
	for (uint64_t i = 0; i <= x->n; i++) {
		if (!known_at(s->ask, x, i, &answer))
			continue;
		b->prospect[i].fate = fate_of(&answer);
		b->prospect[i].left = answer.steps;
		b->prospect[i].lost = answer.lost;
	}
}

void ask_free(struct session *s)
{
	struct ask *a = s->ask;

	if (!a)
		return;
	if (a->job)		/* the loop that it ran in has waited for it */
		job_free(a->job);
	while (a->knowns)
		known_free(a->known[--a->knowns]);
	free(a);
	s->ask = NULL;
}
