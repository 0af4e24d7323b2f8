/* SPDX-License-Identifier: GPL-2.0-only */
#include "replay/diagram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_WIDTH	5
#define COLUMN_MIN	28
#define TEXT_MAX	400

struct columns {
	unsigned of_task[MAX_TASKS];
	bool used[MAX_TASKS];
	unsigned n;
	unsigned width;
};

static void layout(struct columns *c, const struct diagram_row *row, size_t rows, unsigned tasks)
{
	*c = (struct columns){ 0 };
	for (size_t i = 0; i < rows; i++)
		c->used[row[i].task] = true;
	for (unsigned i = 0; i < tasks; i++)
		if (c->used[i])
			c->of_task[i] = c->n++;
	c->width = c->n ? (DIAGRAM_WIDTH - NUMBER_WIDTH) / c->n : 0;
	if (c->width < COLUMN_MIN)
		c->width = COLUMN_MIN;
}

/*
 * How much of text fits into `width` columns, broken at a blank where there is one.  Its last
 * two characters may stand in the gap to the next column.
 */
static size_t fit(const char *text, size_t width)
{
	size_t n = strlen(text), at;

	if (n <= width + 2)
		return n;
	for (at = width; at > width / 2; at--)
		if (text[at] == ' ')
			return at;
	return width;
}

/* Text below a row, from column `left` to the right edge, continued on lines of its own. */
static void print_note(FILE *out, unsigned left, const char *text)
{
	while (*text) {
		size_t n = fit(text, DIAGRAM_WIDTH - NUMBER_WIDTH - left - 2);

		fprintf(out, "%*s%.*s\n", (int)(NUMBER_WIDTH + left), "", (int)n, text);
		text += n;
		text += strspn(text, " ");
	}
}

static void print_row(FILE *out, const struct columns *c, const struct diagram_row *r,
		      size_t number)
{
	unsigned indent = r->depth > 1 ? r->depth - 1 : 0;
	unsigned left = c->of_task[r->task] * c->width;
	char text[TEXT_MAX];
	const char *p = text;
	bool first = true;

	if (indent > 4)
		indent = 4;
	snprintf(text, sizeof(text), "%s%s%s", r->text, r->result && *r->result ? " = " : "",
		 r->result ? r->result : "");
	while (*p || first) {
		unsigned pad = left + indent + (first ? 0 : 2);
		size_t n = fit(p, c->width - indent - (first ? 3 : 5));

		if (first)
			fprintf(out, "%*zu  ", NUMBER_WIDTH - 2, number);
		else
			fprintf(out, "%*s", NUMBER_WIDTH, "");
		fprintf(out, "%*s%.*s\n", (int)pad, "", (int)n, p);
		p += n;
		p += strspn(p, " ");
		first = false;
	}
	if (r->finding) {
		snprintf(text, sizeof(text), "%s %s", r->cost ? "~~" : "!!", r->finding);
		print_note(out, left < DIAGRAM_WIDTH / 2 ? left : DIAGRAM_WIDTH / 2, text);
	}
	if (r->byte_error >= 0) {
		snprintf(text, sizeof(text), "!! byte %d of the page is wrong", r->byte_error);
		print_note(out, left < DIAGRAM_WIDTH / 2 ? left : DIAGRAM_WIDTH / 2, text);
	}
}

static void print_rows(FILE *out, const char *const *task_name, unsigned tasks,
		       const struct diagram_row *row, size_t rows, size_t number)
{
	struct columns c;
	unsigned seen = 0;

	layout(&c, row, rows, tasks);
	fprintf(out, "%*s", NUMBER_WIDTH, "");
	for (unsigned i = 0; i < tasks; i++)
		if (c.used[i])
			fprintf(out, "%-*s", ++seen < c.n ? (int)c.width : 0, task_name[i]);
	fputc('\n', out);
	for (size_t i = 0; i < rows; i++)
		print_row(out, &c, &row[i], number + i);
}

void diagram_print(FILE *out, const char *const *task_name, unsigned tasks,
		   const struct diagram_row *row, size_t rows)
{
	print_rows(out, task_name, tasks, row, rows, 1);
}

/* "UAF, MAPPED" of a set of properties; NULL when it is empty. */
static const char *finding_text(uint32_t violated, char *buf, size_t size)
{
	size_t n = 0;

	if (!violated)
		return NULL;
	buf[0] = '\0';
	for (unsigned p = 0; p < PROPERTY_COUNT && n < size; p++)
		if (violated >> p & 1)
			n += (size_t)snprintf(buf + n, size - n, "%s%s: %s", n ? "; " : "",
					      properties[p].name, properties[p].text);
	return buf;
}

int diagram_rest(FILE *out, const struct execution *x, size_t from)
{
	struct diagram_row *row = calloc(x->n + 1, sizeof(*row));
	char (*text)[TEXT_MAX] = calloc(x->n + 1, sizeof(*text));
	const char *name[MAX_TASKS];

	if (!row || !text) {
		free(row);
		free(text);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < x->scenario->tasks; i++)
		name[i] = x->scenario->program[i].name;
	for (size_t i = 0; i < x->n; i++)
		row[i] = (struct diagram_row){
			.task = x->step[i].move.task, .depth = x->step[i].depth,
			.text = step_at((size_t)x->step[i].step)->text,
			.result = x->step[i].result,
			.finding = finding_text(x->step[i].violated, text[i], sizeof(text[i])),
			.byte_error = x->step[i].byte_error,
		};
	/* costs are everywhere; the last step's is what the schedule was made for */
	if (x->n && !x->step[x->n - 1].violated && x->step[x->n - 1].costs) {
		row[x->n - 1].finding = finding_text(x->step[x->n - 1].costs, text[x->n - 1],
						     sizeof(text[x->n - 1]));
		row[x->n - 1].cost = true;
	}
	if (from < x->n)
		print_rows(out, name, x->scenario->tasks, row + from, x->n - from, from + 1);
	free(row);
	free(text);
	return 0;
}

int diagram_execution(FILE *out, const struct execution *x)
{
	return diagram_rest(out, x, 0);
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

void diagram_loop(FILE *out, const struct execution *x, size_t loop)
{
	uint32_t never = execution_never_done(x, loop);
	const char *comma = "";
	int slot;

	if (loop >= x->n)
		return;
	fprintf(out, "     ... repeats from step %zu for ever\n     never done: ", loop + 1);
	for (unsigned i = 0; i < x->scenario->tasks; i++) {
		const struct task *t = &execution_now(x)->task[i];

		if (!(never >> i & 1))
			continue;
		fprintf(out, "%s%s in %s", comma, x->scenario->program[i].name,
			op_name(t->frame[0].op));
		comma = ", ";
	}
	fputc('\n', out);
	slot = waits_for_itself(x, loop);
	if (slot >= 0)
		fprintf(out, "     self-deadlock: nobody else moves, and %s has the pin of slot %d "
			"itself\n", x->scenario->program[x->step[loop].move.task].name, slot);
}

/* The finding texts of a position, joined into buf; NULL when there is none. */
static const char *findings_at(const struct trace *t, uint64_t position, char *buf, size_t size)
{
	const struct trace_finding *f;
	size_t n, at = 0;

	f = trace_findings(t, &n);
	for (size_t i = 0; i < n && at < size; i++)
		if (f[i].position == position)
			at += (size_t)snprintf(buf + at, size - at, "%s%s: %s", at ? "; " : "",
					       f[i].property, f[i].text);
	return at ? buf : NULL;
}

static void print_repeats(FILE *out, const struct trace *t)
{
	const struct trace_finding *f;
	size_t n;

	f = trace_findings(t, &n);
	for (size_t i = 0; i < n; i++)
		if (f[i].repeats)
			fprintf(out, "     ... repeats from step %llu for ever\n",
				(unsigned long long)f[i].loop + 1);
}

int diagram_trace(FILE *out, struct trace *t)
{
	const struct run_info *info = trace_info(t);
	struct diagram_row *row = calloc(info->events + 1, sizeof(*row));
	char **result = calloc(info->events + 1, sizeof(*result));
	char (*text)[TEXT_MAX] = calloc(info->events + 1, sizeof(*text));
	int err = row && result && text ? 0 : -ENOMEM;

	for (uint64_t i = 0; !err && i < info->events; i++) {
		const struct trace_event *e = trace_event_at(t, i + 1);
		const struct trace_step *step = e ? trace_step_at(t, e->step) : NULL;

		if (!step || e->task >= info->tasks || !(result[i] = strdup(e->result))) {
			err = -EINVAL;
			break;
		}
		row[i] = (struct diagram_row){
			.task = e->task, .depth = e->depth, .text = step->text,
			.result = result[i], .byte_error = -1,
			.finding = findings_at(t, i + 1, text[i], sizeof(text[i])),
		};
	}
	if (!err)
		diagram_print(out, info->task_name, info->tasks, row, info->events);
	if (!err)
		print_repeats(out, t);
	for (uint64_t i = 0; result && i < info->events; i++)
		free(result[i]);
	free(result);
	free(row);
	free(text);
	return err;
}
