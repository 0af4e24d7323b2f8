/* SPDX-License-Identifier: GPL-2.0-only */
/* drawing.c - where the columns of a diagram are, and the text of each row. */
#include "replay/figure/drawing.h"

#include <string.h>

#include "core/property.h"
#include "core/text.h"

#define TEXT_MIN	36	/* columns that a text should have */
#define TEXT_MIN_CPU	28
#define TEXT_LEAST	20	/* and that the last column has to have */
#define NAME_LETTERS	"abcdefghijklmnopqrstuvwxyz_0123456789"

/* ---- words on lines ---- */

unsigned columns_of(const char *text, size_t n)
{
	unsigned columns = 0;

	for (size_t i = 0; i < n; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

/* Bytes of the first so many columns of a text. */
size_t bytes_of(const char *text, unsigned columns)
{
	size_t i = 0;

	while (text[i] && (columns || ((unsigned char)text[i] & 0xc0) == 0x80))
		columns -= ((unsigned char)text[i++] & 0xc0) != 0x80;
	return i;
}

/* How much of a text goes onto a line of `room` columns, or of `most` where a word needs that. */
size_t fit(const char *text, unsigned room, unsigned most)
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

bool drawn(const struct drawing *d, size_t i)
{
	return !d->c->keep || d->c->keep[i];
}

unsigned start(const struct drawing *d, unsigned task)
{
	return d->stacked ? d->gutter : d->gutter + d->column[task] * d->step;
}

/*
 * Operations that are no function of the kernel, but a part of one, or the way into it: their
 * steps stand where its steps stand.
 */
bool is_function(const char *op, size_t n)
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
bool is_call(const struct figure_row *row)
{
	size_t n = strlen(row->op);

	return !strncmp(row->text, row->op, n) && !strcmp(row->text + n, "()");
}

/* In a commit message calls are indented by the functions that they are in, else by their depth. */
unsigned indent_of(const struct drawing *d, const struct figure_row *row)
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
const char *next_finding(const char *finding)
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
void row_text(const struct drawing *d, const struct figure_row *row, char *buf, size_t size)
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
	unsigned least = TEXT_MIN;

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

/* Is there room for the names of the functions that a row is in? */
static bool calls_fit(const struct drawing *d, const struct figure_row *row)
{
	unsigned left = start(d, row->task), indent = 0;
	const char *p = row->callers;

	while (*p) {
		size_t n = strcspn(p, " ");

		if (left + indent + n + 2 > d->c->width)
			return false;
		indent += is_function(p, n) && indent < INDENT_MAX ? 2 : 0;
		p += n + (p[n] == ' ');
	}
	return left + indent + strlen(row->op) + 2 <= d->c->width;
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
		if (d->c->cpu && !calls_fit(d, row))
			lines += 100;
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
		if (d->c->cpu && step < (d->n == 2 && width > 60 ? 4 * TAB :
				      d->n < 5 ? 2 * TAB : TAB))
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

void drawing_layout(struct drawing *d)
{
	for (size_t i = 0; i < d->r->rows; i++)
		if (drawn(d, i) && d->r->row[i].task < TASKS)
			d->used[d->r->row[i].task] = true;
	for (unsigned i = 0; i < d->r->tasks && i < TASKS; i++)
		if (d->used[i])
			d->column[i] = d->n++;
	if (!d->c->cpu) {
		d->gutter = text_digits(d->r->last) + 2;
		if (d->gutter < GUTTER)
			d->gutter = GUTTER;
	}
	measure(d);
}
