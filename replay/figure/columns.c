/* SPDX-License-Identifier: GPL-2.0-only */
/* columns.c - a column a task, in two dresses (columns.h). */
#include "replay/figure/columns.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/step.h"
#include "core/text.h"
#include "replay/figure/parts.h"

#define TASKS		32	/* at most: ROWS_TASKS_MAX */
#define GUTTER		5	/* of numbers, at least */
#define TEXT_MIN	36	/* columns that a text should have */
#define TEXT_MIN_CPU	30
#define GAP		2	/* between a text and the next column */
#define INDENT_MAX	8	/* of calls */
#define TEXT_MAX	2000
#define TAB		8
#define NAME_LETTERS	"abcdefghijklmnopqrstuvwxyz_0123456789"

struct drawing {
	FILE *out;
	const struct figure_run *r;
	const struct figure_columns *c;
	bool used[TASKS], begun[TASKS];	/* it has a row; one is drawn */
	unsigned column[TASKS];		/* which one is a task's */
	unsigned n;			/* of them */
	bool stacked;			/* tasks have no columns: each switch names one */
	unsigned gutter, step;		/* where columns begin: gutter + i * step */
	unsigned room[TASKS];		/* columns that a task's text gets */
	const char *in[TASKS];		/* what was said last of the calls that a task is in */
	const char *held[TASKS];	/* and of what it has; owned */
};

/* ---- words on lines ---- */

static unsigned columns_of(const char *text, size_t n)
{
	unsigned columns = 0;

	for (size_t i = 0; i < n; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

/* Bytes of the first so many columns of a text. */
static size_t bytes_of(const char *text, unsigned columns)
{
	size_t i = 0;

	while (text[i] && (columns || ((unsigned char)text[i] & 0xc0) == 0x80))
		columns -= ((unsigned char)text[i++] & 0xc0) != 0x80;
	return i;
}

/* How much of a text goes onto a line of `room` columns, or of `most` where a word needs that. */
static size_t fit(const char *text, unsigned room, unsigned most)
{
	size_t n = 0, word;

	for (;;) {
		size_t end = n + strspn(text + n, " ");

		word = end + strcspn(text + end, " ");
		if (word == end || columns_of(text, word) > room)
			break;
		n = word;
	}
	if (n)
		return n;
	if (columns_of(text, word) <= most)
		return word;
	/* longer than a line: behind a bracket, a comma, an underscore, if there is one */
	n = bytes_of(text, most);
	for (size_t i = n; i > n / 2; i--)
		if (strchr("(,_>.|/", text[i - 1]))
			return i;
	return n;
}

static unsigned longest_word(const char *text)
{
	unsigned longest = 0;

	while (*text) {
		size_t n = strcspn(text, " ");
		unsigned columns = columns_of(text, n);

		if (columns > longest)
			longest = columns;
		text += n;
		text += strspn(text, " ");
	}
	return longest;
}

/* ---- where columns are ---- */

static bool drawn(const struct drawing *d, size_t i)
{
	return !d->c->keep || d->c->keep[i];
}

static unsigned start(const struct drawing *d, unsigned task)
{
	return d->stacked ? d->gutter : d->gutter + d->column[task] * d->step;
}

/*
 * Operations that are no function of the kernel, but a part of one, or the way into it: their
 * steps stand where its steps stand.
 */
static bool is_function(const char *op, size_t n)
{
	static const char *const parts[] = {
		"touch_page", "swapin_bypass", "map_swapin_folio", "isolate_and_lock",
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strlen(parts[i]) == n && !strncmp(parts[i], op, n))
			return false;
	return true;
}

/* In a commit message calls are indented by the functions that they are in, else by their depth. */
static unsigned indent_of(const struct drawing *d, const struct figure_row *row)
{
	const char *p = row->callers;
	unsigned n = 0;

	if (!d->c->cpu) {
		n = row->depth > 1 ? row->depth - 1 : 0;
		return n > 4 ? 4 : n;
	}
	while (*p) {
		size_t length = strcspn(p, " ");

		n += is_function(p, length);
		p += length + (p[length] == ' ');
	}
	n += is_function(row->op, strlen(row->op));
	n *= 2;
	return n > INDENT_MAX ? INDENT_MAX : n;
}

/* Is a result a value, as the kernel has it, and no remark? */
static bool is_value(const char *result)
{
	size_t n = strspn(result, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-|");

	return n && (!result[n] || (n > 1 && (result[n] == ',' || result[n] == ':')));
}

/* "zswap_decompress(entry, folio): begin" without its arguments, as it is written in mails. */
static void drop_arguments(char *text)
{
	char *to = text;
	unsigned inside = 0;

	for (const char *p = text; *p; p++) {
		if (*p == ')' && inside)
			inside--;
		if (!inside)
			*to++ = *p;
		if (*p == '(' && (inside || (p > text && strchr(NAME_LETTERS, p[-1]))))
			inside++;
	}
	*to = '\0';
}

/* The line of a row: "swapcache_prepare(entry) = -EEXIST". */
static void row_text(const struct drawing *d, const struct figure_row *row, char *buf, size_t size)
{
	size_t n = strlen(row->text);

	snprintf(buf, size, "%s", row->text);
	if (d->c->cpu && !strncmp(buf, "shrinker: ", 10))
		memmove(buf, buf + 10, strlen(buf + 10) + 1);
	if (d->c->cpu && columns_of(buf, strlen(buf)) + indent_of(d, row) > TEXT_MIN_CPU)
		drop_arguments(buf);
	if (!*row->result)
		;
	else if (!d->c->cpu || is_value(row->result))
		text_append(buf, size, " = %s", row->result);
	else if (n && row->text[n - 1] == '?')	/* a question has an answer */
		text_append(buf, size, " %s", row->result);
	else
		text_append(buf, size, " <- %s", row->result);
	if (d->c->cpu && row->finding)
		text_append(buf, size, " <- %.*s", (int)strcspn(row->finding, ":"), row->finding);
}

static void measure(struct drawing *d)
{
	unsigned width = d->c->width - d->gutter, least = d->c->cpu ? TEXT_MIN_CPU : TEXT_MIN;
	unsigned need[TASKS] = { 0 };
	char text[TEXT_MAX];

	for (size_t i = 0; i < d->r->rows; i++) {
		const struct figure_row *row = &d->r->row[i];
		unsigned n;

		if (!drawn(d, i) || row->task >= TASKS)
			continue;
		row_text(d, row, text, sizeof(text));
		n = longest_word(text) + indent_of(d, row) + 2;
		if (n > need[row->task])
			need[row->task] = n;
	}
	if (d->n < 2) {
		d->step = width;
	} else {
		d->step = width / d->n;
		if (d->step < least + GAP)
			d->step = width > least ? (width - least) / (d->n - 1) : 0;
		/* no word of any column should come to the right edge */
		for (unsigned i = 0; i < d->r->tasks && i < TASKS; i++)
			if (d->used[i] && d->column[i] && need[i] < width &&
			    d->column[i] * d->step + need[i] > width)
				d->step = (width - need[i]) / d->column[i];
		if (d->c->cpu)
			d->step -= d->step % TAB;
		d->stacked = d->step < TAB;
	}
	for (unsigned i = 0; i < d->r->tasks && i < TASKS; i++) {
		unsigned right = d->c->width - start(d, i);

		d->room[i] = right;
		if (d->used[i] && !d->stacked && d->column[i] + 1 < d->n) {
			d->room[i] = d->step > least + GAP ? d->step - GAP : least;
			if (d->room[i] > right)
				d->room[i] = right;
		}
	}
}

static unsigned digits(uint64_t n)
{
	unsigned d = 1;

	while (n >= 10) {
		n /= 10;
		d++;
	}
	return d;
}

static void layout(struct drawing *d)
{
	for (size_t i = 0; i < d->r->rows; i++)
		if (drawn(d, i) && d->r->row[i].task < TASKS)
			d->used[d->r->row[i].task] = true;
	for (unsigned i = 0; i < d->r->tasks && i < TASKS; i++)
		if (d->used[i])
			d->column[i] = d->n++;
	if (!d->c->cpu) {
		d->gutter = digits(d->r->last) + 2;
		if (d->gutter < GUTTER)
			d->gutter = GUTTER;
	}
	measure(d);
}

/* ---- lines ---- */

/* To a column: by tabs as far as they go, in a commit message. */
static void go_to(const struct drawing *d, unsigned from, unsigned to)
{
	if (d->c->cpu)
		for (; from / TAB < to / TAB; from = (from / TAB + 1) * TAB)
			fputc('\t', d->out);
	for (; from < to; from++)
		fputc(' ', d->out);
}

/* A text in a task's column: the first line `indent` deep, the others `more` deeper. */
static void put(const struct drawing *d, unsigned task, unsigned indent, unsigned more,
		const char *text, uint64_t number)
{
	bool first = true;

	text += strspn(text, " ");
	do {
		unsigned left = start(d, task) + indent + (first ? 0 : more), most, at = 0;
		unsigned room = d->room[task], used = indent + (first ? 0 : more);
		size_t n;

		most = left < d->c->width ? d->c->width - left : 1;
		room = room > used + 8 ? room - used : 8;
		n = fit(text, room < most ? room : most, most);
		if (first && number) {
			fprintf(d->out, "%*llu", (int)d->gutter - 2, (unsigned long long)number);
			at = d->gutter - 2;
		}
		if (n)
			go_to(d, at, left);
		fprintf(d->out, "%.*s\n", (int)n, text);
		text += n;
		text += strspn(text, " ");
		first = false;
	} while (*text);
}

/* Sentences over the whole width. */
static void put_wide(const struct drawing *d, unsigned indent, unsigned more, const char *text)
{
	unsigned left = indent;

	do {
		unsigned room = d->c->width - left;
		size_t n = fit(text, room, room);

		fprintf(d->out, "%*s%.*s\n", (int)left, "", (int)n, text);
		text += n;
		text += strspn(text, " ");
		left = indent + more;
	} while (*text);
}

/* Below a row: from the row's column to the right edge, or from the middle of the page. */
static void put_below(const struct drawing *d, unsigned task, const char *text)
{
	unsigned left = start(d, task), middle = (d->gutter + d->c->width) / 2;

	put_wide(d, left < middle ? left : middle, 0, text);
}

/* ---- headings ---- */

/* "CPU0 (T0)", or a task's name. */
static void heading(const struct drawing *d, unsigned task, char *buf, size_t size)
{
	if (d->c->cpu)
		snprintf(buf, size, "CPU%u (%s)", d->column[task], d->r->task[task]);
	else
		snprintf(buf, size, "%s", d->r->task[task]);
}

static void put_heading_line(const struct drawing *d, bool rule)
{
	unsigned at = 0;
	char text[100];

	for (unsigned i = 0; i < d->r->tasks && i < TASKS; i++) {
		unsigned room = d->step > 1 ? d->step - 1 : 1;

		if (!d->used[i])
			continue;
		go_to(d, at, start(d, i));
		at = start(d, i);
		heading(d, i, text, sizeof(text));
		if (d->column[i] + 1 < d->n)
			text[bytes_of(text, room)] = '\0';
		for (char *p = text; rule && *p; p++)
			*p = '-';
		fputs(text, d->out);
		at += columns_of(text, strlen(text));
	}
	fputc('\n', d->out);
}

static void put_headings(const struct drawing *d)
{
	if (d->stacked)
		return;
	put_heading_line(d, false);
	if (d->c->cpu)
		put_heading_line(d, true);
}

/* ---- calls, and what is held ---- */

/* The functions that a row is in and the one before it of its task was not. */
static void put_calls(struct drawing *d, const struct figure_row *row)
{
	char now[TEXT_MAX], line[80];
	const char *was = d->in[row->task] ? d->in[row->task] : "", *p = now;
	unsigned indent = 0;
	bool same = true;

	snprintf(now, sizeof(now), "%s%s%s", row->callers, *row->callers ? " " : "", row->op);
	while (*p) {
		size_t n = strcspn(p, " "), m = strcspn(was, " ");

		same = same && n == m && !strncmp(p, was, n);
		if (!same && is_function(p, n)) {
			snprintf(line, sizeof(line), "%.*s()", (int)n, p);
			put(d, row->task, indent > INDENT_MAX ? INDENT_MAX : indent, 2, line, 0);
		}
		indent += is_function(p, n) ? 2 : 0;
		p += n + (p[n] == ' ');
		was += m + (was[m] == ' ');
	}
	free((char *)d->in[row->task]);
	d->in[row->task] = strdup(now);
}

/* What a task has while others move: said when it is another than was said last. */
static void put_held(struct drawing *d, unsigned task, uint64_t at)
{
	char text[TEXT_MAX] = "", line[TEXT_MAX + 16];
	const struct figure_run *r = d->r;

	for (size_t i = 0; i < r->holds; i++)
		if (r->hold[i].task == task && r->hold[i].from <= at && r->hold[i].to > at)
			text_append(text, sizeof(text), "%s%s", *text ? ", " : "", r->hold[i].what);
	if (d->held[task] && !strcmp(d->held[task], text))
		return;
	free((char *)d->held[task]);
	d->held[task] = strdup(text);
	if (!*text)
		return;
	snprintf(line, sizeof(line), "<holds %s>", text);
	put(d, task, 2, 2, line, 0);
}

/* ---- rows ---- */

/* "...", in the columns of those whose steps were left out. */
static void put_gap(const struct drawing *d, const bool *left_out)
{
	unsigned at = 0;
	bool any = false;

	for (unsigned i = 0; i < d->r->tasks && i < TASKS; i++) {
		if (!left_out[i] || !d->begun[i] || (any && d->stacked))
			continue;
		go_to(d, at, start(d, i) + 2);
		fputs("...", d->out);
		at = start(d, i) + 5;
		any = true;
	}
	if (any)
		fputc('\n', d->out);
}

/* Which tasks made steps that are not drawn, between the last row drawn and row i. */
static bool gap_before(const struct drawing *d, size_t i, ptrdiff_t last, bool *left_out)
{
	const struct figure_row *row = d->r->row;
	bool any = false;

	memset(left_out, 0, TASKS * sizeof(*left_out));
	for (size_t j = (size_t)(last + 1); j <= i; j++) {
		uint64_t before = j ? row[j - 1].at : d->r->first - 1;

		if (j < i && row[j].task < TASKS)
			any = left_out[row[j].task] = true;
		if (row[j].at != before + 1 && row[i].task < TASKS)
			any = left_out[row[i].task] = true;
	}
	return any;
}

static void put_row(struct drawing *d, const struct figure_row *row)
{
	char text[TEXT_MAX];

	row_text(d, row, text, sizeof(text));
	if (d->r->repeats && row->at == d->r->loop + 1 && d->c->cpu)
		text_append(text, sizeof(text), " <- from here on again and again");
	put(d, row->task, indent_of(d, row), 2, text, d->c->cpu ? 0 : row->at);
	if (d->c->cpu)
		return;
	if (row->finding) {
		snprintf(text, sizeof(text), "%s %s", row->cost ? "~~" : "!!", row->finding);
		put_below(d, row->task, text);
	}
	if (row->byte_error >= 0) {
		snprintf(text, sizeof(text), "!! byte %d of the page is wrong", row->byte_error);
		put_below(d, row->task, text);
	}
}

static void put_rows(struct drawing *d)
{
	const struct figure_run *r = d->r;
	bool left_out[TASKS];
	ptrdiff_t last = -1;

	for (size_t i = 0; i < r->rows; i++) {
		const struct figure_row *row = &r->row[i];
		const struct figure_row *before = last < 0 ? NULL : &r->row[last];
		bool switched = !before || before->task != row->task;

		if (!drawn(d, i) || row->task >= TASKS)
			continue;
		if (before && switched && d->c->cpu)
			put_held(d, before->task, before->at);
		if (gap_before(d, i, last, left_out))
			put_gap(d, left_out);
		if (switched && d->stacked) {
			char name[100];

			heading(d, row->task, name, sizeof(name));
			text_append(name, sizeof(name), ":");
			put(d, row->task, 0, 0, name, 0);
		}
		if (d->c->cpu)
			put_calls(d, row);
		put_row(d, row);
		last = (ptrdiff_t)i;
		d->begun[row->task] = true;
	}
	for (unsigned i = 0; d->c->cpu && i < r->tasks && i < TASKS; i++)
		if (d->used[i] && last >= 0)
			put_held(d, i, r->row[last].at);
}

/* ---- below the rows ---- */

static void put_loop(const struct drawing *d)
{
	char line[100];
	const char *p = d->r->loop_text;

	if (!d->r->repeats || d->c->cpu)
		return;
	snprintf(line, sizeof(line), "... repeats from step %llu for ever",
		 (unsigned long long)d->r->loop + 1);
	put_wide(d, d->gutter, 2, line);
	while (p && *p) {
		size_t n = strcspn(p, "\n");
		char text[TEXT_MAX];

		snprintf(text, sizeof(text), "%.*s", (int)n, p);
		put_wide(d, d->gutter, 2, text);
		p += n + (p[n] == '\n');
	}
}

/* Steps have no numbers in a commit message: "W freed at step 18" is "W freed". */
static void drop_numbers(char *text)
{
	static const char at[] = " at step ";
	char *p = text;

	while ((p = strstr(p, at))) {
		size_t n = strlen(at) + strspn(p + strlen(at), "0123456789");

		memmove(p, p + n, strlen(p + n) + 1);
	}
}

/* What was found, in sentences, and how to see it. */
static void put_end(const struct drawing *d)
{
	const struct figure_run *r = d->r;
	char text[TEXT_MAX];
	bool any = false;

	for (size_t i = 0; i < r->rows; i++) {
		if (!r->row[i].finding || !drawn(d, i))
			continue;
		if (!any)
			fputc('\n', d->out);
		any = true;
		snprintf(text, sizeof(text), "%s", r->row[i].finding);
		drop_numbers(text);
		put_wide(d, 0, 2, text);
	}
	if (!*r->command)
		return;
	fputc('\n', d->out);
	figure_command(d->out, r->command, d->c->width, 2);
}

int figure_execution(FILE *out, const struct execution *x, size_t from, size_t loop,
		     unsigned width)
{
	const struct figure_columns c = { .width = width };
	const struct figure_about about = { .repeats = loop < x->n, .loop = loop };
	const struct figure_part part = { .first = from + 1 };
	char why[FIGURE_WHY_MAX];
	struct figure f;
	int err;

	if (from >= x->n)
		return 0;
	err = figure_of_execution(&f, x, &about, &part, why);
	if (!err) {
		err = figure_columns(out, &f.run[0], &c);
		figure_free(&f);
	}
	return err;
}

int figure_columns(FILE *out, const struct figure_run *r, const struct figure_columns *c)
{
	struct drawing d = { .out = out, .r = r, .c = c };

	layout(&d);
	if (d.n) {
		put_headings(&d);
		put_rows(&d);
	}
	put_loop(&d);
	if (c->cpu)
		put_end(&d);
	for (unsigned i = 0; i < TASKS; i++) {
		free((char *)d.in[i]);
		free((char *)d.held[i]);
	}
	return 0;
}
