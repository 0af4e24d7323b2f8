/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * copy.c - the schedule, the diagram and the command line of what is shown, as text: for the
 * terminal's clipboard, or for a file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file/output.h"
#include "core/scenario/scenario.h"
#include "replay/figure/reproduce.h"
#include "ui/export/export.h"
#include "ui/text/text.h"
#include "ui/view/act.h"

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

static int write_what(const struct view *v, const char *what, FILE *out)
{
	if (*what == 's')
		return trace_info(run(v))->live ? -ENOTSUP :
		       run_schedule_text(run(v), v->cursor[v->focus], out);
	return view_shell(v, out);
}

/* ---- where it goes ---- */

static void say_why(struct view *v, const char *what, int r)
{
	if (r == -ENOTSUP)
		view_say(v, "threads made this run: no schedule makes it again");
	else if (r == -ENOENT && *what == 'c')
		view_say(v, "no command shows this: it is of no file, and of no scenario that the "
			 "program has");
	else
		view_say(v, r == -EBADMSG ? "the trace is damaged" : "%s", strerror(-r));
}

/* ---- exports ---- */

/* What is shown, in a format: to the clipboard, or to a new file. */
static void export_to(struct view *v, const struct export_format *format,
		      const struct figure_part *part, const char *file)
{
	const struct chapter *c = chapter(v);
	struct export e = { .run = { c->run[0], c->run[1] }, .part = *part };
	char *text = NULL;
	size_t size = 0;
	FILE *out;
	int r;

	e.part.file = c->file[0];
	if (*file) {
		bool there = !access(file, F_OK);

		if (export_file(format, &e, file))
			view_say(v, "%s", e.why);
		else
			view_say(v, "the %s export is in %.150s%s", format->name, file,
				 there ? ", which was replaced" : "");
		return;
	}
	out = open_memstream(&text, &size);
	r = out ? export_write(format, &e, out) : -ENOMEM;
	if ((!out || fclose(out)) && !r)
		r = -ENOMEM;
	if (r) {
		view_say(v, "%s", *e.why ? e.why : strerror(-r));
		free(text);
		return;
	}
	free(v->copy);
	v->copy = text;
	view_say(v, "the %s export is copied: %zu bytes", format->name, size);
}

/* The next word of an argument, and what is behind it. */
static const char *next_word(const char *text, char word[PROMPT_MAX])
{
	size_t n = strcspn(text, " ");

	snprintf(word, PROMPT_MAX, "%.*s", (int)n, text);
	return text + n + strspn(text + n, " ");
}

COMMAND(EXPORT)
{
	char word[PROMPT_MAX], steps[PROMPT_MAX], near[HINT_MAX], all[200] = "";
	const char *rest = next_word(argument, word), *behind, *names[16];
	const struct export_format *format = export_format_named(word);
	struct figure_part part = { 0 };
	size_t n = 0;

	if (!format) {
		for (; export_formats[n] && n < 16; n++) {
			names[n] = export_formats[n]->name;
			snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%.20s",
				 n ? ", " : "", names[n]);
		}
		view_say(v, "export %s, and a file's name or none: not '%.40s'%s", all, word,
			 hint(near, word, names, n));
		return;
	}
	behind = next_word(rest, steps);
	if (strstr(steps, "..") && !export_steps(steps, &part))
		rest = behind;
	export_to(v, format, &part, rest);
}

/* ---- what is copied ---- */

static const char *const whats[] = { "schedule", "diagram", "command" };

COMMAND(COPY)
{
	char word[PROMPT_MAX], near[HINT_MAX], err[OUTPUT_ERROR_MAX], *text = NULL;
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
	if (*what == 'd') {
		export_to(v, &export_cpu, &(struct figure_part){ 0 }, file);
		return;
	}
	out = open_memstream(&text, &size);
	r = out ? write_what(v, what, out) : -ENOMEM;
	if (out && *file)
		fputc('\n', out);
	if (out && fclose(out) && !r)
		r = -ENOMEM;
	if (r) {
		say_why(v, what, r);
	} else if (!*file) {
		free(v->copy);
		v->copy = text;
		text = NULL;
		view_say(v, "the %s is copied: %zu bytes", what, size);
	} else {
		bool there = !access(file, F_OK);

		if (export_save(file, text, size, err))
			view_say(v, "%.200s", err);
		else
			view_say(v, "the %s is in %.150s%s", what, file,
				 there ? ", which was replaced" : "");
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
		say_why(v, "command", r);
	else
		view_say(v, "%s", text);
}
