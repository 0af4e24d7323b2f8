/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * catalog.h - the kernel's bugs that the shipped scenarios express.
 */
#ifndef SWAPSCOPE_UI_TEXT_CATALOG_H
#define SWAPSCOPE_UI_TEXT_CATALOG_H

#include <stdio.h>

#include "replay/pair/repair.h"
#include "traces/write/write.h"

/* Scenarios that have a [bug], in the order of its id: B2 comes before B10. */
struct catalog {
	struct scenario *of;
	size_t n;
};

/* Load it from the shipped scenarios.  EXIT_OK, or EXIT_USAGE and a message. */
int catalog_load(struct catalog *c);
void catalog_free(struct catalog *c);

/* The scenario of the bug `id`, in capitals or not; NULL if there is none. */
const struct scenario *catalog_find(const struct catalog *c, const char *id);

/* A bug that no scenario can express, and why. */
struct unexpressed {
	const char *id, *commit, *cve, *subject, *why;
};
extern const struct unexpressed unexpressed[];
extern const size_t unexpressed_count;

/*
 * The presets in which a scenario's file expects the bug (its property), or which it expects to
 * be safe: "v6.1, v6.5".  Where the bug needs a switch everywhere: the kernel that shows it.
 * buf of KERNELS_MAX; returned.
 */
#define KERNELS_MAX 256
const char *kernels_found(const struct scenario *s, char *buf);
const char *kernels_safe(const struct scenario *s, char *buf);

/* The repair's commits: "678e54d4bb9a, ca56489c2fa6".  buf of COMMITS_MAX; returned. */
#define COMMITS_MAX 320
const char *commits_text(const struct bug *b, char *buf);

/* Its CVEs in the same way, "" where it has none.  buf of CVES_MAX; returned. */
#define CVES_MAX 80
const char *cves_text(const struct bug *b, char *buf);

/*
 * Is a bug what somebody means by these words?  A CVE is meant whole; seven hexadecimal digits or
 * more are the beginning of a commit, of the repair or of what introduced the bug; of other words
 * each is in the subject, in what was introduced or fixed when, or in the scenario's title.
 */
bool bug_has_words(const struct scenario *s, const char *words);
bool unexpressed_has_words(const struct unexpressed *u, const char *words);

/*
 * Explore the scenario under the kernel that shows its bug and the one beside it.  EXIT_OK, or
 * EXIT_USAGE and a message; free with repair_free().
 */
int catalog_repair(const struct scenario *s, struct repair *r);

/* What the two searches of a repair came to, in words; buf of VERDICT_TEXT_MAX. */
void broken_verdict(const struct repair *r, char *buf);
void fixed_verdict(const struct repair *r, char *buf);

/*
 * Record both runs of a repair, with the names of their kernels; run[0] and run[1] get their
 * numbers.  Returns 0 or a negative errno; trace_error(tw) may say more.
 */
int record_repair(struct trace_writer *tw, const struct repair *r, const char *title,
		  const char *const kernel_name[2], int run[2]);

/* Which rule is the repair, and how far the two runs are the same, in two sentences. */
void print_parting(FILE *out, const struct repair *r);

/* The commands that show the bug again, each indented by `indent`: search, debugger, talk. */
void print_commands(FILE *out, const struct scenario *s, const char *indent);

/* One bug as a section of docs/catalog.md; and the whole of it.  EXIT_*. */
int print_section(FILE *out, const struct scenario *s);
int print_markdown(FILE *out, const struct catalog *c);

#endif
