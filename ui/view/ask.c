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
	uint32_t only;			/* the property that was asked for, as a bit; 0: all */
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
	pthread_mutex_t lock;		/* of `first` */
	char first[120];		/* "UAF reachable in 6 more steps; ": before all is known */
	int err;
};

struct ask {
	struct known *known[KEPT];	/* the latest first */
	unsigned knowns;
	struct job *job;
	char said[240];			/* what came of the last one */
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

static const char *steps_text(unsigned n, char *buf, size_t size)
{
	snprintf(buf, size, "%u more step%s", n, n == 1 ? "" : "s");
	return buf;
}

static bool on_progress(void *arg, uint64_t states, uint64_t transitions, unsigned depth,
			const struct finding *first)
{
	struct job *j = arg;
	char steps[40];

	atomic_store(&j->states, states);
	atomic_store(&j->transitions, transitions);
	atomic_store(&j->depth, depth);
	pthread_mutex_lock(&j->lock);
	if (first && !*j->first)
		snprintf(j->first, sizeof(j->first), "%s reachable in %s; ",
			 properties[first->property].name,
			 steps_text((unsigned)first->schedule.n, steps, sizeof(steps)));
	pthread_mutex_unlock(&j->lock);
	return !loop_cancelled(&j->loop);
}

static void search(struct loop_job *loop)
{
	struct job *j = loop->arg;

	j->err = outlook_make(&j->made->o, &j->made->s, &j->made->k, &j->from, &j->options);
}

static void searched(struct loop_job *loop)
{
	struct job *j = loop->arg;

	atomic_store(&j->done, true);
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
	pthread_mutex_destroy(&j->lock);
	free(j);
}

/* The scenario of an execution, once more: an outlook outlives the run that it was asked from. */
static int copy_scenario(struct scenario *to, const struct scenario *from)
{
	struct scenario_error err;

	return scenario_parse(to, from->name, from->text, &err);
}

static struct job *job_new(const struct execution *x, uint64_t at, uint32_t only)
{
	struct job *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	pthread_mutex_init(&j->lock, NULL);
	j->made = calloc(1, sizeof(*j->made));
	j->from = x->world[at];
	j->begun = now();
	j->options = (struct outlook_options){ .max_bytes = ASK_BYTES, .only = only,
					       .progress = on_progress, .progress_arg = j };
	if (!j->made || copy_scenario(&j->made->s, x->scenario)) {
		job_free(j);
		return NULL;
	}
	j->made->k = x->kernel;
	j->made->only = only;
	j->loop = (struct loop_job){ .work = search, .done = searched, .arg = j };
	return j;
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
		text = schedule_text(&k->s, &way);
		snprintf(buf, size, "%.*s", (int)size - 1, text ? text : "");
		free(text);
	}
	schedule_free(&way);
}

static void answer_text(struct known *k, const struct world *w, const struct outlook_answer *a,
			char *buf, size_t size)
{
	char way[120], steps[40], number[32];
	struct outlook_figures f;
	uint64_t states = 0;

	outlook_figures(k->o, &f);
	switch (a->says) {
	case OUTLOOK_SAFE:
		outlook_states(k->o, w, &states);
		snprintf(buf, size, "safe: all continuations, %s state%s", grouped(states, number),
			 states == 1 ? "" : "s");
		break;
	case OUTLOOK_VIOLATES:
		way_text(k, w, way, sizeof(way));
		if (!a->steps)
			snprintf(buf, size, "%s: it is so already here",
				 properties[a->property].name);
		else
			snprintf(buf, size, "%s reachable in %s%s: %s (A walks it)",
				 properties[a->property].name,
				 steps_text(a->steps, steps, sizeof(steps)),
				 a->exact ? "" : " or fewer", way);
		break;
	default:
		snprintf(buf, size, "not known: nothing within %u steps; %s states were seen (%s)",
			 a->within, grouped(f.states, number), f.bound ? f.bound : "stopped");
	}
}

static void say_known(struct view *v, struct known *k, const struct world *w,
		      const struct outlook_answer *a)
{
	char text[240];

	answer_text(k, w, a, text, sizeof(text));
	view_say(v, "%s", text);
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
	if (k && k->only == only && answer.says != OUTLOOK_UNKNOWN) {
		say_known(v, k, &x->world[at], &answer);
		s->seen = (struct shown){ 0 };
		return;
	}
	if (!ask_of(s) || !(s->ask->job = job_new(x, at, only))) {
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
}

static void say_progress(struct view *v, struct job *j)
{
	uint64_t states = atomic_load(&j->states);
	double seconds = now() - j->begun;
	char number[32], rate[32];

	pthread_mutex_lock(&j->lock);
	snprintf(v->asked, sizeof(v->asked), "%sasking: %s states, depth %u, %s states/s; esc "
		 "stops", j->first, grouped(states, number), atomic_load(&j->depth),
		 grouped((uint64_t)((double)states / (seconds > 0.001 ? seconds : 0.001)), rate));
	pthread_mutex_unlock(&j->lock);
}

bool ask_take_over(struct view *v)
{
	struct session *s = v->session;
	struct outlook_answer answer;
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
	} else if (!outlook_at(j->made->o, &j->from, &answer)) {
		say_known(v, j->made, &j->from, &answer);
		keep(s->ask, j->made);
		j->made = NULL;
	}
	job_free(j);
	return true;
}

COMMAND(WALK)
{
	struct session *s = v->session;
	uint64_t at = v->cursor[v->focus];
	struct schedule way = { 0 };
	struct outlook_answer answer;
	const struct execution *x;
	struct trace *out;
	struct known *k;
	size_t loop, made;
	int r;

	if (!session_can(v))
		return;
	x = hand_execution(s->hand, session_run(v));
	k = known_at(s->ask, x, at, &answer);
	if (!k || answer.says != OUTLOOK_VIOLATES || !answer.steps) {
		view_say(v, k && answer.says == OUTLOOK_SAFE ? "there is nothing to walk to: safe" :
			 k && answer.says == OUTLOOK_VIOLATES ? "it is so already here" :
			 "nobody has asked from here: a does");
		return;
	}
	hand_remember(v);
	r = outlook_way(k->o, &x->world[at], &way, &loop);
	if (!r)
		r = hand_walk(s->hand, session_run(v), at, &way, &out, &made);
	if (r >= 0) {
		session_show_in(v, v->focus, out, at);
		view_say(v, "%s is %zu step%s ahead: right goes there one by one",
			 properties[answer.property].name, made, made == 1 ? "" : "s");
	} else {
		s->undos--;
		view_say(v, "%s", hand_why(s->hand));
	}
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

	free(b->prospect);
	b->prospect = NULL;
	b->prospects = 0;
	x = b->possible ? hand_execution(s->hand, v->chapter[v->at].run[side]) : NULL;
	if (!x || !s->ask || !s->ask->knowns)
		return;
	fill_choices(b, s->ask, x);
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
