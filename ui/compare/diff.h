/* SPDX-License-Identifier: GPL-2.0-only */
/* diff.h - what two compared runs look like in print.  Private to ui/compare. */
#ifndef SWAPSCOPE_UI_COMPARE_DIFF_H
#define SWAPSCOPE_UI_COMPARE_DIFF_H

#include <stdio.h>

#include "replay/diff/diff.h"
#include "traces/capture/story_rows.h"

/* Two runs, and what became of their comparison. */
struct compared {
	const char *name[2];		/* as the user names them: a file and a run, a kernel */
	bool files;			/* they are files */
	struct trace *t[2];
	struct diff d;
	bool told[2];			/* it is a capture, with a story: */
	struct story_totals story[2];
	bool all;			/* nothing is to be left out */
};

/* What was not compared, in a sentence; "" where all was. */
const char *not_compared(const struct compared *c);

/* The rules' names and values, "pin: none left, has_cache right; .."; buf is returned. */
#define RULES_TEXT_MAX	1024
const char *rules_text(const struct diff *d, uint64_t rules, char *buf);

/* One word for it: "same", "same state, other order", "same state", "different state", .. */
const char *diff_verdict(const struct diff *d);

/* Of a divergence, "result"; in JSON. */
const char *divergence_name(enum diff_kind kind);

void print_diff(FILE *out, const struct compared *c);

/* 0 or -ENOMEM. */
int print_diff_json(FILE *out, const struct compared *c);

#endif
