/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * puzzle.c - a puzzle line by line: moves come in, and what they led to is told.
 */
#include "ui/present/puzzle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/explore/explore.h"
#include "replay/hand/hand.h"
#include "ui/text/text.h"

#define WIDTH	100

/* The shortest way from a world (NULL: the start), at most as far as the scenario's bounds. */
static int shortest(const struct puzzle *p, const struct world *from, struct exploration *x)
{
	const struct explore_options o = { .only = p->only, .from = from,
					   .max_states = p->scenario->max_states,
					   .max_depth = p->scenario->max_depth };

	return explore(x, p->scenario, p->kernel, &o);
}

int puzzle_begin(struct puzzle *p)
{
	struct exploration x;
	bool complete;

	if (shortest(p, NULL, &x))
		return usage_error("out of memory");
	p->shortest = x.findings ? x.finding[0].schedule.n : 0;
	complete = x.complete;
	exploration_free(&x);
	if (p->shortest)
		return EXIT_OK;
	usage_error(complete ? "puzzle: nobody can break %s under %s: it is safe in every "
		    "interleaving; --kernel and --set choose another" :
		    "puzzle: %s under %s: nothing was found to break before a bound was hit",
		    p->scenario->name, p->kernel_name);
	return EXIT_UNKNOWN;
}

unsigned puzzle_score(const struct puzzle *p, size_t steps)
{
	size_t all = steps + p->hints;

	return all ? (unsigned)((100 * p->shortest + all / 2) / all) : 0;
}

/* ---- what is told ---- */

static const struct exec_step *last_step(const struct execution *x)
{
	return x->n ? &x->step[x->n - 1] : NULL;
}

static const char *text_at(int step)
{
	return step < 0 ? "finished" : step_at((size_t)step)->text;
}

static void tell_step(const struct execution *x)
{
	const struct exec_step *s = last_step(x);
	char line[400];

	if (!s)
		return;
	snprintf(line, sizeof(line), "%3zu %s: %s%s%s", x->n,
		 x->scenario->program[s->move.task].name, text_at(s->step),
		 s->result ? " = " : "", s->result ? s->result : "");
	print_wrapped(stdout, WIDTH, 4, line);
}

/* Every task, with the step that it makes next, or why it cannot. */
static void tell_tasks(const struct execution *x)
{
	const struct world *w = execution_now(x);

	for (unsigned i = 0; i < x->scenario->tasks; i++) {
		const struct task *t = &w->task[i];
		char why[HAND_TEXT_MAX] = "", line[700];

		hand_why_not(x, x->n, (struct move){ .task = (uint8_t)i }, why);
		snprintf(line, sizeof(line), "      %-4s %s%s%s", x->scenario->program[i].name,
			 *why ? "- " : "", *why ? why : "",
			 *why ? "" : text_at(t->depth ? task_at(t, t->depth - 1u) : -1));
		print_wrapped(stdout, WIDTH, 11, line);
	}
}

/* Has the last move broken it?  Then what, and how well that was done. */
static bool tell_broken(const struct puzzle *p, const struct execution *x)
{
	const struct exec_step *s = last_step(x);
	uint32_t bits = s ? s->violated & p->only : 0;
	char hints[COUNTED_MAX];

	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (bits >> i & 1)
			printf("!! %s: it must hold that %s\n", properties[i].name,
			       properties[i].text);
	if (!bits)
		return false;
	printf("broken in %zu steps", x->n);
	if (p->hints)
		printf(" and %s", counted(p->hints, "hint", hints));
	printf("; the shortest way has %zu: %u of 100\n", p->shortest, puzzle_score(p, x->n));
	return true;
}

/* ---- moves ---- */

/* As many of the moves as can be made, and not beyond a violation.  -EAGAIN: one could not. */
static int make(const struct puzzle *p, struct execution *x, const struct schedule *moves)
{
	char why[HAND_TEXT_MAX] = "";

	for (size_t i = 0; i < moves->n; i++) {
		int error = execution_move(x, moves->move[i]);

		if (error == -EAGAIN) {
			hand_why_not(x, x->n, moves->move[i], why);
			printf("%s\n", why);
			return error;
		}
		if (error) {
			puts(error == -ENOSPC ? "the world is too small for what would happen" :
			     "out of memory");
			return error;
		}
		tell_step(x);
		if (last_step(x)->violated & p->only)
			return 0;
	}
	return 0;
}

/* The last move is taken back: the others are made again. */
static int undo(const struct puzzle *p, struct execution *x)
{
	struct schedule moves = { 0 };
	struct execution again;
	int error = x->n ? 0 : -ENOENT;

	for (size_t i = 0; i + 1 < x->n && !error; i++)
		error = schedule_add(&moves, x->step[i].move);
	if (!error)
		error = execution_init(&again, p->scenario, p->kernel);
	if (!error) {
		error = execution_run(&again, &moves);
		execution_free(error ? &again : x);
		if (!error)
			*x = again;
	}
	schedule_free(&moves);
	return error;
}

static void hint_move(struct puzzle *p, const struct execution *x)
{
	struct exploration ahead;
	char steps[COUNTED_MAX];

	if (shortest(p, execution_now(x), &ahead)) {
		puts("out of memory");
		return;
	}
	if (ahead.findings) {
		const struct finding *f = &ahead.finding[0];

		p->hints++;
		printf("%s%s: then %s can be violated in %s\n",
		       p->scenario->program[f->schedule.move[0].task].name,
		       f->schedule.move[0].choice ? ", with another outcome" : "",
		       properties[f->property].name,
		       counted(f->schedule.n - 1, "more step", steps));
	} else {
		puts(ahead.complete ? "nothing can go wrong from here any more: undo" :
		     "nothing was found from here before a bound was hit");
	}
	exploration_free(&ahead);
}

static void tell_help(const struct puzzle *p)
{
	print_wrapped(stdout, WIDTH, 0,
		      "A line says who moves: a task ('T0'), several times ('T0*3'), or with "
		      "another outcome of its step ('T0/1'). 'undo' takes a move back, 'hint' says "
		      "who is next on a shortest way and counts as a step, 'quit' gives up.");
	printf("Any of these counts:");
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (p->only >> i & 1)
			printf(" %s", properties[i].name);
	putchar('\n');
}

enum turn { TURN_GO_ON, TURN_QUIT, TURN_BROKEN };

static enum turn take_turn(struct puzzle *p, struct execution *x, const char *line)
{
	char why[HAND_TEXT_MAX];
	struct schedule moves;

	if (!strcmp(line, "quit") || !strcmp(line, "q"))
		return TURN_QUIT;
	if (!*line)
		return TURN_GO_ON;
	if (!strcmp(line, "help") || !strcmp(line, "?")) {
		tell_help(p);
	} else if (!strcmp(line, "hint")) {
		hint_move(p, x);
	} else if (!strcmp(line, "undo") || !strcmp(line, "u")) {
		if (undo(p, x))
			puts("there is no move to take back");
	} else if (hand_parse(&moves, p->scenario, line, why)) {
		printf("%s; undo, hint, help and quit are understood too\n", why);
		return TURN_GO_ON;
	} else {
		make(p, x, &moves);
		schedule_free(&moves);
		if (tell_broken(p, x))
			return TURN_BROKEN;
	}
	tell_tasks(x);
	return TURN_GO_ON;
}

int puzzle_lines(struct puzzle *p, FILE *in)
{
	struct execution x;
	enum turn turn = TURN_GO_ON;
	char *line = NULL, *text;
	size_t size = 0;

	if (execution_init(&x, p->scenario, p->kernel))
		return usage_error("out of memory");
	printf("%s under %s. You are the scheduler: break it. The shortest way has %zu steps.\n",
	       p->scenario->name, p->kernel_name, p->shortest);
	tell_help(p);
	tell_tasks(&x);
	while (turn == TURN_GO_ON && !fflush(stdout) && getline(&line, &size, in) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		text = line + strspn(line, " \t");
		for (size_t n = strlen(text); n && strchr(" \t\r", text[n - 1]); n--)
			text[n - 1] = '\0';
		turn = take_turn(p, &x, text);
	}
	if (turn == TURN_BROKEN) {
		struct schedule made = { 0 };
		char *schedule;

		for (size_t i = 0; i < x.n && !schedule_add(&made, x.step[i].move); i++)
			;
		schedule = schedule_text(p->scenario, &made);
		printf("see it again: swapscope run ");
		print_quoted(stdout, p->scenario->name);
		print_kernel_options(stdout, p->kernel_name);
		printf(" --schedule '%s'\n", schedule ? schedule : "");
		free(schedule);
		schedule_free(&made);
	} else {
		printf("not broken after %zu steps\n", x.n);
	}
	free(line);
	execution_free(&x);
	return turn == TURN_BROKEN ? EXIT_OK : EXIT_UNKNOWN;
}
