/* SPDX-License-Identifier: GPL-2.0-only */
/* columns.c - a column a task, in two dresses (columns.h). */
#include "replay/figure/columns.h"

#include <stdlib.h>
#include <string.h>

#include "core/step.h"
#include "core/text.h"
#include "replay/figure/drawing.h"

/* ---- lines ---- */

static void print_part(FILE *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fputc(text[i] == STICKY ? ' ' : text[i], out);
}

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
		print_part(d->out, text, n);
		fputc('\n', d->out);
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
	if (!d->c->cpu)
		snprintf(buf, size, "%s", d->r->task[task]);
	else if (d->named)
		snprintf(buf, size, "CPU%u", d->column[task]);
	else
		snprintf(buf, size, "CPU%u (%s)", d->column[task], d->r->task[task]);
}

static void put_heading_line(const struct drawing *d, bool rule)
{
	unsigned at = 0;
	char text[200];

	for (unsigned i = 0; i < d->r->tasks && i < TASKS; i++) {
		if (!d->used[i])
			continue;
		go_to(d, at, start(d, i));
		at = start(d, i);
		heading(d, i, text, sizeof(text));
		text[bytes_of(text, d->column[i] + 1 < d->n ? d->step - 1 :
			      d->c->width - at)] = '\0';
		for (char *p = text; rule && *p; p++)
			*p = '-';
		fputs(text, d->out);
		at += columns_of(text, strlen(text));
	}
	fputc('\n', d->out);
}

/* "CPU0 is W, CPU1 is dev", where that has no room in the headings. */
static void put_names(struct drawing *d)
{
	char text[TEXT_MAX] = "", name[200];

	for (unsigned i = 0; i < d->r->tasks && i < TASKS; i++) {
		if (!d->used[i])
			continue;
		heading(d, i, name, sizeof(name));
		d->named |= d->column[i] + 1 < d->n && columns_of(name, strlen(name)) >= d->step;
		text_append(text, sizeof(text), "%sCPU%u is %s", *text ? ", " : "", d->column[i],
			    d->r->task[i]);
	}
	if (!d->named)
		return;
	put_wide(d, 0, 2, text);
	fputc('\n', d->out);
}

static void put_headings(struct drawing *d)
{
	if (d->stacked)
		return;
	if (d->c->cpu)
		put_names(d);
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
		if (!same && is_function(p, n) && !(!p[n] && is_call(row))) {
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

		/* what is locked is said where it matters */
		if (j < i && row[j].task < TASKS &&
		    (!d->c->cpu || (row[j].kind != KIND_LOCK && row[j].kind != KIND_UNLOCK)))
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
		text_append(text, sizeof(text), " <-\x01" "from here on again and again");
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

static bool stuck(const struct figure_run *r)
{
	const char *finding = r->rows ? r->row[r->rows - 1].finding : NULL;

	return r->repeats || (finding && strstr(finding, "DEADLOCK:"));
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
			put_held(d, before->task, row->at - 1);
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
	/* at the end it matters where nobody goes on */
	for (unsigned i = 0; d->c->cpu && stuck(r) && i < r->tasks && i < TASKS; i++)
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

/*
 * Steps have no numbers in a commit message, and the diagram shows them: "W freed at step 18
 * (zswap_writeback_entry: zswap_entry_free(entry))" is "W freed".
 */
static void drop_numbers(char *text)
{
	static const char at[] = " at step ", back[] = ": back to position ";
	char *p = strstr(text, back), *end = p ? strchr(p, '.') : NULL;

	if (end)	/* a row says "from here on" */
		memmove(p, end, strlen(end) + 1);
	p = text;

	while ((p = strstr(p, at))) {
		size_t n = strlen(at) + strspn(p + strlen(at), "0123456789");
		unsigned depth = 0;

		if (!strncmp(p + n, " (", 2))
			do {
				n++;
				depth += p[n] == '(';
				depth -= p[n] == ')';
			} while (p[n] && depth);
		if (p[n] == ')')
			n++;
		memmove(p, p + n, strlen(p + n) + 1);
	}
}

/* Behind a sentence, too. */
static void one_blank(char *text)
{
	char *to = text;

	for (const char *p = text; *p; p++)
		if (*p != ' ' || p[1] != ' ')
			*to++ = *p;
	*to = '\0';
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
		for (const char *f = r->row[i].finding, *next; f; f = next) {
			next = next_finding(f);
			snprintf(text, sizeof(text), "%.*s", next ? (int)(next - f) - 2 :
				 (int)strlen(f), f);
			drop_numbers(text);
			one_blank(text);
			put_wide(d, 0, 2, text);
		}
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

	drawing_layout(&d);
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
