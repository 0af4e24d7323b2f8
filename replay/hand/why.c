/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a move cannot be made, in a sentence: what the task waits for, who has it, and since when.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/hand/session.h"

/* What a task can wait for, as a field of the world: who has it, or a count. */
struct wanted {
	size_t offset;		/* into struct world */
	uint8_t mask;		/* bits of it */
	enum { BY_TASK, BY_FOLIO, COUNTED, BY_NOBODY } kind;
};

#define AT(member)	offsetof(struct world, mem.member)

static struct wanted wanted(const struct world *w, enum wait_kind wait, unsigned i)
{
	const struct mem *m = &w->mem;

	switch (wait) {
	case WAIT_PTL:
		return (struct wanted){ AT(mm[0].ptl) + i * sizeof(m->mm[0]), 0xff, BY_TASK };
	case WAIT_FOLIO:
		return (struct wanted){ AT(folio[0].lock) + i * sizeof(m->folio[0]), 0xff,
					BY_TASK };
	case WAIT_TREE:
		return (struct wanted){ AT(tree_lock), 0xff, BY_TASK };
	case WAIT_SI:
		return (struct wanted){ AT(si[0].lock) + i * sizeof(m->si[0]), 0xff, BY_TASK };
	case WAIT_FREE_LOCK:
		return (struct wanted){ AT(free_lock), 0xff, BY_TASK };
	case WAIT_ALLOC_LOCK:
		return (struct wanted){ AT(alloc_lock), 0xff, BY_TASK };
	case WAIT_CACHE_MUTEX:
		return (struct wanted){ AT(slot_cache_off), 0xff, BY_TASK };
	case WAIT_MMAP:
		if (i < MAX_MMS && m->mm[i].mmap_writer)
			return (struct wanted){ AT(mm[0].mmap_writer) + i * sizeof(m->mm[0]), 0xff,
						BY_TASK };
		if (i < MAX_MMS && m->mm[i].unborn)
			return (struct wanted){ AT(mm[0].unborn) + i * sizeof(m->mm[0]), 0xff,
						BY_NOBODY };
		return (struct wanted){ AT(mm[0].mmap_readers) + i * sizeof(m->mm[0]), 0xff,
					COUNTED };
	case WAIT_WRITEBACK:
		return (struct wanted){ AT(folio[0].flags) + i * sizeof(m->folio[0]),
					FOLIO_WRITEBACK, BY_FOLIO };
	case WAIT_USERS:
		return (struct wanted){ AT(si[0].users) + i * sizeof(m->si[0]), 0xff, COUNTED };
	default:
		return (struct wanted){ .kind = BY_NOBODY };
	}
}

static unsigned value_at(const struct execution *x, size_t n, const struct wanted *q)
{
	return ((const uint8_t *)&x->world[n])[q->offset] & q->mask;
}

/* The transition since which a field has the value that it has at n. */
static uint64_t since(const struct execution *x, size_t n, const struct wanted *q)
{
	unsigned v = value_at(x, n, q);

	while (n && value_at(x, n - 1, q) == v)
		n--;
	return n;
}

struct text {
	char *to;
	size_t size;
};

static void say(struct text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct text *t, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(t->to, t->size, format, ap);
	va_end(ap);
	if (n > 0) {
		size_t used = (size_t)n < t->size ? (size_t)n : t->size - 1;

		t->to += used;
		t->size -= used;
	}
}

static const char *name_of(const struct execution *x, unsigned task)
{
	return task < x->scenario->tasks ? x->scenario->program[task].name : "nobody";
}

static void say_since(struct text *t, uint64_t at)
{
	if (at)
		say(t, " since %llu", (unsigned long long)at);
	else
		say(t, " from the start");
}

/* "W waits for the zswap tree lock, which T0 holds since 9" */
static void say_wait(struct text *t, const struct execution *x, size_t n, unsigned task,
		     enum wait_kind wait, unsigned index, struct blame *b)
{
	const struct wanted q = wanted(&x->world[n], wait, index);
	unsigned v = value_at(x, n, &q);
	char what[96];

	if (wait == WAIT_CPU) {
		b->by = (int)index;
		say(t, "%s waits for the CPU, which %s of a higher priority has",
		    name_of(x, task), name_of(x, index));
		return;
	}
	say(t, "%s waits for %s", name_of(x, task), wait_text(wait, index, what, sizeof(what)));
	if (wait == WAIT_MMAP && q.kind == BY_NOBODY)
		say(t, ", which fork() has yet to make");
	if (q.kind == BY_NOBODY || !v)
		return;
	b->since = since(x, n, &q);
	if (q.kind == COUNTED) {
		say(t, ", of which there %s %u", v == 1 ? "is" : "are", v);
		return;
	}
	if (q.kind == BY_FOLIO) {
		say(t, ", which is under way");
	} else if (v == LOCKED_BY_DEVICE) {
		say(t, ", which the device holds");
	} else {
		b->by = (int)v - 1;
		say(t, ", which %s holds", v - 1 == task ? "it itself" : name_of(x, v - 1));
	}
	say_since(t, b->since);
}

/* ---- who has the pin ---- */

/* "T0 holds SWAP_HAS_CACHE since 4": whoever has what the slot's state is owned by. */
static bool say_pin(struct text *t, const struct execution *x, size_t n, unsigned task,
		    unsigned slot, struct blame *b)
{
	const struct wanted holder = { AT(slot[0].holder) + slot * sizeof(struct slot), 0xff, 0 };
	const struct wanted taker = { AT(slot[0].holder_task) + slot * sizeof(struct slot), 0xff,
				      0 };
	const struct slot *s = &x->world[n].mem.slot[slot];
	char of[24] = "";

	if (s->holder == HOLD_NONE || s->holder_task == task + 1)
		return false;
	if (x->scenario->hw.slots > 1)
		snprintf(of, sizeof(of), " of slot %u", slot);
	b->since = since(x, n, &holder);
	if (since(x, n, &taker) > b->since)
		b->since = since(x, n, &taker);
	if (s->holder_task) {
		b->by = s->holder_task - 1;
		say(t, "%s holds SWAP_HAS_CACHE%s", name_of(x, s->holder_task - 1u), of);
	} else if (s->cache) {
		say(t, "folio %u is in the swap cache%s", s->cache, of);
	} else {
		say(t, "SWAP_HAS_CACHE%s is set", of);
	}
	say_since(t, b->since);
	return true;
}

/* Was the pin asked for, and not got? */
static bool pin_refused(const struct exec_step *step)
{
	const struct step *s = step_at((size_t)step->step);

	if (!step->result)
		return false;
	return strstr(step->result, "-EEXIST") ||
	       (!strncmp(s->text, "swapcache_prepare", strlen("swapcache_prepare")) &&
		!strcmp(step->result, "no"));
}

static void result_blame(struct text *t, const char *before, const struct execution *x, size_t n,
			 unsigned task, const struct exec_step *step, struct blame *b)
{
	const struct task *at = &x->world[n].task[task];
	unsigned slot = at->depth ? at->frame[at->depth - 1].swp : MAX_SLOTS;
	char who[128];
	struct text w = { who, sizeof(who) };

	if (pin_refused(step) && slot < MAX_SLOTS && say_pin(&w, x, n, task, slot, b))
		say(t, "%s%s", before, who);
}

void why_result(const struct execution *x, size_t n, unsigned task, const struct exec_step *step,
		struct blame *b, char *why)
{
	struct text t = { why, HAND_TEXT_MAX };

	*b = (struct blame){ .by = -1 };
	*why = '\0';
	result_blame(&t, "", x, n, task, step, b);
}

/* ---- a task that is done ---- */

/* Does a result say that it was not to be? */
static const char *refusal(const char *result)
{
	const char *error = strstr(result, "-E");

	return error ? error : strstr(result, "retry") ? result : NULL;
}

/* What a task does when it was refused something, and that comes to more results. */
static bool cleans_up(const char *result)
{
	return !strcmp(result, "put back") || !strcmp(result, "dropped");
}

/*
 * "W finished at 12 with -EEXIST: T0 holds SWAP_HAS_CACHE since 4": where what the task's last
 * operation came to is that it was refused something, that is told.
 */
static void say_finished(struct text *t, const struct execution *x, size_t n, unsigned task,
			 struct blame *b)
{
	const char *with = NULL;
	size_t end = n, i;

	while (end && x->step[end - 1].move.task != task)
		end--;
	if (!end) {
		say(t, "%s has nothing to do", name_of(x, task));
		return;
	}
	say(t, "%s finished at %zu", name_of(x, task), end);
	for (i = end; i; i--) {
		const struct exec_step *s = &x->step[i - 1];

		if (s->move.task != task)
			continue;
		if (i < end && s->ev.op_done)
			break;
		if (!s->result || cleans_up(s->result))
			continue;
		with = refusal(s->result);
		break;
	}
	if (!with)
		return;
	say(t, " with %s", with);
	result_blame(t, ": ", x, i - 1, task, &x->step[i - 1], b);
}

/* ---- all of it ---- */

static void say_outcomes(struct text *t, const struct execution *x, size_t n, struct move m,
			 unsigned choices)
{
	const struct task *at = &x->world[n].task[m.task];
	int step = at->depth ? task_at(at, at->depth - 1u) : -1;

	say(t, "'%s: %.100s' has ", name_of(x, m.task),
	    step < 0 ? "" : step_at((size_t)step)->text);
	if (choices == 1)
		say(t, "one outcome, 0");
	else if (choices == 2)
		say(t, "2 outcomes, 0 and 1");
	else
		say(t, "%u outcomes, 0 to %u", choices, choices - 1);
	say(t, "; there is no %u", m.choice);
}

/* Another outcome of a step that waits: a fault may give up instead. */
static void say_other_outcome(struct text *t, const struct execution *x, size_t n, struct move m,
			      unsigned choices)
{
	struct move_tried tried;

	for (unsigned i = 0; i < choices; i++) {
		struct move other = { m.task, (uint8_t)i };

		if (i != m.choice && !move_try(x->scenario, &x->kernel, &x->world[n], other,
					       &tried)) {
			say(t, "; outcome %u can be made", i);
			return;
		}
	}
}

void why_not(const struct execution *x, size_t n, struct move m, const struct move_tried *tried,
	     int err, struct blame *b, char *why)
{
	struct text t = { why, HAND_TEXT_MAX };

	*b = (struct blame){ .by = -1 };
	*why = '\0';
	if (!err)
		return;
	if (m.task >= x->scenario->tasks)
		say(&t, "there is no task %u: the scenario has %u", m.task, x->scenario->tasks);
	else if (err == -ENOSPC)
		say(&t, "the world is too small for what the next step of %s does",
		    name_of(x, m.task));
	else if (err != -EAGAIN)
		say(&t, "%s", strerror(-err));
	else if (!tried->choices)
		say_finished(&t, x, n, m.task, b);
	else if (m.choice >= tried->choices && tried->wait == WAIT_NOTHING)
		say_outcomes(&t, x, n, m, tried->choices);
	else {
		say_wait(&t, x, n, m.task, tried->wait, tried->wait_index, b);
		if (tried->wait != WAIT_CPU)
			say_other_outcome(&t, x, n, m, tried->choices);
	}
}

void hand_why_not(const struct execution *x, size_t n, struct move m, char *why)
{
	struct move_tried tried = { 0 };
	struct blame b;
	int err = -EINVAL;

	if (m.task < x->scenario->tasks && n <= x->n)
		err = move_try(x->scenario, &x->kernel, &x->world[n], m, &tried);
	why_not(x, n, m, &tried, err, &b, why);
}

int hand_moves(struct execution *x, const struct schedule *s, char *why)
{
	int err = 0;

	*why = '\0';
	for (size_t i = 0; !err && i < s->n; i++) {
		struct text t = { why, HAND_TEXT_MAX };
		char reason[HAND_TEXT_MAX];

		err = execution_move(x, s->move[i]);
		if (!err)
			continue;
		hand_why_not(x, x->n, s->move[i], reason);
		say(&t, "move %zu: %.*s", i + 1, HAND_TEXT_MAX - 32,
		    *reason ? reason : strerror(-err));
	}
	return err;
}

int hand_parse(struct schedule *s, const struct scenario *sc, const char *text, char *why)
{
	struct text t = { why, HAND_TEXT_MAX };
	size_t at = 0;
	int err = schedule_parse(s, sc, text, &at);

	*why = '\0';
	if (err == -EINVAL) {
		say(&t, "at '%.20s': a word is TASK, TASK*N or TASK/OUTCOME, at most %d moves in "
		    "all; tasks are", text + at, SCHEDULE_MAX);
		for (unsigned i = 0; i < sc->tasks; i++)
			say(&t, "%s %s", i ? "," : "", sc->program[i].name);
	} else if (err) {
		say(&t, "out of memory");
	}
	return err;
}
