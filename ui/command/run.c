/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/figure/columns.h"
#include "replay/hand/hand.h"
#include "traces/write/write.h"
#include "ui/command/command.h"

#define STEPS_DEFAULT	2000

struct run_args {
	struct kernel_choice kernel;
	const char *schedule;
	const char *save;
	uint64_t seed, steps;	/* 0: none given */
};

/* xorshift64*: the same moves for a seed on every machine. */
static uint64_t draw(uint64_t *x)
{
	*x ^= *x >> 12;
	*x ^= *x << 25;
	*x ^= *x >> 27;
	return *x * 0x2545f4914f6cdd1dull >> 33;
}

static bool all_finished(const struct execution *x)
{
	for (unsigned i = 0; i < x->scenario->tasks; i++)
		if (x->scenario->program[i].must_finish &&
		    !task_finished(&execution_now(x)->task[i]))
			return false;
	return true;
}

/* Random moves until all that must finish have, a run ends, or `steps` are made. */
static int run_random(struct execution *x, uint64_t seed, uint64_t steps)
{
	uint64_t rng = seed * 0x9e3779b97f4a7c15ull | 1;
	unsigned blocked = 0;
	int err = 0;

	while (x->n < steps && !all_finished(x) && blocked < 1000) {
		struct move m = { .task = (uint8_t)(draw(&rng) % x->scenario->tasks) };

		/* now and then another outcome than the first, where there are several */
		if (draw(&rng) % 4 == 0)
			m.choice = (uint8_t)(draw(&rng) % 3);
		err = execution_move(x, m);
		blocked = err == -EAGAIN ? blocked + 1 : 0;
		if (err && err != -EAGAIN)
			return err;
		if (!err && (x->step[x->n - 1].violated & properties_ending()))
			return 0;
	}
	return err == -EAGAIN ? 0 : err;
}

/* As much of it as can be made: that is kept, and `why` says what is in the way of the rest. */
static int run_schedule(struct execution *x, const char *text, char *why)
{
	struct schedule schedule;

	if (hand_parse(&schedule, x->scenario, text, why))
		return usage_error("--schedule: %s", why);
	hand_moves(x, &schedule, why);
	schedule_free(&schedule);
	return EXIT_OK;
}

/* `why` is what stands in the way of the rest, or "": one line says that and where it is. */
static int save(const char *path, const struct execution *x, const char *kernel_name,
		const char *why)
{
	struct run_meta meta = { .kernel_name = kernel_name, .title = "one execution" };
	char err_text[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	int err = trace_create(&tw, path, TRACE_TOGETHER, err_text);

	if (err)
		return usage_error("%s", err_text);
	err = trace_execution(tw, x, &meta);
	if (end_saving(tw, path, err))
		return EXIT_USAGE;
	if (*why)
		return usage_error("--schedule: %s; %zu moves are saved: %s, run %d", why, x->n,
				   path, err);
	say_saved(path, err, err);
	return EXIT_OK;
}

static uint32_t all_violations(const struct execution *x)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < x->n; i++)
		bits |= x->step[i].violated;
	return bits;
}

static int run_one(const struct run_args *a, struct execution *x, const char *kernel_name)
{
	char text[KERNEL_TEXT_MAX], why[HAND_TEXT_MAX] = "";
	char steps[COUNTED_MAX], name[SHOWN_MAX];
	int status = EXIT_OK;

	printf("%s under %s: %s\n", shown(x->scenario->name, name), kernel_name,
	       kernel_text(&x->kernel, text));
	if (a->schedule)
		status = run_schedule(x, a->schedule, why);
	else if (run_random(x, a->seed, a->steps))
		status = usage_error("the world is too small for this run");
	if (status)
		return status;
	if (!a->schedule)
		printf("seed %llu\n", (unsigned long long)a->seed);
	putchar('\n');
	if (figure_execution(stdout, x, 0, x->n, output_width(stdout)))
		return usage_error("out of memory");
	printf("\n%s; %s\n", counted(x->n, "step", steps), all_violations(x) ? "violated" :
	       all_finished(x) ? "nothing violated, all finished" : "nothing violated");
	if (a->save)
		status = save(a->save, x, kernel_name, why);
	else if (*why)
		status = usage_error("--schedule: %s", why);
	return !status && all_violations(x) ? EXIT_VIOLATED : status;
}

static int exec_run(void *args, const struct operands *in)
{
	struct run_args *a = args;
	char kernel_name[256];
	struct execution x;
	struct scenario s;
	struct kernel k;
	int status;

	if (a->schedule && (a->seed || a->steps))
		return usage_error("run: --schedule excludes --seed and --steps");
	if (!a->seed)
		a->seed = 1;
	if (!a->steps)
		a->steps = STEPS_DEFAULT;
	status = load_scenario(&s, in->word[0]);
	if (status)
		return status;
	status = choose_kernel(&a->kernel, &s, NULL, &k, kernel_name, sizeof(kernel_name));
	if (!status && execution_init(&x, &s, &k))
		status = usage_error("out of memory");
	else if (!status) {
		status = run_one(a, &x, kernel_name);
		execution_free(&x);
	}
	scenario_free(&s);
	return status;
}

static const struct option_row options[] = {
	KERNEL_OPTIONS(run_args, kernel),
	VALUE_OPTION(run_args, "schedule", OPT_TEXT, schedule, "TEXT",
		     "Who moves, in order: 'T0*7 W T1/1' is T0 seven times, W once, T1 with its "
		     "second outcome. explore prints them. Where a move cannot be made, what was "
		     "made before it is shown and saved, and it is said why."),
	NUMBER_OPTION(run_args, "seed", seed, UINT32_MAX,
		      "Without a schedule: where the choices come from; 1 unless it is given."),
	NUMBER_OPTION(run_args, "steps", steps, SCHEDULE_MAX,
		      "Without a schedule: the most steps."),
	SAVE_OPTION(run_args, "save", save, "Record the run."),
	{ 0 },
};

const struct command cmd_run = {
	.name = "run",
	.brief = "one execution, by a schedule or by chance, with real bytes through lz4",
	.about = "Makes one execution of a scenario and draws it as a CPU0/CPU1 diagram: by a "
		 "schedule, as explore prints them, or by chance. Pages of 4 KiB go through lz4 "
		 "beside the model's stamps, so that a wrong byte is seen as one.",
	.option = options,
	.operand = { { "SCENARIO", WORD_SCENARIO } },
	.least = 1, .most = 1,
	.needs = "one scenario is needed, the name of a shipped one or a file",
	.status = { "nothing was violated", "a property is violated",
		    "wrong usage or input, or the "
		    "schedule cannot be made" },
	.example = {
		{ "swapscope run debate --kernel debate-a --schedule 'T0*7 W*11 T0'",
		  "the debate's use-after-free, step by step" },
		{ "swapscope run debate --seed 3 --save r.db", "a run by chance, recorded" },
	},
	.args_size = sizeof(struct run_args),
	.exec = exec_run,
};
