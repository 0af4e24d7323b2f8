/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * copy.c - the schedule, the diagram and the command line of what is shown, as text: for the
 * terminal's clipboard, or for a file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/scenario/scenario.h"
#include "replay/figure/columns.h"
#include "replay/figure/reproduce.h"
#include "ui/text/text.h"
#include "ui/view/act.h"

#define DIAGRAM_STEPS	10000	/* at most */

static const struct chapter *chapter(const struct view *v)
{
	return &v->chapter[v->at];
}

static struct trace *run(const struct view *v)
{
	return chapter(v)->run[v->focus];
}

/* ---- what there is to copy ---- */

static bool has_files(const struct chapter *c)
{
	return c->file[0] && (!c->run[1] || c->file[1]);
}

/* 0; -ENOENT: there is none, for the run is of no file and of no scenario that a shell can name. */
int view_shell(const struct view *v, FILE *out)
{
	const struct chapter *c = chapter(v);
	const struct run_info *info = trace_info(run(v));
	char *text = NULL;
	size_t size;
	FILE *words;
	int r;

	if (has_files(c) && (c->run[1] || !can_run_again(info))) {
		fputs("swapscope view ", out);
		print_quoted(out, c->file[0]);
		if (c->run[1])
			fputc(' ', out);
		if (c->run[1])
			print_quoted(out, c->file[1]);
		return 0;
	}
	if (!can_run_again(info))
		return -ENOENT;
	words = open_memstream(&text, &size);
	r = words ? run_schedule_text(run(v), v->cursor[v->focus], words) : -ENOMEM;
	if (words && fclose(words) && !r)
		r = -ENOMEM;
	if (!r)
		print_run_command(out, info->scenario, info->kernel, text);
	free(text);
	return r;
}

static int write_diagram(struct trace *t, FILE *out)
{
	const struct figure_columns c = { .width = FIGURE_WIDTH_CPU, .cpu = true };
	char why[FIGURE_WHY_MAX];
	struct figure f;
	int err = figure_of_trace(&f, t, NULL, why);

	if (!err) {
		err = figure_columns(out, &f.run[0], &c);
		figure_free(&f);
	}
	return err;
}

/* Runs as kernel developers draw them. */
static int write_diagrams(const struct chapter *c, FILE *out)
{
	int r = 0;

	for (unsigned side = 0; side < 2 && c->run[side] && !r; side++) {
		const struct run_info *info = trace_info(c->run[side]);

		if (info->large || info->events > DIAGRAM_STEPS)
			return -EFBIG;
		if (c->run[1])
			fprintf(out, "%s%s: %s\n\n", side ? "\n" : "", side ? "Right" : "Left",
				info->kernel);
		r = write_diagram(c->run[side], out);
	}
	return r;
}

static int write_what(const struct view *v, const char *what, FILE *out)
{
	if (*what == 's')
		return trace_info(run(v))->live ? -ENOTSUP :
		       run_schedule_text(run(v), v->cursor[v->focus], out);
	if (*what == 'c')
		return view_shell(v, out);
	return write_diagrams(chapter(v), out);
}

/* ---- where it goes ---- */

/* The whole text under that name, or no file of that name. */
static int save(const char *file, const char *text)
{
	char part[PROMPT_MAX + 16];
	FILE *out;
	int r = 0;

	if (!access(file, F_OK))
		return -EEXIST;
	snprintf(part, sizeof(part), "%s.%ld.part", file, (long)getpid());
	out = fopen(part, "wx");
	if (!out)
		return -errno;
	if (fputs(text, out) < 0 || fflush(out) || fsync(fileno(out)))
		r = errno ? -errno : -EIO;
	if (fclose(out) && !r)
		r = -errno;
	if (!r && rename(part, file))
		r = -errno;
	if (r)
		unlink(part);
	return r;
}

static void say_why(struct view *v, const char *what, const char *file, int r)
{
	if (r == -EEXIST)
		view_say(v, "%.100s is there already: another name is needed", file);
	else if (r == -EFBIG)
		view_say(v, "the run is too long or too large for a diagram");
	else if (r == -ENOTSUP)
		view_say(v, "threads made this run: no schedule makes it again");
	else if (r == -ENOENT && *what == 'c' && !*file)
		view_say(v, "no command shows this: it is of no file, and of no scenario that the "
			 "program has");
	else if (*file)
		view_say(v, "%.100s cannot be written: %s", file, strerror(-r));
	else
		view_say(v, r == -EBADMSG ? "the trace is damaged" : "%s", strerror(-r));
}

static const char *const whats[] = { "schedule", "diagram", "command" };

COMMAND(COPY)
{
	char word[PROMPT_MAX], near[HINT_MAX], *text = NULL;
	size_t n = strcspn(argument, " "), size;
	const char *file = argument + n + strspn(argument + n, " "), *what = NULL;
	FILE *out;
	int r;

	snprintf(word, sizeof(word), "%.*s", (int)n, argument);
	for (unsigned i = 0; i < 3; i++)
		if (!strncmp(whats[i], word, n))
			what = whats[i];
	if (!what) {
		view_say(v, "copy schedule, diagram or command: not '%.40s'%s", word,
			 hint(near, word, whats, 3));
		return;
	}
	if (*what == 's' && !v->cursor[v->focus]) {
		view_say(v, "there is no schedule yet: no step was made; right makes one");
		return;
	}
	out = open_memstream(&text, &size);
	r = out ? write_what(v, what, out) : -ENOMEM;
	if (out && *file && *what != 'd')
		fputc('\n', out);
	if (out && fclose(out) && !r)
		r = -ENOMEM;
	if (r) {
		say_why(v, what, "", r);
	} else if (!*file) {
		free(v->copy);
		v->copy = text;
		text = NULL;
		view_say(v, "the %s is copied: %zu bytes", what, size);
	} else {
		r = save(file, text);
		if (r)
			say_why(v, what, file, r);
		else
			view_say(v, "the %s is in %.150s", what, file);
	}
	free(text);
}

COMMAND(SHELL)
{
	char text[sizeof(v->message)] = "";
	FILE *out = fmemopen(text, sizeof(text) - 1, "w");
	int r = out ? view_shell(v, out) : -ENOMEM;

	if (out && fclose(out) && !r)
		r = -E2BIG;
	if (r == -E2BIG || strlen(text) > sizeof(text) - 3)
		view_say(v, "the command is too long for this line: :copy command, or with a file "
			 "behind it");
	else if (r)
		say_why(v, "command", "", r);
	else
		view_say(v, "%s", text);
}
