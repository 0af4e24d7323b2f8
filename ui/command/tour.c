/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tour.c - the debate, step by step: each chapter is explored, recorded, and shown.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/read/read.h"
#include "traces/write/write.h"
#include "ui/command/command.h"
#include "ui/text/catalog.h"
#include "ui/show/show.h"

/* Left, the shortest way to violate `property`; right, the same schedule under another kernel. */
struct stop {
	const char *title;
	const char *text;
	const char *scenario;
	const char *left, *right;	/* kernels */
	enum property property;
};

static const struct stop stops[] = {
	{
		.title = "Writeback frees the entry under the decompress",
		.text = "A fault bypasses the swap cache and reads the zswap entry without owning "
			"it.  Left, nothing keeps writeback away: it takes the slot, unlinks the "
			"entry and frees it while the fault still reads.  Right, v6.9: the fault "
			"holds SWAP_HAS_CACHE from before the read, writeback gets -EEXIST and "
			"goes.  There is no reference count on either side.",
		.scenario = "debate", .left = "debate-a", .right = "v6.9",
		.property = PROP_UAF,
	}, {
		.title = "The fault turned away by writeback's pin",
		.text = "The same two, writeback first.  Left, the fault does not ask who has the "
			"slot.  Right, it does: -EEXIST, one tick of sleep, and when it comes "
			"back it finds writeback's folio in the swap cache.",
		.scenario = "writeback-first", .left = "debate-a", .right = "v6.9",
		.property = PROP_UAF,
	}, {
		.title = "A reference count keeps memory, not the slot",
		.text = "Left, the entry has a reference count instead of the pin.  Nobody reads "
			"freed memory any more; but v6.9's writeback unlinks the entry before the "
			"device has the data, and a fault in between finds neither: a page of "
			"zeroes is mapped.  Right, the pin keeps writeback out.",
		.scenario = "debate", .left = "debate-b", .right = "v6.9",
		.property = PROP_MAPPED,
	}, {
		.title = "The data loss of March 2024",
		.text = "Left, v6.9-rc1: every load takes the entry.  The fault holds the pin all "
			"the time, yet gives up, and frees the only copy.  A reference count "
			"would not have helped.  Right, the fix: a load whose folio is not in the "
			"swap cache leaves the entry where it is.",
		.scenario = "aborted-bypass", .left = "v6.9-rc1", .right = "v6.9",
		.property = PROP_LOST,
	}, {
		.title = "The slot lives twice while a fault sleeps",
		.text = "Why the pin came in the first place (13ddaf26be32): left, v6.5, the slot "
			"is freed and used again for newer data of the same page; the PTE looks "
			"the same, and the fault maps what it read a life ago.  Right, v6.8: who "
			"holds the pin keeps the slot alive.",
		.scenario = "aba", .left = "v6.5", .right = "v6.8",
		.property = PROP_MAPPED,
	}, {
		.title = "Holding an entry does not hold the slot",
		.text = "Left, v6.1: writeback holds a reference on an entry of a slot that dies "
			"and gets another page; it writes the dead page over the living one.  "
			"Right, v6.8 compares the tree with the entry once it has the slot's "
			"cache folio, and goes.",
		.scenario = "writeback-race", .left = "v6.1.0", .right = "v6.8",
		.property = PROP_WBOLD,
	},
};

#define STOPS (sizeof(stops) / sizeof(stops[0]))

struct recorder {
	struct trace_writer *tw;
	const char *path;
};

static int record_stop(struct recorder *r, const struct stop *stop, int run[2])
{
	const char *const name[2] = { stop->left, stop->right };
	struct repair repair;
	struct scenario s;
	int status = load_scenario(&s, stop->scenario);
	int err;

	if (status)
		return status;
	err = repair_make(&repair, &s, &kernel_find(stop->left)->kernel,
			  &kernel_find(stop->right)->kernel, stop->property);
	if (!err) {
		err = record_repair(r->tw, &repair, stop->title, name, run);
		repair_free(&repair);
	}
	scenario_free(&s);
	if (err)
		return usage_error("%s: '%s' could not be recorded: %s", r->path, stop->title,
				   trace_error(r->tw)[0] ? trace_error(r->tw) : strerror(-err));
	return EXIT_OK;
}

static int record(const char *path, int run[STOPS][2])
{
	struct recorder r = { .path = path };
	char err_text[TRACE_ERROR_MAX];
	int status = EXIT_OK;

	if (trace_create(&r.tw, path, TRACE_REPLACE, err_text))
		return usage_error("%s", err_text);
	for (size_t i = 0; i < STOPS && !status; i++)
		status = record_stop(&r, &stops[i], run[i]);
	if (trace_close(r.tw) && !status)
		status = usage_error("%s could not be finished", path);
	return status;
}

static int show(const char *path, int run[STOPS][2], bool plain)
{
	struct chapter chapters[STOPS] = { 0 };
	char err[TRACE_ERROR_MAX];
	int status = EXIT_OK;

	for (size_t i = 0; i < STOPS && !status; i++) {
		chapters[i].title = stops[i].title;
		chapters[i].text = stops[i].text;
		for (int side = 0; side < 2 && !status; side++)
			if (trace_open(&chapters[i].run[side], path, run[i][side], err))
				status = usage_error("%s", err);
		if (!status && align_runs(&chapters[i].alignment, chapters[i].run[0],
					  chapters[i].run[1]))
			status = usage_error("%s: runs %d and %d cannot be compared", path,
					     run[i][0], run[i][1]);
	}
	if (!status)
		status = show_chapters(chapters, STOPS, plain);
	for (size_t i = 0; i < STOPS; i++) {
		alignment_free(&chapters[i].alignment);
		trace_free(chapters[i].run[0]);
		trace_free(chapters[i].run[1]);
	}
	return status;
}

/*
 * Where the tour is recorded unless told otherwise: a file of the user's own, not in a folder
 * that others can write.
 */
static int default_path(char *path, size_t size)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	const char *tmp = getenv("TMPDIR");

	*path = '\0';
	if (cache && *cache) {
		snprintf(path, size, "%s/swapscope", cache);
	} else if (home && *home) {
		snprintf(path, size, "%s/.cache", home);
		mkdir(path, 0700);
		snprintf(path, size, "%s/.cache/swapscope", home);
	}
	if (*path == '/' && (!mkdir(path, 0700) || errno == EEXIST) && !access(path, W_OK)) {
		strncat(path, "/tour.db", size - strlen(path) - 1);
		return EXIT_OK;
	}
	snprintf(path, size, "%s/swapscope-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(path))
		return usage_error("no place for the tour's recording: %s: %s; --save FILE.db "
				   "names one", path, strerror(errno));
	strncat(path, "/tour.db", size - strlen(path) - 1);
	return EXIT_OK;
}

struct tour_args {
	const char *save;
	bool plain;
};

static int exec_tour(void *args, const struct operands *in)
{
	char name[SHOWN_MAX];
	const struct tour_args *a = args;
	int run[STOPS][2], status = EXIT_OK;
	char path[4096] = "";

	(void)in;
	if (a->save && strlen(a->save) >= sizeof(path) - 16)
		return usage_error("tour: a file name is at most %zu bytes", sizeof(path) - 17);
	if (a->save)
		strcpy(path, a->save);
	else
		status = default_path(path, sizeof(path) - 16);
	if (!status)
		status = record(path, run);
	if (!status)
		status = show(path, run, a->plain);
	if (!status)
		printf("\nEvery transition above is a row in %s; docs/trace-format.md has "
		       "queries.\n", shown(path, name));
	return status;
}

static const struct option_row options[] = {
	VALUE_OPTION(tour_args, "save", OPT_FILE, save, "FILE.db",
		     "Where the runs are recorded; without it in the user's cache folder. A trace "
		     "that is there is replaced."),
	FLAG_OPTION(tour_args, "plain", plain, "Print it as text, on a terminal too."),
	{ 0 },
};

const struct command cmd_tour = {
	.name = "tour",
	.brief = "the debate side by side: explored, recorded, and opened in the debugger",
	.about = "Six chapters on the debate of March 2024: each explores a scenario under the "
		 "kernel that breaks a property, makes the same schedule under another, and opens "
		 "both side by side. n and p turn the chapters. swapscope without a command "
		 "is the tour. A signal that ends the screen is exit status 130.",
	.option = options,
	.most = 0,
	.status = { "done", NULL, "wrong usage, or the runs cannot be recorded" },
	.example = {
		{ "swapscope", "the tour" },
		{ "swapscope tour --plain --save t.db", "as text, recorded into t.db" },
	},
	.args_size = sizeof(struct tour_args),
	.exec = exec_tour,
};
