/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * names.h - what a user can name on a command line: a scenario, a kernel and its switches, a run
 * of a file, a number.  Each function returns EXIT_OK, or EXIT_USAGE after one line that says
 * what is wrong with the name and which one is near.
 */
#ifndef SWAPSCOPE_UI_TEXT_NAMES_H
#define SWAPSCOPE_UI_TEXT_NAMES_H

#include "core/scenario/scenario.h"

struct trace;

/* What a file is, by its first bytes. */
enum file_kind {
	FILE_UNKNOWN,		/* or not there, or no file that can be read */
	FILE_TRACE,		/* of any format, and damaged or not */
	FILE_SCENARIO,
	FILE_CAPTURE,		/* ftrace's text, or trace-cmd's trace.dat */
	FILE_CERTIFICATE,	/* of states: docs/certificate-format.md */
	FILE_COMPRESSED,	/* a capture, perhaps */
	FILE_DATABASE,		/* of somebody else */
	FILE_FOLDER,
};
enum file_kind file_kind(const char *path);

/*
 * Is the file that is named, "FILE" or "FILE:RUN", known to be of another kind than is needed?
 * Then one line has said what it is and which command takes it, and EXIT_USAGE is returned.
 */
int other_file(const char *name, enum file_kind needed);

/* A shipped scenario, by its name or its bug's ID or CVE, or a file; free with scenario_free(). */
int load_scenario(struct scenario *s, const char *name);

/*
 * Open "FILE" or "FILE:RUN", for `command`; a file whose name has a colon and digits at its end
 * wins.  Free with trace_free().
 */
int open_run(struct trace **t, const char *command, const char *arg);

/*
 * The same, of a run that has steps: a graph (explore --save-graph) has none, and nothing can be
 * said of what is violated in them.
 */
int open_steps(struct trace **t, const char *command, const char *arg);

/* A trace could not be opened, as `err` says; or what it is that is none.  Returns EXIT_USAGE. */
int cannot_open(const char *path, const char *err);

/* The file of "FILE:RUN", where there is none that is called so whole: in path, returned. */
const char *run_file(const char *name, char *path, size_t size);

/* Is it no "FILE:RUN", for a command that takes whole files? */
int whole_file(const char *command, const char *path);

/* "debate under debate-a: 19 steps, UAF at step 19"; buf of RUN_WORDS_MAX, returned. */
#define RUN_WORDS_MAX 600
struct trace_summary;
const char *run_words(const struct trace_summary *r, char *buf);

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

/* In a kernel's name, "v6.9 load=exclusive": one more switch, over another value of it. */
void name_switch(char *text, size_t size, const char *set);

/* A number of 1 .. max; `option` is what it is called. */
int number_argument(const char *option, const char *text, uint64_t max, uint64_t *v);

/*
 * Record n executions in a file of their own and open them; the file has no name any more.
 * t[0 .. n - 1] are the caller's.  0, or a negative errno and one line in err (TRACE_ERROR_MAX).
 */
struct execution;
struct run_meta;
int record_and_open(const struct execution *const *x, const struct run_meta *meta, unsigned n,
		    struct trace **t, char *err);

#endif
