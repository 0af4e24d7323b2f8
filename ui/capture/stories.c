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

/* FILE [SLOT | page N] */
static int take_operands(struct stories_args *a, const struct operands *in)
{
	a->file = in->word[0];
	if (in->n > 1 && strcmp(in->word[1], "page") != 0)
		a->slot = in->word[1];
	else if (in->n > 2)
		a->page = in->word[2];
	else if (in->n > 1)
		return usage_error("stories: which page? 'page' and the workload's number of it "
				   "are needed");
	if (a->slot && in->n > 2)
		return usage_error("stories: '%s' is too much: one slot (0x313), or 'page' and its "
				   "number", in->word[2]);
	if (a->faults && (a->slot || a->page))
		return usage_error("stories: --faults lists all of them: it takes no slot and "
				   "no page");
	return EXIT_OK;
}

static int exec_stories(void *args, const struct operands *in)
{
	struct stories_args *a = args;
	int r, status = take_operands(a, in);
	struct trace *t;

	if (!status)
		status = open_run(&t, "stories", a->file);
	if (status)
		return status;
	if (!trace_info(t)->capture) {
		status = usage_error("stories: %s is a run of %s: view, findings and check take "
				     "it; stories are of captures, which 'swapscope import' reads",
				     a->file, trace_info(t)->live ? "threads" : "the model");
		trace_free(t);
		return status;
	}
	status = tell(t, a, &r);
	if (!status && r == -ENODATA)
		status = usage_error("stories: %s is no capture that was imported to its end; "
				     "'swapscope import' makes one", a->file);
	else if (!status && r)
		status = usage_error("stories: %s: %s", a->file,
				     *trace_message(t) ? trace_message(t) : strerror(-r));
	trace_free(t);
	return status;
}

static const struct option_row options[] = {
	FLAG_OPTION(stories_args, "faults", faults, "List every fault and its outcome."),
	FLAG_OPTION(stories_args, "json", json, "Print it as JSON."),
	{ 0 },
};

const struct command cmd_stories = {
	.name = "stories",
	.brief = "what happened in a capture: outcomes of faults, the story of a slot or a page",
	.about = "Tells what the events of a capture come to, without the model: how many faults "
		 "had which outcome, where data was lost, and with a slot (0x313) or 'page' and "
		 "its number what happened to that one, event by event.",
	.option = options,
	.operand = { { "FILE.db[:RUN]", WORD_FILE }, { "SLOT|page N", WORD_ANY } },
	.least = 1, .most = 3,
	.needs = "which trace? FILE.db, and then one slot (0x313), or 'page' and its number",
	.status = { "done", NULL, "wrong usage or input" },
	.example = {
		{ "swapscope stories c.db", "outcomes of all faults, and losses of data" },
		{ "swapscope stories c.db 0x313", "what happened to one swap slot" },
	},
	.args_size = sizeof(struct stories_args),
	.exec = exec_stories,
};
