/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command that makes monitors for the kernel.
 */
#include "ui/monitor/monitor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/file/output.h"
#include "traces/capture/probes.h"
#include "ui/command/command.h"

#define STATES_DEFAULT	2000000
#define OF_MAX		(SHOWN_MAX + 400)

struct monitor_args {
	struct kernel_choice kernel;
	const char *task, *functions, *against, *to;
	uint64_t slot;			/* + 1; 0: not given */
	uint64_t states;
};

/* ---- what is asked ---- */

static int task_of(const char *name, const struct scenario *s, unsigned *task)
{
	const char *names[MAX_TASKS];
	char near[HINT_MAX];

	for (unsigned i = 0; i < s->tasks; i++) {
		names[i] = s->program[i].name;
		if (!strcmp(names[i], name)) {
			*task = i;
			return EXIT_OK;
		}
	}
	return usage_error("monitor: the scenario has no task '%.80s'%s", name,
			   hint(near, name, names, s->tasks));
}

static int what_of(const struct monitor_args *a, const struct scenario *s,
		   struct monitor_options *o)
{
	if (!a->task == !a->slot)
		return usage_error("monitor: of what?  --task NAME or --slot N, one of them");
	o->of = a->task ? MONITOR_TASK : MONITOR_SLOT;
	if (a->task)
		return task_of(a->task, s, &o->index);
	if (a->slot > s->hw.slots)
		return usage_error("monitor: the scenario has %u slot%s, numbered from 1",
				   s->hw.slots, s->hw.slots == 1 ? "" : "s");
	if (s->hw.slots != 1)
		return usage_error("monitor: the scenario has %u slots, and a call does not say "
				   "which it is of: a monitor of a slot needs a scenario with one",
				   s->hw.slots);
	o->index = (unsigned)a->slot - 1;
	return EXIT_OK;
}

/* "v6.9" of "v6.9 pin=none". */
static unsigned release_of(const char *kernel_name)
{
	char name[256];

	snprintf(name, sizeof(name), "%.*s", (int)(strcspn(kernel_name, " ") % sizeof(name)),
		 kernel_name);
	return probes_release(name);
}

/* ---- another kernel is held to it ---- */

static void print_properties(const char *what, uint32_t bits)
{
	const char *between = " ";

	if (!bits)
		return;
	printf("  %s:", what);
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (bits >> i & 1) {
			printf("%s%s", between, properties[i].name);
			between = ", ";
		}
	putchar('\n');
}

static int hold(const struct monitor_args *a, const struct monitor *m,
		const struct monitor_options *o)
{
	struct kernel_choice choice = { .name = a->against };
	char kernel_name[256], set[256], states[COUNTED_MAX];
	struct monitor_held h;
	struct kernel k;
	int status;

	/* "v6.9 pin=none": a kernel, and switches set over it */
	snprintf(set, sizeof(set), "%s", a->against);
	choice.name = strtok(set, " ");
	for (char *word; choice.name && (word = strtok(NULL, " "));) {
		status = add_set(&choice, word);
		if (status)
			return status;
	}
	if (!choice.name)
		return usage_error("monitor: --against: a kernel is needed");
	status = choose_kernel(&choice, m->scenario, NULL, &k, kernel_name, sizeof(kernel_name));
	if (status)
		return status;
	if (monitor_hold(m, &k, o, &h))
		return usage_error("out of memory");
	printf("all runs under %s, %s%s, held to it:\n", kernel_name,
	       counted(h.states, "state", states), h.complete ? "" : " (not all)");
	print_properties(h.complete ? "violated, and an error is raised by then in every run" :
			 "violated, and an error is raised by then in every run that was seen",
			 h.noticed & ~h.unnoticed);
	print_properties("violated, and an error is raised by then in some runs, not in all",
			 h.noticed & h.unnoticed);
	print_properties("violated, and no error is raised by then", h.unnoticed & ~h.noticed);
	print_properties("violated before the slot was free once, so that it had not begun",
			 h.early);
	print_properties("violated by what never comes, and it is not known whether an error is "
			 "raised", h.untold);
	if (!h.violated && !h.untold)
		printf("  nothing is violated%s\n", h.complete ? "" : " as far as was seen");
	printf("  runs that violate nothing raise %s%s\n", h.rejects ?
	       "errors, too: their order is another" : "no error",
	       h.rejects || h.complete ? "" : " as far as was seen");
	if (h.unnoticed)
		return EXIT_VIOLATED;
	return h.complete && !h.untold ? EXIT_OK : EXIT_UNKNOWN;
}

/* ---- what is made ---- */

static void command_text(const struct monitor_args *a, const struct scenario *s,
			 const char *kernel_name, FILE *out)
{
	fputs("swapscope monitor ", out);
	print_quoted(out, s->name);
	print_kernel_options(out, kernel_name);
	if (a->task)
		fprintf(out, " --task %s", a->task);
	else
		fprintf(out, " --slot %llu", (unsigned long long)a->slot);
	if (a->functions) {
		fputs(" --functions ", out);
		print_quoted(out, a->functions);
	}
}

static char *dot_text(const struct monitor_args *a, const struct monitor *m,
		      const char *kernel_name, size_t *size)
{
	char of[OF_MAX], name[SHOWN_MAX], *command = NULL, *text = NULL;
	size_t n;
	FILE *out = open_memstream(&command, &n);

	if (!out)
		return NULL;
	command_text(a, m->scenario, kernel_name, out);
	if (fclose(out))
		return NULL;
	snprintf(of, sizeof(of), "the order of %s %s in the scenario %s under %.120s",
		 m->of == MONITOR_TASK ? "task" : "slot",
		 m->of == MONITOR_TASK ? a->task : "1", shown(m->scenario->name, name),
		 kernel_name);
	out = open_memstream(&text, size);
	if (out) {
		monitor_dot(out, m, of, command);
		if (fclose(out)) {
			free(text);
			text = NULL;
		}
	}
	free(command);
	return text;
}

/* What it was made of, and how large it is. */
static void print_figures(FILE *out, const struct monitor *m, const char *kernel_name)
{
	char n[3][COUNTED_MAX];

	fprintf(out, "%s, %s: all interleavings under %s (%s) made deterministic (%u states) and "
		"minimal\n", counted(m->states, "state", n[0]), counted(m->events, "event", n[1]),
		kernel_name, counted(m->explored, "state", n[2]), m->determinised);
	for (unsigned i = 0; i < PROPERTY_COUNT; i++)
		if (m->left_out >> i & 1)
			fprintf(out, "runs that violate %s are no part of it\n",
				properties[i].name);
}

static int write_file(const char *path, const char *text)
{
	char err[OUTPUT_ERROR_MAX];
	struct output o;

	if (output_open(&o, path, err))
		return usage_error("%s", err);
	fputs(text, o.file);
	if (output_commit(&o, err))
		return usage_error("%s", err);
	return EXIT_OK;
}

static int write_dot(const struct monitor_args *a, const struct monitor *m,
		     const char *kernel_name)
{
	size_t size = 0;
	char *text = dot_text(a, m, kernel_name, &size);
	int status = text ? EXIT_OK : usage_error("out of memory");

	if (text && a->to)
		status = write_file(a->to, text);
	else if (text)
		fputs(text, stdout);
	if (!status)
		print_figures(a->to ? stdout : stderr, m, kernel_name);
	free(text);
	return status;
}

static int make(const struct monitor_args *a, const struct scenario *s, const struct kernel *k,
		const char *kernel_name)
{
	struct monitor_options o = {
		.functions = a->functions, .max_states = a->states ? a->states : STATES_DEFAULT,
		.release = release_of(kernel_name),
	};
	char err[MONITOR_TEXT_MAX];
	struct monitor m;
	int e, status = what_of(a, s, &o);

	if (status)
		return status;
	e = monitor_make(&m, s, k, &o, err);
	if (e == -EOVERFLOW) {
		fprintf(stderr, "swapscope: monitor: %s\n", err);
		return EXIT_UNKNOWN;
	}
	if (e)
		return usage_error("monitor: %s", err);
	if (!a->against) {
		status = write_dot(a, &m, kernel_name);
	} else {
		if (a->to)
			status = write_dot(a, &m, kernel_name);
		else
			print_figures(stdout, &m, kernel_name);
		if (!status)
			status = hold(a, &m, &o);
	}
	monitor_free(&m);
	return status;
}

static int exec_monitor(void *args, const struct operands *in)
{
	const struct monitor_args *a = args;
	char kernel_name[256];
	struct scenario s;
	struct kernel k;
	int status = load_scenario(&s, in->word[0]);

	if (status)
		return status;
	status = choose_kernel(&a->kernel, &s, NULL, &k, kernel_name, sizeof(kernel_name));
	if (!status)
		status = make(a, &s, &k, kernel_name);
	scenario_free(&s);
	return status;
}

static const struct option_row options[] = {
	KERNEL_OPTIONS(monitor_args, kernel),
	VALUE_OPTION(monitor_args, "task", OPT_TEXT, task, "NAME",
		     "The order of one task: idle before and after each of its operations."),
	NUMBER_OPTION(monitor_args, "slot", slot, 1,
		      "The order of the scenario's one slot, 1, whoever calls: idle while it is "
		      "free."),
	VALUE_OPTION(monitor_args, "functions", OPT_TEXT, functions, "LIST",
		     "Only these functions, 'zswap_load,swapcache_clear', as the release or "
		     "swapscope calls them. All that probes see unless it is given."),
	VALUE_OPTION(monitor_args, "against", OPT_TEXT, against, "KERNEL",
		     "Hold all runs under this kernel, 'debate-a' or 'v6.9 pin=none', to the "
		     "monitor: which violations would it notice?"),
	NUMBER_OPTION(monitor_args, "max-states", states, UINT32_MAX,
		      "Explore no more than so many states; 2000000 unless it is given. Of a part "
		      "of them no monitor is made."),
	OUTPUT_OPTION(monitor_args, to, "FILE.dot",
		      "Write the automaton there, not to standard output."),
	{ 0 },
};

const struct command cmd_monitor = {
	.name = "monitor",
	.brief = "an order of kernel functions as an automaton for runtime verification (rvgen)",
	.about = "Makes a deterministic automaton of all interleavings of a scenario: in which "
		 "order one task, or all for one slot, enter kernel functions and return from "
		 "them. It is written as the dot file that rvgen of the kernel takes "
		 "(tools/verification/rvgen, before v6.17 dot2k). It accepts every run of the "
		 "scenario that violates nothing; what it notices of others --against says.\n\n"
		 "docs/monitor.md has what the events are and what such a monitor cannot see.",
	.option = options,
	.operand = { { "SCENARIO", WORD_SCENARIO } },
	.least = 1, .most = 1,
	.needs = "one scenario is needed, the name of a shipped one or a file",
	.status = { "written; with --against: every violation is noticed",
		    "with --against: a violation goes unnoticed", "wrong usage or input",
		    "not all states were seen; with --against: a DEADLOCK, a LIVELOCK" },
	.example = {
		{ "swapscope monitor debate --task T0 --functions swapcache_prepare -o pin.dot",
		  "a file that rvgen monitor -c da -t per_task -s pin.dot takes" },
		{ "swapscope monitor debate --task T0 --against debate-a",
		  "would it notice what happens without the pin?" },
	},
	.args_size = sizeof(struct monitor_args),
	.exec = exec_monitor,
};
