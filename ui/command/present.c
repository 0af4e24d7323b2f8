/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * present.c - decks: shown, exported, checked; and the tour, which is one.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ui/command/command.h"
#include "ui/present/present.h"
#include "ui/report/junit.h"
#include "ui/terminal/tty.h"
#include "ui/show/show.h"

#define ROWS_DEFAULT	30
#define COLS_DEFAULT	100

struct present_args {
	bool plain, check, markdown, html, notes, lines;
	const char *save, *output, *size, *junit;
};

/* "120x40" */
static int parse_size(const char *text, struct export *e)
{
	int end = 0;

	*e = (struct export){ .rows = ROWS_DEFAULT, .cols = COLS_DEFAULT };
	if (text && (sscanf(text, "%4dx%4d%n", &e->cols, &e->rows, &end) != 2 || text[end] ||
		     e->cols < 40 || e->cols > 400 || e->rows < 14 || e->rows > 200))
		return usage_error("present: --size %s: COLUMNSxROWS is needed, from 40x14 to "
				   "400x200", text);
	return EXIT_OK;
}

static int write_export(const struct presentation *p, const struct present_args *a,
			const struct export *e)
{
	struct output to;
	FILE *out = print_begin(&to, a->output);
	int status;

	if (!out)
		return EXIT_USAGE;
	status = a->html ? present_html(p, e, out) : a->markdown ? present_markdown(p, e, out) :
		 present_plain(p, e, out);
	return print_end(&to, status);
}

static int check(struct presentation *p, const char *path)
{
	struct junit *junit = path ? junit_new("present") : NULL;
	int status = present_check(p, stdout, junit);

	if (path && status != EXIT_USAGE)
		return junit_write(junit, path) ? EXIT_USAGE : status;
	junit_free(junit);
	return status;
}

/* The tour is a deck that opens in the debugger. */
static int present(const struct present_args *a, const char *name, const struct export *e,
		   bool tour)
{
	bool on_terminal = !a->plain && !a->markdown && !a->html && !a->output && !a->check &&
			   !a->lines && !tty_check();
	struct presentation p;
	struct deck d;
	int status = present_load(&d, name);

	if (!status && a->notes && on_terminal) {
		status = present_notes(&d);
		if (status == -ENOTTY)
			status = usage_error("present: --notes follows on a terminal; with --plain "
					     "the notes are printed");
		deck_free(&d);
		return status;
	}
	if (!status)
		status = present_open(&p, &d, a->save);
	if (status)
		return status;
	if (a->check)
		status = check(&p, a->junit);
	else if (a->lines)
		status = show_runs(&(struct showing){ .chapter = p.chapter,
						      .chapters = p.deck.beats, .lines = true });
	else if (!on_terminal)
		status = write_export(&p, a, e);
	else
		status = tour ? show_chapters(p.chapter, p.deck.beats, false) : present_talk(&p);
	if (status == -ENOTTY)
		status = write_export(&p, a, e);
	present_close(&p);
	return status;
}

static int exec_present(void *args, const struct operands *in)
{
	const struct present_args *a = args;
	struct export e;
	int status;

	if (a->plain + a->check + a->markdown + a->html + a->lines > 1)
		return usage_error("present: one of --plain, --markdown, --html, --lines and "
				   "--check");
	if (a->junit && !a->check)
		return usage_error("present: --junit is for --check");
	if (a->output && (a->check || a->lines))
		return usage_error("present: --output is for --plain, --markdown and --html");
	status = parse_size(a->size, &e);
	e.notes = a->notes;
	return status ? status : present(a, in->word[0], &e, false);
}

static const struct option_row options[] = {
	FLAG_OPTION(present_args, "check", check,
		    "Show nothing: judge what the beats claim, and tell each claim that is not "
		    "true, with the command that shows what is."),
	FLAG_OPTION(present_args, "plain", plain, "Print it as text, on a terminal too."),
	FLAG_OPTION(present_args, "lines", lines,
		    "Read commands from standard input, one a line, and answer in lines: for "
		    "screen readers and scripts."),
	FLAG_OPTION(present_args, "markdown", markdown, "Print it as Markdown, with the screens."),
	FLAG_OPTION(present_args, "html", html,
		    "Print it as one page of HTML, with the screens, that needs nothing else."),
	OUTPUT_OPTION(present_args, output, "FILE", "Where to print it."),
	VALUE_OPTION(present_args, "size", OPT_TEXT, size, "COLSxROWS",
		     "Of the screens in Markdown and HTML: 100x30 unless it is given."),
	FLAG_OPTION(present_args, "notes", notes,
		    "The speaker's notes. On a terminal: show them, with the time and what comes "
		    "next, and follow a presentation of the same deck on another terminal. In "
		    "what is printed they stand with their beats."),
	JUNIT_OPTION(present_args, junit),
	SAVE_OPTION(present_args, "save", save,
		    "Keep the recorded runs there; without it they are gone afterwards."),
	{ 0 },
};

const struct command cmd_present = {
	.name = "present",
	.brief = "a deck of beats: shown side by side, exported, or checked as a test",
	.about = "A deck is a plain file of beats: a text, a scenario, one kernel or two, how the "
		 "schedule comes about, where the beat stands in it, what to point at, and what "
		 "must be true there. Every run is made when the deck is opened, so that a deck "
		 "shows what this version of the model does. The format is docs/deck-format.md.\n\n"
		 "DECK is a file, a shipped deck ('swapscope list decks'), or a bug: its ID in the "
		 "catalog (B1), or a scenario's file with a [bug]. Its narration is a deck too.\n\n"
		 "On a terminal n, space and page down turn to the next beat, p and page up back: "
		 "what remote controls send. s shows the speaker's note; esc leaves the path for "
		 "the debugger, where the beat stands, and leads back. ? has the rest.\n\n"
		 "With --check nothing is shown: exit status 0 says that every claim is true.",
	.option = options,
	.operand = { { "DECK", WORD_DECK } },
	.least = 1, .most = 1,
	.needs = "which deck? A file, a shipped one (tour) or a bug (B1) is needed",
	.status = { "done; with --check, all is true", "a claim is false",
		    "wrong usage or input: the deck, or what it names, cannot be used",
		    "a claim is not known: a search hit a bound" },
	.example = {
		{ "swapscope present debate", "the debate of March 2024 in ten beats" },
		{ "swapscope present B1 --check", "is what a bug's deck claims true?" },
	},
	.args_size = sizeof(struct present_args),
	.exec = exec_present,
};

/* ---- the tour ---- */

struct tour_args {
	const char *save;
	bool plain;
};

static int exec_tour(void *args, const struct operands *in)
{
	const struct tour_args *a = args;
	const struct present_args p = { .plain = a->plain, .save = a->save };
	struct export e = { .rows = ROWS_DEFAULT, .cols = COLS_DEFAULT };
	char name[SHOWN_MAX];
	int status = present(&p, "tour", &e, true);

	(void)in;
	if (!status && a->save)
		printf("\nEvery transition above is a row in %s; docs/trace-format.md has "
		       "queries.\n", shown(a->save, name));
	return status;
}

static const struct option_row tour_options[] = {
	SAVE_OPTION(tour_args, "save", save,
		    "Keep the recorded runs there; without it they are gone afterwards."),
	FLAG_OPTION(tour_args, "plain", plain, "Print it as text, on a terminal too."),
	{ 0 },
};

const struct command cmd_tour = {
	.name = "tour",
	.brief = "the debate side by side: explored, recorded, and opened in the debugger",
	.about = "Six chapters on the debate of March 2024: each explores a scenario under the "
		 "kernel that breaks a property, makes the same schedule under another, and opens "
		 "both side by side. n and p turn the chapters. swapscope without a command "
		 "is the tour. It is the deck 'tour' (swapscope present). A signal that ends the "
		 "screen is exit status 130.",
	.option = tour_options,
	.most = 0,
	.status = { "done", NULL, "wrong usage, or the runs cannot be recorded" },
	.example = {
		{ "swapscope", "the tour" },
		{ "swapscope tour --plain --save t.db", "as text, recorded into t.db" },
	},
	.args_size = sizeof(struct tour_args),
	.exec = exec_tour,
};
