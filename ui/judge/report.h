/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - what the files of `judge` share.
 */
#ifndef SWAPSCOPE_UI_JUDGE_REPORT_H
#define SWAPSCOPE_UI_JUDGE_REPORT_H

#include "replay/judge/judge.h"
#include "ui/text/names.h"
#include "ui/text/text.h"

#define KERNEL_NAME_SIZE 256

/* A claim in one world, or in those that were tried, under one kernel. */
struct judged_case {
	char kernel_name[KERNEL_NAME_SIZE];
	struct kernel kernel;
	const struct scenario *s;	/* the world that the verdict is told of */
	bool own;			/* each world's own kernel: then this is that of `s` */
	struct judged v;
	enum judge_says says;		/* of all worlds */
	struct judge_near near;		/* IMPOSSIBLE: what it would be possible with */
	unsigned tried;			/* worlds */
	unsigned unknown;		/* of these: where it is not known */
	bool guesses;			/* UNKNOWN: impossible as it was read, and not without what
					   was guessed */
};

/* What is judged, and how it is told. */
struct report {
	const struct claim_text *claim;
	struct judged_case *c;
	unsigned cases;
	const struct scenario *world;	/* all that might be tried */
	size_t worlds;
	bool named;			/* the world was named: there is one */
	bool brief;
	uint64_t max_mib;
};

const char *says_name(enum judge_says s);	/* "possible" */

/* The lines of a claim that were not understood, or guessed; with all, what each was taken for. */
void print_reading(FILE *out, const struct claim_text *c, bool all);

/* Everything in text on standard output.  0 or -ENOMEM. */
int print_report(const struct report *r);

/* The same as JSON. */
int json_report(const struct report *r);

/* What can follow the end of a schedule, in a sentence; "" where nothing is to be said. */
#define FOLLOWS_MAX 200
const char *what_follows(const struct judged_case *c, char *buf);

/* "possible from v6.1.0 to v6.7, impossible from v6.8 on"; buf of SUMMARY_MAX, returned. */
#define SUMMARY_MAX 1000
const char *summary_text(const struct report *r, char *buf);

#endif
