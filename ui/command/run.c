/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/diagram.h"
#include "ui/command/command.h"

#define STEPS_DEFAULT	2000

struct run_args {
	const char *scenario;
	struct kernel_choice kernel;
	const char *schedule;
	const char *save;
	uint64_t seed, steps;	/* 0: none given */
};

static const struct option options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "set", required_argument, NULL, 's' },
	{ "schedule", required_argument, NULL, 'c' },
	{ "seed", required_argument, NULL, 'n' },
	{ "steps", required_argument, NULL, 't' },
	{ "save", required_argument, NULL, 'S' },
	{ 0 },
};

static int parse_args(struct run_args *a, int argc, char **argv)
{
	int opt, status = EXIT_OK;

	opterr = 0;
	optind = 1;
	/* without "+", getopt moves what is no option behind the options */
	while (!status && (opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (opt) {
		case 'k':
			a->kernel.name = optarg;
			break;
		case 's':
			status = add_set(&a->kernel, optarg);
			break;
		case 'c':
			a->schedule = optarg;
			break;
		case 'n':
			status = number_argument("--seed", optarg, UINT32_MAX, &a->seed);
			break;
		case 't':
			status = number_argument("--steps", optarg, SCHEDULE_MAX, &a->steps);
			break;
		case 'S':
			a->save = optarg;
			break;
		default:
			return bad_option("run", opt, argv[optind - 1]);
		}
	}
	if (!status && optind + 1 != argc)
		return usage_error("run: one scenario is needed; 'swapscope --help' shows how");
	if (!status && a->schedule && (a->seed || a->steps))
		return usage_error("run: --schedule excludes --seed and --steps");
	if (!a->seed)
		a->seed = 1;
	if (!a->steps)
		a->steps = STEPS_DEFAULT;
	a->scenario = argv[optind];
	return status;
}

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

static int run_schedule(struct execution *x, const char *text)
{
	struct schedule schedule;
	size_t at;
	int err = schedule_parse(&schedule, x->scenario, text, &at);

	if (err == -EINVAL)
		return usage_error("--schedule: at '%.20s': a word is TASK, TASK*N or TASK/OUTCOME",
				   text + at);
	if (!err) {
		err = execution_run(x, &schedule);
		if (err == -EAGAIN)
			err = usage_error(
				"--schedule: move %zu (%s) cannot be made: the task waits, is "
				"finished, or its step has no such outcome",
				x->n + 1, x->scenario->program[schedule.move[x->n].task].name);
		else if (err)
			err = usage_error("--schedule: %s", strerror(-err));
		schedule_free(&schedule);
		return err ? EXIT_USAGE : EXIT_OK;
	}
	return usage_error("out of memory");
}

static int save(const char *path, const struct execution *x, const char *kernel_name)
{
	struct run_meta meta = { .kernel_name = kernel_name, .title = "one execution" };
	char err_text[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	int err = trace_create(&tw, path, true, err_text);

	if (err)
		return usage_error("%s", err_text);
	err = trace_execution(tw, x, &meta);
	if (err < 0)
		usage_error("%s: %s", path, trace_error(tw));
	else
		say_saved(path, err, err);
	if (trace_close(tw) && err >= 0)
		err = -usage_error("%s could not be finished", path);
	return err < 0 ? EXIT_USAGE : EXIT_OK;
}

static uint32_t all_violations(const struct execution *x)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < x->n; i++)
		bits |= x->step[i].violated;
	return bits;
}

static int exec_run(int argc, char **argv)
{
	struct run_args a = { 0 };
	char kernel_name[256], text[KERNEL_TEXT_MAX];
	struct execution x;
	struct scenario s;
	struct kernel k;
	int status = parse_args(&a, argc, argv);

	if (status)
		return status;
	status = load_scenario(&s, a.scenario);
	if (status)
		return status;
	status = choose_kernel(&a.kernel, &s, NULL, &k, kernel_name, sizeof(kernel_name));
	if (status)
		goto out;
	if (execution_init(&x, &s, &k)) {
		status = usage_error("out of memory");
		goto out;
	}
	printf("%s under %s: %s\n", s.name, kernel_name, kernel_text(&k, text));
	if (a.schedule)
		status = run_schedule(&x, a.schedule);
	else if (run_random(&x, a.seed, a.steps))
		status = usage_error("the world is too small for this run");
	if (!status) {
		if (!a.schedule)
			printf("seed %llu\n", (unsigned long long)a.seed);
		putchar('\n');
		diagram_execution(stdout, &x);
		printf("\n%zu steps; %s\n", x.n, all_violations(&x) ? "violated" :
		       all_finished(&x) ? "nothing violated, all finished" : "nothing violated");
		if (a.save)
			status = save(a.save, &x, kernel_name);
		if (!status && all_violations(&x))
			status = EXIT_VIOLATED;
	}
	execution_free(&x);
out:
	scenario_free(&s);
	return status;
}

const struct command cmd_run = {
	.name = "run",
	.args = "SCENARIO [--kernel NAME] [--set SWITCH=VALUE]... [--schedule TEXT | --seed N] "
		"[--steps N]\n"
		"          [--save FILE.db]",
	.help = "one execution, by a schedule or by chance, with real bytes through lz4",
	.exec = exec_run,
};
