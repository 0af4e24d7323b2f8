/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dot.c - a run as a graph for graphviz: a cluster a task, its steps in order, and between tasks
 * what they have to do with each other: a lock that one gives back and the other takes next, an
 * object that one changes after the other did, and how a finding has come about.
 *
 * Dotted edges are switches from one task to another; with them the picture is in order of time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "replay/cause/cause.h"
#include "replay/figure/held.h"
#include "traces/read/lens.h"
#include "traces/read/rows.h"
#include "ui/export/graphic.h"

#define COLUMNS		36	/* of a step's text */
#define CAUSES		12	/* of a finding */
#define LOOK_BACK	1000000ull	/* transitions that a cause is looked for in */

struct graph {
	struct export *e;
	FILE *out;
	unsigned side;
	const struct figure_run *r;
	struct trace *t;
	struct access {			/* who did something to an object last */
		struct trace_object object;
		size_t row;
	} *access;
	size_t n, cap;
};

/* ---- texts ---- */

static void put_string(FILE *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '"' || text[i] == '\\')
			fputc('\\', out);
		fputc(text[i], out);
	}
}

static void put_lines(FILE *out, const char *text, int columns)
{
	for (;;) {
		const char *at = text;
		size_t n = graphic_line(&text, columns);

		if (!n)
			return;
		put_string(out, at, n);
		fputs("\\l", out);
	}
}

static void put_name(const struct graph *g, size_t row)
{
	fprintf(g->out, "s%u_%llu", g->side, (unsigned long long)g->r->row[row].at);
}

static void put_edge(const struct graph *g, size_t from, size_t to, const char *label,
		     const char *tooltip, const char *attributes)
{
	fputc('\t', g->out);
	put_name(g, from);
	fputs(" -> ", g->out);
	put_name(g, to);
	fputs(" [", g->out);
	if (*label) {
		fputs("label=\"", g->out);
		put_string(g->out, label, strlen(label));
		fputs("\" ", g->out);
	}
	if (*tooltip) {
		fputs("tooltip=\"", g->out);
		put_string(g->out, tooltip, strlen(tooltip));
		fputs("\" ", g->out);
	}
	fprintf(g->out, "%s];\n", attributes);
}

/* ---- steps ---- */

static void put_step(const struct graph *g, size_t i)
{
	const struct figure_row *row = &g->r->row[i];
	const struct figure *f = g->e->figure;
	bool parts = f->runs > 1 && !f->same && row->at == f->parted[g->side] + 1;
	char text[700], note[GRAPHIC_NOTE_MAX];

	fputs("\t\t\t", g->out);
	put_name(g, i);
	fputs(" [label=\"", g->out);
	snprintf(text, sizeof(text), "%llu %.80s()", (unsigned long long)row->at, row->op);
	put_lines(g->out, text, COLUMNS);
	snprintf(text, sizeof(text), "%.400s%s%.200s", row->text, *row->result ? " = " : "",
		 row->result);
	put_lines(g->out, text, COLUMNS);
	if (row->finding)
		put_lines(g->out, row->finding, COLUMNS);
	if (row->byte_error >= 0)
		fprintf(g->out, "byte %d of the page is wrong\\l", row->byte_error);
	for (size_t k = 0; k < g->r->notes; k++)
		if (g->r->note[k].at == row->at)
			put_lines(g->out, graphic_note(&g->r->note[k], note), COLUMNS);
	fprintf(g->out, "\" group=\"%u.%u\"%s];\n", g->side, row->task,
		row->finding && !row->cost ? " style=\"filled,bold\" fillcolor=\"#fbe3e1\" "
		"color=\"#b3261e\" fontcolor=\"#b3261e\"" :
		row->cost ? " style=filled fillcolor=\"#dbe8f6\"" :
		parts ? " style=bold color=\"#8a5a00\" fontcolor=\"#8a5a00\"" : "");
}

/* The steps of each task in a cluster of its own, those behind each other with an edge. */
static void put_tasks(const struct graph *g)
{
	for (unsigned task = 0; task < g->r->tasks; task++) {
		size_t last = SIZE_MAX;

		for (size_t i = 0; i < g->r->rows; i++) {
			if (g->r->row[i].task != task)
				continue;
			if (last == SIZE_MAX) {
				fprintf(g->out, "\t\tsubgraph cluster_%u_%u {\n\t\t\tlabel=\"",
					g->side, task);
				put_string(g->out, g->r->task[task], strlen(g->r->task[task]));
				fputs("\" style=rounded color=\"#24415f\" "
				      "fontcolor=\"#24415f\";\n", g->out);
			}
			put_step(g, i);
			last = i;
		}
		if (last != SIZE_MAX)
			fputs("\t\t}\n", g->out);
	}
}

static void put_order(const struct graph *g)
{
	size_t last[2] = { SIZE_MAX };

	for (unsigned task = 0; task < g->r->tasks; task++) {
		last[0] = SIZE_MAX;
		for (size_t i = 0; i < g->r->rows; i++) {
			if (g->r->row[i].task != task)
				continue;
			if (last[0] != SIZE_MAX)
				put_edge(g, last[0], i, "", "", "weight=20");
			last[0] = i;
		}
	}
	for (size_t i = 1; i < g->r->rows; i++) {
		const struct figure_row *a = &g->r->row[i - 1], *b = &g->r->row[i];
		char label[40] = "";

		if (b->at != a->at + 1)
			snprintf(label, sizeof(label), "%llu left out",
				 (unsigned long long)(b->at - a->at - 1));
		if (a->task != b->task || *label)
			put_edge(g, i - 1, i, label, "then", "style=dotted color=\"#6b6b6b\" "
				 "arrowhead=open");
	}
}

/* ---- locks ---- */

/* The row of a transition that is drawn, or SIZE_MAX. */
static size_t drawn(const struct graph *g, uint64_t at)
{
	return graphic_drawn(g->r, at) ? figure_row_from(g->r, at) : SIZE_MAX;
}

/* From whoever gives a lock back to whoever of the others takes it next. */
static void put_locks(const struct graph *g)
{
	for (size_t i = 0; i < g->r->holds; i++) {
		const struct figure_hold *a = &g->r->hold[i], *b = NULL;
		size_t from = drawn(g, a->to), to;

		for (size_t k = i + 1; k < g->r->holds && !b; k++)
			if (!strcmp(g->r->hold[k].what, a->what) && g->r->hold[k].from >= a->to)
				b = &g->r->hold[k];
		to = b ? drawn(g, b->from) : SIZE_MAX;
		if (from != SIZE_MAX && to != SIZE_MAX && from != to && a->task != b->task)
			put_edge(g, from, to, a->what, "given back, and taken next",
				 "color=\"#004e92\" fontcolor=\"#004e92\" constraint=false");
	}
}

/* ---- objects ---- */

static struct access *access_of(struct graph *g, struct trace_object o)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->access[i].object.kind == o.kind && g->access[i].object.number == o.number)
			return &g->access[i];
	if (g->n == g->cap) {
		size_t cap = 2 * g->cap + 32;
		struct access *more = realloc(g->access, cap * sizeof(*more));

		if (!more)
			return NULL;
		g->access = more;
		g->cap = cap;
	}
	g->access[g->n] = (struct access){ o, SIZE_MAX };
	return &g->access[g->n++];
}

/* Which object a field is of, where it is no lock, which have edges of their own. */
static struct trace_object touched(struct graph *g, uint32_t id)
{
	const struct trace_field *f = trace_field_at(g->t, id);
	struct trace_object o = trace_object_of(g->t, id), none = { 0 };

	if (!f || o.kind < OBJ_PAGE || o.kind > OBJ_ENTRY || !strncmp(f->name, "holder", 6) ||
	    held_field(f->kind, f->name) < HELD_KINDS)
		return none;
	return o;
}

/* A transition: each object that somebody else had to do with last. */
static int take_row(void *arg, uint64_t at, const struct row_event *ev, const struct row_change *c)
{
	struct graph *g = arg;
	size_t row = drawn(g, at), from[8];
	char label[8][100];
	unsigned edges = 0;

	for (uint32_t i = 0; i < ev->changes && row != SIZE_MAX; i++) {
		struct trace_object o = touched(g, c[i].field);
		struct access *a = o.kind ? access_of(g, o) : NULL;
		unsigned k = 0;

		if (o.kind && !a)
			return -ENOMEM;
		if (!a || a->row == row)
			continue;
		if (a->row != SIZE_MAX && g->r->row[a->row].task != g->r->row[row].task) {
			while (k < edges && from[k] != a->row)
				k++;
			if (k == edges && edges < 8) {
				from[edges] = a->row;
				*label[edges++] = '\0';
			}
			if (k < edges)
				snprintf(label[k] + strlen(label[k]), 100 - strlen(label[k]),
					 "%s%s %u", *label[k] ? ", " : "",
					 object_kind_name(o.kind), o.number);
		}
		a->row = row;
	}
	for (unsigned k = 0; k < edges; k++)
		put_edge(g, from[k], row, label[k], "changed after it",
			 "color=\"#6a3d9a\" fontcolor=\"#6a3d9a\" constraint=false");
	return 0;
}

/* ---- findings ---- */

/* From what made it so to what is wrong, as far back as it goes. */
static int put_causes(const struct graph *g)
{
	for (size_t i = 0; i < g->r->rows; i++) {
		struct trace_object o = { 0 };
		size_t to = i;
		uint64_t at = g->r->row[i].at;

		if (g->r->row[i].finding)
			o = object_in_text(g->r->row[i].finding);
		for (unsigned k = 0; k < CAUSES && trace_has_object(g->t, o); k++) {
			struct cause c;
			int found = cause_of(g->t, at, o, LOOK_BACK, &c);
			size_t from = found > 0 ? drawn(g, c.at) : SIZE_MAX;
			char label[40];

			if (found < 0)
				return found;
			if (!found)
				break;
			snprintf(label, sizeof(label), "%s %u", object_kind_name(o.kind), o.number);
			if (from != SIZE_MAX && from != to) {
				put_edge(g, from, to, label, c.text, "color=\"#b3261e\" "
					 "fontcolor=\"#b3261e\" penwidth=2 constraint=false");
				to = from;
			}
			if (c.at == at && c.object.kind == o.kind && c.object.number == o.number)
				break;
			at = c.at;
			o = c.object;
		}
	}
	return 0;
}

/* ---- the whole ---- */

static int put_run(struct graph *g)
{
	char note[GRAPHIC_NOTE_MAX];
	int err;

	fprintf(g->out, "\tsubgraph cluster_%u {\n\t\tlabel=\"", g->side);
	put_string(g->out, g->r->kernel, strlen(g->r->kernel));
	fputs("\\l", g->out);
	put_lines(g->out, g->r->verdict, 80);
	if (g->r->loop_text)
		put_lines(g->out, g->r->loop_text, 80);
	for (size_t i = 0; i < g->r->notes; i++)
		if (!graphic_drawn(g->r, g->r->note[i].at))
			put_lines(g->out, graphic_note(&g->r->note[i], note), 80);
	fputs("\" labeljust=l color=\"#b8b8b8\";\n", g->out);
	put_tasks(g);
	fputs("\t}\n", g->out);
	put_order(g);
	put_locks(g);
	err = g->r->rows ? trace_scan(g->t, g->r->first, g->r->last, take_row, g) : 0;
	if (!err)
		err = put_causes(g);
	return err;
}

static int write_dot(struct export *e, FILE *out)
{
	const struct figure *f = e->figure;
	int err = graphic_fits(e, "dot", GRAPHIC_DOT_MAX);

	if (err)
		return err;
	fputs("digraph run {\n\tgraph [rankdir=TB newrank=true ranksep=0.2 nodesep=0.3 "
	      "labelloc=t labeljust=l fontname=\"monospace\" fontsize=11 label=\"", out);
	put_lines(out, *f->run[0].title ? f->run[0].title : f->run[0].scenario, 100);
	if (f->runs > 1 && !f->same)
		put_lines(out, f->why, 100);
	for (unsigned side = 0; side < f->runs; side++)
		put_lines(out, f->run[side].command, 100);
	fputs("\"];\n\tnode [shape=box fontname=\"monospace\" fontsize=10 height=0.2 "
	      "margin=\"0.08,0.04\"];\n\tedge [fontname=\"monospace\" fontsize=9 "
	      "arrowsize=0.7];\n", out);
	for (unsigned side = 0; side < f->runs && !err; side++) {
		struct graph g = { .e = e, .out = out, .side = side, .r = &f->run[side],
				   .t = e->run[side] };

		err = put_run(&g);
		free(g.access);
	}
	fputs("}\n", out);
	return err;
}

const struct export_format export_dot = {
	.name = "dot",
	.extension = ".dot",
	.brief = "a graph for graphviz: who did what to which object before whom",
	.write = write_dot,
};
