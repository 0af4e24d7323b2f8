/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A failing run, made short.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/hand/hand.h"
#include "replay/shorten/shorten.h"
#include "traces/write/write.h"
#include "ui/command/command.h"

#define STATES_DEFAULT	200000
#define TITLE_MAX	(SHOWN_MAX + 200)

struct shorten_args {
	struct kernel_choice kernel;
	const char *schedule, *to, *save;
	uint32_t properties;
	uint64_t states;		/* 0: not given */
	bool json;
};

/* The run that is to be shortened: of a file, or of a schedule. */
struct source {
	const char *name;		/* what the user called it */
	const struct scenario *s;
	struct kernel kernel;
	const char *kernel_name;
	struct schedule moves;		/* owned */
	enum property property;
};

/* ---- what is violated ---- */

static const char *property_names(uint32_t bits, char *buf, size_t size)
{
	size_t n = 0;

	*buf = '\0';
	for (unsigned i = 0; i < PROPERTY_COUNT && n < size; i++)
		if (bits >> i & 1)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n ? ", " : "",
					      properties[i].name);
	return buf;
}

/* The property of the run's first finding, or the one that was asked for. */
static int choose_property(const struct shorten_args *a, const struct execution *x,
			   struct source *from)
{
	uint32_t violated = 0, costs = 0, first = 0;
	char names[256], name[SHOWN_MAX];

	shown(from->name, name);
	for (size_t i = 0; i < x->n; i++) {
		if (!first)
			first = x->step[i].violated;
		violated |= x->step[i].violated;
		costs |= x->step[i].costs;
	}
	if (a->properties & (a->properties - 1))
		return usage_error("shorten: one --property at a time");
	if (!violated && !a->properties)
		return usage_error("shorten: %.300s violates nothing%s%s%s", name,
				   costs ? "; what it costs can be asked for: --property " : "",
				   property_names(costs, names, sizeof(names)),
				   costs ? "" : ": there is nothing to keep");
	if (a->properties && !(a->properties & (violated | costs)))
		return usage_error("shorten: %.300s does not violate %s; it has %s", name,
				   properties[__builtin_ctz(a->properties)].name,
				   violated | costs ?
				   property_names(violated | costs, names, sizeof(names)) :
				   "no finding");
	from->property = (enum property)__builtin_ctz(a->properties ? a->properties : first);
	return EXIT_OK;
}

static int no_livelock(const char *scenario)
{
	char name[SHOWN_MAX];

	return usage_error("shorten: LIVELOCK is of a run without end, and no schedule violates "
			   "it; 'swapscope explore %.100s --property LIVELOCK' finds the shortest "
			   "way to one", shown(scenario, name));
}

/* ---- what is said ---- */

static void came_to(const struct shortened *r, char *buf, size_t size)
{
	char n[4][COUNTED_MAX];

	snprintf(buf, size, "%s, %s -> %s, %s", counted(r->before_steps, "step", n[0]),
		 r->before_switches == 1 ? "1 switch" :
		 counted(r->before_switches, "switche", n[1]),
		 counted(r->schedule.n, "step", n[2]),
		 r->switches == 1 ? "1 switch" : counted(r->switches, "switche", n[3]));
}

static const char *how_short(const struct shortened *r)
{
	return r->shortest ? "shortest there is" : "locally minimal";
}

static void print_tried(const struct shortened *r)
{
	char n[3][COUNTED_MAX];

	printf("  tried: %s with moves left out or in another order; %s of what can follow, %s\n",
	       counted(r->runs, "run", n[0]),
	       r->searches == 1 ? "1 search" : counted(r->searches, "searche", n[1]),
	       counted(r->states, "state", n[2]));
	if (!r->shortest && r->searched < r->schedule.n)
		printf("  from step %zu on there is no shorter way; from those before none was "
		       "found, and a longer search (--states) might find one\n", r->searched + 1);
	else if (!r->shortest)
		puts("  no search of what can follow came to its end: a longer one (--states) "
		     "might find a shorter way");
}

static int print_text(const struct source *from, const struct shortened *r, const char *schedule)
{
	char text[400], name[SHOWN_MAX];

	came_to(r, text, sizeof(text));
	printf("%s under %s: %s\n", shown(from->s->name, name), from->kernel_name,
	       properties[from->property].name);
	printf("%s: %s\n", text, how_short(r));
	print_tried(r);
	printf("\n%s\n\n  see: swapscope run ", schedule);
	print_quoted(stdout, from->s->name);
	print_kernel_options(stdout, from->kernel_name);
	printf(" --schedule '%s'\n", schedule);
	return EXIT_OK;
}

static void add_run(cJSON *to, const char *key, size_t steps, size_t switches, const char *schedule)
{
	cJSON *o = cJSON_AddObjectToObject(to, key);

	cJSON_AddNumberToObject(o, "steps", (double)steps);
	cJSON_AddNumberToObject(o, "switches", (double)switches);
	cJSON_AddStringToObject(o, "schedule", schedule);
}

static int print_json(const struct source *from, const struct shortened *r, const char *schedule)
{
	char *before = schedule_text(from->s, &from->moves);
	cJSON *o = cJSON_CreateObject(), *tried;
	int err;

	cJSON_AddStringToObject(o, "scenario", from->s->name);
	cJSON_AddStringToObject(o, "kernel", from->kernel_name);
	cJSON_AddStringToObject(o, "property", properties[from->property].name);
	add_run(o, "before", r->before_steps, r->before_switches, before ? before : "");
	add_run(o, "after", r->schedule.n, r->switches, schedule);
	cJSON_AddStringToObject(o, "result", how_short(r));
	tried = cJSON_AddObjectToObject(o, "tried");
	cJSON_AddNumberToObject(tried, "runs", (double)r->runs);
	cJSON_AddNumberToObject(tried, "searches", r->searches);
	cJSON_AddNumberToObject(tried, "states", (double)r->states);
	/* null: none of the searches saw all */
	if (r->searched < r->schedule.n)
		cJSON_AddNumberToObject(tried, "no_shorter_way_from", (double)r->searched);
	else
		cJSON_AddNullToObject(tried, "no_shorter_way_from");
	err = before ? json_print(stdout, o) : -ENOMEM;
	free(before);
	cJSON_Delete(o);
	return err ? usage_error("out of memory") : EXIT_OK;
}

/* ---- the shorter run as one of a file ---- */

static int save(const char *path, enum trace_mode mode, const struct source *from,
		const struct shortened *r)
{
	char title[TITLE_MAX], verdict[VERDICT_TEXT_MAX], name[SHOWN_MAX];
	char err_text[TRACE_ERROR_MAX];
	struct run_meta meta = { .kernel_name = from->kernel_name, .title = title,
				 .verdict = verdict };
	const char *cost = properties[from->property].kind == COST ? "a cost" : "violated";
	char n[COUNTED_MAX], before[COUNTED_MAX];
	struct trace_writer *tw;
	struct execution x;
	int err;

	snprintf(title, sizeof(title), "shortened from %.300s: %s", shown(from->name, name),
		 counted(r->before_steps, "step", before));
	snprintf(verdict, sizeof(verdict), "%s: %s, %s, %s", cost,
		 properties[from->property].name, counted(r->schedule.n, "step", n), how_short(r));
	err = execution_init(&x, from->s, &from->kernel);
	if (!err)
		err = execution_run(&x, &r->schedule);
	if (err) {
		execution_free(&x);
		return usage_error("out of memory");
	}
	err = trace_create(&tw, path, mode, err_text);
	if (err) {
		execution_free(&x);
		return usage_error("%s", err_text);
	}
	err = trace_execution(tw, &x, &meta);
	execution_free(&x);
	if (end_saving(tw, path, err))
		return EXIT_USAGE;
	say_saved(path, err, err);
	return EXIT_OK;
}

/* ---- the work ---- */

static int tell(const struct shorten_args *a, const struct source *from, const struct shortened *r)
{
	char *schedule = schedule_text(from->s, &r->schedule);
	int status;

	if (!schedule)
		return usage_error("out of memory");
	status = a->to ? save(a->to, TRACE_WHOLE, from, r) : EXIT_OK;
	if (!status && a->save)
		status = save(a->save, TRACE_TOGETHER, from, r);
	if (!status)
		status = a->json ? print_json(from, r, schedule) : print_text(from, r, schedule);
	free(schedule);
	if (!status && properties[from->property].kind != COST)
		status = EXIT_VIOLATED;
	return status;
}

static int make_short(const struct shorten_args *a, const struct execution *x, struct source *from)
{
	const struct shorten_options o = { .max_states = a->states ? a->states : STATES_DEFAULT };
	struct shortened r;
	int err, status = choose_property(a, x, from);

	if (status)
		return status;
	for (size_t i = 0; i < x->n; i++)
		if (schedule_add(&from->moves, x->step[i].move))
			return usage_error("out of memory");
	err = shorten(&r, from->s, &from->kernel, &from->moves, from->property, &o);
	if (err)
		return usage_error("shorten: %s", err == -ENOMEM ? "out of memory" :
				   "the run ends in another violation before that one");
	status = tell(a, from, &r);
	shortened_free(&r);
	return status;
}

/* A run of real threads or of a kernel: said what it would need, and what shows its part. */
static int of_threads(const char *name, const struct run_info *info)
{
	char file[SHOWN_MAX];

	shown(name, file);
	if (info->capture)
		return usage_error("shorten: %.200s explains a capture: nothing can be left out of "
				   "what a real kernel did; 'swapscope findings %.200s' shows what "
				   "led to its finding, 'explore' the shortest run of a scenario",
				   file, file);
	return usage_error("shorten: %.200s was recorded from threads in a large world, and only "
			   "runs of the model's small ones can be made with other moves; "
			   "'swapscope findings %.200s' shows what led to its finding, 'explore' "
			   "the shortest run of a scenario", file, file);
}

static bool has_livelock(const struct trace *t)
{
	size_t n;
	const struct trace_finding *f = trace_findings(t, &n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].property, properties[PROP_LIVELOCK].name))
			return true;
	return false;
}

static int of_trace(const struct shorten_args *a, const char *name, struct trace *t)
{
	const struct run_info *info = trace_info(t);
	struct source from = { .name = name, .kernel_name = info->kernel };
	const struct execution *x;
	struct hand *h;
	int status;

	if (info->capture || info->live || info->large)
		return of_threads(name, info);
	h = hand_new();
	x = h ? hand_execution(h, t) : NULL;
	if (!x) {
		status = usage_error("shorten: %s", h ? hand_why(h) : "out of memory");
		hand_free(h);
		return status;
	}
	from.s = x->scenario;
	from.kernel = x->kernel;
	if (a->properties == 1u << PROP_LIVELOCK || (!a->properties && has_livelock(t)))
		status = no_livelock(info->scenario);
	else
		status = make_short(a, x, &from);
	schedule_free(&from.moves);
	hand_free(h);
	return status;
}

/* A scenario has many runs; a file of the name wins. */
static bool is_scenario(const char *name)
{
	if (access(name, F_OK) == 0)
		return file_kind(name) == FILE_SCENARIO;
	for (size_t i = 0; i < builtin_scenario_count; i++)
		if (!strcmp(builtin_scenarios[i].name, name))
			return true;
	return false;
}

static int of_run(const struct shorten_args *a, const char *name)
{
	struct trace *t;
	int status;

	if (is_scenario(name))
		return usage_error("shorten: %s is a scenario: --schedule TEXT says which run of "
				   "it, or save one ('swapscope explore', 'swapscope run')", name);

	if (a->kernel.name || a->kernel.sets)
		return usage_error("shorten: a recorded run has its kernel; --kernel and --set are "
				   "for SCENARIO --schedule TEXT");
	status = open_steps(&t, "shorten", name);
	if (status)
		return status;
	status = of_trace(a, name, t);
	trace_free(t);
	return status;
}

static int of_execution(const struct shorten_args *a, struct execution *x, const char *kernel_name)
{
	struct source from = { .name = "the schedule", .s = x->scenario, .kernel = x->kernel,
			       .kernel_name = kernel_name };
	char why[HAND_TEXT_MAX];
	struct schedule schedule;
	int status;

	if (hand_parse(&schedule, x->scenario, a->schedule, why))
		return usage_error("--schedule: %s", why);
	if (hand_moves(x, &schedule, why))
		status = usage_error("--schedule: %s", why);
	else if (a->properties == 1u << PROP_LIVELOCK)
		status = no_livelock(x->scenario->name);
	else
		status = make_short(a, x, &from);
	schedule_free(&from.moves);
	schedule_free(&schedule);
	return status;
}

static int of_schedule(const struct shorten_args *a, const char *name)
{
	char kernel_name[256];
	struct execution x;
	struct scenario s;
	struct kernel k;
	int status = load_scenario(&s, name);

	if (status)
		return status;
	status = choose_kernel(&a->kernel, &s, NULL, &k, kernel_name, sizeof(kernel_name));
	if (!status && execution_init(&x, &s, &k))
		status = usage_error("out of memory");
	else if (!status) {
		status = of_execution(a, &x, kernel_name);
		execution_free(&x);
	}
	scenario_free(&s);
	return status;
}

static int exec_shorten(void *args, const struct operands *in)
{
	const struct shorten_args *a = args;

	return a->schedule ? of_schedule(a, in->word[0]) : of_run(a, in->word[0]);
}

static const struct option_row options[] = {
	KERNEL_OPTIONS(shorten_args, kernel),
	VALUE_OPTION(shorten_args, "schedule", OPT_TEXT, schedule, "TEXT",
		     "The run is this schedule of SCENARIO, 'T0*7 W T1/1'; every move has to be "
		     "one that can be made."),
	VALUE_OPTION(shorten_args, "property", OPT_PROPERTY, properties, "P",
		     "What the shorter run has to violate, too; the run's first finding unless it "
		     "is given. A cost only when it is asked for."),
	NUMBER_OPTION(shorten_args, "states", states, UINT32_MAX,
		      "How many states each search for a shorter way may see; 200000 unless it is "
		      "given."),
	TRACE_OPTION(shorten_args, to, "Write the shorter run as a trace of its own."),
	SAVE_OPTION(shorten_args, "save", save,
		    "Add the shorter run to the runs of a file, which may be the one that is "
		    "read."),
	FLAG_OPTION(shorten_args, "json", json, "Print the result as JSON."),
	{ 0 },
};

const struct command cmd_shorten = {
	.name = "shorten",
	.brief = "a failing run with fewer steps and context switches, the same violation",
	.about = "Leaves out of a run of the model what its violation does not need: moves, "
		 "operations, whole tasks, context switches; and looks from each of its positions "
		 "for a shorter way. The result is never longer. It is locally minimal: no moves "
		 "of a task can be left out, no block of moves can go elsewhere, and no search "
		 "finds less. Where the search from the start came to its end it is the shortest "
		 "there is.\n\n"
		 "The run is one of a file, or a schedule of a scenario. Runs of threads and of "
		 "captures cannot be made with other moves.",
	.option = options,
	.operand = { { "FILE.db[:RUN]|SCENARIO", WORD_SCENARIO } },
	.least = 1, .most = 1,
	.needs = "a run is needed, FILE.db or FILE.db:RUN, or SCENARIO --schedule TEXT",
	.status = { "shortened, and what the run keeps is a cost",
		    "shortened: the run violates a property",
		    "wrong usage or input, or the run violates nothing" },
	.example = {
		{ "swapscope shorten a.db:1 --save a.db",
		  "the shorter run, beside the one that it is of" },
		{ "swapscope shorten debate --kernel debate-a --schedule 'T1 T0*7 W*11 T0'",
		  "of a schedule" },
	},
	.args_size = sizeof(struct shorten_args),
	.exec = exec_shorten,
};
