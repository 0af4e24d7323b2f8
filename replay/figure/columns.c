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
#define TEXT_MIN_CPU	28
#define TEXT_LEAST	20	/* and that the last column has to have */
#define GAP		2	/* between a text and the next column */
#define INDENT_MAX	10	/* of calls */
#define TEXT_MAX	2000
#define TAB		8
#define STICKY		'\x01'	/* a blank at which no line ends */
#define NAME_LETTERS	"abcdefghijklmnopqrstuvwxyz_0123456789"

struct drawing {
	FILE *out;
	const struct figure_run *r;
	const struct figure_columns *c;
	bool used[TASKS], begun[TASKS];	/* it has a row; one is drawn */
	unsigned column[TASKS];		/* which one is a task's */
	unsigned n;			/* of them */
	bool stacked;			/* tasks have no columns: each switch names one */
	bool named;			/* the headings have no room for names */
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

static void print_part(FILE *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fputc(text[i] == STICKY ? ' ' : text[i], out);
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

/* Is the step the function's own name?  Then that is not said twice. */
static bool is_call(const struct figure_row *row)
{
	size_t n = strlen(row->op);

	return !strncmp(row->text, row->op, n) && !strcmp(row->text + n, "()");
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
	n += is_function(row->op, strlen(row->op)) && !is_call(row);
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

/* The next of several findings, "UAF: ..; MAPPED: .."; NULL: it is the last. */
static const char *next_finding(const char *finding)
{
	while ((finding = strstr(finding, "; "))) {
		size_t n;

		finding += 2;
		n = strcspn(finding, ":");
		for (unsigned p = 0; p < PROPERTY_COUNT; p++)
			if (strlen(properties[p].name) == n &&
			    !strncmp(properties[p].name, finding, n))
				return finding;
	}
	return NULL;
}

/* In a commit message it is said below the name of the function, and without who shrinks. */
static void drop_beginning(char *text, const char *op)
{
	size_t n = strlen(op);

	if (!strncmp(text, op, n) && !strncmp(text + n, "(): ", 4))
		memmove(text, text + n + 4, strlen(text + n + 4) + 1);
	else if (!strncmp(text, "shrinker: ", 10))
		memmove(text, text + 10, strlen(text + 10) + 1);
}

/* The line of a row: "swapcache_prepare(entry) = -EEXIST". */
static void row_text(const struct drawing *d, const struct figure_row *row, char *buf, size_t size)
{
	size_t n = strlen(row->text);

	snprintf(buf, size, "%s", row->text);
	if (d->c->cpu)
		drop_beginning(buf, row->op);
	if (d->c->cpu && columns_of(buf, strlen(buf)) + indent_of(d, row) > TEXT_MIN_CPU)
		drop_arguments(buf);
	if (!*row->result)
		;
	else if (!d->c->cpu || is_value(row->result))
		text_append(buf, size, " =%c%s", d->c->cpu ? STICKY : ' ', row->result);
	else if (n && row->text[n - 1] == '?')	/* a question has an answer */
		text_append(buf, size, " %s", row->result);
	else
		text_append(buf, size, " <-%c%s", STICKY, row->result);
	for (const char *f = row->finding; d->c->cpu && f; f = next_finding(f))
		text_append(buf, size, " <-%c%.*s", STICKY, (int)strcspn(f, ":"), f);
}

/* Columns that texts get where columns begin every `step`. */
static void give_room(struct drawing *d, unsigned step)
{
	unsigned least = d->c->cpu ? TEXT_MIN_CPU : TEXT_MIN;

	d->step = step;
	for (unsigned i = 0; i < d->r->tasks && i < TASKS; i++) {
		unsigned right = d->c->width - start(d, i);

		d->room[i] = right;
		if (d->used[i] && !d->stacked && d->column[i] + 1 < d->n) {
			d->room[i] = step > least + GAP || d->n == 2 ? step - GAP : least;
			if (d->room[i] > right)
				d->room[i] = right;
		}
	}
}

/* How many lines the rows take so; one that breaks a word counts as many. */
static unsigned lines_of(const struct drawing *d)
{
	unsigned lines = 0;
	char text[TEXT_MAX];

	for (size_t i = 0; i < d->r->rows; i++) {
		const struct figure_row *row = &d->r->row[i];
		unsigned used = indent_of(d, row), left;
		const char *p = text;

		if (!drawn(d, i) || row->task >= TASKS)
			continue;
		row_text(d, row, text, sizeof(text));
		while (*p) {
			unsigned room = d->room[row->task] > used + 8 ?
					d->room[row->task] - used : 8;
			size_t n;

			left = start(d, row->task) + used;
			left = left < d->c->width ? d->c->width - left : 1;
			n = fit(p, room < left ? room : left, left);
			p += n;
			lines += *p && *p != ' ' ? 100 : 1;
			p += strspn(p, " ");
			used = indent_of(d, row) + 2;
		}
	}
	return lines;
}

/* Where columns begin: evenly, or, in a commit message, at the tab stops with the fewest lines. */
static void measure(struct drawing *d)
{
	unsigned width = d->c->width - d->gutter, least = d->c->cpu ? TEXT_MIN_CPU : TEXT_MIN;
	unsigned best = 0, fewest = 0, even = d->n ? width / d->n : width;

	if (d->n < 2) {
		give_room(d, width);
		return;
	}
	if (even < least + GAP)
		even = width > least ? (width - least) / (d->n - 1) : 0;
	for (unsigned step = d->c->cpu ? TAB : even; step && step <= width; step += TAB) {
		unsigned lines;

		if ((d->n - 1) * step + TEXT_LEAST > width)
			break;
		if (d->c->cpu && step < (d->n == 2 ? TEXT_LEAST : d->n < 5 ? 2 * TAB : TAB))
			continue;
		give_room(d, step);
		lines = lines_of(d);
		if (!best || lines < fewest || (lines == fewest && step <= even)) {
			best = step;
			fewest = lines;
		}
		if (!d->c->cpu)
			break;
	}
	/* a word that has no room even so: columns closer together, in the plain dress */
	while (!d->c->cpu && best > TAB && fewest >= 100) {
		give_room(d, --best);
		fewest = lines_of(d);
	}
	d->stacked = best < TAB;
	give_room(d, best);
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
		for (const char *f = r->row[i].finding, *next; f; f = next) {
			next = next_finding(f);
			snprintf(text, sizeof(text), "%.*s", next ? (int)(next - f) - 2 :
				 (int)strlen(f), f);
			drop_numbers(text);
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
