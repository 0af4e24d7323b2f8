/* SPDX-License-Identifier: GPL-2.0-only */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ui/text/matrix.h"
#include "ui/text/text.h"
#include "ui/why/argument.h"
#include "ui/why/table.h"

/* ---- the table of verdicts ---- */

static const char *cell_words(const struct mcell *c, char *buf)
{
	if (c->state == CELL_DONE && c->verdict == VERDICT_VIOLATED)
		return properties_text(c->violated, buf);
	return cell_text(c, buf);
}

static void print_grid(const struct matrix *m, FILE *out)
{
	char text[WHY_TEXT_MAX], n[32];

	fprintf(out, "\n%-26s", "");
	for (size_t col = 0; col < m->cols; col++)
		fprintf(out, col + 1 < m->cols ? "%-26s" : "%s", m->col_head[col]);
	fputc('\n', out);
	for (size_t row = 0; row < m->rows; row++) {
		fprintf(out, "%-26s", m->row_head[row]);
		for (size_t col = 0; col < m->cols; col++)
			fprintf(out, col + 1 < m->cols ? "%-26s" : "%s",
				cell_words(matrix_cell(m, row, col), text));
		fprintf(out, "\n%-26s", "");
		for (size_t col = 0; col < m->cols; col++) {
			const struct mcell *c = matrix_cell(m, row, col);

			snprintf(text, sizeof(text), "%s states", grouped(c->states, n));
			fprintf(out, col + 1 < m->cols ? "%-26s" : "%s", text);
		}
		fputc('\n', out);
	}
}

/* ---- the proof ---- */

static void print_line(const struct proof *p, enum proof_step s, FILE *out)
{
	const struct proof_line *l = &p->line[s];
	char a[32], b[32];

	fprintf(out, "  %-3s %-72s ", proof_id(s), proof_text(s));
	if (!l->tested)
		fputs("never put to the test\n", out);
	else if (l->failed)
		fprintf(out, "FAILS in %s of %s\n", grouped(l->failed, a), grouped(l->tested, b));
	else
		fprintf(out, "holds, %s times\n", grouped(l->tested, a));
}

static void print_way(const struct proof_report *r, enum proof_step s, FILE *out)
{
	const struct proof_line *l = &r->proof->line[s];
	char *text = l->way.n ? schedule_text(r->s, &l->way) : NULL;

	if (!text)
		return;
	fprintf(out, "  %-3s fails after %zu steps: swapscope run ", proof_id(s), l->way.n);
	print_quoted(out, r->s->name);
	print_kernel_options(out, r->kernel);
	fprintf(out, " --schedule '%s'\n", text);
	free(text);
}

static void print_turns(const struct proof *p, FILE *out)
{
	char n[32];

	fputs("\nturned away, or made to wait\n", out);
	if (!p->turns)
		fputs("  nobody: in this scenario nothing ever wants what another has\n", out);
	for (unsigned i = 0; i < p->turns; i++) {
		const struct proof_turn *t = &p->turn[i];

		fprintf(out, "  %-30s by %-30s %-27s %12s%s\n", proof_who_text(t->who),
			proof_who_text(t->by), t->how, grouped(t->times, n),
			t->waits ? " states" : "");
	}
}

static void print_head(const struct proof_report *r, FILE *out)
{
	char name[SHOWN_MAX];

	if (r->s)
		fprintf(out, "%s: %s\n", shown(r->s->name, name), r->s->title);
	else
		fprintf(out, "%u scenarios\n", r->proof->runs);
}

static void print_proof(const struct proof_report *r, FILE *out)
{
	const struct proof *p = r->proof;
	char a[32], b[COUNTED_MAX];

	fprintf(out, "\nthe proof under %s, in %s of %s states%s; the pin is %s\n", r->kernel,
		counted(p->transitions, "transition", b), grouped(p->states, a),
		p->complete ? ", all there are" : ", and there are more",
		p->folio ? "the folio in the swap table" : "SWAP_HAS_CACHE");
	for (unsigned s = 0; s < PROOF_COUNT; s++)
		print_line(p, s, out);
	for (unsigned s = 0; s < PROOF_COUNT; s++)
		print_way(r, s, out);
	print_turns(p, out);
}

void proof_print(const struct proof_report *r, FILE *out)
{
	print_head(r, out);
	if (r->grid)
		print_grid(r->grid, out);
	if (r->proof)
		print_proof(r, out);
}

/* ---- Markdown ---- */

void proof_print_markdown(const struct proof_report *r, FILE *out)
{
	const struct matrix *m = r->grid;
	char text[WHY_TEXT_MAX], n[32];

	print_head(r, out);
	if (m) {
		fputs("\n| |", out);
		for (size_t col = 0; col < m->cols; col++)
			fprintf(out, " %s |", m->col_head[col]);
		fputs("\n| --- |", out);
		for (size_t col = 0; col < m->cols; col++)
			fputs(" --- |", out);
		for (size_t row = 0; row < m->rows; row++) {
			fprintf(out, "\n| %s |", m->row_head[row]);
			for (size_t col = 0; col < m->cols; col++)
				fprintf(out, " %s |", cell_words(matrix_cell(m, row, col), text));
		}
		fputc('\n', out);
	}
	if (!r->proof)
		return;
	fprintf(out, "\nUnder %s:\n\n| | | put to the test | fails |\n| --- | --- | --- | --- |\n",
		r->kernel);
	for (unsigned s = 0; s < PROOF_COUNT; s++) {
		const struct proof_line *l = &r->proof->line[s];

		fprintf(out, "| %s | %s | %s |", proof_id(s), proof_text(s), grouped(l->tested, n));
		fprintf(out, " %s |\n", l->tested ? grouped(l->failed, n) : "");
	}
	fputs("\n| who | turned away by | how | times |\n| --- | --- | --- | --- |\n", out);
	for (unsigned i = 0; i < r->proof->turns; i++) {
		const struct proof_turn *t = &r->proof->turn[i];

		fprintf(out, "| %s | %s | %s | %s |\n", proof_who_text(t->who),
			proof_who_text(t->by), t->how, grouped(t->times, n));
	}
}

/* ---- JSON ---- */

static cJSON *grid_json(const struct matrix *m)
{
	cJSON *array = cJSON_CreateArray();
	char command[4600];

	for (size_t row = 0; row < m->rows; row++)
		for (size_t col = 0; col < m->cols; col++) {
			const struct mcell *c = matrix_cell(m, row, col);
			cJSON *o = cJSON_CreateObject(), *names;

			names = cJSON_AddArrayToObject(o, "violated");

			for (unsigned p = 0; p < PROPERTY_COUNT; p++)
				if (c->violated >> p & 1)
					cJSON_AddItemToArray(names,
						cJSON_CreateString(properties[p].name));
			cJSON_AddStringToObject(o, "row", m->row_head[row]);
			cJSON_AddStringToObject(o, "column", m->col_head[col]);
			cJSON_AddStringToObject(o, "kernel", c->kernel_name);
			cJSON_AddStringToObject(o, "verdict", c->state != CELL_DONE ?
						"not explored" : verdict_name(c->verdict));
			cJSON_AddNumberToObject(o, "states", (double)c->states);
			cJSON_AddNumberToObject(o, "length", (double)c->schedule.n);
			cJSON_AddBoolToObject(o, "complete", c->complete);
			cell_command(m, c, NULL, command, sizeof(command));
			cJSON_AddStringToObject(o, "command", command);
			cJSON_AddItemToArray(array, o);
		}
	return array;
}

static cJSON *proof_json(const struct proof_report *r)
{
	const struct proof *p = r->proof;
	cJSON *o = cJSON_CreateObject(), *array;

	cJSON_AddStringToObject(o, "kernel", r->kernel);
	cJSON_AddStringToObject(o, "pin", p->folio ? "folio" : "SWAP_HAS_CACHE");
	cJSON_AddNumberToObject(o, "states", (double)p->states);
	cJSON_AddNumberToObject(o, "transitions", (double)p->transitions);
	cJSON_AddNumberToObject(o, "scenarios", p->runs);
	cJSON_AddBoolToObject(o, "complete", p->complete);
	array = cJSON_AddArrayToObject(o, "steps");
	for (unsigned s = 0; s < PROOF_COUNT; s++) {
		cJSON *line = cJSON_CreateObject();
		char *way = p->line[s].way.n ? schedule_text(r->s, &p->line[s].way) : NULL;

		cJSON_AddStringToObject(line, "id", proof_id(s));
		cJSON_AddStringToObject(line, "text", proof_text(s));
		cJSON_AddNumberToObject(line, "tested", (double)p->line[s].tested);
		cJSON_AddNumberToObject(line, "failed", (double)p->line[s].failed);
		cJSON_AddItemToObject(line, "schedule", way ? cJSON_CreateString(way) :
				      cJSON_CreateNull());
		free(way);
		cJSON_AddItemToArray(array, line);
	}
	array = cJSON_AddArrayToObject(o, "turned_away");
	for (unsigned i = 0; i < p->turns; i++) {
		cJSON *turn = cJSON_CreateObject();

		cJSON_AddStringToObject(turn, "who", proof_who_text(p->turn[i].who));
		cJSON_AddStringToObject(turn, "by", proof_who_text(p->turn[i].by));
		cJSON_AddStringToObject(turn, "how", p->turn[i].how);
		cJSON_AddNumberToObject(turn, p->turn[i].waits ? "states" : "transitions",
					(double)p->turn[i].times);
		cJSON_AddItemToArray(array, turn);
	}
	return o;
}

int proof_print_json(const struct proof_report *r, FILE *out)
{
	cJSON *o = cJSON_CreateObject();
	int err;

	if (r->s) {
		cJSON_AddStringToObject(o, "scenario", r->s->name);
		cJSON_AddStringToObject(o, "title", r->s->title);
	}
	if (r->grid)
		cJSON_AddItemToObject(o, "thesis", grid_json(r->grid));
	if (r->proof)
		cJSON_AddItemToObject(o, "proof", proof_json(r));
	err = json_print(out, o);
	cJSON_Delete(o);
	return err;
}
