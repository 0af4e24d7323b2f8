/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * catalog.c - the kernel's bugs that the shipped scenarios express: all of them, or one told.
 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "replay/figure/columns.h"
#include "traces/write/write.h"
#include "ui/command/command.h"
#include "ui/text/catalog.h"

struct catalog_args {
	char which[4096];	/* an id, a scenario, a file, or what a bug is called; "": all */
	const char *save;
	bool json;
	bool markdown;
};

/* ---- all of them, or those that are called so ---- */

/* `words`: as in bug_has_words(); "": all. */
static void print_all(const struct catalog *c, const char *words)
{
	char found[KERNELS_MAX], safe[KERNELS_MAX], commits[COMMITS_MAX], cves[CVES_MAX];
	const char *between = "\nNot expressed: ";

	for (size_t i = 0; i < c->n; i++) {
		const struct scenario *s = &c->of[i];

		if (*words && !bug_has_words(s, words))
			continue;
		printf("%-4s  %s (%s)\n", s->bug.id, s->bug.subject,
		       commits_text(&s->bug, commits));
		if (s->bug.cves)
			printf("      %s\n", cves_text(&s->bug, cves));
		printf("      introduced  %s\n      fixed       %s\n", s->bug.introduced,
		       s->bug.fixed);
		printf("      scenario    %s: found in %s; safe in %s\n", s->name,
		       kernels_found(s, found), kernels_safe(s, safe));
	}
	for (size_t i = 0; i < unexpressed_count; i++) {
		if (*words && !unexpressed_has_words(&unexpressed[i], words))
			continue;
		printf("%s%s", between, unexpressed[i].id);
		between = ", ";
	}
	puts("\n'swapscope catalog ID' tells one of them");
}

/* ---- one ---- */

/* A sentence of the narration, over as many lines as it needs. */
static void print_sentence(unsigned number, const char *text)
{
	printf("%2u. ", number);
	while (*text) {
		size_t n = strlen(text);

		if (n > PRINT_WIDTH - 4)
			for (n = PRINT_WIDTH - 4; n && text[n] != ' '; n--)
				;
		if (!n)
			n = strcspn(text, " ");
		printf("%.*s\n", (int)n, text);
		text += n;
		text += strspn(text, " ");
		if (*text)
			fputs("    ", stdout);
	}
}

static int print_one(const struct scenario *s, const struct repair *r)
{
	const struct bug *b = &s->bug;
	char found[KERNELS_MAX], safe[KERNELS_MAX], commits[COMMITS_MAX], cves[CVES_MAX];
	char verdict[VERDICT_TEXT_MAX], name[SHOWN_MAX];
	int err;

	printf("%s  %s\ncommit       %s\n", b->id, b->subject, commits_text(b, commits));
	if (b->cves)
		printf("cve          %s\n", cves_text(b, cves));
	printf("introduced   %s\nfixed        %s\n", b->introduced, b->fixed);
	printf("scenario     %s: %s\nfound in     %s\nsafe in      %s\n\n",
	       shown(s->name, name), s->title, kernels_found(s, found), kernels_safe(s, safe));
	for (unsigned i = 0; i < b->tells; i++)
		print_sentence(i + 1, b->tell[i]);
	broken_verdict(r, verdict);
	printf("\n%s: %s\n\n", b->shows.text, verdict);
	err = figure_execution(stdout, &r->broken.run, 0, r->loop, output_width(stdout));
	fixed_verdict(r, verdict);
	printf("\n%s: %s\n", b->beside.text, verdict);
	print_parting(stdout, r);
	putchar('\n');
	if (!err)
		err = figure_execution(stdout, &r->fixed.run, r->same, r->fixed.run.n,
				       output_width(stdout));
	puts("\nto see it again, and to open both runs in the debugger:");
	print_commands(stdout, s, "  ");
	return err ? usage_error("out of memory") : EXIT_OK;
}

static int print_unexpressed(const struct unexpressed *u)
{
	printf("%s  %s%s%s%s\n", u->id, u->subject, *u->commit ? " (" : "", u->commit,
	       *u->commit ? ")" : "");
	if (*u->cve)
		printf("cve          %s\n", u->cve);
	printf("not expressed: %s\n", u->why);
	return EXIT_OK;
}

/* ---- JSON ---- */

static void add_texts(cJSON *o, const char *name, const char *joined)
{
	cJSON *array = cJSON_AddArrayToObject(o, name);
	char copy[KERNELS_MAX], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", joined);
	for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save))
		cJSON_AddItemToArray(array, cJSON_CreateString(w + strspn(w, " ")));
}

static cJSON *bug_json(const struct scenario *s)
{
	const struct bug *b = &s->bug;
	cJSON *o = cJSON_CreateObject(), *array;
	char buf[KERNELS_MAX];

	cJSON_AddStringToObject(o, "id", b->id);
	cJSON_AddStringToObject(o, "subject", b->subject);
	array = cJSON_AddArrayToObject(o, "commits");
	for (unsigned i = 0; i < b->commits; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(b->commit[i]));
	add_texts(o, "cves", cves_text(b, buf));
	cJSON_AddStringToObject(o, "introduced", b->introduced);
	cJSON_AddStringToObject(o, "fixed", b->fixed);
	cJSON_AddStringToObject(o, "scenario", s->name);
	add_texts(o, "found_in", kernels_found(s, buf));
	add_texts(o, "safe_in", kernels_safe(s, buf));
	cJSON_AddStringToObject(o, "shows", b->shows.text);
	cJSON_AddStringToObject(o, "property", properties[b->property].name);
	cJSON_AddStringToObject(o, "beside", b->beside.text);
	array = cJSON_AddArrayToObject(o, "tell");
	for (unsigned i = 0; i < b->tells; i++)
		cJSON_AddItemToArray(array, cJSON_CreateString(b->tell[i]));
	return o;
}

static void add_repair(cJSON *o, const struct scenario *s, const struct repair *r)
{
	char *schedule = schedule_text(s, &r->schedule), verdict[VERDICT_TEXT_MAX];
	cJSON *rules;

	cJSON_AddNumberToObject(o, "length", (double)r->schedule.n);
	cJSON_AddStringToObject(o, "schedule", schedule ? schedule : "");
	broken_verdict(r, verdict);
	cJSON_AddStringToObject(o, "shows_verdict", verdict);
	fixed_verdict(r, verdict);
	cJSON_AddStringToObject(o, "beside_verdict", verdict);
	cJSON_AddNumberToObject(o, "same_steps", (double)r->same);
	rules = cJSON_AddArrayToObject(o, "repaired_by");
	for (enum kernel_switch w = 0; w < SWITCH_COUNT; w++)
		if (r->rules >> w & 1)
			cJSON_AddItemToArray(rules, cJSON_CreateString(kernel_switches[w].name));
	free(schedule);
}

static cJSON *unexpressed_json(const struct unexpressed *u)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "id", u->id);
	cJSON_AddStringToObject(o, "subject", u->subject);
	add_texts(o, "commits", u->commit);
	add_texts(o, "cves", u->cve);
	cJSON_AddStringToObject(o, "not_expressed", u->why);
	return o;
}

static void print_json(cJSON *o)
{
	char *text = cJSON_Print(o);

	if (text)
		puts(text);
	free(text);
	cJSON_Delete(o);
}

static void print_all_json(const struct catalog *c, const char *words)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *bugs = cJSON_AddArrayToObject(o, "bugs");
	cJSON *others = cJSON_AddArrayToObject(o, "not_expressed");

	for (size_t i = 0; i < c->n; i++)
		if (!*words || bug_has_words(&c->of[i], words))
			cJSON_AddItemToArray(bugs, bug_json(&c->of[i]));
	for (size_t i = 0; i < unexpressed_count; i++)
		if (!*words || unexpressed_has_words(&unexpressed[i], words))
			cJSON_AddItemToArray(others, unexpressed_json(&unexpressed[i]));
	print_json(o);
}

/* ---- the command ---- */

static int save_runs(const char *path, const struct scenario *s, const struct repair *r)
{
	const char *const name[2] = { s->bug.shows.text, s->bug.beside.text };
	char title[BUG_ID_MAX + sizeof(s->bug.subject) + 2], err_text[TRACE_ERROR_MAX];
	struct trace_writer *tw;
	int run[2], err;

	snprintf(title, sizeof(title), "%s: %s", s->bug.id, s->bug.subject);
	if (trace_create(&tw, path, TRACE_TOGETHER, err_text))
		return usage_error("%s", err_text);
	err = record_repair(tw, r, title, name, run);
	if (err)
		usage_error("%s: %s", path, trace_error(tw)[0] ? trace_error(tw) : strerror(-err));
	else
		say_saved(path, run[0], run[1]);
	if (trace_close(tw) && !err)
		err = usage_error("%s could not be finished", path);
	return err ? EXIT_USAGE : EXIT_OK;
}

static int exec_one(const struct catalog_args *a, const struct scenario *s)
{
	struct repair r;
	int status = EXIT_OK;

	if (a->markdown)
		return print_section(stdout, s);
	status = catalog_repair(s, &r);
	if (status)
		return status;
	if (a->save)
		status = save_runs(a->save, s, &r);
	if (!status && a->json) {
		cJSON *o = bug_json(s);

		add_repair(o, s, &r);
		print_json(o);
	} else if (!status) {
		status = print_one(s, &r);
	}
	repair_free(&r);
	return status;
}

/* Neither an id, nor a shipped scenario, nor a file, nor what a bug is called. */
static int unknown(const struct catalog *c, const char *which)
{
	const char *names[160];
	char near[HINT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < c->n && n < 160; i++)
		names[n++] = c->of[i].bug.id;
	for (size_t i = 0; i < builtin_scenario_count && n < 160; i++)
		names[n++] = builtin_scenarios[i].name;
	return usage_error("no bug, scenario or file '%.80s'%s, and no bug's CVE, commits or "
			   "subject have it%s; 'swapscope catalog' shows what there is", which,
			   strlen(which) > 80 ? ".." : "", hint(near, which, names, n));
}

static int tell_unexpressed(const struct catalog_args *a, const struct unexpressed *u)
{
	if (!a->json)
		return print_unexpressed(u);
	print_json(unexpressed_json(u));
	return EXIT_OK;
}

/* The only bug that is called so; or all of them. */
static int exec_words(const struct catalog_args *a, const struct catalog *c)
{
	const struct scenario *s = NULL;
	const struct unexpressed *u = NULL;
	unsigned n = 0;

	for (size_t i = 0; i < c->n; i++)
		if (bug_has_words(&c->of[i], a->which)) {
			s = &c->of[i];
			n++;
		}
	for (size_t i = 0; i < unexpressed_count; i++)
		if (unexpressed_has_words(&unexpressed[i], a->which)) {
			u = &unexpressed[i];
			n++;
		}
	if (!n)
		return unknown(c, a->which);
	if (n == 1)
		return s ? exec_one(a, s) : tell_unexpressed(a, u);
	if (a->save || a->markdown)
		return usage_error("catalog: %u bugs are called '%s'; one is needed, by its ID", n,
				   a->which);
	if (a->json)
		print_all_json(c, a->which);
	else
		print_all(c, a->which);
	return EXIT_OK;
}

static int exec_named(const struct catalog_args *a, const struct catalog *c)
{
	const struct scenario *known = catalog_find(c, a->which);
	struct scenario s;
	bool shipped = false;
	int status;

	if (known)
		return exec_one(a, known);
	for (size_t i = 0; i < unexpressed_count; i++)
		if (!strcasecmp(unexpressed[i].id, a->which))
			return tell_unexpressed(a, &unexpressed[i]);
	for (size_t i = 0; i < builtin_scenario_count; i++)
		shipped |= !strcmp(builtin_scenarios[i].name, a->which);
	if (!shipped && access(a->which, F_OK))
		return exec_words(a, c);
	status = load_scenario(&s, a->which);
	if (status)
		return status;
	status = s.bug.present ? exec_one(a, &s) :
		 usage_error("%s is of no bug: it has no [bug] section", a->which);
	scenario_free(&s);
	return status;
}

/* The operands as one text: the words of a subject need no quotes. */
static int join_words(struct catalog_args *a, const struct catalog *c, const struct operands *in)
{
	for (int i = 0; i < in->n; i++) {
		size_t n = strlen(a->which);

		if (n + strlen(in->word[i]) + 2 > sizeof(a->which))
			return usage_error("catalog: a name is at most %zu bytes",
					   sizeof(a->which) - 2);
		if (in->n > 1 && catalog_find(c, in->word[i]))
			return usage_error("catalog: one bug at a time: %s is one", in->word[i]);
		snprintf(a->which + n, sizeof(a->which) - n, "%s%s", i ? " " : "", in->word[i]);
	}
	return in->n && !a->which[strspn(a->which, " ")] ?
	       usage_error("catalog: an ID, a scenario, a CVE, a commit or words are needed") :
	       EXIT_OK;
}

static int exec_catalog(void *args, const struct operands *in)
{
	struct catalog_args *a = args;
	struct catalog c;
	int status;

	if (a->json && a->markdown)
		return usage_error("catalog: --json excludes --markdown");
	if (a->save && (!in->n || a->markdown))
		return usage_error("catalog: --save is for the runs of one bug: 'catalog ID --save "
				   "FILE.db'");
	status = catalog_load(&c);
	if (status)
		return status;
	status = join_words(a, &c, in);
	if (!status && in->n)
		status = exec_named(a, &c);
	else if (!status && a->markdown)
		status = print_markdown(stdout, &c);
	else if (!status && a->json)
		print_all_json(&c, "");
	else if (!status)
		print_all(&c, "");
	catalog_free(&c);
	return status;
}

static const struct option_row options[] = {
	SAVE_OPTION(catalog_args, "save", save,
		    "Record the bug's shortest schedule under the kernel that has it, and the "
		    "same under the kernel beside it, as two runs."),
	FLAG_OPTION(catalog_args, "json", json, "Print it as JSON."),
	FLAG_OPTION(catalog_args, "markdown", markdown,
		    "Print it as Markdown; of all bugs this is docs/catalog.md."),
	{ 0 },
};

const struct command cmd_catalog = {
	.name = "catalog",
	.brief = "the kernel's bugs that scenarios express: all, or one of them told",
	.about = "Lists the bugs of Linux's swap path that the shipped scenarios express: what "
		 "was wrong, which commit mended it, which kernels have it.\n\nWith an ID (B2), "
		 "a scenario or file with a [bug] section, or what people call a bug (its CVE, a "
		 "commit that repaired or introduced it, by seven digits or more, words of its "
		 "subject), it tells that one, or lists those that are called so: it explores the "
		 "kernel that has the bug and the one beside it, draws the shortest schedule as "
		 "a CPU0/CPU1 diagram, makes the same schedule again where the bug is repaired, "
		 "and says which rule of the kernel parts the two.",
	.option = options,
	.operand = { { "ID|SCENARIO|CVE|COMMIT|WORD", WORD_BUG } },
	.most = 12,
	.needs = "one bug at a time",
	.status = { "done", NULL, "wrong usage or input; no such bug" },
	.example = {
		{ "swapscope catalog CVE-2024-26759", "one bug told, drawn, and its repair" },
		{ "swapscope catalog B4 --save b4.db && swapscope view b4.db:1 b4.db:2",
		  "the bug on the left, its repair on the right" },
	},
	.args_size = sizeof(struct catalog_args),
	.exec = exec_catalog,
};
