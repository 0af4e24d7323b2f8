/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * outputs.c - what a command is to write, looked at before it works for minutes: can it be written,
 * and is it nothing that is read?
 */
#include <string.h>
#include <unistd.h>

#include "core/file/output.h"
#include "traces/write/write.h"
#include "ui/usage/usage.h"

static bool is_output(const struct option_row *o)
{
	return o->kind == OPT_OUTPUT || o->kind == OPT_TRACE || o->kind == OPT_SAVE;
}

static const char *value_of(const struct option_row *o, const void *args)
{
	const char *value;

	memcpy(&value, (const char *)args + o->at, sizeof(value));
	return value;
}

static int writable(const struct option_row *o, const char *path)
{
	char err[TRACE_ERROR_MAX > OUTPUT_ERROR_MAX ? TRACE_ERROR_MAX : OUTPUT_ERROR_MAX];

	if (o->kind == OPT_OUTPUT && file_kind(path) == FILE_TRACE)
		return usage_error("--%s %s: it is a trace of runs, and a text would take its "
				   "place; another name is needed", o->name, path);
	if (o->kind == OPT_OUTPUT ? output_check(path, err) :
	    trace_creatable(path, o->kind == OPT_SAVE ? TRACE_APPEND : TRACE_WHOLE, err))
		return usage_error("%s", err);
	return EXIT_OK;
}

/* Would it take the place of what is read, or of what another option writes? */
static int apart(const struct command *c, const struct option_row *o, const char *path,
		 const void *args, const struct operands *in)
{
	char file[4096];

	for (int i = 0; i < in->n && o->kind != OPT_SAVE; i++)
		if (!access(run_file(in->word[i], file, sizeof(file)), F_OK) &&
		    same_output(file, path))
			return usage_error("--%s %s is what is read; it cannot be written too",
					   o->name, path);
	for (const struct option_row *other = c->option; other->name; other++) {
		const char *value;

		if (other == o || (other->kind != OPT_FILE && !is_output(other)) ||
		    (o->kind == OPT_SAVE && other->kind == OPT_SAVE))
			continue;
		value = value_of(other, args);
		if (value && same_output(value, path))
			return usage_error("--%s and --%s are one file, %s", other->name, o->name,
					   path);
	}
	return EXIT_OK;
}

int usage_outputs(const struct command *c, const void *args, const struct operands *in)
{
	int status = EXIT_OK;

	for (const struct option_row *o = c->option; o && o->name && !status; o++) {
		const char *path = is_output(o) ? value_of(o, args) : NULL;

		if (path)
			status = apart(c, o, path, args, in);
		if (path && !status)
			status = writable(o, path);
	}
	return status;
}
