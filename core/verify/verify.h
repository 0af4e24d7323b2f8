/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verify.h - is a certificate true?  A second judge of "safe", which knows nothing of the search.
 *
 * A certificate is the whole set of states of a scenario under a kernel, in a file
 * (docs/certificate-format.md).  What is trusted here is core's step function (core/step.h,
 * core/scenario/task.h), the parser of scenarios, the properties (core/property.h), and what is in
 * this folder.  Nothing of core/explore is included, called or copied: not its store, its hash, its
 * memory of effects, nor mem_canonicalise(), by which it knows equal states.  And the file is not
 * trusted at all: anybody may have written it.
 *
 *	format.c	the few constants that the writer has to know too
 *	rowset.c	rows of bytes, each once, found by content
 *	read.c		the file: its claim, and its three tables as sets
 *	verify.c	the proof: an induction over the states, in the order of the file
 *
 * The induction.  State 0 is the scenario's start.  State n, for every n > 0, has been led to by a
 * step from a state before it.  So every state of the file is one that the model itself has made,
 * and its bytes may be given to the model: no world of a stranger ever is.  From each of them every
 * task makes every step that it can make, with every outcome; no transition violates a property,
 * no state is a deadlock, and where the step leads to is in the file.  Then the file has all states
 * that there are and no other, and none is bad.  Where one of this is not so, verify() says which
 * state, which task and which step.
 *
 * When two states are one.  Numbers that only grow (stamps of page contents, lives of slots) are
 * compared with each other and nothing else is done with them, so that worlds which differ by a
 * renaming of them behave alike.  same_form() in verify.c renames them by the order in which they
 * appear, as the page of the format says it; it was written from there and apart from
 * mem_canonicalise(), and every certificate that is accepted is a witness that both do the same.
 *
 * What else is trusted, function by function, is the list in tests/independent.sh, which is held to
 * what the linker sees.
 *
 * It is about safety only: LIVELOCK is asked of runs without end, and no certificate claims it.
 *
 * verify() keeps no state of its own; several threads may verify, each its own file.
 */
#ifndef SWAPSCOPE_CORE_VERIFY_VERIFY_H
#define SWAPSCOPE_CORE_VERIFY_VERIFY_H

#include <stdio.h>

#include "core/property.h"
#include "core/scenario/scenario.h"

#pragma GCC visibility push(default)

/* In the order of exit statuses. */
enum verify_status {
	VERIFY_CERTIFIED,	/* safe in all its states */
	VERIFY_REFUTED,		/* it is not: violated, or not all states are there */
	VERIFY_UNREADABLE,	/* it is no certificate, is damaged, or of another program */
	VERIFY_UNFINISHED,	/* memory was out, or somebody stopped it */
};

#define VERIFY_TEXT_MAX	256
#define VERIFY_WHY_MAX	1024

struct verification {
	enum verify_status status;
	char why[VERIFY_WHY_MAX];	/* one line; "" where it is certified */
	/* What the file claims; complete where claim_read, else what could be read of it. */
	bool claim_read;
	char program[VERIFY_TEXT_MAX];	/* the version that wrote it: nothing depends on it */
	char bounds[VERIFY_TEXT_MAX];	/* of the search that wrote it, "none": none was hit */
	char kernel_name[VERIFY_TEXT_MAX];	/* "v6.9 pin=none": what the switches are */
	struct kernel kernel;
	struct scenario scenario;	/* of the text in the file; its name is only a name */
	uint64_t states, transitions;	/* as claimed; where certified, as counted */
	uint64_t bytes;			/* of memory, at most */
};

struct verify_options {
	uint64_t max_bytes;	/* of memory; 0: no limit */
	/* Called now and then with how many states are done; false stops it.  May be NULL. */
	bool (*progress)(void *arg, uint64_t done, uint64_t of);
	void *progress_arg;
};

/*
 * Verify the certificate in `in`, from its beginning to its end; it must be possible to seek in it.
 * Fills *v, whatever comes of it; verification_free() is needed in every case.
 */
enum verify_status verify(struct verification *v, FILE *in, const struct verify_options *o);
void verification_free(struct verification *v);

#pragma GCC visibility pop

#endif
