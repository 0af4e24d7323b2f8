/* SPDX-License-Identifier: GPL-2.0-only */
/* figure.c - a run as rows. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/scenario/scenario.h"
#include "core/text.h"
#include "replay/figure/parts.h"
#include "replay/figure/reproduce.h"
#include "traces/types.h"

#define FINDING_MAX	1600	/* of the findings of one transition */

/* ---- texts ---- */

/* One chunk of them: most texts are short. */
struct figure_text {
	struct figure_text *next;
	size_t used, size;
	char bytes[];
};
#define CHUNK	16384

const char *figure_text(struct figure *f, const char *text)
{
	struct figure_text *c = f->texts;
	size_t n;
	char *copy;

	if (!text || !*text)
		return "";
	n = strlen(text) + 1;
	if (!c || c->size - c->used < n) {
		size_t size = n > CHUNK ? n : CHUNK;

		c = malloc(sizeof(*c) + size);
		if (!c)
			return NULL;
		*c = (struct figure_text){ .next = f->texts, .size = size };
		f->texts = c;
	}
	copy = memcpy(c->bytes + c->used, text, n);
	c->used += n;
	return copy;
}

static bool take(struct figure *f, const char **to, const char *text)
{
	*to = figure_text(f, text);
	return *to != NULL;
}

int figure_error(char *why, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(why, FIGURE_WHY_MAX, format, ap);
	va_end(ap);
	return error;
}

static int out_of_memory(char *why)
{
	return figure_error(why, -ENOMEM, "out of memory");
}

void figure_free(struct figure *f)
{
	for (unsigned i = 0; i < 2; i++) {
		free(f->run[i].task);
		free(f->run[i].row);
		free(f->run[i].hold);
		free(f->run[i].note);
	}
	while (f->texts) {
		struct figure_text *next = f->texts->next;

		free(f->texts);
		f->texts = next;
	}
	*f = (struct figure){ 0 };
}

size_t figure_row_from(const struct figure_run *r, uint64_t at)
{
	size_t from = 0, to = r->rows;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (r->row[middle].at < at)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

struct figure_row *figure_row_at(const struct figure_run *r, uint64_t at)
{
	size_t i = figure_row_from(r, at);

	return i < r->rows && r->row[i].at == at ? &r->row[i] : NULL;
}

int figure_mark(struct figure *f, unsigned r, uint64_t at, const char *finding, bool cost)
{
	struct figure_row *row = figure_row_at(&f->run[r], at);
	const char *text = figure_text(f, finding);

	if (!text)
		return -ENOMEM;
	if (row) {
		row->finding = text;
		row->cost = cost;
	}
	return 0;
}

/* ---- which rows ---- */

/* The transitions of a part, in a run of so many. */
struct chosen {
	uint64_t first, last;
	const uint64_t *only;
	size_t n;
};

static uint64_t chosen_at(const struct chosen *c, size_t i)
{
	return c->only ? c->only[i] : c->first + i;
}

static int choose(struct chosen *c, const struct figure_part *part, uint64_t events, char *why)
{
	static const struct figure_part whole;
	uint64_t first, last;

	if (!part)
		part = &whole;
	first = part->first ? part->first : 1;
	last = part->last ? part->last : events;
	if (part->only && part->n) {
		first = part->only[0];
		last = part->only[part->n - 1];
	}
	*c = (struct chosen){ .first = first, .last = last,
			      .only = part->n ? part->only : NULL };
	if (!events && !part->first && !part->last && !part->n)
		return 0;	/* a run without a step has no row */
	if (first > last || last > events)
		return figure_error(why, -ERANGE, "steps %llu to %llu are asked for, and the run "
				    "has %llu%s", (unsigned long long)first,
				    (unsigned long long)last, (unsigned long long)events,
				    first > last ? "; a part ends behind where it begins" : "");
	if ((c->only ? part->n : last - first + 1) > FIGURE_ROWS_MAX)
		return figure_error(why, -EFBIG, "%llu steps are too many to be drawn: %d at most; "
				    "a part can be asked for",
				    (unsigned long long)(c->only ? part->n : last - first + 1),
				    FIGURE_ROWS_MAX);
	c->n = c->only ? part->n : (size_t)(last - first + 1);
	return 0;
}

static int start(struct figure_run *r, const struct chosen *c, uint64_t events)
{
	*r = (struct figure_run){ .first = c->first, .last = c->last, .events = events };
	r->row = calloc(c->n + 1, sizeof(*r->row));
	return r->row ? 0 : -ENOMEM;
}

/* ---- a recorded run ---- */

/* "UAF: T0 reads ..": what the transition broke, and whether all of that is a cost. */
static bool take_finding(struct figure *f, struct figure_row *row, const struct trace *t)
{
	size_t n, i;
	const struct trace_finding *all = trace_findings(t, &n);
	char text[FINDING_MAX] = "";

	i = trace_finding_from(t, row->at);
	if (i == n || all[i].position != row->at)
		return true;
	row->cost = true;
	for (; i < n && all[i].position == row->at; i++) {
		int p = property_find(all[i].property);

		text_append(text, sizeof(text), "%s%s: %s", *text ? "; " : "", all[i].property,
			    all[i].text);
		row->cost &= p >= 0 && properties[p].kind == COST;
	}
	return take(f, &row->finding, text);
}

static int read_row(struct figure *f, struct figure_row *row, struct trace *t, uint64_t at)
{
	const struct run_info *info = trace_info(t);
	const struct trace_event *e = trace_event_at(t, at);
	const struct trace_step *step = e ? trace_step_at(t, e->step) : NULL;

	if (!step || e->task >= info->tasks)
		return -EBADMSG;
	*row = (struct figure_row){
		.at = at, .task = e->task, .depth = e->depth, .kind = step->kind,
		.choice = e->choice, .line = step->line, .timed = info->clock, .time = e->time,
		.byte_error = -1, .callers = "",
	};
	if (!take(f, &row->result, e->result) || !take(f, &row->op, step->op) ||
	    !take(f, &row->text, step->text) || !take(f, &row->file, step->file) ||
	    !take_finding(f, row, t))
		return -ENOMEM;
	return 0;
}

/*
 * The names of tasks: all of them, or in a large run, which may have thousands, of those that are
 * in the rows.  Rows get indices; *task_of, which the caller frees, turns a number into one.
 */
static int take_tasks(struct figure *f, struct figure_run *r, const struct run_info *info,
		      unsigned **task_of)
{
	unsigned n = 0, *of = malloc((info->tasks + 1) * sizeof(*of));

	*task_of = of;
	if (!of)
		return -ENOMEM;
	for (unsigned i = 0; i < info->tasks; i++)
		of[i] = info->large ? UINT_MAX : 0;
	for (size_t i = 0; i < r->rows; i++)
		of[r->row[i].task] = 0;
	for (unsigned i = 0; i < info->tasks; i++)
		if (of[i] != UINT_MAX)
			of[i] = n++;
	r->task = calloc(n + 1, sizeof(*r->task));
	if (!r->task)
		return -ENOMEM;
	r->tasks = n;
	for (unsigned i = 0; i < info->tasks; i++)
		if (of[i] != UINT_MAX && !take(f, &r->task[of[i]], info->task_name[i]))
			return -ENOMEM;
	for (size_t i = 0; i < r->rows; i++)
		r->row[i].task = of[r->row[i].task];
	return 0;
}

static int take_notes(struct figure *f, struct figure_run *r, const struct trace *t)
{
	size_t n, from = 0, to;
	const struct trace_note *note = trace_notes(t, &n);

	while (from < n && note[from].position < r->first - 1)
		from++;
	for (to = from; to < n && note[to].position <= r->last; to++)
		;
	r->note = calloc(to - from + 1, sizeof(*r->note));
	if (!r->note)
		return -ENOMEM;
	for (; from < to; from++) {
		struct figure_note *to_note = &r->note[r->notes++];

		to_note->at = note[from].position;
		to_note->when = note[from].when;
		if (!take(f, &to_note->kind, note[from].kind) ||
		    !take(f, &to_note->author, note[from].author) ||
		    !take(f, &to_note->text, note[from].text))
			return -ENOMEM;
	}
	return 0;
}

/* Runs of threads may have a million findings, and none that repeats. */
static void take_loop(struct figure_run *r, const struct trace *t)
{
	size_t n;
	const struct trace_finding *all = trace_findings(t, &n);

	r->findings = n;
	for (size_t i = 0; i < n && !r->live; i++) {
		if (!all[i].repeats)
			continue;
		r->repeats = true;
		r->loop = all[i].loop;	/* who is never done, the finding says */
		return;
	}
}

static bool take_about(struct figure *f, struct figure_run *r, const struct run_info *info)
{
	r->live = info->live;
	r->capture = info->capture;
	return take(f, &r->scenario, info->scenario) && take(f, &r->title, info->title) &&
	       take(f, &r->kernel, info->kernel) && take(f, &r->switches, info->switches) &&
	       take(f, &r->verdict, info->verdict);
}

/* The schedule, and the command: a long run has none, nor one that threads made. */
static int take_command(struct figure *f, struct figure_run *r, struct trace *t, const char *file)
{
	const struct run_info *info = trace_info(t);
	char *schedule = NULL, *command = NULL;
	size_t size, command_size;
	FILE *out;
	int err = 0;

	r->schedule = r->command = "";
	if (!info->live && info->events <= FIGURE_ROWS_MAX) {
		out = open_memstream(&schedule, &size);
		err = out ? run_schedule_text(t, info->events, out) : -ENOMEM;
		if (out && fclose(out) && !err)
			err = -ENOMEM;
	}
	out = err ? NULL : open_memstream(&command, &command_size);
	if (!err && !out)
		err = -ENOMEM;
	if (!err && schedule && *schedule && can_run_again(info)) {
		print_run_command(out, info->scenario, info->kernel, schedule);
	} else if (!err && file) {
		fputs("swapscope view ", out);
		print_quoted(out, file);
	}
	if (out && fclose(out) && !err)
		err = -ENOMEM;
	if (!err && (!take(f, &r->schedule, schedule) || !take(f, &r->command, command)))
		err = -ENOMEM;
	free(schedule);
	free(command);
	return err;
}

static int read_run(struct figure *f, struct figure_run *r, struct trace *t,
		    const struct figure_part *part, char *why)
{
	const struct run_info *info = trace_info(t);
	unsigned *task_of = NULL;
	struct chosen c;
	int err = choose(&c, part, info->events, why);

	if (err)
		return err;
	err = start(r, &c, info->events);
	if (!err && !take_about(f, r, info))
		err = -ENOMEM;
	for (size_t i = 0; !err && i < c.n; i++) {
		err = read_row(f, &r->row[i], t, chosen_at(&c, i));
		if (err == -EBADMSG)
			return figure_error(why, err, "step %llu cannot be read: %.160s",
					    (unsigned long long)chosen_at(&c, i),
					    trace_message(t));
		r->rows += !err;
	}
	if (!err)
		err = take_tasks(f, r, info, &task_of);
	if (!err)
		err = take_notes(f, r, t);
	take_loop(r, t);
	if (!err)
		err = take_command(f, r, t, part ? part->file : NULL);
	if (!err)
		err = changes_of_trace(f, r, t, task_of, info->tasks);
	free(task_of);
	if (err == -ENOMEM)
		return out_of_memory(why);
	return err ? figure_error(why, err, "the trace is damaged: %.160s", trace_message(t)) : 0;
}

int figure_of_trace(struct figure *f, struct trace *t, const struct figure_part *part, char *why)
{
	int err;

	*f = (struct figure){ .runs = 1, .why = "" };
	err = read_run(f, &f->run[0], t, part, why);
	if (err)
		figure_free(f);
	return err;
}

/* pair.c has what is between them. */
int figure_read_right(struct figure *f, struct trace *t, const struct figure_part *part, char *why)
{
	f->runs = 2;
	return read_run(f, &f->run[1], t, part, why);
}

/* ---- an execution ---- */

/* "UAF: .., MAPPED: .." of a set of properties. */
static bool take_properties(struct figure *f, struct figure_row *row, uint32_t bits, bool cost)
{
	char text[FINDING_MAX] = "";

	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (bits >> p & 1)
			text_append(text, sizeof(text), "%s%s: %s", *text ? "; " : "",
				    properties[p].name, properties[p].text);
	row->cost = cost;
	return take(f, &row->finding, text);
}

static int execution_rows(struct figure *f, struct figure_run *r, const struct execution *x,
			  const struct chosen *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct exec_step *e = &x->step[chosen_at(c, i) - 1];
		const struct step *step = step_at((size_t)e->step);
		/* costs are everywhere; the last step's is what the schedule was made for */
		bool cost = chosen_at(c, i) == x->n && !e->violated && e->costs;

		r->row[i] = (struct figure_row){
			.at = chosen_at(c, i), .task = e->move.task, .depth = e->depth,
			.kind = step->kind, .choice = e->move.choice, .line = step->line,
			.byte_error = e->byte_error,
		};
		if (!take(f, &r->row[i].op, step_op_name(step)) ||
		    !take(f, &r->row[i].text, step->text) ||
		    !take(f, &r->row[i].file, step_file_name(step)) ||
		    !take(f, &r->row[i].result, e->result))
			return -ENOMEM;
		if ((e->violated || cost) &&
		    !take_properties(f, &r->row[i], cost ? e->costs : e->violated, cost))
			return -ENOMEM;
		r->rows++;
	}
	for (size_t i = 0; i < x->n; i++)
		r->findings += x->step[i].violated != 0;
	return 0;
}

/* A slot whose pin the task has all the way round, while it alone moves; -1: there is none. */
static int waits_for_itself(const struct execution *x, size_t loop)
{
	unsigned task = x->step[loop].move.task;

	for (size_t i = loop; i < x->n; i++)
		if (x->step[i].move.task != task)
			return -1;
	for (int slot = 0; slot < MAX_SLOTS; slot++) {
		size_t i = loop;

		while (i <= x->n && x->world[i].mem.slot[slot].holder_task == task + 1)
			i++;
		if (i > x->n)
			return slot;
	}
	return -1;
}

static int execution_loop(struct figure *f, struct figure_run *r, const struct execution *x,
			  const struct figure_about *about)
{
	uint32_t never;
	char text[600] = "never done: ";
	const char *comma = "";
	int slot;

	if (!about->repeats || about->loop >= x->n)
		return 0;
	r->repeats = true;
	r->loop = about->loop;
	never = execution_never_done(x, about->loop);
	for (unsigned i = 0; i < x->scenario->tasks; i++) {
		if (!(never >> i & 1))
			continue;
		text_append(text, sizeof(text), "%s%s in %s", comma, x->scenario->program[i].name,
			    op_name(execution_now(x)->task[i].frame[0].op));
		comma = ", ";
	}
	slot = waits_for_itself(x, about->loop);
	if (slot >= 0)
		text_append(text, sizeof(text), "\nself-deadlock: nobody else moves, and %s has "
			    "the pin of slot %d itself",
			    x->scenario->program[x->step[about->loop].move.task].name, slot);
	return take(f, &r->loop_text, text) ? 0 : -ENOMEM;
}

/* As a shell names the scenario; NULL where it is a file of somebody. */
static const char *shipped(const struct scenario *s)
{
	for (size_t i = 0; i < builtin_scenario_count; i++)
		if (!strcmp(builtin_scenarios[i].name, s->name))
			return strcmp(builtin_scenarios[i].text, s->text) ? NULL : s->name;
	return NULL;
}

static int execution_command(struct figure *f, struct figure_run *r, const struct execution *x,
			     const struct figure_about *about)
{
	const char *name = about->scenario ? about->scenario : shipped(x->scenario);
	struct schedule schedule = { 0 };
	char *text, *command = NULL;
	size_t size;
	FILE *out;
	int err = 0;

	r->command = "";
	for (size_t i = 0; !err && i < x->n; i++)
		err = schedule_add(&schedule, x->step[i].move);
	text = err ? NULL : schedule_text(x->scenario, &schedule);
	schedule_free(&schedule);
	if (!text || !take(f, &r->schedule, text)) {
		free(text);
		return -ENOMEM;
	}
	out = open_memstream(&command, &size);
	if (out && name && about->kernel && x->n)
		print_run_command(out, name, about->kernel, text);
	if (!out || fclose(out) || !take(f, &r->command, command))
		err = -ENOMEM;
	free(command);
	free(text);
	return err;
}

static int execution_names(struct figure *f, struct figure_run *r, const struct execution *x,
			   const struct figure_about *about)
{
	const struct scenario *s = x->scenario;
	char switches[2048] = "", value[32];

	for (enum kernel_switch i = 0; i < SWITCH_COUNT; i++)
		text_append(switches, sizeof(switches), "%s%s=%s", i ? " " : "",
			    kernel_switches[i].name,
			    switch_value(i, kernel_get(&x->kernel, i), value, sizeof(value)));
	r->task = calloc(s->tasks + 1u, sizeof(*r->task));
	r->note = calloc(1, sizeof(*r->note));
	if (!r->task || !r->note)
		return -ENOMEM;
	r->tasks = s->tasks;
	for (unsigned i = 0; i < s->tasks; i++)
		if (!take(f, &r->task[i], s->program[i].name))
			return -ENOMEM;
	return take(f, &r->scenario, s->name) && take(f, &r->title, about->title) &&
	       take(f, &r->kernel, about->kernel) && take(f, &r->switches, switches) &&
	       take(f, &r->verdict, about->verdict) ? 0 : -ENOMEM;
}

int figure_of_execution(struct figure *f, const struct execution *x,
			const struct figure_about *about, const struct figure_part *part,
			char *why)
{
	static const struct figure_about none;
	struct figure_run *r = &f->run[0];
	struct chosen c;
	int err;

	if (!about)
		about = &none;
	*f = (struct figure){ .runs = 1, .why = "" };
	err = choose(&c, part, x->n, why);
	if (err)
		return err;
	err = start(r, &c, x->n);
	if (!err)
		err = execution_names(f, r, x, about);
	if (!err)
		err = execution_rows(f, r, x, &c);
	if (!err)
		err = execution_loop(f, r, x, about);
	if (!err)
		err = execution_command(f, r, x, about);
	if (!err)
		err = changes_of_execution(f, r, x);
	if (err)
		figure_free(f);
	return err ? out_of_memory(why) : 0;
}
