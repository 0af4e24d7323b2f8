/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.c - which rules a scenario needs, in print.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/text/matrix.h"
#include "ui/text/text.h"
#include "ui/why/table.h"

const char *properties_text(uint32_t bits, char *buf)
{
	size_t n = 0;

	*buf = '\0';
	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (bits >> p & 1)
			n += (size_t)snprintf(buf + n, WHY_TEXT_MAX - n, "%s%s", n ? " " : "",
					      properties[p].name);
	return buf;
}

static void idle_text(const struct why_row *r, char *buf, size_t size)
{
	switch (r->idle) {
	case IDLE_MOOT:
		snprintf(buf, size, "not exercised: %s", r->moot);
		break;
	case IDLE_SAME:
		snprintf(buf, size, "not exercised: no state knows of it");
		break;
	case IDLE_ONE_ANSWER:
		snprintf(buf, size, "not exercised: '%.80s' is always '%.60s'",
			 step_at((size_t)r->step)->text, r->answer->text);
		break;
	}
}

const char *why_text(const struct why_row *r, char *buf)
{
	char a[WHY_TEXT_MAX], b[WHY_TEXT_MAX];

	switch (r->says) {
	case WHY_NEEDED:
		snprintf(buf, WHY_TEXT_MAX, "needed for %.200s", properties_text(r->breaks, a));
		break;
	case WHY_HARMFUL:
		snprintf(buf, WHY_TEXT_MAX, "absent, and would break %.200s",
			 properties_text(r->breaks, a));
		break;
	case WHY_MISSED:
		snprintf(buf, WHY_TEXT_MAX, "%s would be needed for %.100s, and is %s%.100s",
			 r->instead, properties_text(r->mends, a),
			 r->left | r->breaks ? "not enough: " : "enough",
			 properties_text(r->left | r->breaks, b));
		break;
	case WHY_REDUNDANT:
		snprintf(buf, WHY_TEXT_MAX, r->left ? "makes no difference" : "redundant");
		break;
	case WHY_NOT_MISSED:
		snprintf(buf, WHY_TEXT_MAX, r->left ? "absent, and makes no difference" :
			 "absent and not missed");
		break;
	case WHY_NOT_EXERCISED:
		idle_text(r, buf, WHY_TEXT_MAX);
		break;
	case WHY_UNKNOWN:
		if (r->hidden)
			snprintf(buf, WHY_TEXT_MAX, "not known: with it %.150s, and runs end there",
				 properties_text(r->left, a));
		else
			snprintf(buf, WHY_TEXT_MAX, "not known within the bound");
		break;
	default:
		snprintf(buf, WHY_TEXT_MAX, "not explored");
	}
	return buf;
}

/* ---- what changes, where nothing breaks ---- */

static const struct mcell *cell_of(const struct why *w, size_t row)
{
	return matrix_cell(&w->m, row, 0);
}

/* "SLEPT gone; NOMEM new; 3 steps and results less, 1 more" */
static void changes_text(const struct why_row *r, char *buf, size_t size)
{
	char text[WHY_TEXT_MAX];
	size_t n = 0;

	*buf = '\0';
	if (r->says == WHY_NOT_EXERCISED || r->says == WHY_WAITS)
		return;
	if (r->costs_gone)
		n += (size_t)snprintf(buf + n, size - n, "%.60s gone",
				      properties_text(r->costs_gone, text));
	if (r->costs_new)
		n += (size_t)snprintf(buf + n, size - n, "%s%.60s new", n ? ", " : "",
				      properties_text(r->costs_new, text));
	if (r->steps_gone)
		n += (size_t)snprintf(buf + n, size - n, "%s-%u", n ? ", " : "", r->steps_gone);
	if (r->steps_new)
		n += (size_t)snprintf(buf + n, size - n, "%s+%u", n ? ", " : "", r->steps_new);
}

static const char *cost_change(uint64_t is, uint64_t with)
{
	return is == with ? "as often" : !is ? "new" : !with ? "gone" : is < with ? "more" : "less";
}

static void print_change(FILE *out, const char *sign, size_t step, const struct result *r,
			 uint64_t count)
{
	const struct step *s = step_at(step);
	char n[32];

	fprintf(out, "      %s %s: %s", sign, step_op_name(s), s->text);
	if (r)
		fprintf(out, " = %s", r->text);
	if (count)
		fprintf(out, " (%s transitions)", grouped(count, n));
	fputc('\n', out);
}

/* Steps and results that `a` has and `b` has not. */
static void print_only(FILE *out, const char *sign, const struct cell_witness *a,
		       const struct cell_witness *b)
{
	size_t results = result_count();

	for (size_t i = 0; i < step_count(); i++) {
		if (step_at(i)->kind == KIND_CALL)
			continue;
		if (a->made[i] && !b->made[i])
			print_change(out, sign, i, NULL, a->count ? a->count[i] : 0);
		for (size_t j = 0; a->made[i] && b->made[i] && j < results; j++)
			if (a->had[i * results + j] && !b->had[i * results + j])
				print_change(out, sign, i, result_at(j), 0);
	}
}

static void print_details(const struct why *w, size_t row, FILE *out)
{
	const struct cell_witness *is = cell_of(w, 0)->witness, *with = cell_of(w, row)->witness;
	char a[32], b[32];

	if (!is || !with)
		return;
	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (properties[p].kind == COST && (is->cost_count[p] || with->cost_count[p]))
			fprintf(out, "      %s %s: in %s of the transitions, then %s\n",
				properties[p].name, cost_change(is->cost_count[p],
								with->cost_count[p]),
				grouped(is->cost_count[p], a), grouped(with->cost_count[p], b));
	print_only(out, "-", is, with);
	print_only(out, "+", with, is);
}

/* ---- text ---- */

#define BREAKS	26	/* columns of the properties that a flip breaks */

static const struct group {
	enum why_says says;
	const char *title;
	const char *broken;	/* where the kernel as it is violates something, or NULL */
} groups[] = {
	{ WHY_MISSED, "would be needed: with it less is violated", NULL },
	{ WHY_NEEDED, "needed: without it something breaks",
	  "needed: without it something else breaks" },
	{ WHY_REDUNDANT, "redundant: put to the test, and nothing breaks without it",
	  "in force, and makes no difference to what is violated" },
	{ WHY_NOT_MISSED, "absent and not missed",
	  "absent, and would make no difference to what is violated" },
	{ WHY_HARMFUL, "absent, and it would break something",
	  "absent, and it would break something else" },
	{ WHY_UNKNOWN, "not known within the bound",
	  "not known: something is violated at which runs end, or the bound was hit" },
	{ WHY_WAITS, "not explored", NULL },
};
#define GROUPS (sizeof(groups) / sizeof(groups[0]))

static void print_base(const struct why *w, FILE *out)
{
	const struct mcell *c = cell_of(w, 0);
	const struct scenario *s = c->scenario[0];
	char name[SHOWN_MAX], a[32], b[COUNTED_MAX], text[WHY_TEXT_MAX];

	fprintf(out, "%s: %s\n", shown(s->name, name), s->title);
	fprintf(out, "kernel       %s\n", c->kernel_name);
	fprintf(out, "world        %s, %s", device_name(s->hw.device),
		counted(s->hw.slots, "slot", b));
	fprintf(out, ", %s, zswap pool of %u; within these bounds all that follows holds\n",
		counted(s->hw.pages, "page", b), s->hw.entries);
	if (c->state != CELL_DONE) {
		fputs("as it is     not explored\n", out);
		return;
	}
	fprintf(out, "as it is     %s", c->verdict == VERDICT_SAFE ? "safe" :
		c->verdict == VERDICT_VIOLATED ? "violated: " :
		"bounded: nothing within the bound");
	if (c->verdict == VERDICT_VIOLATED)
		fputs(properties_text(c->violated, text), out);
	fprintf(out, ", %s states, %s\n", grouped(c->states, a),
		counted(c->transitions, "transition", b));
}

static void print_row(const struct why_report *rep, const struct why *w, size_t i, bool pair,
		      FILE *out)
{
	const struct why_row *r = &w->row[i];
	const struct mcell *c = cell_of(w, i);
	bool mends = r->says == WHY_MISSED;
	char which[WHY_TEXT_MAX], n[32], changes[200], length[32] = "-", left[WHY_TEXT_MAX];

	if (r->length)
		snprintf(length, sizeof(length), "%zu", r->length);
	changes_text(r, changes, sizeof(changes));
	fprintf(out, "  %-*s %-*s %-*s %8s %11s", pair ? 30 : 22, r->name, pair ? 26 : 13,
		r->instead, BREAKS, properties_text(mends ? r->mends : r->breaks, which), length,
		c->state == CELL_DONE ? grouped(c->states, n) : "-");
	if (r->hidden && r->says == WHY_UNKNOWN)
		fprintf(out, "  with it: %s", properties_text(r->left, left));
	if (mends)
		fprintf(out, "  %s%s", r->left | r->breaks ? "is not enough: " : "is enough",
			properties_text(r->left | r->breaks, left));
	fprintf(out, "%s%s\n", !*changes ? "" : mends || r->hidden ? "; " : "  ", changes);
	if (rep->details)
		print_details(w, i, out);
}

static void print_heads(bool pair, FILE *out)
{
	int name = pair ? 30 : 22, instead = pair ? 26 : 13;

	fprintf(out, "\n  %-*s %-*s %-*s %8s %11s  %s\n", name, "rule", instead, "instead", BREAKS,
		"violated then", "shortest", "states", "costs, steps, results");
}

/* Those of one kind of what was not exercised: "a: b, c; d: e". */
static void print_idle(const struct why_report *rep, enum why_idle idle, const char *title,
		       FILE *out)
{
	const struct why *w = rep->w;
	size_t n = 0, size = w->m.rows * 260 + 200;
	char *text = malloc(size);
	const char *last = "";

	if (!text)
		return;
	for (size_t i = 1; i < w->m.rows; i++) {
		const struct why_row *r = &w->row[i];

		if (r->says != WHY_NOT_EXERCISED || r->idle != idle)
			continue;
		if (!n)
			n += (size_t)snprintf(text, size, "  %s: ", title);
		else
			n += (size_t)snprintf(text + n, size - n, "%s",
					      strcmp(last, r->name) ? "; " : ", ");
		if (strcmp(last, r->name))
			n += (size_t)snprintf(text + n, size - n, "%s -> ", r->name);
		n += (size_t)snprintf(text + n, size - n, "%s", r->instead);
		if (idle == IDLE_MOOT)
			n += (size_t)snprintf(text + n, size - n, " (%s)", r->moot);
		if (idle == IDLE_ONE_ANSWER)
			n += (size_t)snprintf(text + n, size - n, " ('%.70s' = '%.50s')",
					      step_at((size_t)r->step)->text, r->answer->text);
		last = r->name;
	}
	if (n)
		print_wrapped(out, rep->width, 4, text);
	free(text);
}

static size_t count_says(const struct why *w, enum why_says says)
{
	size_t n = 0;

	for (size_t i = 1; i < w->m.rows; i++)
		n += w->row[i].says == says;
	return n;
}

static void print_group(const struct why_report *rep, const struct why *w, bool pair,
			const struct group *g, FILE *out)
{
	if (!count_says(w, g->says))
		return;
	fprintf(out, "%s\n", g->broken && cell_of(w, 0)->violated ? g->broken : g->title);
	for (size_t i = 1; i < w->m.rows; i++)
		if (w->row[i].says == g->says)
			print_row(rep, w, i, pair, out);
}

static void print_pairs(const struct why_report *rep, FILE *out)
{
	static const struct group broken[] = {
		{ WHY_NEEDED, "needed together: each can go, but not both", NULL },
		{ WHY_HARMFUL, "absent both: together they would break something", NULL },
		{ WHY_UNKNOWN, "not known within the bound", NULL },
		{ WHY_WAITS, "not explored", NULL },
	};
	const struct why *w = rep->pairs;
	char a[32];
	size_t bad = count_says(w, WHY_NEEDED) + count_says(w, WHY_HARMFUL);

	fprintf(out, "\n%s pairs of flips that alone break nothing: %zu break something\n",
		grouped(w->m.rows - 1, a), bad);
	if (bad)
		print_heads(true, out);
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		print_group(rep, w, true, &broken[i], out);
}

void why_print(const struct why_report *r, FILE *out)
{
	print_base(r->w, out);
	print_heads(false, out);
	for (size_t i = 0; i < GROUPS; i++)
		print_group(r, r->w, false, &groups[i], out);
	if (count_says(r->w, WHY_NOT_EXERCISED))
		fputs("not exercised: this scenario cannot say\n", out);
	print_idle(r, IDLE_ONE_ANSWER, "a test that always has one answer", out);
	print_idle(r, IDLE_SAME, "no state knows of it", out);
	print_idle(r, IDLE_MOOT, "without effect in this kernel", out);
	if (r->pairs)
		print_pairs(r, out);
}

/* ---- Markdown ---- */

static void markdown_rows(const struct why *w, bool all, FILE *out)
{
	char text[WHY_TEXT_MAX], changes[200], n[32];

	fputs("\n| rule | instead | verdict | shortest | states | costs, steps and results |\n"
	      "| --- | --- | --- | --- | --- | --- |\n", out);
	for (size_t i = 1; i < w->m.rows; i++) {
		const struct why_row *r = &w->row[i];

		if (!all && r->says != WHY_NEEDED && r->says != WHY_HARMFUL &&
		    r->says != WHY_UNKNOWN)
			continue;
		changes_text(r, changes, sizeof(changes));
		fprintf(out, "| `%s` | `%s` | %s | ", r->name, r->instead, why_text(r, text));
		if (r->length)
			fprintf(out, "%zu", r->length);
		fprintf(out, " | %s | %s |\n", grouped(cell_of(w, i)->states, n), changes);
	}
}

void why_print_markdown(const struct why_report *r, FILE *out)
{
	print_base(r->w, out);
	markdown_rows(r->w, true, out);
	if (!r->pairs)
		return;
	fputs("\nPairs that alone break nothing:\n", out);
	markdown_rows(r->pairs, false, out);
}

/* ---- JSON ---- */

static cJSON *names_json(uint32_t bits)
{
	cJSON *a = cJSON_CreateArray();

	for (unsigned p = 0; p < PROPERTY_COUNT; p++)
		if (bits >> p & 1)
			cJSON_AddItemToArray(a, cJSON_CreateString(properties[p].name));
	return a;
}

static void add_only(cJSON *o, const char *name, const struct cell_witness *a,
		     const struct cell_witness *b)
{
	cJSON *array = cJSON_AddArrayToObject(o, name);
	size_t results = result_count();
	char text[400];

	for (size_t i = 0; a && b && i < step_count(); i++) {
		const struct step *s = step_at(i);

		if (s->kind == KIND_CALL || !a->made[i])
			continue;
		snprintf(text, sizeof(text), "%s: %s", step_op_name(s), s->text);
		if (!b->made[i])
			cJSON_AddItemToArray(array, cJSON_CreateString(text));
		for (size_t j = 0; b->made[i] && j < results; j++) {
			if (!a->had[i * results + j] || b->had[i * results + j])
				continue;
			snprintf(text, sizeof(text), "%s: %s = %s", step_op_name(s), s->text,
				 result_at(j)->text);
			cJSON_AddItemToArray(array, cJSON_CreateString(text));
		}
	}
}

static void add_costs(cJSON *o, const struct cell_witness *is, const struct cell_witness *with)
{
	cJSON *array = cJSON_AddArrayToObject(o, "costs");

	for (unsigned p = 0; is && with && p < PROPERTY_COUNT; p++) {
		cJSON *c;

		if (properties[p].kind != COST || !(is->cost_count[p] || with->cost_count[p]))
			continue;
		c = cJSON_CreateObject();
		cJSON_AddStringToObject(c, "cost", properties[p].name);
		cJSON_AddNumberToObject(c, "transitions", (double)is->cost_count[p]);
		cJSON_AddNumberToObject(c, "transitions_then", (double)with->cost_count[p]);
		cJSON_AddItemToArray(array, c);
	}
}

static void cell_figures(cJSON *o, const struct why *w, const struct mcell *c)
{
	char command[4600], *text;

	cJSON_AddStringToObject(o, "result", c->state != CELL_DONE ? "not explored" :
				c->verdict == VERDICT_SAFE ? "safe" :
				c->verdict == VERDICT_VIOLATED ? "violated" : "bounded");
	cJSON_AddItemToObject(o, "violated", names_json(c->violated));
	cJSON_AddNumberToObject(o, "states", (double)c->states);
	cJSON_AddNumberToObject(o, "transitions", (double)c->transitions);
	cJSON_AddBoolToObject(o, "complete", c->complete);
	cJSON_AddItemToObject(o, "bound", c->bound ? cJSON_CreateString(c->bound) :
			      cJSON_CreateNull());
	text = c->verdict == VERDICT_VIOLATED ?
	       schedule_text(c->scenario[c->world], &c->schedule) : NULL;
	cJSON_AddItemToObject(o, "schedule", text ? cJSON_CreateString(text) : cJSON_CreateNull());
	free(text);
	cell_command(&w->m, c, NULL, command, sizeof(command));
	cJSON_AddStringToObject(o, "command", command);
}

static cJSON *rows_json(const struct why *w, bool all)
{
	cJSON *array = cJSON_CreateArray();
	char text[WHY_TEXT_MAX];

	for (size_t i = 1; i < w->m.rows; i++) {
		const struct why_row *r = &w->row[i];
		const struct mcell *c = cell_of(w, i);
		cJSON *o;

		if (!all && !r->breaks && r->says != WHY_UNKNOWN)
			continue;
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "rule", r->name);
		cJSON_AddStringToObject(o, "instead", r->instead);
		cJSON_AddBoolToObject(o, "in_force", !r->absent);
		cJSON_AddStringToObject(o, "verdict", why_name(r->says));
		cJSON_AddStringToObject(o, "text", why_text(r, text));
		cJSON_AddItemToObject(o, "breaks", names_json(r->breaks));
		cJSON_AddItemToObject(o, "mends", names_json(r->mends));
		cJSON_AddItemToObject(o, "stays", names_json(r->left));
		cJSON_AddItemToObject(o, "length", r->length ?
				      cJSON_CreateNumber((double)r->length) : cJSON_CreateNull());
		add_costs(o, cell_of(w, 0)->witness, c->witness);
		add_only(o, "comes_only_with_the_rule", cell_of(w, 0)->witness, c->witness);
		add_only(o, "comes_only_without", c->witness, cell_of(w, 0)->witness);
		cell_figures(o, w, c);
		cJSON_AddItemToArray(array, o);
	}
	return array;
}

int why_print_json(const struct why_report *r, FILE *out)
{
	const struct mcell *c = cell_of(r->w, 0);
	cJSON *o = cJSON_CreateObject(), *is;
	int err;

	cJSON_AddStringToObject(o, "scenario", c->scenario[0]->name);
	cJSON_AddStringToObject(o, "title", c->scenario[0]->title);
	cJSON_AddStringToObject(o, "kernel", c->kernel_name);
	is = cJSON_AddObjectToObject(o, "as_it_is");
	cell_figures(is, r->w, c);
	cJSON_AddItemToObject(o, "rules", rows_json(r->w, true));
	if (r->pairs) {
		cJSON_AddNumberToObject(o, "pairs_tried", (double)(r->pairs->m.rows - 1));
		cJSON_AddItemToObject(o, "pairs", rows_json(r->pairs, false));
	}
	err = json_print(out, o);
	cJSON_Delete(o);
	return err;
}

/* ---- every rule over many scenarios ---- */

static void everywhere_text(const struct why_everywhere *e, char *buf, size_t size)
{
	char text[WHY_TEXT_MAX];

	if (e->breaks)
		snprintf(buf, size, "%s %.100s", e->absent ? "would break" : "needed for",
			 properties_text(e->breaks, text));
	else if (e->moot)
		snprintf(buf, size, "without effect in this kernel");
	else if (e->exercised)
		snprintf(buf, size, "%s in none of the %u scenarios that exercise it%s",
			 e->absent ? "missed" : "needed", e->exercised,
			 e->unknown ? ", as far as was searched" : "");
	else
		snprintf(buf, size, "no scenario exercises it%s",
			 e->unknown ? ", as far as was searched" : "");
}

static void print_all_head(const struct why_all_report *r, FILE *out)
{
	fprintf(out, "every rule of %s, over %u scenarios that are safe as it is; left out: %u "
		"that are not, %u too large%s\n", r->kernel, r->scenarios, r->violated, r->bounded,
		r->interrupted ? "; interrupted" : "");
}

void why_print_all(const struct why_all_report *r, FILE *out)
{
	char text[200], n[32];

	print_all_head(r, out);
	fprintf(out, "\n  %-22s %-13s %-32s %-22s %8s %11s\n", "rule", "instead", "", "scenario",
		"shortest", "states");
	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < r->rules; i++) {
			const struct why_everywhere *e = &r->rule[i];

			if ((e->breaks ? 0 : 1) != pass)
				continue;
			everywhere_text(e, text, sizeof(text));
			fprintf(out, "  %-22s %-13s %-32s", e->name, e->instead, text);
			if (e->breaks)
				fprintf(out, " %-22s %8zu %11s", e->scenario, e->length,
					grouped(e->states, n));
			fputc('\n', out);
		}
}

void why_print_all_markdown(const struct why_all_report *r, FILE *out)
{
	char text[200];

	print_all_head(r, out);
	fputs("\n| rule | instead | verdict | scenario | shortest |\n"
	      "| --- | --- | --- | --- | --- |\n", out);
	for (size_t i = 0; i < r->rules; i++) {
		const struct why_everywhere *e = &r->rule[i];

		everywhere_text(e, text, sizeof(text));
		fprintf(out, "| `%s` | `%s` | %s | %s | ", e->name, e->instead, text, e->scenario);
		if (e->breaks)
			fprintf(out, "%zu", e->length);
		fputs(" |\n", out);
	}
}

int why_print_all_json(const struct why_all_report *r, FILE *out)
{
	cJSON *o = cJSON_CreateObject(), *array;
	char text[200];
	int err;

	cJSON_AddStringToObject(o, "kernel", r->kernel);
	cJSON_AddNumberToObject(o, "scenarios", r->scenarios);
	cJSON_AddNumberToObject(o, "violated_as_it_is", r->violated);
	cJSON_AddNumberToObject(o, "too_large", r->bounded);
	cJSON_AddBoolToObject(o, "interrupted", r->interrupted);
	array = cJSON_AddArrayToObject(o, "rules");
	for (size_t i = 0; i < r->rules; i++) {
		const struct why_everywhere *e = &r->rule[i];
		cJSON *row = cJSON_CreateObject();

		everywhere_text(e, text, sizeof(text));
		cJSON_AddStringToObject(row, "rule", e->name);
		cJSON_AddStringToObject(row, "instead", e->instead);
		cJSON_AddBoolToObject(row, "in_force", !e->absent);
		cJSON_AddStringToObject(row, "text", text);
		cJSON_AddItemToObject(row, "breaks", names_json(e->breaks));
		cJSON_AddItemToObject(row, "scenario", e->breaks ? cJSON_CreateString(e->scenario) :
				      cJSON_CreateNull());
		cJSON_AddItemToObject(row, "length", e->breaks ?
				      cJSON_CreateNumber((double)e->length) : cJSON_CreateNull());
		cJSON_AddNumberToObject(row, "exercised", e->exercised);
		cJSON_AddNumberToObject(row, "searched", e->searched);
		cJSON_AddNumberToObject(row, "unknown", e->unknown);
		cJSON_AddItemToArray(array, row);
	}
	err = json_print(out, o);
	cJSON_Delete(o);
	return err;
}
