/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Moving on until something comes about.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "replay/hand/look.h"
#include "replay/hand/session.h"

/* What the run itself does next, or the task's first outcome that can be made. */
static bool next_move(const struct pen *p, int task, struct move *m)
{
	const struct execution *x = &p->run->x;
	struct move_tried tried;

	if (p->position < x->n && (task < 0 || x->step[p->position].move.task == task)) {
		*m = x->step[p->position].move;
		return true;
	}
	*m = (struct move){ .task = (uint8_t)task };
	if (task < 0)
		return false;
	do {
		if (!move_try(x->scenario, &x->kernel, &x->world[p->position], *m, &tried))
			return true;
	} while (++m->choice < tried.choices);
	m->choice = 0;
	return true;		/* it cannot be made, and why is told */
}

/* Whose next step is the next of the run: -1 at its end. */
static int next_task(const struct pen *p, int task)
{
	const struct execution *x = &p->run->x;

	return task >= 0 ? task : p->position < x->n ? x->step[p->position].move.task : -1;
}

static const char *first_property(uint32_t bits)
{
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (bits >> i & 1)
			return properties[i].name;
	return "";
}

/* Is it time to stop, behind a move? */
static bool arrived(const struct pen *p, int task, const struct until *until,
		    struct hand_stop *stop)
{
	const struct execution *x = &p->run->x;
	const struct exec_step *s = &x->step[p->position - 1];
	int next = next_task(p, task);

	stop->met = until_met(until, x, p->position) ||
		    (next >= 0 && until_at(until, x, p->position, (unsigned)next));
	if (stop->met)
		met_words(until, x, p->position, next, stop->why, sizeof(stop->why));
	else if (s->violated & properties_ending())
		snprintf(stop->why, sizeof(stop->why), "%s is violated: what follows would say "
			 "nothing", first_property(s->violated & properties_ending()));
	return *stop->why;
}

int hand_run_on(struct hand *h, struct trace *t, uint64_t position, int task,
		const struct until *until, struct trace **out, struct hand_stop *stop)
{
	struct move m;
	struct pen p;
	size_t made = 0;
	int err = pen_set(&p, h, t, position), wrote;

	*out = t;
	*stop = (struct hand_stop){ .position = position };
	while (!err && !*stop->why && made < HAND_RUN_ON_MAX) {
		if (!next_move(&p, task, &m)) {
			err = hand_fail(h, -EAGAIN, "the run ends here");
			break;
		}
		err = pen_move(&p, m);
		if (!err && ++made)
			arrived(&p, task, until, stop);
	}
	if (err && !made)
		return err;
	if (err)
		memcpy(stop->why, h->why, sizeof(stop->why));
	else if (!*stop->why)
		snprintf(stop->why, sizeof(stop->why), "%d moves were made without '%s'",
			 HAND_RUN_ON_MAX, until->text);
	stop->position = p.position;
	wrote = pen_lift(&p, out);
	return wrote;
}
