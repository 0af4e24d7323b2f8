/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/scenario/schedule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"

int schedule_add(struct schedule *s, struct move m)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 64;
		struct move *move = realloc(s->move, cap * sizeof(*move));

		if (!move)
			return -ENOMEM;
		s->move = move;
		s->cap = cap;
	}
	s->move[s->n++] = m;
	return 0;
}

void schedule_reverse(struct schedule *s)
{
	for (size_t i = 0, j = s->n; i + 1 < j; i++) {
		struct move m = s->move[i];

		s->move[i] = s->move[--j];
		s->move[j] = m;
	}
}

void schedule_free(struct schedule *s)
{
	free(s->move);
	*s = (struct schedule){ 0 };
}

char *schedule_text(const struct scenario *sc, const struct schedule *s)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < s->n;) {
		struct move m = s->move[i];
		size_t n = 1;

		while (i + n < s->n && s->move[i + n].task == m.task &&
		       s->move[i + n].choice == m.choice)
			n++;
		fprintf(out, "%s%s", i ? " " : "", sc->program[m.task].name);
		if (n > 1)
			fprintf(out, "*%zu", n);
		if (m.choice)
			fprintf(out, "/%u", m.choice);
		i += n;
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

/* A decimal number up to max at *p, which moves behind it.  -1 if there is none. */
static long number(const char **p, long max)
{
	long v = 0;

	if (**p < '0' || **p > '9')
		return -1;
	while (**p >= '0' && **p <= '9') {
		v = 10 * v + (*(*p)++ - '0');
		if (v > max)
			return -1;
	}
	return v;
}

static int task_named(const struct scenario *sc, const char *name, size_t len)
{
	for (unsigned i = 0; i < sc->tasks; i++)
		if (strlen(sc->program[i].name) == len && !strncmp(sc->program[i].name, name, len))
			return (int)i;
	return -1;
}

/* One word, "T0*3/1".  Returns the number of moves or -1. */
static long parse_word(const struct scenario *sc, const char *word, size_t len, struct move *m)
{
	size_t name = strcspn(word, "*/ \t\n");
	const char *p = word + name;
	int task = task_named(sc, word, name < len ? name : len);
	long times = 1, choice = 0;

	if (*p == '*') {
		p++;
		times = number(&p, SCHEDULE_MAX);
	}
	if (*p == '/') {
		p++;
		choice = number(&p, UINT8_MAX);
	}
	if (task < 0 || times < 1 || choice < 0 || p != word + len)
		return -1;
	*m = (struct move){ .task = (uint8_t)task, .choice = (uint8_t)choice };
	return times;
}

int schedule_parse(struct schedule *s, const struct scenario *sc, const char *text, size_t *at)
{
	const char *p = text;

	*s = (struct schedule){ 0 };
	for (;;) {
		size_t len;
		struct move m;
		long times;

		p += strspn(p, " \t\n");
		if (!*p)
			return 0;
		len = strcspn(p, " \t\n");
		times = parse_word(sc, p, len, &m);
		if (times < 0 || s->n + (size_t)times > SCHEDULE_MAX) {
			*at = (size_t)(p - text);
			schedule_free(s);
			return -EINVAL;
		}
		while (times--)
			if (schedule_add(s, m)) {
				schedule_free(s);
				return -ENOMEM;
			}
		p += len;
	}
}

/* ---- executions ---- */

static int execution_room(struct execution *x)
{
	size_t cap = x->cap ? 2 * x->cap : 64;
	struct world *world;
	struct exec_step *step;
	void *length;

	if (x->n + 1 < x->cap)
		return 0;
	world = realloc(x->world, cap * sizeof(*world));
	if (!world)
		return -ENOMEM;
	x->world = world;
	step = realloc(x->step, cap * sizeof(*step));
	if (!step)
		return -ENOMEM;
	x->step = step;
	length = realloc(x->length, cap * sizeof(*x->length));
	if (!length)
		return -ENOMEM;
	x->length = length;
	x->cap = cap;
	return 0;
}

static void note_lengths(struct execution *x)
{
	for (unsigned i = 0; i < MAX_ENTRIES; i++)
		x->length[x->n][i] = (uint16_t)bytes_entry_length(x->bytes, i);
}

int execution_init(struct execution *x, const struct scenario *s, const struct kernel *k)
{
	*x = (struct execution){ .scenario = s, .kernel = *k };
	x->bytes = bytes_new();
	if (!x->bytes || execution_room(x)) {
		execution_free(x);
		return -ENOMEM;
	}
	scenario_start(s, k, &x->world[0]);
	bytes_init(x->bytes, &x->world[0].mem);
	note_lengths(x);
	return 0;
}

static bool deadlocked(const struct scenario *s, const struct kernel *k, const struct world *w)
{
	unsigned unfinished = 0, movable = 0;

	for (unsigned i = 0; i < s->tasks; i++) {
		unfinished += s->program[i].must_finish && !task_finished(&w->task[i]);
		movable += task_enabled(s, k, w, i, NULL, NULL);
	}
	return property_deadlock(unfinished, movable);
}

int move_try(const struct scenario *s, const struct kernel *k, const struct world *w,
	     struct move m, struct move_tried *t)
{
	struct step_ctx c = { .k = k, .hw = &s->hw, .task = m.task, .choice = m.choice };
	const struct transition tr = { .hw = c.hw, .k = k, .ev = &c.ev, .task = m.task,
				       .before = &w->mem, .after = &t->after.mem };
	const struct task *at = &w->task[m.task];
	uint32_t broken;
	bool made;

	t->after = *w;
	t->choices = 0;
	t->wait = WAIT_NOTHING;
	t->wait_index = 0;
	t->injected = false;
	if (task_finished(at))
		return -EAGAIN;
	t->choices = 1;
	if (task_preempted(s, k, w, m.task, &t->wait_index)) {
		t->wait = WAIT_CPU;
		return -EAGAIN;
	}
	made = task_step(&c, &t->after.mem, &t->after.task[m.task], &s->program[m.task]);
	t->choices = c.choices;
	if (!made) {
		t->wait = c.wait;
		t->wait_index = c.wait_index;
		return -EAGAIN;
	}
	if (m.choice >= c.choices)
		return -EAGAIN;
	if (c.overflow)
		return -ENOSPC;
	t->injected = c.injected;
	broken = properties_check(&tr);
	t->step = (struct exec_step){
		.move = m, .choices = c.choices, .result = result_text(c.result), .ev = c.ev,
		.depth = at->depth, .step = (int16_t)task_at(at, at->depth - 1u), .byte_error = -1,
		.violated = broken & ~properties_costs(), .costs = broken & properties_costs(),
	};
	if (deadlocked(s, k, &t->after))
		t->step.violated |= 1u << PROP_DEADLOCK;
	return 0;
}

int execution_move(struct execution *x, struct move m)
{
	struct step_ctx c = {
		.k = &x->kernel, .hw = &x->scenario->hw, .bytes = x->bytes,
		.task = m.task, .choice = m.choice,
	};
	struct move_tried tried;
	struct exec_step *step;
	struct world *after;
	int err;

	if (execution_room(x))
		return -ENOMEM;
	/* The bytes cannot be taken back, so the step is tried on the stamps first. */
	err = move_try(x->scenario, &x->kernel, &x->world[x->n], m, &tried);
	if (err)
		return err;
	step = &x->step[x->n];
	*step = tried.step;
	after = &x->world[x->n + 1];
	*after = x->world[x->n];
	task_step(&c, &after->mem, &after->task[m.task], &x->scenario->program[m.task]);
	if (c.ev.set_pte) {
		const struct vpage *p = &after->mem.page[c.ev.set_pte - 1];

		step->byte_error = bytes_page_error(x->bytes, p->target, p->stamp);
	}
	x->n++;
	note_lengths(x);
	return 0;
}

int execution_run(struct execution *x, const struct schedule *s)
{
	for (size_t i = 0; i < s->n; i++) {
		int err = execution_move(x, s->move[i]);

		if (err)
			return err;
	}
	return 0;
}

void execution_free(struct execution *x)
{
	bytes_free(x->bytes);
	free(x->world);
	free(x->step);
	free(x->length);
	*x = (struct execution){ 0 };
}

uint32_t execution_never_done(const struct execution *x, size_t loop)
{
	const struct world *w = &x->world[loop];
	uint32_t moved = 0, done = 0, bits = 0;

	for (size_t i = loop; i < x->n; i++) {
		moved |= 1u << x->step[i].move.task;
		if (x->step[i].ev.op_done)
			done |= 1u << x->step[i].move.task;
	}
	for (unsigned i = 0; i < x->scenario->tasks; i++) {
		const struct program *p = &x->scenario->program[i];

		if (!p->environment && !(done >> i & 1) && !task_finished(&w->task[i]) &&
		    ((moved >> i & 1) || !task_at_start(&w->task[i], p)))
			bits |= 1u << i;
	}
	return bits;
}

const struct world *execution_now(const struct execution *x)
{
	return &x->world[x->n];
}
