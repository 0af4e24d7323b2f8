/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * junit.h - results as JUnit XML, as CI systems read it.
 *
 *	junit_new()		a suite: one a command
 *	  junit_case()		a case, which has passed unless
 *	  junit_result()	it is said that it has not: of the case begun last
 *	junit_write()		into a file that is whole or not there; frees
 *
 * What is not known has not passed: it is an error, or, where a file says beforehand that a bound
 * will be hit and why, it is skipped.  A case has one result, the first that is said.
 *
 * Any text may be given: what XML cannot have (control characters, bytes that are no UTF-8)
 * becomes '?'.  Texts are copied.  Where memory is out nothing is written: a case that failed is
 * never left out.  The file is what tests/data/junit.xsd says, a subset of what Ant and Jenkins
 * read.
 */
#ifndef SWAPSCOPE_UI_REPORT_JUNIT_H
#define SWAPSCOPE_UI_REPORT_JUNIT_H

enum junit_kind {
	JUNIT_FAILURE,		/* it is not so */
	JUNIT_ERROR,		/* it is not known */
	JUNIT_SKIPPED,		/* it was not tried as far as needed, and that was to be so */
};

struct junit;

/* A suite of that name, "explore"; NULL: no memory. */
struct junit *junit_new(const char *suite);

/*
 * A case: of what (a scenario, a file), what of it (a kernel, a property), and how long it took
 * (seconds; below 0: not known).
 */
void junit_case(struct junit *j, const char *of, const char *name, double seconds);

/* `type` in a word (a property), `message` in a line, `text` in many, or NULL. */
void junit_result(struct junit *j, enum junit_kind kind, const char *type, const char *message,
		  const char *text);

/* Returns an exit status: EXIT_OK, or EXIT_USAGE where it cannot be written, which is said. */
int junit_write(struct junit *j, const char *path);
void junit_free(struct junit *j);

#endif
