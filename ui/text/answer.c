/* SPDX-License-Identifier: GPL-2.0-only */
#include "ui/text/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MEASURED	1000

const char *const answer_mode_name[ANSWER_MODES] = { "box", "csv", "list" };

/* ---- csv and list ---- */

static void print_csv(FILE *out, const char *text)
{
	if (!text[strcspn(text, ",\"\n\r")]) {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

static void print_plain(const struct answer *a, const char *const *value, int n)
{
	for (int i = 0; i < n; i++) {
		const char *text = value[i] ? value[i] : "";

		if (i)
			putc(a->mode == ANSWER_CSV ? ',' : '|', a->out);
		if (a->mode == ANSWER_CSV)
			print_csv(a->out, text);
		else
			fputs(text, a->out);
	}
	fputs(a->mode == ANSWER_CSV ? "\r\n" : "\n", a->out);
}

/* ---- box ---- */

static size_t width_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

static void print_rule(const struct answer *a, const char *left, const char *middle,
		       const char *right)
{
	for (int i = 0; i < a->columns; i++) {
		fputs(a->ascii ? "+" : i ? middle : left, a->out);
		for (size_t j = 0; j < a->width[i] + 2; j++)
			fputs(a->ascii ? "-" : "─", a->out);
	}
	fprintf(a->out, "%s\n", a->ascii ? "+" : right);
}

static void print_cells(const struct answer *a, char *const *cell, const bool *right)
{
	const char *bar = a->ascii ? "|" : "│";

	for (int i = 0; i < a->columns; i++) {
		size_t w = width_of(cell[i]), fill = w < a->width[i] ? a->width[i] - w : 0;
		bool to_right = right && right[i];

		fprintf(a->out, "%s %*s%s%*s ", bar, to_right ? (int)fill : 0, "", cell[i],
			to_right ? 0 : (int)fill, "");
	}
	fprintf(a->out, "%s\n", bar);
}

/* What waits becomes the head of a table: the names of columns are its first row. */
static int print_head(struct answer *a)
{
	const size_t n = (size_t)a->columns;

	a->width = calloc(n + 1, sizeof(*a->width));
	if (!a->width)
		return -ENOMEM;
	for (size_t i = 0; i < a->cells; i++)
		if (width_of(a->cell[i]) > a->width[i % n])
			a->width[i % n] = width_of(a->cell[i]);
	print_rule(a, "┌", "┬", "┐");
	print_cells(a, a->cell, NULL);
	print_rule(a, "├", "┼", "┤");
	for (size_t i = n; i < a->cells; i += n)
		print_cells(a, a->cell + i, a->is_number + i);
	return 0;
}

static void forget(struct answer *a)
{
	for (size_t i = 0; i < a->cells; i++)
		free(a->cell[i]);
	a->cells = 0;
}

/* A row that waits: one line, whatever it has. */
static int keep(struct answer *a, const char *const *value, const bool *is_number)
{
	const size_t n = (size_t)a->columns, cap = 2 * a->cells_cap + n;

	if (a->cells + n > a->cells_cap) {
		char **cell = realloc(a->cell, cap * sizeof(*cell));
		bool *numbers;

		if (!cell)
			return -ENOMEM;
		a->cell = cell;
		numbers = realloc(a->is_number, cap * sizeof(*numbers));
		if (!numbers)
			return -ENOMEM;
		a->is_number = numbers;
		a->cells_cap = cap;
	}
	for (size_t i = 0; i < n; i++) {
		char *text = strdup(value[i] ? value[i] : "");

		if (!text)
			return -ENOMEM;
		for (char *p = text; *p; p++)
			if (*p == '\n' || *p == '\t')
				*p = ' ';
		a->is_number[a->cells] = is_number[i];
		a->cell[a->cells++] = text;
	}
	return 0;
}

/* ---- rows ---- */

void answer_end(struct answer *a)
{
	/* a row that was cut off by an error is not shown */
	if (a->mode == ANSWER_BOX && a->columns) {
		a->cells -= a->cells % (size_t)a->columns;
		if (a->width || (a->cells && !print_head(a)))
			print_rule(a, "└", "┴", "┘");
	}
	forget(a);
	free(a->cell);
	free(a->is_number);
	free(a->width);
	*a = (struct answer){ .out = a->out, .mode = a->mode, .ascii = a->ascii };
}

int answer_row(void *answer, const struct query_row *r)
{
	struct answer *a = answer;
	int err;

	if (!r->value) {			/* a statement begins */
		answer_end(a);
		a->columns = r->n;
		if (a->mode == ANSWER_CSV)
			print_plain(a, r->name, r->n);
		return a->mode == ANSWER_BOX ? keep(a, r->name, r->is_number) : 0;
	}
	if (a->mode != ANSWER_BOX) {
		print_plain(a, r->value, r->n);
		return 0;
	}
	err = keep(a, r->value, r->is_number);
	if (err)
		return err;
	if (a->width) {
		print_cells(a, a->cell, a->is_number);
		forget(a);
	} else if (a->cells / (size_t)a->columns > ROWS_MEASURED) {
		err = print_head(a);
		forget(a);
	}
	return err;
}
