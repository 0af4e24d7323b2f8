/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page_data.c - what a page shows of runs beside their diagram, position by position: who holds and
 * owns what and every object, in the words of the debugger; what a step changed; source.
 *
 * Positions are numbered as rows are: 0 is before the first row, i after row i - 1.  A line of the
 * objects is the same in most positions, so that lines are in a table, and positions have numbers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "ui/export/page.h"
#include "ui/panel/panel.h"
#include "ui/state/diff.h"
#include "ui/terminal/markup.h"

#define AROUND	14		/* lines of source before and after a step's */

/* A text in JSON, which never ends the element that it is in. */
static void put_text(const char *text, size_t n, FILE *out)
{
	fputc('"', out);
	for (size_t i = 0; i < n; i++) {
		unsigned char ch = (unsigned char)text[i];

		if (ch == '"' || ch == '\\')
			fprintf(out, "\\%c", ch);
		else if (ch < ' ' || ch == '<' || ch == '>' || ch == '&' || ch == 0x7f)
			fprintf(out, "\\u%04x", ch);
		else
			fputc(ch, out);
	}
	fputc('"', out);
}

static void put_member(const char *name, const char *text, FILE *out)
{
	fprintf(out, ",\"%s\":", name);
	put_text(text, strlen(text), out);
}

/* ---- lines, each once ---- */

struct table {
	char **text;		/* as JSON */
	uint32_t *slot;		/* number + 1; 0: free */
	size_t n, slots;
};

static int table_grow(struct table *t)
{
	size_t slots = t->slots ? 2 * t->slots : 1024;
	uint32_t *slot = calloc(slots, sizeof(*slot));
	char **text = realloc(t->text, slots / 2 * sizeof(*text));

	if (text)
		t->text = text;
	if (!slot || !text) {
		free(slot);
		return -ENOMEM;
	}
	for (size_t i = 0; i < t->n; i++) {
		size_t at = XXH3_64bits(text[i], strlen(text[i])) % slots;

		while (slot[at])
			at = (at + 1) % slots;
		slot[at] = (uint32_t)i + 1;
	}
	free(t->slot);
	t->slot = slot;
	t->slots = slots;
	return 0;
}

/* The number of a text, which the table takes; -ENOMEM. */
static int64_t table_number(struct table *t, char *text)
{
	size_t at;

	if (t->n >= t->slots / 2 && table_grow(t)) {
		free(text);
		return -ENOMEM;
	}
	at = XXH3_64bits(text, strlen(text)) % t->slots;
	for (; t->slot[at]; at = (at + 1) % t->slots)
		if (!strcmp(t->text[t->slot[at] - 1], text)) {
			free(text);
			return t->slot[at] - 1;
		}
	t->text[t->n++] = text;
	t->slot[at] = (uint32_t)t->n;
	return (int64_t)t->n - 1;
}

static void table_free(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->text[i]);
	free(t->text);
	free(t->slot);
}

/* ---- objects ---- */

/* ["slot 0","title",["held by nobody","",0],..]: a label, and words that changed or did not. */
static char *line_text(const struct line *l)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const char *class = markup_class(l->label_style);

	if (!out)
		return NULL;
	fputc('[', out);
	put_text(l->label, strlen(l->label), out);
	fprintf(out, ",\"%s\"", class ? class : "");
	for (unsigned i = 0; i < l->n; i++) {
		const struct word *w = &l->word[i];

		if (!*w->full)
			continue;
		class = markup_class(w->style);
		fputs(",[", out);
		put_text(w->full, strlen(w->full), out);
		fprintf(out, ",\"%s\",%d]", class ? class : "", w->changed);
	}
	fputc(']', out);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

struct page {
	struct export *e;
	struct chapter *chapter;
	FILE *out;
	struct table lines;
	struct moment moment;
	struct object_list list;
};

static int put_objects(struct page *p, unsigned side, uint64_t at)
{
	struct view v = { .chapter = p->chapter, .chapters = 1 };
	struct pane pane = { &v, p->chapter, side, &p->moment, NULL,
			     moving_tasks(p->chapter, side) };

	v.cursor[side] = at;
	moment_read(&p->moment, p->e->run[side], at, graphic_object(p->e, p->chapter, side),
		    (struct trace_object){ 0 });
	if (p->moment.broken)
		return graphic_error(p->e, -EBADMSG, "the trace is damaged at step %llu",
				     (unsigned long long)at);
	object_lines(&pane, &p->list);
	fputc('[', p->out);
	for (unsigned i = 0; i < p->list.n; i++) {
		char *text = line_text(&p->list.line[i]);
		int64_t number = text ? table_number(&p->lines, text) : -ENOMEM;

		if (number < 0)
			return -ENOMEM;
		fprintf(p->out, "%s%lld", i ? "," : "", (long long)number);
	}
	fputc(']', p->out);
	return 0;
}

/* Where a task stands is seen by its step. */
static bool of_task(const struct trace_change *c)
{
	return c->field && !strcmp(c->field->kind, "task");
}

#define CHANGES_OF	32		/* objects that a transition changes */

/* Of a large run: "slot 2343 swap_map 1 -> 0, ..", an object each. */
static void put_large_changes(const struct page *p, unsigned side, uint64_t at,
			     const struct trace_change *c, int n)
{
	struct trace *t = p->e->run[side];
	struct trace_object o[CHANGES_OF];
	int objects = 0, told = 0;

	for (int i = 0; i < n; i++) {		/* they live until the next call */
		struct trace_object is = trace_object_of(t, c[i].id);
		int k = 0;

		while (k < objects && (o[k].kind != is.kind || o[k].number != is.number))
			k++;
		if (k == objects && objects < CHANGES_OF && is.kind && is.kind != OBJ_TASK)
			o[objects++] = is;
	}
	for (int k = 0; k < objects; k++) {
		char text[400], all[460];

		if (!changes_text(t, at, o[k], text, sizeof(text)))
			continue;
		snprintf(all, sizeof(all), "%s %u %s", object_kind_name(o[k].kind), o[k].number,
			 text);
		fputs(told++ ? "," : "", p->out);
		put_text(all, strlen(all), p->out);
	}
}

/* What a transition changed, of what the model has. */
static int put_changes(const struct page *p, unsigned side, uint64_t at)
{
	const struct trace_change *c;
	struct trace *t = p->e->run[side];
	int n = trace_changes(t, at, &c), told = 0;

	if (n < 0)
		return graphic_error(p->e, n, "the trace is damaged at step %llu",
				     (unsigned long long)at);
	fputs(",\"changes\":[", p->out);
	if (trace_info(t)->large)
		put_large_changes(p, side, at, c, n);
	for (int i = 0; i < n && !trace_info(t)->large; i++) {
		char text[240] = "";

		if (!of_task(&c[i]))
			change_text(t, &c[i], text, sizeof(text));
		if (!*text)
			continue;
		fputs(told++ ? "," : "", p->out);
		put_text(text, strlen(text), p->out);
	}
	fputc(']', p->out);
	return 0;
}

/* ---- steps ---- */

static int put_rows(struct page *p, unsigned side)
{
	const struct figure_run *r = &p->e->figure->run[side];
	int err = 0;

	fputs(",\"rows\":[", p->out);
	for (size_t i = 0; i < r->rows && !err; i++) {
		const struct figure_row *row = &r->row[i];

		fprintf(p->out, "%s\n{\"at\":%llu", i ? "," : "", (unsigned long long)row->at);
		put_member("task", r->task[row->task], p->out);
		put_member("op", row->op, p->out);
		put_member("text", row->text, p->out);
		put_member("result", row->result, p->out);
		put_member("file", row->file, p->out);
		fprintf(p->out, ",\"line\":%u", row->line);
		if (row->finding) {
			put_member("finding", row->finding, p->out);
			fprintf(p->out, ",\"cost\":%s", row->cost ? "true" : "false");
		}
		err = put_changes(p, side, row->at);
		fputc('}', p->out);
	}
	fputc(']', p->out);
	return err;
}

/* Position i, as the trace counts. */
static uint64_t position(const struct figure_run *r, size_t i)
{
	return i ? r->row[i - 1].at : r->rows ? r->row[0].at - 1 : 0;
}

/* The position of the other run that belongs to each of this one. */
static void put_map(const struct page *p, unsigned side)
{
	const struct figure_run *r = &p->e->figure->run[side], *o = &p->e->figure->run[!side];

	fputs(",\"map\":[", p->out);
	for (size_t i = 0; i <= r->rows && p->e->figure->runs > 1; i++)
		fprintf(p->out, "%s%zu", i ? "," : "",
			figure_row_from(o, other_position(p->chapter, side, position(r, i)) + 1));
	fputc(']', p->out);
}

/* ---- source ---- */

/* Lines of a file around the steps that are in it, "120":"\tfolio = ..". */
static int put_file(const struct page *p, unsigned side, const char *file)
{
	const struct figure_run *r = &p->e->figure->run[side];
	struct trace *t = p->e->run[side];
	unsigned lines = trace_source_lines(t, file), told = 0;
	uint8_t *wanted = calloc((size_t)lines + 1, 1);

	if (!wanted)
		return -ENOMEM;
	for (size_t i = 0; i < r->rows; i++) {
		unsigned line = r->row[i].line;

		if (strcmp(r->row[i].file, file) || !line || line > lines)
			continue;
		for (unsigned k = line > AROUND ? line - AROUND : 1;
		     k <= lines && k <= line + AROUND; k++)
			wanted[k] = 1;
	}
	put_text(file, strlen(file), p->out);
	fputs(":{", p->out);
	for (unsigned k = 1; k <= lines; k++) {
		size_t length;
		const char *line = trace_source_line(t, file, k, &length);

		if (!wanted[k])
			continue;
		fprintf(p->out, "%s\"%u\":", told++ ? "," : "", k);
		put_text(line, length, p->out);
	}
	fputc('}', p->out);
	free(wanted);
	return 0;
}

static int put_source(const struct page *p, unsigned side)
{
	const struct figure_run *r = &p->e->figure->run[side];
	unsigned files = 0;
	int err = 0;

	fputs(",\"source\":{", p->out);
	for (size_t i = 0; i < r->rows && !err; i++) {
		const char *file = r->row[i].file;
		size_t k = 0;

		while (k < i && strcmp(r->row[k].file, file))
			k++;
		if (k < i || !*file)
			continue;
		fputs(files++ ? ",\n" : "\n", p->out);
		err = put_file(p, side, file);
	}
	fputc('}', p->out);
	return err;
}

/* ---- the whole ---- */

static int put_run(struct page *p, unsigned side)
{
	const struct figure *f = p->e->figure;
	const struct figure_run *r = &f->run[side];
	int err;

	fprintf(p->out, "%s{\"events\":%llu,\"parted\":%lld", side ? "," : "",
		(unsigned long long)r->events, f->runs > 1 && !f->same ?
		(long long)figure_row_from(r, f->parted[side] + 1) : -1ll);
	err = put_rows(p, side);
	if (err)
		return err;
	put_map(p, side);
	fputs(",\"objects\":[", p->out);
	for (size_t i = 0; i <= r->rows && !err; i++) {
		fputs(i ? "," : "", p->out);
		err = put_objects(p, side, position(r, i));
	}
	fputc(']', p->out);
	if (!err)
		err = put_source(p, side);
	fputs("}\n", p->out);
	return err;
}

int page_data(struct export *e, struct chapter *c, FILE *out)
{
	struct page *p = calloc(1, sizeof(*p));	/* a moment is large */
	int err = 0;

	if (!p)
		return -ENOMEM;
	p->e = e;
	p->chapter = c;
	p->out = out;
	fputs("{\"runs\":[", out);
	for (unsigned side = 0; side < e->figure->runs && !err; side++)
		err = put_run(p, side);
	fputs("],\"lines\":[", out);
	for (size_t i = 0; i < p->lines.n; i++)
		fprintf(out, "%s\n%s", i ? "," : "", p->lines.text[i]);
	fputs("]}", out);
	table_free(&p->lines);
	free(p);
	return err;
}
