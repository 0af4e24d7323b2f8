/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * names.h - what a user can name on a command line: a scenario, a kernel and its switches, a run
 * of a file, a number, a schedule.  Each function returns EXIT_OK, or EXIT_USAGE after one line
 * that says what is wrong with the name and which one is near.
 */
#ifndef SWAPSCOPE_UI_TEXT_NAMES_H
#define SWAPSCOPE_UI_TEXT_NAMES_H

#include "core/scenario/schedule.h"

struct trace;

/* A shipped scenario, by its name or its bug's ID or CVE, or a file; free with scenario_free(). */
int load_scenario(struct scenario *s, const char *name);

/*
 * Open "FILE" or "FILE:RUN", for `command`; a file whose name has a colon and digits at its end
 * wins.  Free with trace_free().
 */
int open_run(struct trace **t, const char *command, const char *arg);

/* Is it no "FILE:RUN", for a command that takes whole files? */
int whole_file(const char *command, const char *path);

/* A kernel chosen on the command line: --kernel and --set over the scenario's own. */
struct kernel_choice {
	const char *name;	/* NULL: the scenario's */
	const char *set[SWITCH_COUNT * 2];
	unsigned sets;
};

/*
 * Resolve it: *k, and in `text` (size bytes) its name with the switches set.  Where it names none
 * it is the scenario's, or without a scenario (NULL) the one called `other`.  What a name was
 * taken for that is not one of ours is told in a line on standard error.
 */
int choose_kernel(const struct kernel_choice *c, const struct scenario *s, const char *other,
		  struct kernel *k, char *text, size_t size);
/*
 * Only its switches, over *k that is called `text`; both change.  One that has no effect there is
 * told on stderr.
 */
int choose_switches(const struct kernel_choice *c, struct kernel *k, char *text, size_t size);
/* Its switches alone, over any kernel. */
int check_switches(const struct kernel_choice *c, struct kernel *k);
int add_set(struct kernel_choice *c, const char *set);

/* A number of 1 .. max; `option` is what it is called. */
int number_argument(const char *option, const char *text, uint64_t max, uint64_t *v);

/*
 * Make the moves of a schedule, the value of `option`, in an execution that was begun; *s
 * gets them, and is the caller's to free whatever is returned.  An exit status.
 */
int make_moves(const char *option, struct execution *x, const char *text, struct schedule *s);

#endif
