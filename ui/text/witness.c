/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * witness.c - overlaps in print.
 */

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "ui/text/matrix.h"
#include "ui/text/text.h"

#define LABEL	13	/* columns in front of what explore prints */

/* What may be said of two operations, and how. */
struct said {
	unsigned meetings;	/* bits of enum meeting */
	const char *text;
	const char *json;
};

static const struct said all_said[] = {
	{ 1u << MEETING_NEVER, "never at the same time", "never_at_the_same_time" },
	{ 1u << MEETING_BESIDE, "at the same time, but it never matters which of the two moves "
	  "first", "never_mattered" },
	{ 1u << MEETING_LOCK, "it matters only where one waits for the other's lock",
	  "at_locks_only" },
};

static const struct said unmet = { 1u << MEETING_NEVER | 1u << MEETING_BESIDE, "", "" };

static bool is_device(const struct program *p)
{
	return !scenario_verb_of(&p->item[0]);
}

/* Operations of b, as bits, of which it is said with one of a's.  What never began is no pair. */
static unsigned so_with(const struct scenario *s, const struct meetings *m, unsigned a,
			unsigned i, unsigned b, const struct said *said)
{
	unsigned bits = 0;

	for (unsigned j = 0; j < s->program[b].items; j++) {
		bool both = (m->begun[a] >> i & 1) && (m->begun[b] >> j & 1);

		if (!(said->meetings >> m->of[a][i][b][j] & 1))
			continue;
		/* the device that has nothing to do is no task that anybody wrote */
		if (!both && (said->meetings != unmet.meetings || is_device(&s->program[a]) ||
			      is_device(&s->program[b])))
			continue;
		bits |= 1u << j;
	}
	return bits;
}

/* "T0 (read page 0, write page 0)" */
static void print_task(FILE *out, const struct program *p, unsigned items)
{
	char text[ITEM_TEXT_MAX];
	unsigned n = 0;

	fprintf(out, "%s (", p->name);
	for (unsigned i = 0; i < p->items; i++)
		if (items >> i & 1)
			fprintf(out, "%s%s", n++ ? ", " : "", item_text(&p->item[i], text));
	fputc(')', out);
}

/* Operations of a task that are alike with another task: a group each. */
static unsigned next_group(const struct scenario *s, const struct meetings *m, unsigned a,
			   unsigned b, const struct said *said, unsigned *done, unsigned *with)
{
	unsigned group = 0;

	*with = 0;
	for (unsigned i = 0; i < s->program[a].items; i++) {
		unsigned bits = *done >> i & 1 ? 0 : so_with(s, m, a, i, b, said);

		if (!bits || (*with && bits != *with))
			continue;
		*with = bits;
		group |= 1u << i;
	}
	*done |= group;
	return group;
}

/* All pairs of which that is said; how many groups. */
static unsigned print_pairs(FILE *out, const struct scenario *s, const struct meetings *m,
			    const struct said *said)
{
	unsigned n = 0;

	for (unsigned a = 0; a < s->tasks; a++)
		for (unsigned b = a + 1; b < s->tasks; b++) {
			unsigned done = 0, with, group;

			while ((group = next_group(s, m, a, b, said, &done, &with))) {
				fputs(n++ ? "; " : "", out);
				print_task(out, &s->program[a], group);
				fputs(" and ", out);
				print_task(out, &s->program[b], with);
			}
		}
	return n;
}

static char *pairs_text(const struct scenario *s, const struct meetings *m,
			const struct said *said)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (!out)
		return NULL;
	print_pairs(out, s, m, said);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

char *unmet_text(const struct scenario *s, const struct exploration *x)
{
	return pairs_text(s, x->meetings, &unmet);
}

/* One line of what is told of overlaps. */
static void print_line(FILE *out, unsigned *lines, const char *what, const char *list)
{
	char *text = malloc(strlen(what) + strlen(list) + 4);

	if (!text)
		return;
	sprintf(text, "%s%s%s", what, *what && *list ? ": " : "", list);
	fprintf(out, "%-*s", LABEL, (*lines)++ ? "" : "overlaps");
	print_wrapped(out, PRINT_WIDTH - LABEL, LABEL + 2, text);
	free(text);
}

/* Does an operation of a task never begin?  Known only where it has a pair that never met. */
static bool never_begins(const struct scenario *s, const struct meetings *m, unsigned task,
			 unsigned item)
{
	if (m->begun[task] >> item & 1 || is_device(&s->program[task]))
		return false;
	for (unsigned other = 0; other < s->tasks; other++) {
		const unsigned a = task < other ? task : other, b = task < other ? other : task;

		for (unsigned j = 0; other != task && j < s->program[other].items; j++)
			if (m->of[a][a == task ? item : j][b][b == task ? item : j] ==
			    MEETING_NEVER)
				return true;
	}
	return false;
}

static void print_never_begun(FILE *out, unsigned *lines, const struct scenario *s,
			      const struct meetings *m)
{
	for (unsigned task = 0; task < s->tasks; task++)
		for (unsigned i = 0; i < s->program[task].items; i++) {
			char list[ITEM_TEXT_MAX + 32], text[ITEM_TEXT_MAX];

			if (!never_begins(s, m, task, i))
				continue;
			snprintf(list, sizeof(list), "%s (%s)", s->program[task].name,
				 item_text(&s->program[task].item[i], text));
			print_line(out, lines, "never begun", list);
		}
}

/* A demand of the file that no run has come by, or is not known to have. */
static const char *unreached_demand(const struct scenario *s, const struct exploration *x,
				    unsigned i)
{
	return (x->demanded & ~x->overlapped) >> i & 1 ? s->reach[i] : NULL;
}

void print_overlaps(FILE *out, const struct scenario *s, const struct exploration *x)
{
	unsigned lines = 0;

	for (unsigned i = 0; i < s->reaches; i++)
		if (unreached_demand(s, x, i))
			print_line(out, &lines, x->overlap_bound ?
				   "demanded, and not reached within the bounds" :
				   "demanded, and never reached", s->reach[i]);
	if (x->meeting_bound) {
		char *list = unmet_text(s, x);

		if (list && *list)
			print_line(out, &lines, "not reached within the bounds", list);
		free(list);
		return;
	}
	for (size_t i = 0; i < sizeof(all_said) / sizeof(all_said[0]); i++) {
		char *list = pairs_text(s, x->meetings, &all_said[i]);

		if (list && *list)
			print_line(out, &lines, all_said[i].text, list);
		free(list);
	}
	print_never_begun(out, &lines, s, x->meetings);
}

/* ---- JSON ---- */

static cJSON *task_json(const struct program *p, unsigned item)
{
	cJSON *o = cJSON_CreateObject();
	char text[ITEM_TEXT_MAX];

	cJSON_AddStringToObject(o, "task", p->name);
	cJSON_AddStringToObject(o, "operation", item_text(&p->item[item], text));
	return o;
}

static void add_pairs(cJSON *array, const struct scenario *s, const struct meetings *m,
		      const struct said *said, const char *how)
{
	for (unsigned a = 0; a < s->tasks; a++)
		for (unsigned i = 0; i < s->program[a].items; i++)
			for (unsigned b = a + 1; b < s->tasks; b++)
				for (unsigned j = 0; j < s->program[b].items; j++) {
					cJSON *pair;

					if (!(so_with(s, m, a, i, b, said) >> j & 1))
						continue;
					cJSON_AddItemToArray(array, pair = cJSON_CreateObject());
					cJSON_AddItemToObject(pair, "one",
							      task_json(&s->program[a], i));
					cJSON_AddItemToObject(pair, "other",
							      task_json(&s->program[b], j));
					if (how)
						cJSON_AddStringToObject(pair, "how", how);
				}
}

void overlaps_json(cJSON *o, const struct scenario *s, const struct exploration *x)
{
	cJSON *array = cJSON_AddArrayToObject(o, "overlaps_never_reached");
	const struct meetings *m = x->meetings;

	add_pairs(array, s, m, &all_said[MEETING_NEVER], all_said[MEETING_NEVER].json);
	add_pairs(array, s, m, &all_said[MEETING_BESIDE], all_said[MEETING_BESIDE].json);
	array = cJSON_AddArrayToObject(o, "overlaps_at_locks_only");
	add_pairs(array, s, m, &all_said[MEETING_LOCK], NULL);
	array = cJSON_AddArrayToObject(o, "never_begun");
	for (unsigned task = 0; task < s->tasks; task++)
		for (unsigned i = 0; i < s->program[task].items; i++)
			if (never_begins(s, m, task, i))
				cJSON_AddItemToArray(array, task_json(&s->program[task], i));
	array = cJSON_AddArrayToObject(o, "overlaps_demanded_not_reached");
	for (unsigned i = 0; i < s->reaches; i++)
		if (unreached_demand(s, x, i))
			cJSON_AddItemToArray(array, cJSON_CreateString(s->reach[i]));
	cJSON_AddItemToObject(o, "overlaps_bound", x->meeting_bound ?
			      cJSON_CreateString(x->meeting_bound) : cJSON_CreateNull());
	cJSON_AddItemToObject(o, "demanded_bound", x->overlap_bound ?
			      cJSON_CreateString(x->overlap_bound) : cJSON_CreateNull());
}

/* ---- of a matrix ---- */

static const struct {
	char mark;
	const char *text;
	const char *json;
} pair_said[] = {
	[PAIR_NONE] = { '.', "in no scenario together", "not_together" },
	[PAIR_NEVER] = { '-', "never at the same time", "never_at_the_same_time" },
	[PAIR_BESIDE] = { '=', "at the same time, but it never matters which moves first",
			  "never_mattered" },
	[PAIR_LOCK] = { 'o', "in each other's way at locks only", "at_locks_only" },
	[PAIR_MET] = { 'x', NULL, NULL },
};

static unsigned count_pairs(const struct matrix *m, enum pair_met met, unsigned *of)
{
	const size_t verbs = pair_verbs();
	unsigned n = 0;

	*of = 0;
	for (size_t a = 0; a < verbs; a++)
		for (size_t b = a; b < verbs; b++) {
			n += m->met[a][b] == met;
			++*of;
		}
	return n;
}

/* Lower half of a table, a letter a pair. */
static void print_pairs_table(FILE *out, const struct matrix *m, bool markdown)
{
	const size_t verbs = pair_verbs();
	const char *indent = markdown ? "    " : "  ";

	fprintf(out, "\n%sx in each other's way, o at locks only, = it never matters which moves "
		"first,\n%s- never at the same time, . in no scenario together\n\n", indent,
		indent);
	for (size_t a = 0; a < verbs; a++) {
		fprintf(out, "%s%-11s", indent, pair_verb_name(a));
		for (size_t b = 0; b <= a; b++)
			fprintf(out, " %c", pair_said[m->met[a][b]].mark);
		fprintf(out, " %s\n", pair_verb_name(a));
	}
}

void print_pairs_met(const struct matrix_report *r, bool markdown, FILE *out)
{
	const struct matrix *m = r->m;
	char *text = NULL;
	unsigned of = 0;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return;
	for (unsigned met = PAIR_NONE; met < PAIR_MET; met++) {
		unsigned n = count_pairs(m, met, &of);

		if (met == PAIR_NONE)
			fprintf(f, "of %u pairs of operations", of);
		fprintf(f, "%s%s: %u", met ? "; " : ", ", pair_said[met].text, n);
	}
	if (m->met_bounded)
		fputs("; as far as was searched", f);
	if (!r->unreached)
		fputs(" (--unreached)", f);
	if (fclose(f)) {
		free(text);
		return;
	}
	print_wrapped(out, markdown ? 100000 : r->width, 0, text);
	free(text);
	if (r->unreached)
		print_pairs_table(out, m, markdown);
}

cJSON *pairs_met_json(const struct matrix *m)
{
	cJSON *o = cJSON_CreateObject();
	const size_t verbs = pair_verbs();

	for (unsigned met = PAIR_NONE; met < PAIR_MET; met++) {
		cJSON *array = cJSON_AddArrayToObject(o, pair_said[met].json);

		for (size_t a = 0; a < verbs; a++)
			for (size_t b = a; b < verbs; b++) {
				const char *pair[] = { pair_verb_name(a), pair_verb_name(b) };

				if (m->met[a][b] == met)
					cJSON_AddItemToArray(array,
							     cJSON_CreateStringArray(pair, 2));
			}
	}
	return o;
}
