/* SPDX-License-Identifier: GPL-2.0-only */
/* formats.c - the table of formats; a figure is made, and written. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/property.h"
#include "ui/export/export.h"
#include "ui/text/names.h"

/* A line a format.  Of those with the same extension a file's name means the first. */
const struct export_format *const export_formats[] = {
	&export_cpu, &export_text, &export_markdown, &export_json,
	&export_svg, &export_dot, &export_html, &export_cast,
	&export_kunit,
	NULL,
};

const struct export_format *export_format_named(const char *name)
{
	for (size_t i = 0; export_formats[i]; i++)
		if (!strcmp(export_formats[i]->name, name))
			return export_formats[i];
	return NULL;
}

const struct export_format *export_format_of(const char *file)
{
	size_t n = strlen(file);

	for (size_t i = 0; export_formats[i]; i++) {
		size_t m = strlen(export_formats[i]->extension);

		if (n > m && !strcmp(file + n - m, export_formats[i]->extension))
			return export_formats[i];
	}
	return NULL;
}

/* A number of 1 .., which ends at `end`. */
static bool step_number(const char *text, const char *end, uint64_t *v)
{
	size_t n = strspn(text, "0123456789");

	if (!n || n > 18 || text + n != end)
		return false;
	*v = strtoull(text, NULL, 10);
	return *v > 0;
}

int export_steps(const char *text, struct figure_part *part)
{
	const char *dots = strstr(text, ".."), *end = text + strlen(text);

	part->first = part->last = 0;
	if (!dots) {
		if (!step_number(text, end, &part->first))
			return -EINVAL;
		part->last = part->first;
		return 0;
	}
	if ((dots == text && !dots[2]) ||
	    (dots != text && !step_number(text, dots, &part->first)) ||
	    (dots[2] && !step_number(dots + 2, end, &part->last)))
		return -EINVAL;
	return 0;
}

/*
 * Of a run that is too long to be drawn: the steps that explain a finding, where it has
 * one.  The numbers are the caller's.
 */
static uint64_t *too_long(const struct export_format *format, const struct export *e, size_t *n)
{
	const struct figure_part *p = &e->part;

	if (!format->shortens || e->whole || e->run[1] || p->first || p->last || p->n ||
	    trace_info(e->run[0])->events <= FIGURE_ROWS_MAX)
		return NULL;
	return export_links(e->run[0], e->finding ? e->finding - 1 : 0, n);
}

int export_write(const struct export_format *format, struct export *e, FILE *out)
{
	struct figure f;
	size_t n;
	uint64_t *only = too_long(format, e, &n);
	int err;

	if (only) {
		e->part.only = only;
		e->part.n = n;
	}
	err = e->run[1] ? figure_pair(&f, e->run[0], e->run[1], &e->part, e->why) :
			figure_of_trace(&f, e->run[0], &e->part, e->why);
	if (only) {
		e->part.only = NULL;
		e->part.n = 0;
	}
	free(only);
	if (err)
		return err;
	if (e->cost) {
		char text[240];
		int p = property_find(e->cost);

		snprintf(text, sizeof(text), "%.16s: %.200s", e->cost,
			 p < 0 ? "" : properties[p].text);
		err = figure_mark(&f, 0, f.run[0].events, text, true);
	}
	e->figure = &f;
	*e->why = '\0';
	if (!err)
		err = format->write(e, out);
	e->figure = NULL;
	figure_free(&f);
	if (err && !*e->why)
		snprintf(e->why, sizeof(e->why), "%s", strerror(-err));
	return err;
}

int export_save(const char *path, const char *text, size_t size, char *err)
{
	struct output to;
	int r;

	if (file_kind(path) == FILE_TRACE) {
		snprintf(err, OUTPUT_ERROR_MAX, "%.100s is a trace of runs, and a text would take "
			 "its place: another name is needed", path);
		return -EEXIST;
	}
	r = output_open(&to, path, err);
	if (r)
		return r;
	fwrite(text, 1, size, to.file);
	return output_commit(&to, err);
}

int export_file(const struct export_format *format, struct export *e, const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int err = out ? export_write(format, e, out) : -ENOMEM;

	if ((!out || fclose(out)) && !err)
		err = -ENOMEM;
	if (err == -ENOMEM)
		snprintf(e->why, sizeof(e->why), "out of memory");
	if (!err)
		err = export_save(path, text, size, e->why);
	free(text);
	return err;
}
