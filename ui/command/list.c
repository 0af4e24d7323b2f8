/* SPDX-License-Identifier: GPL-2.0-only */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay/deck/deck.h"
#include "replay/judge/judge.h"
#include "traces/read/read.h"
#include "ui/command/command.h"
#include "ui/text/catalog.h"

/*
 * A list of what the program has is rows of named texts, printed as lines or as JSON; and what
 * else there is to print.
 */
struct list {
	const char *name;
	int (*rows)(cJSON *out);
	void (*print)(void);
};

static cJSON *add_row(cJSON *out)
{
	cJSON *row = cJSON_CreateObject();

	cJSON_AddItemToArray(out, row);
	return row;
}

static int list_scenarios(cJSON *out)
{
	for (size_t i = 0; i < builtin_scenario_count; i++) {
		struct scenario_error err;
		char cves[CVES_MAX];
		struct scenario s;
		cJSON *row;

		if (scenario_load(&s, builtin_scenarios[i].name, &err))
			return usage_error("%s: %s", builtin_scenarios[i].name, err.text);
		row = add_row(out);
		cJSON_AddStringToObject(row, "name", s.name);
		cJSON_AddStringToObject(row, "text", s.title);
		cJSON_AddStringToObject(row, "bug", s.bug.id);
		cJSON_AddStringToObject(row, "cves", cves_text(&s.bug, cves));
		scenario_free(&s);
	}
	return EXIT_OK;
}

static int list_decks(cJSON *out)
{
	for (size_t i = 0; i < builtin_deck_count; i++) {
		struct deck_error err;
		struct deck d;
		cJSON *row;

		if (deck_load(&d, builtin_decks[i].name, &err))
			return usage_error("%s: %s", builtin_decks[i].name, err.text);
		row = add_row(out);
		cJSON_AddStringToObject(row, "name", builtin_decks[i].name);
		cJSON_AddStringToObject(row, "text", d.title);
		deck_free(&d);
	}
	return EXIT_OK;
}

static int list_claims(cJSON *out)
{
	for (size_t i = 0; i < builtin_claim_count; i++) {
		struct claim_error err;
		struct claim_text c;
		cJSON *row;

		if (claim_load(&c, builtin_claims[i].name, &err)) {
			claim_free(&c);
			return usage_error("%s: %s", builtin_claims[i].name, err.text);
		}
		row = add_row(out);
		cJSON_AddStringToObject(row, "name", builtin_claims[i].name);
		cJSON_AddStringToObject(row, "text", c.title);
		claim_free(&c);
	}
	return EXIT_OK;
}

static int list_kernels(cJSON *out)
{
	char text[KERNEL_TEXT_MAX], from[96];
	const struct preset *p;
	size_t n;

	p = kernel_presets(&n);
	for (size_t i = 0; i < n; i++) {
		cJSON *row = add_row(out);

		cJSON_AddStringToObject(row, "name", p[i].name);
		cJSON_AddStringToObject(row, "text", p[i].text);
		snprintf(from, sizeof(from), "%s%s", p[i].base ? "from " : "",
			 p[i].base ? p[i].base : "");
		cJSON_AddStringToObject(row, "base", from);
		cJSON_AddStringToObject(row, "changes", p[i].base ? p[i].changes : "");
		cJSON_AddStringToObject(row, "switches", kernel_text(&p[i].kernel, text));
	}
	return EXIT_OK;
}

/* ---- the table of kernels ---- */

#define TABLE_COLUMNS	5	/* kernels side by side: 80 columns of a terminal */
#define TABLE_HEAD	15
#define TABLE_CELL	13

static bool differs(enum kernel_switch s, const struct preset *p, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (kernel_get(&p[i].kernel, s) != kernel_get(&p[0].kernel, s))
			return true;
	return false;
}

/* Some kernels side by side; a value is written where it is not the one to the left. */
static void print_columns(const struct preset *p, size_t from, size_t to, size_t n)
{
	char value[32];

	printf("\n%*s", TABLE_HEAD, "");
	for (size_t i = from; i < to; i++)
		printf("%-*.*s", i + 1 < to ? TABLE_CELL : 0, TABLE_CELL, p[i].name);
	putchar('\n');
	for (enum kernel_switch s = 0; s < SWITCH_COUNT; s++) {
		if (!differs(s, p, n))
			continue;
		printf("%-*s", TABLE_HEAD, kernel_switches[s].name);
		for (size_t i = from; i < to; i++) {
			unsigned v = kernel_get(&p[i].kernel, s);
			bool same = i > from && v == kernel_get(&p[i - 1].kernel, s);

			printf("%-*.*s", i + 1 < to ? TABLE_CELL : 0, TABLE_CELL - 1,
			       same ? "." : switch_value(s, v, value, sizeof(value)));
		}
		putchar('\n');
	}
}

/* What differs between the presets, and which releases are which. */
static void print_kernels(void)
{
	const struct release *r;
	const struct preset *p;
	size_t n, m;

	p = kernel_presets(&n);
	for (size_t i = 0; i < n; i += TABLE_COLUMNS)
		print_columns(p, i, i + TABLE_COLUMNS < n ? i + TABLE_COLUMNS : n, n);
	puts("\nA switch that is the same in all of them is not shown; 'swapscope list "
	     "switches' has it.\nReleases, from the one named on within its series:\n");
	r = kernel_releases(&m);
	for (size_t i = 0; i < m; i++) {
		char name[16];

		snprintf(name, sizeof(name), "v%u.%u%s%.0u", r[i].major, r[i].minor,
			 r[i].patch ? "." : "", r[i].patch);
		printf("  %-10s%s%s%s\n", name, r[i].preset, *r[i].changes ? " " : "",
		       r[i].changes);
	}
}

static int list_switches(cJSON *out)
{
	for (size_t i = 0; i < SWITCH_COUNT; i++) {
		cJSON *row = add_row(out);

		cJSON_AddStringToObject(row, "name", kernel_switches[i].name);
		cJSON_AddStringToObject(row, "values", kernel_switches[i].values);
		cJSON_AddStringToObject(row, "where", kernel_switches[i].where);
		cJSON_AddStringToObject(row, "moot", kernel_switches[i].moot);
		cJSON_AddStringToObject(row, "text", kernel_switches[i].text);
	}
	return EXIT_OK;
}

static int list_operations(cJSON *out)
{
	for (enum op op = 1; op < OP_COUNT; op++) {
		cJSON *row = add_row(out);

		cJSON_AddStringToObject(row, "name", op_name(op));
		cJSON_AddStringToObject(row, "file", op_file(op));
		cJSON_AddStringToObject(row, "verb", op_verb(op));
	}
	return EXIT_OK;
}

static int list_properties(cJSON *out)
{
	for (size_t i = 0; i < PROPERTY_COUNT; i++) {
		cJSON *row = add_row(out);

		cJSON_AddStringToObject(row, "name", properties[i].name);
		cJSON_AddStringToObject(row, "text", properties[i].text);
		cJSON_AddStringToObject(row, "kind", properties[i].kind == COST ? "cost" :
					properties[i].kind == ENDS ? "ends the run" : "");
	}
	return EXIT_OK;
}

/* What a step by itself can come to. */
static void add_results(cJSON *row, size_t step)
{
	char text[400] = "";

	for (size_t i = 0; i < result_count(); i++) {
		const struct result *r = result_at(i);
		size_t n = strlen(text);

		if (result_step(r) == (int)step)
			snprintf(text + n, sizeof(text) - n, "%s%s", n ? " | " : "", r->text);
	}
	cJSON_AddStringToObject(row, "results", text);
}

static int list_steps(cJSON *out)
{
	char name[160];

	for (size_t i = 0; i < step_count(); i++) {
		const struct step *s = step_at(i);
		cJSON *row;

		if (s->kind == KIND_CALL)
			continue;
		row = add_row(out);
		snprintf(name, sizeof(name), "%s: %s", step_op_name(s), s->text);
		cJSON_AddStringToObject(row, "name", name);
		cJSON_AddStringToObject(row, "kind", step_kind_name(s->kind));
		snprintf(name, sizeof(name), "%s:%u", s->file, s->line);
		cJSON_AddStringToObject(row, "at", name);
		add_results(row, i);
	}
	return EXIT_OK;
}

/* X(name, what is printed in the place of its rows) */
#define LIST_OF_LISTS(X)								\
	X(scenarios, NULL) X(kernels, print_kernels) X(switches, NULL) X(operations, NULL)	\
	X(properties, NULL) X(steps, NULL) X(decks, NULL) X(claims, NULL)
#define LIST_WORD(name, print)	#name "|"

static const struct list lists[] = {
#define X(name, print) { #name, list_##name, print },
	LIST_OF_LISTS(X)
#undef X
};

#define LISTS (sizeof(lists) / sizeof(lists[0]))

static void print_rows(const cJSON *rows)
{
	const cJSON *row, *item;
	size_t width = 0;

	cJSON_ArrayForEach(row, rows) {
		size_t n = strlen(row->child->valuestring);

		if (n > width && n < 28)
			width = n;
	}
	cJSON_ArrayForEach(row, rows) {
		printf("  %-*s", (int)width, row->child->valuestring);
		item = row->child->next;
		if (item && item->valuestring[0]) {
			printf("  %s", item->valuestring);
			item = item->next;
		}
		if (item && !strcmp(item->string, "bug")) {
			if (*item->valuestring)		/* behind its title */
				printf(" [%s]", item->valuestring);
			item = item->next;
		}
		putchar('\n');
		for (; item; item = item->next)
			if (item->valuestring[0] && strcmp(item->string, "switches")) {
				char text[1024];

				snprintf(text, sizeof(text), "%s%s", strcmp(item->string, "moot") ?
					 "" : "without effect where ", item->valuestring);
				printf("%6s", "");
				print_wrapped(stdout, PRINT_WIDTH, 6, text);
			}
	}
}

static int print_list(const struct list *l, cJSON *all, bool title)
{
	cJSON *rows = all ? cJSON_AddArrayToObject(all, l->name) : cJSON_CreateArray();
	int status = l->rows(rows);

	if (!all) {
		if (title)
			printf("%s\n", l->name);
		print_rows(rows);
		if (l->print)
			l->print();
		cJSON_Delete(rows);
	}
	return status;
}

/* ---- the runs of a file ---- */

static void add_finding(cJSON *row, const struct trace_summary *r)
{
	cJSON *o = cJSON_AddObjectToObject(row, "finding");

	cJSON_AddStringToObject(o, "property", r->property);
	cJSON_AddNumberToObject(o, "step", (double)r->position);
}

static void add_runs(cJSON *rows, const struct trace_summary *list, size_t n)
{
	char when[MOMENT_MAX];

	for (size_t i = 0; i < n; i++) {
		const struct trace_summary *r = &list[i];
		cJSON *row = add_row(rows);

		cJSON_AddNumberToObject(row, "run", r->run);
		cJSON_AddStringToObject(row, "kind", run_kind_name(r->kind));
		cJSON_AddStringToObject(row, "title", r->title);
		cJSON_AddStringToObject(row, "scenario", r->scenario);
		cJSON_AddStringToObject(row, "kernel", r->kernel);
		cJSON_AddNumberToObject(row, "steps", (double)r->events);
		cJSON_AddNumberToObject(row, "findings", (double)r->findings);
		if (r->findings)
			add_finding(row, r);
		cJSON_AddNumberToObject(row, "notes", (double)r->notes);
		cJSON_AddStringToObject(row, "verdict", r->verdict);
		if (r->recorded)
			cJSON_AddStringToObject(row, "recorded",
						moment_text(r->recorded, true, when));
		cJSON_AddBoolToObject(row, "packed", r->packed);
		cJSON_AddBoolToObject(row, "ended", r->ended);
	}
}

static void print_runs(const char *path,
		       const struct trace_summary *list, size_t n)
{
	char when[MOMENT_MAX], text[RUN_WORDS_MAX], steps[COUNTED_MAX], name[SHOWN_MAX];

	printf("%s: %s\n", shown(path, name), counted(n, "run", steps));
	for (size_t i = 0; i < n; i++) {
		const struct trace_summary *r = &list[i];

		printf("  %d  %s\n", r->run, run_words(r, text));
		if (r->recorded)
			printf("%6srecorded %s%s\n", "", moment_text(r->recorded, false, when),
			       r->packed ? ", packed" : "");
		if (r->notes)
			printf("%6s%s: swapscope note %s:%d\n", "",
			       counted(r->notes, "note", steps), name, r->run);
		if (*r->verdict) {
			printf("%6s", "");
			print_wrapped(stdout, PRINT_WIDTH, 6, r->verdict);
		}
	}
}

static int list_runs(const char *path, bool json)
{
	struct trace_summary *list = NULL;
	char err[TRACE_ERROR_MAX];
	cJSON *all;
	char *text;
	int n;

	if (whole_file("list", path))
		return EXIT_USAGE;
	n = trace_list(path, NULL, 0, err);
	if (n > 0) {
		size_t room = (size_t)n;

		list = calloc(room, sizeof(*list));
		n = list ? trace_list(path, list, room, err) : 0;
		n = n > (int)room ? (int)room : n;
	}
	if (n < 0 || (n && !list)) {
		free(list);
		return n < 0 ? cannot_open(path, err) : usage_error("out of memory");
	}
	if (json) {
		all = cJSON_CreateObject();
		add_runs(cJSON_AddArrayToObject(all, "runs"), list, (size_t)n);
		text = cJSON_Print(all);
		cJSON_Delete(all);
		puts(text ? text : "");
		free(text);
	} else {
		print_runs(path, list, (size_t)n);
	}
	free(list);
	return EXIT_OK;
}

struct list_args {
	bool json;
};

static int exec_list(void *args, const struct operands *in)
{
	const struct list_args *a = args;
	const char *which = in->n ? in->word[0] : NULL, *names[LISTS + 1];
	cJSON *all = a->json ? cJSON_CreateObject() : NULL;
	bool known = !which;
	char near[HINT_MAX];
	int status = EXIT_OK;

	if (which && !strcmp(which, "runs")) {
		cJSON_Delete(all);
		return in->n == 2 ? list_runs(in->word[1], a->json) :
		       usage_error("list: the runs of which file? list runs FILE.db is needed");
	}
	names[LISTS] = "runs";
	for (size_t i = 0; i < LISTS; i++) {
		names[i] = lists[i].name;
		known |= which && !strcmp(which, names[i]);
	}
	if (!known)
		status = usage_error("list: no list '%s'%s; 'swapscope help list' shows them",
				     which, hint(near, which, names, LISTS + 1));
	else if (in->n > 1)
		status = usage_error("list: '%s' is too much: only runs are of a file",
				     in->word[1]);
	for (size_t i = 0; i < LISTS && !status; i++)
		if (!which || !strcmp(which, names[i]))
			status = print_list(&lists[i], all, !which);
	if (all && !status) {
		char *text = cJSON_Print(all);

		puts(text);
		free(text);
	}
	cJSON_Delete(all);
	return status;
}

static const struct option_row options[] = {
	FLAG_OPTION(list_args, "json", json, "Print the lists as JSON."),
	{ 0 },
};

const struct command cmd_list = {
	.name = "list",
	.brief = "what there is: scenarios, kernels, switches, operations, properties, steps, "
		 "decks, claims; or the runs of a file",
	.about = "Prints one of the lists scenarios, kernels, switches, operations, properties, "
		 "steps, decks and claims, or all of them; or, with runs, what is in a file: of "
		 "each run its scenario and kernel, how long it is, its first finding, what was "
		 "found by the search that it is from, and when it was recorded.",
	.option = options,
	.operand = { { "LIST", WORD_ONE_OF }, { "FILE.db", WORD_FILE } },
	.words = LIST_OF_LISTS(LIST_WORD) "runs",
	.most = 2,
	.status = { "done", NULL, "wrong usage or input" },
	.example = {
		{ "swapscope list kernels", "every kernel, and which rules it changed" },
		{ "swapscope list runs a.db", "what was recorded in a file" },
	},
	.args_size = sizeof(struct list_args),
	.exec = exec_list,
};
