/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * matrix.c - a matrix as text, as Markdown and as JSON.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/text/matrix.h"
#include "ui/text/text.h"

#define HEAD_MAX	28	/* columns of a row's name */
#define COMMAND_MAX	4600

/* ---- the table as text ---- */

static int row_head_width(const struct matrix *m)
{
	int width = 0;

	for (size_t i = 0; i < m->rows; i++) {
		int n = (int)strlen(m->row_head[i]);

		if (n > width)
			width = n < HEAD_MAX ? n : HEAD_MAX;
	}
	return width;
}

static int col_width(const struct matrix *m, size_t col)
{
	int width = (int)strlen(m->col_head[col]);
	char text[CELL_TEXT_MAX];

	for (size_t i = 0; i < m->rows; i++) {
		int n = (int)strlen(cell_text(matrix_cell(m, i, col), text));

		if (n > width)
			width = n;
	}
	return width;
}

/* Lines do not end in blanks: those that go before a word are written with it. */
static void print_columns(const struct matrix *m, FILE *out, size_t from, size_t to, int head,
			  size_t row)
{
	char text[CELL_TEXT_MAX];
	int blanks = head;

	if (row < m->rows)
		blanks -= fprintf(out, "%.*s", HEAD_MAX, m->row_head[row]);
	for (size_t col = from; col < to; col++) {
		const char *word = row < m->rows ? cell_text(matrix_cell(m, row, col), text) :
				   m->col_head[col];

		fprintf(out, "%*s%s", blanks + 2, "", word);
		blanks = col_width(m, col) - (int)strlen(word);
	}
	fputc('\n', out);
}

static void print_table(const struct matrix_report *r, FILE *out)
{
	const struct matrix *m = r->m;
	int head = row_head_width(m);
	size_t from = 0, to;

	while (from < m->cols) {
		int width = head;

		for (to = from; to < m->cols; to++) {
			width += 2 + col_width(m, to);
			if (width > r->width && to > from)
				break;
		}
		fputc('\n', out);
		print_columns(m, out, from, to, head, m->rows);
		for (size_t row = 0; row < m->rows; row++)
			print_columns(m, out, from, to, head, row);
		from = to;
	}
}

/* ---- what is said beneath ---- */

static const char *agreement_text(const struct mcell *c)
{
	static const char *const text[] = {
		[NOT_EXPECTED] = "", [AGREES] = "as expected", [UNDECIDED] = "undecided",
		[CONTRADICTS] = "NOT as expected",
	};

	return c->state == CELL_DONE ? text[c->agreement] : "not explored";
}

static size_t all_cells(const struct matrix *m)
{
	return m->rows * m->cols + m->further;
}

static void cell_name(const struct matrix *m, size_t at, char *buf, size_t size)
{
	const struct mcell *c = &m->cell[at];

	if (m->operations)
		snprintf(buf, size, "%s,%s,%s", m->row_head[at / m->cols],
			 m->col_head[at % m->cols], pair_worlds[c->world]);
	else
		snprintf(buf, size, "%s under %s", c->scenario[0]->name, c->kernel_name);
}

/* What is there to be listed of a kind: a name, details, and the command that shows it. */
struct kind {
	const char *title;
	bool (*wanted)(const struct matrix *m, const struct mcell *c);
	bool commands;
};

static bool contradicted(const struct matrix *m, const struct mcell *c)
{
	(void)m;
	return c->agreement == CONTRADICTS;
}

static bool refused(const struct matrix *m, const struct mcell *c)
{
	(void)m;
	return c->refused;
}

static bool not_verified(const struct matrix *m, const struct mcell *c)
{
	(void)m;
	return *c->not_certified && !c->refused;
}

static bool not_known(const struct matrix *m, const struct mcell *c)
{
	(void)m;
	return c->verdict == VERDICT_BOUNDED || c->agreement == UNDECIDED;
}

static bool violated_pair(const struct matrix *m, const struct mcell *c)
{
	return m->operations && c->verdict == VERDICT_VIOLATED;
}

static const struct kind kinds[] = {
	{ .title = "NOT CERTIFIED: the search says safe, and the verifier does not: a defect of "
		   "swapscope", .wanted = refused, .commands = true },
	{ .title = "Not as the file expects", .wanted = contradicted, .commands = true },
	{ .title = "Violated", .wanted = violated_pair },
	{ .title = "Bounded: unknown beyond", .wanted = not_known },
	{ .title = "Safe by the search; not verified to the end", .wanted = not_verified },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void details(const struct matrix *m, const struct mcell *c, char *buf, size_t size)
{
	char text[CELL_TEXT_MAX], bound[BOUND_TEXT_MAX];
	size_t n;

	cell_text(c, text);
	text[strcspn(text, "!")] = '\0';
	if (c->agreement == CONTRADICTS || c->agreement == UNDECIDED)
		snprintf(buf, size, "%.30s, %s %s", text,
			 c->agreement == CONTRADICTS ? "but" : "and", c->expectation);
	else
		snprintf(buf, size, "%s", text);
	n = strlen(buf);
	if (*c->not_certified)
		snprintf(buf + n, size - n, "; not certified: %s", c->not_certified);
	n = strlen(buf);
	if (c->bound)
		snprintf(buf + n, size - n, "; bound hit: %s",
			 bound_text(c->complete, c->bound, m->o.max_bytes >> 20, bound));
	n = strlen(buf);
	if (c->bound && c->scenario[0]->bounded[0])
		snprintf(buf + n, size - n, "; %s", c->scenario[0]->bounded);
}

/* One command for all pairs of a list. */
static void print_pair_command(const struct matrix_report *r, bool markdown, FILE *out)
{
	const char *name = r->m->kernel->name;
	char file[COMMAND_MAX];

	if (r->folder)
		snprintf(file, sizeof(file), "%s/A-B-WORLD.scn", r->folder);
	else
		snprintf(file, sizeof(file), "pair.scn");
	fprintf(out, "%s%s", markdown ? "`" : "  any of A,B,WORLD again: ", r->folder ? "" :
		"swapscope matrix --show A,B,WORLD >pair.scn &&");
	fprintf(out, "%sswapscope explore %s --kernel", r->folder ? "" : markdown ? " " : "\n  ",
		file);
	for (; *name; name += strspn(name, " ")) {
		size_t n = strcspn(name, " ");

		fprintf(out, "%s %.*s", name == r->m->kernel->name ? "" : " --set", (int)n, name);
		name += n;
	}
	fputs(markdown ? "`\n\n" : "\n", out);
}

static void print_kind(const struct matrix_report *r, const struct kind *kind, bool markdown,
		       FILE *out)
{
	char name[400], text[1200], line[1700], command[COMMAND_MAX];
	const struct matrix *m = r->m;
	bool titled = false;

	for (size_t i = 0; i < all_cells(m); i++) {
		const struct mcell *c = &m->cell[i];

		if (c->twin != i || c->state != CELL_DONE || !kind->wanted(m, c))
			continue;
		if (!titled)
			fprintf(out, markdown ? "\n%s:\n\n" : "\n%s\n", kind->title);
		if (!titled && m->operations)
			print_pair_command(r, markdown, out);
		titled = true;
		cell_name(m, i, name, sizeof(name));
		details(m, c, text, sizeof(text));
		snprintf(line, sizeof(line), "%s%s: %s", markdown ? "* " : "  ", name, text);
		print_wrapped(out, markdown ? 100000 : r->width, 4, line);
		if (!kind->commands)
			continue;
		cell_command(m, c, r->folder, command, sizeof(command));
		fprintf(out, markdown ? "  `%s`\n" : "    %s\n", command);
	}
}

static void print_further(const struct matrix *m, FILE *out)
{
	int name = 0, kernel = 0;

	for (size_t i = 0; i < m->further; i++) {
		const struct mcell *c = matrix_cell(m, m->rows + i, 0);
		int n = (int)strlen(c->scenario[0]->name), k = (int)strlen(c->kernel_name);

		name = n > name && n <= HEAD_MAX ? n : name;
		kernel = k > kernel && k <= 32 ? k : kernel;
	}
	if (m->further)
		fputs("\nFurther cases: kernels with other switches that the files speak of\n",
		      out);
	for (size_t i = 0; i < m->further; i++) {
		const struct mcell *c = matrix_cell(m, m->rows + i, 0);
		char text[CELL_TEXT_MAX];

		fprintf(out, "  %-*s  %-*s  %-11s  %s\n", name, c->scenario[0]->name, kernel,
			c->kernel_name, cell_text(c, text), agreement_text(c));
	}
}

static void print_title(const struct matrix *m, int width, FILE *out)
{
	char kernel[KERNEL_TEXT_MAX];

	if (m->operations)
		fprintf(out, "Two operations on one page under %s: all interleavings, from a page "
			"in\nzswap and from one that is present; +: only with a read of it behind "
			"either\n", m->kernel->name);
	else
		fprintf(out, "%zu scenario%s under %zu kernel%s: all interleavings of each\n",
			m->rows, m->rows == 1 ? "" : "s", m->cols, m->cols == 1 ? "" : "s");
	if (m->operations)
		print_wrapped(out, width, 0, kernel_text(&m->kernel->kernel, kernel));
	else if (m->kernels && strchr(m->kernel->name, ' '))
		fprintf(out, "every kernel with%s\n", strchr(m->kernel->name, ' '));
}

static void print_sums(const struct matrix *m, FILE *out)
{
	struct matrix_sums s;

	matrix_sum(m, &s);
	fprintf(out, "\n%zu safe", s.safe);
	if (m->o.certify)
		fprintf(out, " (%zu certified: of safety, not of LIVELOCK; %zu refused)",
			s.certified, s.refused);
	fprintf(out, ", %zu violated, %zu bounded", s.violated, s.bounded);
	if (s.done < s.cells)
		fprintf(out, "; %zu not explored: interrupted", s.cells - s.done);
	if (!m->operations)
		fprintf(out, "\n%zu as the files expect, %zu not, %zu undecided, %zu not spoken of",
			s.agree, s.contradict, s.undecided,
			s.done - s.agree - s.contradict - s.undecided);
	fputc('\n', out);
}

/* A result by the step that comes to it, or by the function that steps call. */
static void result_name(const struct result *r, char *buf, size_t size)
{
	int step = result_step(r);
	const struct step *s = step < 0 ? NULL : step_at((size_t)step);

	if (s)
		snprintf(buf, size, "%s: %s = %s", step_op_name(s), s->text, r->text);
	else
		snprintf(buf, size, "%s() = %s", r->func, r->text);
}

static void print_unreached(const struct matrix_report *r, bool markdown, FILE *out)
{
	const struct matrix *m = r->m;
	unsigned steps = 0, of = 0, results = 0;
	char text[400];

	if (m->operations)
		return;
	for (size_t i = 0; i < step_count(); i++) {
		of += step_at(i)->kind != KIND_CALL;
		steps += step_at(i)->kind != KIND_CALL && !m->made[i];
	}
	for (size_t i = 0; i < result_count(); i++)
		results += !matrix_had(m, result_at(i));
	snprintf(text, sizeof(text), "%u of %u steps are made in none of them, %u of %zu results "
		 "come in none%s", steps, of, results, result_count(),
		 r->unreached || !(steps + results) ? "" : " (--unreached)");
	fputc('\n', out);
	print_wrapped(out, markdown ? 100000 : r->width, 0, text);
	for (size_t i = 0; r->unreached && i < step_count(); i++)
		if (step_at(i)->kind != KIND_CALL && !m->made[i])
			fprintf(out, "%s%s: %s\n", markdown ? "* " : "  ", step_op_name(step_at(i)),
				step_at(i)->text);
	for (size_t i = 0; r->unreached && i < result_count(); i++)
		if (!matrix_had(m, result_at(i))) {
			result_name(result_at(i), text, sizeof(text));
			fprintf(out, "%s%s\n", markdown ? "* " : "  ", text);
		}
	print_pairs_met(r, markdown, out);
}

void matrix_print(const struct matrix_report *r, FILE *out)
{
	print_title(r->m, r->width, out);
	print_table(r, out);
	print_further(r->m, out);
	for (size_t i = 0; i < KINDS; i++)
		print_kind(r, &kinds[i], false, out);
	for (size_t i = 0; i < r->m->notes; i++)
		fprintf(out, "%s  %s\n", i ? "" : "\n", r->m->note[i]);
	print_unreached(r, false, out);
	print_sums(r->m, out);
}

/* ---- Markdown ---- */

void matrix_print_markdown(const struct matrix_report *r, FILE *out)
{
	const struct matrix *m = r->m;
	char text[CELL_TEXT_MAX];

	print_title(m, 100000, out);
	fprintf(out, "\n| %s |", m->operations ? "operation" : "scenario");
	for (size_t i = 0; i < m->cols; i++)
		fprintf(out, " %s |", m->col_head[i]);
	fputs("\n| --- |", out);
	for (size_t i = 0; i < m->cols; i++)
		fputs(" --- |", out);
	for (size_t row = 0; row < m->rows; row++) {
		fprintf(out, "\n| %s |", m->row_head[row]);
		for (size_t col = 0; col < m->cols; col++)
			fprintf(out, " %s |", cell_text(matrix_cell(m, row, col), text));
	}
	fputc('\n', out);
	if (m->further)
		fputs("\n| scenario | kernel | verdict | |\n| --- | --- | --- | --- |\n", out);
	for (size_t i = 0; i < m->further; i++) {
		const struct mcell *c = matrix_cell(m, m->rows + i, 0);

		fprintf(out, "| %s | %s | %s | %s |\n", c->scenario[0]->name, c->kernel_name,
			cell_text(c, text), agreement_text(c));
	}
	for (size_t i = 0; i < KINDS; i++)
		print_kind(r, &kinds[i], true, out);
	for (size_t i = 0; i < m->notes; i++)
		fprintf(out, "\n* %s\n", m->note[i]);
	print_unreached(r, true, out);
	print_sums(m, out);
}

/* ---- JSON ---- */

static const char *verdict_text(const struct mcell *c)
{
	return c->state != CELL_DONE ? "not explored" : c->verdict == VERDICT_SAFE ? "safe" :
	       c->verdict == VERDICT_VIOLATED ? "violated" : "bounded";
}

static void add_finding(cJSON *o, const struct mcell *c)
{
	char *text = NULL;

	if (c->state != CELL_DONE || c->verdict != VERDICT_VIOLATED) {
		cJSON_AddNullToObject(o, "property");
		cJSON_AddNullToObject(o, "length");
		cJSON_AddNullToObject(o, "schedule");
		return;
	}
	text = schedule_text(c->scenario[c->world], &c->schedule);
	cJSON_AddStringToObject(o, "property", properties[c->property].name);
	cJSON_AddNumberToObject(o, "length", (double)c->schedule.n);
	cJSON_AddStringToObject(o, "schedule", text ? text : "");
	free(text);
}

static cJSON *cell_json(const struct matrix_report *r, const struct mcell *c, const char *kernel)
{
	char command[COMMAND_MAX];
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "scenario", c->scenario[c->world]->name);
	cJSON_AddStringToObject(o, "kernel", kernel);
	cJSON_AddItemToObject(o, "switches", switches_json(&c->kernel));
	cJSON_AddStringToObject(o, "verdict", verdict_text(c));
	cJSON_AddItemToObject(o, "certified", c->certified ? cJSON_CreateTrue() : c->refused ?
			      cJSON_CreateFalse() : cJSON_CreateNull());
	cJSON_AddItemToObject(o, "not_certified", *c->not_certified ?
			      cJSON_CreateString(c->not_certified) : cJSON_CreateNull());
	add_finding(o, c);
	cJSON_AddNumberToObject(o, "states", (double)c->states);
	cJSON_AddNumberToObject(o, "transitions", (double)c->transitions);
	cJSON_AddNumberToObject(o, "seconds", c->seconds);
	cJSON_AddBoolToObject(o, "complete", c->complete);
	cJSON_AddItemToObject(o, "bound", c->bound ? cJSON_CreateString(c->bound) :
			      cJSON_CreateNull());
	cJSON_AddItemToObject(o, "unknown", unknown_json(known_properties(c->complete, c->bound),
							 c->found));
	cJSON_AddItemToObject(o, "bounded_because", c->bound && c->scenario[0]->bounded[0] ?
			      cJSON_CreateString(c->scenario[0]->bounded) : cJSON_CreateNull());
	cJSON_AddItemToObject(o, "expected", c->agreement == AGREES ? cJSON_CreateTrue() :
			      c->agreement == CONTRADICTS ? cJSON_CreateFalse() :
			      cJSON_CreateNull());
	cell_command(r->m, c, r->folder, command, sizeof(command));
	cJSON_AddStringToObject(o, "command", command);
	return o;
}

static cJSON *row_json(const struct matrix_report *r, size_t row)
{
	const struct matrix *m = r->m;
	cJSON *o = cJSON_CreateObject(), *cells;

	if (m->operations) {
		cJSON_AddStringToObject(o, "operation", m->row_head[row]);
	} else {
		cJSON_AddStringToObject(o, "scenario", m->scenario[row].name);
		cJSON_AddStringToObject(o, "title", m->scenario[row].title);
	}
	cells = cJSON_AddArrayToObject(o, "cells");
	for (size_t col = 0; col < m->cols; col++) {
		const struct mcell *c = matrix_cell(m, row, col);
		cJSON *cell = cell_json(r, c, m->kernel[m->operations ? 0 : col].name);

		if (m->operations)
			cJSON_AddStringToObject(cell, "with", m->col_head[col]);
		cJSON_AddItemToArray(cells, cell);
	}
	return o;
}

static void add_unreached(cJSON *o, const struct matrix *m)
{
	cJSON *array;
	char name[400];

	array = cJSON_AddArrayToObject(o, "steps_not_made");
	for (size_t i = 0; !m->operations && i < step_count(); i++)
		if (step_at(i)->kind != KIND_CALL && !m->made[i]) {
			snprintf(name, sizeof(name), "%s: %s", step_op_name(step_at(i)),
				 step_at(i)->text);
			cJSON_AddItemToArray(array, cJSON_CreateString(name));
		}
	array = cJSON_AddArrayToObject(o, "results_not_had");
	for (size_t i = 0; !m->operations && i < result_count(); i++)
		if (!matrix_had(m, result_at(i))) {
			result_name(result_at(i), name, sizeof(name));
			cJSON_AddItemToArray(array, cJSON_CreateString(name));
		}
}

int matrix_print_json(const struct matrix_report *r, FILE *out)
{
	const struct matrix *m = r->m;
	cJSON *o = cJSON_CreateObject(), *array;
	struct matrix_sums s;
	int err;

	matrix_sum(m, &s);
	cJSON_AddStringToObject(o, "mode", m->operations ? "operations" : "scenarios");
	array = cJSON_AddArrayToObject(o, "kernels");
	for (size_t i = 0; i < m->kernels; i++) {
		cJSON *k = cJSON_CreateObject();

		cJSON_AddStringToObject(k, "name", m->kernel[i].name);
		cJSON_AddItemToObject(k, "switches", switches_json(&m->kernel[i].kernel));
		cJSON_AddItemToArray(array, k);
	}
	array = cJSON_AddArrayToObject(o, "rows");
	for (size_t i = 0; i < m->rows; i++)
		cJSON_AddItemToArray(array, row_json(r, i));
	array = cJSON_AddArrayToObject(o, "further");
	for (size_t i = 0; i < m->further; i++) {
		const struct mcell *c = matrix_cell(m, m->rows + i, 0);

		cJSON_AddItemToArray(array, cell_json(r, c, c->kernel_name));
	}
	array = cJSON_AddArrayToObject(o, "left_out");
	for (size_t i = 0; i < m->notes; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(m->note[i]));
	add_unreached(o, m);
	if (!m->operations)
		cJSON_AddItemToObject(o, "pairs_not_met", pairs_met_json(m));
	cJSON_AddNumberToObject(o, "cells", (double)s.cells);
	cJSON_AddNumberToObject(o, "explored", (double)s.done);
	cJSON_AddNumberToObject(o, "as_expected", (double)s.agree);
	cJSON_AddNumberToObject(o, "contradicted", (double)s.contradict);
	cJSON_AddNumberToObject(o, "bounded", (double)s.bounded);
	cJSON_AddNumberToObject(o, "certified", (double)s.certified);
	cJSON_AddNumberToObject(o, "refused", (double)s.refused);
	err = json_print(out, o);
	cJSON_Delete(o);
	return err;
}

/* ---- commands ---- */

void cell_command(const struct matrix *m, const struct mcell *c, const char *folder, char *buf,
		  size_t size)
{
	const struct scenario *s = c->scenario[c->world];
	size_t at = (size_t)(c - m->cell);
	FILE *out = fmemopen(buf, size, "w");
	char path[4096];

	*buf = '\0';
	if (!out)
		return;
	snprintf(path, sizeof(path), "%s%s%s%s", folder ? folder : "", folder ? "/" : "", s->name,
		 m->operations ? ".scn" : "");
	if (m->operations && !folder) {
		fprintf(out, "swapscope matrix --show %s,%s,%s >", m->row_head[at / m->cols],
			m->col_head[at % m->cols], pair_worlds[c->world]);
		print_quoted(out, path);
		fputs(" && ", out);
	}
	fputs("swapscope explore ", out);
	print_quoted(out, m->operations ? path : s->name);
	print_kernel_options(out, c->kernel_name);
	if (c->refused)
		fputs(" --certify", out);
	fclose(out);
	buf[size - 1] = '\0';
}
