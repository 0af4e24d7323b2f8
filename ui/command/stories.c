/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a capture of a real kernel tells: faults and their outcomes, stories of slots and pages.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/read/read.h"
#include "ui/command/command.h"
#include "ui/text/stories.h"

struct stories_args {
	const char *file, *slot, *page;
	bool faults, json;
};

static int parse_args(struct stories_args *a, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--faults"))
			a->faults = true;
		else if (!strcmp(argv[i], "--json"))
			a->json = true;
		else if (argv[i][0] == '-' && argv[i][1])
			return bad_option("stories", '?', argv[i]);
		else if (!a->file)
			a->file = argv[i];
		else if (!strcmp(argv[i], "page") && !a->page && !a->slot && i + 1 < argc)
			a->page = argv[++i];
		else if (!a->slot && !a->page)
			a->slot = argv[i];
		else
			return usage_error("stories: '%s' is too much: one slot (0x313), or 'page' "
					   "and its number", argv[i]);
	}
	if (!a->file)
		return usage_error("stories: which trace? 'swapscope --help' shows how");
	if (a->faults && (a->slot || a->page))
		return usage_error("stories: --faults lists all of them: it takes no slot and "
				   "no page");
	return EXIT_OK;
}

static int number(const char *text, uint64_t *v)
{
	char *end;

	errno = 0;
	*v = strtoull(text, &end, 0);
	return text[0] >= '0' && text[0] <= '9' && !*end && !errno ? EXIT_OK : EXIT_USAGE;
}

static int tell_slot(const struct stories *s, const struct stories_args *a, int *r)
{
	uint64_t entry;
	uint32_t slot;

	if (number(a->slot, &entry))
		return usage_error("stories: '%s' is no swap slot: 0x313, or a number is needed",
				   a->slot);
	slot = capture_slot_of(s->trace, swap_type(entry), swap_offset(entry));
	if (!slot)
		return usage_error("stories: %s has no event about swap slot 0x%" PRIx64, a->file,
				   entry);
	*r = stories_slot(s, slot);
	return EXIT_OK;
}

static int tell_page(const struct stories *s, const struct stories_args *a, int *r)
{
	uint64_t page;

	if (number(a->page, &page) || page > INT64_MAX)
		return usage_error("stories: '%s' is no page: the workload's number of one is "
				   "needed", a->page);
	*r = stories_page(s, page);
	if (*r == -ENOENT)
		return usage_error("stories: %s has no fault on page %" PRIu64, a->file, page);
	return EXIT_OK;
}

/* *r gets a negative errno; what is wrong with the arguments is said. */
static int tell(struct trace *t, const struct stories_args *a, int *r)
{
	struct story_totals n;
	struct stories s;
	int status = EXIT_OK;

	*r = stories_open(&s, t);
	if (*r)
		return EXIT_OK;
	s.json = a->json;
	*r = story_read_totals(t, &n);
	if (*r)
		;
	else if (a->slot)
		status = tell_slot(&s, a, r);
	else if (a->page)
		status = tell_page(&s, a, r);
	else
		*r = a->faults ? stories_faults(&s) : stories_summary(&s);
	stories_close(&s);
	return status;
}

static int exec_stories(int argc, char **argv)
{
	struct stories_args a = { 0 };
	int r, status = parse_args(&a, argc, argv);
	struct trace *t;

	if (status)
		return status;
	status = open_run(&t, "stories", a.file);
	if (status)
		return status;
	status = tell(t, &a, &r);
	if (!status && r == -ENODATA)
		status = usage_error("stories: %s is no capture that was imported to its end; "
				     "'swapscope import' makes one", a.file);
	else if (!status && r)
		status = usage_error("stories: %s: %s", a.file,
				     *trace_message(t) ? trace_message(t) : strerror(-r));
	trace_free(t);
	return status;
}

const struct command cmd_stories = {
	.name = "stories",
	.args = "FILE.db[:RUN] [SLOT | page N | --faults] [--json]",
	.help = "what happened in a capture: outcomes of faults, the story of a slot or a page",
	.exec = exec_stories,
};
