/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lines.c - the debugger for screen readers and scripts.
 *
 * A line is a command of the debugger or the name of a key, but for numbers, which are steps;
 * "/text" searches, '#' begins a remark.  What came of it is told in lines: the step that was made
 * and what it changed, then the message.  The name of a view prints it; nothing is drawn otherwise.
 */
#include "ui/show/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/config/config.h"
#include "ui/panel/panel.h"
#include "ui/text/text.h"

#define LINE_COLUMNS	200
#define LINE_ROWS	500
#define SOURCE_ROWS	16	/* of a pane's source */
#define LIST_MORE	4	/* rows of a list screen that are no rows of it */

/* What was told last: what is different now is told next. */
struct told {
	unsigned at;
	const struct trace *run[2];
	uint64_t cursor[2];
	enum screen_kind screen;
	enum list_kind list;
	unsigned list_row;
};

static const struct chapter *chapter(const struct view *v)
{
	return &v->chapter[v->at];
}

static struct told now(const struct view *v)
{
	const struct chapter *c = chapter(v);

	return (struct told){ v->at, { c->run[0], c->run[1] }, { v->cursor[0], v->cursor[1] },
			      v->screen, v->list.kind, v->list_row };
}

/* "left: " where there are two runs. */
static const char *side_name(const struct view *v, unsigned side)
{
	return !chapter(v)->run[1] ? "" : side ? "right: " : "left: ";
}

/* ---- a step ---- */

/* Where the task stands in its functions is what the step says, and not told again. */
static void print_changes(struct trace *t, uint64_t at)
{
	const struct trace_change *c;
	int n = trace_changes(t, at, &c), told = 0;
	char text[200];

	for (int i = 0; i < n; i++) {
		change_text(t, &c[i], text, sizeof(text));
		if (*text && trace_object_of(t, c[i].id).kind != OBJ_TASK)
			printf("%s%s", told++ ? ", " : "  changes ", text);
	}
	if (told)
		putchar('\n');
}

static void print_findings(struct trace *t, uint64_t at)
{
	size_t n;
	const struct trace_finding *f = trace_findings(t, &n);

	for (size_t i = 0; i < n; i++)
		if (f[i].position == at)
			printf("  !! %s: %s\n", f[i].property, f[i].text);
}

static void print_notes(struct trace *t, uint64_t at)
{
	size_t n;
	const struct trace_note *note = trace_notes(t, &n);

	for (size_t i = 0; i < n; i++) {
		if (note[i].position != at || !note[i].remark)
			continue;
		fputs("  ", stdout);
		print_note(stdout, PRINT_WIDTH, 2, &note[i]);
	}
}

/* "left: step 12 of 19: T0: zswap_load: spin_lock(&tree->lock) = taken", and below what it did. */
static void print_step(const struct view *v, unsigned side)
{
	struct trace *t = chapter(v)->run[side];
	const struct run_info *info = trace_info(t);
	uint64_t at = v->cursor[side];
	const struct trace_event *ev = at ? trace_event_at(t, at) : NULL;
	const struct trace_step *step = ev ? trace_step_at(t, ev->step) : NULL;

	printf("%sstep %llu of %llu: ", side_name(v, side), (unsigned long long)at,
	       (unsigned long long)info->events);
	if (!at)
		puts("the start");
	else if (!step)
		puts("not readable");
	else
		printf("%s: %s: %s%s%s%s\n", info->task_name[ev->task], step->op, step->text,
		       *ev->result ? " = " : "", ev->result,
		       step_differs(chapter(v), side, at) ||
		       parts_here(chapter(v), side, at) ? " (the runs differ)" : "");
	if (step) {
		print_changes(t, at);
		print_findings(t, at);
	}
	print_notes(t, at);
}

/* ---- views ---- */

static int draw_all_next(const struct pane *p, struct grid *g, struct rect r)
{
	return draw_next(p, g, r, true);
}

static int draw_source_rows(const struct pane *p, struct grid *g, struct rect r)
{
	r.h = SOURCE_ROWS;
	draw_source(p, g, r);
	return SOURCE_ROWS;
}

static int draw_list_rows(const struct view *v, struct grid *g, struct rect r)
{
	r.h = v->list.rows + LIST_MORE < LINE_ROWS ? (int)v->list.rows + LIST_MORE : LINE_ROWS;
	draw_list(v, g, r);
	return r.h;
}

static const struct part {
	int (*of_pane)(const struct pane *p, struct grid *g, struct rect r);
	int (*whole)(const struct view *v, struct grid *g, struct rect r);
} parts[SCREEN_KINDS] = {
	[SCREEN_WORDS] = { .whole = draw_words },
	[SCREEN_LIST] = { .whole = draw_list_rows },
	[SCREEN_SWITCHES] = { .whole = draw_switches },
	[SCREEN_NOTES] = { .whole = draw_notes },
	[SCREEN_OBJECTS] = { .of_pane = draw_objects },
	[SCREEN_NEXT] = { .of_pane = draw_all_next },
	[SCREEN_BACKTRACE] = { .of_pane = draw_backtrace },
	[SCREEN_COPIES] = { .of_pane = draw_copies },
	[SCREEN_LIFE] = { .of_pane = draw_life },
	[SCREEN_SOURCE] = { .of_pane = draw_source_rows },
};

/* Of a pane that is not drawn: a run at its position. */
static int draw_of(const struct view *v, unsigned side, const struct part *part, struct grid *g)
{
	struct rect all = { 0, 0, g->rows, g->cols };
	struct moment *mo = malloc(sizeof(*mo));
	struct pane p = { v, chapter(v), side, mo, NULL, moving_tasks(chapter(v), side) };
	int rows;

	if (!mo)
		return 0;
	moment_read(mo, chapter(v)->run[side], v->cursor[side], v->object[side],
		    (struct trace_object){ 0 });
	if (mo->broken)
		rows = grid_text(g, all, 0, 0, STYLE_PLAIN, "the trace is damaged here") > 0;
	else
		rows = part->of_pane(&p, g, all);
	free(mo);
	return rows;
}

static void print_rows(struct grid *g, int rows)
{
	g->rows = rows < g->rows ? rows : g->rows;
	grid_print(g, stdout, false);
	grid_free(g);
}

static void print_part(const struct view *v, enum screen_kind screen)
{
	const struct part *part = &parts[screen];
	struct grid g;

	for (unsigned side = 0; part->of_pane && side < 2 && chapter(v)->run[side]; side++) {
		if (grid_init(&g, LINE_ROWS, LINE_COLUMNS))
			return;
		if (chapter(v)->run[1])
			printf("%s\n", side_name(v, side));
		print_rows(&g, draw_of(v, side, part, &g));
	}
	if (!part->whole || grid_init(&g, LINE_ROWS, LINE_COLUMNS))
		return;
	print_rows(&g, part->whole(v, &g, (struct rect){ 0, 0, LINE_ROWS, LINE_COLUMNS }));
}

static void print_where(const struct view *v)
{
	for (unsigned side = 0; side < 2 && chapter(v)->run[side]; side++) {
		const struct run_info *info = trace_info(chapter(v)->run[side]);

		printf("%s%s under %s%s%s%s\n", side_name(v, side), info->scenario, info->kernel,
		       info->verdict && *info->verdict ? ": " : "",
		       info->verdict ? info->verdict : "",
		       v->focus == side && chapter(v)->run[1] ? " (commands are for this one)" :
		       "");
		print_step(v, side);
	}
}

static void print_help(const struct view *v)
{
	char keys[KEYS_TEXT_MAX];

	puts("A line is a command, or a key.  Commands, and their keys:");
	for (unsigned i = CMD_NONE + 1; i < CMD_COUNT; i++) {
		const struct command_row *row = &command_rows[i];

		printf("%s%s%s", row->name, *row->arguments ? " " : "", row->arguments);
		if (*command_keys(v, i, keys))
			printf(" (%s)", keys);
		printf(": %s\n", row->help);
	}
	puts("where: which runs these are, and the steps one is at");
	for (unsigned i = 0; i < SCREEN_KINDS; i++)
		if (parts[i].of_pane || parts[i].whole)
			printf("%s%s", i == SCREEN_WORDS ? "To be printed by their names: " : ", ",
			       view_screen_name(i));
	putchar('\n');
}

/* ---- commands ---- */

/* What is printed and changes nothing.  false: the line is none of those. */
static bool print_named(const struct view *v, const char *line)
{
	if (!strcmp(line, "where")) {
		print_where(v);
		return true;
	}
	for (unsigned i = 0; i < SCREEN_KINDS; i++) {
		if ((parts[i].of_pane || parts[i].whole) && !strcmp(line, view_screen_name(i))) {
			print_part(v, i);
			return true;
		}
	}
	return false;
}

/* Nothing here can be asked for by another key, or typed into a prompt. */
static void leave_prompt(struct view *v)
{
	if (v->prompting)
		puts("what for?  It stands behind the command, on the same line");
	v->prompting = PROMPT_NONE;
	v->waiting[0] = '\0';
}

/* Tell what is different from what was told last. */
static void tell(struct view *v, const struct told *was)
{
	const struct chapter *c = chapter(v);

	if (v->at != was->at && c->title)
		puts(c->title);
	if (v->at != was->at && c->text)
		print_wrapped(stdout, PRINT_WIDTH, 0, c->text);
	for (unsigned side = 0; side < 2 && c->run[side]; side++)
		if (c->run[side] != was->run[side] || v->cursor[side] != was->cursor[side])
			print_step(v, side);
	if (v->help)
		print_help(v);
	v->help = false;
	if (v->screen != SCREEN_RUN && v->screen != SCREEN_LIST) {
		print_part(v, v->screen);
		v->screen = SCREEN_RUN;
	} else if (v->screen == SCREEN_LIST && (was->screen != SCREEN_LIST ||
						was->list != v->list.kind ||
						was->list_row != v->list_row)) {
		print_part(v, v->screen);
	}
	leave_prompt(v);
	if (v->copy)
		printf("%s\n", v->copy);
	else if (*v->message)
		puts(v->message);
	free(v->copy);
	v->copy = NULL;
}

/* false: it is no command. */
static bool do_line(struct view *v, const char *line)
{
	struct told was = now(v);
	bool is_command = true;

	if (!*line || *line == '#' || print_named(v, line))
		return true;
	v->message[0] = '\0';
	if (*line == '/' && line[1]) {
		char search[PROMPT_MAX + 8];

		snprintf(search, sizeof(search), "search %s", line + 1);
		is_command = view_command(v, search);
	} else if (key_command(v, line) && (*line < '0' || *line > '9')) {
		view_key(v, line);
	} else {
		is_command = view_command(v, line + (*line == ':'));
	}
	while (view_seek(v))
		;
	session_look(v);
	tell(v, &was);
	return is_command;
}

/* A line without what ends it.  false: there is none. */
static bool read_line(char *line, size_t size, bool *whole)
{
	int c;

	if (isatty(STDIN_FILENO)) {
		fputs("> ", stdout);
		fflush(stdout);
	}
	if (!fgets(line, (int)size, stdin))
		return false;
	*whole = strchr(line, '\n') || feof(stdin);
	for (c = *whole ? '\n' : getchar(); c != '\n' && c != EOF;)
		c = getchar();
	line[strcspn(line, "\r\n")] = '\0';
	memmove(line, line + strspn(line, " \t"), strlen(line + strspn(line, " \t")) + 1);
	return true;
}

int show_lines(struct view *v)
{
	const struct chapter *c = chapter(v);
	unsigned number = 0, wrong = 0;
	char line[PROMPT_MAX], author[CONFIG_LINE_MAX];
	struct config settings;
	bool whole;

	v->ascii = true;
	if (config_load(&settings, NULL))
		return EXIT_USAGE;
	v->author = config_author(&settings, author, sizeof(author));
	if (c->title)
		puts(c->title);
	if (c->text)
		print_wrapped(stdout, PRINT_WIDTH, 0, c->text);
	print_where(v);
	if (*v->message)
		puts(v->message);
	if (v->screen == SCREEN_LIST)
		print_part(v, v->screen);
	while (!v->quit && !ferror(stdout) && read_line(line, sizeof(line), &whole)) {
		number++;
		if (!whole)
			puts("the line is too long: nothing of it was done");
		if ((!whole || !do_line(v, line)) && !wrong)
			wrong = number;
		fflush(stdout);
	}
	v->author = NULL;
	if (fflush(stdout) || ferror(stdout))
		return usage_error("standard output: %s", strerror(errno));
	return wrong ? usage_error("line %u was no command: 'help' lists them", wrong) : EXIT_OK;
}
