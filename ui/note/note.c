/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command that writes notes into a trace, lists them, changes them and takes them away.
 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/text.h"
#include "traces/read/read.h"
#include "traces/write/note.h"
#include "ui/command/command.h"
#include "ui/config/config.h"

struct note_args {
	const char *author, *mark;
	uint64_t edit, delete;
	bool json;

	/* what the words come to */
	char path[4096];
	int run;			/* 0: none was named */
	bool first;			/* a word is the step */
	uint64_t step;
	char text[NOTE_TEXT_MAX + 2];	/* one more than there may be: it is refused as too long */
	size_t words;			/* bytes that the text would have */
};

/* ---- what is asked for ---- */

/* "FILE" or "FILE:RUN"; a file that is called so whole wins. */
static int take_file(struct note_args *a, const char *name)
{
	const char *colon = strrchr(name, ':');
	uint64_t run;

	if (other_file(name, FILE_TRACE))
		return EXIT_USAGE;
	run_file(name, a->path, sizeof(a->path));
	if (strcmp(a->path, name) == 0 || !colon)
		return EXIT_OK;
	if (number_argument("note: the run", colon + 1, INT32_MAX, &run))
		return EXIT_USAGE;
	a->run = (int)run;
	return EXIT_OK;
}

static bool is_number(const char *word)
{
	return *word && !word[strspn(word, "0123456789")];
}

/* "12 what is to be said"; without a step it is said of the run, at its start. */
static int take_words(struct note_args *a, const struct operands *in)
{
	int at = 1;
	char *end;

	if (in->n > 1 && is_number(in->word[1]) && !a->edit) {
		a->first = true;
		a->step = strtoull(in->word[1], &end, 10);
		if (strlen(in->word[1]) > 18)
			return usage_error("note: there is no step %.40s", in->word[1]);
		at = 2;
	}
	for (; at < in->n; at++) {
		a->words += strlen(in->word[at]) + (a->words > 0);
		text_append(a->text, sizeof(a->text), "%s%s", *a->text ? " " : "", in->word[at]);
	}
	return EXIT_OK;
}

/* ---- writing ---- */

/* What the options and the words say is to be noted. */
static int make_note(const struct note_args *a, struct note *n, char *author, size_t size)
{
	struct config settings;

	if (config_load(&settings, NULL))
		return EXIT_USAGE;
	if (a->words > NOTE_TEXT_MAX)
		return usage_error("note: a note has at most %d bytes, and this one %zu",
				   NOTE_TEXT_MAX, a->words);
	if (a->mark && strlen(a->mark) != 1)
		return usage_error("note: --mark takes a letter, a to z or A to Z");
	*n = (struct note){ .position = a->step, .text = a->text,
			    .author = a->author ? a->author :
				      config_author(&settings, author, size),
			    .when = (int64_t)time(NULL), .letter = a->mark ? *a->mark : '\0' };
	return EXIT_OK;
}

static int add(const struct note_args *a)
{
	char author[CONFIG_LINE_MAX], err[TRACE_ERROR_MAX], name[SHOWN_MAX];
	struct note n;
	int64_t id;
	int r = make_note(a, &n, author, sizeof(author));

	if (r)
		return r;
	r = note_add(a->path, a->run, &n, &id, err);
	if (r)
		return usage_error("note: %s", err);
	fprintf(stderr, "noted: %s, note %lld at step %llu\n", shown(a->path, name),
		(long long)id, (unsigned long long)n.position);
	return EXIT_OK;
}

static int edit(const struct note_args *a)
{
	char author[CONFIG_LINE_MAX], err[TRACE_ERROR_MAX], name[SHOWN_MAX];
	struct note n;
	int r = make_note(a, &n, author, sizeof(author));

	if (r)
		return r;
	r = note_edit(a->path, a->run, (int64_t)a->edit, &n, err);
	if (r)
		return usage_error("note: %s", err);
	fprintf(stderr, "noted: %s, note %llu says that now\n", shown(a->path, name),
		(unsigned long long)a->edit);
	return EXIT_OK;
}

static int take_away(const struct note_args *a)
{
	char err[TRACE_ERROR_MAX], name[SHOWN_MAX];
	int r = note_delete(a->path, a->run, (int64_t)a->delete, err);

	if (r)
		return usage_error("note: %s", err);
	fprintf(stderr, "deleted: %s, note %llu\n", shown(a->path, name),
		(unsigned long long)a->delete);
	return EXIT_OK;
}

/* ---- the list ---- */

/* "   3  run 1 step 12  bookmark a by Anna, 2026-12-01 14:05", and below it the text. */
static void print_row(int run, const struct trace_note *n)
{
	printf("%4lld  run %d step %llu  ", (long long)n->id, run,
	       (unsigned long long)n->position);
	print_note(stdout, PRINT_WIDTH, 4, n);
}

/* Those of a run.  How many there are, or -1 after a line. */
static int list_run(const struct note_args *a, int run, cJSON *list)
{
	char err[TRACE_ERROR_MAX];
	const struct trace_note *n;
	struct trace *t;
	size_t notes;
	int of = 0;

	if (trace_open(&t, a->path, run, err)) {
		cannot_open(a->path, err);
		return -1;
	}
	n = trace_notes(t, &notes);
	for (size_t i = 0; i < notes; i++) {
		if (!n[i].remark)
			continue;
		of++;
		if (!list)
			print_row(trace_info(t)->id, &n[i]);
	}
	if (list)
		notes_json(list, t);
	trace_free(t);
	return of;
}

/* Of all runs, those that have some are opened. */
static int list_file(const struct note_args *a, cJSON *list)
{
	char err[TRACE_ERROR_MAX];
	int of = 0, n = trace_list(a->path, NULL, 0, err), all = n;
	struct trace_summary *runs = n > 0 ? calloc((size_t)n, sizeof(*runs)) : NULL;

	if (n > 0 && runs)
		n = trace_list(a->path, runs, (size_t)n, err);
	if (n < 0) {
		free(runs);
		cannot_open(a->path, err);
		return -1;
	}
	if (n && !runs) {
		usage_error("out of memory");
		return -1;
	}
	for (int i = 0; i < n && i < all && of >= 0; i++) {
		int more = runs[i].notes ? list_run(a, runs[i].run, list) : 0;

		of = more < 0 ? -1 : of + more;
	}
	free(runs);
	return of;
}

static int list_notes(const struct note_args *a)
{
	cJSON *all = a->json ? cJSON_CreateObject() : NULL;
	cJSON *list = all ? cJSON_AddArrayToObject(all, "notes") : NULL;
	int n = a->run ? list_run(a, a->run, list) : list_file(a, list), r = 0;

	if (n >= 0 && all)
		r = json_print(stdout, all);
	else if (!n)
		puts("nothing is noted");
	cJSON_Delete(all);
	return r ? usage_error("out of memory") : n < 0 ? EXIT_USAGE : EXIT_OK;
}

/* ---- the command ---- */

static int exec_note(void *args, const struct operands *in)
{
	struct note_args *a = args;
	bool said = in->n > 1;
	int status = take_file(a, in->word[0]);

	if (status)
		return status;
	if (!!a->edit + !!a->delete + a->json > 1)
		return usage_error("note: --edit, --delete and --json: one of them");
	if (a->edit && !said)
		return usage_error("note: --edit %llu: what is it to say?  The text is needed",
				   (unsigned long long)a->edit);
	if ((a->delete || a->json) && said)
		return usage_error("note: '%s' is too much: --%s takes no text", in->word[1],
				   a->delete ? "delete" : "json");
	if (a->mark && (a->edit || a->delete || a->json))
		return usage_error("note: --mark goes with a new note");
	if (a->author && (a->delete || a->json))
		return usage_error("note: --author goes with a text");
	status = take_words(a, in);
	if (status)
		return status;
	if (a->delete)
		return take_away(a);
	if (a->edit)
		return edit(a);
	if (a->first && !a->words && !a->mark)
		return usage_error("note: what is there to say of step %s?  The text is needed",
				   in->word[1]);
	return a->words || a->mark ? add(a) : list_notes(a);
}

static const struct option_row options[] = {
	VALUE_OPTION(note_args, "author", OPT_TEXT, author, "NAME",
		     "Who says it. Without it $SWAPSCOPE_AUTHOR, then 'author = NAME' of the "
		     "settings ('swapscope config'), then the login's name."),
	VALUE_OPTION(note_args, "mark", OPT_TEXT, mark, "LETTER",
		     "A bookmark: ' and the letter go there in the debugger. It may have a text, "
		     "and needs none."),
	NUMBER_OPTION(note_args, "edit", edit, INT64_MAX,
		      "Say something else in note N: the text, and who says so, when. Its step "
		      "stays."),
	NUMBER_OPTION(note_args, "delete", delete, INT64_MAX, "Take note N away."),
	FLAG_OPTION(note_args, "json", json, "Print the notes as JSON."),
	{ 0 },
};

const struct command cmd_note = {
	.name = "note",
	.brief = "notes and bookmarks of a recorded run, kept in its file",
	.about = "Writes a note into a trace, with who wrote it and when: at a step of a run, or "
		 "without a number, of the run as a whole. Without a text the notes of the file "
		 "are listed. The debugger shows them where they stand, and writes them too "
		 "(:note TEXT); they go along when the file is copied, packed, or added to.\n\n"
		 "A note is added in one transaction. A file that is being recorded can be noted "
		 "in; one that cannot be written is left as it is. What a recorder noted is "
		 "not listed, and cannot be changed.",
	.option = options,
	.operand = { { "FILE.db[:RUN]", WORD_FILE }, { "[STEP] TEXT", WORD_ANY } },
	.least = 1, .most = INT32_MAX,
	.needs = "of which run? FILE.db or FILE.db:RUN is needed",
	.status = { "done", NULL, "wrong usage or input" },
	.example = {
		{ "swapscope note a.db:1 12 'nothing pins the slot from here on'",
		  "a note at step 12" },
		{ "swapscope note a.db", "all notes of the file" },
	},
	.args_size = sizeof(struct note_args),
	.exec = exec_note,
};
